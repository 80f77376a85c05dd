/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot trace: boots a Go program and shows how its runtime came up. */
#include "cmd/trace/trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/run.h"

enum { OPTIONS_MAX = 64 };

struct tracing {
    struct run_options run; /* first: the rows of run_options find it */
    bool json;
    const char *perfetto, *svg;
    struct trace trace;
    bool planned;
    int count; /* of operands */
    int status;
};

static int set_json(void *target, const char *value, struct error *err)
{
    (void)value, (void)err;
    ((struct tracing *)target)->json = true;
    return 0;
}

static int set_perfetto(void *target, const char *value, struct error *err)
{
    (void)err;
    ((struct tracing *)target)->perfetto = value;
    return 0;
}

static int set_svg(void *target, const char *value, struct error *err)
{
    (void)err;
    ((struct tracing *)target)->svg = value;
    return 0;
}

const struct option_spec trace_options[] = {
    {"--json", NULL, "print everything as JSON", set_json},
    {"--perfetto", "FILE", "also write a trace for ui.perfetto.dev", set_perfetto},
    {"--svg", "FILE", "also draw the timeline", set_svg},
    {NULL, NULL, NULL, NULL},
};

/* Its own options, then those of run but for --trace, which is another kind of trace. */
static void options_join(struct option_spec out[OPTIONS_MAX])
{
    size_t n = 0;
    for (const struct option_spec *o = trace_options; o->name; o++)
        out[n++] = *o;
    for (const struct option_spec *o = run_options; o->name && n + 1 < OPTIONS_MAX; o++)
        if (strcmp(o->name, "--trace") != 0)
            out[n++] = *o;
    out[n] = (struct option_spec){0};
}

static int prepare(void *context, struct guest *guest)
{
    struct tracing *t = context;
    struct error err;
    t->trace.cpu_count = t->run.machine.cpu_count;
    t->trace.argument_count = (uint64_t)t->count;
    t->trace.counts_instructions = t->run.machine.count_instructions;
    struct span program = {guest->program.bytes, guest->program.size_bytes};
    if (trace_plan(&t->trace, guest->name, program, &err) < 0)
        return fail(STATUS_CANNOT_RUN, "%s: %s", guest->name, err.text);
    t->planned = true;
    guest->probes = (struct blob){t->trace.payload, t->trace.payload_bytes};
    return 0;
}

static void take(void *context, const void *data, size_t size_bytes)
{
    struct tracing *t = context;
    trace_take(&t->trace, data, size_bytes);
}

static int perfetto_form(const struct trace *t, FILE *out)
{
    return trace_perfetto(t, out);
}

static int svg_form(const struct trace *t, FILE *out)
{
    trace_svg(t, out);
    return 0;
}

static int write_file(const struct trace *t, const char *path,
                      int (*form)(const struct trace *, FILE *))
{
    FILE *out = fopen(path, "we");
    if (!out)
        return fail(1, "cannot write %s: %s", path, strerror(errno));
    int rc = form(t, out);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed || rc != 0)
        return fail(1, "cannot write %s: the disk is full or the file went away", path);
    return 0;
}

static bool failed_any(const struct trace *t)
{
    for (size_t i = 0; i < checks_count(); i++)
        if (t->checks[i].verdict == CHECK_FAIL)
            return true;
    return t->garbled;
}

static void done(void *context)
{
    struct tracing *t = context;
    if (!t->planned || t->trace.nhits == 0)
        return;
    trace_finish(&t->trace);
    if (t->json)
        t->status = trace_json(&t->trace, stdout) == 0 ? 0 : 1;
    else
        trace_print(&t->trace, stdout);
    if (t->svg)
        t->status |= write_file(&t->trace, t->svg, svg_form);
    if (t->perfetto)
        t->status |= write_file(&t->trace, t->perfetto, perfetto_form);
    t->status |= failed_any(&t->trace);
}

int cmd_trace(int argc, char **argv)
{
    struct option_spec options[OPTIONS_MAX];
    struct error err;
    int operand;
    bool help;
    run_streams_reserve();
    struct tracing *t = calloc(1, sizeof(*t));
    if (!t)
        return fail(STATUS_FAILED, "out of memory");
    options_join(options);
    run_options_init(&t->run);
    guest_need(&t->run.guest, KERNEL_FULL, "mazboot trace");
    int status = 0;
    if (options_parse(options, t, argc, argv, &operand, &help, &err) < 0)
        status = fail(STATUS_FAILED, "%s; see mazboot trace --help", err.text);
    else if (help)
        usage("trace", options);
    else if (operand == argc)
        status = fail(STATUS_FAILED, "trace needs a Go program: mazboot trace ./hello");
    else {
        const struct run_hooks hooks = {prepare, take, done, t};
        t->count = argc - operand;
        status = run_program(&t->run, argc - operand, argv + operand, &hooks);
        if (status == 0)
            status = t->status;
    }
    if (t->planned)
        trace_free(&t->trace);
    free(t);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot wb: the write barriers of a Go program. */
#include "cmd/wb/wb.h"

#include <string.h>

#include "cmd/cmd.h"

#define USAGE "mazboot wb list|explain|patch|verify [OPTIONS] FILE [FUNCTION|ADDRESS]"

#define SETTER(name, field, what)                                       \
    static int name(void *target, const char *value, struct error *err) \
    {                                                                   \
        (void)value, (void)err;                                         \
        ((struct wb_options *)target)->field = what;                    \
        return 0;                                                       \
    }

SETTER(set_json, json, true)
SETTER(set_bulk, bulk, true)
SETTER(set_totals, totals, true)
SETTER(set_no_gc, no_gc, true)
SETTER(set_run, run, true)
SETTER(set_stub, stub, value)
SETTER(set_output, output, value)
SETTER(set_revert, revert, value)
SETTER(set_ram, ram, value)

const struct option_spec wb_option_specs[] = {
    {"--json", NULL, "list: print JSON", set_json},
    {"--bulk", NULL, "list: also the calls that move whole objects (runtime.wbMove and its like)",
     set_bulk},
    {"--totals", NULL, "list: only the sums per package", set_totals},
    {"--stub", "builtin|FUNCTION|ADDRESS", "patch: what the calls go to instead", set_stub},
    {"--no-gc", NULL,
     "patch: the collector will never run; without that promise nothing is patched", set_no_gc},
    {"-o, --output", "FILE", "patch: where the result goes; without it the changes are only shown",
     set_output},
    {"--revert", "RECORD", "patch: undo a patch by the record that it left beside its output",
     set_revert},
    {"--ram", "LOW-HIGH", "patch, verify: addresses at which the machine has RAM", set_ram},
    {"--run", NULL,
     "verify: also run it under emulation, flag forced off and on, and with the collector pressed",
     set_run},
    {NULL, NULL, NULL, NULL},
};

int wb_open(struct wb *wb, const char *path)
{
    struct error err;
    *wb = (struct wb){.path = path};
    if (blob_open(&wb->file, path, &err) != 0)
        return fail(1, "%s", err.text);
    int rc = gobin_open(&wb->bin, wb->file.bytes, wb->file.size_bytes);
    if (rc == 0) {
        rc = barriers_find(&wb->barriers, &wb->bin);
        if (rc == 0)
            return 0;
        gobin_close(&wb->bin);
    }
    blob_close(&wb->file);
    return fail(1, "%s: %s", path, wb->bin.error.text);
}

void wb_close(struct wb *wb)
{
    barriers_free(&wb->barriers);
    gobin_close(&wb->bin);
    blob_close(&wb->file);
}

static int dispatch(const char *verb, const struct wb_options *o, const char *path,
                    const char *where)
{
    struct wb wb;
    if (o->revert && strcmp(verb, "patch") == 0)
        return wb_revert(path, o);
    int status = wb_open(&wb, path);
    if (status != 0)
        return status;
    if (strcmp(verb, "list") == 0)
        status = wb_list(&wb, o);
    else if (strcmp(verb, "explain") == 0)
        status = wb_explain(&wb, o, where);
    else if (strcmp(verb, "patch") == 0)
        status = wb_patch(&wb, o);
    else
        status = wb_verify(&wb, o);
    wb_close(&wb);
    return status;
}

static bool is_verb(const char *word)
{
    static const char *const verbs[] = {"list", "explain", "patch", "verify"};
    for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
        if (strcmp(word, verbs[i]) == 0)
            return true;
    return false;
}

int cmd_wb(int argc, char **argv)
{
    struct wb_options options = {0};
    struct error err;
    int operand;
    bool help = argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);
    if (help)
        return usage("wb", wb_option_specs);
    if (argc < 2 || !is_verb(argv[1]))
        return fail(2, "say what to do: " USAGE);
    if (options_parse(wb_option_specs, &options, argc - 1, argv + 1, &operand, &help, &err) != 0)
        return fail(2, "%s; see mazboot wb --help", err.text);
    if (help)
        return usage("wb", wb_option_specs);
    char **rest = argv + 1 + operand;
    int n = argc - 1 - operand;
    bool explain = strcmp(argv[1], "explain") == 0;
    if (n != (explain ? 2 : 1))
        return fail(2, explain ? "give a program, and a function or an address in it: " USAGE
                               : "give one program: " USAGE);
    return dispatch(argv[1], &options, rest[0], rest[1]);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot inspect: what a Go program is made of, and what it will need. */
#include "cmd/inspect/report.h"

#include <errno.h>

#include "cmd/cmd.h"
#include "vmm/blob.h"

struct inspect {
    bool json, all;
    const char *svg;
};

static int set_json(void *target, const char *value, struct error *err)
{
    (void)value, (void)err;
    ((struct inspect *)target)->json = true;
    return 0;
}

static int set_all(void *target, const char *value, struct error *err)
{
    (void)value, (void)err;
    ((struct inspect *)target)->all = true;
    return 0;
}

static int set_svg(void *target, const char *value, struct error *err)
{
    (void)err;
    ((struct inspect *)target)->svg = value;
    return 0;
}

const struct option_spec inspect_options[] = {
    {"--json", NULL, "print everything as JSON", set_json},
    {"--all", NULL, "list every package, not only the largest", set_all},
    {"--svg", "FILE", "also draw the file as a treemap", set_svg},
    {NULL, NULL, NULL, NULL},
};

static int write_svg(const struct report *r, const char *path)
{
    FILE *out = fopen(path, "we");
    if (!out)
        return fail(1, "cannot write %s: %s", path, strerror(errno));
    report_svg(r, out);
    bool failed = ferror(out);
    if (fclose(out) != 0 || failed)
        return fail(1, "cannot write %s: the disk is full or the file went away", path);
    return 0;
}

static int show(const struct inspect *options, const struct report *r)
{
    int status = options->svg ? write_svg(r, options->svg) : 0;
    if (options->json)
        report_json(r);
    else
        report_text(r, options->all);
    return status;
}

int cmd_inspect(int argc, char **argv)
{
    struct inspect options = {0};
    struct error err;
    struct blob file;
    struct report report;
    int operand;
    bool help;
    if (options_parse(inspect_options, &options, argc, argv, &operand, &help, &err) != 0)
        return fail(2, "%s; see mazboot inspect --help", err.text);
    if (help)
        return usage("inspect", inspect_options);
    if (operand != argc - 1)
        return fail(2, "give one program: mazboot inspect [OPTIONS] FILE");
    if (blob_open(&file, argv[operand], &err) != 0)
        return fail(1, "%s", err.text);
    int status;
    if (report_make(&report, argv[operand], (struct span){file.bytes, file.size_bytes}) != 0) {
        status = fail(1, "%s: %s", argv[operand], report.bin.error.text);
    } else {
        status = show(&options, &report);
        report_free(&report);
    }
    blob_close(&file);
    return status;
}

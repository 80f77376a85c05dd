/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot ps: the machines that run under a name, and what the goroutines of one are doing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/goroutines.h"
#include "cmd/json_text.h"
#include "cmd/registry.h"
#include "vmm/image.h"

static int set_json(void *target, const char *value, struct error *err)
{
    (void)value, (void)err;
    *(bool *)target = true;
    return 0;
}

const struct option_spec ps_options[] = {
    {"--json", NULL, "print JSON", set_json},
    {NULL, NULL, NULL, NULL},
};

static int dump(json_t *root)
{
    int rc = json_dumpf(root, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(root);
    return rc == 0 ? 0 : fail(1, "cannot make JSON of it: out of memory");
}

static int machine_print(void *context, const struct machine_entry *e)
{
    bool *any = context;
    if (!*any)
        printf("%-20s %8s %8s %5s  %s\n", "NAME", "PID", "MEMORY", "CPUS", "PROGRAM");
    *any = true;
    printf("%-20s %8ld %7lluM %5u  %s\n", e->name, e->pid, e->memory_bytes >> 20, e->cpu_count,
           e->program);
    return 0;
}

static int machine_add(void *context, const struct machine_entry *e)
{
    json_array_append_new(context,
                          json_pack("{so sI sI si so}", "name", json_text(e->name), "pid",
                                    (json_int_t)e->pid, "memory_bytes", (json_int_t)e->memory_bytes,
                                    "cpus", (int)e->cpu_count, "program", json_text(e->program)));
    return 0;
}

static int list(bool json)
{
    struct error err;
    bool any = false;
    json_t *all = json ? json_array() : NULL;
    int rc =
        json ? registry_walk(machine_add, all, &err) : registry_walk(machine_print, &any, &err);
    if (rc < 0) {
        json_decref(all);
        return fail(1, "%s", err.text);
    }
    if (json)
        return dump(all);
    if (!any)
        fprintf(stderr, "no machine runs under a name: start one with mazboot run --name NAME\n");
    return 0;
}

/* What the launcher booted is memory that it holds; its program may be gone from disk. */
static int payload_open(const struct machine_entry *e, struct blob *payload, struct error *err)
{
    char path[64];
    snprintf(path, sizeof(path), "/proc/%ld/fd/%d", e->pid, e->payload_fd);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot read the machine's program, %s", path);
    int rc = blob_from_fd(payload, fd, path, err);
    close(fd);
    return rc;
}

static int goroutines(const char *name, bool json)
{
    struct machine_entry entry;
    struct goroutine_table table;
    struct blob payload = {0}, program;
    struct error err;
    int status = 0;
    int rc = registry_find(name, &entry, &err);
    if (rc == 0)
        rc = payload_open(&entry, &payload, &err);
    if (rc == 0)
        rc = image_find(&payload, PAYLOAD_PROGRAM, &program, &err);
    if (rc == 0)
        rc = goroutines_read(&table, entry.socket, (struct span){program.bytes, program.size_bytes},
                             &err);
    if (rc < 0) {
        status = fail(1, "%s: %s", name, err.text);
    } else {
        if (json)
            status = dump(goroutines_json(&table));
        else
            goroutines_print(&table, stdout);
        goroutines_free(&table);
    }
    blob_close(&payload);
    return status;
}

int cmd_ps(int argc, char **argv)
{
    struct error err;
    int operand;
    bool help, json = false;
    if (options_parse(ps_options, &json, argc, argv, &operand, &help, &err) != 0)
        return fail(2, "%s; see mazboot ps --help", err.text);
    if (help)
        return usage("ps", ps_options);
    if (argc - operand > 1)
        return fail(2, "give one name, or none: mazboot ps [NAME]");
    return operand == argc ? list(json) : goroutines(argv[operand], json);
}

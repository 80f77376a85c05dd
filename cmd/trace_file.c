/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace_file.h"
#include "cmd/cmd.h"
#include "cmd/trace_json.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

int trace_file_open(struct trace_file *t, const char *path, const char *program)
{
    *t = (struct trace_file){.path = path};
    if (!path)
        return 0;
    t->file = fopen(path, "we");
    if (!t->file)
        return fail(STATUS_FAILED, "cannot write the trace to %s: %s", path, strerror(errno));
    t->json = trace_json_open(t->file, program);
    return t->json ? 0 : fail(STATUS_FAILED, "out of memory");
}

void trace_file_take(struct trace_file *t, enum link_type type, const void *data, size_t size_bytes)
{
    if (t->json && type == LINK_EVENTS)
        trace_json_events(t->json, data, size_bytes);
    else if (t->json && type == LINK_THREAD)
        trace_json_thread(t->json, data, size_bytes);
}

void trace_file_close(struct trace_file *t)
{
    struct error err;
    uint64_t lost;

    if (!t->json)
        return;
    if (trace_json_close(t->json, &lost, &err) < 0)
        fail(0, "%s: %s", t->path, err.text);
    else if (lost)
        fail(0, "%s lacks %" PRIu64 " events that came faster than they could be sent", t->path,
             lost);
    fclose(t->file);
}

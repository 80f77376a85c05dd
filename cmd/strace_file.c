/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/strace_file.h"
#include "cmd/cmd.h"
#include "cmd/thread_view.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CALLER_BYTES  1024
#define ADDRESSES_MAX 8

int strace_file_open(struct strace_file *f, const char *path)
{
    f->fd = STDERR_FILENO;
    if (!path)
        return 0;
    f->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (f->fd < 0)
        return fail(STATUS_FAILED, "cannot write the trace to %s: %s", path, strerror(errno));
    return 0;
}

static void addresses(char *text, size_t size, const struct link_trace *line)
{
    size_t used = 0;
    *text = 0;
    for (unsigned i = 0; i < ADDRESSES_MAX && line->callers[i] && used < size; i++)
        used += (size_t)snprintf(text + used, size - used, "%s%#" PRIx64, i ? " " : "",
                                 line->callers[i]);
}

const char *strace_file_line(struct strace_file *f, struct thread_view *view, const void *data,
                             size_t size_bytes, size_t *text_bytes)
{
    struct link_trace line;
    char caller[CALLER_BYTES] = "";
    *text_bytes = 0;
    if (size_bytes < sizeof(line))
        return NULL;
    memcpy(&line, data, sizeof(line));
    if (!line.entry)
        addresses(caller, sizeof(caller), &line);
    else if (view)
        thread_view_trace_caller(view, caller, sizeof(caller), &line);
    size_t length = MIN(size_bytes - sizeof(line), sizeof(f->line) - sizeof(caller) - 8);
    memcpy(f->line, (const char *)data + sizeof(line), length);
    while (length && f->line[length - 1] == '\n')
        length--;
    *text_bytes = length + (size_t)snprintf(f->line + length, sizeof(f->line) - length, "%s%s\n",
                                            *caller ? " by " : "", caller);
    return f->line;
}

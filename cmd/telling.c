/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/telling.h"
#include "cmd/cmd.h"
#include "cmd/goroutines.h"
#include "cmd/thread_view.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define ANSWER_PAUSE_S 1 /* threads that are told of after so long answer another question */

struct thread_view *telling_threads(struct telling *t)
{
    if (!t->threads)
        t->threads = thread_view_open(&t->guest->program, &t->guest->kernel.symbols);
    return t->threads;
}

/* Keeps the line of a panic that says where the program was. */
void telling_console(struct telling *t, const void *text, size_t size_bytes)
{
    for (const char *p = text; p < (const char *)text + size_bytes; p++) {
        if (*p != '\n' && t->line_length < sizeof(t->line) - 1) {
            t->line[t->line_length++] = *p;
            continue;
        }
        t->line[t->line_length] = 0;
        t->line_length = 0;
        if (strncmp(t->line, "program: ", 9) == 0)
            memcpy(t->panic_line, t->line, sizeof(t->panic_line));
    }
}

void telling_panic(struct telling *t)
{
    uint64_t pc, lr;
    unsigned tid;

    if (sscanf(t->panic_line, "program: thread %u, pc %" SCNx64 ", lr %" SCNx64, &tid, &pc, &lr) !=
            3 ||
        !telling_threads(t))
        return;
    fprintf(stderr, "thread %u of the program was in\n", tid);
    thread_view_place(t->threads, stderr, pc, true);
    thread_view_place(t->threads, stderr, lr, false);
}

/* What the program's goroutines do, before its threads: the first word of an answer, or all there
 * is of one. Programs that aren't Go's have none. */
static void goroutines_tell(struct telling *t)
{
    const struct blob *program = &t->guest->program;
    struct timespec now;
    struct error err;

    clock_gettime(CLOCK_MONOTONIC, &now);
    bool goes_on = t->told.tv_sec && now.tv_sec - t->told.tv_sec <= ANSWER_PAUSE_S;
    t->told = now;
    if (goes_on || !t->debug_socket)
        return;
    int result = goroutines_show(stderr, t->debug_socket,
                                 (struct span){program->bytes, program->size_bytes}, &err);
    if (result < 0 && result != -ENOEXEC)
        fail(0, "%s", err.text);
}

void telling_take(struct telling *t, enum link_type type, const void *data, size_t size_bytes)
{
    switch (type) {
    case LINK_STATE:
        goroutines_tell(t);
        if (telling_threads(t))
            thread_view_state(t->threads, stderr, data, size_bytes);
        break;
    case LINK_DUMP:
        goroutines_tell(t);
        fail(0, "the kernel doesn't say what its threads do: it hangs, which is a bug of mazboot");
        break;
    case LINK_UNKNOWN:
        if (telling_threads(t))
            unknown_calls_met(&t->unknown, t->threads, data, size_bytes);
        break;
    case LINK_COUNTS:
        unknown_calls_counted(&t->unknown, data, size_bytes);
        break;
    default:
        break;
    }
}

void telling_unknown(const struct telling *t, FILE *out)
{
    unknown_calls_print(&t->unknown, out);
}

void telling_close(struct telling *t)
{
    thread_view_close(t->threads);
    unknown_calls_free(&t->unknown);
    t->threads = NULL;
}

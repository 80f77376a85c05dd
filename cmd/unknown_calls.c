/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/unknown_calls.h"
#include "abi/link.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CALLS_MAX    512 /* more than the kernel tells apart */
#define CALLER_BYTES 256

struct unknown_call {
    uint32_t number, count;
    char caller[CALLER_BYTES]; /* "" when it isn't known */
};

static struct unknown_call *find(struct unknown_calls *calls, uint32_t number)
{
    for (size_t i = 0; i < calls->count; i++)
        if (calls->list[i].number == number)
            return &calls->list[i];
    return NULL;
}

static struct unknown_call *find_or_add(struct unknown_calls *calls, uint32_t number)
{
    struct unknown_call *call = find(calls, number);
    if (call || calls->count == CALLS_MAX)
        return call;
    struct unknown_call *list = realloc(calls->list, (calls->count + 1) * sizeof(*list));
    if (!list)
        return NULL;
    calls->list = list;
    call = &list[calls->count++];
    *call = (struct unknown_call){.number = number};
    return call;
}

void unknown_calls_met(struct unknown_calls *calls, struct thread_view *view, const void *data,
                       size_t size_bytes)
{
    struct link_state s;
    if (size_bytes < sizeof(s))
        return;
    memcpy(&s, data, sizeof(s));
    struct unknown_call *call = find_or_add(calls, (uint32_t)s.syscall);
    if (call && !call->caller[0])
        thread_view_caller(view, call->caller, sizeof(call->caller), data, size_bytes);
}

void unknown_calls_counted(struct unknown_calls *calls, const void *data, size_t size_bytes)
{
    struct link_count c;
    for (size_t at = 0; at + sizeof(c) <= size_bytes; at += sizeof(c)) {
        memcpy(&c, (const char *)data + at, sizeof(c));
        struct unknown_call *call = find_or_add(calls, c.number);
        if (call)
            call->count = c.count;
    }
}

void unknown_calls_print(const struct unknown_calls *calls, FILE *out)
{
    for (size_t i = 0; i < calls->count; i++) {
        const struct unknown_call *call = &calls->list[i];
        const char *name = thread_view_call_name(call->number);
        char text[32];
        if (!name)
            snprintf(text, sizeof(text), "number %" PRIu32, call->number);
        fprintf(out, "    %-18s %12" PRIu32 "%s%s\n", name ? name : text, call->count,
                call->caller[0] ? "  first by " : "", call->caller);
    }
}

void unknown_calls_free(struct unknown_calls *calls)
{
    free(calls->list);
    *calls = (struct unknown_calls){0};
}

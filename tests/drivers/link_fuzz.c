/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parser of what the launcher sends, against one that sees the whole stream at once. First byte
 * of the input: how the rest is cut.
 */
#include "kernel/core/link.c"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/drivers/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

enum klog_level klog_level;

/* What happened, as bytes. */
struct events {
    uint8_t bytes[1 << 17];
    size_t size;
    uint32_t wanted;
};

static struct events seen, expected;

static void event(struct events *e, uint8_t kind, const void *data, size_t size)
{
    CHECK(e->size + size + 1 <= sizeof e->bytes);
    e->bytes[e->size++] = kind;
    memcpy(e->bytes + e->size, data, size);
    e->size += size;
}

/* Standard input's side: bytes are an event each, so that it does not matter how they were cut. */
uint32_t stdin_wanted(void)
{
    return seen.wanted;
}

void stdin_put(const uint8_t *bytes, size_t size)
{
    CHECK(size <= seen.wanted);
    seen.wanted -= (uint32_t)size;
    for (size_t i = 0; i < size; i++)
        event(&seen, 'b', bytes + i, 1);
}

void stdin_answered(bool end_of_file)
{
    seen.wanted = 40; /* the next request */
    event(&seen, end_of_file ? 'e' : 'a', "", 0);
}

void stdin_end(void)
{
    event(&seen, 'x', "", 0);
}

static void saw_signal(unsigned signo)
{
    event(&seen, 's', &signo, 4);
}

static void saw_dump(void)
{
    event(&seen, 'd', "", 0);
}

void klog(enum klog_level level, const char *fmt, ...)
{
    (void)level;
    (void)fmt;
}

int64_t clock_mono_ns(void)
{
    return 0;
}

void waitq_add(struct waitq *q, struct waiter *w)
{
    (void)q;
    (void)w;
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
    (void)q;
    (void)w;
}

void sleeper_init(struct sleeper *s)
{
    (void)s;
}

int sleeper_sleep(struct sleeper *s, int64_t deadline_ns)
{
    (void)s;
    (void)deadline_ns;
    abort();
}

/* One whole frame, or what is there of it. Returns bytes used, 0 for a broken stream. */
static size_t expect_frame(const uint8_t *p, size_t size)
{
    size_t n = p[4] | p[5] << 8 | p[6] << 16 | (size_t)p[7] << 24,
           have = size - 8 < n ? size - 8 : n;
    bool known =
        (p[0] == 16 && n <= expected.wanted) || (p[0] == 17 && n == 4) || (p[0] == 18 && n == 0);
    if (!known)
        return 0;
    for (size_t i = 0; p[0] == 16 && i < have; i++)
        event(&expected, 'b', p + 8 + i, 1);
    if (p[0] == 16)
        expected.wanted -= (uint32_t)have;
    if (have == n && p[0] == 16) {
        expected.wanted = 40;
        event(&expected, n ? 'a' : 'e', "", 0);
    } else if (have == n) {
        event(&expected, p[0] == 17 ? 's' : 'd', p + 8, n);
    }
    return 8 + have;
}

static void expect(const uint8_t *p, size_t size)
{
    while (size >= 8) {
        size_t n = expect_frame(p, size);
        if (n == 0) {
            event(&expected, 'x', "", 0);
            return;
        }
        p += n;
        size -= n;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    if (size < 1 || size > 8192)
        return 0;
    size_t step = input[0] % 33 + 1;
    memset(&in, 0, sizeof in);
    seen = (struct events){.wanted = 100};
    expected = (struct events){.wanted = 100};
    link_on_signal(saw_signal);
    link_on_dump(saw_dump);
    expect(input + 1, size - 1);
    for (size_t at = 1; at < size; at += step)
        link_receive(input + at, MIN(step, size - at));
    CHECK(seen.size == expected.size && memcmp(seen.bytes, expected.bytes, seen.size) == 0);
    return 0;
}

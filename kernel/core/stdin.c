/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/core/stdin.h. The lock guards all fields; the request goes out after it is dropped, since
 * sending may poll the device for a while. A request is made only when the buffer is empty, so an
 * answer always fits.
 */
#include "kernel/core/stdin.h"
#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/link.h"
#include "kernel/core/page.h"
#include "lib/str.h"

static struct {
    struct spinlock lock;
    struct waitq waitq;
    uint8_t *buffer;     /* a page, from the first request on */
    uint32_t begin, end; /* what of it is unread */
    uint32_t wanted;     /* bytes that may still come in for the request that is out */
    bool asked;          /* a request is out */
    bool end_of_file;    /* its answer was: nothing more; for the next reader */
    bool ended;          /* the launcher is gone: end of file for ever */
} in = {.waitq = {.waiters = LIST_INIT(in.waitq.waiters)}};

struct waitq *stdin_waitq(void)
{
    return &in.waitq;
}

static bool ready_locked(void)
{
    return in.begin < in.end || in.end_of_file || in.ended;
}

static bool buffer_make_locked(void)
{
    if (!in.buffer) {
        paddr_t pa = page_alloc(0, 0);
        in.buffer = pa == PAGE_NONE ? NULL : phys_to_virt(pa);
    }
    return in.buffer != NULL;
}

/* Note that size_bytes are to be asked for. False: a request is out, or none is needed or possible.
 */
static bool ask_locked(size_t size_bytes)
{
    if (ready_locked() || in.asked || !buffer_make_locked())
        return false;
    in.asked = true;
    in.begin = in.end = 0;
    in.wanted = (uint32_t)MIN(size_bytes, PAGE_SIZE);
    return true;
}

/* Whether there is something to read; if not, see to it that size_bytes are on their way. */
static bool ready_or_asked(size_t size_bytes)
{
    spin_lock(&in.lock);
    bool send = ask_locked(size_bytes);
    bool ready = ready_locked();
    uint32_t wanted = in.wanted;
    spin_unlock(&in.lock);
    if (send)
        link_write_now(LINK_WANT, 0, &wanted, sizeof wanted);
    return ready;
}

bool stdin_ready(void)
{
    return !link_up() || ready_or_asked(PAGE_SIZE);
}

/* Bytes, 0 at end of file, -EAGAIN. */
static long read_some(void *data, size_t size_bytes)
{
    long n = -EAGAIN;
    spin_lock(&in.lock);
    if (in.begin < in.end) {
        n = (long)MIN(size_bytes, in.end - in.begin);
        memcpy(data, in.buffer + in.begin, (size_t)n);
        in.begin += (uint32_t)n;
    } else if (in.end_of_file || in.ended) {
        in.end_of_file = false;
        n = 0;
    }
    spin_unlock(&in.lock);
    return n;
}

long stdin_read(void *data, size_t size_bytes, bool wait)
{
    if (size_bytes == 0)
        return 0;
    for (;;) {
        long n = read_some(data, size_bytes);
        if (n != -EAGAIN)
            return n;
        if (!link_up())
            return 0;
        if (!wait && !ready_or_asked(size_bytes))
            return -EAGAIN;
        /* Asking is part of the condition: when another reader took the answer, there must be a new
         * request. */
        int err = wait_event(&in.waitq, ready_or_asked(size_bytes), WAIT_FOREVER);
        if (err)
            return err;
    }
}

uint32_t stdin_wanted(void)
{
    return in.asked ? in.wanted : 0;
}

void stdin_put(const uint8_t *bytes, size_t size_bytes)
{
    spin_lock(&in.lock);
    memcpy(in.buffer + in.end, bytes, size_bytes);
    in.end += (uint32_t)size_bytes;
    in.wanted -= (uint32_t)size_bytes;
    spin_unlock(&in.lock);
}

void stdin_answered(bool end_of_file)
{
    spin_lock(&in.lock);
    in.asked = false;
    in.wanted = 0;
    in.end_of_file = end_of_file;
    spin_unlock(&in.lock);
    waitq_wake(&in.waitq, ~0u, 0);
}

void stdin_end(void)
{
    spin_lock(&in.lock);
    in.ended = true;
    spin_unlock(&in.lock);
    waitq_wake(&in.waitq, ~0u, 0);
}

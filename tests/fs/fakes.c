/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies under the files, on the host: memory from malloc with counts, pages with references,
 * sleeping on a condition variable, the program's memory read and written by process_vm_readv,
 * which reports bad pages as the real one does.
 */
#include "tests/fs/fakes.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "abi/errno.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/log.h"
#include "kernel/core/options.h"
#include "kernel/core/page.h"
#include "kernel/core/payload.h"
#include "kernel/core/random.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/core/vmobj.h"
#include "kernel/core/wait.h"
#include "kernel/fs/signal_hook.h"
#include "kernel/linux/sigwait.h"
#include "kernel/linux/time.h"

long fake_blocks, fake_pages;
int fake_signals[64];
unsigned fake_fail_nth;

/* ---- kmalloc ---- */

static bool fails(void)
{
    return fake_fail_nth && !--fake_fail_nth;
}

void *kmalloc(size_t size_bytes)
{
    if (fails())
        return NULL;
    __atomic_add_fetch(&fake_blocks, 1, __ATOMIC_RELAXED);
    void *p = malloc(size_bytes ? size_bytes : 1);
    if (p)
        memset(p, 0xa5, size_bytes);
    return p;
}

void *kzalloc(size_t size_bytes)
{
    void *p = kmalloc(size_bytes);
    return p ? memset(p, 0, size_bytes) : NULL;
}

void kfree(void *p)
{
    if (p)
        __atomic_sub_fetch(&fake_blocks, 1, __ATOMIC_RELAXED);
    free(p);
}

/* ---- pages: the page behind a header page that holds its count ---- */

static uint32_t *refs_of(paddr_t pa)
{
    return (uint32_t *)(uintptr_t)(pa - PAGE_SIZE);
}

paddr_t page_alloc(unsigned order, unsigned flags)
{
    if (order) /* whoever asks takes less then */
        return PAGE_NONE;
    if (fails())
        return PAGE_NONE;
    char *p = aligned_alloc(PAGE_SIZE, 2 * PAGE_SIZE);
    memset(p + PAGE_SIZE, flags & PAGE_ZERO ? 0 : 0x5a, PAGE_SIZE);
    __atomic_add_fetch(&fake_pages, 1, __ATOMIC_RELAXED);
    *(uint32_t *)p = 1;
    return (paddr_t)(uintptr_t)(p + PAGE_SIZE);
}

void page_get(paddr_t pa)
{
    __atomic_add_fetch(refs_of(pa), 1, __ATOMIC_RELAXED);
}

void page_put(paddr_t pa)
{
    if (__atomic_sub_fetch(refs_of(pa), 1, __ATOMIC_ACQ_REL))
        return;
    __atomic_sub_fetch(&fake_pages, 1, __ATOMIC_RELAXED);
    free(refs_of(pa));
}

unsigned page_refs(paddr_t pa)
{
    return __atomic_load_n(refs_of(pa), __ATOMIC_ACQUIRE);
}

bool page_is_scarce(void)
{
    return false;
}

void page_stats(struct page_stats *s)
{
    *s = (struct page_stats){1u << 30, 1u << 29, 0};
}

void page_split(paddr_t pa)
{
    (void)pa;
}

bool page_is_plentiful(void)
{
    return true;
}

bool (*page_reclaim)(void);

void vmobj_invalidate(struct vmobj *o, uint64_t first, uint64_t end, bool copies)
{
    (void)o, (void)first, (void)end, (void)copies;
}

/* ---- the program's memory ---- */

static size_t move_user(void *kernel, vaddr_t user, size_t n, bool out)
{
    size_t done = 0;
    while (done < n) {
        size_t piece = PAGE_SIZE - ((user + done) & (PAGE_SIZE - 1));
        piece = piece < n - done ? piece : n - done;
        struct iovec l = {(char *)kernel + done, piece};
        struct iovec r = {(void *)(uintptr_t)(user + done), piece};
        ssize_t moved = out ? process_vm_writev(getpid(), &l, 1, &r, 1, 0)
                            : process_vm_readv(getpid(), &l, 1, &r, 1, 0);
        if (moved < (ssize_t)piece)
            return done;
        done += piece;
    }
    return done;
}

size_t copy_from_user_part(void *dst, vaddr_t src, size_t n)
{
    return move_user(dst, src, n, false);
}

size_t copy_to_user_part(vaddr_t dst, const void *src, size_t n)
{
    return move_user((void *)(uintptr_t)src, dst, n, true);
}

int copy_from_user(void *dst, vaddr_t src, size_t n)
{
    return move_user(dst, src, n, false) == n ? 0 : -EFAULT;
}

int copy_to_user(vaddr_t dst, const void *src, size_t n)
{
    return copy_to_user_part(dst, src, n) == n ? 0 : -EFAULT;
}

int clear_user(vaddr_t dst, size_t n)
{
    char *zeros = calloc(1, n + 1);
    int err = copy_to_user(dst, zeros, n);
    free(zeros);
    return err;
}

long copy_string_from_user(char *dst, vaddr_t src, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (copy_from_user(dst + i, src + i, 1))
            return -EFAULT;
        if (!dst[i])
            return (long)i;
    }
    return -ENAMETOOLONG;
}

/* ---- waiting: one mutex for all sleepers ---- */

static pthread_mutex_t sleep_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t sleep_cond = PTHREAD_COND_INITIALIZER;
bool fake_may_sleep;

void waitq_init(struct waitq *q)
{
    q->lock.held = 0;
    list_init(&q->waiters);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
    spin_lock(&q->lock);
    list_push_back(&q->waiters, &w->node);
    spin_unlock(&q->lock);
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
    spin_lock(&q->lock);
    list_remove(&w->node);
    spin_unlock(&q->lock);
}

void waitq_wake(struct waitq *q, unsigned events, unsigned exclusive)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    spin_lock(&q->lock);
    list_for_each (n, &q->waiters) {
        struct waiter *w = list_entry(n, struct waiter, node);
        if (w->fn(w, events) && exclusive && --exclusive == 0)
            break;
    }
    spin_unlock(&q->lock);
}

bool sleeper_wake_fn(struct waiter *w, unsigned events)
{
    struct sleeper *s = w->arg;
    (void)events;
    pthread_mutex_lock(&sleep_mutex);
    bool first = !s->woken;
    __atomic_store_n(&s->woken, 1, __ATOMIC_SEQ_CST);
    pthread_cond_broadcast(&sleep_cond);
    pthread_mutex_unlock(&sleep_mutex);
    return first;
}

void sleeper_init(struct sleeper *s)
{
    list_init(&s->waiter.node);
    s->waiter.fn = sleeper_wake_fn;
    s->waiter.arg = s;
    s->woken = 0;
}

/* A single-threaded test would sleep for ever: it gets the answer of an interrupted wait instead.
 */
int sleeper_sleep(struct sleeper *s, int64_t deadline_ns)
{
    int err = 0;
    if (!fake_may_sleep)
        return deadline_ns == WAIT_FOREVER ? -ERESTARTSYS : -ETIMEDOUT;
    pthread_mutex_lock(&sleep_mutex);
    while (!s->woken && !err) {
        struct timespec until = {deadline_ns / 1000000000, deadline_ns % 1000000000};
        if (deadline_ns == WAIT_FOREVER)
            pthread_cond_wait(&sleep_cond, &sleep_mutex);
        else
            err = pthread_cond_timedwait(&sleep_cond, &sleep_mutex, &until);
    }
    pthread_mutex_unlock(&sleep_mutex);
    return err ? -ETIMEDOUT : 0;
}

bool sleeper_sleep_through(struct sleeper *s, int64_t deadline_ns)
{
    return sleeper_sleep(s, deadline_ns) == 0;
}

/* ---- the rest ---- */

static int64_t now(void)
{
    struct timespec ts;
    clock_gettime(CLOCK_REALTIME, &ts);
    return ts.tv_sec * 1000000000 + ts.tv_nsec;
}

int64_t clock_real_ns(void)
{
    return now();
}

int64_t clock_mono_ns(void)
{
    return now();
}

void random_fill(void *bytes, size_t n)
{
    memset(bytes, 0x77, n);
}

void random_add(const char *name, const void *bytes, size_t n)
{
    (void)name, (void)bytes, (void)n;
}

uint64_t option_number(const char *key, uint64_t otherwise)
{
    (void)key;
    return otherwise;
}

bool option_copy(const char *key, char *value, size_t size_bytes)
{
    (void)key, (void)size_bytes;
    *value = 0;
    return false;
}

bool option_copy_nth(const char *key, unsigned n, char *value, size_t size_bytes)
{
    (void)n;
    return option_copy(key, value, size_bytes);
}

bool option_is(const char *key, const char *value)
{
    (void)key, (void)value;
    return false;
}

const void *payload_item(enum payload_type type, size_t *size_bytes)
{
    (void)type, (void)size_bytes;
    return NULL;
}

void klog(enum klog_level level, const char *fmt, ...)
{
    (void)level, (void)fmt;
}

long console_write(unsigned stream, const void *data, size_t n)
{
    (void)stream, (void)data;
    return (long)n;
}

long console_read(void *data, size_t n, bool wait)
{
    (void)data, (void)n, (void)wait;
    return 0;
}

bool console_input_ready(void)
{
    return true;
}

struct waitq *console_input_waitq(void)
{
    static struct waitq q = {.waiters = LIST_INIT(q.waiters)};
    return &q;
}

void thread_signal_self(int sig)
{
    fake_signals[sig]++;
}

bool fake_is_ending;

bool thread_is_ending(void)
{
    return __atomic_load_n(&fake_is_ending, __ATOMIC_RELAXED);
}

int sigwait_begin(vaddr_t mask, uint64_t size)
{
    (void)mask, (void)size;
    return 0;
}

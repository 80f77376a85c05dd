/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/futex.h"
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/core/clock.h"
#include "kernel/core/uaccess.h"
#include "kernel/core/wait.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/time.h"

enum {
    FUTEX_WAIT = 0,
    FUTEX_WAKE = 1,
    FUTEX_REQUEUE = 3,
    FUTEX_CMP_REQUEUE = 4,
    FUTEX_WAKE_OP = 5,
    FUTEX_WAIT_BITSET = 9,
    FUTEX_WAKE_BITSET = 10,
    FUTEX_PRIVATE = 128,
    FUTEX_REALTIME = 256,
    FUTEX_COMMAND = ~(FUTEX_PRIVATE | FUTEX_REALTIME),
};

#define BITSET_ALL   UINT32_MAX
#define BUCKETS      128u
#define TID_MASK     0x3fffffffu
#define OWNER_DIED   0x40000000u
#define WAITERS      0x80000000u
#define ROBUST_LIMIT 2048

struct bucket {
    struct spinlock lock;
    struct list waiters; /* next == NULL: never used */
};

/* A sleeping waiter; key and bucket change when it is requeued. */
struct futex_waiter {
    struct list node;      /* bucket lock; free-standing: woken */
    struct bucket *bucket; /* bucket lock */
    uint64_t key;
    uint32_t bitset;
    struct sleeper sleeper;
};

static struct bucket buckets[BUCKETS];

static inline uint64_t private_key(vaddr_t addr)
{
    return addr | (uint64_t)task_self()->as->pgtable.asid << 48;
}

static COLD uint64_t shared_key(vaddr_t addr)
{
    paddr_t pa = aspace_shared_place(task_self()->as, addr);
    return pa ? pa : private_key(addr);
}

/* A word is its address and the address space that it is in; one that several may share is the
 * memory that it is in. Go's are all private. */
static inline __attribute__((always_inline)) uint64_t key_of(vaddr_t addr, bool shared)
{
    return UNLIKELY(shared) && family_here ? shared_key(addr) : private_key(addr);
}

static struct bucket *bucket_of(uint64_t key)
{
    uint32_t h = (uint32_t)(key >> 2) * UINT32_C(0x9e3779b1);
    return &buckets[h >> 25];
}

static void bucket_lock(struct bucket *b)
{
    spin_lock(&b->lock);
    if (!b->waiters.next)
        list_init(&b->waiters);
}

/* Two buckets in address order, so that two requeues can't deadlock. */
static void bucket_lock_two(struct bucket *a, struct bucket *b)
{
    bucket_lock(MIN(a, b));
    if (a != b)
        bucket_lock(MAX(a, b));
}

static void bucket_unlock_two(struct bucket *a, struct bucket *b)
{
    spin_unlock(&a->lock);
    if (a != b)
        spin_unlock(&b->lock);
}

/* The waiter's memory may go at once: it isn't touched after this. */
static void release_locked(struct futex_waiter *w, struct task_list *woken)
{
    list_remove(&w->node);
    sleeper_release(&w->sleeper, woken);
}

static long wake(uint64_t key, uint32_t count, uint32_t bitset)
{
    struct bucket *b = bucket_of(key);
    struct task_list tasks = {.last = &tasks.first};
    long woken = 0;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (!b->waiters.next || list_empty(&b->waiters))
        return 0;
    bucket_lock(b);
    list_for_each (n, &b->waiters) {
        struct futex_waiter *w = list_entry(n, struct futex_waiter, node);
        if (woken >= (long)count)
            break;
        if (w->key == key && (w->bitset & bitset)) {
            release_locked(w, &tasks);
            woken++;
        }
    }
    spin_unlock(&b->lock);
    tasks_ready(&tasks);
    return woken;
}

long futex_wake_address(struct process *p, vaddr_t addr, uint32_t count)
{
    (void)p;
    return wake(key_of(addr, true), count, BITSET_ALL);
}

/* Lock the bucket that w is in now. */
static struct bucket *waiter_lock(struct futex_waiter *w)
{
    for (;;) {
        struct bucket *b = __atomic_load_n(&w->bucket, __ATOMIC_RELAXED);
        bucket_lock(b);
        if (b == w->bucket)
            return b;
        spin_unlock(&b->lock);
    }
}

static void waiter_enqueue(struct futex_waiter *w)
{
    struct bucket *b = w->bucket = bucket_of(w->key);
    bucket_lock(b);
    list_push_back(&b->waiters, &w->node);
    spin_unlock(&b->lock);
}

/* Whether the wait is over, w taken out then: it was woken, or err ends it. */
static bool waiter_done(struct futex_waiter *w, int *err)
{
    struct bucket *b = waiter_lock(w);
    bool woken = list_empty(&w->node);
    if (woken)
        *err = 0;
    else if (*err)
        list_remove(&w->node);
    spin_unlock(&b->lock);
    return woken || *err;
}

/* Sleep until woken for real: a sleeper may also wake for nothing. */
static int waiter_sleep(struct futex_waiter *w, int64_t deadline_ns)
{
    int err;
    do {
        err = sleeper_sleep(&w->sleeper, deadline_ns);
        if (__atomic_exchange_n(&w->sleeper.woken, SLEEPER_ARMED, __ATOMIC_SEQ_CST) ==
            SLEEPER_RELEASED)
            return 0;
    } while (!waiter_done(w, &err));
    return err;
}

static long wait(vaddr_t addr, uint64_t key, uint32_t value, uint32_t bitset, int64_t deadline_ns)
{
    struct futex_waiter w; /* clearing it first would cost as much as all of this */
    uint32_t now;
    w.key = key;
    w.bitset = bitset;
    sleeper_init(&w.sleeper);
    list_init(&w.node);
    waiter_enqueue(&w);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    int err = user_load_u32(addr, &now);
    if (!err && now != value)
        err = -EAGAIN;
    if (!err)
        return waiter_sleep(&w, deadline_ns);
    waiter_done(&w, &err);
    return err;
}

static long wait_again(struct thread *t)
{
    struct restart *r = &t->restart;
    long err = wait(r->uaddr, r->key, r->value, r->bitset, r->deadline_ns);
    return err == -ERESTARTSYS ? -ERESTART_RESTARTBLOCK : err;
}

/* A wait with a timeout goes on with the time that is left, unless a handler ran: then it is EINTR.
 * Without one it restarts like other calls. */
static long wait_restartable(vaddr_t addr, uint64_t key, uint32_t value, uint32_t bitset,
                             int64_t deadline_ns)
{
    long err = wait(addr, key, value, bitset, deadline_ns);
    if (err != -ERESTARTSYS || deadline_ns == WAIT_FOREVER)
        return err;
    thread_self()->restart = (struct restart){.fn = wait_again,
                                              .deadline_ns = deadline_ns,
                                              .uaddr = addr,
                                              .key = key,
                                              .value = value,
                                              .bitset = bitset};
    return -ERESTART_RESTARTBLOCK;
}

static int read_deadline(uint32_t op, vaddr_t timeout, int64_t *deadline_ns)
{
    int64_t ns;
    *deadline_ns = WAIT_FOREVER;
    if (!timeout)
        return 0;
    int err = time_read_timespec(timeout, &ns);
    if (err)
        return err;
    if ((op & FUTEX_COMMAND) == FUTEX_WAIT)
        *deadline_ns = time_add(clock_mono_ns(), ns);
    else if (op & FUTEX_REALTIME)
        *deadline_ns = time_add(ns, -clock_real_offset_ns());
    else
        *deadline_ns = ns;
    return 0;
}

static void move_locked(struct futex_waiter *w, struct bucket *to, uint64_t key)
{
    list_remove(&w->node);
    w->key = key;
    __atomic_store_n(&w->bucket, to, __ATOMIC_RELAXED);
    list_push_back(&to->waiters, &w->node);
}

/* The word is read before the buckets are locked; whoever changes it between then and the move is
 * followed by a wake that finds the waiter in one of the two places. */
static long requeue(uint64_t from, uint64_t to, uint32_t wakes, uint32_t moves)
{
    struct bucket *a = bucket_of(from), *b = bucket_of(to);
    struct task_list tasks = {.last = &tasks.first};
    long woken = 0, moved = 0;
    bucket_lock_two(a, b);
    list_for_each (n, &a->waiters) {
        struct futex_waiter *w = list_entry(n, struct futex_waiter, node);
        if (w->key != from)
            continue;
        if (woken < (long)wakes) {
            release_locked(w, &tasks);
            woken++;
        } else if (moved < (long)moves && from != to) {
            move_locked(w, b, to);
            moved++;
        } else {
            break;
        }
    }
    bucket_unlock_two(a, b);
    tasks_ready(&tasks);
    return woken + moved;
}

/* FUTEX_WAKE_OP: change a second word, and wake there too if its old value compares. The encoding
 * is futex(2)'s. */
static uint32_t wake_op_apply(uint32_t op, uint32_t old, uint32_t arg)
{
    switch (op & 7) {
    case 0:
        return arg;
    case 1:
        return old + arg;
    case 2:
        return old | arg;
    case 3:
        return old & ~arg;
    default:
        return old ^ arg;
    }
}

static bool wake_op_compare(uint32_t cmp, int32_t old, int32_t arg)
{
    switch (cmp) {
    case 0:
        return old == arg;
    case 1:
        return old != arg;
    case 2:
        return old < arg;
    case 3:
        return old <= arg;
    case 4:
        return old > arg;
    default:
        return old >= arg;
    }
}

static long wake_op(const uint64_t keys[2], vaddr_t b, uint32_t na, uint32_t nb, uint32_t code)
{
    uint32_t op = code >> 28, cmp = (code >> 24) & 15, now, old;
    int32_t oparg = (int32_t)(code << 8) >> 20, cmparg = (int32_t)(code << 20) >> 20;
    if ((op & 7) > 4 || cmp > 5)
        return -ENOSYS;
    if (op & 8)
        oparg = (int32_t)(1u << (oparg & 31));
    int err = user_load_u32(b, &now);
    do {
        old = now;
        if (!err)
            err = user_cas_u32(b, old, wake_op_apply(op, old, (uint32_t)oparg), &now);
        if (err)
            return err;
    } while (now != old);
    long woken = wake(keys[0], na, BITSET_ALL);
    return wake_op_compare(cmp, (int32_t)old, cmparg) ? woken + wake(keys[1], nb, BITSET_ALL)
                                                      : woken;
}

static long cmp_requeue(vaddr_t from, const uint64_t keys[2], uint32_t wakes, uint32_t moves,
                        uint32_t value)
{
    uint32_t now;
    int err = user_load_u32(from, &now);
    if (err)
        return err;
    return now == value ? requeue(keys[0], keys[1], wakes, moves) : -EAGAIN;
}

/* Apart, so that what every lock goes through saves few registers. */
static __attribute__((noinline)) long futex_rare(vaddr_t uaddr, uint32_t op, uint32_t val,
                                                 uint64_t timeout, vaddr_t uaddr2, uint32_t val3)
{
    bool shared = !(op & FUTEX_PRIVATE);
    const uint64_t keys[2] = {key_of(uaddr, shared), key_of(uaddr2, shared)};
    int64_t deadline_ns;
    int err;
    switch (op & (uint32_t)FUTEX_COMMAND) {
    case FUTEX_WAIT:
        val3 = BITSET_ALL;
        __attribute__((fallthrough));
    case FUTEX_WAIT_BITSET:
        if (!val3)
            return -EINVAL;
        err = read_deadline(op, timeout, &deadline_ns);
        return err ? err : wait_restartable(uaddr, keys[0], val, val3, deadline_ns);
    case FUTEX_WAKE_BITSET:
        return val3 ? wake(keys[0], val, val3) : -EINVAL;
    case FUTEX_REQUEUE:
        return requeue(keys[0], keys[1], val, (uint32_t)timeout);
    case FUTEX_CMP_REQUEUE:
        return cmp_requeue(uaddr, keys, val, (uint32_t)timeout, val3);
    case FUTEX_WAKE_OP:
        return wake_op(keys, uaddr2, val, (uint32_t)timeout, val3);
    default:
        return -ENOSYS;
    }
}

long sys_futex(vaddr_t uaddr, uint32_t op, uint32_t val, uint64_t timeout, vaddr_t uaddr2,
               uint32_t val3)
{
    uint32_t command = op & (uint32_t)FUTEX_COMMAND;
    if (uaddr % 4)
        return -EINVAL;
    if (uaddr > USER_END - 4)
        return -EFAULT;
    if (command == FUTEX_WAKE)
        return wake(key_of(uaddr, !(op & FUTEX_PRIVATE)), val, BITSET_ALL);
    if (command == FUTEX_WAIT && !timeout)
        return wait(uaddr, key_of(uaddr, !(op & FUTEX_PRIVATE)), val, BITSET_ALL, WAIT_FOREVER);
    return futex_rare(uaddr, op, val, timeout, uaddr2, val3);
}

/* One lock of an ending thread: if the word still names it, say that the owner died. */
static void release_one(const struct thread *t, vaddr_t word)
{
    uint32_t old;
    if (word % 4 || user_load_u32(word, &old))
        return;
    for (;;) {
        uint32_t now;
        if ((old & TID_MASK) != (uint32_t)t->tid)
            return;
        if (user_cas_u32(word, old, (old & WAITERS) | OWNER_DIED, &now))
            return;
        if (now == old)
            break;
        old = now;
    }
    if (old & WAITERS)
        wake(key_of(word, true), 1, BITSET_ALL);
}

struct robust_head {
    uint64_t next;
    int64_t futex_offset;
    uint64_t pending;
};

/* The list is the program's and may be broken or endless: it is read carefully and up to a limit
 * (set_robust_list(2)). */
void futex_release_robust(struct thread *t)
{
    struct robust_head head;
    if (!t->robust_list || copy_from_user(&head, t->robust_list, sizeof head))
        return;
    uint64_t entry = head.next;
    for (unsigned i = 0; i < ROBUST_LIMIT && (entry & ~UINT64_C(1)) != t->robust_list; i++) {
        uint64_t next, at = entry & ~UINT64_C(1);
        int err = copy_from_user(&next, at, sizeof next);
        if (at != head.pending)
            release_one(t, at + (uint64_t)head.futex_offset);
        if (err)
            return;
        entry = next;
    }
    if (head.pending)
        release_one(t, (head.pending & ~UINT64_C(1)) + (uint64_t)head.futex_offset);
}

long sys_set_robust_list(vaddr_t head, uint64_t len)
{
    if (len != sizeof(struct robust_head))
        return -EINVAL;
    thread_self()->robust_list = head;
    return 0;
}

long sys_get_robust_list(int pid, vaddr_t head, vaddr_t len)
{
    uint64_t size = sizeof(struct robust_head), list = 0;
    struct process *p = process_self();
    spin_lock(&p->lock);
    struct thread *t = pid ? process_find_thread_locked(p, pid) : thread_self();
    if (t)
        list = t->robust_list;
    spin_unlock(&p->lock);
    if (!t)
        return -ESRCH;
    int err = copy_to_user(len, &size, sizeof size);
    return err ? err : copy_to_user(head, &list, sizeof list);
}

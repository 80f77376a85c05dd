/* SPDX-License-Identifier: Apache-2.0 */
/*
 * struct g, a goroutine: its layout, its states and the only functions that change a state.
 *
 * Layout up to `preempt` is fixed (the switches in asm/, gdb and other people's tools know it);
 * extension fields follow. A G's address never changes while it lives, and its memory stays
 * readable as a struct g after it died.
 */
#ifndef GORT_G_H
#define GORT_G_H

#include <stdatomic.h>

#include "gort/asm/layout.h"
#include "lib/list.h"

/* States. GSCAN is or'ed to a state while somebody looks at the stack of a G that must not move
 * meanwhile. */
enum {
    GIDLE = 0,      /* allocated, not started */
    GRUNNABLE = 1,  /* in a run queue */
    GRUNNING = 2,   /* on an M */
    GSYSCALL = 3,   /* in a blocking call outside the scheduler */
    GWAITING = 4,   /* parked */
    GDEAD = 6,      /* ended */
    GCOPYSTACK = 8, /* its stack is being moved; hosts with demand-paged stacks never do */
    GPREEMPTED = 9, /* stopped by a preemption request, not yet queued */
    GSCAN = 0x1000,
};

#define STACK_PREEMPT UINTPTR_MAX /* in stackguard0: yield at the next poll */
#define STACK_GUARD   928         /* distance of stackguard0 from the low end of the stack */

/* Why a G waits; meaningful in GWAITING only. The numbers are Go's. Values from WAIT_PORT on belong
 * to the port. */
enum {
    WAIT_NONE = 0,
    WAIT_SELECT = 9,
    WAIT_CHAN_RECEIVE = 14,
    WAIT_CHAN_SEND = 15,
    WAIT_SEMACQUIRE = 18,
    WAIT_SLEEP = 19,
    WAIT_COND = 20,
    WAIT_IO = 23,
    WAIT_PORT = 64,
};

/* Fields that one M writes and others may read: no order, but no torn values either. */
#define own_load(p)     atomic_load_explicit((p), memory_order_relaxed)
#define own_store(p, v) atomic_store_explicit((p), (v), memory_order_relaxed)
#define own_add(p, n)   own_store((p), own_load(p) + (n))

#define G_ALLOWED_ANY   UINT64_MAX /* g.allowed of a G that may run on every P */

/* In g.unusual. */
#define G_LISTED 1u /* it is in the list of live Gs */
#define G_PORT   2u /* at_end is set, or the port wants port_g_dead to be called */

/* On the path of every switch: states and masks that a caller passes are known when it is compiled.
 */
#define GORT_HOT static inline __attribute__((always_inline))

/* Rare, and kept out of the way of those. */
#define NOINLINE __attribute__((noinline))

struct m;

/* Registers of a G that is not on a CPU. */
struct gobuf {
    uintptr_t sp;
    uintptr_t pc;
    struct g *g;
    void *ctxt;
    uintptr_t ret;
    uintptr_t lr;
    uintptr_t bp;
    uint64_t regs[GOBUF_SLOTS];
};

struct g {
    uintptr_t stack_lo;
    uintptr_t stack_hi;
    _Atomic uintptr_t stackguard0;
    struct m *m; /* the M that runs it, else NULL */
    struct gobuf sched;
    _Atomic uint32_t atomicstatus;
    _Atomic uint32_t selectdone; /* 0 -> 1 decides the one winner of a select */
    uint64_t goid;               /* from 1 on, never used twice; 0: a g0 */
    struct g *schedlink;         /* next in a queue that this G is on, else NULL */
    void *param;                 /* from the waker to the woken */
    uint8_t waitreason;
    _Atomic uint8_t preempt;
    uint8_t pad_[6];

    /* Extension fields. */
    bool (*park_unlockf)(struct g *, void *);
    void *park_arg;
    _Atomic uint64_t allowed; /* bit i: may run on P i; read with g_allowed */
    void (*fn)(void *);
    void *arg;
    void (*at_end)(struct g *); /* called by gp before it ends, or NULL; with G_PORT */
    uint32_t last_p;            /* of a G with a mask: the P it ran on last */
    struct list all;            /* in the list of live Gs */
    uint32_t unusual; /* G_LISTED, G_PORT: its end has more to do than give the stack back */
    void *port;       /* the port's own */
    const char *name; /* or NULL */
#ifdef GORT_SAN
    void *san_fiber; /* what the sanitizer knows this stack by */
#endif
};

#define GOBUF_BASE_SIZE              56
#define G_BASE_SIZE                  128
#define G_BASE_END                   (G_BASE_SIZE + 8 * GOBUF_SLOTS)

#define GORT_AT(type, field, offset) _Static_assert(offsetof(type, field) == (offset), #field)
GORT_AT(struct gobuf, sp, GOBUF_SP);
GORT_AT(struct gobuf, pc, GOBUF_PC);
GORT_AT(struct gobuf, g, GOBUF_G);
GORT_AT(struct gobuf, ctxt, GOBUF_CTXT);
GORT_AT(struct gobuf, ret, GOBUF_RET);
GORT_AT(struct gobuf, lr, GOBUF_LR);
GORT_AT(struct gobuf, bp, GOBUF_BP);
GORT_AT(struct gobuf, regs, GOBUF_REGS);
GORT_AT(struct g, stack_lo, G_STACK_LO);
GORT_AT(struct g, stack_hi, G_STACK_HI);
GORT_AT(struct g, stackguard0, 16);
GORT_AT(struct g, m, 24);
GORT_AT(struct g, sched, G_SCHED);
GORT_AT(struct g, atomicstatus, 88 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, selectdone, 92 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, goid, 96 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, schedlink, 104 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, param, 112 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, waitreason, 120 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, preempt, 121 + 8 * GOBUF_SLOTS);
GORT_AT(struct g, park_unlockf, G_BASE_END);
_Static_assert(sizeof(struct gobuf) == GOBUF_BASE_SIZE + 8 * GOBUF_SLOTS, "gobuf size");
_Static_assert(GIDLE == 0 && GRUNNABLE == 1 && GRUNNING == 2 && GSYSCALL == 3, "states");
_Static_assert(GWAITING == 4 && GDEAD == 6 && GCOPYSTACK == 8 && GPREEMPTED == 9, "states");
_Static_assert(GSCAN == 0x1000 && STACK_GUARD == 928, "constants");

/* g_allowed - the Ps that gp may run on, one bit each. */
static inline uint64_t g_allowed(struct g *gp)
{
    return atomic_load_explicit(&gp->allowed, memory_order_relaxed);
}

/* g_mark - have gp looked at before it runs again, and asked to yield if it runs: its mask changed.
 */
static inline void g_mark(struct g *gp)
{
    own_store(&gp->stackguard0, STACK_PREEMPT);
    atomic_store_explicit(&gp->preempt, 1, memory_order_release);
}

/* gstatus_next - the states that may follow each state, one bit each. */
#define GSTATUS_TO(s) (1u << (s))
static const uint16_t gstatus_next[10] = {
    [GIDLE] = GSTATUS_TO(GRUNNABLE),
    [GRUNNABLE] = GSTATUS_TO(GRUNNING),
    [GRUNNING] = GSTATUS_TO(GRUNNABLE) | GSTATUS_TO(GSYSCALL) | GSTATUS_TO(GWAITING) |
                 GSTATUS_TO(GDEAD) | GSTATUS_TO(GCOPYSTACK) | GSTATUS_TO(GPREEMPTED),
    [GSYSCALL] = GSTATUS_TO(GRUNNABLE) | GSTATUS_TO(GRUNNING),
    [GWAITING] = GSTATUS_TO(GRUNNABLE),
    [GCOPYSTACK] = GSTATUS_TO(GRUNNING),
    [GPREEMPTED] = GSTATUS_TO(GRUNNABLE),
};

/* gstatus_legal - whether a G may go from state `from` to state `to`; scan bits are ignored. */
GORT_HOT bool gstatus_legal(uint32_t from, uint32_t to)
{
    from &= ~(uint32_t)GSCAN;
    to &= ~(uint32_t)GSCAN;
    return from < 10 && to < 16 && (gstatus_next[from] & GSTATUS_TO(to)) != 0;
}

/* What casgstatus does when the state isn't as expected: waits, or ends in port_fatal; always in
 * the latter when nobody else may have changed it. */
void casgstatus_slow(struct g *gp, uint32_t from, uint32_t to);
void casgstatus_lost(struct g *gp, uint32_t from, uint32_t to) NORETURN;

/* casgstatus_try - the swap of casgstatus, once: false when it was not to be had. */
GORT_HOT bool casgstatus_try(struct g *gp, uint32_t from, uint32_t to)
{
    return LIKELY(gstatus_legal(from, to)) &&
           LIKELY(atomic_compare_exchange_strong_explicit(
               &gp->atomicstatus, &from, to, memory_order_acq_rel, memory_order_relaxed));
}

/*
 * casgstatus - change gp's state from `from` to `to`. Waits while a scanner holds gp, and until gp
 * is in `from` when its owner is about to bring it there (a waker may meet a G that is on its way
 * to GWAITING).
 *
 * Orders everything before it ahead of everything after another M's casgstatus that sees it. A
 * transition that is not in the table ends in port_fatal, and so does waking a G that is awake or
 * dead.
 *
 * Nobody but its M changes a G that runs, nobody but its maker one that has not begun: scanners
 * leave them alone, wakers wait for GWAITING. So leaving these states takes a store; all other
 * changes are swaps.
 */
GORT_HOT void casgstatus(struct g *gp, uint32_t from, uint32_t to)
{
    if (from == GRUNNING || from == GIDLE) {
        if (UNLIKELY(!gstatus_legal(from, to) ||
                     atomic_load_explicit(&gp->atomicstatus, memory_order_relaxed) != from))
            casgstatus_lost(gp, from, to);
        atomic_store_explicit(&gp->atomicstatus, to, memory_order_release);
    } else if (UNLIKELY(!casgstatus_try(gp, from, to))) {
        casgstatus_slow(gp, from, to);
    }
}

/*
 * castogscanstatus - try to freeze gp in `base` (base -> GSCAN|base); false when gp is in another
 * state, or runs: its stack is in registers then, and its M changes its state without looking.
 */
bool castogscanstatus(struct g *gp, uint32_t base);

/* casfrom_gscanstatus - end the freeze: GSCAN|base -> base. */
void casfrom_gscanstatus(struct g *gp, uint32_t base);

/* readgstatus - the state now, without the scan bit. */
uint32_t readgstatus(const struct g *gp);

/*
 * scan_stack - run scanner(gp, arg) while gp is frozen in its state. False, and scanner isn't
 * called, when gp runs or is dead or its state changed meanwhile.
 */
bool scan_stack(struct g *gp, void (*scanner)(struct g *, void *), void *arg);

/* waitreason_name - "chan receive" and the like; "" for WAIT_NONE and for numbers that are the
 * port's. */
const char *waitreason_name(uint8_t reason);

/* gstatus_name - "runnable" and the like, for dumps. */
const char *gstatus_name(uint32_t status);

#endif

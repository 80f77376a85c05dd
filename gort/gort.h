/* SPDX-License-Identifier: Apache-2.0 */
/*
 * gort - goroutines for C.
 *
 * A program starts with go_main(); inside, go() starts goroutines, which run on as many threads as
 * there are CPUs. What blocks here parks a goroutine, never a thread. Words and meanings are Go's
 * where Go has them.
 *
 * Results: 0 or positive is success, a negative errno is failure. Times are nanoseconds of
 * go_now(). A deadline is such a time; 0 means "don't wait" and GO_FOREVER "no deadline".
 *
 * A goroutine can go on in another thread after every call that may park. So don't keep addresses
 * of thread-local variables across such a call (errno is one: look at it before the next call), and
 * don't hold a pthread mutex across it.
 */
#ifndef GORT_H
#define GORT_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
#error "gort.h is a C header; call it from a C file"
#endif

/* tcc has neither atomics nor thread-local variables; what needs them is in the library. */
#ifdef __TINYC__
#define GO_ATOMIC_(type) volatile type
#else
#define GO_ATOMIC_(type) _Atomic type
#endif

#pragma GCC visibility push(default) /* all else in the library is hidden */

#define GO_FOREVER ((int64_t)-1)

typedef struct g go_g;
typedef struct go_chan go_chan;
typedef struct go_ctx go_ctx;
typedef void (*go_fn)(void *arg);

/* ------------------------------------------------------------------ running */

/* All zero: everything by default. */
typedef struct {
    uint32_t procs; /* goroutines that run at the same time; default: CPUs of this process, or
                       GORT_PROCS=n */
    size_t
        stack; /* address space of one stack; default 128 KiB; memory is taken as it is touched */
    size_t max_g;  /* goroutines that can exist at a time; default 1,048,576 */
    uint64_t seed; /* not 0: perturb the schedule, the same way for the same seed (with procs 1) */
    bool virtual_time; /* with procs 1: the clock jumps to the next timer when nothing can run */
} go_config;

/*
 * go_main - run fn(arg) as the first goroutine; returns when it has returned, whatever others still
 * do. cfg may be NULL. When no goroutine can ever run again it reports each one's wait and ends the
 * process with status 2. -EBUSY: the runtime is running. -EINVAL: cfg makes no sense. -ENOMEM,
 * -EAGAIN: no memory, no threads.
 */
int go_main(go_fn fn, void *arg, const go_config *cfg);

/*
 * go_init, go_shutdown - the same for a program that keeps its own main thread: go_init starts the
 * runtime beside it. Any thread may then call go(), go_spawn() and go_try_send(). go_shutdown stops
 * the runtime when every goroutine has ended; -ETIMEDOUT when they haven't by deadline: the runtime
 * then goes on.
 */
int go_init(const go_config *cfg);
int go_shutdown(int64_t deadline);

/* go - run fn(arg) as a goroutine; when many wait to run, some of them run first. -EAGAIN: max_g
 * are running. -ENOMEM. */
int go(go_fn fn, void *arg);

enum {
    GO_JOINABLE = 1, /* go_join will be called, exactly once */
    GO_PINNED = 2,   /* stays on the processor (go_config.procs) it starts on */
};

typedef struct {
    uint32_t flags;
    const char *name; /* for reports; must live as long as the goroutine */
} go_attr;

/* go_spawn - go() with attributes; *out (may be NULL unless GO_JOINABLE) is the goroutine. */
int go_spawn(go_g **out, const go_attr *attr, go_fn fn, void *arg);

/* go_join - wait until g, spawned with GO_JOINABLE, has ended; g is gone then. -ETIMEDOUT: not by
 * deadline, join again. */
int go_join(go_g *g, int64_t deadline);

/* go_yield - let others run. go_exit - end this goroutine. go_id - its number, from 1 on. go_self -
 * itself, NULL outside. */
void go_yield(void);
_Noreturn void go_exit(void);
uint64_t go_id(void);
go_g *go_self(void);

/*
 * Values of a goroutine, in place of thread-local storage. go_local_key makes a key
 * (destroy(value), if any, runs when a goroutine ends with a value that isn't NULL). -ENOSPC: all
 * GO_LOCAL_KEYS are taken. -EINVAL: no such key.
 */
#define GO_LOCAL_KEYS 16
int go_local_key(unsigned *key, void (*destroy)(void *));
void *go_local_get(unsigned key);
int go_local_set(unsigned key, void *value);

/* ------------------------------------------------------------------ channels */

/* go_chan_make - a channel of values of elem bytes with room for cap. NULL: no memory, or elem *
 * cap overflows. */
go_chan *go_chan_make(size_t elem, size_t cap);
/* go_chan_free - panics when goroutines wait on it. */
void go_chan_free(go_chan *c);
/* go_send - panics when c is closed. A NULL channel blocks for ever. */
void go_send(go_chan *c, const void *v);
/* go_recv - false when c is closed and drained; *v is then zero bytes. v may be NULL. */
bool go_recv(go_chan *c, void *v);
/* go_try_send, go_try_recv - 1: done. 0: would block. -EPIPE: closed (and drained). */
int go_try_send(go_chan *c, const void *v);
int go_try_recv(go_chan *c, void *v);
/* go_send_until, go_recv_until - 1: done. -ETIMEDOUT. -EPIPE: closed (and drained). */
int go_send_until(go_chan *c, const void *v, int64_t deadline);
int go_recv_until(go_chan *c, void *v, int64_t deadline);
/* go_close - receivers get what is left, then false. Panics when c is closed or NULL. */
void go_close(go_chan *c);
size_t go_chan_len(const go_chan *c);
size_t go_chan_cap(const go_chan *c);

/* clang warns of static inline functions that a .c file does not use, wherever a macro put them. */
#define GO_MAYBE_UNUSED __attribute__((unused))

/* GO_CHAN_DECLARE(ints, int): a type ints and ints_make, _free, _send, _recv, _try_send, _try_recv,
 * _close for values of type int. */
#define GO_CHAN_DECLARE(name, T)                                     \
    typedef struct {                                                 \
        go_chan *c;                                                  \
    } name;                                                          \
    GO_MAYBE_UNUSED static inline name name##_make(size_t cap)       \
    {                                                                \
        return (name){go_chan_make(sizeof(T), cap)};                 \
    }                                                                \
    GO_MAYBE_UNUSED static inline void name##_free(name ch)          \
    {                                                                \
        go_chan_free(ch.c);                                          \
    }                                                                \
    GO_MAYBE_UNUSED static inline void name##_send(name ch, T v)     \
    {                                                                \
        go_send(ch.c, &v);                                           \
    }                                                                \
    GO_MAYBE_UNUSED static inline bool name##_recv(name ch, T *v)    \
    {                                                                \
        return go_recv(ch.c, v);                                     \
    }                                                                \
    GO_MAYBE_UNUSED static inline int name##_try_send(name ch, T v)  \
    {                                                                \
        return go_try_send(ch.c, &v);                                \
    }                                                                \
    GO_MAYBE_UNUSED static inline int name##_try_recv(name ch, T *v) \
    {                                                                \
        return go_try_recv(ch.c, v);                                 \
    }                                                                \
    GO_MAYBE_UNUSED static inline void name##_close(name ch)         \
    {                                                                \
        go_close(ch.c);                                              \
    }                                                                \
    typedef T name##_elem

enum { GO_OP_NONE, GO_OP_SEND, GO_OP_RECV };

/* One arm of a select. ok: after a receive, whether v is a value (false: c is closed). A NULL
 * channel is never ready. */
typedef struct {
    go_chan *c;
    void *v;
    uint8_t op;
    bool ok;
} go_case;

#define GO_SEND(ch, ptr)                                \
    (go_case)                                           \
    {                                                   \
        .c = (ch), .v = (void *)(ptr), .op = GO_OP_SEND \
    }
#define GO_RECV(ch, ptr)                        \
    (go_case)                                   \
    {                                           \
        .c = (ch), .v = (ptr), .op = GO_OP_RECV \
    }

/*
 * go_select - wait for one of n arms, do it, return its index; among ready ones a random one.
 * Deadline 0 is Go's default arm. -ETIMEDOUT: none by then. -EINVAL: n > GO_SELECT_MAX. Panics on a
 * send to a closed channel.
 */
#define GO_SELECT_MAX 65535
int go_select(go_case *cases, size_t n, int64_t deadline);

/* One arm and a default: a try, as Go's compiler makes it. */
GO_MAYBE_UNUSED static inline int go_select_try_(go_case *k)
{
    if (k->op != GO_OP_RECV)
        return go_select(k, 1, 0);
    int r = go_try_recv(k->c, k->v);
    k->ok = r == 1;
    return r == 0 ? -ETIMEDOUT : 0;
}
#define go_select(cases, n, deadline)                                                 \
    (__builtin_constant_p((n) == 1 && (deadline) == 0) && (n) == 1 && (deadline) == 0 \
         ? go_select_try_(cases)                                                      \
         : go_select(cases, n, deadline))

/* ------------------------------------------------------------------ sync; all ready to use when
 * zeroed */

struct go_waitq_ {
    GO_ATOMIC_(uint32_t) lock;
    void *head, *tail;
};

typedef struct {
    GO_ATOMIC_(uint32_t) state;
    struct go_waitq_ q;
} go_mutex;

void go_mutex_lock(go_mutex *);
bool go_mutex_try_lock(go_mutex *);
void go_mutex_unlock(go_mutex *); /* panics when it isn't locked; any goroutine may unlock */

typedef struct {
    struct go_waitq_ q;
    uint32_t readers;
    bool writer;
} go_rwmutex;

void go_rwmutex_lock(go_rwmutex *);
void go_rwmutex_unlock(go_rwmutex *);
void go_rwmutex_rlock(go_rwmutex *); /* waits behind a writer that waits */
void go_rwmutex_runlock(go_rwmutex *);

typedef struct {
    struct go_waitq_ q;
} go_cond;

void go_cond_wait(go_cond *, go_mutex *); /* only wakes when signalled */
int go_cond_wait_until(go_cond *, go_mutex *,
                       int64_t deadline); /* 0 or -ETIMEDOUT; m is locked again */
void go_cond_signal(go_cond *);
void go_cond_broadcast(go_cond *);

typedef struct {
    struct go_waitq_ q;
    int64_t n;
} go_wg;

void go_wg_add(go_wg *, int64_t delta); /* panics below 0 */
void go_wg_done(go_wg *);
void go_wg_wait(go_wg *);
int go_wg_wait_until(go_wg *, int64_t deadline); /* 0 or -ETIMEDOUT */

typedef struct {
    GO_ATOMIC_(uint32_t) done;
    go_mutex m;
} go_once;

void go_once_do(go_once *, go_fn fn, void *arg);

typedef struct {
    struct go_waitq_ q;
    int64_t n;
} go_sema;

#define GO_SEMA(count) \
    {                  \
        .n = (count)   \
    }
void go_sema_acquire(go_sema *);
int go_sema_acquire_until(go_sema *, int64_t deadline); /* 0 or -ETIMEDOUT */
void go_sema_release(go_sema *);

/* ------------------------------------------------------------------ time */

#define GO_US ((int64_t)1000)
#define GO_MS ((int64_t)1000000)
#define GO_S  ((int64_t)1000000000)

int64_t go_now(void);      /* monotonic, never 0 */
void go_sleep(int64_t ns); /* not at all when ns <= 0 */

/* Calls fn(arg) once, in a goroutine of its own. */
typedef struct go_timer go_timer;
go_timer *go_timer_make(go_fn fn, void *arg); /* NULL: no memory */
void go_timer_reset(go_timer *, int64_t when);
bool go_timer_stop(go_timer *); /* true: it was set and won't fire */
void go_timer_free(go_timer *);

/* go_after - a channel of int64_t that gets the time once, after ns. Free it after that, or never.
 * NULL: no memory. */
go_chan *go_after(int64_t ns);

typedef struct go_ticker go_ticker;
go_ticker *go_ticker_make(int64_t ns); /* NULL: no memory or ns <= 0 */
go_chan *go_ticker_chan(go_ticker *);  /* of int64_t; ticks that nobody takes are dropped */
void go_ticker_free(go_ticker *);

/* ------------------------------------------------------------------ contexts */

/* Each context must be given to go_ctx_free once; it is cancelled then, and so are its children.
 * parent NULL: none. NULL: no memory. */
go_ctx *go_ctx_cancel(go_ctx *parent);
go_ctx *go_ctx_deadline(go_ctx *parent, int64_t deadline);
go_ctx *go_ctx_with_value(go_ctx *parent, const void *key, void *value);
void go_ctx_cancel_now(go_ctx *);
void go_ctx_free(go_ctx *);
go_chan *go_ctx_done(go_ctx *);                /* closed when cancelled; don't close or free it */
int go_ctx_err(go_ctx *);                      /* 0, -ECANCELED or -ETIMEDOUT */
void *go_ctx_value(go_ctx *, const void *key); /* NULL: none */

/* ------------------------------------------------------------------ scopes */

/* Goroutines that end before the block does: go_scope s = {0}; GO_SCOPE(s) { go_scope_go(&s, f, a);
 * } then s.err is the first failure. */
typedef struct {
    go_wg wg;
    GO_ATOMIC_(int) err;
} go_scope;

int go_scope_go(go_scope *, int (*fn)(void *), void *arg);
int go_scope_wait(go_scope *); /* the first result of a fn that wasn't 0 */
#define GO_SCOPE(s) \
    for (bool s##_once_ = true; s##_once_; s##_once_ = false, (void)go_scope_wait(&(s)))

/* ------------------------------------------------------------------ blocking calls, files, sockets
 */

/* Between enter and leave the thread may block in the system; others take its place. No call of
 * this library in between. */
void go_block_enter(void);
void go_block_leave(void);
int go_block(go_fn fn, void *arg); /* fn(arg) in between; 0 */

/* go_systemstack - fn(arg) on the thread's own stack, for code that needs more stack than a
 * goroutine has. It must not park. */
void go_systemstack(go_fn fn, void *arg);

typedef struct go_pd go_pd;
typedef struct {
    int fd;
    go_pd *pd;
} go_fd;

/* go_fd_open - make fd non-blocking and watch it. A file is not watched: calls on it are made
 * between go_block_enter and go_block_leave, and deadlines mean nothing to it. */
int go_fd_open(go_fd *, int fd);
int go_fd_close(go_fd *); /* closes; who waits on it gets -ECANCELED */
ssize_t go_read(go_fd *, void *buf, size_t n, int64_t deadline);
ssize_t go_write(go_fd *, const void *buf, size_t n, int64_t deadline); /* all n, or an error */
struct sockaddr;
int go_accept(go_fd *listener, go_fd *conn, int64_t deadline);
int go_connect(go_fd *, const struct sockaddr *, uint32_t len, int64_t deadline);
enum { GO_POLL_READ = 1, GO_POLL_WRITE = 2 };
int go_poll(go_fd *, int event, int64_t deadline); /* 0: ready; -ETIMEDOUT; -ECANCELED */

/* ------------------------------------------------------------------ preemption */

/* GO_POLL - in long loops: yields when the scheduler asks for it; a load and a branch otherwise. */
void go_poll_slow_(void);
#ifdef __TINYC__
void go_poll_call_(void);
#define GO_POLL() go_poll_call_()
#else
#ifdef _WIN32
#define GO_POLL_WORD_MODEL_ /* the compiler's own */
#else
#define GO_POLL_WORD_MODEL_ __attribute__((tls_model("initial-exec")))
#endif
extern _Thread_local int go_poll_word_ GO_POLL_WORD_MODEL_;
#define GO_POLL()                                                                   \
    do {                                                                            \
        if (__builtin_expect(__atomic_load_n(&go_poll_word_, __ATOMIC_RELAXED), 0)) \
            go_poll_slow_();                                                        \
    } while (0)
#endif

/* Functions marked so may be stopped between any two instructions: they must call nothing but each
 * other, and take no locks. */
#define GO_PREEMPTIBLE __attribute__((noinline, section("go_preempt_text")))

void go_nopreempt_begin(void); /* nests */
void go_nopreempt_end(void);

/* ------------------------------------------------------------------ reports */

/* go_panic - report and end the process (or what go_set_panic's function does: called with the
 * text, may not return). */
_Noreturn void go_panic(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
typedef void (*go_panic_fn)(const char *text);
void go_set_panic(go_panic_fn fn);

void go_dump(int fd); /* every goroutine with its state and stack */

typedef struct {
    uint64_t live, started; /* goroutines */
    uint32_t procs, threads, idle_procs;
    uint64_t stack_slots_used; /* stacks that were ever touched */
    const char *guard;         /* how stacks are guarded: "madvise", "mprotect" */
} go_stats;
void go_stats_get(go_stats *);

/* go_foreach - fn(g, lo, hi, arg) with the part of each parked goroutine's stack that is in use,
 * for garbage collectors and checkers. */
void go_foreach(void (*fn)(go_g *, const void *lo, const void *hi, void *arg), void *arg);

#pragma GCC visibility pop

#endif

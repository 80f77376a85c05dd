/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the hosted port (this folder) asks of an operating system: posix/ and windows/ have it.
 * Deadlines are of os_now_ns; INT64_MAX: none.
 */
#ifndef GORT_PORT_OS_H
#define GORT_PORT_OS_H

#include "gort/port/rt.h"

/* os_now_ns - the monotonic clock. */
int64_t os_now_ns(void);

/* os_wait - sleep while *word is `value`, until the deadline; may return early. os_wake - end all
 * os_waits on word. */
void os_wait(_Atomic uint32_t *word, uint32_t value, int64_t deadline_ns);
void os_wake(_Atomic uint32_t *word);

/* os_nap - sleep for about ns. os_yield - let another thread have this CPU. */
void os_nap(int64_t ns);
void os_yield(void);

/* os_cpus - how many this process may use. */
unsigned os_cpus(void);

/*
 * os_thread_start - a thread that calls fn(arg); *thread is for os_thread_join, which waits for its
 * end and must be called once. 0 or -EAGAIN. os_thread_begin - the first call of such a thread.
 */
int os_thread_start(uintptr_t *thread, void *(*fn)(void *), void *arg);
void os_thread_join(uintptr_t thread);
void os_thread_begin(void);

/* os_stack_bounds - of the calling thread. */
void os_stack_bounds(uintptr_t *lo, uintptr_t *hi);

/* os_current_init - before the first port_setg. */
void os_current_init(void);

/* ---- reports; usable in signal handlers as far as the system allows it */

/* os_print - to descriptor fd, at once. */
void os_print(int fd, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* os_print_symbol - a line that says where in the program pc is. */
void os_print_symbol(int fd, uintptr_t pc);

/* os_walk, os_walk_here - fn(pc, arg) for the frames of a parked G, of the caller; innermost first.
 */
void os_walk(const struct g *gp, void (*fn)(uintptr_t pc, void *), void *arg);
void os_walk_here(const struct g *gp, void (*fn)(uintptr_t pc, void *), void *arg);

/* os_report_install - faults of goroutines are reported from now on, where the system can. */
void os_report_install(void);

/* ---- stopping a goroutine anywhere: does nothing where there is no way */

/* os_preempt_install, os_preempt - stop pm's goroutine if it is in a marked function. */
void os_preempt_install(bool tells);
void os_preempt(struct host_m *pm);

/* os_tell - have report_hog called with where pm's goroutine is, if os_preempt_install(true) was.
 */
void os_tell(struct host_m *pm);

/* ---- descriptors */

/*
 * os_poll_start - 0 or a negative errno. os_poll_add - watch fd and report to pd; also makes fd
 * non-blocking; -EPERM: it is a file. os_poll_waits - somebody is about to wait for a
 * direction of pd and holds its lock. os_poll_remove -
 * before fd is closed. os_poll_run - call netpoll_event for what is ready, waiting until the
 * deadline (0: not at all); the sum of its results. os_poll_break - end an os_poll_run that waits.
 */
int os_poll_start(void);
int os_poll_add(struct go_pd *pd, int fd);
void os_poll_waits(struct go_pd *pd);
void os_poll_remove(struct go_pd *pd);
unsigned os_poll_run(int64_t deadline_ns);
void os_poll_break(void);

/* os_read ... - once, without waiting: a length, 0, a new descriptor, or a negative errno, -EAGAIN
 * when it would block. A write never raises SIGPIPE. */
ssize_t os_read(int fd, void *buf, size_t n);
ssize_t os_write(int fd, const void *buf, size_t n);
int os_accept(int fd);
int os_connect(int fd, const struct sockaddr *to, uint32_t len);
int os_connected(int fd); /* 0, -EAGAIN: not yet, or why not */
int os_close(int fd);

/* os_file_read ... - of a file, which os_poll_add refused with -EPERM; they may block. */
ssize_t os_file_read(int fd, void *buf, size_t n);
ssize_t os_file_write(int fd, const void *buf, size_t n);
int os_file_close(int fd);

#endif

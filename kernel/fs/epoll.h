/* SPDX-License-Identifier: Apache-2.0 */
/*
 * epoll. An item watches one file under one descriptor number for one epoll; wake-ups put it on the
 * epoll's ready list, and waiting asks the files on that list what really holds. Level-triggered
 * items stay on the list until they are found not ready; edge-triggered ones leave it when
 * reported.
 *
 * Locks, outermost first: the global links_lock (who watches what), a file's wait queues, an
 * epoll's lock (its ready list), the epoll's own wait queue. A nested epoll repeats the last three;
 * loops are refused, so the order holds.
 */
#ifndef KERNEL_FS_EPOLL_H
#define KERNEL_FS_EPOLL_H

#include "kernel/fs/file.h"

/* epoll_create - a new epoll as an open file. */
int epoll_create(struct file **out) MUST_CHECK;

/* epoll_control - EPOLL_CTL_*. fd: the number under which f is registered. -EINVAL (not an epoll,
 * or itself), -EEXIST, -ENOENT, -EPERM (f can't be polled), -ELOOP, -ENOMEM. */
int epoll_control(struct file *ep, int op, int fd, struct file *f,
                  const struct linux_epoll_event *event) MUST_CHECK;

/* epoll_any_ready - may something be ready? */
bool epoll_any_ready(struct file *ep);

/* epoll_collect - up to max events that hold now, into out (kernel memory). Their number. Doesn't
 * wait. */
int epoll_collect(struct file *ep, struct linux_epoll_event *out, int max) MUST_CHECK;

/* epoll_wait_ready - sleep until something may be ready. 0, -ETIMEDOUT, -ERESTARTSYS. */
int epoll_wait_ready(struct file *ep, int64_t deadline_ns) MUST_CHECK;

/* epoll_is - is f an epoll? */
bool epoll_is(const struct file *f);

/* epoll_forget - f is being released: nobody watches it any more. */
void epoll_forget(struct file *f);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* What socket.c and socket_message.c share. */
#ifndef KERNEL_LINUX_SOCKET_CALL_H
#define KERNEL_LINUX_SOCKET_CALL_H

#include "kernel/fs/socket.h"
#include "kernel/linux/fd.h"

/* socket_get - the socket behind fd, with a reference of its file. -EBADF, -ENOTSOCK. */
int socket_get(int fd, struct file **f, struct socket **s) MUST_CHECK;

/* socket_address_read, socket_address_write - between the program and the kernel; writing cuts to
 * the program's room and stores the true length; at may be 0. */
int socket_address_read(vaddr_t at, uint64_t len, struct socket_address *a) MUST_CHECK;
int socket_address_write(const struct socket_address *a, vaddr_t at, vaddr_t len_at) MUST_CHECK;

#endif

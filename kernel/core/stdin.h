/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard input as it comes over the link: a buffer of one page and at most one request to the
 * launcher at a time. End of file is an answer like others: one read sees it, the next one asks
 * again, as it is with a terminal.
 */
#ifndef KERNEL_CORE_STDIN_H
#define KERNEL_CORE_STDIN_H

#include "kernel/core/wait.h"

/* stdin_read, stdin_ready, stdin_waitq - see console_read and its neighbours in
 * kernel/core/console.h. */
long stdin_read(void *data, size_t size_bytes, bool wait);
bool stdin_ready(void);
struct waitq *stdin_waitq(void);

/* For link.c, in interrupt context. stdin_wanted - bytes that the launcher may send; stdin_put -
 * some of these came; stdin_answered - that was the whole answer; stdin_end - no answer will come
 * any more. */
uint32_t stdin_wanted(void);
void stdin_put(const uint8_t *bytes, size_t size_bytes);
void stdin_answered(bool end_of_file);
void stdin_end(void);

#endif

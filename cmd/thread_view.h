/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a thread is doing, for people: its state, the system call it is in with its arguments, the
 * kernel's functions it waits in, and its stack in the program, as far as that is Go's.
 */
#ifndef CMD_THREAD_VIEW_H
#define CMD_THREAD_VIEW_H

#include "abi/link.h"
#include "vmm/blob.h"

#include <stdio.h>

struct thread_view;

/* thread_view_open - for this program and this kernel's symbols (PAYLOAD_SYMBOLS, may be empty),
 * whose bytes must outlive it. NULL: no memory. A program that isn't Go's gives addresses only. */
struct thread_view *thread_view_open(const struct blob *program, const struct blob *symbols);
void thread_view_close(struct thread_view *view);

/* thread_view_state - the data of a LINK_STATE frame, as lines. Whatever the guest sent. */
void thread_view_state(struct thread_view *view, FILE *out, const void *data, size_t size_bytes);

/* thread_view_place - the function, file and line of a program's address, and what it was inlined
 * into; nothing for addresses that aren't Go's. exact: pc is of the instruction itself, not behind
 * a call. */
void thread_view_place(struct thread_view *view, FILE *out, uint64_t pc, bool exact);

/* thread_view_caller - "main.main /dir/main.go:7": the function (cmd/caller.h) that made the system
 * call which the data of a LINK_STATE frame is about; "" when none is known.
 * thread_view_trace_caller - the same of a line of --strace, of the payload's program.
 * thread_view_call_name - of a system call's number, NULL: Linux has none. */
void thread_view_caller(struct thread_view *view, char *buf, size_t size, const void *data,
                        size_t size_bytes);
void thread_view_trace_caller(struct thread_view *view, char *buf, size_t size,
                              const struct link_trace *line);
const char *thread_view_call_name(uint32_t number);

#endif

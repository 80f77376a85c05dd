/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --trace FILE: the kernel's events (abi/link.h) as JSON in the Trace Event format, which Perfetto
 * (ui.perfetto.dev) and chrome://tracing open. A track for each CPU says which thread ran, one for
 * each thread its system calls, page faults, signals and wake-ups. Times never go back, and every
 * begin has its end.
 */
#ifndef CMD_TRACE_JSON_H
#define CMD_TRACE_JSON_H

#include "abi/link.h"
#include "vmm/error.h"

#include <stdio.h>

struct trace_json;

/* trace_json_open - writes to out, which stays the caller's. NULL: no memory. */
struct trace_json *trace_json_open(FILE *out, const char *program);

/* trace_json_events, trace_json_thread - the data of a LINK_EVENTS or LINK_THREAD frame. What makes
 * no sense in it is counted as lost. */
void trace_json_events(struct trace_json *t, const void *data, size_t size_bytes);
void trace_json_thread(struct trace_json *t, const void *data, size_t size_bytes);

/* trace_json_close - ends what is open, and the file's text. *lost: how many events the kernel
 * could not keep. Fails when something could not be written. */
int trace_json_close(struct trace_json *t, uint64_t *lost, struct error *err) MUST_CHECK;

#endif

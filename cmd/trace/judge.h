/* SPDX-License-Identifier: Apache-2.0 */
/* Whether what was read at a step is as it has to be: between the files of trace.h only. */
#ifndef CMD_TRACE_JUDGE_H
#define CMD_TRACE_JUDGE_H

#include "cmd/trace/trace.h"

/* v: the values of the check, in its row's order. text: the values in words. */
#define JUDGE(name)                                                                     \
    enum verdict name(const struct trace *t __attribute__((unused)), const uint64_t *v, \
                      char *text, size_t size)

JUDGE(judge_entry);
JUDGE(judge_g0);
JUDGE(judge_link);
JUDGE(judge_args);
JUDGE(judge_cpus);
JUDGE(judge_set);
JUDGE(judge_heap);
JUDGE(judge_byte);
JUDGE(judge_m0);
JUDGE(judge_count);
JUDGE(judge_gc);
JUDGE(judge_p);
JUDGE(judge_allp);
JUDGE(judge_newproc);
JUDGE(judge_thread);
JUDGE(judge_altstack);
JUDGE(judge_handlers);
JUDGE(judge_schedule);
JUDGE(judge_sysmon);
JUDGE(judge_runtime_inits);
JUDGE(judge_gcenable);
JUDGE(judge_inits);
JUDGE(judge_main);

/* Puts the words into text; CHECK_PASS or CHECK_FAIL. */
enum verdict judge_say(bool pass, char *text, size_t size, const char *format, ...)
    PRINTF_LIKE(4, 5);

#endif

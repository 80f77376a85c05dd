/* SPDX-License-Identifier: Apache-2.0 */
/* Where `mazboot run --strace` writes, and what: the kernel's lines, each with who made the call.
 */
#ifndef CMD_STRACE_FILE_H
#define CMD_STRACE_FILE_H

#include "abi/link.h"

struct thread_view;

struct strace_file {
    int fd;
    char line[4096];
};

/* strace_file_open - path NULL: standard error. 0, or the exit status after having printed why. */
int strace_file_open(struct strace_file *f, const char *path);

/* strace_file_line - the text for the data of a LINK_TRACE frame, which stays until the next call:
 * the kernel's line with " by main.main /dir/main.go:7" behind it where the program has such names.
 * Of a program that isn't the payload's it has addresses, innermost first. view may be NULL. */
const char *strace_file_line(struct strace_file *f, struct thread_view *view, const void *data,
                             size_t size_bytes, size_t *text_bytes);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whom a reader wants to know as the maker of a system call: the innermost function that isn't of
 * Go's own library; else the innermost one of that which is neither the runtime's nor one of the
 * many that only pass calls on.
 */
#ifndef CMD_CALLER_H
#define CMD_CALLER_H

#include "gobin/gobin.h"

/* The folders of Go's library and of package main as the program's line tables have them, with a
 * slash at the end; of no length where they don't name it (-trimpath). */
struct go_library {
    const char *folder, *main_folder;
    size_t length, main_length;
};

void go_library_find(struct go_library *l, const struct gobin *go);

struct caller {
    const struct gobin *go;
    const struct go_library *library;
    int rank; /* of the best so far */
    char *text;
    size_t size_bytes;
};

/* caller_start - nobody yet: text becomes "". All pointers are the caller's and stay. */
void caller_start(struct caller *c, const struct gobin *go, const struct go_library *library,
                  char *text, size_t size_bytes);

/* caller_meet - the frames of a stack one after the other, innermost first: the link address
 * `lookup` in function f. The text is the best so far: "main.main /dir/main.go:7". True: nobody
 * further out can be better. */
bool caller_meet(struct caller *c, const struct gofunc *f, vaddr_t lookup);

#endif

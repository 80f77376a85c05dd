/* SPDX-License-Identifier: Apache-2.0 */
/* The smallest file that is a Go program to the reader: two functions, one write barrier, made here
 * word by word. */
#ifndef TESTS_GOBIN_TINY_H
#define TESTS_GOBIN_TINY_H

#include "gobin/elf.h"

enum {
    TINY_SIZE = 2560,
    TINY_BASE = 0x10000,
    TINY_TEXT = 0x200,    /* offsets in the file; addresses are TINY_BASE more */
    TINY_BARRIER = 0x280, /* runtime.gcWriteBarrier2, or gcWriteBarrier */
    TINY_TEXT_END = 0x300,
    TINY_TABLE = 0x300,
    TINY_DATA = 0x600,
    TINY_FLAG = 0xa00, /* just behind the file's end: .bss */
    TINY_CALL = 0x210, /* of the call in main.main */
};

/* Writes it to out. go120: the layout of Go 1.20 and newer, and its kind of barrier; else that of
 * Go 1.18. */
void tiny_make(uint8_t out[TINY_SIZE], enum gobin_machine machine, bool go120);

#endif

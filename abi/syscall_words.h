/* SPDX-License-Identifier: Apache-2.0 */
/* The words that programmers know for the arguments of system calls: O_CREAT, SEEK_END. */
#ifndef ABI_SYSCALL_WORDS_H
#define ABI_SYSCALL_WORDS_H

#include "abi/syscall_kinds.h"
#include "lib/types.h"

/**
 * syscall_words - put `value`, an argument of that kind, into words: "O_WRONLY|O_CREAT". What has
 * no word appears as a number.
 * @text: text[size_bytes], always NUL-ended
 * Returns false, and changes nothing, if arguments of this kind have no words.
 */
bool syscall_words(char *text, size_t size_bytes, enum syscall_kind kind, uint64_t value);

#endif

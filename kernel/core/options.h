/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel options, key=value: the payload's, overridden by the same keys in the machine's boot
 * arguments. docs/ARCHITECTURE.md lists them. */
#ifndef KERNEL_CORE_OPTIONS_H
#define KERNEL_CORE_OPTIONS_H

#include "lib/types.h"

/* options_init - bootargs: words separated by blanks, "" when there are none; must stay. Boot,
 * after payload_init. */
void options_init(const char *bootargs);

/* option_copy - the value of `key` into value[], cut to fit. False when nobody set it (value is
 * then ""). */
bool option_copy(const char *key, char *value, size_t size_bytes);

/* option_copy_nth - of a key that may be given several times, the nth of the payload's, from 0. */
bool option_copy_nth(const char *key, unsigned n, char *value, size_t size_bytes);

/* option_number - the value as a decimal number, `otherwise` when it isn't set or isn't one.
 * option_is - whether it is this text. */
uint64_t option_number(const char *key, uint64_t otherwise);
bool option_is(const char *key, const char *value);

#endif

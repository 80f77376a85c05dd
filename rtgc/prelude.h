/* SPDX-License-Identifier: Apache-2.0 */
/* The support functions that Printf and LogKmsg call, in RTG. Only those that a program needs get
 * into it. */
#ifndef RTGC_PRELUDE_H
#define RTGC_PRELUDE_H

#include <stddef.h>

extern const char prelude_source[];
extern const size_t prelude_bytes;

#endif

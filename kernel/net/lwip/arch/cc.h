/* SPDX-License-Identifier: Apache-2.0 */
/* What lwIP asks of a compiler and a machine. */
#ifndef KERNEL_NET_LWIP_ARCH_CC_H
#define KERNEL_NET_LWIP_ARCH_CC_H

#include "lib/str.h"
#include "lib/types.h"

#define LWIP_NO_STDINT_H   0
#define LWIP_NO_INTTYPES_H 1
#define LWIP_NO_LIMITS_H   1
#define LWIP_NO_CTYPE_H    1
#define LWIP_NO_UNISTD_H   1
#define SSIZE_MAX          INT64_MAX
typedef long ssize_t;

#define X8_F  "02x"
#define U16_F "u"
#define S16_F "d"
#define X16_F "x"
#define U32_F "u"
#define S32_F "d"
#define X32_F "x"
#define SZT_F "zu"

/* stack_random - a random number (kernel/net/stack.c). */
uint32_t stack_random(void);
#define LWIP_RAND() stack_random()

/* stack_assertion - an assertion of lwIP's has failed: panic (kernel/net/stack.c). */
void stack_assertion(const char *message) __attribute__((noreturn));
#define LWIP_PLATFORM_DIAG(x)
#define LWIP_PLATFORM_ASSERT(x) stack_assertion(x)

#ifndef BYTE_ORDER
#define LITTLE_ENDIAN 1234
#define BIG_ENDIAN    4321
#define BYTE_ORDER    LITTLE_ENDIAN
#endif

#endif

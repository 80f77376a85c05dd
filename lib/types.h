/* SPDX-License-Identifier: Apache-2.0 */
/* The few words every folder shares: integer types, alignment, container_of, attributes. */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t paddr_t; /* a physical address of the machine */
typedef uint64_t vaddr_t; /* a virtual address of a program; never dereferenced directly */

#define ARRAY_SIZE(a)                 (sizeof(a) / sizeof((a)[0]))

#define ALIGN_DOWN(x, a)              ((x) & ~((__typeof__(x))(a)-1))
#define ALIGN_UP(x, a)                ALIGN_DOWN((x) + ((__typeof__(x))(a)-1), a)
#define IS_ALIGNED(x, a)              (((x) & ((__typeof__(x))(a)-1)) == 0)

#define MIN(a, b)                     ((a) < (b) ? (a) : (b))
#define MAX(a, b)                     ((a) > (b) ? (a) : (b))

#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))

#define LIKELY(x)                     __builtin_expect(!!(x), 1)
#define UNLIKELY(x)                   __builtin_expect(!!(x), 0)

/* Rarely run: small, and kept out of the way of what calls it. */
#define COLD              __attribute__((cold, noinline, minsize))
#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))
#define NORETURN          __attribute__((noreturn))
#define PACKED            __attribute__((packed))
#define ALIGNED(n)        __attribute__((aligned(n)))

#endif

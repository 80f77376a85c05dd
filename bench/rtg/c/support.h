/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's support functions (rtgc/prelude.rtg) in C, statement by statement, for the
 * comparison with C compilers. */
#ifndef BENCH_RTG_SUPPORT_H
#define BENCH_RTG_SUPPORT_H

#include "machine.h"

/* What compilers call for a cleared buffer. */
void *memset(void *p, int byte, unsigned long n);
void *memset(void *p, int byte, unsigned long n)
{
    for (unsigned char *q = p; n; n--)
        *q++ = (unsigned char)byte;
    return p;
}

/* The compiler's support functions for Printf and LogKmsg. Only those that a program needs get into
 * it. Buffers of this file are */
/* not cleared. */
const int room = 256;

/* One record in the kernel's log: a notice and the n bytes at p. Failure is nobody's business. */
static void kmsg(const void *notice, int64 noticeLen, uintptr p, int64 n)
{
    uint8_t iov[32];
    int64 fd = SYSCALL(SYS_OPENAT, AT_FDCWD, "/dev/kmsg", O_WRONLY);
    if (fd < 0) {
        return;
    }
    store64(iov, 0, notice);
    store64(iov, 8, noticeLen);
    store64(iov, 16, p);
    store64(iov, 24, n);
    SYSCALL(SYS_WRITEV, fd, iov, 2);
    SYSCALL(SYS_CLOSE, fd);
}

/* Writes to standard output; what it does not take goes to the kernel's log. */
static void print(uintptr p, int64 n)
{
    while (n > 0) {
        int64 done = SYSCALL(SYS_WRITE, 1, p, n);
        if (done == EINTR) {
            continue;
        }
        if (done <= 0) {
            kmsg("(standard output failed) ", 25, p, n);
            return;
        }
        p += done;
        n -= done;
    }
}

/* Appends n bytes to what is in buf up to at; a full buffer is written out. */
static uintptr add(uintptr buf, uintptr at, uintptr p, int64 n)
{
    for (; n > 0; n--) {
        if (at == buf + room) {
            print(buf, room);
            at = buf;
        }
        store8(at, 0, load8(p, 0));
        at++;
        p++;
    }
    return at;
}

/* Appends v in a base, at least width characters. */
static uintptr number(uintptr buf, uintptr at, uint64 v, uint64 base, int64 width, bool zero)
{
    uint8_t digits[72];
    bool minus = 0;
    if (base == 0) {
        base = 10;
        if ((int64)(v) < 0) {
            minus = true;
            v = -v;
            width--;
        }
    }
    uintptr p = (uintptr)&digits[71];
    int64 n = (int64)(0);
    for (;;) {
        int64 d = v % base;
        if (d > 9) {
            d += 39;
        }
        store8(p, 0, d + '0');
        p--;
        n++;
        v /= base;
        if (v == 0) {
            break;
        }
    }
    if (minus && zero) {
        at = add(buf, at, (uintptr)("-"), 1);
    }
    for (; n < width; width--) {
        if (zero) {
            at = add(buf, at, (uintptr)("0"), 1);
        } else {
            at = add(buf, at, (uintptr)(" "), 1);
        }
    }
    if (minus && !zero) {
        at = add(buf, at, (uintptr)("-"), 1);
    }
    return add(buf, at, p + 1, n);
}

/* Printf: n bytes of format; each verb takes 8 bytes at args. */
static void printf_(uintptr f, int64 n, uintptr args)
{
    uint8_t buf[room];
    uintptr at = (uintptr)buf;
    int64 end = f + n;
    while (f < end) {
        int64 c = load8(f, 0);
        f++;
        if (c != '%') {
            at = add(buf, at, f - 1, 1);
            continue;
        }
        int64 width = (int64)(0);
        int64 zero = load8(f, 0) == '0';
        for (;;) {
            c = load8(f, 0);
            f++;
            if (c > '9' || c == '%') {
                break;
            }
            width = width * 10 + c - '0';
        }
        if (c == '%') {
            at = add(buf, at, f - 1, 1);
            continue;
        }
        int64 v = load64(args, 0);
        if (c == 'c') {
            at = add(buf, at, args, 1);
        } else if (c == 's') {
            int64 length = (int64)(0);
            while (load8(v + length, 0) != 0) {
                length++;
            }
            at = add(buf, at, v, length);
        } else {
            int64 base = (uint64)(0);
            if (c == 'x') {
                base = 16;
            } else if (c == 'u') {
                base = 10;
            }
            at = number(buf, at, (uint64)(v), base, width, zero);
        }
        args += 8;
    }
    print(buf, at - (uintptr)(buf));
}

#define PRINTF(format, ...)                                              \
    do {                                                                 \
        int64 values[] = {__VA_ARGS__};                                  \
        printf_((uintptr)(format), sizeof(format) - 1, (uintptr)values); \
    } while (0)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* System calls where the number has a register of its own and the first argument's comes back with
 * the result. Included by what defines SYSTEM_CALL (the instruction), REGISTER_NUMBER and
 * REGISTER_0 to REGISTER_5. */
static inline int64 syscall0(int64 n)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0);
    __asm__ volatile(SYSTEM_CALL : "=r"(r0) : "r"(nr) : "memory");
    return r0;
}

static inline int64 syscall1(int64 n, int64 a0)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0) = a0;
    __asm__ volatile(SYSTEM_CALL : "+r"(r0) : "r"(nr) : "memory");
    return r0;
}

static inline int64 syscall2(int64 n, int64 a0, int64 a1)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0) = a0;
    register int64 r1 __asm__(REGISTER_1) = a1;
    __asm__ volatile(SYSTEM_CALL : "+r"(r0) : "r"(nr), "r"(r1) : "memory");
    return r0;
}

static inline int64 syscall3(int64 n, int64 a0, int64 a1, int64 a2)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0) = a0;
    register int64 r1 __asm__(REGISTER_1) = a1;
    register int64 r2 __asm__(REGISTER_2) = a2;
    __asm__ volatile(SYSTEM_CALL : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2) : "memory");
    return r0;
}

static inline int64 syscall4(int64 n, int64 a0, int64 a1, int64 a2, int64 a3)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0) = a0;
    register int64 r1 __asm__(REGISTER_1) = a1;
    register int64 r2 __asm__(REGISTER_2) = a2;
    register int64 r3 __asm__(REGISTER_3) = a3;
    __asm__ volatile(SYSTEM_CALL : "+r"(r0) : "r"(nr), "r"(r1), "r"(r2), "r"(r3) : "memory");
    return r0;
}

static inline int64 syscall5(int64 n, int64 a0, int64 a1, int64 a2, int64 a3, int64 a4)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0) = a0;
    register int64 r1 __asm__(REGISTER_1) = a1;
    register int64 r2 __asm__(REGISTER_2) = a2;
    register int64 r3 __asm__(REGISTER_3) = a3;
    register int64 r4 __asm__(REGISTER_4) = a4;
    __asm__ volatile(SYSTEM_CALL
                     : "+r"(r0)
                     : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4)
                     : "memory");
    return r0;
}

static inline int64 syscall6(int64 n, int64 a0, int64 a1, int64 a2, int64 a3, int64 a4, int64 a5)
{
    register int64 nr __asm__(REGISTER_NUMBER) = n;
    register int64 r0 __asm__(REGISTER_0) = a0;
    register int64 r1 __asm__(REGISTER_1) = a1;
    register int64 r2 __asm__(REGISTER_2) = a2;
    register int64 r3 __asm__(REGISTER_3) = a3;
    register int64 r4 __asm__(REGISTER_4) = a4;
    register int64 r5 __asm__(REGISTER_5) = a5;
    __asm__ volatile(SYSTEM_CALL
                     : "+r"(r0)
                     : "r"(nr), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
                     : "memory");
    return r0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kinds of arguments in abi/syscalls.def as numbers. With SYSCALL_KINDS_AS_ARRAY its argument
 * lists are initializers of a uint8_t[6], ended by K_NONE.
 */
#ifndef ABI_SYSCALL_KINDS_H
#define ABI_SYSCALL_KINDS_H

enum syscall_kind {
    K_NONE,
    K_INT,
    K_FD,
    K_DIRFD,
    K_SIG,
    K_U32,
    K_FLAGS,
    K_MODE,
    K_PROT,
    K_MAPFLAGS,
    K_OFLAGS,
    K_FUTEXOP,
    K_S64,
    K_U64,
    K_CLONEFLAGS,
    K_SIZE,
    K_PTR,
    K_STR,
    K_INBUF,
    K_OUTBUF,
    /* with words (abi/syscall_words.h), as PROT to OFLAGS, FUTEXOP and CLONEFLAGS have: flags */
    K_FDFLAGS,
    K_ATFLAGS,
    K_MSGFLAGS,
    K_WAITFLAGS,
    /* and numbers */
    K_SOCKTYPE,
    K_FAMILY,
    K_WHENCE,
    K_FCNTL,
    K_ADVICE,
    K_SIGHOW,
    K_CLOCK,
    K_EPOLLOP,
    K_SHUTHOW,
    K_ITIMER,
    K_RESOURCE,
    K_SOLEVEL,
};

#ifdef SYSCALL_KINDS_AS_ARRAY
#define AU()                                     \
    {                                            \
        K_U64, K_U64, K_U64, K_U64, K_U64, K_U64 \
    }
#define A0() \
    {        \
        0    \
    }
#define A1(a, n1) \
    {             \
        K_##a     \
    }
#define A2(a, n1, b, n2) \
    {                    \
        K_##a, K_##b     \
    }
#define A3(a, n1, b, n2, c, n3) \
    {                           \
        K_##a, K_##b, K_##c     \
    }
#define A4(a, n1, b, n2, c, n3, d, n4) \
    {                                  \
        K_##a, K_##b, K_##c, K_##d     \
    }
#define A5(a, n1, b, n2, c, n3, d, n4, e, n5) \
    {                                         \
        K_##a, K_##b, K_##c, K_##d, K_##e     \
    }
#define A6(a, n1, b, n2, c, n3, d, n4, e, n5, f, n6) \
    {                                                \
        K_##a, K_##b, K_##c, K_##d, K_##e, K_##f     \
    }
#endif

#endif

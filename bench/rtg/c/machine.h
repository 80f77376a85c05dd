/* SPDX-License-Identifier: Apache-2.0 */
/* What RTG has built in, for its programs in C: types, memory access, system calls. start.h of the
 * machine's folder has syscall6, the entry, and what differs. */
#ifndef BENCH_RTG_MACHINE_H
#define BENCH_RTG_MACHINE_H

#include <asm/unistd.h>
#include <stdbool.h>
#include <stdint.h>

typedef int64_t int64;
typedef uint64_t uint64;
typedef uintptr_t uintptr;

#include "start.h"

#define LOADS(bits)                                                         \
    static inline int64 load##bits##_(uintptr p, int64 off)                 \
    {                                                                       \
        return (int64) * (volatile uint##bits##_t *)(p + (uintptr)off);     \
    }                                                                       \
    static inline void store##bits##_(uintptr p, int64 off, int64 v)        \
    {                                                                       \
        *(volatile uint##bits##_t *)(p + (uintptr)off) = (uint##bits##_t)v; \
    }
LOADS(8)
LOADS(16)
LOADS(32)
LOADS(64)
#define load8(p, o)                          load8_((uintptr)(p), o)
#define load16(p, o)                         load16_((uintptr)(p), o)
#define load32(p, o)                         load32_((uintptr)(p), o)
#define load64(p, o)                         load64_((uintptr)(p), o)
#define store8(p, o, v)                      store8_((uintptr)(p), o, (int64)(v))
#define store16(p, o, v)                     store16_((uintptr)(p), o, (int64)(v))
#define store32(p, o, v)                     store32_((uintptr)(p), o, (int64)(v))
#define store64(p, o, v)                     store64_((uintptr)(p), o, (int64)(v))

#define SYSCALL(...)                         PICK(__VA_ARGS__, S6, S5, S4, S3, S2, S1, S0)(__VA_ARGS__)
#define PICK(n, a, b, c, d, e, f, name, ...) name
#define S0(n)                                syscall0(n)
#define S1(n, a)                             syscall1(n, (int64)(a))
#define S2(n, a, b)                          syscall2(n, (int64)(a), (int64)(b))
#define S3(n, a, b, c)                       syscall3(n, (int64)(a), (int64)(b), (int64)(c))
#define S4(n, a, b, c, d)                    syscall4(n, (int64)(a), (int64)(b), (int64)(c), (int64)(d))
#define S5(n, a, b, c, d, e)                 syscall5(n, (int64)(a), (int64)(b), (int64)(c), (int64)(d), (int64)(e))
#define S6(n, a, b, c, d, e, f) \
    syscall6(n, (int64)(a), (int64)(b), (int64)(c), (int64)(d), (int64)(e), (int64)(f))
#define call_area(p)               (((int64(*)(void))(p))())

#define SYS_WRITE                  __NR_write
#define SYS_OPENAT                 __NR_openat
#define SYS_CLOSE                  __NR_close
#define SYS_MMAP                   __NR_mmap
#define SYS_MUNMAP                 __NR_munmap
#define SYS_MPROTECT               __NR_mprotect
#define SYS_IOCTL                  __NR_ioctl
#define SYS_MOUNT                  __NR_mount
#define SYS_CHROOT                 __NR_chroot
#define SYS_CHDIR                  __NR_chdir
#define SYS_MKDIRAT                __NR_mkdirat
#define SYS_MKNODAT                __NR_mknodat
#define SYS_SYMLINKAT              __NR_symlinkat
#define SYS_DUP3                   __NR_dup3
#define SYS_SETSID                 __NR_setsid
#define SYS_SETHOSTNAME            __NR_sethostname
#define SYS_REBOOT                 __NR_reboot
#define SYS_INIT_MODULE            __NR_init_module
#define SYS_CLOCK_SETTIME          __NR_clock_settime
#define SYS_NANOSLEEP              __NR_nanosleep
#define SYS_CLONE                  __NR_clone
#define SYS_EXECVE                 __NR_execve
#define SYS_WAIT4                  __NR_wait4
#define SYS_EXIT_GROUP             __NR_exit_group
#define SYS_SETGID                 __NR_setgid
#define SYS_SETUID                 __NR_setuid
#define SYS_SETGROUPS              __NR_setgroups
#define SYS_SOCKET                 __NR_socket
#define SYS_SENDTO                 __NR_sendto
#define SYS_RECVFROM               __NR_recvfrom
#define SYS_SYNC                   __NR_sync
#define SYS_WRITEV                 __NR_writev
#define AT_FDCWD                   (-100)
#define S_IFCHR                    (020000)
#define O_WRONLY                   (01)
#define O_RDWR                     (02)
#define O_CREAT                    (0100)
#define O_TRUNC                    (01000)
#define O_SYNC                     (04010000)
#define PROT_READ                  (1)
#define PROT_WRITE                 (2)
#define PROT_EXEC                  (4)
#define MAP_SHARED                 (1)
#define MAP_PRIVATE                (2)
#define MAP_ANONYMOUS              (32)
#define TIOCSCTTY                  (0x540e)
#define CLOCK_REALTIME             (0)
#define AF_INET                    (2)
#define AF_NETLINK                 (16)
#define SOCK_DGRAM                 (2)
#define SOCK_RAW                   (3)
#define NETLINK_ROUTE              (0)
#define MS_MOVE                    (0x2000)
#define SIGCHLD                    (17)
#define IFF_UP                     (1)
#define SIOCSIFFLAGS               (0x8914)
#define SIOCSIFADDR                (0x8916)
#define SIOCSIFNETMASK             (0x891c)
#define SIOCGIFINDEX               (0x8933)
#define RTM_NEWROUTE               (24)
#define NLM_F_REQUEST              (1)
#define NLM_F_ACK                  (4)
#define NLM_F_REPLACE              (0x100)
#define NLM_F_CREATE               (0x400)
#define RT_TABLE_MAIN              (254)
#define RTPROT_BOOT                (3)
#define RT_SCOPE_UNIVERSE          (0)
#define RTN_UNICAST                (1)
#define RTA_OIF                    (4)
#define RTA_GATEWAY                (5)
#define LINUX_REBOOT_MAGIC1        (0xfee1dead)
#define LINUX_REBOOT_MAGIC2        (672274793)
#define LINUX_REBOOT_CMD_RESTART   (0x01234567)
#define LINUX_REBOOT_CMD_POWER_OFF (0x4321fedc)
#define EPERM                      (-1)
#define EINTR                      (-4)
#define EBUSY                      (-16)
#define EEXIST                     (-17)
#define ENODEV                     (-19)
#define EINVAL                     (-22)
#define ENOTTY                     (-25)

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files as the Linux system calls of arm64 see them: flags, modes and the layouts of what is copied
 * to and from the program. Sources: Linux include/uapi (asm-generic and arch/arm64). The four open
 * flags that arm64 numbers differently from amd64 are marked. The names are the field's own, so a
 * file includes either this header or the host's <fcntl.h>, <sys/stat.h>, ..., not both.
 */
#ifndef ABI_LINUX_FS_H
#define ABI_LINUX_FS_H

#include "lib/types.h"

#define PATH_MAX 4096 /* with its NUL */
#define NAME_MAX 255  /* without */
#define IOV_MAX  1024

/* Largest count of one read or write: INT_MAX rounded down to a page. */
#define RW_COUNT_MAX 0x7ffff000u

/* open */
#define O_RDONLY    0u
#define O_WRONLY    01u
#define O_RDWR      02u
#define O_ACCMODE   03u
#define O_CREAT     0100u
#define O_EXCL      0200u
#define O_NOCTTY    0400u
#define O_TRUNC     01000u
#define O_APPEND    02000u
#define O_NONBLOCK  04000u
#define O_DSYNC     010000u
#define O_ASYNC     020000u
#define O_DIRECTORY 040000u  /* arm64 */
#define O_NOFOLLOW  0100000u /* arm64 */
#define O_DIRECT    0200000u /* arm64 */
#define O_LARGEFILE 0400000u /* arm64 */
#define O_NOATIME   01000000u
#define O_CLOEXEC   02000000u
#define O_SYNC      (04000000u | O_DSYNC)
#define O_PATH      010000000u
#define O_TMPFILE   (020000000u | O_DIRECTORY)

/* file type and permission bits */
#define S_IFMT    0170000u
#define S_IFSOCK  0140000u
#define S_IFLNK   0120000u
#define S_IFREG   0100000u
#define S_IFBLK   0060000u
#define S_IFDIR   0040000u
#define S_IFCHR   0020000u
#define S_IFIFO   0010000u
#define S_ISUID   04000u
#define S_ISGID   02000u
#define S_ISVTX   01000u
#define S_IALLUGO 07777u

/* *at calls */
#define AT_FDCWD            (-100)
#define AT_SYMLINK_NOFOLLOW 0x100u
#define AT_EACCESS          0x200u
#define AT_REMOVEDIR        0x200u
#define AT_SYMLINK_FOLLOW   0x400u
#define AT_NO_AUTOMOUNT     0x800u
#define AT_EMPTY_PATH       0x1000u
#define AT_STATX_SYNC_TYPE  0x6000u

#define R_OK                4
#define W_OK                2
#define X_OK                1
#define F_OK                0

#define RENAME_NOREPLACE    1u
#define RENAME_EXCHANGE     2u
#define RENAME_WHITEOUT     4u

#define UTIME_NOW           0x3fffffff
#define UTIME_OMIT          0x3ffffffe

enum seek_whence { SEEK_SET = 0, SEEK_CUR = 1, SEEK_END = 2, SEEK_DATA = 3, SEEK_HOLE = 4 };

#define FALLOC_FL_KEEP_SIZE  0x01
#define FALLOC_FL_PUNCH_HOLE 0x02
#define FALLOC_FL_ZERO_RANGE 0x10

/* device numbers, as st_rdev packs them */
#define MKDEV(major, minor)                                          \
    (((uint64_t)((minor)&0xff)) | ((uint64_t)((major)&0xfff) << 8) | \
     ((uint64_t)((minor) & ~0xffu) << 12))
#define DEV_MAJOR(dev) ((uint32_t)(((dev) >> 8) & 0xfff))
#define DEV_MINOR(dev) ((uint32_t)(((dev)&0xff) | (((dev) >> 12) & 0xfff00)))

/* fcntl */
enum fcntl_cmd {
    F_DUPFD = 0,
    F_GETFD = 1,
    F_SETFD = 2,
    F_GETFL = 3,
    F_SETFL = 4,
    F_GETLK = 5,
    F_SETLK = 6,
    F_SETLKW = 7,
    F_SETOWN = 8,
    F_GETOWN = 9,
    F_SETSIG = 10,
    F_GETSIG = 11,
    F_OFD_GETLK = 36,
    F_OFD_SETLK = 37,
    F_OFD_SETLKW = 38,
    F_SETLEASE = 1024,
    F_GETLEASE = 1025,
    F_DUPFD_CLOEXEC = 1030,
    F_SETPIPE_SZ = 1031,
    F_GETPIPE_SZ = 1032,
    F_ADD_SEALS = 1033,
    F_GET_SEALS = 1034,
};
#define FD_CLOEXEC 1

enum lock_type { F_RDLCK = 0, F_WRLCK = 1, F_UNLCK = 2 };

struct linux_flock {
    int16_t l_type;
    int16_t l_whence;
    int32_t pad_;
    int64_t l_start;
    int64_t l_len;
    int32_t l_pid;
    int32_t pad2_;
};

#define LOCK_SH             1
#define LOCK_EX             2
#define LOCK_NB             4
#define LOCK_UN             8

#define F_SEAL_SEAL         0x01u
#define F_SEAL_SHRINK       0x02u
#define F_SEAL_GROW         0x04u
#define F_SEAL_WRITE        0x08u
#define F_SEAL_FUTURE_WRITE 0x10u
#define MFD_CLOEXEC         1u
#define MFD_ALLOW_SEALING   2u
#define MFD_HUGETLB         4u

#define CLOSE_RANGE_UNSHARE 2u
#define CLOSE_RANGE_CLOEXEC 4u

/* preadv2, pwritev2 */
#define RWF_HIPRI         1u
#define RWF_DSYNC         2u
#define RWF_SYNC          4u
#define RWF_NOWAIT        8u
#define RWF_APPEND        16u

#define SPLICE_F_MOVE     1u
#define SPLICE_F_NONBLOCK 2u
#define SPLICE_F_MORE     4u
#define SPLICE_F_GIFT     8u

/* ioctl */
enum ioctl_request {
    TCGETS = 0x5401,
    TCSETS = 0x5402,
    TCSETSW = 0x5403,
    TCSETSF = 0x5404,
    TCFLSH = 0x540b,
    TIOCGPGRP = 0x540f,
    TIOCSPGRP = 0x5410,
    TIOCGWINSZ = 0x5413,
    TIOCSWINSZ = 0x5414,
    FIONREAD = 0x541b,
    FIONBIO = 0x5421,
    FIONCLEX = 0x5450,
    FIOCLEX = 0x5451,
    FIOASYNC = 0x5452,
};

struct linux_termios {
    uint32_t c_iflag, c_oflag, c_cflag, c_lflag;
    uint8_t c_line;
    uint8_t c_cc[19];
};

struct linux_winsize {
    uint16_t ws_row, ws_col, ws_xpixel, ws_ypixel;
};

/* poll and epoll share their low bits */
#define POLLIN     0x001u
#define POLLPRI    0x002u
#define POLLOUT    0x004u
#define POLLERR    0x008u
#define POLLHUP    0x010u
#define POLLNVAL   0x020u
#define POLLRDNORM 0x040u
#define POLLRDBAND 0x080u
#define POLLWRNORM 0x100u
#define POLLWRBAND 0x200u
#define POLLMSG    0x400u
#define POLLRDHUP  0x2000u

struct linux_pollfd {
    int32_t fd;
    uint16_t events;
    uint16_t revents;
};

#define EPOLLEXCLUSIVE (1u << 28)
#define EPOLLWAKEUP    (1u << 29)
#define EPOLLONESHOT   (1u << 30)
#define EPOLLET        (1u << 31)
#define EPOLL_CLOEXEC  O_CLOEXEC

enum epoll_op { EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3 };

struct linux_epoll_event { /* padded here, packed on amd64 */
    uint32_t events;
    uint32_t pad_;
    uint64_t data;
};

#define EFD_SEMAPHORE 1u

struct linux_iovec {
    uint64_t base;
    uint64_t len;
};

struct linux_stat { /* asm-generic */
    uint64_t st_dev;
    uint64_t st_ino;
    uint32_t st_mode;
    uint32_t st_nlink;
    uint32_t st_uid;
    uint32_t st_gid;
    uint64_t st_rdev;
    uint64_t pad1_;
    int64_t st_size;
    int32_t st_blksize;
    int32_t pad2_;
    int64_t st_blocks; /* of 512 bytes */
    int64_t st_atime;
    uint64_t st_atime_nsec;
    int64_t st_mtime;
    uint64_t st_mtime_nsec;
    int64_t st_ctime;
    uint64_t st_ctime_nsec;
    uint32_t unused_[2];
};

struct linux_statx_timestamp {
    int64_t tv_sec;
    uint32_t tv_nsec;
    int32_t pad_;
};

struct linux_statx {
    uint32_t stx_mask;
    uint32_t stx_blksize;
    uint64_t stx_attributes;
    uint32_t stx_nlink;
    uint32_t stx_uid;
    uint32_t stx_gid;
    uint16_t stx_mode;
    uint16_t pad0_;
    uint64_t stx_ino;
    uint64_t stx_size;
    uint64_t stx_blocks;
    uint64_t stx_attributes_mask;
    struct linux_statx_timestamp stx_atime, stx_btime, stx_ctime, stx_mtime;
    uint32_t stx_rdev_major, stx_rdev_minor;
    uint32_t stx_dev_major, stx_dev_minor;
    uint64_t stx_mnt_id;
    uint32_t stx_dio_mem_align, stx_dio_offset_align;
    uint64_t spare_[12];
};
#define STATX_BASIC_STATS 0x7ffu
#define STATX_BTIME       0x800u
#define STATX_MNT_ID      0x1000u
#define STATX_RESERVED    0x80000000u

struct linux_statfs {
    int64_t f_type;
    int64_t f_bsize;
    uint64_t f_blocks, f_bfree, f_bavail, f_files, f_ffree;
    int32_t f_fsid[2];
    int64_t f_namelen;
    int64_t f_frsize;
    int64_t f_flags;
    int64_t f_spare[4];
};

enum fs_magic {
    TMPFS_MAGIC = 0x01021994,
    PROC_SUPER_MAGIC = 0x9fa0,
    SYSFS_MAGIC = 0x62656572,
    CGROUP2_SUPER_MAGIC = 0x63677270,
    PIPEFS_MAGIC = 0x50495045,
    SOCKFS_MAGIC = 0x534f434b,
    ANON_INODE_FS_MAGIC = 0x09041934,
    V9FS_MAGIC = 0x01021997,
};

struct linux_dirent64 {
    uint64_t d_ino;
    int64_t d_off;
    uint16_t d_reclen;
    uint8_t d_type; /* (mode & S_IFMT) >> 12 */
    char d_name[];
};

struct linux_inotify_event {
    int32_t wd;
    uint32_t mask;
    uint32_t cookie;
    uint32_t len; /* of the name with its NULs */
};
#define IN_ACCESS        0x001u
#define IN_MODIFY        0x002u
#define IN_ATTRIB        0x004u
#define IN_CLOSE_WRITE   0x008u
#define IN_CLOSE_NOWRITE 0x010u
#define IN_OPEN          0x020u
#define IN_MOVED_FROM    0x040u
#define IN_MOVED_TO      0x080u
#define IN_CREATE        0x100u
#define IN_DELETE        0x200u
#define IN_DELETE_SELF   0x400u
#define IN_MOVE_SELF     0x800u
#define IN_ALL_EVENTS    0xfffu
#define IN_UNMOUNT       0x2000u
#define IN_Q_OVERFLOW    0x4000u
#define IN_IGNORED       0x8000u
#define IN_ONLYDIR       0x01000000u
#define IN_DONT_FOLLOW   0x02000000u
#define IN_EXCL_UNLINK   0x04000000u
#define IN_MASK_CREATE   0x10000000u
#define IN_MASK_ADD      0x20000000u
#define IN_ISDIR         0x40000000u
#define IN_ONESHOT       0x80000000u

struct linux_signalfd_siginfo {
    uint32_t ssi_signo;
    int32_t ssi_errno, ssi_code;
    uint32_t ssi_pid, ssi_uid;
    int32_t ssi_fd;
    uint32_t ssi_tid, ssi_band, ssi_overrun, ssi_trapno;
    int32_t ssi_status, ssi_int;
    uint64_t ssi_ptr, ssi_utime, ssi_stime, ssi_addr;
    uint16_t ssi_addr_lsb, pad_;
    int32_t ssi_syscall;
    uint64_t ssi_call_addr;
    uint32_t ssi_arch;
    uint8_t pad2_[28];
};

_Static_assert(sizeof(struct linux_stat) == 128, "stat layout");
_Static_assert(offsetof(struct linux_stat, st_size) == 48, "stat layout");
_Static_assert(offsetof(struct linux_stat, st_atime) == 72, "stat layout");
_Static_assert(sizeof(struct linux_statx) == 256, "statx layout");
_Static_assert(offsetof(struct linux_statx, stx_atime) == 64, "statx layout");
_Static_assert(offsetof(struct linux_statx, stx_mnt_id) == 144, "statx layout");
_Static_assert(sizeof(struct linux_statfs) == 120, "statfs layout");
_Static_assert(offsetof(struct linux_dirent64, d_name) == 19, "dirent64 layout");
_Static_assert(sizeof(struct linux_epoll_event) == 16, "epoll_event layout on arm64");
_Static_assert(sizeof(struct linux_flock) == 32, "flock layout");
_Static_assert(sizeof(struct linux_pollfd) == 8, "pollfd layout");
_Static_assert(sizeof(struct linux_termios) == 36, "termios layout");
_Static_assert(sizeof(struct linux_inotify_event) == 16, "inotify_event layout");
_Static_assert(sizeof(struct linux_signalfd_siginfo) == 128, "signalfd_siginfo layout");

#endif

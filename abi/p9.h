/* SPDX-License-Identifier: Apache-2.0 */
/*
 * 9P2000.L, the file protocol between a guest and its host, as the Linux kernel's
 * Documentation/filesystems/9p.rst and diod's protocol.md describe it. A message is size[4] type[1]
 * tag[2] and its fields, little-endian; a string is its length in two bytes and its bytes. The
 * answer to type n has type n + 1, or P9_RLERROR with an errno of Linux.
 */
#ifndef ABI_P9_H
#define ABI_P9_H

#include "lib/types.h"

enum p9_type {
    P9_RLERROR = 7,
    P9_TSTATFS = 8,
    P9_TLOPEN = 12,
    P9_TLCREATE = 14,
    P9_TSYMLINK = 16,
    P9_TMKNOD = 18,
    P9_TREADLINK = 22,
    P9_TGETATTR = 24,
    P9_TSETATTR = 26,
    P9_TREADDIR = 40,
    P9_TFSYNC = 50,
    P9_TLINK = 70,
    P9_TMKDIR = 72,
    P9_TRENAMEAT = 74,
    P9_TUNLINKAT = 76,
    P9_TVERSION = 100,
    P9_TATTACH = 104,
    P9_TFLUSH = 108,
    P9_TWALK = 110,
    P9_TREAD = 116,
    P9_TWRITE = 118,
    P9_TCLUNK = 120,
};

#define P9_VERSION      "9P2000.L"
#define P9_HEADER_BYTES 7u
#define P9_ERROR_BYTES  11u /* of P9_RLERROR */
#define P9_READ_HEADER  11u /* of the answer to TREAD and TREADDIR: data follows */
#define P9_WRITE_HEADER 23u /* of TWRITE: data follows */
#define P9_IO_HEADER    24u /* what msize is larger than the data of one message, at most */
#define P9_NOTAG        0xffffu
#define P9_NOFID        0xffffffffu
#define P9_UNLINK_DIR   0x200u

/* The kind in a qid. */
enum p9_qid_type { P9_QID_DIR = 0x80, P9_QID_LINK = 0x02, P9_QID_FILE = 0x00 };

#define P9_GETATTR_BASIC UINT64_C(0x7ff) /* mode to blocks */

enum p9_setattr {
    P9_SET_MODE = 1,
    P9_SET_UID = 2,
    P9_SET_GID = 4,
    P9_SET_SIZE = 8,
    P9_SET_ATIME = 16,
    P9_SET_MTIME = 32,
    P9_SET_ATIME_TO = 128, /* to the time in the message, not to now */
    P9_SET_MTIME_TO = 256,
};

/* TLOPEN and TLCREATE: the open flags of Linux on most machines, not arm64's. */
enum p9_open {
    P9_RDONLY = 0,
    P9_WRONLY = 1,
    P9_RDWR = 2,
    P9_CREATE = 0100,
    P9_EXCL = 0200,
    P9_APPEND = 02000,
    P9_LARGEFILE = 0100000,
    P9_DIRECTORY = 0200000,
    P9_NOFOLLOW = 0400000,
};

#endif

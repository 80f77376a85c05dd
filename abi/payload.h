/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The payload: what a kernel image carries behind itself. `mazboot` writes it, the kernel reads it.
 *
 *     kernel image (an arm64 Image, a multiple of 4 KiB)
 *     payload header and item table                    <- first byte behind the kernel: __image_end
 *     item data, each item at a multiple of 4 KiB from the header
 *
 * A loader copies kernel and payload into memory as one file; the kernel maps the program's pages
 * from there without copying. The image_size field of the arm64 Image header (a u64 at offset 16,
 * Linux Documentation/arm64/booting) is raised to cover both and PAYLOAD_ROOM bytes behind them,
 * which the kernel uses for its .bss, first page tables and stack. Without a payload it already
 * does. All fields are little-endian. The kernel trusts nothing in it: offsets and sizes are
 * checked against size_bytes.
 */
#ifndef ABI_PAYLOAD_H
#define ABI_PAYLOAD_H

#include "lib/types.h"

#define PAYLOAD_MAGIC     "MAZPAYLD"
#define PAYLOAD_VERSION   1u
#define PAYLOAD_ALIGN     4096u
#define PAYLOAD_ITEMS_MAX 64u
#define PAYLOAD_ROOM      163840u

enum payload_type {
    PAYLOAD_PROGRAM = 1, /* the ELF file of the program, byte for byte */
    PAYLOAD_ARGV = 2,    /* argument strings, each ended by NUL; argv[0] first */
    PAYLOAD_ENVP = 3,    /* environment strings NAME=value, each ended by NUL */
    PAYLOAD_OPTIONS =
        4, /* kernel options key=value, each ended by NUL (see OPTIONS in docs/ARCHITECTURE.md) */
    PAYLOAD_SYMBOLS = 5, /* the kernel's own symbols, for backtraces: see struct payload_symbol */
    PAYLOAD_ROOT = 6,    /* a POSIX ustar/pax archive that fills the root file system */
    PAYLOAD_CERTIFICATES = 7, /* /etc/ssl/certs/ca-certificates.crt, unless the archive has one */
    PAYLOAD_PROBES = 16,      /* abi/probe.h */
};

struct payload_item {
    uint32_t type;         /* enum payload_type; unknown types are skipped */
    uint32_t flags;        /* 0 */
    uint64_t offset_bytes; /* from the payload header; a multiple of PAYLOAD_ALIGN */
    uint64_t size_bytes;   /* of the data, without padding */
};

struct payload_header {
    char magic[8];
    uint32_t version;
    uint32_t item_count; /* at most PAYLOAD_ITEMS_MAX */
    uint64_t size_bytes; /* header, table, data and padding: all of the payload, a multiple of
                            PAYLOAD_ALIGN */
    struct payload_item items[];
};

/* PAYLOAD_SYMBOLS: u32 count, then `count` of these sorted by offset_bytes, then the names they
 * point to, NUL-ended. */
struct payload_symbol {
    uint32_t offset_bytes; /* from the first byte of the kernel image */
    uint32_t name_bytes;   /* from the first byte of the item */
};

/*
 * What a launcher may want to know of a kernel image, right behind its 64-byte arm64 Image header.
 * The table has an int32_t for each number of a system call, 0 where this image has no handler.
 */
#define KERNEL_INFO_AT    64u
#define KERNEL_INFO_MAGIC "MAZK"

struct kernel_info {
    char magic[4];
    int32_t table_bytes; /* from this field to the table */
    uint32_t table_count;
};

_Static_assert(sizeof(struct payload_item) == 24, "payload item layout");
_Static_assert(sizeof(struct payload_header) == 24, "payload header layout");

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* Everything in its place: the entry function first, other functions, constants, then bss on pages
 * of its own. */
#ifndef RTGC_LINK_H
#define RTGC_LINK_H

#include "rtgc/code.h"

struct image {
    const struct ir *ir;
    struct code code;   /* of all functions; its lines are at offsets in it */
    size_t *func_start; /* by symbol */
    size_t *func_end;
    uint8_t *bytes; /* code and constants */
    size_t size_bytes;
    uint64_t base;   /* address of bytes[0] */
    uint64_t bss_at; /* address; a multiple of 4096 */
    uint64_t bss_bytes;
    VEC(size_t) relocs; /* offsets of 64-bit words that hold addresses */
};

#define PAGE 4096

/* Emits all functions and lays the image out at base. Address words hold finished addresses for
 * that base. */
void link_image(struct unit *u, struct ir *ir, uint64_t base, struct image *image);

/* Outputs: elf.c, listing.c. Each appends to out. */
void write_elf(struct unit *u, const struct image *image, struct buf *out);
void write_object(const struct image *image, struct buf *out);
void write_asm(struct unit *u, const struct image *image, struct buf *out);
void write_listing(struct unit *u, const struct image *image, struct buf *out);
void write_map(struct unit *u, const struct image *image, struct buf *out);

#define ELF_CODE_OFFSET 0x120 /* of bytes[0] in an executable's file and first segment */

#endif

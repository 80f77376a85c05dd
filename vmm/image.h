/* SPDX-License-Identifier: Apache-2.0 */
/* A bootable image: a kernel and the payload behind it, as abi/payload.h lays it out. */
#ifndef VMM_IMAGE_H
#define VMM_IMAGE_H

#include "abi/payload.h"
#include "vmm/blob.h"

struct image_item {
    enum payload_type type;
    struct blob data; /* owned by the caller, used during image_write only */
};

struct image {
    struct blob kernel;
    const char *kernel_name; /* for messages */
    struct image_item items[PAYLOAD_ITEMS_MAX];
    unsigned item_count;
};

/* Adds an item. -ENOSPC if the table is full. */
int image_add(struct image *image, enum payload_type type, struct blob data,
              struct error *err) MUST_CHECK;

/*
 * Writes kernel and payload to fd, from its present position on, and *size_bytes, the length of the
 * whole. Fails with -ENOEXEC if the kernel is not an arm64 Image of whole pages, or with the errno
 * of write.
 */
int image_write(const struct image *image, int fd, uint64_t *size_bytes,
                struct error *err) MUST_CHECK;

/*
 * The image in two pieces of sealed memory, which nobody can change any more, for a machine that
 * puts the payload right behind the kernel by itself. Close-on-exec; -1: not open.
 */
struct image_parts {
    int kernel_fd, payload_fd;
};

#define IMAGE_PARTS_NONE ((struct image_parts){-1, -1})

/* Fails as image_write does, or with the errno of memfd_create. The caller closes *parts. */
int image_parts_open(const struct image *image, struct image_parts *parts,
                     struct error *err) MUST_CHECK;

/* Allowed for parts that were closed, or couldn't be opened. */
void image_parts_close(struct image_parts *parts);

/* The data of the first item of that type in a whole image; it points into it. -ENOENT: the file
 * isn't an image with a payload that holds one, or is damaged. */
int image_find(const struct blob *file, enum payload_type type, struct blob *item,
               struct error *err) MUST_CHECK;

#endif

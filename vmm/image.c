/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The arm64 Image header: where its magic and its image_size field are, and how long it is. */
#define KERNEL_SIZE_AT      16
#define KERNEL_MAGIC_AT     56
#define KERNEL_MAGIC        "ARM\x64"
#define KERNEL_HEADER_BYTES 64

int image_add(struct image *image, enum payload_type type, struct blob data, struct error *err)
{
    if (image->item_count == PAYLOAD_ITEMS_MAX)
        return error_set(err, -ENOSPC, "an image holds at most %u items", PAYLOAD_ITEMS_MAX);
    image->items[image->item_count++] = (struct image_item){type, data};
    return 0;
}

static int write_all(int fd, const void *data, size_t size, struct error *err)
{
    const uint8_t *bytes = data;

    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_errno(err, "cannot write the image");
        bytes += n;
        size -= (size_t)n;
    }
    return 0;
}

static int write_padding(int fd, uint64_t size, struct error *err)
{
    static const uint8_t zeros[PAYLOAD_ALIGN];

    return write_all(fd, zeros, ALIGN_UP(size, (uint64_t)PAYLOAD_ALIGN) - size, err);
}

static int kernel_check(const struct image *image, struct error *err)
{
    const struct blob *kernel = &image->kernel;

    if (kernel->size_bytes < PAYLOAD_ALIGN || !IS_ALIGNED(kernel->size_bytes, PAYLOAD_ALIGN) ||
        memcmp(kernel->bytes + KERNEL_MAGIC_AT, KERNEL_MAGIC, 4) != 0)
        return error_set(err, -ENOEXEC,
                         "%s is not an arm64 kernel image of Mazboot; build one with make",
                         image->kernel_name);
    return 0;
}

#define TABLE_BYTES(items) (sizeof(struct payload_header) + (items) * sizeof(struct payload_item))
_Static_assert(TABLE_BYTES(PAYLOAD_ITEMS_MAX) <= PAYLOAD_ALIGN,
               "the item data starts at the second page");

/* Header and table as one page, with everything behind them placed. Returns the payload's size. */
static uint64_t table_fill(uint8_t page[PAYLOAD_ALIGN], const struct image *image)
{
    uint64_t at = PAYLOAD_ALIGN;

    for (unsigned i = 0; i < image->item_count; i++) {
        const struct image_item *item = &image->items[i];
        struct payload_item entry = {
            .type = item->type, .offset_bytes = at, .size_bytes = item->data.size_bytes};
        memcpy(page + TABLE_BYTES(i), &entry, sizeof(entry));
        at += ALIGN_UP(entry.size_bytes, (uint64_t)PAYLOAD_ALIGN);
    }
    struct payload_header header = {
        .version = PAYLOAD_VERSION, .item_count = image->item_count, .size_bytes = at};
    memcpy(header.magic, PAYLOAD_MAGIC, sizeof(header.magic));
    memcpy(page, &header, sizeof(header));
    return at;
}

/* The kernel works in the room behind the image before it knows the machine. */
static int kernel_write(const struct image *image, int fd, uint64_t image_bytes, struct error *err)
{
    uint8_t header[KERNEL_HEADER_BYTES];
    uint64_t reserved_bytes = image_bytes + PAYLOAD_ROOM;

    memcpy(header, image->kernel.bytes, sizeof(header));
    memcpy(header + KERNEL_SIZE_AT, &reserved_bytes, sizeof(reserved_bytes));
    int result = write_all(fd, header, sizeof(header), err);
    if (result < 0)
        return result;
    return write_all(fd, image->kernel.bytes + sizeof(header),
                     image->kernel.size_bytes - sizeof(header), err);
}

static int payload_write(const struct image *image, int fd, const uint8_t table[PAYLOAD_ALIGN],
                         struct error *err)
{
    int result = write_all(fd, table, PAYLOAD_ALIGN, err);

    for (unsigned i = 0; i < image->item_count && result == 0; i++) {
        const struct blob *data = &image->items[i].data;
        result = write_all(fd, data->bytes, data->size_bytes, err);
        if (result == 0)
            result = write_padding(fd, data->size_bytes, err);
    }
    return result;
}

int image_write(const struct image *image, int fd, uint64_t *size_bytes, struct error *err)
{
    uint8_t table[PAYLOAD_ALIGN] = {0};

    int result = kernel_check(image, err);
    if (result < 0)
        return result;
    uint64_t size = image->kernel.size_bytes + table_fill(table, image);
    result = kernel_write(image, fd, size, err);
    if (result == 0)
        result = payload_write(image, fd, table, err);
    if (result == 0)
        *size_bytes = size;
    return result;
}

static int memfd_open(int *fd, struct error *err)
{
    *fd = memfd_create("mazboot-image", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    return *fd < 0 ? error_errno(err, "cannot create the image in memory") : 0;
}

static int memfd_seal(int fd, struct error *err)
{
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
        return error_errno(err, "cannot seal the image");
    return 0;
}

static int parts_write(const struct image *image, struct image_parts *parts, struct error *err)
{
    uint8_t table[PAYLOAD_ALIGN] = {0};

    uint64_t size = table_fill(table, image);
    int result = kernel_write(image, parts->kernel_fd, image->kernel.size_bytes + size, err);
    if (result == 0)
        result = payload_write(image, parts->payload_fd, table, err);
    if (result == 0)
        result = memfd_seal(parts->kernel_fd, err);
    if (result == 0)
        result = memfd_seal(parts->payload_fd, err);
    return result;
}

int image_parts_open(const struct image *image, struct image_parts *parts, struct error *err)
{
    *parts = IMAGE_PARTS_NONE;
    int result = kernel_check(image, err);
    if (result == 0)
        result = memfd_open(&parts->kernel_fd, err);
    if (result == 0)
        result = memfd_open(&parts->payload_fd, err);
    if (result == 0)
        result = parts_write(image, parts, err);
    if (result < 0)
        image_parts_close(parts);
    return result;
}

void image_parts_close(struct image_parts *parts)
{
    if (parts->kernel_fd >= 0)
        close(parts->kernel_fd);
    if (parts->payload_fd >= 0)
        close(parts->payload_fd);
    *parts = IMAGE_PARTS_NONE;
}

static const struct payload_header *payload_at(const struct blob *file, size_t at)
{
    const struct payload_header *h = (const void *)(file->bytes + at);
    size_t room = file->size_bytes - at;
    bool valid = room >= sizeof(*h) && memcmp(h->magic, PAYLOAD_MAGIC, sizeof(h->magic)) == 0 &&
                 h->version == PAYLOAD_VERSION && h->item_count <= PAYLOAD_ITEMS_MAX &&
                 h->size_bytes <= room &&
                 sizeof(*h) + h->item_count * sizeof(h->items[0]) <= h->size_bytes;
    return valid ? h : NULL;
}

int image_find(const struct blob *file, enum payload_type type, struct blob *item,
               struct error *err)
{
    for (size_t at = 0; at < file->size_bytes; at += PAYLOAD_ALIGN) {
        const struct payload_header *h = payload_at(file, at);
        for (uint32_t i = 0; h && i < h->item_count; i++) {
            const struct payload_item *p = &h->items[i];
            if (p->type != type || p->offset_bytes > h->size_bytes ||
                p->size_bytes > h->size_bytes - p->offset_bytes)
                continue;
            *item = (struct blob){file->bytes + at + p->offset_bytes, p->size_bytes};
            return 0;
        }
    }
    return error_set(err, -ENOENT, "the image holds no item of type %u", type);
}

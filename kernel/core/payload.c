/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/core/payload.h"
#include "lib/str.h"

static const struct payload_header *header;

static const char *check(const struct payload_header *h, size_t size_bytes)
{
    if (h->version != PAYLOAD_VERSION)
        return "the payload is of another version; build the image anew with this mazboot";
    if (h->size_bytes > size_bytes || h->size_bytes < sizeof *h)
        return "the payload is truncated";
    if (h->item_count > PAYLOAD_ITEMS_MAX)
        return "the payload has too many items";
    uint64_t table_end = sizeof *h + h->item_count * sizeof h->items[0];
    for (unsigned i = 0; i < h->item_count; i++) {
        const struct payload_item *it = &h->items[i];
        bool inside = it->offset_bytes >= table_end && it->offset_bytes <= h->size_bytes &&
                      it->size_bytes <= h->size_bytes - it->offset_bytes;
        if (!inside || !IS_ALIGNED(it->offset_bytes, PAYLOAD_ALIGN))
            return "an item of the payload lies outside it";
    }
    return NULL;
}

const char *payload_init(const void *data, size_t size_bytes)
{
    const struct payload_header *h = data;
    if (size_bytes < sizeof *h || memcmp(h->magic, PAYLOAD_MAGIC, sizeof h->magic))
        return NULL;
    const char *why = check(h, size_bytes);
    if (!why)
        header = h;
    return why;
}

const void *payload_item(enum payload_type type, size_t *size_bytes)
{
    for (unsigned i = 0; header && i < header->item_count; i++)
        if (header->items[i].type == type) {
            *size_bytes = header->items[i].size_bytes;
            return (const uint8_t *)header + header->items[i].offset_bytes;
        }
    return NULL;
}

size_t payload_size_bytes(void)
{
    return header ? header->size_bytes : 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/flagcount.h"

#include <errno.h>
#include <stdlib.h>

static struct flagcount_entry *place(struct flagcount_entry *entries, size_t room, vaddr_t addr)
{
    size_t at = (addr * 0x9e3779b97f4a7c15ull >> 20) & (room - 1);
    while (entries[at].count && entries[at].addr != addr)
        at = (at + 1) & (room - 1);
    return &entries[at];
}

static int grow(struct flagcount *f)
{
    size_t room = f->room ? 2 * f->room : 256;
    struct flagcount_entry *entries = calloc(room, sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    for (size_t i = 0; i < f->room; i++)
        if (f->entries[i].count)
            *place(entries, room, f->entries[i].addr) = f->entries[i];
    free(f->entries);
    f->entries = entries;
    f->room = room;
    return 0;
}

int flagcount_add(struct flagcount *f, vaddr_t addr)
{
    if (2 * f->used >= f->room && grow(f) != 0)
        return -ENOMEM;
    struct flagcount_entry *e = place(f->entries, f->room, addr);
    f->used += e->count == 0;
    e->addr = addr;
    e->count++;
    return 0;
}

void flagcount_top(const struct flagcount *f, vaddr_t *first, size_t *first_count, vaddr_t *second,
                   size_t *second_count)
{
    struct flagcount_entry a = {0}, b = {0};
    for (size_t i = 0; i < f->room; i++) {
        const struct flagcount_entry *e = &f->entries[i];
        if (e->count > a.count) {
            b = a;
            a = *e;
        } else if (e->count > b.count) {
            b = *e;
        }
    }
    *first = a.addr, *first_count = a.count;
    *second = b.addr, *second_count = b.count;
}

void flagcount_free(struct flagcount *f)
{
    free(f->entries);
    *f = (struct flagcount){0};
}

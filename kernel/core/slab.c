/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel memory by the byte. A slab is one page: a header and objects of one class, free ones
 * linked through their first word. Each class keeps the slabs that have room in a list; full slabs
 * are in no list and come back with their first free. An empty slab goes back to the page allocator
 * unless it is its class's only one with room. Anything larger than the largest class is a block of
 * pages; since objects never lie at a page's start (the header does), kfree tells the two apart by
 * the address.
 *
 * Each CPU keeps the object of each class that came back to it last: most that is made is
 * short-lived.
 */
#include "kernel/core/slab.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/lock.h"
#include "kernel/core/page.h"
#include "kernel/core/panic.h"
#include "lib/list.h"
#include "lib/str.h"

enum {
    GRAIN = 16,
    SIZE_MAX_BYTES = 1 << 20,
    LARGEST_CLASS = 2016,
};

struct free_object {
    struct free_object *next;
};

struct slab {
    struct list node; /* in its class's list while it has room */
    struct free_object *free;
    uint16_t used, class_index;
    uint16_t fresh; /* byte offset of the first object that was never handed out */
    uint16_t magic;
};

#define SLAB_MAGIC 0x51ab

_Static_assert(sizeof(struct slab) == 32, "objects stay 16-byte aligned");

struct slab_class {
    struct spinlock lock; /* guards the class and all its slabs */
    struct list partial;
};

/* As many objects a page as the header leaves room for: 4064 bytes / n, rounded down to 16. */
static const uint16_t class_bytes[] = {16,  32,  48,  64,  80,  96,  128,  160,  192,
                                       256, 336, 448, 576, 672, 800, 1008, 1344, LARGEST_CLASS};

static struct slab_class classes[ARRAY_SIZE(class_bytes)];
/* [n]: the class for n grains, + 1; 0: look for it. */
static uint8_t class_of_grains[LARGEST_CLASS / GRAIN + 1];

/* Touched by its own CPU only, which nothing interrupts here. An object may come back on another
 * CPU than it was made on: only the sums over all CPUs mean something. */
static struct slab_cpu {
    void *spare[ARRAY_SIZE(class_bytes)];
    int32_t in_use[ARRAY_SIZE(class_bytes)]; /* objects that kmalloc gave out */
    int32_t large_pages;                     /* of what is larger than all classes */
} slab_cpus[CPU_MAX];

static uint32_t slab_pages; /* that hold slabs */

static inline struct slab_cpu *cpu_self_slabs(void)
{
    return &slab_cpus[cpu_index()];
}

/* Remembered, unless allocations shall fail: then every one of them comes here. The class + 1, so
 * that a static table of zeros needs no initialisation at boot; 0: there shall be no memory. */
static COLD unsigned class_find(size_t grains)
{
    unsigned c = 0;

    while (class_bytes[c] < grains * GRAIN)
        c++;
    if (page_refusing)
        return page_refuse() ? 0 : c + 1;
    class_of_grains[grains] = (uint8_t)(c + 1);
    return c + 1;
}

void slab_refuse(void)
{
    memset(class_of_grains, 0, sizeof class_of_grains);
}

/* A new slab in its class's list. Its objects are linked only as they come back, so it costs next
 * to nothing. */
static COLD struct slab *slab_new_locked(struct slab_class *k, unsigned c)
{
    paddr_t pa = page_alloc(0, 0);
    struct slab *s;

    if (pa == PAGE_NONE)
        return NULL;
    __atomic_fetch_add(&slab_pages, 1, __ATOMIC_RELAXED);
    s = phys_to_virt(pa);
    *s = (struct slab){.class_index = (uint16_t)c, .fresh = sizeof(*s), .magic = SLAB_MAGIC};
    list_push_front(&k->partial, &s->node);
    return s;
}

static bool has_fresh(const struct slab *s)
{
    return s->fresh + class_bytes[s->class_index] <= (int)PAGE_SIZE;
}

static void *slab_take(struct slab *s)
{
    struct free_object *o = s->free;

    if (o) {
        s->free = o->next;
    } else {
        o = (struct free_object *)((char *)s + s->fresh);
        s->fresh = (uint16_t)(s->fresh + class_bytes[s->class_index]);
    }
    s->used++;
    if (!s->free && !has_fresh(s))
        list_remove(&s->node);
    return o;
}

static __attribute__((noinline)) void *class_alloc(unsigned c)
{
    struct slab_class *k = &classes[c];
    struct slab *s;
    void *p;

    spin_lock(&k->lock);
    if (UNLIKELY(!k->partial.next))
        list_init(&k->partial);
    s = list_empty(&k->partial) ? slab_new_locked(k, c)
                                : list_entry(k->partial.next, struct slab, node);
    p = s ? slab_take(s) : NULL;
    spin_unlock(&k->lock);
    if (p)
        cpu_self_slabs()->in_use[c]++;
    return p;
}

static bool only_partial(const struct slab_class *k, const struct slab *s)
{
    return k->partial.next == &s->node && k->partial.prev == &s->node;
}

static __attribute__((noinline)) void class_free(struct slab *s, void *p)
{
    struct slab_class *k = &classes[s->class_index];
    struct free_object *o = p;
    bool empty;

    ASSERT(s->magic == SLAB_MAGIC);
    spin_lock(&k->lock);
    ASSERT(s->used);
    if (!s->free && !has_fresh(s))
        list_push_front(&k->partial, &s->node);
    o->next = s->free;
    s->free = o;
    empty = --s->used == 0 && !only_partial(k, s);
    if (empty) {
        list_remove(&s->node);
        s->magic = 0;
    }
    spin_unlock(&k->lock);
    if (!empty)
        return;
    __atomic_fetch_sub(&slab_pages, 1, __ATOMIC_RELAXED);
    page_put(virt_to_phys(s));
}

static unsigned order_for(size_t size_bytes)
{
    unsigned order = 0;

    while (((size_t)PAGE_SIZE << order) < size_bytes)
        order++;
    return order;
}

static COLD void *pages_alloc(size_t size_bytes)
{
    if (size_bytes > SIZE_MAX_BYTES)
        return NULL;
    unsigned order = order_for(size_bytes);
    paddr_t pa = page_alloc(order, 0);
    if (pa == PAGE_NONE)
        return NULL;
    cpu_self_slabs()->large_pages += 1 << order;
    return phys_to_virt(pa);
}

static COLD void pages_free(void *p)
{
    paddr_t pa = virt_to_phys(p);
    cpu_self_slabs()->large_pages -= 1 << page_order(pa);
    page_put(pa);
}

void *kmalloc(size_t size_bytes)
{
    if (UNLIKELY(size_bytes > LARGEST_CLASS))
        return pages_alloc(size_bytes);
    struct slab_cpu *cpu = cpu_self_slabs();
    size_t grains = (MAX(size_bytes, (size_t)1) + GRAIN - 1) / GRAIN;
    unsigned c = class_of_grains[grains];
    if (UNLIKELY(!c) && !(c = class_find(grains)))
        return NULL;
    void *p = cpu->spare[--c];
    if (UNLIKELY(!p))
        return class_alloc(c);
    cpu->spare[c] = NULL;
    cpu->in_use[c]++;
    return p;
}

void *kzalloc(size_t size_bytes)
{
    void *p = kmalloc(size_bytes);

    if (p)
        memset(p, 0, size_bytes);
    return p;
}

void kfree(void *p)
{
    if (!p)
        return;
    struct slab *s = (struct slab *)ALIGN_DOWN((uintptr_t)p, (uintptr_t)PAGE_SIZE);
    if (UNLIKELY((void *)s == p)) {
        pages_free(p);
        return;
    }
    struct slab_cpu *cpu = cpu_self_slabs();
    unsigned c = s->class_index;
    cpu->in_use[c]--;
    if (LIKELY(!cpu->spare[c]))
        cpu->spare[c] = p;
    else
        class_free(s, p);
}

bool slab_use(unsigned i, struct slab_use *u)
{
    bool large = i == ARRAY_SIZE(class_bytes);
    int32_t sum = 0;
    if (i > ARRAY_SIZE(class_bytes))
        return false;
    for (unsigned n = 0; n < CPU_MAX; n++)
        sum += __atomic_load_n(large ? &slab_cpus[n].large_pages : &slab_cpus[n].in_use[i],
                               __ATOMIC_RELAXED);
    *u = (struct slab_use){large ? PAGE_SIZE : class_bytes[i], (uint32_t)sum};
    return true;
}

size_t slab_in_use_bytes(void)
{
    struct slab_use u;
    size_t sum = 0;
    for (unsigned i = 0; slab_use(i, &u); i++)
        sum += (size_t)u.object_bytes * u.in_use;
    return sum;
}

size_t slab_page_bytes(void)
{
    struct slab_use large;
    bool there = slab_use(ARRAY_SIZE(class_bytes), &large);
    return (size_t)(slab_pages + (there ? large.in_use : 0)) * PAGE_SIZE;
}

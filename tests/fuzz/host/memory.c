/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's memory where AddressSanitizer sees it: kmalloc is the host's malloc, with a limit
 * and counted as slab.c counts; pages are page.c's, in memory of ours, and poisoned while free
 * (the linker puts __wrap_NAME in the place of NAME for all but page.c itself); kernel stacks are
 * larger than the machine's.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

#include "kernel/core/kstack.h"
#include "kernel/core/page.h"
#include "kernel/core/panic.h"
#include "kernel/core/slab.h"
#include "lib/list.h"
#include "tests/fuzz/host/machine.h"

#define RAM_AT     UINT64_C(0x200000000000)
#define LINK_BYTES 16 /* page.c's, at the start of a free block */

/* ---- who asked ---- */

enum { CALLERS = 9, TOLD = 64, FRAME_WORDS = 2048 };

struct origin {
    uint64_t birth; /* how many there were before; 0: free */
    void *pc[CALLERS];
};

static uint64_t births;

static inline __attribute__((always_inline)) void note(struct origin *o)
{
    void **fp = __builtin_frame_address(0), **last = NULL;
    unsigned i = 0;
    o->birth = ++births;
    for (; i < CALLERS && fp > last && (!last || fp < last + FRAME_WORDS); i++) {
        o->pc[i] = fp[1];
        last = fp;
        fp = *fp;
    }
    while (i < CALLERS)
        o->pc[i++] = NULL;
}

static uint64_t marked; /* births up to the last round that was good */

void memory_mark(void)
{
    marked = births;
}

/* Each place that asked is told once. */
static void tell(const char *what, size_t bytes, const struct origin *o)
{
    static struct origin told[TOLD];
    static unsigned count;
    char text[160];
    if (o->birth <= marked || count == TOLD)
        return;
    for (unsigned i = 0; i < count; i++)
        if (!memcmp(told[i].pc, o->pc, sizeof o->pc))
            return;
    told[count++] = *o;
    fprintf(stderr, "%s of %zu bytes, allocation %lu:\n", what, bytes, o->birth);
    for (unsigned i = 0; i < CALLERS && o->pc[i]; i++) {
        __sanitizer_symbolize_pc((char *)o->pc[i] - 1, "%F %L", text, sizeof text);
        fprintf(stderr, "    %s\n", text);
    }
}

/* ---- RAM ---- */

static struct origin page_origins[RAM_BYTES / PAGE_SIZE];

static struct origin *origin_of(paddr_t pa)
{
    return &page_origins[(pa - RAM_AT) / PAGE_SIZE];
}

void memory_init(void)
{
    struct mem_range ram = {RAM_AT, RAM_AT + RAM_BYTES};
    void *p = mmap((void *)RAM_AT, RAM_BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    if (p == MAP_FAILED)
        abort();
    page_init(&ram, 1, NULL, 0);
}

paddr_t __real_page_alloc(unsigned order, unsigned flags);
paddr_t __wrap_page_alloc(unsigned order, unsigned flags);
unsigned __wrap_page_alloc_zeroed(paddr_t *pages, unsigned n);
void __real_page_put(paddr_t pa);
void __wrap_page_put(paddr_t pa);

/* Cleared here: page.c would write to what is poisoned. */
paddr_t __wrap_page_alloc(unsigned order, unsigned flags)
{
    paddr_t pa = __real_page_alloc(order, flags & ~(unsigned)PAGE_ZERO);
    size_t bytes = (size_t)PAGE_SIZE << order;
    if (pa == PAGE_NONE)
        return pa;
    __asan_unpoison_memory_region((void *)pa, bytes);
    memset((void *)pa, flags & PAGE_ZERO ? 0 : 0xa5, bytes);
    note(origin_of(pa));
    return pa;
}

unsigned __wrap_page_alloc_zeroed(paddr_t *pages, unsigned n)
{
    unsigned i = 0;
    while (i < n && (pages[i] = __wrap_page_alloc(0, PAGE_ZERO)))
        i++;
    return i;
}

void __wrap_page_put(paddr_t pa)
{
    bool ours = pa >= RAM_AT && pa < RAM_AT + RAM_BYTES, last = ours && page_refs(pa) == 1;
    size_t bytes = last ? (size_t)PAGE_SIZE << page_order(pa) : 0;
    if (ours && !page_refs(pa))
        panic("the page at %lx is given back twice", pa);
    __real_page_put(pa);
    if (!last)
        return;
    __asan_poison_memory_region((char *)pa + LINK_BYTES, bytes - LINK_BYTES);
    origin_of(pa)->birth = 0;
}

/* ---- kmalloc ---- */

static const uint16_t classes[] = {16,  32,  48,  64,  80,  96,  128,  160,  192,
                                   256, 336, 448, 576, 672, 800, 1008, 1344, 2016};

enum { CLASSES = ARRAY_SIZE(classes), SIZE_MAX_BYTES = 1 << 20 };

/* Before each object, and poisoned. */
struct head {
    struct list node; /* of all, in the order of their births */
    size_t size_bytes;
    struct origin origin;
} ALIGNED(16);

static struct list objects = LIST_INIT(objects);
static uint32_t in_use[CLASSES + 1];
static uint64_t bytes_in_use;

static unsigned class_of(size_t size_bytes)
{
    unsigned c = 0;
    while (c < CLASSES && classes[c] < size_bytes)
        c++;
    return c;
}

static uint32_t units(unsigned c, size_t size_bytes)
{
    return c < CLASSES ? 1 : (uint32_t)((size_bytes + PAGE_SIZE - 1) / PAGE_SIZE);
}

void *kmalloc(size_t size_bytes)
{
    unsigned c = class_of(size_bytes);
    if (size_bytes > SIZE_MAX_BYTES || size_bytes > RAM_BYTES - bytes_in_use ||
        (page_refusing && page_refuse()))
        return NULL;
    struct head *h = malloc(sizeof *h + MAX(size_bytes, (size_t)1));
    if (!h)
        abort();
    h->size_bytes = size_bytes;
    note(&h->origin);
    list_push_back(&objects, &h->node);
    __asan_poison_memory_region(h, sizeof *h);
    in_use[c] += units(c, size_bytes);
    bytes_in_use += size_bytes;
    return h + 1;
}

void *kzalloc(size_t size_bytes)
{
    void *p = kmalloc(size_bytes);
    return p ? memset(p, 0, size_bytes) : NULL;
}

void kfree(void *p)
{
    if (!p)
        return;
    struct head *h = (struct head *)p - 1;
    memset(p, 0xa5, 1); /* one that is free already: the sanitizer tells */
    __asan_unpoison_memory_region(h, sizeof *h);
    unsigned c = class_of(h->size_bytes);
    in_use[c] -= units(c, h->size_bytes);
    bytes_in_use -= h->size_bytes;
    list_remove(&h->node);
    free(h);
}

bool slab_use(unsigned i, struct slab_use *u)
{
    if (i > CLASSES)
        return false;
    *u = (struct slab_use){i < CLASSES ? classes[i] : PAGE_SIZE, in_use[i]};
    return true;
}

size_t slab_in_use_bytes(void)
{
    return bytes_in_use;
}

size_t slab_page_bytes(void)
{
    return 0; /* none of RAM's */
}

void slab_refuse(void)
{
}

void memory_tell(void)
{
    fprintf(stderr, "since the last good round:\n");
    list_for_each (n, &objects) {
        struct head *h = list_entry(n, struct head, node);
        __asan_unpoison_memory_region(h, sizeof *h);
        tell("an object", h->size_bytes, &h->origin);
    }
    for (const struct origin *o = page_origins; o < page_origins + ARRAY_SIZE(page_origins); o++)
        tell("pages", PAGE_SIZE, o);
}

/* ---- kernel stacks ---- */

enum { STACK_BYTES = 512 << 10, GUARD_BYTES = 4096 };

static uintptr_t free_stacks; /* linked through their topmost words */

uintptr_t kstack_bottom(uintptr_t top)
{
    return top - STACK_BYTES;
}

static uintptr_t stack_new(void)
{
    char *p = mmap(NULL, GUARD_BYTES + STACK_BYTES, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED || mprotect(p, GUARD_BYTES, PROT_NONE))
        abort();
    return (uintptr_t)p + GUARD_BYTES + STACK_BYTES;
}

/* A task that ends leaves its frames' poison behind. */
uintptr_t kstack_alloc(void)
{
    uintptr_t top = free_stacks;
    if (page_refusing && page_refuse())
        return 0;
    if (!top)
        return stack_new();
    free_stacks = ((uintptr_t *)top)[-1];
    __asan_unpoison_memory_region((void *)kstack_bottom(top), STACK_BYTES);
    return top;
}

/* Still run on for a moment, when it is the running task's. */
void kstack_free(uintptr_t top)
{
    ((uintptr_t *)top)[-1] = free_stacks;
    free_stacks = top;
}

size_t kstack_mapped_bytes(void)
{
    return 0; /* none of RAM's */
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: what of a program's 48 bits means something. A tree of regions, each a range of
 * pages with one protection and one thing behind it (nothing: zeros; or an object), and the page
 * tables that are filled from it on demand.
 *
 * Each call locks the address space itself. A call that releases objects or fetches pages may
 * sleep: task context, no spinlock held. All addresses and sizes are checked here; results are
 * Linux' (mmap(2) and its relatives), negative errno.
 */
#ifndef KERNEL_CORE_ASPACE_H
#define KERNEL_CORE_ASPACE_H

#include "kernel/arch/pgtable.h"
#include "kernel/core/lock.h"
#include "kernel/core/optional.h"
#include "kernel/core/vmobj.h"
#include "lib/rbtree.h"

#define ASPACE_START                                                                          \
    UINT64_C(0x10000) /* lowest address that the kernel chooses; a fixed one may be as low as \
                         PAGE_SIZE */
#define ASPACE_END         (UINT64_C(1) << 48)
#define ASPACE_STACK_TOP   (ASPACE_END - 0x10000)
#define ASPACE_STACK_LIMIT (UINT64_C(8) << 20)  /* RLIMIT_STACK where nobody says otherwise */
#define ASPACE_STACK_ROOM  (UINT64_C(64) << 20) /* kept free below the stack, guard gap included */
#define ASPACE_MAPS_MAX    65530                /* regions, as vm.max_map_count */

enum aspace_prot {
    ASPACE_READ = PGTABLE_READ,
    ASPACE_WRITE = PGTABLE_WRITE,
    ASPACE_EXEC = PGTABLE_EXEC,
    ASPACE_ALL = 7,
};

enum aspace_flags {
    ASPACE_SHARED =
        1, /* writes go to the object; without an object: a piece of anonymous memory of its own */
    ASPACE_FIXED = 2,     /* exactly there, replacing what is there */
    ASPACE_NOREPLACE = 4, /* exactly there, or -EEXIST */
    ASPACE_GROWSDOWN = 8, /* a stack: grows by faults just below, down to limit_bytes */
    ASPACE_POPULATE = 16, /* bring the pages in at once, as far as memory goes */
    ASPACE_LOCKED = 32,   /* counts against the limit of locked memory (nothing is ever swapped) */
    ASPACE_HUGE = 64,     /* 2 MiB pages wanted; ASPACE_NOHUGE: refused */
    ASPACE_NOHUGE = 128,
    ASPACE_STACK = 256, /* the main thread's stack, ASPACE_HEAP: the brk area, ASPACE_VDSO: for
                           /proc/self/maps */
    ASPACE_HEAP = 512,
    ASPACE_VDSO = 1024,
};

struct region; /* kernel/core/region.h */

struct aspace {
    struct spinlock lock; /* guards all below but refs and holds */
    uint32_t refs;        /* whose memory it is */
    uint32_t holds;       /* CPUs that are in it, and one for all of refs */
    struct rb_tree
        regions;         /* by address, never overlapping, neighbours that could be one are one */
    struct region *last; /* found by the last look-up */
    uint32_t region_count;
    uint32_t sequence; /* counts changes of regions: a fault that had to sleep looks again */
    struct pgtable pgtable;
    uint64_t mapped_bytes, data_bytes,
        locked_bytes;        /* all regions; private writable ones; locked ones */
    uint64_t resident_pages; /* owned by page table entries, without the tables' own */
    uint64_t faults;         /* served */
    vaddr_t map_top;         /* kernel-chosen addresses lie below */
    vaddr_t map_search;      /* no free page in [map_search, map_top) */
    vaddr_t stack_top;       /* where exec puts the main thread's stack */
    vaddr_t brk_start, brk;
    uint64_t limit_as_bytes, limit_data_bytes, limit_stack_bytes,
        limit_locked_bytes; /* soft rlimits, UINT64_MAX: none */
    bool lock_future;       /* mlockall(MCL_FUTURE) */
    bool blocks;            /* a 2 MiB page was mapped at some time */
    struct aspace *next;    /* in the list of all */
};

/* aspace_create - an empty address space with one reference. random: where stack and mappings begin
 * (ASLR). NULL: no memory. aspace_put at the last reference unmaps everything; CPUs may still be in
 * it. */
struct aspace *aspace_create(uint64_t random) MUST_CHECK;
struct aspace *aspace_get(struct aspace *as);
void aspace_put(struct aspace *as);

/* aspace_hold, aspace_drop - keep it, with or without memory, as something that a CPU can be in.
 * Any context. */
struct aspace *aspace_hold(struct aspace *as);
void aspace_drop(struct aspace *as);

/* aspace_fork - a copy, as fork(2) makes it, with one reference. NULL: no memory. (aspace_fork.c)
 */
struct aspace *aspace_fork(struct aspace *from) MUST_CHECK;

/* aspace_shared_place - where the word at addr, in a shared mapping, is in the machine's memory; 0:
 * it isn't in one, or not there. May sleep. (aspace_fork.c, OPTIONAL) */
paddr_t aspace_shared_place(struct aspace *as, vaddr_t addr) OPTIONAL;

struct aspace_map {
    vaddr_t addr; /* hint (taken exactly when free), or the place with ASPACE_FIXED or
                     ASPACE_NOREPLACE; 0: anywhere */
    uint64_t size_bytes;
    uint32_t prot, max_prot; /* enum aspace_prot; max_prot: what mprotect may give later */
    uint32_t flags;          /* enum aspace_flags */
    struct vmobj *obj;       /* NULL: anonymous. A reference is taken. */
    uint64_t offset;         /* into obj, page-aligned */
    const char *name;        /* shown in /proc/self/maps, copied; NULL: none */
    vaddr_t brk_before,
        brk; /* with ASPACE_HEAP: the heap's end must be the one, becomes the other */
};

/* aspace_map - create a mapping; *at gets its address. -EINVAL, -ENOMEM (space, RLIMIT_AS,
 * RLIMIT_DATA, too many regions), -EEXIST, -EOVERFLOW, -EAGAIN (the heap's end is another). */
int aspace_map(struct aspace *as, const struct aspace_map *m, vaddr_t *at) MUST_CHECK;

/* aspace_unmap - whatever is mapped in [addr, addr + size). -EINVAL, -ENOMEM (a region had to be
 * split and couldn't). */
int aspace_unmap(struct aspace *as, vaddr_t addr, uint64_t size_bytes) MUST_CHECK;

/* aspace_protect - as mprotect(2). -EINVAL, -ENOMEM (a hole in the range), -EACCES (beyond
 * max_prot). grow: PROT_GROWSDOWN, from the region's start. */
int aspace_protect(struct aspace *as, vaddr_t addr, uint64_t size_bytes, uint32_t prot,
                   bool grow) MUST_CHECK;

/* aspace_advise - as madvise(2), advice by Linux' numbers. */
int aspace_advise(struct aspace *as, vaddr_t addr, uint64_t size_bytes, int advice) MUST_CHECK;

/* aspace_mincore - vec[i] = 1 when page i of the range is in memory. -ENOMEM: a hole. At most 4096
 * pages a call. */
int aspace_mincore(struct aspace *as, vaddr_t addr, uint64_t size_bytes, uint8_t *vec) MUST_CHECK;

/* aspace_remap - as mremap(2), flags by Linux' numbers. *at gets the new address. */
int aspace_remap(struct aspace *as, vaddr_t addr, uint64_t old_bytes, uint64_t new_bytes,
                 uint32_t flags, vaddr_t new_addr, vaddr_t *at) MUST_CHECK;

/* aspace_brk - as the system call: the new end, or the old one when it can't be had. */
vaddr_t aspace_brk(struct aspace *as, vaddr_t want);

/* aspace_lock - mlock, munlock (on == false). aspace_lock_all - mlockall, munlockall: flags by
 * Linux' numbers, 0 unlocks. */
int aspace_lock(struct aspace *as, vaddr_t addr, uint64_t size_bytes, bool on) MUST_CHECK;
int aspace_lock_all(struct aspace *as, uint32_t flags) MUST_CHECK;

/* aspace_sync - msync: -ENOMEM for a hole, -EBUSY for MS_INVALIDATE of locked memory, else 0 (files
 * share the very pages). flags checked by the caller. */
int aspace_sync(struct aspace *as, vaddr_t addr, uint64_t size_bytes, bool invalidate) MUST_CHECK;

/* aspace_name - PR_SET_VMA_ANON_NAME: name the anonymous regions of the range; NULL removes.
 * -ENOMEM: a hole; -EBADF: one has an object. */
int aspace_name(struct aspace *as, vaddr_t addr, uint64_t size_bytes, const char *name) MUST_CHECK;

/* What a fault means to the program. */
enum aspace_fault {
    ASPACE_FAULT_NONE = 0, /* served: go on */
    ASPACE_FAULT_MAPERR,   /* SIGSEGV, SEGV_MAPERR */
    ASPACE_FAULT_ACCERR,   /* SIGSEGV, SEGV_ACCERR */
    ASPACE_FAULT_BUS,      /* SIGBUS, BUS_ADRERR */
    ASPACE_FAULT_OOM,      /* no memory */
    ASPACE_FAULT_AGAIN,    /* never returned: the fault path's own word for "look again" */
};

/*
 * aspace_fault - bring in the page at addr for an access (ASPACE_READ, ASPACE_WRITE or
 * ASPACE_EXEC). Serves also a fault that another CPU has served already. Task context, no spinlock;
 * may sleep for a file's page.
 */
enum aspace_fault aspace_fault(struct aspace *as, vaddr_t addr, unsigned access);

/* aspace_write - copy bytes (src NULL: zeros) into the program's memory, which need not be active:
 * for building its first stack. Only anonymous or private memory. 0, -EFAULT, -ENOMEM. */
int aspace_write(struct aspace *as, vaddr_t addr, const void *src, size_t size_bytes) MUST_CHECK;

/* aspace_get_live - a reference, unless the last one is gone: NULL. The caller sees to it that *as
 * stays. aspace_read - copy bytes out of the program's memory, which need not be active. Task
 * context, no spinlock. 0, -EFAULT. (aspace_look.c, OPTIONAL) */
OPTIONAL struct aspace *aspace_get_live(struct aspace *as);
OPTIONAL int aspace_read(struct aspace *as, vaddr_t addr, void *dst, size_t size_bytes) MUST_CHECK;

/* aspace_populate - fault in [addr, addr + size) for writing or reading, all or -EFAULT, -ENOMEM.
 */
int aspace_populate(struct aspace *as, vaddr_t addr, uint64_t size_bytes,
                    unsigned access) MUST_CHECK;

/* One region as others see it. */
struct aspace_info {
    vaddr_t start, end;
    uint32_t prot, max_prot, flags;
    uint64_t offset, inode, device;
    bool has_object;
    uint64_t resident_pages;
    char name[64]; /* of the object, "[anon: NAME]", "[heap]", "[stack]", "[vdso]", or "" */
};

/* aspace_next - the first region that ends above addr. False: none. For /proc/self/maps and fault
 * reports. */
bool aspace_next(struct aspace *as, vaddr_t addr, struct aspace_info *info);

/* aspace_check - whether all invariants hold: order, counts, page table entries only in regions and
 * with the right rights. For tests; slow. */
bool aspace_check(struct aspace *as);

#endif

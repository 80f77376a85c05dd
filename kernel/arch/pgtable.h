/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page tables of one program: 48-bit user addresses, 4 KiB pages, 2 MiB blocks. The owner
 * serialises changes (the address space's lock); every function that takes something away has made
 * all CPUs forget it when it returns.
 */
#ifndef KERNEL_ARCH_PGTABLE_H
#define KERNEL_ARCH_PGTABLE_H

#include "lib/types.h"

#define PGTABLE_PAGE    (UINT64_C(1) << 12)
#define PGTABLE_BLOCK   (UINT64_C(1) << 21)

#define PGTABLE_RUN_MAX 16

enum pgtable_prot { /* as PROT_READ, PROT_WRITE, PROT_EXEC; 0 keeps the page without access */
                    PGTABLE_READ = 1,
                    PGTABLE_WRITE = 2,
                    PGTABLE_EXEC = 4,
};

enum pgtable_flags {
    PGTABLE_OWNED = 1, /* the entry holds a reference of the page: pgtable_release_page() is called
                          when it goes */
    PGTABLE_COW =
        2, /* not writable until the owner has put a copy in its place, whatever prot says */
    PGTABLE_SYNC = 4, /* the kernel wrote this page's bytes: make instruction fetch see them if it
                         is executable (not stored) */
};

struct pgtable {
    paddr_t root;
    uint32_t asid;
    uint32_t table_pages; /* that the tables themselves take, root included */
};

struct pgtable_entry {
    paddr_t pa;      /* of the page that holds va (within a block too) */
    uint32_t prot;   /* as mapped or protected, WRITE also for a COW page */
    uint32_t flags;  /* PGTABLE_OWNED, PGTABLE_COW */
    bool block;      /* part of a 2 MiB block */
    bool accessible; /* the machine sees it: prot was not 0 */
};

/* What kernel/core provides: a zeroed page for a table (PAGE_NONE = 0 when there is none), its
 * return, and the end of an owned page (2^order pages from pa). */
paddr_t pgtable_table_alloc(void);
void pgtable_table_free(paddr_t pa);
void pgtable_release_page(paddr_t pa, unsigned order);

/* pgtable_init - empty tables. 0, -ENOMEM. pgtable_destroy - free the tables; everything must have
 * been unmapped, no CPU may use them. */
int pgtable_init(struct pgtable *pt) MUST_CHECK;
void pgtable_destroy(struct pgtable *pt);

/* The entry that a page would get, valid until tables are trimmed. */
struct pgtable_place {
    uint64_t *slot;
    uint64_t bits;   /* of the entry to be, without the address */
    bool used, sync; /* used: there is an entry, or a block: nothing may be filled in */
};

/* pgtable_find_place - the place for va's page, making the tables above it; prot and flags: of the
 * pages that will be filled in. 0, -ENOMEM. */
int pgtable_find_place(struct pgtable *pt, vaddr_t va, unsigned prot, unsigned flags,
                       struct pgtable_place *p) MUST_CHECK;

/* pgtable_run - how many pages to bring in together: the place for va's is moved back to the first
 * of them. They are free ones of va's aligned group of four, which programs allocate in and so are
 * likely to want soon; PGTABLE_RUN_MAX from va on where memory is in use that far back. At most
 * `before` pages before va, and `behind` (> 0) from va on. */
unsigned pgtable_run(struct pgtable_place *p, vaddr_t va, uint64_t before, uint64_t behind);

/* pgtable_fill - map n pages from the place on. One whose place has been taken meanwhile is
 * released. How many were mapped. */
unsigned pgtable_fill(const struct pgtable_place *p, const paddr_t *pages, unsigned n);

/* pgtable_map - map the page at va, which must have no entry. 0; -ENOMEM: no page for a table,
 * nothing changed. */
int pgtable_map(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot,
                unsigned flags) MUST_CHECK;

/* pgtable_map_run - map up to `pages` physically contiguous pages from va on; entries that exist
 * stay as they are. Stops at the end of va's 2 MiB block. How many pages it covered (> 0), or
 * -ENOMEM. */
int pgtable_map_run(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned pages, unsigned prot,
                    unsigned flags) MUST_CHECK;

/* pgtable_map_block - map 2 MiB at va (aligned both). 0; -EEXIST: the block has a table already;
 * -ENOMEM. */
int pgtable_map_block(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot,
                      unsigned flags) MUST_CHECK;

/* pgtable_replace - put another page in the place of va's entry: break before make, all CPUs. The
 * old entry's reference is released. */
void pgtable_replace(struct pgtable *pt, vaddr_t va, paddr_t pa, unsigned prot, unsigned flags);

/* pgtable_query - what is at va. False: no entry. */
bool pgtable_query(const struct pgtable *pt, vaddr_t va, struct pgtable_entry *e);

/* pgtable_next - the first address >= va and < end that has an entry, or end. */
vaddr_t pgtable_next(const struct pgtable *pt, vaddr_t va, vaddr_t end);

/* pgtable_unmap - remove every entry in [start, end) and release owned pages. A block that sticks
 * out must have been split. Returns the number of owned pages that went. The tables stay. */
uint64_t pgtable_unmap(struct pgtable *pt, vaddr_t start, vaddr_t end);

/* pgtable_trim - free the tables of [start, end) that lie wholly in [floor, ceiling), where nothing
 * is mapped any more. */
void pgtable_trim(struct pgtable *pt, vaddr_t start, vaddr_t end, vaddr_t floor, vaddr_t ceiling);

/* pgtable_protect - give every entry in [start, end) new permissions. A block that sticks out must
 * have been split. */
void pgtable_protect(struct pgtable *pt, vaddr_t start, vaddr_t end, unsigned prot);

/* pgtable_split - make the block at va, if there is one, 512 pages (pgtable_split_page() tells the
 * page allocator). 0, -ENOMEM. */
int pgtable_split(struct pgtable *pt, vaddr_t va) MUST_CHECK;
void pgtable_split_page(paddr_t pa);

/*
 * pgtable_move - move the entries of [from, from + size) to `to`, where none are. A block moves
 * only between aligned addresses: split the others before. 0, or -ENOMEM with *moved bytes done.
 */
int pgtable_move(struct pgtable *pt, vaddr_t from, vaddr_t to, uint64_t size_bytes,
                 uint64_t *moved) MUST_CHECK;

/* pgtable_activate - this CPU runs the program's addresses from here on. pgtable_deactivate - no
 * program's: `empty` has nothing mapped and stays for good. */
void pgtable_activate(const struct pgtable *pt);
void pgtable_deactivate(const struct pgtable *empty);

#endif

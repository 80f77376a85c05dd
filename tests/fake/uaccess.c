/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/core/uaccess.h on the host: the program's memory through its page tables, entry by entry
 * as the hardware would read them, with faults served by uaccess_fault. What else a test counts as
 * the program's memory fake_user_memory says.
 */
#include "kernel/core/uaccess.h"

#include "abi/errno.h"
#include "kernel/arch/mmu.h"
#include "kernel/arch/sigframe.h"
#include "kernel/arch/trap.h"
#include "kernel/core/aspace.h"
#include "kernel/core/cpu.h"
#include "kernel/core/page.h"
#include "kernel/core/panic.h"
#include "lib/str.h"
#include "tests/fake/user.h"

enum { TRIES_MAX = 64 };

static bool in_user_range(vaddr_t addr, size_t size_bytes)
{
    return size_bytes <= USER_END && addr <= USER_END - size_bytes;
}

static bool allows(const struct pgtable_entry *e, unsigned access)
{
    return e->accessible &&
           (access != ASPACE_WRITE || ((e->prot & PGTABLE_WRITE) && !(e->flags & PGTABLE_COW)));
}

void *fake_user_mapped(vaddr_t va, unsigned access)
{
    struct pgtable_entry e;
    const struct aspace *as = cpu_self()->as;
    if (!pgtable_query(&as->pgtable, va, &e) || !allows(&e, access))
        return NULL;
    return (char *)phys_to_virt(ALIGN_DOWN(e.pa, PAGE_SIZE)) + va % PAGE_SIZE;
}

/* Where the kernel finds va, whose page is brought in if it can be; *room: bytes from there on. */
static void *place(vaddr_t va, unsigned access, size_t *room)
{
    void *p = fake_user_memory(va, access, room);
    if (p)
        return p;
    *room = PAGE_SIZE - va % PAGE_SIZE;
    for (unsigned tries = 0; !(p = fake_user_mapped(va, access)); tries++) {
        fake_user_faults();
        if (uaccess_fault(va, access))
            return NULL;
        if (tries == TRIES_MAX)
            panic("the fault at %lx is served, but nothing is there", va);
    }
    return p;
}

/* Bytes done. src NULL: zeros. */
static size_t to_user(vaddr_t dst, const void *src, size_t size_bytes)
{
    size_t done = 0, room;
    while (done < size_bytes) {
        void *p = place(dst + done, ASPACE_WRITE, &room);
        size_t n = MIN(room, size_bytes - done);
        if (!p)
            break;
        if (src)
            memcpy(p, (const char *)src + done, n);
        else
            memset(p, 0, n);
        done += n;
    }
    return done;
}

static size_t from_user(void *dst, vaddr_t src, size_t size_bytes)
{
    size_t done = 0, room;
    while (done < size_bytes) {
        const void *p = place(src + done, ASPACE_READ, &room);
        size_t n = MIN(room, size_bytes - done);
        if (!p)
            break;
        memcpy((char *)dst + done, p, n);
        done += n;
    }
    return done;
}

size_t copy_from_user_part(void *dst, vaddr_t src, size_t size_bytes)
{
    return in_user_range(src, size_bytes) ? from_user(dst, src, size_bytes) : 0;
}

size_t copy_to_user_part(vaddr_t dst, const void *src, size_t size_bytes)
{
    return in_user_range(dst, size_bytes) ? to_user(dst, src, size_bytes) : 0;
}

int copy_from_user(void *dst, vaddr_t src, size_t size_bytes)
{
    return copy_from_user_part(dst, src, size_bytes) == size_bytes ? 0 : -EFAULT;
}

int copy_to_user(vaddr_t dst, const void *src, size_t size_bytes)
{
    return copy_to_user_part(dst, src, size_bytes) == size_bytes ? 0 : -EFAULT;
}

int clear_user(vaddr_t dst, size_t size_bytes)
{
    return copy_to_user(dst, NULL, size_bytes);
}

long copy_string_from_user(char *dst, vaddr_t src, size_t size_bytes)
{
    size_t done = 0, room;
    while (done < size_bytes) {
        if (!in_user_range(src + done, 1))
            return -EFAULT;
        const char *p = place(src + done, ASPACE_READ, &room);
        if (!p)
            return -EFAULT;
        size_t n = MIN(room, size_bytes - done);
        const char *end = memchr(p, 0, n);
        memcpy(dst + done, p, end ? (size_t)(end - p) + 1 : n);
        if (end)
            return (long)done + (end - p);
        done += n;
    }
    return -ENAMETOOLONG;
}

int user_load_u32(vaddr_t addr, uint32_t *value)
{
    size_t room;
    if (!in_user_range(addr, 4) || !IS_ALIGNED(addr, 4))
        return -EFAULT;
    const uint32_t *p = place(addr, ASPACE_READ, &room);
    if (p)
        *value = __atomic_load_n(p, __ATOMIC_ACQUIRE);
    return p ? 0 : -EFAULT;
}

int user_cas_u32(vaddr_t addr, uint32_t expected, uint32_t desired, uint32_t *old)
{
    size_t room;
    if (!in_user_range(addr, 4) || !IS_ALIGNED(addr, 4))
        return -EFAULT;
    uint32_t *p = place(addr, ASPACE_WRITE, &room);
    if (!p)
        return -EFAULT;
    __atomic_compare_exchange_n(p, &expected, desired, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
    *old = expected;
    return 0;
}

size_t user_peek(void *dst, vaddr_t src, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes && in_user_range(src + done, 1)) {
        const void *p = fake_user_mapped(src + done, ASPACE_READ);
        size_t n = MIN(size_bytes - done, PAGE_SIZE - (src + done) % PAGE_SIZE);
        if (!p)
            break;
        memcpy((char *)dst + done, p, n);
        done += n;
    }
    return done;
}

/* ---- the pieces of a signal frame, as kernel/arch/arm64/uaccess.S moves them ---- */

struct frame_stack;
struct frame_read;
struct frame_tail;

uint64_t uaccess_frame_put(uint64_t at, const struct linux_siginfo *info,
                           const struct frame_stack *s, const struct trapframe *tf,
                           uint64_t fault_address, const struct frame_tail *tail);
uint64_t uaccess_frame_get(uint64_t at, struct trapframe *tf, struct frame_read *r);
uint64_t uaccess_fpu_load(uint64_t at);

enum { TAIL_BYTES = 24 };

uint64_t uaccess_frame_put(uint64_t at, const struct linux_siginfo *info,
                           const struct frame_stack *s, const struct trapframe *tf,
                           uint64_t fault_address, const struct frame_tail *tail)
{
    static const uint64_t head = FPSIMD_HEAD;
    uint64_t record[2] = {tf->regs[29], tf->regs[30]}, records = at + SIGFRAME_RECORDS;
    bool bad = copy_to_user(at, info, SIGFRAME_INFO_BYTES) ||
               clear_user(at + SIGFRAME_INFO_BYTES, SIGFRAME_STACK - SIGFRAME_INFO_BYTES) ||
               copy_to_user(at + SIGFRAME_STACK, s, SIGFRAME_STACK_BYTES) ||
               copy_to_user(at + SIGFRAME_REGS - 8, &fault_address, 8) ||
               copy_to_user(at + SIGFRAME_REGS, tf, SIGFRAME_REGS_BYTES) ||
               copy_to_user(records, &head, sizeof head) ||
               copy_to_user(records + SIGFRAME_FP_BYTES, tail, TAIL_BYTES) ||
               copy_to_user(at + SIGFRAME_BYTES, record, sizeof record);
    return bad;
}

uint64_t uaccess_frame_get(uint64_t at, struct trapframe *tf, struct frame_read *r)
{
    uint64_t records = at + SIGFRAME_RECORDS;
    char *heads = (char *)r + SIGFRAME_STACK_BYTES;
    return copy_from_user(tf, at + SIGFRAME_REGS, SIGFRAME_REGS_BYTES) ||
           copy_from_user(r, at + SIGFRAME_STACK, SIGFRAME_STACK_BYTES) ||
           copy_from_user(heads, records, 8) ||
           copy_from_user(heads + 8, records + SIGFRAME_FP_BYTES, 8) ||
           copy_from_user(heads + 16, records + SIGFRAME_FP_BYTES + 16, 8);
}

uint64_t uaccess_fpu_load(uint64_t at)
{
    uint8_t bytes[SIGFRAME_FP_BYTES];
    return copy_from_user(bytes, at, sizeof bytes) != 0;
}

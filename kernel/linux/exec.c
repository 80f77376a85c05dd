/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loading a program: its segments are mapped from the file without copying, .bss is zeros on
 * demand. Only the page in which the file's part of a writable segment ends is touched here, to
 * clear what follows in the file. The first stack is exec_stack.c.
 */
#include "kernel/linux/exec.h"
#include "abi/errno.h"
#include "kernel/arch/abi.h"
#include "kernel/linux/exec_stack.h"
#include "lib/str.h"

/* Where position-independent programs go: two thirds up, as Linux has it; moved by up to 2^28
 * pages. */
#define RELOCATABLE_BASE UINT64_C(0xaaaaaaaa0000)

struct vmobj exec_payload;
const void *exec_payload_bytes;

static vaddr_t page_down(vaddr_t a)
{
    return ALIGN_DOWN(a, (vaddr_t)PAGE_SIZE);
}

static vaddr_t page_up(vaddr_t a)
{
    return ALIGN_UP(a, (vaddr_t)PAGE_SIZE);
}

static int map_part(struct aspace *as, vaddr_t start, vaddr_t end, uint32_t prot, struct vmobj *obj,
                    uint64_t offset)
{
    struct aspace_map m = {
        .addr = start,
        .size_bytes = end - start,
        .prot = prot,
        .max_prot = ASPACE_ALL,
        .flags = ASPACE_NOREPLACE,
        .obj = obj,
        .offset = offset,
    };
    vaddr_t at;

    return start < end ? aspace_map(as, &m, &at) : 0;
}

/* File pages, then zeros. Pages before the file's start (a negative offset) are zeros too. */
static int map_segment(struct aspace *as, struct vmobj *program, const struct elf_load_segment *s,
                       uint64_t bias)
{
    vaddr_t start = page_down(s->vaddr + bias), file_end = s->vaddr + bias + s->file_bytes;
    vaddr_t end = page_up(s->vaddr + bias + s->memory_bytes);
    vaddr_t file_pages_end = s->file_bytes ? page_up(file_end) : start;
    int64_t offset = s->offset - (int64_t)(s->vaddr % PAGE_SIZE);
    vaddr_t file_start = offset < 0 ? MIN(start + (uint64_t)-offset, file_pages_end) : start;
    int err;

    err = map_part(as, start, file_start, s->prot, NULL, 0);
    if (!err)
        err = map_part(as, file_start, file_pages_end, s->prot, program,
                       offset < 0 ? 0 : (uint64_t)offset);
    if (!err)
        err = map_part(as, file_pages_end, end, s->prot, NULL, 0);
    if (!err && s->memory_bytes > s->file_bytes && s->prot & ELF_LOAD_WRITE &&
        file_end < file_pages_end)
        err = aspace_write(as, file_end, NULL, file_pages_end - file_end);
    return err == -EEXIST ? -ENOMEM : err;
}

static void note_extents(const struct elf_load_segment *s, uint64_t bias,
                         struct exec_result *result)
{
    vaddr_t start = s->vaddr + bias, end = start + s->file_bytes;

    if (s->prot & ELF_LOAD_EXEC) {
        result->code_start = result->code_end ? MIN(result->code_start, start) : start;
        result->code_end = MAX(result->code_end, end);
    }
    result->data_start = MAX(result->data_start, start);
    result->data_end = MAX(result->data_end, end);
}

/* The bytes of the file at [vaddr, vaddr + size) of the plan, or NULL when they aren't in
 * args->head. */
static const uint8_t *file_bytes_at(const struct exec_args *args, const struct elf_load *plan,
                                    uint64_t vaddr, uint64_t size)
{
    for (const struct elf_load_segment *s = plan->segments; s < plan->segments + plan->count; s++) {
        uint64_t into = vaddr - s->vaddr, offset = (uint64_t)s->offset + into;
        if (vaddr < s->vaddr || into > s->file_bytes || size > s->file_bytes - into)
            continue;
        if (offset > args->head_bytes || size > args->head_bytes - offset)
            return NULL;
        return (const uint8_t *)args->head + offset;
    }
    return NULL;
}

/* Every entry of the table is "base plus addend", or the program is refused. */
static int relocate(struct aspace *as, const struct exec_args *args, const struct elf_load *plan,
                    uint64_t bias)
{
    const uint8_t *table = file_bytes_at(args, plan, plan->rela_vaddr, plan->rela_bytes);
    struct elf_rela r;

    if (!plan->rela_bytes)
        return 0;
    if (!table)
        return -ENOEXEC;
    for (uint64_t at = 0; at < plan->rela_bytes; at += sizeof(r)) {
        memcpy(&r, table + at, sizeof(r));
        uint64_t value = bias + (uint64_t)r.addend;
        if (r.type != elf_relative_type(plan->machine))
            return -ENOEXEC;
        int err = aspace_write(as, bias + r.where, &value, sizeof(value));
        if (err)
            return err == -ENOMEM ? err : -ENOEXEC;
    }
    return 0;
}

static int map_program(struct aspace *as, const struct exec_args *args, const struct elf_load *plan,
                       uint64_t bias, struct exec_result *result)
{
    for (unsigned i = 0; i < plan->count; i++) {
        int err = map_segment(as, args->program, &plan->segments[i], bias);
        if (err)
            return err;
        note_extents(&plan->segments[i], bias, result);
    }
    as->brk_start = as->brk = plan->end + bias;
    result->elf = ELF_LOAD_RELOCATIONS;
    int err = relocate(as, args, plan, bias);
    if (!err)
        result->elf = ELF_LOAD_OK;
    return err;
}

static uint64_t choose_bias(const struct elf_load *plan, uint64_t random)
{
    if (!plan->relocatable)
        return 0;
    return RELOCATABLE_BASE + (random >> 12 & 0xfffffff) * PAGE_SIZE - plan->start;
}

int exec_load(struct aspace *as, const struct exec_args *args, struct exec_result *result)
{
    struct elf_load plan;

    memset(result, 0, sizeof(*result));
    result->elf =
        elf_load_plan(&plan, args->head, args->head_bytes, args->file_bytes, ARCH_ELF_MACHINE);
    if (result->elf)
        return -ENOEXEC;
    uint64_t bias = choose_bias(&plan, args->layout_random);
    int err = map_program(as, args, &plan, bias, result);
    if (err)
        return err;
    result->entry = plan.entry + bias;
    return exec_stack_build(as, args, &plan, bias, result);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first stack. From the top down: execfn, environment strings, argument strings, the platform's
 * name, 16 random bytes; then, ending 16-byte aligned at sp: argc, argv[], NULL, envp[], NULL, the
 * auxiliary vector. (System V ABI, "Process Initialization"; Linux keeps argv's strings just below
 * envp's, which programs that change their title rely on.)
 */
#include "kernel/linux/exec_stack.h"
#include "abi/errno.h"
#include "kernel/arch/abi.h"
#include "lib/str.h"

enum {
    AT_NULL = 0,
    AT_PHDR = 3,
    AT_PHENT = 4,
    AT_PHNUM = 5,
    AT_PAGESZ = 6,
    AT_BASE = 7,
    AT_FLAGS = 8,
    AT_ENTRY = 9,
    AT_UID = 11,
    AT_PLATFORM = 15,
    AT_HWCAP = 16,
    AT_CLKTCK = 17,
    AT_SECURE = 23,
    AT_RANDOM = 25,
    AT_HWCAP2 = 26,
    AT_EXECFN = 31,
    AT_SYSINFO_EHDR = 33,

    CLOCK_TICKS = 100,
    STACK_FIRST_BYTES =
        128 << 10, /* mapped below the strings at once; rt0 of Go counts on 64 KiB */
};

/* Where the strings are. */
struct strings {
    vaddr_t execfn, envp, argv, platform, random;
};

/* A buffer for words that go to the program one after the other. */
struct word_writer {
    struct aspace *as;
    vaddr_t at;
    int err;
    unsigned count;
    uint64_t words[32];
};

static void flush_words(struct word_writer *w)
{
    if (!w->err)
        w->err = aspace_write(w->as, w->at, w->words, w->count * sizeof(w->words[0]));
    w->at += w->count * sizeof(w->words[0]);
    w->count = 0;
}

static void put_word(struct word_writer *w, uint64_t v)
{
    if (w->count == ARRAY_SIZE(w->words))
        flush_words(w);
    w->words[w->count++] = v;
}

/* The address of every string, then NULL. `at`: where the first one is in the program. */
static void put_pointers(struct word_writer *w, const struct exec_strings *s, vaddr_t at)
{
    size_t offset = 0;

    for (unsigned i = 0; i < s->count; i++) {
        put_word(w, at + offset);
        offset += strnlen(s->data + offset, s->size_bytes - offset) + 1;
    }
    put_word(w, 0);
}

static void add_aux(struct exec_result *r, uint64_t tag, uint64_t value)
{
    r->auxv[r->auxv_words++] = tag;
    r->auxv[r->auxv_words++] = value;
}

static void make_auxv(const struct exec_args *args, const struct elf_load *plan, uint64_t bias,
                      const struct strings *s, struct exec_result *r)
{
    if (args->vdso)
        add_aux(r, AT_SYSINFO_EHDR, args->vdso);
    add_aux(r, AT_HWCAP, args->hwcap);
    add_aux(r, AT_PAGESZ, PAGE_SIZE);
    add_aux(r, AT_CLKTCK, CLOCK_TICKS);
    add_aux(r, AT_PHDR, plan->phdr_vaddr ? plan->phdr_vaddr + bias : 0);
    add_aux(r, AT_PHENT, plan->phdr_entry_bytes);
    add_aux(r, AT_PHNUM, plan->phdr_count);
    add_aux(r, AT_BASE, 0);
    add_aux(r, AT_FLAGS, 0);
    add_aux(r, AT_ENTRY, r->entry);
    for (unsigned i = 0; i < ARRAY_SIZE(args->ids); i++)
        add_aux(r, AT_UID + i, args->ids[i]);
    add_aux(r, AT_SECURE, args->ids[0] != args->ids[1] || args->ids[2] != args->ids[3]);
    add_aux(r, AT_RANDOM, s->random);
    add_aux(r, AT_HWCAP2, args->hwcap2);
    add_aux(r, AT_EXECFN, s->execfn);
    add_aux(r, AT_PLATFORM, s->platform);
    add_aux(r, AT_NULL, 0);
}

/* Put size bytes below *top and move it there. */
static int push(struct aspace *as, vaddr_t *top, const void *data, size_t size, vaddr_t *at)
{
    *top -= size;
    *at = *top;
    return aspace_write(as, *at, data, size);
}

static int push_strings(struct aspace *as, const struct exec_args *args, vaddr_t top,
                        struct strings *s)
{
    static const char platform[] = ARCH_PLATFORM;
    int err;

    top -= sizeof(uint64_t); /* a zero word ends it all */
    err = push(as, &top, args->execfn, strlen(args->execfn) + 1, &s->execfn);
    if (!err)
        err = push(as, &top, args->envp.data, args->envp.size_bytes, &s->envp);
    if (!err)
        err = push(as, &top, args->argv.data, args->argv.size_bytes, &s->argv);
    if (!err)
        err = push(as, &top, platform, sizeof(platform), &s->platform);
    top = ALIGN_DOWN(top, (vaddr_t)16);
    if (!err)
        err = push(as, &top, args->random, sizeof(args->random), &s->random);
    return err;
}

static uint64_t string_bytes(const struct exec_args *args)
{
    return args->argv.size_bytes + args->envp.size_bytes + strlen(args->execfn) +
           sizeof(ARCH_PLATFORM) + 64;
}

static uint64_t vector_bytes(const struct exec_args *args)
{
    return (3 + (uint64_t)args->argv.count + args->envp.count + 2 * EXEC_AUXV_MAX) *
           sizeof(uint64_t);
}

static int map_stack(struct aspace *as, const struct exec_args *args, const struct elf_load *plan)
{
    uint64_t limit = args->stack_limit_bytes ? args->stack_limit_bytes : EXEC_STACK_BYTES;
    uint64_t used = string_bytes(args) + vector_bytes(args);
    uint64_t size = ALIGN_UP(used + STACK_FIRST_BYTES, (uint64_t)PAGE_SIZE);
    struct aspace_map m = {
        .addr = as->stack_top - size,
        .size_bytes = size,
        .prot = ASPACE_READ | ASPACE_WRITE | (plan->executable_stack ? ASPACE_EXEC : 0),
        .max_prot = ASPACE_ALL,
        .flags = ASPACE_NOREPLACE | ASPACE_GROWSDOWN | ASPACE_STACK,
    };
    vaddr_t at;

    if (used > EXEC_ARGS_MAX || used > limit / 4)
        return -E2BIG;
    as->limit_stack_bytes = limit;
    return aspace_map(as, &m, &at) ? -ENOMEM : 0;
}

static int write_vectors(struct aspace *as, const struct exec_args *args, const struct strings *s,
                         struct exec_result *r)
{
    unsigned words = 3 + args->argv.count + args->envp.count + r->auxv_words;
    struct word_writer w = {.as = as};

    r->sp = w.at = ALIGN_DOWN(s->random - words * sizeof(uint64_t), (vaddr_t)16);
    put_word(&w, args->argv.count);
    put_pointers(&w, &args->argv, s->argv);
    put_pointers(&w, &args->envp, s->envp);
    for (unsigned i = 0; i < r->auxv_words; i++)
        put_word(&w, r->auxv[i]);
    flush_words(&w);
    return w.err;
}

COLD int exec_stack_build(struct aspace *as, const struct exec_args *args,
                          const struct elf_load *plan, uint64_t bias, struct exec_result *result)
{
    struct strings s;
    int err = map_stack(as, args, plan);

    if (err)
        return err;
    err = push_strings(as, args, as->stack_top, &s);
    if (err)
        return -ENOMEM;
    result->stack_top = as->stack_top;
    result->arg_start = s.argv;
    result->arg_end = s.argv + args->argv.size_bytes;
    result->env_start = s.envp;
    result->env_end = s.envp + args->envp.size_bytes;
    make_auxv(args, plan, bias, &s, result);
    return write_vectors(as, args, &s, result) ? -ENOMEM : 0;
}

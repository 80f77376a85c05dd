/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Counts the guest instructions that QEMU's TCG executes (see README.md for the options).
 *
 * The plugin interface shows neither registers nor the exception level, so an instruction belongs
 * to the kernel or to the program by its virtual address: bit 63 set is the kernel; 0x40000000 to
 * 0xffffffff is the kernel too, running where virt's RAM is before the MMU is on; anything else is
 * the program.
 *
 * One CPU: every instruction bumps its counter inline, exact even where an exception leaves a block
 * half way. Several CPUs: inline counters would race, so a callback adds a block's length to the
 * CPU's own; blocks left early by a fault count whole.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/insncount/hot.h"
#include "tools/insncount/qemu_plugin.h"

#define EXPORT   __attribute__((visibility("default")))
#define CPUS_MAX 64

enum owner { PROGRAM, KERNEL, KERNEL_MMU_OFF, OWNERS };
static const char *const owner_name[OWNERS] = {"program", "kernel", "kernel_mmu_off"};

enum { SVC, HVC, ERET, WFI, EVENTS };
static const char *const event_name[EVENTS] = {"svc", "hvc", "eret", "wfi"};
static const struct {
    uint32_t mask, value;
} event_code[EVENTS] = {
    [SVC] = {0xffe0001f, 0xd4000001},
    [HVC] = {0xffe0001f, 0xd4000002},
    [ERET] = {0xffffffff, 0xd69f03e0},
    [WFI] = {0xffffffff, 0xd503207f},
};

/* Counters of one CPU, a cache line of its own. */
struct counters {
    uint64_t insns[OWNERS];
} __attribute__((aligned(64)));

static struct {
    const char *out, *hot; /* paths; NULL: standard error; no profile */
    bool system, smp;
    struct counters cpu[CPUS_MAX]; /* [0] takes the inline counts */
    uint64_t events[EVENTS];
} count;

/* exported by every plugin: the interface's version that it was built for */
EXPORT int qemu_plugin_version;
EXPORT int qemu_plugin_version = 1;
EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv);

static enum owner owner_of(uint64_t address)
{
    if (!count.system)
        return PROGRAM;
    if (address >> 63)
        return KERNEL;
    return address >= 0x40000000 && address <= 0xffffffff ? KERNEL_MMU_OFF : PROGRAM;
}

/* DATA packs the block's owner (top byte) and its length, saving an allocation per block. */
static void add_block(unsigned int cpu, void *data)
{
    uintptr_t packed = (uintptr_t)data;

    count.cpu[cpu % CPUS_MAX].insns[packed >> 56] += packed & 0xffffff;
}

static void count_event(struct qemu_plugin_insn *insn)
{
    uint32_t code;

    if (qemu_plugin_insn_size(insn) != sizeof(code))
        return;
    memcpy(&code, qemu_plugin_insn_data(insn), sizeof(code));
    for (int e = 0; e < EVENTS; e++)
        if ((code & event_code[e].mask) == event_code[e].value)
            qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                       &count.events[e], 1);
}

static void instrument_insn(struct qemu_plugin_insn *insn, enum owner owner)
{
    if (!count.smp)
        qemu_plugin_register_vcpu_insn_exec_inline(insn, QEMU_PLUGIN_INLINE_ADD_U64,
                                                   &count.cpu[0].insns[owner], 1);
    count_event(insn);
}

static void instrument_block(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    size_t insns = qemu_plugin_tb_n_insns(tb);
    uint64_t address = qemu_plugin_tb_vaddr(tb);
    enum owner owner = owner_of(address);
    uint64_t *executions = count.hot ? hot_counter(address, (uint32_t)insns) : NULL;
    (void)id;

    if (executions)
        qemu_plugin_register_vcpu_tb_exec_inline(tb, QEMU_PLUGIN_INLINE_ADD_U64, executions, 1);
    if (count.smp)
        qemu_plugin_register_vcpu_tb_exec_cb(tb, add_block, QEMU_PLUGIN_CB_NO_REGS,
                                             (void *)((uintptr_t)owner << 56 | insns));
    for (size_t i = 0; i < insns; i++)
        instrument_insn(qemu_plugin_tb_get_insn(tb, i), owner);
}

static void report(FILE *out)
{
    uint64_t sum[OWNERS] = {0}, total = 0;

    for (int cpu = 0; cpu < CPUS_MAX; cpu++)
        for (int c = 0; c < OWNERS; c++)
            sum[c] += count.cpu[cpu].insns[c];
    for (int c = 0; c < OWNERS; c++)
        total += sum[c];
    fprintf(out, "{\"total\": %" PRIu64, total);
    for (int c = 0; c < OWNERS; c++)
        fprintf(out, ", \"%s\": %" PRIu64, owner_name[c], sum[c]);
    for (int e = 0; e < EVENTS; e++)
        fprintf(out, ", \"%s\": %" PRIu64, event_name[e], count.events[e]);
    fprintf(out, "}\n");
}

/* Opens PATH for writing, standard error when it is NULL or can't be opened: a count is never lost.
 */
static FILE *open_or_stderr(const char *path)
{
    FILE *f = path ? fopen(path, "w") : NULL;

    return f ? f : stderr;
}

static void at_exit(qemu_plugin_id_t id, void *data)
{
    FILE *out = open_or_stderr(count.out);
    (void)id;
    (void)data;

    report(out);
    fflush(out);
    if (count.hot) {
        FILE *hot = open_or_stderr(count.hot);
        hot_write(hot);
        fflush(hot);
    }
}

static bool set_option(const char *option)
{
    if (!strncmp(option, "out=", 4))
        return (count.out = strdup(option + 4));
    if (!strncmp(option, "hot=", 4))
        return (count.hot = strdup(option + 4));
    fprintf(stderr, "insncount: unknown option %s; there are out=FILE and hot=FILE\n", option);
    return false;
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const qemu_info_t *info, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!set_option(argv[i]))
            return -1;
    count.system = info->system_emulation;
    count.smp = !count.system || info->system.smp_vcpus > 1;
    qemu_plugin_register_vcpu_tb_trans_cb(id, instrument_block);
    qemu_plugin_register_atexit_cb(id, at_exit, NULL);
    return 0;
}

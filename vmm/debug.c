/* SPDX-License-Identifier: Apache-2.0 */
/* Sources: the GDB manual, "Remote Protocol"; QEMU's documentation of its gdbstub
 * (Qqemu.PhyMemMode, system-registers.xml). */
#include "vmm/debug.h"
#include "abi/debug.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    XML_MAX = 1 << 20,
    THREADS_MAX = 1 << 14,
    G_SP = 31 * 8, /* in the answer to `g`: x0 to x30, sp, pc, cpsr */
    G_PC = 32 * 8,
    G_CPSR = 33 * 8,
};

#define TABLE_ADDRESS UINT64_C(0x0000fffffffffffe)

/* A file of the target description, in pieces. */
static char *xml_read(struct gdb *gdb, const char *name)
{
    char *text = malloc(XML_MAX), question[96], answer[GDB_PACKET_MAX];
    size_t size = 0;
    do {
        snprintf(question, sizeof(question), "qXfer:features:read:%s:%zx,ff0", name, size);
        if (!text || gdb_ask(gdb, question, answer) != 0 || (*answer != 'm' && *answer != 'l') ||
            size + strlen(answer) >= XML_MAX) {
            free(text);
            return NULL;
        }
        size_t n = strlen(answer + 1);
        memcpy(text + size, answer + 1, n + 1);
        size += n;
        if (n == 0)
            break;
    } while (*answer == 'm');
    return text;
}

/* The debugger's number of a system register. */
static bool register_number(const char *xml, const char *name, unsigned *out)
{
    char pattern[64];
    snprintf(pattern, sizeof(pattern), "<reg name=\"%s\"", name);
    const char *at = strstr(xml, pattern);
    const char *end = at ? strchr(at, '>') : NULL;
    const char *number = at ? strstr(at, "regnum=\"") : NULL;
    return number && number < end && sscanf(number, "regnum=\"%u", out) == 1;
}

static int register_find(struct gdb *gdb, const char *xml, const char *name, unsigned *number)
{
    return register_number(xml, name, number)
               ? 0
               : error_set(gdb->err, -ENOTSUP, "this QEMU doesn't tell the register %s", name);
}

/* Of the processor that was chosen last. */
static int register_read(struct gdb *gdb, unsigned number, uint64_t *out)
{
    char question[32], answer[GDB_PACKET_MAX];
    snprintf(question, sizeof(question), "p%x", number);
    int rc = gdb_ask(gdb, question, answer);
    if (rc == 0 && !gdb_bytes(answer, out, sizeof(*out)))
        rc = error_set(gdb->err, -ENOTSUP, "this QEMU doesn't tell system registers");
    return rc;
}

static int thread_add(struct debug *d, const struct debug_registers *r)
{
    if (d->nthreads == THREADS_MAX)
        return 0;
    if ((d->nthreads & (d->nthreads - 1)) == 0) { /* full: there is room for a power of two */
        size_t room = d->nthreads ? 2 * d->nthreads : 1;
        struct debug_registers *grown = reallocarray(d->threads, room, sizeof(*grown));
        if (!grown)
            return error_errno(d->gdb.err, "cannot keep the registers");
        d->threads = grown;
    }
    d->threads[d->nthreads++] = *r;
    return 0;
}

/* What runs the program has its page table for sure: it comes first. */
static int table_add(struct debug *d, bool in_program)
{
    paddr_t table;
    int rc = register_read(&d->gdb, d->user_register, &table);
    if (rc < 0 || d->ntables == DEBUG_CPUS_MAX)
        return rc;
    d->tables[d->ntables] = in_program ? d->tables[0] : table & TABLE_ADDRESS;
    if (in_program)
        d->tables[0] = table & TABLE_ADDRESS;
    d->ntables++;
    return 0;
}

/* The processor's page table, and its registers if it runs the program: exception level 0. */
static int cpu_read(struct debug *d, const char *id)
{
    char question[64], answer[GDB_PACKET_MAX];
    struct debug_registers r;
    uint32_t cpsr;
    snprintf(question, sizeof(question), "Hg%s", id);
    int rc = gdb_ask_ok(&d->gdb, question);
    if (rc == 0)
        rc = gdb_ask(&d->gdb, "g", answer);
    if (rc < 0)
        return rc;
    if (strlen(answer) < 2 * (G_CPSR + sizeof(cpsr)) || !gdb_bytes(answer, r.x, sizeof(r.x)) ||
        !gdb_bytes(answer + 2 * G_SP, &r.sp, 8) || !gdb_bytes(answer + 2 * G_PC, &r.pc, 8) ||
        !gdb_bytes(answer + 2 * G_CPSR, &cpsr, sizeof(cpsr)))
        return error_set(d->gdb.err, -ENOTSUP, "this QEMU doesn't tell registers as expected");
    bool in_program = (cpsr >> 2 & 3) == 0;
    rc = table_add(d, in_program);
    return rc == 0 && in_program ? thread_add(d, &r) : rc;
}

/* One answer may tell of several; those that follow are asked for until an "l" says that there are
 * no more. */
static int cpus_read(struct debug *d)
{
    char answer[GDB_PACKET_MAX];
    int rc = gdb_ask(&d->gdb, "qfThreadInfo", answer);
    if (rc == 0 && *answer != 'm')
        rc = error_set(d->gdb.err, -ENOTSUP, "this QEMU doesn't tell its processors");
    while (rc == 0 && *answer == 'm' && d->ntables < DEBUG_CPUS_MAX) {
        char *rest = answer + 1;
        while (rc == 0 && rest)
            rc = cpu_read(d, strsep(&rest, ","));
        if (rc == 0)
            rc = gdb_ask(&d->gdb, "qsThreadInfo", answer);
    }
    return rc;
}

/* Threads that are in the kernel: by their stacks. */
static int stacks_read(struct debug *d)
{
    struct debug_frame f;
    int rc = 0;
    for (vaddr_t end = DEBUG_STACKS_BASE + DEBUG_STACK_SLOT; rc == 0 && d->nthreads < THREADS_MAX;
         end += DEBUG_STACK_SLOT) {
        if (debug_read(d, end - sizeof(f), &f, sizeof(f)) != 0)
            return 0;
        struct debug_registers r = {.sp = f.sp, .pc = f.pc};
        memcpy(r.x, f.x, sizeof(r.x));
        rc = thread_add(d, &r);
    }
    return rc;
}

static int registers_find(struct debug *d)
{
    char *xml = xml_read(&d->gdb, "system-registers.xml");
    unsigned kernel_register = 0;
    if (!xml)
        return error_set(d->gdb.err, -ENOTSUP, "this QEMU doesn't tell system registers");
    int rc = register_find(&d->gdb, xml, "TTBR0_EL1", &d->user_register);
    if (rc == 0)
        rc = register_find(&d->gdb, xml, "TTBR1_EL1", &kernel_register);
    if (rc == 0)
        rc = register_read(&d->gdb, kernel_register, &d->kernel_table);
    free(xml);
    d->kernel_table &= TABLE_ADDRESS;
    return rc;
}

static bool table_used(struct debug *d, paddr_t table)
{
    uint64_t entry;
    for (size_t at = 0; at < DEBUG_PAGE_BYTES; at += sizeof(entry))
        if (debug_physical(d, table + at, &entry, sizeof(entry)) == 0 && (entry & 1))
            return true;
    return false;
}

bool debug_next_table(struct debug *d)
{
    while (d->next_table < d->ntables) {
        d->user_table = d->tables[d->next_table++];
        if (table_used(d, d->user_table))
            return true;
    }
    return false;
}

static int look(struct debug *d)
{
    struct gdb *gdb = &d->gdb;
    char answer[GDB_PACKET_MAX];
    int rc = gdb_ask(gdb, "qSupported:qXfer:features:read+", answer);
    if (rc == 0 && *answer == 'T') /* QEMU before 8.1 says by itself that it has stopped */
        rc = gdb_receive(gdb, answer);
    if (rc == 0) /* what QEMU makes the description of */
        free(xml_read(gdb, "target.xml"));
    if (rc == 0)
        rc = registers_find(d);
    if (rc == 0)
        rc = cpus_read(d);
    if (rc == 0)
        rc = gdb_ask_ok(gdb, "Qqemu.PhyMemMode:1");
    if (rc < 0)
        return rc;
    gdb->err = &d->ignored;
    debug_next_table(d);
    return stacks_read(d);
}

int debug_open(struct debug *d, const char *path, struct error *err)
{
    memset(d, 0, sizeof(*d));
    int rc = gdb_connect(&d->gdb, path, err);
    if (rc < 0)
        return rc;
    rc = look(d);
    if (rc < 0)
        debug_close(d);
    return rc;
}

void debug_close(struct debug *d)
{
    char answer[GDB_PACKET_MAX];
    d->gdb.err = &d->ignored;
    gdb_ask(&d->gdb, "Qqemu.PhyMemMode:0", answer);
    gdb_ask(&d->gdb, "D", answer);
    gdb_close(&d->gdb);
    free(d->threads);
    d->threads = NULL;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/goroutines.h"

#include <errno.h>
#include <stdlib.h>

/* Source: Go's runtime/runtime2.go. The number of goroutines is bounded against a damaged image. */
enum {
    STATUS_RUNNING = 2,
    STATUS_SYSCALL = 3,
    STATUS_WAITING = 4,
    STATUS_DEAD = 6,
    STATUS_PREEMPTED = 9,
    STATUS_DEAD_EXTRA = 11,
    STATUS_SCAN = 0x1000,
    GOROUTINES_MAX = 1 << 22,
};

static const char *const states[] = {"idle",      "runnable",  "running", "syscall",
                                     "waiting",   "moribund",  "dead",    "enqueued",
                                     "copystack", "preempted", "leaked",  "dead"};

struct reader {
    struct gobin *bin;
    const struct layout *layout;
    const struct globals *globals;
    const struct memory *memory;
};

static uint64_t field(const struct reader *r, vaddr_t object, enum layout_field which)
{
    uint64_t value;
    int32_t at = r->layout->at[which];
    return at >= 0 && memory_word(r->memory, object + (vaddr_t)at, &value) ? value : 0;
}

static bool status_read(const struct reader *r, vaddr_t g, uint32_t *status)
{
    if (!memory_u32(r->memory, g + (vaddr_t)r->layout->at[LAYOUT_g_status], status))
        return false;
    *status &= ~(uint32_t)STATUS_SCAN;
    return *status < ARRAY_SIZE(states);
}

static void saved_registers(const struct reader *r, struct goroutine *g, uint32_t status)
{
    vaddr_t sched = g->addr + (vaddr_t)r->layout->at[LAYOUT_g_sched];
    uint64_t syscall_sp = field(r, g->addr, LAYOUT_g_syscallsp);
    if (status == STATUS_SYSCALL && syscall_sp) {
        g->sp = syscall_sp;
        g->pc = field(r, g->addr, LAYOUT_g_syscallpc);
        return;
    }
    g->sp = field(r, sched, LAYOUT_gobuf_sp);
    g->pc = field(r, sched, LAYOUT_gobuf_pc);
    g->lr = field(r, sched, LAYOUT_gobuf_lr);
}

static bool goroutine_read(const struct reader *r, vaddr_t addr, struct goroutine *g)
{
    uint32_t status;
    if (!status_read(r, addr, &status))
        return false;
    *g = (struct goroutine){.addr = addr, .state = states[status]};
    g->id = field(r, addr, LAYOUT_g_goid);
    g->m = field(r, addr, LAYOUT_g_m);
    g->procid = g->m ? field(r, g->m, LAYOUT_m_procid) : 0;
    g->start_pc = field(r, addr, LAYOUT_g_startpc);
    g->creator_pc = field(r, addr, LAYOUT_g_gopc);
    g->running = status == STATUS_RUNNING;
    g->dead = status == STATUS_DEAD || status == STATUS_DEAD_EXTRA;
    if (status == STATUS_WAITING || status == STATUS_PREEMPTED)
        g->wait_reason =
            globals_wait_reason(r->globals, r->bin, (uint8_t)field(r, addr, LAYOUT_g_waitreason));
    saved_registers(r, g, status);
    return true;
}

/* A slice of pointers to plausible goroutines, the first of which is the main one. */
static bool slice_plausible(const struct reader *r, vaddr_t slice, vaddr_t *array, uint64_t *n)
{
    uint64_t room, first;
    uint32_t status;
    if (!memory_word(r->memory, slice, array) || !memory_word(r->memory, slice + 8, n) ||
        !memory_word(r->memory, slice + 16, &room))
        return false;
    return *array && *n && *n <= room && *n <= GOROUTINES_MAX &&
           memory_word(r->memory, *array, &first) && status_read(r, first, &status) &&
           field(r, first, LAYOUT_g_goid) == 1;
}

static int allgs_read(const struct reader *r, vaddr_t *array, uint64_t *n)
{
    for (size_t i = 0; i < r->globals->nallgs; i++)
        if (slice_plausible(r, r->globals->allgs[i] + r->memory->bias, array, n))
            return 0;
    return gobin_fail(&r->bin->error, ENOENT,
                      "no list of goroutines in memory: the runtime hasn't made the first yet, "
                      "or this isn't the program that runs there");
}

int goroutines_list(struct gobin *bin, const struct layout *l, const struct globals *globals,
                    const struct memory *memory, struct goroutine **out, size_t *n)
{
    struct reader r = {bin, l, globals, memory};
    vaddr_t array, addr;
    uint64_t length;
    int rc = allgs_read(&r, &array, &length);
    if (rc != 0)
        return rc;
    struct goroutine *all = calloc(length, sizeof(*all));
    if (!all)
        return gobin_fail(&bin->error, ENOMEM, "no memory for %zu goroutines", (size_t)length);
    size_t read = 0;
    for (uint64_t i = 0; i < length; i++)
        if (memory_word(memory, array + 8 * i, &addr) && goroutine_read(&r, addr, &all[read]))
            read++;
    *out = all;
    *n = read;
    return 0;
}

void goroutine_unwind(struct unwind *u, const struct goroutine *g, const struct gobin *bin,
                      const struct memory *memory)
{
    unwind_start(u, bin, memory, g->pc, g->sp, g->lr, false);
}

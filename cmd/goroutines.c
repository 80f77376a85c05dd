/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/goroutines.h"

#include <errno.h>
#include <stdlib.h>

#include "gobin/bias.h"
#include "vmm/debug.h"

enum { FRAMES_SHOWN = 100, INLINED_MAX = 32, G_REGISTER = 28, LR_REGISTER = 30 };

struct view {
    struct gobin bin;
    struct layout layout;
    struct globals globals;
    struct memory memory;
    struct debug *debug;
    struct goroutine_table *table;
    size_t room; /* for positions */
    bool no_memory;
};

static int machine_memory(void *context, vaddr_t addr, void *out, size_t size)
{
    return debug_read(context, addr, out, size);
}

static void thread_unwind(struct unwind *u, const struct view *v, const struct debug_registers *r)
{
    unwind_start(u, &v->bin, &v->memory, r->pc, r->sp, r->x[LR_REGISTER], true);
}

static bool is_interrupted_in(const struct view *v, const struct debug_registers *r, vaddr_t g)
{
    struct unwind u;
    struct frame f;
    thread_unwind(&u, v, r);
    while (u.interrupted_g != g && unwind_next(&u, &f))
        ;
    return u.interrupted_g == g;
}

/* The thread that runs it. Its g is in x28 as long as Go code runs, but for signals' handlers,
 * which have one of their own. */
static const struct debug_registers *registers_of(const struct view *v, const struct goroutine *g)
{
    const struct debug_registers *threads = v->debug->threads;
    for (size_t i = 0; i < v->debug->nthreads; i++)
        if (threads[i].x[G_REGISTER] == g->addr)
            return &threads[i];
    for (size_t i = 0; i < v->debug->nthreads; i++)
        if (is_interrupted_in(v, &threads[i], g->addr))
            return &threads[i];
    return NULL;
}

static void position_add(struct view *v, const struct gopos *pos)
{
    struct goroutine_table *t = v->table;
    if (t->position_count == v->room) {
        size_t room = v->room ? 2 * v->room : 256;
        struct gopos *grown = reallocarray(t->positions, room, sizeof(*grown));
        if (!grown) {
            v->no_memory = true;
            return;
        }
        t->positions = grown;
        v->room = room;
    }
    t->positions[t->position_count++] = *pos;
}

static void frame_add(struct view *v, const struct frame *f)
{
    struct gopos pos[INLINED_MAX];
    size_t n = pclntab_positions(&v->bin.pclntab, &f->func, f->lookup, pos, ARRAY_SIZE(pos));
    for (size_t i = 0; i < n; i++)
        position_add(v, &pos[i]);
}

static void stack_read(struct view *v, struct goroutine_seen *seen)
{
    struct unwind u;
    struct frame f;
    unsigned frames = 0;
    const struct debug_registers *r = seen->g.running ? registers_of(v, &seen->g) : NULL;
    seen->end = STACK_ELSEWHERE;
    if (seen->g.running && !r)
        return;
    if (r)
        thread_unwind(&u, v, r);
    else
        goroutine_unwind(&u, &seen->g, &v->bin, &v->memory);
    seen->pc = u.pc;
    for (; frames < FRAMES_SHOWN && unwind_next(&u, &f); frames++)
        frame_add(v, &f);
    seen->end = frames == FRAMES_SHOWN ? STACK_CUT : frames ? STACK_WHOLE : STACK_OUTSIDE;
}

static void creator_read(const struct view *v, struct goroutine_seen *seen)
{
    struct gofunc f;
    struct gopos pos;
    vaddr_t pc = seen->g.creator_pc - v->memory.bias - 1;
    if (!seen->g.creator_pc || pclntab_find(&v->bin.pclntab, pc, &f) != 0 ||
        pclntab_positions(&v->bin.pclntab, &f, pc, &pos, 1) != 1)
        return;
    seen->creator = (struct gopos){f.name, pos.file, pos.line};
}

static int all_read(struct view *v, struct error *err)
{
    struct goroutine_table *t = v->table;
    struct goroutine *all;
    size_t n;
    if (goroutines_list(&v->bin, &v->layout, &v->globals, &v->memory, &all, &n) != 0)
        return error_set(err, -ENOENT, "%s", v->bin.error.text);
    t->all = calloc(n + 1, sizeof(*t->all));
    for (size_t i = 0; t->all && i < n; i++) {
        struct goroutine_seen *seen = &t->all[t->count];
        if (all[i].dead)
            continue;
        *seen = (struct goroutine_seen){.g = all[i], .first = t->position_count};
        stack_read(v, seen);
        creator_read(v, seen);
        seen->count = t->position_count - seen->first;
        t->count++;
    }
    free(all);
    return t->all && !v->no_memory ? 0 : error_set(err, -ENOMEM, "no memory for %zu goroutines", n);
}

/* Some thread is in the program's code, be it with the return address of what it has called. */
static int place_find(struct view *v, struct error *err)
{
    const struct debug *d = v->debug;
    if (!v->bin.elf.pie)
        return 0;
    for (size_t i = 0; i < d->nthreads; i++)
        if (bias_find(&v->bin, &v->memory, d->threads[i].pc, &v->memory.bias) ||
            bias_find(&v->bin, &v->memory, d->threads[i].x[LR_REGISTER], &v->memory.bias))
            return 0;
    return error_set(err, -ENOENT, "no thread is in the program's code: it hasn't begun");
}

static int machine_read(struct view *v, const char *debugger, struct error *err)
{
    v->debug = malloc(sizeof(*v->debug));
    if (!v->debug)
        return error_errno(err, "cannot look at the machine");
    int rc = debug_open(v->debug, debugger, err);
    if (rc == 0) {
        v->memory = (struct memory){.read = machine_memory, .context = v->debug};
        do {
            rc = place_find(v, err);
            if (rc == 0)
                rc = all_read(v, err);
        } while (rc == -ENOENT && debug_next_table(v->debug));
        debug_close(v->debug);
    }
    free(v->debug);
    return rc;
}

int goroutines_read(struct goroutine_table *table, const char *debugger, struct span program,
                    struct error *err)
{
    struct view v = {.table = table};
    *table = (struct goroutine_table){0};
    if (gobin_open(&v.bin, program.data, program.size) != 0)
        return error_set(err, -ENOEXEC, "%s", v.bin.error.text);
    int rc = 0;
    if (layout_find(&v.layout, &v.bin) != 0)
        rc = error_set(err, -ENOEXEC, "%s", v.bin.error.text);
    globals_find(&v.globals, &v.bin, &v.layout);
    if (rc == 0)
        rc = machine_read(&v, debugger, err);
    gobin_close(&v.bin);
    if (rc < 0)
        goroutines_free(table);
    return rc;
}

void goroutines_free(struct goroutine_table *table)
{
    free(table->all);
    free(table->positions);
    *table = (struct goroutine_table){0};
}

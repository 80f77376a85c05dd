/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/goroutines.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "gobin/goroutines.h"
#include "vmm/debug.h"

enum { FRAMES_SHOWN = 100, INLINED_MAX = 32, G_REGISTER = 28, LR_REGISTER = 30 };

struct view {
    FILE *out;
    struct gobin bin;
    struct layout layout;
    struct globals globals;
    struct memory memory;
    struct debug *debug;
};

static int machine_memory(void *context, vaddr_t addr, void *out, size_t size)
{
    return debug_read(context, addr, out, size);
}

/* The thread that runs it. Its g is in x28 as long as Go code runs. */
static const struct debug_registers *registers_of(const struct view *v, const struct goroutine *g)
{
    for (size_t i = 0; i < v->debug->nthreads; i++)
        if (v->debug->threads[i].x[G_REGISTER] == g->addr)
            return &v->debug->threads[i];
    return NULL;
}

static void frame_print(const struct view *v, const struct frame *f)
{
    struct gopos pos[INLINED_MAX];
    size_t n = pclntab_positions(&v->bin.pclntab, &f->func, f->lookup, pos, ARRAY_SIZE(pos));
    for (size_t i = 0; i < n; i++)
        fprintf(v->out, "%s(...)\n\t%s:%d\n", pos[i].func, pos[i].file, pos[i].line);
}

static void stack_print(const struct view *v, struct unwind *u)
{
    struct frame f;
    unsigned frames = 0;
    for (; frames < FRAMES_SHOWN && unwind_next(u, &f); frames++)
        frame_print(v, &f);
    if (frames == FRAMES_SHOWN)
        fprintf(v->out, "...more frames\n");
    else if (frames == 0)
        fprintf(v->out, "\tat 0x%" PRIx64 ", outside of Go's code\n", u->pc);
}

static void creator_print(const struct view *v, const struct goroutine *g)
{
    struct gofunc f;
    struct gopos pos;
    vaddr_t pc = g->creator_pc - 1;
    if (g->creator_pc && pclntab_find(&v->bin.pclntab, pc, &f) == 0 &&
        pclntab_positions(&v->bin.pclntab, &f, pc, &pos, 1) == 1)
        fprintf(v->out, "created by %s\n\t%s:%d\n", f.name, pos.file, pos.line);
}

static void goroutine_print(const struct view *v, const struct goroutine *g)
{
    struct unwind u;
    struct span why = g->wait_reason;
    const struct debug_registers *r = g->running ? registers_of(v, g) : NULL;
    fprintf(v->out, "\ngoroutine %" PRIu64 " [%.*s", g->id,
            (int)(why.size ? why.size : strlen(g->state)),
            why.size ? (const char *)why.data : g->state);
    fprintf(v->out, g->procid ? ", thread %" PRIu64 "]:\n" : "]:\n", g->procid);
    if (r)
        unwind_start(&u, &v->bin, &v->memory, r->pc, r->sp, r->x[LR_REGISTER], true);
    else
        goroutine_unwind(&u, g, &v->bin, &v->memory);
    if (g->running && !r)
        fprintf(v->out, "\tits thread runs the scheduler or a signal handler\n");
    else
        stack_print(v, &u);
    creator_print(v, g);
}

static int all_print(struct view *v, struct error *err)
{
    struct goroutine *all;
    size_t n, shown = 0;
    if (goroutines_list(&v->bin, &v->layout, &v->globals, &v->memory, &all, &n) != 0)
        return error_set(err, -ENOENT, "%s", v->bin.error.text);
    for (size_t i = 0; i < n; i++)
        shown += !all[i].dead;
    fprintf(v->out, "%zu goroutine%s\n", shown, shown == 1 ? "" : "s");
    for (size_t i = 0; i < n; i++)
        if (!all[i].dead)
            goroutine_print(v, &all[i]);
    free(all);
    return 0;
}

static int machine_print(struct view *v, const char *debugger, struct error *err)
{
    v->debug = malloc(sizeof(*v->debug));
    if (!v->debug)
        return error_errno(err, "cannot look at the machine");
    int rc = debug_open(v->debug, debugger, err);
    if (rc == 0) {
        v->memory = (struct memory){.read = machine_memory, .context = v->debug};
        rc = all_print(v, err);
        debug_close(v->debug);
    }
    free(v->debug);
    return rc;
}

int goroutines_print(FILE *out, const char *debugger, struct span program, struct error *err)
{
    struct view v = {.out = out};
    if (gobin_open(&v.bin, program.data, program.size) != 0)
        return error_set(err, -ENOEXEC, "%s", v.bin.error.text);
    int rc = 0;
    if (layout_find(&v.layout, &v.bin) != 0)
        rc = error_set(err, -ENOEXEC, "%s", v.bin.error.text);
    globals_find(&v.globals, &v.bin, &v.layout);
    if (rc == 0)
        rc = machine_print(&v, debugger, err);
    gobin_close(&v.bin);
    return rc;
}

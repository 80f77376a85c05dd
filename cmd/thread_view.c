/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/thread_view.h"
#include "abi/link.h"
#include "abi/payload.h"
#define SYSCALL_KINDS_AS_ARRAY
#include "abi/syscall_kinds.h"
#include "abi/syscall_words.h"
#include "cmd/caller.h"
#include "gobin/unwind.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES_MAX 16 /* of a stack that are shown */
#define WORDS_MAX  160

struct thread_view {
    struct gobin go;
    bool is_go;
    struct go_library library;
    struct blob symbols;
};

struct call {
    const char *name;
    uint8_t kinds[6];
};

/* By number. */
static const struct call calls[] = {
#define S(nr, nr_amd64, text, status, args) [nr] = {#text, args},
#include "abi/syscalls.def"
#undef S
};

struct thread_view *thread_view_open(const struct blob *program, const struct blob *symbols)
{
    struct thread_view *view = calloc(1, sizeof(*view));
    if (!view)
        return NULL;
    view->is_go = gobin_open(&view->go, program->bytes, program->size_bytes) == 0;
    if (view->is_go)
        go_library_find(&view->library, &view->go);
    view->symbols = *symbols;
    return view;
}

void thread_view_close(struct thread_view *view)
{
    if (view && view->is_go)
        gobin_close(&view->go);
    free(view);
}

/* ---- the kernel ---- */

/* The name of the kernel's function that holds the address at this offset; NULL: not known. */
static const char *kernel_function(const struct blob *symbols, uint32_t offset)
{
    const char *bytes = (const char *)symbols->bytes, *name = NULL;
    uint32_t count = 0;
    struct payload_symbol symbol;
    if (symbols->size_bytes >= sizeof(count))
        memcpy(&count, bytes, sizeof(count));
    for (uint32_t i = 0;
         i < count && sizeof(count) + (i + 1) * sizeof(symbol) <= symbols->size_bytes; i++) {
        memcpy(&symbol, bytes + sizeof(count) + i * sizeof(symbol), sizeof(symbol));
        if (symbol.offset_bytes > offset)
            break;
        bool ended = symbol.name_bytes < symbols->size_bytes &&
                     memchr(bytes + symbol.name_bytes, 0, symbols->size_bytes - symbol.name_bytes);
        name = ended ? bytes + symbol.name_bytes : NULL;
    }
    return name;
}

static void put_kernel(const struct thread_view *view, FILE *out, const struct link_state *s)
{
    const char *between = "    in the kernel: ";
    for (unsigned i = 0; i < LINK_STATE_FRAMES && s->kernel[i]; i++) {
        const char *name = kernel_function(&view->symbols, s->kernel[i] - 4);
        fprintf(out, "%s%s", between, name ? name : "?");
        between = " < ";
    }
    if (s->kernel[0])
        fputc('\n', out);
}

/* "pipe" of pipe_poll. */
static void put_file(const struct thread_view *view, FILE *out, uint32_t file)
{
    const char *name = file ? kernel_function(&view->symbols, file) : NULL;
    size_t length = name ? strcspn(name, "_") : 0;
    if (length)
        fprintf(out, " (%.*s)", (int)length, name);
}

/* ---- the system call ---- */

static void put_argument(const struct thread_view *view, FILE *out, const struct link_state *s,
                         unsigned i, enum syscall_kind k)
{
    uint64_t v = s->args[i];
    char words[WORDS_MAX];
    switch (k) {
    case K_INT:
    case K_FD:
    case K_DIRFD:
    case K_SIG:
        fprintf(out, "%" PRId32, (int32_t)v);
        if (k == K_FD && i == 0)
            put_file(view, out, s->file);
        break;
    case K_S64:
        fprintf(out, "%" PRId64, (int64_t)v);
        break;
    case K_U32:
    case K_SIZE:
        fprintf(out, "%" PRIu64, v);
        break;
    default:
        if (syscall_words(words, sizeof(words), k, v))
            fputs(words, out);
        else
            fprintf(out, v ? "%#" PRIx64 : "NULL", v);
        break;
    }
}

const char *thread_view_call_name(uint32_t number)
{
    return number < ARRAY_SIZE(calls) ? calls[number].name : NULL;
}

static void put_call(const struct thread_view *view, FILE *out, const struct link_state *s)
{
    const char *name = thread_view_call_name((uint32_t)s->syscall);
    if (!name) {
        fprintf(out, "system call %" PRId32, s->syscall);
        return;
    }
    const struct call *call = &calls[s->syscall];
    fprintf(out, "%s(", name);
    for (unsigned i = 0; i < ARRAY_SIZE(s->args) && call->kinds[i]; i++) {
        fputs(i ? ", " : "", out);
        put_argument(view, out, s, i, call->kinds[i]);
    }
    fputc(')', out);
}

/* ---- the program ---- */

static void put_position(FILE *out, const struct gopos *p, bool inlined)
{
    fprintf(out, "    %s", p->func);
    if (p->line)
        fprintf(out, " %s:%d", p->file, p->line);
    fputs(inlined ? " (inlined)\n" : "\n", out);
}

static void put_function(struct thread_view *view, FILE *out, const struct gofunc *f,
                         uint64_t lookup)
{
    struct gopos at[8];
    size_t n = pclntab_positions(&view->go.pclntab, f, lookup, at, ARRAY_SIZE(at));
    for (size_t i = 0; i < n; i++)
        put_position(out, &at[i], i + 1 < n);
}

void thread_view_place(struct thread_view *view, FILE *out, uint64_t pc, bool exact)
{
    struct gofunc f;
    if (view->is_go && pclntab_find(&view->go.pclntab, pc, &f) == 0)
        put_function(view, out, &f, !exact && pc > f.entry ? pc - 1 : pc);
}

/* The bytes of the stack that came along. */
struct stack {
    uint64_t sp;
    const uint8_t *bytes;
    size_t size_bytes;
};

static int stack_read(void *context, vaddr_t addr, void *out, size_t size)
{
    const struct stack *stack = context;
    uint64_t into = addr - stack->sp;
    if (addr < stack->sp || into > stack->size_bytes || size > stack->size_bytes - into)
        return -EFAULT;
    memcpy(out, stack->bytes + into, size);
    return 0;
}

/* On the way from a thread's place up its stack. */
struct walk {
    struct stack stack;
    struct memory memory;
    struct unwind u;
};

/* *w points into itself and stays where it is. */
static void walk_start(struct walk *w, struct thread_view *view, const struct link_state *s,
                       const uint8_t *bytes, size_t size_bytes)
{
    w->stack = (struct stack){s->sp, bytes, size_bytes};
    w->memory = (struct memory){
        .read = stack_read, .context = &w->stack, .bias = s->entry - view->go.elf.entry};
    unwind_start(&w->u, &view->go, &w->memory, s->pc, s->sp, s->lr, true);
}

static void put_stack(struct thread_view *view, FILE *out, const struct link_state *s,
                      const uint8_t *bytes)
{
    struct walk w;
    struct frame frame;
    if (!view->is_go || !s->entry) {
        fprintf(out, "    pc %#" PRIx64 ", sp %#" PRIx64 ", lr %#" PRIx64 "\n", s->pc, s->sp,
                s->lr);
        return;
    }
    walk_start(&w, view, s, bytes, s->stack_bytes);
    for (unsigned i = 0; i < FRAMES_MAX && unwind_next(&w.u, &frame); i++)
        put_function(view, out, &frame.func, frame.lookup);
    if (w.u.depth == 0)
        fprintf(out, "    pc %#" PRIx64 ", which is in no Go function (lr %#" PRIx64 ")\n", s->pc,
                s->lr);
    else if (w.u.end == UNWIND_MORE || w.u.end == UNWIND_UNKNOWN)
        fputs("    ...\n", out);
}

static void put_state(const struct thread_view *view, FILE *out, const struct link_state *s)
{
    switch (s->state) {
    case STATE_RUNNING:
        fprintf(out, "runs on CPU %u", s->cpu);
        break;
    case STATE_RUNNABLE:
        fputs("waits for a CPU", out);
        break;
    case STATE_WAITING:
        fputs("waits", out);
        break;
    default:
        fprintf(out, "is stuck in the kernel on CPU %u", s->cpu);
        break;
    }
    if (s->syscall >= 0) {
        fputs(" in ", out);
        put_call(view, out, s);
    }
}

void thread_view_state(struct thread_view *view, FILE *out, const void *data, size_t size_bytes)
{
    struct link_state s;
    if (size_bytes < sizeof(s))
        return;
    memcpy(&s, data, sizeof(s));
    s.stack_bytes = (uint16_t)MIN((size_t)s.stack_bytes, size_bytes - sizeof(s));
    fprintf(out, "thread %" PRIu32, s.tid);
    if (s.name[0])
        fprintf(out, " (%.*s)", (int)sizeof(s.name), s.name);
    fputc(' ', out);
    put_state(view, out, &s);
    fprintf(out, "; %" PRIu64 ".%03" PRIu64 " ms of CPU time\n", s.cpu_ns / 1000000,
            s.cpu_ns / 1000 % 1000);
    put_kernel(view, out, &s);
    put_stack(view, out, &s, (const uint8_t *)data + sizeof(s));
}

/* ---- who made a call ---- */

void thread_view_caller(struct thread_view *view, char *buf, size_t size, const void *data,
                        size_t size_bytes)
{
    struct link_state s;
    struct caller caller;
    struct walk w;
    struct frame frame;
    caller_start(&caller, &view->go, &view->library, buf, size);
    if (size_bytes < sizeof(s) || !view->is_go)
        return;
    memcpy(&s, data, sizeof(s));
    walk_start(&w, view, &s, (const uint8_t *)data + sizeof(s),
               MIN((size_t)s.stack_bytes, size_bytes - sizeof(s)));
    while (unwind_next(&w.u, &frame) && !caller_meet(&caller, &frame.func, frame.lookup))
        ;
}

/* lr is the innermost function's way back only as long as that has no frame of its own. */
static bool lr_counts(const struct thread_view *view, const struct gofunc *f, uint64_t pc)
{
    int32_t size;
    return pclntab_frame_size(&view->go.pclntab, f, pc, &size) == 0 && size == 0;
}

void thread_view_trace_caller(struct thread_view *view, char *buf, size_t size,
                              const struct link_trace *line)
{
    uint64_t bias = line->entry - view->go.elf.entry;
    bool lr_known = true;
    struct caller caller;
    struct gofunc f;
    caller_start(&caller, &view->go, &view->library, buf, size);
    for (unsigned i = 0; view->is_go && i < LINK_CALLERS && line->callers[i]; i++) {
        uint64_t pc = line->callers[i] - bias;
        if ((i == 1 && !lr_known) || pclntab_find(&view->go.pclntab, pc, &f) != 0)
            continue;
        if (i == 0)
            lr_known = lr_counts(view, &f, pc);
        if (caller_meet(&caller, &f, i && pc > f.entry ? pc - 1 : pc))
            break;
    }
}

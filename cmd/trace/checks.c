/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the runtime's state has to be after each step of coming up. A check names a later step, at
 * whose beginning its words are read, and judges them. What a program doesn't show, because it has
 * no symbols, or its version of Go has no such step, is said, not guessed.
 */
#include <inttypes.h>
#include <string.h>

#include "cmd/trace/judge.h"
#include "gobin/variables.h"

#define FIELD(name) (1 << 20 | LAYOUT_##name) /* a step that the layout tells */

enum base { NONE, REGISTER, G0, M0, SYMBOL, KERNEL };

struct value {
    enum base base;
    unsigned number;     /* of the register or the fact */
    const char *symbols; /* the first that there is, separated by blanks */
    unsigned nsteps;
    int32_t steps[PROBE_STEPS_MAX];
};

struct check {
    const char *item, *title, *at;
    struct value values[TRACE_VALUES_MAX];
    enum verdict (*judge)(const struct trace *t, const uint64_t *v, char *text, size_t size);
    const char *never; /* why it can't be observed in any program */
    unsigned since;    /* Go 1.N that has the step */
};

const char *const verdict_names[] = {"PASS", "FAIL", "not observable"};

#define REG(n, ...)                           \
    {                                         \
        REGISTER, n, NULL, STEPS(__VA_ARGS__) \
    }
#define STEPS(...)                                 \
    sizeof((int32_t[]){0, ##__VA_ARGS__}) / 4 - 1, \
    {                                              \
        __VA_ARGS__                                \
    }
#define OF_G0(...)                      \
    {                                   \
        G0, 0, NULL, STEPS(__VA_ARGS__) \
    }
#define OF_M0(...)                      \
    {                                   \
        M0, 0, NULL, STEPS(__VA_ARGS__) \
    }
#define OF(sym, ...)                       \
    {                                      \
        SYMBOL, 0, sym, STEPS(__VA_ARGS__) \
    }
#define FACT(f)             \
    {                       \
        KERNEL, f, NULL, 0, \
        {                   \
            0               \
        }                   \
    }

/* The items are those of the master plan of which this is the fulfilment. */
static const struct check checks[] = {
    {"0", "entry", "0", {REG(31), REG(31, 0)}, judge_entry, NULL, 0},
    {"1",
     "g0's stack",
     "3",
     {REG(28), OF_G0(0), OF_G0(8), OF_G0(16), REG(31), OF_G0()},
     judge_g0,
     NULL,
     0},
    {"2",
     "g0 and m0 linked",
     "3",
     {OF_G0(FIELD(g_m)), OF_M0(FIELD(m_g0)), OF_M0(), OF_G0()},
     judge_link,
     NULL,
     0},
    {"3",
     "args",
     "5",
     {OF("runtime.argc", 0), OF("runtime.argv", 0), OF("runtime.physPageSize", 0)},
     judge_args,
     NULL,
     0},
    {"4", "osinit: ncpu", "6", {OF("runtime.ncpu runtime.numCPUStartup", 0)}, judge_cpus, NULL, 0},
    {"5a", "lockInit", NULL, {{0}}, NULL, "does nothing without GOEXPERIMENT=staticlockranking", 0},
    {"5b", "ticks", "8", {OF("runtime.ticks", 8)}, judge_set, NULL, 22},
    {"5c", "stackinit", NULL, {{0}}, NULL, "its lists are empty before and after", 0},
    {"5d",
     "mallocinit: heap hints",
     "7",
     {OF("runtime.mheap_", FIELD(mheap_hints)), OF("runtime.mheap_", FIELD(mheap_hints), 0)},
     judge_heap,
     NULL,
     0},
    {"5e", "cpuinit: HWCap", "7", {OF("internal/cpu.HWCap", 0)}, judge_set, NULL, 0},
    {"5g", "alginit", "8", {OF("runtime.useAeshash", 0)}, judge_byte, NULL, 0},
    {"5h",
     "mcommoninit: m0",
     "7",
     {OF_M0(FIELD(m_id)), OF_M0(FIELD(m_gsignal), 0), OF_M0(FIELD(m_gsignal), 8)},
     judge_m0,
     NULL,
     0},
    {"5i", "modulesinit: modules", "7", {OF("runtime.modulesSlice", 0, 8)}, judge_count, NULL, 0},
    {"5j", "typelinksinit", NULL, {{0}}, NULL, "has nothing to do for one module", 0},
    {"5k", "itabsinit: itabs", "8", {OF("runtime.itabTable", 0, 8)}, judge_count, NULL, 0},
    {"5m", "gcinit", "8", {OF("runtime.gcController", 0)}, judge_gc, NULL, 0},
    {"5n",
     "procresize: P of m0",
     "8",
     {OF_M0(FIELD(m_p)), OF_M0(FIELD(m_p), FIELD(p_status)), OF_M0(FIELD(m_p), FIELD(p_mcache))},
     judge_p,
     NULL,
     0},
    {"5n",
     "procresize: allp",
     "7",
     {OF("runtime.allp", 8), OF("runtime.allp", 0, 0), OF_M0(FIELD(m_p))},
     judge_allp,
     NULL,
     0},
    {"6",
     "newproc(runtime.main)",
     "8",
     {OF_M0(FIELD(m_p), FIELD(p_runnext), FIELD(g_startpc)), OF_M0()},
     judge_newproc,
     NULL,
     0},
    {"7a",
     "minit: thread",
     "9",
     {OF_M0(FIELD(m_procid)), FACT(FACT_THREAD)},
     judge_thread,
     NULL,
     0},
    {"7a",
     "minit: signal stack",
     "9",
     {FACT(FACT_ALTSTACK), OF_M0(FIELD(m_gsignal), 0)},
     judge_altstack,
     NULL,
     0},
    {"7a", "initsig: handlers", "9", {FACT(FACT_HANDLERS)}, judge_handlers, NULL, 0},
    {"7b",
     "schedule: first goroutine",
     "10",
     {REG(28), REG(28, FIELD(g_m)), OF_M0(FIELD(m_curg)), OF_G0(), OF_M0()},
     judge_schedule,
     NULL,
     0},
    {"8a", "sysmon's thread", "10d", {FACT(FACT_THREADS)}, judge_sysmon, NULL, 0},
    {"8b", "the runtime's own inits", "10d", {{0}}, judge_runtime_inits, NULL, 0},
    {"8c", "gcenable", "11", {OF("runtime.memstats.enablegc", 0)}, judge_gcenable, NULL, 0},
    {"8d", "package inits", "11", {{0}}, judge_inits, NULL, 0},
    {"8e", "main.main", "11", {REG(28, FIELD(g_goid))}, judge_main, NULL, 0},
};
_Static_assert(ARRAY_SIZE(checks) <= TRACE_CHECKS_MAX, "checks");

size_t checks_count(void)
{
    return ARRAY_SIZE(checks);
}

const char *check_item(size_t index)
{
    return checks[index].item;
}

const char *check_title(size_t index)
{
    return checks[index].title;
}

static bool symbol_find(const struct trace *t, const char *names, vaddr_t *addr)
{
    char name[64];
    for (int n; sscanf(names, "%63s%n", name, &n) == 1; names += n)
        if (variable_find(&t->bin, name, addr) == 0)
            return true;
    return false;
}

/* NULL, or why the value can't be had. */
static const char *word_make(const struct trace *t, const struct value *v, struct probe_word *w)
{
    vaddr_t addr = v->base == G0 ? t->globals.g0 : t->globals.m0;
    *w = (struct probe_word){.base = PROBE_ADDRESS, .step_count = (uint8_t)v->nsteps};
    if (v->base == SYMBOL && !symbol_find(t, v->symbols, &addr))
        return t->bin.elf.symtab.size ? "no such variable in this version"
                                      : "the program has no symbols";
    if (v->base == REGISTER)
        w->base = (uint8_t)v->number;
    if (v->base == KERNEL)
        w->base = PROBE_KERNEL;
    w->number = v->base == KERNEL ? v->number : addr;
    if (w->base == PROBE_ADDRESS && !addr)
        return "start-up code of a kind that isn't known";
    for (unsigned i = 0; i < v->nsteps; i++) {
        bool field = v->steps[i] & (1 << 20);
        w->steps[i] = field ? t->layout.at[v->steps[i] & ~(1 << 20)] : v->steps[i];
        if (field && w->steps[i] < 0)
            return "the runtime's structs aren't known in this version";
    }
    return NULL;
}

static unsigned values_count(const struct check *c)
{
    unsigned n = 0;
    while (n < TRACE_VALUES_MAX && c->values[n].base != NONE)
        n++;
    return n;
}

/* The index of the step called id. */
static size_t step_index(const char *id)
{
    size_t k = 0;
    while (k + 1 < checkpoint_count && strcmp(checkpoints[k].id, id) != 0)
        k++;
    return k;
}

static const char *check_plan(struct trace *t, const struct check *c, struct check_state *state)
{
    struct probe_word words[TRACE_VALUES_MAX];
    unsigned n = values_count(c);
    if (c->never)
        return c->never;
    size_t step = step_index(c->at);
    if (c->since && t->bin.build.minor && t->bin.build.minor < c->since)
        return "not in this version";
    if (t->steps[step].state != CHECKPOINT_FOUND)
        return "the step at which it shows is inlined in this version";
    for (unsigned i = 0; i < n; i++) {
        const char *why = word_make(t, &c->values[i], &words[i]);
        if (why)
            return why;
    }
    for (size_t i = 0; i < t->npoints; i++) {
        struct point *p = &t->points[i];
        if (p->kind != POINT_STEP || p->which != step)
            continue;
        if (p->nwords + n > PROBE_WORDS_MAX)
            return "more words at one step than a probe takes";
        state->first_word = p->nwords;
        memcpy(p->words + p->nwords, words, n * sizeof(words[0]));
        p->nwords = (uint16_t)(p->nwords + n);
    }
    return NULL;
}

void checks_plan(struct trace *t)
{
    for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
        t->checks[i].unseen = check_plan(t, &checks[i], &t->checks[i]);
}

static enum verdict judge(const struct trace *t, const struct check *c, struct check_state *s)
{
    const char *unseen = c->never ? c->never : s->unseen;
    if (unseen) {
        snprintf(s->text, sizeof(s->text), "%s", unseen);
        return CHECK_UNSEEN;
    }
    const struct hit *h = trace_step_hit(t, c->at);
    unsigned n = values_count(c), wanted = ((1u << n) - 1) << s->first_word;
    if (!h)
        return judge_say(false, s->text, sizeof(s->text), "the program didn't come as far as %s",
                         checkpoints[step_index(c->at)].phase);
    if ((h->read & wanted) != wanted)
        return judge_say(false, s->text, sizeof(s->text), "a pointer leads nowhere");
    return c->judge(t, h->words + s->first_word, s->text, sizeof(s->text));
}

void checks_judge(struct trace *t)
{
    for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
        t->checks[i].verdict = judge(t, &checks[i], &t->checks[i]);
}

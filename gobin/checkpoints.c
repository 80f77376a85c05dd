/* SPDX-License-Identifier: Apache-2.0 */
/* Source: runtime/asm_*.s, runtime/proc.go and runtime/os_linux.go of Go 1.18 to 1.26. */
#include "gobin/checkpoints.h"

const struct checkpoint checkpoints[] = {
    {"0", "entry", "_rt0_arm64_linux _rt0_amd64_linux _rt0_riscv64_linux", 0},
    {"1", "first stack", "runtime.rt0_go", 0},
    {"3", "self-check", "runtime.check", 0},
    {"4", "arguments", "runtime.args", 0},
    {"4a", "auxiliary vector", "runtime.sysargs", 0},
    {"5", "operating system", "runtime.osinit", 0},
    {"5a", "cpu count", "runtime.getproccount runtime.getCPUCount", 0},
    {"5b", "random numbers of the vDSO", "runtime.vgetrandomInit", 24},
    {"6", "scheduler", "runtime.schedinit", 0},
    {"6b", "ticks", "runtime.(*ticksType).init", 22},
    {"6c", "module data", "runtime.moduledataverify1", 0},
    {"6d", "stacks", "runtime.stackinit", 0},
    {"6e", "heap", "runtime.mallocinit", 0},
    {"6f", "cpu features", "runtime.cpuinit internal/cpu.doinit", 0},
    {"6g", "random numbers", "runtime.fastrandinit runtime.randinit", 0},
    {"6h", "hashing", "runtime.alginit", 0},
    {"6i", "first thread", "runtime.mcommoninit", 0},
    {"6j", "modules", "runtime.modulesinit", 0},
    {"6k", "types", "runtime.typelinksinit", 0},
    {"6l", "interfaces", "runtime.itabsinit", 0},
    {"6m", "argument strings", "runtime.goargs", 0},
    {"6n", "environment", "runtime.goenvs_unix runtime.goenvs", 0},
    {"6o", "debug settings", "runtime.parsedebugvars runtime.parseRuntimeDebugVars", 0},
    {"6p", "open files", "runtime.checkfds", 22},
    {"6q", "garbage collector", "runtime.gcinit", 0},
    {"6r", "processors", "runtime.procresize", 0},
    {"7", "main goroutine", "runtime.newproc", 0},
    {"8", "thread start", "runtime.mstart", 0},
    {"8a", "signal stack and mask", "runtime.minit", 0},
    {"8b", "signal handlers", "runtime.initsig", 0},
    {"9", "first schedule", "runtime.schedule", 0},
    {"10", "runtime.main", "runtime.main", 0},
    {"10a", "monitor thread", "runtime.newosproc", 0},
    {"10b", "monitor runs", "runtime.sysmon", 0},
    {"10c", "the runtime's own inits", "runtime.doInit runtime.doInit1", 0},
    {"10d", "collector, package inits", "runtime.gcenable", 0},
    {"11", "main.main", "main.main", 0},
    {"12", "exit", "runtime.exit", 0},
};
const size_t checkpoint_count = ARRAY_SIZE(checkpoints);

/* Whether name is one of the words of names; *rank is which. */
static bool named(const char *names, const char *name, size_t *rank)
{
    size_t length = strlen(name);
    *rank = 0;
    for (const char *at = names; *at; at += strcspn(at, " "), at += *at == ' ', ++*rank)
        if (strcspn(at, " ") == length && memcmp(at, name, length) == 0)
            return true;
    return false;
}

/* A name that stands later in the list wins: doInit may live on as a small caller of doInit1. */
static void entry_take(struct checkpoint_at *at, const struct checkpoint *c, const struct gofunc *f)
{
    size_t rank, current = 0;
    if (!named(c->names, f->name, &rank))
        return;
    bool other = at->name && strcmp(at->name, f->name) != 0;
    if (other && named(c->names, at->name, &current) && current > rank)
        return;
    if (other)
        at->nentries = 0;
    at->name = f->name;
    at->state = CHECKPOINT_FOUND;
    if (at->nentries < CHECKPOINT_ENTRIES_MAX)
        at->entries[at->nentries++] = f->entry;
}

/* Looks into f's inlined calls for checkpoints that aren't functions of their own. */
static void inlined_take(struct checkpoint_at *out, const struct gobin *bin, const struct gofunc *f)
{
    enum { LONGEST = 1 << 16 }; /* no start-up function comes near it */
    struct gopos pos[8];
    size_t rank;
    for (vaddr_t pc = f->entry; pc < f->end && pc - f->entry < LONGEST; pc += 8) {
        size_t n = pclntab_positions(&bin->pclntab, f, pc, pos, ARRAY_SIZE(pos));
        for (size_t i = 0; i + 1 < n; i++)
            for (size_t k = 0; k < checkpoint_count; k++)
                if (out[k].state == CHECKPOINT_ABSENT &&
                    named(checkpoints[k].names, pos[i].func, &rank))
                    out[k].state = CHECKPOINT_INLINED;
    }
}

/* Only those that start-up code calls can have been inlined there. */
static bool is_caller(const char *name)
{
    static const char *const callers[] = {"runtime.schedinit",   "runtime.osinit",
                                          "runtime.main",        "runtime.mstart1",
                                          "runtime.mcommoninit", "runtime.args"};
    for (size_t i = 0; i < ARRAY_SIZE(callers); i++)
        if (strcmp(name, callers[i]) == 0)
            return true;
    return false;
}

void checkpoints_resolve(struct checkpoint_at *out, const struct gobin *bin)
{
    struct gofunc f;
    unsigned minor = bin->build.minor;
    for (size_t k = 0; k < checkpoint_count; k++) {
        bool later = minor && checkpoints[k].since > minor;
        out[k] = (struct checkpoint_at){.state = later ? CHECKPOINT_LATER : CHECKPOINT_ABSENT};
    }
    for (uint32_t i = 0; i < bin->pclntab.nfuncs; i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0)
            for (size_t k = 0; k < checkpoint_count; k++)
                entry_take(&out[k], &checkpoints[k], &f);
    for (uint32_t i = 0; i < bin->pclntab.nfuncs; i++)
        if (pclntab_func(&bin->pclntab, i, &f) == 0 && is_caller(f.name))
            inlined_take(out, bin, &f);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/trace/judge.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

enum verdict judge_say(bool pass, char *text, size_t size, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(text, size, format, args);
    va_end(args);
    return pass ? CHECK_PASS : CHECK_FAIL;
}

JUDGE(judge_entry)
{
    return judge_say(v[0] % 16 == 0 && v[1] == t->argument_count, text, size,
                     "sp 0x%" PRIx64 ", argc %" PRIu64, v[0], v[1]);
}

JUDGE(judge_g0)
{
    uint64_t lo = v[1], hi = v[2], guard = v[3];
    bool pass = v[0] == v[5] && lo < v[4] && v[4] <= hi && hi - lo == 65536 && guard > lo &&
                guard < lo + 4096;
    return judge_say(pass, text, size,
                     "x28 0x%" PRIx64 ", stack 0x%" PRIx64 " to 0x%" PRIx64 ", guard %" PRIu64
                     " above",
                     v[0], lo, hi, guard - lo);
}

JUDGE(judge_link)
{
    return judge_say(v[0] == v[2] && v[1] == v[3], text, size,
                     "g0.m 0x%" PRIx64 ", m0.g0 0x%" PRIx64, v[0], v[1]);
}

JUDGE(judge_args)
{
    uint32_t argc = (uint32_t)v[0];
    return judge_say(argc == t->argument_count && v[1] && (v[2] & 0xffffffff) == 4096, text, size,
                     "argc %u, argv 0x%" PRIx64 ", page size %" PRIu64, argc, v[1], v[2]);
}

JUDGE(judge_cpus)
{
    uint32_t n = (uint32_t)v[0];
    return judge_say(n == t->cpu_count, text, size, "%u of %u processors", n, t->cpu_count);
}

JUDGE(judge_set)
{
    return judge_say(v[0] != 0, text, size, "0x%" PRIx64, v[0]);
}

JUDGE(judge_heap)
{
    return judge_say(v[0] && v[1] && v[1] % 4096 == 0, text, size, "first hint 0x%" PRIx64, v[1]);
}

JUDGE(judge_byte)
{
    return judge_say((v[0] & 0xff) <= 1, text, size, "useAeshash %u", (unsigned)(v[0] & 0xff));
}

JUDGE(judge_m0)
{
    return judge_say(v[0] == 0 && v[2] - v[1] == 32768, text, size,
                     "id %" PRIu64 ", signal stack 0x%" PRIx64 " of %" PRIu64 " bytes", v[0], v[1],
                     v[2] - v[1]);
}

JUDGE(judge_count)
{
    return judge_say(v[0] > 0 && v[0] < 1u << 24, text, size, "%" PRIu64, v[0]);
}

JUDGE(judge_gc)
{
    int32_t percent = (int32_t)v[0];
    return judge_say(percent >= -1, text, size, "GOGC %d", percent);
}

JUDGE(judge_p)
{
    uint32_t status = (uint32_t)v[1];
    return judge_say(v[0] && status == 1 && v[2], text, size,
                     "m0.p 0x%" PRIx64 ", status %u, mcache 0x%" PRIx64, v[0], status, v[2]);
}

JUDGE(judge_allp)
{
    return judge_say(v[0] >= 1 && v[0] <= 1u << 16 && v[1] == v[2], text, size,
                     "%" PRIu64 " Ps, %u processors, the first P 0x%" PRIx64, v[0], t->cpu_count,
                     v[1]);
}

JUDGE(judge_newproc)
{
    struct gofunc f = {.name = "no function"};
    uint64_t bias = v[1] - t->globals.m0;
    pclntab_find(&t->bin.pclntab, v[0] - bias, &f);
    return judge_say(strcmp(f.name, "runtime.main") == 0, text, size,
                     "the next goroutine starts at %s", f.name);
}

JUDGE(judge_thread)
{
    return judge_say(v[0] == v[1], text, size, "m0.procid %" PRIu64 ", gettid %" PRIu64, v[0],
                     v[1]);
}

JUDGE(judge_altstack)
{
    return judge_say(v[0] == v[1] && v[0], text, size,
                     "signal stack of the kernel's 0x%" PRIx64 ", of m0.gsignal 0x%" PRIx64, v[0],
                     v[1]);
}

JUDGE(judge_handlers)
{
    uint32_t all = (uint32_t)v[0], odd = (uint32_t)(v[0] >> 32);
    return judge_say(all > 0 && odd == 0, text, size, "%u signals handled, %u of them oddly", all,
                     odd);
}

JUDGE(judge_schedule)
{
    return judge_say(v[0] != v[3] && v[1] == v[4] && v[2] == v[0], text, size,
                     "x28 0x%" PRIx64 ", its m 0x%" PRIx64 ", m0.curg 0x%" PRIx64, v[0], v[1],
                     v[2]);
}

JUDGE(judge_sysmon)
{
    const struct hit *ran = trace_step_hit(t, "10b");
    return judge_say(v[0] >= 2, text, size, "%" PRIu64 " threads%s", v[0],
                     ran ? "; sysmon runs on another one" : "; sysmon hasn't run yet");
}

static size_t inits_run(const struct trace *t, bool runtime, const struct hit *until)
{
    size_t n = 0;
    for (const struct hit *h = t->hits; h < until; h++)
        if (h->point->kind == POINT_INIT) {
            struct span package = t->inits[h->point->which].package;
            n += !runtime || (package.size == 7 && memcmp(package.data, "runtime", 7) == 0);
        }
    return n;
}

JUDGE(judge_runtime_inits)
{
    (void)v;
    const struct hit *gc = trace_step_hit(t, "10d");
    size_t n = gc ? inits_run(t, true, gc) : 0;
    return judge_say(n > 0, text, size, "%zu functions of package runtime", n);
}

JUDGE(judge_gcenable)
{
    return judge_say((v[0] & 0xff) == 1, text, size, "memstats.enablegc %u",
                     (unsigned)(v[0] & 0xff));
}

JUDGE(judge_inits)
{
    (void)v;
    const struct hit *main = trace_step_hit(t, "11");
    size_t n = main ? inits_run(t, false, main) : 0;
    return judge_say(main && n == t->inits_run, text, size, "%zu functions of %zu packages", n,
                     t->npackages);
}

JUDGE(judge_main)
{
    return judge_say(v[0] == 1, text, size, "on goroutine %" PRIu64, v[0]);
}

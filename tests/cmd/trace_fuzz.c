/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the kernel's records of probes, and every form that they are shown in. */
#include <stdlib.h>
#include <string.h>

#include "cmd/trace/trace.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct point points[] = {{.kind = POINT_STEP, .which = 0, .nwords = 2},
                                {.kind = POINT_STEP, .which = 3},
                                {.kind = POINT_INIT, .which = 0},
                                {.kind = POINT_INIT, .which = 1},
                                {.kind = POINT_STEP, .which = 33, .nwords = 1}};
static struct init_function inits[] = {{1, "a.init", {(const uint8_t *)"a.init", 1}},
                                       {2, "b<&\xff.init.0", {(const uint8_t *)"b<&\xff", 4}}};

static void forms(const struct trace *t)
{
    FILE *out = fopen("/dev/null", "we");
    if (!out)
        abort();
    trace_print(t, out);
    trace_svg(t, out);
    trace_json(t, out);
    trace_perfetto(t, out);
    fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct trace *t = calloc(1, sizeof(*t));
    if (!t)
        abort();
    t->path = "fuzz";
    t->points = points;
    t->npoints = ARRAY_SIZE(points);
    t->inits = inits;
    t->ninits = ARRAY_SIZE(inits);
    for (size_t i = 0; i < TRACE_STEPS_MAX; i++)
        t->steps[i].name = "runtime.step";
    trace_take(t, data, size / 2);
    trace_take(t, data + size / 2, size - size / 2);
    if (t->nhits > t->npoints)
        abort();
    if (t->nhits) {
        trace_finish(t);
        forms(t);
    }
    free(t->hits);
    free(t->packages);
    free(t);
    return 0;
}

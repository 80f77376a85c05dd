/* SPDX-License-Identifier: Apache-2.0 */
/* A program's way up, watched: where the kernel's probes are put, what came back, what it means,
 * and the forms it is shown in. */
#ifndef CMD_TRACE_TRACE_H
#define CMD_TRACE_TRACE_H

#include <stdio.h>

#include "abi/probe.h"
#include "gobin/checkpoints.h"
#include "gobin/globals.h"
#include "gobin/inits.h"
#include "vmm/error.h"

enum { TRACE_STEPS_MAX = 64, TRACE_CHECKS_MAX = 40, TRACE_VALUES_MAX = 6 };

enum point_kind { POINT_STEP, POINT_INIT };

/* A probe. Points are in the order of the file, so a point's index is the probe's number. */
struct point {
    uint64_t offset_bytes;
    enum point_kind kind;
    size_t which; /* of checkpoints[], or of inits */
    struct probe_word words[PROBE_WORDS_MAX];
    uint16_t nwords;
};

struct hit {
    const struct point *point;
    uint32_t thread;
    uint64_t ns, faults, syscalls, resident_bytes;
    uint64_t
        took_ns; /* until the same thread came to its next probe of this kind; 0 for the last */
    uint16_t read;
    uint64_t words[PROBE_WORDS_MAX];
};

enum verdict { CHECK_PASS, CHECK_FAIL, CHECK_UNSEEN };

/* Where a check's words are, and what became of it. */
struct check_state {
    uint16_t first_word;
    enum verdict verdict;
    const char *unseen; /* why it can't be observed in this program, or NULL */
    char text[192];
};

struct package_cost {
    struct span name;
    uint64_t ns, faults, resident_bytes;
    unsigned functions;
};

struct trace {
    struct gobin bin;
    struct layout layout;
    struct globals globals;
    bool has_layout;
    struct checkpoint_at steps[TRACE_STEPS_MAX];
    struct init_function *inits;
    size_t ninits;
    struct point *points;
    size_t npoints;
    uint8_t *payload; /* PAYLOAD_PROBES */
    size_t payload_bytes;

    const char *path;
    unsigned cpu_count;
    uint64_t argument_count;
    bool counts_instructions; /* a nanosecond is an instruction */

    struct hit *hits; /* in the order in which they came */
    size_t nhits;
    bool garbled; /* the kernel's records made no sense */
    struct check_state checks[TRACE_CHECKS_MAX];
    struct package_cost *packages; /* dearest first */
    size_t npackages;
    size_t inits_run;
};

/* Plans the probes for a program, whose bytes must outlive t. The fields of how it is run are the
 * caller's to fill. -ENOEXEC, -ENOMEM. */
int trace_plan(struct trace *t, const char *path, struct span program,
               struct error *err) MUST_CHECK;
void trace_free(struct trace *t);

/* Takes the data of a LINK_PROBES frame. */
void trace_take(struct trace *t, const void *data, size_t size_bytes);

/* Works out times, packages and verdicts. */
void trace_finish(struct trace *t);

/* The hit of a step's first entry, or NULL. trace_main: main.main's. */
const struct hit *trace_step_hit(const struct trace *t, const char *id);

/* Whether a hit is shown as a step: the first at one of its entries. */
bool trace_is_step(const struct trace *t, const struct hit *h);

/* The words that the checks want go into the points of their steps: before the payload is made. */
void checks_plan(struct trace *t);
void checks_judge(struct trace *t);
size_t checks_count(void);
const char *check_item(size_t index);
const char *check_title(size_t index);
extern const char *const verdict_names[];

/* The forms. Each but the first is a whole file. */
void trace_print(const struct trace *t, FILE *out);
int trace_json(const struct trace *t, FILE *out);
int trace_perfetto(const struct trace *t, FILE *out);
void trace_svg(const struct trace *t, FILE *out);

#endif

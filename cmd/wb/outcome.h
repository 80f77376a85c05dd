/* SPDX-License-Identifier: Apache-2.0 */
/* What a self-test program printed, run in one way and another. Its tests are lines "T<number> Y
 * NAME"; N is a test that failed. */
#ifndef CMD_WB_OUTCOME_H
#define CMD_WB_OUTCOME_H

#include <stdbool.h>
#include <stdint.h>

enum { OUTPUT_MAX = 1 << 16, WAYS = 5 };

/* A way to run it. */
struct way {
    const char *name;
    bool forced; /* write flag at main.main, with the collector off */
    uint32_t flag;
    const char *environment[3]; /* besides ours */
    bool machine;               /* on Mazboot's kernel instead of under emulation */
};

struct outcome {
    char output[OUTPUT_MAX];
    int status;
    bool buffer_good;     /* the buffer's words next and end made sense at the end */
    bool recorded;        /* a pointer has been put into it */
    const char *left_out; /* why it wasn't run this way, or NULL */
};

/* A table of the tests, a column for each of the WAYS. */
void outcomes_print(const struct way *ways, const struct outcome *all);

/* Whether it ran as it did first, and if not, why. Prints that, too. */
bool outcome_print(const struct way *way, const struct outcome *out, const struct outcome *first);

#endif

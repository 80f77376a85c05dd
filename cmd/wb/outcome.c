/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/wb/outcome.h"

#include <stdio.h>
#include <string.h>

#include "lib/types.h"

enum { LINES_MAX = 64 };

/* The line of output that starts with "T<number> ", or NULL. */
static const char *test_line(const char *output, unsigned number)
{
    char start[16];
    size_t n = (size_t)snprintf(start, sizeof(start), "T%u ", number);
    for (const char *at = output; at; at = strchr(at, '\n'), at += at != NULL)
        if (strncmp(at, start, n) == 0)
            return at + n;
    return NULL;
}

void outcomes_print(const struct way *ways, const struct outcome *all)
{
    printf("\n%-28s", "");
    for (size_t i = 0; i < WAYS; i++)
        printf(" %-9s", ways[i].name);
    putchar('\n');
    for (unsigned number = 1; number < LINES_MAX; number++) {
        const char *first = test_line(all[0].output, number);
        if (!first)
            break;
        printf("T%-3u %-23.*s", number, (int)MIN(strcspn(first, "\n") - 2, 23u), first + 2);
        for (size_t i = 0; i < WAYS; i++) {
            const char *line = test_line(all[i].output, number);
            printf(" %-9s", all[i].left_out ? "left out" : line ? (char[]){line[0], 0} : "-");
        }
        putchar('\n');
    }
}

/* What the runtime or the launcher said of the program's end: the first line of that kind, or NULL.
 */
static const char *last_words(const char *output)
{
    static const char *const starts[] = {
        "fatal error: ", "panic: ", "runtime: ", "unexpected ", "mazboot: ", "qemu: "};
    for (const char *at = output; at; at = strchr(at, '\n'), at += at != NULL)
        for (size_t i = 0; i < ARRAY_SIZE(starts); i++)
            if (strncmp(at, starts[i], strlen(starts[i])) == 0)
                return at;
    return NULL;
}

/* For each test that doesn't say Y as the program runs this way, why. */
static void print_reasons(const struct outcome *out, const struct outcome *first)
{
    const char *end = last_words(out->output);
    for (unsigned number = 1; number < LINES_MAX && test_line(first->output, number); number++) {
        const char *line = test_line(out->output, number);
        if (line && *line == 'Y')
            continue;
        if (line) {
            printf("   T%u: the program says %.*s\n", number, (int)strcspn(line, "\n"), line);
            continue;
        }
        printf("   T%u and what follows: not reached, %.*s\n", number,
               end ? (int)strcspn(end, "\n") : 80, end ? end : "and nothing says why");
        return;
    }
}

bool outcome_print(const struct way *way, const struct outcome *out, const struct outcome *first)
{
    if (out->left_out) {
        printf("-  %s: left out, %s\n", way->name, out->left_out);
        return true;
    }
    bool same = strcmp(out->output, first->output) == 0 && out->status == first->status;
    bool failed = false;
    for (unsigned number = 1; number < LINES_MAX; number++) {
        const char *line = test_line(out->output, number);
        failed |= line && *line != 'Y';
    }
    bool buffer = !way->forced || out->buffer_good,
         records = !way->forced || out->recorded == way->flag;
    bool good = same && !failed && buffer && records;
    printf("%c  %s: exit status %d%s%s%s%s%s\n", good ? 'Y' : 'N', way->name, out->status,
           same ? "" : ", prints something else than as it is", failed ? ", a test says N" : "",
           buffer ? "" : ", its barrier buffer isn't in order",
           out->recorded ? ", barriers recorded pointers" : "",
           records || out->recorded
               ? ""
               : ", no barrier recorded anything: they were replaced, or this isn't the flag");
    print_reasons(out, first);
    return good;
}

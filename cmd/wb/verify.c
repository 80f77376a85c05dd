/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot wb verify: each call of a barrier is checked in its code; with --run the program is also
 * run with the flag forced off, forced on, with the collector pressed, and (arm64) so on Mazboot's
 * kernel; it has to print the same each time. */
#include "cmd/wb/wb.h"

#include <inttypes.h>
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/wb/emulate.h"
#include "cmd/wb/ram.h"
#include "gobin/annotate.h"

enum { SHOWN = 10 };

struct tally {
    size_t calls, decoded, tested, filled, stored, shown;
};

static void complain(struct tally *t, const struct gofunc *f, vaddr_t pc, const char *what)
{
    if (t->shown++ < SHOWN)
        printf("  0x%" PRIx64 " in %s: %s\n", pc, f->name, what);
}

static void check_call(const struct wb *wb, struct tally *t, const struct gofunc *f,
                       const struct call_facts *c, const struct barrier_callee *callee)
{
    uint32_t all = (1u << callee->slots) - 1;
    t->decoded++;
    t->tested += c->tested;
    if (!c->tested)
        complain(t, f, c->pc, "no test of the flag leads to the call");
    if (wb->barriers.abi != BARRIER_BUFFER)
        return;
    t->filled += c->written == all && !c->clobbered;
    t->stored += c->stored;
    if (c->clobbered)
        complain(t, f, c->pc,
                 "the register that the buffer is returned in changes before the buffer is filled");
    else if (c->written != all)
        complain(t, f, c->pc,
                 c->written > all ? "more words are filled than were taken"
                                  : "not every word that was taken is filled");
}

static int check_function(struct wb *wb, struct disasm *d, struct tally *t, uint32_t index)
{
    struct gofunc f;
    struct annotation a;
    if (pclntab_func(&wb->bin.pclntab, index, &f) != 0 ||
        annotate(&a, &wb->bin, &wb->barriers, d, &f) != 0)
        return fail(1, "%s", wb->bin.error.text);
    for (size_t i = 0, call = 0; i < a.nsteps; i++) {
        if (a.steps[i].role != STEP_CALL)
            continue;
        if (!a.steps[i].callee->bulk)
            check_call(wb, t, &f, &a.calls[call], a.steps[i].callee);
        call++;
    }
    annotation_free(&a);
    return 0;
}

static int check_code(struct wb *wb, struct tally *t)
{
    const struct barriers *b = &wb->barriers;
    struct disasm *d;
    int status = 0;
    if (disasm_open(&d, b->isa, &wb->bin.error) != 0)
        return fail(1, "%s", wb->bin.error.text);
    for (size_t i = 0; i < b->nsites && status == 0; i++)
        if (i == 0 || b->sites[i].func != b->sites[i - 1].func)
            status = check_function(wb, d, t, b->sites[i].func);
    disasm_close(d);
    return status;
}

static bool print_check(const char *what, size_t good, size_t of)
{
    printf("%s  %s (%zu of %zu)\n", good == of ? "Y" : "N", what, good, of);
    return good == of;
}

static bool print_tally(const struct wb *wb, const struct tally *t)
{
    size_t calls = wb->barriers.nsites - wb->barriers.nbulk;
    bool good = print_check("calls found by search are instructions of a full disassembly",
                            t->decoded, calls);
    good &= print_check("a test of the flag leads to the call, and nothing happens between",
                        t->tested, calls);
    if (wb->barriers.abi != BARRIER_BUFFER)
        return good;
    good &= print_check("the caller fills exactly the words that it took", t->filled, calls);
    printf("-  the store behind the barrier was recognised (%zu of %zu; others are in code that "
           "this look doesn't follow)\n",
           t->stored, calls);
    return good;
}

int wb_verify(struct wb *wb, const struct wb_options *o)
{
    struct tally t = {0};
    int status = check_code(wb, &t);
    if (status != 0)
        return status;
    bool good = print_tally(wb, &t);
    bool sure = wb->barriers.flag_tests > 10 * wb->barriers.runner_up_tests;
    printf("%s  the flag is certain: 0x%" PRIx64 " is tested %zu times, the word after it %zu\n",
           sure ? "Y" : "N", wb->barriers.flag, wb->barriers.flag_tests,
           wb->barriers.runner_up_tests);
    if (o->ram && ram_check(&wb->bin, o->ram) != 0)
        good = false;
    if (o->run && emulate_compare(wb) != 0)
        good = false;
    return good && sure ? 0 : 1;
}

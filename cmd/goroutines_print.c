/* SPDX-License-Identifier: Apache-2.0 */
/* The forms in which goroutines are shown. */
#include "cmd/goroutines.h"

#include <inttypes.h>
#include <string.h>

#include "cmd/json_text.h"

static struct span state_of(const struct goroutine *g)
{
    return g->wait_reason.size ? g->wait_reason
                               : (struct span){(const uint8_t *)g->state, strlen(g->state)};
}

static void goroutine_print(const struct goroutine_table *t, const struct goroutine_seen *s,
                            FILE *out)
{
    struct span state = state_of(&s->g);
    fprintf(out, "\ngoroutine %" PRIu64 " [%.*s", s->g.id, (int)state.size,
            (const char *)state.data);
    fprintf(out, s->g.procid ? ", thread %" PRIu64 "]:\n" : "]:\n", s->g.procid);
    for (const struct gopos *p = t->positions + s->first, *end = p + s->count; p < end; p++)
        fprintf(out, "%s(...)\n\t%s:%d\n", p->func, p->file, p->line);
    if (s->end == STACK_CUT)
        fprintf(out, "...more frames\n");
    else if (s->end == STACK_OUTSIDE)
        fprintf(out, "\tat 0x%" PRIx64 ", outside of Go's code\n", s->pc);
    else if (s->end == STACK_ELSEWHERE)
        fprintf(out, "\tits thread runs the scheduler\n");
    if (s->creator.func)
        fprintf(out, "created by %s\n\t%s:%d\n", s->creator.func, s->creator.file, s->creator.line);
}

void goroutines_print(const struct goroutine_table *t, FILE *out)
{
    fprintf(out, "%zu goroutine%s\n", t->count, t->count == 1 ? "" : "s");
    for (size_t i = 0; i < t->count; i++)
        goroutine_print(t, &t->all[i], out);
}

static json_t *position_json(const struct gopos *p)
{
    return p->func ? json_pack("{so so si}", "func", json_text(p->func), "file", json_text(p->file),
                               "line", p->line)
                   : json_null();
}

static json_t *goroutine_json(const struct goroutine_table *t, const struct goroutine_seen *s)
{
    json_t *stack = json_array();
    for (size_t i = 0; i < s->count; i++)
        json_array_append_new(stack, position_json(&t->positions[s->first + i]));
    return json_pack("{sI ss so so so so sb so}", "id", (json_int_t)s->g.id, "state", s->g.state,
                     "waits_for", s->g.wait_reason.size ? json_span(s->g.wait_reason) : json_null(),
                     "thread", s->g.procid ? json_integer((json_int_t)s->g.procid) : json_null(),
                     "pc", s->pc ? json_address(s->pc) : json_null(), "stack", stack, "more_frames",
                     s->end == STACK_CUT, "created_by", position_json(&s->creator));
}

json_t *goroutines_json(const struct goroutine_table *t)
{
    json_t *all = json_array();
    for (size_t i = 0; i < t->count; i++)
        json_array_append_new(all, goroutine_json(t, &t->all[i]));
    return all;
}

int goroutines_show(FILE *out, const char *debugger, struct span program, struct error *err)
{
    struct goroutine_table table;
    int rc = goroutines_read(&table, debugger, program, err);
    if (rc < 0)
        return rc;
    goroutines_print(&table, out);
    goroutines_free(&table);
    return 0;
}

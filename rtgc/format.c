/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/format.h"

#include <string.h>

#define MAX_WIDTH_DIGITS 3

/* %, an optional 0, an optional width, a letter. */
static void read_verb(struct format_reader *r, struct format_verb *v)
{
    int digits = 0;
    v->text = r->at++;
    for (; r->at < r->end && *r->at >= '0' && *r->at <= '9'; r->at++)
        digits++;
    v->verb = r->at < r->end && *r->at ? *r->at++ : '?';
    v->bytes = (size_t)(r->at - v->text);
    if (v->verb == '?')
        v->wrong = "the format ends after %";
    else if (!strchr("duxscp", v->verb))
        v->wrong = "the verbs are %d %u %x %s %c %p %%";
    else if (digits > MAX_WIDTH_DIGITS)
        v->wrong = "the width has too many digits";
    else if (digits && (v->verb == 's' || v->verb == 'c'))
        v->wrong = "only numbers take a width";
}

bool format_next(struct format_reader *r, struct format_verb *v)
{
    *v = (struct format_verb){.text = r->at};
    if (r->at >= r->end)
        return false;
    if (*r->at != '%') {
        while (r->at < r->end && *r->at != '%')
            r->at++;
        v->bytes = (size_t)(r->at - v->text);
    } else if (r->end - r->at >= 2 && r->at[1] == '%') {
        v->bytes = 1;
        r->at += 2;
    } else {
        read_verb(r, v);
    }
    return true;
}

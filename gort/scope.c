/* SPDX-License-Identifier: Apache-2.0 */
/* Scopes: goroutines that are waited for, and the first failure among them. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "gort/gort.h"

struct member {
    go_scope *s;
    int (*fn)(void *);
    void *arg;
};

static void member_main(void *arg)
{
    struct member m = *(struct member *)arg;
    free(arg);
    int r = m.fn(m.arg), none = 0;
    if (r)
        atomic_compare_exchange_strong(&m.s->err, &none, r);
    go_wg_done(&m.s->wg);
}

int go_scope_go(go_scope *s, int (*fn)(void *), void *arg)
{
    struct member *m = malloc(sizeof(*m));
    if (!m)
        return -ENOMEM;
    *m = (struct member){s, fn, arg};
    go_wg_add(&s->wg, 1);
    int r = go(member_main, m);
    if (r == 0)
        return 0;
    go_wg_done(&s->wg);
    free(m);
    return r;
}

int go_scope_wait(go_scope *s)
{
    go_wg_wait(&s->wg);
    return s->err;
}

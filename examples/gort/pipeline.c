/* SPDX-License-Identifier: Apache-2.0 */
/* A pipeline that is cancelled: numbers, squares of them, printed until there were ten, or a second
 * has passed. */
#include <stdio.h>

#include "gort.h"

GO_CHAN_DECLARE(longs, long);

struct stage {
    go_ctx *ctx;
    longs in, out;
};

/* Sends unless the context ends first. */
static bool give(struct stage *s, long v)
{
    go_case k[] = {GO_SEND(s->out.c, &v), GO_RECV(go_ctx_done(s->ctx), NULL)};
    return go_select(k, 2, GO_FOREVER) == 0;
}

static int numbers(void *arg)
{
    struct stage *s = arg;
    for (long n = 1; give(s, n); n++)
        ;
    longs_close(s->out);
    return 0;
}

static int squares(void *arg)
{
    struct stage *s = arg;
    long n;
    while (longs_recv(s->in, &n) && give(s, n * n))
        ;
    longs_close(s->out);
    return 0;
}

static void run(void *arg)
{
    go_ctx *ctx = go_ctx_deadline(NULL, go_now() + GO_S);
    longs a = longs_make(0), b = longs_make(0);
    struct stage first = {ctx, {NULL}, a}, second = {ctx, a, b};
    go_scope s = {0};
    long v;
    (void)arg;
    go_scope_go(&s, numbers, &first);
    go_scope_go(&s, squares, &second);
    for (int i = 0; i < 10 && longs_recv(b, &v); i++)
        printf("%ld\n", v);
    go_ctx_cancel_now(ctx);
    go_scope_wait(&s);
    go_ctx_free(ctx);
    longs_free(a);
    longs_free(b);
}

int main(void)
{
    return go_main(run, NULL, NULL) != 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Channel operations that never wait. So no traceback ever goes through here, and the file is built
 * without frame pointers. */
#include "gort/chan.h"

#include <errno.h>

/* Apart from the look without the lock, so that it costs no more than that. */
static __attribute__((noinline)) int try_send_now(go_chan *c, const void *v)
{
    int r = go_send_until(c, v, 0);
    return r == -ETIMEDOUT ? 0 : r;
}

static __attribute__((noinline)) int try_recv_now(go_chan *c, void *v)
{
    int r = go_recv_until(c, v, 0);
    return r == -ETIMEDOUT ? 0 : r;
}

int go_try_send(go_chan *c, const void *v)
{
    if (!c || chan_would_block(c, GO_OP_SEND))
        return 0;
    return try_send_now(c, v);
}

int go_try_recv(go_chan *c, void *v)
{
    if (!c || chan_would_block(c, GO_OP_RECV))
        return 0;
    return try_recv_now(c, v);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way to a 9P server: something that carries messages there and answers back. A device driver
 * provides channels, kernel/fs/p9.h speaks over them.
 */
#ifndef KERNEL_CORE_P9_CHANNEL_H
#define KERNEL_CORE_P9_CHANNEL_H

#include "kernel/core/wait.h"

#define P9_RUNS_MAX 8

/* Memory that is contiguous for a device. */
struct p9_run {
    paddr_t pa;
    uint32_t bytes;
};

/* A message and the room for its answer, both in the direct map. Data may lie apart from them: runs
 * that follow the message, or that the answer's data goes to behind its first in_bytes. */
struct p9_exchange {
    const void *out;
    uint32_t out_bytes;
    void *in;
    uint32_t in_bytes;
    struct p9_run runs[P9_RUNS_MAX];
    unsigned run_count;
    bool runs_receive;
    uint32_t
        got; /* what came back, data included. 0: no answer, it was withdrawn or the channel died */
    void (*done)(struct p9_exchange *x); /* once; interrupt context, no lock */
};

struct p9_channel {
    /* submit - send x, which stays until x->done has been called. 0; -EAGAIN: no room now, `room`
     * is woken when there is some; -EIO: dead. Any context. */
    int (*submit)(struct p9_channel *c, struct p9_exchange *x);
    struct waitq room;
    bool dead;
    char tag[8]; /* what the machine calls it, NUL-ended */
};

#endif

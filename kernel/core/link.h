/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's end of abi/link.h. Frames go out through a port's transmit buffers, one frame a
 * buffer, so frames of different CPUs never mix. What comes in is parsed in interrupt context:
 * standard input goes to kernel/core/stdin.h, signals and dumps to callbacks. A broken stream from
 * the launcher is reported and ends the receiving side; sending goes on.
 */
#ifndef KERNEL_CORE_LINK_H
#define KERNEL_CORE_LINK_H

#include "abi/link.h"
#include "kernel/core/wait.h"

/*
 * The byte stream below: a device driver fills in the functions before link_start. Buffers are of
 * LINK_BUFFER_BYTES. The driver wakes `room` when a buffer has become free after there was none,
 * and calls link_receive with what came in, both in interrupt context without a lock. When the
 * device is beyond use it sets `dead`, wakes `room` and calls link_lost; take gives nothing from
 * then on.
 */
#define LINK_BUFFER_BYTES 4096u

struct link_port {
    /* take - a transmit buffer, NULL while all are with the device. send - give it to the device.
     * poll - take back what the device is done with; whether that is everything. Any context, any
     * lock held: these take no lock but the driver's own and wake nobody. */
    void *(*take)(struct link_port *p);
    void (*send)(struct link_port *p, void *buffer, size_t size_bytes);
    bool (*poll)(struct link_port *p);
    /* grow - one buffer more than there were, taken. NULL: there are enough, or there is no memory.
     * Task context, no lock. */
    void *(*grow)(struct link_port *p);
    struct waitq room;
    bool dead;
};

/* link_start - use this port. Boot, once; the port lives for ever. link_up: there is a port and it
 * isn't dead. */
void link_start(struct link_port *p);
bool link_up(void);

/*
 * link_write - send `data` in frames of `type`, as many as it needs. Task context, no lock held:
 * sleeps while all buffers are with the device. Bytes taken: all, or fewer when a signal came or
 * the port died; -ERESTARTSYS or -EIO when that was before any.
 */
long link_write(enum link_type type, unsigned stream, const void *data, size_t size_bytes);

/* link_write_now - the same from any context: polls instead of sleeping, and drops text when the
 * other side does not move for a second. */
void link_write_now(enum link_type type, unsigned stream, const void *data, size_t size_bytes);

/* link_flush - poll until the device has taken everything, a second at most. */
void link_flush(void);

/* link_on_signal, link_on_dump - have fn called when the launcher sends LINK_SIGNAL or LINK_DUMP:
 * interrupt context, no lock. Boot. */
void link_on_signal(void (*fn)(unsigned signo));
void link_on_dump(void (*fn)(void));

/* link_receive - for the port's driver: these bytes came in. Interrupt context, no lock; never two
 * at a time. */
void link_receive(const uint8_t *bytes, size_t size_bytes);

/* link_lost - for the port's driver: nothing will come in any more. Standard input ends. Any
 * context, no lock. */
void link_lost(void);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of the virtio console, written from the specification with numbers of its own:
 * registers of both transports, two queues in the driver's memory, an interrupt line. It checks
 * that the driver keeps the rules and stops the test where it doesn't; on request it breaks them
 * itself.
 */
#ifndef TESTS_DRIVERS_MODEL_H
#define TESTS_DRIVERS_MODEL_H

#include "lib/types.h"

enum model_lie {
    LIE_NONE,
    LIE_ID_TOO_BIG,
    LIE_ID_NOT_GIVEN,
    LIE_ID_TWICE,
    LIE_LENGTH, /* more bytes written than there was room */
    LIE_INDEX,  /* far more buffers used than were given */
};

/* model_start - three slots, of which the middle one has a console; returns the first one's base.
 * legacy: version 1. several: MULTIPORT, the link is port 1. */
paddr_t model_start(bool legacy, bool several);

/* model_tell - a control message for the driver. False: it has given no buffer for it. */
bool model_tell(uint32_t port, uint16_t event, uint16_t value);

/* model_lazy - from now on notified buffers stay with the device until model_complete. */
void model_lazy(bool lazy);

/* model_complete - send up to `count` buffers that wait. Returns how many were. */
unsigned model_complete(unsigned count);

/* model_feed - receive: put bytes into the driver's buffers, at most `most` in each. Returns how
 * many fitted. */
size_t model_feed(const uint8_t *bytes, size_t size_bytes, size_t most);

/* model_lie - answer wrongly at the next completion: queue 0 receives for the link, 1 sends, 2 is
 * the control queue. */
void model_lie(unsigned queue, enum model_lie lie);

/* model_sent - all that the driver has sent so far. */
const uint8_t *model_sent(size_t *size_bytes);
void model_forget_sent(void);

/* model_line - the interrupt line; model_is_reset - the driver has taken its queues back. */
bool model_line(void);
bool model_is_reset(void);

#endif

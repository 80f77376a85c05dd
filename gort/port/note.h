/* SPDX-License-Identifier: Apache-2.0 */
/* What an M of a port on threads sleeps on; one wake-up is remembered. */
#ifndef GORT_PORT_NOTE_H
#define GORT_PORT_NOTE_H

#include "gort/port/os.h"

/* A waker swaps NOTE_WOKEN in and does what the old value asks for. */
enum { NOTE_NONE, NOTE_WOKEN, NOTE_ASLEEP, NOTE_IN_POLL };

/* note_begin - go to sleep in the way of `how`; false: it was woken before. */
static inline bool note_begin(_Atomic uint32_t *note, uint32_t how)
{
    uint32_t none = NOTE_NONE;
    return atomic_compare_exchange_strong(note, &none, how);
}

static inline void note_end(_Atomic uint32_t *note)
{
    atomic_exchange(note, NOTE_NONE);
}

static inline void note_sleep(_Atomic uint32_t *note, int64_t deadline_ns)
{
    if (note_begin(note, NOTE_ASLEEP))
        os_wait(note, NOTE_ASLEEP, deadline_ns);
    note_end(note);
}

/* note_wake - end a note_sleep, now or the next one; what the note was. */
static inline uint32_t note_wake(_Atomic uint32_t *note)
{
    uint32_t was = atomic_exchange(note, NOTE_WOKEN);
    if (was == NOTE_ASLEEP)
        os_wake(note);
    return was;
}

#endif

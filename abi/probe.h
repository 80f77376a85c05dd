/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Probes: instructions of the program at which the kernel notes the time, what has happened so far,
 * and some words, once each, and then goes on. The launcher says where (PAYLOAD_PROBES), the kernel
 * answers with LINK_PROBES frames, in the order in which the instructions were reached.
 *
 * PAYLOAD_PROBES: a probes_header, its probes by ascending offset, then the words of the first, of
 * the second and so on. The full kernel only; another one ignores them. Little-endian.
 */
#ifndef ABI_PROBE_H
#define ABI_PROBE_H

#include "lib/types.h"

#define PROBES_MAX      4096u
#define PROBE_WORDS_MAX 16u /* of one probe */
#define PROBE_STEPS_MAX 4u

struct probes_header {
    uint32_t probe_count, word_count;
    uint64_t entry, entry_offset_bytes; /* of the program's first instruction: where its file says
                                           that it is in memory, and where it is in the file */
};

struct probe {
    uint64_t offset_bytes; /* of the instruction, in the program's file; a multiple of 4; in the
                              segment that has the entry, too */
    uint32_t first_word;   /* those of the probes before it come before */
    uint32_t word_count;
};

/* Where a word comes from: a register (0 to 30, 31 for sp), an address, or the kernel. */
enum probe_base {
    PROBE_REGISTER_MAX = 31,
    PROBE_ADDRESS = 32, /* where the byte is that the program's file says is at `number` */
    PROBE_KERNEL = 33,  /* `number` is an enum probe_fact */
};

enum probe_fact {
    FACT_THREAD = 0,   /* the running thread's id */
    FACT_THREADS = 1,  /* how many there are */
    FACT_ALTSTACK = 2, /* where the running thread's signal stack begins; 0: it has none */
    FACT_ALTSTACK_BYTES = 3,
    FACT_HANDLERS = 4, /* low half: signals that have a handler; high half: of them, those without
                          all of SA_SIGINFO, SA_ONSTACK and SA_RESTART */
};

/* The value of the base; then as often as step_count says: the 8 bytes in memory at that value plus
 * the next of steps. */
struct probe_word {
    uint8_t base;
    uint8_t step_count;
    uint16_t reserved;
    int32_t steps[PROBE_STEPS_MAX];
    uint32_t reserved2;
    uint64_t number;
};

/* What comes back: this, then its word_count words (0 for what couldn't be read). */
struct probe_record {
    uint32_t probe; /* which, from 0 */
    uint32_t thread;
    uint64_t ns;                               /* the guest's monotonic clock */
    uint64_t faults, syscalls, resident_bytes; /* up to here */
    uint16_t read;                             /* bit i: word i could be read */
    uint16_t word_count;
    uint32_t complete; /* 1 */
};

_Static_assert(sizeof(struct probes_header) == 24, "probes layout");
_Static_assert(sizeof(struct probe) == 16, "probe layout");
_Static_assert(sizeof(struct probe_word) == 32, "probe word layout");
_Static_assert(sizeof(struct probe_record) == 48, "probe record layout");

#endif

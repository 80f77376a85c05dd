/* SPDX-License-Identifier: Apache-2.0 */
/* What the launcher sends as PAYLOAD_PROBES (abi/probe.h), checked once so that nobody else has to.
 * No state. */
#ifndef KERNEL_LINUX_PROBE_LIST_H
#define KERNEL_LINUX_PROBE_LIST_H

#include "abi/probe.h"

struct probe_list {
    const struct probe *probes; /* by ascending offset */
    const struct probe_word *words;
    uint32_t probe_count, word_count;
    uint64_t entry, entry_offset_bytes;
};

/* probe_list_read - the list in size_bytes at data, which is aligned to 8 and stays: every probe's
 * instruction is in a program of program_bytes, its words are in `words`, at most PROBE_WORDS_MAX,
 * and each word has a base that there is and at most PROBE_STEPS_MAX steps. NULL, or what is wrong
 * with it, a sentence's rest; *list is written on success only. */
const char *probe_list_read(struct probe_list *list, const void *data, size_t size_bytes,
                            size_t program_bytes) MUST_CHECK;

#endif

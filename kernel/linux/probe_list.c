/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/probe_list.h"

static bool sizes_fit(const struct probes_header *h, size_t size_bytes)
{
    return size_bytes >= sizeof *h && h->probe_count <= PROBES_MAX &&
           h->word_count <= PROBES_MAX * PROBE_WORDS_MAX &&
           size_bytes >= sizeof *h + h->probe_count * sizeof(struct probe) +
                             h->word_count * sizeof(struct probe_word);
}

static bool probes_good(const struct probe_list *list, size_t program_bytes)
{
    uint64_t least = 0, end = program_bytes < 4 ? 0 : program_bytes - 3;
    uint32_t word = 0;
    for (const struct probe *p = list->probes; p < list->probes + list->probe_count; p++) {
        if (p->offset_bytes < least || p->offset_bytes >= end || p->offset_bytes % 4 ||
            p->first_word != word || p->word_count > PROBE_WORDS_MAX)
            return false;
        least = p->offset_bytes + 4;
        word += p->word_count;
    }
    return word == list->word_count;
}

static bool words_good(const struct probe_list *list)
{
    for (uint32_t i = 0; i < list->word_count; i++)
        if (list->words[i].base > PROBE_KERNEL || list->words[i].step_count > PROBE_STEPS_MAX)
            return false;
    return true;
}

const char *probe_list_read(struct probe_list *list, const void *data, size_t size_bytes,
                            size_t program_bytes)
{
    const struct probes_header *h = data;
    if (!sizes_fit(h, size_bytes))
        return "cut off";
    const struct probe *probes = (const void *)(h + 1);
    struct probe_list read = {.probes = probes,
                              .words = (const void *)(probes + h->probe_count),
                              .probe_count = h->probe_count,
                              .word_count = h->word_count,
                              .entry = h->entry,
                              .entry_offset_bytes = h->entry_offset_bytes};
    if (!probes_good(&read, program_bytes) || !words_good(&read))
        return "contradictory";
    *list = read;
    return NULL;
}

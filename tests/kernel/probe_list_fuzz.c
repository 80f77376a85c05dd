/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the launcher's probes, for a program whose size the first two bytes tell; what is
 * taken and what is refused, against the format's words read one by one. */
#include "kernel/linux/probe_list.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

/* A little-endian number of n bytes; past the end, all ones. */
static uint64_t number(const uint8_t *data, size_t size, uint64_t at, unsigned n)
{
    uint64_t value = 0;
    if (at + n > size)
        return UINT64_MAX;
    for (unsigned i = n; i-- > 0;)
        value = value << 8 | data[at + i];
    return value;
}

/* The rules of abi/probe.h. */
static bool good(const uint8_t *data, size_t size, uint64_t program_bytes)
{
    uint64_t probes = number(data, size, 0, 4), words = number(data, size, 4, 4), seen = 0;
    if (size < 24 || probes > 4096 || 24 + probes * 16 + words * 32 > size)
        return false;
    for (uint64_t i = 0; i < probes; i++) {
        uint64_t offset = number(data, size, 24 + i * 16, 8),
                 n = number(data, size, 36 + i * 16, 4);
        if (offset % 4 || offset >= program_bytes || offset + 4 > program_bytes || n > 16 ||
            number(data, size, 32 + i * 16, 4) != seen)
            return false;
        if (i && offset <= number(data, size, 8 + i * 16, 8))
            return false;
        seen += n;
    }
    for (uint64_t i = 0; i < words; i++) {
        const uint8_t *word = data + 24 + probes * 16 + i * 32;
        if (word[0] > 33 || word[1] > 4)
            return false;
    }
    return seen == words;
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct probe_list list;
    if (size < 2)
        return 0;
    size_t program_bytes = (size_t)(input[0] | input[1] << 8);
    uint8_t *data = malloc(size - 2 + 1); /* aligned, and with an end that the sanitizer sees */
    if (!data)
        abort();
    memcpy(data, input + 2, size - 2);
    bool taken = probe_list_read(&list, data, size - 2, program_bytes) == NULL;
    if (taken != good(data, size - 2, program_bytes))
        abort();
    if (taken && (list.entry != number(data, size - 2, 8, 8) ||
                  list.entry_offset_bytes != number(data, size - 2, 16, 8)))
        abort();
    free(data);
    return 0;
}

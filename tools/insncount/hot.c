/* SPDX-License-Identifier: Apache-2.0 */
/* The block table: chained hash, blocks never freed since QEMU's generated code adds to their
 * counters. */
#include "tools/insncount/hot.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

struct block {
    uint64_t address, executions;
    uint32_t insns;
    struct block *next;
};

#define BUCKETS 65536

static struct block *table[BUCKETS];
static pthread_mutex_t table_lock = PTHREAD_MUTEX_INITIALIZER;

static struct block *find_or_add_locked(uint64_t address, uint32_t insns)
{
    struct block **head = &table[(uint32_t)((address >> 2) * 2654435761U) >> 16];

    for (struct block *b = *head; b; b = b->next)
        if (b->address == address && b->insns == insns)
            return b;

    struct block *b = calloc(1, sizeof(*b));
    if (!b)
        return NULL;
    *b = (struct block){.address = address, .insns = insns, .next = *head};
    return *head = b;
}

uint64_t *hot_counter(uint64_t address, uint32_t insns)
{
    pthread_mutex_lock(&table_lock);
    struct block *b = find_or_add_locked(address, insns);
    pthread_mutex_unlock(&table_lock);
    return b ? &b->executions : NULL;
}

void hot_write(FILE *out)
{
    for (int i = 0; i < BUCKETS; i++)
        for (struct block *b = table[i]; b; b = b->next)
            if (b->executions)
                fprintf(out, "0x%" PRIx64 " %" PRIu32 " %" PRIu64 "\n", b->address, b->insns,
                        b->executions);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random bytes: ChaCha20 with fast key erasure (each request replaces the key, so earlier output
 * can't be computed from a later state). Every CPU has its own generator under its own lock, keyed
 * from one pool and again every few minutes or megabytes.
 */
#ifndef KERNEL_CORE_RANDOM_H
#define KERNEL_CORE_RANDOM_H

#include "lib/types.h"

struct machine;

/* random_init - seed from the tree's rng-seed, the CPU's RNDR where it has it and the counter's
 * jitter, and say in the log which. The copy of the seed in *m is wiped. Boot, once, before any
 * random_fill. */
void random_init(struct machine *m);

/* random_add - mix bytes of a source into the pool; generators take it up at once. Any context.
 * name goes to the log. */
void random_add(const char *name, const void *bytes, size_t size_bytes);

/* random_fill - size_bytes of random bytes. Any context, any CPU. */
void random_fill(void *bytes, size_t size_bytes);

/* random_trusted - a source that nobody can guess (rng-seed, RNDR, virtio-rng) has been mixed in:
 * not just the counter's jitter. */
bool random_trusted(void);

#endif

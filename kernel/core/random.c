/* SPDX-License-Identifier: Apache-2.0 */
/*
 * kernel/core/random.h. One pool (a key that all sources are mixed into) and a generator per CPU,
 * keyed from the pool. Lock order: generator, pool. Nothing here is computed before somebody asks
 * for a random byte.
 */
#include "kernel/core/random.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/lock.h"
#include "kernel/core/log.h"
#include "kernel/core/machine.h"
#include "lib/chacha20.h"
#include "lib/str.h"

enum {
    SPARE_BYTES = CHACHA20_BLOCK_BYTES - CHACHA20_KEY_BYTES,
    REKEY_BYTES = 1 << 20,
};

#define REKEY_NS (300 * NS_PER_SEC)

static struct {
    struct spinlock lock;
    uint32_t generation; /* grows with every source mixed in; 0 before the first */
    bool trusted;
    uint64_t key[CHACHA20_KEY_BYTES / 8];
} pool;

struct generator {
    struct spinlock lock;
    uint32_t generation;  /* of the pool when the key was made */
    uint32_t spare_bytes; /* unused output at the end of `spare` */
    uint32_t given_bytes; /* since then */
    int64_t keyed_ns;
    uint64_t key[CHACHA20_KEY_BYTES / 8];
    uint8_t spare[SPARE_BYTES];
};

static struct generator generators[CPU_MAX];

/* The compiler must not drop the clearing of memory that is about to go out of use. */
static void wipe(void *p, size_t size_bytes)
{
    memset(p, 0, size_bytes);
    __asm__ volatile("" ::"r"(p) : "memory");
}

/* Replace key by the first half of the block that it makes; *out gets the second half. */
static void key_step(uint64_t key[4], uint64_t out[4])
{
    static const uint8_t nonce[CHACHA20_NONCE_BYTES];
    struct chacha20 c;
    uint64_t block[CHACHA20_BLOCK_BYTES / 8];
    chacha20_init(&c, (const uint8_t *)key, nonce, 0);
    chacha20_block(&c, (uint8_t *)block);
    memcpy(key, block, CHACHA20_KEY_BYTES);
    memcpy(out, block + 4, CHACHA20_KEY_BYTES);
    wipe(&c, sizeof c);
    wipe(block, sizeof block);
}

/* Mix bytes into the pool: 32 at a time, with a step between them so that no piece cancels another.
 */
static void pool_mix_locked(const uint8_t *bytes, size_t size_bytes)
{
    uint64_t unused[4];
    pool.key[0] ^= timer_counter();
    for (size_t at = 0; at < size_bytes; at += CHACHA20_KEY_BYTES) {
        if (at > 0)
            key_step(pool.key, unused);
        for (size_t i = 0; i < MIN(size_bytes - at, CHACHA20_KEY_BYTES); i++)
            ((uint8_t *)pool.key)[i] ^= bytes[at + i];
    }
    pool.generation++;
}

static void pool_add(const void *bytes, size_t size_bytes, bool trusted)
{
    uint64_t unused[4];
    spin_lock(&pool.lock);
    if (pool.generation > 0)
        key_step(pool.key, unused);
    pool_mix_locked(bytes, size_bytes);
    pool.trusted |= trusted;
    spin_unlock(&pool.lock);
}

void random_add(const char *name, const void *bytes, size_t size_bytes)
{
    pool_add(bytes, size_bytes, true);
    log_info("random: %zu bytes from %s", size_bytes, name);
}

bool random_trusted(void)
{
    return pool.trusted;
}

/* 16 bytes of the CPU's own generator, if it has one. */
static bool add_cpu_random(void)
{
    uint64_t words[2];
    if (!cpu_random(&words[0]) || !cpu_random(&words[1]))
        return false;
    pool_add(words, sizeof words, true);
    wipe(words, sizeof words);
    return true;
}

/* The low bits of how long things take: hardly anything on an emulator, so not trusted, but better
 * than nothing. */
static void add_jitter(void)
{
    uint64_t words[4] = {0};
    for (unsigned i = 0; i < 64; i++)
        words[i % 4] = words[i % 4] << 7 ^ words[i % 4] >> 57 ^ timer_counter();
    pool_add(words, sizeof words, false);
}

void random_init(struct machine *m)
{
    unsigned seed_bytes = m->seed_bytes;
    if (seed_bytes > 0)
        pool_add(m->seed, seed_bytes, seed_bytes >= 16);
    wipe(m->seed, sizeof m->seed);
    m->seed_bytes = 0;
    bool cpu = add_cpu_random();
    if (!pool.trusted)
        add_jitter();
    log_info("random: seeded from %u bytes of the device tree%s%s", seed_bytes,
             cpu ? ", the CPU's generator" : "", pool.trusted ? "" : ", the counter's jitter");
}

static bool rekey_due(const struct generator *g, int64_t now_ns)
{
    return g->generation != pool.generation || g->given_bytes >= REKEY_BYTES ||
           now_ns - g->keyed_ns >= REKEY_NS;
}

static void rekey_locked(struct generator *g, int64_t now_ns)
{
    uint64_t fresh[4];
    if (g->generation == pool.generation)
        add_cpu_random();
    spin_lock(&pool.lock);
    pool.key[1] ^= timer_counter();
    key_step(pool.key, fresh);
    g->generation = pool.generation;
    spin_unlock(&pool.lock);
    for (unsigned i = 0; i < ARRAY_SIZE(fresh); i++)
        g->key[i] ^= fresh[i];
    wipe(fresh, sizeof fresh);
    g->keyed_ns = now_ns;
    g->given_bytes = 0;
    g->spare_bytes = 0;
}

/* Up to size_bytes from the spare output, refilled when it is empty; what is handed out is
 * forgotten here. */
static size_t give_locked(struct generator *g, uint8_t *out, size_t size_bytes)
{
    if (g->spare_bytes == 0) {
        uint64_t block[4];
        key_step(g->key, block);
        memcpy(g->spare, block, sizeof g->spare);
        wipe(block, sizeof block);
        g->spare_bytes = SPARE_BYTES;
    }
    size_t n = MIN(size_bytes, g->spare_bytes);
    uint8_t *from = g->spare + SPARE_BYTES - g->spare_bytes;
    memcpy(out, from, n);
    wipe(from, n);
    g->spare_bytes -= (uint32_t)n;
    g->given_bytes += (uint32_t)n;
    return n;
}

void random_fill(void *bytes, size_t size_bytes)
{
    struct generator *g = &generators[cpu_index()];
    uint8_t *out = bytes;
    spin_lock(&g->lock);
    int64_t now_ns = clock_mono_ns();
    while (size_bytes > 0) {
        if (rekey_due(g, now_ns))
            rekey_locked(g, now_ns);
        size_t n = give_locked(g, out, size_bytes);
        out += n;
        size_bytes -= n;
    }
    spin_unlock(&g->lock);
}

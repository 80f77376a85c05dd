/* SPDX-License-Identifier: Apache-2.0 */
/*
 * getrandom(2) without a system call, as Linux' vDSO has it since 6.11
 * (include/uapi/linux/random.h, struct vgetrandom_opaque_params): the program keeps a state for
 * each thread, in memory that it maps as it is told to, and hands it in with each call. The state
 * is a ChaCha20 key with bytes drawn ahead; each draw replaces the key (fast key erasure), and what
 * was given out is wiped, so what is in the state never tells what came before.
 */
#include "abi/errno.h"
#include "kernel/linux/vdso/data.h"
#include "kernel/linux/vdso/user.h"
#include "lib/chacha20.h"

enum {
    NR_GETRANDOM = 278,
    FLAGS = 7,                  /* GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE: never wait here */
    GIVEN_MAX = 0x7ffff000,     /* as much as one call gives: INT_MAX in whole pages */
    RESEED_BYTES = 1024 * 1024, /* then the key comes from the kernel again */
    PAGE = 4096,
};

struct params {
    uint32_t state_bytes, mmap_prot, mmap_flags, reserved[13];
};

/* Zeros at first. A draw fills `ahead` and, right behind it, the next key. */
struct state {
    uint8_t ahead[2 * CHACHA20_BLOCK_BYTES - CHACHA20_KEY_BYTES];
    uint8_t key[CHACHA20_KEY_BYTES];
    uint64_t generation; /* of the kernel's when the key came from there */
    uint32_t left;       /* bytes of `ahead`, at its end, that haven't been given out */
    uint32_t drawn;      /* bytes since then */
    uint8_t busy;        /* a signal handler may come while the state is half changed */
};

_Static_assert(offsetof(struct state, key) == sizeof(((struct state *)0)->ahead),
               "one draw fills both");

EXPORT long __kernel_getrandom(void *buffer, size_t length, unsigned flags, void *state,
                               size_t state_bytes);

static const uint8_t no_nonce[CHACHA20_NONCE_BYTES];

/* Take n of the bytes drawn ahead, and forget them. */
static uint8_t *take_ahead(struct state *s, uint8_t *out, size_t n)
{
    volatile uint8_t *from = s->ahead + sizeof(s->ahead) - s->left;

    s->left -= (uint32_t)n;
    for (; n > 0; n--, from++) {
        *out++ = *from;
        *from = 0;
    }
    return out;
}

/* Whole blocks go right to the program; then the next bytes ahead and the next key. */
static uint8_t *draw(struct state *s, uint8_t *out, size_t blocks)
{
    struct chacha20 stream;

    chacha20_init(&stream, s->key, no_nonce, 0);
    s->drawn += (uint32_t)MIN(blocks * CHACHA20_BLOCK_BYTES, (size_t)RESEED_BYTES);
    for (; blocks > 0; blocks--, out += CHACHA20_BLOCK_BYTES)
        chacha20_block(&stream, out);
    chacha20_block(&stream, s->ahead);
    chacha20_block(&stream, s->ahead + CHACHA20_BLOCK_BYTES);
    s->left = sizeof(s->ahead);
    s->drawn += s->left;
    for (volatile uint32_t *w = stream.state; w < stream.state + ARRAY_SIZE(stream.state); w++)
        *w = 0;
    return out;
}

static bool seed(struct state *s)
{
    uint64_t generation = __atomic_load_n(&shared()->random_generation, __ATOMIC_ACQUIRE);

    if (LIKELY(s->generation == generation && s->drawn < RESEED_BYTES))
        return true;
    if (system_call(NR_GETRANDOM, (long)s->key, sizeof(s->key), 0) != sizeof(s->key))
        return false;
    s->generation = generation;
    s->left = s->drawn = 0;
    return true;
}

static void fill(struct state *s, uint8_t *out, size_t length)
{
    size_t n = MIN(length, (size_t)s->left);

    out = take_ahead(s, out, n);
    length -= n;
    if (length == 0)
        return;
    out = draw(s, out, length / CHACHA20_BLOCK_BYTES);
    take_ahead(s, out, length % CHACHA20_BLOCK_BYTES);
}

static long give(struct state *s, void *buffer, size_t length, unsigned flags)
{
    long given = -1;

    if (!s->busy && !(flags & ~(unsigned)FLAGS)) {
        *(volatile uint8_t *)&s->busy = 1;
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        if (seed(s)) {
            fill(s, buffer, length);
            given = (long)length;
        }
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
        *(volatile uint8_t *)&s->busy = 0;
    }
    return given >= 0 ? given : system_call(NR_GETRANDOM, (long)buffer, (long)length, flags);
}

long __kernel_getrandom(void *buffer, size_t length, unsigned flags, void *state,
                        size_t state_bytes)
{
    if (state_bytes == ~(size_t)0 && !buffer && !length && !flags) {
        *(struct params *)state = (struct params){
            .state_bytes = sizeof(struct state), .mmap_prot = 3, .mmap_flags = 0x22};
        return 0;
    }
    if (state_bytes != sizeof(struct state))
        return -EINVAL;
    if ((uintptr_t)state % PAGE + sizeof(struct state) > PAGE)
        return -EFAULT;
    return give(state, buffer, MIN(length, (size_t)GIVEN_MAX), flags);
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vDSO called as a program calls it, under qemu-aarch64, with a data page of our own. Symbols
 * are looked up as Go's runtime does, by the hash table and with the version, by code written for
 * this test; times are checked by plain division.
 */
#include <stdarg.h>

#include "kernel/linux/vdso/data.h"
#include "lib/fmt.h"
#include "lib/str.h"

enum { SYS_WRITE = 64, SYS_CLOCK_GETTIME = 113, SYS_MMAP = 222, SYS_MPROTECT = 226 };

long system_call(long number, ...);
long call_checked(const void *fn, long a, void *b);
int vdso_test(void);
extern const char vdso_file[], vdso_file_end[];

#define YEAR_S UINT64_C(31556952)

struct ehdr {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum;
};
struct phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
struct dyn {
    uint64_t tag, value;
};
struct sym {
    uint32_t name;
    uint8_t info, other;
    uint16_t shndx;
    uint64_t value, size;
};
struct verdef {
    uint16_t version, flags, ndx, cnt;
    uint32_t hash, aux, next;
};

struct object {
    const char *base, *strings;
    const struct sym *symbols;
    const uint32_t *hash, *gnu_hash;
    const uint16_t *versions;
    const struct verdef *verdef;
    uint64_t text_end;
};

struct time {
    int64_t s, fraction;
};

static struct vdso_data *data;
static int failures;

static void check(bool good, const char *fmt, ...)
{
    char line[160];
    va_list ap;
    int n = fmt_print(line, sizeof line, good ? "ok " : "not ok ");
    va_start(ap, fmt);
    n += fmt_vprint(line + n, sizeof line - (size_t)n - 1, fmt, ap);
    va_end(ap);
    line[n++] = '\n';
    system_call(SYS_WRITE, 1L, line, (long)n);
    failures += !good;
}

static char *load(void)
{
    long at = system_call(SYS_MMAP, 0L, 8192L, 3L, 0x22L, -1L, 0L);
    char *pages = (char *)at;
    data = (struct vdso_data *)pages;
    memcpy(pages + 4096, vdso_file, (size_t)(vdso_file_end - vdso_file));
    system_call(SYS_MPROTECT, at + 4096, 4096L, 5L);
    return pages + 4096;
}

static void open_object(struct object *o, const char *base)
{
    const struct ehdr *e = (const void *)base;
    const struct phdr *p = (const void *)(base + e->phoff);
    const struct dyn *d = NULL;
    *o = (struct object){.base = base};
    for (unsigned i = 0; i < e->phnum; i++) {
        if (p[i].type == 1 && p[i].vaddr == 0 && p[i].offset == 0)
            o->text_end = p[i].memsz;
        if (p[i].type == 2)
            d = (const void *)(base + p[i].vaddr);
    }
    for (; d && d->tag != 0; d++) {
        const void *at = base + d->value;
        switch (d->tag) {
        case 4:
            o->hash = at;
            break;
        case 5:
            o->strings = at;
            break;
        case 6:
            o->symbols = at;
            break;
        case 0x6ffffef5:
            o->gnu_hash = at;
            break;
        case 0x6ffffff0:
            o->versions = at;
            break;
        case 0x6ffffffc:
            o->verdef = at;
            break;
        }
    }
}

static unsigned version_index(const struct object *o, const char *name, uint32_t hash)
{
    for (const struct verdef *v = o->verdef;; v = (const void *)((const char *)v + v->next)) {
        const uint32_t *aux = (const void *)((const char *)v + v->aux);
        if (!(v->flags & 1) && v->hash == hash && strcmp(o->strings + aux[0], name) == 0)
            return v->ndx & 0x7fff;
        if (v->next == 0)
            return 0;
    }
}

static bool is_symbol(const struct object *o, unsigned i, const char *name, unsigned version)
{
    const struct sym *s = &o->symbols[i];
    unsigned type = s->info & 15, bind = s->info >> 4;
    return (type == 2 || type == 0) && (bind == 1 || bind == 2) && s->shndx != 0 &&
           strcmp(o->strings + s->name, name) == 0 && (o->versions[i] & 0x7fff) == version;
}

static uint32_t sysv_hash(const char *s)
{
    uint32_t h = 0;
    for (; *s; s++) {
        h = (h << 4) + (uint8_t)*s;
        h = (h ^ (h >> 24 & 0xf0)) & 0x0fffffff;
    }
    return h;
}

static const void *find_by_hash(const struct object *o, const char *name, uint32_t hash,
                                unsigned version)
{
    uint32_t nbucket = o->hash[0];
    const uint32_t *bucket = o->hash + 2, *chain = bucket + nbucket;
    for (uint32_t i = bucket[hash % nbucket]; i; i = chain[i])
        if (is_symbol(o, i, name, version))
            return o->base + o->symbols[i].value;
    return NULL;
}

static const void *find(const struct object *o, const char *name)
{
    unsigned version = version_index(o, "LINUX_2.6.39", 0x75fcb89);
    const char *at = find_by_hash(o, name, sysv_hash(name), version);
    check(at && (uint64_t)(at - o->base) < o->text_end, "%s is found, within the segment", name);
    return at;
}

/* Go prefers a GNU hash table, and up to 1.25 it looks with a wrong hash: there must be none, and
 * both hashes must lead to the symbol. */
static void try_go(const struct object *o, const void *gettime)
{
    static const uint32_t hashes[] = {0xb0cd725, 0xd35ec75};
    unsigned version = version_index(o, "LINUX_2.6.39", 0x75fcb89);
    check(!o->gnu_hash, "no GNU hash table");
    for (unsigned i = 0; i < ARRAY_SIZE(hashes); i++)
        check(find_by_hash(o, "__kernel_clock_gettime", hashes[i], version) == gettime,
              "the clock is found by hash %#x", hashes[i]);
}

static uint64_t counter(void)
{
    uint64_t v;
    __asm__ volatile("isb\n\tmrs %0, cntvct_el0" : "=r"(v)::"memory");
    return v;
}

/* Nanoseconds of a number of ticks, exactly. */
static uint64_t exact_ns(uint64_t ticks, uint64_t hz)
{
    return ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
}

/* What fn(clock, &t) says, in units of 1/unit seconds, lies between the counter's readings before
 * and after. */
static bool reads_right(const void *fn, int clock, uint64_t hz, int64_t offset_ns, uint64_t unit)
{
    struct time t = {-1, -1};
    uint64_t before = exact_ns(counter() - data->base_ticks, hz) + (uint64_t)offset_ns - 1;
    if ((clock < 0 ? call_checked(fn, (long)&t, NULL) : call_checked(fn, clock, &t)) != 0)
        return false;
    uint64_t after = exact_ns(counter() - data->base_ticks, hz) + (uint64_t)offset_ns;
    uint64_t got = (uint64_t)t.s * unit + (uint64_t)t.fraction;
    return t.fraction >= 0 && t.fraction < (int64_t)unit && got >= before / (1000000000 / unit) &&
           got <= after / (1000000000 / unit);
}

/* The data page as the kernel would fill it. */
static void set_data(uint64_t hz, uint64_t base_ticks, int64_t wall_ns)
{
    struct timebase t;
    timebase_init(&t, hz, base_ticks);
    *data = (struct vdso_data){.base_ticks = t.base_ticks, .s_mult = VDSO_S_MULT, .to_ns = t.to_ns};
    data->offset_ns[0] = data->offset_ns[5] = data->offset_ns[11] = wall_ns;
}

/* Dividing by a multiplication, at the edges and all over. */
static void try_seconds(void)
{
    bool good = true;
    uint64_t x = 88172645463325252;
    for (unsigned i = 0; i < 200000; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        uint64_t s = x >> i % 34 >> 30;
        for (uint64_t ns = s * 1000000000 - 1; ns != s * 1000000000 + 2; ns++)
            good &= vdso_seconds(data, ns) == ns / 1000000000;
        good &= vdso_seconds(data, x) == x / 1000000000;
    }
    check(good && vdso_seconds(data, UINT64_MAX) == UINT64_MAX / 1000000000,
          "seconds are an exact division");
}

static void try_clocks(const void *gettime, const void *timeofday, uint64_t hz, uint64_t years)
{
    static const struct {
        int clock;
        bool wall;
    } clocks[] = {{0, true}, {1, false}, {4, false}, {5, true}, {6, false}, {7, false}, {11, true}};
    int64_t offset = INT64_C(1795180000123456789);
    bool good = true;
    set_data(hz, counter() - years * YEAR_S * hz, offset);
    for (unsigned round = 0; round < 200; round++) {
        for (unsigned i = 0; i < ARRAY_SIZE(clocks); i++)
            good &=
                reads_right(gettime, clocks[i].clock, hz, clocks[i].wall ? offset : 0, 1000000000);
        good &= reads_right(timeofday, -1, hz, offset, 1000000);
    }
    check(good, "all clocks, %lu Hz, after %lu years", hz, years);
}

static void try_system_calls(const void *gettime, const void *getres)
{
    struct time a = {0}, b = {0}, c = {0};
    long direct = system_call(SYS_CLOCK_GETTIME, 3L, &a), through = call_checked(gettime, 3, &b);
    check(direct == 0 && through == 0 &&
              b.s * 1000000000 + b.fraction >= a.s * 1000000000 + a.fraction,
          "CPU time is a system call");
    static const int unknown[] = {-1, 12, 31, 32, 33, 37, 64, 65, 99, INT32_MIN};
    bool refused = true;
    for (unsigned i = 0; i < ARRAY_SIZE(unknown); i++)
        refused &= call_checked(gettime, unknown[i], &c) == -22 &&
                   call_checked(getres, unknown[i], &c) == -22;
    check(refused, "unknown clocks are EINVAL");
    check(call_checked(getres, 3, &c) == 0 && call_checked(getres, 1, &c) == 0 && c.s == 0 &&
              c.fraction == 1 && call_checked(getres, 0, NULL) == 0,
          "resolution");
}

/* ---- getrandom ---- */

typedef long getrandom_fn(void *buffer, size_t length, unsigned flags, void *state, size_t size);

enum {
    AHEAD = 96,
    STATE_BYTES = 152,
    KEY_AT = 96,
    GENERATION_AT = 128,
    LEFT_AT = 136,
    BUSY_AT = 144
};

/* A state whose key is zeros: what it gives is the key stream of RFC 8439, A.1, vectors 1 and 2. */
static void state_known(uint8_t *state)
{
    memset(state, 0, STATE_BYTES);
    memcpy(state + GENERATION_AT, &data->random_generation, 8);
}

static void try_random_stream(getrandom_fn *get, uint8_t *state)
{
    static const uint8_t first[] = {0x76, 0xb8, 0xe0, 0xad, 0xa0, 0xf1, 0x3d, 0x90},
                         second[] = {0x9f, 0x07, 0xe7, 0xbe, 0x55, 0x51, 0x38, 0x7a};
    uint8_t out[256], zeros[AHEAD] = {0};

    state_known(state);
    check(get(out, 8, 0, state, STATE_BYTES) == 8 && memcmp(out, first, 8) == 0,
          "bytes drawn ahead");
    state_known(state);
    bool good = get(out, 72, 0, state, STATE_BYTES) == 72;
    check(good && memcmp(out, first, 8) == 0 && memcmp(out + 64, second, 8) == 0,
          "a whole block, and bytes behind it");
    check(memcmp(state, zeros, 8) == 0 && memcmp(state + 8, zeros, 8) != 0,
          "what was given is wiped");
    check(memcmp(state + KEY_AT, zeros, 32) != 0, "the key is another one");
    state_known(state);
    bool same = get(out, 200, 0, state, STATE_BYTES) == 200;
    state_known(state);
    uint8_t pieces[192];
    for (size_t at = 0; at < sizeof pieces; at += 64)
        same &= get(pieces + at, 64, 0, state, STATE_BYTES) == 64;
    /* A block and 96 bytes ahead are one draw. */
    check(same && memcmp(out, pieces, 160) == 0 && memcmp(out + 160, pieces + 160, 32) != 0,
          "each draw has a key of its own");
}

static void try_random_kernel(getrandom_fn *get, uint8_t *state)
{
    uint8_t a[32] = {0}, b[32] = {0};

    memset(state, 0, STATE_BYTES);
    check(get(a, 32, 0, state, STATE_BYTES) == 32 && get(b, 32, 0, state, STATE_BYTES) == 32 &&
              memcmp(a, b, 32) != 0,
          "a new state gets its key from the kernel");
    state_known(state);
    state[GENERATION_AT] ^= 2;
    get(a, 32, 0, state, STATE_BYTES);
    state_known(state);
    get(b, 32, 0, state, STATE_BYTES);
    check(memcmp(a, b, 32) != 0, "and another one for another generation");
    state_known(state);
    state[BUSY_AT] = 1;
    check(get(a, 32, 0, state, STATE_BYTES) == 32 && memcmp(a, b, 32) != 0 && state[LEFT_AT] == 0,
          "within a signal handler the kernel answers");
    check(get(a, 32, 0x80, state, STATE_BYTES) == -22, "an unknown flag is EINVAL");
}

static void try_random(getrandom_fn *get)
{
    static uint8_t page[8192] __attribute__((aligned(4096)));
    static const uint64_t mib = 1 << 20;
    uint32_t params[16] = {0};

    data->random_generation = 1;
    check(get(NULL, 0, 0, params, ~UINT64_C(0)) == 0 && params[0] == STATE_BYTES &&
              params[1] == 3 && params[2] == 0x22,
          "how a state is to be mapped");
    check(get(page, 1, 0, page, STATE_BYTES - 1) == -22, "a state of another size is EINVAL");
    check(get(page, 1, 0, page + 4096 - STATE_BYTES + 8, STATE_BYTES) == -14,
          "a state in two pages is EFAULT");
    try_random_stream(get, page);
    try_random_kernel(get, page);
    char *much = (char *)system_call(SYS_MMAP, 0L, 2 * mib, 3L, 0x22L, -1L, 0L);
    state_known(page);
    uint8_t key[32];
    bool good = get(much, 2 * mib, 0, page, STATE_BYTES) == (long)(2 * mib);
    memcpy(key, much, 32);
    state_known(page);
    good &=
        get(much, 2 * mib, 0, page, STATE_BYTES) == (long)(2 * mib) && memcmp(key, much, 32) == 0;
    uint8_t next[2][32];
    good &= get(next[0], 32, 0, page, STATE_BYTES) == 32;
    state_known(page);
    get(much, 2 * mib, 0, page, STATE_BYTES);
    get(next[1], 32, 0, page, STATE_BYTES);
    check(good && memcmp(next[0], next[1], 32) != 0,
          "after a megabyte the kernel's key is wanted again");
}

int vdso_test(void)
{
    struct object o;
    open_object(&o, load());
    const void *gettime = find(&o, "__kernel_clock_gettime"),
               *timeofday = find(&o, "__kernel_gettimeofday");
    const void *getres = find(&o, "__kernel_clock_getres");
    const void *getrandom = find(&o, "__kernel_getrandom");
    const uint32_t *sigreturn = find(&o, "__kernel_rt_sigreturn");
    check(sigreturn && sigreturn[0] == 0xd2801168 && sigreturn[1] == 0xd4000001,
          "the signal trampoline's bytes");
    check(version_index(&o, "LINUX_2.6.39", 0x75fcb89) > 1, "version LINUX_2.6.39");
    if (failures)
        return 1;
    try_go(&o, gettime);
    try_clocks(gettime, timeofday, 62500000, 0);
    try_clocks(gettime, timeofday, 24000000, 10);
    try_clocks(gettime, timeofday, 1000000000, 100);
    try_clocks(gettime, timeofday, 19200000, 150);
    try_clocks(gettime, timeofday, 3000000000, 3);
    try_seconds();
    check(call_checked(timeofday, 0, NULL) == 0, "gettimeofday of nothing");
    struct time zone = {-1, -1};
    check(call_checked(timeofday, 0, &zone) == 0 && zone.s == 0, "the time zone is zero");
    try_system_calls(gettime, getres);
    try_random((getrandom_fn *)getrandom);
    return failures != 0;
}

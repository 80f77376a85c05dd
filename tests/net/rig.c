/* SPDX-License-Identifier: Apache-2.0 */
/* tests/net/rig.h. One thread: nobody waits, every lock is free. */
#include "tests/net/rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "abi/linux_inet.h"
#include "gort/timer.h"
#include "kernel/core/clock.h"
#include "kernel/core/log.h"
#include "kernel/core/netdev.h"
#include "kernel/core/options.h"
#include "kernel/core/panic.h"
#include "kernel/core/random.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/etc.h"
#include "kernel/fs/signal_hook.h"
#include "kernel/fs/unix_socket.h"
#include "kernel/net/network.h"

uint64_t rig_sent, rig_fired, rig_split;
bool rig_splits;
void (*rig_sees)(const uint8_t *frame, uint32_t size);
long rig_allocations;
const uint8_t rig_macs[2][6] = {{0x52, 0x54, 0, 0x12, 0x34, 0x56},
                                {0x52, 0x54, 0, 0x12, 0x34, 0x57}};
static int64_t now_ns = 1;
static struct timer *armed;
static struct socket_family *families;

/* ---- the kernel's core ---- */

void *kmalloc(size_t size_bytes)
{
    rig_allocations++;
    return malloc(size_bytes);
}

void *kzalloc(size_t size_bytes)
{
    rig_allocations++;
    return calloc(1, size_bytes);
}

void kfree(void *p)
{
    rig_allocations -= p != NULL;
    free(p);
}

int64_t clock_mono_ns(void)
{
    return now_ns;
}

void random_fill(void *bytes, size_t size_bytes)
{
    memset(bytes, 0x5a, size_bytes);
}

void panic(const char *fmt, ...)
{
    fprintf(stderr, "panic: %s\n", fmt);
    abort();
}

void timer_init(struct timer *t, void (*fn)(void *), void *arg)
{
    *t = (struct timer){.fn = fn, .arg = arg, .when_ns = TIMER_NEVER};
}

void timer_set(struct timer *t, int64_t when_ns)
{
    t->when_ns = when_ns;
    armed = t;
}

void waitq_init(struct waitq *q)
{
    list_init(&q->waiters);
}

void waitq_add(struct waitq *q, struct waiter *w)
{
    (void)q, (void)w;
}

void waitq_remove(struct waitq *q, struct waiter *w)
{
    (void)q, (void)w;
}

void waitq_wake(struct waitq *q, unsigned events, unsigned exclusive)
{
    (void)q, (void)events, (void)exclusive;
}

void sleeper_init(struct sleeper *s)
{
    (void)s;
}

int sleeper_sleep(struct sleeper *s, int64_t deadline_ns)
{
    (void)s, (void)deadline_ns;
    return -ERESTARTSYS;
}

void thread_signal_self(int sig)
{
    (void)sig;
}

size_t copy_from_user_part(void *dst, vaddr_t src, size_t size_bytes)
{
    memcpy(dst, (const void *)(uintptr_t)src, size_bytes);
    return size_bytes;
}

size_t copy_to_user_part(vaddr_t dst, const void *src, size_t size_bytes)
{
    memcpy((void *)(uintptr_t)dst, src, size_bytes);
    return size_bytes;
}

int copy_from_user(void *dst, vaddr_t src, size_t size_bytes)
{
    return copy_from_user_part(dst, src, size_bytes) == size_bytes ? 0 : -EFAULT;
}

int copy_to_user(vaddr_t dst, const void *src, size_t size_bytes)
{
    return copy_to_user_part(dst, src, size_bytes) == size_bytes ? 0 : -EFAULT;
}

int clear_user(vaddr_t dst, size_t size_bytes)
{
    memset((void *)(uintptr_t)dst, 0, size_bytes);
    return 0;
}

/* ---- files ---- */

void socket_register(struct socket_family *f)
{
    f->next = families;
    families = f;
}

void socket_control(struct socket_control *c, int level, int type, const void *data, uint32_t size)
{
    (void)c, (void)level, (void)type, (void)data, (void)size;
}

void unix_show(struct text *t, uint64_t arg)
{
    (void)t, (void)arg;
}

/* ---- the card ---- */

static struct netdev cards[2];

static uint8_t *card_send(struct netdev *d, const struct netdev_piece *pieces, unsigned n,
                          struct netdev_checksum c)
{
    static uint8_t frame[NETDEV_FRAME_MAX + 512];
    uint32_t size = 0;
    (void)d;
    for (unsigned i = 0; i < n; size += pieces[i++].size)
        if (size + pieces[i].size <= sizeof(frame))
            memcpy(frame + size, pieces[i].bytes, pieces[i].size);
    if (size > NETDEV_FRAME_MAX || c.start + c.offset > (int)size)
        abort();
    rig_sent++;
    if (rig_sees)
        rig_sees(frame, size);
    return frame;
}

static void card_flush(struct netdev *d)
{
    (void)d;
}

/* What one that splits has been given last, and hasn't shown yet. */
static struct {
    uint8_t bytes[NETDEV_LARGE_MAX];
    uint32_t size;
    uint16_t header_bytes, segment_bytes;
    bool six;
} held;

static uint32_t append(uint32_t size, const struct netdev_piece *pieces, unsigned n)
{
    for (unsigned i = 0; i < n; size += pieces[i++].size) {
        if (size + pieces[i].size > sizeof(held.bytes))
            return 0;
        memcpy(held.bytes + size, pieces[i].bytes, pieces[i].size);
    }
    return size;
}

/* As virtio 1.2, 5.1.6.2, has a device do it: sequence numbers go on, all else is the header's. */
static void show_segment(uint32_t at, uint32_t size)
{
    uint8_t frame[NETDEV_FRAME_MAX], *sequence = frame + 14 + (held.six ? 40 : 20) + 4;
    memcpy(frame, held.bytes, held.header_bytes);
    memcpy(frame + held.header_bytes, held.bytes + at, size);
    rig_store32(sequence, rig_load32(sequence) + at - held.header_bytes);
    rig_split++;
    if (rig_sees)
        rig_sees(frame, held.header_bytes + size);
}

static void splitting_flush(struct netdev *d)
{
    (void)d;
    if (!held.segment_bytes && held.size && rig_sees)
        rig_sees(held.bytes, held.size);
    for (uint32_t at = held.header_bytes; held.segment_bytes && at < held.size;
         at += held.segment_bytes)
        show_segment(at, MIN(held.size - at, (uint32_t)held.segment_bytes));
    held.size = held.segment_bytes = 0;
}

static uint8_t *splitting_send(struct netdev *d, const struct netdev_piece *pieces, unsigned n,
                               struct netdev_checksum c)
{
    splitting_flush(d);
    held.size = append(0, pieces, n);
    if (!held.size || held.size > NETDEV_FRAME_MAX || c.start + c.offset > (int)held.size)
        abort();
    rig_sent++;
    return held.bytes;
}

static bool splitting_extend(struct netdev *d, const struct netdev_piece *pieces, unsigned n)
{
    uint32_t size = append(held.size, pieces, n);
    (void)d;
    if (size)
        held.size = size;
    return size;
}

static void splitting_segment(struct netdev *d, bool six, uint16_t header_bytes,
                              uint16_t segment_bytes)
{
    (void)d;
    if (header_bytes < 54 || header_bytes + segment_bytes > (int)NETDEV_FRAME_MAX)
        abort();
    held.six = six;
    held.header_bytes = header_bytes;
    held.segment_bytes = segment_bytes;
}

static const struct netdev plain_card = {.send = card_send, .flush = card_flush, .checksums = true},
                           splitting_card = {.send = splitting_send,
                                             .flush = splitting_flush,
                                             .extend = splitting_extend,
                                             .segment = splitting_segment,
                                             .checksums = true,
                                             .segments4 = true,
                                             .segments6 = true};

/* config.c takes its settings from here. */
bool option_copy(const char *key, char *value, size_t size_bytes)
{
    const char *text = !strcmp(key, "net0") ? "ip=10.0.2.15/24,gw=10.0.2.2" : "";
    snprintf(value, size_bytes, "%s", text);
    return *text;
}

bool option_is(const char *key, const char *value)
{
    (void)key, (void)value;
    return false;
}

void (*etc_resolv)(char *text, size_t size_bytes);

void klog(enum klog_level level, const char *fmt, ...)
{
    (void)level, (void)fmt;
}

void rig_start(unsigned count)
{
    struct netdev *found[ARRAY_SIZE(cards)];
    for (unsigned i = 0; i < count; i++) {
        cards[i] = rig_splits ? splitting_card : plain_card;
        memcpy(cards[i].mac, rig_macs[i], 6);
        found[i] = &cards[i];
    }
    if (!network_start(found, count))
        abort();
    rig_pass(5 * NS_PER_SEC);
}

void rig_frame(unsigned card, const void *bytes, uint32_t size, bool checked)
{
    struct netdev_piece whole = {bytes, size};
    struct netdev *d = &cards[card];
    d->enter();
    d->frame(d->owner, &whole, 1, checked);
    d->leave();
}

void rig_arp_reply(uint8_t last_byte)
{
    const uint8_t frame[60] = {
        0x52, 0x54, 0, 0x12,      0x34, 0x56, 2, 0,    0,    0,    0,  last_byte, 8, 6,
        0,    1,    8, 0,         6,    4,    0, 2,    2,    0,    0,  0,         0, last_byte,
        10,   0,    2, last_byte, 0x52, 0x54, 0, 0x12, 0x34, 0x56, 10, 0,         2, 15};
    rig_frame(0, frame, sizeof(frame), false);
}

void rig_pass(int64_t ns)
{
    int64_t end_ns = now_ns + ns;
    while (armed && armed->when_ns <= end_ns) {
        struct timer *t = armed;
        armed = NULL;
        now_ns = now_ns > t->when_ns ? now_ns : t->when_ns;
        rig_fired++;
        t->fn(t->arg);
    }
    now_ns = end_ns;
}

struct socket *rig_socket(int family, int type, int protocol)
{
    struct socket *s = NULL;
    for (struct socket_family *f = families; f; f = f->next)
        if (f->family == family)
            return f->create(type, protocol, &s) ? NULL : s;
    return NULL;
}

struct socket_address rig_any(int family, uint16_t port)
{
    struct socket_address a = {.len = family == AF_INET ? 16 : 28, .bytes = {(uint8_t)family}};
    a.bytes[2] = (uint8_t)(port >> 8);
    a.bytes[3] = (uint8_t)port;
    return a;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Segments that the card is given as one frame, and splits (kernel/net/interface.c): each byte
 * comes out under its own sequence number, whatever is sent anew beside what is new, and in the
 * flush that it was sent in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "abi/linux_inet.h"
#include "kernel/net/checksum.h"
#include "tests/net/rig.h"

#define TOTAL     (1u << 20)
#define SEGMENT   1460u
#define ACKS_MOST 64
#define ROUNDS    20

enum {
    ETH_IP_BYTES = 14 + 20,
    HEADER_BYTES = ETH_IP_BYTES + 20,
    ACK = 16,
    FIN = 1,
    SYN = 2,
    RST = 4,
};

/* The other ends of two connections: what they have got, whose bytes tell their places. */
static struct peer {
    struct socket *s;
    uint16_t port;
    uint32_t sent;                 /* bytes that the socket has taken */
    uint32_t first;                /* the sequence number of byte 0 */
    uint32_t got;                  /* all bytes before this one */
    bool has[TOTAL / SEGMENT + 1]; /* segments behind it, by their numbers */
    bool ended;
    unsigned lose_one_in;
    unsigned owed; /* acknowledgements */
    unsigned wrong;
} peers[2];

static bool asked; /* by ARP */

static uint8_t byte_at(const struct peer *p, uint32_t place)
{
    return (uint8_t)((place + p->port) * 2654435761u >> 21);
}

static void take_data(struct peer *p, uint32_t place, const uint8_t *bytes, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        p->wrong += bytes[i] != byte_at(p, place + i);
    if (place % SEGMENT == 0 && (size == SEGMENT || place + size == TOTAL))
        p->has[place / SEGMENT] = true;
    else if (place <= p->got && place + size > p->got)
        p->got = place + size;
    while (p->got < TOTAL && p->has[p->got / SEGMENT])
        p->got = MIN(p->got / SEGMENT * SEGMENT + SEGMENT, TOTAL);
}

static void sees(const uint8_t *frame, uint32_t size)
{
    const uint8_t *tcp = frame + ETH_IP_BYTES;
    asked |= frame[12] == 8 && frame[13] == 6;
    if (size < HEADER_BYTES || frame[12] != 8 || frame[13] || frame[23] != 6)
        return;
    struct peer *p = &peers[tcp[3] & 1];
    uint32_t header = ETH_IP_BYTES + (tcp[12] >> 4) * 4u, place = rig_load32(tcp + 4) - p->first;
    if (tcp[13] & SYN)
        p->first = rig_load32(tcp + 4) + 1;
    else if (p->lose_one_in && !((unsigned)rand() % p->lose_one_in))
        return;
    else
        take_data(p, place, frame + header, size - header);
    p->owed += size > header || tcp[13] & FIN;
    p->ended |= tcp[13] & FIN && p->got == TOTAL;
}

static void send_segment(const struct peer *p, uint8_t flags, uint32_t sequence)
{
    uint32_t ack = flags & SYN ? 0 : p->first + p->got + p->ended;
    uint8_t frame[HEADER_BYTES + 4] = {0x52, 0x54, 0,    0x12, 0x34, 0x56, 2,  0, 0, 0, 0,  2,
                                       8,    0,    0x45, 0,    0,    40,   0,  0, 0, 0, 64, 6,
                                       0,    0,    10,   0,    2,    2,    10, 0, 2, 15};
    uint8_t *tcp = frame + ETH_IP_BYTES, options = flags & SYN ? 4 : 0;
    frame[17] = 40 + options;
    uint16_t sum = (uint16_t)~checksum_sum(frame + 14, 20);
    memcpy(frame + 24, &sum, sizeof(sum));
    memcpy(tcp, (uint8_t[]){p->port >> 8, p->port & 255, 0, 80}, 4);
    rig_store32(tcp + 4, sequence);
    rig_store32(tcp + 8, ack);
    memcpy(tcp + 12, (uint8_t[]){(20 + options) / 4 << 4, flags, 0xff, 0xff}, 4);
    memcpy(tcp + 20, (uint8_t[]){2, 4, SEGMENT >> 8, SEGMENT & 255}, 4);
    rig_frame(0, frame, HEADER_BYTES + options, true);
}

static void answer_arp(void)
{
    asked = false;
    rig_arp_reply(2);
}

static struct socket *listener;

static int start(void **state)
{
    struct socket_address a = rig_any(AF_INET, 80);
    (void)state;
    rig_splits = true;
    rig_start(1);
    rig_sees = sees;
    listener = rig_socket(AF_INET, SOCK_STREAM, 0);
    return !listener || listener->ops->bind(listener, &a) || listener->ops->listen(listener, 16);
}

static void connect_peer(struct peer *p, uint16_t port, unsigned lose_one_in)
{
    *p = (struct peer){.port = port, .lose_one_in = lose_one_in};
    send_segment(p, SYN, 0);
    answer_arp();
    send_segment(p, ACK, 1);
    assert_int_equal(listener->ops->accept(listener, true, &p->s), 0);
}

/* Some of the bytes, and after the last of them the end. Whether the socket took any. */
static bool send_some(struct peer *p)
{
    static uint8_t bytes[30000];
    struct uio u;
    struct socket_message m = {.uio = &u};
    uint32_t n = 1 + (uint32_t)rand() % (uint32_t)sizeof(bytes);
    n = MIN(n, TOTAL - p->sent);
    for (uint32_t i = 0; i < n; i++)
        bytes[i] = byte_at(p, p->sent + i);
    uio_user(&u, (vaddr_t)(uintptr_t)bytes, n);
    long sent = n ? p->s->ops->send(p->s, &m, true) : 0;
    assert_true(sent >= 0 || sent == -EAGAIN);
    p->sent += sent > 0 ? (uint32_t)sent : 0;
    if (n && p->sent == TOTAL)
        assert_int_equal(p->s->ops->shutdown(p->s, SHUT_WR), 0);
    return sent > 0;
}

static bool acknowledge(struct peer *p)
{
    unsigned acks = MIN(p->owed, ACKS_MOST);
    p->owed = 0;
    for (unsigned i = 0; i < acks; i++)
        send_segment(p, ACK, 1);
    return acks;
}

/* Both connections at once. */
static void transfer(uint16_t port, unsigned lose_one_in)
{
    for (unsigned i = 0; i < 2; i++)
        connect_peer(&peers[i], (uint16_t)(port + i), lose_one_in);
    while (!peers[0].ended || !peers[1].ended) {
        bool goes_on = false;
        for (unsigned i = 0; i < 2; i++) {
            goes_on |= send_some(&peers[i]);
            goes_on |= acknowledge(&peers[i]);
            assert_int_equal(peers[i].wrong, 0);
        }
        if (!goes_on)
            rig_pass(500000000);
        if (asked)
            answer_arp();
    }
    for (unsigned i = 0; i < 2; i++) {
        peers[i].s->ops->release(peers[i].s);
        send_segment(&peers[i], RST, 1);
    }
}

static void whole_cable(void **state)
{
    (void)state;
    uint64_t sent = rig_sent, split = rig_split;
    transfer(5000, 0);
    assert_true(rig_split - split > TOTAL / SEGMENT);
    assert_true(rig_sent - sent < TOTAL / SEGMENT / 2);
}

static void losses(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ROUNDS; i++) {
        srand(i);
        transfer((uint16_t)(6000 + 2 * i), 5 + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole_cable), cmocka_unit_test(losses)};
    return cmocka_run_group_tests(tests, start, NULL);
}

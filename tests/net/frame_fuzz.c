/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames from the wire, whatever they are: lwIP with our port and the sockets over it. An input is
 * a list of frames, each behind two bytes: its length, little-endian; the highest bit says that the
 * card vouches for the checksums (of TCP and UDP), the next one that a second passes after it, the
 * one after that that it comes in by the card that asks for an address. The IPv4 header's checksum
 * is made right first, or nothing would get past it, and the destination's MAC address.
 *
 * Where the lowest bit of a frame's second byte is set it gets what its sender would know: a TCP
 * segment belongs to one of the connections that there are (the third byte chooses) and its numbers
 * are relative to those that are next; a DHCP answer has the number of what was asked last; ICMP,
 * IGMP, and ICMPv6 with MLD and neighbour discovery in it have the right checksum.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/errno.h"
#include "abi/linux_inet.h"
#include "tests/net/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    TCP_PORT = 80,
    UDP_PORT = 53,
    FLOWS = 8,
    HELD = 8,
    TURNS = 16,
    IP = 14,       /* where the IP header begins in a frame */
    IP6 = 40,      /* bytes of one of IPv6 */
    DHCP_XID = 46, /* where a DHCP message behind a plain IPv4 header has its number */
    DHCP_CHADDR = 70,
    FIN = 1,
    SYN = 2,
};

/* A connection as this side's last segment shows it. */
struct flow {
    uint8_t ips[8], ports[4]; /* ours, theirs */
    uint32_t next, expected;  /* sequence numbers: ours, theirs */
};

static struct flow flows[FLOWS];
static unsigned newest;
static uint8_t dhcp_xid[4];
static struct socket *listener, *datagrams, *pings, *pings6, *client, *held[HELD];

/* ---- what goes out ---- */

static struct flow *flow_of(const uint8_t *ips, const uint8_t *ports)
{
    for (unsigned i = 0; i < FLOWS; i++)
        if (!memcmp(flows[i].ips, ips, 8) && !memcmp(flows[i].ports, ports, 4))
            return &flows[i];
    struct flow *f = &flows[++newest % FLOWS];
    memcpy(f->ips, ips, 8);
    memcpy(f->ports, ports, 4);
    return f;
}

static void see(const uint8_t *frame, uint32_t size)
{
    const uint8_t *t = frame + IP + 20;
    if (size < IP + 40 || frame[12] != 8 || frame[13] || frame[IP] != 0x45)
        return;
    if (frame[IP + 9] == IPPROTO_UDP && t[3] == 67 && size >= DHCP_XID + 4)
        memcpy(dhcp_xid, frame + DHCP_XID, 4);
    if (frame[IP + 9] != IPPROTO_TCP)
        return;
    struct flow *f = flow_of(frame + IP + 12, t);
    uint32_t payload = size - IP - 20 - (t[12] >> 4) * 4u;
    f->next = rig_load32(t + 4) + payload + !!(t[13] & FIN) + !!(t[13] & SYN);
    f->expected = rig_load32(t + 8);
}

/* ---- what comes in ---- */

static uint32_t add_up(uint32_t sum, const uint8_t *p, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        sum += i & 1 ? p[i] : (uint32_t)p[i] << 8;
    return sum;
}

static void put_checksum(uint8_t *at, uint32_t sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    at[0] = (uint8_t)(sum >> 8);
    at[1] = (uint8_t)sum;
}

/* A message of ICMP, IGMP or ICMPv6 from `at` on: sum is what counts besides. */
static void check_message(uint8_t *at, const uint8_t *end, uint32_t sum)
{
    if (end - at < 4)
        return;
    at[2] = at[3] = 0;
    put_checksum(at + 2, add_up(sum, at, (uint32_t)(end - at)));
}

static void help4(uint8_t *frame, uint32_t size)
{
    uint32_t whole = (uint32_t)frame[IP + 2] << 8 | frame[IP + 3];
    if (frame[IP + 9] == IPPROTO_ICMP || frame[IP + 9] == 2 /* IGMP */)
        check_message(frame + IP + (frame[IP] & 15) * 4,
                      frame + (IP + whole < size ? IP + whole : size), 0);
}

/* MLD is behind a header for each router on the way. */
static void help6(uint8_t *frame, uint32_t size)
{
    uint32_t at = IP + IP6, whole = at + ((uint32_t)frame[IP + 4] << 8 | frame[IP + 5]);
    uint8_t next = frame[IP + 6];
    if (whole > size || whole < at + 8)
        return;
    if (!next) {
        next = frame[at];
        at += 8 * (1 + (uint32_t)frame[at + 1]);
    }
    if (next == IPPROTO_ICMPV6 && at < whole)
        check_message(frame + at, frame + whole,
                      add_up(IPPROTO_ICMPV6 + whole - at, frame + IP + 8, 32));
}

static void help(uint8_t *frame, uint32_t size)
{
    uint8_t *t = frame + IP + 20;
    const struct flow *f = &flows[frame[2] % FLOWS];
    if (size >= DHCP_CHADDR + 6 && frame[IP + 9] == IPPROTO_UDP && t[3] == 68) {
        memcpy(frame + DHCP_XID, dhcp_xid, 4);
        memcpy(frame + DHCP_CHADDR, rig_macs[1], 6);
    }
    if (size < IP + 40 || frame[IP + 9] != IPPROTO_TCP || !f->ports[1])
        return;
    memcpy(frame + IP + 12, f->ips + 4, 4);
    memcpy(frame + IP + 16, f->ips, 4);
    memcpy(t, f->ports + 2, 2);
    memcpy(t + 2, f->ports, 2);
    rig_store32(t + 4, rig_load32(t + 4) + f->expected);
    rig_store32(t + 8, rig_load32(t + 8) + f->next);
}

static void fix(uint8_t *frame, uint32_t size, unsigned card)
{
    if (size < IP + 20)
        return;
    bool v4 = frame[12] == 8 && !frame[13], helped = frame[1] & 1;
    uint32_t header = (frame[IP] & 15u) * 4;
    if (helped && frame[12] == 0x86 && frame[13] == 0xdd && size >= IP + IP6)
        help6(frame, size);
    if (v4 && header == 20 && helped)
        help(frame, size);
    memcpy(frame, frame[0] & 1 ? (const uint8_t *)"\xff\xff\xff\xff\xff\xff" : rig_macs[card], 6);
    if (!v4 || header < 20 || IP + header > size)
        return;
    if (helped)
        help4(frame, size);
    frame[IP + 10] = frame[IP + 11] = 0;
    put_checksum(frame + IP + 10, add_up(0, frame + IP, header));
}

/* ---- the program ---- */

static struct socket *bound(int family, int type, int protocol, uint16_t port)
{
    struct socket *s = rig_socket(family, type, protocol);
    struct socket_address a = rig_any(family, port);
    if (!s || s->ops->bind(s, &a))
        abort();
    return s;
}

static void start(void)
{
    rig_sees = see;
    rig_start(2);
    listener = bound(AF_INET6, SOCK_STREAM, 0, TCP_PORT);
    if (listener->ops->listen(listener, 16))
        abort();
    datagrams = bound(AF_INET6, SOCK_DGRAM, 0, UDP_PORT);
    const uint8_t group[8] = {239, 1, 2, 3}, group6[20] = {0xff, 2, [15] = 0x77};
    if (datagrams->ops->set_wide(datagrams, IPPROTO_IP, IP_ADD_MEMBERSHIP, group, sizeof(group)) ||
        datagrams->ops->set_wide(datagrams, IPPROTO_IPV6, IPV6_JOIN_GROUP, group6, sizeof(group6)))
        abort();
    pings = rig_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    pings6 = rig_socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
}

static struct socket *connecting(void)
{
    struct socket *s = rig_socket(AF_INET, SOCK_STREAM, 0);
    struct socket_address a = rig_any(AF_INET, 9);
    memcpy(a.bytes + 4, "\x0a\0\2\2", 4);
    if (s)
        (void)s->ops->connect(s, &a, true);
    return s;
}

/* Read what has come, and answer. */
static long drain(struct socket *s)
{
    static char bytes[65536];
    struct socket_address from;
    struct uio u;
    uio_user(&u, (vaddr_t)(uintptr_t)bytes, sizeof(bytes));
    struct socket_message m = {.uio = &u, .name = &from};
    long n = s->ops->receive(s, &m, true);
    if (n <= 0)
        return n;
    uio_user(&u, (vaddr_t)(uintptr_t)bytes, (size_t)n);
    struct socket_message back = {.uio = &u, .name = from.len ? &from : NULL};
    (void)s->ops->send(s, &back, true);
    return n;
}

static void release(struct socket **s)
{
    if (*s)
        (*s)->ops->release(*s);
    *s = NULL;
}

/* A connection is held until its other end is over. */
static void serve(void)
{
    static unsigned next;
    struct socket *s;
    long n;
    for (int i = 0; i < TURNS && (drain(datagrams) > 0 || (pings && drain(pings) > 0) ||
                                  (pings6 && drain(pings6) > 0));
         i++)
        ; /* an answer to an address of our own comes in again */
    while (!listener->ops->accept(listener, true, &s)) {
        release(&held[++next % HELD]);
        held[next % HELD] = s;
    }
    for (unsigned i = 0; i < HELD; i++) {
        while (held[i] && (n = drain(held[i])) != -EAGAIN)
            if (n <= 0)
                release(&held[i]);
    }
    if (client)
        drain(client);
}

static void end(void)
{
    for (unsigned i = 0; i < HELD; i++)
        release(&held[i]);
    release(&client);
    memset(flows, 0, sizeof(flows));
    newest = 0;
    rig_pass(700 * INT64_C(1000000000)); /* TIME_WAIT, retransmissions, caches */
    serve();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started)
        start();
    started = true;
    client = connecting();
    while (size >= 2) {
        uint32_t head = data[0] | (uint32_t)data[1] << 8, n = head & 0x1fff;
        unsigned card = head >> 13 & 1;
        data += 2, size -= 2;
        n = n < size ? n : (uint32_t)size;
        uint8_t *frame = malloc(n ? n : 1);
        memcpy(frame, data, n);
        fix(frame, n, card);
        rig_frame(card, frame, n, head >> 15);
        free(frame);
        serve();
        if (head >> 14 & 1)
            rig_pass(1000000000);
        data += n, size -= n;
    }
    end();
    return 0;
}

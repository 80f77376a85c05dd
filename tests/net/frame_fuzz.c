/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frames from the wire, whatever they are: lwIP with our port and the sockets over it. An input is
 * a list of frames, each behind two bytes: its length, little-endian; the highest bit says that the
 * card vouches for the checksums (of TCP and UDP), the next one that a second passes after it. The
 * IPv4 header's checksum is made right first, or nothing would get past it; the destination's MAC
 * address likewise.
 */
#include <stdlib.h>
#include <string.h>

#include "abi/linux_inet.h"
#include "tests/net/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { TCP_PORT = 80, UDP_PORT = 53 };

static struct socket *listener, *datagrams, *pings, *pings6;

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
    rig_start();
    listener = bound(AF_INET6, SOCK_STREAM, 0, TCP_PORT);
    if (listener->ops->listen(listener, 16))
        abort();
    datagrams = bound(AF_INET6, SOCK_DGRAM, 0, UDP_PORT);
    pings = rig_socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
    pings6 = rig_socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6);
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

static void serve(void)
{
    struct socket *s;
    while (drain(datagrams) > 0 || (pings && drain(pings) > 0) || (pings6 && drain(pings6) > 0))
        ;
    while (!listener->ops->accept(listener, true, &s)) {
        while (drain(s) > 0)
            ;
        s->ops->release(s);
    }
}

static void fix(uint8_t *frame, uint32_t size)
{
    uint32_t sum = 0, header;
    if (size >= 14)
        memcpy(frame, frame[0] & 1 ? "\xff\xff\xff\xff\xff\xff" : "\x52\x54\0\x12\x34\x56", 6);
    if (size < 34 || frame[12] != 8 || frame[13])
        return;
    header = (frame[14] & 15u) * 4;
    if (header < 20 || 14 + header > size)
        return;
    frame[24] = frame[25] = 0;
    for (uint32_t i = 0; i < header; i += 2)
        sum += (uint32_t)(frame[14 + i] << 8 | frame[15 + i]);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = ~((sum & 0xffff) + (sum >> 16));
    frame[24] = (uint8_t)(sum >> 8);
    frame[25] = (uint8_t)sum;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool started;
    if (!started)
        start();
    started = true;
    while (size >= 2) {
        uint32_t head = data[0] | (uint32_t)data[1] << 8, n = head & 0x3fff;
        data += 2, size -= 2;
        n = n < size ? n : (uint32_t)size;
        uint8_t *frame = malloc(n ? n : 1);
        memcpy(frame, data, n);
        fix(frame, n);
        rig_frame(frame, n, head >> 15);
        free(frame);
        serve();
        if (head >> 14 & 1)
            rig_pass(1000000000);
        data += n, size -= n;
    }
    rig_pass(120 * INT64_C(1000000000));
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How often the network's timer fires (kernel/net/timers.h): not at all while nothing waits, and as
 * often as it has to while something does. The clock is the rig's: hours pass at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "abi/linux_inet.h"
#include "tests/net/rig.h"

#define SECONDS(n) ((n) * (int64_t)1000000000)
#define HOUR       SECONDS(3600)

static uint64_t fired_within(int64_t ns)
{
    uint64_t before = rig_fired;
    rig_pass(ns);
    return rig_fired - before;
}

static int start(void **state)
{
    (void)state;
    rig_start(1);
    rig_pass(SECONDS(30)); /* duplicate addresses, solicitations of routers */
    return 0;
}

static void nothing_waits(void **state)
{
    (void)state;
    assert_int_equal(fired_within(24 * HOUR), 0);
}

static void send_to(uint32_t last_byte)
{
    struct socket *s = rig_socket(AF_INET, SOCK_DGRAM, 0);
    struct socket_address to = rig_any(AF_INET, 9);
    struct uio u;
    static char byte;
    uio_user(&u, (vaddr_t)(uintptr_t)&byte, 1);
    memcpy(to.bytes + 4, (uint8_t[]){10, 0, 2, (uint8_t)last_byte}, 4);
    struct socket_message m = {.uio = &u, .name = &to};
    assert_int_equal(s->ops->send(s, &m, true), 1);
    s->ops->release(s);
}

/* An address that nobody answers for: five requests, a second apart, as before a pause of hours. */
static void unanswered(void **state)
{
    (void)state;
    uint64_t before = rig_sent;
    send_to(77);
    uint64_t fired = fired_within(HOUR);
    assert_in_range(fired, 5, 10);
    assert_in_range(rig_sent - before, 4, 6);
}

static void answered(void **state)
{
    (void)state;
    uint64_t before = rig_sent;
    send_to(78);
    rig_arp_reply(78);
    assert_int_equal(rig_sent - before, 2); /* the request, the datagram */
    assert_in_range(fired_within(HOUR), 0, 2);
    before = rig_sent;
    rig_pass(HOUR);
    send_to(78); /* forgotten, as old as it is */
    assert_int_equal(rig_sent - before, 1);
    rig_pass(HOUR);
}

/* The first part of a datagram whose rest never comes. */
static void fragment(void **state)
{
    (void)state;
    static const uint8_t frame[60] = {0x52, 0x54, 0,    0x12, 0x34, 0x56, 2,  0, 0,    0, 0, 2,
                                      8,    0,    0x45, 0,    0,    36,   0,  1, 0x20, 0, 9, 17,
                                      0x59, 0xa8, 10,   0,    2,    2,    10, 0, 2,    15};
    rig_frame(0, frame, sizeof(frame), false);
    assert_in_range(fired_within(HOUR), 1, 3);
}

static void listening(void **state)
{
    (void)state;
    struct socket *s = rig_socket(AF_INET6, SOCK_STREAM, 0);
    struct socket_address a = rig_any(AF_INET6, 80);
    assert_int_equal(s->ops->bind(s, &a), 0);
    assert_int_equal(s->ops->listen(s, 16), 0);
    rig_pass(SECONDS(1));
    assert_int_equal(fired_within(24 * HOUR), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_waits), cmocka_unit_test(unanswered), cmocka_unit_test(answered),
        cmocka_unit_test(fragment),      cmocka_unit_test(listening),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}

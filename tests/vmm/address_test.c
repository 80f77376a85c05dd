/* SPDX-License-Identifier: Apache-2.0 */
/* vmm/address.c against tables worked out by hand. */
#include "vmm/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

struct line {
    const char *text;
    bool good;
};

/* ---- what each reader takes and refuses ---- */

static bool ip4(const char *text)
{
    struct in_addr ip;

    return address_ip4(text, &ip);
}

static bool ip6(const char *text)
{
    struct in6_addr ip;

    return address_ip6(text, &ip);
}

static bool host4(const char *text)
{
    struct address4 address;

    return address_host4(text, &address);
}

static bool host6(const char *text)
{
    struct address6 address;

    return address_host6(text, &address);
}

static bool mac(const char *text)
{
    uint8_t bytes[MAC_BYTES];

    return address_mac(text, bytes);
}

static void compare(const struct line *lines, size_t count, bool (*read)(const char *))
{
    for (size_t i = 0; i < count; i++)
        if (read(lines[i].text) != lines[i].good)
            fail_msg("\"%s\" is %s", lines[i].text, lines[i].good ? "refused" : "taken");
}

static void addresses4(void **state)
{
    static const struct line lines[] = {
        {"10.0.2.15", true},   {"0.0.0.0", true},     {"255.255.255.255", true},
        {"256.0.0.1", false},  {"10.0.2", false},     {"10.0.2.", false},
        {"10.0.2.15.", false}, {"10.0.2.015", false}, {"10.0.2.1x", false},
        {"", false},           {" 10.0.2.1", false},  {"10..2.1", false},
        {"0x0a.0.2.1", false}, {"167772687", false},  {"::1", false},
    };

    (void)state;
    compare(lines, ARRAY_SIZE(lines), ip4);
}

static void addresses6(void **state)
{
    static const struct line lines[] = {
        {"::1", true},
        {"fe80::1", true},
        {"2001:db8::5", true},
        {"::", true},
        {"::10.0.0.1", true},
        {"1:2:3:4:5:6:7:8", true},
        {"1:2:3:4:5:6:7", false},
        {"1::2::3", false},
        {"fe80::1%eth0", false},
        {"[::1]", false},
        {"12345::", false},
        {":::", false},
        {"", false},
        {"10.0.0.1", false},
    };

    (void)state;
    compare(lines, ARRAY_SIZE(lines), ip6);
}

static void hosts4(void **state)
{
    static const struct line lines[] = {
        {"10.0.2.15/24", true},
        {"10.0.2.15/8", true},
        {"10.0.2.1/30", true},
        {"10.0.2.2/31", true},
        {"10.0.2.3/31", true},
        {"10.0.2.0/32", true},
        {"10.0.2.0/24", false},
        {"10.0.2.255/24", false},
        {"10.0.2.3/30", false},
        {"10.0.2.15", false},
        {"10.0.2.15/", false},
        {"10.0.2.15/0", false},
        {"10.0.2.15/33", false},
        {"10.0.2.15/024", false},
        {"10.0.2.15/2 4", false},
        {"10.0.2.15/-1", false},
        {"10.0.2.15/24/24", false},
        {"10.0.2.15/4294967320", false},
        {"127.0.0.1/8", false},
        {"224.0.0.1/24", false},
        {"255.255.255.255/32", false},
        {"0.1.2.3/8", false},
        {"/24", false},
        {"fe80::1/64", false},
        {"10.0.2.0255/24", false},
    };

    (void)state;
    compare(lines, ARRAY_SIZE(lines), host4);
}

static void hosts6(void **state)
{
    static const struct line lines[] = {
        {"fec0::15/64", true},
        {"2001:db8::1/128", true},
        {"2001:db8::1/1", true},
        {"fe80::1/64", true},
        {"::1/128", false},
        {"::/64", false},
        {"ff02::1/64", false},
        {"::ffff:10.0.0.1/96", false},
        {"fec0::15", false},
        {"fec0::15/129", false},
        {"fec0::15/0", false},
        {"10.0.2.15/24", false},
        {"1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb/64", false},
    };

    (void)state;
    compare(lines, ARRAY_SIZE(lines), host6);
}

static void stations(void **state)
{
    static const struct line lines[] = {
        {"52:54:00:12:34:56", true},  {"52:54:00:aB:Cd:EF", true},
        {"02:00:00:00:00:00", true},  {"00:00:00:00:00:00", false},
        {"01:00:5e:00:00:01", false}, {"ff:ff:ff:ff:ff:ff", false},
        {"52:54:00:12:34", false},    {"52:54:00:12:34:56:", false},
        {"52-54-00-12-34-56", false}, {"52:54:00:12:34:5", false},
        {"52:54:00:12:34:5g", false}, {"52:54:00:12:34: 6", false},
        {"5:54:00:12:34:567", false}, {"", false},
    };

    (void)state;
    compare(lines, ARRAY_SIZE(lines), mac);
}

/* ---- what they make of it ---- */

static void values(void **state)
{
    static const uint8_t ip[] = {10, 0, 2, 15}, mask[] = {255, 255, 240, 0};
    static const uint8_t station[] = {0x52, 0x54, 0, 0xab, 0xcd, 0xef};
    struct address4 address;
    uint8_t bytes[MAC_BYTES];

    (void)state;
    assert_true(address_host4("10.0.2.15/20", &address));
    assert_memory_equal(&address.ip, ip, 4);
    assert_int_equal(address.prefix_bits, 20);
    struct in_addr got = address_mask4(20);
    assert_memory_equal(&got, mask, 4);
    assert_int_equal(address_mask4(32).s_addr, 0xffffffff);
    assert_int_equal(address_mask4(0).s_addr, 0);
    assert_true(address_mac("52:54:00:ab:CD:ef", bytes));
    assert_memory_equal(bytes, station, MAC_BYTES);
}

static bool near4(const char *address, const char *other)
{
    struct address4 a;
    struct in_addr ip;

    assert_true(address_host4(address, &a));
    assert_true(address_ip4(other, &ip));
    return address_near4(&a, ip);
}

static bool near6(const char *address, const char *other)
{
    struct address6 a;
    struct in6_addr ip;

    assert_true(address_host6(address, &a));
    assert_true(address_ip6(other, &ip));
    return address_near6(&a, &ip);
}

static void neighbours(void **state)
{
    (void)state;
    assert_true(near4("10.0.2.15/24", "10.0.2.255"));
    assert_false(near4("10.0.2.15/24", "10.0.3.15"));
    assert_true(near4("10.0.2.15/23", "10.0.3.15"));
    assert_false(near4("10.0.2.15/32", "10.0.2.14"));
    assert_true(near6("2001:db8::1/64", "2001:db8::ffff"));
    assert_false(near6("2001:db8::1/64", "2001:db8:0:1::1"));
    assert_true(near6("2001:db8::1/63", "2001:db8:0:1::1"));
    assert_false(near6("2001:db8::1/128", "2001:db8::3"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses4), cmocka_unit_test(addresses6), cmocka_unit_test(hosts4),
        cmocka_unit_test(hosts6),     cmocka_unit_test(stations),   cmocka_unit_test(values),
        cmocka_unit_test(neighbours),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

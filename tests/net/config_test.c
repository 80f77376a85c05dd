/* SPDX-License-Identifier: Apache-2.0 */
/* The option netN=; addresses against the C library's. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/net/config.h"

static struct net_config good(const char *text)
{
    struct net_config c;
    const char *why = net_config_parse(text, &c);
    if (why)
        fail_msg("%s: %s", text, why);
    return c;
}

static void bad(const char *text)
{
    struct net_config c;
    if (!net_config_parse(text, &c))
        fail_msg("%s is taken", text);
}

static void whole(void **state)
{
    (void)state;
    struct net_config c =
        good("ip=10.1.2.3/20,gw=10.1.0.1,dns=8.8.8.8+1.1.1.1,ip6=fd00::5/64,gw6=fe80::1");
    assert_int_equal(c.ip, inet_addr("10.1.2.3"));
    assert_int_equal(c.mask, inet_addr("255.255.240.0"));
    assert_int_equal(c.gateway, inet_addr("10.1.0.1"));
    assert_int_equal(c.dns_count, 2);
    assert_int_equal(c.dns[1], inet_addr("1.1.1.1"));
    assert_true(c.has_ip6 && c.has_gateway6 && !c.dhcp);
    assert_int_equal(c.prefix6, 64);
    c = good("dhcp,dns=9.9.9.9,ip6=::1/128");
    assert_true(c.dhcp && c.has_ip6);
    assert_int_equal(good("ip=1.2.3.4/0").mask, 0);
    assert_int_equal(good("ip=1.2.3.4/32").mask, 0xffffffff);
}

static void addresses6(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "::",        "::1",      "1::",           "1:2:3:4:5:6:7:8", "fe80::1:2",
        "1::8",      "1:2::7:8", "::2:3:4:5:6:7", "1:2:3:4:5:6:7::", "FEC0::ab:0:0:9",
        "2001:db8::"};
    for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        char option[80];
        struct in6_addr want;
        snprintf(option, sizeof(option), "ip6=%s/64", texts[i]);
        assert_int_equal(inet_pton(AF_INET6, texts[i], &want), 1);
        struct net_config c = good(option);
        if (memcmp(c.ip6, &want, sizeof(want)))
            fail_msg("%s is read wrongly", texts[i]);
    }
}

static void wrong(void **state)
{
    (void)state;
    static const char *const texts[] = {"",
                                        "dhcp,",
                                        "gw=1.2.3.4",
                                        "ip=1.2.3.4",
                                        "ip=1.2.3.256/8",
                                        "ip=1.2.3/8",
                                        "ip=1.2.3.4/33",
                                        "ip=1.2.3.4/8;dhcp",
                                        "dns=1.2.3.4+",
                                        "dns=1.1.1.1+1.1.1.2+1.1.1.3+1.1.1.4+1.1.1.5",
                                        "ip6=1:2:3/64",
                                        "ip6=1::2::3/64",
                                        "ip6=12345::/64",
                                        "ip6=1:2:3:4:5:6:7:8:9/64",
                                        "ip6=:1/64",
                                        "ip6=::1/129",
                                        "ip6=1:2:3:4:5:6:7:8::/64",
                                        "what=ever"};
    for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        bad(texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(whole), cmocka_unit_test(addresses6),
                                       cmocka_unit_test(wrong)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

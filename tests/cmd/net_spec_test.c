/* SPDX-License-Identifier: Apache-2.0 */
/* cmd/net_spec.c: what --net, -p, --dns, --hostname and --add-host take and refuse. */
#include "cmd/net_spec.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <arpa/inet.h>
#include <cmocka.h>

static struct error err;

/* The sentence that text is refused with, behind "--net TEXT: ". */
static void refused(const char *text, const char *why)
{
    struct net_spec spec;

    assert_true(net_spec_parse(&spec, text, &err) < 0);
    assert_true(strlen(err.text) > strlen(text) + 8);
    assert_string_equal(err.text + strlen("--net : ") + strlen(text), why);
}

static void nets(void **state)
{
    struct net_spec spec;

    (void)state;
    assert_int_equal(net_spec_parse(&spec, "none", &err), 0);
    assert_true(spec.none && !spec.user && !spec.dhcp);
    assert_int_equal(net_spec_parse(&spec, "user", &err), 0);
    assert_true(spec.user && !spec.none && spec.ip.prefix_bits == 0);
    assert_int_equal(net_spec_parse(&spec, "tap=vm-tap0,dhcp", &err), 0);
    assert_true(spec.dhcp && !spec.user && strcmp(spec.tap, "vm-tap0") == 0);
    assert_int_equal(net_spec_parse(&spec,
                                    "ip=10.1.2.3/16,gw=10.1.0.1,dns=1.1.1.1+9.9.9.9,"
                                    "ip6=2001:db8::3/64,gw6=fe80::1,mac=52:54:00:00:00:01",
                                    &err),
                     0);
    assert_int_equal(spec.ip.prefix_bits, 16);
    assert_int_equal(ntohl(spec.ip.ip.s_addr), 0x0a010203);
    assert_true(spec.has_gateway && ntohl(spec.gateway.s_addr) == 0x0a010001);
    assert_int_equal(spec.nameserver_count, 2);
    assert_int_equal(ntohl(spec.nameservers[1].s_addr), 0x09090909);
    assert_true(spec.ip6.prefix_bits == 64 && spec.has_gateway6 && spec.has_mac);
    assert_true(spec.ip6.ip.s6_addr[15] == 3 && spec.gateway6.s6_addr[0] == 0xfe);
    assert_int_equal(spec.mac[5], 1);
}

static void nets_refused(void **state)
{
    (void)state;
    refused("user,none", "none stands alone");
    refused("user,tap=a", "user and tap are two nets; give --net twice");
    refused("ip=10.0.0.1/24,ip=10.0.0.2/24", "ip is there twice");
    refused("dhcp,ip=10.0.0.1/24", "dhcp brings address and dns; leave one or the other out");
    refused("dhcp,dns=10.0.0.1", "dhcp brings address and dns; leave one or the other out");
    refused("gw=10.0.0.1", "gw needs ip=A.B.C.D/N beside it");
    refused("user,gw6=fe80::1", "gw6 needs ip6=ADDRESS/N beside it");
    refused("ip=10.0.0.1/24,gw=10.0.1.1", "gw must be another address of ip's network");
    refused("ip=10.0.0.1/24,gw=10.0.0.1", "gw must be another address of ip's network");
    refused("ip6=2001:db8::1/64,gw6=2001:db9::1", "gw6 must be another address of ip6's network");
    refused("ip=10.0.0.1", "write it as ip=A.B.C.D/N, an address that a host may have");
    refused("ip=10.0.0.300/24", "write it as ip=A.B.C.D/N, an address that a host may have");
    refused("user=x", "write it as user");
    refused("tap", "write it as tap=NAME");
    refused("tap=", "write it as tap=NAME");
    refused("tap=a/b", "write it as tap=NAME");
    refused("tap=sixteen-letters-", "write it as tap=NAME");
    refused("user,dns=1.1.1.1+2.2.2.2+3.3.3.3+4.4.4.4",
            "write it as dns=A.B.C.D, up to three with + between them");
    refused("user,dns=1.1.1.1+", "write it as dns=A.B.C.D, up to three with + between them");
    refused("mac=01:00:00:00:00:00", "write it as mac=XX:XX:XX:XX:XX:XX, not a group's");
    refused("bridge",
            "there is no \"bridge\"; it is none, or some of user, tap=NAME, dhcp, ip=A.B.C.D/N, "
            "gw=, dns=, ip6=, gw6=, mac=");
    refused("user,",
            "there is no \"\"; it is none, or some of user, tap=NAME, dhcp, ip=A.B.C.D/N, gw=, "
            "dns=, ip6=, gw6=, mac=");
}

static void forward(const char *text, uint32_t host, unsigned host_port, unsigned guest_port,
                    bool udp)
{
    struct net_forward f;

    assert_int_equal(net_forward_parse(&f, text, &err), 0);
    assert_int_equal(ntohl(f.host.s_addr), host);
    assert_int_equal(f.host_port, host_port);
    assert_int_equal(f.guest_port, guest_port);
    assert_int_equal(f.udp, udp);
}

static void forwards(void **state)
{
    static const char *const bad[] = {
        "80",         "80:",         ":80",           "80:80:80",         "0:80",
        "80:0",       "65536:80",    "80:65536",      "080:80",           "a:80",
        "80:80/icmp", "80:80/",      "80:80/udp/tcp", "1.2.3:80:80",      "1.2.3.4:80",
        "::1:80:80",  "[::1]:80:80", "80-81:80-81",   "1.2.3.4:80:80:80", "",
        " 80:80",     "80:80 ",      "-1:80",         "1.2.3.4::80",      "80/udp:80",
    };
    struct net_forward f;

    (void)state;
    forward("8080:80", 0, 8080, 80, false);
    forward("8080:80/tcp", 0, 8080, 80, false);
    forward("5353:53/udp", 0, 5353, 53, true);
    forward("127.0.0.1:65535:1", 0x7f000001, 65535, 1, false);
    forward("127.0.0.2:7:7/udp", 0x7f000002, 7, 7, true);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (net_forward_parse(&f, bad[i], &err) == 0)
            fail_msg("-p %s is taken", bad[i]);
}

static void hosts(void **state)
{
    static const char *const bad[] = {
        "",          "db",       "db:",           ":10.0.0.1", "db:host", "d b:10.0.0.1",
        "db:10.0.0", "db=[::1]", "db:10.0.0.1/24"};
    char name[NET_HOSTNAME_BYTES + 1];
    const char *address;

    (void)state;
    assert_int_equal(net_host_parse("db.test:10.0.0.5", name, &address, &err), 0);
    assert_string_equal(name, "db.test");
    assert_string_equal(address, "10.0.0.5");
    assert_int_equal(net_host_parse("db:2001:db8::5", name, &address, &err), 0);
    assert_string_equal(address, "2001:db8::5");
    assert_int_equal(net_host_parse("db=::5", name, &address, &err), 0);
    assert_string_equal(address, "::5");
    assert_int_equal(net_host_parse("host:host-gateway", name, &address, &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        if (net_host_parse(bad[i], name, &address, &err) == 0)
            fail_msg("--add-host %s is taken", bad[i]);
    assert_true(net_hostname_valid("gopher-1.test"));
    assert_false(net_hostname_valid(""));
    assert_false(net_hostname_valid("a_b"));
}

static void nameservers(void **state)
{
    struct in_addr list[NET_NAMESERVERS_MAX];
    unsigned count = 0;

    (void)state;
    assert_true(net_nameservers_parse("1.1.1.1", list, &count));
    assert_true(net_nameservers_parse("2.2.2.2+3.3.3.3", list, &count));
    assert_int_equal(count, 3);
    assert_false(net_nameservers_parse("4.4.4.4", list, &count));
    count = 0;
    assert_false(net_nameservers_parse("::1", list, &count));
    assert_false(net_nameservers_parse("", list, &count));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nets),  cmocka_unit_test(nets_refused), cmocka_unit_test(forwards),
        cmocka_unit_test(hosts), cmocka_unit_test(nameservers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

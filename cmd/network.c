/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/network.h"
#include "vmm/port.h"
#include "vmm/tap.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- what the options say ---- */

int network_add(struct network *network, const char *text, struct error *err)
{
    struct net_spec spec;

    int result = net_spec_parse(&spec, text, err);
    if (result < 0)
        return result;
    if (network->none || (spec.none && network->count > 0))
        return error_set(err, -EINVAL, "--net none and another net are too much; give one of them");
    network->none = spec.none;
    if (spec.none)
        return 0;
    if (network->count == NETS_MAX)
        return error_set(err, -E2BIG, "a machine has %d nets at most", NETS_MAX);
    network->specs[network->count++] = spec;
    return 0;
}

int network_publish(struct network *network, const char *text, struct error *err)
{
    struct net_forward forward;

    int result = net_forward_parse(&forward, text, err);
    if (result < 0)
        return result;
    if (network->forward_count == FORWARDS_MAX)
        return error_set(err, -E2BIG, "-p may be given %d times at most", FORWARDS_MAX);
    network->forwards[network->forward_count++] = forward;
    return 0;
}

int network_add_nameservers(struct network *network, const char *text, struct error *err)
{
    if (net_nameservers_parse(text, network->nameservers, &network->nameserver_count))
        return 0;
    return error_set(err, -EINVAL, "--dns %s: write it as A.B.C.D; there may be %d in all", text,
                     NET_NAMESERVERS_MAX);
}

int network_add_host(struct network *network, const char *text, struct error *err)
{
    char name[NET_HOSTNAME_BYTES + 1];
    const char *address;

    int result = net_host_parse(text, name, &address, err);
    if (result == 0)
        strings_add(&network->hosts, text);
    return result;
}

/* ---- what they left open ---- */

/* The lowest address of a host in the network that is neither a nor b. */
static struct in_addr other_host(const struct address4 *in, struct in_addr a, struct in_addr b)
{
    uint32_t ip = ntohl(in->ip.s_addr & address_mask4(in->prefix_bits).s_addr) + 1;

    while (htonl(ip) == a.s_addr || htonl(ip) == b.s_addr)
        ip++;
    return (struct in_addr){htonl(ip)};
}

/* The addresses that QEMU's user network has by itself; those of a second net are beside it. */
static void fill_usual(struct net_spec *spec, unsigned nth)
{
    uint32_t base = 0x0a000200 + (nth << 8);

    spec->ip = (struct address4){{htonl(base + 15)}, 24};
    spec->gateway.s_addr = htonl(base + 2);
    spec->has_gateway = true;
    if (!spec->dhcp && !spec->nameserver_count)
        spec->nameservers[spec->nameserver_count++].s_addr = htonl(base + 3);
    if (nth > 0 || spec->dhcp || spec->ip6.prefix_bits)
        return;
    spec->ip6 = (struct address6){.ip.s6_addr = {0xfe, 0xc0, [15] = 0x15}, .prefix_bits = 64};
    spec->gateway6 = (struct in6_addr){.s6_addr = {0xfe, 0xc0, [15] = 2}};
    spec->has_gateway6 = true;
}

/* Who is who in a network that we make: there must be room for three. */
static int fill_given(struct net_spec *spec, struct error *err)
{
    if (spec->ip.prefix_bits < 8 || spec->ip.prefix_bits > 29)
        return error_set(err, -EINVAL, "--net: the network that ip= is in has 8 to 29 bits");
    if (!spec->has_gateway)
        spec->gateway = other_host(&spec->ip, spec->ip.ip, spec->ip.ip);
    spec->has_gateway = true;
    return 0;
}

/* IPv6 works where the prefix leaves room for the gateway and a name server behind it. */
static int fill_ip6(struct net_spec *spec, struct net *net, struct error *err)
{
    if (!spec->ip6.prefix_bits)
        return 0;
    if (spec->ip6.prefix_bits > 120)
        return error_set(err, -EINVAL, "--net: the network that ip6= is in has 120 bits at most");
    if (!spec->has_gateway6) {
        spec->gateway6 = spec->ip6.ip;
        spec->gateway6.s6_addr[15] = spec->ip6.ip.s6_addr[15] == 2 ? 1 : 2;
        spec->has_gateway6 = true;
    }
    net->guest6 = spec->ip6;
    net->gateway6 = net->nameserver6 = spec->gateway6;
    net->nameserver6.s6_addr[15] ^= 0x40;
    return 0;
}

static int fill_user(struct net_spec *spec, struct net *net, unsigned nth, struct error *err)
{
    if (spec->ip.prefix_bits == 0)
        fill_usual(spec, nth);
    int result = fill_given(spec, err);
    if (result == 0)
        result = fill_ip6(spec, net, err);
    if (result < 0)
        return result;
    net->guest = spec->ip;
    net->gateway = spec->gateway;
    bool inside = spec->nameserver_count && address_near4(&spec->ip, spec->nameservers[0]);
    net->nameserver =
        inside ? spec->nameservers[0] : other_host(&spec->ip, spec->ip.ip, spec->gateway);
    if (!spec->nameserver_count && !spec->dhcp)
        spec->nameservers[spec->nameserver_count++] = net->nameserver;
    return 0;
}

/* 52:54, the net's number, and what its backend is called: the same again the next time, another on
 * another tap of this host. */
static void fill_mac(const struct net_spec *spec, struct net *net, unsigned index)
{
    uint32_t hash = 2166136261u; /* FNV-1a */

    for (const char *p = spec->tap; *p; p++)
        hash = (hash ^ (uint8_t)*p) * 16777619u;
    const uint8_t made[MAC_BYTES] = {
        0x52, 0x54, (uint8_t)index, (uint8_t)(hash >> 16), (uint8_t)(hash >> 8), (uint8_t)hash};
    memcpy(net->mac, spec->has_mac ? spec->mac : made, MAC_BYTES);
}

static int fill(struct network *network, struct error *err)
{
    unsigned users = 0;

    for (unsigned i = 0; i < network->count; i++) {
        struct net_spec *spec = &network->specs[i];
        struct net *net = &network->nets[i];
        *net = (struct net){.kind = spec->tap[0] ? NET_TAP : NET_USER};
        fill_mac(spec, net, i);
        if (i > 0 && memcmp(net[-1].mac, net->mac, MAC_BYTES) >= 0)
            return error_set(err, -EINVAL,
                             "--net: the MAC addresses must ascend in the order of the nets");
        int result = net->kind == NET_USER ? fill_user(spec, net, users++, err) : 0;
        if (result < 0)
            return result;
    }
    return 0;
}

static void use_nameservers(struct network *network)
{
    for (unsigned i = 0; network->nameserver_count > 0 && i < network->count; i++) {
        struct net_spec *spec = &network->specs[i];
        memcpy(spec->nameservers, network->nameservers, sizeof(spec->nameservers));
        spec->nameserver_count = network->nameserver_count;
    }
}

/* The first network of kind user, or NULL. */
static struct net *user_net(struct network *network)
{
    for (unsigned i = 0; i < network->count; i++)
        if (network->nets[i].kind == NET_USER)
            return &network->nets[i];
    return NULL;
}

static int give_forwards(struct network *network, struct error *err)
{
    struct net *net = user_net(network);

    if (network->forward_count == 0)
        return 0;
    if (!net)
        return error_set(
            err, -EINVAL,
            "-p needs a net of kind user; add --net user, or reach the guest at its own "
            "address");
    net->forwards = network->forwards;
    net->forward_count = network->forward_count;
    return 0;
}

static int open_taps(struct network *network, unsigned queues, struct error *err)
{
    int result = 0;

    for (unsigned i = 0; result == 0 && i < network->count; i++)
        if (network->nets[i].kind == NET_TAP)
            result = tap_open(network->specs[i].tap, queues, network->nets[i].taps,
                              &network->nets[i].tap_count, err);
    return result;
}

/* The host's address as the guest sees it goes where --add-host says host-gateway. */
static int name_gateway(struct network *network, struct error *err)
{
    static const char word[] = "host-gateway";
    const struct net *net = user_net(network);
    struct strings hosts = {0};

    for (size_t at = 0; at < network->hosts.size_bytes;
         at += strlen(network->hosts.bytes + at) + 1) {
        const char *text = network->hosts.bytes + at;
        size_t length = strcspn(text, ":=");
        bool is_gateway = strcmp(text + length + 1, word) == 0;
        char gateway[INET_ADDRSTRLEN];
        if (is_gateway && !net) {
            strings_free(&hosts);
            return error_set(err, -EINVAL,
                             "--add-host: host-gateway needs a net of kind user; add --net user");
        }
        if (is_gateway)
            inet_ntop(AF_INET, &net->gateway, gateway, sizeof(gateway));
        strings_addf(&hosts, "host=%s %.*s", is_gateway ? gateway : text + length + 1, (int)length,
                     text);
    }
    strings_free(&network->hosts);
    network->hosts = hosts;
    return 0;
}

int network_complete(struct network *network, const char *usual, bool wanted, struct error *err)
{
    bool published = network->forward_count > 0;
    int result = 0;

    if (network->count == 0 && !network->none && (wanted || published))
        result = network_add(network, usual, err);
    use_nameservers(network);
    if (result == 0)
        result = fill(network, err);
    if (result == 0)
        result = give_forwards(network, err);
    return result < 0 ? result : name_gateway(network, err);
}

int network_open(struct network *network, unsigned cpu_count, struct error *err)
{
    int result = open_taps(network, MIN(cpu_count, (unsigned)QUEUES_MAX), err);

    return result < 0 ? result : ports_probe(network->forwards, network->forward_count, err);
}

/* ---- what the kernel has to know ---- */

static void put_ip4(FILE *out, const struct net_spec *spec)
{
    char ip[INET_ADDRSTRLEN];

    fprintf(out, "ip=%s/%u", inet_ntop(AF_INET, &spec->ip.ip, ip, sizeof(ip)),
            spec->ip.prefix_bits);
    if (spec->has_gateway)
        fprintf(out, ",gw=%s", inet_ntop(AF_INET, &spec->gateway, ip, sizeof(ip)));
}

static void put_nameservers(FILE *out, const struct net_spec *spec)
{
    char ip[INET_ADDRSTRLEN];

    for (unsigned i = 0; i < spec->nameserver_count; i++)
        fprintf(out, "%s%s", i == 0 ? ",dns=" : "+",
                inet_ntop(AF_INET, &spec->nameservers[i], ip, sizeof(ip)));
}

static void put_ip6(FILE *out, const struct net_spec *spec)
{
    char ip[INET6_ADDRSTRLEN];

    if (spec->ip6.prefix_bits)
        fprintf(out, ",ip6=%s/%u", inet_ntop(AF_INET6, &spec->ip6.ip, ip, sizeof(ip)),
                spec->ip6.prefix_bits);
    if (spec->has_gateway6)
        fprintf(out, ",gw6=%s", inet_ntop(AF_INET6, &spec->gateway6, ip, sizeof(ip)));
}

static void describe_net(const struct net_spec *spec, unsigned index, struct strings *options)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        options->failed = true;
        return;
    }
    fprintf(out, "net%u=", index);
    if (spec->dhcp || !spec->ip.prefix_bits)
        fputs("dhcp", out);
    else
        put_ip4(out, spec);
    put_nameservers(out, spec);
    put_ip6(out, spec);
    if (fclose(out) != 0)
        options->failed = true;
    else
        strings_add(options, text);
    free(text);
}

void network_describe(const struct network *network, struct strings *options)
{
    for (unsigned i = 0; i < network->count; i++)
        describe_net(&network->specs[i], i, options);
    for (size_t at = 0; at < network->hosts.size_bytes; at += strlen(network->hosts.bytes + at) + 1)
        strings_add(options, network->hosts.bytes + at);
    options->failed |= network->hosts.failed;
}

void network_close(struct network *network)
{
    for (unsigned i = 0; i < network->count; i++)
        for (unsigned k = 0; k < network->nets[i].tap_count; k++)
            close(network->nets[i].taps[k]);
    strings_free(&network->hosts);
}

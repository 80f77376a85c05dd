/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/net_spec.h"
#include "cmd/quantity.h"
#include "vmm/tap.h"

#include <errno.h>
#include <string.h>

#define SPEC_BYTES_MAX 512

/* ---- --net ---- */

/* Each takes its word's value; false: that isn't one. */
static bool take_none(struct net_spec *spec, const char *value)
{
    return !value && (spec->none = true);
}

static bool take_user(struct net_spec *spec, const char *value)
{
    return !value && (spec->user = true);
}

static bool take_dhcp(struct net_spec *spec, const char *value)
{
    return !value && (spec->dhcp = true);
}

static bool take_tap(struct net_spec *spec, const char *value)
{
    if (!value || !tap_name_valid(value))
        return false;
    strcpy(spec->tap, value); /* a valid name fits */
    return true;
}

static bool take_ip(struct net_spec *spec, const char *value)
{
    return value && address_host4(value, &spec->ip);
}

static bool take_gateway(struct net_spec *spec, const char *value)
{
    return value && (spec->has_gateway = address_ip4(value, &spec->gateway));
}

static bool take_nameservers(struct net_spec *spec, const char *value)
{
    return value && net_nameservers_parse(value, spec->nameservers, &spec->nameserver_count);
}

static bool take_ip6(struct net_spec *spec, const char *value)
{
    return value && address_host6(value, &spec->ip6);
}

static bool take_gateway6(struct net_spec *spec, const char *value)
{
    return value && (spec->has_gateway6 = address_ip6(value, &spec->gateway6));
}

static bool take_mac(struct net_spec *spec, const char *value)
{
    return value && (spec->has_mac = address_mac(value, spec->mac));
}

static const struct {
    const char *word, *form;
    bool (*take)(struct net_spec *spec, const char *value);
} words[] = {
    {"none", "none", take_none},
    {"user", "user", take_user},
    {"tap", "tap=NAME", take_tap},
    {"dhcp", "dhcp", take_dhcp},
    {"ip", "ip=A.B.C.D/N, an address that a host may have", take_ip},
    {"gw", "gw=A.B.C.D", take_gateway},
    {"dns", "dns=A.B.C.D, up to three with + between them", take_nameservers},
    {"ip6", "ip6=ADDRESS/N, an address that a host may have", take_ip6},
    {"gw6", "gw6=ADDRESS", take_gateway6},
    {"mac", "mac=XX:XX:XX:XX:XX:XX, not a group's", take_mac},
};

static int take_word(struct net_spec *spec, char *word, unsigned *seen, struct error *err)
{
    char *value = strchr(word, '=');

    if (value)
        *value++ = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
        if (strcmp(words[i].word, word) != 0)
            continue;
        if (*seen & 1u << i)
            return error_set(err, -EINVAL, "%s is there twice", word);
        *seen |= 1u << i;
        return words[i].take(spec, value)
                   ? 0
                   : error_set(err, -EINVAL, "write it as %s", words[i].form);
    }
    return error_set(
        err, -EINVAL,
        "there is no \"%s\"; it is none, or some of user, tap=NAME, dhcp, ip=A.B.C.D/N, "
        "gw=, dns=, ip6=, gw6=, mac=",
        word);
}

static int check_gateways(const struct net_spec *spec, struct error *err)
{
    if (spec->has_gateway && spec->ip.prefix_bits == 0)
        return error_set(err, -EINVAL, "gw needs ip=A.B.C.D/N beside it");
    if (spec->has_gateway6 && spec->ip6.prefix_bits == 0)
        return error_set(err, -EINVAL, "gw6 needs ip6=ADDRESS/N beside it");
    if (spec->has_gateway &&
        (!address_near4(&spec->ip, spec->gateway) || spec->gateway.s_addr == spec->ip.ip.s_addr))
        return error_set(err, -EINVAL, "gw must be another address of ip's network");
    bool local = IN6_IS_ADDR_LINKLOCAL(&spec->gateway6);
    if (spec->has_gateway6 && ((!address_near6(&spec->ip6, &spec->gateway6) && !local) ||
                               IN6_ARE_ADDR_EQUAL(&spec->gateway6, &spec->ip6.ip)))
        return error_set(err, -EINVAL, "gw6 must be another address of ip6's network");
    return 0;
}

static int check_spec(const struct net_spec *spec, unsigned seen, struct error *err)
{
    if (spec->none && (seen & (seen - 1)))
        return error_set(err, -EINVAL, "none stands alone");
    if (spec->user && spec->tap[0])
        return error_set(err, -EINVAL, "user and tap are two nets; give --net twice");
    if (spec->dhcp && (spec->ip.prefix_bits || spec->nameserver_count))
        return error_set(err, -EINVAL, "dhcp brings address and dns; leave one or the other out");
    return check_gateways(spec, err);
}

int net_spec_parse(struct net_spec *spec, const char *text, struct error *err)
{
    char copy[SPEC_BYTES_MAX], *rest = copy;
    struct net_spec result = {0};
    struct error why;
    unsigned seen = 0;
    int status = 0;

    if (strlen(text) >= sizeof(copy))
        return error_set(err, -EINVAL, "--net takes at most %d bytes", SPEC_BYTES_MAX - 1);
    strcpy(copy, text);
    while (status == 0 && rest)
        status = take_word(&result, strsep(&rest, ","), &seen, &why);
    if (status == 0)
        status = check_spec(&result, seen, &why);
    if (status < 0)
        return error_set(err, status, "--net %s: %s", text, why.text);
    *spec = result;
    return 0;
}

bool net_nameservers_parse(const char *text, struct in_addr list[NET_NAMESERVERS_MAX],
                           unsigned *count)
{
    char copy[NET_NAMESERVERS_MAX * INET_ADDRSTRLEN + 1], *rest = copy;

    if (strlen(text) >= sizeof(copy))
        return false;
    strcpy(copy, text);
    while (rest) {
        if (*count == NET_NAMESERVERS_MAX || !address_ip4(strsep(&rest, "+"), &list[*count]))
            return false;
        ++*count;
    }
    return true;
}

/* ---- -p ---- */

static bool take_port(const char *text, uint16_t *port)
{
    uint64_t number;

    if (*text == '0' || !quantity_count(text, UINT16_MAX, &number))
        return false;
    *port = (uint16_t)number;
    return true;
}

/* Takes the protocol off the end. */
static bool take_protocol(char *text, bool *udp)
{
    char *slash = strchr(text, '/');

    *udp = slash && strcmp(slash, "/udp") == 0;
    if (!slash)
        return true;
    *slash = '\0';
    return *udp || strcmp(slash + 1, "tcp") == 0;
}

/* "[A.B.C.D:]HOST:GUEST", in text that may be cut into pieces. */
static bool take_forward(char *text, struct net_forward *forward)
{
    char *guest = strrchr(text, ':');

    if (!guest)
        return false;
    *guest++ = '\0';
    char *host = strrchr(text, ':');
    if (host)
        *host++ = '\0';
    if (host && !address_ip4(text, &forward->host))
        return false;
    return take_port(host ? host : text, &forward->host_port) &&
           take_port(guest, &forward->guest_port);
}

int net_forward_parse(struct net_forward *forward, const char *text, struct error *err)
{
    char copy[64];
    struct net_forward result = {0};

    if (strlen(text) < sizeof(copy) && take_protocol(strcpy(copy, text), &result.udp) &&
        take_forward(copy, &result)) {
        *forward = result;
        return 0;
    }
    return error_set(err, -EINVAL,
                     "-p %s: write it as HOST:GUEST, two ports, such as 8080:80, 5353:53/udp or "
                     "127.0.0.1:8080:80",
                     text);
}

/* ---- --hostname, --add-host ---- */

bool net_hostname_valid(const char *name)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    size_t length = strlen(name);

    return length > 0 && length <= NET_HOSTNAME_BYTES && strspn(name, allowed) == length;
}

int net_host_parse(const char *text, char name[NET_HOSTNAME_BYTES + 1], const char **address,
                   struct error *err)
{
    size_t length = strcspn(text, ":=");
    struct in6_addr ip6;
    struct in_addr ip;

    if (length > 0 && length <= NET_HOSTNAME_BYTES && text[length]) {
        memcpy(name, text, length);
        name[length] = '\0';
        *address = text + length + 1;
        if (net_hostname_valid(name) && (strcmp(*address, "host-gateway") == 0 ||
                                         address_ip4(*address, &ip) || address_ip6(*address, &ip6)))
            return 0;
    }
    return error_set(
        err, -EINVAL,
        "--add-host %s: write it as NAME:ADDRESS; the address host-gateway is the host", text);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/config.h */
#include "kernel/net/config.h"

#include "lib/str.h"

/* A decimal number up to most; *p moves behind it. */
static bool number(const char **p, unsigned most, unsigned *value)
{
    const char *start = *p;
    for (*value = 0; **p >= '0' && **p <= '9' && *value <= most; (*p)++)
        *value = *value * 10 + (unsigned)(**p - '0');
    return *p != start && *value <= most;
}

static bool address4(const char **p, uint32_t *ip)
{
    uint8_t bytes[4];
    for (unsigned k = 0; k < 4; k++) {
        unsigned n;
        if ((k && *(*p)++ != '.') || !number(p, 255, &n))
            return false;
        bytes[k] = (uint8_t)n;
    }
    memcpy(ip, bytes, sizeof(bytes));
    return true;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool group(const char **p, uint8_t bytes[2])
{
    unsigned value = 0, digits = 0;
    while (hex_digit(**p) >= 0 && digits++ < 4)
        value = value * 16 + (unsigned)hex_digit(*(*p)++);
    bytes[0] = (uint8_t)(value >> 8);
    bytes[1] = (uint8_t)value;
    return digits && hex_digit(**p) < 0;
}

/* Eight groups; "::" stands for as many of zeros as are missing. */
static bool address6(const char **p, uint32_t ip[4])
{
    uint8_t bytes[16] = {0}, tail[16];
    unsigned n = 0;
    int gap = -1;
    while (n < 16) {
        if ((*p)[0] == ':' && (*p)[1] == ':' && gap < 0) {
            gap = (int)n;
            *p += 2;
            if (hex_digit(**p) < 0)
                break;
        } else if (n && gap != (int)n && *(*p)++ != ':') {
            return false;
        }
        if (!group(p, bytes + n))
            return false;
        n += 2;
        if (**p != ':')
            break;
    }
    if (gap < 0 ? n != 16 : n > 14)
        return false;
    if (gap >= 0) {
        unsigned behind = n - (unsigned)gap;
        memcpy(tail, bytes + gap, behind);
        memset(bytes + gap, 0, 16 - (unsigned)gap);
        memcpy(bytes + 16 - behind, tail, behind);
    }
    memcpy(ip, bytes, sizeof(bytes));
    return true;
}

static const char *parse_ip(const char **p, struct net_config *c)
{
    unsigned bits = 0;
    if (!address4(p, &c->ip) || *(*p)++ != '/' || !number(p, 32, &bits))
        return "ip= wants A.B.C.D/BITS";
    c->mask = bits ? __builtin_bswap32(~0u << (32 - bits)) : 0;
    return NULL;
}

static const char *parse_dns(const char **p, struct net_config *c)
{
    do {
        if (c->dns_count == NET_DNS_MAX)
            return "dns= has room for four servers";
        if (!address4(p, &c->dns[c->dns_count]))
            return "dns= wants A.B.C.D+A.B.C.D...";
        c->dns_count++;
    } while (**p == '+' && (*p)++);
    return NULL;
}

static const char *parse_ip6(const char **p, struct net_config *c)
{
    if (!address6(p, c->ip6) || *(*p)++ != '/' || !number(p, 128, &c->prefix6))
        return "ip6= wants ADDRESS/BITS";
    c->has_ip6 = true;
    return NULL;
}

static bool word(const char **p, const char *w)
{
    size_t n = strlen(w);
    if (strncmp(*p, w, n))
        return false;
    *p += n;
    return true;
}

static const char *parse_setting(const char **p, struct net_config *c)
{
    if (word(p, "dhcp"))
        return (c->dhcp = true), NULL;
    if (word(p, "ip="))
        return parse_ip(p, c);
    if (word(p, "gw="))
        return address4(p, &c->gateway) ? NULL : "gw= wants A.B.C.D";
    if (word(p, "dns="))
        return parse_dns(p, c);
    if (word(p, "ip6="))
        return parse_ip6(p, c);
    if (word(p, "gw6="))
        return (c->has_gateway6 = address6(p, c->gateway6)) ? NULL : "gw6= wants an address";
    return "it knows dhcp, ip=, gw=, dns=, ip6= and gw6=";
}

const char *net_config_parse(const char *text, struct net_config *c)
{
    const char *p = text;
    *c = (struct net_config){0};
    for (;;) {
        const char *why = parse_setting(&p, c);
        if (why)
            return why;
        if (!*p)
            return c->dhcp || c->ip || c->has_ip6 ? NULL : "it names no address";
        if (*p++ != ',')
            return "a comma is missing between its settings";
    }
}

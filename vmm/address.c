/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define TEXT_MAX (INET6_ADDRSTRLEN + 4)

bool address_ip4(const char *text, struct in_addr *ip)
{
    return inet_pton(AF_INET, text, ip) == 1;
}

bool address_ip6(const char *text, struct in6_addr *ip)
{
    return inet_pton(AF_INET6, text, ip) == 1;
}

/* Splits "ADDRESS/BITS"; the address goes to `address`. */
static bool split_prefix(const char *text, char address[TEXT_MAX], unsigned most, unsigned *bits)
{
    const char *slash = strchr(text, '/');
    unsigned value = 0;

    if (!slash || slash - text >= TEXT_MAX || slash[1] == '0')
        return false;
    for (const char *p = slash + 1; *p; p++) {
        if (!isdigit((unsigned char)*p) || p - slash > 3)
            return false;
        value = value * 10 + (unsigned)(*p - '0');
    }
    if (value == 0 || value > most)
        return false;
    memcpy(address, text, (size_t)(slash - text));
    address[slash - text] = '\0';
    *bits = value;
    return true;
}

struct in_addr address_mask4(unsigned prefix_bits)
{
    return (struct in_addr){prefix_bits ? htonl(~0u << (32 - prefix_bits)) : 0};
}

/* The first and the last address of a network aren't hosts, but where it has only one or two. */
static bool host_part_good(const struct address4 *address)
{
    uint32_t mask = ntohl(address_mask4(address->prefix_bits).s_addr);
    uint32_t host = ntohl(address->ip.s_addr) & ~mask;

    return address->prefix_bits > 30 || (host != 0 && host != ~mask);
}

bool address_host4(const char *text, struct address4 *address)
{
    char ip[TEXT_MAX];
    struct address4 result;

    if (!split_prefix(text, ip, 32, &result.prefix_bits) || !address_ip4(ip, &result.ip))
        return false;
    unsigned first = ntohl(result.ip.s_addr) >> 24;
    if (first == 0 || first == 127 || first >= 224 || !host_part_good(&result))
        return false;
    *address = result;
    return true;
}

bool address_host6(const char *text, struct address6 *address)
{
    char ip[TEXT_MAX];
    struct address6 result;

    if (!split_prefix(text, ip, 128, &result.prefix_bits) || !address_ip6(ip, &result.ip))
        return false;
    if (IN6_IS_ADDR_UNSPECIFIED(&result.ip) || IN6_IS_ADDR_LOOPBACK(&result.ip) ||
        IN6_IS_ADDR_MULTICAST(&result.ip) || IN6_IS_ADDR_V4MAPPED(&result.ip))
        return false;
    *address = result;
    return true;
}

bool address_mac(const char *text, uint8_t mac[MAC_BYTES])
{
    uint8_t bytes[MAC_BYTES];
    unsigned all = 0;

    if (strlen(text) != 3 * MAC_BYTES - 1)
        return false;
    for (unsigned i = 0; i < MAC_BYTES; i++) {
        const char *at = text + 3 * i;
        unsigned value;
        if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]) ||
            (at[2] != ':' && at[2] != '\0') || sscanf(at, "%2x", &value) != 1)
            return false;
        bytes[i] = (uint8_t)value;
        all |= value;
    }
    if (all == 0 || bytes[0] & 1)
        return false;
    memcpy(mac, bytes, MAC_BYTES);
    return true;
}

bool address_near4(const struct address4 *address, struct in_addr ip)
{
    return ((address->ip.s_addr ^ ip.s_addr) & address_mask4(address->prefix_bits).s_addr) == 0;
}

bool address_near6(const struct address6 *address, const struct in6_addr *ip)
{
    for (unsigned bit = 0; bit < address->prefix_bits; bit++) {
        unsigned difference = (unsigned)(address->ip.s6_addr[bit / 8] ^ ip->s6_addr[bit / 8]);
        if (difference & 0x80u >> bit % 8)
            return false;
    }
    return true;
}

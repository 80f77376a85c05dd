/* SPDX-License-Identifier: Apache-2.0 */
/* Network addresses as people write them, read strictly: what is half right is refused. */
#ifndef VMM_ADDRESS_H
#define VMM_ADDRESS_H

#include "lib/types.h"

#include <netinet/in.h>

#define MAC_BYTES 6

/* An address of a host in a network of prefix_bits bits; 0 bits where none was written. */
struct address4 {
    struct in_addr ip;
    unsigned prefix_bits;
};

struct address6 {
    struct in6_addr ip;
    unsigned prefix_bits;
};

/* "192.168.1.5": four decimal numbers without needless zeros. False for anything else. */
bool address_ip4(const char *text, struct in_addr *ip) MUST_CHECK;

/* An IPv6 address (RFC 4291, 2.2), without zone and brackets. */
bool address_ip6(const char *text, struct in6_addr *ip) MUST_CHECK;

/* "192.168.1.5/24": an address that a host may have, with the prefix of its network (1 to 32). Not
 * the network's own nor its broadcast address, no loopback, no multicast. */
bool address_host4(const char *text, struct address4 *address) MUST_CHECK;

/* The same for IPv6 (1 to 128): no loopback, no multicast, no mapped IPv4, not "::". */
bool address_host6(const char *text, struct address6 *address) MUST_CHECK;

/* "52:54:00:12:34:56": a station's address, so neither a group's nor all zeros. */
bool address_mac(const char *text, uint8_t mac[MAC_BYTES]) MUST_CHECK;

/* Whether ip belongs to the network that the address is in. */
bool address_near4(const struct address4 *address, struct in_addr ip);
bool address_near6(const struct address6 *address, const struct in6_addr *ip);

/* The netmask of that many bits, in network order. */
struct in_addr address_mask4(unsigned prefix_bits);

#endif

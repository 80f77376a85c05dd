/* SPDX-License-Identifier: Apache-2.0 */
/* What --net, -p and --add-host say, read strictly. Nothing is opened or chosen here. */
#ifndef CMD_NET_SPEC_H
#define CMD_NET_SPEC_H

#include "vmm/error.h"
#include "vmm/net.h"

#define NET_NAMESERVERS_MAX 3
#define NET_TAP_NAME_BYTES  16
#define NET_HOSTNAME_BYTES  64 /* Linux's limit */

/* "WORD,WORD...". What wasn't said is zero. */
struct net_spec {
    bool none, user, dhcp, has_gateway, has_gateway6, has_mac;
    char tap[NET_TAP_NAME_BYTES];
    struct address4 ip;
    struct in_addr gateway;
    struct in_addr nameservers[NET_NAMESERVERS_MAX];
    unsigned nameserver_count;
    struct address6 ip6;
    struct in6_addr gateway6;
    uint8_t mac[MAC_BYTES];
};

/*
 * Reads "none", or words separated by commas: user or tap=NAME; dhcp or ip=A.B.C.D/N with
 * gw=A.B.C.D and dns=A.B.C.D+...; ip6=ADDRESS/N with gw6=ADDRESS; mac=XX:XX:XX:XX:XX:XX. -EINVAL
 * for anything else, for what is said twice, and for what can't be true together.
 */
int net_spec_parse(struct net_spec *spec, const char *text, struct error *err) MUST_CHECK;

/* Reads "[A.B.C.D:]HOST:GUEST[/tcp|/udp]"; without an address, all of the host's. -EINVAL. */
int net_forward_parse(struct net_forward *forward, const char *text, struct error *err) MUST_CHECK;

/* Reads "A.B.C.D+A.B.C.D..." behind those that are there already. False if one is no address or
 * there are too many. */
bool net_nameservers_parse(const char *text, struct in_addr list[NET_NAMESERVERS_MAX],
                           unsigned *count) MUST_CHECK;

/* Whether a machine can have that name: 1 to NET_HOSTNAME_BYTES letters, digits, dots, hyphens. */
bool net_hostname_valid(const char *name) MUST_CHECK;

/*
 * Reads "NAME:ADDRESS" or "NAME=ADDRESS". The name goes to `name`, its address, as it was written,
 * to *address, which points into text. -EINVAL.
 */
int net_host_parse(const char *text, char name[NET_HOSTNAME_BYTES + 1], const char **address,
                   struct error *err) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The text of an option netN=. */
#ifndef KERNEL_NET_CONFIG_H
#define KERNEL_NET_CONFIG_H

#include "lib/types.h"

#define NET_DNS_MAX 4

struct net_config {
    bool dhcp, wait, has_ip6, has_gateway6;
    uint32_t ip, mask, gateway; /* network order */
    uint32_t dns[NET_DNS_MAX];
    unsigned dns_count;
    uint32_t ip6[4], gateway6[4]; /* network order */
    unsigned prefix6;
};

/* net_config_parse - text as docs/ARCHITECTURE.md describes it. NULL, or a sentence's rest that
 * says what is wrong; *c is then not to be used. */
const char *net_config_parse(const char *text, struct net_config *c) MUST_CHECK;

#endif

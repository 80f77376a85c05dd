/* SPDX-License-Identifier: Apache-2.0 */
/* The networks of a machine, from what the options say to what its backend and its kernel need. */
#ifndef CMD_NETWORK_H
#define CMD_NETWORK_H

#include "cmd/net_spec.h"
#include "cmd/strings.h"

/* Zeroed is a machine whose networks nobody has chosen. */
struct network {
    bool none; /* --net none */
    unsigned count, forward_count, nameserver_count;
    struct net_spec specs[NETS_MAX];
    struct net nets[NETS_MAX]; /* filled by network_complete */
    struct net_forward forwards[FORWARDS_MAX];
    struct in_addr nameservers[NET_NAMESERVERS_MAX]; /* --dns */
    struct strings hosts;                            /* --add-host, as given */
};

/* --net, -p, --dns and --add-host, each as often as wanted. -EINVAL with a sentence; -E2BIG beyond
 * NETS_MAX, FORWARDS_MAX, NET_NAMESERVERS_MAX. */
int network_add(struct network *network, const char *text, struct error *err) MUST_CHECK;
int network_publish(struct network *network, const char *text, struct error *err) MUST_CHECK;
int network_add_nameservers(struct network *network, const char *text,
                            struct error *err) MUST_CHECK;
int network_add_host(struct network *network, const char *text, struct error *err) MUST_CHECK;

/*
 * Completes what the options left open, after the last of them: without --net there is the network
 * that `usual` says (as --net would) where it's wanted or where ports are published. -EINVAL for
 * what can't be together.
 */
int network_complete(struct network *network, const char *usual, bool wanted,
                     struct error *err) MUST_CHECK;

/* Opens the taps, with a queue for each processor where they have several, and looks whether the
 * ports can be had, just before the machine is made. Fails as tap_open and ports_probe do. */
int network_open(struct network *network, unsigned cpu_count, struct error *err) MUST_CHECK;

/* Adds what the kernel has to know: the options netN= and host= (docs/ARCHITECTURE.md). */
void network_describe(const struct network *network, struct strings *options);

/* Gives everything back. */
void network_close(struct network *network);

#endif

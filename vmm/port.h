/* SPDX-License-Identifier: Apache-2.0 */
/* Ports of the host that a machine is about to take. */
#ifndef VMM_PORT_H
#define VMM_PORT_H

#include "vmm/error.h"
#include "vmm/net.h"

/*
 * Says whether all of them can be had, at once, before a machine is started for it. Fails with the
 * errno of bind or listen and a sentence that names the first that can't; -EADDRINUSE also where
 * two of them are the same.
 */
int ports_probe(const struct net_forward *forwards, unsigned count, struct error *err) MUST_CHECK;

#endif

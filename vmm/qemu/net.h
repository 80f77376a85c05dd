/* SPDX-License-Identifier: Apache-2.0 */
/* A machine's networks as arguments of QEMU. */
#ifndef VMM_QEMU_NET_H
#define VMM_QEMU_NET_H

#include "vmm/net.h"
#include "vmm/qemu/args.h"

/* Adds a backend and a virtio network card for each, in their order. */
void net_args(struct args *args, const struct net *nets, unsigned count);

#endif

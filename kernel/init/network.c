/* SPDX-License-Identifier: Apache-2.0 */
/* The network at boot: cards, interfaces, addresses. */
#include "abi/errno.h"
#include "kernel/core/machine.h"
#include "kernel/core/optional.h"
#include "kernel/drivers/virtio/net.h"
#include "kernel/net/network.h"

static int network_boot(void)
{
    struct netdev *cards[NETDEV_MAX];
    unsigned count = virtio_net_find(machine_here, cards);
    if (!network_start(cards, count))
        return -ENOMEM;
    for (unsigned i = 0; i < count; i++)
        (void)!virtio_net_start(cards[i]);
    network_wait();
    return 0;
}
BOOT_STEP(network_boot);

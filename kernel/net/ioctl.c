/* SPDX-License-Identifier: Apache-2.0 */
/* The ioctls by which programs ask an internet socket about interfaces (netdevice(7)). Nothing can
 * be changed: setting what is set already is fine. */
#include <lwip/ip.h>

#include "abi/errno.h"
#include "abi/linux_inet.h"
#include "abi/linux_netlink.h"
#include "kernel/core/uaccess.h"
#include "kernel/net/inet.h"
#include "kernel/net/interface.h"
#include "lib/str.h"

static struct netif *named(const char name[16])
{
    struct netif *n;
    char own[INTERFACE_NAME_MAX];
    NETIF_FOREACH(n)
    {
        interface_name(n, own);
        if (!strncmp(own, name, 16))
            return n;
    }
    return NULL;
}

uint32_t interface_flags(const struct netif *n)
{
    return IFF_UP | IFF_RUNNING |
           (n == stack_loopback() ? IFF_LOOPBACK : IFF_BROADCAST | IFF_MULTICAST);
}

static void put_address(struct linux_ifreq *r, uint32_t addr)
{
    struct linux_sockaddr_in in = {.family = AF_INET};
    memcpy(in.addr, &addr, sizeof(in.addr));
    memcpy(r->value, &in, sizeof(in));
}

static int set(const struct linux_ifreq *r, uint32_t request, const struct netif *n)
{
    uint16_t flags;
    uint32_t addr,
        have = request == SIOCSIFADDR ? netif_ip4_addr(n)->addr : netif_ip4_netmask(n)->addr;
    memcpy(&flags, r->value, sizeof(flags));
    memcpy(&addr, r->value + offsetof(struct linux_sockaddr_in, addr), sizeof(addr));
    if (request == SIOCSIFFLAGS)
        return flags & IFF_UP ? 0 : -EPERM;
    return addr == have ? 0 : -EPERM;
}

static int answer_locked(struct linux_ifreq *r, uint32_t request, const struct netif *n)
{
    uint16_t flags = (uint16_t)interface_flags(n);
    uint32_t index = netif_get_index(n), mtu = n == stack_loopback() ? 65536 : n->mtu;
    switch (request) {
    case SIOCGIFFLAGS:
        memcpy(r->value, &flags, sizeof(flags));
        return 0;
    case SIOCGIFINDEX:
        memcpy(r->value, &index, sizeof(index));
        return 0;
    case SIOCGIFMTU:
        memcpy(r->value, &mtu, sizeof(mtu));
        return 0;
    case SIOCGIFADDR:
        put_address(r, netif_ip4_addr(n)->addr);
        return netif_ip4_addr(n)->addr ? 0 : -EADDRNOTAVAIL;
    case SIOCGIFNETMASK:
        put_address(r, netif_ip4_netmask(n)->addr);
        return 0;
    case SIOCGIFHWADDR:
        memset(r->value, 0, sizeof(r->value));
        r->value[0] = n == stack_loopback() ? ARPHRD_LOOPBACK & 255 : ARPHRD_ETHER;
        r->value[1] = n == stack_loopback() ? ARPHRD_LOOPBACK >> 8 : 0;
        memcpy(r->value + 2, n->hwaddr, 6);
        return 0;
    case SIOCSIFFLAGS:
    case SIOCSIFADDR:
    case SIOCSIFNETMASK:
        return set(r, request, n);
    default:
        return -ENOTTY;
    }
}

long inet_ioctl(struct socket *s, uint32_t request, uint64_t arg)
{
    struct linux_ifreq r;
    (void)s;
    if (request < SIOCGIFFLAGS || request > SIOCGIFINDEX)
        return -ENOTTY;
    if (copy_from_user(&r, arg, sizeof(r)))
        return -EFAULT;
    spin_lock(&stack_lock);
    struct netif *n = named(r.name);
    int err = n ? answer_locked(&r, request, n) : -ENODEV;
    spin_unlock(&stack_lock);
    return err ? err : copy_to_user(arg, &r, sizeof(r));
}

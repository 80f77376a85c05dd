/* SPDX-License-Identifier: Apache-2.0 */
/* The multicast groups of a socket (the inet_join, inet_leave functions of kernel/net/inet.h). lwIP
 * keeps an interface's groups; which sockets get their datagrams is known here. */
#include <lwip/igmp.h>
#include <lwip/ip.h>
#include <lwip/mld6.h>

#include "abi/errno.h"
#include "kernel/core/slab.h"
#include "kernel/net/inet.h"

enum { MEMBERSHIPS_MAX = 20 };

struct membership {
    struct membership *next;
    ip_addr_t group;
    uint8_t index;
};

/* The interface that a group is joined on when the program names none. */
static struct netif *interface_for(const ip_addr_t *group, uint8_t index)
{
    if (index)
        return netif_get_by_index(index);
    if (netif_default)
        return netif_default;
    struct netif *n = IP_IS_V6(group) ? ip6_route(IP6_ADDR_ANY6, ip_2_ip6(group)) : NULL;
    return n ? n : stack_loopback();
}

static err_t join(struct netif *n, const ip_addr_t *group)
{
    if (IP_IS_V6(group))
        return mld6_joingroup_netif(n, ip_2_ip6(group));
    return igmp_joingroup_netif(n, ip_2_ip4(group));
}

static void leave(struct netif *n, const ip_addr_t *group)
{
    if (IP_IS_V6(group))
        mld6_leavegroup_netif(n, ip_2_ip6(group));
    else
        igmp_leavegroup_netif(n, ip_2_ip4(group));
}

static struct membership **find(struct inet_socket *i, const ip_addr_t *group, uint8_t index)
{
    struct membership **m = &i->memberships;
    while (*m &&
           !((!index || (*m)->index == index) && IP_GET_TYPE(&(*m)->group) == IP_GET_TYPE(group) &&
             ip_addr_cmp_zoneless(&(*m)->group, group)))
        m = &(*m)->next;
    return m;
}

int inet_join_locked(struct inet_socket *i, const ip_addr_t *group, uint8_t index)
{
    struct netif *n = interface_for(group, index);
    unsigned count = 0;
    if (!n)
        return -ENODEV;
    for (struct membership *m = i->memberships; m; m = m->next)
        count++;
    if (count >= MEMBERSHIPS_MAX)
        return -ENOBUFS;
    if (*find(i, group, netif_get_index(n)))
        return -EADDRINUSE;
    struct membership *m = kmalloc(sizeof(*m));
    if (!m)
        return -ENOMEM;
    *m = (struct membership){.next = i->memberships, .group = *group, .index = netif_get_index(n)};
    if (IP_IS_V6(group))
        ip6_addr_set_zone(ip_2_ip6(&m->group), m->index);
    if (join(n, &m->group)) {
        kfree(m);
        return -ENOBUFS;
    }
    i->memberships = m;
    return 0;
}

static void drop(struct membership **at)
{
    struct membership *m = *at;
    struct netif *n = netif_get_by_index(m->index);
    *at = m->next;
    if (n)
        leave(n, &m->group);
    kfree(m);
}

int inet_leave_locked(struct inet_socket *i, const ip_addr_t *group, uint8_t index)
{
    struct membership **m = find(i, group, index);
    if (!*m)
        return -EADDRNOTAVAIL;
    drop(m);
    return 0;
}

void inet_leave_all_locked(struct inet_socket *i)
{
    while (i->memberships)
        drop(&i->memberships);
}

bool inet_is_member_locked(const struct inet_socket *i, const ip_addr_t *group, uint8_t index)
{
    return *find((struct inet_socket *)(uintptr_t)i, group, index) != NULL;
}

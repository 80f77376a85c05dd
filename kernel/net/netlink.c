/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/net/netlink.h. A request is answered when it is sent: the answer's datagrams wait in the
 * socket's queue, under its lock. */
#include "kernel/net/netlink.h"

#include <lwip/ip.h>

#include "abi/errno.h"
#include "abi/linux_netlink.h"
#include "kernel/core/slab.h"
#include "kernel/fs/socket.h"
#include "kernel/net/interface.h"
#include "kernel/net/stack.h"
#include "lib/str.h"

enum { REQUEST_MAX = 512, ANSWER_BYTES = 4096, FIRST_PID = 1 };

struct netlink_socket {
    struct socket s;
    struct spinlock lock; /* guards the queue */
    struct list queue;    /* of struct answer */
    struct waitq wait;
    uint32_t pid; /* its address; 0: none yet */
};

/* A datagram to the program: messages one behind the other. */
struct answer {
    struct list node;
    uint32_t used;
    uint8_t bytes[ANSWER_BYTES - 24];
};

static uint32_t next_pid = FIRST_PID;
static const struct socket_ops netlink_ops;

static struct netlink_socket *netlink_of(struct socket *s)
{
    return container_of(s, struct netlink_socket, s);
}

/* ---- building an answer ---- */

struct builder {
    struct netlink_socket *n;
    const struct linux_nlmsghdr *request;
    struct answer *a;
    struct linux_nlmsghdr *message; /* being built */
    int err;
};

static void answer_end(struct builder *b)
{
    if (!b->a)
        return;
    spin_lock(&b->n->lock);
    list_push_back(&b->n->queue, &b->a->node);
    spin_unlock(&b->n->lock);
    b->a = NULL;
}

static void *put(struct builder *b, const void *bytes, uint32_t size)
{
    uint32_t whole = ALIGN_UP(size, 4u);
    if (b->err || b->a->used + whole > sizeof(b->a->bytes)) {
        b->err = b->err ? b->err : -ENOBUFS;
        return NULL;
    }
    uint8_t *at = b->a->bytes + b->a->used;
    memcpy(at, bytes, size);
    memset(at + size, 0, whole - size);
    b->a->used += whole;
    return at;
}

/* A message of a type with its fixed part. Each has room for 512 bytes, or begins a datagram. */
static void begin(struct builder *b, uint16_t type, uint16_t flags, const void *head, uint32_t size)
{
    struct linux_nlmsghdr h = {
        .type = type, .flags = flags, .seq = b->request->seq, .pid = b->n->pid};
    if (b->a && b->a->used + 512 > sizeof(b->a->bytes))
        answer_end(b);
    if (!b->a) {
        b->a = kmalloc(sizeof(*b->a));
        if (!b->a) {
            b->err = -ENOMEM;
            return;
        }
        b->a->used = 0;
    }
    b->message = put(b, &h, sizeof(h));
    put(b, head, size);
}

static void attribute(struct builder *b, uint16_t type, const void *bytes, uint32_t size)
{
    struct linux_rtattr a = {(uint16_t)(sizeof(a) + size), type};
    put(b, &a, sizeof(a));
    put(b, bytes, size);
}

static void end(struct builder *b)
{
    if (!b->err)
        b->message->len = (uint32_t)(b->a->bytes + b->a->used - (uint8_t *)b->message);
}

/* ---- links ---- */

static bool is_lo(const struct netif *n)
{
    return n == stack_loopback();
}

static void link_message(struct builder *b, struct netif *n)
{
    static const uint8_t none[6], all[6] = {255, 255, 255, 255, 255, 255};
    char name[INTERFACE_NAME_MAX];
    bool lo = is_lo(n);
    uint32_t mtu = lo ? 65536 : n->mtu, queue = 1000;
    uint8_t state = lo ? 0 : 6; /* unknown, up */
    struct linux_ifinfomsg m = {.type = lo ? ARPHRD_LOOPBACK : ARPHRD_ETHER,
                                .index = netif_get_index(n)};
    m.flags = interface_flags(n) | IFF_LOWER_UP;
    interface_name(n, name);
    begin(b, RTM_NEWLINK, NLM_F_MULTI, &m, sizeof(m));
    attribute(b, IFLA_IFNAME, name, (uint32_t)strlen(name) + 1);
    attribute(b, IFLA_TXQLEN, &queue, sizeof(queue));
    attribute(b, IFLA_OPERSTATE, &state, sizeof(state));
    attribute(b, IFLA_MTU, &mtu, sizeof(mtu));
    attribute(b, IFLA_ADDRESS, lo ? none : n->hwaddr, 6);
    attribute(b, IFLA_BROADCAST, lo ? none : all, 6);
    end(b);
}

/* ---- addresses ---- */

static unsigned mask_bits(const struct netif *n)
{
    return (unsigned)__builtin_popcount(netif_ip4_netmask(n)->addr);
}

static void address4_message(struct builder *b, struct netif *n)
{
    char name[INTERFACE_NAME_MAX];
    uint32_t ip = netif_ip4_addr(n)->addr, mask = netif_ip4_netmask(n)->addr,
             broadcast = ip | ~mask;
    uint32_t flags = IFA_F_PERMANENT;
    if (!ip)
        return;
    struct linux_ifaddrmsg m = {.family = AF_INET,
                                .prefix_bits = (uint8_t)mask_bits(n),
                                .flags = IFA_F_PERMANENT,
                                .scope = is_lo(n) ? RT_SCOPE_HOST : RT_SCOPE_UNIVERSE,
                                .index = netif_get_index(n)};
    interface_name(n, name);
    begin(b, RTM_NEWADDR, NLM_F_MULTI, &m, sizeof(m));
    attribute(b, IFA_ADDRESS, &ip, sizeof(ip));
    attribute(b, IFA_LOCAL, &ip, sizeof(ip));
    if (!is_lo(n))
        attribute(b, IFA_BROADCAST, &broadcast, sizeof(broadcast));
    attribute(b, IFA_LABEL, name, (uint32_t)strlen(name) + 1);
    attribute(b, IFA_FLAGS, &flags, sizeof(flags));
    end(b);
}

static void address6_message(struct builder *b, struct netif *n, int k)
{
    const ip6_addr_t *ip = netif_ip6_addr(n, k);
    uint32_t flags = IFA_F_PERMANENT;
    if (!ip6_addr_isvalid(netif_ip6_addr_state(n, k)))
        return;
    struct linux_ifaddrmsg m = {.family = AF_INET6,
                                .prefix_bits = is_lo(n) ? 128 : 64,
                                .flags = IFA_F_PERMANENT,
                                .scope = is_lo(n)                   ? RT_SCOPE_HOST
                                         : ip6_addr_islinklocal(ip) ? RT_SCOPE_LINK
                                                                    : RT_SCOPE_UNIVERSE,
                                .index = netif_get_index(n)};
    begin(b, RTM_NEWADDR, NLM_F_MULTI, &m, sizeof(m));
    attribute(b, IFA_ADDRESS, ip->addr, 16);
    attribute(b, IFA_FLAGS, &flags, sizeof(flags));
    end(b);
}

/* ---- routes ---- */

static void route4_message(struct builder *b, struct netif *n, uint32_t dst, unsigned bits,
                           uint32_t gateway)
{
    uint32_t table = RT_TABLE_MAIN, out = netif_get_index(n), source = netif_ip4_addr(n)->addr;
    struct linux_rtmsg m = {.family = AF_INET,
                            .dst_bits = (uint8_t)bits,
                            .table = RT_TABLE_MAIN,
                            .protocol = gateway ? RTPROT_BOOT : RTPROT_KERNEL,
                            .scope = gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK,
                            .type = RTN_UNICAST};
    begin(b, RTM_NEWROUTE, NLM_F_MULTI, &m, sizeof(m));
    attribute(b, RTA_TABLE, &table, sizeof(table));
    if (bits)
        attribute(b, RTA_DST, &dst, sizeof(dst));
    if (gateway)
        attribute(b, RTA_GATEWAY, &gateway, sizeof(gateway));
    else
        attribute(b, RTA_PREFSRC, &source, sizeof(source));
    attribute(b, RTA_OIF, &out, sizeof(out));
    end(b);
}

static void routes(struct builder *b, struct netif *n)
{
    uint32_t ip = netif_ip4_addr(n)->addr, mask = netif_ip4_netmask(n)->addr;
    if (is_lo(n) || !ip)
        return;
    if (n == netif_default && netif_ip4_gw(n)->addr)
        route4_message(b, n, 0, 0, netif_ip4_gw(n)->addr);
    route4_message(b, n, ip & mask, mask_bits(n), 0);
}

/* ---- requests ---- */

static void each(struct builder *b, uint16_t type, uint8_t family)
{
    for (unsigned index = 1; index <= NETDEV_MAX + 1; index++) {
        struct netif *n = netif_get_by_index((u8_t)index);
        if (!n)
            continue;
        if (type == RTM_GETLINK)
            link_message(b, n);
        if (type == RTM_GETADDR && family != AF_INET6)
            address4_message(b, n);
        if (type == RTM_GETROUTE && family != AF_INET6)
            routes(b, n);
        for (int k = 0; type == RTM_GETADDR && family != AF_INET && k < LWIP_IPV6_NUM_ADDRESSES;
             k++)
            address6_message(b, n, k);
    }
}

static void refuse(struct builder *b, int error)
{
    struct {
        int32_t error;
        struct linux_nlmsghdr request;
    } e = {error, *b->request};
    begin(b, NLMSG_ERROR, 0, &e, sizeof(e));
    end(b);
}

static int serve(struct netlink_socket *n, const struct linux_nlmsghdr *h, uint8_t family)
{
    struct builder b = {.n = n, .request = h};
    uint32_t zero = 0;
    bool known = h->type == RTM_GETLINK || h->type == RTM_GETADDR || h->type == RTM_GETROUTE;
    if (known && (h->flags & NLM_F_DUMP)) {
        spin_lock(&stack_lock);
        each(&b, h->type, family);
        spin_unlock(&stack_lock);
        begin(&b, NLMSG_DONE, NLM_F_MULTI, &zero, sizeof(zero));
        end(&b);
    } else {
        refuse(&b, known ? -EOPNOTSUPP : h->type < RTM_NEWLINK ? 0 : -EPERM);
    }
    answer_end(&b);
    waitq_wake(&n->wait, POLLIN | POLLRDNORM, 0);
    return b.err;
}

static void autobind(struct netlink_socket *n)
{
    if (!n->pid)
        n->pid = __atomic_fetch_add(&next_pid, 1, __ATOMIC_RELAXED);
}

static long netlink_send(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct netlink_socket *n = netlink_of(s);
    uint8_t bytes[REQUEST_MAX];
    uint32_t size = (uint32_t)m->uio->left, at = 0;
    (void)nonblock;
    autobind(n);
    if (m->uio->left > sizeof(bytes))
        return -EMSGSIZE;
    if (uio_read(m->uio, bytes, size) != size)
        return -EFAULT;
    int err = 0;
    while (!err && size - at >= sizeof(struct linux_nlmsghdr)) {
        struct linux_nlmsghdr h;
        memcpy(&h, bytes + at, sizeof(h));
        if (h.len < sizeof(h) || h.len > size - at)
            break;
        err = serve(n, &h, h.len > sizeof(h) ? bytes[at + sizeof(h)] : AF_UNSPEC);
        at += MIN(ALIGN_UP(h.len, 4u), size - at);
    }
    return err ? err : size;
}

static bool has_answer(struct netlink_socket *n)
{
    spin_lock(&n->lock);
    bool yes = !list_empty(&n->queue);
    spin_unlock(&n->lock);
    return yes;
}

/* The first answer; it stays in the queue when it is only looked at. */
static long take(struct netlink_socket *n, struct socket_message *m)
{
    spin_lock(&n->lock);
    struct list *node = list_pop_front(&n->queue);
    spin_unlock(&n->lock);
    if (!node)
        return -EAGAIN;
    struct answer *a = list_entry(node, struct answer, node);
    uint32_t used = a->used, size = (uint32_t)MIN((uint64_t)used, m->uio->left);
    bool copied = uio_write(m->uio, a->bytes, size) == size;
    if (m->flags & MSG_PEEK) {
        spin_lock(&n->lock);
        list_push_front(&n->queue, &a->node);
        spin_unlock(&n->lock);
    } else {
        kfree(a);
    }
    if (size < used)
        m->flags_out |= MSG_TRUNC;
    return !copied ? -EFAULT : m->flags & MSG_TRUNC ? used : size;
}

static long netlink_receive(struct socket *s, struct socket_message *m, bool nonblock)
{
    struct netlink_socket *n = netlink_of(s);
    struct linux_sockaddr_nl kernel = {.family = AF_NETLINK};
    if (!nonblock && !(m->flags & MSG_DONTWAIT)) {
        int err = wait_event(&n->wait, has_answer(n), WAIT_FOREVER);
        if (err)
            return err;
    }
    if (m->name) {
        m->name->len = sizeof(kernel);
        memcpy(m->name->bytes, &kernel, sizeof(kernel));
    }
    return take(n, m);
}

static int netlink_bind(struct socket *s, const struct socket_address *a)
{
    struct netlink_socket *n = netlink_of(s);
    struct linux_sockaddr_nl nl;
    if (a->len < sizeof(nl))
        return -EINVAL;
    memcpy(&nl, a->bytes, sizeof(nl));
    if (nl.family != AF_NETLINK || (n->pid && nl.pid && nl.pid != n->pid))
        return -EINVAL;
    if (nl.pid)
        n->pid = nl.pid;
    autobind(n);
    return 0;
}

static int netlink_connect(struct socket *s, const struct socket_address *a, bool nonblock)
{
    (void)nonblock;
    autobind(netlink_of(s));
    return a->len < sizeof(struct linux_sockaddr_nl) ? -EINVAL : 0;
}

static int netlink_name(struct socket *s, bool peer, struct socket_address *a)
{
    struct linux_sockaddr_nl nl = {.family = AF_NETLINK, .pid = peer ? 0 : netlink_of(s)->pid};
    *a = (struct socket_address){.len = sizeof(nl)};
    memcpy(a->bytes, &nl, sizeof(nl));
    return 0;
}

static int netlink_listen(struct socket *s, int backlog)
{
    (void)s, (void)backlog;
    return -EOPNOTSUPP;
}

static int netlink_accept(struct socket *s, bool nonblock, struct socket **made)
{
    (void)s, (void)nonblock, (void)made;
    return -EOPNOTSUPP;
}

static int netlink_shutdown(struct socket *s, int how)
{
    (void)s, (void)how;
    return -EOPNOTSUPP;
}

static int netlink_get_option(struct socket *s, int level, int option, int *value)
{
    (void)s, (void)value;
    if (level == SOL_SOCKET && option == SO_ERROR)
        return (*value = 0), 0;
    return -ENOPROTOOPT;
}

/* SOL_NETLINK's options (acknowledgements cut short, strict checks) change nothing here. */
static int netlink_set_option(struct socket *s, int level, int option, int value)
{
    (void)s, (void)option, (void)value;
    return level == 270 ? 0 : -ENOPROTOOPT;
}

static unsigned netlink_poll(struct socket *s, struct poll_table *pt)
{
    struct netlink_socket *n = netlink_of(s);
    poll_watch(pt, &n->wait);
    return POLLOUT | POLLWRNORM | (has_answer(n) ? POLLIN | POLLRDNORM : 0);
}

static uint32_t netlink_readable(struct socket *s)
{
    struct netlink_socket *n = netlink_of(s);
    spin_lock(&n->lock);
    uint32_t used =
        list_empty(&n->queue) ? 0 : list_entry(n->queue.next, struct answer, node)->used;
    spin_unlock(&n->lock);
    return used;
}

static void netlink_release(struct socket *s)
{
    struct netlink_socket *n = netlink_of(s);
    struct list *node;
    while ((node = list_pop_front(&n->queue)))
        kfree(list_entry(node, struct answer, node));
    kfree(n);
}

static const struct socket_ops netlink_ops = {
    .bind = netlink_bind,
    .connect = netlink_connect,
    .listen = netlink_listen,
    .accept = netlink_accept,
    .name = netlink_name,
    .send = netlink_send,
    .receive = netlink_receive,
    .shutdown = netlink_shutdown,
    .get_option = netlink_get_option,
    .set_option = netlink_set_option,
    .poll = netlink_poll,
    .readable = netlink_readable,
    .release = netlink_release,
};

static int netlink_create(int type, int protocol, struct socket **s)
{
    if (type != SOCK_RAW && type != SOCK_DGRAM)
        return -ESOCKTNOSUPPORT;
    if (protocol != NETLINK_ROUTE)
        return -EPROTONOSUPPORT;
    struct netlink_socket *n = kzalloc(sizeof(*n));
    if (!n)
        return -ENOMEM;
    n->s = (struct socket){.ops = &netlink_ops,
                           .family = AF_NETLINK,
                           .type = type,
                           .receive_timeout_ns = WAIT_FOREVER,
                           .send_timeout_ns = WAIT_FOREVER,
                           .send_buffer = 212992,
                           .receive_buffer = 212992};
    list_init(&n->queue);
    waitq_init(&n->wait);
    *s = &n->s;
    return 0;
}

void netlink_register(void)
{
    static struct socket_family family = {.family = AF_NETLINK, .create = netlink_create};
    socket_register(&family);
}

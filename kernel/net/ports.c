/* SPDX-License-Identifier: Apache-2.0 */
/* Who has which port (the port_ functions of kernel/net/inet.h): lists of sockets, hashed by port,
 * for each protocol. Connections that a listener accepted don't count. */
#include <lwip/ip.h>

#include "abi/errno.h"
#include "kernel/core/random.h"
#include "kernel/core/slab.h"
#include "kernel/net/inet.h"
#include "lib/str.h"

enum { BUCKETS = 256, EPHEMERAL_FIRST = 32768, EPHEMERAL_LAST = 60999 };

static struct list (*buckets)[BUCKETS]; /* [PORT_SPACES] */

bool port_start(void)
{
    buckets = kmalloc(sizeof(*buckets) * PORT_SPACES);
    for (unsigned n = 0; buckets && n < PORT_SPACES * BUCKETS; n++)
        list_init(&buckets[n / BUCKETS][n % BUCKETS]);
    return buckets;
}

static struct list *bucket_of(const struct inet_socket *i, uint16_t port)
{
    enum port_space space = i->s.type == SOCK_STREAM       ? PORTS_STREAM
                            : i->s.protocol == IPPROTO_UDP ? PORTS_DATAGRAM
                                                           : PORTS_ECHO;
    return &buckets[space][port % BUCKETS];
}

static bool is_any(const ip_addr_t *ip)
{
    return IP_IS_ANY_TYPE_VAL(*ip) || ip_addr_isany(ip);
}

/* Whether some packet could be for both addresses. */
static bool overlap(const ip_addr_t *a, const ip_addr_t *b)
{
    if (IP_IS_ANY_TYPE_VAL(*a) || IP_IS_ANY_TYPE_VAL(*b))
        return true;
    if (IP_GET_TYPE(a) != IP_GET_TYPE(b))
        return false;
    return is_any(a) || is_any(b) || ip_addr_cmp(a, b);
}

static bool share(const struct inet_socket *a, const struct inet_socket *b)
{
    if (a->reuse_port && b->reuse_port)
        return true;
    return a->reuse_address && b->reuse_address && !a->listening && !b->listening;
}

static bool conflicts_locked(const struct inet_socket *i, uint16_t port)
{
    list_for_each (n, bucket_of(i, port)) {
        struct inet_socket *other = list_entry(n, struct inet_socket, claimed);
        if (other != i && other->local_port == port && overlap(&i->local, &other->local) &&
            !share(i, other))
            return true;
    }
    return false;
}

static bool taken_locked(const struct inet_socket *i, uint16_t port)
{
    list_for_each (n, bucket_of(i, port))
        if (list_entry(n, struct inet_socket, claimed)->local_port == port)
            return true;
    return false;
}

/* A port that nobody has, from a place that nobody can guess. */
static uint16_t free_port_locked(const struct inet_socket *i)
{
    uint32_t count = EPHEMERAL_LAST - EPHEMERAL_FIRST + 1, start;
    random_fill(&start, sizeof(start));
    for (uint32_t n = 0; n < count; n++) {
        uint16_t port = (uint16_t)(EPHEMERAL_FIRST + (start + n) % count);
        if (!taken_locked(i, port))
            return port;
    }
    return 0;
}

int port_claim_locked(struct inet_socket *i, uint16_t port)
{
    if (!port)
        port = free_port_locked(i);
    else if (conflicts_locked(i, port))
        return -EADDRINUSE;
    if (!port)
        return -EADDRINUSE;
    i->local_port = port;
    list_push_back(bucket_of(i, port), &i->claimed);
    return 0;
}

void port_release_locked(struct inet_socket *i)
{
    list_remove(&i->claimed);
}

int port_listen_locked(struct inet_socket *i)
{
    i->listening = true;
    if (!conflicts_locked(i, i->local_port))
        return 0;
    i->listening = false;
    return -EADDRINUSE;
}

/* ---- groups ---- */

static bool same_group(const struct inet_socket *a, const struct inet_socket *b)
{
    return b->reuse_port && b->local_port == a->local_port && b->listening == a->listening &&
           !b->remote_port && IP_GET_TYPE(&a->local) == IP_GET_TYPE(&b->local) &&
           ip_addr_cmp(&a->local, &b->local);
}

static uint32_t hash(const ip_addr_t *ip, uint16_t port)
{
    static uint32_t secret;
    uint32_t words[4] = {0};
    if (!secret)
        random_fill(&secret, sizeof(secret));
    memcpy(words, ip_2_ip6(ip), IP_IS_V6(ip) ? 16 : 4);
    uint32_t h = secret ^ port;
    for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
        h = (h ^ words[i]) * 0x9e3779b1u;
    return h ^ h >> 16;
}

struct inet_socket *port_group_locked(struct inet_socket *i, const ip_addr_t *peer, uint16_t port)
{
    struct list *bucket = bucket_of(i, i->local_port);
    uint32_t count = 0, at;
    list_for_each (n, bucket)
        count += same_group(i, list_entry(n, struct inet_socket, claimed));
    if (count < 2)
        return i;
    at = hash(peer, port) % count;
    list_for_each (n, bucket) {
        struct inet_socket *member = list_entry(n, struct inet_socket, claimed);
        if (same_group(i, member) && !at--)
            return member;
    }
    return i;
}

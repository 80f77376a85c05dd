/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/qemu/net.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

/* One address as text; good until the caller's block ends. */
#define TEXT4(ip) inet_ntop(AF_INET, (ip), (char[INET_ADDRSTRLEN]){0}, INET_ADDRSTRLEN)
#define TEXT6(ip) inet_ntop(AF_INET6, (ip), (char[INET6_ADDRSTRLEN]){0}, INET6_ADDRSTRLEN)

static void put_ip4(FILE *out, const struct net *net)
{
    const struct in_addr network = {net->guest.ip.s_addr &
                                    address_mask4(net->guest.prefix_bits).s_addr};

    fprintf(out, ",net=%s/%u,host=%s", TEXT4(&network), net->guest.prefix_bits,
            TEXT4(&net->gateway));
    fprintf(out, ",dns=%s,dhcpstart=%s", TEXT4(&net->nameserver), TEXT4(&net->guest.ip));
}

static void put_ip6(FILE *out, const struct net *net)
{
    struct in6_addr prefix = net->guest6.ip;

    if (net->guest6.prefix_bits == 0) {
        fputs(",ipv6=off", out);
        return;
    }
    for (unsigned bit = net->guest6.prefix_bits; bit < 128; bit++)
        prefix.s6_addr[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
    fprintf(out, ",ipv6-prefix=%s,ipv6-prefixlen=%u", TEXT6(&prefix), net->guest6.prefix_bits);
    fprintf(out, ",ipv6-host=%s,ipv6-dns=%s", TEXT6(&net->gateway6), TEXT6(&net->nameserver6));
}

static void put_forwards(FILE *out, const struct net *net)
{
    for (unsigned i = 0; i < net->forward_count; i++) {
        const struct net_forward *f = &net->forwards[i];
        fprintf(out, ",hostfwd=%s:%s:%u-%s:%u", f->udp ? "udp" : "tcp", TEXT4(&f->host),
                f->host_port, TEXT4(&net->guest.ip), f->guest_port);
    }
}

static void add_user(struct args *args, const struct net *net, unsigned index)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out) {
        args->failed = true;
        return;
    }
    fprintf(out, "user,id=net%u", index);
    put_ip4(out, net);
    put_ip6(out, net);
    put_forwards(out, net);
    if (fclose(out) != 0)
        args->failed = true;
    else
        args_add(args, "%s", text);
    free(text);
}

/* One queue as QEMU always had it, or several. */
static void add_tap(struct args *args, const struct net *net, unsigned index)
{
    char list[QUEUES_MAX * 12] = "";
    size_t at = 0;

    for (unsigned i = 0; i < net->tap_count; i++)
        at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%d", i ? ":" : "", net->taps[i]);
    args_add(args, "tap,id=net%u,%s=%s", index, net->tap_count > 1 ? "fds" : "fd", list);
}

void net_args(struct args *args, const struct net *nets, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const struct net *net = &nets[i];
        const uint8_t *m = net->mac;
        args_add(args, "-netdev");
        if (net->kind == NET_USER)
            add_user(args, net, i);
        else
            add_tap(args, net, i);
        args_add(args, "-device");
        args_add(args, "virtio-net-device,netdev=net%u,mac=%02x:%02x:%02x:%02x:%02x:%02x%s", i,
                 m[0], m[1], m[2], m[3], m[4], m[5], net->tap_count > 1 ? ",mq=on" : "");
    }
}

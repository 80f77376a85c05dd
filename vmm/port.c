/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/port.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

static int explain(const struct net_forward *forward, struct error *err)
{
    char ip[INET_ADDRSTRLEN];
    const char *protocol = forward->udp ? "udp" : "tcp";
    int number = errno;

    inet_ntop(AF_INET, &forward->host, ip, sizeof(ip));
    switch (number) {
    case EADDRINUSE:
        return error_set(err, -number,
                         "port %u (%s) of %s is in use; end what has it, or choose another with -p",
                         forward->host_port, protocol, ip);
    case EACCES:
        return error_set(err, -number,
                         "port %u (%s) needs root; choose one from 1024 on with -p, or raise "
                         "net.ipv4.ip_unprivileged_port_start",
                         forward->host_port, protocol);
    case EADDRNOTAVAIL:
        return error_set(err, -number, "-p: %s is not an address of this host", ip);
    default:
        errno = number;
        return error_errno(err, "cannot listen on port %u (%s) of %s", forward->host_port, protocol,
                           ip);
    }
}

static int take(const struct net_forward *forward, int *fd, struct error *err)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(forward->host_port), .sin_addr = forward->host};
    const int yes = 1;

    *fd = socket(AF_INET, (forward->udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return explain(forward, err);
    /* As QEMU does: connections of a machine that has ended are no obstacle. */
    if (!forward->udp)
        setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(*fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
        (!forward->udp && listen(*fd, 1) < 0))
        return explain(forward, err);
    return 0;
}

int ports_probe(const struct net_forward *forwards, unsigned count, struct error *err)
{
    int fds[FORWARDS_MAX], result = 0;
    unsigned taken = 0;

    while (result == 0 && taken < MIN(count, (unsigned)FORWARDS_MAX)) {
        result = take(&forwards[taken], &fds[taken], err);
        taken++;
    }
    while (taken > 0)
        if (fds[--taken] >= 0)
            close(fds[taken]);
    return result;
}

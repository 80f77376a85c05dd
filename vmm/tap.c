/* SPDX-License-Identifier: Apache-2.0 */
/* Linux Documentation/networking/tuntap: TUNSETIFF attaches to an interface, or makes it where the
 * caller may; what isn't there is refused before, so that a mistyped name makes none. */
#include "vmm/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

bool tap_name_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < IFNAMSIZ && strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
           strcspn(name, "/: \t\n%") == length;
}

static int explain(const char *name, struct error *err)
{
    switch (errno) {
    case EBUSY:
        return error_set(err, -EBUSY, "the tap interface %s is in use by another machine", name);
    case EPERM:
        return error_set(err, -EPERM,
                         "the tap interface %s is not yours; make it as root with: ip tuntap add "
                         "%s mode tap user $USER",
                         name, name);
    case EINVAL:
        return error_set(
            err, -EINVAL,
            "%s is not a tap interface; make one as root with: ip tuntap add NAME mode "
            "tap user $USER",
            name);
    default:
        return error_errno(err, "cannot open /dev/net/tun for the tap interface %s", name);
    }
}

/* One of the interface's queues, as a descriptor; -1 and errno. */
static int open_queue(const char *name, short flags)
{
    struct ifreq request = {.ifr_flags = (short)(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR | flags)};

    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0)
        return -1;
    memcpy(request.ifr_name, name, strlen(name));
    if (ioctl(tun, TUNSETIFF, &request) == 0)
        return tun;
    int cause = errno;
    close(tun);
    errno = cause;
    return -1;
}

/* Whether somebody has a queue of it: one that was made for several doesn't refuse another. */
static bool is_attached(const char *name)
{
    struct ethtool_value link = {.cmd = ETHTOOL_GLINK};
    struct ifreq request = {.ifr_data = (char *)&link};
    int s = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    memcpy(request.ifr_name, name, strlen(name));
    bool attached = s >= 0 && ioctl(s, SIOCETHTOOL, &request) == 0 && link.data;
    if (s >= 0)
        close(s);
    return attached;
}

/* Linux says EINVAL to who doesn't know that the interface has several queues. */
static int open_queues(const char *name, unsigned wanted, int *fds)
{
    fds[0] = open_queue(name, 0);
    if (fds[0] >= 0 || errno != EINVAL)
        return fds[0] < 0 ? -1 : 1;
    if (is_attached(name)) {
        errno = EBUSY;
        return -1;
    }
    unsigned n = 0;
    while (n < wanted && (fds[n] = open_queue(name, IFF_MULTI_QUEUE)) >= 0)
        n++;
    return n ? (int)n : -1;
}

int tap_open(const char *name, unsigned wanted, int *fds, unsigned *count, struct error *err)
{
    if (if_nametoindex(name) == 0)
        return error_set(
            err, -ENODEV,
            "there is no tap interface %s; make it as root with: ip tuntap add %s mode tap "
            "user $USER && ip link set %s up",
            name, name, name);
    int n = open_queues(name, MAX(wanted, 1u), fds);
    if (n < 0)
        return explain(name, err);
    *count = (unsigned)n;
    return 0;
}

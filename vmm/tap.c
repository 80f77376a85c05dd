/* SPDX-License-Identifier: Apache-2.0 */
/* Linux Documentation/networking/tuntap: TUNSETIFF attaches to an interface, or makes it where the
 * caller may; what isn't there is refused before, so that a mistyped name makes none. */
#include "vmm/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
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
        return error_set(err, -EINVAL,
                         "%s is not a tap interface, or one for several queues; make one as root "
                         "with: ip tuntap add NAME mode tap user $USER",
                         name);
    default:
        return error_errno(err, "cannot use the tap interface %s", name);
    }
}

int tap_open(const char *name, int *fd, struct error *err)
{
    struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR};

    if (if_nametoindex(name) == 0)
        return error_set(
            err, -ENODEV,
            "there is no tap interface %s; make it as root with: ip tuntap add %s mode "
            "tap user $USER && ip link set %s up",
            name, name, name);
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (tun < 0)
        return error_errno(err, "cannot open /dev/net/tun for the tap interface %s", name);
    memcpy(request.ifr_name, name, strlen(name));
    if (ioctl(tun, TUNSETIFF, &request) < 0) {
        int result = explain(name, err);
        close(tun);
        return result;
    }
    *fd = tun;
    return 0;
}

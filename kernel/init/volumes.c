/* SPDX-License-Identifier: Apache-2.0 */
/* The host's folders that the launcher gave this machine: kernel options volume0, volume1 ... say
 * "rw:/path" or "ro:/path", the devices are called vol000, vol001 ... */
#include "abi/errno.h"
#include "kernel/core/machine.h"
#include "kernel/core/optional.h"
#include "kernel/core/options.h"
#include "kernel/drivers/virtio/9p.h"
#include "kernel/fs/p9_mount.h"
#include "kernel/init/program.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define VOLUMES_MAX 8

static const char *reason(int err)
{
    switch (err) {
    case -ENOENT:
        return "the machine has no such device";
    case -EINVAL:
        return "the option isn't \"rw:/path\" or \"ro:/path\"";
    case -ENOTDIR:
        return "there is something that is no folder";
    case -ENOMEM:
        return "the machine has too little memory; give it more with -m";
    case -EPROTO:
        return "the host's server doesn't speak 9P2000.L";
    default:
        return "the host's server refused";
    }
}

/* how: "rw:/path" or "ro:/path". */
static int mount(unsigned i, const char *how)
{
    char tag[VIRTIO_9P_TAG_BYTES + 1];
    bool readonly = !memcmp(how, "ro:/", 4);
    if (!readonly && memcmp(how, "rw:/", 4))
        return -EINVAL;
    fmt_print(tag, sizeof tag, "vol%u%u%u", i / 100, i / 10 % 10, i % 10);
    struct p9_channel *channel = virtio_9p_channel(tag);
    return channel ? p9_mount(channel, how + 3, readonly) : -ENOENT;
}

static void refuse(const char *path, int err)
{
    static char why[384];
    fmt_print(why, sizeof why, "its volume can't be mounted at %s (error %d): %s", path, -err,
              reason(err));
    program_refuse(why);
}

static int volumes_mount(void)
{
    char key[12], how[256];
    for (unsigned i = 0; i < VOLUMES_MAX; i++) {
        fmt_print(key, sizeof key, "volume%u", i);
        if (!option_copy(key, how, sizeof how))
            break;
        if (!i)
            virtio_9p_start(machine_here);
        int err = mount(i, how);
        if (err)
            refuse(how + 3, err);
    }
    return 0;
}
BOOT_STEP_LAST(volumes_mount);

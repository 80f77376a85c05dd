/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/volumes.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GUEST_BYTES_MAX \
    250 /* what the kernel keeps of an option, without what stands before the path */

/* The parts of a specification; host and guest are owned. */
struct parts {
    char *host, *guest;
    bool readonly;
};

/* From the right, since a folder's name may have colons. */
static bool split(const char *spec, struct parts *parts)
{
    size_t length = strlen(spec);

    *parts = (struct parts){0};
    if (length > 3 && (!strcmp(spec + length - 3, ":ro") || !strcmp(spec + length - 3, ":rw"))) {
        parts->readonly = spec[length - 1] == 'o';
        length -= 3;
    }
    const char *colon = memrchr(spec, ':', length);
    if (!colon || colon == spec)
        return false;
    parts->host = strndup(spec, (size_t)(colon - spec));
    parts->guest = strndup(colon + 1, length - (size_t)(colon + 1 - spec));
    return parts->host && parts->guest;
}

static void parts_free(struct parts *parts)
{
    free(parts->host);
    free(parts->guest);
}

static int check_host(const char *host, struct error *err)
{
    struct stat st;

    if (stat(host, &st) < 0)
        return error_errno(err, "--volume: %s", host);
    if (!S_ISDIR(st.st_mode))
        return error_set(err, -ENOTDIR, "--volume: %s is not a folder", host);
    return 0;
}

/* /dev, /proc, /sys and what is below them. */
static bool is_kernels(const char *guest)
{
    static const char *const own[] = {"/dev", "/proc", "/sys"};

    for (size_t i = 0; i < ARRAY_SIZE(own); i++) {
        size_t length = strlen(own[i]);
        if (!strncmp(guest, own[i], length) && (guest[length] == '/' || !guest[length]))
            return true;
    }
    return false;
}

/* Without slashes at its end; 0 or -EINVAL. */
static int check_guest(char *guest, struct error *err)
{
    size_t length = strlen(guest);

    while (length > 1 && guest[length - 1] == '/')
        guest[--length] = '\0';
    if (guest[0] != '/' || strstr(guest, "/../") ||
        (length >= 3 && !strcmp(guest + length - 3, "/..")))
        return error_set(err, -EINVAL,
                         "--volume: %s: the place in the guest is an absolute path, such as /data",
                         guest);
    if (length == 1)
        return error_set(err, -EINVAL, "--volume can't be the guest's root; --root DIR fills that");
    if (is_kernels(guest))
        return error_set(err, -EINVAL, "--volume: %s is the kernel's own", guest);
    if (length > GUEST_BYTES_MAX)
        return error_set(err, -EINVAL, "--volume: the place in the guest has at most %d bytes",
                         GUEST_BYTES_MAX);
    return 0;
}

static int check_free(const struct volumes *volumes, const char *guest, struct error *err)
{
    if (volumes->count == MACHINE_VOLUMES_MAX)
        return error_set(err, -E2BIG, "--volume may be given %d times at most",
                         MACHINE_VOLUMES_MAX);
    for (unsigned i = 0; i < volumes->count; i++)
        if (!strcmp(volumes->guest[i], guest))
            return error_set(err, -EEXIST, "--volume: there is another one at %s", guest);
    return 0;
}

int volumes_add(struct volumes *volumes, const char *spec, struct error *err)
{
    struct parts parts;
    char *host = NULL;
    int result = 0;

    if (!split(spec, &parts))
        result = error_set(err, -EINVAL,
                           "--volume %s: write it as HOST:GUEST or HOST:GUEST:ro, such as .:/data",
                           spec);
    if (result == 0)
        result = check_host(parts.host, err);
    if (result == 0)
        result = check_guest(parts.guest, err);
    if (result == 0)
        result = check_free(volumes, parts.guest, err);
    if (result == 0 && !(host = realpath(parts.host, NULL)))
        result = error_errno(err, "--volume: %s", parts.host);
    if (result == 0) {
        volumes->list[volumes->count] = (struct machine_volume){host, parts.readonly};
        volumes->guest[volumes->count++] = parts.guest;
        parts.guest = NULL;
    }
    parts_free(&parts);
    return result;
}

void volumes_options(const struct volumes *volumes, struct strings *options)
{
    for (unsigned i = 0; i < volumes->count; i++)
        strings_addf(options, "volume%u=%s:%s", i, volumes->list[i].readonly ? "ro" : "rw",
                     volumes->guest[i]);
}

bool volumes_find(const struct volumes *volumes, const char *host_path, char *path)
{
    char real[PATH_MAX];

    if (!realpath(host_path, real))
        return false;
    for (unsigned i = 0; i < volumes->count; i++) {
        size_t length = strlen(volumes->list[i].host_path);
        if (strncmp(real, volumes->list[i].host_path, length) || real[length] != '/')
            continue;
        int n = snprintf(path, PATH_MAX, "%s%s", volumes->guest[i], real + length);
        return n > 0 && n < PATH_MAX;
    }
    return false;
}

void volumes_free(struct volumes *volumes)
{
    for (unsigned i = 0; i < volumes->count; i++) {
        free((char *)volumes->list[i].host_path);
        free(volumes->guest[i]);
    }
    *volumes = (struct volumes){0};
}

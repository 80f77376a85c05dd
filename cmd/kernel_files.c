/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/kernel_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The folder of this executable. */
static int own_folder(char folder[PATH_MAX], struct error *err)
{
    ssize_t n = readlink("/proc/self/exe", folder, PATH_MAX - 1);

    if (n < 0)
        return error_errno(err, "cannot tell where mazboot is installed (/proc/self/exe)");
    folder[n] = '\0';
    *strrchr(folder, '/') = '\0';
    return 0;
}

/* False if the path would be too long to exist. */
static bool join(char path[PATH_MAX], const char *folder, const char *name)
{
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX;
}

static const char *const kind_names[KERNEL_KINDS] = {"small", "net", "full"};

const char *kernel_kind_name(enum kernel_kind kind)
{
    return kind_names[kind];
}

enum kernel_kind kernel_kind_of(const char *name)
{
    unsigned kind = 0;

    while (kind < KERNEL_KINDS && strcmp(name, kind_names[kind]) != 0)
        kind++;
    return kind;
}

static int own_find(char path[PATH_MAX], enum kernel_kind kind, struct error *err)
{
    static const char *const places[KERNEL_KINDS][2] = {
        {"build/kernel-arm64/mazboot.img", "../lib/mazboot/kernel-arm64.img"},
        {"build/kernel-arm64/mazboot-net.img", "../lib/mazboot/kernel-arm64-net.img"},
        {"build/kernel-arm64/mazboot-full.img", "../lib/mazboot/kernel-arm64-full.img"}};
    char folder[PATH_MAX];

    int result = own_folder(folder, err);
    if (result < 0)
        return result;
    for (size_t i = 0; i < ARRAY_SIZE(places[kind]); i++)
        if (join(path, folder, places[kind][i]) && access(path, R_OK) == 0)
            return 0;
    return error_set(err, -ENOENT,
                     "there is no kernel: neither %s/%s nor %s/%s; build one with make", folder,
                     places[kind][1], folder, places[kind][0]);
}

static void symbols_open(struct kernel_files *kernel)
{
    char path[PATH_MAX];
    struct error ignored; /* without symbols, backtraces are numbers */
    size_t length = strlen(kernel->path);

    if (length < 4 || strcmp(kernel->path + length - 4, ".img") != 0)
        return;
    memcpy(path, kernel->path, length + 1);
    memcpy(path + length - 4, ".sym", 4);
    if (blob_open(&kernel->symbols, path, &ignored) < 0)
        kernel->symbols = (struct blob){0};
}

static int path_open(struct kernel_files *kernel, struct error *err)
{
    int result = blob_open(&kernel->image, kernel->path, err);

    if (result == 0)
        symbols_open(kernel);
    return result;
}

int kernel_files_open_kind(struct kernel_files *kernel, enum kernel_kind kind, struct error *err)
{
    *kernel = (struct kernel_files){0};
    int result = own_find(kernel->path, kind, err);
    return result < 0 ? result : path_open(kernel, err);
}

int kernel_files_open(struct kernel_files *kernel, const char *path, struct error *err)
{
    *kernel = (struct kernel_files){0};
    if (access(path, R_OK) < 0)
        return error_errno(err, "cannot read the kernel %s", path);
    if (snprintf(kernel->path, PATH_MAX, "%s", path) >= PATH_MAX)
        return error_set(err, -ENAMETOOLONG, "the kernel's name is too long");
    return path_open(kernel, err);
}

void kernel_files_close(struct kernel_files *kernel)
{
    blob_close(&kernel->image);
    blob_close(&kernel->symbols);
}

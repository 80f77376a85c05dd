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

/* The kernel of that kind beside this command. */
static int own_find(char path[PATH_MAX], bool full, struct error *err)
{
    static const char *const places[2][2] = {
        {"build/kernel-arm64/mazboot.img", "../lib/mazboot/kernel-arm64.img"},
        {"build/kernel-arm64/mazboot-full.img", "../lib/mazboot/kernel-arm64-full.img"}};
    char folder[PATH_MAX];

    int result = own_folder(folder, err);
    if (result < 0)
        return result;
    for (size_t i = 0; i < ARRAY_SIZE(places[full]); i++)
        if (join(path, folder, places[full][i]) && access(path, R_OK) == 0)
            return 0;
    return error_set(err, -ENOENT,
                     "there is no kernel: neither %s/%s nor %s/%s; build one with make", folder,
                     places[full][1], folder, places[full][0]);
}

static int image_find(char path[PATH_MAX], const char *name, struct error *err)
{
    bool full = strcmp(name, KERNEL_FULL) == 0;

    if (full || strcmp(name, KERNEL_SMALL) == 0)
        return own_find(path, full, err);
    if (access(name, R_OK) < 0)
        return error_errno(err, "cannot read the kernel %s", name);
    if (snprintf(path, PATH_MAX, "%s", name) >= PATH_MAX)
        return error_set(err, -ENAMETOOLONG, "the kernel's name is too long");
    return 0;
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

int kernel_files_open(struct kernel_files *kernel, const char *name, struct error *err)
{
    *kernel = (struct kernel_files){0};
    int result = image_find(kernel->path, name, err);
    if (result == 0)
        result = blob_open(&kernel->image, kernel->path, err);
    if (result == 0)
        symbols_open(kernel);
    return result;
}

void kernel_files_close(struct kernel_files *kernel)
{
    blob_close(&kernel->image);
    blob_close(&kernel->symbols);
}

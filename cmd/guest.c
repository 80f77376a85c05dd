/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/guest.h"
#include "cmd/certificates.h"
#include "cmd/cmd.h"
#include "cmd/gobuild.h"
#include "cmd/guest_path.h"
#include "cmd/kernel_choice.h"
#include "gobin/needs.h"
#include "vmm/program.h"
#include "vmm/root.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CWD_BYTES_MAX 255 /* what the kernel keeps of an option */

void guest_environment(struct guest *guest)
{
    static const char *const fixed[] = {"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/"};
    static const char *const passed[] = {"GODEBUG", "GOTRACEBACK", "GOMAXPROCS", "GOGC",
                                         "GOMEMLIMIT"};

    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        strings_set(&guest->environment, fixed[i]);
    for (size_t i = 0; i < ARRAY_SIZE(passed); i++)
        if (getenv(passed[i]))
            strings_addf(&guest->environment, "%s=%s", passed[i], getenv(passed[i]));
}

int guest_set_variable(struct guest *guest, const char *assignment, struct error *err)
{
    const char *equals = strchr(assignment, '=');

    if (equals == assignment || *assignment == '\0')
        return error_set(
            err, -EINVAL,
            "-e needs a name: -e NAME=VALUE, or -e NAME for the value that it has here");
    if (equals) {
        strings_set(&guest->environment, assignment);
    } else if (getenv(assignment)) {
        char *text = NULL;
        if (asprintf(&text, "%s=%s", assignment, getenv(assignment)) < 0)
            return error_errno(err, "cannot set %s", assignment);
        strings_set(&guest->environment, text);
        free(text);
    }
    return 0;
}

int guest_set_root(struct guest *guest, const char *path, struct error *err)
{
    struct error why;

    blob_close(&guest->root);
    if (!realpath(path, guest->root_path))
        guest->root_path[0] = 0;
    guest_need(guest, KERNEL_FULL, "--root");
    int result = root_open(&guest->root, path, &why);
    return result < 0 ? error_set(err, result, "--root: %s", why.text) : 0;
}

int guest_set_cwd(struct guest *guest, const char *path, struct error *err)
{
    if (*path != '/')
        return error_set(err, -EINVAL, "--cwd %s: it is a path in the guest, such as /tmp", path);
    if (strlen(path) > CWD_BYTES_MAX)
        return error_set(err, -ENAMETOOLONG, "--cwd takes a path of at most %d bytes",
                         CWD_BYTES_MAX);
    guest->cwd = path;
    strings_addf(&guest->options, "cwd=%s", path);
    return 0;
}

int guest_set_hostname(struct guest *guest, const char *name, struct error *err)
{
    if (!net_hostname_valid(name))
        return error_set(err, -EINVAL, "--hostname takes 1 to %d letters, digits, dots and hyphens",
                         NET_HOSTNAME_BYTES);
    strings_addf(&guest->options, "hostname=%s", name);
    return 0;
}

void guest_set_certificates(struct guest *guest, const char *path)
{
    guest->certificates_from = path;
}

int guest_set_kernel(struct guest *guest, const char *name, struct error *err)
{
    if (!*name)
        return error_set(err, -EINVAL, "--kernel takes small, net, full or a file");
    guest->kernel_name = name;
    return 0;
}

static int status_of(const struct error *err)
{
    return err->code == -ENOENT || err->code == -ENOTDIR ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

static int package_open(struct guest *guest, const char *operand)
{
    struct error err;

    int result = gobuild(operand, &guest->program, guest->name, sizeof(guest->name), &err);
    if (result == -ECANCELED)
        return STATUS_FAILED;
    if (result == -ENOEXEC)
        return fail(STATUS_CANNOT_RUN, "%s", err.text);
    return result < 0 ? fail(STATUS_FAILED, "%s", err.text) : 0;
}

static int file_open(struct guest *guest, const char *operand)
{
    struct error err;

    snprintf(guest->name, sizeof(guest->name), "%s", operand);
    int result = blob_open(&guest->program, operand, &err);
    if (result == -ENOENT)
        return fail(STATUS_NOT_FOUND, "%s: no such program, and no such Go package here", operand);
    if (result == -EISDIR)
        return fail(STATUS_CANNOT_RUN,
                    "%s is a folder without Go files; name a program or a Go package", operand);
    return result < 0 ? fail(status_of(&err), "%s", err.text) : 0;
}

static int program_open(struct guest *guest, const char *operand)
{
    struct error err;

    int status =
        gobuild_is_package(operand) ? package_open(guest, operand) : file_open(guest, operand);
    if (status != 0)
        return status;
    if (program_check(&guest->program, operand, &err) < 0)
        return fail(STATUS_CANNOT_RUN, "%s", err.text);
    return 0;
}

/* Where the program is in the folder that --root names, if it is. */
static const char *path_in_root(const struct guest *guest, char path[PATH_MAX])
{
    size_t length = strlen(guest->root_path);
    bool inside = length && realpath(guest->name, path) &&
                  !strncmp(path, guest->root_path, length) && path[length] == '/';

    return inside ? path + length : NULL;
}

/* What the program finds itself under: where it is in the folder that --root or --volume names,
 * else where argv[0] leads. */
static void add_executable(struct guest *guest)
{
    char buffer[PATH_MAX];
    const char *base = strrchr(guest->name, '/');
    const char *path = path_in_root(guest, buffer);

    if (!path && volumes_find(&guest->volumes, guest->name, buffer))
        path = buffer;
    if (!path) {
        guest_path(buffer, guest->cwd && *guest->name != '/' && base ? base + 1 : guest->name);
        path = buffer;
    }
    strings_addf(&guest->options, "execfn=%s", path);
}

/* A program that isn't Go's tells nothing of itself: it gets what the options say. */
static void glance(const struct guest *guest, struct needs *needs)
{
    struct gobin bin;

    *needs = (struct needs){0};
    if (gobin_open(&bin, guest->program.bytes, guest->program.size_bytes) < 0)
        return;
    needs_glance(needs, &bin);
    gobin_close(&bin);
}

static int certificates_choose(struct guest *guest, bool wanted, struct error *err)
{
    const char *path = guest->certificates_from;

    if (path)
        return strcmp(path, "none") == 0 ? 0 : certificates_open(&guest->certificates, path, err);
    if (wanted && guest->network.count > 0)
        certificates_of_host(&guest->certificates);
    return 0;
}

static int network_choose(struct guest *guest, struct error *err)
{
    struct needs needs;

    glance(guest, &needs);
    int result = network_complete(&guest->network, guest->default_net, needs.network, err);
    if (result < 0)
        return result;
    network_describe(&guest->network, &guest->options);
    if (guest->network.count > 0)
        guest_need(guest, KERNEL_NET, "a network");
    return certificates_choose(guest, needs.certificates, err);
}

void guest_need(struct guest *guest, enum kernel_kind kind, const char *why)
{
    if (kind <= guest->least)
        return;
    guest->least = kind;
    guest->least_for = why;
}

static int kernel_open(struct guest *guest, struct error *err)
{
    const char *named = getenv("MAZBOOT_KERNEL");
    const char *name = guest->kernel_name ? guest->kernel_name : named && *named ? named : NULL;

    if (!name)
        return kernel_choose(&guest->kernel, &guest->program, guest->least, err);
    enum kernel_kind kind = kernel_kind_of(name);
    if (kind == KERNEL_KINDS)
        return kernel_files_open(&guest->kernel, name, err);
    if (kind < guest->least)
        return error_set(err, -EINVAL, "%s needs the %s kernel: leave out --kernel %s",
                         guest->least_for, kernel_kind_name(guest->least), name);
    return kernel_files_open_kind(&guest->kernel, kind, err);
}

int guest_open(struct guest *guest, int count, char **operands)
{
    struct error err;

    int status = program_open(guest, operands[0]);
    if (status != 0)
        return status;
    if (network_choose(guest, &err) < 0 || kernel_open(guest, &err) < 0)
        return fail(STATUS_FAILED, "%s", err.text);
    add_executable(guest);
    volumes_options(&guest->volumes, &guest->options);
    strings_add(&guest->arguments, guest->name);
    for (int i = 1; i < count; i++)
        strings_add(&guest->arguments, operands[i]);
    return 0;
}

int guest_image(const struct guest *guest, struct image *image)
{
    const struct image_item items[] = {
        {PAYLOAD_ARGV, strings_blob(&guest->arguments)},
        {PAYLOAD_ENVP, strings_blob(&guest->environment)},
        {PAYLOAD_OPTIONS, strings_blob(&guest->options)},
        {PAYLOAD_SYMBOLS, guest->kernel.symbols},
        {PAYLOAD_PROGRAM, guest->program},
        {PAYLOAD_ROOT, guest->root},
        {PAYLOAD_CERTIFICATES, guest->certificates},
        {PAYLOAD_PROBES, guest->probes},
    };
    struct error err;

    if (guest->arguments.failed || guest->environment.failed || guest->options.failed)
        return fail(STATUS_FAILED, "out of memory");
    *image = (struct image){.kernel = guest->kernel.image, .kernel_name = guest->kernel.path};
    for (size_t i = 0; i < ARRAY_SIZE(items); i++)
        if (items[i].data.size_bytes > 0 &&
            image_add(image, items[i].type, items[i].data, &err) < 0)
            return fail(STATUS_FAILED, "%s", err.text);
    return 0;
}

void guest_close(struct guest *guest)
{
    blob_close(&guest->program);
    blob_close(&guest->root);
    blob_close(&guest->certificates);
    network_close(&guest->network);
    volumes_free(&guest->volumes);
    kernel_files_close(&guest->kernel);
    strings_free(&guest->arguments);
    strings_free(&guest->environment);
    strings_free(&guest->options);
}

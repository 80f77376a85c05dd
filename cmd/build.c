/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot build: one file that any QEMU boots with -kernel; its program talks over the UART. */
#include "cmd/cmd.h"
#include "cmd/guest.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct build {
    struct guest guest;
    const char *output;
};

static int set_output(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    (void)err;
    build->output = value;
    return 0;
}

static int set_variable(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return guest_set_variable(&build->guest, value, err);
}

static int set_root(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return guest_set_root(&build->guest, value, err);
}

static int set_cwd(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return guest_set_cwd(&build->guest, value, err);
}

static int set_kernel(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return guest_set_kernel(&build->guest, value, err);
}

static int set_hostname(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return guest_set_hostname(&build->guest, value, err);
}

static int set_net(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return network_add(&build->guest.network, value, err);
}

static int set_dns(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return network_add_nameservers(&build->guest.network, value, err);
}

static int set_host(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    return network_add_host(&build->guest.network, value, err);
}

static int set_certificates(void *target, const char *value, struct error *err)
{
    struct build *build = target;

    (void)err;
    guest_set_certificates(&build->guest, value);
    return 0;
}

const struct option_spec build_options[] = {
    {"-o, --output", "FILE", "the image to write", set_output},
    {"-e, --env", "NAME[=VALUE]", "set a variable; without a value, the one it has here",
     set_variable},
    {"--root", "DIR|TAR", "fill the root file system from a folder or tar archive", set_root},
    {"--cwd", "PATH", "start the program in this folder of the guest (/)", set_cwd},
    {"--kernel", "NAME", "small, net, full or an image; the first that has all that is needed",
     set_kernel},
    {"--hostname", "NAME", "the machine's name, as uname tells it (mazboot)", set_hostname},
    {"--net", "NET", "none, dhcp, or ip=A.B.C.D/N,gw=A.B.C.D,dns=A.B.C.D (dhcp)", set_net},
    {"--dns", "A.B.C.D", "the name server to ask; may be repeated", set_dns},
    {"--add-host", "NAME:IP", "one more line of /etc/hosts", set_host},
    {"--ca-certs", "FILE|none", "certificate authorities for TLS clients (this host's)",
     set_certificates},
    {NULL, NULL, NULL, NULL},
};

/* A half-written image is removed; a device that took it is not. */
static void remove_half(const char *path)
{
    struct stat st;

    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        unlink(path);
}

static int write_file(const struct image *image, const char *path)
{
    struct error err;
    uint64_t size;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (fd < 0)
        return fail(STATUS_FAILED, "cannot write %s: %s", path, strerror(errno));
    int result = image_write(image, fd, &size, &err);
    if (close(fd) < 0 && result == 0)
        result = error_errno(&err, "cannot write %s", path);
    if (result < 0) {
        remove_half(path);
        return fail(STATUS_FAILED, "%s", err.text);
    }
    return 0;
}

/* PROGRAM, options once more (so that -o may follow it as in `cc hello.c -o hello`), "--" and the
 * arguments. */
static int parse(struct build *build, int argc, char **argv, int *operand, int *rest, bool *help,
                 struct error *err)
{
    bool more_help = false;

    int result = options_parse(build_options, build, argc, argv, operand, help, err);
    if (result < 0 || *operand == argc)
        return result;
    result = options_parse(build_options, build, argc - *operand, argv + *operand, rest, &more_help,
                           err);
    *rest += *operand;
    *help |= more_help;
    return result;
}

static int build_image(struct build *build, int count, char **operands)
{
    struct image image;

    int status = guest_open(&build->guest, count, operands);
    if (status == 0)
        status = guest_image(&build->guest, &image);
    return status == 0 ? write_file(&image, build->output) : status;
}

int cmd_build(int argc, char **argv)
{
    struct build build = {.guest.default_net = "dhcp"};
    struct error err;
    int operand, rest;
    bool help;

    guest_environment(&build.guest);
    if (parse(&build, argc, argv, &operand, &rest, &help, &err) < 0)
        return fail(STATUS_FAILED, "%s; see mazboot build --help", err.text);
    if (help)
        return usage("build", build_options);
    if (operand == argc || !build.output)
        return fail(STATUS_FAILED,
                    "build needs a program and a file: mazboot build ./hello -o hello.img");
    argv[rest - 1] = argv[operand];
    int status = build_image(&build, argc - rest + 1, argv + rest - 1);
    guest_close(&build.guest);
    return status;
}

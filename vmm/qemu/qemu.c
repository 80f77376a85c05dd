/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/qemu/qemu.h"
#include "vmm/process.h"
#include "vmm/qemu/args.h"
#include "vmm/qemu/net.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

/*
 * Under TCG. A processor without pointer authentication, which TCG emulates slowly (the price of
 * "max"), and with the atomics of ARMv8.1, which the runtime of Go uses where it finds them.
 */
#define QEMU_TCG_CPU "cortex-a76"

/* Where the board "virt" has the kernel that -kernel names: 2 MiB into RAM. */
#define QEMU_KERNEL_AT UINT64_C(0x40200000)

#define QEMU_CPUS_MAX  123 /* what the redistributors of GICv3 on the board "virt" allow */

struct qemu {
    struct machine machine; /* first: a struct machine pointer is a struct qemu pointer */
    const struct machine_config *config;
    uint64_t kernel_bytes;
    bool kvm;
    int link_fd; /* QEMU's ends; -1 once it has them */
    int console_fd;
    pid_t pid; /* 0 when nothing runs */
    struct args args;
};

static struct qemu *qemu_of(const struct machine *machine)
{
    return container_of(machine, struct qemu, machine);
}

static bool host_has_kvm(void)
{
    struct utsname host;

    return uname(&host) == 0 && strcmp(host.machine, "aarch64") == 0 &&
           access("/dev/kvm", R_OK | W_OK) == 0;
}

static int accel_choose(struct qemu *qemu, struct error *err)
{
    enum machine_accel wanted = qemu->config->accel;

    if (wanted == MACHINE_ACCEL_KVM && qemu->config->count_instructions)
        return error_set(err, -ENOTSUP, "KVM cannot count instructions; use --accel tcg");
    if (wanted == MACHINE_ACCEL_KVM && !host_has_kvm())
        return error_set(
            err, -ENOTSUP,
            "KVM needs an arm64 host with /dev/kvm that you may write to; use --accel tcg");
    qemu->kvm =
        wanted == MACHINE_ACCEL_KVM ||
        (wanted == MACHINE_ACCEL_AUTO && !qemu->config->count_instructions && host_has_kvm());
    qemu->machine.accel_name = qemu->kvm ? "kvm" : "tcg";
    return 0;
}

/*
 * QEMU before 8.1 leaves out the guest's memory barriers when it knows that there is one processor,
 * though its devices run in threads of their own; room for a second processor, which never comes,
 * keeps the barriers in.
 */
static void add_cpus(struct args *args, unsigned count)
{
    args_add(args, "-smp");
    if (count == 1)
        args_add(args, "1,maxcpus=2");
    else
        args_add(args, "%u", count);
}

static void add_memory(struct args *args, uint64_t bytes)
{
    args_add(args, "-m");
    if (bytes % (1 << 20) == 0)
        args_add(args, "%" PRIu64 "M", bytes >> 20);
    else
        args_add(args, "%" PRIu64 "K", bytes >> 10);
}

static void add_board(struct args *args, const struct qemu *qemu)
{
    const struct machine_config *config = qemu->config;
    const char *cpu = config->cpu_model ? config->cpu_model : qemu->kvm ? "host" : QEMU_TCG_CPU;

    args_add(args, "-M");
    args_add(args, "virt,gic-version=%s,acpi=off", qemu->kvm ? "host" : "3");
    args_add(args, "-cpu");
    args_add(args, "%s", cpu);
    args_add(args, "-accel");
    args_add(args, "%s", qemu->machine.accel_name);
    add_memory(args, config->memory_bytes);
    add_cpus(args, config->cpu_count);
    if (config->count_instructions) {
        args_add(args, "-icount");
        args_add(args, "shift=0,sleep=off");
    }
}

static void add_fence(struct args *args)
{
    static const char *const fixed[] = {
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
    };

    for (size_t i = 0; i < ARRAY_SIZE(fixed); i++)
        args_add(args, "%s", fixed[i]);
}

static void add_streams(struct args *args, const struct qemu *qemu)
{
    args_add(args, "-chardev");
    args_add(args, "socket,id=link,fd=%d", qemu->link_fd);
    args_add(args, "-global");
    args_add(args, "virtio-mmio.force-legacy=false");
    args_add(args, "-device");
    args_add(args, "virtio-serial-device,max_ports=2");
    args_add(args, "-device");
    args_add(args, "virtserialport,nr=1,chardev=link");
    args_add(args, "-chardev");
    args_add(args, "socket,id=console,fd=%d", qemu->console_fd);
    args_add(args, "-serial");
    args_add(args, "chardev:console");
}

/* A debugger that comes stops the machine; until then this costs nothing. */
static void add_debugger(struct args *args, const struct qemu *qemu)
{
    if (qemu->config->debug_fd <= 0)
        return;
    args_add(args, "-chardev");
    args_add(args, "socket,id=debug,fd=%d,server=on,wait=off", qemu->config->debug_fd);
    args_add(args, "-gdb");
    args_add(args, "chardev:debug");
}

/*
 * The payload by itself: what -kernel names QEMU reads twice and copies twice, what a loader device
 * does once each.
 */
static void add_image(struct args *args, const struct qemu *qemu)
{
    const struct image_parts *image = &qemu->config->image;

    args_add(args, "-kernel");
    args_add(args, "/proc/self/fd/%d", image->kernel_fd);
    args_add(args, "-device");
    args_add(args, "loader,force-raw=on,addr=0x%" PRIx64 ",file=/proc/self/fd/%d",
             QEMU_KERNEL_AT + qemu->kernel_bytes, image->payload_fd);
}

/* A value within an option: a comma is written twice. */
static void escape(const char *value, char *out, size_t size)
{
    size_t n = 0;

    for (; *value && n + 3 < size; value++) {
        if (*value == ',')
            out[n++] = ',';
        out[n++] = *value;
    }
    out[n] = '\0';
}

/*
 * Files keep the owner, the mode and the links that they have here: security_model=none. The mapped
 * models hide those in extended attributes, and the guest's links would be files here. Where QEMU's
 * user may not change an owner it stays.
 */
static void add_volumes(struct args *args, const struct machine_config *config)
{
    for (unsigned i = 0; i < config->volume_count; i++) {
        char path[2 * PATH_MAX];
        escape(config->volumes[i].host_path, path, sizeof(path));
        args_add(args, "-fsdev");
        args_add(args, "local,id=vol%03u,security_model=none,multidevs=remap%s,path=%s", i,
                 config->volumes[i].readonly ? ",readonly=on" : "", path);
        args_add(args, "-device");
        args_add(args, "virtio-9p-device,fsdev=vol%03u,mount_tag=vol%03u", i, i);
    }
}

/* The program that the environment names instead of QEMU, or NULL. */
static const char *program_chosen(void)
{
    const char *program = getenv("MAZBOOT_QEMU");

    return program && *program ? program : NULL;
}

static void args_build(struct args *args, const struct qemu *qemu)
{
    const char *chosen = program_chosen();

    args_add(args, "%s", chosen ? chosen : QEMU_PROGRAM);
    add_board(args, qemu);
    add_fence(args);
    add_image(args, qemu);
    add_streams(args, qemu);
    add_debugger(args, qemu);
    net_args(args, qemu->config->nets, qemu->config->net_count);
    add_volumes(args, qemu->config);
    for (const char *const *extra = qemu->config->extra_args; extra && *extra; extra++)
        args_add(args, "%s", *extra);
}

static int sockets_open(struct qemu *qemu, struct error *err)
{
    int link[2], console[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link) < 0)
        return error_errno(err, "cannot make the guest's link");
    qemu->machine.link_fd = link[0];
    qemu->link_fd = link[1];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console) < 0)
        return error_errno(err, "cannot make the guest's console");
    qemu->machine.console_fd = console[0];
    qemu->console_fd = console[1];
    return 0;
}

static void sockets_hand_over(struct qemu *qemu)
{
    if (qemu->link_fd >= 0)
        close(qemu->link_fd);
    if (qemu->console_fd >= 0)
        close(qemu->console_fd);
    qemu->link_fd = -1;
    qemu->console_fd = -1;
}

static int cpus_check(const struct machine_config *config, struct error *err)
{
    if (config->cpu_count < 1 || config->cpu_count > QEMU_CPUS_MAX)
        return error_set(err, -ENOTSUP, "a machine has 1 to %d processors, not %u", QEMU_CPUS_MAX,
                         config->cpu_count);
    return 0;
}

static int kernel_measure(struct qemu *qemu, struct error *err)
{
    struct stat st;

    if (fstat(qemu->config->image.kernel_fd, &st) < 0)
        return error_errno(err, "cannot read the kernel to boot");
    qemu->kernel_bytes = (uint64_t)st.st_size;
    return 0;
}

/*
 * QEMU loads the image at QEMU_KERNEL_AT, and the device tree at the next multiple of 2 MiB behind
 * what the image asks for in its header (Linux Documentation/arm64/booting: image_size, a u64 at
 * offset 16).
 */
static int memory_check(const struct machine_config *config, struct error *err)
{
    const uint64_t step = 2 << 20;
    uint64_t image_bytes;

    if (pread(config->image.kernel_fd, &image_bytes, sizeof(image_bytes), 16) !=
        sizeof(image_bytes))
        return error_set(err, -EINVAL, "the image to boot has no header");
    uint64_t tree_at = step + ALIGN_UP(image_bytes, step);
    if (tree_at < config->memory_bytes)
        return 0;
    return error_set(err, -ENOMEM,
                     "kernel and program need at least %" PRIu64
                     " MiB to boot, the machine has %" PRIu64 "; give it more with -m",
                     (tree_at >> 20) + 1, config->memory_bytes >> 20);
}

static int qemu_prepare(struct qemu *qemu, struct error *err)
{
    int result = cpus_check(qemu->config, err);

    if (result == 0)
        result = kernel_measure(qemu, err);
    if (result == 0)
        result = memory_check(qemu->config, err);
    if (result == 0)
        result = accel_choose(qemu, err);
    if (result == 0)
        result = sockets_open(qemu, err);
    if (result < 0)
        return result;
    args_build(&qemu->args, qemu);
    return qemu->args.failed ? error_set(err, -E2BIG, "too many arguments for QEMU") : 0;
}

static int qemu_create(const struct machine_config *config, struct machine **machine,
                       struct error *err)
{
    struct qemu *qemu = calloc(1, sizeof(*qemu));

    if (!qemu)
        return error_errno(err, "cannot create a machine");
    qemu->config = config;
    qemu->link_fd = qemu->console_fd = -1;
    qemu->machine = (struct machine){.backend = &qemu_backend, .link_fd = -1, .console_fd = -1};
    int result = qemu_prepare(qemu, err);
    if (result < 0) {
        machine_free(&qemu->machine);
        return result;
    }
    *machine = &qemu->machine;
    return 0;
}

/* What start failed with, in the user's terms. */
static int explain_start(int result, struct error *err)
{
    if (result != -ENOENT)
        return result;
    if (program_chosen())
        return error_set(err, result, "there is no program %s, which MAZBOOT_QEMU names",
                         program_chosen());
    return error_set(err, result,
                     "QEMU is not installed (no " QEMU_PROGRAM
                     " in PATH); install it with apt-get install " QEMU_PACKAGE);
}

/*
 * QEMU's heap in large pages, and in one piece: half of the page faults of its start, a fifth of
 * the time. (glibc manual, Memory Allocation Tunables; an older glibc ignores what it doesn't
 * know.)
 */
static const char *const heap_settings[] = {
    "GLIBC_TUNABLES=glibc.malloc.hugetlb=1:glibc.malloc.top_pad=2097152:"
    "glibc.malloc.mmap_threshold=33554432:glibc.malloc.trim_threshold=33554432",
    NULL,
};

static int qemu_start(struct machine *machine, struct error *err)
{
    struct qemu *qemu = qemu_of(machine);
    const struct machine_config *config = qemu->config;
    int keep[5 + NETS_MAX] = {config->image.kernel_fd, config->image.payload_fd, qemu->link_fd,
                              qemu->console_fd};
    unsigned keep_count = 4;

    if (config->debug_fd > 0)
        keep[keep_count++] = config->debug_fd;
    for (unsigned i = 0; i < config->net_count; i++)
        if (config->nets[i].kind == NET_TAP)
            keep[keep_count++] = config->nets[i].tap_fd;
    const struct process process = {.argv = (const char *const *)qemu->args.list,
                                    .env = getenv("GLIBC_TUNABLES") ? NULL : heap_settings,
                                    .keep = keep,
                                    .keep_count = keep_count,
                                    .background = true};

    int result = process_start(&process, &qemu->pid, err);
    sockets_hand_over(qemu);
    return result < 0 ? explain_start(result, err) : 0;
}

static int qemu_wait(struct machine *machine, int timeout_ms, struct machine_end *end)
{
    struct qemu *qemu = qemu_of(machine);
    int ended = process_wait(qemu->pid, timeout_ms, &end->wait_status);

    if (ended)
        qemu->pid = 0;
    return ended;
}

static void qemu_pause(struct machine *machine, bool paused)
{
    kill(qemu_of(machine)->pid, paused ? SIGSTOP : SIGCONT);
}

static void qemu_stop(struct machine *machine)
{
    struct qemu *qemu = qemu_of(machine);

    if (qemu->pid > 0)
        kill(qemu->pid, SIGKILL);
}

static char *qemu_command(const struct machine *machine)
{
    return args_quoted(&qemu_of(machine)->args);
}

static void qemu_free(struct machine *machine)
{
    struct qemu *qemu = qemu_of(machine);
    struct machine_end end;

    if (qemu->pid > 0) {
        qemu_stop(machine);
        qemu_wait(machine, -1, &end);
    }
    sockets_hand_over(qemu);
    args_free(&qemu->args);
    free(qemu);
}

const struct machine_backend qemu_backend = {
    .name = "qemu",
    .create = qemu_create,
    .start = qemu_start,
    .wait = qemu_wait,
    .pause = qemu_pause,
    .stop = qemu_stop,
    .command = qemu_command,
    .free = qemu_free,
};

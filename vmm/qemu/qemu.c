/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/qemu/qemu.h"
#include "vmm/process.h"
#include "vmm/qemu/command.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#define QEMU_CPUS_MAX 123 /* what the redistributors of GICv3 on the board "virt" allow */

struct qemu {
    struct machine machine; /* first: a struct machine pointer is a struct qemu pointer */
    struct qemu_plan plan;
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
    enum machine_accel wanted = qemu->plan.config->accel;

    if (wanted == MACHINE_ACCEL_KVM && qemu->plan.config->count_instructions)
        return error_set(err, -ENOTSUP, "KVM cannot count instructions; use --accel tcg");
    if (wanted == MACHINE_ACCEL_KVM && !host_has_kvm())
        return error_set(
            err, -ENOTSUP,
            "KVM needs an arm64 host with /dev/kvm that you may write to; use --accel tcg");
    qemu->plan.kvm =
        wanted == MACHINE_ACCEL_KVM ||
        (wanted == MACHINE_ACCEL_AUTO && !qemu->plan.config->count_instructions && host_has_kvm());
    qemu->machine.accel_name = qemu->plan.kvm ? "kvm" : "tcg";
    return 0;
}

static int sockets_open(struct qemu *qemu, struct error *err)
{
    int link[2], console[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link) < 0)
        return error_errno(err, "cannot make the guest's link");
    qemu->machine.link_fd = link[0];
    qemu->plan.link_fd = link[1];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, console) < 0)
        return error_errno(err, "cannot make the guest's console");
    qemu->machine.console_fd = console[0];
    qemu->plan.console_fd = console[1];
    return 0;
}

static void sockets_hand_over(struct qemu *qemu)
{
    if (qemu->plan.link_fd >= 0)
        close(qemu->plan.link_fd);
    if (qemu->plan.console_fd >= 0)
        close(qemu->plan.console_fd);
    qemu->plan.link_fd = -1;
    qemu->plan.console_fd = -1;
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

    if (fstat(qemu->plan.config->image.kernel_fd, &st) < 0)
        return error_errno(err, "cannot read the kernel to boot");
    qemu->plan.kernel_bytes = (uint64_t)st.st_size;
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
    int result = cpus_check(qemu->plan.config, err);

    if (result == 0)
        result = kernel_measure(qemu, err);
    if (result == 0)
        result = memory_check(qemu->plan.config, err);
    if (result == 0)
        result = accel_choose(qemu, err);
    if (result == 0)
        result = sockets_open(qemu, err);
    if (result < 0)
        return result;
    qemu_command(&qemu->args, &qemu->plan);
    return qemu->args.failed ? error_set(err, -E2BIG, "too many arguments for QEMU") : 0;
}

static int qemu_create(const struct machine_config *config, struct machine **machine,
                       struct error *err)
{
    struct qemu *qemu = calloc(1, sizeof(*qemu));

    if (!qemu)
        return error_errno(err, "cannot create a machine");
    qemu->plan.config = config;
    qemu->plan.link_fd = qemu->plan.console_fd = -1;
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
    if (qemu_chosen())
        return error_set(err, result, "there is no program %s, which MAZBOOT_QEMU names",
                         qemu_chosen());
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
    const struct machine_config *config = qemu->plan.config;
    int keep[5 + NETS_MAX * QUEUES_MAX] = {config->image.kernel_fd, config->image.payload_fd,
                                           qemu->plan.link_fd, qemu->plan.console_fd};
    unsigned keep_count = 4;

    if (config->debug_fd > 0)
        keep[keep_count++] = config->debug_fd;
    for (unsigned i = 0; i < config->net_count; i++)
        for (unsigned k = 0; k < config->nets[i].tap_count; k++)
            keep[keep_count++] = config->nets[i].taps[k];
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

static char *qemu_quoted(const struct machine *machine)
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
    .command = qemu_quoted,
    .free = qemu_free,
};

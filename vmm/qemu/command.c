/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/qemu/command.h"
#include "vmm/qemu/net.h"
#include "vmm/qemu/qemu.h"

#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>

/*
 * Under TCG. A processor without pointer authentication, which TCG emulates slowly (the price of
 * "max"), and with the atomics of ARMv8.1, which the runtime of Go uses where it finds them.
 */
#define QEMU_TCG_CPU "cortex-a76"

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

static void add_board(struct args *args, const struct qemu_plan *plan)
{
    const struct machine_config *config = plan->config;
    const char *cpu = config->cpu_model ? config->cpu_model : plan->kvm ? "host" : QEMU_TCG_CPU;

    args_add(args, "-M");
    args_add(args, "virt,gic-version=%s,acpi=off", plan->kvm ? "host" : "3");
    args_add(args, "-cpu");
    args_add(args, "%s", cpu);
    args_add(args, "-accel");
    args_add(args, "%s", plan->kvm ? "kvm" : "tcg");
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

static void add_streams(struct args *args, const struct qemu_plan *plan)
{
    args_add(args, "-chardev");
    args_add(args, "socket,id=link,fd=%d", plan->link_fd);
    args_add(args, "-global");
    args_add(args, "virtio-mmio.force-legacy=false");
    args_add(args, "-device");
    args_add(args, "virtio-serial-device,max_ports=2");
    args_add(args, "-device");
    args_add(args, "virtserialport,nr=1,chardev=link");
    args_add(args, "-chardev");
    args_add(args, "socket,id=console,fd=%d", plan->console_fd);
    args_add(args, "-serial");
    args_add(args, "chardev:console");
}

/* A debugger that comes stops the machine; until then this costs nothing. */
static void add_debugger(struct args *args, const struct qemu_plan *plan)
{
    if (plan->config->debug_fd <= 0)
        return;
    args_add(args, "-chardev");
    args_add(args, "socket,id=debug,fd=%d,server=on,wait=off", plan->config->debug_fd);
    args_add(args, "-gdb");
    args_add(args, "chardev:debug");
}

/*
 * The payload by itself: what -kernel names QEMU reads twice and copies twice, what a loader device
 * does once each.
 */
static void add_image(struct args *args, const struct qemu_plan *plan)
{
    const struct image_parts *image = &plan->config->image;

    args_add(args, "-kernel");
    args_add(args, "/proc/self/fd/%d", image->kernel_fd);
    args_add(args, "-device");
    args_add(args, "loader,force-raw=on,addr=0x%" PRIx64 ",file=/proc/self/fd/%d",
             QEMU_KERNEL_AT + plan->kernel_bytes, image->payload_fd);
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

const char *qemu_chosen(void)
{
    const char *program = getenv("MAZBOOT_QEMU");

    return program && *program ? program : NULL;
}

void qemu_command(struct args *args, const struct qemu_plan *plan)
{
    const char *chosen = qemu_chosen();

    args_add(args, "%s", chosen ? chosen : QEMU_PROGRAM);
    add_board(args, plan);
    add_fence(args);
    add_image(args, plan);
    add_streams(args, plan);
    add_debugger(args, plan);
    net_args(args, plan->config->nets, plan->config->net_count);
    add_volumes(args, plan->config);
    for (const char *const *extra = plan->config->extra_args; extra && *extra; extra++)
        args_add(args, "%s", *extra);
}

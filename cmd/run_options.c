/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/run_options.h"
#include "cmd/cmd.h"
#include "cmd/inject.h"
#include "cmd/quantity.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#define MEMORY_DEFAULT_BYTES (512ull << 20)
#define MEMORY_MIN_BYTES     (2ull << 20)
#define MEMORY_MAX_BYTES     (1ull << 40)
#define CPUS_MAX             512
#define QUOTA_ONE            1000000u /* quantity_cpus of a whole processor */
#define QUOTA_LEAST          10000u
#define QUOTA_PERIOD_US      100000u

void run_options_init(struct run_options *options)
{
    *options = (struct run_options){.machine = {.memory_bytes = MEMORY_DEFAULT_BYTES,
                                                .cpu_count = 1,
                                                .accel = MACHINE_ACCEL_AUTO}};
    options->machine.extra_args = options->extra_args;
    options->guest.default_net = "user";
    guest_environment(&options->guest);
}

static int set_memory(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;
    uint64_t bytes;

    if (!quantity_size(value, &bytes))
        return error_set(err, -EINVAL, "-m %s is not a size; write it as 512M or 1G", value);
    if (bytes < MEMORY_MIN_BYTES || bytes > MEMORY_MAX_BYTES)
        return error_set(err, -EINVAL, "-m %s: a machine has 2M to 1T of memory", value);
    options->machine.memory_bytes = bytes;
    return 0;
}

static int set_quota(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;
    uint64_t cpus;

    if (!quantity_cpus(value, &cpus) || cpus < QUOTA_LEAST || cpus > CPUS_MAX * QUOTA_ONE)
        return error_set(err, -EINVAL,
                         "--cpu-quota %s: it is a number of processors, as 0.5 or 1.25", value);
    guest_need(&options->guest, KERNEL_FULL, "--cpu-quota");
    strings_addf(&options->guest.options, "cpu_max=%" PRIu64 " %u",
                 cpus / (QUOTA_ONE / QUOTA_PERIOD_US), QUOTA_PERIOD_US);
    return 0;
}

/* A part of a processor is what `docker run --cpus` means: processors enough, and a quota. */
static int set_cpus(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;
    uint64_t cpus;

    if (!quantity_cpus(value, &cpus) || cpus > CPUS_MAX * QUOTA_ONE)
        return error_set(err, -EINVAL, "-smp %s is not a number of processors", value);
    options->machine.cpu_count = (unsigned)((cpus + QUOTA_ONE - 1) / QUOTA_ONE);
    return strchr(value, '.') ? set_quota(target, value, err) : 0;
}

static int set_variable(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return guest_set_variable(&options->guest, value, err);
}

static int set_root(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return guest_set_root(&options->guest, value, err);
}

static int set_cwd(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return guest_set_cwd(&options->guest, value, err);
}

static int set_kernel(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return guest_set_kernel(&options->guest, value, err);
}

static int set_volume(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    guest_need(&options->guest, KERNEL_FULL, "--volume");
    return volumes_add(&options->guest.volumes, value, err);
}

static int set_hostname(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return guest_set_hostname(&options->guest, value, err);
}

static int set_net(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return network_add(&options->guest.network, value, err);
}

static int set_publish(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return network_publish(&options->guest.network, value, err);
}

static int set_dns(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return network_add_nameservers(&options->guest.network, value, err);
}

static int set_host(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    return network_add_host(&options->guest.network, value, err);
}

static int set_certificates(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)err;
    guest_set_certificates(&options->guest, value);
    return 0;
}

static int set_cpu_model(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)err;
    options->machine.cpu_model = value;
    return 0;
}

static int set_accel(void *target, const char *value, struct error *err)
{
    static const char *const names[] = {
        [MACHINE_ACCEL_AUTO] = "auto", [MACHINE_ACCEL_TCG] = "tcg", [MACHINE_ACCEL_KVM] = "kvm"};
    struct run_options *options = target;

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i], value) == 0) {
            options->machine.accel = (enum machine_accel)i;
            return 0;
        }
    }
    return error_set(err, -EINVAL, "--accel %s: it is tcg, kvm or auto", value);
}

static int set_name(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)err;
    options->name = value;
    return 0;
}

static int set_timeout(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    if (!quantity_duration(value, &options->timeout_ns))
        return error_set(err, -EINVAL,
                         "--timeout %s is not a duration; write it as 500ms, 10s or 2m", value);
    return 0;
}

static int set_strace(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)err;
    options->strace = true;
    guest_need(&options->guest, KERNEL_FULL, "--strace");
    options->strace_path = value;
    return 0;
}

static int set_inject(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    options->inject_help = strcmp(value, "help") == 0;
    if (options->inject_help)
        return 0;
    int result = inject_check(value, err);
    if (result == 0)
        strings_addf(&options->guest.options, "inject=%s", value);
    guest_need(&options->guest, KERNEL_FULL, "--inject");
    return result;
}

static int set_trace(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)err;
    options->trace_path = value;
    guest_need(&options->guest, KERNEL_FULL, "--trace");
    return 0;
}

static int set_extra(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    if (options->extra_count == EXTRA_ARGS_MAX)
        return error_set(err, -E2BIG, "--qemu-arg may be given %d times at most", EXTRA_ARGS_MAX);
    options->extra_args[options->extra_count++] = value;
    return 0;
}

static int set_icount(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)value, (void)err;
    options->machine.count_instructions = true;
    return 0;
}

static int set_stats(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)value, (void)err;
    options->stats = true;
    return 0;
}

static int set_verbose(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)value, (void)err;
    options->verbose = true;
    return 0;
}

static int set_dry_run(void *target, const char *value, struct error *err)
{
    struct run_options *options = target;

    (void)value, (void)err;
    options->dry_run = true;
    return 0;
}

const struct option_spec run_options[] = {
    {"-m, --memory", "SIZE", "memory of the machine: 8M, 1G (512M)", set_memory},
    {"-smp, --cpus", "N", "number of processors (1); 1.5: two, with that quota", set_cpus},
    {"--cpu-quota", "CPUS", "CPU time of so many processors at most: 0.5, 1.25", set_quota},
    {"-e, --env", "NAME[=VALUE]", "set a variable; without a value, the one it has here",
     set_variable},
    {"--root", "DIR|TAR", "fill the root file system from a folder or tar archive", set_root},
    {"--volume", "HOST:GUEST[:ro]", "have a folder of the host in the guest; may be repeated",
     set_volume},
    {"--cwd", "PATH", "start the program in this folder of the guest (/)", set_cwd},
    {"--kernel", "NAME", "small, net, full or an image; the first that has all that is needed",
     set_kernel},
    {"--hostname", "NAME", "the machine's name, as uname tells it (mazboot)", set_hostname},
    {"-p, --publish", "HOST:GUEST", "a port of this host leads to one of the guest; /udp behind it",
     set_publish},
    {"--net", "NET", "none, user, tap=NAME, ip=A.B.C.D/N, dhcp ... (user if it can open sockets)",
     set_net},
    {"--dns", "A.B.C.D", "the name server to ask; may be repeated", set_dns},
    {"--add-host", "NAME:IP", "one more line of /etc/hosts; IP may be host-gateway", set_host},
    {"--ca-certs", "FILE|none", "certificate authorities for TLS clients (this host's)",
     set_certificates},
    {"--name", "NAME", "what mazboot ps calls the machine (a number)", set_name},
    {"--timeout", "DURATION", "end the machine after 500ms, 10s, 2m; exit status 124", set_timeout},
    {"--stats", NULL, "print times, memory and counts on stderr at the end", set_stats},
    {"--strace", "[FILE]", "print the program's system calls, on stderr or into FILE", set_strace},
    {"--trace", "FILE", "record what runs when into FILE, for ui.perfetto.dev", set_trace},
    {"--inject", "FAULTS", "make calls fail on purpose, by seed; --inject help lists how",
     set_inject},
    {"-v, --verbose", NULL, "print what is started, and the kernel's log, on stderr", set_verbose},
    {"--icount", NULL, "let guest time count instructions, for --stats", set_icount},
    {"--cpu", "MODEL", "processor model of QEMU (cortex-a76; host with KVM)", set_cpu_model},
    {"--accel", "NAME", "tcg, kvm, or auto: KVM where it is possible (auto)", set_accel},
    {"--qemu-arg", "ARG", "one more argument for QEMU; may be repeated", set_extra},
    {"--dry-run", NULL, "print the QEMU command line and stop", set_dry_run},
    {NULL, NULL, NULL, NULL},
};

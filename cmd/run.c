/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot run: boots a program and is, to whoever called it, that program. */
#include "cmd/cmd.h"
#include "cmd/inject.h"
#include "cmd/registry.h"
#include "cmd/run.h"
#include "cmd/stats.h"
#include "cmd/strace_file.h"
#include "cmd/telling.h"
#include "cmd/terminal.h"
#include "cmd/trace_file.h"
#include "vmm/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long a machine may take to switch itself off after its last word. */
#define POWER_OFF_MS 1000

/* One run: everything that is open while the machine lives. */
struct session {
    struct run_options options;
    struct machine *machine;
    struct registration registration;
    int signal_fd;
    struct strace_file strace;
    struct trace_file trace;
    struct telling telling;
    struct terminal terminal;
    const struct run_hooks *hooks; /* NULL: none */
};

/* The memory of a new machine is zeros where the kernel image isn't, unless QEMU was told to put
 * something else there. */
static bool memory_is_blank(const struct run_options *options)
{
    static const char *const fill[] = {"mem", "loader", "initrd"};

    for (unsigned i = 0; i < options->extra_count; i++)
        for (size_t f = 0; f < ARRAY_SIZE(fill); f++)
            if (strstr(options->extra_args[i], fill[f]))
                return false;
    return true;
}

static void kernel_options(struct run_options *options)
{
    struct strings *strings = &options->guest.options;
    unsigned terminals = 0;

    for (int fd = 0; fd <= 2; fd++)
        terminals |= (isatty(fd) ? 1u : 0u) << fd;
    strings_add(strings, "link=virtio");
    strings_addf(strings, "tty=%u", terminals);
    if (memory_is_blank(options))
        strings_add(strings, "memory=blank");
    if (options->verbose)
        strings_add(strings, "log=1");
    if (options->strace)
        strings_add(strings, "strace=1");
    if (options->trace_path)
        strings_add(strings, "trace=1");
    if (options->stats)
        strings_add(strings, "unknown=1");
}

static int image_create(struct run_options *options)
{
    struct image image;
    struct error err;

    int status = guest_image(&options->guest, &image);
    if (status != 0)
        return status;
    if (image_parts_open(&image, &options->machine.image, &err) < 0)
        return fail(STATUS_FAILED, "%s", err.text);
    return 0;
}

static void take(void *context, enum link_type type, const void *data, size_t size_bytes)
{
    struct session *session = context;

    if (type == LINK_PROBES && session->hooks)
        session->hooks->take(session->hooks->context, data, size_bytes);
    telling_take(&session->telling, type, data, size_bytes);
    trace_file_take(&session->trace, type, data, size_bytes);
}

static void console_take(void *context, const void *text, size_t size_bytes)
{
    struct session *session = context;

    telling_console(&session->telling, text, size_bytes);
}

static const char *trace_text(void *context, const void *data, size_t size_bytes,
                              size_t *text_bytes)
{
    struct session *session = context;

    return strace_file_line(&session->strace, telling_threads(&session->telling), data, size_bytes,
                            text_bytes);
}

static int signals_catch(struct session *session)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGUSR1, SIGTSTP};
    sigset_t set;

    sigemptyset(&set);
    for (size_t i = 0; i < ARRAY_SIZE(caught); i++)
        sigaddset(&set, caught[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    session->signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
    return session->signal_fd < 0
               ? fail(STATUS_FAILED, "cannot wait for signals: %s", strerror(errno))
               : 0;
}

/* Ctrl-Z: the signal comes again, to do what it would have done. The system stops nobody whom no
 * shell could continue; then the machine just goes on. */
static void suspend(void *context)
{
    struct session *session = context;
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTSTP);
    terminal_give(&session->terminal);
    machine_pause(session->machine, true);
    raise(SIGTSTP);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    sigprocmask(SIG_BLOCK, &set, NULL);
    machine_pause(session->machine, false);
    terminal_take(&session->terminal);
}

/* How QEMU's own end is told when the guest did not say how its program ended. */
static int explain_end(const struct machine_end *end)
{
    static const char remedy[] = "what it said is above, more with -v";
    int status = end->wait_status;

    if (WIFSIGNALED(status))
        return fail(STATUS_FAILED, "QEMU was ended by signal %d (%s); %s", WTERMSIG(status),
                    strsignal(WTERMSIG(status)), remedy);
    if (WEXITSTATUS(status) != 0)
        return fail(STATUS_FAILED, "QEMU failed with exit status %d; %s", WEXITSTATUS(status),
                    remedy);
    return fail(STATUS_FAILED, "the machine stopped before the program had ended; %s", remedy);
}

static int exit_status(const struct session *session, const struct relay_result *result)
{
    const struct run_options *options = &session->options;

    if (options->stats)
        stats_print(stderr, &result->exit, options->guest.kernel.image.size_bytes,
                    options->machine.count_instructions);
    telling_unknown(&session->telling, stderr);
    int status = (int)(result->exit.status & 0xff);
    /* What is missing here may be why it failed; a program that succeeded has managed without. */
    if (status != 0 && result->exit.unknown_syscalls != 0 && !options->verbose && !options->stats)
        return fail(status,
                    "the program made %" PRIu64
                    " system calls that the kernel doesn't have; -v names them",
                    result->exit.unknown_syscalls);
    return status;
}

static int finish(struct session *session, const struct relay_result *result)
{
    struct machine_end end = {0};
    bool by_itself = result->end == RELAY_EXIT || result->end == RELAY_MACHINE_ENDED;

    if (!by_itself || !machine_wait(session->machine, POWER_OFF_MS, &end)) {
        machine_stop(session->machine);
        machine_wait(session->machine, -1, &end);
    }
    switch (result->end) {
    case RELAY_EXIT:
        return exit_status(session, result);
    case RELAY_TIMEOUT:
        return fail(STATUS_TIMEOUT, "the program did not end in the time that --timeout gives it");
    case RELAY_PANIC:
        telling_panic(&session->telling);
        return fail(STATUS_FAILED, "the kernel panicked; what it said is above");
    case RELAY_SIGNAL:
        return STATUS_SIGNAL + result->signal;
    case RELAY_OUTPUT:
        return result->error.code == -EPIPE ? STATUS_SIGNAL + SIGPIPE
                                            : fail(STATUS_FAILED, "%s", result->error.text);
    case RELAY_PROTOCOL:
        return fail(STATUS_FAILED, "%s; the kernel image may be from another version of mazboot",
                    result->error.text);
    case RELAY_MACHINE_ENDED:
        break;
    }
    return explain_end(&end);
}

static int boot(struct session *session)
{
    struct error err;

    if (machine_start(session->machine, &err) < 0)
        return fail(STATUS_FAILED, "%s", err.text);
    terminal_take(&session->terminal);
    session->telling.guest = &session->options.guest;
    if (session->options.machine.debug_fd > 0)
        session->telling.debug_socket = session->registration.socket;
    const struct relay_config config = {
        .link_fd = session->machine->link_fd,
        .console_fd = session->machine->console_fd,
        .in_fd = STDIN_FILENO,
        .out_fd = session->hooks ? STDERR_FILENO : STDOUT_FILENO,
        .err_fd = STDERR_FILENO,
        .trace_fd = session->strace.fd,
        .terminal = session->terminal.there,
        .take = take,
        .trace = trace_text,
        .console = console_take,
        .signal_fd = session->signal_fd,
        .suspend = suspend,
        .context = session,
        .timeout_ns = session->options.timeout_ns,
    };
    struct relay_result result;
    relay_run(&config, &result);
    terminal_give(&session->terminal);
    trace_file_close(&session->trace);
    return finish(session, &result);
}

static int print_command(const struct session *session, FILE *out)
{
    char *command = machine_command(session->machine);

    if (!command)
        return fail(STATUS_FAILED, "out of memory");
    fprintf(out, "%s\n", command);
    free(command);
    return 0;
}

static int name_take(struct session *session)
{
    struct run_options *options = &session->options;
    struct machine_entry entry = {.pid = getpid(),
                                  .memory_bytes = options->machine.memory_bytes,
                                  .cpu_count = options->machine.cpu_count,
                                  .payload_fd = options->machine.image.payload_fd};
    struct error err;

    if (options->dry_run)
        return 0;
    snprintf(entry.program, sizeof(entry.program), "%s", options->guest.name);
    if (registry_enter(&session->registration, options->name, &err) < 0 ||
        registry_describe(&session->registration, &entry, &err) < 0) {
        registry_leave(&session->registration);
        return options->name ? fail(STATUS_FAILED, "--name %s: %s", options->name, err.text) : 0;
    }
    options->machine.debug_fd = session->registration.debug_fd;
    return 0;
}

static int session_run(struct session *session)
{
    struct run_options *options = &session->options;
    struct error err;

    kernel_options(options);
    int status = image_create(options);
    if (status != 0)
        return status;
    if (network_open(&options->guest.network, options->machine.cpu_count, &err) < 0)
        return fail(STATUS_FAILED, "%s", err.text);
    status = name_take(session);
    if (status != 0)
        return status;
    options->machine.nets = options->guest.network.nets;
    options->machine.net_count = options->guest.network.count;
    options->machine.volumes = options->guest.volumes.list;
    options->machine.volume_count = options->guest.volumes.count;
    if (machine_create("qemu", &options->machine, &session->machine, &err) < 0)
        return fail(STATUS_FAILED, "%s", err.text);
    if (options->dry_run)
        return print_command(session, stdout);
    if (options->verbose && (status = print_command(session, stderr)) != 0)
        return status;
    status = strace_file_open(&session->strace, options->strace_path);
    if (status == 0)
        status = trace_file_open(&session->trace, options->trace_path, options->guest.name);
    if (status == 0)
        status = signals_catch(session);
    return status == 0 ? boot(session) : status;
}

void run_streams_reserve(void)
{
    int fd;

    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
}

int run_program(struct run_options *options, int count, char **operands,
                const struct run_hooks *hooks)
{
    struct session session = {.options = *options, .signal_fd = -1, .hooks = hooks};
    struct guest *guest = &session.options.guest;

    session.options.machine.extra_args = session.options.extra_args;
    int status = guest_open(guest, count, operands);
    if (status == 0 && hooks)
        status = hooks->prepare(hooks->context, guest);
    if (status == 0)
        status = session_run(&session);
    telling_close(&session.telling);
    machine_free(session.machine);
    registry_leave(&session.registration);
    if (hooks)
        hooks->done(hooks->context);
    guest_close(guest);
    return status;
}

int cmd_run(int argc, char **argv)
{
    struct run_options options;
    struct error err;
    int operand;
    bool help;

    run_streams_reserve();
    run_options_init(&options);
    if (options_parse(run_options, &options, argc, argv, &operand, &help, &err) < 0)
        return fail(STATUS_FAILED, "%s; see mazboot run --help", err.text);
    if (help)
        return usage("run", run_options);
    if (options.inject_help) {
        inject_help(stdout);
        return 0;
    }
    if (operand == argc)
        return fail(STATUS_FAILED,
                    "run needs a program: mazboot run ./hello; see mazboot run --help");
    return run_program(&options, argc - operand, argv + operand, NULL);
}

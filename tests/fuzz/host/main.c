/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system call fuzzer on the host: the kernel in this process, under AddressSanitizer and
 * UndefinedBehaviorSanitizer, with the fuzzer of tests/fuzz/syscalls as its program.
 *
 *   syscalls_host seeds OPTIONS SEED ROUNDS CALLS THREADS [report]
 *       random calls, as that program makes them on the machine; OPTIONS: the kernel's,
 *       "perturb=SEED inject=..." or ""
 *   syscalls_host findings
 *       what the fuzzer has found so far
 *   syscalls_host [libFuzzer's options] FILE or FOLDER...
 *       calls from bytes, guided by the coverage of the kernel: the first byte is the number of
 *       threads, four more each call
 *
 * Within reach: all of kernel/core, linux, fs, net and lwIP, the page tables, the signal frames
 * and the scheduler, with threads that are switched wherever they wait, and between calls at
 * random. Out of reach here: kernel/arch otherwise, kernel/drivers (and so volumes, whose server
 * is one), the link; two CPUs at once; execve; and what the program's memory is for the hardware,
 * instructions and TLBs. tests/fuzz/syscalls.sh has all of that but the sanitizers.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <unistd.h>

#include <sanitizer/common_interface_defs.h>

#include "tests/fuzz/host/machine.h"
#include "tests/fuzz/syscalls/guest.h"

enum { SILENCE_S = 120 }; /* of a run that makes no progress */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
    return "handle_abort=1:detect_leaks=0:detect_stack_use_after_return=0:quarantine_size_mb=64";
}

/* ---- what the threads of both sides hand each other ---- */

static uint64_t *seeds; /* argc and argv as a program finds them on its stack; NULL: inputs */
static const uint8_t *input;
static size_t input_bytes;
static bool good, only_findings;

static void fail(void)
{
    memory_tell();
    fprintf(stderr, "the round isn't as it should be\n");
    abort();
}

void program_main(void)
{
    if (only_findings) {
        good = findings_check();
        fflush(NULL);
        _exit(!good);
    }
    if (seeds) {
        long status = fuzz_main(seeds);
        fflush(NULL);
        if (status == 1)
            fail();
        _exit((int)status);
    }
    good = fuzz_prepare() && fuzz_input(NULL, 0);
    for (;;) {
        machine_pause();
        good = fuzz_input(input, input_bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input = data;
    input_bytes = size;
    machine_run();
    if (!good)
        fail();
    return 0;
}

/* ---- the beginning ---- */

/* Addresses decide little in the kernel, but the same seed is to be the same run. */
static void same_addresses(char **argv)
{
    if (personality(0xffffffff) & ADDR_NO_RANDOMIZE)
        return;
    if (personality(ADDR_NO_RANDOMIZE) != -1)
        execv("/proc/self/exe", argv);
}

static void on_silence(int sig)
{
    (void)sig;
    __sanitizer_print_stack_trace();
    abort();
}

static void usage(void)
{
    fprintf(stderr, "usage: syscalls_host seeds OPTIONS SEED ROUNDS CALLS THREADS [report]\n"
                    "       syscalls_host findings\n"
                    "       syscalls_host [libFuzzer's options] FILE or FOLDER...\n");
    exit(2);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static uint64_t stack[16];
    const char *options = "perturb=1 net0=ip=10.0.2.15/24,gw=10.0.2.2";
    same_addresses(*argv);
    only_findings = *argc == 2 && !strcmp((*argv)[1], "findings");
    if (*argc > 1 && !strcmp((*argv)[1], "seeds")) {
        if (*argc < 7 || *argc > 8)
            usage();
        options = (*argv)[2];
        seeds = stack;
        stack[0] = (uint64_t)*argc - 2; /* the options stand for the name */
        memcpy(&stack[1], *argv + 2, stack[0] * sizeof **argv);
        signal(SIGALRM, on_silence);
        alarm(SILENCE_S);
    }
    machine_boot(options);
    if (!good)
        fail();
    return 0;
}

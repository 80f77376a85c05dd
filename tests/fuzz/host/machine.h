/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A machine of one CPU in a process of the host, for the kernel as a whole. Time passes only with
 * what the program does, and when everybody sleeps: the same program, the same run.
 *
 * The host's code goes on where machine_boot and machine_run were called when the program calls
 * machine_pause: its threads are as they are until the next machine_run.
 */
#ifndef TESTS_FUZZ_HOST_MACHINE_H
#define TESTS_FUZZ_HOST_MACHINE_H

#include "lib/types.h"

struct trapframe;

#define RAM_BYTES (UINT64_C(48) << 20)

/* machine_boot - start the kernel with these options ("key=value ..."), and have it run its first
 * program up to the first machine_pause. Once. */
void machine_boot(const char *options);
void machine_run(void);
void machine_pause(void);

/* machine_pass - so much time passes in the program. */
void machine_pass(uint64_t ns);

/* machine_interrupts - serve what is pending, from the program. True: something was. */
bool machine_interrupts(void);

/* The program: first called in the first thread (tests/fuzz/host/program.c). */
void program_main(void) NORETURN;

/* findings_check - what was found once isn't there any more; prints a line for each. */
bool findings_check(void);

/* What the kernel boots: an ELF file that is never run, of text and data at these addresses. */
enum {
    PROGRAM_TEXT = 0x400000,
    PROGRAM_TEXT_PAGES = 2,
    PROGRAM_DATA = 0x600000,
    PROGRAM_DATA_PAGES = 4, /* one of them in the file */
};
extern const uint8_t *const payload_start;
extern const size_t payload_bytes;

/* memory_init - RAM, the kernel's memory from it. memory_tell: who asked for the objects and pages
 * in use that there weren't at the last memory_mark. */
void memory_init(void);
void memory_mark(void);
void memory_tell(void);

/* table_init - fill the table of system calls. */
void table_init(void);

#endif

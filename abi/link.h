/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The link: what kernel and launcher say to each other while a program runs, over the one port of a
 * virtio console. A stream of frames in both directions: this header, then size_bytes of data.
 * Little-endian.
 *
 * The kernel uses the link only when the payload's options say link=virtio; without it (an image
 * that somebody boots with their own QEMU) the program's output goes to the UART as plain text and
 * the exit status is printed by nobody.
 *
 * Standard input is pulled: the launcher reads from its own standard input only what the guest
 * asked for, so that input that the program did not read stays unread, as it does for an ordinary
 * process.
 */
#ifndef ABI_LINK_H
#define ABI_LINK_H

#include "lib/types.h"

enum link_type {
    /* guest to launcher */
    LINK_OUT = 1,   /* data for stream 1 (stdout) or 2 (stderr) */
    LINK_LOG = 2,   /* text of the kernel's own log, whole lines; log= says how much is sent */
    LINK_TRACE = 3, /* a line of --strace: struct link_trace, then its text with the newline */
    LINK_WANT = 4,  /* u32: the guest wants up to this many more bytes of standard input; asked once
                       per LINK_STDIN answer */
    LINK_EXIT = 5,  /* struct link_exit; the last frame; the machine powers off after it */
    LINK_EVENTS = 6, /* --trace: struct link_events, then struct link_record one after the other */
    LINK_THREAD = 7, /* --trace: struct link_thread: what a thread is called from here on */
    LINK_STATE = 8,  /* answers LINK_DUMP: struct link_state of a thread, then bytes of its stack */
    LINK_PROBES = 9, /* struct probe_record with its words, one after the other (abi/probe.h) */
    LINK_UNKNOWN = 10, /* option unknown=1: as LINK_STATE, of a thread that makes a system call
                          which the kernel doesn't have; the first of each number */
    LINK_COUNTS = 11,  /* unknown=1, before LINK_EXIT: struct link_count of each of those numbers */
    /* launcher to guest */
    LINK_STDIN = 16,  /* data that answers a LINK_WANT; size 0 is end of file */
    LINK_SIGNAL = 17, /* u32: deliver this Linux signal number to the program (Ctrl-C is 2) */
    LINK_DUMP = 18,   /* no data: tell of every thread, by a LINK_STATE each */
};

#define LINK_FRAME_MAX 65536u /* largest size_bytes; a longer frame is a protocol error */

struct link_frame {
    uint8_t type;
    uint8_t stream;
    uint16_t reserved;
    uint32_t size_bytes;
};

struct link_exit {
    uint32_t status;  /* exit status, 0 to 255 */
    uint32_t signal;  /* 0, or the signal that ended the program (status is then 128 + signal) */
    uint64_t boot_ns; /* from the kernel's first instruction to the program's first */
    uint64_t run_ns;  /* from the program's first instruction to its exit */
    uint64_t memory_bytes;      /* RAM of the machine */
    uint64_t memory_peak_bytes; /* most that was in use, kernel and image included */
    uint64_t syscalls;
    uint64_t faults;   /* page faults served */
    uint64_t switches; /* task switches */
    uint64_t
        unknown_syscalls; /* calls answered with ENOSYS because the kernel does not know them */
};

/*
 * What happened on one CPU, in its order. A batch is one frame or more for each CPU, all about the
 * same time, and then one with LINK_EVENTS_END: nothing that comes later is older.
 */
struct link_events {
    uint16_t cpu;
    uint16_t flags; /* LINK_EVENTS_END */
    uint32_t lost;  /* events of this CPU that were overwritten before those that follow */
};

#define LINK_EVENTS_END 1

struct link_record {
    uint64_t ns;    /* the guest's monotonic clock */
    uint64_t event; /* enum link_event << EVENT_KIND_SHIFT | what it is about */
};

#define EVENT_KIND_SHIFT 56

enum link_event {
    EVENT_SYSCALL = 0, /* its number: the running thread begins it */
    EVENT_FAULT = 1,   /* the address that the running thread has no page for */
    EVENT_SWITCH = 2,  /* the thread that this CPU runs from here on; 0: none */
    EVENT_IRQ = 3,     /* the interrupt's number */
    EVENT_RESULT = 4,  /* the low 56 bits of what the running thread's system call returned */
    EVENT_SIGNAL = 5,  /* the signal whose handler the running thread enters */
    EVENT_WAKE = 6,    /* the thread that became runnable */
};

struct link_thread {
    uint32_t tid;
    char name[20]; /* NUL-ended */
};

enum link_thread_state {
    STATE_RUNNING = 0,
    STATE_RUNNABLE = 1, /* waits for a CPU */
    STATE_WAITING = 2,  /* for what its system call is about */
    STATE_STUCK = 3,    /* its CPU doesn't answer: it has been in the kernel for long */
};

#define LINK_STATE_FRAMES      8
#define LINK_STATE_STACK_BYTES 2048

/* A thread: where it is in the program and, when it waits, in the kernel. */
struct link_state {
    uint32_t tid;
    uint8_t state;        /* enum link_thread_state */
    uint8_t cpu;          /* where it runs or ran last */
    uint16_t stack_bytes; /* that follow, from sp on; 0: they aren't in memory */
    int32_t syscall;      /* its number; -1: none */
    uint32_t file; /* offset in the kernel image of a function of the file that the call's first
                      argument names; 0: no file */
    uint64_t args[6];
    uint64_t pc, sp, lr; /* the program's, as of its last entry into the kernel */
    uint64_t entry;      /* where the payload's program begins; 0: the thread runs another one */
    uint64_t cpu_ns;     /* time it has had on CPUs */
    uint32_t kernel[LINK_STATE_FRAMES]; /* offsets of return addresses in the kernel image,
                                           innermost first; 0 ends them */
    char name[16];
};

#define LINK_CALLERS 16

/* Where a system call was made, in the program: pc and lr, then the return addresses that its frame
 * pointers lead to, innermost first; 0 ends them. */
struct link_trace {
    uint64_t entry; /* as struct link_state has it */
    uint64_t callers[LINK_CALLERS];
};

/* How often a system call that the kernel doesn't have was made. Numbers beyond all that Linux has
 * are one, the first. */
struct link_count {
    uint32_t number, count;
};

_Static_assert(sizeof(struct link_state) == 152, "link state layout");
_Static_assert(sizeof(struct link_frame) == 8, "link frame layout");
_Static_assert(sizeof(struct link_events) == 8, "link events layout");
_Static_assert(sizeof(struct link_record) == 16, "link record layout");
_Static_assert(sizeof(struct link_thread) == 24, "link thread layout");
_Static_assert(sizeof(struct link_trace) == 136, "link trace layout");
_Static_assert(sizeof(struct link_exit) == 72, "link exit layout");

#endif

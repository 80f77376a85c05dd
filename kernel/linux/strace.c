/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --strace: every system call with its arguments by kind (abi/syscalls.def), its result and the
 * time it took, and for the launcher, which has names for them, the addresses that led to it.
 * Turning it on puts strace_call in the place of every handler, so it costs nothing
 * while it is off.
 */
#include "abi/errno.h"
#include "abi/errno_names.h"
#include "kernel/arch/trap.h"
#include "kernel/core/clock.h"
#include "kernel/core/console.h"
#include "kernel/core/optional.h"
#include "kernel/core/options.h"
#include "kernel/core/uaccess.h"
#include "kernel/core/wait.h"
#include "kernel/linux/image.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"
#include "kernel/linux/thread.h"
#include "lib/fmt.h"
#include "lib/str.h"

#define SYSCALL_KINDS_AS_ARRAY
#include "abi/syscall_kinds.h"
#include "abi/syscall_words.h"

#define S(nr, nr_amd64, name, status, args) args,

/* In the table's order: syscall_index() finds a number's place. */
static const uint8_t shapes[][6] = {
#include "abi/syscalls.def"
};

/* The table as it was before. */
static int32_t handlers[SYSCALL_TABLE_SIZE];

#define LINE_MAX   512
#define STRING_MAX 64
#define WORDS_MAX  160

struct line {
    struct link_trace from;
    char text[LINE_MAX];
    size_t len;
};

_Static_assert(offsetof(struct line, text) == sizeof(struct link_trace), "text follows");

static void add(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void add(struct line *l, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    int n = fmt_vprint(l->text + l->len, LINE_MAX - l->len, fmt, ap);
    va_end(ap);
    l->len = MIN(l->len + (size_t)n, (size_t)LINE_MAX - 1);
}

static void add_bytes(struct line *l, const char *s, size_t n, bool more)
{
    add(l, "\"");
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '\n')
            add(l, "\\n");
        else if (c == '"' || c == '\\')
            add(l, "\\%c", c);
        else if (c >= ' ' && c < 127)
            add(l, "%c", c);
        else
            add(l, "\\x%02x", (uint8_t)c);
    }
    add(l, more ? "\"..." : "\"");
}

static void add_string(struct line *l, vaddr_t at)
{
    char s[STRING_MAX];
    long n = copy_string_from_user(s, at, sizeof s);
    if (n == -EFAULT)
        add(l, "0x%lx", at);
    else
        add_bytes(l, s, n < 0 ? sizeof s : (size_t)n, n < 0);
}

static void add_buffer(struct line *l, vaddr_t at, uint64_t size)
{
    char s[STRING_MAX];
    size_t n = copy_from_user_part(s, at, MIN(size, (uint64_t)sizeof s));
    if (!n && size)
        add(l, "0x%lx", at);
    else
        add_bytes(l, s, n, n < size);
}

static void add_argument(struct line *l, enum syscall_kind k, uint64_t v, uint64_t next)
{
    char words[WORDS_MAX];
    switch (k) {
    case K_DIRFD:
        if ((int)v == -100) {
            add(l, "AT_FDCWD");
            break;
        }
        __attribute__((fallthrough));
    case K_INT:
    case K_FD:
        add(l, "%d", (int)v);
        break;
    case K_SIG:
        add(l, "%s", signal_name((int)v));
        break;
    case K_MODE:
        add(l, "0%o", (unsigned)v);
        break;
    case K_STR:
        add_string(l, v);
        break;
    case K_INBUF:
        add_buffer(l, v, next);
        break;
    case K_S64:
        add(l, "%ld", (long)v);
        break;
    case K_U32:
    case K_SIZE:
        add(l, "%lu", k == K_U32 ? (unsigned long)(uint32_t)v : (unsigned long)v);
        break;
    case K_FLAGS:
        add(l, (uint32_t)v ? "0x%x" : "%x", (uint32_t)v);
        break;
    default:
        if (syscall_words(words, sizeof words, k, v))
            add(l, "%s", words);
        else
            add(l, v ? "0x%lx" : "NULL", v);
        break;
    }
}

#define ERRNO_VALUE(name) name,
#define ERRNO_TEXT(name)  #name "\0"

static const char *errno_name(long err)
{
    static const uint8_t values[] = {ERRNO_NAMES(ERRNO_VALUE)};
    const char *name = ERRNO_NAMES(ERRNO_TEXT);
    if (err == ERESTARTSYS || err == ERESTARTNOHAND || err == ERESTART_RESTARTBLOCK)
        return "interrupted, may restart";
    for (size_t i = 0; i < ARRAY_SIZE(values); i++, name += strlen(name) + 1)
        if (values[i] == err)
            return name;
    return "?";
}

static void add_result(struct line *l, long ret)
{
    if (ret < 0 && ret >= -4095)
        add(l, " = -1 %s", errno_name(-ret));
    else if (ret > 0xffffffffL)
        add(l, " = 0x%lx", (unsigned long)ret);
    else
        add(l, " = %ld", ret);
}

static void add_call(struct line *l, int tid, uint64_t nr, const uint64_t *args)
{
    int index = syscall_index(nr);
    static const uint8_t unknown[] = AU();
    const uint8_t *kinds = index < 0 ? unknown : shapes[index];
    const char *name = syscall_name(nr);
    int64_t us = clock_mono_ns() / 1000;
    add(l, "%ld.%06ld [%d] ", (long)(us / 1000000), (long)(us % 1000000), tid);
    if (name)
        add(l, "%s(", name);
    else
        add(l, "syscall_%lu(", nr);
    for (unsigned i = 0; i < 6 && kinds[i]; i++) {
        if (i)
            add(l, ", ");
        add_argument(l, kinds[i], args[i], i < 5 ? args[i + 1] : 0);
    }
    add(l, ")");
}

/* A line without text yet. Go's functions link their frames, and so do most of C's. */
static void line_begin(struct line *l, struct thread *t)
{
    const struct trapframe *tf = task_frame(&t->task);
    uint64_t frame[2] = {tf->regs[29]};
    l->len = 0;
    l->from =
        (struct link_trace){.entry = image_entry(t->process), .callers = {tf->pc, tf->regs[30]}};
    for (unsigned n = 2; n < LINK_CALLERS && frame[0]; n++) {
        if (user_peek(frame, frame[0], sizeof frame) < sizeof frame)
            break;
        l->from.callers[n] = frame[1];
    }
}

static void flush(struct line *l)
{
    l->text[l->len++] = '\n';
    console_trace(&l->from, l->len);
}

typedef long handler_fn(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t);

enum { NR_EXIT = 93, NR_EXIT_GROUP = 94, NR_SIGRETURN = 139 };

/* The line is written when the call is over, so that a buffer can be shown; calls that don't come
 * back are written first. */
static long strace_call(uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                        uint64_t a5)
{
    struct thread *t = thread_self();
    uint64_t nr = (uint64_t)task_frame(&t->task)->syscall;
    uint64_t args[6] = {a0, a1, a2, a3, a4, a5};
    handler_fn *fn = (handler_fn *)((intptr_t)syscall_table + handlers[nr]);
    struct line l;
    line_begin(&l, t);
    if (nr == NR_EXIT || nr == NR_EXIT_GROUP || nr == NR_SIGRETURN) {
        add_call(&l, t->tid, nr, args);
        flush(&l);
        return fn(a0, a1, a2, a3, a4, a5);
    }
    int64_t start_ns = clock_mono_ns();
    long ret = handlers[nr] ? fn(a0, a1, a2, a3, a4, a5) : syscall_unknown(task_frame(&t->task));
    int64_t took_us = (clock_mono_ns() - start_ns) / 1000;
    add_call(&l, t->tid, nr, args);
    add_result(&l, ret);
    add(&l, " <%ld us>", (long)took_us);
    flush(&l);
    return ret;
}

static int strace_start(void)
{
    if (!option_number("strace", 0))
        return 0;
    for (unsigned i = 0; i < SYSCALL_TABLE_SIZE; i++) {
        handlers[i] = syscall_table[i];
        syscall_table[i] = (int32_t)((intptr_t)strace_call - (intptr_t)syscall_table);
    }
    return 0;
}
BOOT_STEP(strace_start);

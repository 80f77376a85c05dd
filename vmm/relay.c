/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop has three kinds of state: what waits to be written to a host stream (a sink; while it is
 * not empty, its source is not read), what waits to be sent to the guest, and the deadlines.
 * Everything else follows from those.
 */
#include "vmm/relay.h"
#include "vmm/frame.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SECOND_NS           1000000000ull
#define SECOND_INTERRUPT_NS (2 * SECOND_NS)
#define TERMINATE_GRACE_NS  (10 * SECOND_NS)
#define LAST_WORDS_NS       (1 * SECOND_NS)
#define DUMP_QUIET_NS       (SECOND_NS / 4)
#define PANIC_QUIET_NS      (1 * SECOND_NS)
#define DUMP_ANSWER_NS      (2 * SECOND_NS)
#define CTRL_T              0x14
#define NEVER               UINT64_MAX

/* Frames for the guest that have not been sent: one answer to LINK_WANT, and signals, a few of
 * which may be lost. */
#define SEND_BYTES (2 * sizeof(struct link_frame) + LINK_FRAME_MAX + 1024)

/* Data on its way to a host stream; points into the frame reader or the console buffer. */
struct sink {
    int fd;
    size_t size;
    const uint8_t *data;
};

enum slot {
    SLOT_SIGNAL,
    SLOT_LINK,
    SLOT_CONSOLE,
    SLOT_IN,
    SLOT_LINK_SINK,
    SLOT_CONSOLE_SINK,
    SLOTS
};

/* How every report of a panic begins (kernel/core/panic.c). Its first letter doesn't come again. */
static const char panic_words[] = "mazboot: kernel panic";

struct relay {
    const struct relay_config *config;
    struct relay_result *result;
    bool done;
    bool link_open;
    bool console_open;
    bool dumping;         /* the time is over; the guest has been asked for its last words */
    size_t panic_matched; /* how much of panic_words the console has just said */
    bool panicked;
    uint32_t wanted_bytes;
    uint64_t interrupted_ns; /* when SIGINT last came, or 0 */
    int grace_signal;        /* the signal whose grace runs, or 0 */
    uint64_t timeout_at_ns;
    uint64_t grace_at_ns;
    uint64_t last_words_at_ns;
    uint64_t dump_answer_at_ns; /* when the guest must have told of a thread */
    bool held_end;              /* end of file comes after held */
    size_t held_size;           /* what a terminal has given and the guest hasn't asked for yet */
    uint8_t held[4096];
    struct sink link_sink;
    struct sink console_sink;
    size_t send_size;
    uint8_t send[SEND_BYTES];
    uint8_t console[4096];
    struct frame_reader reader;
};

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static void finish(struct relay *r, enum relay_end end)
{
    r->result->end = end;
    r->done = true;
}

/* Queues a frame for the guest; false if there is no room. */
static bool send_frame(struct relay *r, enum link_type type, const void *data, uint32_t size)
{
    struct link_frame header = {.type = (uint8_t)type, .size_bytes = size};

    if (sizeof(r->send) - r->send_size < sizeof(header) + size)
        return false;
    memcpy(r->send + r->send_size, &header, sizeof(header));
    if (size > 0)
        memcpy(r->send + r->send_size + sizeof(header), data, size);
    r->send_size += sizeof(header) + size;
    return true;
}

/* A pipe that poll reports writable takes PIPE_BUF bytes without blocking; a regular file takes
 * anything. */
static size_t write_limit(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? SSIZE_MAX : PIPE_BUF;
}

static void sink_write(struct relay *r, struct sink *sink)
{
    ssize_t n = write(sink->fd, sink->data, MIN(sink->size, write_limit(sink->fd)));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    if (n < 0) {
        error_errno(&r->result->error, "cannot write the program's output");
        finish(r, RELAY_OUTPUT);
        return;
    }
    sink->data += n;
    sink->size -= (size_t)n;
}

static void sink_fill(struct relay *r, struct sink *sink, int fd, const uint8_t *data, size_t size)
{
    *sink = (struct sink){.fd = fd, .data = data, .size = size};
    if (r->dumping)
        r->last_words_at_ns = MIN(r->last_words_at_ns, now_ns() + DUMP_QUIET_NS);
}

static void give(struct relay *r, enum link_type type, const void *data, size_t size)
{
    if (r->config->take)
        r->config->take(r->config->context, type, data, size);
}

static void trace(struct relay *r, const struct frame *frame)
{
    const struct relay_config *config = r->config;
    size_t size = 0;
    const char *text = NULL;

    if (config->trace)
        text = config->trace(config->context, frame->data, frame->size_bytes, &size);
    if (text)
        sink_fill(r, &r->link_sink, config->trace_fd, (const uint8_t *)text, size);
}

static void take_frame(struct relay *r, const struct frame *frame)
{
    const struct relay_config *config = r->config;

    switch (frame->type) {
    case LINK_OUT:
        sink_fill(r, &r->link_sink, frame->stream == 1 ? config->out_fd : config->err_fd,
                  frame->data, frame->size_bytes);
        break;
    case LINK_LOG:
        sink_fill(r, &r->link_sink, config->err_fd, frame->data, frame->size_bytes);
        break;
    case LINK_TRACE:
        trace(r, frame);
        break;
    case LINK_WANT:
        memcpy(&r->wanted_bytes, frame->data, sizeof(r->wanted_bytes));
        break;
    case LINK_EVENTS:
    case LINK_THREAD:
    case LINK_PROBES:
    case LINK_UNKNOWN:
    case LINK_COUNTS:
        give(r, frame->type, frame->data, frame->size_bytes);
        break;
    case LINK_STATE:
        r->dump_answer_at_ns = NEVER;
        if (r->dumping)
            r->last_words_at_ns = MIN(r->last_words_at_ns, now_ns() + DUMP_QUIET_NS);
        give(r, frame->type, frame->data, frame->size_bytes);
        break;
    default: /* LINK_EXIT: frame_next lets nothing else through */
        memcpy(&r->result->exit, frame->data, sizeof(r->result->exit));
        finish(r, RELAY_EXIT);
        break;
    }
}

/* Hands out frames until one leaves something to write, or the bytes run out. */
static void take_frames(struct relay *r)
{
    while (!r->done && r->link_sink.size == 0) {
        struct frame frame;
        int result = frame_next(&r->reader, &frame, &r->result->error);
        if (result < 0)
            finish(r, RELAY_PROTOCOL);
        if (result <= 0)
            return;
        take_frame(r, &frame);
    }
}

static void link_closed(struct relay *r)
{
    r->link_open = false;
    r->last_words_at_ns = MIN(r->last_words_at_ns, now_ns() + LAST_WORDS_NS);
}

static void link_receive(struct relay *r)
{
    size_t size;
    uint8_t *space = frame_space(&r->reader, &size);
    ssize_t n = recv(r->config->link_fd, space, size, MSG_DONTWAIT);

    if (n > 0)
        frame_filled(&r->reader, (size_t)n);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        link_closed(r);
    take_frames(r);
}

static void link_send(struct relay *r)
{
    ssize_t n = send(r->config->link_fd, r->send, r->send_size, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (n < 0 && errno != EAGAIN && errno != EINTR) {
        r->send_size = 0; /* the machine has ended; reading the link says so */
    } else if (n > 0) {
        r->send_size -= (size_t)n;
        memmove(r->send, r->send + n, r->send_size);
    }
}

/* A panic's report may take its time, but no pause. */
static void console_watch(struct relay *r, const uint8_t *text, size_t size)
{
    for (size_t i = 0; i < size && !r->panicked; i++) {
        if (text[i] != panic_words[r->panic_matched])
            r->panic_matched = 0;
        r->panic_matched += text[i] == panic_words[r->panic_matched];
        r->panicked = r->panic_matched == sizeof(panic_words) - 1;
    }
    if (r->panicked)
        r->last_words_at_ns = now_ns() + PANIC_QUIET_NS;
}

static void console_receive(struct relay *r)
{
    ssize_t n = recv(r->config->console_fd, r->console, sizeof(r->console), MSG_DONTWAIT);

    if (n > 0) {
        sink_fill(r, &r->console_sink, r->config->err_fd, r->console, (size_t)n);
        console_watch(r, r->console, (size_t)n);
        if (r->config->console)
            r->config->console(r->config->context, r->console, (size_t)n);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        r->console_open = false;
    }
}

static void dump_ask(struct relay *r)
{
    if (send_frame(r, LINK_DUMP, NULL, 0))
        r->dump_answer_at_ns = now_ns() + DUMP_ANSWER_NS;
}

/* What cannot be read (closed, a directory) is at its end for the guest. */
static void input_receive(struct relay *r)
{
    uint8_t data[4096];
    ssize_t n = read(r->config->in_fd, data, MIN(r->wanted_bytes, sizeof(data)));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    send_frame(r, LINK_STDIN, data, n > 0 ? (uint32_t)n : 0);
    r->wanted_bytes = 0;
}

/* A terminal is read whether the guest wants input or not: Ctrl-T may be among it. */
static void terminal_receive(struct relay *r)
{
    ssize_t n = read(r->config->in_fd, r->held, sizeof(r->held));

    if (n < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    r->held_end = n <= 0;
    for (ssize_t i = 0; i < n; i++) {
        if (r->held[i] == CTRL_T)
            dump_ask(r);
        else
            r->held[r->held_size++] = r->held[i];
    }
}

static void terminal_give(struct relay *r)
{
    uint32_t n = (uint32_t)MIN((size_t)r->wanted_bytes, r->held_size);

    if (r->wanted_bytes == 0 || r->send_size > 0 || (n == 0 && !r->held_end))
        return;
    send_frame(r, LINK_STDIN, r->held, n);
    r->wanted_bytes = 0;
    r->held_end = r->held_end && n > 0;
    r->held_size -= n;
    memmove(r->held, r->held + n, r->held_size);
}

/* What the guest didn't ask for is for whoever reads the terminal next, where the system allows it.
 */
static void terminal_return(const struct relay *r)
{
    for (size_t i = 0; i < r->held_size; i++)
        ioctl(r->config->in_fd, TIOCSTI, &r->held[i]);
}

/* In the background it belongs to another. */
static bool terminal_readable(const struct relay *r)
{
    return r->config->terminal && r->held_size == 0 && !r->held_end &&
           tcgetpgrp(r->config->in_fd) == getpgrp();
}

static void signal_take(struct relay *r, uint32_t number)
{
    uint64_t now = now_ns();

    if (number == SIGINT && r->interrupted_ns != 0 &&
        now - r->interrupted_ns < SECOND_INTERRUPT_NS) {
        r->result->signal = SIGINT;
        finish(r, RELAY_SIGNAL);
        return;
    }
    if (number == SIGINT)
        r->interrupted_ns = now;
    if ((number == SIGTERM || number == SIGHUP) && r->grace_signal == 0) {
        r->grace_signal = (int)number;
        r->grace_at_ns = now + TERMINATE_GRACE_NS;
    }
    send_frame(r, LINK_SIGNAL, &number, sizeof(number));
}

static void signal_receive(struct relay *r)
{
    struct signalfd_siginfo info;

    if (read(r->config->signal_fd, &info, sizeof(info)) != sizeof(info))
        return;
    if (info.ssi_signo == SIGTSTP)
        r->config->suspend(r->config->context);
    else if (info.ssi_signo == SIGUSR1)
        dump_ask(r);
    else
        signal_take(r, info.ssi_signo);
}

/* The machine has ended, or says no more. */
static void finish_silent(struct relay *r)
{
    finish(r, r->dumping ? RELAY_TIMEOUT : r->panicked ? RELAY_PANIC : RELAY_MACHINE_ENDED);
}

static void deadlines_check(struct relay *r)
{
    uint64_t now = now_ns();

    if (now >= r->dump_answer_at_ns) {
        r->dump_answer_at_ns = NEVER;
        give(r, LINK_DUMP, NULL, 0);
    }
    if (now >= r->grace_at_ns) {
        r->result->signal = r->grace_signal;
        finish(r, RELAY_SIGNAL);
    } else if (now >= r->last_words_at_ns) {
        finish_silent(r);
    } else if (now >= r->timeout_at_ns) {
        r->timeout_at_ns = NEVER;
        r->dumping = true;
        r->last_words_at_ns = now + LAST_WORDS_NS;
        r->dump_answer_at_ns = r->last_words_at_ns;
        send_frame(r, LINK_DUMP, NULL, 0);
    }
}

static int poll_timeout_ms(const struct relay *r)
{
    uint64_t at =
        MIN(MIN(r->timeout_at_ns, r->grace_at_ns), MIN(r->last_words_at_ns, r->dump_answer_at_ns));
    uint64_t now = now_ns();

    if (at == NEVER)
        return -1;
    if (at <= now)
        return 0;
    return (int)MIN((at - now) / 1000000 + 1, (uint64_t)INT_MAX);
}

static void slots_fill(const struct relay *r, struct pollfd slots[SLOTS])
{
    const struct relay_config *config = r->config;
    bool link_reads = r->link_open && r->link_sink.size == 0;
    bool console_reads = r->console_open && r->console_sink.size == 0;
    bool input_reads =
        config->terminal ? terminal_readable(r) : r->wanted_bytes > 0 && r->send_size == 0;

    for (int i = 0; i < SLOTS; i++)
        slots[i] = (struct pollfd){.fd = -1};
    slots[SLOT_SIGNAL] = (struct pollfd){.fd = config->signal_fd, .events = POLLIN};
    if (link_reads || (r->link_open && r->send_size > 0))
        slots[SLOT_LINK] = (struct pollfd){
            .fd = config->link_fd,
            .events = (short)((link_reads ? POLLIN : 0) | (r->send_size > 0 ? POLLOUT : 0))};
    if (console_reads)
        slots[SLOT_CONSOLE] = (struct pollfd){.fd = config->console_fd, .events = POLLIN};
    if (input_reads)
        slots[SLOT_IN] = (struct pollfd){.fd = config->in_fd, .events = POLLIN};
    if (r->link_sink.size > 0)
        slots[SLOT_LINK_SINK] = (struct pollfd){.fd = r->link_sink.fd, .events = POLLOUT};
    if (r->console_sink.size > 0)
        slots[SLOT_CONSOLE_SINK] = (struct pollfd){.fd = r->console_sink.fd, .events = POLLOUT};
}

/* Output first: what it frees may let the next frames through. */
static void slots_serve(struct relay *r, const struct pollfd slots[SLOTS])
{
    if (slots[SLOT_LINK_SINK].revents) {
        sink_write(r, &r->link_sink);
        take_frames(r);
    }
    if (slots[SLOT_CONSOLE_SINK].revents && !r->done)
        sink_write(r, &r->console_sink);
    if (slots[SLOT_SIGNAL].revents && !r->done)
        signal_receive(r);
    if ((slots[SLOT_LINK].revents & POLLOUT) && !r->done)
        link_send(r);
    if ((slots[SLOT_LINK].revents & ~POLLOUT) && r->link_sink.size == 0 && !r->done)
        link_receive(r);
    if (slots[SLOT_CONSOLE].revents && r->console_sink.size == 0 && !r->done)
        console_receive(r);
    if (slots[SLOT_IN].revents && !r->done)
        (r->config->terminal ? terminal_receive : input_receive)(r);
    if (r->config->terminal && !r->done)
        terminal_give(r);
}

static bool all_drained(const struct relay *r)
{
    return !r->link_open && !r->console_open && r->link_sink.size == 0 && r->console_sink.size == 0;
}

void relay_run(const struct relay_config *config, struct relay_result *result)
{
    struct relay *r = calloc(1, sizeof(*r));

    *result = (struct relay_result){0};
    if (!r) {
        error_errno(&result->error, "cannot carry the program's streams");
        result->end = RELAY_OUTPUT;
        return;
    }
    r->config = config;
    r->result = result;
    r->link_open = r->console_open = true;
    r->grace_at_ns = r->last_words_at_ns = r->dump_answer_at_ns = NEVER;
    r->timeout_at_ns = config->timeout_ns > 0 ? now_ns() + config->timeout_ns : NEVER;
    while (!r->done) {
        struct pollfd slots[SLOTS];
        slots_fill(r, slots);
        if (poll(slots, SLOTS, poll_timeout_ms(r)) > 0)
            slots_serve(r, slots);
        if (!r->done && all_drained(r))
            finish_silent(r);
        if (!r->done)
            deadlines_check(r);
    }
    terminal_return(r);
    free(r);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/core/link.h, sending and taking frames apart. Standard input is kept by stdin.c. */
#include "kernel/core/link.h"
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/core/clock.h"
#include "kernel/core/log.h"
#include "kernel/core/stdin.h"
#include "lib/str.h"

#define DATA_MAX    (LINK_BUFFER_BYTES - sizeof(struct link_frame))
#define PATIENCE_NS NS_PER_SEC

static struct link_port *port;
static bool
    stuck; /* the other side let PATIENCE_NS pass: don't wait for it again before it moves */
static void (*on_signal)(unsigned signo);
static void (*on_dump)(void);

/* The frame that is coming in. Only link_receive touches it. */
static struct {
    struct link_frame header;
    uint32_t value;      /* the data of LINK_SIGNAL */
    uint32_t have_bytes; /* of header and data */
    bool broken;         /* the stream can't be understood any more: ignore the rest */
} in;

void link_start(struct link_port *p)
{
    port = p;
}

bool link_up(void)
{
    return port && !port->dead;
}

void link_on_signal(void (*fn)(unsigned signo))
{
    on_signal = fn;
}

void link_on_dump(void (*fn)(void))
{
    on_dump = fn;
}

static void frame_send(void *buffer, enum link_type type, unsigned stream, const void *data,
                       size_t size_bytes)
{
    struct link_frame *f = buffer;
    *f = (struct link_frame){
        .type = (uint8_t)type, .stream = (uint8_t)stream, .size_bytes = (uint32_t)size_bytes};
    memcpy(f + 1, data, size_bytes);
    port->send(port, buffer, sizeof *f + size_bytes);
}

/* A transmit buffer, sleeping for it: 0, -ERESTARTSYS, -EIO. */
static int buffer_wait(void **buffer)
{
    void *b = port->take(port);
    if (UNLIKELY(!b))
        b = port->grow(port);
    if (UNLIKELY(!b)) {
        int err =
            wait_event(&port->room, (b = port->take(port)) != NULL || port->dead, WAIT_FOREVER);
        if (err)
            return err;
        if (!b)
            return -EIO;
    }
    *buffer = b;
    return 0;
}

/* A transmit buffer, polling for it; NULL when the other side doesn't move. */
static void *buffer_poll(void)
{
    void *b = port->take(port);
    if (LIKELY(b != NULL)) {
        stuck = false;
        return b;
    }
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_NS;
    do {
        port->poll(port);
        b = port->take(port);
        if (b || port->dead)
            return b;
        cpu_relax();
    } while (!stuck && clock_mono_ns() < deadline_ns);
    stuck = true;
    return NULL;
}

long link_write(enum link_type type, unsigned stream, const void *data, size_t size_bytes)
{
    size_t done = 0;
    if (UNLIKELY(!link_up()))
        return -EIO;
    while (done < size_bytes) {
        size_t n = MIN(size_bytes - done, DATA_MAX);
        void *buffer;
        int err = buffer_wait(&buffer);
        if (err)
            return done ? (long)done : err;
        frame_send(buffer, type, stream, (const char *)data + done, n);
        done += n;
    }
    return (long)done;
}

void link_write_now(enum link_type type, unsigned stream, const void *data, size_t size_bytes)
{
    size_t done = 0;
    while (link_up() && done < size_bytes) {
        size_t n = MIN(size_bytes - done, DATA_MAX);
        void *buffer = buffer_poll();
        if (!buffer)
            return;
        frame_send(buffer, type, stream, (const char *)data + done, n);
        done += n;
    }
}

void link_flush(void)
{
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_NS;
    while (link_up() && !port->poll(port) && clock_mono_ns() < deadline_ns)
        cpu_relax();
}

static void protocol_error(const char *what)
{
    in.broken = true;
    log_err("the launcher sent %s (type %u, %u bytes): nothing more is taken from it", what,
            in.header.type, in.header.size_bytes);
    stdin_end();
}

/* NULL, or what is wrong with the header that has come in. */
static const char *header_error(void)
{
    uint32_t size_bytes = in.header.size_bytes;
    switch (in.header.type) {
    case LINK_STDIN:
        return size_bytes <= stdin_wanted() ? NULL : "more input than was asked for";
    case LINK_SIGNAL:
        return size_bytes == sizeof in.value ? NULL : "a signal frame of a wrong size";
    case LINK_DUMP:
        return size_bytes == 0 ? NULL : "a dump frame of a wrong size";
    default:
        return "a frame of an unknown type";
    }
}

static void frame_done(void)
{
    switch (in.header.type) {
    case LINK_STDIN:
        stdin_answered(in.header.size_bytes == 0);
        break;
    case LINK_SIGNAL:
        if (on_signal)
            on_signal(in.value);
        break;
    case LINK_DUMP:
        if (on_dump)
            on_dump();
        break;
    }
    in.have_bytes = 0;
}

static size_t take_header(const uint8_t *bytes, size_t size_bytes)
{
    size_t n = MIN(size_bytes, sizeof in.header - in.have_bytes);
    memcpy((uint8_t *)&in.header + in.have_bytes, bytes, n);
    in.have_bytes += (uint32_t)n;
    if (in.have_bytes == sizeof in.header) {
        const char *what = header_error();
        if (what)
            protocol_error(what);
    }
    return n;
}

static size_t take_data(const uint8_t *bytes, size_t size_bytes)
{
    size_t have = in.have_bytes - sizeof in.header;
    size_t n = MIN(size_bytes, in.header.size_bytes - have);
    if (in.header.type == LINK_STDIN)
        stdin_put(bytes, n);
    else
        memcpy((uint8_t *)&in.value + have, bytes, n);
    in.have_bytes += (uint32_t)n;
    return n;
}

void link_receive(const uint8_t *bytes, size_t size_bytes)
{
    while (size_bytes > 0 && !in.broken) {
        size_t n = in.have_bytes < sizeof in.header ? take_header(bytes, size_bytes)
                                                    : take_data(bytes, size_bytes);
        bytes += n;
        size_bytes -= n;
        if (!in.broken && in.have_bytes == sizeof in.header + (size_t)in.header.size_bytes)
            frame_done();
    }
}

void link_lost(void)
{
    in.broken = true;
    stdin_end();
}

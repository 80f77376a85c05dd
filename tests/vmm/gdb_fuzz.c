/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what an emulator's debugger port answers. The first byte says how: bit 0: as they
 * are, else a line is a packet; bit 1: the machine's memory, too, comes from them, over and over.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/types.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct {
    const uint8_t *at, *end;
    bool raw, memory;
    char ready[16384]; /* what will be read next */
    size_t ready_bytes, read_bytes;
} stub;

/* Takes the place of the system's. */
static int fake_poll(struct pollfd *p, nfds_t n, int timeout_ms)
{
    (void)p, (void)n, (void)timeout_ms;
    return 1;
}

static ssize_t fake_read(int fd, void *out, size_t size)
{
    (void)fd;
    if (stub.read_bytes < stub.ready_bytes) {
        size_t n = MIN(size, stub.ready_bytes - stub.read_bytes);
        memcpy(out, stub.ready + stub.read_bytes, n);
        stub.read_bytes += n;
        return (ssize_t)n;
    }
    size_t n = stub.raw ? MIN(size, (size_t)(stub.end - stub.at)) : 0;
    memcpy(out, stub.at, n);
    stub.at += n;
    return (ssize_t)n;
}

static void ready_put(const char *text, size_t n)
{
    n = MIN(n, sizeof(stub.ready) - stub.ready_bytes);
    memcpy(stub.ready + stub.ready_bytes, text, n);
    stub.ready_bytes += n;
}

static void memory_put(size_t size_bytes)
{
    size_t left = (size_t)(stub.end - stub.at);
    for (size_t i = 0; i < size_bytes && left; i++) {
        uint8_t byte = stub.at[i % left];
        ready_put((char[]){"0123456789abcdef"[byte >> 4], "0123456789abcdef"[byte & 15]}, 2);
    }
}

/* A question: the next packet becomes ready. */
static ssize_t fake_send(int fd, const void *data, size_t size, int flags)
{
    (void)fd, (void)flags;
    const char *question = data;
    unsigned long long addr, bytes;
    if (size < 2 || stub.raw || *question != '$')
        return (ssize_t)size;
    stub.ready_bytes = stub.read_bytes = 0;
    bool asks_memory = sscanf(question, "$m%llx,%llx", &addr, &bytes) == 2;
    if (!(asks_memory && stub.memory) && stub.at == stub.end)
        return (ssize_t)size; /* no more answers: it went away */
    ready_put("+$", 2);
    if (asks_memory && stub.memory) {
        memory_put(bytes);
    } else {
        const uint8_t *line = memchr(stub.at, '\n', (size_t)(stub.end - stub.at));
        const uint8_t *end = line ? line : stub.end;
        ready_put((const char *)stub.at, (size_t)(end - stub.at));
        stub.at = line ? line + 1 : end;
    }
    ready_put("#00", 3);
    return (ssize_t)size;
}

#define poll        fake_poll
#define read        fake_read
#define send        fake_send
#define gdb_connect gdb_connect_to_socket
#include "vmm/gdb.c"
#undef gdb_connect
#undef poll
#undef read
#undef send

int gdb_connect(struct gdb *gdb, const char *path, struct error *err);

int gdb_connect(struct gdb *gdb, const char *path, struct error *err)
{
    (void)path;
    *gdb = (struct gdb){.fd = dup(0), .err = err};
    return 0;
}

#include "vmm/debug.c"

/* A machine that is looked at, as mazboot ps does. */
static void machine(void)
{
    static struct debug d;
    struct error err;
    uint8_t bytes[100];
    if (debug_open(&d, "", &err) != 0)
        return;
    if (d.nthreads > THREADS_MAX)
        abort();
    do {
        for (unsigned shift = 0; shift < 64; shift += 5)
            if (debug_read(&d, (UINT64_C(1) << shift) + 8, bytes, sizeof(bytes)) != -EFAULT &&
                shift > 48 && shift < 63)
                abort(); /* no such address has a page */
    } while (debug_next_table(&d));
    debug_close(&d);
}

/* A program that is run from breakpoint to breakpoint, as mazboot wb verify --run does. */
static void program(void)
{
    struct error err;
    struct gdb gdb;
    uint64_t value;
    int status = 0;
    if (gdb_connect(&gdb, "", &err) == 0) {
        while (gdb_breakpoint(&gdb, 0x1000, true, 4) == 0 && gdb_continue(&gdb, &status) == 1 &&
               gdb_register(&gdb, 28 * 8, &value) == 0 &&
               gdb_read(&gdb, value, &value, sizeof(value)) == 0 &&
               gdb_write(&gdb, value, &value, sizeof(value)) == 0)
            ;
        if (status < 0 || status > 511)
            abort();
        gdb_close(&gdb);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    void (*const each[])(void) = {machine, program};
    for (size_t i = 0; i < ARRAY_SIZE(each); i++) {
        memset(&stub, 0, sizeof(stub));
        stub.at = data + 1;
        stub.end = data + size;
        stub.raw = data[0] & 1;
        stub.memory = data[0] & 2;
        each[i]();
    }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Source: the GDB manual, "Remote Protocol". Packets are $data#checksum, acknowledged by +. */
#include "vmm/gdb.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { TIMEOUT_MS = 60000, CONNECT_TRIES = 200, CONNECT_PAUSE_US = 25000, SIGNAL_TRAP = 5 };

int gdb_connect(struct gdb *gdb, const char *path, struct error *err)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    *gdb = (struct gdb){.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), .err = err};
    if (gdb->fd < 0)
        return error_errno(err, "cannot make a socket");
    snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
    for (int i = 0; i < CONNECT_TRIES; i++) {
        if (connect(gdb->fd, (struct sockaddr *)&addr, sizeof(addr)) == 0)
            return 0;
        usleep(CONNECT_PAUSE_US);
    }
    error_errno(err, "the emulator doesn't answer");
    gdb_close(gdb);
    return err->code;
}

void gdb_close(struct gdb *gdb)
{
    close(gdb->fd);
}

/* Nobody waits for one that has failed so once more. */
static int lost(struct gdb *gdb, int error, const char *how)
{
    gdb->gone = true;
    return error_set(gdb->err, error, "%s", how);
}

static int read_byte(struct gdb *gdb)
{
    struct pollfd p = {.fd = gdb->fd, .events = POLLIN};
    if (gdb->first < gdb->end)
        return gdb->bytes[gdb->first++];
    if (gdb->gone || poll(&p, 1, TIMEOUT_MS) <= 0)
        return lost(gdb, -ETIMEDOUT, "the emulator doesn't answer any more");
    ssize_t n = read(gdb->fd, gdb->bytes, sizeof(gdb->bytes));
    if (n <= 0)
        return lost(gdb, -EPIPE, "the emulator went away");
    gdb->first = 1;
    gdb->end = (size_t)n;
    return gdb->bytes[0];
}

static int send_all(struct gdb *gdb, const char *text, size_t size)
{
    if (gdb->gone || send(gdb->fd, text, size, MSG_NOSIGNAL) != (ssize_t)size)
        return lost(gdb, -EPIPE, "the emulator went away");
    return 0;
}

static int send_packet(struct gdb *gdb, const char *text)
{
    char packet[GDB_PACKET_MAX + 8];
    uint8_t sum = 0;
    for (const char *c = text; *c; c++)
        sum = (uint8_t)(sum + (uint8_t)*c);
    return send_all(gdb, packet, (size_t)snprintf(packet, sizeof(packet), "$%s#%02x", text, sum));
}

int gdb_receive(struct gdb *gdb, char *text)
{
    int byte;
    size_t n = 0;
    while ((byte = read_byte(gdb)) != '$')
        if (byte < 0)
            return byte;
    while ((byte = read_byte(gdb)) != '#') {
        if (byte < 0)
            return byte;
        if (n + 1 == GDB_PACKET_MAX)
            return lost(gdb, -EPROTO, "the emulator sends more than was asked for");
        text[n++] = (char)byte;
    }
    text[n] = 0;
    if (read_byte(gdb) < 0 || read_byte(gdb) < 0)
        return gdb->err->code;
    return send_all(gdb, "+", 1);
}

int gdb_ask(struct gdb *gdb, const char *question, char *answer)
{
    int rc = send_packet(gdb, question);
    return rc < 0 ? rc : gdb_receive(gdb, answer);
}

int gdb_ask_ok(struct gdb *gdb, const char *question)
{
    char answer[GDB_PACKET_MAX];
    int rc = gdb_ask(gdb, question, answer);
    if (rc == 0 && strcmp(answer, "OK") != 0)
        rc = error_set(gdb->err, -EPROTO, "the emulator refuses \"%s\"", question);
    return rc;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool gdb_bytes(const char *hex, void *out, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        int high = digit(hex[2 * i]), low = high < 0 ? -1 : digit(hex[2 * i + 1]);
        if (low < 0)
            return false;
        ((uint8_t *)out)[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

int gdb_breakpoint(struct gdb *gdb, vaddr_t addr, bool insert, unsigned size_bytes)
{
    char question[64];
    snprintf(question, sizeof(question), "%c0,%llx,%u", insert ? 'Z' : 'z',
             (unsigned long long)addr, size_bytes);
    return gdb_ask_ok(gdb, question);
}

int gdb_read(struct gdb *gdb, vaddr_t addr, void *out, size_t size_bytes)
{
    char question[64], answer[GDB_PACKET_MAX];
    snprintf(question, sizeof(question), "m%llx,%zx", (unsigned long long)addr, size_bytes);
    int rc = gdb_ask(gdb, question, answer);
    if (rc == 0 && (strlen(answer) != 2 * size_bytes || !gdb_bytes(answer, out, size_bytes)))
        rc = error_set(gdb->err, -EPROTO, "no memory at %#llx", (unsigned long long)addr);
    return rc;
}

int gdb_write(struct gdb *gdb, vaddr_t addr, const void *data, size_t size_bytes)
{
    char question[64 + 2 * 64];
    int n =
        snprintf(question, sizeof(question), "M%llx,%zx:", (unsigned long long)addr, size_bytes);
    for (size_t i = 0; i < size_bytes && i < 64; i++)
        n += sprintf(question + n, "%02x", ((const uint8_t *)data)[i]);
    return gdb_ask_ok(gdb, question);
}

int gdb_register(struct gdb *gdb, unsigned offset_bytes, uint64_t *out)
{
    char answer[GDB_PACKET_MAX];
    int rc = gdb_ask(gdb, "g", answer);
    if (rc == 0 &&
        (strlen(answer) < 2 * (offset_bytes + 8) || !gdb_bytes(answer + 2 * offset_bytes, out, 8)))
        rc = error_set(gdb->err, -EPROTO, "the emulator doesn't tell the registers");
    return rc;
}

int gdb_continue(struct gdb *gdb, int *status)
{
    char answer[GDB_PACKET_MAX], resume[16] = "c";
    for (;;) {
        int rc = gdb_ask(gdb, resume, answer);
        if (rc < 0)
            return rc;
        unsigned number = (unsigned)strtoul(
            (char[]){answer[0] ? answer[1] : 0, answer[0] && answer[1] ? answer[2] : 0, 0}, NULL,
            16);
        if (answer[0] == 'W' || answer[0] == 'X') {
            *status = (int)number + (answer[0] == 'X' ? 256 : 0);
            return 0;
        }
        if (answer[0] != 'T' && answer[0] != 'S')
            return error_set(gdb->err, -EPROTO, "the emulator answers \"%.20s\"", answer);
        if (number == SIGNAL_TRAP)
            return 1;
        snprintf(resume, sizeof(resume), "C%02x", number);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A client of GDB's remote protocol, as far as it takes to stop an emulated program or machine and
 * look at its memory. */
#ifndef VMM_GDB_H
#define VMM_GDB_H

#include "lib/types.h"
#include "vmm/error.h"

#define GDB_PACKET_MAX 16384

struct gdb {
    int fd;
    struct error *err;   /* where failures are told */
    uint8_t bytes[4096]; /* that have come in and haven't been looked at */
    size_t first, end;
    bool gone; /* it didn't answer, or not with sense: everything fails from then on */
};

/* Connects to the Unix socket at path, which the emulator may still be about to make. Fails with
 * what connect says. */
int gdb_connect(struct gdb *gdb, const char *path, struct error *err);
void gdb_close(struct gdb *gdb);

/* Sends a packet and waits for the answer, of less than GDB_PACKET_MAX bytes. -ETIMEDOUT, -EPIPE,
 * -EPROTO. gdb_ask_ok: it has to be OK. */
int gdb_ask(struct gdb *gdb, const char *question, char *answer);
int gdb_ask_ok(struct gdb *gdb, const char *question);

/* The next packet that comes, likewise. */
int gdb_receive(struct gdb *gdb, char *text);

/* Reads 2 * size hexadecimal digits. False: they aren't. */
bool gdb_bytes(const char *hex, void *out, size_t size);

/* Each fails with -EPROTO when the other side refuses or answers something else, -ETIMEDOUT,
 * -EPIPE. */
int gdb_breakpoint(struct gdb *gdb, vaddr_t addr, bool insert, unsigned size_bytes);
int gdb_read(struct gdb *gdb, vaddr_t addr, void *out, size_t size_bytes);
int gdb_write(struct gdb *gdb, vaddr_t addr, const void *data, size_t size_bytes);

/* The 64-bit register at that position of the reply to `g`. */
int gdb_register(struct gdb *gdb, unsigned offset_bytes, uint64_t *out);

/* Runs until a breakpoint (1) or the program's end (0, status set; 256 plus the signal's number
 * when one ended it). Signals on the way are handed to the program. */
int gdb_continue(struct gdb *gdb, int *status);

#endif

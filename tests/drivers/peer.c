/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A launcher that does no more than the link asks for, written from abi/link.h alone: peer CHUNK
 * COMMAND... runs COMMAND with a socket as file descriptor 3, gives the guest its own standard
 * input and prints what the guest sends. It writes CHUNK bytes at a time and puts a signal frame
 * (number 1 to 31, counting) before each answer, so that frames arrive cut anywhere.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "abi/link.h"

static int link_fd;
static size_t chunk_bytes;
static uint32_t signals; /* what the guest, too, makes of the signals */

static void die(const char *what)
{
    perror(what);
    exit(99);
}

static void read_all(void *p, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t n = read(link_fd, (char *)p + done, size - done);
        if (n <= 0) {
            fprintf(stderr, "peer: the guest went away without LINK_EXIT\n");
            exit(98);
        }
        done += (size_t)n;
    }
}

static void write_all(const void *p, size_t size)
{
    for (size_t done = 0; done < size;) {
        size_t want = size - done < chunk_bytes ? size - done : chunk_bytes;
        ssize_t n = write(link_fd, (const char *)p + done, want);
        if (n <= 0)
            die("peer: write");
        done += (size_t)n;
    }
}

static void send_frame(uint8_t type, const void *data, uint32_t size)
{
    char buffer[sizeof(struct link_frame) + LINK_FRAME_MAX];
    struct link_frame f = {.type = type, .size_bytes = size};
    memcpy(buffer, &f, sizeof f);
    memcpy(buffer + sizeof f, data, size);
    write_all(buffer, sizeof f + size);
}

static void answer(uint32_t want)
{
    static uint32_t signo;
    char data[LINK_FRAME_MAX];
    ssize_t n = read(0, data, want < sizeof data ? want : sizeof data);
    signo = signo % 31 + 1;
    signals = signals * 31 + signo;
    send_frame(LINK_SIGNAL, &signo, sizeof signo);
    send_frame(LINK_STDIN, data, n > 0 ? (uint32_t)n : 0);
}

static int take_frame(void)
{
    static uint8_t data[LINK_FRAME_MAX];
    struct link_frame f;
    struct link_exit e;
    uint32_t want;
    read_all(&f, sizeof f);
    if (f.size_bytes > sizeof data)
        return 97;
    read_all(data, f.size_bytes);
    switch (f.type) {
    case LINK_OUT:
        return write(f.stream, data, f.size_bytes) == (ssize_t)f.size_bytes ? -1 : 96;
    case LINK_LOG:
        return fprintf(stderr, "log: %.*s", (int)f.size_bytes, (const char *)data) > 0 ? -1 : 96;
    case LINK_WANT:
        memcpy(&want, data, sizeof want);
        answer(want);
        return -1;
    case LINK_EXIT:
        memcpy(&e, data, sizeof e);
        fprintf(stderr, "exit %u, signals %s\n", e.status, e.switches == signals ? "ok" : "wrong");
        return (int)e.status;
    default:
        fprintf(stderr, "peer: frame of type %u\n", f.type);
        return 95;
    }
}

int main(int argc, char **argv)
{
    int fds[2], status = -1;
    if (argc < 3 || socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
        return 99;
    chunk_bytes = (size_t)atoi(argv[1]);
    pid_t pid = fork();
    if (pid < 0)
        die("peer: fork");
    if (pid == 0) {
        close(fds[0]);
        if (dup2(fds[1], 3) < 0)
            _exit(99);
        if (fds[1] != 3)
            close(fds[1]);
        execvp(argv[2], argv + 2);
        _exit(99);
    }
    close(fds[1]);
    link_fd = fds[0];
    while (status < 0)
        status = take_frame();
    waitpid(pid, NULL, 0);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* An echo server: one goroutine per connection. echo [PORT] (7000). Try: nc localhost 7000 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "gort.h"

static void serve(void *arg)
{
    go_fd conn = *(go_fd *)arg;
    char buf[4096];
    ssize_t n;
    free(arg);
    while ((n = go_read(&conn, buf, sizeof(buf), GO_FOREVER)) > 0)
        if (go_write(&conn, buf, (size_t)n, GO_FOREVER) < 0)
            break;
    go_fd_close(&conn);
}

static int listen_on(go_fd *f, uint16_t port)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
    if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 128) < 0) {
        perror("echo: listen");
        return -1;
    }
    return go_fd_open(f, fd);
}

static void accept_all(void *arg)
{
    go_fd listener;
    if (listen_on(&listener, *(uint16_t *)arg) < 0)
        exit(1);
    for (;;) {
        go_fd *conn = malloc(sizeof(*conn));
        if (!conn || go_accept(&listener, conn, GO_FOREVER) < 0 || go(serve, conn) < 0)
            exit(1);
    }
}

int main(int argc, char **argv)
{
    uint16_t port = argc > 1 ? (uint16_t)atoi(argv[1]) : 7000;
    return go_main(accept_all, &port, NULL) != 0;
}

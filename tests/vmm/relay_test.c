/* SPDX-License-Identifier: Apache-2.0 */
/*
 * vmm/relay.c with a guest played by a child process over socket pairs. The whole command, with its
 * signals and time limits, is tried by tests/cli; here are the streams: every byte arrives, in
 * order, whatever the sizes of pieces and pipes.
 */
#include "vmm/relay.h"

#include <setjmp.h>
#include <stdarg.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

struct bench {
    int link[2], console[2]; /* [0] is the relay's end */
    int out, err;            /* files */
    int in[2];
    struct relay_config config;
};

static int scratch_file(void)
{
    char name[] = "/tmp/relay-test-XXXXXX";
    int fd = mkstemp(name);

    assert_true(fd >= 0);
    unlink(name);
    return fd;
}

static int setup(void **state)
{
    struct bench *b = calloc(1, sizeof(*b));
    sigset_t none;

    sigemptyset(&none);
    signal(SIGPIPE, SIG_IGN);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b->link), 0);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, b->console), 0);
    assert_int_equal(pipe(b->in), 0);
    b->out = scratch_file();
    b->err = scratch_file();
    b->config = (struct relay_config){.link_fd = b->link[0],
                                      .console_fd = b->console[0],
                                      .in_fd = b->in[0],
                                      .out_fd = b->out,
                                      .err_fd = b->err,
                                      .trace_fd = b->err,
                                      .signal_fd = signalfd(-1, &none, 0)};
    *state = b;
    return 0;
}

static int teardown(void **state)
{
    struct bench *b = *state;
    const int fds[] = {b->link[0], b->console[0], b->in[0],           b->in[1],
                       b->out,     b->err,        b->config.signal_fd};

    for (size_t i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
        close(fds[i]);
    free(b);
    return 0;
}

static void write_whole(int fd, const void *data, size_t size)
{
    for (size_t at = 0; at < size;) {
        ssize_t n = write(fd, (const char *)data + at, size - at);
        if (n <= 0)
            _exit(1);
        at += (size_t)n;
    }
}

static void frame(int fd, unsigned type, unsigned stream, const void *data, uint32_t size)
{
    const uint8_t header[8] = {
        (uint8_t)type,         (uint8_t)stream,      0, 0, (uint8_t)size, (uint8_t)(size >> 8),
        (uint8_t)(size >> 16), (uint8_t)(size >> 24)};

    write_whole(fd, header, 8);
    write_whole(fd, data, size);
}

static void exit_frame(int fd, uint32_t status)
{
    uint64_t words[9] = {status, 11, 22};

    frame(fd, 5, 0, words, sizeof(words));
}

/* Runs guest in a child and the relay here. */
static struct relay_result play(struct bench *b, void (*guest)(struct bench *b))
{
    struct relay_result result;
    pid_t pid = fork();

    if (pid == 0) {
        close(b->link[0]);
        close(b->console[0]);
        guest(b);
        _exit(0);
    }
    close(b->link[1]);
    close(b->console[1]);
    relay_run(&b->config, &result);
    shutdown(b->link[0], SHUT_RDWR);
    shutdown(b->console[0], SHUT_RDWR);
    waitpid(pid, NULL, 0);
    return result;
}

static size_t contents(int fd, char *text, size_t size)
{
    ssize_t n = pread(fd, text, size, 0);

    assert_true(n >= 0 && (size_t)n < size);
    text[n] = '\0';
    return (size_t)n;
}

/* The words for what the guest sent: behind eight bytes that aren't text. */
static const char *trace_words(void *context, const void *data, size_t size, size_t *text_size)
{
    assert_true(context && size > 8);
    *text_size = size - 8;
    return (const char *)data + 8;
}

static void streams_guest(struct bench *b)
{
    frame(b->link[1], 1, 1, "out\n", 4);
    frame(b->link[1], 1, 2, "err\n", 4);
    frame(b->link[1], 2, 0, "log\n", 4);
    frame(b->link[1], 3, 0, "numbers:trace\n", 14);
    exit_frame(b->link[1], 42);
}

static void streams(void **state)
{
    struct bench *b = *state;
    char text[100];

    b->config.trace = trace_words;
    b->config.context = b;
    struct relay_result result = play(b, streams_guest);
    assert_int_equal(result.end, RELAY_EXIT);
    assert_int_equal(result.exit.status, 42);
    assert_int_equal(result.exit.boot_ns, 11);
    assert_int_equal(result.exit.run_ns, 22);
    contents(b->out, text, sizeof(text));
    assert_string_equal(text, "out\n");
    contents(b->err, text, sizeof(text));
    assert_string_equal(text, "err\nlog\ntrace\n");
}

/* Where nobody has words for it, nothing is written. */
static void trace_unwanted(void **state)
{
    struct bench *b = *state;
    char text[100];

    struct relay_result result = play(b, streams_guest);
    assert_int_equal(result.end, RELAY_EXIT);
    contents(b->err, text, sizeof(text));
    assert_string_equal(text, "err\nlog\n");
}

/* A pseudo-random byte for each place in the stream, known to both sides. */
static uint8_t pattern(size_t at)
{
    return (uint8_t)(at * 2654435761u >> 13);
}

#define MUCH 1000000

static void much_guest(struct bench *b)
{
    static uint8_t data[65536];
    size_t at = 0;

    srand(2);
    while (at < MUCH) {
        size_t n = 1 + (size_t)rand() % (rand() % 4 ? 100 : sizeof(data));
        n = n < MUCH - at ? n : MUCH - at;
        for (size_t i = 0; i < n; i++)
            data[i] = pattern(at + i);
        frame(b->link[1], 1, 1, data, (uint32_t)n);
        at += n;
    }
    exit_frame(b->link[1], 0);
}

/* Reads the pipe slowly, in small pieces; says by its exit status whether all was right. */
static pid_t slow_reader(int fd, int other)
{
    pid_t pid = fork();
    size_t at = 0;
    uint8_t data[777];

    if (pid != 0)
        return pid;
    close(other);
    for (ssize_t n; (n = read(fd, data, sizeof(data))) > 0;)
        for (ssize_t i = 0; i < n; i++)
            if (data[i] != pattern(at++))
                _exit(1);
    _exit(at == MUCH ? 0 : 2);
}

static void much_output(void **state)
{
    struct bench *b = *state;
    int out[2], status;

    assert_int_equal(pipe(out), 0);
    pid_t reader = slow_reader(out[0], out[1]);
    close(out[0]);
    b->config.out_fd = out[1];
    assert_int_equal(play(b, much_guest).end, RELAY_EXIT);
    close(out[1]);
    waitpid(reader, &status, 0);
    assert_int_equal(status, 0);
}

static void nobody_reads(void **state)
{
    struct bench *b = *state;
    int out[2];

    assert_int_equal(pipe(out), 0);
    close(out[0]);
    b->config.out_fd = out[1];
    struct relay_result result = play(b, much_guest);
    assert_int_equal(result.end, RELAY_OUTPUT);
    assert_int_equal(result.error.code, -EPIPE);
    close(out[1]);
}

static void input_guest(struct bench *b)
{
    uint8_t header[8];
    uint32_t want = 5;
    char data[100];

    frame(b->link[1], 4, 0, &want, 4);
    for (;;) {
        if (recv(b->link[1], header, 8, MSG_WAITALL) != 8 || header[0] != 16 || header[4] > want)
            _exit(1);
        if (header[4] == 0)
            break;
        recv(b->link[1], data, header[4], MSG_WAITALL);
        frame(b->link[1], 1, 1, data, header[4]);
        frame(b->link[1], 4, 0, &want, 4);
    }
    exit_frame(b->link[1], 0);
}

static void input(void **state)
{
    struct bench *b = *state;
    char text[100];

    write_whole(b->in[1], "fourteen bytes", 14);
    close(b->in[1]);
    assert_int_equal(play(b, input_guest).end, RELAY_EXIT);
    contents(b->out, text, sizeof(text));
    assert_string_equal(text, "fourteen bytes");
}

static void modest_guest(struct bench *b)
{
    uint8_t header[8], data[100];
    uint32_t want = 3;

    frame(b->link[1], 4, 0, &want, 4);
    recv(b->link[1], header, 8, MSG_WAITALL);
    recv(b->link[1], data, header[4], MSG_WAITALL);
    exit_frame(b->link[1], 0);
}

/* What the guest did not ask for stays for others. */
static void input_is_left(void **state)
{
    struct bench *b = *state;
    char text[100];

    write_whole(b->in[1], "abcdef", 6);
    assert_int_equal(play(b, modest_guest).end, RELAY_EXIT);
    assert_int_equal(read(b->in[0], text, sizeof(text)), 3);
    assert_memory_equal(text, "def", 3);
}

static void last_words_guest(struct bench *b)
{
    frame(b->link[1], 1, 1, "half", 4);
    write_whole(b->console[1], "panic: no memory\n", 17);
}

static void machine_ends(void **state)
{
    struct bench *b = *state;
    char text[100];

    assert_int_equal(play(b, last_words_guest).end, RELAY_MACHINE_ENDED);
    contents(b->out, text, sizeof(text));
    assert_string_equal(text, "half");
    contents(b->err, text, sizeof(text));
    assert_string_equal(text, "panic: no memory\n");
}

static void panicking_guest(struct bench *b)
{
    write_whole(b->console[1], "mazmazboot: kernel pa", 21);
    frame(b->link[1], 1, 1, "between", 7);
    write_whole(b->console[1], "nic on CPU 0: x\n", 16);
    pause();
}

static void babbling_guest(struct bench *b)
{
    write_whole(b->link[1], "SeaBIOS (version 1.16)", 22);
    pause();
}

/* As play, with a guest that never ends. */
static struct relay_result play_endless(struct bench *b, void (*guest)(struct bench *b))
{
    struct relay_result result;
    pid_t pid = fork();

    if (pid == 0) {
        guest(b);
        _exit(0);
    }
    relay_run(&b->config, &result);
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    return result;
}

static void kernel_panics(void **state)
{
    struct bench *b = *state;
    char text[100];

    assert_int_equal(play_endless(b, panicking_guest).end, RELAY_PANIC);
    contents(b->err, text, sizeof(text));
    assert_string_equal(text, "mazmazboot: kernel panic on CPU 0: x\n");
}

static void nonsense(void **state)
{
    struct bench *b = *state;

    struct relay_result result = play_endless(b, babbling_guest);
    assert_int_equal(result.end, RELAY_PROTOCOL);
    assert_string_equal(result.error.text, "the kernel sent a frame of unknown type 83");
    close(b->link[1]);
    close(b->console[1]);
}

#define RELAY_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        RELAY_TEST(streams),      RELAY_TEST(trace_unwanted), RELAY_TEST(much_output),
        RELAY_TEST(nobody_reads), RELAY_TEST(input),          RELAY_TEST(input_is_left),
        RELAY_TEST(machine_ends), RELAY_TEST(kernel_panics),  RELAY_TEST(nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

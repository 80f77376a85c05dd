/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands in for qemu-system-aarch64 where the launcher is tested (MAZBOOT_QEMU names it): takes
 * QEMU's arguments and plays a guest by the script in FAKE_GUEST, one command a line. It has its
 * own idea of abi/link.h and abi/payload.h, in numbers, so that it is an oracle for the launcher
 * and no echo of it.
 *
 *   out|err|log|trace|uart TEXT   sends the text and a newline; "traced TEXT" is a trace by a
 *                       program that isn't the payload's, from 0x1234, called at 0x5678
 *   flood BYTES         sends so many bytes as stdout
 *   want BYTES          asks for input once; what comes is sent as stdout, end of file as "(eof)"
 *   await               waits for one frame from the launcher; tells of it on stdout as "frame
 * TYPE" or "frame TYPE VALUE" item TYPE           sends the payload's item of that number as
 * stdout, NULs as newlines payload             sends what the image looks like as stdout args sends
 * the arguments as stdout, one a line exit STATUS         sends the exit frame, ends raw HEX sends
 * those bytes sleep MS            waits die STATUS          ends without a word; kill SIGNAL ends
 * by a signal; hang never ends
 */
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OUT = 1, LOG = 2, TRACE = 3, WANT = 4, EXIT = 5, STDIN = 16, SIGNAL = 17 };

#define KERNEL_AT UINT64_C(0x40200000) /* of QEMU's board "virt" */
#define MEMORY    (UINT64_C(64) << 20)

static int link_fd, console_fd;
static uint8_t *image; /* what is loaded, from KERNEL_AT on */
static uint64_t image_size;
static char **arguments;

static void put(int fd, const void *data, size_t size)
{
    const char *bytes = data;

    while (size > 0) {
        ssize_t n = write(fd, bytes, size);
        if (n <= 0)
            exit(99);
        bytes += n;
        size -= (size_t)n;
    }
}

static void get(void *data, size_t size)
{
    char *bytes = data;

    while (size > 0) {
        ssize_t n = read(link_fd, bytes, size);
        if (n <= 0)
            exit(98);
        bytes += n;
        size -= (size_t)n;
    }
}

static void send_frame(int type, int stream, const void *data, uint32_t size)
{
    uint8_t header[8] = {
        (uint8_t)type,         (uint8_t)stream,      0, 0, (uint8_t)size, (uint8_t)(size >> 8),
        (uint8_t)(size >> 16), (uint8_t)(size >> 24)};

    put(link_fd, header, sizeof(header));
    put(link_fd, data, size);
}

static uint32_t get_frame(int *type, uint8_t *data)
{
    uint8_t header[8];

    get(header, sizeof(header));
    uint32_t size = header[4] | (uint32_t)header[5] << 8 | (uint32_t)header[6] << 16 |
                    (uint32_t)header[7] << 24;
    get(data, size);
    *type = header[0];
    return size;
}

static void send_text(int type, int stream, const char *text)
{
    char line[4096];
    int n = snprintf(line, sizeof(line), "%s\n", text);

    send_frame(type, stream, line, (uint32_t)n);
}

/* Where the program begins, and 16 addresses that led to the call, go before the text. */
static void send_trace(uint16_t at, uint16_t from, const char *text)
{
    uint8_t data[17 * 8 + 4096] = {0};

    data[8] = (uint8_t)at;
    data[9] = (uint8_t)(at >> 8);
    data[16] = (uint8_t)from;
    data[17] = (uint8_t)(from >> 8);
    int n = snprintf((char *)data + 17 * 8, 4096, "%s\n", text);
    send_frame(TRACE, 0, data, 17 * 8 + (uint32_t)n);
}

static void flood(uint64_t bytes)
{
    static char block[65536];

    memset(block, 'x', sizeof(block));
    while (bytes > 0) {
        uint32_t n = bytes < sizeof(block) ? (uint32_t)bytes : sizeof(block);
        send_frame(OUT, 1, block, n);
        bytes -= n;
    }
}

static void want(uint32_t bytes)
{
    static uint8_t data[65536];
    int type;

    send_frame(WANT, 0, &bytes, 4);
    uint32_t size = get_frame(&type, data);
    if (type != STDIN)
        send_text(OUT, 1, "(not input)");
    else if (size == 0)
        send_text(OUT, 1, "(eof)");
    else
        send_frame(OUT, 1, data, size);
}

static void await_frame(void)
{
    uint8_t data[65536];
    char text[64];
    int type;

    if (get_frame(&type, data) == 4)
        snprintf(text, sizeof(text), "frame %d %d", type, data[0]);
    else
        snprintf(text, sizeof(text), "frame %d", type);
    send_text(OUT, 1, text);
}

static uint64_t number(const uint8_t *at, int bytes)
{
    uint64_t value = 0;

    for (int i = bytes - 1; i >= 0; i--)
        value = value << 8 | at[i];
    return value;
}

/* The test's kernel is one page, so the payload starts at the second. */
static const uint8_t *payload_start(void)
{
    return image + 4096;
}

static void send_item(unsigned type)
{
    const uint8_t *payload = payload_start();

    for (uint64_t i = 0; i < number(payload + 12, 4); i++) {
        const uint8_t *entry = payload + 24 + 24 * i;
        if (number(entry, 4) != type)
            continue;
        uint64_t size = number(entry + 16, 8);
        char *text = malloc(size);
        memcpy(text, payload + number(entry + 8, 8), size);
        for (uint64_t j = 0; j < size; j++)
            if (text[j] == '\0')
                text[j] = '\n';
        send_frame(OUT, 1, text, (uint32_t)size);
        free(text);
        return;
    }
    send_text(OUT, 1, "(no such item)");
}

static void send_layout(void)
{
    const uint8_t *payload = payload_start();
    char text[256];

    snprintf(text, sizeof(text), "magic %.8s version %" PRIu64 " room %" PRIu64,
             (const char *)payload, number(payload + 8, 4), number(image + 16, 8) - image_size);
    send_text(OUT, 1, text);
    snprintf(text, sizeof(text), "payload ends with the file: %s",
             number(payload + 16, 8) + 4096 == image_size ? "yes" : "no");
    send_text(OUT, 1, text);
    for (uint64_t i = 0; i < number(payload + 12, 4); i++) {
        const uint8_t *entry = payload + 24 + 24 * i;
        snprintf(text, sizeof(text), "item %" PRIu64 " %s", number(entry, 4),
                 number(entry + 8, 8) % 4096 == 0 && number(entry + 4, 4) == 0 ? "aligned"
                                                                               : "astray");
        send_text(OUT, 1, text);
    }
}

static void send_exit(uint32_t status)
{
    uint64_t words[9] = {status, 2000000, 3000000, 64 << 20, 5 << 20, 77, 88, 99, 1};

    send_frame(EXIT, 0, words, sizeof(words));
    exit(0);
}

static void send_raw(const char *hex)
{
    for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2) {
        uint8_t value = (uint8_t)byte;
        put(link_fd, &value, 1);
    }
}

static void uart(const char *text)
{
    put(console_fd, text, strlen(text));
    put(console_fd, "\n", 1);
}

static void send_arguments(void)
{
    for (char **a = arguments; *a; a++)
        send_text(OUT, 1, *a);
}

static void send_blocked(void)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");

    while (status && fgets(line, sizeof(line), status))
        if (strncmp(line, "SigBlk:", 7) == 0)
            send_frame(OUT, 1, line, (uint32_t)strlen(line));
    exit(0);
}

static void text_command(const char *verb, const char *rest)
{
    if (strcmp(verb, "out") == 0)
        send_text(OUT, 1, rest);
    else if (strcmp(verb, "err") == 0)
        send_text(OUT, 2, rest);
    else if (strcmp(verb, "log") == 0)
        send_text(LOG, 0, rest);
    else if (strcmp(verb, "trace") == 0)
        send_trace(0, 0, rest);
    else if (strcmp(verb, "traced") == 0)
        send_trace(0x1234, 0x5678, rest);
    else if (strcmp(verb, "uart") == 0)
        uart(rest);
    else if (strcmp(verb, "raw") == 0)
        send_raw(rest);
    else if (strcmp(verb, "args") == 0)
        send_arguments();
    else if (strcmp(verb, "payload") == 0)
        send_layout();
    else if (strcmp(verb, "blocked") == 0)
        send_blocked();
    else if (strcmp(verb, "await") == 0)
        await_frame();
    else
        exit(97);
}

static void command(char *line)
{
    char *rest = line + strcspn(line, " ");

    if (*rest)
        *rest++ = '\0';
    uint32_t value = (uint32_t)strtoul(rest, NULL, 10);
    if (strcmp(line, "flood") == 0)
        flood(value);
    else if (strcmp(line, "want") == 0)
        want(value);
    else if (strcmp(line, "item") == 0)
        send_item(value);
    else if (strcmp(line, "exit") == 0)
        send_exit(value);
    else if (strcmp(line, "sleep") == 0)
        usleep(value * 1000);
    else if (strcmp(line, "die") == 0)
        exit((int)value);
    else if (strcmp(line, "kill") == 0)
        raise((int)value);
    else if (strcmp(line, "hang") == 0)
        pause();
    else
        text_command(line, rest);
}

/* Loads a file where the board has it; what is loaded is one piece. */
static void image_load(const char *path, uint64_t at)
{
    struct stat st;
    int fd = open(path, O_RDONLY);

    if (fd < 0 || fstat(fd, &st) < 0 || at - KERNEL_AT > MEMORY - (uint64_t)st.st_size)
        exit(96);
    if (read(fd, image + (at - KERNEL_AT), (size_t)st.st_size) != st.st_size)
        exit(95);
    image_size = at - KERNEL_AT + (uint64_t)st.st_size;
    close(fd);
}

static void argument(const char *name, const char *value)
{
    uint64_t at;
    char path[64];

    sscanf(name, "socket,id=link,fd=%d", &link_fd);
    sscanf(name, "socket,id=console,fd=%d", &console_fd);
    if (strcmp(name, "-kernel") == 0)
        image_load(value, KERNEL_AT);
    if (sscanf(name, "loader,force-raw=on,addr=%" SCNx64 ",file=%63s", &at, path) == 2)
        image_load(path, at);
}

int main(int argc, char **argv)
{
    const char *script = getenv("FAKE_GUEST");

    arguments = argv;
    image = mmap(NULL, MEMORY, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 1; i < argc; i++)
        argument(argv[i], argv[i + 1]);
    char *text = strdup(script ? script : "exit 0");
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        command(line);
    return 0;
}

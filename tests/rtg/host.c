/* SPDX-License-Identifier: Apache-2.0 */
/* clang-format off */
/* The host's side of the init programs' protocol over shared memory, for tests: maps the file that stands for the guest's physical
 * memory and does what its arguments say, in turn.
 *   host FILE[@OFFSET] STEP...      OFFSET: where the mailbox is in the file; timeslice and config are 0x1000 and 0x3000 behind
 *     ready                         waits until the guest is ready
 *     payload=FILE                  puts a payload object into the config region
 *     poke=OFFSET,VALUE             a 32-bit word of the config region
 *     command=PATH[,ARG]...         the command block, one environment string X=1
 *     start                         counts the request up and waits until it is acknowledged
 *     request=DETAIL,ERROR          the same, and compares the answer
 *     quiesce                       has the guest spin, checks that it does, lets it go on
 * Each wait ends after 100 s. */
/* clang-format on */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "lib/types.h"

#define CONFIG_AT   0x3000
#define COMMAND_AT  0x100000
#define CONFIG_SIZE 0x400000

enum {
    DOORBELL = 0,
    DETAIL = 8,
    VERSION = 0x40,
    REQUEST = 0x44,
    ACK = 0x48,
    STATE = 0x4c,
    ERROR = 0x50,
    HEARTBEAT = 0x54,
    QUIESCE = 0x5c
};
enum { READY = 2, QUIESCED = 4 };

static uint8_t *memory;

static volatile uint32_t *mail(int word)
{
    return (volatile uint32_t *)(memory + word);
}

static void nap(void)
{
    struct timespec t = {.tv_nsec = 1000000};
    nanosleep(&t, NULL);
}

static void fail(const char *what, uint32_t have, uint32_t want)
{
    printf("%s: %u, not %u\n", what, have, want);
    exit(1);
}

static void await(const char *what, int word, uint32_t value)
{
    for (int i = 0; __atomic_load_n(mail(word), __ATOMIC_ACQUIRE) != value; i++) {
        if (i == 100000)
            fail(what, *mail(word), value);
        nap();
    }
}

static void payload(const char *path)
{
    FILE *f = fopen(path, "re");
    struct timespec now;
    if (!f) {
        perror(path);
        exit(1);
    }
    memset(memory + CONFIG_AT, 0, COMMAND_AT);
    if (!fread(memory + CONFIG_AT, 1, COMMAND_AT, f))
        fail("payload of no bytes", 0, 1);
    fclose(f);
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t time[2] = {(uint64_t)now.tv_sec, (uint64_t)now.tv_nsec};
    memcpy(memory + CONFIG_AT + 24, time, sizeof time);
}

static void command(char *text)
{
    uint8_t *block = memory + CONFIG_AT + COMMAND_AT;
    uint32_t head[4] = {0x434d4452, 0, 0, 1};
    size_t at = 16;
    char *save, *word = strtok_r(text, ",", &save);
    head[1] = (uint32_t)strlen(word);
    for (; word; word = strtok_r(NULL, ",", &save)) {
        memcpy(block + at, word, strlen(word) + 1);
        at += strlen(word) + 1;
        head[2]++;
    }
    head[2]--; /* the path is not counted */
    memcpy(block + at, "X=1", 4);
    memcpy(block, head, sizeof head);
}

static void start(void)
{
    uint32_t n = *mail(REQUEST) + 1;
    *mail(DOORBELL) = 0;
    __atomic_store_n(mail(REQUEST), n, __ATOMIC_RELEASE);
    await("acknowledged request", ACK, n);
}

static void request(uint32_t detail, uint32_t error)
{
    start();
    if (*mail(DETAIL) != detail)
        fail("detail", *mail(DETAIL), detail);
    if (*mail(ERROR) != error)
        fail("error", *mail(ERROR), error);
    if (*mail(DOORBELL) != 0x444f4e45)
        fail("doorbell", *mail(DOORBELL), 0x444f4e45);
}

/* While it spins the guest's heartbeat stands still. */
static void quiesce(void)
{
    __atomic_store_n(mail(QUIESCE), 1, __ATOMIC_RELEASE);
    await("quiesced state", STATE, QUIESCED);
    uint32_t beat = *mail(HEARTBEAT);
    for (int i = 0; i < 60; i++)
        nap();
    if (*mail(HEARTBEAT) != beat)
        fail("heartbeat while quiesced", *mail(HEARTBEAT), beat);
    __atomic_store_n(mail(QUIESCE), 0, __ATOMIC_RELEASE);
    await("ready state", STATE, READY);
}

static void step(char *s)
{
    char *value = strchr(s, '=');
    unsigned a = 0, b = 0;
    if (value)
        sscanf(value + 1, "%i,%i", (int *)&a, (int *)&b);
    if (!strcmp(s, "ready"))
        await("ready state", STATE, READY);
    else if (!strcmp(s, "start"))
        start();
    else if (!strcmp(s, "quiesce"))
        quiesce();
    else if (!strncmp(s, "payload=", 8))
        payload(value + 1);
    else if (!strncmp(s, "poke=", 5))
        memcpy(memory + CONFIG_AT + a, &b, 4);
    else if (!strncmp(s, "command=", 8))
        command(value + 1);
    else if (!strncmp(s, "request=", 8))
        request(a, b);
    else {
        printf("unknown step %s\n", s);
        exit(2);
    }
}

/* Maps the shared memory; the file is long enough already. */
static void *map(char *path)
{
    char *at = strchr(path, '@');
    off_t offset = at ? strtol(at + 1, NULL, 0) : 0;
    if (at)
        *at = 0;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd < 0 ? MAP_FAILED
                  : mmap(NULL, CONFIG_AT + CONFIG_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
                         offset);
}

int main(int argc, char **argv)
{
    memory = argc > 1 ? map(argv[1]) : MAP_FAILED;
    if (memory == MAP_FAILED) {
        perror("host");
        return 2;
    }
    for (int i = 2; i < argc; i++) {
        printf("%s\n", argv[i]);
        step(argv[i]);
    }
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What random calls leave in the file system goes away again: everything in /fuzz, and in the
 * folders that a changed working directory leads to, what wasn't there at the start.
 */
#include "tests/fuzz/syscalls/guest.h"
#include "lib/str.h"

#define AT_CWD    ((uint64_t)-100)
#define DEPTH_MAX 24

static const char *const folders[] = {"/", "/dev", "/etc", "/tmp", "/proc", "/proc/sys"};

static char none[1]; /* no names */

/* The names of each at first, NUL after NUL. */
static char known[ARRAY_SIZE(folders)][2048];

/* Of `known`, and of which folder /fuzz is. */
static uint64_t known_sum;

static bool is_known(const char *names, const char *name)
{
    for (; *names; names += strlen(names) + 1)
        if (!strcmp(names, name))
            return true;
    return !strcmp(name, ".") || !strcmp(name, "..");
}

static long folder_open(uint64_t at, const char *path)
{
    return CALL(NR_OPENAT, at, (uint64_t)path, 0100000 | 040000, 0);
}

/* fn for each name in the folder. */
static void for_names(uint64_t fd, void (*fn)(uint64_t fd, const char *name, char *arg), char *arg)
{
    char buf[2048];
    long n;
    while ((n = CALL(NR_GETDENTS64, fd, (uint64_t)buf, sizeof buf)) > 0)
        for (long at = 0; at < n;) {
            uint16_t size;
            memcpy(&size, buf + at + 16, sizeof size);
            fn(fd, buf + at + 19, arg);
            at += size;
        }
}

static void remember(uint64_t fd, const char *name, char *names)
{
    (void)fd;
    while (*names)
        names += strlen(names) + 1;
    memcpy(names, name, strlen(name) + 1);
}

/* A folder's table is made for the first name, and grows for many. */
static void names_make(uint64_t fd)
{
    char name[] = "new.0";
    for (name[4] = '0'; name[4] < 'p'; name[4]++)
        if (CALL(NR_MKNODAT, fd, (uint64_t)name, 0100644, 0))
            return;
    while (--name[4] >= '0')
        CALL(NR_UNLINKAT, fd, (uint64_t)name, 0);
}

/* Looks at everything below, so that the kernel has made what it makes at the first look or for the
 * first lock. */
static void look(uint64_t fd, const char *name, char *unused)
{
    static unsigned depth;
    if (!strcmp(name, ".") || !strcmp(name, ".."))
        return;
    long sub = CALL(NR_OPENAT, fd, (uint64_t)name, 0100000 | 04000, 0);
    if (sub < 0)
        return;
    CALL(NR_FLOCK, (uint64_t)sub, 1);
    names_make((uint64_t)sub);
    if (depth++ < DEPTH_MAX)
        for_names((uint64_t)sub, look, unused);
    depth--;
    CALL(NR_CLOSE, (uint64_t)sub);
}

static uint64_t sum_up(void)
{
    const uint8_t *bytes = (const uint8_t *)known;
    uint64_t stat[16] = {0}, sum = 0;
    CALL(NR_NEWFSTATAT, AT_CWD, (uint64_t) "/fuzz", (uint64_t)stat, 0);
    for (unsigned i = 0; i < sizeof known; i++)
        sum = sum * 31 + bytes[i];
    return sum * 31 + stat[1];
}

void folders_look(void)
{
    CALL(NR_MKDIRAT, AT_CWD, (uint64_t) "/fuzz", 0777);
    CALL(NR_UNLINKAT, AT_CWD, (uint64_t) "/etc/hosts", 0); /* it may grow */
    look(AT_CWD, "/", none);
    for (unsigned i = 0; i < ARRAY_SIZE(folders); i++) {
        long fd = folder_open(AT_CWD, folders[i]);
        if (fd < 0)
            continue;
        for_names((uint64_t)fd, remember, known[i]);
        CALL(NR_CLOSE, (uint64_t)fd);
    }
    known_sum = sum_up();
}

/* Folders after what is in them. Twice: what is removed while it is listed may hide something. */
static void remove_new(uint64_t fd, const char *name, char *names)
{
    static unsigned depth;
    if (is_known(names, name) || CALL(NR_UNLINKAT, fd, (uint64_t)name, 0) == 0 ||
        depth == DEPTH_MAX)
        return;
    long sub = folder_open(fd, name);
    if (sub < 0)
        return;
    depth++;
    for_names((uint64_t)sub, remove_new, none);
    depth--;
    CALL(NR_CLOSE, (uint64_t)sub);
    CALL(NR_UNLINKAT, fd, (uint64_t)name, 0x200);
}

static void empty(const char *path, char *names)
{
    for (unsigned i = 0; i < 2; i++) {
        long fd = folder_open(AT_CWD, path);
        if (fd < 0)
            return;
        for_names((uint64_t)fd, remove_new, names);
        CALL(NR_CLOSE, (uint64_t)fd);
    }
}

/* Those that the calls know by name: removed, renamed, replaced by something else. */
static void devices_reset(void)
{
    static const struct {
        const char *path;
        uint64_t number;
    } devices[] = {
        {"/dev/null", 0x103}, {"/dev/zero", 0x105}, {"/dev/full", 0x107}, {"/dev/random", 0x108}};
    for (unsigned i = 0; i < ARRAY_SIZE(devices); i++) {
        CALL(NR_UNLINKAT, AT_CWD, (uint64_t)devices[i].path, 0);
        empty(devices[i].path, none);
        CALL(NR_UNLINKAT, AT_CWD, (uint64_t)devices[i].path, 0x200);
        CALL(NR_MKNODAT, AT_CWD, (uint64_t)devices[i].path, 020666, devices[i].number);
    }
}

bool files_reset(void)
{
    CALL(NR_CLOSE_RANGE, 3, 0xffffffff, 0);
    CALL(NR_CHDIR, (uint64_t) "/");
    if (sum_up() != known_sum) {
        print("the folders, or the fuzzer's memory, are not what they were\n");
        return false;
    }
    empty("/fuzz", none);
    devices_reset();
    for (unsigned i = 0; i < ARRAY_SIZE(folders); i++)
        empty(folders[i], known[i]);
    return CALL(NR_CHDIR, (uint64_t) "/fuzz") == 0;
}

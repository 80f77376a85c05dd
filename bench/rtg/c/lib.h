/* SPDX-License-Identifier: Apache-2.0 */
/* initx/lib.rtg in C: included by what has defined its flags and configuration. */
#ifndef BENCH_RTG_LIB_H
#define BENCH_RTG_LIB_H

#include "support.h"

/* What both init programs share: the protocol with the host (docs/RTG.md, "Init programs"), and
 * helpers over system calls. */
/* Helpers return what the system call returned: 0 or more, or a negative error number. */

#define mailboxSize (0x1000)
#define configSize  (0x400000)
#define areaSize    (0x400000)
#define commandAt   (0x100000)
#define pageSize    (4096)

/* The mailbox: 32-bit words. Those up to 20 are the ones of old, those from 0x40 serve hosts that
 * share memory without trapping. */
#define mailDoorbell     (0)
#define mailDetail       (8)
#define mailStage        (12)
#define mailVersion      (0x40)
#define mailRequest      (0x44)
#define mailAck          (0x48)
#define mailState        (0x4c)
#define mailError        (0x50)
#define mailHeartbeat    (0x54)
#define mailBootStage    (0x58)
#define mailQuiesce      (0x5c)
#define mailStartStage   (20)

#define doorbellDone     (0x444f4e45)
#define doorbellSnapshot (0xdeadbeef)
#define payloadMagic     (0xcafebabe)
#define commandMagic     (0x434d4452)
#define protocolVersion  (1)

#define stateBooting     (1 + 0)
#define stateReady       (1 + 1)
#define stateRunning     (1 + 2)
#define stateQuiesced    (1 + 3)
#define stateFatal       (1 + 4)

/* What is wrong with a request: the guest's own error numbers. */
#define errorMagic   (1)
#define errorSize    (2)
#define errorReloc   (3)
#define errorCommand (4)
#define errorSignal  (5)
#define errorSystem  (6)

static uintptr mailbox;
static uintptr timeslice;
static uintptr config;

/* Whether an error is one that an unprivileged namespace gives: tests run the inits in one (-D
 * HOSTED). */
static bool tolerated(int64 err)
{
    if (FLAG_HOSTED) {
        return err == EPERM || err == ENOTTY || err == ENODEV || err == EINVAL;
    }
    return false;
}

static void mark(int64 id)
{
    if (timeslice != 0) {
        store32(timeslice, 0, id);
    }
    if (mailbox != 0) {
        store32(mailbox, mailBootStage, id);
    }
}

static void setState(int64 state)
{
    if (mailbox != 0) {
        fence();
        store32(mailbox, mailState, state);
    }
}

/* Says what failed, then ends the machine. An init that returned would be a kernel panic. */
static void fatal(uintptr what, int64 err)
{
    PRINTF("init: %s: error %d\n", what, err);
    if (mailbox != 0) {
        store32(mailbox, mailError, err);
    }
    setState(stateFatal);
    if (!FLAG_HOSTED) {
        SYSCALL(SYS_SYNC);
        if (ARCH_amd64) {
            SYSCALL(SYS_REBOOT, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_RESTART,
                    0);
        }
        SYSCALL(SYS_REBOOT, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF,
                0);
    }
    SYSCALL(SYS_EXIT_GROUP, 1);
}

static void check(uintptr what, int64 err)
{
    if (err < 0 && !tolerated(err)) {
        fatal(what, err);
    }
}

/* An existing folder is as good as a new one. */
static int64 Mkdir(uintptr path, int64 mode)
{
    int64 err = SYSCALL(SYS_MKDIRAT, AT_FDCWD, path, mode);
    if (err == EEXIST) {
        return 0;
    }
    return err;
}

/* So is what is already mounted. */
static int64 Mount(uintptr source, uintptr target, uintptr kind, int64 flags, uintptr data)
{
    int64 err = SYSCALL(SYS_MOUNT, source, target, kind, flags, data);
    if (err == EBUSY) {
        return 0;
    }
    return err;
}

static int64 Symlink(uintptr target, uintptr path)
{
    int64 err = SYSCALL(SYS_SYMLINKAT, target, AT_FDCWD, path);
    if (err == EEXIST) {
        return 0;
    }
    return err;
}

static int64 Chroot(uintptr path)
{
    int64 err = SYSCALL(SYS_CHROOT, path);
    if (err < 0) {
        return err;
    }
    return SYSCALL(SYS_CHDIR, "/");
}

static int64 SetHostname(uintptr name, int64 length)
{
    return SYSCALL(SYS_SETHOSTNAME, name, length);
}

static int64 WriteAll(int64 fd, uintptr p, int64 n)
{
    while (n > 0) {
        int64 done = SYSCALL(SYS_WRITE, fd, p, n);
        if (done == EINTR) {
            continue;
        }
        if (done < 0) {
            return done;
        }
        p += (uintptr)(done);
        n -= done;
    }
    return 0;
}

static int64 WriteFile(uintptr path, uintptr p, int64 n, int64 mode)
{
    int64 fd = SYSCALL(SYS_OPENAT, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (fd < 0) {
        return fd;
    }
    int64 err = WriteAll(fd, p, n);
    SYSCALL(SYS_CLOSE, fd);
    return err;
}

static void ClearRunResults(void)
{
    store32(mailbox, mailDetail, 0);
    store32(mailbox, mailStage, 0);
}

static void ReportRunResult(int64 stage, int64 detail)
{
    store32(mailbox, mailDetail, detail);
    store32(mailbox, mailStage, stage);
}

static void RequestSnapshot(void)
{
    fence();
    store32(mailbox, mailDoorbell, doorbellSnapshot);
}

static void Sleep(int64 ns)
{
    uint8_t spec[16] = {0};
    store64(spec, 8, ns);
    SYSCALL(SYS_NANOSLEEP, spec, 0);
}

static int64 mapShared(int64 fd, int64 size, int64 address)
{
    return SYSCALL(SYS_MMAP, 0, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, address);
}

static int64 mapAnonymous(int64 size)
{
    return SYSCALL(SYS_MMAP, 0, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

/* Maps the regions that the host shares. The timeslice page is optional. */
static void mapRegions(void)
{
    int64 fd = SYSCALL(SYS_OPENAT, AT_FDCWD, "/dev/mem", O_RDWR | O_SYNC);
    check("open /dev/mem", fd);
    int64 box = mapShared(fd, mailboxSize, CONFIG_MAILBOX_PHYS_ADDR);
    check("map the mailbox", box);
    int64 slice = mapShared(fd, mailboxSize, CONFIG_TIMESLICE_MMIO_PHYS_ADDR);
    if (slice > 0) {
        timeslice = slice;
    }
    int64 region = mapShared(fd, configSize, CONFIG_CONFIG_REGION_PHYS_ADDR);
    check("map the config region", region);
    mailbox = box;
    config = region;
    SYSCALL(SYS_CLOSE, fd);
}

/* The host wrote its clock into the config header. */
static void setClock(void)
{
    if (load64(config, 24) == 0) {
        return;
    }
    uint8_t spec[16] = {0};
    store64(spec, 0, load64(config, 24));
    store64(spec, 8, load64(config, 32));
    int64 err = SYSCALL(SYS_CLOCK_SETTIME, CLOCK_REALTIME, spec);
    if (err < 0 && !tolerated(err)) {
        PRINTF("init: set the clock: error %d\n", err);
    }
}

/* The host is about to save the machine: nothing may be sleeping or half done. A short sleep
 * afterwards arms the timer again. */
static void quiesce(void)
{
    setState(stateQuiesced);
    while (load32(mailbox, mailQuiesce) != 0) {
    }
    Sleep(20000);
    setState(stateReady);
}

/* Waits for the host's next request and returns its number. Sleeps longer the longer nothing comes.
 */
static int64 waitRequest(int64 last)
{
    int64 nap = (int64)(200000);
    setState(stateReady);
    for (int64 naps = 0;; naps++) {
        int64 request = load32(mailbox, mailRequest);
        if (request != last) {
            fence();
            setState(stateRunning);
            return request;
        }
        if (load32(mailbox, mailQuiesce) != 0) {
            quiesce();
            naps = 0;
        }
        store32(mailbox, mailHeartbeat, load32(mailbox, mailHeartbeat) + 1);
        if (naps > 250 && nap < 20000000) {
            nap *= 2;
        }
        Sleep(nap);
    }
}

/* Answers a request: result and error first, then the doorbell, then the count. */
static void answer(int64 request, int64 stage, int64 detail, int64 err)
{
    ReportRunResult(stage, detail);
    store32(mailbox, mailError, err);
    fence();
    store32(mailbox, mailDoorbell, doorbellDone);
    fence();
    store32(mailbox, mailAck, request);
}

#endif

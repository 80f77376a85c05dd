/* SPDX-License-Identifier: Apache-2.0 */
/* initx/regular.rtg and initx/lib.rtg in C, statement by statement, for the comparison with C
 * compilers. */
#include "support.h"

#define CONFIG_MAILBOX_PHYS_ADDR        0xf0000000
#define CONFIG_TIMESLICE_MMIO_PHYS_ADDR 0xf0001000
#define CONFIG_CONFIG_REGION_PHYS_ADDR  0xf0003000
#define FLAG_HOSTED                     0
static const int64 modules[4];

#include "lib.h"

/* Waits for one child and reaps all others that end meanwhile. Returns the exit code, 128 and the
 * signal's number, or an error. */
static int64 waitChild(int64 pid)
{
    uint8_t status[8] = {0};
    for (;;) {
        int64 ended = SYSCALL(SYS_WAIT4, -1, status, 0, 0);
        if (ended == EINTR) {
            continue;
        }
        if (ended < 0) {
            return ended;
        }
        if (ended != pid) {
            continue;
        }
        int64 word = load32(status, 0);
        if ((word & 0x7f) != 0) {
            return 128 + (word & 0x7f);
        }
        return word >> 8 & 0xff;
    }
}
/* The init of a guest: prepares the machine, then runs the programs that the host sends through
 * shared memory, each in a process */
/* of its own, so that none can take the machine down. */

static void makeDevices(void)
{
    mark(1);
    Mkdir("/dev", 0755);
    SYSCALL(SYS_MKNODAT, AT_FDCWD, "/dev/mem", S_IFCHR | 0600, 1 << 8 | 1);
    mark(2);
    check("mount /dev", Mount("devtmpfs", "/dev", "devtmpfs", 0, ""));
    mark(3);
    Mkdir("/dev/shm", 01777);
    Mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777");
    Mkdir("/proc", 0755);
    Mount("proc", "/proc", "proc", 0, "");
    Symlink("/proc/self/fd/0", "/dev/stdin");
    Symlink("/proc/self/fd/1", "/dev/stdout");
    Symlink("/proc/self/fd/2", "/dev/stderr");
}

/* The modules that the program carries, in their order. One that is loaded already is fine. */
static void loadModules(void)
{
    mark(4);
    uintptr row = (uintptr)modules;
    int64 count = 0;
    for (; count > 0; count--) {
        PRINTF("loading module %s\n", load64(row, 0));
        int64 err = SYSCALL(SYS_INIT_MODULE, load64(row, 16), load64(row, 24), "");
        if (err < 0 && err != EEXIST) {
            PRINTF("init: module %s failed\n", load64(row, 0));
            check("load a module", err);
        }
        row += 32;
    }
}

static void openConsole(void)
{
    mark(5);
    int64 fd = SYSCALL(SYS_OPENAT, AT_FDCWD, "/dev/console", O_RDWR);
    check("open /dev/console", fd);
    mark(6);
    check("setsid", SYSCALL(SYS_SETSID));
    mark(7);
    int64 err = SYSCALL(SYS_IOCTL, fd, TIOCSCTTY, 0);
    if (err != EPERM) {
        check("take the console", err);
    }
    mark(8);
    for (int64 i = 0; i < 3; i++) {
        SYSCALL(SYS_DUP3, fd, i, 0);
    }
}

/* Bytes of code and its zeroed data in the area, rounded up to pages; or a negative error of the
 * protocol. */
static int64 payloadSize(int64 codeLen, int64 relocs, int64 bss)
{
    if (load32(config, 0) != payloadMagic) {
        return -errorMagic;
    }
    if (codeLen == 0 || relocs > commandAt / 4 || 40 + 4 * relocs + codeLen > commandAt) {
        return -errorSize;
    }
    int64 code = (codeLen + pageSize - 1) & ~(pageSize - 1);
    int64 total = code + ((bss + pageSize - 1) & ~(pageSize - 1));
    if (total > areaSize) {
        return -errorSize;
    }
    return total;
}

static void copyBytes(uintptr to, uintptr from, int64 n)
{
    for (; n >= 8; n -= 8) {
        store64(to, 0, load64(from, 0));
        to += 8;
        from += 8;
    }
    for (; n > 0; n--) {
        store8(to, 0, load8(from, 0));
        to++;
        from++;
    }
}

static int64 relocate(uintptr area, int64 codeLen, int64 relocs)
{
    for (int64 i = (int64)(0); i < relocs; i++) {
        int64 at = load32(config, 40 + 4 * i);
        if (at + 8 > codeLen) {
            return -errorReloc;
        }
        store64(area, at, load64(area, at) + (int64)(area));
    }
    return 0;
}

/* Makes the code executable, no longer writable, and seen by every processor's instruction fetch.
 */
static int64 seal(uintptr area, int64 codeLen)
{
    int64 code = (codeLen + pageSize - 1) & ~(pageSize - 1);
    mark(18);
    flush_cache(area, codeLen);
    int64 err = SYSCALL(SYS_MPROTECT, area, code, PROT_READ | PROT_EXEC);
    if (ARCH_riscv64) {
        SYSCALL(259, area, (int64)(area) + codeLen, 0);
    }
    isb();
    return err;
}

/* The child's side: its result goes to the mailbox by itself, since an exit status has only 8 bits.
 */
static void callPayload(uintptr area)
{
    mark(19);
    int64 result = call_area(area);
    mark(20);
    store32(mailbox, mailDetail, result);
    SYSCALL(SYS_EXIT_GROUP, 0);
}

static void runInArea(uintptr area, int64 request, int64 codeLen, int64 relocs)
{
    mark(16);
    copyBytes(area, config + (uintptr)(40 + 4 * relocs), codeLen);
    mark(17);
    int64 err = relocate(area, codeLen, relocs);
    if (err < 0) {
        answer(request, 17, err, -err);
        return;
    }
    err = seal(area, codeLen);
    if (err < 0) {
        answer(request, 18, err, errorSystem);
        return;
    }
    ClearRunResults();
    int64 pid = SYSCALL(SYS_CLONE, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        callPayload(area);
    }
    int64 status = pid;
    if (pid > 0) {
        status = waitChild(pid);
    }
    if (status != 0) {
        answer(request, 19, status, errorSignal);
        return;
    }
    answer(request, 20, load32(mailbox, mailDetail), 0);
}

static void servePayload(int64 request)
{
    int64 codeLen = load32(config, 4);
    int64 relocs = load32(config, 8);
    int64 size = payloadSize(codeLen, relocs, load32(config, 20));
    if (size < 0) {
        answer(request, 16, size, -size);
        return;
    }
    int64 area = mapAnonymous(size);
    if (area < 0) {
        answer(request, 16, area, errorSystem);
        return;
    }
    runInArea(area, request, codeLen, relocs);
    SYSCALL(SYS_MUNMAP, area, size);
}

static void program(void)
{
    makeDevices();
    loadModules();
    openConsole();
    mark(9);
    mapRegions();
    mark(12);
    store32(mailbox, mailVersion, protocolVersion);
    setState(stateBooting);
    mark(14);
    setClock();
    mark(15);
    print("init: ready\n", sizeof "init: ready\n" - 1);
    int64 request = load32(mailbox, mailAck);
    for (;;) {
        request = waitRequest(request);
        setClock();
        servePayload(request);
    }
}

static int64 program_status(void)
{
    program();
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* initx/container.rtg and initx/lib.rtg in C, statement by statement, for the comparison with C
 * compilers. */
#include "support.h"

#define CONFIG_MAILBOX_PHYS_ADDR        0xf0000000
#define CONFIG_TIMESLICE_MMIO_PHYS_ADDR 0xf0001000
#define CONFIG_CONFIG_REGION_PHYS_ADDR  0xf0003000
#define FLAG_HOSTED                     0
#define FLAG_network                    1
#define FLAG_exec                       0
#define FLAG_command_loop               1
#define FLAG_drop_privileges            0
#define FLAG_qemu_emulation             0
#define CONFIG_hostname                 "tinyrange"
#define CONFIG_workdir                  "/"
#define CONFIG_hosts_content            "127.0.0.1 localhost"
#define CONFIG_resolv_content           "nameserver 10.42.0.1"
#define CONFIG_interface_name           "eth0"
#define CONFIG_interface_ip_nbo         0x02002a0a
#define CONFIG_interface_mask_nbo       0x00ffffff
#define CONFIG_gateway_nbo              0x01002a0a
#define CONFIG_root_source              "rootfs"
#define CONFIG_root_type                "virtiofs"
#define CONFIG_exec_strings             "/bin/sh"
#define CONFIG_exec_argc                1
#define CONFIG_exec_envc                0
#define CONFIG_uid                      1
#define CONFIG_gid                      1
#define CONFIG_qemu_path                "q"
#define CONFIG_qemu_binary              "b"
#define CONFIG_qemu_registration        "r"

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
/* The container's init: a payload of the regular init. Makes a root out of what the host provides,
 * then runs one program, or */
/* every command that the host writes into the command block. */
/* Flags: network, exec, command_loop, drop_privileges, qemu_emulation. Configuration: docs/RTG.md,
 * "Init programs". */

#define maxCommand (configSize - commandAt - 16)
#define maxStrings (65536)

static void mountAll(void)
{
    mark(51);
    Mkdir("/mnt", 0755);
    Mkdir("/proc", 0755);
    Mkdir("/sys", 0755);
    mark(52);
    check("mount the root", Mount(CONFIG_root_source, "/mnt", CONFIG_root_type, 0, ""));
    mark(53);
    Mkdir("/mnt/proc", 0755);
    Mkdir("/mnt/sys", 0755);
    Mkdir("/mnt/dev", 0755);
    Mkdir("/mnt/tmp", 01777);
    mark(54);
    Mount("proc", "/mnt/proc", "proc", 0, "");
    Mount("sysfs", "/mnt/sys", "sysfs", 0, "");
    Mount("devtmpfs", "/mnt/dev", "devtmpfs", 0, "");
    Mount("tmpfs", "/mnt/tmp", "tmpfs", 0, "mode=1777");
    Mkdir("/mnt/dev/shm", 01777);
    Mount("tmpfs", "/mnt/dev/shm", "tmpfs", 0, "mode=1777");
}

/* An initramfs cannot be pivoted away: the new root is moved over it. */
static void switchRoot(void)
{
    check("chdir /mnt", SYSCALL(SYS_CHDIR, "/mnt"));
    SYSCALL(SYS_MOUNT, ".", "/", "", MS_MOVE, "");
    check("chroot", Chroot("."));
    mark(55);
    Mkdir("/dev/pts", 0755);
    Mount("devpts", "/dev/pts", "devpts", 0, "");
    check("link /dev/fd", Symlink("/proc/self/fd", "/dev/fd"));
    mark(56);
}

/* Registers the emulator for programs of another machine. */
static void setupEmulation(void)
{
    mark(57);
    Mkdir("/proc/sys/fs/binfmt_misc", 0755);
    check("mount binfmt_misc",
          Mount("binfmt_misc", "/proc/sys/fs/binfmt_misc", "binfmt_misc", 0, ""));
    uintptr emulator = (uintptr)CONFIG_qemu_binary;
    int64 size = sizeof CONFIG_qemu_binary - 1;
    check("write the emulator", WriteFile(CONFIG_qemu_path, emulator, size, 0755));
    uintptr line = (uintptr)CONFIG_qemu_registration;
    int64 length = sizeof CONFIG_qemu_registration - 1;
    check("register the emulator",
          WriteFile("/proc/sys/fs/binfmt_misc/register", line, length, 0200));
}

static int64 setAddress(int64 fd, uintptr request, int64 command, int64 address)
{
    store32(request, 16, AF_INET);
    store32(request, 20, address);
    return SYSCALL(SYS_IOCTL, fd, command, request);
}

static int64 setUp(int64 fd, uintptr request)
{
    store64(request, 16, IFF_UP);
    return SYSCALL(SYS_IOCTL, fd, SIOCSIFFLAGS, request);
}

static void setupLoopback(void)
{
    uint8_t request[40] = {0};
    mark(59);
    int64 fd = SYSCALL(SYS_SOCKET, AF_INET, SOCK_DGRAM, 0);
    check("open a socket", fd);
    store16(request, 0, 'l' | 'o' << 8);
    setAddress(fd, request, SIOCSIFADDR, 0x0100007f);
    setAddress(fd, request, SIOCSIFNETMASK, 0x000000ff);
    check("start the loopback", setUp(fd, request));
    SYSCALL(SYS_CLOSE, fd);
}

/* The default route, by a netlink message. Returns 0 or the kernel's error. */
static int64 addRoute(int64 index, int64 gateway)
{
    uint8_t message[44] = {0};
    uint8_t kernel[12] = {0};
    uint8_t reply[64] = {0};
    int64 fd = SYSCALL(SYS_SOCKET, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
    if (fd < 0) {
        return fd;
    }
    store32(message, 0, sizeof(message));
    store16(message, 4, RTM_NEWROUTE);
    store16(message, 6, NLM_F_REQUEST | NLM_F_ACK | NLM_F_REPLACE | NLM_F_CREATE);
    store8(message, 16, AF_INET);
    store8(message, 20, RT_TABLE_MAIN);
    store8(message, 21, RTPROT_BOOT);
    store8(message, 22, RT_SCOPE_UNIVERSE);
    store8(message, 23, RTN_UNICAST);
    store16(message, 28, 8);
    store16(message, 30, RTA_OIF);
    store32(message, 32, index);
    store16(message, 36, 8);
    store16(message, 38, RTA_GATEWAY);
    store32(message, 40, gateway);
    store16(kernel, 0, AF_NETLINK);
    int64 err = SYSCALL(SYS_SENDTO, fd, message, sizeof(message), 0, kernel, sizeof(kernel));
    if (err >= 0) {
        err = SYSCALL(SYS_RECVFROM, fd, reply, sizeof(reply), 0, 0, 0);
    }
    SYSCALL(SYS_CLOSE, fd);
    if (err < 0) {
        return err;
    }
    return (int64)((int32_t)(load32(reply, 16)));
}

static void setupNetwork(void)
{
    uint8_t request[40] = {0};
    mark(61);
    uintptr name = (uintptr)CONFIG_interface_name;
    int64 length = sizeof CONFIG_interface_name - 1;
    for (int64 i = (int64)(0); i < length && i < 15; i++) {
        request[i] = (uint8_t)(load8(name, i));
    }
    int64 fd = SYSCALL(SYS_SOCKET, AF_INET, SOCK_DGRAM, 0);
    check("open a socket", fd);
    check("start the interface", setUp(fd, request));
    store64(request, 16, 0);
    check("set the address", setAddress(fd, request, SIOCSIFADDR, CONFIG_interface_ip_nbo));
    setAddress(fd, request, SIOCSIFNETMASK, CONFIG_interface_mask_nbo);
    check("find the interface", SYSCALL(SYS_IOCTL, fd, SIOCGIFINDEX, request));
    check("add the route", addRoute(load32(request, 16), CONFIG_gateway_nbo));
    SYSCALL(SYS_CLOSE, fd);
    uintptr resolver = (uintptr)CONFIG_resolv_content;
    int64 size = sizeof CONFIG_resolv_content - 1;
    WriteFile("/etc/resolv.conf", resolver, size, 0644);
}

/* In the child only: PID 1 and this process keep their rights. Groups first, while that is still
 * allowed. */
static void dropPrivileges(void)
{
    if (FLAG_drop_privileges) {
        mark(63);
        int64 gid = CONFIG_gid;
        int64 uid = CONFIG_uid;
        if (SYSCALL(SYS_SETGROUPS, 0, 0) < 0 || SYSCALL(SYS_SETGID, gid) < 0 ||
            SYSCALL(SYS_SETUID, uid) < 0) {
            SYSCALL(SYS_EXIT_GROUP, 126);
        }
    }
}

/* Runs a program and waits for it. A program that cannot be started gives 127, as in a shell. */
static int64 forkExecWait(uintptr path, uintptr argv, uintptr envp)
{
    mark(66);
    int64 pid = SYSCALL(SYS_CLONE, SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) {
        dropPrivileges();
        int64 err = SYSCALL(SYS_EXECVE, path, argv, envp);
        PRINTF("init: %s: error %d\n", path, err);
        SYSCALL(SYS_EXIT_GROUP, 127);
    }
    mark(67);
    if (pid < 0) {
        return pid;
    }
    mark(68);
    int64 status = waitChild(pid);
    mark(69);
    return status;
}

/* Fills count pointers to the NUL-terminated strings from p on, which end before end. Returns what
 * follows them, or 0. */
static uintptr pointTo(uintptr list, int64 count, uintptr p, uintptr end)
{
    for (; count > 0; count--) {
        store64(list, 0, p);
        list += 8;
        for (;;) {
            if (p >= end) {
                return 0;
            }
            p++;
            if (load8(p, -1) == 0) {
                break;
            }
        }
    }
    return p;
}

/* Runs the command in the command block. Nothing in it is trusted: a bad one gives a negative error
 * of the protocol. */
static int64 runCommand(void)
{
    uintptr block = config + commandAt;
    int64 pathLen = load32(block, 4);
    int64 argc = load32(block, 8);
    int64 envc = load32(block, 12);
    uintptr path = block + 16;
    uintptr end = path + maxCommand;
    if (pathLen == 0 || pathLen >= maxCommand || argc > maxStrings || envc > maxStrings ||
        load8(path, pathLen) != 0) {
        return -errorCommand;
    }
    int64 size = 8 * (argc + envc + 3);
    uintptr argv = (uintptr)(mapAnonymous(size));
    if ((int64)(argv) < 0) {
        return (int64)(argv);
    }
    uintptr envp = argv + (uintptr)(8 * (argc + 2));
    int64 status = (int64)(-errorCommand);
    store64(argv, 0, path);
    uintptr strings = pointTo(argv + 8, argc, path + (uintptr)(pathLen) + 1, end);
    if (strings != 0 && pointTo(envp, envc, strings, end) != 0) {
        status = forkExecWait(path, argv, envp);
    }
    SYSCALL(SYS_MUNMAP, argv, size);
    return status;
}

static void commandLoop(void)
{
    kmsg("", 0, "container ready\n", sizeof "container ready\n" - 1);
    int64 request = load32(mailbox, mailRequest);
    store32(mailbox, mailAck, request);
    RequestSnapshot();
    for (;;) {
        mark(70);
        request = waitRequest(request);
        if (load32(config, commandAt) != commandMagic) {
            answer(request, 71, 0, errorMagic);
            continue;
        }
        mark(72);
        setClock();
        int64 status = runCommand();
        mark(73);
        store32(config, commandAt, 0);
        if (status < 0) {
            answer(request, 73, status, -status);
        } else {
            answer(request, 73, status, 0);
        }
    }
}

/* The one program that was named when this init was built: its strings lie one after the other. */
static int64 runFixed(void)
{
    uintptr strings = (uintptr)CONFIG_exec_strings;
    int64 length = sizeof CONFIG_exec_strings - 1;
    int64 argc = CONFIG_exec_argc;
    int64 envc = CONFIG_exec_envc;
    uintptr argv = (uintptr)(mapAnonymous(8 * (argc + envc + 2)));
    uintptr envp = argv + (uintptr)(8 * (argc + 1));
    uintptr end = strings + (uintptr)(length);
    uintptr rest = pointTo(argv, argc, strings, end);
    if (rest == 0 || argc == 0 || pointTo(envp, envc, rest, end) == 0) {
        return -errorCommand;
    }
    if (FLAG_exec) {
        dropPrivileges();
        return SYSCALL(SYS_EXECVE, load64(argv, 0), argv, envp);
    }
    return forkExecWait(load64(argv, 0), argv, envp);
}

static int64 program(void)
{
    mapRegions();
    mark(50);
    kmsg("", 0, "running container init\n", sizeof "running container init\n" - 1);
    mountAll();
    switchRoot();
    if (FLAG_qemu_emulation) {
        setupEmulation();
    }
    mark(58);
    uintptr name = (uintptr)CONFIG_hostname;
    int64 length = sizeof CONFIG_hostname - 1;
    check("set the host name", SetHostname(name, length));
    setupLoopback();
    mark(60);
    Mkdir("/etc", 0755);
    uintptr hosts = (uintptr)CONFIG_hosts_content;
    int64 size = sizeof CONFIG_hosts_content - 1;
    WriteFile("/etc/hosts", hosts, size, 0644);
    if (FLAG_network) {
        setupNetwork();
    }
    mark(62);
    SYSCALL(SYS_CHDIR, CONFIG_workdir);
    mark(64);
    if (FLAG_command_loop) {
        commandLoop();
    }
    int64 status = runFixed();
    mark(65);
    return status;
}

static int64 program_status(void)
{
    return program();
}

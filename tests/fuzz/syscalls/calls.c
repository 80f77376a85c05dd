/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The grammar, made from abi/syscalls.def, and random arguments by kind. What would only end the
 * fuzzer (exit, SIGKILL, unmapping its text, masks without KICK_SIGNAL) is bent.
 */
#define SYSCALL_KINDS_AS_ARRAY
#include "abi/syscall_kinds.h"
#include "tests/fuzz/syscalls/guest.h"
#include "lib/str.h"

enum status { NONE, PART, DONE };

struct call {
    const char *name;
    uint16_t nr;
    uint8_t status;
    uint8_t kinds[6];
};

#define S(number, number_amd64, text, how, args) {#text, number, how, args},

static const struct call grammar[] = {
#include "abi/syscalls.def"
};

static uint64_t succeeded[ARRAY_SIZE(grammar)], failed[ARRAY_SIZE(grammar)];

uint64_t random_next(struct worker *w)
{
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return w->random * UINT64_C(0x2545f4914f6cdd1d);
}

uint64_t random_below(struct worker *w, uint64_t n)
{
    return (random_next(w) >> 16) % n;
}

#define PICK(w, array) ((array)[random_below(w, ARRAY_SIZE(array))])

static uint64_t a_number(struct worker *w)
{
    static const uint64_t edges[] = {0,          1,          2,           3,           7,
                                     8,          16,         24,          4095,        4096,
                                     4097,       65536,      0x7fffffff,  0x80000000u, 0xffffffff,
                                     1ull << 32, 1ull << 47, 1ull << 48,  1ull << 62,  1ull << 63,
                                     ~0ull,      ~0ull - 1,  ~0ull << 12, ~0ull >> 1};
    switch (random_below(w, 4)) {
    case 0:
        return random_below(w, 64);
    case 1:
        return random_next(w) >> random_below(w, 64);
    case 2:
        return UINT64_C(1) << random_below(w, 32) | (random_below(w, 2) << random_below(w, 32));
    default:
        return PICK(w, edges);
    }
}

/* Mostly what programs pass: a size that fits the data, or the 8 bytes of a signal set. */
static uint64_t a_size(struct worker *w)
{
    switch (random_below(w, 4)) {
    case 0:
        return 8;
    case 1:
        return random_below(w, 32);
    case 2:
        return random_below(w, 0x10000);
    default:
        return a_number(w);
    }
}

static uint64_t an_fd(struct worker *w)
{
    static const uint64_t odd[] = {~0ull, 99999, 0x7fffffff, 0x80000000u, (uint64_t)-100, 1023};
    return random_below(w, 16) ? 3 + random_below(w, 24) : PICK(w, odd);
}

static uint64_t a_bad_pointer(struct worker *w)
{
    static const uint64_t bad[] = {0,
                                   1,
                                   0x1000,
                                   ARENA_NONE,
                                   ARENA_NONE + 4096,
                                   ARENA_RO,
                                   ARENA_NONE - 4,
                                   ARENA_DATA + DATA_BYTES - 1,
                                   (1ull << 48) - 1,
                                   (1ull << 48) - 4096,
                                   1ull << 48,
                                   1ull << 55,
                                   0xffff000040000000,
                                   0xffff800000000000,
                                   0xffffc00000004000,
                                   0xffffe00009000000,
                                   ~0ull - 7,
                                   ~0ull};
    return PICK(w, bad);
}

/* But for /proc/self/exe, whose file would grow for good. */
static const char *const paths[] = {
    "a",
    "b",
    "c",
    "d",
    "d/a",
    "d/b",
    "d/d",
    "d/d/a",
    "/fuzz/a",
    "/fuzz/d",
    "/fuzz/d/c",
    "/fuzz/../fuzz/b",
    ".",
    "..",
    "/",
    "",
    "a/",
    "d//a",
    "/fuzz/l",
    "l",
    "l/a",
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/proc/self/maps",
    "/proc/self/status",
    "/proc/self/fd",
    "/proc/self/fd/5",
    "/proc/meminfo",
    "/proc/self/task",
    "/proc/self/stat",
    "/proc/self/cmdline",
    "/sys",
    "/etc/hosts",
    "/proc/self/cwd",
    "/proc/self/fdinfo/4",
    "/proc/self/smaps",
    "/proc/self/mountinfo",
    "/proc/sys/kernel/hostname",
    "s",
    "d/s",
    "fifo",
};

static uint64_t a_path(struct worker *w)
{
    uint64_t at = ARENA_DATA + random_below(w, 32) * 4096;
    const char *s = PICK(w, paths);
    if (!random_below(w, 24))
        return a_bad_pointer(w);
    if (!random_below(w, 48)) { /* as long as can be, or longer */
        char part[256];
        memset(part, 'x', sizeof part);
        for (unsigned i = 0; i < 4096; i += sizeof part)
            program_write(at + i, part, sizeof part);
        program_write(at + (random_below(w, 2) ? 4095 : 255), "", 1);
        return at;
    }
    program_write(at, s, strlen(s) + 1);
    return at;
}

/* What structures consist of: small numbers, times, lengths, pointers, descriptors. */
static void shape(struct worker *w, uint64_t at)
{
    uint64_t p[16];
    unsigned kind = (unsigned)random_below(w, 8);
    for (unsigned i = 0; i < ARRAY_SIZE(p); i++)
        switch (kind) {
        case 0:
            p[i] = random_next(w);
            break;
        case 1: /* timespec and the like: within two milliseconds */
            p[i] = i % 2 ? random_below(w, 2000000) : 0;
            break;
        case 2: /* iovec, msghdr */
            p[i] = i % 2 ? random_below(w, 9000) : ARENA_DATA + random_below(w, DATA_BYTES - 16384);
            break;
        case 3: /* pollfd, epoll_event */
            p[i] = an_fd(w) | (random_next(w) & 0x201f0000001full);
            break;
        case 4: /* sockaddr_un */
            p[i] = i ? 0x6161616161616161ull >> random_below(w, 64)
                     : 0x732f0001ull | random_below(w, 256) << 24;
            break;
        case 5:
            p[i] = random_below(w, 4);
            break;
        case 6:
            p[i] = a_number(w);
            break;
        default:
            p[i] = random_below(w, 2) ? ARENA_DATA + random_below(w, DATA_BYTES - 256)
                                      : random_below(w, 300);
            break;
        }
    program_write(at, p, sizeof p);
}

static uint64_t a_pointer(struct worker *w)
{
    uint64_t at = ARENA_DATA + random_below(w, (DATA_BYTES - 4096) / 8) * 8;
    if (!random_below(w, 8))
        return a_bad_pointer(w);
    if (random_below(w, 32) == 0)
        return ARENA_WILD + random_below(w, WILD_BYTES);
    if (random_below(w, 24) == 0)
        return ARENA_DATA + DATA_BYTES - random_below(w, 64); /* ends in nothing */
    if (random_below(w, 2))
        shape(w, at);
    return at + (random_below(w, 16) ? 0 : random_below(w, 8));
}

static uint64_t flag_set(struct worker *w, const uint32_t *bits, unsigned n)
{
    uint64_t v = 0;
    if (!random_below(w, 16))
        return a_number(w);
    for (uint64_t i = random_below(w, 4); i > 0; i--)
        v |= bits[random_below(w, n)];
    return v;
}

static uint64_t argument(struct worker *w, enum syscall_kind k)
{
    static const uint32_t open_bits[] = {1,     2,      0100,    0200,     01000,     02000,
                                         04000, 040000, 0100000, 02000000, 010000000, 020200000};
    static const uint32_t map_bits[] = {1,      2,      0x10,    0x20,    0x20,    0x100,
                                        0x4000, 0x8000, 0x20000, 0x40000, 0x100000};
    static const uint32_t flag_bits[] = {
        1, 2, 4, 8, 16, 64, 0x100, 0x200, 0x400, 04000, 02000000, 0x1000, 0x10000, 0x40000000};
    static const uint32_t clone_bits[] = {0x100,   0x200,   0x400, 0x800,  0x4000,
                                          0x10000, 0x40000, 17,    0x80000};
    switch (k) {
    case K_FD:
        return an_fd(w);
    case K_DIRFD:
        return random_below(w, 4) ? (uint64_t)-100 : an_fd(w);
    case K_SIG:
        return random_below(w, 70) - 2;
    case K_FLAGS:
    case K_FDFLAGS:
    case K_ATFLAGS:
    case K_MSGFLAGS:
    case K_WAITFLAGS:
        return flag_set(w, flag_bits, ARRAY_SIZE(flag_bits));
    case K_MODE:
        return random_below(w, 2) ? 0777 : random_next(w) & 0177777;
    case K_PROT:
        return random_below(w, 16) ? random_below(w, 4) : a_number(w);
    case K_MAPFLAGS:
        return flag_set(w, map_bits, ARRAY_SIZE(map_bits));
    case K_OFLAGS:
        return flag_set(w, open_bits, ARRAY_SIZE(open_bits));
    case K_FUTEXOP:
        return random_below(w, 15) | (random_below(w, 2) << 7) | (random_below(w, 8) ? 0 : 256);
    case K_CLONEFLAGS:
        return flag_set(w, clone_bits, ARRAY_SIZE(clone_bits));
    case K_SIZE:
        return a_size(w);
    case K_STR:
        return a_path(w);
    case K_PTR:
    case K_INBUF:
    case K_OUTBUF:
        return a_pointer(w);
    case K_S64:
    case K_U64:
        return random_below(w, 2) ? random_below(w, 5) * 4096 : a_number(w);
    default: /* U32, INT, and numbers that have names */
        return random_below(w, 3) ? random_below(w, 12) : (uint32_t)a_number(w);
    }
}

/* No file gets so long that memory ends; beyond all limits is fine. */
static uint64_t modest(uint64_t length)
{
    return (int64_t)length < 0 || length >= UINT64_C(1) << 50 ? length : length % 0x40000;
}

/* Address and length within the wild part, or where nothing can be. */
static void bend_range(struct worker *w, uint64_t *addr, uint64_t *len)
{
    if (!random_below(w, 10)) {
        *addr = random_below(w, 2) ? (1ull << 48) | (random_next(w) & ~0xfffull) : ARENA_WILD;
        *len = (1ull << 48) | (random_next(w) >> random_below(w, 17));
        return;
    }
    *addr = ARENA_WILD + (random_below(w, WILD_BYTES) & ~(random_below(w, 8) ? 0xfffull : 0));
    *len = random_below(w, 8)
               ? random_below(w, MIN(WILD_BYTES - (*addr - ARENA_WILD), 0x40000ull) + 1)
               : WILD_BYTES - (*addr - ARENA_WILD);
}

/* A signal set in the worker's own memory: anything but KICK_SIGNAL. Bad addresses stay. */
static uint64_t a_mask(struct worker *w, unsigned slot)
{
    if (!random_below(w, 4))
        return random_below(w, 2) ? 0 : 1ull << 48;
    w->private[slot] = random_next(w) & random_next(w) & ~(1ull << (KICK_SIGNAL - 1)) &
                       ~(1ull << 10) & ~(1ull << 6);
    return (uint64_t)&w->private[slot];
}

/* A handler that isn't random, with flags that don't undo it. */
static uint64_t an_action(struct worker *w, uint64_t sig)
{
    static const uint64_t flags[] = {4, 4 | 0x10000000, 0x40000000, 4 | 0x08000000, 0};
    bool fault = sig == 11 || sig == 7 || sig == KICK_SIGNAL;
    if (!random_below(w, 6))
        return random_below(w, 2) ? 0 : 1ull << 48;
    w->private[8] = !fault && random_below(w, 4) == 0 ? 1 : (uint64_t)on_signal;
    w->private[9] = fault ? 4 : PICK(w, flags);
    w->private[10] = 0;
    a_mask(w, 11);
    return (uint64_t)&w->private[8];
}

/* struct sigevent: value, signo, notify, tid. SIGKILL would be obeyed. */
static uint64_t an_event(struct worker *w)
{
    uint32_t signo = (uint32_t)random_below(w, 66);
    if (!random_below(w, 4))
        return random_below(w, 2) ? 0 : 1ull << 48;
    w->private[16] = random_next(w);
    w->private[17] = (signo == 9 ? 10 : signo) | random_below(w, 6) << 32;
    w->private[18] = random_below(w, 12);
    return (uint64_t)&w->private[16];
}

/* An alternate stack that is one, or is refused. */
static uint64_t a_stack(struct worker *w)
{
    static uint8_t stacks[WORKERS_MAX][32768] PROGRAM_MEMORY;
    static unsigned next;
    if (!random_below(w, 4))
        return random_below(w, 2) ? 0 : 1ull << 48;
    if (!w->private[30])
        w->private[30] =
            (uint64_t)stacks[__atomic_fetch_add(&next, 1, __ATOMIC_RELAXED) % WORKERS_MAX];
    w->private[24] = w->private[30];
    w->private[25] = random_below(w, 4) ? 0 : random_next(w);
    w->private[26] = random_below(w, 4) ? 32768 : random_below(w, 2048);
    return (uint64_t)&w->private[24];
}

static uint64_t a_short_time(struct worker *w)
{
    w->private[32] = 0;
    w->private[33] = random_below(w, 1200000);
    return (uint64_t)&w->private[32];
}

static uint64_t root_id(struct worker *w)
{
    return random_below(w, 2) ? 0 : 0xffffffffu;
}

/* Masks that never block KICK_SIGNAL, in the worker's own memory. */
static void bend_masks(struct worker *w, uint64_t nr, uint64_t a[6])
{
    switch (nr) {
    case 22: /* epoll_pwait, epoll_pwait2 */
    case 441:
        a[4] = a_mask(w, 0);
        break;
    case 73: /* ppoll */
        a[3] = a_mask(w, 0);
        break;
    case 72: /* pselect6 */
        w->private[4] = a_mask(w, 0);
        w->private[5] = 8;
        a[5] = random_below(w, 4) ? (uint64_t)&w->private[4] : 0;
        break;
    case 133: /* rt_sigsuspend */
        a[0] = a_mask(w, 0);
        break;
    case 135: /* rt_sigprocmask */
        a[1] = a_mask(w, 0);
        break;
    }
}

static uint64_t not_kill(uint64_t sig)
{
    return sig == 9 ? 10 : sig;
}

/* A child without a stack of its own must not get one of its signals: the frame would lie on its
 * maker's. It inherits the mask; the maker's is emptied after each call. */
static void signals_block(void)
{
    uint64_t all = ~0ull;
    CALL(NR_SIGPROCMASK, 0, (uint64_t)&all, 0, 8);
}

/* clone3's request: no thread, which only the main thread makes, and no SIGKILL. Sometimes it can't
 * be read. */
static uint64_t a_clone_request(struct worker *w, uint64_t flags)
{
    if (!random_below(w, 8))
        return 1ull << 48;
    for (unsigned i = 40; i < 51; i++)
        w->private[i] = 0;
    w->private[40] = flags & ~0x100ffull;
    w->private[41] = w->private[42] = w->private[43] = a_pointer(w);
    w->private[44] = not_kill(random_below(w, 65));
    return (uint64_t)&w->private[40];
}

static void bend_signals(struct worker *w, uint64_t nr, uint64_t a[6])
{
    switch (nr) {
    case 134: /* rt_sigaction */
        a[1] = an_action(w, a[0]);
        break;
    case 107: /* timer_create */
        a[1] = an_event(w);
        break;
    case 132: /* sigaltstack */
        a[0] = a_stack(w);
        break;
    case 129: /* kill, tkill, rt_sigqueueinfo, pidfd_send_signal */
    case 130:
    case 138:
    case 424:
        a[1] = not_kill(a[1]);
        break;
    case 131: /* tgkill, rt_tgsigqueueinfo */
    case 240:
        a[2] = not_kill(a[2]);
        break;
    }
}

static void bend_memory(struct worker *w, uint64_t nr, uint64_t a[6])
{
    switch (nr) {
    case 215: /* munmap, mprotect, msync, mlock, munlock, mincore, madvise, mlock2 */
    case 226:
    case 227:
    case 228:
    case 229:
    case 232:
    case 233:
    case 284:
        bend_range(w, &a[0], &a[1]);
        break;
    case 216: /* mremap */
        bend_range(w, &a[0], &a[1]);
        bend_range(w, &a[4], &a[2]);
        a[3] = random_below(w, 8);
        break;
    case 222: /* mmap */
        bend_range(w, &a[0], &a[1]);
        if (!random_below(w, 4))
            a[0] = 0;
        if (a[0] == 0)
            a[3] &= ~0x10ull;
        break;
    case 230: /* mlockall for the future makes every mapping cost */
        a[0] &= 1;
        break;
    case 214: /* brk */
        a[0] = random_below(w, 4) ? (uint64_t)CALL(NR_BRK, 0) + random_below(w, 0x20000) - 0xc000
                                  : a[0];
        break;
    }
}

static void bend_ioctl(struct worker *w, uint64_t a[6])
{
    static const uint32_t requests[] = {0x5401, 0x5402, 0x540e, 0x5413, 0x5414, 0x541b,
                                        0x5421, 0x5450, 0x5451, 0x540f, 0x5410};
    if (random_below(w, 2)) {
        a[1] = PICK(w, requests);
        a[2] = a_pointer(w);
    }
}

static void bend_files(struct worker *w, uint64_t nr, uint64_t a[6])
{
    switch (nr) {
    case 51: /* chroot */
        a[0] = random_below(w, 2) ? (uint64_t) "/"
                                  : 1ull << 48; /* below a stack there may be memory */
        break;
    case 45: /* truncate, ftruncate */
    case 46:
        a[1] = modest(a[1]);
        break;
    case 47: /* fallocate */
        a[2] = modest(a[2]);
        a[3] = modest(a[3]);
        break;
    case 68: /* pwrite64, and others that move bytes: not more than there can be */
    case 63:
    case 64:
    case 67:
    case 71:
    case 76:
    case 285:
        a[3] = modest(a[3]);
        a[2] = a[2] >> 62 ? a[2] : a[2] % 0x20000;
        break;
    case 24: /* dup3 */
        a[1] = an_fd(w);
        break;
    case 25: /* fcntl: F_DUPFD's lowest */
        a[1] = random_below(w, 3) ? random_below(w, 12) : 1024 + random_below(w, 12);
        a[2] = a[1] == 0 || a[1] == 1030 ? 3 + random_below(w, 40)
               : random_below(w, 2)      ? a_pointer(w)
                                         : a[2];
        break;
    case 29:
        bend_ioctl(w, a);
        break;
    case 436: /* close_range */
        a[0] = 3 + random_below(w, 30);
        break;
    }
}

static void bend_process(struct worker *w, uint64_t nr, uint64_t a[6])
{
    switch (nr) {
    case 220: /* clone: processes, which end at once; the main thread makes threads */
        a[0] &= ~0x10000ull;
        a[0] = (a[0] & ~0xffull) | not_kill(a[0] & 0xff);
        signals_block();
        break;
    case 435:
        signals_block();
        a[0] = a_clone_request(w, argument(w, K_CLONEFLAGS));
        a[1] = random_below(w, 4) ? 64 + 8 * random_below(w, 4) : a[1];
        break;
    case 143: /* credentials: stay root */
    case 144:
    case 145:
    case 146:
    case 147:
    case 149:
        a[0] = root_id(w), a[1] = root_id(w), a[2] = root_id(w);
        break;
    case 261: /* prlimit64: limits are looked at only */
        a[2] = random_below(w, 8) ? 0 : 1ull << 48;
        break;
    case 101: /* nanosleep, clock_nanosleep */
    case 115:
        if (random_below(w, 8))
            a[nr == 101 ? 0 : 2] = a_short_time(w);
        break;
    }
}

/* exit, exit_group, rt_sigreturn, reboot, execve, execveat; setrlimit, after which the main thread
 * could make no threads. */
static bool unwanted(uint64_t nr)
{
    static const uint16_t calls[] = {93, 94, 139, 142, 221, 281, 164};
    for (size_t i = 0; i < ARRAY_SIZE(calls); i++)
        if (calls[i] == nr)
            return true;
    return false;
}

/* A new mapping somewhere else is looked at and given back. */
static void after(struct worker *w, uint64_t nr, const uint64_t a[6], long ret)
{
    uint64_t at = (uint64_t)ret;
    if ((nr != 222 && nr != 216) || ret < 0)
        return;
    if (random_below(w, 2))
        touch_read(at);
    else
        touch_write(at);
    /* Where it has neighbours that may have to be cut, which takes memory. */
    while ((at < ARENA || at >= ARENA + ARENA_BYTES) &&
           CALL(NR_MUNMAP, at, nr == 222 ? a[1] : a[2]) == -12)
        ;
}

/* Which call is next. Whatever those before returned, the n-th of a seed is the same. With bytes
 * for each, half of them are the call's number in the grammar. */
static unsigned next_call(struct worker *w)
{
    uint64_t n = w->seed + w->done;
    uint16_t index = 0, more = 0;
    if (w->input) {
        const uint8_t *at = w->input + w->done * w->input_step;
        memcpy(&index, at, sizeof index);
        memcpy(&more, at + sizeof index, sizeof more);
        n = UINT64_C(0x10001) * index + more;
    }
    w->random = n * UINT64_C(0x9e3779b97f4a7c15) | 1;
    return w->input ? index % ARRAY_SIZE(grammar) : (unsigned)random_below(w, ARRAY_SIZE(grammar));
}

void calls_one(struct worker *w)
{
    unsigned i = next_call(w);
    const struct call *c = &grammar[i];
    uint64_t a[6] = {0};
    if (c->status == NONE && random_below(w, 8))
        return;
    for (unsigned n = 0; n < 6 && c->kinds[n]; n++)
        a[n] = argument(w, c->kinds[n]);
    if (unwanted(c->nr))
        return;
    bend_masks(w, c->nr, a);
    bend_signals(w, c->nr, a);
    bend_memory(w, c->nr, a);
    bend_files(w, c->nr, a);
    bend_process(w, c->nr, a);
    w->call = i;
    long ret = call6(c->nr, a);
    __atomic_fetch_add(ret < 0 && ret > -4096 ? &failed[i] : &succeeded[i], 1, __ATOMIC_RELAXED);
    after(w, c->nr, a, ret);
}

const char *calls_name(unsigned index)
{
    return grammar[index].name;
}

void calls_report(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(grammar); i++)
        if (succeeded[i] || failed[i])
            print("%-24s %10lu succeeded %10lu failed\n", grammar[i].name, succeeded[i], failed[i]);
}

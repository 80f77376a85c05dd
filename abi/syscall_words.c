/* SPDX-License-Identifier: Apache-2.0 */
/*
 * abi/syscall_words.h. A vocabulary is text, "value word value word ...", values in hexadecimal: it
 * is read when somebody looks, and is smaller than any table. Values: Linux' uapi headers (generic,
 * as arm64 has them).
 */
#include "abi/syscall_words.h"
#include "lib/fmt.h"

struct vocabulary {
    const char *prefix;
    uint32_t one_of; /* these bits are a number, which has a word; 0: all bits are flags */
    const char *numbers;
    const char *flags; /* a word that begins with _ belongs to the one before it */
};

#define EVERY 0xffffffff
#define OPEN_FLAGS                                                                             \
    "40 CREAT 80 EXCL 100 NOCTTY 200 TRUNC 400 APPEND 800 NONBLOCK 1000 DSYNC 4000 DIRECTORY " \
    "8000 NOFOLLOW 10000 DIRECT 20000 LARGEFILE 40000 NOATIME 80000 CLOEXEC 200000 PATH"

static const struct vocabulary vocabularies[] = {
    [K_PROT] = {"PROT_", 0, "0 NONE", "1 READ 2 WRITE 4 EXEC"},
    [K_MAPFLAGS] = {"MAP_", 0, "",
                    "1 SHARED 2 PRIVATE 10 FIXED 20 ANONYMOUS 100 GROWSDOWN 2000 LOCKED "
                    "4000 NORESERVE 8000 POPULATE 10000 NONBLOCK 20000 STACK 40000 HUGETLB "
                    "100000 FIXED_NOREPLACE"},
    [K_OFLAGS] = {"O_", 3, "0 RDONLY 1 WRONLY 2 RDWR", OPEN_FLAGS},
    [K_FDFLAGS] = {"O_", 0, "", OPEN_FLAGS},
    [K_ATFLAGS] = {"AT_", 0, "",
                   "100 SYMLINK_NOFOLLOW 200 REMOVEDIR 400 SYMLINK_FOLLOW 800 NO_AUTOMOUNT "
                   "1000 EMPTY_PATH 2000 STATX_FORCE_SYNC 4000 STATX_DONT_SYNC"},
    [K_MSGFLAGS] = {"MSG_", 0, "",
                    "1 OOB 2 PEEK 4 DONTROUTE 8 CTRUNC 20 TRUNC 40 DONTWAIT 80 EOR 100 WAITALL "
                    "200 FIN 400 SYN 800 CONFIRM 1000 RST 2000 ERRQUEUE 4000 NOSIGNAL 8000 MORE "
                    "10000 WAITFORONE 20000000 FASTOPEN 40000000 CMSG_CLOEXEC"},
    [K_WAITFLAGS] = {"W", 0, "", "1 NOHANG 2 UNTRACED 4 EXITED 8 CONTINUED 1000000 NOWAIT"},
    [K_CLONEFLAGS] = {"CLONE_", 0, "",
                      "100 VM 200 FS 400 FILES 800 SIGHAND 1000 PIDFD 4000 VFORK 8000 PARENT "
                      "10000 THREAD 20000 NEWNS 40000 SYSVSEM 80000 SETTLS 100000 PARENT_SETTID "
                      "200000 CHILD_CLEARTID 1000000 CHILD_SETTID 2000000 NEWCGROUP 4000000 NEWUTS "
                      "8000000 NEWIPC 10000000 NEWUSER 20000000 NEWPID 40000000 NEWNET"},
    [K_FUTEXOP] = {"FUTEX_", 0x7f,
                   "0 WAIT 1 WAKE 2 FD 3 REQUEUE 4 CMP_REQUEUE 5 WAKE_OP 6 LOCK_PI 7 UNLOCK_PI "
                   "8 TRYLOCK_PI 9 WAIT_BITSET a WAKE_BITSET b WAIT_REQUEUE_PI c CMP_REQUEUE_PI "
                   "d LOCK_PI2",
                   "80 _PRIVATE 100 CLOCK_REALTIME"},
    [K_SOCKTYPE] = {"SOCK_", 0xf, "1 STREAM 2 DGRAM 3 RAW 4 RDM 5 SEQPACKET a PACKET",
                    "800 NONBLOCK 80000 CLOEXEC"},
    [K_FAMILY] =
        {"AF_", EVERY,
         "0 UNSPEC 1 UNIX 2 INET a INET6 10 NETLINK 11 PACKET 1f BLUETOOTH 26 ALG 28 VSOCK", ""},
    [K_WHENCE] = {"SEEK_", EVERY, "0 SET 1 CUR 2 END 3 DATA 4 HOLE", ""},
    [K_FCNTL] =
        {"F_", EVERY,
         "0 DUPFD 1 GETFD 2 SETFD 3 GETFL 4 SETFL 5 GETLK 6 SETLK 7 SETLKW 8 SETOWN 9 GETOWN "
         "a SETSIG b GETSIG f SETOWN_EX 10 GETOWN_EX 24 OFD_GETLK 25 OFD_SETLK 26 OFD_SETLKW "
         "400 SETLEASE 401 GETLEASE 402 NOTIFY 406 DUPFD_CLOEXEC 407 SETPIPE_SZ "
         "408 GETPIPE_SZ 409 ADD_SEALS 40a GET_SEALS",
         ""},
    [K_ADVICE] =
        {"MADV_", EVERY,
         "0 NORMAL 1 RANDOM 2 SEQUENTIAL 3 WILLNEED 4 DONTNEED 8 FREE 9 REMOVE a DONTFORK "
         "b DOFORK c MERGEABLE d UNMERGEABLE e HUGEPAGE f NOHUGEPAGE 10 DONTDUMP 11 DODUMP "
         "12 WIPEONFORK 13 KEEPONFORK 14 COLD 15 PAGEOUT 16 POPULATE_READ "
         "17 POPULATE_WRITE 18 DONTNEED_LOCKED 19 COLLAPSE 66 GUARD_INSTALL "
         "67 GUARD_REMOVE",
         ""},
    [K_SIGHOW] = {"SIG_", EVERY, "0 BLOCK 1 UNBLOCK 2 SETMASK", ""},
    [K_CLOCK] =
        {"CLOCK_", EVERY,
         "0 REALTIME 1 MONOTONIC 2 PROCESS_CPUTIME_ID 3 THREAD_CPUTIME_ID 4 MONOTONIC_RAW "
         "5 REALTIME_COARSE 6 MONOTONIC_COARSE 7 BOOTTIME 8 REALTIME_ALARM 9 BOOTTIME_ALARM "
         "b TAI",
         ""},
    [K_EPOLLOP] = {"EPOLL_CTL_", EVERY, "1 ADD 2 DEL 3 MOD", ""},
    [K_SHUTHOW] = {"SHUT_", EVERY, "0 RD 1 WR 2 RDWR", ""},
    [K_ITIMER] = {"ITIMER_", EVERY, "0 REAL 1 VIRTUAL 2 PROF", ""},
    [K_RESOURCE] = {"RLIMIT_", EVERY,
                    "0 CPU 1 FSIZE 2 DATA 3 STACK 4 CORE 5 RSS 6 NPROC 7 NOFILE 8 MEMLOCK 9 AS "
                    "a LOCKS b SIGPENDING c MSGQUEUE d NICE e RTPRIO f RTTIME",
                    ""},
    [K_SOLEVEL] = {"SOL_", EVERY, "0 IP 1 SOCKET 6 TCP 11 UDP 29 IPV6 3a ICMPV6 ff RAW 10e NETLINK",
                   ""},
};

/* What has been said so far. */
struct saying {
    const char *prefix;
    char *text;
    size_t size_bytes, length;
};

struct word {
    uint32_t value;
    const char *letters;
    unsigned length;
};

/* False: there are no more. */
static bool next_word(const char **at, struct word *w)
{
    const char *s = *at;
    w->value = 0;
    if (!*s)
        return false;
    for (; *s != ' '; s++)
        w->value = w->value * 16 + (unsigned)(*s <= '9' ? *s - '0' : *s - 'a' + 10);
    w->letters = ++s;
    while (*s && *s != ' ')
        s++;
    w->length = (unsigned)(s - w->letters);
    *at = *s ? s + 1 : s;
    return true;
}

static void say(struct saying *y, const char *fmt, ...) PRINTF_LIKE(2, 3);
static void say(struct saying *y, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    size_t left = y->size_bytes - y->length;
    size_t n = (size_t)fmt_vprint(y->text + y->length, left, fmt, ap);
    va_end(ap);
    y->length += MIN(n, left - 1);
}

static void say_word(struct saying *y, const struct word *w)
{
    if (*w->letters == '_')
        say(y, "%.*s", (int)w->length, w->letters);
    else
        say(y, "%s%s%.*s", y->length ? "|" : "", y->prefix, (int)w->length, w->letters);
}

static void say_rest(struct saying *y, uint64_t value)
{
    say(y, "%s%s%lx", y->length ? "|" : "", value ? "0x" : "", (unsigned long)value);
}

static void say_number(struct saying *y, const char *words, uint64_t number)
{
    struct word w;
    while (next_word(&words, &w))
        if (w.value == number) {
            say_word(y, &w);
            return;
        }
    say_rest(y, number);
}

static uint64_t say_flags(struct saying *y, const char *words, uint64_t value)
{
    struct word w;
    while (next_word(&words, &w))
        if (value & w.value) {
            say_word(y, &w);
            value &= ~(uint64_t)w.value;
        }
    return value;
}

bool syscall_words(char *text, size_t size_bytes, enum syscall_kind kind, uint64_t value)
{
    if (kind >= ARRAY_SIZE(vocabularies) || !vocabularies[kind].prefix || !size_bytes)
        return false;
    const struct vocabulary *v = &vocabularies[kind];
    struct saying y = {v->prefix, text, size_bytes, 0};
    value = (uint32_t)value;
    if (v->one_of || !value)
        say_number(&y, v->numbers, value & v->one_of);
    uint64_t rest = say_flags(&y, v->flags, value & ~(uint64_t)v->one_of);
    if (rest)
        say_rest(&y, rest);
    return true;
}

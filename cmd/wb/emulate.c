/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/wb/emulate.h"
#include "cmd/wb/outcome.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "vmm/gdb.h"
#include "gobin/layout.h"
#include "gobin/settle.h"

static const struct way ways[WAYS] = {
    {"as it is", false, 0, {NULL}, false},
    {"flag off", true, 0, {"GOGC=off", "GOMAXPROCS=1", NULL}, false},
    {"flag on", true, 1, {"GOGC=off", "GOMAXPROCS=1", NULL}, false},
    {"pressed", false, 0, {"GOGC=1", "GODEBUG=gccheckmark=1", NULL}, false},
    {"machine", false, 0, {"GOGC=1", "GODEBUG=gccheckmark=1", NULL}, true},
};
enum { MACHINE_PATIENCE_S = 60 };

/* Positions in the reply to `g`, in bytes: of the register that holds the goroutine. */
static unsigned g_offset(enum gobin_machine machine)
{
    static const unsigned offsets[] = {28 * 8, 14 * 8, 27 * 8};
    return offsets[machine];
}

static const char *emulator(enum gobin_machine machine)
{
    static const char *const names[] = {"qemu-aarch64", "qemu-x86_64", "qemu-riscv64"};
    return names[machine];
}

/* This very command in its other role; the variables above are among those that it hands on. */
static NORETURN void machine_child(const struct wb *wb)
{
    char timeout[16];
    snprintf(timeout, sizeof(timeout), "%ds", MACHINE_PATIENCE_S);
    execl("/proc/self/exe", "mazboot", "run", "--timeout", timeout, wb->run_path, (char *)NULL);
    _exit(127);
}

static NORETURN void child(const struct wb *wb, const struct way *way, const char *socket,
                           int output)
{
    for (size_t i = 0; way->environment[i]; i++)
        putenv((char *)(uintptr_t)way->environment[i]);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    dup2(null, 0);
    dup2(output, 1);
    dup2(output, 2);
    const char *qemu = emulator(wb->bin.elf.machine);
    if (way->machine)
        machine_child(wb);
    if (way->forced)
        execlp(qemu, qemu, "-g", socket, wb->run_path, (char *)NULL);
    else
        execlp(qemu, qemu, wb->run_path, (char *)NULL);
    _exit(127);
}

/* What of the write barrier buffer can be seen where the program stands. */
struct sight {
    uint64_t next, end, first; /* the words next and end, and the first of the buffer's own */
    vaddr_t buffer;
};

static int buffer_look(const struct wb *wb, struct gdb *gdb, struct sight *s)
{
    struct layout_fingerprint f;
    uint64_t g = 0, m = 0, p = 0;
    if (layout_fingerprint(&f, &wb->bin) != 0)
        return error_set(gdb->err, -ENOENT, "the program has no write barrier code");
    int rc = gdb_register(gdb, g_offset(wb->bin.elf.machine), &g);
    if (rc == 0)
        rc = gdb_read(gdb, g + (vaddr_t)f.g_m, &m, 8);
    if (rc == 0)
        rc = gdb_read(gdb, m + (vaddr_t)f.m_p, &p, 8);
    s->buffer = p + (vaddr_t)f.p_wbbuf;
    if (rc == 0)
        rc = gdb_read(gdb, s->buffer, &s->next, 8);
    if (rc == 0)
        rc = gdb_read(gdb, s->buffer + 8, &s->end, 8);
    return rc == 0 ? gdb_read(gdb, s->buffer + 16, &s->first, 8) : rc;
}

static int run_to(const struct wb *wb, struct gdb *gdb, const char *function)
{
    struct gofunc f;
    int status = 0;
    unsigned size = wb->bin.elf.machine == GOBIN_AMD64 ? 1 : 4;
    if (pclntab_find_name(&wb->bin.pclntab, function, &f) != 0)
        return error_set(gdb->err, -ENOENT, "the program has no %s", function);
    int rc = gdb_breakpoint(gdb, f.entry, true, size);
    if (rc == 0)
        rc = gdb_continue(gdb, &status);
    if (rc == 0)
        return error_set(gdb->err, -ESRCH,
                         "the program ended, with status %d, before it came to %s", status,
                         function);
    return rc < 0 ? rc : gdb_breakpoint(gdb, f.entry, false, size);
}

static int force(const struct wb *wb, const struct way *way, struct gdb *gdb, struct outcome *out)
{
    struct sight end;
    int rc = run_to(wb, gdb, "main.main");
    if (rc == 0)
        rc = gdb_write(gdb, wb->barriers.flag, &way->flag, sizeof(way->flag));
    if (rc == 0)
        rc = run_to(wb, gdb, "runtime.exit");
    if (rc == 0)
        rc = buffer_look(wb, gdb, &end);
    if (rc < 0)
        return rc;
    out->buffer_good = end.next > end.buffer && end.next <= end.end;
    out->recorded =
        end.first != 0; /* a flush empties the buffer by setting next back, and clears nothing */
    return gdb_continue(gdb, &out->status);
}

static void collect(int fd, char *output)
{
    size_t n = 0;
    ssize_t got;
    while (n + 1 < OUTPUT_MAX && (got = read(fd, output + n, OUTPUT_MAX - 1 - n)) > 0)
        n += (size_t)got;
    output[n] = 0;
}

/* Why the program can't run on Mazboot's kernel here, or NULL. */
static const char *no_machine(const struct wb *wb)
{
    const char *qemu = getenv("MAZBOOT_QEMU");
    if (wb->bin.elf.machine != GOBIN_ARM64)
        return "the kernel is for arm64";
    if (!qemu && system("command -v qemu-system-aarch64 >/dev/null 2>&1") != 0)
        return "qemu-system-aarch64 isn't installed";
    return NULL;
}

/* The output goes to an unnamed file, so that nobody has to read while the debugger's side is
 * driven. */
static int run_way(const struct wb *wb, const struct way *way, struct outcome *out)
{
    struct error err = {0};
    char socket[64];
    struct gdb gdb;
    out->left_out = way->machine ? no_machine(wb) : NULL;
    if (out->left_out)
        return 0;
    FILE *output = tmpfile();
    snprintf(socket, sizeof(socket), "/tmp/mazboot-wb-%d.sock", getpid());
    if (!output)
        return fail(1, "cannot make a temporary file: %s", strerror(errno));
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0)
        child(wb, way, socket, fileno(output));
    int rc = pid < 0 ? error_errno(&err, "cannot start the emulator") : 0, status = 0;
    if (rc == 0 && way->forced) {
        rc = gdb_connect(&gdb, socket, &err);
        if (rc == 0) {
            rc = force(wb, way, &gdb, out);
            gdb_close(&gdb);
        }
        if (rc < 0)
            kill(pid, SIGKILL);
    }
    if (pid > 0)
        waitpid(pid, &status, 0);
    if (!way->forced)
        out->status = WIFEXITED(status) ? WEXITSTATUS(status) : 256 + WTERMSIG(status);
    unlink(socket);
    lseek(fileno(output), 0, SEEK_SET);
    collect(fileno(output), out->output);
    fclose(output);
    if (out->status == 127)
        return fail(1, "%s isn't there: install qemu-user", emulator(wb->bin.elf.machine));
    return rc < 0 ? fail(1, "%s, %s: %s", wb->path, way->name, err.text) : 0;
}

/* A file that runs as it is: of a position-independent program, a copy in copy[]. 0, or the exit
 * status. */
static int runnable(struct wb *wb, char *copy, size_t size)
{
    const char *folder = getenv("TMPDIR");
    uint8_t *bytes;
    wb->run_path = wb->path;
    if (!wb->bin.elf.pie)
        return 0;
    if (settle(&wb->bin, &bytes) != 0)
        return fail(1, "%s: %s", wb->path, wb->bin.error.text);
    snprintf(copy, size, "%s/mazboot-wb-XXXXXX", folder && *folder ? folder : "/tmp");
    int fd = mkstemp(copy);
    size_t length = wb->bin.elf.file.size;
    bool written = fd >= 0 && write(fd, bytes, length) == (ssize_t)length && fchmod(fd, 0700) == 0;
    int error = errno;
    free(bytes);
    if (fd >= 0)
        close(fd);
    wb->run_path = copy;
    return written ? 0 : fail(1, "cannot write %s: %s", copy, strerror(error));
}

int emulate_compare(const struct wb *program)
{
    struct outcome *all = calloc(WAYS, sizeof(*all));
    struct wb wb = *program;
    char copy[256] = "";
    bool good = true;
    if (!all)
        return fail(1, "no memory for the program's output");
    int status = runnable(&wb, copy, sizeof(copy));
    for (size_t i = 0; i < WAYS && status == 0; i++)
        status = run_way(&wb, &ways[i], &all[i]);
    if (status == 0)
        outcomes_print(ways, all);
    for (size_t i = 0; i < WAYS && status == 0; i++)
        good &= outcome_print(&ways[i], &all[i], &all[0]);
    if (*copy)
        unlink(copy);
    free(all);
    return status ? status : !good;
}

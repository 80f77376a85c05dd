/* SPDX-License-Identifier: Apache-2.0 */
/* Both runs of a script, and their comparison line by line. */
#include "tests/fs/script.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTEXT_LINES 40

static void write_all(int fd, const char *p, size_t n)
{
    while (n) {
        ssize_t w = write(fd, p, n);
        if (w <= 0)
            _exit(3);
        p += w;
        n -= (size_t)w;
    }
}

static void host_child(script_fn *script, uint64_t seed, const char *dir, int out)
{
    struct run *r = run_new(&host_api, seed);
    signal(SIGPIPE, SIG_IGN);
    umask(022);
    if (chdir(dir) || chroot(".") || chmod(".", 0777))
        _exit(2);
    run_script(r, script);
    write_all(out, r->log, r->used);
    _exit(0);
}

static size_t read_all(int fd, char *buf, size_t size)
{
    size_t used = 0;
    ssize_t n;
    while ((n = read(fd, buf + used, size - used - 1)) > 0)
        used += (size_t)n;
    buf[used] = 0;
    return used;
}

static void host_run(struct run *r, script_fn *script)
{
    char dir[] = "/dev/shm/mazboot-fs-XXXXXX", command[64];
    int out[2], status;
    if (!mkdtemp(dir) || pipe(out))
        abort();
    pid_t pid = fork();
    if (!pid) {
        close(out[0]);
        host_child(script, r->seed, dir, out[1]);
    }
    close(out[1]);
    r->used = read_all(out[0], r->log, r->size);
    close(out[0]);
    waitpid(pid, &status, 0);
    snprintf(command, sizeof(command), "rm -rf %s", dir);
    if (system(command) || status) {
        fprintf(stderr, "the host's run of the script failed (status %x)\n", (unsigned)status);
        abort();
    }
}

static const char *line_end(const char *p)
{
    const char *end = strchr(p, '\n');
    return end ? end : p + strlen(p);
}

/* Both agree up to here: show the last lines and the difference. */
static void show(const char *name, uint64_t seed, const char *log, const char *a, const char *b)
{
    const char *from = a;
    for (int lines = 0; from > log && lines <= CONTEXT_LINES; from--)
        lines += from[-1] == '\n';
    fprintf(stderr, "%s, seed %llu: the kernels differ after\n%.*s", name, (unsigned long long)seed,
            (int)(a - from), from);
    fprintf(stderr, "  Linux: %.*s\n  ours:  %.*s\n", (int)(line_end(a) - a), a,
            (int)(line_end(b) - b), b);
}

static int compare(const char *name, const struct run *host, const struct run *ours)
{
    const char *a = host->log, *b = ours->log;
    while (*a || *b) {
        size_t n = (size_t)(line_end(a) - a);
        if (n != (size_t)(line_end(b) - b) || memcmp(a, b, n)) {
            show(name, host->seed, host->log, a, b);
            return 1;
        }
        a += n + (a[n] == '\n');
        b += n + (b[n] == '\n');
    }
    return 0;
}

int compare_run(const char *name, script_fn *script, uint64_t seed)
{
    struct run *host = run_new(&host_api, seed), *ours = run_new(&kernel_api, seed);
    host_run(host, script);
    kernel_setup(022, 0, 0);
    run_script(ours, script);
    kernel_teardown();
    int differ = compare(name, host, ours);
    run_free(host);
    run_free(ours);
    return differ;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of the memory. */
#include "tests/kernel/process/process.h"

#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#define BIG (8u << 20)

static int counter = 1;

static void fork_memory(void)
{
    int on_stack = 1, ends_here[2], got[6] = {0};
    pid_t parent = getpid();
    volatile int *shared =
        mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int fd = open("shared", O_RDWR | O_CREAT, 0600);
    (void)!ftruncate(fd, 8192);
    volatile int *file = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    volatile int *own = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *big = malloc(BIG);
    memset(big, 'p', BIG);
    shared[0] = 1, file[0] = 1, own[0] = 1;
    (void)!pipe(ends_here);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        counter++, on_stack++, shared[0]++, shared[5000]++, file[0]++, own[0]++;
        memset(big + BIG / 2, 'c', BIG / 2);
        int seen[6] = {counter, on_stack, shared[0], file[0], own[0], big[0]};
        mprotect(big, 4096, PROT_NONE);
        (void)!write(ends_here[1], seen, sizeof seen);
        _exit(getppid() == parent && getpid() == gettid() ? 5 : 6);
    }
    counter += 10;
    say_status("fork", wait_for(pid));
    (void)!read(ends_here[0], got, sizeof got);
    printf("child: %d %d %d %d %d %d\n", got[0] % 10, got[1], got[2], got[3], got[4], got[5]);
    printf("parent: %d %d %d %d %d %d\n", counter, on_stack, shared[0], shared[5000], file[0],
           own[0]);
    size_t changed = 0;
    for (size_t i = 0; i < BIG; i++)
        changed += big[i] != 'p';
    printf("changed: %zu\n", changed);
    big[0] = 1;
    free(big);
}

static int nested(int depth)
{
    counter = depth;
    pid_t pid = depth ? fork() : -1;
    if (depth && !pid)
        _exit(nested(depth - 1));
    int below = depth ? WEXITSTATUS(wait_for(pid)) : 0;
    return counter == depth ? below + 1 : 100;
}

static void *fork_there(void *arg)
{
    (void)arg;
    pid_t pid = fork();
    if (!pid)
        execve(self, (char *[]){"process", "alone", NULL}, nothing);
    say_status("fork in a thread", wait_for(pid));
    return NULL;
}

/* While other threads write all the time, nothing of theirs may get lost. */
static volatile unsigned long written[4][512];
static volatile int stop;

static void *writer(void *arg)
{
    volatile unsigned long *mine = written[(long)arg];
    unsigned long n = 0;
    while (!stop) {
        n++;
        for (int i = 0; i < 512; i++)
            if (mine[i]++ != n - 1)
                return "lost";
    }
    return "kept";
}

static void fork_beside_writers(void)
{
    pthread_t t[4];
    void *result;
    for (long i = 0; i < 4; i++)
        pthread_create(&t[i], NULL, writer, (void *)i);
    for (int i = 0; i < 30; i++) {
        pid_t pid = fork();
        if (!pid) {
            memset((void *)written, 0x55, sizeof written);
            _exit(3);
        }
        if (wait_for(pid) != 3 << 8)
            printf("child %d is lost\n", i);
    }
    stop = 1;
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], &result);
        printf("writer: %s\n", (char *)result);
    }
}

/* Semaphores in memory that both have: a file's, at two addresses, and nobody's. */
static void semaphores(void)
{
    int fd = open("semaphores", O_RDWR | O_CREAT, 0600);
    (void)!ftruncate(fd, 4096);
    sem_t *s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    sem_t *own = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_init(&s[0], 1, 0);
    sem_init(&own[0], 1, 0);
    fflush(stdout);
    pid_t pid = fork();
    if (!pid) {
        sem_t *again = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        for (int i = 0; i < 100; i++) {
            sem_wait(&again[0]);
            sem_post(&own[0]);
        }
        _exit(again == s);
    }
    for (int i = 0; i < 100; i++) {
        sem_post(&s[0]);
        sem_wait(&own[0]);
    }
    say_status("semaphores", wait_for(pid));
}

/* A vDSO's function, or NULL: a static program's C library keeps them to itself. */
static void *vdso_function(const char *name)
{
    const char *base = (void *)getauxval(AT_SYSINFO_EHDR);
    const Elf64_Ehdr *e = (void *)base;
    const Elf64_Phdr *p = (void *)(base + e->e_phoff);
    const Elf64_Dyn *d = NULL;
    const char *names = NULL, *symbols = NULL;
    const uint32_t *hash = NULL;
    for (int i = 0; i < e->e_phnum; i++)
        if (p[i].p_type == PT_DYNAMIC)
            d = (void *)(base + p[i].p_vaddr);
    for (; d && d->d_tag; d++) {
        names = d->d_tag == DT_STRTAB ? base + d->d_un.d_ptr : names;
        symbols = d->d_tag == DT_SYMTAB ? base + d->d_un.d_ptr : symbols;
        hash = d->d_tag == DT_HASH ? (void *)(base + d->d_un.d_ptr) : hash;
    }
    for (uint32_t i = 0; hash && i < hash[1]; i++) {
        const Elf64_Sym *s = (void *)(symbols + i * sizeof *s);
        if (!strcmp(names + s->st_name, name))
            return (void *)(base + s->st_value);
    }
    return NULL;
}

/* A state of the vDSO's getrandom (Linux 6.11) is copied with all else, what it gives mustn't be.
 */
static void fork_random(void)
{
    ssize_t (*draw)(void *, size_t, unsigned, void *, size_t) = vdso_function("__kernel_getrandom");
    struct {
        uint32_t bytes, prot, flags, reserved[13];
    } params = {0};
    uint8_t mine[16], childs[16] = {0};
    int ends_here[2];
    (void)!pipe(ends_here);
    if (draw)
        draw(NULL, 0, 0, &params, ~0ul);
    void *state = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (draw)
        draw(mine, 1, 0, state, params.bytes);
    fflush(stdout);
    pid_t pid = fork();
    ssize_t got =
        draw ? draw(mine, sizeof mine, 0, state, params.bytes) : getrandom(mine, sizeof mine, 0);
    if (!pid)
        _exit(write(ends_here[1], mine, sizeof mine) != sizeof mine);
    wait_for(pid);
    (void)!read(ends_here[0], childs, sizeof childs);
    printf("fork random: %d bytes, %s\n", (int)got,
           memcmp(mine, childs, sizeof mine) ? "others" : "the same");
    close(ends_here[0]), close(ends_here[1]);
}

void forks(void)
{
    pthread_t t;
    fork_memory();
    fork_random();
    printf("nested: %d\n", nested(5));
    pthread_create(&t, NULL, fork_there, NULL);
    pthread_join(t, NULL);
    fork_beside_writers();
    semaphores();
}

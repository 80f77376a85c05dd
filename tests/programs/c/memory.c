/* SPDX-License-Identifier: Apache-2.0 */
/* Memory as C libraries use it: brk, malloc of all sizes, mremap, protection, code made at run
 * time, the stack's growth. */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int errno_of(long result)
{
    return result == -1 ? errno : 0;
}

static void heap(void)
{
    char *start = sbrk(0);

    sbrk(1 << 20);
    memset(start, 1, 1 << 20);
    sbrk(-(1 << 20));
    sbrk(1 << 20);
    printf("brk: same place %d, zero again %d\n", (char *)sbrk(0) == start + (1 << 20),
           start[4096 * 3] == 0);
    sbrk(-(1 << 20));
}

static void allocate(void)
{
    enum { BLOCKS = 2000 };
    static unsigned char *blocks[BLOCKS];
    unsigned seed = 1;
    size_t bad = 0;

    for (int i = 0; i < 20000; i++) {
        seed = seed * 1103515245 + 12345;
        int slot = (int)(seed >> 8) % BLOCKS;
        size_t size = 16U << (seed >> 20) % 14;

        if (blocks[slot])
            bad += blocks[slot][0] != (unsigned char)slot;
        free(blocks[slot]);
        blocks[slot] = malloc(size);
        memset(blocks[slot], slot, size < 5000 ? size : 5000);
    }
    for (int i = 0; i < BLOCKS; i++)
        free(blocks[i]);
    printf("malloc: %zu bad\n", bad);
}

/* A good part of the machine's memory, most of it never in use before. */
static void new_memory(void)
{
    enum { BYTES = 224 << 20 };
    uint64_t *words = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    size_t bad = 0;

    madvise(words, BYTES / 8 * 7, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < BYTES / sizeof *words; i++)
        bad += words[i] != 0;
    printf("new memory: %zu words are not zero\n", bad);
    munmap(words, BYTES);
}

static void remap(void)
{
    size_t page = 4096;
    char *p = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    memset(p, 'a', 4 * page);
    char *q = mremap(p, 4 * page, 64 * page, MREMAP_MAYMOVE);
    printf("mremap: grown %d, kept %d, zero after %d\n", q != MAP_FAILED, q[4 * page - 1] == 'a',
           q[4 * page] == 0);
    q = mremap(q, 64 * page, page, 0);
    printf("mremap: shrunk %d\n", q != MAP_FAILED && q[page - 1] == 'a');
    printf("munmap: %d, then msync says ENOMEM %d\n", munmap(q, page),
           errno_of(msync(q, page, MS_ASYNC)) == ENOMEM);
    printf("odd address: EINVAL %d\n", errno_of(munmap(q + 1, page)) == EINVAL);
    printf("no length: EINVAL %d\n",
           mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
               errno == EINVAL);
    printf("no kind: EINVAL %d\n",
           mmap(NULL, page, PROT_READ, MAP_ANONYMOUS, -1, 0) == MAP_FAILED && errno == EINVAL);
    printf("bad file: EBADF %d\n",
           mmap(NULL, page, PROT_READ, MAP_PRIVATE, 99, 0) == MAP_FAILED && errno == EBADF);
}

static void shared(void)
{
    int *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    p[0] = 5;
    madvise(p, 4096, MADV_DONTNEED);
    printf("shared memory survives MADV_DONTNEED: %d\n", p[0]);
}

/* mov w0, #N; ret */
static void make_code(uint32_t *code, uint32_t n)
{
    code[0] = 0x52800000 | n << 5;
    code[1] = 0xd65f03c0;
    __builtin___clear_cache((char *)code, (char *)(code + 2));
}

static void code(void)
{
    uint32_t *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int (*function)(void) = (int (*)(void))(uintptr_t)page;

    for (uint32_t n = 1; n <= 3; n++) {
        mprotect(page, 4096, PROT_READ | PROT_WRITE);
        make_code(page, n * 11);
        mprotect(page, 4096, PROT_READ | PROT_EXEC);
        printf("code made at run time returns %d\n", function());
    }
}

static int deep(int levels)
{
    volatile char frame[1024];

    frame[levels % 1024] = 1;
    return levels ? deep(levels - 1) + frame[levels % 1024] : 0;
}

int main(void)
{
    new_memory();
    heap();
    allocate();
    remap();
    shared();
    code();
    printf("stack: %d\n", deep(4000));
    return 0;
}

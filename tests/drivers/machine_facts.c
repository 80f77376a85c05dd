/* SPDX-License-Identifier: Apache-2.0 */
/* Prints what machine_read makes of the device tree in FILE, for machine.sh: machine_facts FILE
 * BOOT_MPIDR. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/core/machine.h"

static void window(const char *name, const struct machine_window *w)
{
    if (w->size_bytes)
        printf("%s %" PRIx64 " %" PRIx64 "\n", name, w->base, w->size_bytes);
}

static void print(const struct machine *m, const void *tree)
{
    static const char *const conduits[] = {"none", "hvc", "smc"};
    for (unsigned i = 0; i < m->nram; i++)
        printf("ram %" PRIx64 " %" PRIx64 "\n", m->ram[i].start, m->ram[i].end - m->ram[i].start);
    for (unsigned i = 0; i < m->nreserved; i++)
        if (m->reserved[i].start != (uintptr_t)tree)
            printf("reserved %" PRIx64 " %" PRIx64 "\n", m->reserved[i].start,
                   m->reserved[i].end - m->reserved[i].start);
    for (unsigned i = 0; i < m->ncpus; i++)
        printf("cpu %" PRIx64 "%s\n", m->cpus[i].mpidr, m->cpus[i].psci ? " psci" : "");
    printf("conduit %s\ngic %u\n", conduits[m->conduit], m->gic_version);
    window("dist", &m->gic_dist);
    window("gicc", &m->gic_cpu);
    for (unsigned i = 0; i < m->ngic_redist; i++)
        window("redist", &m->gic_redist[i]);
    window("uart", &m->uart);
    window("rtc", &m->rtc);
    printf("uart irq %u\ntimer irq %u\n", m->uart_intid, m->timer_intid);
    for (unsigned i = 0; i < m->nvirtio; i++)
        printf("virtio %" PRIx64 " %u\n", m->virtio[i].base, m->virtio[i].intid);
    if (m->initrd.end)
        printf("initrd %" PRIx64 " %" PRIx64 "\n", m->initrd.start, m->initrd.end);
    printf("bootargs %s\nseed ", m->bootargs);
    for (unsigned i = 0; i < m->seed_bytes; i++)
        printf("%02x", m->seed[i]);
    printf("\nignored %u\n", m->ignored);
}

int main(int argc, char **argv)
{
    static struct machine m;
    FILE *f = argc == 3 ? fopen(argv[1], "rb") : NULL;
    if (!f)
        return 2;
    size_t size = 2 << 20;
    void *tree = aligned_alloc(4096, size);
    size = fread(tree, 1, size, f);
    const char *why = machine_read(&m, tree, size, strtoull(argv[2], NULL, 16));
    if (why)
        printf("failed: %s\n", why);
    else
        print(&m, tree);
    if (m.seed_bytes && memmem(tree, size, m.seed, m.seed_bytes))
        printf("the seed is still in the tree\n");
    fclose(f);
    free(tree);
    return 0;
}

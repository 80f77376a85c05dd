/* SPDX-License-Identifier: Apache-2.0 */
/* machine_read on damaged device trees: it refuses them, or what it gives keeps every promise of
 * its header. */
#include <stdlib.h>
#include <string.h>

#include "kernel/core/machine.h"
#include "tests/drivers/rig.h"

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check_ranges(const struct mem_range *r, unsigned count, unsigned max)
{
    CHECK(count <= max);
    for (unsigned i = 0; i < count; i++)
        CHECK(r[i].start < r[i].end && r[i].end <= UINT64_C(1) << 47);
}

static void check(const struct machine *m, const char *tree, size_t size)
{
    check_ranges(m->ram, m->nram, MACHINE_RAM_MAX);
    check_ranges(m->reserved, m->nreserved, MACHINE_RESERVED_MAX);
    CHECK(m->nram > 0);
    for (unsigned i = 0; i < m->nram; i++) {
        CHECK(m->ram[i].start % PAGE_SIZE == 0 && m->ram[i].end % PAGE_SIZE == 0);
        CHECK(i == 0 || m->ram[i - 1].end < m->ram[i].start);
    }
    CHECK(m->ncpus >= 1 && m->ncpus <= MACHINE_CPU_MAX && m->cpus[0].mpidr == 0);
    CHECK(m->gic_version == 2 ||
          (m->gic_version == 3 && m->ngic_redist >= 1 && m->ngic_redist <= MACHINE_GICR_MAX));
    CHECK(m->timer_intid >= 16 && m->timer_intid < 1020 && m->uart_intid < 1020);
    CHECK(m->nvirtio <= MACHINE_VIRTIO_MAX && m->seed_bytes <= MACHINE_SEED_MAX);
    for (unsigned i = 0; i < m->nvirtio; i++)
        CHECK(m->virtio[i].intid >= 32 && m->virtio[i].intid < 1020);
    CHECK(!*m->bootargs || (m->bootargs > tree && m->bootargs < tree + size &&
                            memchr(m->bootargs, 0, (size_t)(tree + size - m->bootargs))));
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
    struct machine m;
    char *tree = aligned_alloc(16, size / 16 * 16 + 16);
    memcpy(tree, input, size);
    if (!machine_read(&m, tree, size, 0))
        check(&m, tree, size);
    free(tree);
    return 0;
}

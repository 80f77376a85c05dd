/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/drivers/virtio/rng.h. One page for ring and buffer, given back at the end. */
#include "kernel/drivers/virtio/rng.h"
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/clock.h"
#include "kernel/core/page.h"
#include "kernel/core/random.h"
#include "kernel/drivers/virtio/mmio.h"
#include "lib/str.h"

enum { SEED_BYTES = 32 };

#define PATIENCE_NS (NS_PER_SEC / 10)

static int seed_take(struct virtq *q, uint32_t *size_bytes)
{
    int64_t deadline_ns = clock_mono_ns() + PATIENCE_NS;
    int i;
    while ((i = virtq_take(q, size_bytes)) == -EAGAIN && clock_mono_ns() < deadline_ns)
        cpu_relax();
    return i;
}

static bool seed_ask(struct virtio_device *d, char *page)
{
    struct virtq q;
    uint32_t size_bytes;
    virtq_init(&q, page, 1);
    char *seed = page + virtq_bytes(1);
    uint64_t agreed;
    if (virtio_begin(d, 0, &agreed) < 0 || virtio_queue_start(d, 0, &q) < 0)
        return false;
    virtq_bind(&q, 0, virt_to_phys(seed), true);
    virtq_give(&q, 0, SEED_BYTES);
    virtio_ready(d);
    virtio_notify(d, 0);
    if (seed_take(&q, &size_bytes) < 0 || size_bytes == 0)
        return false;
    random_add("the virtio entropy source", seed, size_bytes);
    memset(seed, 0, SEED_BYTES);
    return true;
}

bool virtio_rng_seed(const struct machine *m)
{
    struct virtio_device d;
    if (!virtio_find(m, VIRTIO_ID_RNG, &d))
        return false;
    paddr_t pa = page_alloc(0, PAGE_ZERO);
    if (pa == PAGE_NONE)
        return false;
    bool seeded = seed_ask(&d, phys_to_virt(pa));
    virtio_reset(&d);
    page_put(pa);
    return seeded;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/linux/vdso/vdso.h. Owns the two pages, data then code, which are never freed. */
#include "kernel/linux/vdso/vdso.h"
#include "abi/errno.h"
#include "abi/linux_time.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/aspace.h"
#include "kernel/linux/vdso/data.h"
#include "lib/str.h"

/* The linked object and where in it the signal trampoline is: made by kernel/linux/vdso/mod.mk. */
extern const char vdso_image[], vdso_image_end[];
extern const uint64_t vdso_sigreturn_offset;

static struct vmobj pages;
static struct vdso_data *data;

_Static_assert(VDSO_DATA_BYTES == PAGE_SIZE && sizeof(struct vdso_data) <= PAGE_SIZE,
               "data before code, a page each");

int vdso_init(const struct timebase *timebase, int64_t wall_offset_ns)
{
    paddr_t pa = page_alloc(1, PAGE_ZERO);
    if (pa == PAGE_NONE)
        return -ENOMEM;
    data = phys_to_virt(pa);
    data->base_ticks = timebase->base_ticks;
    data->to_ns = timebase->to_ns;
    data->s_mult = VDSO_S_MULT;
    data->random_generation = 1;
    vdso_set_wall(wall_offset_ns);
    memcpy((char *)data + PAGE_SIZE, vdso_image, (size_t)(vdso_image_end - vdso_image));
    vmobj_init_pinned(&pages, pa, 2 * PAGE_SIZE);
    return 0;
}

void vdso_set_wall(int64_t offset_ns)
{
    static const uint8_t wall[] = {LINUX_CLOCK_REALTIME, LINUX_CLOCK_REALTIME_COARSE,
                                   LINUX_CLOCK_TAI};
    for (unsigned i = 0; i < ARRAY_SIZE(wall); i++)
        __atomic_store_n(&data->offset_ns[wall[i]], offset_ns, __ATOMIC_RELAXED);
}

void vdso_renew_random(void)
{
    __atomic_fetch_add(&data->random_generation, 1, __ATOMIC_RELEASE);
}

int vdso_map(struct aspace *as, vaddr_t *ehdr)
{
    struct aspace_map m = {
        .size_bytes = 2 * PAGE_SIZE,
        .prot = ASPACE_READ,
        .max_prot = ASPACE_READ | ASPACE_EXEC,
        .flags = ASPACE_VDSO,
        .obj = &pages,
        .name = "[vvar]",
    };
    vaddr_t at;
    int err = aspace_map(as, &m, &at);
    if (err)
        return err;
    m.addr = at + PAGE_SIZE;
    m.size_bytes = PAGE_SIZE;
    m.offset = PAGE_SIZE;
    m.prot = ASPACE_READ | ASPACE_EXEC;
    m.flags |= ASPACE_FIXED;
    m.name = "[vdso]";
    return aspace_map(as, &m, ehdr);
}

vaddr_t vdso_sigreturn(vaddr_t ehdr)
{
    return ehdr + vdso_sigreturn_offset;
}

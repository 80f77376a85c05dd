/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a device tree: no read outside them. */
#include "lib/fdt.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int use(void *arg, const struct fdt_node *n)
{
    volatile uint64_t *sink = arg;
    uint64_t a, s;
    uint32_t u;

    *sink += strlen(n->name) + fdt_name_is(n, "memory");
    for (unsigned i = 0; i < 3; i++)
        if (fdt_reg(n, 0, i, &a, &s))
            *sink += a + s;
    if (fdt_string(fdt_prop(n, 1)))
        *sink += strlen(fdt_string(fdt_prop(n, 1)));
    *sink += fdt_has_string(fdt_prop(n, 1), "arm,pl011") + fdt_u32(fdt_prop(n, 2), 1, &u) +
             fdt_u64(fdt_prop(n, 2), &a);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {"reg", "compatible", "interrupts"};
    uint8_t *copy = malloc(size ? size : 1); /* aligned, and its end is watched */
    uint64_t sink = 0, a, s;
    struct fdt fdt;

    memcpy(copy, data, size);
    if (!fdt_open(&fdt, copy, size)) {
        (void)!fdt_walk(&fdt, names, 3, use, &sink);
        for (unsigned i = 0; i < 100 && fdt_reserved(&fdt, i, &a, &s); i++)
            sink += a + s;
    }
    free(copy);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/inits.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

/* PACKAGE.init or PACKAGE.init.NUMBER: the package ends at the first dot behind the last slash.
 * Dots of an import path's last element are written as %2e. */
static bool init_name(const char *name, struct span *package)
{
    const char *slash = strrchr(name, '/');
    const char *dot = strchr(slash ? slash : name, '.');
    if (!dot || strncmp(dot, ".init", 5) != 0)
        return false;
    const char *rest = dot + 5;
    if (*rest == '.')
        for (rest++; isdigit((unsigned char)*rest);)
            rest++;
    *package = (struct span){(const uint8_t *)name, (size_t)(dot - name)};
    return *rest == 0 && rest[-1] != '.';
}

int inits_find(struct gobin *bin, struct init_function **out, size_t *n)
{
    struct init_function *all = NULL;
    struct gofunc f;
    size_t count = 0, room = 0;
    for (uint32_t i = 0; i < bin->pclntab.nfuncs; i++) {
        struct span package;
        if (pclntab_func(&bin->pclntab, i, &f) != 0 || !init_name(f.name, &package))
            continue;
        if (count == room) {
            room = room ? 2 * room : 64;
            struct init_function *grown = reallocarray(all, room, sizeof(*all));
            if (!grown) {
                free(all);
                return gobin_fail(&bin->error, ENOMEM, "no memory for the list of inits");
            }
            all = grown;
        }
        all[count++] = (struct init_function){f.entry, f.name, package};
    }
    *out = all;
    *n = count;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/archive.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#define LIBRARY "libarchive.so.13" /* the name of the ABI that its headers stand for since 2010 */

int archive_library_open(struct archive_library *library, struct error *err)
{
    static const struct {
        const char *name;
        size_t at;
    } functions[] = {
#define FUNCTION(name) {#name, offsetof(struct archive_library, name)},
        ARCHIVE_FUNCTIONS(FUNCTION)
#undef FUNCTION
    };
    void *handle = dlopen(LIBRARY, RTLD_NOW);

    if (!handle)
        return error_set(err, -ENOENT, "%s; install it with apt-get install libarchive13",
                         dlerror());
    for (size_t i = 0; i < ARRAY_SIZE(functions); i++) {
        void *function = dlsym(handle, functions[i].name);
        if (!function)
            return error_set(err, -ENOTSUP, LIBRARY " has no %s", functions[i].name);
        memcpy((char *)library + functions[i].at, &function, sizeof(function));
    }
    return 0;
}

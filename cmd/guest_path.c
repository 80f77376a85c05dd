/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/guest_path.h"

#include <stdio.h>
#include <string.h>

/* Adds the parts of more to path, which has no slash at its end. False if it gets too long. */
static bool walk(char path[GUEST_PATH_BYTES], const char *more)
{
    size_t length = strlen(path);

    while (*more) {
        size_t n = strcspn(more, "/");
        bool up = n == 2 && memcmp(more, "..", 2) == 0;
        bool here = n == 0 || (n == 1 && *more == '.');
        if (up && length)
            length = (size_t)(strrchr(path, '/') - path);
        if (!up && !here) {
            if (length + 1 + n >= GUEST_PATH_BYTES)
                return false;
            path[length] = '/';
            memcpy(path + length + 1, more, n);
            length += 1 + n;
        }
        path[length] = '\0';
        more += n + (more[n] == '/');
    }
    return true;
}

static bool is_of_kernel(const char *path)
{
    static const char *const trees[] = {"/dev/", "/proc/", "/sys/"};

    for (size_t i = 0; i < ARRAY_SIZE(trees); i++)
        if (strncmp(path, trees[i], strlen(trees[i])) == 0)
            return true;
    return false;
}

void guest_path(char path[GUEST_PATH_BYTES], const char *name)
{
    const char *base = strrchr(name, '/');

    *path = '\0';
    if (!walk(path, name) || !*path || is_of_kernel(path))
        snprintf(path, GUEST_PATH_BYTES, "/%s", base ? base + 1 : name);
}

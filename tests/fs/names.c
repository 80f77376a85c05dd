/* SPDX-License-Identifier: Apache-2.0 */
/* Directory listings, sorted, so that the order of a file system doesn't matter. */
#include "tests/fs/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char suffix(unsigned type)
{
    switch (type) {
    case 1:
        return '|';
    case 4:
        return '/';
    case 10:
        return '@';
    case 12:
        return '=';
    default:
        return 0;
    }
}

void api_names_add(struct api_dirents *d, const char *name, unsigned type)
{
    char word[300];
    int len = snprintf(word, sizeof(word), "%s", name);
    if (suffix(type))
        word[len++] = suffix(type);
    word[len++] = ' ';
    word[len] = 0;
    char *at = d->names;
    while (*at && strncmp(at, word, (size_t)len) < 0)
        at = strchr(at, ' ') + 1;
    if (strlen(d->names) + (size_t)len >= sizeof(d->names))
        abort();
    memmove(at + len, at, strlen(at) + 1);
    memcpy(at, word, (size_t)len);
    d->count++;
}

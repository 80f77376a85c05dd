/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/json_text.h"

#include <stdlib.h>
#include <string.h>

json_t *json_bytes(const void *data, size_t size)
{
    json_t *s = json_stringn(size ? data : "", size);
    if (s)
        return s;
    char *copy = strndup(size ? data : "", size);
    for (char *c = copy; copy && *c; c++)
        if (*c & 0x80)
            *c = '?';
    s = json_string(copy ? copy : "");
    free(copy);
    return s;
}

json_t *json_text(const char *text)
{
    return json_bytes(text, strlen(text));
}

json_t *json_address(vaddr_t addr)
{
    return json_sprintf("0x%llx", (unsigned long long)addr);
}

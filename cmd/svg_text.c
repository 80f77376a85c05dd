/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/svg_text.h"

enum { LEAST_LETTERS = 4 };

void svg_text(FILE *out, struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = text.data[i];
        if (c == '<' || c == '>' || c == '&' || c == '"')
            fprintf(out, "&#%d;", c);
        else
            putc(c < ' ' || c > '~' ? '?' : c, out);
    }
}

struct span svg_fit(struct span path, size_t room)
{
    size_t last = 0;
    if (path.size <= room)
        return path;
    for (size_t i = 0; i < path.size; i++) {
        if (path.data[i] != '/')
            continue;
        last = i + 1;
        if (path.size - last <= room)
            return span_from(path, last);
    }
    return span_part(path, last, room < LEAST_LETTERS ? 0 : room);
}

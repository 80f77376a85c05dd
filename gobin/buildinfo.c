/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/buildinfo.h"

#include <ctype.h>
#include <stdlib.h>

/* The header: 14 bytes of magic, pointer size, flags; Go 1.18 and newer then has two strings behind
 * 32 bytes. */
static const uint8_t magic[] = "\xff Go buildinf:";
#define MAGIC_SIZE   14
#define FLAGS_OFFSET 15
#define FLAG_INLINE  2
#define HEADER_SIZE  32
#define HEADER_ALIGN 16
#define SENTINEL     16 /* random bytes before and after the module text */

static struct span header_search(struct span where)
{
    while (where.size >= HEADER_SIZE) {
        const uint8_t *hit = memmem(where.data, where.size, magic, MAGIC_SIZE);
        if (!hit)
            break;
        struct span found = span_from(where, (uint64_t)(hit - where.data));
        if (found.size >= HEADER_SIZE && (found.data[FLAGS_OFFSET] & FLAG_INLINE))
            return found;
        where = span_from(found, MAGIC_SIZE);
    }
    return (struct span){0};
}

static struct span header_find(const struct elf *e)
{
    const struct elf_section *s = elf_section(e, ".go.buildinfo");
    if (s)
        return header_search(s->contents);
    for (size_t i = 0; i < e->nsegments; i++) {
        const struct elf_segment *seg = &e->segments[i];
        if (seg->type != PT_LOAD || !(seg->flags & PF_W))
            continue;
        struct span found = header_search(seg->contents);
        if (found.data)
            return found;
    }
    return (struct span){0};
}

static struct span counted_string(struct span s, size_t *at)
{
    uint32_t size;
    if (!span_varint(s, at, &size))
        return (struct span){0};
    struct span text = span_part(s, *at, size);
    *at += text.size;
    return text;
}

/* "go1.N" with what may follow a release; also what a development version looks like. */
static bool version_plausible(struct span text)
{
    if (text.size < 6 || text.size >= 64)
        return false;
    for (size_t i = 0; i < text.size; i++)
        if (!isprint(text.data[i]))
            return false;
    if (memcmp(text.data, "devel ", 6) == 0)
        return true;
    return memcmp(text.data, "go1.", 4) == 0 && isdigit(text.data[4]);
}

static void version_set(struct buildinfo *info, struct span text)
{
    if (!version_plausible(text))
        return;
    memcpy(info->version, text.data, text.size);
    info->version[text.size] = 0;
    const char *minor = strstr(info->version, "go1.");
    info->minor = minor ? (unsigned)strtoul(minor + 4, NULL, 10) : 0;
}

/* Linkers that drop the build info still keep runtime.buildVersion: a string header in writable
 * data whose text reads like a version. */
static void version_from_data(struct buildinfo *info, const struct elf *e,
                              const struct elf_segment *seg)
{
    for (uint64_t at = 0; at + 16 <= seg->contents.size; at += 8) {
        uint64_t size, text;
        memcpy(&size, seg->contents.data + at + 8, sizeof(size));
        if (size < 6 || size >= sizeof(info->version) || !elf_pointer(e, seg->addr + at, &text))
            continue;
        version_set(info, span_part(elf_bytes(e, text), 0, size));
        if (info->version[0])
            return;
    }
}

int buildinfo_read(struct buildinfo *info, const struct elf *e)
{
    *info = (struct buildinfo){0};
    struct span header = header_find(e);
    if (header.data) {
        size_t at = HEADER_SIZE;
        version_set(info, counted_string(header, &at));
        struct span text = counted_string(header, &at);
        if (text.size > 2 * SENTINEL)
            info->lines = span_part(text, SENTINEL, text.size - 2 * SENTINEL);
    }
    info->from_rodata = !info->version[0];
    for (size_t i = 0; i < e->nsegments && !info->version[0]; i++)
        if (e->segments[i].type == PT_LOAD && (e->segments[i].flags & PF_W))
            version_from_data(info, e, &e->segments[i]);
    return 0;
}

static struct span cut(struct span *rest, char separator)
{
    const uint8_t *end = rest->size ? memchr(rest->data, separator, rest->size) : NULL;
    struct span head = {rest->data, end ? (size_t)(end - rest->data) : rest->size};
    *rest = end ? span_from(*rest, head.size + 1) : (struct span){0};
    return head;
}

bool buildinfo_next(struct span *rest, struct buildinfo_line *line)
{
    if (rest->size == 0)
        return false;
    struct span text = cut(rest, '\n');
    *line = (struct buildinfo_line){.kind = cut(&text, '\t')};
    while (text.data && line->ncolumns < ARRAY_SIZE(line->columns))
        line->columns[line->ncolumns++] = cut(&text, '\t');
    return true;
}

struct span buildinfo_setting(const struct buildinfo *info, const char *key)
{
    struct span rest = info->lines;
    struct buildinfo_line line;
    size_t n = strlen(key);
    while (buildinfo_next(&rest, &line)) {
        struct span c = line.columns[0];
        if (line.kind.size == 5 && memcmp(line.kind.data, "build", 5) == 0 && c.size > n &&
            memcmp(c.data, key, n) == 0 && c.data[n] == '=')
            return span_from(c, n + 1);
    }
    return (struct span){0};
}

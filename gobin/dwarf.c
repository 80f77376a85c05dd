/* SPDX-License-Identifier: Apache-2.0 */
/* Member offsets out of DWARF 4 and 5, by libdw, which also inflates the sections. */
#include "gobin/layout.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <errno.h>
#include <stdlib.h>

struct field {
    const char *type, *member;
};

static const struct field fields[LAYOUT_FIELD_COUNT] = {
#define X(name, type, member) {type, member},
    LAYOUT_FIELDS(X)
#undef X
};

static void member_take(struct layout *l, const char *type, Dwarf_Die *member)
{
    Dwarf_Attribute attr;
    Dwarf_Word offset;
    const char *name = dwarf_diename(member);
    if (!name || !dwarf_attr(member, DW_AT_data_member_location, &attr) ||
        dwarf_formudata(&attr, &offset) != 0 || offset > INT32_MAX)
        return;
    for (size_t i = 0; i < LAYOUT_FIELD_COUNT; i++)
        if (strcmp(fields[i].type, type) == 0 && strcmp(fields[i].member, name) == 0)
            l->at[i] = (int32_t)offset;
}

static bool type_wanted(const char *name)
{
    for (size_t i = 0; name && i < LAYOUT_FIELD_COUNT; i++)
        if (strcmp(fields[i].type, name) == 0)
            return true;
    return false;
}

static void struct_take(struct layout *l, Dwarf_Die *type)
{
    Dwarf_Die member;
    const char *name = dwarf_diename(type);
    if (!type_wanted(name) || dwarf_child(type, &member) != 0)
        return;
    do
        if (dwarf_tag(&member) == DW_TAG_member)
            member_take(l, name, &member);
    while (dwarf_siblingof(&member, &member) == 0);
}

static void units_walk(struct layout *l, Dwarf *dw)
{
    Dwarf_Off at = 0, next;
    size_t header;
    Dwarf_Die unit, die;
    while (dwarf_next_unit(dw, at, &next, &header, NULL, NULL, NULL, NULL, NULL, NULL) == 0) {
        if (dwarf_offdie(dw, at + header, &unit) && dwarf_child(&unit, &die) == 0)
            do
                if (dwarf_tag(&die) == DW_TAG_structure_type)
                    struct_take(l, &die);
            while (dwarf_siblingof(&die, &die) == 0);
        at = next;
    }
}

/* Inflating a section, libelf changes the image that it was given: it gets a copy. */
static void image_walk(struct layout *l, struct span image)
{
    char *copy = malloc(image.size);
    if (!copy)
        return;
    memcpy(copy, image.data, image.size);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory(copy, image.size);
    Dwarf *dw = elf ? dwarf_begin_elf(elf, DWARF_C_READ, NULL) : NULL;
    if (dw)
        units_walk(l, dw);
    dwarf_end(dw);
    elf_end(elf);
    free(copy);
}

static bool has_dwarf(const struct elf *e)
{
    return elf_section(e, ".debug_info") || elf_section(e, ".zdebug_info");
}

int layout_from_dwarf(struct layout *l, struct gobin *bin)
{
    struct layout found = {.minor = bin->build.minor, .from_dwarf = true};
    for (size_t i = 0; i < LAYOUT_FIELD_COUNT; i++)
        found.at[i] = -1;
    if (has_dwarf(&bin->elf))
        image_walk(&found, bin->elf.file);
    if (found.at[LAYOUT_g_m] < 0 || found.at[LAYOUT_m_p] < 0 || found.at[LAYOUT_p_wbbuf] < 0)
        return -ENOENT;
    *l = found;
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "rtgc/names.h"

#include <string.h>

static const struct builtin builtins[] = {
#define BUILTIN(id, bare, params, result, flags) \
    {BUILTIN_##id, #id, #bare, params, TYPE_##result, flags},
#include "rtgc/builtins.def"
};

struct constant {
    const char *name;
    int64_t amd64, arm64, riscv64;
};

static const struct constant constants[] = {
#define CALL(name, amd64, arm64, riscv64)      {"SYS_" #name, amd64, arm64, riscv64},
#define CONSTANT(name, value)                  {#name, value, value, value},
#define CONSTANT3(name, amd64, arm64, riscv64) {#name, amd64, arm64, riscv64},
#include "rtgc/names.def"
};

static const struct {
    const char *name;
    enum type type;
} type_names[] = {
    {"int64", TYPE_INT64},     {"int", TYPE_INT64},   {"int32", TYPE_INT32},
    {"rune", TYPE_INT32},      {"int16", TYPE_INT16}, {"int8", TYPE_INT8},
    {"uint64", TYPE_UINT64},   {"uint", TYPE_UINT64}, {"uint32", TYPE_UINT32},
    {"uint16", TYPE_UINT16},   {"uint8", TYPE_UINT8}, {"byte", TYPE_UINT8},
    {"uintptr", TYPE_UINTPTR}, {"bool", TYPE_BOOL},   {"string", TYPE_STRING},
    {"label", TYPE_LABEL},
};

const struct builtin *builtin_find(const char *name, bool qualified)
{
    for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
        if (strcmp(qualified ? builtins[i].name : builtins[i].bare, name) == 0)
            return &builtins[i];
    return NULL;
}

bool constant_find(const char *name, const char *arch, int64_t *value)
{
    for (size_t i = 0; i < ARRAY_SIZE(constants); i++) {
        const struct constant *k = &constants[i];
        if (k->name[0] != name[0] || strcmp(k->name, name) != 0)
            continue;
        *value = arch[0] == 'r' ? k->riscv64 : arch[1] == 'r' ? k->arm64 : k->amd64;
        return true;
    }
    return false;
}

enum type type_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(type_names); i++)
        if (strcmp(type_names[i].name, name) == 0)
            return type_names[i].type;
    return TYPE_NONE;
}

const char *type_name(enum type t)
{
    static const char *const names[NTYPES] = {
        "no value", "bad type", "untyped integer", "untyped rune", "untyped bool", "bool",
        "int8",     "int16",    "int32",           "int64",        "uint8",        "uint16",
        "uint32",   "uint64",   "uintptr",         "string",       "label",        "[N]byte",
    };
    return names[t];
}

int type_bits(enum type t)
{
    switch (t) {
    case TYPE_INT8:
    case TYPE_UINT8:
        return 8;
    case TYPE_INT16:
    case TYPE_UINT16:
        return 16;
    case TYPE_INT32:
    case TYPE_UINT32:
        return 32;
    default:
        return 64;
    }
}

bool type_signed(enum type t)
{
    return t >= TYPE_INT8 && t <= TYPE_INT64;
}

bool type_integer(enum type t)
{
    return t == TYPE_UNTYPED_INT || t == TYPE_UNTYPED_RUNE || (t >= TYPE_INT8 && t <= TYPE_UINTPTR);
}

bool type_untyped(enum type t)
{
    return t >= TYPE_UNTYPED_INT && t <= TYPE_UNTYPED_BOOL;
}

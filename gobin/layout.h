/* SPDX-License-Identifier: Apache-2.0 */
/* Where the fields of the Go runtime's structs are: from DWARF where the program has it, else from
 * a table with a row per Go version. Either is believed only when the program's own write barrier
 * code reads the same g.m, m.p and p.wbBuf. */
#ifndef GOBIN_LAYOUT_H
#define GOBIN_LAYOUT_H

#include "gobin/gobin.h"

/* The fields, in the order of layout.def's columns: X(name here, struct, member path). */
#define LAYOUT_FIELDS(X)                       \
    X(g_stack, "runtime.g", "stack")           \
    X(g_m, "runtime.g", "m")                   \
    X(g_sched, "runtime.g", "sched")           \
    X(g_syscallsp, "runtime.g", "syscallsp")   \
    X(g_syscallpc, "runtime.g", "syscallpc")   \
    X(g_status, "runtime.g", "atomicstatus")   \
    X(g_goid, "runtime.g", "goid")             \
    X(g_waitsince, "runtime.g", "waitsince")   \
    X(g_waitreason, "runtime.g", "waitreason") \
    X(g_gopc, "runtime.g", "gopc")             \
    X(g_startpc, "runtime.g", "startpc")       \
    X(gobuf_sp, "runtime.gobuf", "sp")         \
    X(gobuf_pc, "runtime.gobuf", "pc")         \
    X(gobuf_lr, "runtime.gobuf", "lr")         \
    X(m_g0, "runtime.m", "g0")                 \
    X(m_procid, "runtime.m", "procid")         \
    X(m_gsignal, "runtime.m", "gsignal")       \
    X(m_curg, "runtime.m", "curg")             \
    X(m_p, "runtime.m", "p")                   \
    X(m_id, "runtime.m", "id")                 \
    X(m_alllink, "runtime.m", "alllink")       \
    X(p_id, "runtime.p", "id")                 \
    X(p_status, "runtime.p", "status")         \
    X(p_m, "runtime.p", "m")                   \
    X(p_mcache, "runtime.p", "mcache")         \
    X(p_runqhead, "runtime.p", "runqhead")     \
    X(p_runqtail, "runtime.p", "runqtail")     \
    X(p_runq, "runtime.p", "runq")             \
    X(p_runnext, "runtime.p", "runnext")       \
    X(p_wbbuf, "runtime.p", "wbBuf")           \
    X(sched_nmsys, "runtime.schedt", "nmsys")  \
    X(mheap_hints, "runtime.mheap", "arenaHints")

enum layout_field {
#define X(name, type, member) LAYOUT_##name,
    LAYOUT_FIELDS(X)
#undef X
        LAYOUT_FIELD_COUNT
};

struct layout {
    unsigned minor; /* of Go 1.N, the row it came from */
    bool from_dwarf;
    int32_t at[LAYOUT_FIELD_COUNT]; /* in bytes; -1: this version has no such field */
};

/* What the program's write barrier code uses. */
struct layout_fingerprint {
    int32_t g_m, m_p, p_wbbuf;
};

/* Finds the layout of the program. -ENOENT: neither DWARF nor a row for its version; -EPROTO: what
 * there is doesn't fit its fingerprint; bin->error set. */
int layout_find(struct layout *l, struct gobin *bin);

/* Reads it from DWARF alone. -ENOENT: there is none. */
int layout_from_dwarf(struct layout *l, struct gobin *bin);

/* The table's row for Go 1.minor on machine. -ENOENT. */
int layout_from_table(struct layout *l, unsigned minor, enum gobin_machine machine);

/* Decodes the write barrier's first loads. -ENOENT: no such code. */
int layout_fingerprint(struct layout_fingerprint *f, const struct gobin *bin);

/* The field's name as "struct.member", for messages and for making the table. */
const char *layout_field_name(enum layout_field field);

#endif

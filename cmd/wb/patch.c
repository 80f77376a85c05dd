/* SPDX-License-Identifier: Apache-2.0 */
/* mazboot wb patch: writes a copy of the program with its barriers replaced, and beside it a record
 * that undoes it. */
#include "cmd/wb/wb.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/wb/ram.h"
#include "gobin/redirect.h"

/* Tells one file from another (FNV-1a); nobody is to be kept from forging one. */
static uint64_t fingerprint(const uint8_t *bytes, size_t size)
{
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3;
    return hash;
}

static json_t *hex_json(const uint8_t *bytes, size_t size)
{
    char text[2 * CHANGE_BYTES_MAX + 1] = "";
    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return json_string(text);
}

static bool hex_parse(const char *text, uint8_t *out, size_t *size)
{
    size_t n = text ? strlen(text) : 0;
    if (n == 0 || n % 2 || n > 2 * CHANGE_BYTES_MAX || strspn(text, "0123456789abcdef") != n)
        return false;
    for (size_t i = 0; i < n / 2; i++) {
        char byte[3] = {text[2 * i], text[2 * i + 1], 0};
        out[i] = (uint8_t)strtoul(byte, NULL, 16);
    }
    *size = n / 2;
    return true;
}

/* Half a file is removed; a device that is full is not. */
static int write_failed(const char *path, int fd)
{
    struct stat st;
    int status = fail(1, "cannot write %s: %s", path, strerror(errno));
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        unlink(path);
    close(fd);
    return status;
}

static int write_file(const char *path, const uint8_t *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0777);
    if (fd < 0)
        return fail(1, "cannot write %s: %s", path, strerror(errno));
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, bytes + done, size - done);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return write_failed(path, fd);
        done += (size_t)n;
    }
    return close(fd) == 0 ? 0 : fail(1, "cannot write %s: %s", path, strerror(errno));
}

static json_t *record_json(const struct wb *wb, const struct wb_options *o,
                           const struct redirect *r)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < r->nchanges; i++) {
        const struct change *c = &r->changes[i];
        json_array_append_new(changes,
                              json_pack("{sI so so so}", "offset", (json_int_t)c->offset, "addr",
                                        json_sprintf("0x%llx", (unsigned long long)c->addr),
                                        "before", hex_json(c->before, c->size_bytes), "after",
                                        hex_json(c->after, c->size_bytes)));
    }
    return json_pack("{ss ss ss sI so so}", "program", wb->path, "go_version",
                     wb->bin.build.version, "stub", o->stub, "size",
                     (json_int_t)wb->file.size_bytes, "fingerprint",
                     json_sprintf("%016llx", (unsigned long long)fingerprint(wb->file.bytes,
                                                                             wb->file.size_bytes)),
                     "changes", changes);
}

static int write_patched(const struct wb *wb, const struct wb_options *o, const struct redirect *r)
{
    char record[4096];
    uint8_t *copy = malloc(wb->file.size_bytes);
    if (!copy)
        return fail(1, "no memory for a copy of %s", wb->path);
    memcpy(copy, wb->file.bytes, wb->file.size_bytes);
    for (size_t i = 0; i < r->nchanges; i++)
        memcpy(copy + r->changes[i].offset, r->changes[i].after, r->changes[i].size_bytes);
    int status = write_file(o->output, copy, wb->file.size_bytes);
    free(copy);
    if (status != 0)
        return status;
    snprintf(record, sizeof(record), "%s.wbpatch", o->output);
    json_t *root = record_json(wb, o, r);
    if (json_dump_file(root, record, JSON_INDENT(1)) != 0)
        status = fail(1, "cannot write %s, without which the patch can't be undone", record);
    else
        printf("written: %s; `mazboot wb patch --revert %s -o FILE %s` undoes it\n", o->output,
               record, o->output);
    json_decref(root);
    return status;
}

/* Why a program's barriers must stay, or 0. */
static int refuse(const struct wb *wb, const struct wb_options *o)
{
    const char *who = redirect_collects(&wb->bin, wb->barriers.isa);
    if (wb->barriers.abi == BARRIER_NONE || wb->barriers.nsites == wb->barriers.nbulk)
        return fail(1, "%s has no write barriers to replace", wb->path);
    if (who)
        return fail(
            1, "%s runs the collector itself, in %s: without barriers it would free memory in use",
            wb->path, who);
    if (!o->no_gc)
        return fail(1, "without barriers the collector frees memory in use. If it never runs "
                       "(GOGC=off, and no memory limit), "
                       "say --no-gc. A program on a machine with signals and threads needs no "
                       "patch: its barriers just work");
    return o->ram ? ram_check(&wb->bin, o->ram) : 0;
}

/* An assembly function has its wrapper's name: whichever of them can stand in is meant. */
static int plan_calls(struct wb *wb, const char *stub, struct disasm *d, struct redirect *r)
{
    struct gofunc f;
    struct gobin_error why = {""};
    char *end;
    vaddr_t addr = strtoull(stub, &end, 16);
    bool by_name = *end != 0;
    for (uint32_t i = 0; i < wb->bin.pclntab.nfuncs; i++) {
        if (pclntab_func(&wb->bin.pclntab, i, &f) != 0 ||
            (by_name ? strcmp(f.name, stub) != 0 : f.entry != addr))
            continue;
        if (redirect_calls(r, &wb->bin, &wb->barriers, d, f.entry) == 0)
            return 0;
        if (!why.text[0] || (f.flags & GOFUNC_ASM))
            why = wb->bin.error;
    }
    if (!why.text[0])
        return fail(1, "%s has no function %s%s", wb->path, by_name ? "" : "that starts at ", stub);
    return fail(1, "%s can't replace the barriers: %s", stub, why.text);
}

static int plan(struct wb *wb, const struct wb_options *o, struct redirect *r)
{
    struct disasm *d;
    if (strcmp(o->stub, "builtin") == 0)
        return redirect_builtin(r, &wb->bin, &wb->barriers) == 0
                   ? 0
                   : fail(1, "%s", wb->bin.error.text);
    if (disasm_open(&d, wb->barriers.isa, &wb->bin.error) != 0)
        return fail(1, "%s", wb->bin.error.text);
    int status = plan_calls(wb, o->stub, d, r);
    disasm_close(d);
    return status;
}

static void print_plan(const struct redirect *r)
{
    enum { SHOWN = 8 };
    printf("%zu calls of a barrier go to the replacement: %zu changes of the file, %zu symbols "
           "made weak among them\n",
           r->nsites, r->nchanges, r->nsymbols);
    for (size_t i = 0; i < r->nchanges && i < SHOWN; i++) {
        const struct change *c = &r->changes[i];
        printf("  offset 0x%-8" PRIx64 " ", c->offset);
        for (size_t k = 0; k < c->size_bytes; k++)
            printf("%02x", c->before[k]);
        printf(" -> ");
        for (size_t k = 0; k < c->size_bytes; k++)
            printf("%02x", c->after[k]);
        printf("  at 0x%" PRIx64 "\n", c->addr);
    }
    if (r->nchanges > SHOWN)
        printf("  and %zu more\n", r->nchanges - SHOWN);
}

int wb_patch(struct wb *wb, const struct wb_options *o)
{
    struct redirect r = {0};
    if (!o->stub)
        return fail(2, "say what the calls go to: --stub builtin, or a function of the program");
    int status = refuse(wb, o);
    if (status == 0)
        status = plan(wb, o, &r);
    if (status != 0)
        return status;
    print_plan(&r);
    if (o->output)
        status = write_patched(wb, o, &r);
    else
        printf("nothing written: give -o FILE\n");
    redirect_free(&r);
    return status;
}

static bool undo_change(uint8_t *bytes, size_t size, const json_t *change)
{
    json_int_t offset = json_integer_value(json_object_get(change, "offset"));
    uint8_t before[CHANGE_BYTES_MAX], after[CHANGE_BYTES_MAX];
    size_t n, m;
    if (!hex_parse(json_string_value(json_object_get(change, "before")), before, &n) ||
        !hex_parse(json_string_value(json_object_get(change, "after")), after, &m) || n != m)
        return false;
    if (offset < 0 || (uint64_t)offset > size || n > size - (uint64_t)offset ||
        memcmp(bytes + offset, after, n) != 0)
        return false;
    memcpy(bytes + offset, before, n);
    return true;
}

static bool undo_all(uint8_t *bytes, size_t size, const json_t *record)
{
    json_t *changes = json_object_get(record, "changes"), *change;
    const char *expected = json_string_value(json_object_get(record, "fingerprint"));
    char got[24];
    size_t i;
    json_array_foreach(changes, i, change)
    {
        if (!undo_change(bytes, size, change))
            return false;
    }
    snprintf(got, sizeof(got), "%016" PRIx64, fingerprint(bytes, size));
    return expected && strcmp(expected, got) == 0;
}

int wb_revert(const char *path, const struct wb_options *o)
{
    struct error err;
    struct blob file;
    json_error_t why;
    if (!o->output)
        return fail(2, "say where the original goes: -o FILE");
    json_t *record = json_load_file(o->revert, 0, &why);
    if (!record)
        return fail(1, "%s is no record of a patch: %s", o->revert, why.text);
    int status = blob_open(&file, path, &err) == 0 ? 0 : fail(1, "%s", err.text);
    if (status == 0) {
        uint8_t *copy = malloc(file.size_bytes + 1);
        if (copy)
            memcpy(copy, file.bytes, file.size_bytes);
        if (!copy || !undo_all(copy, file.size_bytes, record))
            status =
                fail(1, "%s isn't what the patch of %s made: nothing written", path, o->revert);
        else
            status = write_file(o->output, copy, file.size_bytes);
        free(copy);
        blob_close(&file);
    }
    json_decref(record);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Command lines to the library's options. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "cmd/rtg/cmd.h"

enum {
    OPT_ARCH = 256,
    OPT_EMIT,
    OPT_CONFIG,
    OPT_CONFIG_INT,
    OPT_CONFIG_FILE,
    OPT_EMBED,
    OPT_BASE,
    OPT_DUMP,
    OPT_NO_PASSES,
    OPT_QUIET
};

static const struct option long_options[] = {
    {"arch", required_argument, NULL, OPT_ARCH},
    {"emit", required_argument, NULL, OPT_EMIT},
    {"config", required_argument, NULL, OPT_CONFIG},
    {"config-int", required_argument, NULL, OPT_CONFIG_INT},
    {"config-file", required_argument, NULL, OPT_CONFIG_FILE},
    {"embed", required_argument, NULL, OPT_EMBED},
    {"base", required_argument, NULL, OPT_BASE},
    {"dump", required_argument, NULL, OPT_DUMP},
    {"no-passes", no_argument, NULL, OPT_NO_PASSES},
    {"quiet", no_argument, NULL, OPT_QUIET},
    {0},
};

static void *check(void *p)
{
    if (p)
        return p;
    fprintf(stderr, "rtg: out of memory\n");
    exit(EXIT_ERRORS);
}

static char *own(struct request *r, char *text)
{
    r->owned = check(realloc(r->owned, (r->nowned + 1) * sizeof *r->owned));
    return r->owned[r->nowned++] = check(text);
}

/* A whole file; it gets a NUL behind. NULL and a message when it cannot be read. */
static char *read_file(struct request *r, const char *path, size_t *n)
{
    FILE *f = fopen(path, "re");
    char *text = NULL;
    size_t cap = 0, got;
    *n = 0;
    if (!f) {
        fprintf(stderr, "rtg: cannot open %s: %s\n", path, strerror(errno));
        return NULL;
    }
    do {
        if (cap - *n < 2)
            text = check(realloc(text, cap = cap ? cap * 2 : 8192));
        got = fread(text + *n, 1, cap - *n - 1, f);
        *n += got;
    } while (got);
    bool bad = ferror(f);
    fclose(f);
    text[*n] = 0;
    own(r, text);
    if (bad)
        fprintf(stderr, "rtg: cannot read %s\n", path);
    return bad ? NULL : text;
}

/* KEY=VALUE: the key, and where the value starts. NULL and a message otherwise. */
static char *split(struct request *r, const char *arg, const char *option, char **value)
{
    char *key = own(r, strdup(arg));
    *value = strchr(key, '=');
    if (!*value || *value == key) {
        fprintf(stderr, "rtg: %s takes KEY=VALUE, not %s\n", option, arg);
        return NULL;
    }
    *(*value)++ = 0;
    return key;
}

static int add_config(struct request *r, int kind, const char *arg)
{
    static const char *const names[] = {"--config", "--config-int", "--config-file"};
    struct rtg_config k = {.is_int = kind == OPT_CONFIG_INT};
    char *value, *end;
    k.key = split(r, arg, names[kind - OPT_CONFIG], &value);
    if (!k.key)
        return EXIT_USAGE;
    k.text = value;
    k.size_bytes = strlen(value);
    if (kind == OPT_CONFIG_FILE && !(k.text = read_file(r, value, &k.size_bytes)))
        return EXIT_ERRORS;
    if (kind == OPT_CONFIG_INT) {
        errno = 0;
        k.number = strtoll(value, &end, 0);
        if (*end || end == value || errno) {
            fprintf(stderr, "rtg: --config-int takes an integer, not %s\n", value);
            return EXIT_USAGE;
        }
    }
    r->configs = check(realloc(r->configs, (r->options.nconfigs + 1) * sizeof k));
    r->configs[r->options.nconfigs++] = k;
    return EXIT_OK;
}

static int add_row(struct request *r, const char *arg)
{
    struct rtg_row row = {0};
    char *path;
    row.table = split(r, arg, "--embed", &path);
    if (!row.table)
        return EXIT_USAGE;
    row.data = read_file(r, path, &row.size_bytes);
    if (!row.data)
        return EXIT_ERRORS;
    row.name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    r->rows = check(realloc(r->rows, (r->options.nrows + 1) * sizeof row));
    r->rows[r->options.nrows++] = row;
    return EXIT_OK;
}

static int add_source(struct request *r, const char *path)
{
    struct rtg_source s = {.name = path};
    s.text = read_file(r, path, &s.size_bytes);
    if (!s.text)
        return EXIT_ERRORS;
    r->sources = check(realloc(r->sources, (r->options.nsources + 1) * sizeof s));
    r->sources[r->options.nsources++] = s;
    return EXIT_OK;
}

static int set_emit(struct request *r, const char *form)
{
    static const char *const forms[] = {"elf", "obj", "bin", "asm", "ir", "map", "list"};
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
        if (strcmp(forms[i], form) == 0) {
            r->options.emit = (enum rtg_emit)i;
            return EXIT_OK;
        }
    fprintf(stderr, "rtg: --emit is elf, obj, bin, asm, ir, map or list, not %s\n", form);
    return EXIT_USAGE;
}

static int set_base(struct request *r, const char *arg)
{
    char *end;
    errno = 0;
    r->options.base = strtoull(arg, &end, 0);
    if (!*end && end != arg && !errno)
        return EXIT_OK;
    fprintf(stderr, "rtg: --base takes an address, not %s\n", arg);
    return EXIT_USAGE;
}

static int take_option(struct request *r, int opt, char *arg)
{
    switch (opt) {
    case OPT_ARCH:
        r->options.arch = arg;
        return EXIT_OK;
    case OPT_EMIT:
        return set_emit(r, arg);
    case OPT_CONFIG:
    case OPT_CONFIG_INT:
    case OPT_CONFIG_FILE:
        return add_config(r, opt, arg);
    case OPT_EMBED:
        return add_row(r, arg);
    case OPT_BASE:
        return set_base(r, arg);
    case OPT_DUMP:
        r->options.dump = arg;
        return EXIT_OK;
    case OPT_NO_PASSES:
        r->options.no_passes = true;
        return EXIT_OK;
    case OPT_QUIET:
        r->quiet = true;
        return EXIT_OK;
    case 'D':
        r->flags = check(realloc(r->flags, (r->options.nflags + 1) * sizeof *r->flags));
        r->flags[r->options.nflags++] = arg;
        return EXIT_OK;
    case 'g':
        r->options.symbols = true;
        return EXIT_OK;
    case 'o':
        r->output = arg;
        return EXIT_OK;
    default:
        return EXIT_USAGE;
    }
}

static const char *host_arch(void)
{
    struct utsname host;
    uname(&host);
    if (!strcmp(host.machine, "aarch64"))
        return "arm64";
    return strcmp(host.machine, "riscv64") ? "amd64" : "riscv64";
}

/* What follows -- is the program's own. */
static int cut_program_args(struct request *r, int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            r->program_args = argv + i + 1;
            return i;
        }
    r->program_args = argv + argc;
    return argc;
}

int request_parse(struct request *r, int argc, char **argv)
{
    char name[32];
    *r = (struct request){.options = {.arch = host_arch()}};
    snprintf(name, sizeof name, "rtg %s", argv[0]);
    argv[0] = own(r, strdup(name)); /* as getopt's messages begin */
    argc = cut_program_args(r, argc, argv);
    optind = 1;
    for (int opt; (opt = getopt_long(argc, argv, "D:go:", long_options, NULL)) != -1;) {
        int status = take_option(r, opt, optarg);
        if (status != EXIT_OK)
            return status;
    }
    for (int i = optind; i < argc; i++) {
        int status = add_source(r, argv[i]);
        if (status != EXIT_OK)
            return status;
    }
    if (!r->options.nsources) {
        fprintf(stderr, "%s: no source file was given; `rtg help` shows the usage\n", argv[0]);
        return EXIT_USAGE;
    }
    r->options.sources = r->sources;
    r->options.flags = r->flags;
    r->options.configs = r->configs;
    r->options.rows = r->rows;
    return EXIT_OK;
}

void request_free(struct request *r)
{
    for (size_t i = 0; i < r->nowned; i++)
        free(r->owned[i]);
    free(r->owned);
    free(r->sources);
    free(r->flags);
    free(r->configs);
    free(r->rows);
}

int request_compile(const struct request *r, struct rtg_result *result)
{
    int status = rtg_compile(&r->options, result);
    if (status == -ENOMEM)
        fprintf(stderr,
                "rtg: out of memory: compiling this takes more than 512 MiB; split the functions "
                "or the program\n");
    if (result->diagnostics && (!r->quiet || status))
        fputs(result->diagnostics, stderr);
    if (result->dump)
        fputs(result->dump, stdout);
    return status ? EXIT_ERRORS : EXIT_OK;
}

/* A device or a pipe is written to; renaming a file onto it would put the file in its place. */
static bool is_special(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && !S_ISREG(st.st_mode);
}

static int special_write(const char *path, const void *data, size_t n)
{
    FILE *f = fopen(path, "we");
    bool ok = f && fwrite(data, 1, n, f) == n;
    ok = f && fclose(f) == 0 && ok;
    if (!ok)
        fprintf(stderr, "rtg: cannot write %s: %s\n", path, strerror(errno));
    return ok ? EXIT_OK : EXIT_ERRORS;
}

/* Writes beside the file and renames, so that there is never half a file. */
int file_write(const char *path, const void *data, size_t n, unsigned mode)
{
    char temporary[4096];
    if (strcmp(path, "-") == 0)
        return fwrite(data, 1, n, stdout) == n && !fflush(stdout) ? EXIT_OK : EXIT_ERRORS;
    if (is_special(path))
        return special_write(path, data, n);
    if ((size_t)snprintf(temporary, sizeof temporary, "%s.XXXXXX", path) >= sizeof temporary) {
        fprintf(stderr, "rtg: the name %s is too long\n", path);
        return EXIT_ERRORS;
    }
    int fd = mkstemp(temporary);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    bool ok = f && fwrite(data, 1, n, f) == n;
    ok = f && fchmod(fd, mode & ~022u) == 0 && ok;
    ok = f && fclose(f) == 0 && ok;
    if (ok && rename(temporary, path) == 0)
        return EXIT_OK;
    fprintf(stderr, "rtg: cannot write %s: %s\n", path, strerror(errno));
    if (fd >= 0)
        unlink(temporary);
    return EXIT_ERRORS;
}

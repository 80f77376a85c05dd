/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/qemu/args.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void args_add(struct args *args, const char *format, ...)
{
    va_list values;
    char *text = NULL;

    va_start(values, format);
    int length = vasprintf(&text, format, values);
    va_end(values);
    if (length < 0) {
        args->failed = true;
    } else if (args->count == ARGS_MAX) {
        free(text);
        args->failed = true;
    } else {
        args->list[args->count++] = text;
    }
}

static bool is_plain(const char *arg)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=.,/:+@%";

    return *arg != '\0' && arg[strspn(arg, plain)] == '\0';
}

static void put_quoted(FILE *out, const char *arg)
{
    if (is_plain(arg)) {
        fputs(arg, out);
        return;
    }
    putc('\'', out);
    for (; *arg; arg++) {
        if (*arg == '\'')
            fputs("'\\''", out);
        else
            putc(*arg, out);
    }
    putc('\'', out);
}

char *args_quoted(const struct args *args)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        return NULL;
    for (unsigned i = 0; i < args->count; i++) {
        if (i > 0)
            putc(' ', out);
        put_quoted(out, args->list[i]);
    }
    return fclose(out) == 0 ? text : NULL;
}

void args_free(struct args *args)
{
    for (unsigned i = 0; i < args->count; i++)
        free(args->list[i]);
    *args = (struct args){0};
}

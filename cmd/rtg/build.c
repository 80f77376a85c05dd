/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cmd/rtg/cmd.h"

/* The first file's name without folder and ending, plus the form's own ending. Texts go to standard
 * output. */
static const char *default_output(const struct request *r, char *out, size_t size)
{
    static const char *const endings[] = {"", ".obj", ".bin", NULL, NULL, NULL, NULL};
    const char *ending = endings[r->options.emit], *name = strrchr(r->sources[0].name, '/');
    name = name ? name + 1 : r->sources[0].name;
    if (!ending)
        return "-";
    size_t n = strcspn(name, ".");
    snprintf(out, size, "%.*s%s", (int)n, name, *ending || name[n] ? ending : ".out");
    return out;
}

int cmd_build(int argc, char **argv)
{
    struct request r;
    struct rtg_result result = {0};
    char name[4096];
    int status = request_parse(&r, argc, argv);
    if (status == EXIT_OK)
        status = request_compile(&r, &result);
    if (status == EXIT_OK)
        status =
            file_write(r.output ? r.output : default_output(&r, name, sizeof name), result.data,
                       result.size_bytes, r.options.emit == RTG_EMIT_ELF ? 0755 : 0644);
    rtg_result_free(&result);
    request_free(&r);
    return status;
}

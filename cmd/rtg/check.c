/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cmd/rtg/cmd.h"

int cmd_check(int argc, char **argv)
{
    struct request r;
    struct rtg_result result = {0};
    int status = request_parse(&r, argc, argv);
    if (status == EXIT_OK) {
        status = rtg_check(&r.options, &result) ? EXIT_ERRORS : EXIT_OK;
        if (result.diagnostics && (!r.quiet || status))
            fputs(result.diagnostics, stderr);
        if (result.dump)
            fputs(result.dump, stdout);
    }
    rtg_result_free(&result);
    request_free(&r);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/rtg/cmd.h"

int cmd_dis(int argc, char **argv)
{
    struct request r;
    struct rtg_result result = {0};
    int status = request_parse(&r, argc, argv);
    r.options.emit = RTG_EMIT_LIST;
    if (status == EXIT_OK)
        status = request_compile(&r, &result);
    if (status == EXIT_OK)
        status = file_write(r.output ? r.output : "-", result.data, result.size_bytes, 0644);
    rtg_result_free(&result);
    request_free(&r);
    return status;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as RTG source, or as IR (FUZZ_NAME): the compiler answers with a program or with
 * diagnostics, for every machine. */
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "rtgc/rtg.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const arches[] = {"amd64", "arm64", "riscv64"};
    struct rtg_config config = {.key = "mode", .text = "x", .size_bytes = 1};
    struct rtg_source source = {.name = FUZZ_NAME, .text = (const char *)data, .size_bytes = size};
    struct rtg_options options = {
        .sources = &source, .nsources = 1, .configs = &config, .nconfigs = 1};
    struct rtg_result result;
    if (size > 8192)
        return 0;
    options.arch = arches[size % 3];
    options.emit = size % 2 ? RTG_EMIT_LIST : RTG_EMIT_ELF;
    options.no_passes = size % 7 == 0;
    int status = rtg_compile(&options, &result);
    assert(status == 0 || status == -EINVAL || status == -ENOMEM);
    assert((status == 0) == (result.data != NULL) || !result.size_bytes);
    assert(status != -EINVAL || (result.nerrors && result.diagnostics));
    rtg_result_free(&result);
    return 0;
}

/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the fuzzer's seeds, corpus/MACHINE-LAYOUT, into the folder that it is given. */
#include <stdio.h>

#include "tests/gobin/tiny.h"

int main(int argc, char **argv)
{
    static const enum gobin_machine machines[] = {GOBIN_ARM64, GOBIN_AMD64, GOBIN_RISCV64};
    for (size_t i = 0; argc == 2 && i < 6; i++) {
        uint8_t image[TINY_SIZE];
        char path[4096];
        tiny_make(image, machines[i / 2], i % 2);
        snprintf(path, sizeof(path), "%s/%s-%s", argv[1], gobin_machine_name(machines[i / 2]),
                 i % 2 ? "go120" : "go118");
        FILE *out = fopen(path, "we");
        if (!out || fwrite(image, sizeof(image), 1, out) != 1 || fclose(out) != 0) {
            perror(path);
            return 1;
        }
    }
    return argc == 2 ? 0 : 2;
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "gobin/isa.h"

const struct isa *isa_of(enum gobin_machine machine)
{
    static const struct isa *const all[] = {&isa_arm64, &isa_amd64, &isa_riscv64};
    return all[machine];
}

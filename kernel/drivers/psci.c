/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/arch/power.h over PSCI (Arm DEN 0022, versions 0.2 and later: the function numbers are
 * fixed). Owns nothing but how to call. */
#include "kernel/arch/arm64/smccc.h"
#include "kernel/arch/power.h"
#include "abi/errno.h"
#include "kernel/core/machine.h"

enum psci_function {
    PSCI_VERSION = 0x84000000,
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_CPU_ON = 0xc4000003,
};

enum psci_result {
    PSCI_SUCCESS = 0,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_ALREADY_ON = -4,
    PSCI_ON_PENDING = -5,
    PSCI_INVALID_ADDRESS = -9,
};

static const struct machine *machine;

static int64_t psci_call(enum psci_function f, uint64_t a, uint64_t b, uint64_t c)
{
    return machine->conduit == CONDUIT_HVC ? smccc_hvc(f, a, b, c) : smccc_smc(f, a, b, c);
}

uint32_t power_init(const struct machine *m)
{
    if (m->conduit == CONDUIT_NONE)
        return 0;
    machine = m;
    int64_t version = psci_call(PSCI_VERSION, 0, 0, 0);
    if (version <= 0 || version > UINT32_MAX) {
        machine = NULL;
        return 0;
    }
    return (uint32_t)version;
}

int power_start_cpu(unsigned cpu, paddr_t entry, uint64_t context)
{
    if (!machine || cpu >= machine->ncpus || !machine->cpus[cpu].psci)
        return -ENODEV;
    switch ((int32_t)psci_call(PSCI_CPU_ON, machine->cpus[cpu].mpidr, entry, context)) {
    case PSCI_SUCCESS:
        return 0;
    case PSCI_ALREADY_ON:
    case PSCI_ON_PENDING:
        return -EEXIST;
    case PSCI_INVALID_PARAMETERS:
    case PSCI_INVALID_ADDRESS:
        return -EINVAL;
    default:
        return -EIO;
    }
}

void power_off(void)
{
    if (machine)
        psci_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    for (;;)
        __asm__ volatile("wfi");
}

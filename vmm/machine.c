/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/machine.h"
#include "vmm/qemu/qemu.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const struct machine_backend *const backends[] = {
    &qemu_backend,
};

static const struct machine_backend *backend_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(backends); i++)
        if (strcmp(backends[i]->name, name) == 0)
            return backends[i];
    return NULL;
}

int machine_create(const char *backend, const struct machine_config *config,
                   struct machine **machine, struct error *err)
{
    const struct machine_backend *found = backend_find(backend);

    if (!found)
        return error_set(err, -ENOENT, "there is no machine backend named %s", backend);
    return found->create(config, machine, err);
}

int machine_start(struct machine *machine, struct error *err)
{
    return machine->backend->start(machine, err);
}

int machine_wait(struct machine *machine, int timeout_ms, struct machine_end *end)
{
    return machine->backend->wait(machine, timeout_ms, end);
}

void machine_pause(struct machine *machine, bool paused)
{
    machine->backend->pause(machine, paused);
}

void machine_stop(struct machine *machine)
{
    machine->backend->stop(machine);
}

char *machine_command(const struct machine *machine)
{
    return machine->backend->command(machine);
}

void machine_free(struct machine *machine)
{
    if (!machine)
        return;
    if (machine->link_fd >= 0)
        close(machine->link_fd);
    if (machine->console_fd >= 0)
        close(machine->console_fd);
    machine->backend->free(machine);
}

/* SPDX-License-Identifier: Apache-2.0 */
/* /proc/sys: the settings that programs read. Those that can be written are forgotten again:
 * nothing here depends on them. */
#include "kernel/core/options.h"
#include "kernel/core/random.h"
#include "kernel/linux/proc.h"
#include "kernel/linux/thread.h"

static void show_hostname(struct text *t, uint64_t arg)
{
    char name[65];
    (void)arg;
    if (!option_copy("hostname", name, sizeof(name)))
        text_add(t, "mazboot\n");
    else
        text_add(t, "%s\n", name);
}

static void add_uuid(struct text *t, uint8_t id[16])
{
    id[6] = (id[6] & 0x0f) | 0x40; /* version 4, RFC 4122 */
    id[8] = (id[8] & 0x3f) | 0x80;
    for (unsigned i = 0; i < 16; i++)
        text_add(t, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", id[i]);
    text_add(t, "\n");
}

static void show_uuid(struct text *t, uint64_t arg)
{
    uint8_t id[16];
    (void)arg;
    random_fill(id, sizeof(id));
    add_uuid(t, id);
}

/* The same as long as the machine runs. */
static void show_boot_id(struct text *t, uint64_t arg)
{
    static struct spinlock lock;
    static uint8_t id[16];
    static bool made;
    (void)arg;
    spin_lock(&lock);
    if (!made)
        random_fill(id, sizeof(id));
    made = true;
    spin_unlock(&lock);
    add_uuid(t, id);
}

static int ignore_store(const char *s, size_t n, uint64_t arg)
{
    (void)s, (void)n, (void)arg;
    return 0;
}

static const struct pseudo_entry random_entries[] = {
    {.name = "boot_id", .mode = 0444, .show = show_boot_id},
    {.name = "entropy_avail", .mode = 0444, .kind = PSEUDO_TEXT, .text = "256\n"},
    {.name = "uuid", .mode = 0444, .show = show_uuid},
};
static const struct pseudo_dir random_dir = PSEUDO_DIR(random_entries);

static const struct pseudo_entry kernel_entries[] = {
    {.name = "hostname", .mode = 0644, .show = show_hostname, .store = ignore_store},
    {.name = "domainname",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "(none)\n",
     .store = ignore_store},
    {.name = "osrelease", .mode = 0444, .kind = PSEUDO_TEXT, .text = "6.1.0-mazboot\n"},
    {.name = "ostype", .mode = 0444, .kind = PSEUDO_TEXT, .text = "Linux\n"},
    {.name = "version", .mode = 0444, .kind = PSEUDO_TEXT, .text = "#1 SMP mazboot\n"},
    {.name = "pid_max",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "4194304\n",
     .store = ignore_store},
    {.name = "threads-max",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "126000\n",
     .store = ignore_store},
    {.name = "ngroups_max", .mode = 0444, .kind = PSEUDO_TEXT, .text = "65536\n"},
    {.name = "cap_last_cap", .mode = 0444, .kind = PSEUDO_TEXT, .text = "40\n"},
    {.name = "random", .mode = 0555, .kind = PSEUDO_TREE, .dir = &random_dir},
};
static const struct pseudo_dir kernel_dir = PSEUDO_DIR(kernel_entries);

static const struct pseudo_entry core_entries[] = {
    {.name = "somaxconn",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "4096\n",
     .store = ignore_store},
};
static const struct pseudo_dir core_dir = PSEUDO_DIR(core_entries);
static const struct pseudo_entry net_entries[] = {
    {.name = "core", .mode = 0555, .kind = PSEUDO_TREE, .dir = &core_dir}};
static const struct pseudo_dir net_dir = PSEUDO_DIR(net_entries);

static const struct pseudo_entry vm_entries[] = {
    {.name = "max_map_count",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "65530\n",
     .store = ignore_store},
    {.name = "overcommit_memory",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "1\n",
     .store = ignore_store},
};
static const struct pseudo_dir vm_dir = PSEUDO_DIR(vm_entries);

static const struct pseudo_entry fs_entries[] = {
    {.name = "file-max",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "1048576\n",
     .store = ignore_store},
    {.name = "nr_open",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "1048576\n",
     .store = ignore_store},
    {.name = "pipe-max-size",
     .mode = 0644,
     .kind = PSEUDO_TEXT,
     .text = "1048576\n",
     .store = ignore_store},
};
static const struct pseudo_dir fs_dir = PSEUDO_DIR(fs_entries);

static const struct pseudo_entry sys_entries[] = {
    {.name = "fs", .mode = 0555, .kind = PSEUDO_TREE, .dir = &fs_dir},
    {.name = "kernel", .mode = 0555, .kind = PSEUDO_TREE, .dir = &kernel_dir},
    {.name = "net", .mode = 0555, .kind = PSEUDO_TREE, .dir = &net_dir},
    {.name = "vm", .mode = 0555, .kind = PSEUDO_TREE, .dir = &vm_dir},
};
const struct pseudo_dir proc_sys_dir = PSEUDO_DIR(sys_entries);

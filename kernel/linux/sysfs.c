/* SPDX-License-Identifier: Apache-2.0 */
/* /sys: the CPUs; and the root of the cgroup tree with the CPU quota (option cpu_max="QUOTA
 * PERIOD", microseconds). */
#include "kernel/core/options.h"
#include "kernel/core/page.h"
#include "kernel/linux/proc.h"

static const struct pseudo_entry cpu_entries[] = {
    {.name = "online", .mode = 0444, .show = proc_show_cpu_list},
    {.name = "possible", .mode = 0444, .show = proc_show_cpu_list},
    {.name = "present", .mode = 0444, .show = proc_show_cpu_list},
};
static const struct pseudo_dir cpu_dir = PSEUDO_DIR(cpu_entries);
static const struct pseudo_entry system_entries[] = {
    {.name = "cpu", .mode = 0755, .kind = PSEUDO_TREE, .dir = &cpu_dir}};
static const struct pseudo_dir system_dir = PSEUDO_DIR(system_entries);
static const struct pseudo_entry devices_entries[] = {
    {.name = "system", .mode = 0755, .kind = PSEUDO_TREE, .dir = &system_dir}};
static const struct pseudo_dir devices_dir = PSEUDO_DIR(devices_entries);

/* Where the cgroup tree is mounted. */
static const struct pseudo_dir empty_dir;
static const struct pseudo_entry fs_entries[] = {
    {.name = "cgroup", .mode = 0755, .kind = PSEUDO_TREE, .dir = &empty_dir}};
static const struct pseudo_dir fs_dir = PSEUDO_DIR(fs_entries);

static const struct pseudo_entry top[] = {
    {.name = "devices", .mode = 0755, .kind = PSEUDO_TREE, .dir = &devices_dir},
    {.name = "fs", .mode = 0755, .kind = PSEUDO_TREE, .dir = &fs_dir},
};
const struct pseudo_dir sysfs_dir = PSEUDO_DIR(top);

/* ---- cgroup ---- */

static void show_cpu_max(struct text *t, uint64_t arg)
{
    char value[64];
    (void)arg;
    text_add(t, "%s\n", option_copy("cpu_max", value, sizeof(value)) ? value : "max 100000");
}

static void show_memory_current(struct text *t, uint64_t arg)
{
    struct page_stats s;
    (void)arg;
    page_stats(&s);
    text_add(t, "%lu\n", (unsigned long)(s.total_bytes - s.free_bytes));
}

static const struct pseudo_entry cgroup_entries[] = {
    {.name = "cgroup.controllers", .mode = 0444, .kind = PSEUDO_TEXT, .text = "cpu memory\n"},
    {.name = "cgroup.procs", .mode = 0644, .kind = PSEUDO_TEXT, .text = "1\n"},
    {.name = "cpu.max", .mode = 0644, .show = show_cpu_max},
    {.name = "memory.current", .mode = 0444, .show = show_memory_current},
    {.name = "memory.max", .mode = 0644, .kind = PSEUDO_TEXT, .text = "max\n"},
};
const struct pseudo_dir cgroup_dir = PSEUDO_DIR(cgroup_entries);

/* SPDX-License-Identifier: Apache-2.0 */
/* The top of /proc, and mounting. */
#include "kernel/linux/proc.h"

#include "abi/errno.h"
#include "kernel/linux/proc_process.h"
#include "kernel/linux/thread.h"

static void link_self(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "%d", process_self()->pid);
}

static void link_thread_self(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "%d/task/%d", process_self()->pid, thread_self()->tid);
}

static void link_mounts(struct text *t, uint64_t arg)
{
    (void)arg;
    text_add(t, "self/mounts");
}

static const struct pseudo_entry top[] = {
    {.name = "cpuinfo", .mode = 0444, .show = proc_show_cpuinfo},
    {.name = "filesystems",
     .mode = 0444,
     .kind = PSEUDO_TEXT,
     .text = "nodev\tproc\nnodev\tsysfs\nnodev\tcgroup2\nnodev\ttmpfs\n"},
    {.name = "loadavg", .mode = 0444, .show = proc_show_loadavg},
    {.name = "meminfo", .mode = 0444, .show = proc_show_meminfo},
    {.name = "mounts", .mode = 0777, .kind = PSEUDO_LINK, .link = link_mounts},
    {.name = "net", .mode = 0555, .kind = PSEUDO_TREE, .dir = &proc_net_dir},
    {.name = "self", .mode = 0777, .kind = PSEUDO_LINK, .link = link_self},
    {.name = "slabinfo", .mode = 0400, .show = proc_show_slabinfo},
    {.name = "stat", .mode = 0444, .show = proc_show_stat},
    {.name = "sys", .mode = 0555, .kind = PSEUDO_TREE, .dir = &proc_sys_dir},
    {.name = "thread-self", .mode = 0777, .kind = PSEUDO_LINK, .link = link_thread_self},
    {.name = "uptime", .mode = 0444, .show = proc_show_uptime},
    {.name = "version", .mode = 0444, .show = proc_show_version},
};

static const struct pseudo_entry process = {
    .mode = 0555, .kind = PSEUDO_TREE, .dir = &proc_process_dir};

/* The lowest at or above from, 0: none. */
static int next_pid(int from)
{
    return family_here ? family_next(from) : from <= INIT_PID ? INIT_PID : 0;
}

static int find_process(uint64_t arg, uint64_t number, const struct pseudo_entry **e,
                        uint64_t *sub_arg)
{
    (void)arg;
    if (!number || number > INT32_MAX || next_pid((int)number) != (int)number)
        return -ENOENT;
    *e = &process;
    *sub_arg = PROC_ARG(number, 0);
    return 0;
}

static bool next_process(uint64_t arg, uint64_t *number, const struct pseudo_entry **e)
{
    (void)arg;
    *number = *number <= INT32_MAX ? (uint64_t)next_pid((int)*number) : 0;
    *e = &process;
    return *number;
}

static const struct pseudo_dir proc_dir = {
    .entries = top, .count = ARRAY_SIZE(top), .find = find_process, .next = next_process};

static struct super proc_super = {
    .type = "proc", .source = "proc", .options = "", .magic = PROC_SUPER_MAGIC};
static struct super sysfs_super = {
    .type = "sysfs", .source = "sysfs", .options = "", .magic = SYSFS_MAGIC};
static struct super cgroup_super = {
    .type = "cgroup2", .source = "cgroup2", .options = "", .magic = CGROUP2_SUPER_MAGIC};

int proc_boot(void)
{
    int err = pseudo_mount(&proc_super, &proc_dir, "/proc");
    if (!err)
        err = pseudo_mount(&sysfs_super, &sysfs_dir, "/sys");
    if (!err)
        err = pseudo_mount(&cgroup_super, &cgroup_dir, "/sys/fs/cgroup");
    return err;
}

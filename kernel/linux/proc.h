/* SPDX-License-Identifier: Apache-2.0 */
/* /proc and /sys: what the tables in proc*.c and sysfs.c share. */
#ifndef KERNEL_LINUX_PROC_H
#define KERNEL_LINUX_PROC_H

#include "kernel/core/optional.h"
#include "kernel/fs/pseudo.h"

/* proc_boot - mount /proc, /sys and /sys/fs/cgroup, and have /etc filled when somebody looks. After
 * fs_boot. 0 or -ENOMEM. */
int proc_boot(void) MUST_CHECK;

extern const struct pseudo_dir proc_process_dir;      /* proc_process.c: /proc/1 */
extern const struct pseudo_dir proc_sys_dir;          /* proc_sys.c: /proc/sys */
extern const struct pseudo_dir proc_net_dir OPTIONAL; /* kernel/net/proc_net.c: /proc/net */
extern const struct pseudo_dir sysfs_dir, cgroup_dir; /* sysfs.c */

/* In proc_process.c, also under the names of /proc itself. */
void proc_show_mounts(struct text *t, uint64_t arg);

/* In proc_slabs.c. */
void proc_show_slabinfo(struct text *t, uint64_t arg) OPTIONAL;

/* In proc_machine.c. */
void proc_show_cpuinfo(struct text *t, uint64_t arg);
void proc_show_meminfo(struct text *t, uint64_t arg);
void proc_show_stat(struct text *t, uint64_t arg);
void proc_show_uptime(struct text *t, uint64_t arg);
void proc_show_loadavg(struct text *t, uint64_t arg);
void proc_show_version(struct text *t, uint64_t arg);
void proc_show_cpu_list(struct text *t, uint64_t arg); /* "0-3" */

#endif

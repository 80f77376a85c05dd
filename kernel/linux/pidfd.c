/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/linux/pidfd.h"
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/signal.h"
#include "kernel/linux/syscall.h"

static unsigned pidfd_poll(struct file *f, struct poll_table *pt)
{
    struct process *p = f->priv;
    poll_watch(pt, &p->family.changed);
    return __atomic_load_n(&p->family.ended, __ATOMIC_SEQ_CST) ? POLLIN | POLLRDNORM : 0;
}

static void pidfd_release(struct file *f)
{
    family_put(f->priv);
}

static const struct file_ops pidfd_ops = {.poll = pidfd_poll, .release = pidfd_release};

static int pidfd_install(struct process *p, uint32_t flags)
{
    struct file *f = file_new_nameless(&pidfd_ops, family_get(p), O_RDWR | flags);
    if (!f)
        family_put(p);
    return fd_install(f, true);
}

int pidfd_give(struct process *p, vaddr_t at)
{
    int fd = pidfd_install(p, 0);
    if (fd < 0)
        return fd;
    int err = copy_to_user(at, &fd, sizeof fd);
    if (err)
        fd_close(fd);
    return err;
}

struct process *pidfd_process(struct file *f)
{
    return f->ops == &pidfd_ops ? family_get(f->priv) : NULL;
}

long sys_pidfd_open(int pid, uint32_t flags)
{
    if ((flags & ~(uint32_t)O_NONBLOCK) || pid <= 0)
        return -EINVAL;
    struct process *p = family_find(pid);
    if (!p)
        return -ESRCH;
    int fd = pidfd_install(p, flags);
    family_put(p);
    return fd;
}

static int read_info(vaddr_t at, int sig, struct linux_siginfo *info)
{
    *info = (struct linux_siginfo){.signo = sig, .code = SI_USER};
    info->sent.pid = process_self()->pid;
    info->sent.uid = process_self()->creds.ruid;
    if (!at)
        return 0;
    if (copy_from_user(info, at, sizeof *info))
        return -EFAULT;
    return info->signo == sig ? 0 : -EINVAL;
}

static int send(struct process *p, const struct linux_siginfo *info)
{
    int err = 0;
    spin_lock(&family_lock);
    if (p->family.reaped)
        err = -ESRCH;
    else if (!family_may_signal(p) ||
             (info->code >= 0 && info->code != SI_USER && p != process_self()))
        err = -EPERM;
    else if (info->signo && !p->family.ended)
        signal_send_process(p, info);
    spin_unlock(&family_lock);
    return err;
}

long sys_pidfd_send_signal(int pidfd, int sig, vaddr_t info_at, uint32_t flags)
{
    struct linux_siginfo info;
    if (flags || sig < 0 || sig > SIG_MAX)
        return -EINVAL;
    struct file *f = fd_get(pidfd);
    if (!f)
        return -EBADF;
    struct process *p = pidfd_process(f);
    fd_put(f);
    if (!p)
        return -EBADF;
    int err = read_info(info_at, sig, &info);
    if (!err)
        err = send(p, &info);
    family_put(p);
    return err;
}

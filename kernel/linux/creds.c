/* SPDX-License-Identifier: Apache-2.0 */
/* The system calls about user and group ids: setuid(2), setreuid(2), setresuid(2), getgroups(2) and
 * their relatives. */
#include "kernel/linux/creds.h"
#include "abi/errno.h"
#include "kernel/core/uaccess.h"
#include "kernel/linux/thread.h"
#include "kernel/linux/syscall.h"
#include "lib/str.h"

#define KEEP UINT32_MAX /* -1: leave this id as it is */

/* Real, effective and saved id, of users or groups alike. */
struct ids {
    uint32_t real, effective, saved;
};

static struct creds *creds_lock(void)
{
    struct process *p = process_self();
    spin_lock(&p->lock);
    return &p->creds;
}

/* Files are reached with the effective ids. */
static void creds_unlock(struct creds *c)
{
    struct process *p = process_self();
    p->fs.uid = c->euid;
    p->fs.gid = c->egid;
    spin_unlock(&p->lock);
}

static struct ids *user_ids(struct creds *c)
{
    return (struct ids *)&c->ruid;
}

static struct ids *group_ids(struct creds *c)
{
    return (struct ids *)&c->rgid;
}

_Static_assert(offsetof(struct creds, suid) == 8 && offsetof(struct creds, rgid) == 12 &&
                   offsetof(struct creds, sgid) == 20,
               "ids in a row");

static bool is_one_of(const struct ids *ids, uint32_t id)
{
    return id == ids->real || id == ids->effective || id == ids->saved;
}

/* What setresuid and setresgid do; `root`: the caller may choose freely. */
static int set_three(struct ids *ids, bool root, struct ids new)
{
    const uint32_t wanted[] = {new.real, new.effective, new.saved};
    for (unsigned i = 0; i < ARRAY_SIZE(wanted); i++)
        if (wanted[i] != KEEP && !root && !is_one_of(ids, wanted[i]))
            return -EPERM;
    ids->real = new.real == KEEP ? ids->real : new.real;
    ids->effective = new.effective == KEEP ? ids->effective : new.effective;
    ids->saved = new.saved == KEEP ? ids->saved : new.saved;
    return 0;
}

/* setreuid: the saved id follows the effective one when the real one is set, or the effective one
 * becomes something other than the real one. */
static int set_two(struct ids *ids, bool root, uint32_t real, uint32_t effective)
{
    struct ids new = {real, effective, KEEP};
    if (real != KEEP && !root && real != ids->real && real != ids->effective)
        return -EPERM;
    if (real != KEEP || (effective != KEEP && effective != ids->real))
        new.saved = effective == KEEP ? ids->effective : effective;
    if (effective != KEEP && !root && !is_one_of(ids, effective))
        return -EPERM;
    return set_three(ids, true, new);
}

/* setuid: all three for root, else the effective one only. */
static int set_one(struct ids *ids, bool root, uint32_t id)
{
    if (id == KEEP)
        return -EINVAL;
    if (root)
        return set_three(ids, true, (struct ids){id, id, id});
    if (id != ids->real && id != ids->saved)
        return -EPERM;
    ids->effective = id;
    return 0;
}

/* What a change of user ids does to capabilities (capabilities(7)). */
static int set_users(struct creds *c, int result, struct ids old)
{
    struct ids now = *user_ids(c);
    bool was_root = !old.real || !old.effective || !old.saved;
    bool is_root = !now.real || !now.effective || !now.saved;
    if (result)
        return result;
    if (was_root && !is_root && !thread_self()->keep_capabilities)
        c->permitted = c->effective = 0;
    if (!old.effective && now.effective)
        c->effective = 0;
    if (old.effective && !now.effective)
        c->effective = c->permitted;
    return 0;
}

void creds_init(struct creds *c)
{
    c->permitted = c->effective = CREDS_ALL_CAPABILITIES;
}

#define WITH_CREDS(c, result)           \
    do {                                \
        struct creds *c = creds_lock(); \
        long result_ = (result);        \
        creds_unlock(c);                \
        return result_;                 \
    } while (0)

long sys_getuid(void)
{
    WITH_CREDS(c, c->ruid);
}

long sys_geteuid(void)
{
    WITH_CREDS(c, c->euid);
}

long sys_getgid(void)
{
    WITH_CREDS(c, c->rgid);
}

long sys_getegid(void)
{
    WITH_CREDS(c, c->egid);
}

long sys_setuid(uint32_t uid)
{
    struct ids old;
    WITH_CREDS(c, (old = *user_ids(c), set_users(c, set_one(user_ids(c), c->euid == 0, uid), old)));
}

long sys_setgid(uint32_t gid)
{
    WITH_CREDS(c, set_one(group_ids(c), c->euid == 0, gid));
}

long sys_setreuid(uint32_t ruid, uint32_t euid)
{
    struct ids old;
    WITH_CREDS(
        c, (old = *user_ids(c), set_users(c, set_two(user_ids(c), c->euid == 0, ruid, euid), old)));
}

long sys_setregid(uint32_t rgid, uint32_t egid)
{
    WITH_CREDS(c, set_two(group_ids(c), c->euid == 0, rgid, egid));
}

long sys_setresuid(uint32_t ruid, uint32_t euid, uint32_t suid)
{
    struct ids old, new = {ruid, euid, suid};
    WITH_CREDS(c,
               (old = *user_ids(c), set_users(c, set_three(user_ids(c), c->euid == 0, new), old)));
}

long sys_setresgid(uint32_t rgid, uint32_t egid, uint32_t sgid)
{
    WITH_CREDS(c, set_three(group_ids(c), c->euid == 0, (struct ids){rgid, egid, sgid}));
}

static long write_three(struct ids ids, vaddr_t real, vaddr_t effective, vaddr_t saved)
{
    int err = copy_to_user(real, &ids.real, sizeof ids.real);
    if (!err)
        err = copy_to_user(effective, &ids.effective, sizeof ids.effective);
    return err ? err : copy_to_user(saved, &ids.saved, sizeof ids.saved);
}

long sys_getresuid(vaddr_t ruid, vaddr_t euid, vaddr_t suid)
{
    struct creds *c = creds_lock();
    struct ids ids = *user_ids(c);
    creds_unlock(c);
    return write_three(ids, ruid, euid, suid);
}

long sys_getresgid(vaddr_t rgid, vaddr_t egid, vaddr_t sgid)
{
    struct creds *c = creds_lock();
    struct ids ids = *group_ids(c);
    creds_unlock(c);
    return write_three(ids, rgid, egid, sgid);
}

long sys_getgroups(int size, vaddr_t list)
{
    struct creds *c = creds_lock(), copy = *c;
    creds_unlock(c);
    if (size < 0 || (size > 0 && (uint32_t)size < copy.group_count))
        return -EINVAL;
    int err = size ? copy_to_user(list, copy.groups, copy.group_count * sizeof copy.groups[0]) : 0;
    return err ? err : (long)copy.group_count;
}

static int set_groups(struct creds *c, const uint32_t *groups, uint32_t count)
{
    if (c->euid != 0)
        return -EPERM;
    memcpy(c->groups, groups, count * sizeof *groups);
    c->group_count = count;
    return 0;
}

long sys_setgroups(int size, vaddr_t list)
{
    uint32_t groups[CREDS_GROUPS_MAX];
    if (size < 0 || size > CREDS_GROUPS_MAX)
        return -EINVAL;
    if (copy_from_user(groups, list, (uint32_t)size * sizeof groups[0]))
        return -EFAULT;
    WITH_CREDS(c, set_groups(c, groups, (uint32_t)size));
}

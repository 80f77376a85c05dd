/* SPDX-License-Identifier: Apache-2.0 */
/* kernel/core/uaccess.h over the routines in uaccess.S: the one place where an address is checked
 * against the user range. */
#include "kernel/core/uaccess.h"
#include "abi/errno.h"
#include "kernel/arch/cpu.h"
#include "kernel/arch/mmu.h"
#include "kernel/core/page.h"
#include "lib/str.h"

size_t uaccess_copy(void *dst, const void *src, size_t size_bytes);
size_t uaccess_copy_bytes(void *dst, const void *src, size_t size_bytes);
size_t uaccess_clear(void *dst, size_t size_bytes);
size_t uaccess_string(char *dst, const char *src, size_t room);
int uaccess_load_u32(const void *addr, uint32_t *value);
int uaccess_cas_u32(void *addr, uint32_t expected, uint32_t desired, uint32_t *old);

static bool in_user_range(vaddr_t addr, size_t size_bytes)
{
    return size_bytes <= USER_END && addr <= USER_END - size_bytes;
}

/* A copy that stopped early goes on by bytes from its last whole step, up to the very page that
 * isn't there. */
static size_t copy_part(void *dst, const void *src, size_t size_bytes)
{
    size_t left = uaccess_copy(dst, src, size_bytes);
    size_t done = size_bytes - left;
    if (UNLIKELY(left))
        left = uaccess_copy_bytes((char *)dst + done, (const char *)src + done, left);
    return size_bytes - left;
}

size_t copy_from_user_part(void *dst, vaddr_t src, size_t size_bytes)
{
    return in_user_range(src, size_bytes) ? copy_part(dst, (const void *)src, size_bytes) : 0;
}

size_t copy_to_user_part(vaddr_t dst, const void *src, size_t size_bytes)
{
    return in_user_range(dst, size_bytes) ? copy_part((void *)dst, src, size_bytes) : 0;
}

int copy_from_user(void *dst, vaddr_t src, size_t size_bytes)
{
    if (!in_user_range(src, size_bytes))
        return -EFAULT;
    return uaccess_copy(dst, (const void *)src, size_bytes) ? -EFAULT : 0;
}

int copy_to_user(vaddr_t dst, const void *src, size_t size_bytes)
{
    if (!in_user_range(dst, size_bytes))
        return -EFAULT;
    return uaccess_copy((void *)dst, src, size_bytes) ? -EFAULT : 0;
}

int clear_user(vaddr_t dst, size_t size_bytes)
{
    if (!in_user_range(dst, size_bytes))
        return -EFAULT;
    return uaccess_clear((void *)dst, size_bytes) ? -EFAULT : 0;
}

long copy_string_from_user(char *dst, vaddr_t src, size_t size_bytes)
{
    if (src >= USER_END || size_bytes == 0)
        return size_bytes ? -EFAULT : -ENAMETOOLONG;
    size_t room = MIN(size_bytes, (size_t)(USER_END - src));
    size_t left = uaccess_string(dst, (const char *)src, room);
    if (left == SIZE_MAX)
        return -EFAULT;
    if (left == 0)
        return room < size_bytes ? -EFAULT : -ENAMETOOLONG;
    return (long)(room - left);
}

int user_load_u32(vaddr_t addr, uint32_t *value)
{
    if (!in_user_range(addr, 4) || !IS_ALIGNED(addr, 4))
        return -EFAULT;
    return uaccess_load_u32((const void *)addr, value);
}

int user_cas_u32(vaddr_t addr, uint32_t expected, uint32_t desired, uint32_t *old)
{
    if (!in_user_range(addr, 4) || !IS_ALIGNED(addr, 4))
        return -EFAULT;
    return uaccess_cas_u32((void *)addr, expected, desired, old);
}

/* AT answers as the MMU would for the program's own read, without a fault. */
static const void *peek_at(vaddr_t va)
{
    uint64_t frame_mask = UINT64_C(0x0000fffffffff000);
    __asm__ volatile("at s1e0r, %0\n\tisb" ::"r"(va) : "memory");
    uint64_t par = sysreg_read(par_el1);
    return par & 1 ? NULL : (const char *)phys_to_virt(par & frame_mask) + va % PAGE_SIZE;
}

size_t user_peek(void *dst, vaddr_t src, size_t size_bytes)
{
    size_t done = 0;
    while (done < size_bytes && src + done < USER_END) {
        const void *from = peek_at(src + done);
        size_t n = MIN(size_bytes - done, PAGE_SIZE - (src + done) % PAGE_SIZE);
        if (!from)
            break;
        memcpy((char *)dst + done, from, n);
        done += n;
    }
    return done;
}

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's streams. Option tty= is a number: bit n is set when stream n is a terminal at the
 * launcher's side; tty_rows= and tty_cols= its size.
 */
#include "kernel/fs/stdio.h"

#include "abi/errno.h"
#include "kernel/core/console.h"
#include "kernel/core/options.h"
#include "kernel/core/slab.h"
#include "kernel/core/uaccess.h"
#include "kernel/fs/super.h"
#include "lib/str.h"

#define CHUNK_BYTES 4096u
#define SMALL_BYTES 256u /* most writes of programs fit */

/* ---- bytes ---- */

static long read_chunk(struct file *f, struct uio *u, char *buf, size_t size_bytes)
{
    long n = console_read(buf, MIN(u->left, size_bytes), !file_nonblock(f));
    if (n > 0 && uio_write(u, buf, (size_t)n) != (size_t)n)
        return -EFAULT;
    return n;
}

static long stdio_read(struct file *f, struct uio *u, int64_t *pos)
{
    (void)pos;
    if (!u->left)
        return 0;
    char *buf = kmalloc(CHUNK_BYTES);
    if (!buf)
        return -ENOMEM;
    long n = read_chunk(f, u, buf, CHUNK_BYTES);
    kfree(buf);
    return n;
}

static unsigned stream_of(const struct file *f)
{
    return f->inode->rdev == MKDEV(5, 0) || f->inode->priv_u64 != 2 ? 1 : 2;
}

static long write_chunks(struct file *f, struct uio *u, char *buf, size_t size_bytes)
{
    long done = 0;
    while (u->left) {
        size_t want = MIN(u->left, size_bytes);
        size_t n = uio_read(u, buf, want);
        long sent = n ? console_write(stream_of(f), buf, n) : -EFAULT;
        if (sent <= 0)
            return done ? done : sent;
        done += sent;
        if ((size_t)sent < want)
            break;
    }
    return done;
}

static long write_large(struct file *f, struct uio *u)
{
    char *buf = kmalloc(CHUNK_BYTES);
    if (!buf)
        return -ENOMEM;
    long n = write_chunks(f, u, buf, CHUNK_BYTES);
    kfree(buf);
    return n;
}

static long stdio_write(struct file *f, struct uio *u, int64_t *pos)
{
    char small[SMALL_BYTES];
    (void)pos;
    if (u->left > SMALL_BYTES)
        return write_large(f, u);
    return write_chunks(f, u, small, sizeof(small));
}

static unsigned stdio_poll(struct file *f, struct poll_table *pt)
{
    unsigned mask = 0;
    if (f->mode & FILE_READ) {
        poll_watch(pt, console_input_waitq());
        if (console_input_ready())
            mask |= POLLIN | POLLRDNORM;
    }
    if (f->mode & FILE_WRITE)
        mask |= POLLOUT | POLLWRNORM;
    return mask;
}

/* ---- the terminal's settings: kept for the program, acted on by the launcher's terminal alone
 * ---- */

static struct spinlock settings_lock;
static struct linux_termios settings = {
    .c_iflag = 0x4500, /* ICRNL IXON IUTF8 */
    .c_oflag = 0x5,    /* OPOST ONLCR */
    .c_cflag = 0xbf,   /* B38400 CS8 CREAD */
    .c_lflag = 0x8a3b, /* ISIG ICANON ECHO ECHOE ECHOK ECHOCTL ECHOKE IEXTEN */
    .c_cc = {3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22},
};

static long set_termios(vaddr_t arg)
{
    struct linux_termios t;
    if (copy_from_user(&t, arg, sizeof(t)))
        return -EFAULT;
    spin_lock(&settings_lock);
    settings = t;
    spin_unlock(&settings_lock);
    return 0;
}

static long get_termios(vaddr_t arg)
{
    spin_lock(&settings_lock);
    struct linux_termios t = settings;
    spin_unlock(&settings_lock);
    return copy_to_user(arg, &t, sizeof(t));
}

static long get_size(vaddr_t arg)
{
    struct linux_winsize w = {.ws_row = (uint16_t)option_number("tty_rows", 24),
                              .ws_col = (uint16_t)option_number("tty_cols", 80)};
    return copy_to_user(arg, &w, sizeof(w));
}

static long tty_ioctl(struct file *f, uint32_t request, uint64_t arg)
{
    int32_t group = 1;
    (void)f;
    switch (request) {
    case TCGETS:
        return get_termios(arg);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return set_termios(arg);
    case TIOCGWINSZ:
        return get_size(arg);
    case TIOCGPGRP:
        return copy_to_user(arg, &group, sizeof(group));
    case TCFLSH:
    case TIOCSPGRP:
    case TIOCSWINSZ:
        return 0;
    default:
        return -ENOTTY;
    }
}

const struct file_ops tty_fops = {
    .read = stdio_read, .write = stdio_write, .poll = stdio_poll, .ioctl = tty_ioctl};
static const struct file_ops stream_fops = {
    .read = stdio_read, .write = stdio_write, .poll = stdio_poll};

/* ---- the three files ---- */

static bool is_tty(unsigned fd)
{
    return option_number("tty", 0) >> fd & 1;
}

bool stdio_has_tty(void)
{
    return option_number("tty", 0) & 7;
}

/* Opening a stream again, through /proc/self/fd. */
static int stdio_reopen(struct inode *inode, struct file *f)
{
    f->ops = inode->fops;
    return 0;
}

static const struct inode_ops stream_ops = {.open = stdio_reopen};

int stdio_open(unsigned fd, struct file **out)
{
    bool tty = is_tty(fd);
    uint32_t flags = tty ? O_RDWR : fd == 0 ? O_RDONLY : O_WRONLY;
    struct inode *inode = inode_new(&super_nameless, tty ? S_IFCHR | 0620 : S_IFIFO | 0600,
                                    &stream_ops, tty ? &tty_fops : &stream_fops);
    if (!inode)
        return -ENOMEM;
    inode->priv_u64 = fd;
    inode->rdev = tty ? MKDEV(136, 0) : 0;
    *out = file_new(inode->fops, inode, flags);
    if (*out)
        return 0;
    inode_put(inode);
    return -ENOMEM;
}

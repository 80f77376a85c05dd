/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A volume whose server says anything: the input decides what each answer is, well-formed or not,
 * and what a program then does with the volume. Nothing may crash, hang or leak.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/core/slab.h"
#include "kernel/fs/context.h"
#include "kernel/fs/p9_volume.h"
#include "kernel/fs/super.h"
#include "kernel/linux/fd.h"
#include "tests/fs/api.h"
#include "tests/fs/fakes.h"

enum { STEPS = 40, HANDLES = 4, PLAUSIBLE = 160, REFUSED = 210 };

static const uint8_t *input;
static size_t left;

static uint8_t take(void)
{
    if (!left)
        return 0;
    left--;
    return *input++;
}

/* ---- the server ---- */

struct answer {
    uint8_t bytes[1024];
    uint32_t size;
};

static void put(struct answer *a, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        a->bytes[a->size++] = i < 8 ? (uint8_t)(value >> 8 * i) : 0;
}

static void put_qid(struct answer *a)
{
    static const uint8_t types[] = {P9_QID_DIR, P9_QID_FILE, P9_QID_FILE, P9_QID_LINK};
    uint8_t what = take();
    put(a, types[what & 3], 1);
    put(a, 0, 4);
    put(a, what >> 2 & 7, 8);
}

static void put_attr(struct answer *a)
{
    static const uint32_t modes[] = {S_IFREG | 0644, S_IFREG | 0600, S_IFDIR | 0755, S_IFLNK | 0777,
                                     S_IFIFO | 0644};
    uint8_t what = take();
    put(a, P9_GETATTR_BASIC, 8);
    put(a, 0, 5);
    put(a, what >> 4 & 7, 8);
    put(a, modes[what % 5], 4);
    put(a, 0, 8);
    put(a, what & 3, 8);
    put(a, 0, 8);
    put(a, (uint64_t)take() << 9, 8);
    put(a, 4096, 8);
    put(a, 8, 8);
    for (int i = 0; i < 4; i++) {
        put(a, take(), 8);
        put(a, 0, 8);
    }
    put(a, 0, 8 * 4 - 16);
}

static void put_anything(struct answer *a)
{
    for (uint8_t n = take() % 64; n; n--)
        put(a, take(), 1);
}

/* What an honest server might say; the first two messages get such an answer, or the volume would
 * never be there. */
static void put_plausible(struct answer *a, uint8_t type, const uint8_t *out)
{
    uint32_t wanted;
    switch (type) {
    case P9_TVERSION:
        put(a, 8192 + P9_IO_HEADER, 4);
        put(a, sizeof(P9_VERSION) - 1, 2);
        memcpy(a->bytes + a->size, P9_VERSION, sizeof(P9_VERSION) - 1);
        a->size += sizeof(P9_VERSION) - 1;
        break;
    case P9_TATTACH:
        put(a, P9_QID_DIR, 1);
        put(a, 0, 12);
        break;
    case P9_TWALK:
        put(a, out[15], 2);
        if (out[15])
            put_qid(a);
        break;
    case P9_TGETATTR:
        put_attr(a);
        break;
    case P9_TREAD:
    case P9_TWRITE:
        memcpy(&wanted, out + 19, 4);
        put(a, take() & 1 ? wanted : take(), 4);
        break;
    default:
        put_anything(a);
    }
}

/* The answer, data included, goes where a device would put it: the first in_bytes, then the runs.
 */
static void deliver(struct p9_exchange *x, const struct answer *a, uint32_t got)
{
    memcpy(x->in, a->bytes, MIN(MIN(a->size, got), x->in_bytes));
    x->got = got;
    x->done(x);
}

static uint32_t room(const struct p9_exchange *x)
{
    uint32_t sum = x->in_bytes;
    for (unsigned i = 0; x->runs_receive && i < x->run_count; i++)
        sum += x->runs[i].bytes;
    return sum;
}

static int submit(struct p9_channel *c, struct p9_exchange *x)
{
    const uint8_t *out = x->out;
    uint8_t type = out[4], how = take();
    struct answer a = {.size = P9_HEADER_BYTES};
    bool first = type == P9_TVERSION || type == P9_TATTACH;
    (void)c;
    if (how < PLAUSIBLE || first)
        put_plausible(&a, type, out);
    else if (how < REFUSED)
        put(&a, take(), 4);
    else
        put_anything(&a);
    uint32_t size = a.size;
    if (type == P9_TREAD && how < PLAUSIBLE)
        size += (uint32_t)a.bytes[7] | (uint32_t)a.bytes[8] << 8;
    bool lies = how >= REFUSED && !first;
    uint32_t got = MIN(lies ? take() : size, room(x));
    a.size = 0;
    put(&a, lies && take() & 1 ? take() : got, 4);
    put(&a,
        how >= PLAUSIBLE && how < REFUSED && !first ? P9_RLERROR
        : lies && take() & 1                        ? take()
                                                    : type + 1u,
        1);
    put(&a, (uint64_t)out[5] | (uint64_t)out[6] << 8, 2);
    a.size = MAX(size, a.size);
    deliver(x, &a, got);
    return 0;
}

/* ---- the program ---- */

static int fds[HANDLES];

static void map_page(int fd)
{
    struct file *f = fd_get(fd);
    struct vmobj *obj;
    paddr_t page;
    if (!f)
        return;
    if (f->ops->mmap && !f->ops->mmap(f, &obj)) {
        if (!obj->ops->get_page(obj, take() & 3, take() & 1, &page))
            page_put(page);
        if (obj->ops->unmapped && take() & 1)
            obj->ops->unmapped(obj);
        vmobj_put(obj);
    }
    fd_put(f);
}

static const char *const names[] = {"a", "b", "a/b", "b/a", "c/../a", ".", "a/"};

static void reopen(int *fd, const char *name)
{
    static const unsigned flags[] = {O_RDONLY,
                                     O_RDWR,
                                     O_RDWR | O_CREAT,
                                     O_WRONLY | O_APPEND,
                                     O_RDWR | O_TRUNC,
                                     0200000 /* the host's O_DIRECTORY */,
                                     O_CREAT | O_EXCL | O_RDWR};
    kernel_api.close(*fd);
    *fd = (int)kernel_api.open(AT_FDCWD, name, (int)(flags[take() % 7] | O_NONBLOCK), 0644);
}

static void act_on_names(unsigned what, const char *a, const char *b)
{
    const struct api *k = &kernel_api;
    struct api_stat st;
    char buf[6000];
    switch (what) {
    case 5:
        k->stat(AT_FDCWD, a, 0, &st);
        break;
    case 7:
        k->mkdir(AT_FDCWD, a, 0755);
        break;
    case 8:
        k->unlink(AT_FDCWD, a, take() & 1 ? 0x200 : 0);
        break;
    case 9:
        k->rename(AT_FDCWD, a, AT_FDCWD, b, 0);
        break;
    case 10:
        k->link(AT_FDCWD, a, AT_FDCWD, b, 0);
        break;
    case 11:
        k->symlink(a, AT_FDCWD, b);
        break;
    case 12:
        k->readlink(AT_FDCWD, a, buf, sizeof(buf));
        break;
    }
}

static void act_on_file(unsigned what, int fd)
{
    const struct api *k = &kernel_api;
    struct api_dirents d = {0};
    struct api_stat st;
    char buf[6000] = "bytes";
    switch (what) {
    case 2:
        k->read(fd, buf, sizeof(buf));
        break;
    case 3:
        k->pwrite(fd, buf, take() & 1 ? 5 : sizeof(buf), (int64_t)take() << 6);
        break;
    case 4:
        k->fstat(fd, &st);
        break;
    case 6:
        k->getdents(fd, &d);
        break;
    case 13:
        k->ftruncate(fd, (int64_t)take() << 5);
        break;
    case 14:
        k->fsync(fd);
        break;
    case 15:
        map_page(fd);
        break;
    }
}

/* One system call; each helper knows its own numbers and lets the others pass. */
static void act(void)
{
    const char *a = names[take() % 7], *b = names[take() % 7];
    int *fd = &fds[take() % HANDLES];
    unsigned what = take() % 16;
    if (what < 2)
        reopen(fd, a);
    act_on_names(what, a, b);
    act_on_file(what, *fd);
}

static void use(struct p9_volume *v)
{
    fs_set_cwd(v->super.root);
    for (int i = 0; i < STEPS && left; i++)
        act();
    for (int i = 0; i < HANDLES; i++)
        kernel_api.close(fds[i]);
    fs_set_cwd(super_top());
    dentry_put(v->super.root);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct p9_channel channel = {.submit = submit, .tag = "fuzz"};
    static struct p9_volume v;
    input = data;
    left = size;
    waitq_init(&channel.room);
    memset(fds, -1, sizeof(fds));
    memset(&v, 0, sizeof(v));
    kernel_setup(022, 0, 0);
    if (!p9_volume_init(&v, &channel, false))
        use(&v);
    for (struct p9_fid *fid = v.session.free_fids, *next; fid; fid = next) {
        next = fid->next;
        kfree(fid);
    }
    kernel_teardown();
    return 0;
}

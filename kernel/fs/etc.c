/* SPDX-License-Identifier: Apache-2.0 */
/* /etc from the options hostname= and host=, the network's name servers and the payload's
 * certificates; an archive's own files come first. */
#include "kernel/fs/etc.h"

#include "kernel/core/options.h"
#include "kernel/core/payload.h"
#include "kernel/core/slab.h"
#include "kernel/fs/names.h"
#include "kernel/fs/open.h"
#include "kernel/fs/pseudo.h"
#include "kernel/fs/super.h"
#include "kernel/fs/tmpfs.h"
#include "lib/fmt.h"
#include "lib/str.h"

static void make_file(const char *path, const char *text)
{
    struct file *f;
    struct uio u;
    int err = fs_open(super_top(), path, O_WRONLY | O_CREAT | O_EXCL, 0644, &f);
    if (err)
        return; /* it is there already, or there is no memory for it: the program sees which */
    uio_kernel(&u, (void *)(uintptr_t)text, strlen(text));
    (void)!file_write(f, &u, NULL);
    file_put(f);
}

/* Where Go looks first. The bytes stay where the image has them. */
static void make_certificates(void)
{
    static const char path[] = "/etc/ssl/certs/ca-certificates.crt";
    struct file *f;
    size_t size;
    const void *bundle = payload_item(PAYLOAD_CERTIFICATES, &size);
    if (!bundle || names_make_dirs("/etc/ssl/certs") ||
        fs_open(super_top(), path, O_WRONLY | O_CREAT | O_EXCL, 0644, &f))
        return;
    tmpfs_set_below(f->inode, bundle, size);
    file_put(f);
}

static const struct {
    const char *path, *text;
} constant[] = {
    {"/etc/passwd", "root:x:0:0:root:/:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n"},
    {"/etc/group", "root:x:0:\nnogroup:x:65534:\n"},
    {"/etc/nsswitch.conf", "hosts: files dns\n"},
    {"/etc/services", "domain\t53/udp\ndomain\t53/tcp\nhttp\t80/tcp\nhttps\t443/tcp\n"},
    {"/etc/protocols", "icmp\t1\ntcp\t6\nudp\t17\n"},
};

void (*etc_resolv)(char *text, size_t size_bytes);

static void make_hosts(const char *name)
{
    char line[300];
    struct text t = {0};
    text_add(&t, "127.0.0.1\tlocalhost\n::1\tlocalhost\n127.0.1.1\t%s\n", name);
    for (unsigned n = 0; option_copy_nth("host", n, line, sizeof(line)); n++)
        text_add(&t, "%s\n", line);
    text_bytes(&t, "", 1);
    if (!t.err)
        make_file("/etc/hosts", t.buf);
    kfree(t.buf);
}

void etc_fill(void)
{
    char name[65], text[256];
    if (!option_copy("hostname", name, sizeof(name)))
        memcpy(name, "mazboot", 8);
    for (unsigned i = 0; i < ARRAY_SIZE(constant); i++)
        make_file(constant[i].path, constant[i].text);
    make_certificates();
    fmt_print(text, sizeof(text), "%s\n", name);
    make_file("/etc/hostname", text);
    make_hosts(name);
    if (!etc_resolv)
        return;
    etc_resolv(text, sizeof(text));
    make_file("/etc/resolv.conf", text);
}

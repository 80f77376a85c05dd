/* SPDX-License-Identifier: Apache-2.0 */
/* The archive is packed into a memfd, so that a folder and a tar file both end as a mapped file. */
#include "vmm/root.h"
#include "vmm/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define TAR_BLOCK_BYTES 512
#define TAR_MAGIC_AT    257
#define TAR_MAGIC       "ustar"

struct packer {
    struct archive_library lib;
    struct archive *disk;
    struct archive *tar;
    struct archive_entry *entry;
    size_t prefix_bytes; /* the folder's own path, which entries start with */
};

static int failed(const struct packer *p, struct archive *a, const char *what, struct error *err)
{
    int code = p->lib.archive_errno(a);

    return error_set(err, code > 0 ? -code : -EIO, "cannot %s: %s", what,
                     p->lib.archive_error_string(a));
}

static int copy_data(struct packer *p, struct error *err)
{
    const void *bytes;
    size_t size;
    int64_t at, done = 0;
    int status;

    while ((status = p->lib.archive_read_data_block(p->disk, &bytes, &size, &at)) == ARCHIVE_OK) {
        static const char zeros[4096];
        for (; done < at; done += (int64_t)MIN((uint64_t)(at - done), sizeof(zeros)))
            if (p->lib.archive_write_data(p->tar, zeros,
                                          MIN((uint64_t)(at - done), sizeof(zeros))) < 0)
                return failed(p, p->tar, "pack the root folder", err);
        if (p->lib.archive_write_data(p->tar, bytes, size) < 0)
            return failed(p, p->tar, "pack the root folder", err);
        done += (int64_t)size;
    }
    return status == ARCHIVE_EOF ? 0 : failed(p, p->disk, "read the root folder", err);
}

/* The name below the folder: "" for the folder itself. */
static const char *name_below(const struct packer *p)
{
    const char *name = p->lib.archive_entry_pathname(p->entry) + p->prefix_bytes;

    return name + strspn(name, "/");
}

static int pack_entry(struct packer *p, struct error *err)
{
    const char *name = name_below(p);

    if (*name == '\0' || p->lib.archive_entry_filetype(p->entry) == AE_IFSOCK)
        return 0;
    char *copy = strdup(name);
    if (!copy)
        return error_set(err, -ENOMEM, "out of memory");
    p->lib.archive_entry_set_pathname(p->entry, copy);
    free(copy);
    p->lib.archive_entry_set_uid(p->entry, 0);
    p->lib.archive_entry_set_gid(p->entry, 0);
    if (p->lib.archive_write_header(p->tar, p->entry) < ARCHIVE_WARN)
        return failed(p, p->tar, "pack the root folder", err);
    return p->lib.archive_entry_size(p->entry) > 0 ? copy_data(p, err) : 0;
}

static int pack_all(struct packer *p, struct error *err)
{
    int status, result = 0;

    while (result == 0 &&
           (status = p->lib.archive_read_next_header2(p->disk, p->entry)) != ARCHIVE_EOF) {
        if (status != ARCHIVE_OK)
            return failed(p, p->disk, "read the root folder", err);
        p->lib.archive_read_disk_descend(p->disk);
        result = pack_entry(p, err);
    }
    if (result == 0 && p->lib.archive_write_close(p->tar) != ARCHIVE_OK)
        return failed(p, p->tar, "pack the root folder", err);
    return result;
}

static int pack(struct packer *p, const char *path, int fd, struct error *err)
{
    if (!p->disk || !p->tar || !p->entry)
        return error_set(err, -ENOMEM, "out of memory");
    p->lib.archive_read_disk_set_behavior(
        p->disk, ARCHIVE_READDISK_NO_XATTR | ARCHIVE_READDISK_NO_ACL | ARCHIVE_READDISK_NO_FFLAGS);
    p->lib.archive_read_disk_set_symlink_physical(p->disk);
    p->lib.archive_write_set_format_pax_restricted(p->tar);
    if (p->lib.archive_write_open_fd(p->tar, fd) != ARCHIVE_OK)
        return failed(p, p->tar, "pack the root folder", err);
    if (p->lib.archive_read_disk_open(p->disk, path) != ARCHIVE_OK)
        return failed(p, p->disk, "read the root folder", err);
    return pack_all(p, err);
}

static int folder_pack(const char *path, int fd, struct error *err)
{
    struct packer packer = {.prefix_bytes = strlen(path)}, *p = &packer;

    int result = archive_library_open(&p->lib, err);
    if (result < 0)
        return result;
    p->disk = p->lib.archive_read_disk_new();
    p->tar = p->lib.archive_write_new();
    p->entry = p->lib.archive_entry_new();
    result = pack(p, path, fd, err);
    p->lib.archive_entry_free(p->entry);
    p->lib.archive_write_free(p->tar);
    p->lib.archive_read_free(p->disk);
    return result;
}

static int folder_open(struct blob *root, const char *path, struct error *err)
{
    int fd = memfd_create("mazboot-root", MFD_CLOEXEC);

    if (fd < 0)
        return error_errno(err, "cannot create the root archive in memory");
    int result = folder_pack(path, fd, err);
    if (result == 0)
        result = blob_from_fd(root, fd, path, err);
    close(fd);
    return result;
}

static int tar_open(struct blob *root, const char *path, struct error *err)
{
    struct blob tar;

    int result = blob_open(&tar, path, err);
    if (result < 0)
        return result;
    if (tar.size_bytes < TAR_BLOCK_BYTES ||
        memcmp(tar.bytes + TAR_MAGIC_AT, TAR_MAGIC, strlen(TAR_MAGIC)) != 0) {
        blob_close(&tar);
        return error_set(err, -EINVAL,
                         "%s is neither a folder nor an uncompressed tar archive; unpack it and "
                         "name the folder",
                         path);
    }
    *root = tar;
    return 0;
}

int root_open(struct blob *root, const char *path, struct error *err)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return error_errno(err, "%s", path);
    return S_ISDIR(st.st_mode) ? folder_open(root, path, err) : tar_open(root, path, err);
}

/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int blob_from_fd(struct blob *blob, int fd, const char *path, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return error_errno(err, "%s", path);
    if (S_ISDIR(st.st_mode))
        return error_set(err, -EISDIR, "%s is a directory", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, -EINVAL, "%s is not a regular file", path);

    struct blob result = {.size_bytes = (size_t)st.st_size};
    if (result.size_bytes > 0) {
        void *bytes = mmap(NULL, result.size_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
        if (bytes == MAP_FAILED)
            return error_errno(err, "%s", path);
        result.bytes = bytes;
    }
    *blob = result;
    return 0;
}

int blob_open(struct blob *blob, const char *path, struct error *err)
{
    /* Not blocking: opening a FIFO would wait for a writer, only to be refused afterwards. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return error_errno(err, "%s", path);
    int result = blob_from_fd(blob, fd, path, err);
    close(fd);
    return result;
}

void blob_close(struct blob *blob)
{
    if (blob->bytes)
        munmap((void *)blob->bytes, blob->size_bytes);
    *blob = (struct blob){0};
}

/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file as read-only memory. */
#ifndef VMM_BLOB_H
#define VMM_BLOB_H

#include "vmm/error.h"

struct blob {
    const uint8_t *bytes;
    size_t size_bytes;
};

/*
 * Maps the regular file at path. The caller ends it with blob_close. An empty file gives size 0.
 * Fails with the errno of open, fstat or mmap; -EISDIR for a directory, -EINVAL for anything else
 * that is not a file.
 */
int blob_open(struct blob *blob, const char *path, struct error *err) MUST_CHECK;

/* The same for an open file, which the caller may close afterwards; path is for messages. */
int blob_from_fd(struct blob *blob, int fd, const char *path, struct error *err) MUST_CHECK;

/* Unmaps what these mapped; a zeroed blob is allowed. */
void blob_close(struct blob *blob);

#endif

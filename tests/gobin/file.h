/* SPDX-License-Identifier: Apache-2.0 */
/* A whole file for the helper programs of the tests, which end where it can't be had. */
#ifndef TESTS_GOBIN_FILE_H
#define TESTS_GOBIN_FILE_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gobin/span.h"

static inline struct span file_map(const char *path)
{
    struct stat st;
    void *data = MAP_FAILED;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0)
        data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (data == MAP_FAILED) {
        perror(path);
        exit(2);
    }
    close(fd);
    return (struct span){data, (size_t)st.st_size};
}

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libarchive, loaded when it is first wanted: it brings a dozen libraries with it (XML, Unicode
 * tables, C++), and their start-up would be a third of the launcher's, which seldom packs anything.
 */
#ifndef VMM_ARCHIVE_H
#define VMM_ARCHIVE_H

#include "vmm/error.h"

#include <archive.h>
#include <archive_entry.h>

/* What is used of it, under the names of its own headers. */
#define ARCHIVE_FUNCTIONS(X)                  \
    X(archive_errno)                          \
    X(archive_error_string)                   \
    X(archive_entry_filetype)                 \
    X(archive_entry_free)                     \
    X(archive_entry_new)                      \
    X(archive_entry_pathname)                 \
    X(archive_entry_set_gid)                  \
    X(archive_entry_set_pathname)             \
    X(archive_entry_set_uid)                  \
    X(archive_entry_size)                     \
    X(archive_read_data_block)                \
    X(archive_read_disk_descend)              \
    X(archive_read_disk_new)                  \
    X(archive_read_disk_open)                 \
    X(archive_read_disk_set_behavior)         \
    X(archive_read_disk_set_symlink_physical) \
    X(archive_read_free)                      \
    X(archive_read_next_header2)              \
    X(archive_write_close)                    \
    X(archive_write_data)                     \
    X(archive_write_free)                     \
    X(archive_write_header)                   \
    X(archive_write_new)                      \
    X(archive_write_open_fd)                  \
    X(archive_write_set_format_pax_restricted)

struct archive_library {
#define MEMBER(name) __typeof__(name) *name;
    ARCHIVE_FUNCTIONS(MEMBER)
#undef MEMBER
};

/* Loads it, for the rest of the process. Fails with -ENOENT where it isn't installed, and
 * -ENOTSUP where it lacks a function. */
int archive_library_open(struct archive_library *library, struct error *err) MUST_CHECK;

#endif

/* SPDX-License-Identifier: Apache-2.0 */
/* The file that a process runs, from execve(2) to the next one. */
#ifndef KERNEL_LINUX_IMAGE_H
#define KERNEL_LINUX_IMAGE_H

#include "kernel/fs/dentry.h"
#include "kernel/linux/process.h"

#define IMAGE_HEAD_BYTES 4096u

struct image {
    struct file *file;     /* open, and nobody may write it (inode_begin_run) */
    struct vmobj *program; /* its pages; a reference */
    uint64_t bytes;
    size_t head_bytes;
    uint8_t head[IMAGE_HEAD_BYTES];
};

/*
 * image_open - the program at path: base as with path_lookup. nofollow: a link in the last place is
 * -ELOOP. 0; what opening answers; -EACCES: not a file, or no right to execute it; -ETXTBSY;
 * -ENOEXEC: nothing that could be mapped. image_close undoes it.
 */
int image_open(struct image *i, struct dentry *base, const char *path, bool nofollow) MUST_CHECK;
void image_close(struct image *i);

/* image_is_script - it begins with #!: the interpreter, and its argument or NULL, as NUL-ended
 * pieces of head, which is changed. 0; -ENOEXEC: no interpreter that one could name. */
static inline bool image_is_script(const struct image *i)
{
    return i->head_bytes >= 2 && i->head[0] == '#' && i->head[1] == '!';
}
int image_interpreter(struct image *i, const char **interpreter, const char **argument) MUST_CHECK;

/* image_refusal - why a program that elf_load_plan refused can't run: -ENOEXEC, or, as Linux has
 * it, the error of looking for the interpreter of one that wants one. */
int image_refusal(const struct image *i);

/* image_adopt - p runs i from here on, and not what it did before; i is empty then. image_inherit -
 * p, which is new, runs what `from` does. image_release - p runs nothing any more. */
void image_adopt(struct process *p, struct image *i);
void image_inherit(struct process *p, struct process *from);
void image_release(struct process *p);

/* image_file - what p runs since an execve, a reference; NULL: it runs the payload's program, or
 * has ended. */
OPTIONAL struct file *image_file(struct process *p);

/* image_entry - where the program's first instruction is, if that is the payload's program; else 0.
 */
OPTIONAL vaddr_t image_entry(const struct process *p);

#endif

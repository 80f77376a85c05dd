/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/registry.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define ENTRY_SUFFIX  ".machine"
#define SOCKET_SUFFIX ".debug"

static bool name_valid(const char *name)
{
    size_t length = strlen(name);
    for (const char *c = name; *c; c++)
        if (!isalnum((unsigned char)*c) && !strchr("-_.", *c))
            return false;
    return length > 0 && length <= MACHINE_NAME_MAX && *name != '.';
}

static void folder_path(char *path, size_t size)
{
    const char *runtime = getenv("XDG_RUNTIME_DIR");
    if (runtime && *runtime == '/')
        snprintf(path, size, "%s/mazboot", runtime);
    else
        snprintf(path, size, "/tmp/mazboot-%u", (unsigned)getuid());
}

/* In /tmp somebody else may have made it first. */
static int folder_check(const char *path, struct error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return error_errno(err, "cannot use the folder %s", path);
    if (!S_ISDIR(st.st_mode) || st.st_uid != getuid() || (st.st_mode & 077))
        return error_set(err, -EPERM,
                         "%s isn't a folder of yours alone: remove it, or set XDG_RUNTIME_DIR",
                         path);
    return 0;
}

static int folder_make(char *path, size_t size, struct error *err)
{
    folder_path(path, size);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return error_errno(err, "cannot make the folder %s", path);
    return folder_check(path, err);
}

static int lock_take(struct registration *r, struct error *err)
{
    r->lock_fd = open(r->entry, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (r->lock_fd < 0)
        return error_errno(err, "cannot write %s", r->entry);
    if (flock(r->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return 0;
    close(r->lock_fd);
    r->lock_fd = 0;
    return error_set(err, -EEXIST, "there is a machine called %s already; mazboot ps lists them",
                     r->name);
}

static int socket_listen(struct registration *r, struct error *err)
{
    struct sockaddr_un addr = {.sun_family = AF_UNIX};
    if (strlen(r->socket) >= sizeof(addr.sun_path))
        return error_set(err, -ENAMETOOLONG, "%s is too long for a socket; set XDG_RUNTIME_DIR",
                         r->socket);
    strcpy(addr.sun_path, r->socket);
    unlink(r->socket);
    r->debug_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (r->debug_fd < 0 || bind(r->debug_fd, (struct sockaddr *)&addr, sizeof(addr)) != 0 ||
        listen(r->debug_fd, 1) != 0)
        return error_errno(err, "cannot listen at %s", r->socket);
    return 0;
}

int registry_enter(struct registration *r, const char *name, struct error *err)
{
    char folder[PATH_MAX - MACHINE_NAME_MAX - 16], own[32];
    *r = (struct registration){0};
    snprintf(own, sizeof(own), "%ld", (long)getpid());
    if (!name)
        name = own;
    if (!name_valid(name))
        return error_set(err, -EINVAL,
                         "a machine's name is of at most %d letters, digits, -, _ and .",
                         MACHINE_NAME_MAX);
    int rc = folder_make(folder, sizeof(folder), err);
    if (rc < 0)
        return rc;
    snprintf(r->name, sizeof(r->name), "%s", name);
    snprintf(r->entry, sizeof(r->entry), "%s/%s" ENTRY_SUFFIX, folder, name);
    snprintf(r->socket, sizeof(r->socket), "%s/%s" SOCKET_SUFFIX, folder, name);
    rc = lock_take(r, err);
    if (rc == 0)
        rc = socket_listen(r, err);
    if (rc < 0)
        registry_leave(r);
    return rc;
}

int registry_describe(struct registration *r, const struct machine_entry *e, struct error *err)
{
    char text[PATH_MAX + 128];
    int n = snprintf(text, sizeof(text), "%ld %llu %u %d %s\n", e->pid, e->memory_bytes,
                     e->cpu_count, e->payload_fd, e->program);
    if (ftruncate(r->lock_fd, 0) != 0 || pwrite(r->lock_fd, text, (size_t)n, 0) != n)
        return error_errno(err, "cannot write %s", r->entry);
    return 0;
}

void registry_leave(struct registration *r)
{
    if (r->lock_fd > 0) {
        unlink(r->socket);
        unlink(r->entry);
        close(r->lock_fd);
    }
    if (r->debug_fd > 0)
        close(r->debug_fd);
    *r = (struct registration){0};
}

/* 1 and *out, or 0: it is nobody's any more (then it is removed), or not described yet. */
static int entry_read(const char *folder, const char *name, struct machine_entry *out)
{
    char path[PATH_MAX + 16], text[PATH_MAX + 128];
    int program = 0;
    *out = (struct machine_entry){0};
    snprintf(out->name, sizeof(out->name), "%s", name);
    snprintf(out->socket, sizeof(out->socket), "%s/%s" SOCKET_SUFFIX, folder, name);
    snprintf(path, sizeof(path), "%s/%s" ENTRY_SUFFIX, folder, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    bool dead = flock(fd, LOCK_EX | LOCK_NB) == 0;
    if (dead) {
        unlink(out->socket);
        unlink(path);
    }
    ssize_t n = dead ? 0 : read(fd, text, sizeof(text) - 1);
    close(fd);
    text[n > 0 ? n : 0] = 0;
    if (sscanf(text, "%ld %llu %u %d %n", &out->pid, &out->memory_bytes, &out->cpu_count,
               &out->payload_fd, &program) != 4)
        return 0;
    text[strcspn(text, "\n")] = 0;
    snprintf(out->program, sizeof(out->program), "%s", text + program);
    return 1;
}

static int is_entry(const struct dirent *d)
{
    size_t length = strlen(d->d_name), suffix = strlen(ENTRY_SUFFIX);
    return length > suffix && length - suffix <= MACHINE_NAME_MAX &&
           strcmp(d->d_name + length - suffix, ENTRY_SUFFIX) == 0;
}

int registry_walk(int (*each)(void *context, const struct machine_entry *entry), void *context,
                  struct error *err)
{
    char folder[PATH_MAX - MACHINE_NAME_MAX - 16];
    struct dirent **all = NULL;
    struct machine_entry entry;
    folder_path(folder, sizeof(folder));
    if (access(folder, F_OK) != 0)
        return 0;
    int rc = folder_check(folder, err);
    int n = rc == 0 ? scandir(folder, &all, is_entry, alphasort) : 0;
    if (n < 0)
        return error_errno(err, "cannot read the folder %s", folder);
    for (int i = 0; i < n; i++) {
        all[i]->d_name[strlen(all[i]->d_name) - strlen(ENTRY_SUFFIX)] = 0;
        if (rc == 0 && entry_read(folder, all[i]->d_name, &entry))
            rc = each(context, &entry);
        free(all[i]);
    }
    free(all);
    return rc;
}

struct wanted {
    const char *name;
    struct machine_entry *out;
};

static int is_wanted(void *context, const struct machine_entry *entry)
{
    struct wanted *w = context;
    if (strcmp(entry->name, w->name) != 0)
        return 0;
    *w->out = *entry;
    return 1;
}

int registry_find(const char *name, struct machine_entry *out, struct error *err)
{
    struct wanted w = {name, out};
    int rc = registry_walk(is_wanted, &w, err);
    if (rc == 0)
        return error_set(err, -ENOENT, "there is no machine called %s; mazboot ps lists them",
                         name);
    return rc < 0 ? rc : 0;
}

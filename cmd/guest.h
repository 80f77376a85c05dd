/* SPDX-License-Identifier: Apache-2.0 */
/* What `mazboot run` and `mazboot build` have in common: a program with its arguments and
 * environment becomes an image. */
#ifndef CMD_GUEST_H
#define CMD_GUEST_H

#include "cmd/kernel_files.h"
#include "cmd/network.h"
#include "cmd/strings.h"
#include "cmd/volumes.h"
#include "vmm/image.h"

struct guest {
    char name[PATH_MAX]; /* argv[0] */
    struct blob program;
    struct blob root;         /* an archive; empty without --root */
    char root_path[PATH_MAX]; /* what --root names, absolute; "" without it */
    struct volumes volumes;
    const char *cwd; /* --cwd; NULL without it */
    struct kernel_files kernel;
    struct network network;
    const char *default_net;       /* what --net is where the program can open sockets */
    const char *certificates_from; /* --ca-certs; NULL without it */
    struct blob certificates;
    struct blob probes;      /* abi/probe.h; the caller's; empty without */
    const char *kernel_name; /* small, net, full or a file; NULL: whatever does */
    enum kernel_kind least;  /* the kernel that the options need */
    const char *least_for;   /* the one that needs it */
    struct strings arguments;
    struct strings environment;
    struct strings options; /* for the kernel: abi/payload.h PAYLOAD_OPTIONS */
};

/* Puts the variables into the environment that every guest has: PATH and HOME, and those that steer
 * the Go runtime. */
void guest_environment(struct guest *guest);

/* -e NAME=VALUE, or NAME for the host's value (nothing if it has none). -EINVAL without a name. */
int guest_set_variable(struct guest *guest, const char *assignment, struct error *err) MUST_CHECK;

/* --root DIR|TAR: what fills the root file system, packed at once. --cwd PATH: a path in the guest,
 * where the program starts. --hostname NAME: what uname tells. */
int guest_set_root(struct guest *guest, const char *path, struct error *err) MUST_CHECK;
int guest_set_cwd(struct guest *guest, const char *path, struct error *err) MUST_CHECK;
/* The machine's kernel has to be of this kind or a larger one; why: the option that says so. */
void guest_need(struct guest *guest, enum kernel_kind kind, const char *why);

/* --kernel small|net|full|FILE. */
int guest_set_kernel(struct guest *guest, const char *name, struct error *err) MUST_CHECK;
int guest_set_hostname(struct guest *guest, const char *name, struct error *err) MUST_CHECK;

/* --ca-certs FILE|none: what the guest finds as its certificate authorities. */
void guest_set_certificates(struct guest *guest, const char *path);

/*
 * Opens the program (operands[0], built first if it is a Go package) with operands as its
 * arguments, and the kernel; decides which networks it has. Returns 0, or the exit status of
 * mazboot after having printed why.
 */
int guest_open(struct guest *guest, int count, char **operands) MUST_CHECK;

/* Lays the image out for image_write. It points into the guest. Returns 0, or the exit status after
 * having printed why. */
int guest_image(const struct guest *guest, struct image *image) MUST_CHECK;

/* Gives everything back. */
void guest_close(struct guest *guest);

#endif

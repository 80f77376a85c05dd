/* SPDX-License-Identifier: Apache-2.0 */
/* What fills the guest's root file system: an archive, or a folder packed into one. */
#ifndef VMM_ROOT_H
#define VMM_ROOT_H

#include "vmm/blob.h"

/*
 * Makes the ustar/pax archive for PAYLOAD_ROOT (abi/payload.h) from what is at path: a tar file as
 * it is; of a folder all that is below it, links as links, everything owned by root, whose program
 * it is for. Sockets are left out; a file with several names becomes several files. The caller ends
 * it with blob_close. Fails with the errno of what couldn't be read, -EINVAL for a file that is no
 * such archive.
 */
int root_open(struct blob *root, const char *path, struct error *err) MUST_CHECK;

#endif

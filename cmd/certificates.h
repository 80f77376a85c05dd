/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate authorities that a guest's TLS clients trust: a bundle of the host's. */
#ifndef CMD_CERTIFICATES_H
#define CMD_CERTIFICATES_H

#include "vmm/blob.h"

/* Opens the bundle at path. Fails with the errno of opening it, -EINVAL where no certificate is in
 * it. The caller ends it with blob_close. */
int certificates_open(struct blob *bundle, const char *path, struct error *err) MUST_CHECK;

/* Opens the host's own bundle, where it has one; else *bundle is empty. */
void certificates_of_host(struct blob *bundle);

#endif

/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/certificates.h"

#include <errno.h>
#include <string.h>

int certificates_open(struct blob *bundle, const char *path, struct error *err)
{
    static const char begin[] = "-----BEGIN CERTIFICATE-----";
    struct blob file;
    struct error why;

    int result = blob_open(&file, path, &why);
    if (result < 0)
        return error_set(err, result, "--ca-certs: %s", why.text);
    if (!file.bytes || !memmem(file.bytes, file.size_bytes, begin, strlen(begin))) {
        blob_close(&file);
        return error_set(err, -EINVAL,
                         "--ca-certs: no certificate is in %s; it takes a file of PEM blocks",
                         path);
    }
    *bundle = file;
    return 0;
}

void certificates_of_host(struct blob *bundle)
{
    /* Where distributions keep it, in the order in which Go looks. */
    static const char *const places[] = {
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/ca-bundle.pem",
        "/etc/pki/tls/cacert.pem",
        "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
        "/etc/ssl/cert.pem",
    };
    struct error ignored; /* the next place may do; without any, the guest trusts nobody */

    *bundle = (struct blob){0};
    for (size_t i = 0; i < ARRAY_SIZE(places); i++)
        if (certificates_open(bundle, places[i], &ignored) == 0)
            return;
}

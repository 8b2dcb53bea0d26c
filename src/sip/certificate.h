// SPDX-License-Identifier: Apache-2.0
/* certificate.h - what TLS needs, as files and as OpenSSL's objects.
 *
 * The server's process reads the files and judges them; the bytes cross to the worker, so that a
 * worker that begins later needs no file and a key may be readable at the start only. */
#ifndef SIP_CERTIFICATE_H
#define SIP_CERTIFICATE_H

#include <openssl/ssl.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/record.h"
#include "base/text.h"
#include "sip/sip.h"

enum { CERTIFICATE_BYTES = 12288, CERTIFICATE_WARN_DAYS = 14, TLS_FORM = 26000 };

/* FRAME_TLS, packed. */
struct tls_form {
    struct text certificate, key; /* PEM: the chain, our own first. */
    struct text ca;               /* Path of the authorities; empty: the system's. */
    uint32_t clients;             /* enum sip_client_certificates */
    bool only_13;
};
extern const struct shape tls_form_shape;

struct certificate {
    X509 *own;
    STACK_OF(X509) * chain;
    EVP_PKEY *key;
    X509_STORE *authorities;
};

/* Reads the files into a packed form. Its size; 0 with the reason in why. The caller wipes it. */
MUST_USE size_t certificate_form(const struct sip_tls *tls, uint8_t out[TLS_FORM], char *why,
                                 size_t why_size);

/* Makes the objects. False, with nothing made and the reason in why, when they are not right. */
MUST_USE bool certificate_open(const struct tls_form *form, struct certificate *out, char *why,
                               size_t why_size);
void certificate_close(struct certificate *certificate);

#endif

// SPDX-License-Identifier: Apache-2.0
/* certificate.c - files, PEM, and what can be wrong with them, in words. */
#include "sip/certificate.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

static const struct field tls_form_fields[] = {
    RECORD_FIELD(struct tls_form, "certificate", certificate),
    RECORD_FIELD(struct tls_form, "key", key),
    RECORD_FIELD(struct tls_form, "ca", ca),
    RECORD_FIELD(struct tls_form, "clients", clients),
    RECORD_FIELD(struct tls_form, "only_13", only_13),
};
const struct shape tls_form_shape = RECORD_SHAPE("tls", tls_form_fields);

/* Bytes of a file; empty with the reason in why. */
static struct text read_file(const char *path, char *bytes, const char *what, char *why,
                             size_t why_size)
{
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(bytes, 1, CERTIFICATE_BYTES + 1, file) : 0;

    if (!file)
        snprintf(why, why_size, "the %s %s cannot be read: %s", what, path, strerror(errno));
    else if (size == 0)
        snprintf(why, why_size, "the %s %s is empty", what, path);
    else if (size > CERTIFICATE_BYTES)
        snprintf(why, why_size, "the %s %s is longer than %d bytes", what, path, CERTIFICATE_BYTES);
    if (file)
        fclose(file);
    return (struct text){bytes, size > CERTIFICATE_BYTES ? 0 : (uint32_t)size};
}

size_t certificate_form(const struct sip_tls *tls, uint8_t out[TLS_FORM], char *why,
                        size_t why_size)
{
    static _Thread_local char certificate[CERTIFICATE_BYTES + 1], key[CERTIFICATE_BYTES + 1];
    struct tls_form form = {.ca = text_of(tls->ca ? tls->ca : ""),
                            .clients = (uint32_t)tls->clients,
                            .only_13 = tls->only_13};
    size_t size = 0;

    form.certificate = read_file(tls->certificate, certificate, "certificate", why, why_size);
    if (form.certificate.size)
        form.key = read_file(tls->key, key, "key", why, why_size);
    if (form.key.size) {
        size = record_pack(&tls_form_shape, &form, out, TLS_FORM);
        if (size == 0)
            snprintf(why, why_size,
                     "the certificate, its key and the path of the authorities are "
                     "too long together");
    }
    OPENSSL_cleanse(key, sizeof(key));
    return size;
}

/* A key that asks for a passphrase is not asked about at a terminal. */
static int no_passphrase(char *out, int size, int writing, void *context)
{
    (void)out, (void)size, (void)writing, (void)context;
    return -1;
}

static bool read_chain(struct text pem, struct certificate *out)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509 *next;

    out->own = bio ? PEM_read_bio_X509_AUX(bio, NULL, no_passphrase, NULL) : NULL;
    out->chain = sk_X509_new_null();
    while (out->own && out->chain && (next = PEM_read_bio_X509(bio, NULL, no_passphrase, NULL))) {
        if (sk_X509_push(out->chain, next) <= 0)
            X509_free(next);
    }
    BIO_free(bio);
    return out->own && out->chain;
}

static bool read_key(struct text pem, struct certificate *out)
{
    BIO *bio = BIO_new_mem_buf(pem.data, (int)pem.size);

    out->key = bio ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;
    BIO_free(bio);
    return out->key != NULL;
}

static bool read_authorities(struct text path, struct certificate *out)
{
    char file[512];

    text_copy(file, sizeof(file), path);
    out->authorities = X509_STORE_new();
    return out->authorities && (path.size ? X509_STORE_load_file(out->authorities, file) == 1
                                          : X509_STORE_set_default_paths(out->authorities) == 1);
}

bool certificate_open(const struct tls_form *form, struct certificate *out, char *why,
                      size_t why_size)
{
    const char *wrong = NULL;

    *out = (struct certificate){.own = NULL};
    if (!read_chain(form->certificate, out))
        wrong = "holds no certificate in PEM";
    else if (!read_key(form->key, out))
        wrong = "has a key file without a key in PEM, or with one that asks for a passphrase";
    else if (X509_check_private_key(out->own, out->key) != 1)
        wrong = "has a key that belongs to another certificate";
    if (wrong)
        snprintf(why, why_size, "the certificate %s", wrong);
    else if (!read_authorities(form->ca, out))
        snprintf(why, why_size, "the authorities " TEXT_FORMAT " cannot be read as PEM",
                 TEXT_ARGS(form->ca));
    ERR_clear_error();
    if (!wrong && out->authorities && !why[0])
        return true;
    certificate_close(out);
    return false;
}

void certificate_close(struct certificate *certificate)
{
    X509_free(certificate->own);
    sk_X509_pop_free(certificate->chain, X509_free);
    EVP_PKEY_free(certificate->key);
    X509_STORE_free(certificate->authorities);
    *certificate = (struct certificate){.own = NULL};
}

/* Negative: expired. */
static int days_left(const X509 *certificate, int *seconds)
{
    int days = 0;

    if (ASN1_TIME_diff(&days, seconds, NULL, X509_get0_notAfter(certificate)) != 1)
        return -1;
    return days;
}

enum sip_tls_verdict sip_check_tls(const struct sip_tls *tls, char *why, uint32_t why_size)
{
    static _Thread_local uint8_t bytes[TLS_FORM];
    struct certificate certificate;
    struct tls_form form;
    int days, seconds = 0;
    size_t size;
    bool good;

    why[0] = '\0';
    size = certificate_form(tls, bytes, why, why_size);
    good = size > 0 && record_unpack(&tls_form_shape, bytes, size, &form) &&
           certificate_open(&form, &certificate, why, why_size);
    OPENSSL_cleanse(bytes, sizeof(bytes));
    if (!good)
        return SIP_TLS_WRONG;
    days = days_left(certificate.own, &seconds);
    if (days < 0 || (days == 0 && seconds <= 0))
        snprintf(why, why_size, "the certificate %s has expired", tls->certificate);
    else if (X509_cmp_current_time(X509_get0_notBefore(certificate.own)) > 0)
        snprintf(why, why_size, "the certificate %s is not valid yet", tls->certificate);
    else if (days < CERTIFICATE_WARN_DAYS)
        snprintf(why, why_size, "the certificate %s expires in %d days", tls->certificate, days);
    certificate_close(&certificate);
    return why[0] ? SIP_TLS_DOUBTFUL : SIP_TLS_GOOD;
}

// SPDX-License-Identifier: Apache-2.0
/* trust.c - whom we believe: read once, shared by every connection of both libraries. */
#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>

#include "net/inside.h"

X509_STORE *trust_open(const char *ca_file, char *why, uint32_t why_size)
{
    X509_STORE *store = X509_STORE_new();

    if (!store || X509_STORE_set_default_paths(store) != 1) {
        snprintf(why, why_size, "the system's certificate authorities cannot be read");
        X509_STORE_free(store);
        return NULL;
    }
    if (ca_file && X509_STORE_load_file(store, ca_file) != 1) {
        snprintf(why, why_size, "%s holds no certificates in PEM form, or cannot be read", ca_file);
        ERR_clear_error();
        X509_STORE_free(store);
        return NULL;
    }
    ERR_clear_error();
    return store;
}

bool net_check_authorities(const char *ca_file, char *why, uint32_t why_size)
{
    X509_STORE *store = trust_open(ca_file, why, why_size);

    X509_STORE_free(store);
    return store != NULL;
}

SSL_CTX *trust_context(X509_STORE *authorities)
{
    static const uint8_t http11[] = "\x08http/1.1";
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());

    if (!context)
        return NULL;
    SSL_CTX_set1_cert_store(context, authorities);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                  SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_protos(context, http11, sizeof(http11) - 1);
    return context;
}

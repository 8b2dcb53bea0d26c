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

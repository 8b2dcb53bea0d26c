// SPDX-License-Identifier: Apache-2.0
/* tls.c - OpenSSL's own hooks: objects made (ex_data), handshakes begun (info callback), the
 * certificate wanted (cert callback), bytes moved (BIO callback).
 *
 * Of a connection the library keeps a BIO and an SSL, which share one reference of the BIO; it
 * frees the BIO and forgets the SSL. We give each its own reference when the BIO is made, put a BIO
 * of our own into the SSL, and free the SSL when the library lets go of its BIO. With each
 * connection it also lets go of the context, as if it were the listener: each gets a reference for
 * that. */
#include "sip/tls.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "sip/certificate.h"
#include "sip/gate.h"

enum { NEWCOMERS = 1024, CHAIN_DEPTH = 6, ADDRESS = 72 };

static const char ciphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE+AES:!SHA1:!aNULL";

static struct {
    struct certificate certificate;
    enum sip_client_certificates clients;
    bool only_13;
    SSL_CTX *contexts[SIP_LISTENERS];
    uint32_t context_count;
    int bio_index;
    bool own;           /* The BIO that is being made is ours. */
    const SSL *adopted; /* Whose BIO is being changed. */
    bool orphan;        /* The library had let go of it already. */
    struct newcomer {   /* Not greeted yet. */
        SSL *ssl;
        uint64_t since_ms;
        bool adopted;
    } newcomers[NEWCOMERS];
    uint32_t newcomer_count;
    struct {
        char address[ADDRESS], name[256];
    } names[TLS_NAMES];
    uint32_t next_name;
} tls;

/* ---- objects ---- */

static void on_context(void *context, void *p, CRYPTO_EX_DATA *data, int index, long l, void *a)
{
    (void)p, (void)data, (void)index, (void)l, (void)a;
    if (tls.context_count < SIP_LISTENERS)
        tls.contexts[tls.context_count++] = context;
}

/* When as many wait as can, the one that has waited longest goes: a flood of connections that say
 * nothing must not be what keeps us from seeing to the others. NULL: all are of this very turn. */
static struct newcomer *place(void)
{
    struct newcomer *oldest = NULL;

    if (tls.newcomer_count < NEWCOMERS)
        return &tls.newcomers[tls.newcomer_count++];
    for (uint32_t i = 0; i < NEWCOMERS; i++) {
        struct newcomer *it = &tls.newcomers[i];
        if (it->adopted && (!oldest || it->since_ms < oldest->since_ms))
            oldest = it;
    }
    if (oldest)
        shutdown(SSL_get_fd(oldest->ssl), SHUT_RDWR);
    return oldest;
}

static void on_ssl(void *ssl, void *p, CRYPTO_EX_DATA *data, int index, long l, void *a)
{
    (void)p, (void)data, (void)index, (void)l, (void)a;
    struct newcomer *newcomer = place();

    if (newcomer)
        *newcomer = (struct newcomer){.ssl = ssl, .since_ms = clock_ms()};
}

static void on_bio(void *bio, void *p, CRYPTO_EX_DATA *data, int index, long l, void *a)
{
    (void)p, (void)data, (void)index, (void)l, (void)a;
    if (!tls.own && BIO_method_type(bio) == BIO_TYPE_SOCKET)
        BIO_up_ref(bio); /* One for the library, one for the SSL. */
}

static void greeted(const SSL *ssl)
{
    for (uint32_t i = 0; i < tls.newcomer_count; i++) {
        if (tls.newcomers[i].ssl == ssl) {
            tls.newcomers[i] = tls.newcomers[--tls.newcomer_count];
            return;
        }
    }
}

static void on_bio_gone(void *bio, void *p, CRYPTO_EX_DATA *data, int index, long l, void *a)
{
    SSL *ssl = p;

    (void)bio, (void)data, (void)index, (void)l, (void)a;
    if (!ssl)
        return;
    if (ssl == tls.adopted) {
        tls.orphan = true;
        return;
    }
    greeted(ssl);
    SSL_free(ssl);
}

bool tls_open(void)
{
    tls.bio_index = BIO_get_ex_new_index(0, NULL, on_bio, NULL, on_bio_gone);
    return tls.bio_index >= 0 && SSL_CTX_get_ex_new_index(0, NULL, on_context, NULL, NULL) >= 0 &&
           SSL_get_ex_new_index(0, NULL, on_ssl, NULL, NULL) >= 0;
}

/* Before each read and write: errors of other connections are not this one's. */
static long on_bytes(BIO *bio, int operation, const char *data, size_t size, int i, long l,
                     int result, size_t *done)
{
    (void)bio, (void)data, (void)size, (void)i, (void)l, (void)done;
    if (operation == BIO_CB_READ || operation == BIO_CB_WRITE)
        ERR_clear_error();
    return result;
}

static void adopt(SSL *ssl)
{
    BIO *theirs = SSL_get_rbio(ssl), *ours;
    int fd = -1;

    if (!theirs || BIO_get_fd(theirs, &fd) < 0)
        return;
    tls.own = true;
    ours = BIO_new_socket(fd, BIO_NOCLOSE);
    tls.own = false;
    if (!ours)
        return;
    SSL_CTX_up_ref(SSL_get_SSL_CTX(ssl));
    BIO_set_callback_ex(ours, on_bytes);
    BIO_set_ex_data(theirs, tls.bio_index, ssl);
    tls.adopted = ssl;
    SSL_set_bio(ssl, ours, ours);
    tls.adopted = NULL;
    if (!tls.orphan)
        return;
    tls.orphan = false;
    greeted(ssl);
    SSL_free(ssl);
}

void tls_tend(uint64_t now_ms)
{
    for (uint32_t i = tls.newcomer_count; i-- > 0;) {
        struct newcomer *newcomer = &tls.newcomers[i];
        if (!newcomer->adopted) {
            newcomer->adopted = true;
            adopt(newcomer->ssl);
        } else if (now_ms - newcomer->since_ms > TLS_HANDSHAKE_MS) {
            newcomer->since_ms = now_ms;
            shutdown(SSL_get_fd(newcomer->ssl), SHUT_RDWR); /* The library sees its end. */
        }
    }
}

/* ---- handshakes ---- */

void tls_expect(const char *address, const char *name)
{
    uint32_t at = 0;

    while (at < TLS_NAMES && strcmp(tls.names[at].address, address) != 0)
        at++;
    if (at == TLS_NAMES) {
        at = tls.next_name;
        tls.next_name = (at + 1) % TLS_NAMES;
    }
    snprintf(tls.names[at].address, sizeof(tls.names[at].address), "%s", address);
    snprintf(tls.names[at].name, sizeof(tls.names[at].name), "%s", name);
}

/* Whom the socket leads to: as text without port, with it, and as 16 bytes. */
static bool peer_of(const SSL *ssl, char host[ADDRESS], char whole[ADDRESS], uint8_t bytes[16])
{
    union {
        struct sockaddr any;
        struct sockaddr_in in4;
        struct sockaddr_in6 in6;
    } peer = {.any = {.sa_family = AF_UNSPEC}};
    socklen_t size = sizeof(peer);

    memset(bytes, 0, 16);
    if (getpeername(SSL_get_fd(ssl), &peer.any, &size) != 0)
        return false;
    if (peer.any.sa_family == AF_INET) {
        inet_ntop(AF_INET, &peer.in4.sin_addr, host, ADDRESS);
        bytes[10] = bytes[11] = 0xff;
        memcpy(bytes + 12, &peer.in4.sin_addr, 4);
        snprintf(whole, ADDRESS, "%.45s:%u", host, ntohs(peer.in4.sin_port));
    } else {
        inet_ntop(AF_INET6, &peer.in6.sin6_addr, host, ADDRESS);
        memcpy(bytes, &peer.in6.sin6_addr, 16);
        snprintf(whole, ADDRESS, "[%.45s]:%u", host, ntohs(peer.in6.sin6_port));
    }
    return true;
}

/* The library's own callback forgives everything. */
static int as_it_is(int good, X509_STORE_CTX *context)
{
    (void)context;
    return good;
}

static void greet_client(SSL *ssl, const uint8_t address[16])
{
    static const int modes[] = {SSL_VERIFY_NONE, SSL_VERIFY_PEER,
                                SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT};

    SSL_set_verify(ssl, modes[tls.clients], as_it_is);
    if (gate_turns_away(address))
        shutdown(SSL_get_fd(ssl), SHUT_RDWR); /* Before it costs a signature. */
}

static void greet_server(SSL *ssl, const char *host, const char *whole)
{
    const char *name = NULL;

    SSL_set_verify(ssl, SSL_VERIFY_PEER, as_it_is);
    for (uint32_t i = 0; i < TLS_NAMES && !name; i++)
        name = strcmp(tls.names[i].address, whole) == 0 ? tls.names[i].name : NULL;
    if (name) {
        /* SSL_set_tlsext_host_name() casts const away. */
        SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                 (void *)(uintptr_t)name);
        SSL_set1_host(ssl, name);
    } else {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host);
    }
}

static void on_handshake(const SSL *from, int where, int result)
{
    char host[ADDRESS] = "", whole[ADDRESS] = "";
    uint8_t address[16];
    SSL *ssl;

    (void)result;
    memcpy(&ssl, &from, sizeof(ssl)); /* The hook is for looking; its connection is ours to set. */
    if (where & SSL_CB_HANDSHAKE_DONE)
        greeted(ssl);
    if (!(where & SSL_CB_HANDSHAKE_START) || SSL_is_init_finished(ssl))
        return;
    SSL_set_verify_depth(ssl, CHAIN_DEPTH);
    SSL_set1_verify_cert_store(ssl, tls.certificate.authorities);
    if (!peer_of(ssl, host, whole, address))
        shutdown(SSL_get_fd(ssl), SHUT_RDWR);
    else if (SSL_is_server(ssl))
        greet_client(ssl, address);
    else
        greet_server(ssl, host, whole);
}

static int on_certificate(SSL *ssl, void *context)
{
    (void)context;
    SSL_certs_clear(ssl);
    return SSL_use_cert_and_key(ssl, tls.certificate.own, tls.certificate.key,
                                tls.certificate.chain, 1);
}

void tls_settle(void)
{
    for (uint32_t i = 0; i < tls.context_count; i++) {
        SSL_CTX *context = tls.contexts[i];
        SSL_CTX_set_min_proto_version(context, tls.only_13 ? TLS1_3_VERSION : TLS1_2_VERSION);
        SSL_CTX_set_cipher_list(context, ciphers);
        SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                         SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_info_callback(context, on_handshake);
        SSL_CTX_set_cert_cb(context, on_certificate, NULL);
    }
    ERR_clear_error();
}

bool tls_ready(void)
{
    return tls.certificate.own != NULL;
}

bool tls_take(const uint8_t *bytes, uint32_t size, char *why, size_t why_size)
{
    struct certificate certificate;
    struct tls_form form;

    why[0] = '\0';
    if (!record_unpack(&tls_form_shape, bytes, size, &form) ||
        form.clients > SIP_CLIENTS_REQUIRED ||
        !certificate_open(&form, &certificate, why, why_size))
        return false;
    certificate_close(&tls.certificate);
    tls.certificate = certificate;
    tls.clients = (enum sip_client_certificates)form.clients;
    tls.only_13 = form.only_13;
    tls_settle();
    return true;
}

// SPDX-License-Identifier: Apache-2.0
/* digest_test.c - the vectors of the RFCs, and headers that are not what they seem. */
#include "wire/digest.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

#include "check.h"

static void hash(enum digest_algorithm algorithm, const struct text *parts, uint32_t count,
                 char out[DIGEST_HEX])
{
    const EVP_MD *md = algorithm == DIGEST_MD5      ? EVP_md5()
                       : algorithm == DIGEST_SHA256 ? EVP_sha256()
                                                    : EVP_sha512_256();
    unsigned char bytes[64];
    unsigned size;
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    CHECK(EVP_DigestInit_ex(context, md, NULL));
    for (uint32_t i = 0; i < count; i++)
        CHECK((i == 0 || EVP_DigestUpdate(context, ":", 1)) &&
              EVP_DigestUpdate(context, parts[i].data, parts[i].size));
    CHECK(EVP_DigestFinal_ex(context, bytes, &size));
    EVP_MD_CTX_free(context);
    for (unsigned i = 0; i < size; i++)
        sprintf(out + 2 * i, "%02x", bytes[i]);
}

static const char mufasa[] =
    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
    "algorithm=%s, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, response=\"%s\", "
    "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

static void response_is(const char *algorithm, const char *expected)
{
    char value[1024], ha1[DIGEST_HEX] = "", response[DIGEST_HEX] = "";
    struct digest_credentials c;

    snprintf(value, sizeof(value), mufasa, algorithm, expected);
    CHECK(digest_read_credentials(text_of(value), &c));
    CHECK(text_equal(c.username, TEXT("Mufasa")) && c.nc == 1 && c.qop == DIGEST_QOP_AUTH);
    digest_ha1(hash, c.algorithm, c.username, c.realm, TEXT("Circle of Life"), ha1);
    digest_response(hash, &c, text_of(ha1), TEXT("GET"), TEXT_EMPTY, response);
    CHECK(digest_same(text_of(response), c.response));
    char written[DIGEST_CREDENTIALS];
    struct digest_credentials again;
    CHECK(digest_write_credentials(&c, written, sizeof(written)));
    CHECK(digest_read_credentials(text_of(written), &again));
    CHECK(text_equal(again.response, c.response) && text_equal(again.cnonce, c.cnonce) &&
          again.nc == 1 && again.algorithm == c.algorithm && text_equal(again.opaque, c.opaque));
}

static void the_examples_of_rfc_7616_come_out(void)
{
    response_is("MD5", "8ca523f5e9506fed4657c9700eebdbec");
    response_is("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

static void the_example_of_rfc_2617_without_an_algorithm_is_md5(void)
{
    char ha1[DIGEST_HEX], response[DIGEST_HEX];
    struct digest_credentials c;

    CHECK(digest_read_credentials(
        TEXT("Digest username=\"Mufasa\",realm=\"testrealm@host.com\",nonce=\"dcd98b7102dd2f0e8b11d"
             "0f600bfb0c093\",uri=\"/dir/index.html\",qop=auth,nc=00000001,cnonce=\"0a4f113b\","
             "response=\"6629fae49393a05397450978507c4ef1\""),
        &c));
    CHECK(c.algorithm == DIGEST_MD5);
    digest_ha1(hash, DIGEST_MD5, c.username, c.realm, TEXT("Circle Of Life"), ha1);
    digest_response(hash, &c, text_of(ha1), TEXT("GET"), TEXT_EMPTY, response);
    CHECK(digest_same(text_of(response), c.response));
}

/* Computed with another program:
 * ha1=$(printf bob:biloxi.com:zanzibar | md5sum); ha2=$(printf INVITE:sip:bob@biloxi.com | md5sum)
 */
static void auth_int_without_qop_and_session_differ_as_they_should(void)
{
    char ha1[DIGEST_HEX], none[DIGEST_HEX], whole[DIGEST_HEX], session[DIGEST_HEX];
    struct digest_credentials c = {.username = TEXT("bob"),
                                   .realm = TEXT("biloxi.com"),
                                   .nonce = TEXT("dcd98b7102dd2f0e8b11d0f600bfb0c093"),
                                   .uri = TEXT("sip:bob@biloxi.com"),
                                   .cnonce = TEXT("0a4f113b"),
                                   .nc_text = TEXT("00000001"),
                                   .algorithm = DIGEST_MD5};

    digest_ha1(hash, DIGEST_MD5, c.username, c.realm, TEXT("zanzibar"), ha1);
    CHECK(strcmp(ha1, "12af60467a33e8518da5c68bbff12b11") == 0);
    digest_response(hash, &c, text_of(ha1), TEXT("INVITE"), TEXT("v=0\r\n"), none);
    CHECK(strcmp(none, "bf57e4e0d0bffc0fbaedce64d59add5e") == 0);
    c.qop = DIGEST_QOP_AUTH;
    digest_response(hash, &c, text_of(ha1), TEXT("INVITE"), TEXT("v=0\r\n"), whole);
    CHECK(strcmp(whole, "89eb0059246c02b2f6ee02c7961d5ea3") == 0);
    c.qop = DIGEST_QOP_AUTH_INT;
    digest_response(hash, &c, text_of(ha1), TEXT("INVITE"), TEXT("v=0\r\n"), none);
    digest_response(hash, &c, text_of(ha1), TEXT("INVITE"), TEXT("v=1\r\n"), whole);
    c.session = true;
    digest_response(hash, &c, text_of(ha1), TEXT("INVITE"), TEXT("v=0\r\n"), session);
    CHECK(strcmp(none, whole) != 0 && strcmp(none, session) != 0);
}

static void a_challenge_is_read_and_written(void)
{
    char written[512];
    struct digest_challenge c, again;

    CHECK(digest_read_challenge(TEXT("digest  realm = \"a \\\"b\\\" c\" , nonce=\"n\", "
                                     "algorithm=sha-256, qop=\"auth-int, auth\", stale=TRUE, "
                                     "domain=\"sip:x\", opaque=\"\""),
                                &c));
    CHECK(text_equal(c.realm, TEXT("a \\\"b\\\" c")) && c.algorithm == DIGEST_SHA256);
    CHECK(c.stale && c.qop_auth && c.qop_auth_int);
    CHECK(digest_write_challenge(&c, written, sizeof(written)));
    CHECK(digest_read_challenge(text_of(written), &again));
    CHECK(text_equal(again.realm, c.realm) && again.stale && again.qop_auth);
    CHECK(!digest_write_challenge(&c, written, 20));
    CHECK(digest_read_challenge(TEXT("Digest realm=\"r\", nonce=\"n\""), &c));
    CHECK(c.algorithm == DIGEST_MD5 && !c.qop_said && !c.stale);
}

static void what_is_not_a_challenge_is_none(void)
{
    static const char *const bad[] = {
        "",
        "Digest",
        "Digest ",
        "Basic realm=\"r\", nonce=\"n\"",
        "Digestrealm=\"r\", nonce=\"n\"",
        "Digest realm=\"r\"",
        "Digest realm=\"r\", nonce=\"n",
        "Digest realm=\"r\", nonce=\"n\\",
        "Digest realm=\"r\", nonce=\"n\", realm=\"s\"",
        "Digest realm=\"r\", nonce=\"n\", algorithm=SHA3",
        "Digest realm=\"r\" nonce=\"n\"",
        "Digest realm=\"r\", nonce=\"n\",",
        "Digest realm=, nonce=\"n\"",
        "Digest realm=\"r\r\nX: y\", nonce=\"n\"",
    };
    struct digest_challenge c;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (digest_read_challenge(text_of(bad[i]), &c))
            fprintf(stderr, "read: %s\n", bad[i]);
        CHECK(!digest_read_challenge(text_of(bad[i]), &c));
    }
}

static void credentials_need_a_response_of_their_algorithm_and_a_count(void)
{
    static const char *const bad[] = {
        "response=\"8ca523f5e9506fed4657c9700eebdbe\"",
        "response=\"8ca523f5e9506fed4657c9700eebdbeg\"",
        "response=\"8ca523f5e9506fed4657c9700eebdbec\", algorithm=SHA-256",
        "response=\"8ca523f5e9506fed4657c9700eebdbec\", qop=auth",
        "response=\"8ca523f5e9506fed4657c9700eebdbec\", qop=auth, cnonce=\"c\", nc=1",
        "response=\"8ca523f5e9506fed4657c9700eebdbec\", qop=auth, cnonce=\"c\", nc=00000000",
        "response=\"8ca523f5e9506fed4657c9700eebdbec\", qop=other, cnonce=\"c\", nc=00000001",
    };
    char value[512];
    struct digest_credentials c;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        snprintf(value, sizeof(value),
                 "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:x\", %s", bad[i]);
        CHECK(!digest_read_credentials(text_of(value), &c));
    }
}

static void a_comparison_looks_at_every_sign(void)
{
    CHECK(digest_same(TEXT("abc"), TEXT("abc")) && digest_same(TEXT_EMPTY, TEXT_EMPTY));
    CHECK(!digest_same(TEXT("abc"), TEXT("abd")) && !digest_same(TEXT("abc"), TEXT("xbc")));
    CHECK(!digest_same(TEXT("abc"), TEXT("ab")));
}

int main(void)
{
    RUN(the_examples_of_rfc_7616_come_out);
    RUN(the_example_of_rfc_2617_without_an_algorithm_is_md5);
    RUN(auth_int_without_qop_and_session_differ_as_they_should);
    RUN(a_challenge_is_read_and_written);
    RUN(what_is_not_a_challenge_is_none);
    RUN(credentials_need_a_response_of_their_algorithm_and_a_count);
    RUN(a_comparison_looks_at_every_sign);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* credentials_test.c - digest answers against the examples of RFC 2617 3.5 and RFC 7616 3.9.1. */
#include "load/credentials.h"

#include <string.h>

#include "check.h"

static char storage[CREDENTIALS_SIZE];
static struct text_buffer out;

static bool answer(const char *headers, struct credentials_ask ask)
{
    text_buffer_init(&out, storage, sizeof storage);
    return credentials_answer(text_of(headers), &ask, &out);
}

static bool says(const char *part)
{
    return text_find(text_view(&out), text_of(part)) >= 0;
}

static const struct credentials_ask mufasa = {.user = "Mufasa",
                                              .password = "Circle Of Life",
                                              .method = "GET",
                                              .uri = "/dir/index.html",
                                              .cnonce = "0a4f113b"};

static void md5_answers_as_in_rfc_2617(void)
{
    CHECK(answer("SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest "
                 "realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
                 "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
                 "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"\r\n\r\n",
                 mufasa));
    CHECK(text_starts(text_view(&out), TEXT("Authorization: Digest username=\"Mufasa\"")));
    CHECK(says("response=\"6629fae49393a05397450978507c4ef1\"") && says("algorithm=MD5"));
    CHECK(says("opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"") && says("nc=00000001"));
}

static void sha256_answers_as_in_rfc_7616_and_is_preferred(void)
{
    struct credentials_ask ask = mufasa;

    ask.password = "Circle of Life";
    ask.cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
    CHECK(
        answer("Proxy-Authenticate: Digest realm=\"other\", nonce=\"x\"\r\n"
               "Proxy-Authenticate: Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\","
               " algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
               " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"\r\n",
               ask));
    CHECK(text_starts(text_view(&out), TEXT("Proxy-Authorization: ")));
    CHECK(says("response=\"753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1\""));
    CHECK(says("algorithm=SHA-256"));
}

static void without_qop_the_old_form_is_answered(void)
{
    CHECK(answer("WWW-Authenticate: Digest realm=\"r\",nonce=\"n\"\r\n", mufasa));
    CHECK(!says("qop") && !says("cnonce"));
}

static void what_cannot_be_answered_is_not(void)
{
    char longer[600];

    CHECK(!answer("WWW-Authenticate: Basic realm=\"r\"\r\n", mufasa));
    CHECK(!answer("WWW-Authenticate: Digest realm=\"r\"\r\n", mufasa));
    CHECK(!answer("WWW-Authenticate: Digest nonce=\"n\", algorithm=SHA-512-256\r\n", mufasa));
    CHECK(!answer("WWW-Authenticate: Digest nonce=\"n\", qop=\"auth-int\"\r\n", mufasa));
    CHECK(!answer("", mufasa));
    memset(longer, 'a', sizeof longer);
    memcpy(longer, "WWW-Authenticate: Digest nonce=\"", 32);
    longer[599] = 0;
    CHECK(!answer(longer, mufasa));
}

int main(void)
{
    RUN(md5_answers_as_in_rfc_2617);
    RUN(sha256_answers_as_in_rfc_7616_and_is_preferred);
    RUN(without_qop_the_old_form_is_answered);
    RUN(what_cannot_be_answered_is_not);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* digest.c - a list of name=value, and three hashes. */
#include "wire/digest.h"

const char *const digest_algorithm_names[DIGEST_ALGORITHMS] = {
    [DIGEST_SHA256] = "SHA-256", [DIGEST_SHA512_256] = "SHA-512-256", [DIGEST_MD5] = "MD5"};

/* Every parameter that either header has; the reader takes what its header needs. */
enum name {
    NAME_USERNAME,
    NAME_REALM,
    NAME_NONCE,
    NAME_URI,
    NAME_CNONCE,
    NAME_OPAQUE,
    NAME_RESPONSE,
    NAME_ALGORITHM,
    NAME_QOP,
    NAME_NC,
    NAME_STALE,
    NAMES
};

static const char *const names[NAMES] = {
    [NAME_USERNAME] = "username", [NAME_REALM] = "realm",
    [NAME_NONCE] = "nonce",       [NAME_URI] = "uri",
    [NAME_CNONCE] = "cnonce",     [NAME_OPAQUE] = "opaque",
    [NAME_RESPONSE] = "response", [NAME_ALGORITHM] = "algorithm",
    [NAME_QOP] = "qop",           [NAME_NC] = "nc",
    [NAME_STALE] = "stale",
};

struct parameters {
    struct text values[NAMES];
    bool given[NAMES];
};

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_blanks(struct text *rest)
{
    while (rest->size > 0 && blank(rest->data[0]))
        *rest = text_part(*rest, 1, rest->size);
}

static bool token_sign(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '!' || c == '%' || c == '*' || c == '_' || c == '+' || c == '`' ||
           c == '\'' || c == '~' || c == '/' || c == '=';
}

static struct text take_token(struct text *rest, bool value)
{
    uint32_t size = 0;

    while (size < rest->size && token_sign(rest->data[size]) && (value || rest->data[size] != '='))
        size++;
    struct text token = text_part(*rest, 0, size);
    *rest = text_part(*rest, size, rest->size);
    return token;
}

static bool take_quoted(struct text *rest, struct text *out)
{
    uint32_t at = 1;

    for (bool escaped = false; at < rest->size && (escaped || rest->data[at] != '"'); at++) {
        unsigned char c = (unsigned char)rest->data[at];
        if (c < ' ' || c == 127)
            return false;
        escaped = !escaped && c == '\\';
    }
    if (at >= rest->size)
        return false;
    *out = text_part(*rest, 1, at - 1);
    *rest = text_part(*rest, at + 1, rest->size);
    return true;
}

static bool keep(struct parameters *parameters, struct text name, struct text value)
{
    for (int i = 0; i < NAMES; i++) {
        if (!text_equal_nocase(name, text_of(names[i])))
            continue;
        if (parameters->given[i])
            return false;
        parameters->given[i] = true;
        parameters->values[i] = value;
    }
    return true;
}

static bool read_one(struct text *rest, struct parameters *parameters)
{
    struct text name = take_token(rest, false), value;

    skip_blanks(rest);
    if (name.size == 0 || rest->size == 0 || rest->data[0] != '=')
        return false;
    *rest = text_part(*rest, 1, rest->size);
    skip_blanks(rest);
    if (rest->size > 0 && rest->data[0] == '"') {
        if (!take_quoted(rest, &value))
            return false;
    } else {
        value = take_token(rest, true);
        if (value.size == 0)
            return false;
    }
    skip_blanks(rest);
    return keep(parameters, name, value);
}

static bool read_parameters(struct text value, struct parameters *out)
{
    *out = (struct parameters){.given = {false}};
    if (value.size > DIGEST_VALUE || !text_starts_nocase(value, TEXT("Digest")))
        return false;
    value = text_part(value, 6, value.size);
    if (value.size == 0 || !blank(value.data[0]))
        return false;
    for (int count = 0; count < DIGEST_PARAMETERS; count++) {
        skip_blanks(&value);
        if (!read_one(&value, out))
            return false;
        if (value.size == 0)
            return true;
        if (value.data[0] != ',')
            return false;
        value = text_part(value, 1, value.size);
    }
    return false;
}

static bool read_algorithm(const struct parameters *parameters, enum digest_algorithm *out,
                           bool *session)
{
    struct text name = parameters->values[NAME_ALGORITHM];

    *out = DIGEST_MD5;
    *session = false;
    if (!parameters->given[NAME_ALGORITHM])
        return true;
    if (name.size > 5 && text_equal_nocase(text_part(name, name.size - 5, 5), TEXT("-sess"))) {
        *session = true;
        name.size -= 5;
    }
    for (enum digest_algorithm i = 0; i < DIGEST_ALGORITHMS; i++) {
        if (text_equal_nocase(name, text_of(digest_algorithm_names[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

bool digest_read_challenge(struct text value, struct digest_challenge *out)
{
    struct parameters parameters;
    struct digest_challenge challenge = {.stale = false};

    if (!read_parameters(value, &parameters) || !parameters.given[NAME_REALM] ||
        !parameters.given[NAME_NONCE] ||
        !read_algorithm(&parameters, &challenge.algorithm, &challenge.session))
        return false;
    challenge.realm = parameters.values[NAME_REALM];
    challenge.nonce = parameters.values[NAME_NONCE];
    challenge.opaque = parameters.given[NAME_OPAQUE] ? parameters.values[NAME_OPAQUE] : TEXT_EMPTY;
    challenge.stale = text_equal_nocase(parameters.values[NAME_STALE], TEXT("true"));
    challenge.qop_said = parameters.given[NAME_QOP];
    for (struct text rest = parameters.values[NAME_QOP]; rest.data && challenge.qop_said;) {
        struct text word = text_trim(text_next(&rest, ','));
        challenge.qop_auth = challenge.qop_auth || text_equal_nocase(word, TEXT("auth"));
        challenge.qop_auth_int =
            challenge.qop_auth_int || text_equal_nocase(word, TEXT("auth-int"));
    }
    *out = challenge;
    return true;
}

static uint32_t hex_size(enum digest_algorithm algorithm)
{
    return algorithm == DIGEST_MD5 ? 32 : 64;
}

static bool read_hex(struct text t, uint32_t *out)
{
    uint32_t number = 0;

    for (uint32_t i = 0; i < t.size; i++) {
        char c = t.data[i];
        uint32_t digit = c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A') + 10
                                                : 16;
        if (digit == 16)
            return false;
        number = number << 4 | digit;
    }
    if (out)
        *out = number;
    return true;
}

static bool read_qop(const struct parameters *parameters, struct digest_credentials *out)
{
    struct text qop = parameters->values[NAME_QOP];

    if (!parameters->given[NAME_QOP])
        return true;
    if (!text_equal_nocase(qop, TEXT("auth")) && !text_equal_nocase(qop, TEXT("auth-int")))
        return false;
    out->qop = qop.size == 4 ? DIGEST_QOP_AUTH : DIGEST_QOP_AUTH_INT;
    out->nc_text = parameters->values[NAME_NC];
    return out->nc_text.size == 8 && read_hex(out->nc_text, &out->nc) && out->nc > 0 &&
           parameters->given[NAME_CNONCE] && out->cnonce.size > 0;
}

bool digest_read_credentials(struct text value, struct digest_credentials *out)
{
    static const enum name needed[] = {NAME_USERNAME, NAME_REALM, NAME_NONCE, NAME_URI,
                                       NAME_RESPONSE};
    struct parameters parameters;
    struct digest_credentials credentials = {.nc = 0};

    if (!read_parameters(value, &parameters))
        return false;
    for (uint32_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        if (!parameters.given[needed[i]])
            return false;
    }
    credentials.username = parameters.values[NAME_USERNAME];
    credentials.realm = parameters.values[NAME_REALM];
    credentials.nonce = parameters.values[NAME_NONCE];
    credentials.uri = parameters.values[NAME_URI];
    credentials.cnonce = parameters.values[NAME_CNONCE];
    credentials.opaque = parameters.values[NAME_OPAQUE];
    credentials.response = parameters.values[NAME_RESPONSE];
    if (!read_algorithm(&parameters, &credentials.algorithm, &credentials.session) ||
        !read_qop(&parameters, &credentials) ||
        credentials.response.size != hex_size(credentials.algorithm) ||
        !read_hex(credentials.response, NULL))
        return false;
    *out = credentials;
    return true;
}

void digest_ha1(digest_hash *hash, enum digest_algorithm algorithm, struct text user,
                struct text realm, struct text password, char out[DIGEST_HEX])
{
    const struct text parts[] = {user, realm, password};

    hash(algorithm, parts, 3, out);
}

void digest_response(digest_hash *hash, const struct digest_credentials *c, struct text ha1,
                     struct text method, struct text body, char out[DIGEST_HEX])
{
    char session[DIGEST_HEX], ha2[DIGEST_HEX], content[DIGEST_HEX];
    uint32_t size = hex_size(c->algorithm);

    if (c->session) {
        const struct text parts[] = {ha1, c->nonce, c->cnonce};
        hash(c->algorithm, parts, 3, session);
        ha1 = (struct text){session, size};
    }
    if (c->qop == DIGEST_QOP_AUTH_INT)
        hash(c->algorithm, &body, 1, content);
    const struct text second[] = {method, c->uri, {content, size}};
    hash(c->algorithm, second, c->qop == DIGEST_QOP_AUTH_INT ? 3 : 2, ha2);
    if (c->qop == DIGEST_QOP_NONE) {
        const struct text parts[] = {ha1, c->nonce, {ha2, size}};
        hash(c->algorithm, parts, 3, out);
    } else {
        const struct text parts[] = {ha1,
                                     c->nonce,
                                     c->nc_text,
                                     c->cnonce,
                                     c->qop == DIGEST_QOP_AUTH ? TEXT("auth") : TEXT("auth-int"),
                                     {ha2, size}};
        hash(c->algorithm, parts, 6, out);
    }
}

static void write_quoted(struct text_buffer *out, struct text name, struct text value)
{
    text_append(out, name);
    text_append(out, TEXT("=\""));
    text_append(out, value);
    text_append_char(out, '"');
}

static bool finish(struct text_buffer *out)
{
    if (!out->cut)
        out->data[out->size] = 0;
    return !out->cut;
}

static void write_algorithm(struct text_buffer *out, enum digest_algorithm algorithm, bool session)
{
    text_append(out, TEXT(", algorithm="));
    text_append(out, text_of(digest_algorithm_names[algorithm]));
    if (session)
        text_append(out, TEXT("-sess"));
}

bool digest_write_challenge(const struct digest_challenge *challenge, char *out, uint32_t size)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, size - 1);
    write_quoted(&buffer, TEXT("Digest realm"), challenge->realm);
    write_quoted(&buffer, TEXT(", nonce"), challenge->nonce);
    if (challenge->opaque.size)
        write_quoted(&buffer, TEXT(", opaque"), challenge->opaque);
    write_algorithm(&buffer, challenge->algorithm, challenge->session);
    if (challenge->stale)
        text_append(&buffer, TEXT(", stale=true"));
    if (challenge->qop_auth)
        write_quoted(&buffer, TEXT(", qop"), TEXT("auth"));
    return finish(&buffer);
}

bool digest_write_credentials(const struct digest_credentials *c, char *out, uint32_t size)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, size - 1);
    write_quoted(&buffer, TEXT("Digest username"), c->username);
    write_quoted(&buffer, TEXT(", realm"), c->realm);
    write_quoted(&buffer, TEXT(", nonce"), c->nonce);
    write_quoted(&buffer, TEXT(", uri"), c->uri);
    write_quoted(&buffer, TEXT(", response"), c->response);
    write_algorithm(&buffer, c->algorithm, c->session);
    if (c->opaque.size)
        write_quoted(&buffer, TEXT(", opaque"), c->opaque);
    if (c->qop != DIGEST_QOP_NONE || c->session)
        write_quoted(&buffer, TEXT(", cnonce"), c->cnonce);
    if (c->qop != DIGEST_QOP_NONE) {
        text_append(&buffer, c->qop == DIGEST_QOP_AUTH ? TEXT(", qop=auth, nc=")
                                                       : TEXT(", qop=auth-int, nc="));
        text_append(&buffer, c->nc_text);
    }
    return finish(&buffer);
}

bool digest_same(struct text a, struct text b)
{
    volatile unsigned char difference = 0;

    if (a.size != b.size)
        return false;
    for (uint32_t i = 0; i < a.size; i++)
        difference |= (unsigned char)(a.data[i] ^ b.data[i]);
    return difference == 0;
}

// SPDX-License-Identifier: Apache-2.0
/* headers_test.c - what a message says, as fields. */
#include <string.h>

#include "check.h"
#include "sip/headers.h"

static struct text user(const char *value)
{
    static char scratch[64];

    return headers_user(text_of(value), scratch, sizeof(scratch));
}

static void the_user_of_an_address_is_read_in_all_its_forms(void)
{
    static const struct {
        const char *value, *user;
    } cases[] = {
        {"<sip:+14155550100@host>", "+14155550100"},
        {"\"Alice, <of> B\" <sip:%2B1415@host;user=phone>", ""}, /* Brackets in a name: no guess. */
        {"\"Alice\" <sip:%2B1415@host;user=phone>, <tel:+1>", "+1415"},
        {"sip:bob@host;tag=1", "bob"},
        {"sips:bob:secret@host", "bob"},
        {"<SIP:day;x=1@host>", "day;x=1"},
        {"<sip:+1415;npdi@host>", "+1415"},
        {"<tel:+1-415-555.01(00);phone-context=x>", "+14155550100"},
        {"tel:+1-415", "+1415"},
        {"<sip:host.only>", ""},
        {"<http://a@b>", ""},
        {"", ""},
        {"<", ""},
        {"<sip:%00%1fz@h>", "\?\?z"},
        {"<sip:%zz%4@h>", "%zz%4"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (!text_equal(user(cases[i].value), text_of(cases[i].user)))
            fprintf(stderr, "%s -> %.*s\n", cases[i].value, TEXT_ARGS(user(cases[i].value)));
        CHECK(text_equal(user(cases[i].value), text_of(cases[i].user)));
    }
}

static void a_user_that_is_too_long_is_cut(void)
{
    char value[400];

    memset(value, 'a', sizeof(value));
    memcpy(value, "<sip:", 5);
    memcpy(value + sizeof(value) - 9, "@host>", 7);
    CHECK(user(value).size == 63);
}

static void words_become_a_reason_that_the_library_can_read(void)
{
    static const char *const cases[][2] = {
        {"", ""},
        {"the server is going down", "Q.850;cause=16;text=\"the server is going down\""},
        {"a \"b\" \\ \r\nVia: c", "Q.850;cause=16;text=\"a 'b' ' ''Via: c\""},
    };
    char out[64], longest[200];
    su_home_t home[1] = {SU_HOME_INIT(home)};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        headers_write_reason(text_of(cases[i][0]), 0, out, sizeof(out));
        CHECK(strcmp(out, cases[i][1]) == 0);
    }
    headers_write_reason(TEXT("no sound"), 102, out, sizeof(out));
    CHECK(strcmp(out, "Q.850;cause=102;text=\"no sound\"") == 0);
    memset(longest, 'x', sizeof(longest));
    headers_write_reason((struct text){longest, sizeof(longest)}, 0, out, sizeof(out));
    CHECK(strlen(out) == sizeof(out) - 1 && out[sizeof(out) - 2] == '"');
    sip_reason_t *reason = sip_reason_make(home, out);
    CHECK(reason && strcmp(reason->re_protocol, "Q.850") == 0);
    su_home_deinit(home);
}

static msg_t *read_message(const char *text)
{
    msg_t *msg = msg_make(sip_default_mclass(), 0, text, (ssize_t)strlen(text));

    CHECK(msg && sip_object(msg));
    return msg;
}

#define HEAD                                                                                  \
    "INFO sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\r\nFrom: <sip:a@b>;tag=1\r\n" \
    "To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 INFO\r\n"

static char key_of(const char *type, const char *body)
{
    char text[1024];
    msg_t *msg;
    char key;

    snprintf(text, sizeof(text), HEAD "Content-Type: %s\r\nContent-Length: %zu\r\n\r\n%s", type,
             strlen(body), body);
    msg = read_message(text);
    key = headers_key(sip_object(msg));
    msg_destroy(msg);
    return key;
}

static void keys_by_info_are_read_in_both_dialects(void)
{
    CHECK(key_of("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n") == '5');
    CHECK(key_of("application/dtmf-relay", "Duration=160\r\nsignal = *\r\n") == '*');
    CHECK(key_of("application/dtmf-relay", "Signal=11") == '#');
    CHECK(key_of("application/dtmf-relay", "Signal=d\n") == 'D');
    CHECK(key_of("application/dtmf-relay", "Signal=\r\n") == '\0');
    CHECK(key_of("application/dtmf-relay", "Signal=12\r\n") == '\0');
    CHECK(key_of("application/dtmf", "7") == '7');
    CHECK(key_of("application/dtmf", "77") == '\0');
    CHECK(key_of("text/plain", "7") == '\0');
}

static void session_timers_and_extension_headers_are_read(void)
{
    struct event event = {.kind = SIP_INVITE};
    struct header_scratch scratch;
    msg_t *msg =
        read_message(HEAD "Session-Expires: 1800;refresher=UAS\r\nMin-SE: 120\r\n"
                          "Supported: timer, 100rel\r\nX-One: 1\r\nY-Two: 2\r\nx-three: a\r\n b\r\n"
                          "History-Info: <sip:first@h>;index=1, <sip:second@h>;index=1.1\r\n\r\n");

    headers_invite(sip_object(msg), &scratch, &event);
    CHECK(event.invite.session_expires_s == 1800 && event.invite.min_se_s == 120);
    CHECK(event.invite.refresher == REFRESHER_UAS && event.invite.timer_supported);
    CHECK(event.invite.reliable_supported && !event.invite.reliable_required);
    CHECK(text_equal(event.invite.diversion, TEXT("first")));
    CHECK(text_starts(event.invite.headers, TEXT("X-One: 1\nx-three: a")));
    CHECK(text_find(event.invite.headers, TEXT("Y-Two")) < 0);
    CHECK(text_equal(event.invite.from, TEXT("a")) && text_equal(event.invite.to, TEXT("x")));
    msg_destroy(msg);
}

static void extension_headers_that_do_not_fit_are_left_out_whole(void)
{
    struct event event = {.kind = SIP_INVITE};
    struct header_scratch scratch;
    char text[8192], value[1500];
    msg_t *msg;

    memset(value, 'v', sizeof(value) - 1);
    value[sizeof(value) - 1] = '\0';
    snprintf(text, sizeof(text), HEAD "X-A: %s\r\nX-B: %s\r\nX-C: short\r\n\r\n", value, value);
    msg = read_message(text);
    headers_invite(sip_object(msg), &scratch, &event);
    CHECK(event.invite.headers.size <= MAX_HEADERS);
    CHECK(text_find(event.invite.headers, TEXT("X-B")) < 0);
    CHECK(text_find(event.invite.headers, TEXT("X-C: short\n")) > 0);
    msg_destroy(msg);
}

int main(void)
{
    RUN(the_user_of_an_address_is_read_in_all_its_forms);
    RUN(a_user_that_is_too_long_is_cut);
    RUN(words_become_a_reason_that_the_library_can_read);
    RUN(keys_by_info_are_read_in_both_dialects);
    RUN(session_timers_and_extension_headers_are_read);
    RUN(extension_headers_that_do_not_fit_are_left_out_whole);
    return 0;
}

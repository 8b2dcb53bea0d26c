// SPDX-License-Identifier: Apache-2.0
/* fill_test.c - values by their paths, and where they are put. */
#include "vendor/fill.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "vendor/pick.h"

static const char event[] =
    "{\"call\":{\"ref\":\"c1\",\"direction\":\"in\",\"talk_ms\":61000,\"share\":0.5,\"up\":true,"
    "\"answered\":null},\"list\":[{\"a b\":\"x y/z\"},{\"n\":2}],"
    "\"days\":{\"mon\":[{\"start\":\"9\"},{\"start\":\"10\"}],\"tue\":[{\"start\":\"11\"}]}}";
static json_t *values;

static bool picks(const char *path, const char *wanted)
{
    char storage[64];
    struct text_buffer out;

    text_buffer_init(&out, storage, sizeof storage);
    return pick_text(pick_one(values, text_of(path)), &out) &&
           text_equal(text_view(&out), text_of(wanted));
}

static bool fills(const char *pattern, enum fill_into into, const char *wanted)
{
    char storage[64];
    struct text_buffer out;

    text_buffer_init(&out, storage, sizeof storage);
    return fill_text(text_of(pattern), values, into, &out) &&
           text_equal(text_view(&out), text_of(wanted));
}

static bool makes(const char *pattern, const char *wanted)
{
    json_t *read = json_loads(pattern, 0, NULL), *filled = fill_json(read, values);
    char *text = filled ? json_dumps(filled, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    bool same = text && strcmp(text, wanted) == 0;

    if (!same)
        fprintf(stderr, "%s\n", text ? text : "(none)");
    free(text);
    json_decref(filled);
    json_decref(read);
    return same;
}

static void a_path_leads_to_a_value(void)
{
    CHECK(picks("$.call.ref", "c1") && picks("call.ref", "c1") && picks("$['call']['ref']", "c1"));
    CHECK(picks("call.talk_ms", "61000") && picks("call.share", "0.5") && picks("call.up", "true"));
    CHECK(picks("list[0]['a b']", "x y/z") && picks("$.list[1].n", "2"));
    CHECK(!pick_one(values, TEXT("call.nothing")) && !pick_one(values, TEXT("list[7].n")));
    CHECK(!picks("call.answered", "") && !picks("call", ""));
}

static void a_wildcard_leads_to_all_of_them(void)
{
    json_t *all = pick_all(values, TEXT("$.days.*[*].start"));
    char *text = json_dumps(all, JSON_COMPACT);

    CHECK(strcmp(text, "[\"9\",\"10\",\"11\"]") == 0);
    CHECK(picks("days.*[*].start", "9"));
    free(text);
    json_decref(all);
}

static void what_is_no_path_leads_nowhere(void)
{
    const char *const wrong[] = {"",    "$.",    "$a",    "a..b", "a[",
                                 "a[]", "a['x]", "a[-1]", "a b",  "a[1"};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        CHECK(!pick_sound(text_of(wrong[i])) && !pick_one(values, text_of(wrong[i])));
    CHECK(pick_sound(TEXT("$")) && pick_sound(TEXT("$.a[0].*[*]['x y']")));
}

static void values_are_put_into_text(void)
{
    CHECK(fills("a {call.ref} b {call.talk_ms}", FILL_PLAIN, "a c1 b 61000"));
    CHECK(fills("{call.direction|in=INBOUND|out=OUTBOUND}", FILL_PLAIN, "INBOUND"));
    CHECK(!fills("{call.ref|in=INBOUND}", FILL_PLAIN, ""));
    CHECK(fills("{ } {1} {\"a\"} {", FILL_PLAIN, "{ } {1} {\"a\"} {"));
    CHECK(fills("https://h/{list[0]['a b']}", FILL_URL, "https://h/x%20y%2Fz"));
    CHECK(!fills("{call.nothing}", FILL_PLAIN, "") && !fills("{call.answered}", FILL_PLAIN, ""));
    CHECK(!fills("0123456789012345678901234567890123456789012345678901234567890123456789",
                 FILL_PLAIN, ""));
}

static void a_body_keeps_types_and_leaves_out_what_is_missing(void)
{
    CHECK(makes("{\"n\":\"{call.talk_ms}\",\"t\":\"{call.talk_ms|text}\",\"x\":\"{no}\"}",
                "{\"n\":61000,\"t\":\"61000\"}"));
    CHECK(makes("{\"a\":[{\"id\":\"{no}\",\"k\":1},{\"id\":\"{call.ref}\",\"k\":2}]}",
                "{\"a\":[{\"id\":\"c1\",\"k\":2}]}"));
    CHECK(makes("{\"d\":\"{days.tue}\",\"b\":false}", "{\"d\":[{\"start\":\"11\"}],\"b\":false}"));
    CHECK(makes("[[\"{no}\"],\"a {no}\"]", "[[]]"));
    CHECK(makes("{\"l\":[{\"x\":\"\"}]}", "{\"l\":[{\"x\":\"\"}]}"));
}

static void a_pattern_is_judged_before_it_is_used(void)
{
    CHECK(fill_sound(TEXT("{a.b} {c|x=y} { } {")) && !fill_sound(TEXT("{a..b}")));
}

int main(void)
{
    values = json_loads(event, 0, NULL);
    CHECK(values);
    RUN(a_path_leads_to_a_value);
    RUN(a_wildcard_leads_to_all_of_them);
    RUN(what_is_no_path_leads_nowhere);
    RUN(values_are_put_into_text);
    RUN(a_body_keeps_types_and_leaves_out_what_is_missing);
    RUN(a_pattern_is_judged_before_it_is_used);
    json_decref(values);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* webtool_test.c - arguments that fit, and where in a request they go. */
#include "vendor/webtool.h"

#include <string.h>

#include "check.h"
#include "vendor/jsonschema.h"

static char url_bytes[256], body_bytes[256], why_bytes[256];
static struct text_buffer url, body, why;

static bool write_it(const char *address, const char *method, const char *arguments)
{
    json_t *read = json_loads(arguments, 0, NULL);
    bool sound;

    text_buffer_init(&url, url_bytes, sizeof url_bytes);
    text_buffer_init(&body, body_bytes, sizeof body_bytes);
    text_buffer_init(&why, why_bytes, sizeof why_bytes);
    CHECK(read);
    sound = webtool_write(text_of(address), text_of(method), read, &url, &body, &why);
    json_decref(read);
    return sound;
}

static void expect(const char *wanted_url, const char *wanted_body)
{
    if (!text_equal(text_view(&url), text_of(wanted_url)))
        fprintf(stderr, "%.*s\n", TEXT_ARGS(text_view(&url)));
    CHECK(text_equal(text_view(&url), text_of(wanted_url)));
    CHECK(text_equal(text_view(&body), text_of(wanted_body)));
}

static void arguments_take_their_places(void)
{
    CHECK(write_it("https://crm/c/{id}/o/{n}", "GET", "{\"id\":\"a b\",\"n\":7,\"x\":true}"));
    expect("https://crm/c/a%20b/o/7?x=true", "");
    CHECK(write_it("https://crm/c?v=1", "DELETE", "{\"q\":\"\xc3\xa4&=\",\"no\":null}"));
    expect("https://crm/c?v=1&q=%C3%A4%26%3D", "");
    CHECK(write_it("https://crm/c/{id}", "POST", "{\"id\":\"1\",\"day\":\"monday\"}"));
    expect("https://crm/c/1", "{\"day\":\"monday\"}");
    CHECK(write_it("https://crm/c", "PUT", "{}"));
    expect("https://crm/c", "{}");
    CHECK(write_it("https://crm/{a}/{a}", "GET", "{\"a\":\"x\"}"));
    expect("https://crm/x/x", "");
}

static void no_argument_leaves_its_place(void)
{
    CHECK(write_it("https://crm/c/{id}", "GET", "{\"id\":\"../admin?x=1#@evil\"}"));
    expect("https://crm/c/..%2Fadmin%3Fx%3D1%23%40evil", "");
    CHECK(write_it("https://crm/c/{id}", "GET", "{\"id\":\"a\\r\\nHost: evil\"}"));
    expect("https://crm/c/a%0D%0AHost%3A%20evil", "");
    CHECK(!write_it("https://crm/c/{id}/x", "GET", "{\"id\":\"..\"}"));
    CHECK(!write_it("https://crm/c/{id}/x", "GET", "{\"id\":\"\"}"));
    CHECK(!write_it("https://crm/c/{id}/x", "GET", "{\"other\":1}"));
    CHECK(text_equal(text_view(&why), TEXT("id is missing, or cannot be part of an address")));
}

static void the_host_is_never_an_argument(void)
{
    CHECK(webtool_sound(TEXT("https://crm.example.net/c/{id}")));
    CHECK(webtool_sound(TEXT("http://127.0.0.1:80?x={id}")));
    CHECK(!webtool_sound(TEXT("https://{host}/c")) && !webtool_sound(TEXT("https://a{host}/c")));
    CHECK(!webtool_sound(TEXT("https://user@crm/c")) && !webtool_sound(TEXT("file:///etc/passwd")));
    CHECK(!webtool_sound(TEXT("{url}")) && !webtool_sound(TEXT("")));
}

static void what_is_too_long_is_refused(void)
{
    char arguments[700];

    memset(arguments, 'x', sizeof arguments);
    memcpy(arguments, "{\"id\":\"", 7);
    memcpy(arguments + 650, "\"}", 3);
    CHECK(!write_it("https://crm/c/{id}", "GET", arguments));
    CHECK(!write_it("https://crm/c", "POST", arguments));
}

static void fits(const char *value, const char *schema, const char *wanted)
{
    json_t *v = json_loads(value, JSON_DECODE_ANY, NULL),
           *s = json_loads(schema, JSON_DECODE_ANY, NULL);
    bool does;

    CHECK(v && s);
    text_buffer_init(&why, why_bytes, sizeof why_bytes);
    does = jsonschema_fits(v, s, &why);
    if (!text_equal(text_view(&why), text_of(wanted)))
        fprintf(stderr, "%s: %.*s\n", value, TEXT_ARGS(text_view(&why)));
    CHECK(does == !*wanted && text_equal(text_view(&why), text_of(wanted)));
    json_decref(v);
    json_decref(s);
}

static void arguments_are_held_to_their_schema(void)
{
    const char *order =
        "{\"type\":\"object\",\"properties\":{\"n\":{\"type\":\"integer\",\"minimum\":1},"
        "\"kind\":{\"enum\":[\"a\",2]},\"who\":{\"type\":[\"string\",\"null\"],\"maxLength\":3},"
        "\"tags\":{\"type\":\"array\",\"items\":{\"type\":\"string\"}}},"
        "\"required\":[\"n\"],\"additionalProperties\":false}";

    fits("{\"n\":4,\"kind\":2,\"who\":null,\"tags\":[\"x\"]}", order, "");
    fits("{\"n\":4.0,\"who\":\"\xc3\xa4\xc3\xb6\xc3\xbc\"}", order, "");
    fits("{}", order, "n is missing");
    fits("{\"n\":\"4\"}", order, "n must be of type integer");
    fits("{\"n\":0}", order, "n is out of bounds");
    fits("{\"n\":1,\"kind\":\"b\"}", order, "kind is none of those allowed");
    fits("{\"n\":1,\"who\":3}", order, "who is of a wrong type");
    fits("{\"n\":1,\"who\":\"long\"}", order, "who is too short or too long");
    fits("{\"n\":1,\"tags\":[1]}", order, "tags must be of type string");
    fits("{\"n\":1,\"else\":1}", order, "else is not known");
    fits("[]", order, "the arguments must be of type object");
    fits("{\"x\":1}", "{}", "");
    fits("{\"x\":1}", "true", "");
    fits("{\"x\":1}", "{\"type\":\"object\",\"properties\":{\"x\":{\"const\":2}}}",
         "x is not what it must be");
}

int main(void)
{
    RUN(arguments_take_their_places);
    RUN(no_argument_leaves_its_place);
    RUN(the_host_is_never_an_argument);
    RUN(what_is_too_long_is_refused);
    RUN(arguments_are_held_to_their_schema);
    return 0;
}

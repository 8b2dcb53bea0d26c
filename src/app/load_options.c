// SPDX-License-Identifier: Apache-2.0
/* load_options.c - numbers with units, a target, and who may be loaded. */
#include "app/load_options.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* A decimal number and where it ends; no sign, no exponent. */
static bool read_number(struct text *t, double *out)
{
    uint32_t digits = 0, scale = 0;
    double value = 0;

    while (digits < t->size && digits < 18) {
        char c = t->data[digits];
        if (c == '.' && scale == 0 && digits > 0)
            scale = 1;
        else if (c >= '0' && c <= '9' && (scale == 0 || (scale *= 10)))
            value = value * 10 + (c - '0');
        else
            break;
        digits++;
    }
    if (digits == 0)
        return false;
    *out = scale ? value / scale : value;
    *t = text_part(*t, digits, t->size);
    return true;
}

bool load_options_duration(struct text t, uint32_t *ms)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"", 1000}, {"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}};
    double value;

    if (!read_number(&t, &value))
        return false;
    for (uint32_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (!text_equal(t, text_of(units[i].unit)))
            continue;
        if (value * units[i].ms > LOAD_MAX_MS)
            return false;
        *ms = (uint32_t)(value * units[i].ms + 0.5);
        return true;
    }
    return false;
}

bool load_options_percent(struct text t, double *percent)
{
    double value;

    if (!read_number(&t, &value) || value > 100 || (t.size > 0 && !text_equal(t, TEXT("%"))))
        return false;
    *percent = value;
    return true;
}

static bool find_transport(struct text name, enum load_transport *out)
{
    for (enum load_transport i = LOAD_UDP; i <= LOAD_TLS; i++) {
        if (text_equal_nocase(name, text_of(load_transport_names[i]))) {
            *out = i;
            return true;
        }
    }
    return false;
}

static bool keep(struct text t, char *out, size_t size)
{
    if (t.size == 0 || t.size >= size)
        return false;
    for (uint32_t i = 0; i < t.size; i++) {
        if (t.data[i] <= ' ' || t.data[i] == 127 || strchr("<>\"@;?", t.data[i]))
            return false; /* It would end the URI in our messages. */
    }
    text_copy(out, size, t);
    return true;
}

bool load_options_target(struct text uri, struct load_words *words, uint16_t *port,
                         enum load_transport *transport)
{
    struct text parameters = uri, address = text_next(&parameters, ';');
    bool secure = text_starts_nocase(address, TEXT("sips:"));
    uint64_t number = 0;
    struct text user, host;

    if (!secure && !text_starts_nocase(address, TEXT("sip:")))
        return false;
    address = text_part(address, secure ? 5 : 4, address.size);
    user = text_next(&address, '@');
    if (text_starts(address, TEXT("["))) { /* [2001:db8::7]:5060 */
        uint32_t end = (uint32_t)text_find(address, TEXT("]")) + 1;
        host = text_part(address, 0, end);
        address = text_part(address, end, address.size);
        if (end == 0 || (address.size > 0 && text_next(&address, ':').size > 0))
            return false;
        if (address.size == 0)
            address = (struct text){NULL, 0}; /* No port was begun. */
    } else {
        host = text_next(&address, ':');
    }
    if (!keep(user, words->number, sizeof words->number) ||
        !keep(host, words->host, sizeof words->host) ||
        (address.data && (!text_number(address, &number) || number == 0 || number > 65535)))
        return false;
    if (secure)
        *transport = LOAD_TLS;
    while (parameters.data) {
        struct text value = text_next(&parameters, ';'), name = text_next(&value, '=');
        if (text_equal_nocase(name, TEXT("transport")) && !find_transport(value, transport))
            return false;
    }
    *port = (uint16_t)number;
    return true;
}

static bool wrong(const char *option, const char *value, const char *right)
{
    fprintf(stderr, "offhook: %s %s: %s\nTry: offhook load --help\n", option, value, right);
    return false;
}

static bool read_duration(const struct arguments *arguments, const char *name, uint32_t *ms)
{
    const char *value = arguments_value(arguments, name);

    return !value || load_options_duration(text_of(value), ms) ||
           wrong(name, value, "wants a time of a day at most: 250ms, 60s, 5m, 1h");
}

static bool read_percent(const struct arguments *arguments, const char *name, double *percent)
{
    const char *value = arguments_value(arguments, name);

    return !value || load_options_percent(text_of(value), percent) ||
           wrong(name, value, "wants a percentage: 1%, 0.5%");
}

static bool read_count(const struct arguments *arguments, const char *name, uint32_t most,
                       uint32_t *count)
{
    const char *value = arguments_value(arguments, name);
    char right[64];
    uint64_t number;

    if (!value)
        return true;
    snprintf(right, sizeof right, "wants a number from 0 to %u", most);
    if (!text_number(text_of(value), &number) || number > most)
        return wrong(name, value, right);
    *count = (uint32_t)number;
    return true;
}

static bool read_rate(const struct arguments *arguments, double *rate)
{
    const char *value = arguments_value(arguments, "--rate");
    struct text t = text_of(value);

    return !value ||
           (read_number(&t, rate) && t.size == 0 && *rate > 0 && *rate <= LOAD_MAX_RATE) ||
           wrong("--rate", value, "wants calls a second, 50000 at most: 100, 0.5");
}

/* Of the family of --local if that was said; else IPv4 if there is one. */
static bool resolve(const struct load_words *words, const union place *local, union place *out)
{
    struct addrinfo hints = {.ai_family = local->any.sa_family, .ai_socktype = SOCK_DGRAM}, *found;
    struct text name = text_of(words->host);
    char host[sizeof words->host];
    int error;

    if (text_starts(name, TEXT("[")))
        name = text_part(name, 1, name.size - 2);
    text_copy(host, sizeof host, name);
    error = getaddrinfo(host, NULL, &hints, &found);
    if (error) {
        fprintf(stderr, "offhook: %s has no %saddress: %s\n", words->host,
                hints.ai_family == AF_INET    ? "IPv4 "
                : hints.ai_family == AF_INET6 ? "IPv6 "
                                              : "",
                gai_strerror(error));
        return false;
    }
    const struct addrinfo *chosen = found;
    for (const struct addrinfo *a = found; a && chosen->ai_family != AF_INET; a = a->ai_next)
        chosen = a->ai_family == AF_INET ? a : chosen;
    *out = (union place){.v6 = {.sin6_family = AF_INET6}};
    memcpy(out, chosen->ai_addr, chosen->ai_addrlen);
    freeaddrinfo(found);
    return true;
}

static bool read_target(const struct arguments *arguments, struct load_words *words,
                        struct load_options *out)
{
    const char *named = arguments_value(arguments, "--transport");
    const char *local = arguments_value(arguments, "--local");
    uint16_t port = 0;

    if (named && !find_transport(text_of(named), &out->transport))
        return wrong("--transport", named, "udp, tcp or tls");
    if (!load_options_target(text_of(arguments->given[0]), words, &port, &out->transport))
        return wrong("load", arguments->given[0],
                     "wants sip:NUMBER@HOST[:PORT][;transport=udp|tcp|tls]");
    if (local && !place_read(text_of(local), &out->local))
        return wrong("--local", local, "wants an IP address of this machine");
    if (port == 0)
        port = out->transport == LOAD_TLS ? 5061 : 5060;
    out->number = words->number;
    out->host = words->host;
    if (!resolve(words, &out->local, &out->target))
        return false;
    place_set_port(&out->target, port);
    return true;
}

static bool read_times(const struct arguments *arguments, struct load_options *out)
{
    return read_count(arguments, "--calls", LOAD_MAX_CALLS, &out->calls) &&
           read_count(arguments, "--step", LOAD_MAX_CALLS, &out->step) &&
           read_rate(arguments, &out->rate) && read_duration(arguments, "--ramp", &out->ramp_ms) &&
           read_duration(arguments, "--every", &out->every_ms) &&
           read_duration(arguments, "--length", &out->length_ms) &&
           read_duration(arguments, "--for", &out->for_ms);
}

static bool read_sound(const struct arguments *arguments, struct load_options *out)
{
    const char *codec = arguments_value(arguments, "--codec");

    out->sound = arguments_value(arguments, "--sound");
    out->talker = arguments_has(arguments, "--talker");
    out->media = !arguments_has(arguments, "--no-media");
    if (codec)
        out->codec = codec;
    return read_percent(arguments, "--barge", &out->barge_percent) &&
           read_percent(arguments, "--keys", &out->key_percent) &&
           read_percent(arguments, "--loss", &out->loss_percent) &&
           read_duration(arguments, "--jitter", &out->jitter_ms);
}

static bool read_machine(const struct arguments *arguments, struct load_options *out)
{
    uint32_t seed = (uint32_t)out->seed, port = 0, pid = 0;

    if (!read_count(arguments, "--threads", LOAD_MAX_THREADS, &out->threads) ||
        !read_count(arguments, "--seed", UINT32_MAX, &seed) ||
        !read_count(arguments, "--rtp-port", 65000, &port) ||
        !read_count(arguments, "--pid", INT32_MAX, &pid))
        return false;
    out->seed = seed;
    out->rtp_port = (uint16_t)port;
    out->pid = (int)pid;
    out->user = arguments_value(arguments, "--user");
    out->password = getenv("OFFHOOK_LOAD_PASSWORD");
    if (out->user && !out->password) {
        fprintf(stderr, "offhook: --user needs the password in the environment: "
                        "OFFHOOK_LOAD_PASSWORD\n");
        return false;
    }
    return true;
}

static bool allowed(const struct arguments *arguments, struct load_options *out)
{
    char address[ADDRESS_TEXT];

    out->anywhere = arguments_has(arguments, "--yes-i-may");
    if (out->anywhere || load_may_reach(&out->target))
        return true;
    place_write(&out->target, address);
    fprintf(
        stderr,
        "offhook: %s (%s) is neither this machine nor in a private network.\n"
        "This places calls until something gives out. Against a server that is not yours it is\n"
        "an attack, and in most countries a crime. When the server's owner has agreed to this\n"
        "test, say so: --yes-i-may\n",
        out->host, address);
    return false;
}

bool load_options_read(const struct arguments *arguments, struct load_words *words,
                       struct load_options *out)
{
    *out = load_options_default();
    return read_target(arguments, words, out) && read_times(arguments, out) &&
           read_sound(arguments, out) && read_machine(arguments, out) && allowed(arguments, out);
}

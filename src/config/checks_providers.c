// SPDX-License-Identifier: Apache-2.0
/* checks_providers.c - whom we speak and think with over the network: addresses, keys, times. */
#include "config/checks.h"
#include "config/nearest.h"
#include "base/address.h"

enum { SOFT_MS = 700, HARD_MS = 1500, SOFT_MODEL_MS = 1000, HARD_MODEL_MS = 3000 };

/* Where the vendors are, as their documents say; NULL: the operator's own machine. */
static const char *const vendor_urls[PROVIDER_KINDS] = {
    [PROVIDER_DEEPGRAM] = "wss://api.deepgram.com",
    [PROVIDER_DEEPGRAM_FLUX] = "wss://api.deepgram.com",
    [PROVIDER_OPENAI_REALTIME_STT] = "wss://api.openai.com/v1",
    [PROVIDER_WHISPER] = "https://api.openai.com/v1",
    [PROVIDER_OPENAI_SPEECH] = "https://api.openai.com/v1",
    [PROVIDER_ELEVENLABS] = "https://api.elevenlabs.io",
    [PROVIDER_DEEPGRAM_AURA] = "https://api.deepgram.com",
    [PROVIDER_CARTESIA] = "wss://api.cartesia.ai",
    [PROVIDER_CHAT] = "https://api.openai.com/v1",
    [PROVIDER_ANTHROPIC] = "https://api.anthropic.com",
    [PROVIDER_OPENAI_REALTIME] = "wss://api.openai.com/v1",
};

/* "https://host:port/path" to its host; empty: not a URL that can be called. */
static struct text host_of(struct text url, bool *plain)
{
    static const char *const schemes[] = {"https://", "wss://", "http://", "ws://"};

    for (uint32_t i = 0; i < 4; i++) {
        struct text scheme = text_of(schemes[i]), host;
        if (!text_starts(url, scheme))
            continue;
        *plain = i >= 2;
        host = text_part(url, scheme.size, url.size);
        for (uint32_t end = 0; end < host.size; end++) {
            unsigned char c = (unsigned char)host.data[end];
            if (c <= ' ' || c == '@' || c == 127)
                return TEXT_EMPTY;
            if (c == '/' || c == '?')
                return text_part(host, 0, end);
        }
        return host;
    }
    return TEXT_EMPTY;
}

/* "host", "host:8000", "[::1]:8000": a port that is written is one. */
static bool good_port(struct text host)
{
    int64_t bracket = text_find(host, TEXT("]"));
    struct text rest = bracket < 0 ? host : text_part(host, (uint32_t)bracket, host.size);
    int64_t colon = text_find(rest, TEXT(":"));
    uint32_t port = 0;

    if (colon < 0)
        return true;
    for (uint32_t i = (uint32_t)colon + 1; i < rest.size; i++) {
        if (rest.data[i] < '0' || rest.data[i] > '9' || port > 65535)
            return false;
        port = port * 10 + (uint32_t)(rest.data[i] - '0');
    }
    return port > 0 && port <= 65535;
}

static bool on_this_machine(struct text host)
{
    uint8_t address[16];
    uint16_t port;

    if (address_read(host, address) || address_read_port(host, address, &port))
        return address_is_loopback(address);
    return text_equal(host, TEXT("localhost")) || text_starts(host, TEXT("localhost:"));
}

bool checks_in_clear(struct text url)
{
    bool plain = false;
    struct text host = host_of(url, &plain);

    return plain && !on_this_machine(host);
}

void checks_url(struct reading *reading, const char *file, const struct setting *url, bool secret)
{
    bool plain = false;
    struct text host = host_of(url->text, &plain);

    if (text_empty(host))
        reading_error(reading, file, url->line,
                      reading_print(reading, "'" TEXT_FORMAT "' cannot be called",
                                    TEXT_ARGS(url->text)),
                      "write https://HOST/PATH, or wss:, http:, ws:, without a password in it");
    else if (text_find(host, TEXT("{")) < 0 && !good_port(host))
        reading_error(reading, file, url->line,
                      reading_print(reading, "'" TEXT_FORMAT "' has no port from 1 to 65535",
                                    TEXT_ARGS(url->text)),
                      "write HOST or HOST:PORT; an IPv6 address in brackets");
    else if (plain && secret && !on_this_machine(host))
        reading_warning(reading, file, url->line, "the key goes over the network in clear",
                        "write https: or wss:");
}

/* What the kinds put behind a provider's url by themselves. */
static void check_path(struct reading *reading, const char *file, const struct setting *at,
                       struct text url)
{
    static const char *const added[] = {"/chat/completions", "/messages", "/audio/speech",
                                        "/audio/transcriptions"};

    for (uint32_t i = 0; i < sizeof(added) / sizeof(added[0]); i++) {
        struct text path = text_of(added[i]);
        if (url.size > path.size &&
            text_equal(text_part(url, url.size - path.size, url.size), path))
            reading_error(reading, file, at->line,
                          reading_print(reading, "'url' ends with %s, which is added by itself",
                                        added[i]),
                          "write what stands before it");
    }
}

static void make_url(struct reading *reading, const char *file, const struct provider_settings *s,
                     struct plan_provider *out)
{
    const char *vendor = vendor_urls[out->kind];

    if (s->url.given) {
        out->url = s->url.text;
        while (out->url.size > 0 && out->url.data[out->url.size - 1] == '/')
            out->url.size--;
        checks_url(reading, file, &s->url, s->key.given);
        check_path(reading, file, &s->url, out->url);
        return;
    }
    out->url = text_of(vendor);
    if (!vendor)
        reading_error(reading, file, s->at.line, "this kind has no vendor: 'url' is missing",
                      "write where your server is, such as ws://127.0.0.1:2700");
    else if (!s->key.given && !s->key.wrong)
        reading_error(reading, file, s->at.line,
                      reading_print(reading, "%s wants a key, and there is none", vendor),
                      "write key: ${NAME} or file:PATH, or the `url` of a server of your own");
}

const struct plan_pair *checks_pairs(struct reading *reading, const struct schema_list *list)
{
    const struct setting_pair *settings = list->items;
    struct plan_pair *pairs = reading_take(reading, list->count * sizeof(*pairs));

    for (uint32_t i = 0; pairs && i < list->count; i++)
        pairs[i] = (struct plan_pair){settings[i].key.text, settings[i].value.text};
    return pairs;
}

static void make_times(struct reading *reading, const char *file, const struct provider_settings *s,
                       struct plan_provider *out)
{
    bool thinks = provider_role(out->kind) >= ROLE_THINKS;

    out->soft_ms = s->soft.given ? (uint32_t)s->soft.number : thinks ? SOFT_MODEL_MS : SOFT_MS;
    out->hard_ms = s->hard.given ? (uint32_t)s->hard.number : thinks ? HARD_MODEL_MS : HARD_MS;
    if (out->hard_ms < out->soft_ms)
        reading_error(reading, file, s->hard.given ? s->hard.line : s->soft.line,
                      "'hard' is before 'soft'",
                      "the caller is told first, and the provider given up later");
}

static void make_provider(struct reading *reading, const char *file,
                          const struct provider_settings *s, struct plan_provider *out)
{
    *out = (struct plan_provider){.name = s->at.text,
                                  .kind = (enum provider_kind)s->kind.number,
                                  .key = s->key.text,
                                  .model = s->model.text,
                                  .voice = s->voice.text,
                                  .language = s->language.text,
                                  .options = checks_pairs(reading, &s->options),
                                  .option_count = (uint8_t)s->options.count,
                                  .max_sessions = (uint16_t)s->max_sessions.number,
                                  .warm = (uint16_t)s->warm.number};
    if (out->name.size >= MAX_NAME || text_equal(out->name, TEXT("embedded")))
        reading_error(reading, file, s->at.line, "a provider cannot be called so",
                      "give at most 63 bytes, and not 'embedded', which is ours");
    if (!s->kind.given)
        return; /* Said already. */
    make_url(reading, file, s, out);
    make_times(reading, file, s, out);
    if (text_empty(out->model) && provider_role(out->kind) == ROLE_THINKS)
        reading_error(reading, file, s->at.line, "'model' is missing",
                      "name the model as the vendor does");
}

static bool (*authorities_check)(const char *ca_file, char *why, uint32_t why_size);

void config_know_authorities(bool (*check)(const char *ca_file, char *why, uint32_t why_size))
{
    authorities_check = check;
}

void checks_network(struct reading *reading, const char *file, const struct server_settings *s,
                    struct config *out)
{
    char why[256] = "";

    if (!s->ca_file.given)
        return;
    out->ca_file = schema_path(reading, file, s->ca_file.text);
    if (reading->live && authorities_check && !authorities_check(out->ca_file, why, sizeof(why)))
        reading_error(reading, file, s->ca_file.line, reading_print(reading, "%s", why),
                      "name as network.ca-file a PEM file with the certificates of your "
                      "authorities");
}

void checks_providers(struct reading *reading, const char *file, const struct server_settings *s,
                      struct config *out)
{
    const struct provider_settings *settings = s->providers.items;
    struct plan_provider *providers =
        reading_take(reading, s->providers.count * sizeof(*providers));

    for (uint32_t i = 0; providers && i < s->providers.count; i++)
        make_provider(reading, file, &settings[i], &providers[i]);
    out->plan.providers = providers;
    out->plan.provider_count = providers ? (uint8_t)s->providers.count : 0;
}

static int16_t find(struct reading *reading, const char *file, const struct plan *plan,
                    const struct setting *name)
{
    struct nearest nearest;
    struct text best;

    nearest_init(&nearest, name->text);
    for (uint8_t i = 0; i < plan->provider_count; i++) {
        if (text_equal(plan->providers[i].name, name->text))
            return i;
        nearest_offer(&nearest, plan->providers[i].name);
    }
    best = nearest_found(&nearest);
    reading_error(
        reading, file, name->line,
        reading_print(reading, "there is no provider '" TEXT_FORMAT "'", TEXT_ARGS(name->text)),
        text_empty(best) ? "add it under `providers` in offhook.yaml"
                         : reading_print(reading, "did you mean '" TEXT_FORMAT "'?",
                                         TEXT_ARGS(best)));
    return -1;
}

void checks_chain(struct reading *reading, const char *file, const struct plan *plan,
                  const struct setting_list *list, enum provider_role role, struct plan_chain *out)
{
    static const char *const does[] = {"listen", "speak", "think", "converse"};

    for (uint32_t i = 0; i < list->count && out->count < MAX_CONVERSE + MAX_CHAIN; i++) {
        int16_t found = find(reading, file, plan, &list->items[i]);
        if (found < 0)
            continue;
        enum provider_role is = provider_role(plan->providers[found].kind);
        if (is != role) {
            reading_error(reading, file, list->items[i].line,
                          reading_print(reading, "'" TEXT_FORMAT "' does not %s",
                                        TEXT_ARGS(list->items[i].text), does[role]),
                          reading_print(reading, "name it under `%s`", does[is]));
            continue;
        }
        for (uint8_t j = 0; j < out->count; j++)
            if (out->items[j] == found)
                reading_error(reading, file, list->items[i].line,
                              reading_print(reading, "'" TEXT_FORMAT "' is listed twice",
                                            TEXT_ARGS(list->items[i].text)),
                              "remove one");
        out->items[out->count++] = found;
    }
}

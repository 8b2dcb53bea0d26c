// SPDX-License-Identifier: Apache-2.0
/* checks_trunks.c - who may call and be called: trunks, their addresses and accounts, telephones.
 */
#include <string.h>

#include "config/checks.h"
#include "config/nearest.h"
#include "base/address.h"

static bool clean_range(const uint8_t address[16], uint8_t bits)
{
    for (uint32_t bit = bits; bit < 128; bit++) {
        if (address[bit / 8] & (0x80 >> (bit % 8)))
            return false;
    }
    return true;
}

static void make_source(struct reading *reading, const char *file, const struct setting *item,
                        struct plan_trunk *trunk, struct plan_source *sources)
{
    struct plan_source *source = &sources[trunk->source_count];

    if (!address_read_range(item->text, source->address, &source->prefix_bits)) {
        reading_error(reading, file, item->line,
                      reading_print(reading, "'" TEXT_FORMAT "' is not an address range",
                                    TEXT_ARGS(item->text)),
                      "write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32");
        return;
    }
    if (!clean_range(source->address, source->prefix_bits))
        reading_error(reading, file, item->line,
                      reading_print(reading, "'" TEXT_FORMAT "' says more than its range holds",
                                    TEXT_ARGS(item->text)),
                      "make the bits behind the prefix zero, or leave the prefix away");
    if (source->prefix_bits == 0 || source->prefix_bits == 96)
        reading_warning(reading, file, item->line,
                        reading_print(reading, "the trunk '" TEXT_FORMAT "' believes every address",
                                      TEXT_ARGS(trunk->name)),
                        "name the addresses of your carrier");
    trunk->source_count++;
}

/* "sip.example.net", "192.0.2.7:5060", "[2001:db8::7]:5060": letters, digits, '.', '-' or numbers.
 */
static bool split_host(struct text value, struct text *host, uint16_t *port)
{
    uint8_t address[16];
    uint64_t number;
    int32_t colon;

    *host = value;
    *port = 0;
    if (address_read(value, address))
        return true;
    if (address_read_port(value, address, port)) {
        while (host->data[host->size - 1] != ':')
            host->size--;
        host->size--;
        if (host->data[0] == '[')
            *host = text_part(*host, 1, host->size - 2);
        return *port > 0;
    }
    colon = text_find(value, TEXT(":"));
    if (colon >= 0) {
        if (!text_number(text_part(value, (uint32_t)colon + 1, value.size), &number) ||
            number < 1 || number > 65535)
            return false;
        *host = text_part(value, 0, (uint32_t)colon);
        *port = (uint16_t)number;
    }
    for (uint32_t i = 0; i < host->size; i++) {
        char c = host->data[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '-' && c != '.')
            return false;
    }
    return host->size > 0 && host->size < 254;
}

/* Goes into headers as it is. */
static bool plain(struct text t)
{
    for (uint32_t i = 0; i < t.size; i++) {
        if ((unsigned char)t.data[i] <= ' ' || t.data[i] == 127 || strchr("\"<>\\;,?", t.data[i]))
            return false;
    }
    return t.size < MAX_NAME;
}

static void make_account(struct reading *reading, const char *file, const struct trunk_settings *s,
                         struct plan_trunk *out)
{
    out->user = s->user.text;
    out->password = s->password.text;
    out->realm = s->realm.text;
    out->from = s->from.text;
    out->refer = s->refer.number;
    out->authenticate = s->authenticate.number;
    out->registers = s->registers.number;
    out->expires_s = (uint32_t)(s->expires.number / 1000);
    out->probe_ms = (uint32_t)s->probe.number;
    out->srtp = (enum srtp_mode)s->srtp.number;
    if (!plain(out->user))
        reading_error(reading, file, s->user.line, "'user' has a sign that no SIP user has",
                      "write the user's name alone, without sip: and without the host");
    if (s->password.given && !s->user.given)
        reading_error(reading, file, s->password.line, "'password' without 'user'",
                      "name the account that it belongs to");
    if (out->authenticate && (!s->user.given || !s->password.given))
        reading_error(reading, file, s->authenticate.line,
                      "'authenticate' needs 'user' and 'password'",
                      "write both, and tell them to the other side");
    if (out->registers && (!s->user.given || !s->host.given))
        reading_error(reading, file, s->registers.line, "'register' needs 'host' and 'user'",
                      "write where to register, and as whom");
    if (out->probe_ms > 0 && (out->probe_ms < 1000 || !s->host.given))
        reading_error(reading, file, s->probe.line, "'probe' needs 'host', and a second at least",
                      "write where to send OPTIONS to, and a time such as 30s");
    if (!plain(out->realm) || (text_find(out->from, TEXT(":")) < 0 && !plain(out->from)))
        reading_error(reading, file, s->at.line, "'realm' or 'from' has a sign that it cannot have",
                      "leave out blanks, quotes and brackets");
}

static const char *const codec_words[CODEC_KINDS] = {"pcmu", "pcma", "g722", "opus"};

static void make_codec(struct reading *reading, const char *file, const struct setting *item,
                       struct plan_trunk *trunk)
{
    struct nearest nearest;

    nearest_init(&nearest, item->text);
    for (uint8_t codec = 0; codec < CODEC_KINDS; codec++) {
        bool twice = memchr(trunk->codecs, codec, trunk->codec_count) != NULL;
        if (text_equal(item->text, text_of(codec_words[codec])) && !twice) {
            trunk->codecs[trunk->codec_count++] = codec;
            return;
        }
        if (text_equal(item->text, text_of(codec_words[codec]))) {
            reading_error(
                reading, file, item->line,
                reading_print(reading, "the codec '%s' is named twice", codec_words[codec]),
                "name it once");
            return;
        }
        nearest_offer(&nearest, text_of(codec_words[codec]));
    }
    struct text best = nearest_found(&nearest);
    reading_error(
        reading, file, item->line,
        reading_print(reading, "there is no codec '" TEXT_FORMAT "'", TEXT_ARGS(item->text)),
        text_empty(best)
            ? "known are pcmu, pcma, g722, opus"
            : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
}

static void make_trunk(struct reading *reading, const char *file, const struct trunk_settings *s,
                       struct plan_trunk *out)
{
    struct plan_source *sources = reading_take(reading, s->sources.count * sizeof(*sources));

    out->name = s->name.text;
    out->max_calls = (uint16_t)s->max_calls.number;
    out->sources = sources;
    for (uint32_t i = 0; sources && i < s->sources.count; i++)
        make_source(reading, file, &s->sources.items[i], out, sources);
    for (uint32_t i = 0; i < s->codecs.count; i++)
        make_codec(reading, file, &s->codecs.items[i], out);
    if (s->host.given && !split_host(s->host.text, &out->host, &out->port))
        reading_error(reading, file, s->host.line,
                      reading_print(reading, "'host' is '" TEXT_FORMAT "'",
                                    TEXT_ARGS(text_part(s->host.text, 0, 60))),
                      "write a name or a numeric address, and perhaps :PORT");
    out->transport_given = s->transport.given;
    out->transport = s->transport.given ? (enum transport)s->transport.number : TRANSPORT_UDP;
    make_account(reading, file, s, out);
    if (s->sources.count == 0 && (s->sources.line > 0 || (!s->host.given && !out->authenticate)))
        reading_error(reading, file, s->sources.line ? s->sources.line : s->at.line,
                      reading_print(reading, "the trunk '" TEXT_FORMAT "' has no source",
                                    TEXT_ARGS(out->name)),
                      "name the addresses that its calls come from");
}

static void make_users(struct reading *reading, const char *file, const struct server_settings *s,
                       const struct plan_trunk *trunks, struct config *out)
{
    const struct user_settings *settings = s->users.items;
    struct plan_user *users = reading_take(reading, s->users.count * sizeof(*users));

    for (uint32_t i = 0; users && i < s->users.count; i++) {
        bool twice = false;
        users[i] = (struct plan_user){settings[i].name.text, settings[i].password.text};
        for (uint32_t j = 0; j < i; j++)
            twice = twice || text_equal(users[i].name, users[j].name);
        for (uint32_t j = 0; trunks && j < s->trunks.count; j++)
            twice = twice || (trunks[j].authenticate && text_equal(users[i].name, trunks[j].user));
        if (settings[i].name.given && twice)
            reading_error(reading, file, settings[i].name.line,
                          reading_print(reading, "another account is called '" TEXT_FORMAT "'",
                                        TEXT_ARGS(users[i].name)),
                          "give each user and each trunk that authenticates a name of its own");
    }
    out->plan.users = users;
    out->plan.user_count = (uint16_t)s->users.count;
}

static void check_twins(struct reading *reading, const char *file,
                        const struct trunk_settings *settings, const struct plan_trunk *trunks,
                        uint32_t i)
{
    for (uint32_t j = 0; j < i; j++) {
        if (settings[i].name.given && text_equal(trunks[i].name, trunks[j].name))
            reading_error(reading, file, settings[i].name.line,
                          reading_print(reading, "another trunk is called '" TEXT_FORMAT "'",
                                        TEXT_ARGS(trunks[i].name)),
                          "give each trunk a name of its own");
        if (trunks[i].authenticate && trunks[j].authenticate &&
            text_equal(trunks[i].user, trunks[j].user))
            reading_error(reading, file, settings[i].user.line,
                          reading_print(reading, "another trunk proves to be '" TEXT_FORMAT "'",
                                        TEXT_ARGS(trunks[i].user)),
                          "give each trunk that authenticates a user of its own");
    }
}

/* Who can read the description can hear the call. */
static void check_secrecy(struct reading *reading, const char *file,
                          const struct server_settings *server, const struct trunk_settings *s,
                          const struct plan_trunk *trunk)
{
    bool open = s->host.given && !(trunk->transport_given && trunk->transport == TRANSPORT_TLS);

    for (uint32_t i = 0; i < server->listen.count; i++)
        open = open || !text_starts_nocase(server->listen.items[i].text, TEXT("tls:"));
    if (trunk->srtp != SRTP_OFF && open)
        reading_warning(reading, file, s->srtp.line,
                        reading_print(reading,
                                      "the trunk '" TEXT_FORMAT "' encrypts sound with keys that "
                                      "travel in signalling that anybody on the way can read",
                                      TEXT_ARGS(trunk->name)),
                        "listen on tls: only, and give the trunk's host `transport: tls`");
}

/* Addresses that are ours in a telephone's URI: those that we listen on, and media.address. */
static void make_hosts(struct reading *reading, const struct server_settings *s, struct config *out)
{
    struct text *hosts = reading_take(reading, (s->listen.count + 1) * sizeof(*hosts));
    uint8_t count = 0;

    for (uint32_t i = 0; hosts && i < s->listen.count && i < SIP_LISTENERS; i++) {
        struct text rest = s->listen.items[i].text;
        uint16_t port;
        (void)text_next(&rest, ':');
        if (split_host(rest, &hosts[count], &port))
            count++;
    }
    if (hosts && s->address.text.size)
        hosts[count++] = s->address.text;
    out->plan.hosts = hosts;
    out->plan.host_count = hosts ? count : 0;
}

void checks_trunks(struct reading *reading, const char *file, const struct server_settings *s,
                   struct config *out)
{
    const struct trunk_settings *settings = s->trunks.items;
    struct plan_trunk *trunks = reading_take(reading, (s->trunks.count + 1) * sizeof(*trunks));
    uint32_t sources = 0, count = s->trunks.count;

    for (uint32_t i = 0; trunks && i < count; i++) {
        make_trunk(reading, file, &settings[i], &trunks[i]);
        sources += trunks[i].source_count;
        check_twins(reading, file, settings, trunks, i);
        check_secrecy(reading, file, s, &settings[i], &trunks[i]);
        if (s->users.count && text_equal(trunks[i].name, PLAN_PHONES))
            reading_error(reading, file, settings[i].name.line,
                          "'phones' is the trunk of the `users`", "give this one another name");
    }
    if (sources > MAX_TRUNK_SOURCES)
        reading_error(reading, file, s->trunks.line,
                      reading_print(reading, "the trunks have %u sources", sources),
                      reading_print(reading, "keep at most %d", MAX_TRUNK_SOURCES));
    make_users(reading, file, s, trunks, out);
    if (trunks && s->users.count)
        trunks[count++] =
            (struct plan_trunk){.name = PLAN_PHONES, .authenticate = true, .phones = true};
    out->sip_dns = reading_string(reading, s->dns.text);
    out->plan.realm = s->realm.text;
    make_hosts(reading, s, out);
    out->plan.digest = (enum plan_digest)s->digest.number;
    out->plan.trunks = trunks;
    out->plan.trunk_count = (uint8_t)count;
}

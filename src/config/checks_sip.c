// SPDX-License-Identifier: Apache-2.0
/* checks_sip.c - what signalling alone is told: limits, certificates, capture. */
#include "config/checks.h"

#include <string.h>

#include "base/address.h"

static const char default_scanners[] =
    "friendly-scanner\nsipvicious\nsundayddr\nsip-scan\nsipcli\npplsip\nsiparmyknife\niWar";

/* Texts as lines of one; NULL memory gives none. */
static struct text join(struct reading *reading, const struct setting *items, uint32_t count,
                        struct text before)
{
    uint32_t size = before.size + 1;
    struct text_buffer out;
    char *bytes;

    for (uint32_t i = 0; i < count; i++)
        size += items[i].text.size + 1;
    bytes = reading_take(reading, size);
    if (!bytes)
        return before;
    text_buffer_init(&out, bytes, size);
    text_append(&out, before);
    for (uint32_t i = 0; i < count; i++) {
        if (out.size > 0)
            text_append_char(&out, '\n');
        text_append(&out, items[i].text);
    }
    return text_view(&out);
}

void checks_limits(struct reading *reading, const char *file, const struct server_settings *s,
                   struct config *out)
{
    const struct trunk_settings *trunks = s->trunks.items;

    out->sip_limits = (struct sip_limits){
        .requests_per_second = (uint32_t)s->requests_per_second.number,
        .trunk_calls_per_second = (uint32_t)s->trunk_calls_per_second.number,
        .failures = (uint32_t)s->failures.number,
        .ban_s = (uint32_t)(s->ban.number / 1000),
        .longest_ban_s = (uint32_t)(s->longest_ban.number / 1000),
        .scanners = text_of(default_scanners),
    };
    for (uint32_t i = 0; i < s->trunks.count; i++)
        out->sip_limits.trunks =
            join(reading, trunks[i].sources.items, trunks[i].sources.count, out->sip_limits.trunks);
    if (s->scanners.line > 0)
        out->sip_limits.scanners = join(reading, s->scanners.items, s->scanners.count, TEXT_EMPTY);
    if (out->sip_limits.scanners.size > 1000)
        reading_error(reading, file, s->scanners.line,
                      "the names of scanners are longer than 1,000 bytes", "shorten the list");
    if (s->longest_ban.number < s->ban.number)
        reading_error(reading, file, s->longest_ban.line, "'longest-ban' is shorter than 'ban'",
                      "the first ban is the shortest: raise longest-ban");
}

static enum sip_tls_verdict (*certificate_check)(const struct sip_tls *, char *, uint32_t);

void config_know_certificates(enum sip_tls_verdict (*check)(const struct sip_tls *, char *,
                                                            uint32_t))
{
    certificate_check = check;
}

static void judge(struct reading *reading, const char *file, const struct setting *setting,
                  const struct sip_tls *tls)
{
    char why[256] = "";
    enum sip_tls_verdict verdict = SIP_TLS_GOOD;

    if (reading->live && certificate_check)
        verdict = certificate_check(tls, why, sizeof(why));
    if (verdict == SIP_TLS_WRONG)
        reading_error(reading, file, setting->line, reading_print(reading, "%s", why),
                      "name in sip.tls a PEM file each for the certificate and its key");
    else if (verdict == SIP_TLS_DOUBTFUL)
        reading_warning(reading, file, setting->line, reading_print(reading, "%s", why),
                        "get a new one, then `offhook reload`");
}

static bool listens_secure(const struct config *config)
{
    for (uint32_t i = 0; i < config->sip_listener_count; i++) {
        if (strncmp(config->sip_listeners[i], "tls:", 4) == 0)
            return true;
    }
    return false;
}

void checks_tls(struct reading *reading, const char *file, const struct server_settings *s,
                struct config *out)
{
    bool whole = s->tls_certificate.given && s->tls_key.given;

    if (!whole && (listens_secure(out) || s->tls_certificate.given || s->tls_key.given))
        reading_error(reading, file,
                      s->tls_certificate.given ? s->tls_certificate.line : s->listen.line,
                      listens_secure(out) ? "a `tls:` listener needs a certificate and its key"
                                          : "a certificate and its key belong together",
                      "write sip: {tls: {certificate: FILE, key: FILE}}");
    if (s->tls_clients.number != SIP_CLIENTS_OFF && !s->tls_ca.given)
        reading_error(reading, file, s->tls_clients.line,
                      "'client-certificates' needs the authority that signs them",
                      "name its certificate as sip.tls.ca");
    if (!whole)
        return;
    out->sip_tls =
        (struct sip_tls){.certificate = schema_path(reading, file, s->tls_certificate.text),
                         .key = schema_path(reading, file, s->tls_key.text),
                         .ca = s->tls_ca.given ? schema_path(reading, file, s->tls_ca.text) : NULL,
                         .clients = (enum sip_client_certificates)s->tls_clients.number,
                         .only_13 = s->tls_minimum.number == 1};
    judge(reading, file, &s->tls_certificate, &out->sip_tls);
}

void checks_hep(struct reading *reading, const char *file, const struct server_settings *s,
                struct config *out)
{
    struct text rest = s->hep_server.text, protocol = text_next(&rest, ':');
    uint8_t address[16];
    uint16_t port;

    if (text_empty(s->hep_server.text))
        return;
    if (!text_equal(protocol, TEXT("udp")) || !address_read_port(rest, address, &port))
        reading_error(
            reading, file, s->hep_server.line,
            reading_print(reading, "'server' is '" TEXT_FORMAT "'", TEXT_ARGS(s->hep_server.text)),
            "write udp:ADDRESS:PORT with a numeric address");
    out->sip_hep = (struct sip_hep){.server = reading_string(reading, s->hep_server.text),
                                    .password = reading_string(reading, s->hep_password.text),
                                    .id = (uint32_t)s->hep_id.number,
                                    .bodies = s->hep_bodies.number};
}

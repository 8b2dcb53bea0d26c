// SPDX-License-Identifier: Apache-2.0
/* checks.c - addresses, ports and the names between trunks, routes and agents. */
#include "config/checks.h"

#include <stdio.h>
#include <string.h>

#include "config/nearest.h"
#include "base/address.h"

struct listener {
    uint8_t address[16];
    uint16_t port;
    bool tcp;
};

static bool read_listener(struct text t, struct listener *out)
{
    struct text rest = t, transport = text_next(&rest, ':');

    out->tcp = text_equal(transport, TEXT("tcp")) || text_equal(transport, TEXT("tls"));
    return rest.data && (out->tcp || text_equal(transport, TEXT("udp"))) &&
           address_read_port(rest, out->address, &out->port) && out->port > 0;
}

static bool in_media_range(const struct server_settings *s, uint16_t port)
{
    return port >= s->first_port.number &&
           port < s->first_port.number +
                      2 * (s->max_calls.number + (s->spare_legs.given ? s->spare_legs.number : 0));
}

void checks_listeners(struct reading *reading, const char *file, const struct server_settings *s,
                      struct config *out)
{
    struct listener seen[SIP_LISTENERS];

    if (s->listen.line > 0 && s->listen.count == 0)
        reading_error(reading, file, s->listen.line, "'listen' names no address",
                      "write listen: [\"udp:127.0.0.1:5060\"]");
    for (uint32_t i = 0; i < s->listen.count; i++) {
        const struct setting *item = &s->listen.items[i];
        struct listener *now = &seen[out->sip_listener_count];
        *now = (struct listener){.port = 0};
        if (!read_listener(item->text, now)) {
            reading_error(
                reading, file, item->line,
                reading_print(reading, "cannot listen on '" TEXT_FORMAT "'", TEXT_ARGS(item->text)),
                "write udp:ADDRESS:PORT, or tcp: or tls:, with a numeric address");
            continue;
        }
        if (!now->tcp && in_media_range(s, now->port))
            reading_error(
                reading, file, item->line,
                reading_print(reading, "port %u is one of the ports for sound", now->port),
                "move media.first-port or this listener");
        if (!address_is_loopback(now->address) && s->trunks.count == 0 && s->users.count == 0)
            reading_error(
                reading, file, item->line, "nothing listens beyond loopback without credentials",
                "name under `trunks` the addresses that may call, or listen on 127.0.0.1");
        for (uint32_t j = 0; j < out->sip_listener_count; j++) {
            if (memcmp(&seen[j], now, sizeof(*now)) == 0)
                reading_error(reading, file, item->line,
                              reading_print(reading, "'" TEXT_FORMAT "' is listed twice",
                                            TEXT_ARGS(item->text)),
                              "remove one");
        }
        out->sip_listeners[out->sip_listener_count++] = reading_string(reading, item->text);
    }
}

/* The kernel gives ports of this range to anybody: sound must stay outside. */
static bool ephemeral_range(uint32_t *low, uint32_t *high)
{
    FILE *file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "re");
    bool good = file && fscanf(file, "%u %u", low, high) == 2;

    if (file)
        fclose(file);
    return good;
}

/* A quarter of the calls may have a second leg, or as many as the ports leave. */
static uint32_t spare_legs(const struct reading *reading, const struct server_settings *s)
{
    uint32_t calls = (uint32_t)s->max_calls.number, first = (uint32_t)s->first_port.number;
    uint32_t low = 65536, high, limit = 65536, room;

    if (s->spare_legs.given)
        return (uint32_t)s->spare_legs.number;
    if (reading->live && ephemeral_range(&low, &high) && first < low)
        limit = low;
    room = limit > first + 2 * calls ? (limit - first) / 2 - calls : 0;
    calls /= 4;
    if (calls > MAX_SPARE_LEGS)
        calls = MAX_SPARE_LEGS;
    return calls < room ? calls : room;
}

static void check_ports(struct reading *reading, const char *file, const struct server_settings *s,
                        uint32_t legs)
{
    uint32_t first = (uint32_t)s->first_port.number;
    uint32_t last = first + 2 * legs - 1, low, high;

    if (first % 2)
        reading_error(reading, file, s->first_port.line,
                      reading_print(reading, "'first-port' is %u, an odd number", first),
                      reading_print(reading,
                                    "write %u: sound has the even port, its report the "
                                    "odd one after it",
                                    first + 1));
    if (last > 65535) {
        reading_error(reading, file, s->first_port.line,
                      reading_print(reading, "%u calls from port %u on end beyond port 65535",
                                    (uint32_t)s->max_calls.number, first),
                      "lower media.first-port or server.max-calls");
        return;
    }
    if (!reading->live || !ephemeral_range(&low, &high) || last < low || first > high)
        return;
    reading_error(
        reading, file, s->first_port.line,
        reading_print(reading,
                      "ports %u to %u are needed for sound, and the kernel gives away %u to %u",
                      first, last, low, high),
        low >= 1024 + 2 * legs
            ? reading_print(reading,
                            "write first-port: %u, or move "
                            "net.ipv4.ip_local_port_range with sysctl",
                            (low - 2 * legs) & ~1u)
            : "lower server.max-calls, or move net.ipv4.ip_local_port_range with sysctl");
}

static bool is_unspecified(const uint8_t address[16])
{
    static const uint8_t any6[16], any4[16] = {[10] = 0xff, [11] = 0xff};

    return memcmp(address, any4, 16) == 0 || memcmp(address, any6, 16) == 0;
}

void checks_media(struct reading *reading, const char *file, const struct server_settings *s,
                  struct config *out)
{
    uint8_t address[16] = {0}, told[16];

    if (!address_read(s->bind.text, address))
        reading_error(
            reading, file, s->bind.line,
            reading_print(reading, "'bind' is '" TEXT_FORMAT "'", TEXT_ARGS(s->bind.text)),
            "write a numeric address: 127.0.0.1, or 0.0.0.0 for all");
    if (!text_empty(s->address.text) && !address_read(s->address.text, told))
        reading_error(
            reading, file, s->address.line,
            reading_print(reading, "'address' is '" TEXT_FORMAT "'", TEXT_ARGS(s->address.text)),
            "write the numeric address that callers send sound to, or leave it empty");
    out->plan.spare_legs = spare_legs(reading, s);
    check_ports(reading, file, s, (uint32_t)s->max_calls.number + out->plan.spare_legs);
    out->plan.media_threads = (uint8_t)s->threads.number;
    out->media_bind = reading_string(reading, s->bind.text);
    out->media_threads = (uint32_t)s->threads.number;
    out->io_uring = s->io_uring.number;
    out->plan.media_address = s->address.text;
    if (text_empty(s->address.text) && !is_unspecified(address))
        out->plan.outbound_address = s->bind.text;
    else
        out->plan.outbound_address = s->address.text;
    if (s->music.given)
        out->plan.music = text_of(schema_path(reading, file, s->music.text));
    out->plan.rtp_first_port = (uint16_t)s->first_port.number;
    out->plan.capture = s->capture.number;
    out->opus_complexity = (uint32_t)s->opus_complexity.number;
    out->echo_tail_ms = (uint32_t)s->echo_tail.number;
    out->capture_format = (enum capture_format)s->capture_format.number;
    out->plan.comfort_noise = s->comfort_noise.number;
    out->send_silence = s->send_silence.number;
}

static int16_t find_trunk(struct reading *reading, const char *file, const struct config *config,
                          const struct setting *name)
{
    struct nearest nearest;
    struct text best;

    if (!name->given)
        return -1;
    nearest_init(&nearest, name->text);
    for (uint8_t i = 0; i < config->plan.trunk_count; i++) {
        if (text_equal(config->plan.trunks[i].name, name->text))
            return i;
        nearest_offer(&nearest, config->plan.trunks[i].name);
    }
    best = nearest_found(&nearest);
    reading_error(
        reading, file, name->line,
        reading_print(reading, "there is no trunk '" TEXT_FORMAT "'", TEXT_ARGS(name->text)),
        text_empty(best)
            ? "add it under `trunks`, or leave `trunk` away for any"
            : reading_print(reading, "did you mean '" TEXT_FORMAT "'?", TEXT_ARGS(best)));
    return -1;
}

void checks_outbound(struct reading *reading, const char *file, const struct server_settings *s,
                     struct config *out)
{
    int16_t *list = reading_take(reading, MAX_TRUNKS * sizeof(*list));

    out->plan.outbound = list;
    for (uint32_t i = 0; list && i < s->outbound.count; i++) {
        int16_t trunk = find_trunk(reading, file, out, &s->outbound.items[i]);
        if (trunk >= 0 && text_empty(out->plan.trunks[trunk].host))
            reading_error(reading, file, s->outbound.items[i].line,
                          "this trunk has no 'host' to call", "give the trunk a host");
        else if (trunk >= 0)
            list[out->plan.outbound_count++] = trunk;
    }
    for (int16_t i = 0; list && s->outbound.count == 0 && i < out->plan.trunk_count; i++) {
        if (!text_empty(out->plan.trunks[i].host))
            list[out->plan.outbound_count++] = i;
    }
}

/* A route that an earlier one hides can never be taken. */
static bool hides(const struct plan_route *earlier, const struct plan_route *later)
{
    struct text prefix = earlier->number;

    if (text_empty(prefix) || (earlier->trunk != -1 && earlier->trunk != later->trunk))
        return false;
    if (prefix.size > 0 && prefix.data[prefix.size - 1] == '*') {
        prefix.size--;
        return text_starts(later->number, prefix);
    }
    return text_equal(prefix, later->number);
}

static void check_number(struct reading *reading, const char *file, const struct setting *number)
{
    int32_t star = text_find(number->text, TEXT("*"));

    if (number->given && text_empty(number->text))
        reading_error(reading, file, number->line, "'number' is empty",
                      "write a number, a prefix with * at its end, or \"*\"");
    else if (star >= 0 && (uint32_t)star + 1 < number->text.size)
        reading_error(
            reading, file, number->line,
            reading_print(reading, "'number' is '" TEXT_FORMAT "'", TEXT_ARGS(number->text)),
            "a * can only stand at the end");
}

static bool is_telephone(const struct plan *plan, struct text name)
{
    for (uint16_t i = 0; i < plan->user_count; i++) {
        if (text_equal(plan->users[i].name, name))
            return true;
    }
    return false;
}

/* To one of `users`, to a trunk with a host, or over `outbound`. */
static void check_forward(struct reading *reading, const char *file, const struct route_settings *s,
                          const struct config *config, const struct plan_route *route,
                          bool forwards)
{
    const struct plan_trunk *trunk =
        route->forward_trunk >= 0 ? &config->plan.trunks[route->forward_trunk] : NULL;
    struct text to = s->forward_number.given ? s->forward_number.text : s->number.text;

    if (!forwards || (!trunk && is_telephone(&config->plan, to)))
        return;
    if (trunk && trunk->phones && s->forward_number.given && !is_telephone(&config->plan, to))
        reading_error(reading, file, s->forward_number.line,
                      reading_print(reading, "no telephone is called '" TEXT_FORMAT "'",
                                    TEXT_ARGS(text_part(to, 0, 60))),
                      "name one of `users`");
    else if (trunk && !trunk->phones && text_empty(trunk->host))
        reading_error(reading, file, s->forward_trunk.line, "this trunk has no 'host' to call",
                      "give the trunk a host, or forward over another");
    if (!trunk && config->plan.outbound_count == 0 &&
        !(s->forward_sip.given && config->plan.user_count))
        reading_error(reading, file, s->at.line, "no trunk can carry what is forwarded",
                      "give a trunk a host, and name it here or under `outbound`");
}

/* An agent answers, or the call goes on: one of the two. */
static struct plan_route make_route(struct reading *reading, const char *file,
                                    const struct route_settings *s, struct agents *agents,
                                    const struct config *config)
{
    bool forwards = s->forward_trunk.given || s->forward_number.given || s->forward_sip.given;
    bool answers = s->agent.given || s->queue.given;
    struct plan_route route = {
        .number = s->number.text,
        .agent = s->agent.given ? agents_find(reading, agents, file, &s->agent) : -1,
        .trunk = find_trunk(reading, file, config, &s->trunk),
        .queue = checks_queue(reading, file, &config->plan, &s->queue),
        .forward_trunk = find_trunk(reading, file, config, &s->forward_trunk),
        .forward = s->forward_sip.given ? s->forward_sip.text : s->forward_number.text};

    if (answers == forwards)
        reading_error(reading, file, s->at.line,
                      forwards ? reading_print(reading, "a route with both '%s' and 'forward'",
                                               s->agent.given ? "agent" : "queue")
                               : "a route without 'agent', 'queue' or 'forward'",
                      "say which voice agent answers, in which queue the caller waits, or where "
                      "the call goes on to");
    else if (s->queue.given && !s->agent.given && agents->count > 0)
        route.agent = 0; /* Somebody has to say how long it takes. */
    check_forward(reading, file, s, config, &route, forwards);
    return route;
}

void checks_routes(struct reading *reading, const char *file, const struct server_settings *s,
                   struct agents *agents, struct config *out)
{
    const struct route_settings *settings = s->routes.items;
    struct plan_route *routes = reading_take(reading, s->routes.count * sizeof(*routes));

    if (s->routes.line > 0 && s->routes.count == 0)
        reading_error(reading, file, s->routes.line, "there is no route: every call would get 404",
                      "write routes: [{number: \"*\", agent: NAME}]");
    for (uint32_t i = 0; routes && i < s->routes.count; i++) {
        check_number(reading, file, &settings[i].number);
        routes[i] = make_route(reading, file, &settings[i], agents, out);
        for (uint32_t j = 0; j < i; j++) {
            if (!text_empty(routes[i].number) && hides(&routes[j], &routes[i])) {
                reading_warning(
                    reading, file, settings[i].at.line,
                    reading_print(reading, "the route '" TEXT_FORMAT "' is never taken",
                                  TEXT_ARGS(routes[i].number)),
                    reading_print(reading, "move it before line %u", settings[j].at.line));
                break;
            }
        }
    }
    out->plan.routes = routes;
    out->plan.route_count = (uint16_t)s->routes.count;
}

void checks_slo(const struct server_settings *s, struct config *out)
{
    out->plan.slo = (struct plan_slo){.first_partial_ms = (uint32_t)s->slo_first_partial.number,
                                      .round_trip_ms = (uint32_t)s->slo_round_trip.number,
                                      .share_permille = (uint16_t)s->slo_share.number,
                                      .burn_hundredths = (uint16_t)(s->slo_burn.number * 100),
                                      .act = (enum slo_act)s->slo_act.number};
}

void checks_manners(struct reading *reading, const char *file, const struct server_settings *s,
                    struct config *out)
{
    out->plan.manners = (struct plan_manners){
        .end_of_turn_ms = (uint32_t)s->end_of_turn.number,
        .end_of_turn_open_ms = (uint32_t)s->end_of_turn_open.number,
        .silence_ms = (uint32_t)s->silence.number,
        .barge_in_decide_ms = (uint32_t)s->barge_in_decide.number,
        .understand_ms = (uint32_t)s->understand.number,
        .filler_after_ms = (uint32_t)s->filler_after.number,
        .recognise_ms = (uint32_t)s->recognise.number,
        .answer_ms = (uint32_t)s->answer.number,
        .longest_turn_ms = (uint32_t)s->longest_turn.number,
        .longest_call_ms = (uint32_t)s->longest_call.number,
        .ring_ms = (uint32_t)s->ring.number,
        .no_audio_ms = (uint32_t)s->no_audio.number,
        .no_audio_end_ms = (uint32_t)s->no_audio_end.number,
        .unclear_permille = (uint16_t)s->unclear.number,
        .confirm_permille = (uint16_t)s->confirm.number,
        .word_confidence_permille = (uint16_t)s->word_confidence.number,
    };
    if (s->end_of_turn_open.number < s->end_of_turn.number)
        reading_error(reading, file, s->end_of_turn_open.line,
                      "'end-of-turn-open' is shorter than 'end-of-turn'",
                      "the pause after an unfinished answer is the longer one");
    if (s->confirm.number < s->unclear.number)
        reading_error(reading, file, s->confirm.line, "'confirm' is below 'unclear'",
                      "confidence below `unclear` asks, below `confirm` confirms: raise it");
    if (s->no_audio_end.number > 0 && s->no_audio_end.number < s->no_audio.number)
        reading_error(reading, file, s->no_audio_end.line, "'no-audio-end' is before 'no-audio'",
                      "make it longer, or 0 for never");
    if (s->session_expires.number > 0 && s->session_expires.number < s->min_se.number)
        reading_error(reading, file, s->session_expires.line, "'session-expires' is below 'min-se'",
                      "raise it, or 0 for none");
}

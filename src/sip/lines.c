// SPDX-License-Identifier: Apache-2.0
/* lines.c - a table of lines, a small state machine each for REGISTER and for OPTIONS. */
#include "sip/lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "sip/credentials.h"
#include "sip/locate.h"
#include "sip/worker.h"

enum {
    FIRST_BACKOFF_MS = 2000,
    LONGEST_BACKOFF_MS = 300000,
    REFUSED_MS = 60000,
    LONGEST_EXPIRES_S = 86400,
    TURN_MS = 100
};

/* One a trunk that registers or is probed. Its number, from 1, is its name for the library:
 * dialogs' ids begin far above. */
struct line {
    struct account account; /* As it was when the line began; password and all. */
    bool used, locating, registered, leaving;
    bool gone;      /* Of no trunk any more: it ends with the answer to its good-bye. */
    nta_leg_t *leg; /* Call-ID, tags and CSeq of all its REGISTERs. */
    nta_outgoing_t *registering, *probing;
    struct targets targets;
    uint32_t next;      /* Target to try. */
    uint32_t expires_s; /* What is asked for: 423 may raise it. */
    uint32_t failures;
    uint8_t tries, probe_tries;
    uint64_t register_ms, probe_ms; /* When due. */
    uint64_t probed_ms;             /* When the OPTIONS under way was sent. */
    char hop[HOP_SIZE], probe_hop[HOP_SIZE];
};

static struct {
    struct line lines[MAX_TRUNKS];
    uint64_t turn_ms, left_ms;
} state;

static struct line *line_of(uint32_t id)
{
    return id > 0 && id <= MAX_TRUNKS && state.lines[id - 1].used ? &state.lines[id - 1] : NULL;
}

static uint32_t id_of(const struct line *line)
{
    return (uint32_t)(line - state.lines) + 1;
}

static uint64_t chance(uint64_t below)
{
    uint64_t number = 0;

    if (below == 0 || getrandom(&number, sizeof(number), 0) != sizeof(number))
        return 0;
    return number % below;
}

static void tell(const struct line *line, enum trunk_fact fact, int status, const char *reason,
                 uint32_t expires_s, uint32_t round_trip_ms)
{
    struct event event = {.kind = SIP_TRUNK,
                          .trunk = {.trunk = text_of(line->account.name),
                                    .fact = fact,
                                    .status = (uint16_t)status,
                                    .reason = text_of(reason),
                                    .expires_s = expires_s,
                                    .round_trip_ms = round_trip_ms}};

    worker_event(&event);
}

static void drop(nta_outgoing_t **request)
{
    if (!*request)
        return;
    nta_outgoing_bind(*request, NULL, NULL);
    nta_outgoing_destroy(*request);
    *request = NULL;
}

static void close_line(struct line *line)
{
    drop(&line->registering);
    drop(&line->probing);
    if (line->leg) {
        nta_leg_bind(line->leg, NULL, NULL);
        nta_leg_destroy(line->leg);
    }
    explicit_bzero(line, sizeof(*line));
}

/* ---- REGISTER ---- */

static void host_uri(const struct account *account, const char *user, char *out, size_t size)
{
    char port[8] = "";
    bool six = strchr(account->host, ':');

    if (account->port)
        snprintf(port, sizeof(port), ":%u", account->port);
    snprintf(out, size, six ? "sip:%s%s[%s]%s" : "sip:%s%s%s%s", user, user[0] ? "@" : "",
             account->host, port);
}

static bool open_leg(struct line *line)
{
    char uri[512], address[520];

    if (line->leg)
        return true;
    host_uri(&line->account, line->account.user, uri, sizeof(uri));
    snprintf(address, sizeof(address), "<%s>", uri);
    line->leg = nta_leg_tcreate(worker.agent, requests_outside, NULL, SIPTAG_FROM_STR(address),
                                SIPTAG_TO_STR(address), TAG_END());
    return line->leg && nta_leg_tag(line->leg, NULL);
}

static nta_response_f on_register, on_probe;

static bool send_register(struct line *line, const struct target *target, uint32_t expires_s)
{
    char uri[512], local[ADDRESS_SIZE], contact[256], expires[16];

    if (!hop_local_for(target->hop, target->transport, local) || !open_leg(line))
        return false;
    host_uri(&line->account, "", uri, sizeof(uri));
    snprintf(contact, sizeof(contact), "<sip:%s@%s%s>", line->account.user, local,
             target->transport == TRANSPORT_UDP   ? ""
             : target->transport == TRANSPORT_TCP ? ";transport=tcp"
                                                  : ";transport=tls");
    snprintf(expires, sizeof(expires), "%u", expires_s);
    snprintf(line->hop, sizeof(line->hop), "%s", target->hop);
    line->tries = 0;
    line->registering = nta_outgoing_tcreate(
        line->leg, on_register, dialog_name(id_of(line)),
        (const url_string_t *)(const void *)line->hop, SIP_METHOD_REGISTER,
        (const url_string_t *)(const void *)uri, SIPTAG_CONTACT_STR(contact),
        SIPTAG_EXPIRES_STR(expires), SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    return line->registering != NULL;
}

static void later(struct line *line, uint64_t least_ms)
{
    uint64_t wait_ms = (uint64_t)FIRST_BACKOFF_MS << (line->failures < 8 ? line->failures : 8);

    line->failures++;
    if (wait_ms > LONGEST_BACKOFF_MS)
        wait_ms = LONGEST_BACKOFF_MS;
    if (wait_ms < least_ms)
        wait_ms = least_ms;
    line->register_ms = clock_ms() + wait_ms + chance(wait_ms / 2);
}

static void fail(struct line *line, int status, const char *reason, uint64_t least_ms)
{
    line->registered = false;
    if (!line->leaving) {
        if (line->failures == 0)
            log_line(LOG_WARN, "sip", "trunk %s: not registered: %d %s", line->account.name, status,
                     reason);
        tell(line, TRUNK_NOT_REGISTERED, status, reason, 0, 0);
    }
    later(line, least_ms);
}

static void try_next(struct line *line, int status, const char *reason)
{
    while (line->next < line->targets.count) {
        if (send_register(line, &line->targets.list[line->next++],
                          line->leaving ? 0 : line->expires_s))
            return;
    }
    fail(line, status, reason, 0);
}

static void on_located(uint32_t subject, const struct targets *targets)
{
    struct line *line = line_of(subject);

    if (!line || !line->locating)
        return;
    line->locating = false;
    line->targets = *targets;
    line->next = 0;
    try_next(line, 503, targets->count ? "no transport to it" : "its host is not known");
}

static void begin(struct line *line)
{
    line->locating = true;
    locate(&line->account, on_located, id_of(line));
}

/* What the registrar grants for our Contact: the shortest that it names, as others may be there. */
static uint32_t granted_s(const struct line *line, const sip_t *sip)
{
    uint32_t least = UINT32_MAX;

    for (const sip_contact_t *c = sip->sip_contact; c; c = c->m_next) {
        if (c->m_url->url_user && strcmp(c->m_url->url_user, line->account.user) == 0 &&
            c->m_expires && strtoul(c->m_expires, NULL, 10) < least)
            least = (uint32_t)strtoul(c->m_expires, NULL, 10);
    }
    if (least == UINT32_MAX)
        least = sip->sip_expires ? (uint32_t)sip->sip_expires->ex_delta : line->expires_s;
    return least < 2 ? 2 : least > LONGEST_EXPIRES_S ? LONGEST_EXPIRES_S : least;
}

static void taken(struct line *line, const sip_t *sip)
{
    uint32_t granted = granted_s(line, sip);
    uint64_t wait_ms = granted * 800ull;

    if (!line->registered)
        log_line(LOG_INFO, "sip", "trunk %s: registered for %u s", line->account.name, granted);
    line->registered = true;
    line->failures = 0;
    locate_good(line->hop);
    line->register_ms = clock_ms() + wait_ms + chance(wait_ms / 10);
    tell(line, TRUNK_REGISTERED, 200, "registered", granted, 0);
}

static bool prove(struct line *line, nta_outgoing_t **request, const sip_t *sip, nta_leg_t *leg,
                  const char *hop, uint8_t *tries, nta_response_f *callback)
{
    struct credentials_try attempt = {.request = *request,
                                      .answer = sip,
                                      .leg = leg,
                                      .account = &line->account,
                                      .hop = hop,
                                      .tries = tries,
                                      .callback = callback,
                                      .magic = dialog_name(id_of(line))};
    nta_outgoing_t *again = credentials_again(&attempt);

    if (!again)
        return false;
    drop(request);
    *request = again;
    return true;
}

static void refused(struct line *line, int status, const sip_t *sip)
{
    const char *reason = sip && sip->sip_status && sip->sip_status->st_phrase
                             ? sip->sip_status->st_phrase
                             : "no answer";
    uint32_t least = sip && sip->sip_min_expires ? (uint32_t)sip->sip_min_expires->me_delta : 0;
    uint64_t wait_ms = sip && sip->sip_retry_after
                           ? 1000ull * (sip->sip_retry_after->af_delta % LONGEST_EXPIRES_S)
                           : 0;

    if (status == 423 && least > line->expires_s && least <= LONGEST_EXPIRES_S) {
        line->expires_s = least;
        line->next = line->next ? line->next - 1 : 0; /* The same server. */
        try_next(line, status, reason);
    } else if (status == 503 || status == 408 || (!sip && status >= 500)) {
        locate_failed(line->hop, clock_ms());
        if (line->next < line->targets.count)
            try_next(line, status, reason);
        else
            fail(line, status, reason, wait_ms);
    } else {
        fail(line, status, reason, status < 500 && wait_ms < REFUSED_MS ? REFUSED_MS : wait_ms);
    }
}

static int on_register(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct line *line = line_of(dialog_named(magic));
    int status = nta_outgoing_status(request);

    if (!line || line->registering != request || status < 200)
        return 0;
    if (sip && (status == 401 || status == 407) &&
        prove(line, &line->registering, sip, line->leg, line->hop, &line->tries, on_register))
        return 0;
    drop(&line->registering);
    if (line->gone)
        close_line(line);
    else if (line->leaving)
        line->registered = false;
    else if (status < 300 && sip)
        taken(line, sip);
    else
        refused(line, status, sip);
    return 0;
}

/* ---- OPTIONS ---- */

static void probed(struct line *line, bool alive, int status)
{
    uint64_t now_ms = clock_ms(), every_ms = line->account.probe_ms;

    drop(&line->probing);
    line->probe_ms = now_ms + every_ms - every_ms / 10 + chance(every_ms / 5);
    if (alive) {
        locate_good(line->probe_hop);
        tell(line, TRUNK_ALIVE, status, "answers OPTIONS", 0, (uint32_t)(now_ms - line->probed_ms));
    } else {
        locate_failed(line->probe_hop, now_ms);
        tell(line, TRUNK_DEAD, status, "answers no OPTIONS", 0, 0);
    }
}

/* Any answer of a trunk's own is a sign of life, but for "not now". */
static int on_probe(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
    struct line *line = line_of(dialog_named(magic));
    int status = nta_outgoing_status(request);

    if (line && line->probing == request && status >= 200)
        probed(line, sip && status != 503 && status != 408, status);
    return 0;
}

static void on_probe_located(uint32_t subject, const struct targets *targets)
{
    struct line *line = line_of(subject);
    char uri[512], from[300], local[ADDRESS_SIZE];

    if (!line || line->probing)
        return;
    line->probed_ms = clock_ms();
    line->probe_hop[0] = 0;
    if (targets->count == 0) {
        probed(line, false, 503);
        return;
    }
    snprintf(line->probe_hop, sizeof(line->probe_hop), "%s", targets->list[0].hop);
    if (!hop_local_for(line->probe_hop, targets->list[0].transport, local)) {
        probed(line, false, 503);
        return;
    }
    host_uri(&line->account, "", uri, sizeof(uri));
    snprintf(from, sizeof(from), "<sip:%s>;tag=%016llx", local,
             (unsigned long long)chance(UINT64_MAX));
    line->probing = nta_outgoing_tcreate(
        worker.outside, on_probe, dialog_name(subject),
        (const url_string_t *)(const void *)line->probe_hop, SIP_METHOD_OPTIONS,
        (const url_string_t *)(const void *)uri, SIPTAG_FROM_STR(from), SIPTAG_TO_STR(uri),
        SIPTAG_USER_AGENT_STR(worker.user_agent), TAG_END());
    if (!line->probing)
        probed(line, false, 503);
}

/* ---- The table ---- */

static bool same(const struct account *a, const struct account *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->host, b->host) == 0 &&
           strcmp(a->user, b->user) == 0 && strcmp(a->password, b->password) == 0 &&
           strcmp(a->realm, b->realm) == 0 && a->port == b->port && a->transport == b->transport &&
           a->transport_given == b->transport_given && a->registers == b->registers &&
           a->expires_s == b->expires_s && a->probe_ms == b->probe_ms;
}

/* Whose place is least needed: none's, or that of one that only waits for an answer. */
static struct line *line_for(const struct account *account)
{
    struct line *free_line = NULL, *gone = NULL;

    for (uint32_t i = 0; i < MAX_TRUNKS; i++) {
        struct line *line = &state.lines[i];
        if (line->used && !line->gone && same(&line->account, account))
            return line;
        if (!line->used && !free_line)
            free_line = line;
        if (line->used && line->gone)
            gone = line;
    }
    if (!free_line && gone)
        close_line(free_line = gone);
    return free_line;
}

/* Somebody registers there by this name, now too: a good-bye would be his. */
static bool still_wanted(const struct account *old)
{
    for (uint32_t i = 0; i < account_count(); i++) {
        const struct account *account = account_at(i);
        if (!account->is_user && account->registers && account->port == old->port &&
            strcmp(account->host, old->host) == 0 && strcmp(account->user, old->user) == 0)
            return true;
    }
    return false;
}

static void say_goodbye(struct line *line)
{
    line->leaving = true;
    line->locating = false;
    drop(&line->registering);
    line->next = line->next ? line->next - 1 : 0; /* The same server. */
    try_next(line, 0, "");
}

/* Its trunk is no more, or is another. */
static void end_line(struct line *line)
{
    bool registered = line->registered && !line->gone && !still_wanted(&line->account);

    if (line->gone && !still_wanted(&line->account))
        return;
    if (registered) {
        drop(&line->probing);
        line->gone = true;
        say_goodbye(line);
    }
    if (!registered || !line->registering)
        close_line(line);
}

/* It goes on by its Call-ID with a higher CSeq: the good-bye, still repeated, means nothing any
 * more (RFC 3261 10.3, 7). */
static void revive(struct line *line, uint64_t now_ms)
{
    drop(&line->registering);
    line->gone = line->leaving = line->registered = false;
    line->register_ms = line->probe_ms = now_ms;
}

void lines_changed(uint64_t now_ms)
{
    for (uint32_t i = 0; i < MAX_TRUNKS; i++) {
        struct line *line = &state.lines[i];
        const struct account *account =
            line->used ? account_trunk(text_of(line->account.name)) : NULL;
        bool same_still = account && same(account, &line->account);
        if (line->gone && same_still)
            revive(line, now_ms);
        else if (line->used && !same_still)
            end_line(line);
    }
    for (uint32_t i = 0; i < account_count(); i++) {
        const struct account *account = account_at(i);
        struct line *line = NULL;
        if (!account->is_user && account->host[0] && (account->registers || account->probe_ms))
            line = line_for(account);
        if (!line || line->used)
            continue;
        *line = (struct line){.account = *account,
                              .used = true,
                              .expires_s = account->expires_s,
                              .register_ms = now_ms,
                              .probe_ms = now_ms};
    }
}

static void turn(struct line *line, uint64_t now_ms)
{
    if (line->account.registers && !line->leaving && !line->registering && !line->locating &&
        now_ms >= line->register_ms)
        begin(line);
    if (!line->account.probe_ms || line->leaving)
        return;
    if (line->probing && now_ms >= line->probed_ms + LINES_PROBE_MS)
        probed(line, false, 408);
    else if (!line->probing && now_ms >= line->probe_ms) {
        line->probe_ms = now_ms + line->account.probe_ms; /* The look-up may take its time. */
        locate(&line->account, on_probe_located, id_of(line));
    }
}

void lines_turn(uint64_t now_ms)
{
    if (!worker.started || now_ms < state.turn_ms)
        return;
    state.turn_ms = now_ms + TURN_MS;
    for (uint32_t i = 0; i < MAX_TRUNKS; i++) {
        if (state.lines[i].used)
            turn(&state.lines[i], now_ms);
    }
}

void lines_leave(uint64_t now_ms)
{
    state.left_ms = now_ms + LINES_LEAVE_MS;
    for (uint32_t i = 0; i < MAX_TRUNKS; i++) {
        struct line *line = &state.lines[i];
        if (line->used && line->registered && !line->gone)
            say_goodbye(line);
    }
}

bool lines_left(uint64_t now_ms)
{
    if (now_ms >= state.left_ms)
        return true;
    for (uint32_t i = 0; i < MAX_TRUNKS; i++) {
        if (state.lines[i].used && state.lines[i].leaving && state.lines[i].registered)
            return false;
    }
    return true;
}

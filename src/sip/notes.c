// SPDX-License-Identifier: Apache-2.0
/* notes.c - questions and orders from outside the call's way: figures, limits, bans. Both ends. */
#include <arpa/inet.h>
#include <assert.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "sip/keeper.h"

enum { ANSWER_MS = 1000 };

/* ---- the keeper's end ---- */

static void give_figures(struct sip *sip)
{
    const struct figures *worker = &sip->figures;
    struct sip_figures figures = {
        .dialogs = sip->kept.count,
        .restarts = sip->restarts,
        .worker_pid = sip->up ? (uint32_t)sip->child.pid : 0,
        .messages_in = worker->messages_in,
        .refused_early = worker->refused_early,
        .malformed = worker->malformed,
        .banned = worker->banned,
        .too_fast = worker->too_fast,
        .bans_given = worker->bans_given,
        .hep_sent = worker->hep_sent,
        .hep_dropped = worker->hep_dropped,
    };

    (void)!mailbox_post(sip->replies, &figures, sizeof(figures));
}

static void give_bans(struct sip *sip, uint32_t first)
{
    struct sip_ban bans[GUARD_PAGE_BANS] = {0};
    uint32_t count = guard_list(&sip->guard, first, clock_ms(), bans);
    uint8_t answer[sizeof(bans) + 1] = {NOTE_BANS};

    memcpy(answer + 1, bans, count * sizeof(bans[0]));
    (void)!mailbox_post(sip->replies, answer, 1 + count * sizeof(bans[0]));
}

static void take_rules(struct sip *sip, const uint8_t *bytes, size_t size)
{
    assert(size <= sizeof(sip->guard.rules));
    memcpy(sip->guard.rules, bytes, size);
    sip->guard.rules_size = (uint32_t)size;
    if (sip->alive)
        keeper_send(sip, FRAME_RULES, 0, bytes, (uint32_t)size);
}

void notes_accounts(struct sip *sip)
{
    const uint8_t *bytes;
    uint32_t offset = 0, size;
    bool realm;

    while (forms_next(&sip->forms, &offset, &bytes, &size, &realm))
        keeper_send(sip, realm ? FRAME_ACCOUNTS : FRAME_ACCOUNT, 0, bytes, size);
}

static void take_note(struct sip *sip, const uint8_t *bytes, size_t size)
{
    uint32_t first;

    switch ((int)sip->note[0]) {
    case NOTE_STOP:
        sip->stop = true;
        break;
    case NOTE_FIGURES:
        give_figures(sip);
        break;
    case NOTE_RULES:
        take_rules(sip, bytes, size);
        break;
    case NOTE_BANS:
        memcpy(&first, bytes, sizeof(first));
        give_bans(sip, first);
        break;
    case NOTE_BAN:
        if (sip->alive)
            keeper_send(sip, FRAME_BAN, 0, bytes, (uint32_t)size);
        break;
    case NOTE_UNBAN:
        guard_unban(&sip->guard, bytes);
        if (sip->alive)
            keeper_send(sip, FRAME_UNBAN, 0, bytes, (uint32_t)size);
        break;
    case NOTE_TLS:
        guard_tls(&sip->guard, bytes, (uint32_t)size);
        if (sip->alive)
            keeper_send(sip, FRAME_TLS, 0, bytes, (uint32_t)size);
        explicit_bzero(sip->note, sizeof(sip->note));
        break;
    case NOTE_ACCOUNTS:
        if (forms_take(&sip->forms, sip->accounts) && sip->alive)
            notes_accounts(sip);
        break;
    default:
        break;
    }
}

void notes_read(struct sip *sip)
{
    size_t size;

    while ((size = mailbox_take(sip->notes, sip->note, sizeof(sip->note))) > 0)
        take_note(sip, sip->note + 1, size - 1);
}

void notes_banned(struct sip *sip, const uint8_t *bytes, uint32_t size)
{
    struct ban_frame ban;

    if (size != sizeof(ban))
        return;
    memcpy(&ban, bytes, sizeof(ban));
    guard_banned(&sip->guard, &ban, clock_ms());
}

/* ---- everybody else's ---- */

static bool post(struct sip *sip, enum note kind, const void *bytes, size_t size)
{
    uint8_t note[NOTE_SIZE] = {(uint8_t)kind};

    if (size > sizeof(note) - 1)
        return false;
    if (size > 0)
        memcpy(note + 1, bytes, size);
    return mailbox_post(sip->notes, note, size + 1) == MAILBOX_OK;
}

void sip_figures(struct sip *sip, struct sip_figures *out)
{
    struct sip_figures figures;

    *out = (struct sip_figures){0};
    if (!post(sip, NOTE_FIGURES, NULL, 0))
        return;
    mailbox_wait(sip->replies, ANSWER_MS);
    while (mailbox_take(sip->replies, &figures, sizeof(figures)) == sizeof(figures))
        *out = figures;
}

bool sip_set_limits(struct sip *sip, const struct sip_limits *limits)
{
    struct guard guard;

    return guard_rules(&guard, limits) && post(sip, NOTE_RULES, guard.rules, guard.rules_size);
}

bool sip_set_tls(struct sip *sip, const struct sip_tls *tls, char *why, uint32_t why_size)
{
    uint8_t form[TLS_FORM];
    size_t size;
    bool good;

    if (sip_check_tls(tls, why, why_size) == SIP_TLS_WRONG)
        return false;
    size = certificate_form(tls, form, why, why_size);
    good = size > 0 && post(sip, NOTE_TLS, form, size);
    explicit_bzero(form, sizeof(form));
    return good;
}

uint32_t sip_bans(struct sip *sip, uint32_t first, struct sip_ban out[SIP_BANS])
{
    uint8_t answer[1 + SIP_BANS * sizeof(*out)];
    size_t size, count = 0;

    if (!post(sip, NOTE_BANS, &first, sizeof(first)))
        return 0;
    mailbox_wait(sip->replies, ANSWER_MS);
    while ((size = mailbox_take(sip->replies, answer, sizeof(answer))) > 0) {
        if (answer[0] != NOTE_BANS || (size - 1) % sizeof(*out) != 0)
            continue; /* Figures that were asked for earlier, by one who did not wait. */
        count = (size - 1) / sizeof(*out);
        memcpy(out, answer + 1, size - 1);
    }
    return (uint32_t)count;
}

void sip_ban(struct sip *sip, const uint8_t address[16], uint32_t for_s)
{
    struct ban_frame ban = {.for_ms = (uint64_t)for_s * 1000};

    memcpy(ban.address, address, sizeof(ban.address));
    (void)post(sip, NOTE_BAN, &ban, sizeof(ban));
}

void sip_unban(struct sip *sip, const uint8_t address[16])
{
    (void)post(sip, NOTE_UNBAN, address, 16);
}

// SPDX-License-Identifier: Apache-2.0
/* trunk_call.c - one INVITE, several places. */
#include "sip/trunk_call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sip/credentials.h"

static void give_up(struct dialog *dialog, uint16_t status, const char *reason)
{
    dialog_tell(dialog, SIP_REFUSED, status, reason);
    dialog_release(dialog);
}

/* A number becomes a URI at the trunk's host; a URI stays what it is. */
static bool make_uri(const struct account *account, struct text called, char *out, size_t size)
{
    bool six = strchr(account->host, ':');
    char port[8] = "";
    int written;

    if (account->port)
        snprintf(port, sizeof(port), ":%u", account->port);
    if (text_find(called, TEXT(":")) >= 0)
        written = snprintf(out, size, TEXT_FORMAT, TEXT_ARGS(called));
    else
        written =
            snprintf(out, size, six ? "sip:" TEXT_FORMAT "@[%s]%s" : "sip:" TEXT_FORMAT "@%s%s",
                     TEXT_ARGS(called), account->host, port);
    return called.size > 0 && written > 0 && (size_t)written < size;
}

static void make_from(const struct account *account, struct text wanted, char *out, size_t size)
{
    const char *own = account->from[0] ? account->from : account->user;
    char user[128];

    text_copy(user, sizeof(user), wanted.size ? wanted : text_of(own[0] ? own : "anonymous"));
    if (strchr(user, ':'))
        snprintf(out, size, "%s", user);
    else
        snprintf(out, size, strchr(account->host, ':') ? "sip:%s@[%s]" : "sip:%s@%s", user,
                 account->host);
}

static bool try_one(struct dialog *dialog, const struct account *account,
                    const struct target *target)
{
    char uri[256], from[256];
    struct command command;

    if (!command_unpack(dialog->by->command, dialog->by->size, &command) ||
        !make_uri(account, command.sip.uri, uri, sizeof(uri)))
        return false;
    make_from(account, command.sip.from, from, sizeof(from));
    dialog->transport = target->transport;
    dialog->tries = 0;
    snprintf(dialog->source, sizeof(dialog->source), "%.*s", (int)strcspn(target->hop + 4, ";"),
             target->hop + 4);
    return placing_send(dialog, &command, uri, from, target->hop);
}

static bool try_next(struct dialog *dialog)
{
    const struct account *account = account_trunk(text_of(dialog->trunk));
    struct trunk_call *by = dialog->by;

    while (account && by->next < by->targets.count) {
        if (!try_one(dialog, account, &by->targets.list[by->next++]))
            continue;
        by->quiet_until_ms = clock_ms() + TRUNK_CALL_QUIET_MS;
        return true;
    }
    return false;
}

static void on_located(uint32_t subject, const struct targets *targets)
{
    struct dialog *dialog = dialog_find(subject);

    if (!dialog || !dialog->by || dialog->calling)
        return;
    dialog->by->targets = *targets;
    if (!try_next(dialog))
        give_up(dialog, 503,
                targets->count ? "the trunk cannot be reached" : "the trunk's host is not known");
}

static void cannot(const struct command *command, const char *reason)
{
    struct event event = {
        .kind = SIP_REFUSED,
        .call = command->call,
        .leg = command->leg,
        .sip = {.status = 503, .reason = text_of(reason)},
    };

    worker_event(&event);
}

void trunk_call_dial(const struct command *command)
{
    const struct account *account = account_trunk(command->sip.trunk);
    static uint8_t bytes[MAX_PACKED];
    size_t size = command_pack(command, bytes, sizeof(bytes));
    struct dialog *dialog;

    if (!account || !account->host[0] || size == 0) {
        cannot(command, "no such trunk to call by");
        return;
    }
    dialog = worker.dialog_count < worker.max_dialogs ? dialog_new() : NULL;
    if (!dialog) {
        cannot(command, "too many dialogs");
        return;
    }
    dialog->state = DIALOG_CALLING;
    dialog->outgoing = true;
    dialog->call = command->call;
    dialog->leg = command->leg;
    snprintf(dialog->trunk, sizeof(dialog->trunk), "%s", account->name);
    dialog->by = malloc(sizeof(*dialog->by) + size);
    if (!dialog->by) {
        dialog_forget(dialog);
        cannot(command, "memory is out");
        return;
    }
    *dialog->by = (struct trunk_call){.size = (uint32_t)size};
    memcpy(dialog->by->command, bytes, size);
    dialog_tell(dialog, SIP_DIALED, 0, "");
    locate(account, on_located, dialog->id);
}

static void let_go(struct dialog *dialog, nta_outgoing_t *request)
{
    nta_outgoing_bind(request, NULL, NULL);
    nta_outgoing_destroy(request);
    dialog->calling = NULL;
    worker.calling_count--;
}

/* The target itself is at fault, not the number (RFC 3263 4.3). */
static bool target_failed(const sip_t *sip, int status)
{
    return status == 503 || (!sip && (status == 408 || status >= 500));
}

static bool on_to_next(struct dialog *dialog, nta_outgoing_t *request)
{
    struct trunk_call *by = dialog->by;

    locate_failed(by->targets.list[by->next - 1].hop, clock_ms());
    if (by->next >= by->targets.count)
        return false;
    let_go(dialog, request);
    if (!try_next(dialog))
        give_up(dialog, 503, "no target of the trunk can be reached");
    return true;
}

bool trunk_call_again(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip, int status)
{
    nta_outgoing_t *again;

    if (dialog->state != DIALOG_CALLING)
        return false;
    again = trunk_call_prove(dialog, request, sip, placing_answered);
    if (again) {
        dialog->calling = again;
        return true;
    }
    return dialog->by && dialog->by->next > 0 && target_failed(sip, status) &&
           on_to_next(dialog, request);
}

nta_outgoing_t *trunk_call_prove(struct dialog *dialog, nta_outgoing_t *request, const sip_t *sip,
                                 nta_response_f *callback)
{
    struct credentials_try attempt = {.request = request,
                                      .answer = sip,
                                      .leg = dialog->nta,
                                      .tries = &dialog->tries,
                                      .callback = callback,
                                      .magic = dialog_name(dialog->id)};
    char hop[HOP_SIZE];
    nta_outgoing_t *again;

    if (!sip || !sip->sip_status ||
        (sip->sip_status->st_status != 401 && sip->sip_status->st_status != 407)) {
        if (sip && sip->sip_status && sip->sip_status->st_status >= 200)
            dialog->tries = 0;
        return NULL;
    }
    attempt.account = dialog->trunk[0] ? account_trunk(text_of(dialog->trunk))
                                       : account_of_source(text_of(dialog->source));
    hop_next(dialog, hop);
    attempt.hop = hop;
    again = credentials_again(&attempt);
    if (!again) {
        dialog->tries = 0; /* It is given up: the next request begins anew. */
        return NULL;
    }
    nta_outgoing_bind(request, NULL, NULL);
    nta_outgoing_destroy(request);
    return again;
}

void trunk_call_sweep(struct dialog *dialog, uint64_t now_ms)
{
    struct trunk_call *by = dialog->by;

    if (dialog->state != DIALOG_CALLING || !dialog->calling || now_ms < by->quiet_until_ms ||
        by->next >= by->targets.count || nta_outgoing_status(dialog->calling) >= 100)
        return;
    (void)on_to_next(dialog, dialog->calling);
}

// SPDX-License-Identifier: Apache-2.0
/* sip.c - the limb's door: opening, closing, figures. The work is the keeper's. */
#include "sip/sip.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sip/keeper.h"

enum { COMMAND_BYTES = 8 << 20 }; /* Room for an answer to each of MAX_CALLS calls at once. */

struct mailbox *sip_mailbox(struct sip *sip)
{
    return sip->commands;
}

static char *joined(const struct sip_options *options)
{
    char lines[1024] = "";
    size_t used = 0;

    for (uint32_t i = 0; i < options->listener_count && i < SIP_LISTENERS; i++)
        used += (size_t)snprintf(lines + used, sizeof(lines) - used, "%s%.110s", i ? "\n" : "",
                                 options->listeners[i]);
    return strdup(lines);
}

static int open_parts(struct sip *sip)
{
    int failure = mailbox_open(&sip->commands, "sip", COMMAND_BYTES);

    if (!failure)
        failure = mailbox_open(&sip->notes, "sip-notes", 4 * NOTE_SIZE);
    if (!failure)
        failure = mailbox_open(&sip->replies, "sip-replies", 4096);
    if (!failure)
        failure = mailbox_open(&sip->accounts, "sip-accounts", FORMS_BYTES);
    if (!failure && sip->options.plan)
        failure = forms_post(sip->accounts, sip->options.plan);
    if (!failure)
        failure = kept_open(&sip->kept);
    if (!failure && (!sip->program || !sip->user_agent || !sip->listeners || !sip->hep_server ||
                     !sip->hep_password || !sip->dns))
        failure = -ENOMEM;
    return failure;
}

static void close_parts(struct sip *sip)
{
    if (sip->commands)
        mailbox_close(sip->commands);
    if (sip->notes)
        mailbox_close(sip->notes);
    if (sip->replies)
        mailbox_close(sip->replies);
    if (sip->accounts)
        mailbox_close(sip->accounts);
    forms_release(&sip->forms);
    kept_close(&sip->kept);
    outbox_release(&sip->outbox);
    free(sip->program);
    free(sip->user_agent);
    free(sip->listeners);
    free(sip->dns);
    free(sip->hep_server);
    if (sip->hep_password)
        explicit_bzero(sip->hep_password, strlen(sip->hep_password));
    free(sip->hep_password);
    free(sip);
}

int sip_prepare(struct sip *sip, const struct plan *plan)
{
    uint8_t note = NOTE_ACCOUNTS;
    int failure = forms_post(sip->accounts, plan);

    if (!failure && mailbox_post(sip->notes, &note, sizeof(note)) != MAILBOX_OK)
        failure = -ENOBUFS;
    return failure;
}

static uint32_t first_serial(void)
{
    /* Ids of an earlier run of the server should not come again at once: journals hold them. */
    return (uint32_t)(clock_wall_ms() / 1000) % DIALOG_SERIALS;
}

/* What is wrong with it sip_check_tls() tells in words. */
static int take_tls(struct sip *sip, const struct sip_tls *tls)
{
    size_t size = certificate_form(tls, sip->guard.tls, sip->why, sizeof(sip->why));

    sip->guard.tls_size = (uint32_t)size;
    return size > 0 ? 0 : -EINVAL;
}

int sip_open(struct sip **out, const struct sip_options *options, struct mailbox *events, char *why,
             uint32_t why_size)
{
    struct sip *sip = calloc(1, sizeof(*sip));
    char answer[sizeof(sip->why)] = "";
    int failure;

    if (!sip)
        return -ENOMEM;
    sip->options = *options;
    sip->events = events;
    sip->secret.vault = options->vault;
    sip->program = strdup(options->program);
    sip->user_agent = strdup(options->user_agent);
    sip->dns = strdup(options->dns ? options->dns : "");
    sip->listeners = joined(options);
    sip->hep_server = strdup(options->hep.server ? options->hep.server : "");
    sip->hep_password = strdup(options->hep.password ? options->hep.password : "");
    sip->serial = first_serial();
    failure = open_parts(sip);
    if (!failure && options->limits && !guard_rules(&sip->guard, options->limits))
        failure = -E2BIG;
    if (!failure && options->tls)
        failure = take_tls(sip, options->tls);
    if (!failure)
        failure = -pthread_create(&sip->thread, NULL, keeper_run, sip);
    if (failure) {
        snprintf(why, why_size, "signalling: %s", strerror(-failure));
        close_parts(sip);
        return failure;
    }
    mailbox_wait(sip->replies, -1);
    if (mailbox_take(sip->replies, answer, sizeof(answer)) && answer[0]) {
        snprintf(why, why_size, "%s", answer);
        sip_close(sip);
        return -EADDRINUSE;
    }
    *out = sip;
    return 0;
}

void sip_close(struct sip *sip)
{
    uint8_t note = NOTE_STOP;

    while (mailbox_post(sip->notes, &note, sizeof(note)) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 1000000);
    pthread_join(sip->thread, NULL);
    close_parts(sip);
}

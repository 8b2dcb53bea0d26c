// SPDX-License-Identifier: Apache-2.0
/* secret.c - unpacked, swapped and packed again, only where there are keys. */
#include "sip/secret.h"

#include <string.h>

#include "core/command.h"
#include "core/event.h"
#include "wire/sdes.h"

static uint64_t keep(void *context, const uint8_t *key, uint32_t size)
{
    struct secret *secret = context;

    return vault_put(secret->vault, secret->dialog, key, size);
}

static bool give(void *context, uint64_t name, enum srtp_suite suite, uint8_t *key, uint32_t size)
{
    struct secret *secret = context;

    return vault_own(secret->vault, name, suite, key, size);
}

static struct text *sdp_of_event(struct event *event)
{
    if (event->kind == SIP_INVITE)
        return &event->invite.sdp;
    if (event->kind == SIP_REINVITED)
        return &event->reinvite.sdp;
    return event->kind == SIP_KEY || event->kind == SIP_REFERRED ? NULL : &event->sip.sdp;
}

static bool says(const uint8_t *bytes, uint32_t size)
{
    return sdes_has_keys((struct text){.data = (const char *)bytes, .size = size});
}

const uint8_t *secret_hide(struct secret *secret, uint32_t dialog, const uint8_t *bytes,
                           uint32_t *size)
{
    struct text_buffer hidden;
    struct event event;
    struct text *sdp;

    if (!says(bytes, *size) || !event_unpack(bytes, *size, &event))
        return bytes;
    if (dialog == 0)
        return NULL; /* Keys that are nobody's. */
    sdp = event.kind >= SIP_INVITE && event.kind <= SIP_RELEASED ? sdp_of_event(&event) : NULL;
    if (!sdp || !sdes_has_keys(*sdp))
        return bytes; /* The word is in a header. */
    secret->dialog = dialog;
    text_buffer_init(&hidden, secret->sdp, sizeof(secret->sdp));
    sdes_hide(*sdp, keep, secret, &hidden);
    *sdp = text_view(&hidden);
    *size = (uint32_t)event_pack(&event, secret->packed, sizeof(secret->packed));
    return *size ? secret->packed : NULL;
}

const uint8_t *secret_show(struct secret *secret, const uint8_t *bytes, uint32_t *size)
{
    struct text_buffer shown;
    struct command command;

    if (!says(bytes, *size) || !command_unpack(bytes, *size, &command) ||
        command_limb(command.kind) != LIMB_SIP || !sdes_has_keys(command.sip.sdp))
        return bytes;
    text_buffer_init(&shown, secret->sdp, sizeof(secret->sdp));
    sdes_show(command.sip.sdp, give, secret, &shown);
    command.sip.sdp = text_view(&shown);
    *size = (uint32_t)command_pack(&command, secret->packed, sizeof(secret->packed));
    return *size ? secret->packed : NULL;
}

void secret_wipe(struct secret *secret)
{
    explicit_bzero(secret->sdp, sizeof(secret->sdp));
    explicit_bzero(secret->packed, sizeof(secret->packed));
}

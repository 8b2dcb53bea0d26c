// SPDX-License-Identifier: Apache-2.0
/* dialog.c - the table: slots in a queue, ids of slot and a serial number that never goes back. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "sip/trunk_call.h"
#include "sip/worker.h"
#include "sip/headers.h"

static struct dialog *take_slot(uint32_t slot, uint32_t id)
{
    struct dialog *dialog = &worker.dialogs[slot];

    assert(dialog->state == DIALOG_FREE);
    *dialog = (struct dialog){.id = id};
    worker.dialog_count++;
    if (slot >= worker.highest)
        worker.highest = slot + 1;
    return dialog;
}

struct dialog *dialog_new(void)
{
    uint32_t slot;

    do {
        if (worker.free_count == 0)
            return NULL;
        slot = worker.free_slots[worker.free_head];
        worker.free_head = (worker.free_head + 1) % DIALOG_SLOTS;
        worker.free_count--;
    } while (worker.dialogs[slot].state != DIALOG_FREE); /* A restored one sits there. */
    worker.serial = (worker.serial + 1) % DIALOG_SERIALS;
    if (worker.serial == 0)
        worker.serial = 1;
    return take_slot(slot, worker.serial << DIALOG_SLOT_BITS | slot);
}

struct dialog *dialog_with_id(uint32_t id)
{
    uint32_t slot = id % DIALOG_SLOTS;

    if (id < DIALOG_SLOTS || worker.dialogs[slot].state != DIALOG_FREE)
        return NULL;
    return take_slot(slot, id);
}

struct dialog *dialog_find(uint32_t id)
{
    struct dialog *dialog = &worker.dialogs[id % DIALOG_SLOTS];

    return dialog->state != DIALOG_FREE && dialog->id == id ? dialog : NULL;
}

/* The library may call back for what it still holds; with the id unbound and gone it finds nobody.
 */
static void let_go(struct dialog *dialog)
{
    if (dialog->invite) {
        nta_incoming_bind(dialog->invite, NULL, NULL);
        nta_incoming_destroy(dialog->invite);
    }
    if (dialog->update) {
        nta_incoming_bind(dialog->update, NULL, NULL);
        nta_incoming_destroy(dialog->update);
    }
    if (dialog->calling) {
        nta_outgoing_bind(dialog->calling, NULL, NULL);
        nta_outgoing_destroy(dialog->calling);
        worker.calling_count--;
        worker.calling_until_ms = clock_ms() + 40000;
    }
    if (dialog->refer) {
        nta_incoming_bind(dialog->refer, NULL, NULL);
        nta_incoming_destroy(dialog->refer);
    }
    if (dialog->referring) {
        nta_outgoing_bind(dialog->referring, NULL, NULL);
        nta_outgoing_destroy(dialog->referring);
    }
    if (dialog->asking) {
        nta_outgoing_bind(dialog->asking, NULL, NULL);
        nta_outgoing_destroy(dialog->asking);
    }
    if (dialog->nta) {
        nta_leg_bind(dialog->nta, NULL, NULL);
        nta_leg_destroy(dialog->nta);
    }
    hop_release(dialog);
    free(dialog->identity);
    free(dialog->by);
    *dialog = (struct dialog){.state = DIALOG_FREE, .id = dialog->id};
}

void dialog_forget(struct dialog *dialog)
{
    uint32_t slot = dialog->id % DIALOG_SLOTS;

    let_go(dialog);
    worker.free_slots[(worker.free_head + worker.free_count) % DIALOG_SLOTS] = (uint16_t)slot;
    worker.free_count++;
    worker.dialog_count--;
}

void dialog_release(struct dialog *dialog)
{
    struct event event = {
        .kind = SIP_RELEASED, .call = dialog->call, .leg = dialog->leg, .sip.dialog = dialog->id};

    dialog_forget(dialog);
    worker_event(&event);
}

void dialog_tell(const struct dialog *dialog, enum event_kind kind, uint16_t status,
                 const char *reason)
{
    struct event event = {
        .kind = kind,
        .call = dialog->call,
        .leg = dialog->leg,
        .sip = {.dialog = dialog->id, .status = status, .reason = text_of(reason)},
    };

    worker_event(&event);
}

void dialog_tell_sip(const struct dialog *dialog, enum event_kind kind, const sip_t *sip)
{
    struct event event = {.kind = kind, .call = dialog->call, .leg = dialog->leg};
    char reason[REASON_SIZE], target[256];

    event.sip.dialog = dialog->id;
    if (sip) {
        if (sip->sip_status && sip->sip_status->st_status / 100 == 3)
            event.sip.target = headers_target(sip, target, sizeof(target));
        if (sip->sip_status)
            event.sip.status = (uint16_t)sip->sip_status->st_status;
        event.sip.sdp = headers_sdp(sip);
        event.sip.reason = headers_reason(sip, reason, sizeof(reason));
        headers_session(sip, &event.sip.session_expires_s, &event.sip.refresher);
    }
    worker_event(&event);
}

void dialog_sweep(uint64_t now_ms)
{
    for (uint32_t slot = 0; slot < worker.highest; slot++) {
        struct dialog *dialog = &worker.dialogs[slot];

        if (dialog->state == DIALOG_CALLING) {
            if (dialog->by)
                trunk_call_sweep(dialog, now_ms);
            else
                placing_sweep(dialog, now_ms);
            continue;
        }
        if (dialog->state == DIALOG_FREE || !dialog->deadline_ms || dialog->deadline_ms > now_ms)
            continue;
        dialog->deadline_ms = 0;
        if (dialog->state == DIALOG_ANSWERED) {
            dialog_tell(dialog, SIP_FAILED, 408, "no ACK");
            within_send_bye(dialog, "SIP;cause=408;text=\"no ACK\"");
        } else if (dialog->state == DIALOG_ENDING) {
            dialog_release(dialog);
        }
    }
}

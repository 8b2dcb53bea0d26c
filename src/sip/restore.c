// SPDX-License-Identifier: Apache-2.0
/* restore.c - a dialog written down for the keeper, and made again from it in the next worker. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/record.h"
#include "sip/worker.h"

enum { ACK_MS = 32000 };

static struct text printed(const void *header, char *out, size_t size)
{
    issize_t length = header ? sip_header_field_e(out, (isize_t)size, header, 0) : 0;

    return length > 0 && (size_t)length < size ? (struct text){out, (uint32_t)length} : TEXT_EMPTY;
}

static struct text printed_routes(const sip_route_t *route, char *out, uint32_t size)
{
    struct text_buffer buffer;
    char one[512];

    text_buffer_init(&buffer, out, size);
    for (; route; route = route->r_next) {
        struct text t = printed(route, one, sizeof(one));
        if (buffer.size)
            text_append_char(&buffer, ',');
        text_append(&buffer, t);
    }
    return buffer.cut ? TEXT_EMPTY : text_view(&buffer);
}

bool restore_identify(struct dialog *dialog, const sip_call_id_t *call_id, const sip_addr_t *ours,
                      const char *tag, const sip_addr_t *theirs)
{
    char one[1024], two[1024];
    struct text a = printed(ours, one, sizeof(one)), b = printed(theirs, two, sizeof(two));

    free(dialog->identity);
    dialog->identity = NULL;
    if (!a.size || !b.size || !call_id || strlen(call_id->i_id) > 512 ||
        asprintf(&dialog->identity, "%s\n%.*s%s%s\n%.*s", call_id->i_id, (int)a.size, a.data,
                 tag ? ";tag=" : "", tag ? tag : "", (int)b.size, b.data) < 0) {
        dialog->identity = NULL;
        return false;
    }
    return true;
}

void restore_write(const struct dialog *dialog)
{
    char target[1024], routes[3072];
    uint8_t bytes[8192];
    const sip_route_t *route = NULL;
    const sip_contact_t *contact = NULL;
    struct text identity = text_of(dialog->identity);
    struct written written = {
        .id = dialog->id,
        .call = dialog->call,
        .leg = dialog->leg,
        .outgoing = dialog->outgoing,
        .acknowledged = dialog->state == DIALOG_UP,
        .updates = dialog->updates,
        .transport = dialog->transport,
        .our_cseq = nta_leg_get_seq(dialog->nta),
        .their_cseq = nta_leg_get_rseq(dialog->nta),
        .invite_cseq = dialog->invite_cseq,
        .source = text_of(dialog->source),
        .local = text_of(dialog->local),
        .trunk = text_of(dialog->trunk),
        .user = text_of(dialog->user),
        .behind = dialog->behind,
        .subscribed = dialog->subscribed || dialog->referring,
    };
    size_t size;

    if ((dialog->state != DIALOG_UP && dialog->state != DIALOG_ANSWERED) || !dialog->identity)
        return;
    nta_leg_get_route(dialog->nta, &route, &contact);
    written.target = printed(contact, target, sizeof(target));
    written.routes = printed_routes(route, routes, sizeof(routes));
    written.sip_call_id = text_next(&identity, '\n');
    written.ours = text_next(&identity, '\n');
    written.theirs = text_next(&identity, '\n');
    size = record_pack(&written_shape, &written, bytes, sizeof(bytes));
    if (size)
        worker_frame(FRAME_WRITTEN, dialog->id, 0, bytes, (uint32_t)size);
}

static char *copied(su_home_t *home, struct text t)
{
    return su_strndup(home, t.size ? t.data : "", (isize_t)t.size);
}

static bool make_leg(struct dialog *dialog, const struct written *written)
{
    su_home_t home[1] = {SU_HOME_INIT(home)};
    char cseq[24];
    sip_record_route_t *routes = NULL;
    sip_contact_t *target;
    bool good;

    snprintf(cseq, sizeof(cseq), "%u BYE", written->our_cseq);
    if (written->routes.size)
        routes = sip_record_route_make(home, copied(home, written->routes));
    target = sip_contact_make(home, copied(home, written->target));
    dialog->nta = nta_leg_tcreate(worker.agent, requests_inside, dialog_name(dialog->id),
                                  SIPTAG_CALL_ID_STR(copied(home, written->sip_call_id)),
                                  SIPTAG_FROM_STR(copied(home, written->ours)),
                                  SIPTAG_TO_STR(copied(home, written->theirs)),
                                  TAG_IF(written->our_cseq, SIPTAG_CSEQ_STR(cseq)),
                                  NTATAG_REMOTE_CSEQ(written->their_cseq), TAG_END());
    good = dialog->nta && nta_leg_server_route(dialog->nta, routes, target) == 0;
    su_home_deinit(home);
    return good;
}

void restore_read(const uint8_t *bytes, uint32_t size)
{
    struct written written;
    struct dialog *dialog;

    if (!record_unpack(&written_shape, bytes, size, &written))
        return;
    dialog = dialog_with_id(written.id);
    if (!dialog)
        return;
    dialog->state = written.acknowledged ? DIALOG_UP : DIALOG_ANSWERED;
    dialog->deadline_ms = written.acknowledged ? 0 : clock_ms() + ACK_MS;
    dialog->call = written.call;
    dialog->leg = written.leg;
    dialog->outgoing = written.outgoing;
    dialog->updates = written.updates;
    dialog->transport = written.transport;
    dialog->invite_cseq = written.invite_cseq;
    dialog->behind = written.behind;
    dialog->subscribed = written.subscribed;
    text_copy(dialog->trunk, sizeof(dialog->trunk), written.trunk);
    text_copy(dialog->user, sizeof(dialog->user), written.user);
    text_copy(dialog->source, sizeof(dialog->source), written.source);
    text_copy(dialog->local, sizeof(dialog->local), written.local);
    if (asprintf(&dialog->identity, TEXT_FORMAT "\n" TEXT_FORMAT "\n" TEXT_FORMAT,
                 TEXT_ARGS(written.sip_call_id), TEXT_ARGS(written.ours),
                 TEXT_ARGS(written.theirs)) < 0)
        dialog->identity = NULL;
    if (!dialog->identity || !make_leg(dialog, &written)) {
        dialog_tell(dialog, SIP_FAILED, 500, "dialog could not be restored");
        dialog_release(dialog);
    }
}

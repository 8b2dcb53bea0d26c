// SPDX-License-Identifier: Apache-2.0
/* ua.c - the state of each call. */
#include "load/ua.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "load/credentials.h"
#include "load/wording.h"

enum {
    T1_MS = 500, /* RFC 3261 17.1.1.1 */
    T2_MS = 4000,
    GIVE_UP_MS = 64 * T1_MS,
    MS = 1000000,
    BRANCH_ACK = 1000 /* Of a 200: a transaction of its own. */
};

static void transmit(struct worker *worker, const char *message, uint32_t size)
{
    if (size == 0 || !transport_send(worker->transport, message, size))
        worker->figures.own_failures++;
}

static void send_request(struct worker *worker, struct wording_name name, const char *method,
                         uint32_t cseq, uint32_t branch, bool in_dialog)
{
    const struct load_call *call = &worker->calls[name.slot];
    struct wording_request request = {.method = method,
                                      .cseq = cseq,
                                      .branch = branch,
                                      .in_dialog = in_dialog,
                                      .authorization = call->authorization};
    char message[WORDING_SIZE];

    transmit(worker, message, wording_request(worker, name, &request, message));
}

static void send_own(struct worker *worker, uint32_t slot, const char *method)
{
    const struct load_call *call = &worker->calls[slot];
    bool in_dialog = call->phase == PHASE_UP || call->phase == PHASE_ENDING;

    send_request(worker, (struct wording_name){slot, call->generation}, method, call->cseq,
                 call->cseq, in_dialog);
}

static void set_timer(struct worker *worker, uint32_t slot, uint64_t at_ns)
{
    wheel_set(worker->wheel, slot, at_ns / MS, slot);
}

static void begin_transaction(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    call->retry_ms = T1_MS;
    call->deadline_ns = worker->now_ns + GIVE_UP_MS * (uint64_t)MS;
    if (worker->options->transport != LOAD_UDP)
        call->retry_ms = 0; /* What the transport keeps is not said again. */
    set_timer(worker, slot,
              call->retry_ms ? worker->now_ns + T1_MS * (uint64_t)MS : call->deadline_ns);
}

void ua_begin(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    call->phase = PHASE_INVITING;
    call->cseq = 1;
    call->challenged = false;
    call->to[0] = call->contact[0] = call->route[0] = call->authorization[0] = 0;
    call->begun_ns = clock_ns();
    call->answered_ns = 0;
    call->record =
        (struct load_call_record){.number = worker->begun++,
                                  .thread = (uint16_t)worker->index,
                                  .begun_ms = (uint32_t)((call->begun_ns - worker->start_ns) / MS)};
    worker->figures.started++;
    send_own(worker, slot, "INVITE");
    begin_transaction(worker, slot);
}

/* The call is over, its figures are told, its slot is free. */
static void finish(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    wheel_cancel(worker->wheel, slot);
    call->phase = PHASE_FREE;
    worker_tell_call(worker, &call->record);
    worker_give_slot(worker, slot);
}

/* Sound ends here, whoever hung up. */
static void stop_sound(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    call->record.up_ms = (uint32_t)((worker->now_ns - call->answered_ns) / MS);
    worker->up--;
    if (!worker->flow)
        return;
    hearing_end(&call->hearing, &worker->figures, &call->record, call->answered_ns, worker->now_ns);
    flow_end(worker, slot);
}

static void hang_up(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    stop_sound(worker, slot);
    call->phase = PHASE_ENDING;
    call->cseq++;
    call->challenged = false;
    call->authorization[0] = 0;
    call->asked_ns = clock_ns();
    send_own(worker, slot, "BYE");
    begin_transaction(worker, slot);
}

static void give_up(struct worker *worker, uint32_t slot)
{
    enum caller_phase phase = worker->calls[slot].phase;

    if (phase == PHASE_INVITING)
        worker->figures.unanswered++;
    else if (phase == PHASE_CANCELLING)
        worker->figures.cancelled++;
    else
        worker->figures.ended_badly++;
    finish(worker, slot);
}

static void send_again(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];
    bool invite = call->phase == PHASE_INVITING;

    if (call->phase == PHASE_CANCELLING) {
        send_own(worker, slot, "CANCEL");
    } else {
        *(invite ? &worker->figures.again_invite : &worker->figures.again_bye) += 1;
        send_own(worker, slot, invite ? "INVITE" : "BYE");
    }
    call->retry_ms *= 2;
    if (!invite && call->retry_ms > T2_MS)
        call->retry_ms = T2_MS;
    set_timer(worker, slot, worker->now_ns + call->retry_ms * (uint64_t)MS);
}

static void timer_fired(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    if (call->phase == PHASE_UP)
        hang_up(worker, slot);
    else if (worker->now_ns >= call->deadline_ns)
        give_up(worker, slot);
    else if (call->retry_ms == 0)
        set_timer(worker, slot, call->deadline_ns);
    else
        send_again(worker, slot);
}

void ua_end(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    if (call->phase == PHASE_UP) {
        hang_up(worker, slot);
    } else if (call->phase == PHASE_INVITING) {
        call->phase = PHASE_CANCELLING;
        send_own(worker, slot, "CANCEL");
        begin_transaction(worker, slot);
    }
}

void ua_abandon(struct worker *worker, uint32_t slot)
{
    struct load_call *call = &worker->calls[slot];

    if (call->phase == PHASE_UP)
        hang_up(worker, slot);
    if (call->phase != PHASE_FREE)
        give_up(worker, slot);
}

static void answered(struct worker *worker, uint32_t slot, struct text message, uint64_t at_ns)
{
    struct load_call *call = &worker->calls[slot];
    bool over = call->phase == PHASE_CANCELLING, held = false;
    union place remote;

    wording_keep_dialog(call, message);
    call->phase = PHASE_UP;
    call->answered_ns = at_ns;
    call->record.status = 200;
    call->record.flags |= LOAD_CALL_ANSWERED;
    call->record.set_up_us = (uint32_t)((at_ns - call->begun_ns) / 1000);
    send_request(worker, (struct wording_name){slot, call->generation}, "ACK", call->cseq,
                 BRANCH_ACK + call->cseq, true);
    worker->up++;
    worker->figures.answered++;
    spread_add(&worker->figures.set_up, (at_ns - call->begun_ns) / 1000);
    if (worker->flow) {
        if (!wording_remote(worker, message, &remote, &held)) {
            remote = (union place){.v4 = {.sin_family = AF_INET}}; /* It will count as one-way. */
            held = true;
        }
        flow_begin(worker, slot, remote);
        call->flow.held = held;
    }
    if (over || worker->options->length_ms == 0)
        hang_up(worker, slot);
    else
        set_timer(worker, slot, worker->now_ns + worker->options->length_ms * (uint64_t)MS);
}

/* 401, 407: once more with credentials, in a transaction of its own. */
static bool answer_challenge(struct worker *worker, uint32_t slot, unsigned status,
                             struct text message)
{
    struct load_call *call = &worker->calls[slot];
    const char *method = call->phase == PHASE_INVITING ? "INVITE" : "BYE";
    bool in_dialog = call->phase == PHASE_ENDING && call->contact[0];
    struct credentials_ask ask = {.user = worker->options->user,
                                  .password = worker->options->password,
                                  .method = method,
                                  .uri = in_dialog ? call->contact : worker->uri};
    struct text_buffer line;
    char cnonce[32];

    if ((status != 401 && status != 407) || !ask.user || !ask.password || call->challenged ||
        call->phase == PHASE_CANCELLING)
        return false;
    snprintf(cnonce, sizeof cnonce, "%08x%08x%x", worker->run, call->generation, slot);
    ask.cnonce = cnonce;
    text_buffer_init(&line, call->authorization, sizeof call->authorization - 1);
    if (!credentials_answer(message, &ask, &line)) {
        call->authorization[0] = 0;
        return false;
    }
    call->authorization[line.size] = 0;
    call->challenged = true;
    call->cseq++;
    if (call->phase == PHASE_INVITING)
        call->to[0] = 0;
    worker->figures.challenged++;
    send_own(worker, slot, method);
    begin_transaction(worker, slot);
    return true;
}

static void refused(struct worker *worker, uint32_t slot, unsigned status, struct text message,
                    uint64_t at_ns)
{
    struct load_call *call = &worker->calls[slot];

    text_copy(call->to, sizeof call->to, wording_header(message, "To", "t"));
    send_own(worker, slot, "ACK"); /* Of the INVITE's own transaction (17.1.1.3). */
    if (answer_challenge(worker, slot, status, message))
        return;
    call->record.status = (uint16_t)status;
    if (call->phase == PHASE_CANCELLING)
        worker->figures.cancelled++;
    else
        load_figures_refused(&worker->figures, (uint16_t)status, (at_ns - call->begun_ns) / 1000);
    finish(worker, slot);
}

static void take_invite_response(struct worker *worker, uint32_t slot, unsigned status,
                                 struct text message, uint64_t at_ns)
{
    struct load_call *call = &worker->calls[slot];
    bool waiting = call->phase == PHASE_INVITING || call->phase == PHASE_CANCELLING;

    if (status < 200) {
        if (call->phase == PHASE_INVITING)
            call->retry_ms = 0;
    } else if (status < 300 && waiting) {
        answered(worker, slot, message, at_ns);
    } else if (status < 300) {
        worker->figures.again_answer++;
        send_request(worker, (struct wording_name){slot, call->generation}, "ACK",
                     call->cseq - (call->phase == PHASE_ENDING), BRANCH_ACK + call->cseq, true);
    } else if (waiting) {
        refused(worker, slot, status, message, at_ns);
    }
}

static void take_bye_response(struct worker *worker, uint32_t slot, unsigned status,
                              struct text message, uint64_t at_ns)
{
    struct load_call *call = &worker->calls[slot];

    if (status < 200 || call->phase != PHASE_ENDING ||
        answer_challenge(worker, slot, status, message))
        return;
    spread_add(&worker->figures.tear_down, (at_ns - call->asked_ns) / 1000);
    if (status < 300) {
        worker->figures.ended++;
        call->record.flags |= LOAD_CALL_CLEAN;
    } else {
        worker->figures.ended_badly++;
    }
    finish(worker, slot);
}

/* A response to a transaction that a challenge has ended is of no interest. */
static void take_response(struct worker *worker, struct text message, uint64_t at_ns)
{
    struct text method = wording_header(message, "CSeq", NULL), cseq = text_next(&method, ' ');
    struct wording_name name;
    uint64_t status, number;

    if (!text_number(text_part(message, 8, 3), &status) || !text_number(cseq, &number) ||
        !wording_name_of(worker, message, &name) ||
        worker->calls[name.slot].generation != name.generation)
        return;
    method = text_trim(method);
    if (text_equal(method, TEXT("BYE"))) {
        if (number == worker->calls[name.slot].cseq)
            take_bye_response(worker, name.slot, (unsigned)status, message, at_ns);
    } else if (text_equal(method, TEXT("INVITE")) &&
               (number == worker->calls[name.slot].cseq ||
                worker->calls[name.slot].phase == PHASE_ENDING)) {
        take_invite_response(worker, name.slot, (unsigned)status, message, at_ns);
    }
}

static void reinvited(struct worker *worker, uint32_t slot, struct text message)
{
    union place remote;
    bool held;

    if (worker->flow && worker->calls[slot].phase == PHASE_UP &&
        wording_remote(worker, message, &remote, &held))
        flow_move(worker, slot, remote, held);
}

/* 200 to whatever is asked within a call; a BYE of a call that is gone is one sent again. */
static void take_request(struct worker *worker, struct text message)
{
    bool invite = text_starts(message, TEXT("INVITE ")), bye = text_starts(message, TEXT("BYE "));
    struct wording_name name = {0};
    bool ours = wording_name_of(worker, message, &name);
    bool alive = ours && worker->calls[name.slot].generation == name.generation &&
                 worker->calls[name.slot].phase != PHASE_FREE;
    char reply[WORDING_SIZE];

    if (text_starts(message, TEXT("ACK ")))
        return;
    if (alive && (invite || text_starts(message, TEXT("UPDATE "))))
        reinvited(worker, name.slot, message);
    transmit(worker, reply,
             wording_reply(worker, name, message,
                           alive || (ours && bye) ? "200 OK" : "481 No such call", alive && invite,
                           reply));
    if (!alive || !bye)
        return;
    if (worker->calls[name.slot].phase == PHASE_UP)
        stop_sound(worker, name.slot);
    else if (worker->calls[name.slot].phase != PHASE_ENDING)
        return;
    worker->figures.ended++;
    worker->figures.ended_by_server++;
    worker->calls[name.slot].record.flags |= LOAD_CALL_CLEAN | LOAD_CALL_BY_SERVER;
    finish(worker, name.slot);
}

static void take_message(void *context, struct text message, uint64_t at_ns)
{
    struct worker *worker = context;

    if (text_starts(message, TEXT("SIP/2.0 ")))
        take_response(worker, message, at_ns);
    else
        take_request(worker, message);
}

void ua_step(struct worker *worker)
{
    uint32_t slot;
    uint64_t key;

    transport_step(worker->transport, worker->ahead_ns, take_message, worker);
    while (wheel_take(worker->wheel, worker->now_ns / MS, &slot, &key))
        timer_fired(worker, slot);
}

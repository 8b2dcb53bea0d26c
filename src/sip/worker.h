// SPDX-License-Identifier: Apache-2.0
/* worker.h - the signalling process: one thread that owns the SIP library and all dialogs.
 *
 * The library calls back with a dialog's id only (nta.h), so the process has one worker, named
 * here. Files: worker.c loop, keeper's frames, transports; requests.c what arrives; early.c
 * what is refused without a transaction, pressure.c when; answering.c
 * calls to us; placing.c calls from us; within.c what happens inside a dialog; dialog.c the table;
 * restore.c writing and reading dialogs; hop.c where to send; checks.c, headers.c what a request
 * says. */
#ifndef SIP_WORKER_H
#define SIP_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "core/command.h"
#include "core/event.h"
#include "sip/frame.h"
#include "sip/gate.h"
#include "sip/nta.h"
#include "sip/written.h"

enum dialog_state {
    DIALOG_FREE,
    DIALOG_OFFERED,  /* Their INVITE waits for our answer. */
    DIALOG_ANSWERED, /* Our 200 waits for its ACK. */
    DIALOG_CALLING,  /* Our INVITE waits for its answer. */
    DIALOG_UP,
    DIALOG_ENDING /* Our BYE or CANCEL is out; only the end is still told. */
};

enum { HOP_SIZE = 96, ADDRESS_SIZE = 72, REASON_SIZE = 128 };

struct dialog {
    enum dialog_state state;
    uint32_t id, call, leg;
    bool outgoing, updates, behind;
    bool hang_up;           /* As soon as the ACK is here. */
    bool reliable_required; /* Their INVITE says Require: 100rel. */
    bool secure;            /* We called a sips: URI. */
    enum transport transport;
    tport_t *way; /* The connection that it came by, held open; NULL: none, or UDP. */
    nta_leg_t *nta;
    nta_incoming_t *invite, *update; /* Unanswered or, for an INVITE, unacknowledged. */
    uint32_t invite_cseq, update_cseq;
    bool invite_answered;
    nta_outgoing_t *calling;   /* Our INVITE or re-INVITE. */
    nta_incoming_t *refer;     /* Theirs, unanswered. */
    uint32_t refer_cseq;
    bool refer_quiet;
    nta_outgoing_t *referring; /* Our REFER. */
    bool subscribed;           /* NOTIFYs of our REFER are expected. */
    bool agreeing;             /* `calling` is a re-INVITE that the core asked for. */
    nta_outgoing_t *asking;    /* Our UPDATE or BYE. */
    uint64_t deadline_ms;      /* DIALOG_ENDING, and restored DIALOG_ANSWERED; 0: none. */
    char source[ADDRESS_SIZE]; /* "192.0.2.7:5060" */
    char local[ADDRESS_SIZE];
    char reason[REASON_SIZE]; /* For a BYE that waits. */
    char *identity;           /* Call-ID, our From or To, theirs: lines, with tags. */
    char user[MAX_NAME];      /* Who proved to be the other side, or whose telephone it is. */
    char trunk[MAX_NAME];     /* Of a call that we placed by one: whose credentials are ours. */
    uint8_t tries;            /* Of proving them for the request that is out. */
    struct trunk_call *by;    /* Until the call is answered; NULL: not by a trunk. */
};

struct trunk_call;

struct worker {
    int fd;
    su_root_t *root;
    su_home_t home[1];
    nta_agent_t *agent;
    nta_leg_t *outside; /* Gets what belongs to no dialog. */
    struct outbox outbox;
    bool broken; /* The keeper is gone. */
    bool quit, started;
    char listeners[1024], user_agent[128];
    uint32_t max_dialogs, retry_after_s;
    struct dialog *dialogs; /* DIALOG_SLOTS */
    uint16_t *free_slots;   /* A queue: a slot rests as long as possible. */
    uint32_t free_head, free_count;
    uint32_t serial, highest; /* Slots at and above highest were never used. */
    uint32_t dialog_count, calling_count;
    uint64_t calling_until_ms; /* Late answers of forks may come until then. */
    uint64_t refused_early;
};

extern struct worker worker;

/* worker.c */
void worker_event(struct event *event); /* Stamps and sends to the core. */
void worker_frame(enum frame_kind kind, uint32_t subject, uint32_t detail, const void *bytes,
                  uint32_t size);
bool worker_full(void);
enum away worker_why(void); /* Of what is refused now. */

/* dialog.c */
MUST_USE struct dialog *dialog_new(void);            /* NULL when no slot is free. */
MUST_USE struct dialog *dialog_with_id(uint32_t id); /* For a restored one. */
struct dialog *dialog_find(uint32_t id);
void dialog_release(struct dialog *dialog); /* Everything of it; the core is told last. */
void dialog_forget(struct dialog *dialog);  /* The same for one that the core never saw. */
void dialog_tell(const struct dialog *dialog, enum event_kind kind, uint16_t status,
                 const char *reason);
void dialog_tell_sip(const struct dialog *dialog, enum event_kind kind, const sip_t *sip);
void dialog_sweep(uint64_t now_ms);

/* early.c: the library's messages of no transaction and no dialog. */
nta_message_f early_message;

/* belongs.c: 0 when a request inside a dialog comes from the other side; else it is answered. */
int belongs_check(const struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);

/* requests.c */
nta_request_f requests_outside, requests_inside;

/* answering.c */
int answering_invite(nta_incoming_t *request, const sip_t *sip);
int answering_again(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
void answering_acked(struct dialog *dialog, const sip_t *sip);
void answering_command(struct dialog *dialog, const struct command *command);
void answering_refuse(struct dialog *dialog);

/* placing.c */
void placing_dial(const struct command *command);
MUST_USE bool placing_send(struct dialog *dialog, const struct command *command, const char *uri,
                           const char *from, const char *hop);
nta_response_f placing_answered;
void placing_cancel(struct dialog *dialog, const char *reason);
void placing_guard(const char *address, uint16_t port);
void placing_ack(struct dialog *dialog, const sip_t *sip);
/* The way to a telephone, of its SIP_DIAL.route and its URI. False: there is none. */
MUST_USE bool placing_find(struct text way, const char *uri, char hop[HOP_SIZE],
                           enum transport *transport);
/* Once a second for each dialog that calls: a telephone that says nothing is given up. */
void placing_sweep(struct dialog *dialog, uint64_t now_ms);

/* within.c */
int within_try_again(nta_incoming_t *request); /* 500 with Retry-After. */
void within_tell(const struct dialog *dialog, const sip_t *sip, bool update); /* SIP_REINVITED */
int within_update(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
int within_info(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
int within_bye(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
void within_refresh(struct dialog *dialog, const struct command *command);
void within_reply(struct dialog *dialog, const struct command *command);
void within_hang_up(struct dialog *dialog, const char *reason);
void within_send_bye(struct dialog *dialog, const char *reason);

/* bans.c */
void bans_open(void);
void bans_frame(enum frame_kind kind, const uint8_t *bytes, uint32_t size);

void within_reinvite(struct dialog *dialog, const struct command *command);
void within_send_key(struct dialog *dialog, char key);

/* refer.c */
int refer_request(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
bool refer_reply(struct dialog *dialog, const struct command *command); /* False: not for it. */
void refer_tell(struct dialog *dialog, const struct command *command);  /* NOTIFY */
void refer_send(struct dialog *dialog, const struct command *command);
int refer_notified(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
/* 0, with the dialog whose place the INVITE takes or 0; or the status that it was refused with. */
int refer_replaces(nta_incoming_t *request, const sip_t *sip, uint32_t *replaced);

/* restore.c */
MUST_USE bool restore_identify(struct dialog *dialog, const sip_call_id_t *call_id,
                               const sip_addr_t *ours, const char *tag, const sip_addr_t *theirs);
void restore_write(const struct dialog *dialog);
void restore_read(const uint8_t *bytes, uint32_t size);

/* hop.c: the only places that requests are sent to are numeric. */
void hop_source(nta_incoming_t *request, char out[ADDRESS_SIZE]);
void hop_source_of(msg_t *msg, char out[ADDRESS_SIZE]);
void hop_learn(struct dialog *dialog, nta_incoming_t *request, const sip_t *sip);
void hop_hold(struct dialog *dialog); /* The connection that a call of ours was answered on. */
void hop_release(struct dialog *dialog);
void hop_next(const struct dialog *dialog, char out[HOP_SIZE]);
void hop_contact(const struct dialog *dialog, char *out, size_t size);
void hop_contact_for(nta_incoming_t *request, char *out, size_t size);
/* Of "sip:192.0.2.7:5060;transport=tcp": the other side's connection is up; both are of one host. */
MUST_USE bool hop_is_connected(const char *hop, enum transport transport);
MUST_USE bool hop_same_host(const char *hop, const char *other);
MUST_USE bool hop_of_uri(const char *uri, char out[HOP_SIZE], enum transport *transport);
MUST_USE bool hop_local_for(const char *hop, enum transport transport, char local[ADDRESS_SIZE]);

#endif

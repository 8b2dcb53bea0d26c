// SPDX-License-Identifier: Apache-2.0
/* office.h - a house with a queue and telephones of users anna, ben and carl, the first two of whom are operators:
 * what is said to telephones, and what the account is told, are kept. On top of scene.h. */
#ifndef UNIT_CORE_OFFICE_H
#define UNIT_CORE_OFFICE_H

#include "scene.h"

#define OFFICE_SDP                                                                              \
    "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\nm=audio 4000 RTP/" \
    "AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"

/* Routes: 100 the front desk, "31*" over the trunk for telephones alone, "ben" and "carl" to their telephones,
 * "support" the queue. All telephones are registered. */
void office_begin(void);
struct plan_queue *office_queue(void); /* Change it before a caller comes. */
void office_registers(const char *user, const char *contact, const char *sip_call_id);

/* A caller in the queue, taken by anna by a key: their legs. */
void office_joined(void);
void office_taken(void); /* The recogniser has not let go of the caller yet. */
uint32_t office_caller(void);
uint32_t office_anna(void);

/* Legs that were dialled, in their order, and where. */
uint32_t office_dialled(void);
uint32_t office_leg(uint32_t index);
const char *office_uri(uint32_t index);
/* The dialog of a leg that was dialled: known by one of the next, or made so. */
uint32_t office_dialog(uint32_t leg);
void office_answers(uint32_t leg);
void office_refuses(uint32_t leg, uint16_t status);
/* An event of the leg's dialog. */
void office_sip(enum event_kind kind, uint32_t leg, uint16_t status);
/* Of a dialog that came to us. */
void office_sip_of(enum event_kind kind, uint32_t dialog, uint16_t status);

/* This user's telephone calls: the leg; its dialog is the number that is given. */
uint32_t office_calls(const char *user, const char *number, uint32_t dialog);

/* What was told since office_forget(): "warm anna done; ", "queue support back: WHY; ", "notify ANNA 200 end; " ... */
bool office_told(const char *words);
bool office_not_told(const char *words);
void office_forget(void);

#endif

// SPDX-License-Identifier: Apache-2.0
/* written.c - the tables of fields. */
#include "sip/written.h"

#include <stddef.h>

#include "base/limits.h"

_Static_assert(DIALOG_SLOTS == MAX_CALLS * 2, "a call may have two dialogs");

#define FIELD(structure, member, kind)                             \
    {                                                              \
#member, kind, offsetof(struct structure, member), NULL, 0 \
    }

static const char *const transports[] = {"udp", "tcp", "tls"};

static const struct field written_fields[] = {
    FIELD(written, id, FIELD_U32),
    FIELD(written, call, FIELD_U32),
    FIELD(written, leg, FIELD_U32),
    FIELD(written, outgoing, FIELD_BOOL),
    FIELD(written, acknowledged, FIELD_BOOL),
    FIELD(written, updates, FIELD_BOOL),
    {"transport", FIELD_ENUM, offsetof(struct written, transport), transports, 3},
    FIELD(written, sip_call_id, FIELD_TEXT),
    FIELD(written, ours, FIELD_TEXT),
    FIELD(written, theirs, FIELD_TEXT),
    FIELD(written, target, FIELD_TEXT),
    FIELD(written, routes, FIELD_TEXT),
    FIELD(written, our_cseq, FIELD_U32),
    FIELD(written, their_cseq, FIELD_U32),
    FIELD(written, invite_cseq, FIELD_U32),
    FIELD(written, source, FIELD_TEXT),
    FIELD(written, local, FIELD_TEXT),
    FIELD(written, trunk, FIELD_TEXT),
    FIELD(written, user, FIELD_TEXT),
    FIELD(written, behind, FIELD_BOOL),
    FIELD(written, subscribed, FIELD_BOOL),
};

const struct shape written_shape = {"written", written_fields,
                                    sizeof(written_fields) / sizeof(written_fields[0])};

static const struct field setup_fields[] = {
    FIELD(setup, listeners, FIELD_TEXT),    FIELD(setup, user_agent, FIELD_TEXT),
    FIELD(setup, dns, FIELD_TEXT),          FIELD(setup, max_dialogs, FIELD_U32),
    FIELD(setup, retry_after_s, FIELD_U32), FIELD(setup, serial, FIELD_U32),
    FIELD(setup, hep_server, FIELD_TEXT),   FIELD(setup, hep_password, FIELD_TEXT),
    FIELD(setup, hep_id, FIELD_U32),        FIELD(setup, hep_bodies, FIELD_BOOL),
};

const struct shape setup_shape = {"setup", setup_fields,
                                  sizeof(setup_fields) / sizeof(setup_fields[0])};

static const struct field rules_fields[] = {
    FIELD(rules, requests_per_second, FIELD_U32),
    FIELD(rules, trunk_calls_per_second, FIELD_U32),
    FIELD(rules, failures, FIELD_U32),
    FIELD(rules, ban_s, FIELD_U32),
    FIELD(rules, longest_ban_s, FIELD_U32),
    FIELD(rules, trunks, FIELD_TEXT),
    FIELD(rules, scanners, FIELD_TEXT),
};

const struct shape rules_shape = {"rules", rules_fields,
                                  sizeof(rules_fields) / sizeof(rules_fields[0])};

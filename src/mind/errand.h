// SPDX-License-Identifier: Apache-2.0
/* errand.h - one call of a tool over the network, under way; or a server's tools being listed.
 *
 * Begun on the owner's thread, carried out on the net thread, told once by a note in the owner's
 * mailbox when nothing of it is left. A server of tools (MCP) that has no session with us, or has
 * forgotten it, is given one on the way. The time limit is for all of it.
 *
 * What a failure means: nothing came back after the request was sent, or it says 408, 500, 502 or
 * 504, or 409 to another try: whether it acted is not known (TOOL_TIMED_OUT). No connection, 429,
 * 503, 425: nothing was done (TOOL_UNREACHABLE). All else that is not 2xx: TOOL_REFUSED, redirects
 * too, for a tool is called at its own address and nowhere else. */
#ifndef MIND_ERRAND_H
#define MIND_ERRAND_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/event.h"
#include "net/net.h"

enum {
    ERRAND_HEADERS = 24,
    ERRAND_SESSION = 128,
    ERRAND_VERSION = 32,
    ERRAND_BODY = 1 << 18 /* Of an answer; tools' texts are cut at MAX_RESULT. */
};

enum errand_kind {
    ERRAND_HTTP,
    ERRAND_LOOKUP, /* The same, and its answer is JSON: the note's `tools`. */
    ERRAND_MCP_CALL,
    ERRAND_MCP_LIST
};

/* Whose it is; goes into the note as it is. */
struct errand_who {
    uint32_t call, leg, turn, number, attempt;
    uint32_t plan, agent, tool;
};

/* Everything is copied. */
struct errand_wish {
    enum errand_kind kind;
    struct errand_who who;
    struct text url, method;
    const struct net_header *headers;
    uint32_t header_count;
    struct text body;        /* ERRAND_HTTP */
    bool begun;              /* MCP: there is a session, */
    struct text session;     /* of this name; empty: its server gives none; */
    struct text version;     /* and this is what both speak. */
    struct text name;        /* MCP_CALL: the tool, as the server calls it. */
    const json_t *arguments; /* MCP_CALL */
    bool json;               /* ERRAND_HTTP: the note's `tools` is the answer, where it is JSON. */
    bool repeatable; /* ERRAND_HTTP: net/http.h may send it twice: it asks, or has its key with it.
                      */
    uint32_t timeout_ms;
};

struct errand_note {
    enum errand_kind kind;
    struct errand_who who;
    enum tool_outcome outcome;
    uint16_t status;
    uint32_t retry_after_s;
    json_t *tools;    /* MCP_LIST: an array, the receiver's; NULL: they could not be listed. */
    bool new_session; /* MCP: `session` and `version` are others than those of the wish. */
    bool changed;     /* MCP: its tools are others than before. */
    uint16_t session_size, text_size;
    char session[ERRAND_SESSION], version[ERRAND_VERSION], text[MAX_RESULT];
};

/* NET_OK, or why nothing was begun (and no note comes). */
MUST_USE enum net_result errand_start(struct net *net, struct mailbox *notes,
                                      const struct errand_wish *wish);

#endif

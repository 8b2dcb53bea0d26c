// SPDX-License-Identifier: Apache-2.0
/* mcp.h - a server of tools: what is asked of it, and what it answers.
 *
 * Model Context Protocol 2025-06-18 (modelcontextprotocol.io/specification): "Lifecycle"
 * (initialize, notifications/initialized), "Transports / Streamable HTTP" (each message is a POST;
 * the answer is JSON or an event stream), "Server / Tools" (tools/list by pages, tools/call), over
 * JSON-RPC 2.0. Pure; answers may be hostile. */
#ifndef VENDOR_MCP_H
#define VENDOR_MCP_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"

#define MCP_VERSION "2025-06-18"

enum { MCP_MESSAGE = 1 << 18 /* Bytes of one answer. */ };

/* Requests, as JSON into out; 0: it does not fit. `number` comes back in the answer. */
MUST_USE uint32_t mcp_initialize(uint32_t number, char *out, uint32_t size);
MUST_USE uint32_t mcp_initialized(char *out, uint32_t size); /* Not answered. */
/* cursor: from the page before; empty: the first page. */
MUST_USE uint32_t mcp_list(uint32_t number, struct text cursor, char *out, uint32_t size);
MUST_USE uint32_t mcp_call(uint32_t number, struct text tool, const json_t *arguments, char *out,
                           uint32_t size);

/* The answer to a request in a message; NULL: it is something else (a notification, another's
 * answer, no JSON). Owned by the caller. */
MUST_USE json_t *mcp_answer(struct text message, uint32_t number);

/* Whether a message says that the server's tools are others than before. */
bool mcp_changed(struct text message);

/* True when the request was granted; else the words of its error are in out. */
MUST_USE bool mcp_granted(const json_t *answer, struct text_buffer *out);

/* Of the answer to initialize: the version that holds; empty: ours. */
struct text mcp_version(const json_t *answer);

/* Of tools/list: the tools (an array of {name, description, inputSchema}), or NULL; the next page's
 * cursor, or empty. */
const json_t *mcp_tools(const json_t *answer, struct text *cursor);

/* Of tools/call: its texts, a line each; structured content when there are none. False: the tool
 * says that it failed. */
MUST_USE bool mcp_result(const json_t *answer, struct text_buffer *out);

#endif

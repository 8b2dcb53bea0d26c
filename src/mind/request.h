// SPDX-License-Identifier: Apache-2.0
/* request.h - a request to a model of the plan, written in its vendor's form and begun. */
#ifndef MIND_REQUEST_H
#define MIND_REQUEST_H

#include "core/plan.h"
#include "mind/stream.h"

/* provider: one that thinks. */
const struct llm_vendor *request_vendor(const struct plan_provider *provider);

/* Sets what the provider's options, model and address say in the request and the wish (but for its
 * call, number, language, whole and hard_ms). scratch: STREAM_BODY bytes, of use until it returns.
 * NET_OK with the id for http_cancel(), or why nothing was begun. */
MUST_USE enum net_result request_start(struct net *net, struct mailbox *notes,
                                       const struct plan_provider *provider,
                                       struct llm_request *request, struct stream_wish *wish,
                                       char *scratch, uint32_t *http);

#endif

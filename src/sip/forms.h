// SPDX-License-Identifier: Apache-2.0
/* forms.h - the accounts of the newest plan, from the plan to the keeper to each worker.
 *
 * forms_post() on any one thread writes a plan's trunks and users into a mailbox; the keeper takes
 * them from there, keeps them for the next worker, and sends them to this one. Secrets are inside:
 * the memory is wiped when it is let go. */
#ifndef SIP_FORMS_H
#define SIP_FORMS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "core/plan.h"

enum { FORMS_BYTES = 1 << 20 };

struct forms { /* The keeper's. */
    uint8_t *bytes;
    uint32_t size;
    bool whole; /* The last form has come. */
};

/* 0, or -ENOBUFS when earlier plans still wait. */
MUST_USE int forms_post(struct mailbox *mailbox, const struct plan *plan);

/* Takes what waits. True when there is a new whole list. */
bool forms_take(struct forms *forms, struct mailbox *mailbox);

/* The next form of the list; *offset starts at 0. The last one is a digit, enum plan_digest, and
 * the realm (`realm` is set). False at the end. */
bool forms_next(const struct forms *forms, uint32_t *offset, const uint8_t **bytes, uint32_t *size,
                bool *realm);
void forms_release(struct forms *forms);

#endif

// SPDX-License-Identifier: Apache-2.0
/* loop.h - the core's thread: takes events and timers, steps the core, hands on what it orders.
 *
 * The only thread that touches the core. Each batch of events gets one time. A step goes to the
 * journal before its commands go to the limbs; STORE_* commands are copied to the live view's
 * mailbox, and dropped and counted when that is full. Plans come by PLAN_LOADED events and go by
 * LOOP_FORGET. */
#ifndef APP_LOOP_H
#define APP_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "app/limbs.h"
#include "app/plans.h"
#include "base/attr.h"
#include "base/mailbox.h"
#include "core/core.h"

enum { LOOP_BATCH = 64 };

/* What the loop, control and the signal handler ask of the main thread. */
enum keeper_kind {
    KEEPER_FORGET, /* No call uses the plan's slot any more. */
    KEEPER_IDLE,   /* Draining, and no call is left. */
    KEEPER_RELOAD,
    KEEPER_STOP
};
struct keeper_message {
    enum keeper_kind kind;
    uint32_t slot;
};

/* What goes to the live view: a tag, then a packed command, struct loop_figures, struct
 * slo_row or struct queue_row.
 */
enum { VIEW_COMMAND = 'c', VIEW_FIGURES = 'f', VIEW_SLO = 's', VIEW_QUEUE = 'q', VIEW_PROVIDER = 'p', VIEW_CHAIN = 'h' };

struct loop_figures {
    struct core_figures core;
    uint64_t events, batches, commands;
    uint64_t view_lost, commands_lost;
    uint64_t longest_step_us, behind_ms; /* Behind: the oldest lateness of a timer, this second. */
};

struct loop_options {
    struct limbs *limbs;
    struct plans *plans;
    struct mailbox *events; /* Taken by the loop. */
    struct mailbox *keeper; /* Posted by the loop. */
    struct mailbox *view;   /* Posted by the loop; NULL: nobody looks. */
    uint32_t max_calls, spare_legs;
};

struct loop;

/* Starts the thread; the plan in slot 0 is loaded first. 0 or -errno. */
MUST_USE int loop_open(struct loop **out, const struct loop_options *options);

/* No new calls; KEEPER_IDLE follows when none is left. Again: those that are up are ended. */
void loop_drain(struct loop *loop);
void loop_close(struct loop *loop);

#endif

// SPDX-License-Identifier: Apache-2.0
/* hearing.c - who hears whom, who was told of it, and who is offered to whom: by commands and rows of
 * the account alone. */
#include "inside.h"

#include <string.h>

enum { TOLD_MS = HEARING_EVERY_MS + 3000 };

/* ---- Who hears whom ---- */

static struct edge *edge_of(uint32_t to, uint32_t from, bool played)
{
    for (uint32_t i = 0; i < w.edge_count; i++)
        if (w.edges[i].to == to && w.edges[i].from == from && w.edges[i].played == played)
            return &w.edges[i];
    return NULL;
}

void hearing_set(const struct command *command)
{
    const struct line *to = line_of(command->leg), *from = line_of(command->hear.other);
    struct edge *edge = edge_of(command->leg, command->hear.other, command->hear.played);

    if ((edge != NULL) == command->hear.on)
        broken("somebody is to hear a leg twice, or not any more whom they did not hear");
    if (!command->hear.on && edge) {
        *edge = w.edges[--w.edge_count];
        return;
    }
    if (from->leg != command->hear.other || !from->opened || from->closed)
        broken("somebody is to hear a leg that has no media");
    if (from->call != to->call)
        broken("somebody hears another call");
    if (!w.supervised[slot_of(to->call)].number)
        broken("somebody hears a call, and the account does not say so");
    if (w.edge_count == EDGES) {
        broken("too many hear too many");
        return;
    }
    w.edges[w.edge_count++] = (struct edge){.to = command->leg,
                                            .from = command->hear.other,
                                            .played = command->hear.played,
                                            .since_ms = w.now_ms,
                                            .due_ms = w.now_ms + TOLD_MS};
}

void hearing_forget(uint32_t leg)
{
    for (uint32_t i = 0; i < w.edge_count;) {
        if (w.edges[i].to == leg || w.edges[i].from == leg)
            w.edges[i] = w.edges[--w.edge_count];
        else
            i++;
    }
}

/* A tone, or words. */
void hearing_said(const struct command *say)
{
    if (text_equal(say->say.text, TEXT("beep")) ||
        text_starts(say->say.text, TEXT("A supervisor is listening")))
        line_of(say->leg)->told_ms = w.now_ms;
}

/* Music and messages are no conversation. */
static bool excused(const struct line *line)
{
    return line->loop || line->records || w.waiting[slot_of(line->call)] != 0;
}

void hearing_check(void)
{
    for (uint32_t i = 0; i < w.edge_count; i++) {
        struct edge *edge = &w.edges[i];
        const struct supervised *by = &w.supervised[slot_of(line_of(edge->to)->call)];
        const struct line *line = line_of(edge->from);
        if (!by->number)
            broken("somebody hears a call, and the account says that it is over");
        if (by->mode == SUPERVISE_LISTEN && edge->from == by->leg && by->leg)
            broken("who listens is heard");
        if (edge->to != by->leg || edge->played || line->told_ms >= by->since_ms)
            continue;
        if (excused(line))
            edge->due_ms = w.now_ms + TOLD_MS;
        if (w.now_ms > edge->due_ms && !w.faults->lost && !w.faults->failing && !w.faults->slow)
            broken("leg %u is listened to, and was not told", edge->from);
    }
}

void hearing_account(const struct command *command)
{
    struct supervised *by = &w.supervised[slot_of(command->call)];
    enum supervise_what what = command->supervision.what;

    w.figures->supervisions += what == SUPERVISE_BEGAN;
    w.figures->refusals += what == SUPERVISE_REFUSED;
    if (what == SUPERVISE_BEGAN && by->number)
        broken("two supervise one call");
    if (what == SUPERVISE_OVER && by->number != command->supervision.number)
        broken("a supervision ends that was none");
    if (what == SUPERVISE_OVER) {
        by->number = 0;
        by->over_ms = w.now_ms;
    }
    if (what != SUPERVISE_BEGAN)
        return;
    if (w.now_ms > by->over_ms) /* Not another mode of the same. */
        by->since_ms = w.now_ms;
    by->number = command->supervision.number;
    by->mode = command->supervision.mode;
}

void hearing_leg(const struct command *command)
{
    if (text_equal(command->leg_account.role, TEXT("supervisor")))
        w.supervised[slot_of(command->call)].leg = command->leg;
}

/* ---- Offers ---- */

static struct asked *asked_of(struct text name)
{
    uint64_t number;

    if (!text_starts(name, TEXT("op")) || !text_number(text_part(name, 2, name.size), &number) ||
        number >= STAFF)
        return NULL;
    return &w.asked[number];
}

void hearing_offer(const struct command *command)
{
    struct asked *asked = asked_of(command->offer.name);

    w.figures->offers++;
    if (!asked)
        broken("an offer to nobody");
    else if (asked->call || asked->state == OPERATOR_BUSY)
        broken("an operator is rung who has a caller");
    else
        asked->call = command->call;
    if (!w.waiting[slot_of(command->call)])
        broken("somebody is offered who does not wait");
}

void hearing_offer_over(const struct command *command)
{
    struct asked *asked = asked_of(command->transfer.target);

    if (!text_equal(command->transfer.how, TEXT("warm")) || !asked)
        return;
    w.figures->accepted += command->transfer.done;
    asked->call = 0;
}

void hearing_duty(const struct command *command)
{
    struct asked *asked = asked_of(command->duty.name);

    if (!asked)
        return;
    asked->state = command->duty.state;
    if (asked->state != OPERATOR_RINGING)
        asked->call = 0;
}

void hearing_check_end(void)
{
    if (w.edge_count)
        broken("somebody is heard for ever");
    for (uint32_t i = 0; i < CALLS; i++)
        if (w.supervised[i].number)
            broken("a supervision never ends");
    for (uint32_t i = 0; i < STAFF; i++)
        if (w.asked[i].call || w.asked[i].state == OPERATOR_BUSY || w.asked[i].state == OPERATOR_RINGING)
            broken("an operator is busy for ever");
}

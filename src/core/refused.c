// SPDX-License-Identifier: Apache-2.0
/* refused.c - a counter for each cause. */
#include "core/refused.h"

#include "core/route.h"

bool refused_alone(struct step *step, const struct admission *admission)
{
    const struct event *event = step->event;
    struct core *core = step->core;
    struct refused *refused = &core->refused[admission->cause];

    if (event->now_ms - refused->second_ms >= 1000 && refused->more == 0) {
        refused->second_ms = event->now_ms;
        refused->written = 0;
    }
    if (refused->written < REFUSED_A_SECOND) {
        refused->written++;
        return true;
    }
    if (refused->more++ == 0) {
        refused->wall_ms = event->wall_ms;
        refused->seed = event->invite.seed;
        refused->status = admission->status;
        text_copy(refused->trunk, sizeof(refused->trunk),
                  core->plans[core->plan_now]->trunks[admission->trunk].name);
        text_copy(refused->detail, sizeof(refused->detail), admission->detail);
    }
    return false;
}

static void write(struct step *step, const struct refused *refused, enum cause cause)
{
    struct text_buffer words = step_text(step);
    char ref[REF];

    text_append_number(&words, refused->more);
    text_append(&words, refused->more == 1 ? TEXT(" call") : TEXT(" calls"));
    if (refused->detail[0])
        text_append(&words, TEXT(": "));
    text_append(&words, text_of(refused->detail));
    struct text detail = step_text_take(step, &words);
    admission_ref(refused->wall_ms, refused->seed, ref);
    struct text name = step_text_copy(step, text_of(ref));
    struct command *opened = step_emit(step, STORE_CALL_OPENED, NULL);
    opened->opened.ref = name;
    opened->opened.wall_ms = refused->wall_ms;
    opened->opened.trunk = step_text_copy(step, text_of(refused->trunk));
    struct command *closed = step_emit(step, STORE_CALL_CLOSED, NULL);
    closed->closed.ref = name;
    closed->closed.wall_ms = step->event->wall_ms;
    closed->closed.cause = cause;
    closed->closed.status = refused->status;
    closed->closed.detail = detail;
}

void refused_away(struct step *step)
{
    static const char *const details[AWAYS] = {
        [AWAY_RATE] = "overload: the trunk's calls per second",
        [AWAY_BEHIND] = "overload: signalling is behind",
        [AWAY_DIALOGS] = "overload: dialogs",
    };
    const struct event *event = step->event;
    const struct plan *plan =
        step->core->plan_now >= 0 ? step->core->plans[step->core->plan_now] : NULL;
    int16_t trunk = plan ? route_trunk(plan, event->away.source) : -1;
    struct refused refused = {.wall_ms = event->wall_ms,
                              .seed = event->away.seed,
                              .more = event->away.count,
                              .status = 503};

    if (event->away.count == 0)
        return;
    text_copy(refused.detail, sizeof(refused.detail), text_of(details[event->away.why]));
    if (trunk >= 0)
        text_copy(refused.trunk, sizeof(refused.trunk), plan->trunks[trunk].name);
    write(step, &refused, CAUSE_FULL);
}

void refused_sum_up(struct step *step)
{
    struct core *core = step->core;

    for (enum cause cause = CAUSE_NONE; cause < CAUSE_KINDS; cause++) {
        struct refused *refused = &core->refused[cause];
        if (refused->more == 0 || step->out->count > COMMANDS_A_STEP / 2 ||
            (step->event->now_ms - refused->second_ms < 1000 && !core->draining))
            continue;
        write(step, refused, cause);
        refused->more = 0;
        return;
    }
}

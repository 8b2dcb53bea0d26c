// SPDX-License-Identifier: Apache-2.0
/* ledger.c - absolute times to differences. */
#include "core/ledger.h"

#include "core/enforce.h"
#include "core/provider.h"

static int32_t after(uint64_t at_ms, uint64_t from_ms)
{
    return at_ms == 0 ? -1 : at_ms <= from_ms ? 0 : (int32_t)(at_ms - from_ms);
}

void ledger_write(struct step *step, const struct call *call, const struct reply *reply)
{
    const struct turn_times *t = &reply->times;
    struct command *command = step_emit(step, STORE_LEDGER, call);
    uint64_t to = t->speech_to_ms;
    const struct thought *thought = &call->talk.thought;
    uint32_t heard_ms = reply->heard_ms;

    for (uint8_t i = 0; i < reply->count; i++)
        heard_ms += reply->sayings[i].heard_ms;
    command->ledger.ref = text_of(call->ref);
    command->ledger.wall_ms = step->event->wall_ms;
    command->ledger.turn = reply->turn;
    command->ledger.speech_ms = after(to, t->speech_from_ms);
    command->ledger.first_partial_ms = after(t->first_partial_ms, t->speech_from_ms);
    command->ledger.end_of_turn_ms = after(t->end_of_turn_ms, to);
    command->ledger.final_text_ms = after(t->final_ms, to);
    command->ledger.understood_ms = after(t->understood_ms, to);
    command->ledger.first_token_ms = after(t->first_token_ms, to);
    command->ledger.first_speech_ms = after(t->first_speech_ms, to);
    command->ledger.silence_cut_ms = (int32_t)t->cut_ms;
    command->ledger.audible_ms = after(t->audible_ms, to);
    command->ledger.heard_ms = (int32_t)heard_ms;
    command->ledger.interrupted = reply->interrupted;
    command->ledger.answer_ms = after(t->answer_ms, to);
    command->ledger.heard_by = provider_name(step->core, call, call->talk.hearer);
    command->ledger.spoken_by = provider_name(step->core, call, reply->spoken_by);
    command->ledger.thought_by = TEXT("embedded");
    if (t->first_token_ms > 0) {
        command->ledger.thought_by = provider_name(step->core, call, thought->provider);
        command->ledger.tokens_in = thought->tokens_in;
        command->ledger.tokens_out = thought->tokens_out;
        command->ledger.thrown_away = thought->thrown_away;
        command->ledger.saved_ms = (int32_t)thought->saved_ms;
    }
    enforce_turn(step, &call_plan(step->core, call)->agents[reply->agent], command,
                 (uint32_t)after(step->event->now_ms, to));
}

// SPDX-License-Identifier: Apache-2.0
/* eval_sound.c - the turns of a suite, spoken; the account's lines, noted as they come. */
#include "app/eval_sound.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/caller.h"
#include "app/json.h"
#include "app/mouth.h"
#include "app/witness.h"

enum {
    STILL_MS = 1200,  /* The agent has finished, and is not on its way to another agent. */
    DONE_MS = 40000,  /* The longest answer, hand-overs included. */
    BEGIN_MS = 15000, /* The agent begins. */
    END_MS = 5000,    /* A closed call's account comes when its last packet has gone. */
    POLL_MS = 20
};

struct hearing {
    struct verdict *verdict;
    struct caller *caller;
    struct witness *witness;
    struct mouth *mouth;
    uint32_t seen; /* Of the witness's events. */
    uint64_t opened_ms;
    bool agent_last; /* The agent's words were the last, and all of them were heard. */
    bool closed;     /* The account has its end. */
};

const char *eval_sound_cannot(const struct suite_conversation *conversation)
{
    if (conversation->rule_count > 0 || conversation->tool_count > 0)
        return "its models and tools are scripted";
    if (conversation->people_count > 0)
        return "its operators are scripted";
    for (uint32_t i = 0; i < conversation->turn_count; i++) {
        if (conversation->turns[i].fault_count > 0)
            return "faults need scripted parts";
        if (conversation->turns[i].people_count > 0)
            return "its operators are scripted";
        if (conversation->turns[i].heard.size > 0)
            return "it says what the recogniser hears";
    }
    return NULL;
}

/* ---- The account ---- */

static void follow(struct hearing *hearing)
{
    const json_t *event;
    struct command command;

    witness_take(hearing->witness);
    while ((event = witness_next(hearing->witness, &hearing->seen))) {
        uint64_t wall_ms = (uint64_t)json_count(event, "wall_ms");
        if (!json_to_command(event, &command))
            continue;
        if (command.kind == STORE_CALL_OPENED)
            hearing->opened_ms = wall_ms;
        if (command.kind == STORE_TURN)
            hearing->agent_last =
                command.turn.speaker == SPEAKER_AGENT && command.turn.unheard.size == 0;
        hearing->closed = hearing->closed || command.kind == STORE_CALL_CLOSED;
        verdict_note(hearing->verdict, &(struct stage_ledger){.at_ms = wall_ms - hearing->opened_ms,
                                                              .command = &command});
    }
}

static bool up(const struct hearing *hearing)
{
    return caller_state(hearing->caller) == CALLER_UP;
}

/* Until the agent has spoken (spoken: since our last act) to its end, or the call is over. */
static bool settle(struct hearing *hearing, bool spoken)
{
    for (uint32_t ms = 0; ms < DONE_MS && up(hearing); ms += POLL_MS) {
        caller_wait(hearing->caller, POLL_MS);
        follow(hearing);
        if (caller_stillness_ms(hearing->caller) >= STILL_MS && (hearing->agent_last || !spoken))
            return true;
    }
    return !up(hearing);
}

static void finish(struct hearing *hearing)
{
    if (up(hearing))
        caller_hang_up(hearing->caller);
    for (uint32_t ms = 0; ms < END_MS && !hearing->closed; ms += POLL_MS) {
        usleep(POLL_MS * 1000);
        follow(hearing);
    }
}

/* ---- Turns ---- */

static const char *speak(struct hearing *hearing, const struct suite_turn *turn)
{
    struct mouth *mouth = hearing->mouth;
    bool interrupts = turn->act == ACT_INTERRUPT;

    if (turn->sound ? !mouth_recording(mouth, turn->sound) : !mouth_words(mouth, turn->words))
        return turn->sound ? "the recording is no WAV of 8 kHz" : "no such voice";
    if (interrupts && !caller_wait_speaking(hearing->caller, turn->ms, BEGIN_MS))
        return "the agent does not speak: there is nothing to interrupt";
    follow(hearing);
    hearing->agent_last = false;
    caller_play(hearing->caller, mouth->samples, mouth->count);
    return NULL;
}

/* NULL, or why the turn could not be played. */
static const char *act(struct hearing *hearing, const struct suite_turn *turn)
{
    struct caller *caller = hearing->caller;

    caller_attend(caller);
    if (turn->act != ACT_NONE && !up(hearing))
        return "the call was over before this";
    switch (turn->act) {
    case ACT_SAY:
    case ACT_INTERRUPT:
        return speak(hearing, turn);
    case ACT_PRESS:
        hearing->agent_last = false;
        caller_press(caller, turn->words);
        return NULL;
    case ACT_WAIT:
        caller_wait(caller, turn->ms);
        return NULL;
    case ACT_HANG_UP:
        finish(hearing);
        return NULL;
    case ACT_NONE:
        return NULL;
    }
    return NULL;
}

/* The turn, until the agent has done with it or, when the next one interrupts it, has begun. */
static const char *play_turn(struct hearing *hearing, uint32_t index)
{
    const struct suite_conversation *c = hearing->verdict->conversation;
    const struct suite_turn *turn = &c->turns[index];
    const char *why = act(hearing, turn);
    bool spoken = turn->act != ACT_WAIT && turn->act != ACT_HANG_UP;

    if (why)
        return why;
    if (index + 1 < c->turn_count && turn[1].act == ACT_INTERRUPT)
        return NULL;
    return settle(hearing, spoken) ? NULL : "the agent did not come to an end of its answer";
}

static void play(struct hearing *hearing)
{
    struct verdict *v = hearing->verdict;
    const struct suite_conversation *c = v->conversation;
    const char *why = NULL;

    if (c->turns[0].act != ACT_NONE && c->turns[0].act != ACT_INTERRUPT && !settle(hearing, true))
        verdict_fail(v, c->turns[0].line, TEXT("the agent did not greet"));
    for (uint32_t i = 0; i < c->turn_count && !why; i++) {
        verdict_begin(v, i);
        why = play_turn(hearing, i);
        if (why)
            verdict_fail(v, c->turns[i].line, text_of(why));
        if (!up(hearing))
            finish(hearing); /* The end belongs to this turn. */
        verdict_judge_turn(v);
    }
    finish(hearing);
    verdict_judge_call(v);
}

/* ---- A call ---- */

static bool dial(struct hearing *hearing, const char *uri)
{
    char why[512], what[640];

    if (caller_dial(hearing->caller, uri, why, sizeof(why)))
        return true;
    snprintf(what, sizeof(what), "the call did not come about: %s", why);
    verdict_fail(hearing->verdict, hearing->verdict->conversation->line, text_of(what));
    return false;
}

/* With a telephone of its own; the account is followed by its number. */
static int call(struct hearing *hearing, const struct eval_sound *sound, char *why,
                uint32_t why_size)
{
    static uint32_t calls;
    char from[32], voice[64];
    struct caller_options options = {
        .address = "127.0.0.1", .voice = voice, .from = from, .codec = CODEC_PCMU};
    int error;

    text_copy(voice, sizeof(voice), sound->voice);
    snprintf(from, sizeof(from), "1555%04d%03u", (int)getpid() % 10000, ++calls % 1000);
    error = witness_open(&hearing->witness, sound->socket, from);
    if (error) {
        snprintf(why, why_size, "no server answers on %s: %s", sound->socket, strerror(-error));
        return error;
    }
    error = caller_open(&hearing->caller, &options, why, why_size);
    if (!error) {
        if (dial(hearing, sound->uri)) {
            if (sound->noise_db &&
                !caller_murmur(hearing->caller, hearing->mouth->noise, MOUTH_NOISE_SAMPLES))
                verdict_fail(hearing->verdict, 0, TEXT("no memory for noise"));
            play(hearing);
        }
        caller_close(hearing->caller);
    }
    witness_close(hearing->witness);
    return error;
}

struct verdict *eval_sound_run(const struct suite_conversation *conversation,
                               const struct eval_sound *sound, uint32_t repetition, char *why,
                               uint32_t why_size)
{
    struct hearing hearing = {.verdict = verdict_new(conversation, repetition),
                              .mouth = malloc(sizeof(*hearing.mouth))};
    int error = -1;

    snprintf(why, why_size, "no memory to play a conversation");
    if (hearing.verdict && hearing.mouth &&
        mouth_open(hearing.mouth, sound->voice, sound->noise_db) == 0) {
        error = call(&hearing, sound, why, why_size);
        mouth_close(hearing.mouth);
    }
    free(hearing.mouth);
    if (error && hearing.verdict) {
        verdict_free(hearing.verdict);
        hearing.verdict = NULL;
    }
    return hearing.verdict;
}

// SPDX-License-Identifier: Apache-2.0
/* vendors.c - a draw for each thing that is asked. */
#include "vendors.h"

#include "core/slots.h"
#include "example_models.h"

static const char *const clauses[] = {"Certainly.", "Let me see what I can do for you,",
                                      "that is no trouble at all.", "Which invoice is it about?"};
static const char *const names[] = {"find",         "book",      "crm__find", "set-context",
                                    "take-message", "hand-over", "hang-up",   "transfer",
                                    "send-keys",    "queue",     "unknown"};
static const char *const arguments[] = {"{\"to\":\"billing\"}", "{\"to\":\"give\"}",
                                        "{\"keys\":\"12#\"}", "{\"key\":\"a\",\"value\":\"b\"}",
                                        "{\"text\":\"call me\"}", "{",
                                        "{\"key\":\"sentiment\",\"value\":\"negative\"}"};

/* Of calls: the last turn, where one that speaks by itself was asked; MIND_THINK sets it first. */
enum { CALLS_KNOWN = 128 };
static uint32_t spoken_turn[CALLS_KNOWN];

static bool chance(const struct vendors *v, uint32_t permille)
{
    return random_below(v->random, 1000) < permille;
}

static uint32_t between(const struct vendors *v, uint32_t low, uint32_t high)
{
    return low + random_below(v->random, high - low + 1);
}

static struct event of(enum event_kind kind, const struct command *command, uint32_t turn,
                       int32_t provider)
{
    struct event event = {.kind = kind, .call = command->call, .leg = command->leg};

    event.mind.turn = turn;
    event.mind.provider = provider;
    return event;
}

/* A round: clauses, perhaps a tool, and its end, after the first token. */
static void answer(const struct vendors *v, const struct command *command, uint32_t turn,
                   int32_t provider, uint32_t number)
{
    uint32_t at_ms = between(v, 150, 500), count = between(v, 0, 4);
    bool dies = chance(v, v->faults / 2);

    if (chance(v, v->faults))
        at_ms = between(v, 800, 6000); /* Late, or as good as never. */
    if (v->sluggish && provider == EXAMPLE_MODEL)
        at_ms += between(v, 1000, 2000);
    for (uint32_t i = 0; i < count; i++, at_ms += between(v, 30, 400)) {
        struct event says = of(MIND_SAYS, command, turn, provider);
        says.mind.text = (struct text){clauses[i], 0};
        says.mind.text = text_of(clauses[i]);
        v->happen(says, at_ms);
    }
    if (dies) {
        struct event failed = of(MIND_FAILED, command, turn, provider);
        failed.mind.why = TEXT("the connection was lost");
        v->happen(failed, at_ms);
        return;
    }
    if (number < 4 && chance(v, 300)) {
        struct event tool = of(MIND_TOOL, command, turn, provider);
        tool.mind.number = number;
        tool.mind.name = text_of(names[random_below(v->random, sizeof(names) / sizeof(*names))]);
        tool.mind.arguments =
            text_of(arguments[random_below(v->random, sizeof(arguments) / sizeof(*arguments))]);
        v->happen(tool, at_ms);
        at_ms += 5;
    }
    struct event done = of(MIND_DONE, command, turn, provider);
    done.mind.tokens_in = 400;
    done.mind.tokens_out = 20 * count;
    v->happen(done, at_ms);
}

/* The same from one that speaks by itself: a clip, and its words while it is heard. */
static void speak(const struct vendors *v, const struct command *command, uint32_t turn,
                  int32_t provider, uint32_t number)
{
    struct event sounds = of(MIND_SOUNDS, command, turn, provider);
    uint32_t at_ms = between(v, 100, 500), count = between(v, 0, 3);

    if (chance(v, v->faults))
        at_ms = between(v, 800, 6000);
    if (count > 0) {
        sounds.mind.clip = v->clip();
        v->happen(sounds, at_ms);
    }
    for (uint32_t i = 0; i < count; i++, at_ms += between(v, 30, 400)) {
        struct event says = of(MIND_SAYS, command, turn, provider);
        says.mind.clip = sounds.mind.clip;
        says.mind.text = text_of(clauses[i]);
        v->happen(says, at_ms + 5);
    }
    if (number < 4 && chance(v, 300)) {
        struct event tool = of(MIND_TOOL, command, turn, provider);
        tool.mind.number = number;
        tool.mind.name = text_of(names[random_below(v->random, sizeof(names) / sizeof(*names))]);
        tool.mind.arguments =
            text_of(arguments[random_below(v->random, sizeof(arguments) / sizeof(*arguments))]);
        v->happen(tool, at_ms + 6);
    }
    struct event done = of(chance(v, v->faults / 2) ? MIND_FAILED : MIND_DONE, command, turn, provider);
    if (done.kind == MIND_FAILED)
        done.mind.why = TEXT("the connection was lost");
    v->happen(done, at_ms + 10);
}

static void think(const struct vendors *v, const struct command *command)
{
    struct event failed = of(MIND_FAILED, command, command->think.turn, command->think.provider);

    if (!command->think.speculative && command->think.text.size == 0)
        return; /* What was a guess is certain. */
    if (chance(v, v->faults / 2)) {
        failed.mind.status = 503;
        failed.mind.why = TEXT("it said 503");
        v->happen(failed, between(v, 20, 300));
        return;
    }
    if (chance(v, v->faults / 2))
        return; /* It stalls. */
    spoken_turn[slot_of(command->call) % CALLS_KNOWN] =
        command->think.session ? command->think.turn : 0;
    if (command->think.session)
        speak(v, command, command->think.turn, command->think.provider, 1);
    else
        answer(v, command, command->think.turn, command->think.provider, 1);
}

static void tool(const struct vendors *v, const struct command *command)
{
    struct event done = {.kind = TOOL_DONE, .call = command->call, .leg = command->leg};

    done.tool.turn = command->tool.turn;
    done.tool.number = command->tool.number;
    done.tool.attempt = command->tool.attempt;
    done.tool.text = TEXT("42 euros");
    if (chance(v, v->faults))
        done.tool.outcome = (enum tool_outcome)random_below(v->random, TOOL_OUTCOMES);
    v->happen(done, done.tool.outcome == TOOL_TIMED_OUT ? 2000 : between(v, 50, 1500));
}

static void lookup(const struct vendors *v, const struct command *command)
{
    struct event done = {.kind = LOOKUP_DONE, .call = command->call};

    if (chance(v, v->faults / 2))
        return; /* It stalls. */
    done.lookup.ms = between(v, 20, 900);
    if (chance(v, v->faults))
        done.lookup.outcome = TOOL_TIMED_OUT;
    else
        done.lookup.facts = TEXT("name=Anna\npriority=5\n");
    v->happen(done, done.lookup.ms);
}

static void result(const struct vendors *v, const struct command *command)
{
    if (spoken_turn[slot_of(command->call) % CALLS_KNOWN] == command->result.turn)
        speak(v, command, command->result.turn, EXAMPLE_WHOLE, command->result.number + 1);
    else
        answer(v, command, command->result.turn, 0, command->result.number + 1);
}

void vendors_mind(const struct vendors *v, const struct command *command)
{
    if (command->kind == MIND_THINK)
        think(v, command);
    else if (command->kind == MIND_RESULT)
        result(v, command);
    else if (command->kind == TOOL_CALL)
        tool(v, command);
    else if (command->kind == LOOKUP_ASKED)
        lookup(v, command);
}

uint32_t vendors_say(const struct vendors *v, const struct command *command, uint32_t *dies_ms)
{
    struct event failed = {.kind = SPEECH_FAILED, .call = command->call, .leg = command->leg};

    *dies_ms = 0;
    failed.speech.utterance = command->say.utterance;
    failed.speech.provider = command->say.provider;
    failed.speech.why = TEXT("the voice was lost");
    if (chance(v, v->faults / 2)) {
        v->happen(failed, between(v, 10, 200));
        return 0;
    }
    if (chance(v, v->faults / 2))
        return 0; /* It stalls. */
    if (chance(v, v->faults / 2)) {
        *dies_ms = between(v, 50, 2000);
        v->happen(failed, 200 + *dies_ms);
    }
    return chance(v, v->faults) ? between(v, 500, 4000) : between(v, 60, 200);
}

static void open_session(struct vendors *v, const struct command *command)
{
    struct event session = {.kind = SPEECH_SESSION, .call = command->call, .leg = command->leg};

    session.session.session = ++v->sessions;
    session.session.provider = command->listen.provider;
    v->happen(session, between(v, 50, 400));
}

void vendors_listen(struct vendors *v, const struct command *command)
{
    if (command->listen.provider == EXAMPLE_WHOLE && !chance(v, v->faults / 4))
        open_session(v, command);
    struct event failed = {.kind = SPEECH_FAILED, .call = command->call, .leg = command->leg};

    failed.speech.provider = command->listen.provider;
    failed.speech.why = TEXT("the session was lost");
    if (chance(v, v->faults))
        v->happen(failed, between(v, 100, 30000));
}

uint32_t vendors_final_ms(const struct vendors *v)
{
    if (chance(v, v->faults))
        return chance(v, 500) ? 0 : between(v, 600, 4000);
    return between(v, 40, 250);
}

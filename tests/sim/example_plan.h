// SPDX-License-Identifier: Apache-2.0
/* example_plan.h - a small plan for simulations and tests: a front desk, two specialists. */
#ifndef SIM_EXAMPLE_PLAN_H
#define SIM_EXAMPLE_PLAN_H

#include "core/plan.h"

#define EXAMPLE_WORDS                                                           \
    {                                                                           \
        [WORDS_CLARIFY] = TEXT_INIT("Is this about {choices}?"),                \
        [WORDS_CONFIRM] = TEXT_INIT("Is this about {intent}?"),                 \
        [WORDS_NOT_HEARD] = TEXT_INIT("Sorry, I did not catch that."),          \
        [WORDS_SILENCE] = TEXT_INIT("Are you still there?"),                    \
        [WORDS_SILENCE_KEYS] = TEXT_INIT("Please press {keys}."),               \
        [WORDS_SILENCE_CLOSE] = TEXT_INIT("I cannot hear you. Good-bye."),      \
        [WORDS_UNKNOWN_KEY] = TEXT_INIT("I didn't recognize that."),            \
        [WORDS_KEYS_ONLY] = TEXT_INIT("Please use the keys: {keys}."),          \
        [WORDS_HANDOVER] = TEXT_INIT("Let me connect you with {agent}."),       \
        [WORDS_ESCALATE] = TEXT_INIT("I will get a person."),                   \
        [WORDS_ESCALATE_FRUSTRATED] =                                           \
            TEXT_INIT("I am sorry for the trouble. I will get a person now."),  \
        [WORDS_FILLER] = TEXT_INIT("One moment."),                              \
        [WORDS_GOODBYE] = TEXT_INIT("Thank you for calling. Good-bye."),        \
        [WORDS_START_OVER] = TEXT_INIT("Let us start again."),                  \
        [WORDS_NOTHING_TO_REPEAT] = TEXT_INIT("I have not said anything yet."), \
        [WORDS_APOLOGY] = TEXT_INIT("Something went wrong on our side."),       \
        [WORDS_TRANSFER] = TEXT_INIT("I am putting you through."),              \
        [WORDS_TRANSFER_FAILED] = TEXT_INIT("Nobody could take your call."),    \
        [WORDS_BRIEF] = TEXT_INIT("Call[ about {intent}].[ {summary}.][ The caller is {mood}.] " \
                                  "Press 1 to take it, 2 to decline."),                          \
        [WORDS_BRIEF_CALLBACK] = TEXT_INIT("Callback of {wait}[ about {intent}]. Press 1 or 2."), \
        [WORDS_CALLING] = TEXT_INIT("I am calling {caller}."),                  \
        [WORDS_NOT_REACHED] = TEXT_INIT("I could not reach {caller}."),         \
        [WORDS_TOOL] = TEXT_INIT("Let me look that up."),                       \
        [WORDS_TOOL_FAILED] = TEXT_INIT("I cannot get at that right now."),     \
    }

#define EXAMPLE_PARTINGS                                                             \
    {                                                                                \
        [PARTING_NO_AGENT] = TEXT_INIT("Nobody is there."),                          \
        [PARTING_CAPACITY] = TEXT_INIT("All are busy. One for a callback, two to hold."), \
        [PARTING_OUTAGE] = TEXT_INIT("We have difficulties."),                       \
        [PARTING_INVITE] = TEXT_INIT("Speak after the beep."),                       \
        [PARTING_REVIEW] = TEXT_INIT("One to send, two for another."),               \
        [PARTING_SENT] = TEXT_INIT("It is passed on."),                              \
        [PARTING_NOTHING] = TEXT_INIT("There was no message."),                      \
        [PARTING_NOT_KEPT] = TEXT_INIT("It could not be kept."),                     \
        [PARTING_NUMBER] = TEXT_INIT("At {number}?"),                                \
        [PARTING_ANOTHER] = TEXT_INIT("Which number?"),                              \
        [PARTING_READ] = TEXT_INIT("Is {number} right?"),                            \
        [PARTING_PROMISED] = TEXT_INIT("We will call {number}."),                    \
        [PARTING_SLOTS] = TEXT_INIT("{first}[, or {second}]?"),                      \
        [PARTING_PROMISED_AT] = TEXT_INIT("We will call {when}."),                   \
        [PARTING_NOT_CALLED] = TEXT_INIT("That number is not called."),              \
        [PARTING_ENOUGH] = TEXT_INIT("We will call."),                               \
        [PARTING_NOT_PROMISED] = TEXT_INIT("I cannot promise it."),                  \
        [PARTING_OWED] = TEXT_INIT("We owe you a call."),                            \
        [PARTING_CALLS] = TEXT_INIT("You wanted to be called."),                     \
    }

enum { DESK, BILLING, TECHNICAL };
enum { DESK_BILLING, DESK_TECHNICAL, DESK_ESCALATION, DESK_HOURS, DESK_GENERAL };

static const struct plan_intent example_desk_intents[] = {
    [DESK_BILLING] = {.name = TEXT_INIT("billing"),
                      .label = TEXT_INIT("billing questions"),
                      .then = THEN_HANDOVER,
                      .to = BILLING,
                      .choice = true},
    [DESK_TECHNICAL] = {.name = TEXT_INIT("technical"),
                        .label = TEXT_INIT("technical support"),
                        .then = THEN_HANDOVER,
                        .to = TECHNICAL,
                        .choice = true},
    [DESK_ESCALATION] = {.name = TEXT_INIT("escalation"),
                         .label = TEXT_INIT("a person"),
                         .then = THEN_HANDOVER,
                         .to = TECHNICAL,
                         .escalation = true},
    [DESK_HOURS] = {.name = TEXT_INIT("hours"),
                    .label = TEXT_INIT("opening hours"),
                    .say = TEXT_INIT("We are open from nine to five."),
                    .then = THEN_LISTEN,
                    .to = -1},
    [DESK_GENERAL] = {.name = TEXT_INIT("general"), .label = TEXT_INIT("something else"), .to = -1},
};
static const struct plan_key example_desk_keys[] = {
    {'1', DESK_BILLING}, {'2', DESK_TECHNICAL}, {'0', DESK_ESCALATION}};

static const struct plan_intent example_specialist_intents[] = {
    {.name = TEXT_INIT("pay"),
     .label = TEXT_INIT("paying"),
     .say = TEXT_INIT("You can pay online."),
     .then = THEN_LISTEN,
     .to = -1},
    {.name = TEXT_INIT("done"),
     .label = TEXT_INIT("finished"),
     .say = TEXT_INIT("All done. Good-bye."),
     .then = THEN_END,
     .to = -1},
    {.name = TEXT_INIT("give"),
     .label = TEXT_INIT("a colleague"),
     .then = THEN_TRANSFER,
     .transfer = TEXT_INIT("4711"),
     .to = -1},
    {.name = TEXT_INIT("back"),
     .label = TEXT_INIT("the front desk"),
     .then = THEN_HANDOVER,
     .to = DESK},
    {.name = TEXT_INIT("message"), .label = TEXT_INIT("a message"), .then = THEN_VOICEMAIL, .to = -1},
    {.name = TEXT_INIT("callback"), .label = TEXT_INIT("a callback"), .then = THEN_CALLBACK, .to = -1},
    {.name = TEXT_INIT("wait"),
     .label = TEXT_INIT("a person"),
     .then = THEN_QUEUE,
     .queue = 0,
     .priority = -1,
     .to = -1},
    {.name = TEXT_INIT("urgent"),
     .label = TEXT_INIT("a person now"),
     .then = THEN_QUEUE,
     .queue = 1,
     .priority = 5,
     .to = -1},
    {.name = TEXT_INIT("general"), .label = TEXT_INIT("something else"), .to = -1},
};

static const struct plan_queue example_queues[] = {
    {.name = TEXT_INIT("support"),
     .label = TEXT_INIT("our support team"),
     .max_callers = 6,
     .max_wait_ms = 90000,
     .hours = -1,
     .ageing_ms = 60000,
     .level_permille = 800,
     .level_ms = 20000,
     .update_ms = 30000,
     .keys = {0, '1', '2', '0'},
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_QUEUE, 1},
                   [QUEUE_WHEN_WAITED] = {OVERFLOW_VOICEMAIL, -1}}},
    {.name = TEXT_INIT("second"),
     .label = TEXT_INIT("the second line"),
     .max_callers = 4,
     .max_wait_ms = 60000,
     .hours = -1,
     .update_ms = 20000,
     .agent_helps = true,
     .priority = 1,
     .keys = {0, '1', '2', '0'},
     .overflows = {[QUEUE_WHEN_FULL] = {OVERFLOW_CHOICE, -1},
                   [QUEUE_WHEN_WAITED] = {OVERFLOW_CHOICE, -1}}},
};

static const struct plan_agent example_agents[] = {
    [DESK] = {.name = TEXT_INIT("front-desk"),
              .label = TEXT_INIT("the front desk"),
              .voice = TEXT_INIT("slt"),
              .greeting = TEXT_INIT("Thank you for calling. How can I help you today?"),
              .intents = example_desk_intents,
              .intent_count = 5,
              .general = DESK_GENERAL,
              .keys = example_desk_keys,
              .key_count = 3,
              .words = EXAMPLE_WORDS,
              .partings = EXAMPLE_PARTINGS,
              .fallback = {.kind = FALLBACK_AGENT,
                           .to = BILLING,
                           .say = TEXT_INIT("I will find someone who can help.")}},
    [BILLING] = {.name = TEXT_INIT("billing"),
                 .label = TEXT_INIT("billing"),
                 .voice = TEXT_INIT("rms"),
                 .greeting = TEXT_INIT(
                     "Billing here.[ This is about invoice {invoice}.] What is the matter?"),
                 .intents = example_specialist_intents,
                 .intent_count = 9,
                 .general = 8,
                 .words = EXAMPLE_WORDS,
              .partings = EXAMPLE_PARTINGS,
                 .fallback = {.kind = FALLBACK_GOODBYE, .to = -1}},
    [TECHNICAL] = {.name = TEXT_INIT("technical"),
                   .label = TEXT_INIT("technical support"),
                   .voice = TEXT_INIT("kal"),
                   .greeting = TEXT_INIT("Technical support.[ You said: {statement}.]"),
                   .intents = example_specialist_intents,
                   .intent_count = 9,
                   .general = 8,
                   .words = EXAMPLE_WORDS,
              .partings = EXAMPLE_PARTINGS,
                   .fallback = {.kind = FALLBACK_MESSAGE,
                                .to = -1,
                                .say = TEXT_INIT("Please call again later.")}},
};

static const struct plan_source example_sources[] = {
    {.address = {[10] = 0xff, 0xff, 192, 0, 2, 0}, .prefix_bits = 120}};
static const struct plan_trunk example_trunks[] = {
    {.name = TEXT_INIT("carrier"),
     .sources = example_sources,
     .source_count = 1,
     .host = TEXT_INIT("192.0.2.7"),
     .refer = true}};
static const int16_t example_outbound[] = {0};
static const struct plan_route example_routes[] = {
    {.number = TEXT_INIT("100"), .agent = DESK, .trunk = -1, .queue = -1},
    {.number = TEXT_INIT("2*"), .agent = BILLING, .trunk = -1, .queue = -1},
    {.number = TEXT_INIT("3*"), .agent = -1, .trunk = -1, .queue = -1, .forward_trunk = -1}};

__attribute__((unused)) static const struct plan example_plan = {
    .serial = 1,
    .agents = example_agents,
    .agent_count = 3,
    .trunks = example_trunks,
    .trunk_count = 1,
    .routes = example_routes,
    .route_count = 3,
    .queues = example_queues,
    .queue_count = 2,
    .outbound = example_outbound,
    .outbound_count = 1,
    .outbound_address = TEXT_INIT("203.0.113.1"),
    .spare_legs = 32,
    .media_threads = 2,
    .manners = {.end_of_turn_ms = 300,
                .end_of_turn_open_ms = 900,
                .silence_ms = 6000,
                .barge_in_decide_ms = 300,
                .understand_ms = 1500,
                .filler_after_ms = 800,
                .recognise_ms = 2000,
                .answer_ms = 8000,
                .longest_turn_ms = 30000,
                .longest_call_ms = 600000,
                .ring_ms = 30000,
                .no_audio_ms = 10000,
                .no_audio_end_ms = 60000,
                .unclear_permille = 400,
                .confirm_permille = 600,
                .word_confidence_permille = 250},
    .unavailable = {.paths = {PATH_VOICEMAIL, PATH_CALLBACK, PATH_VOICEMAIL}, .offer_ms = 10000},
    .voicemail = {.longest_ms = 120000, .silence_ms = 4000, .least_ms = 2000},
    .callbacks = {.agent = -1,
                  .trunk = -1,
                  .hours = -1,
                  .attempts = 3,
                  .again_ms = 60000,
                  .within_ms = 3600000,
                  .warn_ms = 600000},
    .max_calls = 100,
    .recogniser_places = 40,
    .refuse_late = true,
    .retry_after_s = 5,
    .rtp_first_port = 20000,
    .session_expires_s = 1800,
    .min_se_s = 90,
};

#endif

// SPDX-License-Identifier: Apache-2.0
/* mind_test.c - the limb's thread: commands in, one sound event a question out, whatever the
 * provider does. */
#include "mind/mind.h"

#include <math.h>
#include <string.h>

#include "check.h"
#include "core/command.h"
#include "mind/answer.h"
#include "mind/provider.h"
#include "office.h"

static const struct plan plan = {.serial = 1, .agents = &office_agent, .agent_count = 1};
static struct mailbox *events;
static struct mind *mind;
static uint8_t bytes[MAX_PACKED];
static struct event event;
static char why[200];

static void understand(uint32_t call, uint32_t turn, uint32_t slot, uint32_t agent,
                       struct text said)
{
    struct command command = {.kind = MIND_UNDERSTAND, .call = call, .leg = 7};

    command.understand.turn = turn;
    command.understand.plan = slot;
    command.understand.agent = agent;
    command.understand.text = said;
    command.understand.confidence_permille = 900;
    command.understand.asked = TEXT("How can I help you?");
    CHECK(command_post(mind_mailbox(mind), &command) == MAILBOX_OK);
}

static void next_event(void)
{
    size_t size;

    CHECK(mailbox_wait(events, 10000));
    size = mailbox_take(events, bytes, sizeof bytes);
    CHECK(size > 0 && event_unpack(bytes, size, &event));
    CHECK(event.kind == MIND_UNDERSTOOD);
}

static void given_mind(const struct mind_provider *provider)
{
    CHECK(mailbox_open(&events, "events", 65536) == 0);
    CHECK(mind_open_with(&mind, provider, NULL, NULL, events, why, sizeof why) == 0);
    CHECK(mind_prepare(mind, 0, &plan, why, sizeof why) == 0);
}

static void done(void)
{
    mind_close(mind);
    CHECK(mailbox_take(events, bytes, sizeof bytes) == 0);
    mailbox_close(events);
}

static void a_sentence_comes_back_understood(void)
{
    given_mind(&mind_embedded);
    understand(11, 3, 0, 0,
               TEXT("this is ridiculous i was charged twice on invoice four five one two"));
    next_event();
    CHECK(event.call == 11 && event.leg == 7 && event.understood.turn == 3 && event.at_ms > 0);
    CHECK(text_equal(event.understood.intent, TEXT("billing")));
    CHECK(event.understood.confidence_permille > 400);
    CHECK(event.understood.sentiment == SENTIMENT_FRUSTRATED);
    CHECK(text_equal(event.understood.entities, TEXT("invoice=4512\n")));
    CHECK(text_equal(event.understood.summary,
                     TEXT("A frustrated caller asks about billing (invoice 4512).")));
    done();
}

static bool is_undecided(void)
{
    return text_equal(event.understood.intent, TEXT("general")) &&
           event.understood.confidence_permille == 500 &&
           event.understood.sentiment == SENTIMENT_NEUTRAL && text_empty(event.understood.entities);
}

static void silence_and_unknown_slots_and_agents_are_general(void)
{
    given_mind(&mind_embedded);
    understand(1, 1, 0, 0, TEXT_EMPTY);
    next_event();
    CHECK(is_undecided());
    understand(1, 2, 5, 0, TEXT("i was charged twice"));
    next_event();
    CHECK(is_undecided());
    understand(1, 3, 0, 63, TEXT("i was charged twice"));
    next_event();
    CHECK(is_undecided());
    understand(1, 4, 4000000000u, 4000000000u, TEXT("i was charged twice"));
    next_event();
    CHECK(is_undecided());
    done();
}

static void a_forgotten_plan_is_read_no_more_and_its_slot_can_be_used_again(void)
{
    given_mind(&mind_embedded);
    for (uint32_t turn = 1; turn <= 20; turn++)
        understand(turn, turn, 0, 0, TEXT("my internet is down"));
    mind_forget(mind, 0);
    while (mailbox_take(events, bytes, sizeof bytes) > 0)
        ;
    understand(1, 30, 0, 0, TEXT("my internet is down"));
    next_event();
    CHECK(event.understood.turn == 30 && is_undecided());
    CHECK(mind_prepare(mind, 0, &plan, why, sizeof why) == 0);
    understand(1, 31, 0, 0, TEXT("my internet is down"));
    next_event();
    CHECK(text_equal(event.understood.intent, TEXT("technical")));
    done();
}

/* A provider as a network model could be: answers whatever it was told to, or keeps its tickets for
 * later. */
static struct {
    struct mind_sink sink;
    struct mind_answer answer;
    bool later;
    uint32_t tickets[8], ticket_count, cancelled;
} model;

static int model_open(void **out, const struct mind_sink *sink, char *reason, uint32_t size)
{
    (void)reason;
    (void)size;
    model.sink = *sink;
    *out = &model;
    return 0;
}

static void model_close(void *provider)
{
    (void)provider;
}

static int model_prepare(void *provider, uint32_t slot, const struct plan *p, char *reason,
                         uint32_t size)
{
    (void)provider, (void)slot, (void)p, (void)reason, (void)size;
    return 0;
}

static void model_forget(void *provider, uint32_t slot)
{
    (void)provider, (void)slot;
}

/* When told to be late, it answers the question before with the question at hand. */
static void model_ask(void *provider, uint32_t ticket, const struct mind_question *question)
{
    (void)provider;
    if (text_equal(question->text, TEXT("late"))) {
        model.tickets[model.ticket_count++] = ticket;
        return;
    }
    for (uint32_t i = 0; i < model.ticket_count; i++)
        model.sink.answered(model.sink.mind, model.tickets[i], &model.answer);
    model.sink.answered(model.sink.mind, ticket, &model.answer);
    model.sink.answered(model.sink.mind, ticket, &model.answer);
}

static void model_cancel(void *provider, uint32_t ticket)
{
    (void)provider, (void)ticket;
    model.cancelled++;
}

static const struct mind_provider network_like = {.name = "network-like",
                                                  .open = model_open,
                                                  .close = model_close,
                                                  .prepare = model_prepare,
                                                  .forget = model_forget,
                                                  .ask = model_ask,
                                                  .cancel = model_cancel};

static void malformed_answers_become_general_at_500(void)
{
    static char garbage[65536];
    const double confidences[] = {NAN, -0.1, 1.01, INFINITY, 1e300};

    memset(garbage, 0xFE, sizeof garbage);
    memset(&model, 0, sizeof model);
    given_mind(&network_like);
    model.answer.intent = (struct text){garbage, sizeof garbage};
    model.answer.entities = model.answer.summary = model.answer.sentiment = model.answer.intent;
    understand(1, 1, 0, 0, TEXT("hello"));
    next_event();
    CHECK(is_undecided() && text_empty(event.understood.summary));
    for (size_t i = 0; i < sizeof confidences / sizeof *confidences; i++) {
        model.answer.intent = TEXT("billing");
        model.answer.confidence = confidences[i];
        understand(1, 2, 0, 0, TEXT("hello"));
        next_event();
        CHECK(is_undecided());
    }
    model.answer = (struct mind_answer){.failed = true};
    understand(1, 3, 0, 0, TEXT("hello"));
    next_event();
    CHECK(is_undecided());
    done();
}

static void what_is_sound_in_an_answer_stays_and_the_rest_is_left_out(void)
{
    memset(&model, 0, sizeof model);
    given_mind(&network_like);
    model.answer = (struct mind_answer){
        .intent = TEXT("Billing"),
        .confidence = 0.75,
        .sentiment = TEXT("ecstatic"),
        .entities = TEXT("invoice=45\x01"
                         "12\nevil=1\nerror=\x01\x02\nproduct=\x01 "
                         "tv\ninvoice=9\n\n=\naccount\namount=\xFF$5\nsummary=x"),
        .summary = TEXT("Line one\nline\x02 two caf\xC3\xA9 \xC3")};
    understand(1, 1, 0, 0, TEXT("hello"));
    next_event();
    CHECK(text_equal(event.understood.intent, TEXT("billing")) &&
          event.understood.confidence_permille == 750);
    CHECK(event.understood.sentiment == SENTIMENT_NEUTRAL);
    CHECK(text_equal(event.understood.entities, TEXT("invoice=4512\nproduct=tv\namount=$5\n")));
    CHECK(text_equal(event.understood.summary, TEXT("Line one line two caf\xC3\xA9 ")));
    done();
}

static void late_doubled_and_cancelled_answers_are_dropped(void)
{
    struct command cancel = {.kind = MIND_CANCEL, .call = 1};

    memset(&model, 0, sizeof model);
    given_mind(&network_like);
    model.answer = (struct mind_answer){.intent = TEXT("sales"), .confidence = 1};
    understand(1, 1, 0, 0, TEXT("late"));
    understand(2, 2, 0, 0, TEXT("late"));
    CHECK(command_post(mind_mailbox(mind), &cancel) == MAILBOX_OK);
    understand(3, 3, 0, 0, TEXT("now"));
    do
        next_event();
    while (event.call != 3 && event.call == 2);
    CHECK(event.call == 3 && event.understood.turn == 3);
    understand(4, 4, 0, 0, TEXT("now"));
    next_event();
    CHECK(event.call == 4);
    done();
}

static void a_new_question_of_a_call_replaces_the_one_before(void)
{
    memset(&model, 0, sizeof model);
    given_mind(&network_like);
    model.answer = (struct mind_answer){.intent = TEXT("sales"), .confidence = 1};
    understand(1, 1, 0, 0, TEXT("late"));
    understand(1, 2, 0, 0, TEXT("now"));
    next_event();
    CHECK(event.call == 1 && event.understood.turn == 2);
    done();
}

int main(void)
{
    RUN(a_sentence_comes_back_understood);
    RUN(silence_and_unknown_slots_and_agents_are_general);
    RUN(a_forgotten_plan_is_read_no_more_and_its_slot_can_be_used_again);
    RUN(malformed_answers_become_general_at_500);
    RUN(what_is_sound_in_an_answer_stays_and_the_rest_is_left_out);
    RUN(late_doubled_and_cancelled_answers_are_dropped);
    RUN(a_new_question_of_a_call_replaces_the_one_before);
    return 0;
}

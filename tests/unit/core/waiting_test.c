// SPDX-License-Identifier: Apache-2.0
/* waiting_test.c - a caller in a queue: what is heard, and every way out of it. */
#include <string.h>

#include "check.h"
#include "core/waiting.h"
#include "scene.h"

static struct plan_queue queues[2];
static struct plan_route routes[1];

/* Two queues; the number leads into the first. */
static void begin(void)
{
    scene_begin(4);
    struct plan *plan = scene_plan();
    memcpy(queues, plan->queues, sizeof(queues));
    routes[0] = plan->routes[0];
    routes[0].queue = 0;
    plan->queues = queues;
    plan->routes = routes;
    plan->route_count = 1;
}

static const struct command *passage(enum queue_what what)
{
    const struct command *command = scene_command(STORE_QUEUE);

    return command && command->queue.what == what ? command : NULL;
}

static bool hears(const char *words)
{
    return strstr(scene_words(), words) != NULL;
}

static bool music_is_asked_for(void)
{
    const struct command *say = scene_command(SPEECH_SAY);

    return say && text_equal(say->say.voice, TEXT("music"));
}

/* In the queue, words said, music heard. */
static void waits(void)
{
    scene_call();
    scene_said();
    CHECK(music_is_asked_for());
    scene_ready();
    CHECK(scene_command(MEDIA_PLAY)->play.loop);
}

static void who_enters_hears_the_place_and_the_wait_then_music(void)
{
    begin();
    scene_call();
    CHECK(passage(QUEUE_JOINED)->queue.position == 1 && !passage(QUEUE_JOINED)->queue.told);
    CHECK(hears("You are next in line") && hears("The expected wait is not known yet"));
    CHECK(hears("Press 0 or say go back") && hears("Press 2 or say voicemail"));
    CHECK(!hears("How can I help you today"));
    scene_said();
    CHECK(music_is_asked_for() && !scene_command(SIP_REINVITE)); /* We go on listening. */
    scene_ready();
    CHECK(scene_command(MEDIA_PLAY)->play.loop);
    scene_end();
}

static void music_that_cannot_be_made_is_a_chime(void)
{
    begin();
    queues[0].music = TEXT("/music/gone.wav");
    scene_call();
    scene_said();
    const struct command *say = scene_command(SPEECH_SAY);
    CHECK(text_equal(say->say.text, TEXT("/music/gone.wav")));
    scene_voice_failed(say->say.utterance, PROVIDER_EMBEDDED);
    say = scene_command(SPEECH_SAY);
    CHECK(say && text_equal(say->say.text, TEXT("chime")) && music_is_asked_for());
    scene_voice_failed(say->say.utterance, PROVIDER_EMBEDDED);
    CHECK(!scene_command(SPEECH_SAY)); /* Not for ever. */
    scene_end();
}

static void an_update_comes_in_time_and_the_music_makes_room(void)
{
    begin();
    waits();
    scene_wait(30500);
    CHECK(hears("You are next in line"));
    scene_ready();
    CHECK(scene_command(MEDIA_FLUSH) && !scene_command(MEDIA_PLAY)->play.loop);
    scene_said();
    CHECK(music_is_asked_for());
    scene_end();
}

static void a_key_or_a_word_leads_back_to_the_agent(void)
{
    begin();
    waits();
    scene_key('0');
    CHECK(passage(QUEUE_LEFT) && scene_command(MEDIA_FLUSH) && hears("back with you"));
    /* To the queue, whatever the agent's own keys mean. */
    CHECK(text_equal(scene_command(STORE_KEY)->key.meaning, TEXT("agent")));
    scene_said();
    CHECK(!music_is_asked_for());
    scene_end();
    begin();
    waits();
    scene_says("could i go back please");
    CHECK(passage(QUEUE_LEFT) && hears("back with you"));
    scene_end();
}

static void a_word_leads_to_a_message_or_a_promise(void)
{
    begin();
    waits();
    scene_says("i will leave a message");
    CHECK(passage(QUEUE_LEFT) && hears("Speak after the beep"));
    scene_end();
    begin();
    waits();
    scene_says("just call me back");
    CHECK(passage(QUEUE_LEFT) && hears("At "));
    scene_end();
}

static void other_words_keep_the_place_and_the_music_goes_on(void)
{
    begin();
    waits();
    scene_wait(1000);
    scene_says("is anybody there at all");
    CHECK(!scene_command(STORE_QUEUE) && hears("You keep your place in line, number 1"));
    scene_said();
    CHECK(music_is_asked_for());
    scene_ready();
    scene_says("come here and look"); /* To somebody else, soon after. */
    CHECK(!scene_command(STORE_QUEUE) && !scene_command(SPEECH_SAY));
    scene_end();
}

static void an_unknown_key_names_the_offers(void)
{
    begin();
    waits();
    scene_key('7');
    CHECK(hears("You keep your place") && !scene_command(STORE_QUEUE));
    scene_end();
}

static void hanging_up_is_abandoning(void)
{
    begin();
    waits();
    scene_wait(5000);
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(passage(QUEUE_ABANDONED)->queue.waited_ms >= 5000);
    CHECK(passage(QUEUE_ABANDONED)->queue.number == 1);
    scene_end();
}

static void who_has_waited_too_long_may_leave_a_message(void)
{
    begin();
    queues[0].max_wait_ms = 10000;
    waits();
    scene_wait(11000);
    CHECK(passage(QUEUE_OVERFLOWED) && hears("you have waited for long"));
    scene_said();
    CHECK(hears("Speak after the beep"));
    scene_end();
}

static void a_full_queue_leads_on_to_another(void)
{
    begin();
    queues[0].max_callers = 0;
    queues[1].agent_helps = false;
    scene_call();
    CHECK(scene_count(STORE_QUEUE) == 2); /* Overflowed from one, joined the other. */
    CHECK(text_equal(passage(QUEUE_JOINED)->queue.queue, TEXT("second")));
    CHECK(passage(QUEUE_JOINED)->queue.number == 2);
    scene_end();
}

static void outside_its_hours_nobody_enters_and_the_call_ends_politely(void)
{
    static const struct plan_hours never = {.name = TEXT_INIT("never")};

    begin();
    scene_plan()->hours = &never;
    scene_plan()->hours_count = 1;
    queues[0].hours = 0;
    queues[0].overflows[QUEUE_WHEN_CLOSED].kind = OVERFLOW_GOODBYE;
    scene_call();
    CHECK(passage(QUEUE_OVERFLOWED) && hears("is closed at this time") && hears("Good-bye"));
    scene_said();
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void nobody_on_duty_is_told_when_the_queue_wants_it(void)
{
    begin();
    queues[0].overflows[QUEUE_WHEN_NOBODY].kind = OVERFLOW_AGENT;
    queues[0].overflows[QUEUE_WHEN_NOBODY].to = -1;
    scene_call();
    CHECK(passage(QUEUE_OVERFLOWED) && hears("nobody is available") && hears("back with you"));
    scene_end();
}

static void a_listed_number_has_its_priority(void)
{
    static const struct text numbers[] = {TEXT_INIT("+4179*"), TEXT_INIT("*")};
    static const struct plan_vip vips[] = {{.numbers = numbers, .number_count = 2, .priority = 7}};

    begin();
    scene_plan()->vips = vips;
    scene_plan()->vip_count = 1;
    scene_call();
    CHECK(passage(QUEUE_JOINED)->queue.priority == 7);
    scene_end();
}

static void the_agent_goes_on_helping_where_the_queue_says_so(void)
{
    begin();
    routes[0].queue = 1;
    scene_call();
    scene_said();
    CHECK(!music_is_asked_for()); /* The caller may speak first. */
    scene_wait(6100);
    CHECK(music_is_asked_for());
    scene_ready();
    scene_says("when are you open");
    scene_understood("hours", 900, SENTIMENT_NEUTRAL, "");
    CHECK(hears("We are open from nine to five.") && !scene_command(STORE_QUEUE));
    scene_end();
}

/* A person will come: the agent's failures do not cost the place. */
static void an_agent_that_cannot_help_leaves_the_caller_in_the_queue(void)
{
    begin();
    routes[0].queue = 1;
    scene_call();
    scene_said();
    for (int i = 0; i < 2; i++) {
        CHECK(!music_is_asked_for());
        scene_says("mumble");
        scene_understood("general", 100, SENTIMENT_NEUTRAL, "");
        CHECK(!scene_command(STORE_QUEUE));
        if (i == 0)
            scene_said();
    }
    CHECK(music_is_asked_for());
    scene_end();
}

static void what_is_known_late_counts_from_then_on(void)
{
    begin();
    scene_plan()->lookup =
        (struct plan_lookup){.url = TEXT("https://crm.example.net/{caller}"), .budget_ms = 800};
    waits();
    scene_event((struct event){.kind = LOOKUP_DONE,
                               .call = scene_call_id(),
                               .lookup = {.ms = 700, .facts = TEXT("priority=8\n")}});
    CHECK(waiting_entries(scene_core())[0].priority == 8);
    scene_end();
}

static void a_queue_shows_who_waits(void)
{
    struct queue_row row;

    begin();
    waits();
    scene_wait(3000);
    CHECK(core_queue(scene_core(), 0, scene_now(), 0, &row));
    CHECK(row.waiting == 1 && row.longest_ms >= 3000 && row.open && !row.next.known);
    CHECK(row.hour.entered == 1 && row.staff.on_duty == 0);
    CHECK(core_queue(scene_core(), 1, scene_now(), 0, &row) && row.waiting == 0);
    CHECK(!core_queue(scene_core(), 2, scene_now(), 0, &row));
    scene_end();
}

/* Asked after ten seconds in the queue. */
static void is_asked(void)
{
    begin();
    queues[0].max_wait_ms = 10000;
    queues[0].overflows[QUEUE_WHEN_WAITED].kind = OVERFLOW_CHOICE;
    waits();
    scene_wait(11000);
    CHECK(passage(QUEUE_OVERFLOWED) && hears("One for a callback, two to hold."));
    CHECK(scene_command(MEDIA_FLUSH) || !scene_command(MEDIA_PLAY)); /* No music over the words. */
    scene_said();
}

/* Back in the queue, before who came meanwhile. */
static void holds(void)
{
    struct queue_row row;

    CHECK(passage(QUEUE_JOINED)->queue.position == 1 && passage(QUEUE_JOINED)->queue.number == 2);
    CHECK(hears("You are next in line"));
    CHECK(core_queue(scene_core(), 0, scene_now(), 0, &row) && row.waiting == 1);
    CHECK(row.longest_ms >= 11000); /* The place is the old one. */
    scene_said();
    CHECK(music_is_asked_for());
    scene_ready();
    scene_wait(11000);
    CHECK(passage(QUEUE_OVERFLOWED) && hears("two to hold")); /* And asked again. */
    scene_end();
}

static void who_holds_by_a_key_or_a_word_keeps_the_place(void)
{
    is_asked();
    scene_key('2');
    holds();
    is_asked();
    scene_says("i would rather hold");
    holds();
}

static void who_is_asked_may_choose_a_callback_by_a_key_or_a_word(void)
{
    is_asked();
    scene_key('1');
    CHECK(!passage(QUEUE_JOINED) && hears("At "));
    scene_end();
    is_asked();
    scene_says("please call me back");
    CHECK(!passage(QUEUE_JOINED) && hears("At "));
    scene_said();
    scene_key('1');
    CHECK(text_equal(scene_command(STORE_TASK)->task.queue, TEXT("support")));
    scene_end();
}

static void who_says_nothing_is_led_by_the_path_of_capacity(void)
{
    is_asked();
    scene_wait(10001);
    CHECK(!passage(QUEUE_JOINED) && hears("At ")); /* A callback. */
    scene_end();
    is_asked();
    scene_plan()->unavailable.paths[UNAVAILABLE_CAPACITY] = PATH_HOLD;
    scene_wait(10001);
    holds();
}

/* Each cause has words of its own, and a name in the account. */
static void nobody_on_duty_is_told_and_a_message_taken(void)
{
    begin();
    queues[0].overflows[QUEUE_WHEN_NOBODY].kind = OVERFLOW_UNAVAILABLE;
    scene_plan()->unavailable.paths[UNAVAILABLE_AGENT] = PATH_VOICEMAIL;
    scene_call();
    CHECK(passage(QUEUE_OVERFLOWED) && text_equal(passage(QUEUE_OVERFLOWED)->queue.why, TEXT("nobody is on duty")));
    CHECK(hears("Nobody is there."));
    scene_said();
    CHECK(hears("Speak after the beep."));
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg()});
    CHECK(text_equal(scene_command(STORE_CALL_CLOSED)->closed.detail, TEXT("agent unavailable")));
    scene_end();
}

static void who_may_hold_though_nobody_is_on_duty_waits_and_is_not_called_unserved(void)
{
    begin();
    queues[0].overflows[QUEUE_WHEN_CLOSED].kind = OVERFLOW_UNAVAILABLE;
    queues[0].overflows[QUEUE_WHEN_NOBODY].kind = OVERFLOW_UNAVAILABLE;
    scene_plan()->unavailable.paths[UNAVAILABLE_AGENT] = PATH_HOLD;
    scene_call();
    CHECK(hears("Nobody is there."));
    scene_said();
    CHECK(passage(QUEUE_JOINED)->queue.position == 1);
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg()});
    CHECK(text_empty(scene_command(STORE_CALL_CLOSED)->closed.detail));
    scene_end();
}

static void another_key_asks_again(void)
{
    is_asked();
    scene_key('7');
    CHECK(hears("two to hold") && !scene_command(STORE_QUEUE));
    scene_end();
}

static void who_hangs_up_while_asked_is_in_no_queue(void)
{
    struct queue_row row;

    is_asked();
    scene_event((struct event){.kind = SIP_BYE, .sip.dialog = scene_dialog()});
    CHECK(core_queue(scene_core(), 0, scene_now(), 0, &row) && row.waiting == 0);
    scene_end();
}

static void who_holds_on_a_full_queue_waits_in_it(void)
{
    begin();
    queues[0].max_callers = 0;
    queues[0].overflows[QUEUE_WHEN_FULL].kind = OVERFLOW_CHOICE;
    scene_call();
    CHECK(passage(QUEUE_OVERFLOWED) && hears("two to hold"));
    scene_said();
    scene_wait(5000);
    scene_key('2');
    CHECK(passage(QUEUE_JOINED)->queue.position == 1 && hears("You are next in line"));
    scene_end();
}

static uint32_t longest_of(const char *queue)
{
    struct event known = {.kind = STORE_TASK_KNOWN};
    struct queue_row row;

    begin();
    known.task.ref = TEXT("0190-aa");
    known.task.number = 1;
    known.task.party = TEXT("+14155550123");
    known.task.queue = text_of(queue);
    known.task.promised_ms = known.task.from_ms = UINT64_C(1700000000000) - 600000;
    known.task.next_ms = known.task.until_ms = UINT64_C(1700000000000) + 3600000;
    scene_event(known);
    scene_call();
    CHECK(core_queue(scene_core(), 0, scene_now(), 0, &row) && row.waiting == 1);
    scene_end();
    return row.longest_ms;
}

static void whom_we_owe_a_callback_and_who_rings_first_has_the_place_of_the_promise(void)
{
    CHECK(longest_of("support") >= 600000);
    CHECK(longest_of("second") < 1000);
}

int main(void)
{
    RUN(whom_we_owe_a_callback_and_who_rings_first_has_the_place_of_the_promise);
    RUN(who_holds_by_a_key_or_a_word_keeps_the_place);
    RUN(who_is_asked_may_choose_a_callback_by_a_key_or_a_word);
    RUN(who_says_nothing_is_led_by_the_path_of_capacity);
    RUN(nobody_on_duty_is_told_and_a_message_taken);
    RUN(who_may_hold_though_nobody_is_on_duty_waits_and_is_not_called_unserved);
    RUN(another_key_asks_again);
    RUN(who_hangs_up_while_asked_is_in_no_queue);
    RUN(who_holds_on_a_full_queue_waits_in_it);
    RUN(who_enters_hears_the_place_and_the_wait_then_music);
    RUN(music_that_cannot_be_made_is_a_chime);
    RUN(an_update_comes_in_time_and_the_music_makes_room);
    RUN(a_key_or_a_word_leads_back_to_the_agent);
    RUN(a_word_leads_to_a_message_or_a_promise);
    RUN(other_words_keep_the_place_and_the_music_goes_on);
    RUN(an_unknown_key_names_the_offers);
    RUN(hanging_up_is_abandoning);
    RUN(who_has_waited_too_long_may_leave_a_message);
    RUN(a_full_queue_leads_on_to_another);
    RUN(outside_its_hours_nobody_enters_and_the_call_ends_politely);
    RUN(nobody_on_duty_is_told_when_the_queue_wants_it);
    RUN(a_listed_number_has_its_priority);
    RUN(the_agent_goes_on_helping_where_the_queue_says_so);
    RUN(an_agent_that_cannot_help_leaves_the_caller_in_the_queue);
    RUN(what_is_known_late_counts_from_then_on);
    RUN(a_queue_shows_who_waits);
    return 0;
}

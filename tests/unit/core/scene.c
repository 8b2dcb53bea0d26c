// SPDX-License-Identifier: Apache-2.0
/* scene.c - the least of a world: a clock, timers, and what is playing. */
#include "scene.h"

#include <stdlib.h>
#include <string.h>

#include "../../sim/example_models.h"
#include "base/wheel.h"
#include "check.h"
#include "core/slots.h"

enum { CALLS = 8, SPARE = 4, DIALOG = 0x10001, PLAYING = 16 };

static const char usual_sdp[] =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 8 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

static struct {
    struct core *core;
    struct wheel *wheel;
    struct plan plan;
    struct commands out, last; /* last: all commands since the last scene_ function was called. */
    uint64_t now_ms, clock_ms;
    uint32_t leg, call, utterance, clip, playing[PLAYING], playing_count, turn, thought;
    char words[4096];
    void (*watch)(const struct command *command);
} s;

static void keep(const struct command *command)
{
    bool houses = command->kind == TIMER_SET && command->call == 0; /* Too many in a long wait. */
    struct command *kept = &s.last.items[s.last.count % COMMANDS_A_STEP];
    static uint8_t packed[256][MAX_PACKED];
    static uint32_t next;
    uint8_t *bytes = packed[next++ % 256];
    size_t size = command_pack(command, bytes, MAX_PACKED);

    CHECK(size > 0 && command_unpack(bytes, size, kept)); /* Texts live until 256 commands later. */
    s.last.count += !houses;
    if (s.watch)
        s.watch(kept);
    uint32_t timer = slot_of(command->call) * TIMER_KINDS + command->timer.kind;
    if (command->kind == TIMER_SET)
        wheel_set(s.wheel, timer, command->timer.at_ms,
                  (uint64_t)command->call << 32 | command->timer.serial);
    else if (command->kind == TIMER_CANCEL)
        wheel_cancel(s.wheel, timer);
    if (command->leg)
        s.leg = command->leg;
    if (command->call)
        s.call = command->call;
    if (command->kind == SPEECH_SAY)
        s.utterance = command->say.utterance;
    if (command->kind == MEDIA_PLAY)
        s.playing[s.playing_count < PLAYING ? s.playing_count++ : PLAYING - 1] =
            command->play.utterance;
    if (command->kind == SPEECH_FINISH)
        s.turn = command->finish.turn;
    if (command->kind == MIND_UNDERSTAND)
        s.turn = command->understand.turn;
    if (command->kind == MIND_THINK)
        s.thought = command->think.turn;
}

static void step(struct event event)
{
    char why[256];
    struct text_buffer buffer;

    event.now_ms = s.now_ms;
    event.wall_ms = 1700000000000 + s.now_ms + s.clock_ms;
    if (event.at_ms == 0)
        event.at_ms = s.now_ms;
    core_step(s.core, &event, &s.out);
    for (uint32_t i = 0; i < s.out.count; i++)
        keep(&s.out.items[i]);
    text_buffer_init(&buffer, why, sizeof(why));
    bool sound = core_check(s.core, &buffer);
    if (!sound)
        printf("# " TEXT_FORMAT "\n", TEXT_ARGS(text_view(&buffer)));
    CHECK(sound);
}

static void fire_due(void)
{
    uint32_t number;
    uint64_t key;

    while (wheel_take(s.wheel, s.now_ms, &number, &key)) {
        struct event event = {.kind = TIMER_FIRED, .call = (uint32_t)(key >> 32)};
        event.timer.kind = (enum timer_kind)(number % TIMER_KINDS);
        event.timer.serial = (uint32_t)key;
        step(event);
    }
}

void scene_begin(uint32_t places)
{
    memset(&s, 0, sizeof(s));
    s.plan = example_plan;
    s.plan.recogniser_places = (uint16_t)places;
    s.core = core_init(calloc(1, core_size(CALLS, SPARE)), CALLS, SPARE);
    s.wheel = wheel_init(calloc(1, wheel_size(CALLS * TIMER_KINDS)), CALLS * TIMER_KINDS);
    s.now_ms = 1000;
    core_set_plan(s.core, 0, &s.plan);
    step((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
}

void scene_end(void)
{
    free(s.core);
    free(s.wheel);
}

void scene_event(struct event event)
{
    s.last.count = 0;
    step(event);
}

void scene_clock(uint64_t ms)
{
    s.clock_ms += ms;
}

static void invite(const char *to, const char *sdp, const char *user)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = DIALOG;
    event.invite.seed = 42;
    event.invite.source = TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = TEXT("+14155550123");
    event.invite.hops = 70;
    event.invite.to = text_of(to);
    event.invite.user = text_of(user);
    event.invite.sdp = text_of(sdp ? sdp : usual_sdp);
    scene_event(event);
}

void scene_invite(const char *to, const char *sdp)
{
    invite(to, sdp, NULL);
}

void scene_invite_by(const char *user)
{
    invite("100", NULL, user);
}

void scene_call(void)
{
    scene_invite("100", NULL);
    step((struct event){.kind = STORE_OPENED, .call = s.call, .leg = s.leg});
    s.last.count = 0;
    step((struct event){.kind = SIP_ACKED, .sip.dialog = DIALOG});
}

void scene_listening(void)
{
    scene_call();
    scene_said();
}

void scene_wait(uint64_t ms)
{
    s.last.count = 0;
    for (uint64_t until_ms = s.now_ms + ms; s.now_ms < until_ms; s.now_ms++)
        fire_due();
    fire_due();
}

void scene_voice(bool on)
{
    struct event event = {.kind = MEDIA_VOICE, .leg = s.leg};

    event.voice.voiced = on;
    event.voice.edge_ms = s.now_ms;
    scene_event(event);
}

void scene_partial(const char *words)
{
    struct event event = {.kind = SPEECH_PARTIAL, .leg = s.leg};

    event.heard.text = text_of(words);
    event.heard.confidence_permille = 800;
    scene_event(event);
}

void scene_final(const char *words)
{
    scene_final_at(words, 800);
}

void scene_final_at(const char *words, uint16_t confidence_permille)
{
    scene_final_sounding(words, confidence_permille, 0);
}

void scene_final_sounding(const char *words, uint16_t confidence_permille, uint16_t listening)
{
    struct event event = {.kind = SPEECH_FINAL, .leg = s.leg};

    event.heard.turn = s.turn;
    event.heard.text = text_of(words);
    event.heard.confidence_permille = confidence_permille;
    event.heard.listening = listening;
    scene_event(event);
}

void scene_understood(const char *intent, uint16_t confidence_permille, enum sentiment sentiment,
                      const char *entities)
{
    struct event event = {.kind = MIND_UNDERSTOOD, .call = s.call, .leg = s.leg};

    event.understood.turn = s.turn;
    event.understood.intent = text_of(intent);
    event.understood.confidence_permille = confidence_permille;
    event.understood.sentiment = sentiment;
    event.understood.entities = text_of(entities);
    scene_event(event);
}

/* ---- Models ---- */

void scene_models(void)
{
    static struct plan_agent agents[3];

    example_with_models(&s.plan, agents);
    step((struct event){.kind = PLAN_LOADED, .plan = {0, 1}});
}

static void mind(enum event_kind kind, struct event event)
{
    event.kind = kind;
    event.call = s.call;
    event.leg = s.leg;
    event.mind.turn = s.thought;
    scene_event(event);
}

void scene_clause(const char *words)
{
    mind(MIND_SAYS, (struct event){.mind.text = text_of(words), .mind.first_token_ms = s.now_ms});
}

void scene_session(uint32_t session, int provider)
{
    struct event event = {.kind = SPEECH_SESSION, .leg = s.leg};

    event.session.session = session;
    event.session.provider = provider;
    scene_event(event);
}

void scene_sounds(uint32_t clip)
{
    mind(MIND_SOUNDS, (struct event){.mind.clip = clip, .mind.first_token_ms = s.now_ms});
}

void scene_spoken(uint32_t clip, const char *words)
{
    mind(MIND_SAYS, (struct event){.mind.clip = clip, .mind.text = text_of(words)});
}

void scene_writes(void)
{
    mind(MIND_WRITES, (struct event){.mind.first_token_ms = s.now_ms});
}

void scene_thought(void)
{
    mind(MIND_DONE, (struct event){.mind.tokens_in = 100, .mind.tokens_out = 10});
}

void scene_mind_failed(void)
{
    mind(MIND_FAILED, (struct event){.mind.status = 500, .mind.why = TEXT("it said 500")});
}

void scene_mind_refused(uint32_t retry_after_s)
{
    mind(MIND_FAILED, (struct event){.mind.status = 429,
                                     .mind.retry_after_s = retry_after_s,
                                     .mind.why = TEXT("too many requests")});
}

void scene_tool(uint32_t number, const char *name, const char *arguments)
{
    mind(MIND_TOOL, (struct event){.mind.number = number,
                                   .mind.name = text_of(name),
                                   .mind.arguments = text_of(arguments)});
}

void scene_tool_done(uint32_t number, uint32_t attempt, enum tool_outcome outcome, const char *text)
{
    struct event event = {.kind = TOOL_DONE, .call = s.call, .leg = s.leg};

    event.tool.turn = s.thought;
    event.tool.number = number;
    event.tool.attempt = attempt;
    event.tool.outcome = outcome;
    event.tool.text = text_of(text);
    scene_event(event);
}

void scene_noted(uint32_t number)
{
    struct event event = {.kind = STORE_NOTED, .call = s.call, .leg = s.leg};

    event.noted.turn = s.thought;
    event.noted.number = number;
    scene_event(event);
}

void scene_turn(enum turn_fact what, const char *words)
{
    struct event event = {.kind = SPEECH_TURN, .leg = s.leg};

    event.turning.what = what;
    event.turning.text = text_of(words);
    scene_event(event);
}

void scene_voice_failed(uint32_t utterance, int provider)
{
    struct event event = {.kind = SPEECH_FAILED, .leg = s.leg};

    event.speech.utterance = utterance;
    event.speech.provider = provider;
    event.speech.why = TEXT("it hung up");
    scene_event(event);
}

void scene_key(char key)
{
    struct event event = {.kind = MEDIA_KEY, .leg = s.leg};

    event.key.key = key;
    scene_event(event);
}

static void ready(uint32_t utterance)
{
    struct event event = {.kind = SPEECH_READY, .leg = s.leg};

    event.speech.utterance = utterance;
    event.speech.clip = ++s.clip;
    step(event);
}

void scene_ready(void)
{
    s.last.count = 0;
    ready(s.utterance);
}

void scene_played(uint32_t heard_ms, uint32_t total_ms)
{
    struct event event = {.kind = MEDIA_PLAYED, .leg = s.leg};

    CHECK(s.playing_count > 0);
    event.played.utterance = s.playing[0];
    event.played.heard_ms = heard_ms;
    event.played.total_ms = total_ms;
    event.played.finished = heard_ms == total_ms;
    s.playing_count--;
    memmove(s.playing, s.playing + 1, s.playing_count * sizeof(s.playing[0]));
    scene_event(event);
}

void scene_flushed(uint32_t heard_ms)
{
    struct event event = {.kind = MEDIA_PLAYED, .leg = s.leg};

    CHECK(s.playing_count > 0);
    event.played.utterance = s.playing[0];
    event.played.heard_ms = heard_ms;
    s.playing_count--;
    memmove(s.playing, s.playing + 1, s.playing_count * sizeof(s.playing[0]));
    scene_event(event);
}

void scene_said(void)
{
    uint32_t last = s.utterance;

    for (uint32_t utterance = last > 4 ? last - 4 : 1; utterance <= last; utterance++)
        ready(utterance);
    while (s.playing_count > 0)
        scene_played(2000, 2000);
}

void scene_says(const char *words)
{
    scene_voice(true);
    s.now_ms += 400;
    scene_partial(words);
    s.now_ms += 600;
    scene_voice(false);
    scene_wait(1000);
    scene_final(words);
}

const struct command *scene_command(enum command_kind kind)
{
    for (uint32_t i = s.last.count; i > 0; i--)
        if (s.last.items[i - 1].kind == kind)
            return &s.last.items[i - 1];
    return NULL;
}

uint32_t scene_count(enum command_kind kind)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < s.last.count; i++)
        count += s.last.items[i].kind == kind;
    return count;
}

void scene_watch(void (*watch)(const struct command *command))
{
    s.watch = watch;
}

uint64_t scene_now(void)
{
    return s.now_ms;
}

const char *scene_words(void)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, s.words, sizeof(s.words) - 1);
    for (uint32_t i = 0; i < s.last.count; i++) {
        if (s.last.items[i].kind != SPEECH_SAY)
            continue;
        if (buffer.size > 0)
            text_append(&buffer, TEXT(" | "));
        text_append(&buffer, s.last.items[i].say.text);
    }
    s.words[buffer.size] = 0;
    return s.words;
}

uint32_t scene_dialog(void)
{
    return DIALOG;
}

struct core *scene_core(void)
{
    return s.core;
}

uint32_t scene_leg(void)
{
    return s.leg;
}

uint32_t scene_call_id(void)
{
    return s.call;
}

struct plan *scene_plan(void)
{
    return &s.plan;
}

// SPDX-License-Identifier: Apache-2.0
/* bridged_test.c - two people who are joined: one holds the other, and back; both are overheard. */
#include <string.h>

#include "check.h"
#include "scene.h"

enum { FAR = 0x20002 };

static uint32_t near, far, utterance;
static enum overhear whom; /* Before joined(). */
static char listened[256]; /* Who is listened to, and who is not any more. */
static char told[512];       /* Holds, in the account's words. */

static void note(const struct command *c)
{
    uint32_t used = (uint32_t)strlen(told);

    if (c->kind == SPEECH_SAY)
        utterance = c->say.utterance;
    uint32_t listens = (uint32_t)strlen(listened);

    if (c->kind == SPEECH_LISTEN || c->kind == SPEECH_STOP)
        snprintf(listened + listens, sizeof(listened) - listens, "%c%s ",
                 c->kind == SPEECH_LISTEN ? '+' : '-', c->leg == near ? "near" : "far");
    if (c->kind == STORE_HOLD)
        snprintf(told + used, sizeof(told) - used, "%u " TEXT_FORMAT " %s; ", c->held.number,
                 TEXT_ARGS(c->held.role), c->held.holds ? "holds" : "resumes");
}

static void of_dialog(enum event_kind kind, uint32_t dialog, uint16_t status, const char *sdp)
{
    struct event event = {.kind = kind, .leg = near};

    event.sip.dialog = dialog;
    event.sip.status = status;
    event.sip.sdp = text_of(sdp);
    scene_event(event);
}

/* They say how sound goes from now on. */
static void offers(uint32_t dialog, const char *way)
{
    struct event event = {.kind = SIP_REINVITED};
    char sdp[256];
    static int version;

    if (strcmp(way, "0.0.0.0") == 0)
        snprintf(sdp, sizeof(sdp),
                 "v=0\r\no=- 1 %d IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
                 "m=audio 6000 RTP/AVP 0\r\n",
                 ++version);
    else
        snprintf(sdp, sizeof(sdp),
                 "v=0\r\no=- 1 %d IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                 "m=audio %s RTP/AVP 0\r\na=%s\r\n",
                 ++version, strcmp(way, "gone") ? "6000" : "0",
                 strcmp(way, "gone") ? way : "sendrecv");
    event.reinvite.dialog = dialog;
    event.reinvite.request = 5;
    event.reinvite.sdp = text_of(sdp);
    scene_event(event);
    CHECK(scene_command(SIP_REPLY)->sip.status == 200);
}

/* What was asked for last can be heard. */
static void ready(uint32_t leg)
{
    struct event event = {.kind = SPEECH_READY, .leg = leg};

    event.speech.utterance = utterance;
    event.speech.clip = 77;
    event.speech.provider = PROVIDER_EMBEDDED;
    scene_event(event);
}

static bool plays_to(uint32_t leg)
{
    const struct command *play = scene_command(MEDIA_PLAY);

    return play && play->leg == leg && play->play.loop && play->play.clip == 77;
}

static void joined_with(uint16_t places)
{
    static const char sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
                              "t=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";

    scene_begin(4);
    scene_watch(note);
    scene_plan()->overhear = whom;
    scene_plan()->recogniser_places = places;
    told[0] = listened[0] = 0;
    scene_invite("300", NULL);
    near = scene_leg();
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    far = scene_command(SIP_DIAL)->leg;
    scene_event((struct event){.kind = SIP_DIALED, .leg = far, .sip.dialog = FAR});
    of_dialog(SIP_ANSWERED, FAR, 200, sdp);
    of_dialog(SIP_ACKED, scene_dialog(), 0, "");
    CHECK(scene_command(MEDIA_BRIDGE) && !scene_command(SPEECH_SAY));
}

static void joined(void)
{
    whom = OVERHEAR_NOBODY;
    joined_with(4);
    CHECK(listened[0] == 0);
}

static void who_is_held_hears_music_until_the_other_resumes(void)
{
    static const char *const ways[] = {"sendonly", "inactive", "0.0.0.0", "gone"};

    for (int i = 0; i < 4; i++) {
        joined();
        offers(FAR, ways[i]);
        CHECK(scene_command(SPEECH_SAY)->leg == near);
        CHECK(text_equal(scene_command(SPEECH_SAY)->say.voice, TEXT("music")));
        CHECK(!scene_command(MEDIA_UNBRIDGE));
        ready(near);
        CHECK(plays_to(near));
        offers(FAR, ways[i]); /* Once more is nothing new. */
        CHECK(!scene_command(SPEECH_SAY) && !scene_command(MEDIA_FLUSH));
        offers(FAR, "sendrecv");
        CHECK(scene_command(MEDIA_FLUSH) && scene_command(MEDIA_FLUSH)->leg == near);
        CHECK(!scene_command(MEDIA_BRIDGE)); /* It was there all the time. */
        CHECK(strcmp(told, "2 forward holds; 2 forward resumes; ") == 0);
        scene_end();
    }
}

static void the_caller_can_hold_as_well(void)
{
    joined();
    offers(scene_dialog(), "sendonly");
    CHECK(scene_command(SPEECH_SAY)->leg == far);
    ready(far);
    CHECK(plays_to(far) && scene_command(MEDIA_PLAY)->leg == far);
    offers(scene_dialog(), "sendrecv");
    CHECK(scene_command(MEDIA_FLUSH)->leg == far);
    CHECK(strcmp(told, "1 caller holds; 1 caller resumes; ") == 0);
    scene_end();
}

static void nobody_hears_music_while_both_hold(void)
{
    joined();
    offers(FAR, "sendonly");
    ready(near);
    offers(scene_dialog(), "inactive");
    CHECK(scene_command(MEDIA_FLUSH)->leg == near && !scene_command(SPEECH_SAY));
    offers(FAR, "sendrecv"); /* Now the caller alone holds. */
    CHECK(scene_command(SPEECH_SAY)->leg == far);
    ready(far);
    CHECK(plays_to(far));
    offers(scene_dialog(), "sendrecv");
    CHECK(scene_command(MEDIA_FLUSH)->leg == far);
    scene_end();
}

static void music_that_comes_too_late_is_given_back(void)
{
    joined();
    offers(scene_dialog(), "sendonly");
    offers(scene_dialog(), "sendrecv");
    CHECK(!scene_command(MEDIA_FLUSH));
    ready(far);
    CHECK(!scene_command(MEDIA_PLAY) && scene_command(CLIP_DROP)->clip.clip == 77);
    offers(FAR, "sendonly");
    offers(FAR, "sendrecv");
    ready(near);
    CHECK(!scene_command(MEDIA_PLAY) && scene_command(CLIP_DROP)->clip.clip == 77);
    scene_end();
}

static void either_can_hang_up_while_held(void)
{
    for (int i = 0; i < 2; i++) {
        joined();
        offers(FAR, "sendonly");
        ready(near);
        of_dialog(SIP_BYE, i ? FAR : scene_dialog(), 0, "");
        CHECK(scene_count(MEDIA_CLOSE) == 2 && scene_command(SIP_HANG_UP));
        scene_event((struct event){.kind = MEDIA_CLOSED, .leg = near});
        scene_event((struct event){.kind = MEDIA_CLOSED, .leg = far});
        CHECK(scene_command(STORE_CALL_CLOSED) && !scene_command(MEDIA_FLUSH));
        scene_end();
    }
}

static void the_music_is_the_plans_and_a_missing_one_is_no_harm(void)
{
    joined();
    scene_plan()->music = TEXT("/music/house.wav");
    offers(FAR, "sendonly");
    CHECK(text_equal(scene_command(SPEECH_SAY)->say.text, TEXT("/music/house.wav")));
    struct event event = {.kind = SPEECH_FAILED, .leg = near};
    event.speech.utterance = utterance;
    scene_event(event);
    CHECK(!scene_command(STORE_CALL_CLOSED) && text_equal(scene_command(SPEECH_SAY)->say.text, TEXT("chime")));
    offers(FAR, "sendrecv");
    CHECK(!scene_command(MEDIA_FLUSH));
    scene_end();
}

/* ---- Overheard ---- */

static uint32_t places_used(void)
{
    struct core_figures figures;
    struct text_buffer why;
    char room[128];

    core_figures(scene_core(), &figures);
    text_buffer_init(&why, room, sizeof(room));
    CHECK(core_check(scene_core(), &why));
    return figures.recognisers + figures.hearers;
}

static void voice(uint32_t leg, bool on)
{
    scene_event((struct event){.kind = MEDIA_VOICE, .leg = leg, .voice.voiced = on});
}

static void final(uint32_t leg, const char *words)
{
    struct event event = {.kind = SPEECH_FINAL, .leg = leg};

    event.heard.text = text_of(words);
    event.heard.confidence_permille = 700;
    scene_event(event);
}

static void stopped(uint32_t leg)
{
    scene_event((struct event){.kind = SPEECH_STOPPED, .leg = leg});
}

static void ends(void)
{
    of_dialog(SIP_BYE, FAR, 0, "");
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = near});
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = far});
    CHECK(scene_command(STORE_CALL_CLOSED));
}

static void both_are_written_down_each_as_who_spoke(void)
{
    whom = OVERHEAR_BOTH;
    joined_with(8);
    CHECK(strcmp(listened, "+near +far ") == 0 && scene_count(MEDIA_TAP) == 2);
    CHECK(places_used() == 2);
    voice(near, true);
    CHECK(!scene_command(SPEECH_FINISH) && !scene_command(MEDIA_PAUSE));
    voice(near, false);
    CHECK(scene_command(SPEECH_FINISH)->leg == near);
    final(near, "my invoice is wrong");
    const struct command *turn = scene_command(STORE_TURN);
    CHECK(turn && turn->turn.speaker == SPEAKER_CALLER && turn->turn.turn == 1);
    CHECK(text_equal(turn->turn.text, TEXT("my invoice is wrong")) && turn->turn.agent.size == 0);
    voice(far, true);
    voice(far, false);
    CHECK(scene_command(SPEECH_FINISH)->leg == far);
    final(far, "");
    CHECK(!scene_command(STORE_TURN));
    final(far, "let me see");
    turn = scene_command(STORE_TURN);
    CHECK(turn && turn->turn.speaker == SPEAKER_OPERATOR && turn->turn.turn == 2);
    CHECK(turn->turn.word_confidence_permille == 700);
    ends();
    CHECK(strcmp(listened, "+near +far -near -far ") == 0 && places_used() == 2);
    stopped(far);
    stopped(near);
    CHECK(places_used() == 0);
    scene_end();
}

static void the_caller_alone_can_be_written_down(void)
{
    whom = OVERHEAR_CALLER;
    joined_with(8);
    CHECK(strcmp(listened, "+near ") == 0);
    voice(far, true);
    voice(far, false);
    CHECK(!scene_command(SPEECH_FINISH));
    ends();
    stopped(near);
    CHECK(places_used() == 0);
    scene_end();
}

static void half_of_the_places_stay_for_callers_with_an_agent(void)
{
    whom = OVERHEAR_BOTH;
    joined_with(3); /* Half of it is one. */
    CHECK(strcmp(listened, "+near ") == 0 && places_used() == 1);
    scene_end();
    joined_with(1);
    CHECK(listened[0] == 0);
    scene_end();
}

static void a_recogniser_that_fails_is_let_go_and_the_call_goes_on(void)
{
    whom = OVERHEAR_BOTH;
    joined_with(8);
    scene_event((struct event){
        .kind = SPEECH_FAILED, .leg = far, .speech.provider = PROVIDER_EMBEDDED});
    CHECK(scene_command(SPEECH_STOP)->leg == far && scene_command(MEDIA_UNTAP)->leg == far);
    voice(far, false);
    CHECK(!scene_command(SPEECH_FINISH));
    CHECK(!scene_command(SIP_HANG_UP));
    stopped(far); /* It would fail as often as it is asked. */
    CHECK(strcmp(listened, "+near +far -far ") == 0 && places_used() == 1);
    ends();
    stopped(near);
    CHECK(places_used() == 0);
    scene_end();
}

static void a_leg_whose_sound_has_ended_says_nothing_more(void)
{
    whom = OVERHEAR_BOTH;
    joined_with(8);
    voice(near, true);
    ends();
    final(near, "too late");
    CHECK(!scene_command(STORE_TURN));
    stopped(near);
    stopped(far);
    CHECK(places_used() == 0);
    scene_end();
}

int main(void)
{
    RUN(who_is_held_hears_music_until_the_other_resumes);
    RUN(the_caller_can_hold_as_well);
    RUN(nobody_hears_music_while_both_hold);
    RUN(music_that_comes_too_late_is_given_back);
    RUN(either_can_hang_up_while_held);
    RUN(the_music_is_the_plans_and_a_missing_one_is_no_harm);
    RUN(both_are_written_down_each_as_who_spoke);
    RUN(the_caller_alone_can_be_written_down);
    RUN(half_of_the_places_stay_for_callers_with_an_agent);
    RUN(a_recogniser_that_fails_is_let_go_and_the_call_goes_on);
    RUN(a_leg_whose_sound_has_ended_says_nothing_more);
    return 0;
}

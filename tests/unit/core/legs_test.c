// SPDX-License-Identifier: Apache-2.0
/* legs_test.c - calls that we place, and calls with two legs. */
#include "check.h"
#include "scene.h"

static const char answer_sdp[] = "v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
                                 "t=0 0\r\nm=audio 6000 RTP/AVP 0\r\n";

enum { FAR = 0x20002 };

static void request(const char *key)
{
    struct event event = {.kind = CALL_REQUESTED};

    event.request.token = 5;
    event.request.number = TEXT("+14155550199");
    event.request.key = text_of(key);
    scene_event(event);
}

static void of_dialog(enum event_kind kind, uint32_t dialog, uint16_t status, const char *sdp)
{
    struct event event = {.kind = kind, .leg = scene_leg()};

    event.sip.dialog = dialog;
    event.sip.status = status;
    event.sip.sdp = text_of(sdp);
    scene_event(event);
}

static void nobody_is_dialled_before_the_account_is_durable(void)
{
    scene_begin(4);
    request("");
    CHECK(scene_command(STORE_CALL_OPENED)->opened.direction == DIRECTION_OUT);
    CHECK(!scene_command(SIP_DIAL));
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(scene_command(CALL_TELL)->told.token == 5 && !scene_command(CALL_TELL)->told.known);
    CHECK(text_equal(scene_command(SIP_DIAL)->sip.uri, TEXT("sip:+14155550199@192.0.2.7")));
    of_dialog(SIP_DIALED, FAR, 0, "");
    of_dialog(SIP_PROGRESS, FAR, 183, answer_sdp);
    CHECK(scene_command(MEDIA_OPEN) && !scene_command(SPEECH_SAY)); /* Heard, not spoken to. */
    of_dialog(SIP_ANSWERED, FAR, 200, answer_sdp);
    CHECK(scene_command(STORE_CALL_ANSWERED) && scene_command(SPEECH_SAY));
    scene_end();
}

static void a_key_seen_before_dials_nobody_and_names_the_first_call(void)
{
    struct core_figures figures;

    scene_begin(4);
    request("order-1");
    scene_event((struct event){
        .kind = STORE_KNOWN, .call = scene_call_id(), .store.why = TEXT("the-first")});
    CHECK(scene_command(CALL_TELL)->told.known && !scene_command(SIP_DIAL));
    CHECK(text_equal(scene_command(CALL_TELL)->told.ref, TEXT("the-first")));
    CHECK(!scene_command(STORE_CALL_CLOSED));
    core_figures(scene_core(), &figures);
    CHECK(figures.calls == 0);
    scene_end();
}

static void who_is_busy_or_does_not_answer_is_told_truthfully(void)
{
    scene_begin(4);
    request("");
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    of_dialog(SIP_DIALED, FAR, 0, "");
    of_dialog(SIP_REFUSED, FAR, 486, "");
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_BUSY);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.status == 486);
    request("");
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    of_dialog(SIP_DIALED, FAR + 1, 0, "");
    scene_wait(30001);
    CHECK(scene_command(SIP_HANG_UP));
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_NO_ANSWER);
    scene_end();
}

static void a_forwarded_caller_rings_hears_and_is_bridged_with_the_callee(void)
{
    scene_begin(4);
    scene_invite("300", NULL);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(scene_command(SIP_DIAL) && !scene_command(SIP_ANSWER));
    CHECK(scene_command(SIP_DIAL)->sip.hops == 69); /* One less than the caller's. */
    uint32_t far = scene_command(SIP_DIAL)->leg;
    struct event event = {.kind = SIP_DIALED, .leg = far, .sip.dialog = FAR};
    scene_event(event);
    of_dialog(SIP_PROGRESS, FAR, 180, "");
    CHECK(scene_command(SIP_RING)->sip.status == 180);
    scene_event((struct event){.kind = MEDIA_KEY, .leg = scene_leg(), .key = {.key = '1'}});
    CHECK(!scene_command(STORE_KEY)); /* No agent is there to press keys for. */
    of_dialog(SIP_ANSWERED, FAR, 200, answer_sdp);
    CHECK(scene_command(SIP_ANSWER)->sip.dialog == scene_dialog());
    of_dialog(SIP_ACKED, scene_dialog(), 0, "");
    CHECK(scene_command(MEDIA_BRIDGE)->bridge.other == far);
    scene_key('1'); /* For who is called, not for an agent: there is none. */
    CHECK(!scene_command(STORE_KEY));
    const struct command *sent = scene_command(SIP_SEND_KEY);
    CHECK(sent && sent->sip.key == '1'); /* Its description has no events. */
    of_dialog(SIP_BYE, FAR, 0, "");
    CHECK(scene_command(SIP_HANG_UP));
    scene_end();
}

static void the_refusal_of_a_forwarded_call_comes_back_as_it_was(void)
{
    scene_begin(4);
    scene_invite("300", NULL);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(scene_command(SIP_DIAL)->sip.hops == 69); /* One less than the caller's. */
    uint32_t far = scene_command(SIP_DIAL)->leg;
    scene_event((struct event){.kind = SIP_DIALED, .leg = far, .sip.dialog = FAR});
    of_dialog(SIP_REFUSED, FAR, 486, "");
    CHECK(scene_command(SIP_REJECT)->sip.status == 486);
    CHECK(scene_command(STORE_CALL_CLOSED)->closed.cause == CAUSE_BUSY);
    scene_end();
}

static void a_reference_is_followed_and_the_conversation_goes_on_there(void)
{
    struct event refer = {.kind = SIP_REFERRED};

    scene_begin(4);
    scene_listening();
    uint32_t first = scene_leg();
    refer.refer.dialog = scene_dialog();
    refer.refer.request = 7;
    refer.refer.target = TEXT("sip:4711@elsewhere.example");
    scene_event(refer);
    CHECK(scene_command(SIP_REPLY)->sip.status == 202);
    CHECK(scene_command(SIP_NOTIFY)->sip.status == 100);
    CHECK(text_equal(scene_command(SIP_DIAL)->sip.uri, TEXT("sip:4711@192.0.2.7")));
    CHECK(scene_command(SIP_DIAL)->sip.hops == 69); /* One less than the caller's. */
    uint32_t far = scene_command(SIP_DIAL)->leg;
    scene_event((struct event){.kind = SIP_DIALED, .leg = far, .sip.dialog = FAR});
    of_dialog(SIP_ANSWERED, FAR, 200, answer_sdp);
    CHECK(scene_command(SIP_NOTIFY)->sip.final && scene_command(SIP_NOTIFY)->sip.status == 200);
    CHECK(scene_command(SIP_HANG_UP)->sip.dialog == scene_dialog());
    CHECK(scene_command(SPEECH_SAY)->leg == far && far != first);
    scene_end();
}

static void a_reference_is_refused_where_the_trunk_may_not(void)
{
    static struct plan_trunk trunk;
    struct event refer = {.kind = SIP_REFERRED};

    scene_begin(4);
    trunk = scene_plan()->trunks[0];
    trunk.refer = false;
    scene_plan()->trunks = &trunk;
    scene_listening();
    refer.refer.dialog = scene_dialog();
    refer.refer.target = TEXT("sip:4711@192.0.2.7");
    scene_event(refer);
    CHECK(scene_command(SIP_REPLY)->sip.status == 603 && !scene_command(SIP_DIAL));
    scene_end();
}

/* `when-full: words` is about callers whom an agent would have to hear. */
static void a_forwarded_caller_needs_no_recogniser(void)
{
    scene_begin(0);
    scene_plan()->refuse_unheard = true;
    scene_invite("100", NULL);
    CHECK(scene_command(SIP_REJECT)->sip.status == 503);
    scene_invite("300", NULL);
    scene_event((struct event){.kind = STORE_OPENED, .call = scene_call_id()});
    CHECK(scene_command(SIP_DIAL));
    scene_end();
}

int main(void)
{
    RUN(nobody_is_dialled_before_the_account_is_durable);
    RUN(a_key_seen_before_dials_nobody_and_names_the_first_call);
    RUN(who_is_busy_or_does_not_answer_is_told_truthfully);
    RUN(a_forwarded_caller_rings_hears_and_is_bridged_with_the_callee);
    RUN(the_refusal_of_a_forwarded_call_comes_back_as_it_was);
    RUN(a_forwarded_caller_needs_no_recogniser);
    RUN(a_reference_is_followed_and_the_conversation_goes_on_there);
    RUN(a_reference_is_refused_where_the_trunk_may_not);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* offer_test.c - which codec is agreed, with what beside it, and what we say of it. */
#include "core/offer.h"

#include <string.h>

#include "check.h"
#include "core/codec.h"

#define HEAD "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
#define WIDE                                                                             \
    "m=audio 4000 RTP/AVP 109 9 8 0 100 101 13\r\na=rtpmap:101 telephone-event/8000\r\n" \
    "a=rtpmap:100 telephone-event/48000\r\na=rtpmap:109 opus/48000/2\r\n"                \
    "a=fmtp:109 usedtx=1; useinbandfec=1;maxaveragebitrate=18000\r\n"

static char storage[MAX_SDP];
static struct text_buffer written;

static struct leg leg_with(const char *codecs)
{
    struct leg leg = {.sdp_id = 7, .local = "203.0.113.1"};

    for (; *codecs; codecs++)
        leg.codecs[leg.codec_count++] = (uint8_t)(*codecs - '0');
    return leg;
}

static enum offer_result accept(struct leg *leg, const char *sdp)
{
    text_buffer_init(&written, storage, sizeof storage);
    return offer_accept(leg, text_of(sdp), 20000, &written);
}

static bool says(const char *words)
{
    return text_find(text_view(&written), text_of(words)) >= 0;
}

static void a_trunks_order_goes_before_the_callers(void)
{
    struct leg leg = leg_with("123");

    CHECK(accept(&leg, HEAD WIDE) == OFFER_AGREED && leg.codec == CODEC_PCMA);
    CHECK(says("m=audio 20000 RTP/AVP 8 101\r\n") && leg.event_rate == 8000);
    leg = leg_with("23");
    CHECK(accept(&leg, HEAD WIDE) == OFFER_AGREED && leg.codec == CODEC_G722);
    CHECK(says("a=rtpmap:9 G722/8000\r\n") && leg.payload_type == 9 && leg.event_type == 101);
    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 0\r\n") == OFFER_NO_CODEC);
}

static void opus_is_answered_with_what_we_can_hear_and_takes_what_the_caller_can(void)
{
    struct leg leg = leg_with("3");

    CHECK(accept(&leg, HEAD WIDE) == OFFER_AGREED && leg.codec == CODEC_OPUS);
    CHECK(leg.payload_type == 109 && leg.event_type == 100 && leg.event_rate == 48000);
    CHECK(leg.fec && leg.dtx && !leg.cbr && leg.bitrate == 18000);
    CHECK(says("a=rtpmap:109 opus/48000/2\r\na=fmtp:109 maxplaybackrate=16000;"));
    CHECK(says("useinbandfec=1") && says("a=rtpmap:100 telephone-event/48000\r\n"));
}

static void opus_without_keys_of_its_clock_takes_those_at_8000(void)
{
    struct leg leg = leg_with("3");

    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 96 101\r\na=rtpmap:96 OPUS/48000/2\r\n"
                            "a=rtpmap:101 telephone-event/8000\r\n") == OFFER_AGREED);
    CHECK(leg.event_type == 101 && leg.event_rate == 8000 && !leg.fec && leg.bitrate == 24000);
    CHECK(says("a=rtpmap:101 telephone-event/8000\r\n"));
}

static void comfort_noise_is_agreed_only_where_it_is_configured(void)
{
    struct leg leg = leg_with("0");

    CHECK(accept(&leg, HEAD WIDE) == OFFER_AGREED && leg.noise_type == 0 && !says("CN/"));
    leg.comfort_noise = true;
    CHECK(accept(&leg, HEAD WIDE) == OFFER_AGREED && leg.noise_type == 13);
    CHECK(says("RTP/AVP 0 13 101\r\n") && says("a=rtpmap:13 CN/8000\r\n"));
}

static void voip_metrics_are_sent_to_those_who_want_them_and_asked_for_in_return(void)
{
    struct leg leg = leg_with("0");

    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 0\r\na=rtcp-xr:rcvr-rtt=all voip-metrics\r\n") ==
          OFFER_AGREED);
    CHECK(leg.voip_metrics && says("a=rtcp-xr:voip-metrics\r\n"));
    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 0\r\na=rtcp-xr:stat-summary=loss\r\n") ==
          OFFER_AGREED);
    CHECK(!leg.voip_metrics && !says("rtcp-xr"));
    CHECK(accept(&leg, HEAD "a=rtcp-xr:voip-metrics\r\nm=audio 4000 RTP/AVP 0\r\n") ==
          OFFER_AGREED);
    CHECK(leg.voip_metrics);
}

static void an_offer_of_ours_names_all_that_the_trunk_allows_and_its_answer_decides(void)
{
    struct leg leg = leg_with("320");

    text_buffer_init(&written, storage, sizeof storage);
    offer_make(&leg, 20000, &written);
    CHECK(says("RTP/AVP 96 9 0 101 102\r\n") && says("a=rtpmap:102 telephone-event/48000\r\n"));
    CHECK(offer_answered(&leg, TEXT(HEAD "m=audio 4000 RTP/AVP 0 96\r\n"
                                         "a=rtpmap:96 opus/48000/2\r\n")) == OFFER_AGREED);
    CHECK(leg.codec == CODEC_PCMU);
    CHECK(offer_answered(&leg, TEXT(HEAD "m=audio 4000 RTP/AVP 8\r\n")) == OFFER_NO_CODEC);
}

static void a_codec_changed_in_the_call_leaves_nothing_of_the_one_before(void)
{
    struct leg leg = leg_with("3210");

    CHECK(accept(&leg, HEAD WIDE) == OFFER_AGREED && leg.fec);
    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 8\r\n") == OFFER_AGREED);
    CHECK(leg.codec == CODEC_PCMA && leg.event_type == 0 && !leg.fec && leg.bitrate == 0);
    text_buffer_init(&written, storage, sizeof storage);
    offer_make(&leg, 20000, &written);
    CHECK(says("m=audio 20000 RTP/AVP 8\r\n"));
}

static void a_port_of_0_holds_a_call_that_is_up_and_refuses_one_that_is_not(void)
{
    struct leg leg = leg_with("0");

    CHECK(accept(&leg, HEAD "m=audio 0 RTP/AVP 0\r\n") == OFFER_NO_CODEC);
    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 0\r\n") == OFFER_AGREED);
    CHECK(accept(&leg, HEAD "m=audio 0 RTP/AVP 0\r\n") == OFFER_AGREED);
    CHECK(leg.way == WAY_NONE && says("m=audio 0 RTP/AVP 0\r\n") && !says("20000"));
    CHECK(accept(&leg, HEAD "m=audio 4000 RTP/AVP 0\r\n") == OFFER_AGREED && leg.way == WAY_BOTH);
}

int main(void)
{
    RUN(a_trunks_order_goes_before_the_callers);
    RUN(opus_is_answered_with_what_we_can_hear_and_takes_what_the_caller_can);
    RUN(opus_without_keys_of_its_clock_takes_those_at_8000);
    RUN(comfort_noise_is_agreed_only_where_it_is_configured);
    RUN(voip_metrics_are_sent_to_those_who_want_them_and_asked_for_in_return);
    RUN(an_offer_of_ours_names_all_that_the_trunk_allows_and_its_answer_decides);
    RUN(a_codec_changed_in_the_call_leaves_nothing_of_the_one_before);
    RUN(a_port_of_0_holds_a_call_that_is_up_and_refuses_one_that_is_not);
    return 0;
}

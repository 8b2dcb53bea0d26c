// SPDX-License-Identifier: Apache-2.0
/* sdp_test.c - what we say in offers and answers. What we read is in tests/golden/sdp. */
#include "wire/sdp.h"

#include "check.h"

static char storage[4096];
static struct text_buffer written;
static struct sdp sdp, offer;

static struct sdp_local local(void)
{
    struct sdp_local local = {.address = TEXT("192.0.2.1"),
                              .port = 6000,
                              .session_id = UINT64_MAX,
                              .version = 2,
                              .direction = SDP_RECVONLY};

    sdp_add_format(&local, 8, "PCMA", 8000, 1, "");
    sdp_add_format(&local, 0, "PCMU", 8000, 1, "");
    sdp_add_format(&local, 101, "telephone-event", 8000, 1, "0-15");
    return local;
}

static struct text offered(const struct sdp_local *ours)
{
    text_buffer_init(&written, storage, sizeof storage);
    sdp_write_offer(ours, &written);
    return text_view(&written);
}

static void an_offer_reads_as_it_was_meant(void)
{
    struct sdp_local ours = local();
    const struct sdp_media *media = &sdp.media[0];

    CHECK(sdp_read(offered(&ours), &sdp) && sdp.media_count == 1 && sdp.version == 2);
    CHECK(text_equal(media->address, ours.address) && media->port == 6000 && !media->ipv6);
    CHECK(media->direction == SDP_RECVONLY && media->ptime_ms == 20 && media->format_count == 3);
    CHECK(media->formats[0].payload_type == 8 && media->formats[1].payload_type == 0);
    CHECK(text_equal(media->formats[2].encoding, TEXT("telephone-event")));
    CHECK(text_equal(media->formats[2].fmtp, TEXT("0-15")));
}

static void an_offer_over_ipv6_says_so(void)
{
    struct sdp_local ours = local();

    ours.address = TEXT("2001:db8::1");
    CHECK(sdp_read(offered(&ours), &sdp) && sdp.media[0].ipv6);
    CHECK(text_find(sdp.origin, TEXT("IN IP6 2001:db8::1")) > 0);
}

static void without_keys_no_telephone_event_is_offered(void)
{
    struct sdp_local ours = local();

    ours.format_count--;
    CHECK(text_find(offered(&ours), TEXT("telephone-event")) < 0);
}

static void a_refusal_repeats_the_first_format_only(void)
{
    static const char text[] = "v=0\no=- 1 1 IN IP4 192.0.2.2\nc=IN IP4 192.0.2.2\n"
                               "m=image 4000 udptl t38\nm=audio 4002 RTP/AVP 0\n"
                               "m=video 4004 RTP/AVP 31 32 33\nm=video 0 RTP/AVP\n";
    struct sdp_local ours = local();

    CHECK(sdp_read(text_of(text), &offer));
    text_buffer_init(&written, storage, sizeof storage);
    sdp_write_answer(&offer, 1, &ours, &written);
    CHECK(text_find(text_view(&written), TEXT("m=image 0 udptl t38\r\nm=audio 6000")) > 0);
    CHECK(text_find(text_view(&written), TEXT("m=video 0 RTP/AVP 31\r\nm=video 0 RTP/AVP 0\r\n")) >
          0);
}

static void what_does_not_fit_is_cut_and_marked(void)
{
    struct sdp_local ours = local();

    text_buffer_init(&written, storage, 100);
    sdp_write_offer(&ours, &written);
    CHECK(written.cut && written.size == 100);
}

int main(void)
{
    RUN(an_offer_reads_as_it_was_meant);
    RUN(an_offer_over_ipv6_says_so);
    RUN(without_keys_no_telephone_event_is_offered);
    RUN(a_refusal_repeats_the_first_format_only);
    RUN(what_does_not_fit_is_cut_and_marked);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* offer.c - the first usable audio line wins; all else is refused politely. */
#include "core/offer.h"

#include "base/address.h"
#include "wire/sdp.h"

struct agreement {
    uint8_t media;
    enum codec codec;
    uint8_t payload_type, event_type;
    enum sdp_way way;
    char remote[72];
};

static bool speaks(const struct sdp_format *format, enum codec *codec)
{
    if (format->clock_rate != SAMPLE_RATE)
        return false;
    if (text_equal_nocase(format->encoding, TEXT("PCMU"))) {
        *codec = CODEC_PCMU;
        return true;
    }
    *codec = CODEC_PCMA;
    return text_equal_nocase(format->encoding, TEXT("PCMA"));
}

static bool is_unspecified(struct text address)
{
    return text_equal(address, TEXT("0.0.0.0")) || text_equal(address, TEXT("::"));
}

/* The direction as we see it (RFC 3264 6.1); c=0.0.0.0 is the old way to hold (RFC 2543). */
static enum sdp_way way_of(const struct sdp_media *media)
{
    bool deaf = media->direction == SDP_SENDONLY || media->direction == SDP_INACTIVE ||
                is_unspecified(media->address);
    bool mute = media->direction == SDP_RECVONLY || media->direction == SDP_INACTIVE;

    if (deaf && mute)
        return WAY_NONE;
    return deaf ? WAY_RECEIVE : mute ? WAY_SEND : WAY_BOTH;
}

static enum sdp_direction direction_of(enum sdp_way way)
{
    static const enum sdp_direction directions[] = {[WAY_BOTH] = SDP_SENDRECV,
                                                    [WAY_SEND] = SDP_SENDONLY,
                                                    [WAY_RECEIVE] = SDP_RECVONLY,
                                                    [WAY_NONE] = SDP_INACTIVE};
    return directions[way];
}

static void write_remote(const struct sdp_media *media, char *out, size_t size)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, (uint32_t)size - 1);
    if (media->ipv6)
        text_append_char(&buffer, '[');
    text_append(&buffer, media->address);
    text_append(&buffer, media->ipv6 ? TEXT("]:") : TEXT(":"));
    text_append_number(&buffer, media->port);
    out[buffer.size] = 0;
}

static bool usable(const struct sdp_media *media)
{
    uint8_t address[16];

    return text_equal_nocase(media->kind, TEXT("audio")) && media->port != 0 &&
           (text_equal_nocase(media->protocol, TEXT("RTP/AVP")) ||
            text_equal_nocase(media->protocol, TEXT("RTP/AVPF"))) &&
           address_read(media->address, address);
}

static bool agree_media(const struct sdp_media *media, struct agreement *out)
{
    bool found = false;

    for (uint8_t i = 0; i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        enum codec codec;
        if (!found && speaks(format, &codec)) {
            out->codec = codec;
            out->payload_type = format->payload_type;
            found = true;
        }
        if (out->event_type == 0 && format->clock_rate == SAMPLE_RATE &&
            text_equal_nocase(format->encoding, TEXT("telephone-event")))
            out->event_type = format->payload_type;
    }
    return found;
}

static enum offer_result agree(const struct sdp *sdp, struct agreement *out)
{
    for (uint8_t i = 0; i < sdp->media_count; i++) {
        *out = (struct agreement){.media = i};
        if (usable(&sdp->media[i]) && agree_media(&sdp->media[i], out)) {
            out->way = way_of(&sdp->media[i]);
            write_remote(&sdp->media[i], out->remote, sizeof(out->remote));
            return OFFER_AGREED;
        }
    }
    return OFFER_NO_CODEC;
}

static void adopt(struct leg *leg, const struct agreement *agreement)
{
    leg->codec = agreement->codec;
    leg->payload_type = agreement->payload_type;
    leg->event_type = agreement->event_type;
    leg->way = agreement->way;
    text_copy(leg->remote, sizeof(leg->remote), text_of(agreement->remote));
}

static struct sdp_local local_of(struct leg *leg, uint16_t port)
{
    return (struct sdp_local){.address = text_of(leg->local),
                              .port = port,
                              .session_id = leg->sdp_id,
                              .version = ++leg->sdp_version,
                              .direction = direction_of(leg->way)};
}

enum offer_result offer_accept(struct leg *leg, struct text sdp, uint16_t port,
                               struct text_buffer *answer)
{
    struct agreement agreement;
    struct sdp offer;

    if (!sdp_read(sdp, &offer))
        return OFFER_MALFORMED;
    if (agree(&offer, &agreement) != OFFER_AGREED)
        return OFFER_NO_CODEC;
    adopt(leg, &agreement);
    struct sdp_local local = local_of(leg, port);
    local.payload_types[0] = leg->payload_type;
    local.payload_count = 1;
    local.event_type = leg->event_type;
    sdp_write_answer(&offer, agreement.media, &local, answer);
    return OFFER_AGREED;
}

void offer_make(struct leg *leg, uint16_t port, struct text_buffer *out)
{
    struct sdp_local local = local_of(leg, port);

    if (leg->remote[0]) {
        local.payload_types[0] = leg->payload_type;
        local.payload_count = 1;
        local.event_type = leg->event_type;
    } else {
        local.payload_types[0] = 0;
        local.payload_types[1] = 8;
        local.payload_count = 2;
        local.event_type = 101;
        local.direction = SDP_SENDRECV;
    }
    sdp_write_offer(&local, out);
}

enum offer_result offer_answered(struct leg *leg, struct text sdp)
{
    struct agreement agreement;
    struct sdp answer;

    if (!sdp_read(sdp, &answer))
        return OFFER_MALFORMED;
    if (agree(&answer, &agreement) != OFFER_AGREED)
        return OFFER_NO_CODEC;
    adopt(leg, &agreement);
    return OFFER_AGREED;
}

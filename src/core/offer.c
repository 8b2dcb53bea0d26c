// SPDX-License-Identifier: Apache-2.0
/* offer.c - the first usable audio line wins; all else is refused politely. */
#include "core/offer.h"

#include "base/address.h"
#include "core/codec.h"
#include "core/secrecy.h"

enum { EVENT_TYPE = 101, EVENT_TYPE_WIDE = 102, WIDE_RATE = 48000 };

static const char events_known[] = "0-15"; /* MAX_KEYS (RFC 4733 table 3). */

struct agreement {
    uint8_t media; /* SDP_MEDIA: no sound at all, for now. */
    enum codec codec;
    const struct sdp_format *format, *events, *noise;
    enum sdp_way way;
    bool voip_metrics;
    char remote[72];
    struct secrecy secrecy;
};

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
           address_read(media->address, address) && !address_is_many(address);
}

/* True when the leg may speak this codec: *place is how much it is liked, least first. */
static bool likes(const struct leg *leg, enum codec codec, uint32_t *place)
{
    for (*place = 0; *place < leg->codec_count; ++*place) {
        if (leg->codecs[*place] == codec)
            return true;
    }
    return leg->codec_count == 0;
}

/* An offer is followed in our trunk's order when that has one, in the offerer's else; an answer in
 * the answerer's: it knows what it will send. */
static bool choose_codec(const struct leg *leg, const struct sdp_media *media, bool offer,
                         struct agreement *out)
{
    uint32_t best = CODEC_KINDS + 1, place;
    enum codec codec;

    for (uint8_t i = 0; i < media->format_count; i++) {
        if (!codec_read(&media->formats[i], &codec) || !likes(leg, codec, &place))
            continue;
        if (out->format && (!offer || place >= best))
            continue;
        out->format = &media->formats[i];
        out->codec = codec;
        best = place;
    }
    return out->format != NULL;
}

/* Keys and noise count with the codec's clock (RFC 4733 2.1). Telephones that speak Opus and know
 * keys at 8,000 only are common: those are taken when nothing better is there. */
static void choose_others(const struct leg *leg, const struct sdp_media *media,
                          struct agreement *out)
{
    for (uint8_t i = 0; i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        bool same = format->clock_rate == out->format->clock_rate;
        if (text_equal_nocase(format->encoding, TEXT("telephone-event")) &&
            (same ? !out->events || out->events->clock_rate != format->clock_rate
                  : !out->events && format->clock_rate == SAMPLE_RATE))
            out->events = format;
        if (text_equal_nocase(format->encoding, TEXT("CN")) && same && leg->comfort_noise &&
            !out->noise)
            out->noise = format;
    }
}

/* The first line that fits, encrypted or plain. */
static bool find(const struct leg *leg, const struct sdp *sdp, bool offer, bool encrypted,
                 struct agreement *out)
{
    for (uint8_t i = 0; i < sdp->media_count; i++) {
        *out = (struct agreement){.media = i};
        if (usable(&sdp->media[i]) &&
            secrecy_fits(&sdp->media[i], encrypted, !offer, &out->secrecy) &&
            choose_codec(leg, &sdp->media[i], offer, out)) {
            choose_others(leg, &sdp->media[i], out);
            out->way = way_of(&sdp->media[i]);
            out->voip_metrics = sdp->media[i].voip_metrics;
            write_remote(&sdp->media[i], out->remote, sizeof(out->remote));
            return true;
        }
    }
    return false;
}

static enum offer_result agree(const struct leg *leg, const struct sdp *sdp, bool offer,
                               struct agreement *out)
{
    if (secrecy_may_encrypt(leg) && find(leg, sdp, offer, true, out))
        return OFFER_AGREED;
    if (find(leg, sdp, offer, false, out))
        return secrecy_may_be_plain(leg) ? OFFER_AGREED : OFFER_PLAIN;
    return !secrecy_may_encrypt(leg) && find(leg, sdp, offer, true, out) ? OFFER_ENCRYPTED
                                                                         : OFFER_NO_CODEC;
}

/* In a call an audio line with port 0 takes the sound away for a while: some telephones hold so. */
static bool takes_sound_away(const struct leg *leg, const struct sdp *sdp)
{
    bool off = false;

    for (uint8_t i = 0; i < sdp->media_count; i++) {
        if (!text_equal_nocase(sdp->media[i].kind, TEXT("audio")))
            continue;
        if (sdp->media[i].port != 0)
            return false;
        off = true;
    }
    return off && leg->remote[0];
}

/* What the other side's Opus wants of ours (RFC 7587 6.1). */
static void adopt_opus(struct leg *leg, struct text fmtp)
{
    uint64_t number;

    leg->fec = sdp_parameter(fmtp, TEXT("useinbandfec"), &number) && number == 1;
    leg->cbr = sdp_parameter(fmtp, TEXT("cbr"), &number) && number == 1;
    leg->dtx = sdp_parameter(fmtp, TEXT("usedtx"), &number) && number == 1;
    leg->bitrate = OPUS_BITRATE;
    if (sdp_parameter(fmtp, TEXT("maxaveragebitrate"), &number) && number < OPUS_BITRATE)
        leg->bitrate = number < OPUS_BITRATE_LEAST ? OPUS_BITRATE_LEAST : (uint32_t)number;
}

static void adopt(struct leg *leg, const struct agreement *agreement)
{
    leg->codec = agreement->codec;
    leg->payload_type = agreement->format->payload_type;
    leg->event_type = agreement->events ? agreement->events->payload_type : 0;
    leg->event_rate = agreement->events ? agreement->events->clock_rate : 0;
    leg->noise_type = agreement->noise ? agreement->noise->payload_type : 0;
    leg->bitrate = 0;
    leg->fec = leg->cbr = leg->dtx = false;
    if (leg->codec == CODEC_OPUS)
        adopt_opus(leg, agreement->format->fmtp);
    leg->voip_metrics = agreement->voip_metrics;
    leg->way = agreement->way;
    secrecy_adopt(leg, &agreement->secrecy);
    text_copy(leg->remote, sizeof(leg->remote), text_of(agreement->remote));
}

static struct sdp_local local_of(struct leg *leg, uint16_t port)
{
    return (struct sdp_local){.address = text_of(leg->local),
                              .port = port,
                              .session_id = leg->sdp_id,
                              .version = leg->sdp_version,
                              .direction = direction_of(leg->way),
                              .voip_metrics = leg->voip_metrics};
}

static void add_codec(struct sdp_local *local, enum codec codec, uint8_t payload_type)
{
    const struct codec_form *form = &codec_forms[codec];

    sdp_add_format(local, payload_type, form->encoding, form->clock_rate, form->channels,
                   form->fmtp);
}

/* What the leg has agreed on. */
static void add_agreed(struct sdp_local *local, const struct leg *leg)
{
    add_codec(local, leg->codec, leg->payload_type);
    if (leg->noise_type)
        sdp_add_format(local, leg->noise_type, "CN", codec_forms[leg->codec].clock_rate, 1, "");
    if (leg->event_type)
        sdp_add_format(local, leg->event_type, "telephone-event", leg->event_rate, 1, events_known);
}

/* All that we can. Where the trunk says no order G.711 comes first: a call costs least with it, and
 * what a public network carries gains nothing from more. */
static void add_all(struct sdp_local *local, const struct leg *leg)
{
    uint8_t count = leg->codec_count ? leg->codec_count : CODEC_KINDS;
    bool narrow = false, opus = false;

    for (uint8_t i = 0; i < count; i++) {
        enum codec codec = leg->codec_count ? leg->codecs[i] : i;
        add_codec(local, codec, codec_forms[codec].payload_type);
        opus = opus || codec == CODEC_OPUS;
        narrow = narrow || codec != CODEC_OPUS;
    }
    if (narrow)
        sdp_add_format(local, EVENT_TYPE, "telephone-event", SAMPLE_RATE, 1, events_known);
    if (opus)
        sdp_add_format(local, EVENT_TYPE_WIDE, "telephone-event", WIDE_RATE, 1, events_known);
}

/* FNV-1a. */
static uint64_t digest_of(const struct text_buffer *written, uint32_t from)
{
    uint64_t digest = 0xcbf29ce484222325;

    for (uint32_t i = from; i < written->size; i++)
        digest = (digest ^ (uint8_t)written->data[i]) * 0x100000001b3;
    return digest;
}

/* The version grows when the description is another one than the last, and only then (RFC 3264 8):
 * to some a new version is a new negotiation. `offer` is what is answered; NULL: ours is one. */
static void describe(struct leg *leg, const struct sdp *offer, uint8_t media,
                     struct sdp_local *local, struct text_buffer *out)
{
    uint32_t from = out->size;

    for (bool news = false;; news = true) {
        out->size = from;
        if (offer)
            sdp_write_answer(offer, media, local, out);
        else
            sdp_write_offer(local, out);
        if (news || digest_of(out, from) == leg->sdp_digest)
            break;
        local->version = ++leg->sdp_version;
    }
    leg->sdp_digest = digest_of(out, from);
}

enum offer_result offer_accept(struct leg *leg, struct text sdp, uint16_t port,
                               struct text_buffer *answer)
{
    struct agreement agreement;
    struct sdp offer;

    if (!sdp_read(sdp, &offer))
        return OFFER_MALFORMED;
    bool off = takes_sound_away(leg, &offer);
    enum offer_result result = off ? OFFER_AGREED : agree(leg, &offer, true, &agreement);
    if (result != OFFER_AGREED)
        return result;
    if (off)
        leg->way = WAY_NONE;
    else
        adopt(leg, &agreement);
    struct sdp_local local = local_of(leg, port);
    add_agreed(&local, leg);
    secrecy_answer(leg, &local);
    describe(leg, &offer, off ? SDP_MEDIA : agreement.media, &local, answer);
    return OFFER_AGREED;
}

void offer_make(struct leg *leg, uint16_t port, struct text_buffer *out)
{
    struct sdp_local local = local_of(leg, port);

    if (leg->remote[0]) {
        add_agreed(&local, leg);
    } else {
        add_all(&local, leg);
        local.direction = SDP_SENDRECV;
    }
    secrecy_offer(leg, &local);
    describe(leg, NULL, 0, &local, out);
}

enum offer_result offer_answered(struct leg *leg, struct text sdp)
{
    struct agreement agreement;
    struct sdp answer;

    if (!sdp_read(sdp, &answer))
        return OFFER_MALFORMED;
    enum offer_result result = agree(leg, &answer, false, &agreement);
    if (result != OFFER_AGREED)
        return result;
    adopt(leg, &agreement);
    return OFFER_AGREED;
}

// SPDX-License-Identifier: Apache-2.0
/* sdp_write.c - what we say: one audio line, and the refusal of all others. */
#include "wire/sdes.h"
#include "wire/sdp.h"

void sdp_add_format(struct sdp_local *local, uint8_t payload_type, const char *encoding,
                    uint32_t clock_rate, uint8_t channels, const char *fmtp)
{
    if (local->format_count == SDP_LOCAL_FORMATS)
        return;
    local->formats[local->format_count++] = (struct sdp_format){.payload_type = payload_type,
                                                                .channels = channels,
                                                                .clock_rate = clock_rate,
                                                                .encoding = text_of(encoding),
                                                                .fmtp = text_of(fmtp)};
}

static void write_session(const struct sdp_local *local, struct text_buffer *out)
{
    struct text family =
        text_find(local->address, TEXT(":")) >= 0 ? TEXT("IN IP6 ") : TEXT("IN IP4 ");

    text_append(out, TEXT("v=0\r\no=- "));
    text_append_number(out, local->session_id);
    text_append_char(out, ' ');
    text_append_number(out, local->version);
    text_append_char(out, ' ');
    text_append(out, family);
    text_append(out, local->address);
    text_append(out, TEXT("\r\ns=-\r\nc="));
    text_append(out, family);
    text_append(out, local->address);
    text_append(out, TEXT("\r\nt=0 0\r\n"));
}

static void write_format(const struct sdp_format *format, struct text_buffer *out)
{
    text_append(out, TEXT("a=rtpmap:"));
    text_append_number(out, format->payload_type);
    text_append_char(out, ' ');
    text_append(out, format->encoding);
    text_append_char(out, '/');
    text_append_number(out, format->clock_rate);
    if (format->channels > 1) {
        text_append_char(out, '/');
        text_append_number(out, format->channels);
    }
    text_append(out, TEXT("\r\n"));
    if (format->fmtp.size == 0)
        return;
    text_append(out, TEXT("a=fmtp:"));
    text_append_number(out, format->payload_type);
    text_append_char(out, ' ');
    text_append(out, format->fmtp);
    text_append(out, TEXT("\r\n"));
}

static void write_audio(const struct sdp_local *local, const struct sdp_media *offered,
                        struct text_buffer *out)
{
    text_append(out, TEXT("m=audio "));
    text_append_number(out, local->port);
    text_append_char(out, ' ');
    text_append(out, offered                    ? offered->protocol
                     : local->protocol.size > 0 ? local->protocol
                                                : TEXT("RTP/AVP"));
    for (uint32_t i = 0; i < local->format_count; i++) {
        text_append_char(out, ' ');
        text_append_number(out, local->formats[i].payload_type);
    }
    text_append(out, TEXT("\r\n"));
    for (uint32_t i = 0; i < local->format_count; i++)
        write_format(&local->formats[i], out);
    text_append(out, TEXT("a=ptime:20\r\na="));
    text_append(out, text_of(sdp_direction_names[local->direction]));
    text_append(out, TEXT("\r\n"));
    if (local->voip_metrics)
        text_append(out, TEXT("a=rtcp-xr:voip-metrics\r\n"));
    for (uint32_t i = 0; i < local->crypto_count; i++)
        sdes_write(local->crypto[i].tag, local->crypto[i].suite, local->crypto[i].name, out);
}

static void write_refusal(const struct sdp_media *media, struct text_buffer *out)
{
    text_append(out, TEXT("m="));
    text_append(out, media->kind);
    text_append(out, TEXT(" 0 "));
    text_append(out, media->protocol);
    text_append_char(out, ' ');
    text_append(out, media->first_format.size > 0 ? media->first_format : TEXT("0"));
    text_append(out, TEXT("\r\n"));
}

void sdp_write_offer(const struct sdp_local *local, struct text_buffer *out)
{
    write_session(local, out);
    write_audio(local, NULL, out);
}

void sdp_write_answer(const struct sdp *offer, uint8_t audio, const struct sdp_local *local,
                      struct text_buffer *out)
{
    write_session(local, out);
    for (uint32_t i = 0; i < offer->media_count; i++) {
        if (i == audio)
            write_audio(local, &offer->media[i], out);
        else
            write_refusal(&offer->media[i], out);
    }
}

// SPDX-License-Identifier: Apache-2.0
/* codec.c - the table. */
#include "core/codec.h"

const struct codec_form codec_forms[CODEC_KINDS] = {
    [CODEC_PCMU] = {.encoding = "PCMU",
                    .clock_rate = 8000,
                    .channels = 1,
                    .payload_type = 0,
                    .rate = 8000,
                    .fmtp = ""},
    [CODEC_PCMA] = {.encoding = "PCMA",
                    .clock_rate = 8000,
                    .channels = 1,
                    .payload_type = 8,
                    .rate = 8000,
                    .fmtp = ""},
    [CODEC_G722] = {.encoding = "G722",
                    .clock_rate = 8000, /* By an old mistake (RFC 3551 4.5.2). */
                    .channels = 1,
                    .payload_type = 9,
                    .rate = 16000,
                    .fmtp = ""},
    /* The rtpmap says 48000/2 always (RFC 7587 7). No usedtx: a recogniser wants all of the sound.
     */
    [CODEC_OPUS] = {.encoding = "opus",
                    .clock_rate = 48000,
                    .channels = 2,
                    .payload_type = 96,
                    .rate = 16000,
                    .fmtp = "maxplaybackrate=16000;sprop-maxcapturerate=16000;"
                            "maxaveragebitrate=24000;stereo=0;sprop-stereo=0;useinbandfec=1"},
};

bool codec_read(const struct sdp_format *format, enum codec *out)
{
    for (enum codec codec = 0; codec < CODEC_KINDS; codec++) {
        if (format->clock_rate == codec_forms[codec].clock_rate &&
            text_equal_nocase(format->encoding, text_of(codec_forms[codec].encoding))) {
            *out = codec;
            return true;
        }
    }
    return false;
}

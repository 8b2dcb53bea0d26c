// SPDX-License-Identifier: Apache-2.0
/* codec.h - the codecs as a session description names them, and what each is in samples. A table.
 */
#ifndef CORE_CODEC_H
#define CORE_CODEC_H

#include <stdbool.h>
#include <stdint.h>

#include "core/plan.h"
#include "wire/sdp.h"

enum {
    OPUS_BITRATE = 24000, /* What we send at most: wideband speech is clean from 16,000 on, and
                           * in-band FEC takes a quarter (RFC 7587 3.1.1). */
    OPUS_BITRATE_LEAST = 6000
};

struct codec_form {
    const char *encoding; /* As in a=rtpmap. */
    uint32_t clock_rate;  /* Of RTP's timestamps. */
    uint8_t channels;
    uint8_t payload_type; /* In our offers. */
    uint16_t rate;        /* Samples a second: 8,000 or 16,000. */
    const char *fmtp;     /* What we can hear; it does not bind what we send. */
};

extern const struct codec_form codec_forms[CODEC_KINDS];

/* False for a format that we do not speak. */
bool codec_read(const struct sdp_format *format, enum codec *out);

#endif

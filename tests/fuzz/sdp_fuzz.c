// SPDX-License-Identifier: Apache-2.0
/* sdp_fuzz.c - any bytes as a session description; what is read is answered, and the answer read.
 */
#include "wire/sdp.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct sdp offer, answer;
    static char storage[2 * 4096];
    struct sdp_local local = {.address = TEXT("192.0.2.1"), .port = 6000};
    struct text_buffer written;
    uint64_t number;

    if (size > 100000 || !sdp_read((struct text){(const char *)bytes, (uint32_t)size}, &offer))
        return 0;
    assert(offer.media_count <= SDP_MEDIA);
    sdp_add_format(&local, 96, "opus", 48000, 2, "useinbandfec=1");
    sdp_add_format(&local, 101, "telephone-event", 48000, 1, "0-15");
    for (uint8_t i = 0; i < offer.media_count; i++) {
        assert(offer.media[i].format_count <= SDP_FORMATS);
        for (uint8_t j = 0; j < offer.media[i].format_count; j++)
            (void)!sdp_parameter(offer.media[i].formats[j].fmtp, TEXT("useinbandfec"), &number);
        text_buffer_init(&written, storage, sizeof storage);
        sdp_write_answer(&offer, i, &local, &written);
        assert(!written.cut);
        if (written.size > 4096)
            continue;
        assert(sdp_read(text_view(&written), &answer));
        assert(answer.media_count == offer.media_count && answer.media[i].port == 6000);
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* sip_fuzz.c - our own readers of what strangers send by SIP; the library's parser is not ours. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/record.h"
#include "sip/frame.h"
#include "sip/gate.h"
#include "sip/headers.h"
#include "sip/written.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char scratch[64];
    struct text text = {(const char *)data, (uint32_t)size};
    struct frame frame;
    struct written written;
    const uint8_t *bytes;
    uint32_t offset = 0;

    if (size > PACKET_SIZE)
        return 0;
    (void)gate_shape_ok(text.data, text.size);
    assert(headers_user(text, scratch, sizeof(scratch)).size < sizeof(scratch));
    assert(headers_decode(text, scratch, sizeof(scratch)).size < sizeof(scratch));
    while (frame_next(data, (uint32_t)size, &offset, &frame, &bytes)) {
        assert(offset <= size && frame.size <= size);
        if (record_unpack(&written_shape, bytes, frame.size, &written))
            assert(written.ours.size <= frame.size);
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* load_fuzz.c - any bytes as what a server sends to the load tester: cut out of a stream, answered,
 * kept as a dialog, aimed at, challenged by. */
#include <assert.h>
#include <string.h>

#include "load/credentials.h"
#include "load/stream.h"
#include "load/wording.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct load_call calls[4], call;
    static struct load_options options;
    static char storage[CREDENTIALS_SIZE];
    static const struct credentials_ask ask = {
        .user = "u", .password = "p", .method = "INVITE", .uri = "sip:1@h", .cnonce = "c"};
    struct worker worker = {.options = &options, .run = 0x1f2e3d4c, .capacity = 4, .calls = calls};
    struct text message = {(const char *)bytes, (uint32_t)size};
    struct wording_name name;
    union place remote, target;
    struct text_buffer line;
    bool held;

    if (size > 65536)
        return 0;
    assert(stream_message_size(message) <= size);
    if (wording_name_of(&worker, message, &name))
        assert(name.slot < 4);
    wording_keep_dialog(&call, message);
    assert(strlen(call.to) < sizeof call.to && strlen(call.contact) < sizeof call.contact);
    assert(strlen(call.route) < sizeof call.route && !strstr(call.route, "\r\n\r\n"));
    if (wording_remote(&worker, message, &remote, &held)) {
        target = options.target;
        place_set_port(&target, place_port(&remote));
        assert(load_may_reach(&remote) || place_same(&remote, &target));
    }
    text_buffer_init(&line, storage, sizeof storage);
    (void)!credentials_answer(message, &ask, &line);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* event_test.c - what the tables of events and commands promise to limbs, journals and golden
 * tests. */
#include "core/command.h"
#include "core/event.h"

#include <string.h>

#include "check.h"

static uint8_t packed[MAX_PACKED];

static bool prints(struct text_buffer *buffer, const char *expected)
{
    bool same = text_equal(text_view(buffer), text_of(expected));
    if (!same)
        fprintf(stderr, "printed: " TEXT_FORMAT "\n", TEXT_ARGS(text_view(buffer)));
    return same;
}

static void every_kind_has_a_shape_and_a_word_for_each_enum_value(void)
{
    for (uint32_t i = 0; i < EVENT_KINDS; i++)
        CHECK(event_shapes[i].name && event_shapes[i].count >= 5);
    for (uint32_t i = 0; i < COMMAND_KINDS; i++)
        CHECK(command_shapes[i].name && command_shapes[i].count >= 2);
    for (uint32_t i = 0; i < CAUSE_KINDS; i++)
        CHECK(cause_names[i]);
    for (uint32_t i = 0; i < TIMER_KINDS; i++)
        CHECK(timer_kind_names[i]);
}

static void check_fields(const struct shape *shape, size_t record_size)
{
    for (uint32_t i = 0; i < shape->count; i++) {
        CHECK(shape->fields[i].offset < record_size);
        for (uint32_t j = 0; j < i; j++) {
            CHECK(shape->fields[i].offset != shape->fields[j].offset);
            CHECK(strcmp(shape->fields[i].name, shape->fields[j].name) != 0);
        }
    }
}

static void no_shape_names_a_field_or_a_place_twice(void)
{
    for (uint32_t i = 0; i < EVENT_KINDS; i++)
        check_fields(&event_shapes[i], sizeof(struct event));
    for (uint32_t i = 0; i < COMMAND_KINDS; i++)
        check_fields(&command_shapes[i], sizeof(struct command));
}

static void an_event_comes_back_as_it_was_sent_and_the_rest_is_zero(void)
{
    struct event sent = {.kind = MEDIA_KEY, .call = 65537, .leg = 3, .at_ms = 1u << 31};
    struct event came;

    sent.key.key = '#';
    sent.key.source = KEY_INBAND;
    sent.key.duration_ms = 120;
    size_t size = event_pack(&sent, packed, sizeof(packed));
    CHECK(size > 0);
    memset(&came, 0xA5, sizeof(came));
    CHECK(event_unpack(packed, size, &came));
    CHECK(event_equal(&sent, &came));
    CHECK(came.key.key == '#' && came.key.source == KEY_INBAND && came.now_ms == 0);
    const uint8_t *bytes = (const uint8_t *)&came;
    for (size_t i = sizeof(came) - 64; i < sizeof(came); i++)
        CHECK(bytes[i] == 0); /* Far behind the last field of a key. */
    came.key.duration_ms++;
    CHECK(!event_equal(&sent, &came));
}

static void bytes_that_are_no_event_do_not_unpack(void)
{
    struct event event = {.kind = SIP_BYE};
    size_t size = event_pack(&event, packed, sizeof(packed));

    CHECK(!event_unpack(packed, 0, &event));
    CHECK(!event_unpack(packed, size - 1, &event));
    CHECK(!event_unpack(packed, size + 1, &event));
    packed[0] = EVENT_KINDS;
    CHECK(!event_unpack(packed, size, &event));
}

static void an_event_prints_on_one_line_without_what_is_empty(void)
{
    char storage[128];
    struct text_buffer line;
    struct event event = {.kind = MEDIA_KEY, .call = 7};

    event.key.key = '5';
    event.key.source = KEY_INFO;
    text_buffer_init(&line, storage, sizeof(storage));
    event_print(&event, &line);
    CHECK(prints(&line, "MEDIA_KEY call=7 key=5 source=info"));
}

static void a_command_comes_back_and_goes_to_its_limb(void)
{
    char storage[256];
    struct text_buffer line;
    struct command sent = {.kind = STORE_LEDGER, .call = 1, .leg = 1}, came;

    sent.ledger.ref = TEXT("c-1");
    sent.ledger.audible_ms = 640;
    sent.ledger.first_token_ms = -1;
    size_t size = command_pack(&sent, packed, sizeof(packed));
    CHECK(size > 0 && command_unpack(packed, size, &came) && command_equal(&sent, &came));
    text_buffer_init(&line, storage, sizeof(storage));
    command_print(&came, &line);
    CHECK(prints(&line, "STORE_LEDGER call=1 leg=1 ref=\"c-1\" first_token_ms=-1 audible_ms=640"));

    CHECK(command_limb(TIMER_SET) == LIMB_CORE && command_limb(PLAN_DROP) == LIMB_CORE);
    CHECK(command_limb(SIP_RING) == LIMB_SIP && command_limb(SIP_DIAL) == LIMB_SIP);
    CHECK(command_limb(MEDIA_OPEN) == LIMB_MEDIA && command_limb(MEDIA_CLOSE) == LIMB_MEDIA);
    CHECK(command_limb(CLIP_DROP) == LIMB_SPEECH && command_limb(SPEECH_SAY) == LIMB_SPEECH);
    CHECK(command_limb(MIND_CANCEL) == LIMB_MIND && command_limb(STORE_KEY) == LIMB_STORE);
}

static void posting_tells_full_and_too_long(void)
{
    struct mailbox *mailbox;
    struct command command = {.kind = SPEECH_SAY}, came;
    struct event event = {.kind = SIP_INVITE};
    static char words[MAX_PACKED];

    CHECK(mailbox_open(&mailbox, "test", 128) == 0);
    memset(words, 'a', sizeof(words));
    command.say.text = (struct text){.data = words, .size = 64};
    CHECK(command_post(mailbox, &command) == MAILBOX_OK);
    CHECK(command_post(mailbox, &command) == MAILBOX_FULL);
    size_t size = mailbox_take(mailbox, packed, sizeof(packed));
    CHECK(command_unpack(packed, size, &came) && command_equal(&command, &came));
    event.invite.sdp = (struct text){.data = words, .size = MAX_PACKED};
    CHECK(event_post(mailbox, &event) == MAILBOX_FULL);
    event.invite.sdp.size = 1;
    CHECK(event_try_post(mailbox, &event) == MAILBOX_OK);
    mailbox_close(mailbox);
}

/* The longest INVITE that the sip limb may hand in: each part at its limit. */
static void the_longest_invite_fits_into_a_message(void)
{
    static char words[MAX_SDP];
    struct event event = {.kind = SIP_INVITE, .at_ms = UINT64_MAX};
    struct text longest_name = {.data = words, .size = 256};

    memset(words, 'a', sizeof(words));
    event.invite.source = event.invite.local = event.invite.from = longest_name;
    event.invite.from_name = event.invite.to = event.invite.sip_call_id = longest_name;
    event.invite.asserted = event.invite.diversion = event.invite.user_to_user = longest_name;
    event.invite.headers = (struct text){.data = words, .size = MAX_HEADERS};
    event.invite.sdp = (struct text){.data = words, .size = MAX_SDP};
    CHECK(event_pack(&event, packed, sizeof(packed)) > 0);
}

int main(void)
{
    RUN(every_kind_has_a_shape_and_a_word_for_each_enum_value);
    RUN(no_shape_names_a_field_or_a_place_twice);
    RUN(an_event_comes_back_as_it_was_sent_and_the_rest_is_zero);
    RUN(bytes_that_are_no_event_do_not_unpack);
    RUN(an_event_prints_on_one_line_without_what_is_empty);
    RUN(a_command_comes_back_and_goes_to_its_limb);
    RUN(posting_tells_full_and_too_long);
    RUN(the_longest_invite_fits_into_a_message);
    return 0;
}

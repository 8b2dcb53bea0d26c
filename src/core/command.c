// SPDX-License-Identifier: Apache-2.0
/* command.c - which limb carries a command out; and a command on its way there. */
#include "core/command.h"

#include <assert.h>
#include <string.h>

_Static_assert(COMMAND_KINDS < 128, "the kind is one byte");

enum limb command_limb(enum command_kind kind)
{
    switch (kind) {
    case COMMAND_NONE:
    case TIMER_SET:
    case TIMER_CANCEL:
    case PLAN_DROP:
    case CALL_PLACE:
    case CALL_TELL:
    case COMMAND_KINDS:
        return LIMB_CORE;
    case SIP_RING:
    case SIP_ANSWER:
    case SIP_REJECT:
    case SIP_REPLY:
    case SIP_REFRESH:
    case SIP_HANG_UP:
    case SIP_DIAL:
    case SIP_REINVITE:
    case SIP_REFER:
    case SIP_NOTIFY:
    case SIP_SEND_KEY:
    case SIP_REGISTERED:
    case SIP_WATCH:
    case SIP_WATCH_EVERY:
        return LIMB_SIP;
    case MEDIA_OPEN:
    case MEDIA_UPDATE:
    case MEDIA_PLAY:
    case MEDIA_BRIDGE:
    case MEDIA_UNBRIDGE:
    case MEDIA_HEAR:
    case MEDIA_PAUSE:
    case MEDIA_RESUME:
    case MEDIA_FLUSH:
    case MEDIA_TAP:
    case MEDIA_UNTAP:
    case MEDIA_CAPTURE:
    case MEDIA_SEND_KEYS:
    case MEDIA_CLOSE:
        return LIMB_MEDIA;
    case CLIP_DROP:
    case SPEECH_LISTEN:
    case SPEECH_EXPECT:
    case SPEECH_FINISH:
    case SPEECH_FORGET:
    case SPEECH_STOP:
    case SPEECH_SAY:
    case SPEECH_CANCEL:
        return LIMB_SPEECH;
    case MIND_UNDERSTAND:
    case MIND_THINK:
    case MIND_RESULT:
    case MIND_NOTE:
    case MIND_CANCEL:
    case MIND_FORGET:
    case TOOL_CALL:
    case LOOKUP_ASKED:
        return LIMB_MIND;
    case STORE_CALL_OPENED:
    case STORE_CALL_ANSWERED:
    case STORE_TURN:
    case STORE_KEY:
    case STORE_HANDOVER:
    case STORE_CAPTURE:
    case STORE_CAPTURED:
    case STORE_LEG:
    case STORE_TRANSFER:
    case STORE_LEDGER:
    case STORE_CALL_CLOSED:
    case STORE_PHONE:
    case STORE_TRUNK:
    case STORE_PROVIDER:
    case STORE_TOOL:
    case STORE_TASK:
    case STORE_TASK_STATE:
    case STORE_TASKS_WANTED:
    case STORE_OPERATOR:
    case STORE_OFFER:
    case STORE_SUPERVISION:
    case STORE_SLO:
    case STORE_SLO_COUNT:
    case STORE_LOOKUP:
    case STORE_DELIVERY:
    case STORE_QUEUE:
    case STORE_HOLD:
        return LIMB_STORE;
    }
    assert(false);
    return LIMB_CORE;
}

size_t command_pack(const struct command *command, uint8_t *out, size_t size)
{
    assert((uint32_t)command->kind < COMMAND_KINDS);
    if (size < 1)
        return 0;
    size_t packed = record_pack(&command_shapes[command->kind], command, out + 1, size - 1);
    if (packed == 0)
        return 0;
    out[0] = (uint8_t)command->kind;
    return packed + 1;
}

bool command_unpack(const uint8_t *bytes, size_t size, struct command *out)
{
    if (size < 1 || bytes[0] >= COMMAND_KINDS)
        return false;
    memset(out, 0, sizeof(*out));
    out->kind = bytes[0];
    return record_unpack(&command_shapes[out->kind], bytes + 1, size - 1, out);
}

void command_print(const struct command *command, struct text_buffer *out)
{
    assert((uint32_t)command->kind < COMMAND_KINDS);
    record_print(&command_shapes[command->kind], command, out);
}

bool command_equal(const struct command *a, const struct command *b)
{
    return a->kind == b->kind && record_equal(&command_shapes[a->kind], a, b);
}

enum mailbox_result command_post(struct mailbox *mailbox, const struct command *command)
{
    uint8_t packed[MAX_PACKED];
    size_t size = command_pack(command, packed, sizeof(packed));
    return size > 0 ? mailbox_post(mailbox, packed, size) : MAILBOX_FULL;
}

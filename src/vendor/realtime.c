// SPDX-License-Identifier: Apache-2.0
/* realtime.c - messages of the Realtime API that are of an answer. */
#include "vendor/realtime.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "vendor/base64.h"
#include "vendor/members.h"

/* Ours, in every message that the server may answer with an error. */
#define OURS "offhook-"
#define ASKED OURS "ask-"

bool realtime_is_ours(struct text event_id)
{
    return text_starts(event_id, TEXT(OURS));
}

/* ---- Reading ---- */

static void copy_id(char out[REALTIME_ID], struct text id)
{
    if (id.size < REALTIME_ID)
        text_copy(out, REALTIME_ID, id);
}

static uint16_t copy(char *out, uint32_t capacity, struct text t)
{
    struct text_buffer buffer;

    text_buffer_init(&buffer, out, capacity);
    text_append(&buffer, t);
    return (uint16_t)buffer.size;
}

static void say(struct realtime_news *out, enum realtime_news_kind kind, struct text text)
{
    out->kind = kind;
    out->size = copy(out->text, sizeof(out->text), text);
}

/* Of metadata that we gave; 0 when it is not there. */
static uint32_t number_of(const json_t *response)
{
    struct text number =
        members_text(json_object_get(response, "metadata"), "offhook");
    uint64_t value = 0;

    return text_number(number, &value) && value <= UINT32_MAX ? (uint32_t)value : 0;
}

static uint16_t status_of(const json_t *error)
{
    struct text code = members_text(error, "code"), type = members_text(error, "type");

    if (text_equal(code, TEXT("rate_limit_exceeded")) ||
        text_equal(code, TEXT("insufficient_quota")))
        return 429;
    return text_equal(type, TEXT("server_error")) ? 500 : 0;
}

static void read_sound(const json_t *message, uint8_t *sound, struct realtime_news *out)
{
    struct text coded = members_text(message, "delta");
    size_t size = 0;

    if (!base64_decode(coded, sound, coded.size, &size))
        return;
    out->kind = REALTIME_SOUND;
    out->sound_size = (uint32_t)size;
    copy_id(out->item, members_text(message, "item_id"));
}

/* Only a whole call counts: its pieces are of no use, and this one has all of it. */
static void read_item(const json_t *item, struct realtime_news *out)
{
    struct text arguments = members_text(item, "arguments");
    json_t *read;

    if (!text_equal(members_text(item, "type"), TEXT("function_call")))
        return;
    read = members_read(arguments, LLM_ARGUMENTS);
    out->broken = arguments.size > 0 && !json_is_object(read);
    json_decref(read);
    out->id_size = copy(out->id, sizeof(out->id), members_text(item, "call_id"));
    out->name_size = copy(out->name, sizeof(out->name), members_text(item, "name"));
    say(out, REALTIME_CALL, out->broken ? TEXT_EMPTY : arguments);
}

static void read_done(const json_t *response, struct realtime_news *out)
{
    const json_t *usage = json_object_get(response, "usage");
    const json_t *details = json_object_get(response, "status_details");
    const json_t *error = json_object_get(details, "error");
    struct text status = members_text(response, "status");

    out->number = number_of(response);
    out->tokens_in = members_number(usage, "input_tokens", 0);
    out->tokens_out = members_number(usage, "output_tokens", 0);
    if (text_equal(status, TEXT("failed"))) {
        struct text why = members_text(error, "message");
        say(out, REALTIME_FAILED, text_empty(why) ? members_text(error, "code") : why);
        out->status = status_of(error);
    } else {
        out->kind = text_equal(status, TEXT("cancelled")) ? REALTIME_STOPPED : REALTIME_OVER;
    }
}

/* Errors of all else are the recogniser's to judge, or mean nothing: an item that was gone. */
static void read_error(const json_t *error, struct realtime_news *out)
{
    struct text id = members_text(error, "event_id");
    uint64_t number = 0;

    if (!text_starts(id, TEXT(ASKED)) ||
        !text_number(text_part(id, sizeof(ASKED) - 1, UINT32_MAX), &number))
        return;
    say(out, REALTIME_FAILED, members_text(error, "message"));
    out->number = (uint32_t)number;
    out->status = status_of(error);
}

/* Comes while the caller speaks, whatever becomes of an answer. */
static bool is_of_caller(struct text type)
{
    return text_starts(type, TEXT("input_audio_buffer.")) ||
           text_starts(type, TEXT("conversation.item.input_audio_transcription."));
}

static void read_message(const json_t *message, uint8_t *sound, struct realtime_news *out)
{
    struct text type = members_text(message, "type");
    const json_t *response = json_object_get(message, "response");

    if (!text_empty(type) && !is_of_caller(type))
        out->kind = REALTIME_ALIVE;
    copy_id(out->response, members_text(message, "response_id"));
    if (text_equal(type, TEXT("response.output_audio.delta")) ||
        text_equal(type, TEXT("response.audio.delta"))) {
        read_sound(message, sound, out);
    } else if (text_equal(type, TEXT("response.output_audio_transcript.delta")) ||
               text_equal(type, TEXT("response.audio_transcript.delta"))) {
        say(out, REALTIME_WORDS, members_text(message, "delta"));
        copy_id(out->item, members_text(message, "item_id"));
    } else if (text_equal(type, TEXT("response.output_item.done"))) {
        read_item(json_object_get(message, "item"), out);
    } else if (text_equal(type, TEXT("response.created"))) {
        out->kind = REALTIME_BEGUN;
        out->number = number_of(response);
    } else if (text_equal(type, TEXT("response.done"))) {
        read_done(response, out);
    } else if (text_equal(type, TEXT("error"))) {
        read_error(json_object_get(message, "error"), out);
    } else if (text_equal(type, TEXT("response.function_call_arguments.delta"))) {
        out->kind = REALTIME_WRITING;
    }
    if (response)
        copy_id(out->response, members_text(response, "id"));
}

void realtime_read(const char *bytes, size_t size, uint8_t *sound, struct realtime_news *out)
{
    json_t *message;

    out->kind = REALTIME_NOTHING;
    out->number = out->sound_size = out->tokens_in = out->tokens_out = 0;
    out->status = out->id_size = out->name_size = out->size = 0;
    out->broken = false;
    out->response[0] = out->item[0] = '\0';
    if (size > STT_MESSAGE)
        return;
    message = members_read((struct text){bytes, (uint32_t)size}, STT_MESSAGE);
    read_message(message, sound, out);
    json_decref(message);
}

/* ---- Writing ---- */

static json_t *tools_of(const struct llm_tool *tools, uint32_t count)
{
    json_t *all = json_array();

    for (uint32_t i = 0; i < count; i++) {
        json_t *schema = text_empty(tools[i].schema)
                             ? json_pack("{s:s, s:{}}", "type", "object", "properties")
                             : members_read(tools[i].schema, LLM_MESSAGE);
        json_array_append_new(all, json_pack("{s:s, s:o*, s:o*, s:o*}", "type", "function", "name",
                                             members_string(tools[i].name), "description",
                                             members_string(tools[i].description), "parameters",
                                             schema));
    }
    return all;
}

uint32_t realtime_write_session(struct text instructions, const struct llm_tool *tools,
                                uint32_t tool_count, uint32_t max_tokens, char *out, uint32_t size)
{
    json_t *session = json_pack("{s:s, s:o, s:o, s:s}", "type", "realtime", "instructions",
                                members_string(instructions), "tools",
                                tools_of(tools, tool_count), "tool_choice", "auto");

    if (session && max_tokens > 0)
        json_object_set_new(session, "max_output_tokens", json_integer(max_tokens));
    return members_write(json_pack("{s:s, s:s, s:o}", "type", "session.update", "event_id",
                                   OURS "session", "session", session),
                         out, size);
}

static json_t *words_of(const char *role, const char *kind, struct text text)
{
    return json_pack("{s:s, s:s, s:[{s:s, s:o}]}", "type", "message", "role", role, "content",
                     "type", kind, "text", members_string(text));
}

static json_t *item_of(const struct llm_message *message)
{
    switch (message->role) {
    case LLM_USER:
        return words_of("user", "input_text", message->text);
    case LLM_ASSISTANT:
        return words_of("assistant", "output_text", message->text);
    case LLM_CALL:
        return json_pack("{s:s, s:o, s:o, s:o}", "type", "function_call", "call_id",
                         members_string(message->id), "name", members_string(message->name),
                         "arguments", members_string(message->text));
    case LLM_RESULT:
        return json_pack("{s:s, s:o, s:o}", "type", "function_call_output", "call_id",
                         members_string(message->id), "output", members_string(message->text));
    }
    return NULL;
}

uint32_t realtime_write_item(const struct llm_message *message, struct text id, struct text after,
                             char *out, uint32_t size)
{
    json_t *item = item_of(message), *whole;

    if (item && !text_empty(id))
        json_object_set_new(item, "id", members_string(id));
    whole = json_pack("{s:s, s:s, s:o}", "type", "conversation.item.create", "event_id",
                      OURS "item", "item", item);
    if (whole && !text_empty(after))
        json_object_set_new(whole, "previous_item_id", members_string(after));
    return members_write(whole, out, size);
}

uint32_t realtime_write_ask(uint32_t number, char *out, uint32_t size)
{
    char id[32], digits[16];

    snprintf(id, sizeof(id), ASKED "%u", number);
    snprintf(digits, sizeof(digits), "%u", number);
    return members_write(json_pack("{s:s, s:s, s:{s:{s:s}}}", "type", "response.create", "event_id",
                                   id, "response", "metadata", "offhook", digits),
                         out, size);
}

uint32_t realtime_write_cancel(char *out, uint32_t size)
{
    return members_write(
        json_pack("{s:s, s:s}", "type", "response.cancel", "event_id", OURS "cancel"), out, size);
}

uint32_t realtime_write_heard(struct text item, uint32_t heard_ms, char *out, uint32_t size)
{
    if (heard_ms == 0)
        return members_write(json_pack("{s:s, s:s, s:o}", "type", "conversation.item.delete",
                                       "event_id", OURS "delete", "item_id", members_string(item)),
                             out, size);
    return members_write(json_pack("{s:s, s:s, s:o, s:i, s:I}", "type",
                                   "conversation.item.truncate", "event_id", OURS "truncate",
                                   "item_id", members_string(item), "content_index", 0,
                                   "audio_end_ms", (json_int_t)heard_ms),
                         out, size);
}

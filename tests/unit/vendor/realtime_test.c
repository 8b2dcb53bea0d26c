// SPDX-License-Identifier: Apache-2.0
/* realtime_test.c - messages as in the vendor's documents (vendor/realtime.h names them), written
 * for here. */
#include "vendor/realtime.h"

#include <string.h>

#include "check.h"

static struct realtime_news news;
static uint8_t sound[4096];
static char out[4096];

static const struct realtime_news *read(const char *message)
{
    realtime_read(message, strlen(message), sound, &news);
    return &news;
}

static bool written(uint32_t size, const char *expected)
{
    return size == strlen(expected) && memcmp(out, expected, size) == 0;
}

static bool in(uint32_t size, const char *part)
{
    out[size] = '\0';
    return size > 0 && strstr(out, part);
}

static void sound_comes_out_of_both_names_of_its_message(void)
{
    CHECK(read("{\"type\":\"response.output_audio.delta\",\"response_id\":\"r1\","
               "\"item_id\":\"i1\",\"delta\":\"AQIDBA==\"}")
              ->kind == REALTIME_SOUND);
    CHECK(news.sound_size == 4 && memcmp(sound, "\1\2\3\4", 4) == 0);
    CHECK(strcmp(news.item, "i1") == 0 && strcmp(news.response, "r1") == 0);
    CHECK(read("{\"type\":\"response.audio.delta\",\"item_id\":\"i1\",\"delta\":\"AQID\"}")->kind ==
          REALTIME_SOUND);
    CHECK(news.sound_size == 3);
    CHECK(read("{\"type\":\"response.output_audio.delta\",\"delta\":\"no base64\"}")->kind ==
          REALTIME_ALIVE);
}

static void words_are_those_of_the_answer_only(void)
{
    CHECK(read("{\"type\":\"response.output_audio_transcript.delta\",\"item_id\":\"i1\","
               "\"delta\":\" at eight\"}")
              ->kind == REALTIME_WORDS);
    CHECK(news.size == 9 && memcmp(news.text, " at eight", 9) == 0);
    CHECK(read("{\"type\":\"conversation.item.input_audio_transcription.delta\",\"delta\":\"x\"}")
              ->kind == REALTIME_NOTHING);
}

static void an_answer_says_which_question_it_answers_and_what_it_cost(void)
{
    CHECK(read("{\"type\":\"response.created\",\"response\":{\"id\":\"r1\","
               "\"metadata\":{\"offhook\":\"12\"}}}")
              ->kind == REALTIME_BEGUN);
    CHECK(news.number == 12 && strcmp(news.response, "r1") == 0);
    CHECK(read("{\"type\":\"response.done\",\"response\":{\"id\":\"r1\",\"status\":\"completed\","
               "\"metadata\":{\"offhook\":\"12\"},\"usage\":{\"input_tokens\":90,"
               "\"output_tokens\":30}}}")
              ->kind == REALTIME_OVER);
    CHECK(news.number == 12 && news.tokens_in == 90 && news.tokens_out == 30);
    CHECK(read("{\"type\":\"response.done\",\"response\":{\"status\":\"incomplete\"}}")->kind ==
          REALTIME_OVER);
    CHECK(news.number == 0);
    CHECK(read("{\"type\":\"response.done\",\"response\":{\"status\":\"cancelled\"}}")->kind ==
          REALTIME_STOPPED);
    CHECK(read("{\"type\":\"response.done\",\"response\":{\"status\":\"failed\","
               "\"status_details\":{\"error\":{\"code\":\"rate_limit_exceeded\"}}}}")
              ->kind == REALTIME_FAILED);
    CHECK(news.status == 429);
}

static void a_tool_is_called_when_all_of_its_arguments_are_there(void)
{
    CHECK(read("{\"type\":\"response.function_call_arguments.delta\",\"delta\":\"{\"}")->kind ==
          REALTIME_WRITING);
    CHECK(read("{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"function_call\","
               "\"name\":\"find\",\"call_id\":\"c1\",\"arguments\":\"{\\\"n\\\":4}\"}}")
              ->kind == REALTIME_CALL);
    CHECK(!news.broken && news.name_size == 4 && news.id_size == 2);
    CHECK(news.size == 7 && memcmp(news.text, "{\"n\":4}", 7) == 0);
    CHECK(read("{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"function_call\","
               "\"name\":\"find\",\"call_id\":\"c1\",\"arguments\":\"{\\\"n\"}}")
              ->kind == REALTIME_CALL);
    CHECK(news.broken && news.size == 0);
    CHECK(read("{\"type\":\"response.output_item.done\",\"item\":{\"type\":\"message\"}}")->kind ==
          REALTIME_ALIVE);
}

static void an_error_fails_only_the_question_that_it_names(void)
{
    CHECK(read("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":"
               "\"busy\",\"event_id\":\"offhook-ask-31\"}}")
              ->kind == REALTIME_FAILED);
    CHECK(news.number == 31);
    CHECK(read("{\"type\":\"error\",\"error\":{\"message\":\"no active response\","
               "\"event_id\":\"offhook-cancel\"}}")
              ->kind == REALTIME_ALIVE);
    CHECK(read("{\"type\":\"rate_limits.updated\"}")->kind == REALTIME_ALIVE);
    CHECK(read("{\"type\":\"input_audio_buffer.committed\"}")->kind == REALTIME_NOTHING);
    CHECK(read("{}")->kind == REALTIME_NOTHING && read("no JSON")->kind == REALTIME_NOTHING);
}

static void what_is_said_to_it_is_as_its_documents_have_it(void)
{
    struct llm_message result = {.role = LLM_RESULT, .id = TEXT("c1"), .text = TEXT("open")};
    struct llm_message said = {.role = LLM_ASSISTANT, .text = TEXT("Hello.")};
    struct llm_tool tool = {
        .name = TEXT("find"), .description = TEXT("Finds."), .schema = TEXT("{\"type\":\"object\"}")};

    CHECK(written(realtime_write_cancel(out, sizeof(out) - 1),
                  "{\"type\":\"response.cancel\",\"event_id\":\"offhook-cancel\"}"));
    CHECK(written(realtime_write_ask(3, out, sizeof(out) - 1),
                  "{\"type\":\"response.create\",\"event_id\":\"offhook-ask-3\","
                  "\"response\":{\"metadata\":{\"offhook\":\"3\"}}}"));
    CHECK(written(realtime_write_heard(TEXT("i1"), 1480, out, sizeof(out) - 1),
                  "{\"type\":\"conversation.item.truncate\",\"event_id\":\"offhook-truncate\","
                  "\"item_id\":\"i1\",\"content_index\":0,\"audio_end_ms\":1480}"));
    CHECK(in(realtime_write_heard(TEXT("i1"), 0, out, sizeof(out) - 1),
             "\"conversation.item.delete\""));
    CHECK(in(realtime_write_item(&result, TEXT_EMPTY, TEXT_EMPTY, out, sizeof(out) - 1),
             "\"item\":{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"open\"}"));
    CHECK(in(realtime_write_item(&said, TEXT("s1"), TEXT("root"), out, sizeof(out) - 1),
             "\"content\":[{\"type\":\"output_text\",\"text\":\"Hello.\"}],\"id\":\"s1\"}"));
    CHECK(strstr(out, "\"previous_item_id\":\"root\""));
    CHECK(in(realtime_write_session(TEXT("Be kind."), &tool, 1, 100, out, sizeof(out) - 1),
             "\"tools\":[{\"type\":\"function\",\"name\":\"find\",\"description\":\"Finds.\","
             "\"parameters\":{\"type\":\"object\"}}]"));
    CHECK(strstr(out, "\"type\":\"realtime\"") && strstr(out, "\"max_output_tokens\":100"));
    CHECK(realtime_write_ask(3, out, 10) == 0);
}

int main(void)
{
    RUN(sound_comes_out_of_both_names_of_its_message);
    RUN(words_are_those_of_the_answer_only);
    RUN(an_answer_says_which_question_it_answers_and_what_it_cost);
    RUN(a_tool_is_called_when_all_of_its_arguments_are_there);
    RUN(an_error_fails_only_the_question_that_it_names);
    RUN(what_is_said_to_it_is_as_its_documents_have_it);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* stt_test.c - messages as in the vendors' documents (vendor/stt.h names them), written for here.
 */
#include "vendor/stt.h"

#include <string.h>

#include "base/g711.h"
#include "check.h"
#include "vendor/base64.h"

static struct stt_news news;
static struct stt_opening opening;

static const struct stt_vendor *vendor(const char *kind)
{
    const struct stt_vendor *found = stt_find(text_of(kind));

    CHECK(found);
    return found;
}

static const struct stt_news *read(const char *kind, const char *message)
{
    stt_read(vendor(kind), message, strlen(message), &news);
    return &news;
}

static bool in(const char *text, const char *part)
{
    return strstr(text, part) != NULL;
}

static void a_stream_is_opened_where_and_as_the_configuration_says(void)
{
    struct stt_ask ask = {.url = TEXT("ws://127.0.0.1:9/"),
                          .key = TEXT("k1"),
                          .language = TEXT("de"),
                          .options =
                              TEXT("keyterm=caf\xc3\xa9 au lait\nendpointing=\nencoding=x\n"),
                          .rate = 8000};

    CHECK(stt_open(vendor("deepgram"), &ask, &opening));
    CHECK(strcmp(opening.url, "ws://127.0.0.1:9/v1/listen?encoding=mulaw&sample_rate=8000"
                              "&model=nova-3&channels=1&interim_results=true&language=de"
                              "&keyterm=caf%C3%A9%20au%20lait") == 0);
    CHECK(strcmp(opening.authorization, "Token k1") == 0 && opening.begin[0] == '\0');
    ask = (struct stt_ask){
        .rate = 16000, .model = TEXT("flux-general-multi"), .language = TEXT("es")};
    CHECK(stt_open(vendor("deepgram-flux"), &ask, &opening));
    CHECK(strcmp(opening.url, "wss://api.deepgram.com/v2/listen?encoding=linear16"
                              "&sample_rate=16000&model=flux-general-multi"
                              "&eager_eot_threshold=0.5&language_hint=es") == 0);
    CHECK(opening.authorization[0] == '\0');
}

static void sessions_are_described_in_their_first_message(void)
{
    struct stt_ask ask = {.key = TEXT("k2"),
                          .language = TEXT("pt-BR"),
                          .rate = 8000,
                          .options = TEXT("prompt=names of towns\n")};

    CHECK(stt_open(vendor("openai-realtime-stt"), &ask, &opening));
    CHECK(strcmp(opening.url, "wss://api.openai.com/v1/realtime?intent=transcription") == 0);
    CHECK(strcmp(opening.authorization, "Bearer k2") == 0);
    CHECK(in(opening.begin, "\"type\":\"session.update\"") &&
          in(opening.begin, "\"type\":\"transcription\"") && in(opening.begin, "\"audio/pcmu\"") &&
          in(opening.begin, "\"language\":\"pt\"") &&
          in(opening.begin, "\"turn_detection\":null") &&
          in(opening.begin, "\"prompt\":\"names of towns\"") && in(opening.begin, "logprobs"));
    CHECK(!in(opening.begin, "k2"));
    ask.url = TEXT("ws://127.0.0.1:2700");
    ask.options = TEXT_EMPTY;
    CHECK(stt_open(vendor("vosk"), &ask, &opening));
    CHECK(strcmp(opening.url, "ws://127.0.0.1:2700") == 0);
    CHECK(strcmp(opening.begin, "{\"config\":{\"sample_rate\":8000,\"words\":true}}") == 0);
}

static void a_conversation_is_described_in_its_first_message_too(void)
{
    struct stt_ask ask = {.key = TEXT("k2"),
                          .language = TEXT("de-CH"),
                          .voice = TEXT("cedar"),
                          .rate = 8000,
                          .options = TEXT("transcription=gpt-4o-transcribe\n"
                                          "audio.output.speed=1.1\ntruncation=disabled\n")};

    CHECK(stt_open(vendor("openai-realtime"), &ask, &opening));
    CHECK(strcmp(opening.url, "wss://api.openai.com/v1/realtime?model=gpt-realtime") == 0);
    CHECK(in(opening.begin, "\"session\":{\"type\":\"realtime\",\"output_modalities\":[\"audio\"]") &&
          in(opening.begin, "\"transcription\":{\"model\":\"gpt-4o-transcribe\",\"language\":\"de\"}") &&
          in(opening.begin, "\"turn_detection\":null") && in(opening.begin, "\"speed\":1.1"));
    CHECK(in(opening.begin, "\"output\":{\"format\":{\"type\":\"audio/pcmu\"},\"voice\":\"cedar\"") &&
          in(opening.begin, "\"truncation\":\"disabled\"") &&
          in(opening.begin, "\"item.input_audio_transcription.logprobs\""));
    ask.wide = true;
    CHECK(stt_open(vendor("openai-realtime"), &ask, &opening));
    CHECK(in(opening.begin, "\"format\":{\"type\":\"audio/pcm\",\"rate\":24000}"));
}

static void a_conversation_s_answers_are_nobody_s_words(void)
{
    CHECK(read("openai-realtime", "{\"type\":\"input_audio_buffer.committed\"}")->kind ==
          STT_COMMITTED);
    CHECK(read("openai-realtime", "{\"type\":\"response.done\",\"response\":{}}")->kind ==
          STT_NOTHING);
    CHECK(read("openai-realtime", "{\"type\":\"error\",\"error\":{\"message\":\"x\",\"event_id\":"
                                  "\"offhook-cancel\"}}")
              ->kind == STT_NOTHING);
    CHECK(read("openai-realtime", "{\"type\":\"error\",\"error\":{\"message\":\"x\"}}")->kind ==
          STT_FAILED);
}

static void a_key_that_is_not_one_word_opens_nothing(void)
{
    struct stt_ask ask = {.key = TEXT("a\r\nHost: b"), .rate = 8000};
    static char longest[STT_URL + 1];

    CHECK(!stt_open(vendor("deepgram"), &ask, &opening));
    memset(longest, 'x', STT_URL);
    ask = (struct stt_ask){.url = {longest, STT_URL}, .rate = 8000};
    CHECK(!stt_open(vendor("deepgram"), &ask, &opening));
    CHECK(!stt_find(TEXT("elevenlabs")));
}

static void sound_is_coded_as_each_wants_it(void)
{
    uint8_t ulaw[STT_PIECE], out[STT_FRAME], back[STT_PIECE];
    static const char before[] = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"";
    size_t size = 0;

    for (uint32_t i = 0; i < STT_PIECE; i++)
        ulaw[i] = (uint8_t)(i * 7);
    CHECK(stt_frame(vendor("deepgram"), 8000, ulaw, 320, out) == 320 &&
          memcmp(out, ulaw, 320) == 0);
    CHECK(stt_frame(vendor("deepgram"), 16000, ulaw, STT_PIECE, out) == 2 * STT_PIECE);
    int16_t one;
    g711_ulaw_decode(ulaw + 9, &one, 1);
    CHECK((int16_t)(out[18] | out[19] << 8) == one);
    uint32_t made = stt_frame(vendor("openai-realtime-stt"), 8000, ulaw, STT_PIECE, out);
    CHECK(made > sizeof(before) + 2 && memcmp(out, before, sizeof(before) - 1) == 0);
    struct text coded = {(const char *)out + sizeof(before) - 1,
                         made - (uint32_t)sizeof(before) + 1 - 2};
    CHECK(base64_decode(coded, back, sizeof(back), &size) && size == STT_PIECE);
    CHECK(memcmp(back, ulaw, STT_PIECE) == 0 && memcmp(out + made - 2, "\"}", 2) == 0);
    CHECK(stt_rate(vendor("openai-realtime-stt"), 16000) == 8000);
    CHECK(stt_rate(vendor("vosk"), 16000) == 16000 && stt_rate(vendor("vosk"), 8000) == 8000);
}

static const char results[] =
    "{\"type\":\"Results\",\"channel_index\":[0,1],\"duration\":1.5,\"start\":2.25,\"is_final\":%s,"
    "\"speech_final\":false,\"from_finalize\":%s,\"channel\":{\"alternatives\":[{\"transcript\":"
    "\"%s\",\"confidence\":0.93,\"words\":[{\"word\":\"my\",\"start\":2.3,\"end\":2.4,"
    "\"confidence\":"
    "0.9},{\"word\":\"bill\",\"start\":2.5,\"end\":2.9,\"confidence\":0.7}]}]}}";

static const struct stt_news *read_results(const char *final, const char *last, const char *words)
{
    char message[1024];

    snprintf(message, sizeof(message), results, final, last, words);
    return read("deepgram", message);
}

static void live_results_are_words_with_their_times(void)
{
    const struct stt_news *n = read_results("false", "false", "my bill");

    CHECK(n->kind == STT_INTERIM && strcmp(n->text, "my bill") == 0 && n->to_ms == 3750);
    CHECK(n->word_count == 2 && n->words[1].at == 3 && n->words[1].size == 4);
    CHECK(n->words[1].from_ms == 2500 && n->words[1].to_ms == 2900);
    CHECK(n->words[1].confidence_permille == 700 && n->confidence_permille == 800);
    n = read_results("true", "true", "my bill");
    CHECK(n->kind == STT_SETTLED && n->last);
    CHECK(read("deepgram", "{\"type\":\"SpeechStarted\",\"channel\":[0],\"timestamp\":1}")->kind ==
          STT_SPEECH_STARTED);
    CHECK(read("deepgram", "{\"type\":\"Metadata\",\"duration\":3}")->kind == STT_NOTHING);
    n = read("deepgram",
             "{\"type\":\"Error\",\"variant\":\"V\",\"description\":\"bad\\nmessage\"}");
    CHECK(n->kind == STT_FAILED && n->over && strcmp(n->why, "bad message") == 0);
}

static void turns_are_heard_by_flux(void)
{
    static const struct {
        const char *event;
        enum stt_news_kind kind;
    } rows[] = {{"Update", STT_INTERIM},
                {"StartOfTurn", STT_SPEECH_STARTED},
                {"EagerEndOfTurn", STT_EAGER_END},
                {"TurnResumed", STT_RESUMED},
                {"EndOfTurn", STT_END_OF_TURN}};
    char message[512];

    for (uint32_t i = 0; i < 5; i++) {
        snprintf(message, sizeof(message),
                 "{\"type\":\"TurnInfo\",\"request_id\":\"r\",\"sequence_id\":7,\"event\":\"%s\","
                 "\"turn_index\":0,\"audio_window_start\":0.0,\"audio_window_end\":1.28,"
                 "\"transcript\":\"Oh, hi.\",\"words\":[{\"word\":\"Oh,\",\"confidence\":0.5}],"
                 "\"end_of_turn_confidence\":0.4}",
                 rows[i].event);
        CHECK(read("deepgram-flux", message)->kind == rows[i].kind);
        CHECK(strcmp(news.text, "Oh, hi.") == 0 && news.to_ms == 1280);
        CHECK(news.confidence_permille == 500 && news.last == (i == 4));
    }
    CHECK(read("deepgram-flux", "{\"type\":\"Connected\",\"sequence_id\":0}")->kind == STT_NOTHING);
    CHECK(read("deepgram-flux", "{\"type\":\"Error\",\"sequence_id\":1,\"code\":\"C\"}")->over);
}

static void realtime_transcripts_grow_and_are_completed(void)
{
    static const char item[] = "{\"type\":\"conversation.item.input_audio_transcription.%s\","
                               "\"item_id\":\"i\",\"content_index\":0,%s}";
    char message[512];

    snprintf(message, sizeof(message), item, "delta", "\"delta\":\" there\"");
    CHECK(read("openai-realtime-stt", message)->kind == STT_DELTA);
    CHECK(strcmp(news.text, " there") == 0);
    snprintf(message, sizeof(message), item, "completed",
             "\"transcript\":\"Hi there.\",\"logprobs\":[{\"logprob\":-0.1},{\"logprob\":-0.3}]");
    CHECK(read("openai-realtime-stt", message)->kind == STT_SETTLED && news.last);
    CHECK(news.confidence_permille == 818); /* exp(-0.2) */
    snprintf(message, sizeof(message), item, "failed",
             "\"error\":{\"type\":\"server_error\",\"message\":\"again\"}");
    CHECK(read("openai-realtime-stt", message)->kind == STT_FAILED && !news.over);
    CHECK(news.status == 500);
    read("openai-realtime-stt", "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
                                "\"code\":\"input_audio_buffer_commit_empty\",\"message\":\"m\"}}");
    CHECK(news.kind == STT_SETTLED && news.last && news.size == 0);
    read("openai-realtime-stt", "{\"type\":\"error\",\"error\":{\"type\":\"requests\","
                                "\"code\":\"rate_limit_exceeded\",\"message\":\"slow down\"}}");
    CHECK(news.kind == STT_FAILED && news.over && news.status == 429);
}

static void a_file_is_sent_as_a_form_and_its_words_come_back(void)
{
    struct stt_ask ask = {.language = TEXT("en-GB"), .rate = 8000, .options = TEXT("prompt=p\n")};
    char form[STT_FORM], tail[STT_FORM];
    uint32_t size = stt_form_head(vendor("whisper"), &ask, TEXT("xyz"), 8000, form);
    static const char answer[] =
        "{\"text\":\" Hello.\",\"segments\":[{\"avg_logprob\":%s,\"no_speech_prob\":%s}]}";
    char message[256];

    CHECK(size > 44 && memcmp(form, "--xyz\r\n", 7) == 0);
    CHECK(memcmp(form + size - 44, "RIFF", 4) == 0 && memcmp(form + size - 8, "data", 4) == 0);
    CHECK((uint8_t)form[size - 4] == (16000 & 255) && (uint8_t)form[size - 3] == 16000 >> 8);
    form[size - 44] = '\0';
    CHECK(in(form, "name=\"model\"\r\n\r\nwhisper-1\r\n") && in(form, "\r\n\r\nen\r\n") &&
          in(form, "\r\n\r\nverbose_json\r\n") && in(form, "name=\"prompt\"\r\n\r\np\r\n"));
    CHECK(stt_form_tail(TEXT("xyz"), tail) == 11 && memcmp(tail, "\r\n--xyz--\r\n", 11) == 0);
    snprintf(message, sizeof(message), answer, "-0.1", "0.02");
    stt_read_answer(vendor("whisper"), 200, message, strlen(message), &news);
    CHECK(news.kind == STT_SETTLED && news.last && news.confidence_permille == 904);
    snprintf(message, sizeof(message), answer, "-1.4", "0.9");
    stt_read_answer(vendor("whisper"), 200, message, strlen(message), &news);
    CHECK(news.kind == STT_SETTLED && news.size == 0);
    stt_read_answer(vendor("whisper"), 503, "<html>", 6, &news);
    CHECK(news.kind == STT_FAILED && news.over && news.status == 503);
    stt_read_answer(vendor("whisper"), 200, "<html>", 6, &news);
    CHECK(news.kind == STT_FAILED && news.over);
}

static struct stt_turn turn;
static char words[MAX_UTTERANCE];

static enum stt_change hear(const char *kind, const char *message, uint32_t awaited)
{
    read(kind, message);
    enum stt_change change = stt_hear(&turn, vendor(kind), &news, awaited);
    stt_words(&turn, words);
    return change;
}

static void parts_of_a_long_utterance_are_joined(void)
{
    turn = (struct stt_turn){.settled_size = 0};
    read_results("true", "false", "I moved house");
    CHECK(stt_hear(&turn, vendor("deepgram"), &news, 0) == STT_MORE);
    read_results("false", "false", "and my");
    CHECK(stt_hear(&turn, vendor("deepgram"), &news, 0) == STT_MORE);
    CHECK(stt_words(&turn, words) == 800 && strcmp(words, "i moved house and my") == 0);
    read_results("true", "true", "And my bill");
    CHECK(stt_hear(&turn, vendor("deepgram"), &news, 1) == STT_WHOLE);
    stt_words(&turn, words);
    CHECK(strcmp(words, "i moved house and my bill") == 0);
    stt_next(&turn);
    CHECK(stt_words(&turn, words) == 0 && words[0] == '\0');
}

static void an_utterance_of_a_vendor_that_answers_each_message_ends_with_its_last_answer(void)
{
    turn = (struct stt_turn){.settled_size = 0};
    CHECK(hear("vosk", "{\"partial\":\"one\"}", 0) == STT_MORE);
    CHECK(hear("vosk", "{\"text\":\"one two\"}", 4) == STT_MORE);
    CHECK(hear("vosk", "{\"partial\":\"\"}", 4) == STT_MORE);
    CHECK(hear("vosk",
               "{\"result\":[{\"conf\":0.5,\"start\":1.0,\"end\":1.2,\"word\":\"three\"}],"
               "\"text\":\"three\"}",
               4) == STT_WHOLE);
    CHECK(strcmp(words, "one two three") == 0);
}

static void opinions_of_turns_bring_all_words(void)
{
    static const char event[] = "{\"type\":\"TurnInfo\",\"event\":\"%s\",\"transcript\":\"%s\"}";
    char message[256];

    turn = (struct stt_turn){.settled_size = 0};
    snprintf(message, sizeof(message), event, "StartOfTurn", "I");
    CHECK(hear("deepgram-flux", message, 0) == STT_MORE && turn.speaking);
    snprintf(message, sizeof(message), event, "EagerEndOfTurn", "I want");
    CHECK(hear("deepgram-flux", message, 0) == STT_TURN && strcmp(words, "i want") == 0);
    snprintf(message, sizeof(message), event, "TurnResumed", "I want to");
    CHECK(hear("deepgram-flux", message, 0) == STT_TURN);
    snprintf(message, sizeof(message), event, "EndOfTurn", "I want to pay.");
    CHECK(hear("deepgram-flux", message, 0) == STT_TURN && turn.ended && !turn.speaking);
    CHECK(strcmp(words, "i want to pay") == 0);
    CHECK(hear("deepgram-flux", message, 1) == STT_WHOLE);
    CHECK(hear("deepgram-flux",
               "{\"type\":\"TurnInfo\",\"event\":\"EndOfTurn\","
               "\"trigger\":\"model\",\"transcript\":\"a\"}",
               1) == STT_TURN);
}

static void words_are_written_as_the_house_writes_them(void)
{
    static const char *const pairs[][2] = {
        {"Yes, I'm sure. It\xe2\x80\x99s fine!", "yes i'm sure it's fine"},
        {"\xc3\x9c"
         "ber f\xc3\xbcnf \xc3\x84pfel\xe2\x80\xa6",
         "\xc3\xbc"
         "ber f\xc3\xbcnf \xc3\xa4pfel"},
        {"\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82",
         "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82"},
        {"415-555-0123, at 10:30.", "415 555 0123 at 10:30"},
        {"$1,200.50 and 3.5%", "$1200.50 and 3.5%"},
        {"Joe.Bloggs@Example.com", "joe.bloggs@example.com"},
        {" \xc2\xbfQu\xc3\xa9?  \"No\" -- (so) ", "qu\xc3\xa9 no so"},
        {"check-in now", "check-in now"},
        {"...", ""},
    };

    for (uint32_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        turn = (struct stt_turn){.settled_size = (uint32_t)strlen(pairs[i][0])};
        memcpy(turn.settled, pairs[i][0], turn.settled_size);
        stt_words(&turn, words);
        if (strcmp(words, pairs[i][1]) != 0)
            fprintf(stderr, "'%s'\n", words);
        CHECK(strcmp(words, pairs[i][1]) == 0);
    }
}

static void an_endless_utterance_is_cut(void)
{
    turn = (struct stt_turn){.settled_size = 0};
    for (uint32_t i = 0; i < 1000; i++)
        CHECK(hear("vosk", "{\"text\":\"\xc3\xa4\xc3\xb6\xc3\xbc\"}", 0) == STT_MORE);
    CHECK(strlen(words) < MAX_UTTERANCE && strlen(words) > MAX_UTTERANCE - 16);
}

int main(void)
{
    RUN(a_stream_is_opened_where_and_as_the_configuration_says);
    RUN(sessions_are_described_in_their_first_message);
    RUN(a_conversation_is_described_in_its_first_message_too);
    RUN(a_conversation_s_answers_are_nobody_s_words);
    RUN(a_key_that_is_not_one_word_opens_nothing);
    RUN(sound_is_coded_as_each_wants_it);
    RUN(live_results_are_words_with_their_times);
    RUN(turns_are_heard_by_flux);
    RUN(realtime_transcripts_grow_and_are_completed);
    RUN(a_file_is_sent_as_a_form_and_its_words_come_back);
    RUN(parts_of_a_long_utterance_are_joined);
    RUN(an_utterance_of_a_vendor_that_answers_each_message_ends_with_its_last_answer);
    RUN(opinions_of_turns_bring_all_words);
    RUN(words_are_written_as_the_house_writes_them);
    RUN(an_endless_utterance_is_cut);
    return 0;
}

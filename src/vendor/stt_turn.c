// SPDX-License-Identifier: Apache-2.0
/* stt_turn.c - what an utterance has come to, from the news of its stream. */
#include <string.h>

#include "vendor/stt_inside.h"

enum { UNSURE_PERMILLE = 900 }; /* Of vendors that do not say. */

/* Joined by a space when between words; cut at the end of the room. */
static void join(char *to, uint32_t *size, struct text more, bool apart)
{
    struct text_buffer buffer = {.data = to, .capacity = MAX_UTTERANCE - 1, .size = *size};

    if (apart && buffer.size > 0 && more.size > 0)
        text_append_char(&buffer, ' ');
    text_append(&buffer, more);
    *size = buffer.size;
}

static struct text text_in(const struct stt_news *news)
{
    return (struct text){news->text, news->size};
}

static void settle(struct stt_turn *turn, const struct stt_news *news)
{
    uint32_t sure = news->confidence_permille ? news->confidence_permille : UNSURE_PERMILLE;

    join(turn->settled, &turn->settled_size, text_in(news), true);
    turn->interim_size = 0;
    turn->weight += news->size;
    turn->confidence += sure * news->size;
}

static void replace(struct stt_turn *turn, const struct stt_news *news)
{
    turn->interim_size = 0;
    join(turn->interim, &turn->interim_size, text_in(news), false);
}

/* How the news changes the words; true when it settles something. */
static bool take(struct stt_turn *turn, const struct stt_vendor *vendor,
                 const struct stt_news *news)
{
    switch (news->kind) {
    case STT_DELTA:
        join(turn->interim, &turn->interim_size, text_in(news), false);
        return false;
    case STT_INTERIM:
    case STT_SPEECH_STARTED:
    case STT_EAGER_END:
    case STT_RESUMED:
        if (vendor->continuous)
            turn->speaking = turn->speaking || news->size > 0;
        replace(turn, news);
        return false;
    case STT_END_OF_TURN:
        turn->speaking = false;
        turn->ended = true;
        settle(turn, news);
        return true;
    case STT_SETTLED:
        settle(turn, news);
        return true;
    case STT_NOTHING:
    case STT_COMMITTED:
    case STT_FAILED:
    case STT_NEWS_KINDS:
        break;
    }
    return false;
}

enum stt_change stt_hear(struct stt_turn *turn, const struct stt_vendor *vendor,
                         const struct stt_news *news, uint32_t awaited)
{
    if (news->kind == STT_NOTHING || news->kind == STT_COMMITTED || news->kind == STT_FAILED)
        return STT_SAME;
    turn->answers++;
    if (news->to_ms > turn->to_ms)
        turn->to_ms = news->to_ms;
    bool settled = take(turn, vendor, news);
    if (awaited > 0 && settled && (vendor->counted ? turn->answers >= awaited : news->last))
        return STT_WHOLE;
    if (news->kind == STT_EAGER_END || news->kind == STT_RESUMED || news->kind == STT_END_OF_TURN)
        return STT_TURN;
    return STT_MORE;
}

void stt_next(struct stt_turn *turn)
{
    turn->settled_size = turn->interim_size = 0;
    turn->weight = turn->confidence = 0;
    turn->ended = false;
}

/* ---- As the house writes it ---- */

/* A character of UTF-8; its first byte when it is none. */
static uint32_t character(struct text t, uint32_t at, uint32_t *size)
{
    const uint8_t *bytes = (const uint8_t *)t.data + at;
    uint32_t left = t.size - at;

    *size = bytes[0] < 0xC0 ? 1 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    if (*size > left)
        *size = 1;
    if (*size == 2)
        return (uint32_t)(bytes[0] & 31) << 6 | (bytes[1] & 63);
    if (*size == 3)
        return (uint32_t)(bytes[0] & 15) << 12 | (uint32_t)(bytes[1] & 63) << 6 | (bytes[2] & 63);
    return bytes[0];
}

/* Of the alphabets that have cases and two bytes. */
static uint32_t lower(uint32_t c)
{
    if ((c >= 0xC0 && c <= 0xDE && c != 0xD7) || (c >= 0x391 && c <= 0x3A9) ||
        (c >= 0x410 && c <= 0x42F))
        return c + 0x20;
    if (c >= 0x400 && c <= 0x40F)
        return c + 0x50;
    if (((c >= 0x100 && c <= 0x137) || (c >= 0x14A && c <= 0x177)) && c % 2 == 0 && c != 0x130)
        return c + 1;
    if (((c >= 0x139 && c <= 0x148) || (c >= 0x179 && c <= 0x17E)) && c % 2 == 1)
        return c + 1;
    return c;
}

static bool is_digit(uint32_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_mark(uint32_t c)
{
    return c == 0xA0 || c == 0xA1 || c == 0xAB || c == 0xB4 || c == 0xBB || c == 0xBF ||
           (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x3011) || c == 0xFF01 ||
           c == 0xFF0C || c == 0xFF0E || c == 0xFF1A || c == 0xFF1F;
}

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= 0x80 && !is_mark(c));
}

/* Punctuation that belongs to a word: what to write for it; ' ' ends the word, 0 is left out. */
static char inner(uint32_t c, uint32_t before, uint32_t after)
{
    bool word = (is_letter(before) || is_digit(before)) && (is_letter(after) || is_digit(after));
    bool number = is_digit(before) && is_digit(after);

    if (c < 0x80 && strchr("@&%$+#_/", (int)c))
        return (char)c;
    if ((c == '\'' || c == 0x2019) && word)
        return '\'';
    if (c == ',' && number)
        return 0;
    if ((c == '.' && word) || (c == ':' && number) || (c == '-' && word && !number))
        return (char)c;
    return ' ';
}

static void put(struct text_buffer *out, uint32_t c, struct text t, uint32_t at, uint32_t size)
{
    if (c >= 0x80 && size == 2) {
        c = lower(c);
        char two[2] = {(char)(0xC0 | c >> 6), (char)(0x80 | (c & 63))};
        text_append(out, (struct text){two, 2});
    } else if (size > 1 || c >= 0x80) {
        text_append(out, text_part(t, at, size));
    } else {
        text_append_char(out, (char)(c >= 'A' && c <= 'Z' ? c + 0x20 : c));
    }
}

static void write_plain(struct text t, struct text_buffer *out)
{
    uint32_t before = ' ', size = 0, ahead = 0;

    for (uint32_t at = 0; at < t.size; at += size) {
        uint32_t c = character(t, at, &size);
        if (is_letter(c) || is_digit(c)) {
            put(out, c, t, at, size);
        } else {
            uint32_t after = at + size < t.size ? character(t, at + size, &ahead) : ' ';
            char mark = c <= ' ' ? ' ' : inner(c, before, after);
            if (mark && (mark != ' ' || (out->size > 0 && out->data[out->size - 1] != ' ')))
                text_append_char(out, mark);
        }
        before = c;
    }
}

uint16_t stt_words(const struct stt_turn *turn, char out[MAX_UTTERANCE])
{
    struct text_buffer plain;

    text_buffer_init(&plain, out, MAX_UTTERANCE - 1);
    write_plain((struct text){turn->settled, turn->settled_size}, &plain);
    if (plain.size > 0 && plain.data[plain.size - 1] != ' ')
        text_append_char(&plain, ' ');
    write_plain((struct text){turn->interim, turn->interim_size}, &plain);
    while (plain.size > 0 && plain.data[plain.size - 1] == ' ')
        plain.size--;
    out[plain.size] = '\0';
    if (plain.size == 0)
        return 0;
    return turn->weight > 0 ? (uint16_t)(turn->confidence / turn->weight) : UNSURE_PERMILLE;
}

// SPDX-License-Identifier: Apache-2.0
/* answering.c - from the messages of one answer to a clip and notes. */
#include "speech/answering.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log.h"
#include "speech/pour.h"

enum {
    LONGEST = 120 * SAMPLE_RATE, /* Of one stretch of speech; the rest of it is not heard. */
    SOME_WORDS = 24,             /* Bytes of them in one note, at least, but at the end. */
    ALIVE_MS = 250 /* Signs of life are told so often. */
};

struct answering {
    struct answering_wish wish;
    uint32_t session;
    uint32_t number; /* Of the answer under way; 0: none that was asked for. */
    bool begun;      /* Something of it has come. */
    uint32_t clip;   /* Being written; 0: none. */
    bool full;       /* It takes no more. */
    uint64_t told_ms;
    struct pour pour;
    char item[REALTIME_ID]; /* That the clip is of. */
    uint32_t words_size;
    char words[REALTIME_TEXT];
};

struct answering *answering_new(const struct answering_wish *wish)
{
    struct answering *answering = calloc(1, sizeof(*answering));

    if (answering)
        answering->wish = *wish;
    return answering;
}

static bool post(struct answering *answering, struct realtime_note *note)
{
    size_t size = offsetof(struct realtime_note, bytes) + note->id_size + note->name_size +
                  note->size;

    note->call = answering->wish.call;
    note->session = answering->session;
    note->number = answering->number;
    answering->told_ms = clock_ms();
    if (mailbox_post(answering->wish.mail, note, size) == MAILBOX_OK)
        return true;
    log_line(LOG_ERROR, "speech", "%s is full: part of an answer is lost",
             mailbox_name(answering->wish.mail));
    return false;
}

static void put(struct realtime_note *note, uint16_t *size, const char *bytes, uint32_t count)
{
    memcpy(note->bytes + note->id_size + note->name_size + note->size, bytes, count);
    *size = (uint16_t)count;
}

/* It goes on, which who waits for it must know when there is nothing else to tell. */
static void live(struct answering *answering, enum realtime_note_kind kind)
{
    struct realtime_note note = {.kind = kind};

    if (!answering->begun || clock_ms() - answering->told_ms >= ALIVE_MS)
        (void)!post(answering, &note);
    answering->begun = true;
}

/* ---- Sound ---- */

static void tell_words(struct answering *answering, uint32_t size)
{
    struct realtime_note note = {.kind = REALTIME_NOTE_WORDS, .clip = answering->clip};

    if (size == 0 || !answering->clip)
        return;
    put(&note, &note.size, answering->words, size);
    answering->words_size -= size;
    memmove(answering->words, answering->words + size, answering->words_size);
    (void)!post(answering, &note);
}

/* Whole words, or all that there is: what comes next may be the rest of the last one. */
static void flush_words(struct answering *answering, bool all)
{
    uint32_t size = answering->words_size;

    while (!all && size > 0 && answering->words[size - 1] != ' ')
        size--;
    tell_words(answering, size);
}

/* Words that no sound has come of yet stay: they are of the next. */
static void end_clip(struct answering *answering)
{
    if (!answering->clip)
        return;
    flush_words(answering, true);
    if (!answering->full)
        (void)!pour_end(&answering->pour);
    pour_release(&answering->pour);
    clip_finish(answering->wish.clips, answering->clip);
    clip_drop(answering->wish.clips, answering->clip);
    answering->clip = 0;
}

static bool begin_clip(struct answering *answering, const struct realtime_news *news)
{
    static const struct tts_form narrow = {TTS_ULAW, SAMPLE_RATE}, wide = {TTS_PCM16, 24000};
    struct realtime_note note = {.kind = REALTIME_NOTE_SOUND};
    const struct answering_wish *wish = &answering->wish;

    end_clip(answering);
    answering->clip = clip_new(wish->clips, LONGEST);
    if (!answering->clip) {
        log_line(LOG_ERROR, "speech", "no memory for the sound of an answer");
        return false;
    }
    pour_init(&answering->pour, wish->clips, answering->clip, wish->wide ? wide : narrow,
              wish->wide);
    answering->pour.plain = true;
    answering->full = false;
    memcpy(answering->item, news->item, sizeof(answering->item));
    note.clip = answering->clip;
    put(&note, &note.id_size, news->item, (uint32_t)strlen(news->item));
    answering->begun = true;
    clip_hold(wish->clips, answering->clip); /* The note's. */
    if (!post(answering, &note))
        clip_drop(wish->clips, answering->clip);
    return true;
}

static void take_sound(struct answering *answering, const struct realtime_news *news,
                       const uint8_t *sound)
{
    if ((!answering->clip || strcmp(answering->item, news->item) != 0) &&
        !begin_clip(answering, news))
        return;
    if (!answering->full && pour_put(&answering->pour, sound, news->sound_size) != POUR_OK) {
        answering->full = true;
        log_line(LOG_WARN, "speech", "an answer's sound is cut: it is too long, or no sound");
    }
    live(answering, REALTIME_NOTE_ALIVE);
}

/* ---- Words and wishes ---- */

static void take_words(struct answering *answering, const struct realtime_news *news)
{
    if (answering->clip && strcmp(answering->item, news->item) != 0)
        end_clip(answering);
    uint32_t room = sizeof(answering->words) - answering->words_size;
    uint32_t size = news->size < room ? news->size : room;

    memcpy(answering->words + answering->words_size, news->text, size);
    answering->words_size += size;
    if (answering->words_size >= SOME_WORDS)
        flush_words(answering, answering->words_size == sizeof(answering->words));
}

static void take_call(struct answering *answering, const struct realtime_news *news)
{
    struct realtime_note note = {.kind = REALTIME_NOTE_CALL, .broken = news->broken};

    flush_words(answering, true);
    put(&note, &note.id_size, news->id, news->id_size);
    put(&note, &note.name_size, news->name, news->name_size);
    put(&note, &note.size, news->text, news->size);
    (void)!post(answering, &note);
}

/* One that was cancelled is over for whoever still waits for it. */
static void take_end(struct answering *answering, const struct realtime_news *news)
{
    struct realtime_note note = {.kind = REALTIME_NOTE_OVER,
                                 .tokens_in = news->tokens_in,
                                 .tokens_out = news->tokens_out,
                                 .status = news->status};

    if (news->number)
        answering->number = news->number;
    if (news->kind == REALTIME_FAILED) {
        note.kind = REALTIME_NOTE_FAILED;
        put(&note, &note.size, news->text, news->size);
    }
    end_clip(answering);
    (void)!post(answering, &note);
}

void answering_open(struct answering *answering, uint32_t session)
{
    answering->session = session;
}

void answering_take(struct answering *answering, const char *text, size_t size)
{
    static uint8_t sound[STT_MESSAGE]; /* There is one net thread. */
    struct realtime_news news;

    realtime_read(text, size, sound, &news);
    switch (news.kind) {
    case REALTIME_BEGUN:
        end_clip(answering);
        answering->words_size = 0;
        answering->begun = false;
        answering->number = news.number;
        break;
    case REALTIME_SOUND:
        take_sound(answering, &news, sound);
        break;
    case REALTIME_WORDS:
        take_words(answering, &news);
        break;
    case REALTIME_CALL:
        take_call(answering, &news);
        break;
    case REALTIME_OVER:
    case REALTIME_STOPPED:
    case REALTIME_FAILED:
        take_end(answering, &news);
        break;
    case REALTIME_WRITING:
        live(answering, REALTIME_NOTE_WRITING);
        break;
    case REALTIME_ALIVE: /* Before its first word, `hard` is how long it may take. */
        if (answering->begun)
            live(answering, REALTIME_NOTE_ALIVE);
        break;
    case REALTIME_NOTHING:
    case REALTIME_NEWS_KINDS:
        break;
    }
}

void answering_free(struct answering *answering)
{
    if (!answering)
        return;
    end_clip(answering);
    free(answering);
}

// SPDX-License-Identifier: Apache-2.0
/* earshot.c - edges, and what flows over them. */
#include "media/earshot.h"

#include <string.h>

#include "media/endpoint.h"
#include "media/law.h"

/* ---- Edges ---- */

static bool is_free(const struct earshot *earshot, uint32_t i)
{
    return !earshot->from[i] && !earshot->sources[i].leaving;
}

/* EARSHOT_SOURCES: it is not heard. */
static uint32_t source_of(const struct earshot *earshot, const struct endpoint *from, bool played)
{
    uint32_t i = 0;

    while (i < EARSHOT_SOURCES && (earshot->from[i] != from || earshot->played[i] != played))
        i++;
    return i;
}

static void forget_hearer(struct hearers *hearers, const struct endpoint *to)
{
    uint32_t i = 0;

    while (i < hearers->count && hearers->items[i] != to)
        i++;
    if (i < hearers->count)
        hearers->items[i] = hearers->items[--hearers->count];
}

static void part(struct endpoint *to, uint32_t i)
{
    struct earshot *earshot = to->earshot;

    forget_hearer(&earshot->from[i]->hearers[earshot->played[i]], to);
    earshot->from[i] = NULL;
    earshot->sources[i].leaving = true;
}

/* False: there is no room for one more. */
static bool join(struct engine *engine, struct endpoint *to, struct endpoint *from, bool played,
                 int32_t gain_db)
{
    struct hearers *hearers = &from->hearers[played];
    uint32_t i = 0;

    if (hearers->count == EARSHOT_LISTENERS)
        return false;
    if (!to->earshot) {
        to->earshot = earshot_take(&engine->earshots);
        if (!to->earshot)
            return false;
        to->earshot->wide = to->wide != NULL;
        earshot_carry(engine, to);
    }
    while (i < EARSHOT_SOURCES && !is_free(to->earshot, i))
        i++;
    if (i == EARSHOT_SOURCES)
        return false;
    memset(&to->earshot->sources[i], 0, sizeof to->earshot->sources[i]);
    to->earshot->sources[i].gain = mix_gain(gain_db);
    to->earshot->from[i] = from;
    to->earshot->played[i] = played;
    hearers->items[hearers->count++] = to;
    return true;
}

void earshot_set(struct engine *engine, struct endpoint *to, struct endpoint *from,
                 const struct command *command)
{
    bool played = command->hear.played;
    uint32_t i = to->earshot && from ? source_of(to->earshot, from, played) : EARSHOT_SOURCES;

    if (i < EARSHOT_SOURCES && command->hear.on)
        to->earshot->sources[i].gain = mix_gain(command->hear.gain_db);
    else if (i < EARSHOT_SOURCES)
        part(to, i);
    else if (command->hear.on &&
             (!from || from == to || !join(engine, to, from, played, command->hear.gain_db)))
        engine->figures.hearing_refused++;
}

void earshot_leave(struct engine *engine, struct endpoint *endpoint)
{
    for (int played = 0; played < 2; played++) {
        while (endpoint->hearers[played].count > 0) {
            struct endpoint *to = endpoint->hearers[played].items[0];
            part(to, source_of(to->earshot, endpoint, played));
        }
    }
    for (uint32_t i = 0; endpoint->earshot && i < EARSHOT_SOURCES; i++) {
        if (endpoint->earshot->from[i])
            part(endpoint, i);
    }
    if (endpoint->earshot)
        earshot_put(&engine->earshots, endpoint->earshot);
    endpoint->earshot = NULL;
}

void earshot_rest(struct engine *engine, struct endpoint *endpoint)
{
    struct earshot *earshot = endpoint->earshot;

    if (!earshot || earshot->own.flowing || earshot->own.fill > 0 || earshot->noted.flowing)
        return;
    for (uint32_t i = 0; i < EARSHOT_SOURCES; i++) {
        if (!is_free(earshot, i))
            return;
    }
    earshot_put(&engine->earshots, earshot);
    endpoint->earshot = NULL;
}

/* ---- Sound ---- */

void earshot_carry(struct engine *engine, struct endpoint *endpoint)
{
    if (endpoint->earshot && endpoint->other)
        endpoint->earshot->carried_ms = engine->now_ms;
}

bool earshot_is_carried(const struct engine *engine, const struct endpoint *endpoint)
{
    return !endpoint->earshot || engine->now_ms < endpoint->earshot->carried_ms + EARSHOT_STILL_MS;
}

/* The leg's codec may have another rate than when its queues were filled. */
static struct earshot *suit(struct endpoint *to)
{
    struct earshot *earshot = to->earshot;

    if (earshot->wide == (to->wide != NULL))
        return earshot;
    earshot->wide = to->wide != NULL;
    mix_clear(&earshot->own);
    for (uint32_t i = 0; i < EARSHOT_SOURCES; i++)
        mix_clear(&earshot->sources[i]);
    return earshot;
}

/* 20 ms of 8 or 16 kHz, at the mix's rate. */
static void put(struct mix_source *source, const int16_t *samples, bool wide, bool wanted_wide)
{
    int16_t other[WIDE_FRAME];

    if (wide && !wanted_wide)
        half_down(&source->down, samples, other, FRAME_SAMPLES);
    else if (!wide && wanted_wide)
        half_up(&source->up, samples, other, FRAME_SAMPLES);
    mix_put(source, wide == wanted_wide ? samples : other,
            wanted_wide ? WIDE_FRAME : FRAME_SAMPLES);
}

static void put_to_all(struct endpoint *from, bool played, const int16_t *samples)
{
    const struct hearers *hearers = &from->hearers[played];

    for (uint32_t i = 0; i < hearers->count; i++) {
        struct endpoint *to = hearers->items[i];
        struct earshot *earshot = suit(to);
        struct mix_source *source = &earshot->sources[source_of(earshot, from, played)];
        if (to->other == from)
            mix_clear(source); /* Heard by the bridge. */
        else
            put(source, samples, from->wide != NULL, earshot->wide);
    }
}

void earshot_frame(struct endpoint *from, const int16_t *samples)
{
    put_to_all(from, false, samples);
}

void earshot_played(struct endpoint *from, const int16_t *samples)
{
    put_to_all(from, true, samples);
}

static bool add_all(struct earshot *earshot, int32_t *sum, uint32_t count)
{
    bool any = mix_add(&earshot->own, sum, count, earshot->speaks ? earshot->spare : 0);

    for (uint32_t i = 0; i < EARSHOT_SOURCES; i++) {
        struct mix_source *source = &earshot->sources[i];
        if (is_free(earshot, i))
            continue;
        any = mix_add(source, sum, count, earshot->spare) || any;
        source->leaving = source->leaving && source->flowing;
    }
    return any;
}

static void note(struct earshot *earshot, const int32_t *sum, uint32_t count)
{
    static const int16_t nothing[MIX_MOST];
    int16_t added[MIX_MOST], narrow[MIX_MOST / 2];

    mix_limit(sum, nothing, added, count);
    if (earshot->wide)
        half_down(&earshot->narrowed, added, narrow, count / 2);
    mix_put(&earshot->noted, earshot->wide ? narrow : added, earshot->wide ? count / 2 : count);
}

bool earshot_blend(struct engine *engine, struct endpoint *to, int16_t *samples, uint32_t count,
                   uint32_t spare_ms)
{
    struct earshot *earshot = suit(to);
    int32_t sum[MIX_MOST];

    earshot->carried_ms = engine->now_ms;
    earshot->spare = spare_ms * (earshot->wide ? 16 : 8);
    if (count < MIX_RAMP || count > MIX_MOST)
        return false;
    memset(sum, 0, count * sizeof *sum);
    if (!add_all(earshot, sum, count))
        return false;
    if (to->capture.recorder)
        note(earshot, sum, count);
    mix_limit(sum, samples, samples, count);
    return true;
}

bool earshot_speak(struct endpoint *endpoint, int16_t *samples)
{
    struct earshot *earshot = suit(endpoint);
    uint32_t count = earshot->wide ? WIDE_FRAME : FRAME_SAMPLES;
    int32_t sum[WIDE_FRAME] = {0};

    if (!endpoint->other)
        earshot->spare = 0;
    if (earshot->own.fill > 0) { /* Of a stream that carried it: the rest goes first. */
        mix_put(&earshot->own, samples, count);
        memset(samples, 0, count * sizeof *samples);
    }
    if (!add_all(earshot, sum, count))
        return false;
    mix_limit(sum, samples, samples, count);
    return true;
}

void earshot_play(struct engine *engine, struct endpoint *endpoint, struct playout_frame *frame)
{
    struct earshot *earshot = suit(endpoint);
    int16_t samples[WIDE_FRAME];
    uint8_t coded[FRAME_SAMPLES];
    bool wide = false;

    if (endpoint->wide) {
        wide = playout_next_linear(&endpoint->playout, engine->clips, samples, frame);
    } else {
        playout_next(&endpoint->playout, engine->clips, endpoint->codec, coded, frame);
        law_decode(endpoint->codec, coded, samples, FRAME_SAMPLES);
    }
    earshot->speaks = frame->voice && !frame->ended;
    if (frame->voice)
        put(&earshot->own, samples, wide, earshot->wide);
}

void earshot_note(struct endpoint *endpoint, const uint8_t partner[FRAME_SAMPLES],
                  uint8_t out[FRAME_SAMPLES])
{
    int32_t sum[FRAME_SAMPLES] = {0};
    int16_t samples[FRAME_SAMPLES];

    memcpy(out, partner, FRAME_SAMPLES);
    if (!endpoint->earshot || !mix_add(&endpoint->earshot->noted, sum, FRAME_SAMPLES, 0))
        return;
    law_decode(endpoint->capture.codec, partner, samples, FRAME_SAMPLES);
    mix_limit(sum, samples, samples, FRAME_SAMPLES);
    law_encode(endpoint->capture.codec, samples, out, FRAME_SAMPLES);
}

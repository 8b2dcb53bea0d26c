// SPDX-License-Identifier: Apache-2.0
/* jitter.c - sound by timestamp in a ring; the playout's place follows the packets' transit times.
 */
#include "media/jitter.h"

#include <assert.h>
#include <string.h>

enum {
    CELL = 8,
    THERE = 1,
    PER_MS = 8,
    NS_A_SAMPLE = 125000,
    BLEND = 40,                   /* 5 ms. */
    CORRECT_LEAST = 10 * PER_MS,  /* Distances below this are left alone. */
    CORRECT_SHORT = 3 * PER_MS,   /* The same where the delay is too short. */
    CORRECT_MOST = 20 * PER_MS,   /* At a time. */
    CORRECT_SPEECH = 60 * PER_MS, /* From here on also where somebody speaks, 10 ms at a time. */
    WAIT_FRAMES = 5,
    CONCEAL_FRAMES = 10,
    STRAY_SAMPLES = 90 * PER_MS, /* Only late packets for so long are no burst after a stall. */
    MEASURE_EVERY = 16,
    FALL_MS = 2, /* Each time: 6 ms a second. */
    MARGIN_MS = 15,
    FAR = JITTER_SAMPLES - 2 * FRAME_SAMPLES /* Further ahead there is no room. */
};

static void use_room(struct jitter *jitter, uint32_t scale, int16_t *room)
{
    jitter->scale = scale;
    jitter->samples = scale == 1 ? jitter->narrow : room;
    conceal_init(&jitter->concealer, scale, jitter->samples + JITTER_SAMPLES * scale);
}

void jitter_init(struct jitter *jitter, uint32_t scale, int16_t *room)
{
    memset(jitter, 0, sizeof *jitter);
    jitter->depth_ms = JITTER_DEPTH_START_MS;
    use_room(jitter, scale, room);
}

void jitter_copy(struct jitter *out, const struct jitter *jitter)
{
    *out = *jitter;
    out->samples = out->narrow;
    out->concealer.history = out->narrow + JITTER_SAMPLES;
    out->concealer.cycle = out->concealer.history + CONCEAL_HISTORY;
}

void jitter_rescale(struct jitter *jitter, uint32_t scale, int16_t *room)
{
    jitter_restart(jitter);
    use_room(jitter, scale, room);
}

void jitter_pause(struct jitter *jitter)
{
    jitter->paused = true;
}

void jitter_restart(struct jitter *jitter)
{
    jitter->started = jitter->anchored = false;
    jitter->stray = false;
    jitter->measured = 0;
    jitter->waited = jitter->missing = 0;
    jitter->transit_count = jitter->transit_at = 0;
    memset(jitter->cells, 0, sizeof jitter->cells);
}

static uint8_t *cell_at(struct jitter *jitter, int64_t position)
{
    return &jitter->cells[(uint64_t)position / CELL % JITTER_CELLS];
}

static int16_t *sound_at(const struct jitter *jitter, int64_t position)
{
    return &jitter->samples[(uint64_t)position % JITTER_SAMPLES * jitter->scale];
}

static int64_t unwrap(const struct jitter *jitter, uint32_t timestamp)
{
    int64_t position = jitter->position + (int32_t)(timestamp - jitter->timestamp);
    return position & ~(int64_t)(CELL - 1);
}

/* Where the playout should be now: a frame that ended there has had base and depth to arrive. */
static int64_t ideal(const struct jitter *jitter, int64_t now)
{
    int64_t at = now - jitter->base - (int64_t)jitter->depth_ms * PER_MS - FRAME_SAMPLES;
    return at & ~(int64_t)(CELL - 1);
}

/* depth: what all but one in a hundred packets needed above the quickest one, and a margin. */
static void measure(struct jitter *jitter)
{
    uint32_t bins[JITTER_DEPTH_MOST_MS / 4 + 1] = {0}, seen = 0, at = JITTER_DEPTH_MOST_MS / 4;
    int64_t least = INT64_MAX;

    for (uint32_t i = 0; i < jitter->transit_count; i++) {
        if (jitter->transits[i] < least)
            least = jitter->transits[i];
    }
    jitter->base = least;
    for (uint32_t i = 0; i < jitter->transit_count; i++) {
        int64_t over = (jitter->transits[i] - least) / (4 * PER_MS);
        bins[over < JITTER_DEPTH_MOST_MS / 4 ? over : JITTER_DEPTH_MOST_MS / 4]++;
    }
    uint32_t few = jitter->transit_count / 100;
    while (at > 0 && seen + bins[at] <= few)
        seen += bins[at--];
    uint32_t wanted = at * 4 + MARGIN_MS + (at > 0 ? 4 : 0);
    if (wanted < JITTER_DEPTH_LEAST_MS)
        wanted = JITTER_DEPTH_LEAST_MS;
    if (wanted > JITTER_DEPTH_MOST_MS)
        wanted = JITTER_DEPTH_MOST_MS;
    if (wanted > jitter->depth_ms)
        jitter->depth_ms = wanted;
    else
        jitter->depth_ms -=
            jitter->depth_ms - wanted < FALL_MS ? jitter->depth_ms - wanted : FALL_MS;
}

static void note_transit(struct jitter *jitter, int64_t transit)
{
    if (jitter->transit_count == 0 || transit < jitter->base)
        jitter->base = transit;
    jitter->transits[jitter->transit_at] = transit;
    jitter->transit_at = (jitter->transit_at + 1) % JITTER_TRANSITS;
    if (jitter->transit_count < JITTER_TRANSITS)
        jitter->transit_count++;
    if (++jitter->measured >= MEASURE_EVERY) {
        jitter->measured = 0;
        measure(jitter);
    }
}

/* Says that nothing is there from the newest sound up to `position`: the ring came round. */
static void clear_up_to(struct jitter *jitter, int64_t position)
{
    if (position - jitter->newest >= JITTER_SAMPLES) {
        memset(jitter->cells, 0, sizeof jitter->cells);
        return;
    }
    for (int64_t at = jitter->newest; at < position; at += CELL)
        *cell_at(jitter, at) = 0;
}

static void begin(struct jitter *jitter, uint32_t timestamp)
{
    jitter_restart(jitter);
    jitter->started = true;
    jitter->timestamp = timestamp;
    jitter->position = jitter->newest = jitter->next = (int64_t)1 << 40;
}

/* Samples from here to where the ring begins again, `most` at most. */
static uint32_t run_at(int64_t position, uint32_t most)
{
    uint32_t run = JITTER_SAMPLES - (uint32_t)((uint64_t)position % JITTER_SAMPLES);

    return run < most ? run : most;
}

static void store(struct jitter *jitter, int64_t position, const int16_t *samples, uint32_t count,
                  uint32_t marks)
{
    for (uint32_t i = 0, run; i < count; i += run) {
        run = run_at(position + i, count - i);
        memcpy(sound_at(jitter, position + i), samples + (size_t)i * jitter->scale,
               (size_t)run * jitter->scale * sizeof *samples);
        memset(cell_at(jitter, position + i), (int)(THERE | marks), run / CELL);
    }
}

enum jitter_put_result jitter_put(struct jitter *jitter, uint32_t timestamp, uint64_t arrival_ns,
                                  const int16_t *samples, uint32_t count, uint32_t marks)
{
    int64_t arrival = (int64_t)(arrival_ns / NS_A_SAMPLE), position;
    bool jumped = false;

    assert(count > 0 && count <= JITTER_PACKET_MOST && count % CELL == 0);
    jitter->paused = false;
    if (!jitter->started)
        begin(jitter, timestamp);
    position = unwrap(jitter, timestamp);
    bool late = jitter->anchored && position < jitter->next;
    if (late && !jitter->stray)
        jitter->stray_since = arrival;
    jitter->stray = late;
    bool stray = late && arrival - jitter->stray_since > STRAY_SAMPLES;
    if (stray || position + count > jitter->next + FAR || position < jitter->next - 2 * FAR) {
        begin(jitter, timestamp);
        position = jitter->position;
        jitter->jumps++;
        jumped = true;
        late = false;
    }
    jitter->timestamp = timestamp;
    jitter->position = position;
    /* Of the packet's first frame: the others are early. */
    note_transit(jitter, arrival - (position + (count < FRAME_SAMPLES ? count : FRAME_SAMPLES)));
    if (late) {
        jitter->late++;
        return JITTER_PUT_LATE;
    }
    if (position < jitter->newest && *cell_at(jitter, position) & THERE) {
        jitter->duplicate++;
        return JITTER_PUT_DUPLICATE;
    }
    if (position + count > jitter->newest) {
        clear_up_to(jitter, position); /* The packet's own are written below. */
        jitter->newest = position + count;
    }
    store(jitter, position, samples, count, marks);
    return jumped ? JITTER_PUT_JUMPED : JITTER_PUT_OK;
}

void jitter_mark(struct jitter *jitter, uint32_t end_timestamp, uint32_t count,
                 enum jitter_mark mark)
{
    if (!jitter->started)
        return;
    int64_t end = unwrap(jitter, end_timestamp), from = end - (count & ~(uint32_t)(CELL - 1));
    if (end > jitter->newest)
        end = jitter->newest;
    if (from < jitter->next)
        from = jitter->next;
    for (int64_t at = from; at < end; at += CELL) {
        uint8_t *cell = cell_at(jitter, at);
        if (*cell & THERE)
            *cell |= (uint8_t)mark;
    }
}

struct look {
    uint32_t there; /* Cells. */
    uint32_t marks;
};

static struct look look_at(const struct jitter *jitter, int64_t position)
{
    struct look look = {0};

    if (position >= jitter->newest || position < jitter->newest - JITTER_SAMPLES)
        return look;
    uint32_t left = jitter->newest - position < FRAME_SAMPLES
                        ? (uint32_t)(jitter->newest - position)
                        : FRAME_SAMPLES;
    for (uint32_t run; left > 0; left -= run, position += run) {
        const uint8_t *cells = &jitter->cells[(uint64_t)position / CELL % JITTER_CELLS];
        run = run_at(position, left);
        for (uint32_t i = 0; i < run / CELL; i++) {
            look.there += cells[i] & THERE;
            look.marks |= cells[i];
        }
    }
    return look;
}

static bool is_sound(struct jitter *jitter, int64_t position)
{
    return position < jitter->newest &&
           (*cell_at(jitter, position) & (THERE | JITTER_MUTED)) == THERE;
}

/* Copies a frame; missing and muted cells give silence. */
static void copy_frame(struct jitter *jitter, int64_t position, int16_t *out)
{
    for (uint32_t i = 0, run; i < FRAME_SAMPLES; i += run) {
        bool sound = is_sound(jitter, position + i);
        uint32_t most = run_at(position + i, FRAME_SAMPLES - i);
        for (run = CELL; run < most && is_sound(jitter, position + i + run) == sound;)
            run += CELL;
        size_t count = (size_t)run * jitter->scale;
        if (sound)
            memcpy(out, sound_at(jitter, position + i), count * sizeof *out);
        else
            memset(out, 0, count * sizeof *out);
        out += count;
    }
}

/* The same where all of it is there, and nothing muted. */
static void copy_whole(const struct jitter *jitter, int64_t position, int16_t *out)
{
    for (uint32_t i = 0, run; i < FRAME_SAMPLES; i += run) {
        run = run_at(position + i, FRAME_SAMPLES - i);
        memcpy(out + (size_t)i * jitter->scale, sound_at(jitter, position + i),
               (size_t)run * jitter->scale * sizeof *out);
    }
}

enum { WHOLE = FRAME_SAMPLES / CELL };

bool jitter_read(const struct jitter *jitter, uint32_t timestamp, int16_t out[FRAME_SAMPLES])
{
    int64_t position = jitter->started ? unwrap(jitter, timestamp) : 0;

    if (!jitter->started || jitter->scale != 1 || look_at(jitter, position).there < WHOLE)
        return false;
    copy_whole(jitter, position, out);
    return true;
}

/* Moves the playout by `by` samples with sound on both sides: goes over from the one to the other.
 */
static void blend(struct jitter *jitter, int64_t by, int16_t *out)
{
    int16_t before[2 * FRAME_SAMPLES];
    int32_t length = BLEND * (int32_t)jitter->scale;

    copy_frame(jitter, jitter->next, before);
    copy_frame(jitter, jitter->next + by, out);
    for (int32_t i = 0; i < length; i++)
        out[i] = (int16_t)((before[i] * (length - i) + out[i] * i) / length);
    jitter->next += by;
}

/* How far to move now, in samples: forward to catch up, back to wait; 0 mostly. */
static int64_t correction(struct jitter *jitter, int64_t distance, const struct look *look)
{
    bool quiet = !(look->marks & JITTER_VOICED);
    int64_t most = quiet ? CORRECT_MOST : CORRECT_LEAST, by;

    if (distance > -CORRECT_SHORT && distance < CORRECT_LEAST)
        return 0;
    if (distance < 0 && distance > -CORRECT_LEAST)
        distance = -CORRECT_LEAST; /* Once, and there is room for a while. */
    if (!quiet && distance > -CORRECT_SPEECH && distance < CORRECT_SPEECH)
        return 0;
    by = distance > most ? most : distance < -most ? -most : distance;
    by &= ~(int64_t)(CELL - 1);
    return look_at(jitter, jitter->next + by).there == WHOLE ? by : 0;
}

/* Packets shorter than a frame: half of it may be there. */
static void keep_what_is_there(struct jitter *jitter, int64_t position, int16_t *out)
{
    uint32_t cell_samples = CELL * jitter->scale;

    for (uint32_t i = 0; i < FRAME_SAMPLES && position + i < jitter->newest; i += CELL) {
        if ((*cell_at(jitter, position + i) & (THERE | JITTER_MUTED)) == THERE)
            memcpy(out + (size_t)i * jitter->scale, sound_at(jitter, position + i),
                   cell_samples * sizeof *out);
    }
}

static enum jitter_take_result conceal(struct jitter *jitter, int64_t wanted, uint32_t there,
                                       struct jitter_frame *out)
{
    int64_t at = jitter->next;

    if (jitter->missing <= CONCEAL_FRAMES)
        jitter->missing++;
    if (jitter->paused && there == 0)
        jitter->missing = CONCEAL_FRAMES + 1;
    bool wait = !jitter->paused && jitter->newest < jitter->next + FRAME_SAMPLES &&
                jitter->waited < WAIT_FRAMES &&
                wanted - jitter->next < (JITTER_DEPTH_MOST_MS - 40) * PER_MS;
    if (wait)
        jitter->waited++;
    else
        jitter->next += FRAME_SAMPLES;
    if (!wait && jitter->newest <= jitter->next)
        jitter->next =
            jitter->next > wanted + FRAME_SAMPLES ? jitter->next : wanted + FRAME_SAMPLES;
    if (jitter->missing > CONCEAL_FRAMES) {
        memset(out->samples, 0, sizeof out->samples);
        return JITTER_TAKE_NOTHING;
    }
    conceal_missing(&jitter->concealer, out->samples);
    if (!wait)
        keep_what_is_there(jitter, at, out->samples);
    jitter->made_up += wait ? WHOLE : WHOLE - there;
    jitter->concealed = jitter->made_up / WHOLE;
    return JITTER_TAKE_CONCEALED;
}

enum jitter_take_result jitter_take(struct jitter *jitter, uint64_t now_ns,
                                    struct jitter_frame *out)
{
    int64_t now = (int64_t)(now_ns / NS_A_SAMPLE), wanted;

    out->marks = 0;
    out->at_ns = now_ns;
    if (!jitter->started) {
        memset(out->samples, 0, sizeof out->samples);
        return JITTER_TAKE_NOTHING;
    }
    wanted = ideal(jitter, now);
    if (!jitter->anchored || wanted - jitter->next > FAR) {
        jitter->next = wanted;
        jitter->anchored = true;
        jitter->missing = CONCEAL_FRAMES; /* There is nothing before it to go on with. */
        jitter->waited = WAIT_FRAMES;
    }
    int64_t ends = (jitter->next + FRAME_SAMPLES + jitter->base) * NS_A_SAMPLE;
    out->at_ns = ends > 0 && (uint64_t)ends < now_ns ? (uint64_t)ends : now_ns;
    struct look look = look_at(jitter, jitter->next);
    if (look.there < WHOLE)
        return conceal(jitter, wanted, look.there, out);

    int64_t by = correction(jitter, wanted - jitter->next, &look);
    if (by != 0) {
        blend(jitter, by, out->samples);
        if (by > 0)
            jitter->left_out_ms += (uint32_t)by / PER_MS;
        else
            jitter->doubled_ms += (uint32_t)-by / PER_MS;
    } else if (look.marks & JITTER_MUTED) {
        copy_frame(jitter, jitter->next, out->samples);
    } else {
        copy_whole(jitter, jitter->next, out->samples);
    }
    out->marks = look.marks & (JITTER_VOICED | JITTER_MUTED);
    jitter->next += FRAME_SAMPLES;
    jitter->waited = jitter->missing = 0;
    conceal_heard(&jitter->concealer, out->samples);
    return JITTER_TAKE_SOUND;
}

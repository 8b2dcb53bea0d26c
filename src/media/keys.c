// SPDX-License-Identifier: Apache-2.0
/* keys.c - one press, one key. */
#include "media/keys.h"

#include <math.h>
#include <string.h>

#include "base/attr.h"

enum {
    EVENT_LASTS_MS = 60, /* Between two packets of an event, and after its last. */
    LOOK = 80,        /* Samples that are looked at, in the middle of a frame: any tone of 30 ms */
    LOOK_FROM = 40,   /* fills them once. */
    AWAKE_FRAMES = 4, /* The pause between two presses of a key is seen by the detector. */
    DETECTOR_BLOCK = 102, /* Samples that it decides on at a time. */
    SCALE = 1024,         /* Of the waves. */
    QUIET = 12            /* Root mean square of samples / 8. */
};

/* ITU-T Q.23 table 1. */
static const float frequencies[8] = {697, 770, 852, 941, 1209, 1336, 1477, 1633};
static struct wave {
    int16_t in_phase[LOOK], across[LOOK];
} waves[8];

static void make_waves(void)
{
    if (waves[0].in_phase[0] != 0)
        return;
    for (uint32_t f = 0; f < 8; f++) {
        for (uint32_t i = 0; i < LOOK; i++) {
            float angle = frequencies[f] * (float)i * (2 * (float)M_PI / SAMPLE_RATE);
            waves[f].in_phase[i] = (int16_t)lrintf(SCALE * cosf(angle));
            waves[f].across[i] = (int16_t)lrintf(SCALE * sinf(angle));
        }
    }
}

static void tone_changed(void *user, int code, int level, int delay)
{
    struct keys *keys = user;

    (void)level;
    (void)delay;
    keys->tone = (char)code;
    if (code != 0)
        keys->began = (char)code;
}

void keys_init(struct keys *keys, bool negotiated)
{
    make_waves();
    *keys = (struct keys){.negotiated = negotiated};
    dtmf_receiver_init(&keys->receiver);
    dtmf_rx_init(&keys->detector, NULL, NULL);
    dtmf_rx_set_realtime_callback(&keys->detector, tone_changed, keys);
}

void keys_restart(struct keys *keys)
{
    dtmf_receiver_init(&keys->receiver);
}

char keys_event(struct keys *keys, const struct rtp_packet *packet, uint64_t now_ms)
{
    char key = dtmf_receiver_put(&keys->receiver, packet);
    bool reported = keys->said == key && now_ms < keys->said_ms + KEYS_SAME_PRESS_MS;

    keys->event_ms = now_ms;
    if (key == 0)
        return 0;
    keys->events = true;
    keys->held = keys->said = keys->tone = 0;
    return reported ? 0 : key;
}

/* ---- Is it worth the detector's while? ---- */

/* How much of the middle of a frame lies at one frequency, out of LOOK * SCALE^2 / 2: for a pure
 * tone of it all. Sums of products of 16 bits: compilers make vectors of that. */
static ALWAYS_INLINE float part_at(const int16_t samples[LOOK], const struct wave *wave)
{
    int32_t in_phase = 0, across = 0;

    for (uint32_t i = 0; i < LOOK; i++)
        in_phase += samples[i] * wave->in_phase[i];
    for (uint32_t i = 0; i < LOOK; i++)
        across += samples[i] * wave->across[i];
    return (float)in_phase * (float)in_phase + (float)across * (float)across;
}

static ALWAYS_INLINE float most_of(const int16_t samples[LOOK], uint32_t first)
{
    float most = 0;

    for (uint32_t i = first; i < first + 4; i++) {
        float part = part_at(samples, &waves[i]);
        most = part > most ? part : most;
    }
    return most;
}

/* Two tones, one of each group, that are most of the sound. The detector wants 82 % of the energy
 * in the two and neither 8 dB over the other; this asks for 40 % in both and 4 % in each, since
 * tones may be off by 1.8 % in frequency. Below -50 dBFS no tone counts. */
TWO_WIDTHS static bool may_be_key(const int16_t frame[FRAME_SAMPLES])
{
    int16_t samples[LOOK];
    int32_t energy = 0;

    for (uint32_t i = 0; i < LOOK; i++)
        samples[i] = (int16_t)(frame[LOOK_FROM + i] / 8);
    for (uint32_t i = 0; i < LOOK; i++)
        energy += samples[i] * samples[i];
    if (energy < LOOK * QUIET * QUIET)
        return false;
    float all = (float)energy * (LOOK * (float)SCALE * SCALE / 2);
    float low = most_of(samples, 0);
    if (low < 0.04F * all)
        return false;
    float high = most_of(samples, 4);
    return high >= 0.04F * all && low + high >= 0.4F * all;
}

/* What it slept through is nothing; its blocks begin where they would have begun had it been awake,
 * so that it decides the same. */
static void wake(struct keys *keys)
{
    dtmf_rx_state_t *detector = &keys->detector;

    for (uint32_t i = 0; i < 4; i++) {
        goertzel_reset(&detector->row_out[i]);
        goertzel_reset(&detector->col_out[i]);
    }
    detector->energy = 0;
    detector->last_hit = 0;
    dtmf_rx(detector, keys->before, FRAME_SAMPLES);
    keys->slept = false;
}

static void sleep_on(struct keys *keys, const int16_t samples[FRAME_SAMPLES])
{
    dtmf_rx_state_t *detector = &keys->detector;

    if (keys->slept) /* The frame kept is forgotten. */
        detector->current_sample = (detector->current_sample + FRAME_SAMPLES) % DETECTOR_BLOCK;
    memcpy(keys->before, samples, sizeof keys->before);
    keys->slept = true;
}

static void listen(struct keys *keys, const int16_t samples[FRAME_SAMPLES])
{
    if (may_be_key(samples))
        keys->awake = AWAKE_FRAMES;
    if (keys->awake == 0 && keys->tone == 0) {
        sleep_on(keys, samples);
        return;
    }
    if (keys->slept)
        wake(keys);
    dtmf_rx(&keys->detector, samples, FRAME_SAMPLES);
    if (keys->awake > 0)
        keys->awake--;
}

char keys_sound(struct keys *keys, const int16_t samples[FRAME_SAMPLES], uint64_t now_ms)
{
    if (keys->events)
        return 0;
    keys->began = 0;
    listen(keys, samples);
    if (keys->began == 0)
        return 0;
    if (!keys->negotiated)
        return keys->began;
    char before = keys->held; /* A second tone within the time of the first: let that go. */
    keys->held = keys->began;
    keys->held_ms = now_ms;
    return before;
}

char keys_due(struct keys *keys, uint64_t now_ms)
{
    if (keys->held == 0 || now_ms < keys->held_ms + KEYS_HOLD_MS)
        return 0;
    keys->said = keys->held;
    keys->said_ms = now_ms;
    keys->held = 0;
    return keys->said;
}

bool keys_pressed(const struct keys *keys, uint64_t now_ms)
{
    return keys->tone != 0 || (keys->event_ms != 0 && now_ms < keys->event_ms + EVENT_LASTS_MS);
}

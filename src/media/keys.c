// SPDX-License-Identifier: Apache-2.0
/* keys.c - one press, one key. */
#include "media/keys.h"

enum { EVENT_LASTS_MS = 60 }; /* Between two packets of an event, and after its last. */

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

/* Below this no tone counts (-45 dBFS in all; the detector wants more of each of the two). */
static bool is_quiet(const int16_t samples[FRAME_SAMPLES])
{
    int32_t most = 0;

    for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
        int32_t size = samples[i] < 0 ? -samples[i] : samples[i];
        most = size > most ? size : most;
    }
    return most < 184;
}

char keys_sound(struct keys *keys, const int16_t samples[FRAME_SAMPLES], uint64_t now_ms)
{
    bool quiet = is_quiet(samples), was_quiet = keys->quiet;

    keys->quiet = quiet;
    if (keys->events || (quiet && was_quiet && keys->tone == 0))
        return 0;
    keys->began = 0;
    dtmf_rx(&keys->detector, samples, FRAME_SAMPLES);
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

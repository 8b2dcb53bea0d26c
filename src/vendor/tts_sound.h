// SPDX-License-Identifier: Apache-2.0
/* tts_sound.h - a vendor's stream of bytes as linear samples, however it is cut into pieces.
 *
 * Takes PCM16 and both laws, odd bytes at the ends of pieces, and a WAV header at the beginning,
 * asked for or not, with lengths that were unknown when it was written (0 or all ones); the second
 * channel is left out. What is recognised as something else (MP3, Ogg, FLAC, JSON, HTML) is refused
 * rather than played. Pure; owned by one stream, 64 bytes; 1 ns a sample. Order: tts_sound_init(),
 * tts_sound_take() until all is taken; `rate` is known from the first sample on. */
#ifndef VENDOR_TTS_SOUND_H
#define VENDOR_TTS_SOUND_H

#include "vendor/tts.h"

enum tts_sound_state {
    TTS_SOUND_HEAD,   /* Its first 12 bytes are awaited: is it a WAV file? */
    TTS_SOUND_CHUNK,  /* A chunk's name and length are. */
    TTS_SOUND_FORMAT, /* The first 16 to 40 bytes of "fmt " are. */
    TTS_SOUND_SKIP,   /* A chunk goes by. */
    TTS_SOUND_DATA,
    TTS_SOUND_OVER, /* What comes after the data of a WAV file. */
    TTS_SOUND_STRANGE
};

struct tts_sound {
    enum tts_sound_state state;
    struct tts_form form;
    uint8_t channels;
    uint8_t held_size, want; /* Of `held`: what there is, and what is awaited. */
    uint8_t held[40];
    uint32_t left; /* Bytes of this chunk. UINT32_MAX: to the end. */
    bool told;     /* The WAV header had its format. */
};

void tts_sound_init(struct tts_sound *sound, struct tts_form form);

/* Takes bytes off *bytes until none is left or `room` samples are made; returns how many were made.
 * *size is 0 when all is taken, also when the state says that it is no sound. */
uint32_t tts_sound_take(struct tts_sound *sound, const uint8_t **bytes, size_t *size, int16_t *out,
                        uint32_t room);

/* At the end of the stream: short sounds of fewer bytes than a header has. */
uint32_t tts_sound_end(struct tts_sound *sound, int16_t *out, uint32_t room);

#endif

// SPDX-License-Identifier: Apache-2.0
/* wide.c - G.722 by spandsp, Opus by libopus.
 *
 * Packets are decoded as they arrive, since the gate must hear them then. A decoder wants them in
 * order: where the number of a packet says that others before it are missing, those are made up
 * first, the last of them from what this packet repeats of it (in-band FEC). Should one of them
 * come after all it is too late for the decoder and dropped: its place is filled. */
#include "media/wide.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "wire/rtp.h"

enum { WIDE_RATE = 16000, OPUS_CLOCK = 6, G722_BITRATE = 64000, ALIGNED = 64 };

static size_t aligned(size_t size)
{
    return (size + ALIGNED - 1) / ALIGNED * ALIGNED;
}

int wide_pool_open(struct wide_pool *pool, uint32_t count, uint32_t complexity)
{
    void *memory;

    *pool = (struct wide_pool){.count = count, .left = count, .complexity = complexity};
    pool->each = aligned(sizeof(struct wide)) + aligned((size_t)opus_encoder_get_size(1)) +
                 aligned((size_t)opus_decoder_get_size(1));
    pool->bytes = pool->each * (count > 0 ? count : 1);
    pool->free = calloc(count > 0 ? count : 1, sizeof *pool->free);
    memory = mmap(NULL, pool->bytes, PROT_READ | PROT_WRITE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (!pool->free || memory == MAP_FAILED) {
        free(pool->free);
        *pool = (struct wide_pool){.count = 0};
        return -ENOMEM;
    }
    pool->memory = memory;
    for (uint32_t i = 0; i < count; i++)
        pool->free[i] = count - 1 - i;
    return 0;
}

void wide_pool_close(struct wide_pool *pool)
{
    if (pool->memory)
        munmap(pool->memory, pool->bytes);
    free(pool->free);
    *pool = (struct wide_pool){.count = 0};
}

struct wide *wide_take(struct wide_pool *pool)
{
    if (pool->left == 0)
        return NULL;
    uint32_t index = pool->free[--pool->left];
    void *memory = pool->memory + index * pool->each;
    struct wide *wide = memory;
    uint8_t *behind = (uint8_t *)memory + aligned(sizeof *wide);
    void *encoder = behind, *decoder = behind + aligned((size_t)opus_encoder_get_size(1));

    memset(wide, 0, sizeof *wide);
    wide->index = index;
    wide->complexity = pool->complexity;
    wide->codec = CODEC_PCMU; /* None of the two yet. */
    wide->opus_encoder = encoder;
    wide->opus_decoder = decoder;
    return wide;
}

void wide_put(struct wide_pool *pool, struct wide *wide)
{
    pool->free[pool->left++] = wide->index;
}

static void begin_codec(struct wide *wide, enum codec codec)
{
    wide->codec = codec;
    wide->lost_percent = 0;
    wide->silent = false;
    if (codec == CODEC_G722) {
        g722_encode_init(&wide->g722_encoder, G722_BITRATE, 0);
        g722_decode_init(&wide->g722_decoder, G722_BITRATE, 0);
    } else {
        (void)opus_encoder_init(wide->opus_encoder, WIDE_RATE, 1, OPUS_APPLICATION_VOIP);
        (void)opus_decoder_init(wide->opus_decoder, WIDE_RATE, 1);
        opus_encoder_ctl(wide->opus_encoder, OPUS_SET_COMPLEXITY((opus_int32)wide->complexity));
        opus_encoder_ctl(wide->opus_encoder, OPUS_SET_SIGNAL(OPUS_SIGNAL_VOICE));
    }
    wide_restart(wide);
}

void wide_set(struct wide *wide, const struct command *command)
{
    if (wide->codec != command->media.codec)
        begin_codec(wide, command->media.codec);
    if (wide->codec != CODEC_OPUS)
        return;
    wide->bitrate = command->media.bitrate ? command->media.bitrate : WIDE_BITRATE;
    opus_encoder_ctl(wide->opus_encoder, OPUS_SET_BITRATE((opus_int32)wide->bitrate));
    opus_encoder_ctl(wide->opus_encoder, OPUS_SET_INBAND_FEC(command->media.fec));
    opus_encoder_ctl(wide->opus_encoder, OPUS_SET_VBR(!command->media.cbr));
    opus_encoder_ctl(wide->opus_encoder, OPUS_SET_DTX(command->media.dtx));
}

void wide_restart(struct wide *wide)
{
    wide->following = false;
    if (wide->codec == CODEC_OPUS)
        opus_decoder_ctl(wide->opus_decoder, OPUS_RESET_STATE);
}

void wide_tell_loss(struct wide *wide, uint32_t percent)
{
    if (wide->codec != CODEC_OPUS || percent == wide->lost_percent)
        return;
    wide->lost_percent = percent;
    opus_encoder_ctl(wide->opus_encoder, OPUS_SET_PACKET_LOSS_PERC((opus_int32)percent));
}

/* RTP's clock of Opus in steps of 8 kHz, across its wrapping. */
static uint32_t narrow_clock(struct wide *wide, uint32_t timestamp)
{
    if (wide->codec != CODEC_OPUS)
        return timestamp;
    if (!wide->following) {
        wide->last_timestamp = timestamp / OPUS_CLOCK;
        wide->remainder = timestamp % OPUS_CLOCK;
    } else {
        int64_t on = (int64_t)(int32_t)(timestamp - wide->last_raw) + wide->remainder;
        int64_t steps = on >= 0 ? on / OPUS_CLOCK : -((-on + OPUS_CLOCK - 1) / OPUS_CLOCK);
        wide->last_timestamp += (uint32_t)steps;
        wide->remainder = (uint32_t)(on - steps * OPUS_CLOCK);
    }
    wide->last_raw = timestamp;
    return wide->last_timestamp;
}

static bool decode_g722(struct wide *wide, const struct rtp_packet *packet, struct wide_sound *out)
{
    uint32_t count = packet->payload_size & ~7u;

    if (count == 0 || count > JITTER_PACKET_MOST)
        return false;
    out->count = count;
    g722_decode(&wide->g722_decoder, out->samples, packet->payload, (int)count);
    return true;
}

/* Samples of 8 kHz in the packet; 0: it is none of Opus'. */
static uint32_t opus_length(const struct rtp_packet *packet)
{
    int count = packet->payload_size > 0 && packet->payload_size < INT16_MAX
                    ? opus_packet_get_nb_samples(packet->payload, (opus_int32)packet->payload_size,
                                                 SAMPLE_RATE)
                    : 0;

    return count > 0 && count <= JITTER_PACKET_MOST ? (uint32_t)count & ~7u : 0;
}

/* Makes up `missing` samples before the packet. Returns how many. */
static uint32_t repair(struct wide *wide, const struct rtp_packet *packet, uint32_t missing,
                       int16_t *out)
{
    uint32_t frame = wide->frame, made = 0;

    while (made + frame < missing) {
        if (opus_decode(wide->opus_decoder, NULL, 0, out + 2 * made, (int)(2 * frame), 0) < 0)
            return made;
        made += frame;
        wide->made_up++;
    }
    uint32_t left = missing - made;
    if (opus_decode(wide->opus_decoder, packet->payload, (opus_int32)packet->payload_size,
                    out + 2 * made, (int)(2 * left), 1) == (int)(2 * left)) {
        made += left;
        wide->recovered++;
    }
    return made;
}

/* How much of the sound before this packet is to be made up. */
static uint32_t missing_before(const struct wide *wide, uint16_t sequence, uint32_t timestamp)
{
    uint32_t gap = timestamp - wide->next_timestamp;
    bool lost = (uint16_t)(sequence - wide->next_sequence) != 0; /* Else its sender was silent. */

    if (!wide->following || !lost || gap > WIDE_REPAIR_MOST * wide->frame || gap % wide->frame != 0)
        return 0;
    return gap <= WIDE_REPAIR_MOST * FRAME_SAMPLES ? gap : 0;
}

static bool decode_opus(struct wide *wide, const struct rtp_packet *packet, struct wide_sound *out)
{
    uint32_t length = opus_length(packet), missing;

    if (length == 0 || (wide->following && (int16_t)(packet->sequence - wide->next_sequence) < 0 &&
                        (int16_t)(packet->sequence - wide->next_sequence) > -1000))
        return false;
    out->timestamp = narrow_clock(wide, packet->timestamp);
    missing = missing_before(wide, packet->sequence, out->timestamp);
    if (missing > 0)
        out->before = repair(wide, packet, missing, out->samples);
    if (out->before != missing)
        out->before = 0;
    int got = opus_decode(wide->opus_decoder, packet->payload, (opus_int32)packet->payload_size,
                          out->samples + 2 * out->before, WIDE_PACKET_MOST, 0);
    if (got < 16)
        return false;
    out->count = length < (uint32_t)got / 2 ? length : ((uint32_t)got / 2) & ~7u;
    wide->frame = out->count;
    return true;
}

bool wide_decode(struct wide *wide, const struct rtp_packet *packet, struct wide_sound *out)
{
    out->before = 0;
    out->timestamp = packet->timestamp;
    bool good =
        wide->codec == CODEC_OPUS ? decode_opus(wide, packet, out) : decode_g722(wide, packet, out);
    if (!good)
        return false;
    wide->following = true;
    wide->next_sequence = (uint16_t)(packet->sequence + 1);
    wide->next_timestamp = out->timestamp + out->count;
    out->timestamp -= out->before;
    out->count += out->before;
    return true;
}

/* Digital silence is most of what a listening agent sends, and needs no search for its sound. */
static void choose_complexity(struct wide *wide, const int16_t *samples, uint32_t count)
{
    static const int16_t nothing[WIDE_FRAME];
    uint32_t first = count < WIDE_FRAME ? count : WIDE_FRAME;
    bool silent = memcmp(samples, nothing, first * sizeof *samples) == 0;

    if (silent != wide->silent)
        opus_encoder_ctl(wide->opus_encoder,
                         OPUS_SET_COMPLEXITY(silent ? 0 : (opus_int32)wide->complexity));
    wide->silent = silent;
}

uint32_t wide_encode(struct wide *wide, const int16_t *samples, uint32_t count, uint8_t *out,
                     uint32_t size)
{
    if (wide->codec == CODEC_G722) /* A byte for two samples. */
        return count / 2 <= size
                   ? (uint32_t)g722_encode(&wide->g722_encoder, out, samples, (int)count)
                   : 0;
    choose_complexity(wide, samples, count);
    opus_int32 bytes = opus_encode(wide->opus_encoder, samples, (int)count, out, (opus_int32)size);
    return bytes > 2 ? (uint32_t)bytes : 0; /* Two bytes or less need not be sent (DTX). */
}

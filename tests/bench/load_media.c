// SPDX-License-Identifier: Apache-2.0
/* load_media.c - sound for all calls over a few sockets: one frame a call every 20 ms, the calls
 * dealt out over the milliseconds of the frame time; and what came back, with the kernel's time of
 * arrival.
 *
 * A datagram belongs to the call whose server port it came from: a server that uses one port for
 * many calls cannot be measured. */
#include "load.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "base/limits.h"
#include "base/random.h"
#include "wire/rtp.h"
#include "wire/wav.h"

enum {
    SOUND_FRAMES = 500, /* Ten seconds, then again. */
    DATAGRAM = 512,
    NO_CALL = -1
};

/* Calls whose frame is due in one millisecond, for one socket. */
struct slot {
    uint32_t *calls;
    uint32_t count, capacity;
};

static struct media {
    int fds[LOAD_SOCKETS], control_fds[LOAD_SOCKETS];
    uint32_t dropped[LOAD_SOCKETS]; /* By the kernel because we were slow; cumulative. */
    struct slot slots[LOAD_SOCKETS][LOAD_SLOTS];
    int32_t by_port[65536];
    uint8_t sound[SOUND_FRAMES][FRAME_SAMPLES];
    uint64_t tick; /* Milliseconds since the start that were served. */
} media;

/* Sound that a voice detector takes for a voice now and then: low-passed noise with a hum, in
 * bursts of a quarter second with pauses. */
static void make_voice(int16_t *out, uint32_t count)
{
    struct random random = {1};
    int32_t low = 0;

    for (uint32_t i = 0; i < count; i++) {
        int32_t noise = (int32_t)random_below(&random, 16000) - 8000;
        int32_t buzz = i % 67 < 8 ? 6000 : -800; /* 120 Hz */
        int32_t syllable = (int32_t)(i % 2000), size = syllable < 1000 ? syllable : 2000 - syllable;
        bool pause = i / 8000 % 4 == 3;
        low += (noise - low) / 4;
        out[i] = pause ? (int16_t)(noise / 400) : (int16_t)((low + buzz) * size / 1000);
    }
}

static int load_sound(const char *path, int16_t *out, uint32_t count)
{
    FILE *file = fopen(path, "rb");
    size_t capacity = 16 << 20, size;
    uint8_t *bytes = malloc(capacity);
    uint32_t got = 0;
    struct wav wav;

    if (!file || !bytes) {
        free(bytes);
        return file ? -ENOMEM : -ENOENT;
    }
    size = fread(bytes, 1, capacity, file);
    fclose(file);
    if (!wav_read(bytes, size, &wav) || wav.sample_rate != SAMPLE_RATE || wav.frames == 0) {
        free(bytes);
        return -EINVAL;
    }
    while (got < count)
        got += wav_samples(&wav, 0, 0, out + got, count - got);
    free(bytes);
    return 0;
}

static int make_sound(const struct load *load)
{
    uint32_t count = SOUND_FRAMES * FRAME_SAMPLES;
    int16_t *linear = calloc(count, sizeof *linear);
    int error = 0;

    if (!linear)
        return -ENOMEM;
    if (load->options.sound)
        error = load_sound(load->options.sound, linear, count);
    else
        make_voice(linear, count);
    for (uint32_t i = 0; i < SOUND_FRAMES; i++)
        g711_ulaw_encode(linear + i * FRAME_SAMPLES, media.sound[i], FRAME_SAMPLES);
    free(linear);
    return error;
}

static int open_socket(uint16_t port, int buffer_bytes)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

/* The odd ports are for RTCP: bound, so that the server is not told they are closed, and never
 * read. */
int load_media_open(struct load *load)
{
    for (uint32_t i = 0; i < 65536; i++)
        media.by_port[i] = NO_CALL;
    for (uint32_t i = 0; i < LOAD_SOCKETS; i++) {
        uint16_t port = (uint16_t)(load->options.rtp_port + 2 * i);
        media.fds[i] = open_socket(port, 4 << 20);
        if (media.fds[i] < 0)
            return media.fds[i];
        media.control_fds[i] = open_socket((uint16_t)(port + 1), 4096);
        if (media.control_fds[i] < 0)
            return media.control_fds[i];
    }
    return make_sound(load);
}

uint16_t load_media_port(const struct load *load, uint32_t index)
{
    return (uint16_t)(load->options.rtp_port + 2 * (index % LOAD_SOCKETS));
}

static struct slot *slot_of(uint32_t index)
{
    return &media.slots[index % LOAD_SOCKETS][index / LOAD_SOCKETS % LOAD_SLOTS];
}

static bool slot_add(struct slot *slot, uint32_t index, struct load_sound *sound)
{
    if (slot->count == slot->capacity) {
        uint32_t capacity = slot->capacity ? 2 * slot->capacity : 16;
        uint32_t *calls = realloc(slot->calls, capacity * sizeof *calls);
        if (!calls)
            return false;
        slot->calls = calls;
        slot->capacity = capacity;
    }
    sound->slot_index = slot->count;
    slot->calls[slot->count++] = index;
    return true;
}

void load_media_begin(struct load *load, uint32_t index, struct sockaddr_in remote)
{
    struct load_call *call = &load->calls[index];

    call->sound = calloc(1, sizeof *call->sound);
    if (!call->sound || !slot_add(slot_of(index), index, call->sound)) {
        fprintf(stderr, "load: out of memory\n");
        exit(2);
    }
    call->sound->remote = remote;
    call->sound->sequence = (uint16_t)(index * 7919);
    call->sound->timestamp = index * 104729;
    media.by_port[ntohs(remote.sin_port)] = (int32_t)index;
}

void load_media_end(struct load *load, uint32_t index)
{
    struct load_sound *sound = load->calls[index].sound;
    struct slot *slot = slot_of(index);
    uint32_t last;

    if (!sound)
        return;
    assert(slot->calls[sound->slot_index] == index);
    last = slot->calls[--slot->count];
    slot->calls[sound->slot_index] = last;
    load->calls[last].sound->slot_index = sound->slot_index;
    if (media.by_port[ntohs(sound->remote.sin_port)] == (int32_t)index)
        media.by_port[ntohs(sound->remote.sin_port)] = NO_CALL;
}

static struct mmsghdr outbox[LOAD_BATCH];
static struct iovec out_parts[LOAD_BATCH][2];
static uint8_t out_headers[LOAD_BATCH][RTP_HEADER];

static void flush(struct load *load, int fd, uint32_t count)
{
    uint32_t sent = 0;

    while (sent < count) {
        int result = sendmmsg(fd, outbox + sent, count - sent, MSG_DONTWAIT);
        if (result <= 0) {
            load->figures.send_failures++;
            sent++; /* The one that failed; the others may go. */
            continue;
        }
        sent += (uint32_t)result;
        load->figures.packets_sent += (uint32_t)result;
    }
}

static void send_slot(struct load *load, uint32_t socket, const struct slot *slot, uint64_t frame)
{
    uint32_t filled = 0;

    for (uint32_t i = 0; i < slot->count; i++) {
        uint32_t index = slot->calls[i];
        struct load_sound *sound = load->calls[index].sound;
        struct rtp_packet packet = {
            .sequence = sound->sequence++, .timestamp = sound->timestamp, .ssrc = 0x10000 + index};

        sound->timestamp += FRAME_SAMPLES;
        rtp_write_header(&packet, out_headers[filled]);
        out_parts[filled][0] = (struct iovec){out_headers[filled], RTP_HEADER};
        out_parts[filled][1] =
            (struct iovec){media.sound[(frame + index * 37) % SOUND_FRAMES], FRAME_SAMPLES};
        outbox[filled].msg_hdr = (struct msghdr){.msg_name = &sound->remote,
                                                 .msg_namelen = sizeof sound->remote,
                                                 .msg_iov = out_parts[filled],
                                                 .msg_iovlen = 2};
        if (++filled == LOAD_BATCH) {
            flush(load, media.fds[socket], filled);
            filled = 0;
        }
    }
    flush(load, media.fds[socket], filled);
}

/* Serves each millisecond that has passed, in order, so that a late wake-up loses no frame. */
static void send_due(struct load *load)
{
    uint64_t due = (load->now_ns - load->start_ns) / 1000000;

    for (; media.tick <= due; media.tick++) {
        uint64_t planned_ns = load->start_ns + media.tick * 1000000, now_ns;
        for (uint32_t socket = 0; socket < LOAD_SOCKETS; socket++)
            send_slot(load, socket, &media.slots[socket][media.tick % LOAD_SLOTS],
                      media.tick / LOAD_SLOTS);
        now_ns = clock_ns();
        histogram_add(&load->figures.lateness,
                      now_ns > planned_ns ? (now_ns - planned_ns) / 1000 : 0);
    }
}

/* Deviation: how much longer or shorter than the timestamps say it took since the last packet. */
static void measure(struct load *load, struct load_call *call, const struct rtp_packet *packet,
                    uint64_t at_ns)
{
    struct load_sound *sound = call->sound;
    int64_t step_us = (int32_t)(packet->timestamp - sound->last_timestamp) * 125ll;
    int64_t since_first_us = (int32_t)(packet->timestamp - sound->first_timestamp) * 125ll;
    int64_t transit_us = (int64_t)(at_ns / 1000) - since_first_us;
    int64_t deviation_us = (int64_t)((at_ns - sound->last_ns) / 1000) - step_us;
    uint32_t bin;

    if (deviation_us < 0)
        deviation_us = -deviation_us;
    bin = (uint32_t)(deviation_us / 1000);
    if (bin < LOAD_CALL_BINS)
        sound->deviation[bin]++;
    else
        sound->beyond_bins++;
    histogram_add(&load->figures.deviation, (uint64_t)deviation_us);
    if (transit_us < sound->fastest_us)
        sound->fastest_us = transit_us;
    if (transit_us - sound->fastest_us > LOAD_LATE_MS * 1000)
        sound->late++;
}

static void take_sound(struct load *load, const struct rtp_packet *packet, uint16_t port,
                       uint64_t at_ns)
{
    struct load_sound *sound;
    struct load_call *call;
    enum rtp_put_result result;
    uint32_t extended;

    if (media.by_port[port] == NO_CALL) {
        load->figures.packets_strange++;
        return;
    }
    call = &load->calls[media.by_port[port]];
    sound = call->sound;
    load->figures.packets_received++;
    if (sound->first_ns == 0) {
        sound->first_ns = at_ns;
        sound->fastest_us = INT64_MAX;
        rtp_stats_init(&sound->stats, packet->ssrc, packet->sequence, false);
        histogram_add(&load->figures.first_audio,
                      at_ns > call->answered_ns ? (at_ns - call->answered_ns) / 1000 : 0);
        sound->last_ns = at_ns;
        sound->first_timestamp = packet->timestamp;
        sound->last_timestamp = packet->timestamp;
    }
    result = rtp_stats_put(&sound->stats, packet->sequence, packet->timestamp,
                           (uint32_t)(at_ns / 125000), true, &extended);
    if (result == RTP_PUT_NEW && sound->stats.received > 1)
        measure(load, call, packet, at_ns);
    sound->last_ns = at_ns;
    sound->last_timestamp = packet->timestamp;
}

/* The kernel's time of arrival, and how many datagrams it dropped before this one. */
static uint64_t read_control(struct load *load, uint32_t socket, struct msghdr *message)
{
    uint64_t at_ns = load->now_ns;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET)
            continue;
        if (c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec wall;
            memcpy(&wall, CMSG_DATA(c), sizeof wall);
            at_ns = (uint64_t)(wall.tv_sec * 1000000000ll + wall.tv_nsec -
                               load->wall_minus_monotonic_ns);
        } else if (c->cmsg_type == SO_RXQ_OVFL) {
            uint32_t dropped;
            memcpy(&dropped, CMSG_DATA(c), sizeof dropped);
            load->figures.own_drops += dropped - media.dropped[socket];
            media.dropped[socket] = dropped;
        }
    }
    return at_ns;
}

static int receive(struct load *load, uint32_t socket)
{
    static struct mmsghdr inbox[LOAD_BATCH];
    static struct iovec parts[LOAD_BATCH];
    static uint8_t bytes[LOAD_BATCH][DATAGRAM];
    static char control[LOAD_BATCH][64];
    static struct sockaddr_in from[LOAD_BATCH];
    int count;

    for (int i = 0; i < LOAD_BATCH; i++) {
        parts[i] = (struct iovec){bytes[i], DATAGRAM};
        inbox[i].msg_hdr = (struct msghdr){.msg_name = &from[i],
                                           .msg_namelen = sizeof from[i],
                                           .msg_iov = &parts[i],
                                           .msg_iovlen = 1,
                                           .msg_control = control[i],
                                           .msg_controllen = sizeof control[i]};
    }
    count = recvmmsg(media.fds[socket], inbox, LOAD_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        uint64_t at_ns = read_control(load, socket, &inbox[i].msg_hdr);
        struct rtp_packet packet;
        if (rtp_is_rtcp(bytes[i], inbox[i].msg_len) ||
            !rtp_read(bytes[i], inbox[i].msg_len, &packet))
            load->figures.packets_strange++;
        else
            take_sound(load, &packet, ntohs(from[i].sin_port), at_ns);
    }
    return count;
}

void load_media_step(struct load *load)
{
    for (uint32_t socket = 0; socket < LOAD_SOCKETS; socket++) {
        while (receive(load, socket) == LOAD_BATCH)
            ;
    }
    send_due(load);
}

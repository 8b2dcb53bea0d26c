// SPDX-License-Identifier: Apache-2.0
/* endpoint.h - one leg's sound: what is known of it, and what is done for it every 20 ms.
 *
 * An endpoint lives as long as the process; a leg uses it from MEDIA_OPEN to MEDIA_CLOSED. Each
 * beat engine_collect() hands every endpoint the packets that came (-> voice gate, keys, jitter
 * buffer, events), where io_uring can be had. Order each tick: endpoint_receive() (the same where
 * it cannot), endpoint_hear() (a frame out of the jitter buffer into the ring), endpoint_speak() (a
 * frame to the caller), endpoint_watch() (silence, reports). The gate works on packets as they
 * arrive, before the jitter buffer: an interruption is not kept waiting by it.
 *
 * All endpoints of a thread share one engine. Nothing here blocks, allocates or logs. 14 KB a leg,
 * and 75 KB more for one that speaks G.722 or Opus (wide.h).
 */
#ifndef MEDIA_ENDPOINT_H
#define MEDIA_ENDPOINT_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/clip.h"
#include "base/random.h"
#include "base/ring.h"
#include "core/command.h"
#include "media/capture.h"
#include "media/cipher.h"
#include "media/echo.h"
#include "media/gate.h"
#include "media/earshot.h"
#include "media/hush.h"
#include "media/jitter.h"
#include "media/keys.h"
#include "media/keysend.h"
#include "media/media.h"
#include "media/outbox.h"
#include "media/own.h"
#include "media/peer.h"
#include "media/playout.h"
#include "media/ports.h"
#include "media/reflect.h"
#include "media/uring.h"
#include "media/wide.h"
#include "wire/quality.h"
#include "wire/rtpstats.h"

enum {
    ENGINE_BATCH = 8,             /* Packets a system call. */
    ENGINE_PACKET = URING_PACKET, /* Longer ones are cut, and then malformed. */
    ENGINE_CONTROL = 64,          /* For the kernel's time of arrival. */
    SOUND_LONGEST = JITTER_PACKET_MOST
};

/* What the endpoints of one thread share. */
struct engine {
    uint32_t thread, threads;
    struct endpoint *endpoints; /* Of the slots thread, thread + threads, ... */
    struct uring *uring;        /* NULL: plain system calls. */
    bool ipv6;
    struct clip_table *clips;
    struct ring_pool *rings;
    struct recorder *recorder; /* NULL: captures are refused. */
    const struct own *own;     /* NULL: no port is ours. */
    struct echo_pool echoes;
    struct reflect reflect;    /* For a caller of tests, of one leg. */
    const struct vault *vault; /* NULL: encrypted legs stay silent. */
    bool hushes;               /* Silence is left out while an answer is awaited. */
    struct wide_pool wides;
    struct earshot_pool earshots;
    struct outbox outbox;
    struct media_figures figures;
    uint64_t tick; /* Of 20 ms, skipped ones too: carries the timestamps. */
    uint64_t now_ns, now_ms;
    int64_t wall_ns; /* Wall clock minus monotonic, now: for times of arrival. */
    uint64_t ntp_ns; /* The same when the engine began: reports must not step. */

    struct mmsghdr headers[ENGINE_BATCH];
    struct iovec vectors[ENGINE_BATCH];
    struct sockaddr_in6 names[ENGINE_BATCH];
    _Alignas(8) uint8_t controls[ENGINE_BATCH][ENGINE_CONTROL];
    uint8_t packets[ENGINE_BATCH][ENGINE_PACKET]; /* Received; the first also to be sent. */
    uint32_t decoded, decoded_at; /* Samples of the packet at hand, for a partner who wants them in */
    int16_t sound[MIX_MOST];      /* another codec, or hears others too; 0: none. At: of 8 kHz. */
};

enum ear_state {
    EAR_LISTENS,
    EAR_CLOSES, /* Told to. */
    EAR_DEAF    /* Opens again at the endpoint's next turn. */
};

struct ear {
    enum ear_state state;
    uint32_t packets; /* Since the endpoint's last turn. */
};

enum endpoint_state {
    ENDPOINT_FREE,
    ENDPOINT_OPEN,
    ENDPOINT_CLOSING /* Only the recorder and the core are still to be told. */
};

struct endpoint {
    enum endpoint_state state;
    uint32_t call, leg;
    struct port_pair sockets;
    uint32_t phase, place; /* In the thread's sweep. */
    struct ear ears[2];    /* By enum uring_socket. */

    enum codec codec;
    uint8_t payload_type, event_type, noise_type;
    uint8_t clock, event_clock; /* Of RTP's timestamps and of keys', in 8 kHz: 1, or 6 with Opus. */
    enum sdp_way way;
    struct wide *wide; /* NULL: G.711. */
    struct peer peer;
    struct cipher cipher;

    /* sending */
    struct sockaddr_in6 to, report_to; /* Of the sockets' family. */
    uint32_t ssrc, timestamp, sent, sent_octets, reported_sent;
    uint16_t sequence;
    bool marker, playing;
    uint16_t quiet_frames; /* That the agent was silent for, while noise may be sent. */
    uint64_t tick;
    struct playout playout;
    struct keysend keysend;
    struct hush hush;

    /* put through to another leg, see bridge.h */
    struct endpoint *other; /* Of the same thread; NULL: none. */
    bool masked, passing;   /* passing: its packets go on as they are; */
    bool recoding;          /* or each encoded anew as it comes. Neither: once a tick. */
    bool placed;            /* The shifts are known. */
    bool relaying;          /* What was sent last is the other one's. */
    uint16_t sequence_shift;
    uint32_t timestamp_shift;
    uint8_t relayed[FRAME_SAMPLES]; /* For the capture: what the other one said last. */

    /* hears others, and is heard by them, see earshot.h */
    struct earshot *earshot;   /* NULL: it hears nobody. */
    struct hearers hearers[2]; /* Of what comes in; of what it is played. */

    /* receiving */
    struct rtp_stats stats;
    struct quality quality;
    struct jitter jitter;
    struct gate gate;
    struct echo echo;
    struct keys keys;
    uint32_t sound_next; /* Timestamp that goes on where the gate was left. */
    uint32_t carried;    /* Samples of a frame not yet whole. */
    uint32_t noise_seed;
    uint16_t noise_level; /* Of the comfort noise that the other side asked for; 0: it speaks. */
    int16_t carry[FRAME_SAMPLES];
    uint64_t sound_ms; /* When sound came last; */
    uint64_t heard_ms; /* when anything of the caller's came last, or could begin to come. */
    uint32_t no_audio_ms;
    bool stats_known, stats_anew, silent; /* anew: with the next packet, its clock is another. */
    uint32_t wait_us; /* That packets lay before their turn came, of late; and how many packets */
    uint32_t wait_count; /* went into it since the turn was moved. */
    bool tapped;
    uint32_t ring, epoch;

    /* reports */
    struct random random;
    uint64_t report_ms;
    uint32_t round_trip_us, remote_lost_permille;
    bool voip_metrics; /* Ours are wanted; those that came: */
    uint32_t remote_late_permille, remote_r_tenths, remote_mos_hundredths;
    uint16_t buffer_most_ms;

    struct capture capture;
    uint32_t captured;
};

void engine_init(struct engine *engine);
void engine_set_time(struct engine *engine, uint64_t now_ns);

/* Applies a MEDIA_* command. OPEN takes a free endpoint and CLOSE leaves it CLOSING: the thread
 * puts it into its sweep and out of it. Commands for another leg than the endpoint's are for one
 * that is gone: their clip is dropped, a CLOSE is answered with empty figures. */
void endpoint_command(struct engine *engine, struct endpoint *endpoint,
                      const struct command *command);

/* MEDIA_BRIDGE and MEDIA_UNBRIDGE: the thread knows where the other leg is (NULL: it does not). */
void endpoint_bridge(struct engine *engine, struct endpoint *endpoint, struct endpoint *other,
                     const struct command *command);

/* MEDIA_HEAR, likewise. */
void endpoint_hear_other(struct engine *engine, struct endpoint *endpoint, struct endpoint *other,
                         const struct command *command);

/* Once a beat: hands the endpoints what the kernel has for them. */
void engine_collect(struct engine *engine);

void endpoint_receive(struct engine *engine, struct endpoint *endpoint);
void endpoint_hear(struct engine *engine, struct endpoint *endpoint);
void endpoint_speak(struct engine *engine, struct endpoint *endpoint);
void endpoint_watch(struct engine *engine, struct endpoint *endpoint);

/* For a CLOSING endpoint, once a tick: true when all are told and it is FREE. */
bool endpoint_finish(struct engine *engine, struct endpoint *endpoint);

/* ---- Between the files of the endpoint ---- */

/* An event of this leg; the caller fills in the rest. */
struct event endpoint_event(const struct engine *engine, const struct endpoint *endpoint,
                            enum event_kind kind);

/* An IP packet of the caller's: `arrival_ns` is monotonic. */
struct arrival {
    const uint8_t *bytes;
    uint32_t size;
    uint64_t arrival_ns;
    struct peer_address from;
    const struct sockaddr_in6 *name;
};

/* Receives one batch by plain system calls. Returns how many came; < ENGINE_BATCH: no more are
 * there. */
uint32_t engine_receive(struct engine *engine, int socket, struct arrival out[ENGINE_BATCH]);

/* Begins and ends the listening to a leg's two sockets. */
void endpoint_listen(struct engine *engine, struct endpoint *endpoint);
void endpoint_deafen(struct engine *engine, struct endpoint *endpoint);

/* send.c: where the packet sent next is to be written, ENGINE_PACKET bytes; and its sending, at
 * the latest when the thread goes to sleep. False: it is known already that it cannot be sent. */
uint8_t *engine_packet(struct engine *engine);
bool engine_send(struct engine *engine, const struct endpoint *endpoint, enum uring_socket socket,
                 size_t size, const struct sockaddr_in6 *to);
int endpoint_socket(const struct endpoint *endpoint, enum uring_socket socket);
void engine_flush(struct engine *engine); /* Before the thread sleeps. */

/* packet.c: sends a packet to the leg; encodes and sends 20 ms of linear sound of its rate, now. */
void endpoint_send(struct engine *engine, struct endpoint *endpoint,
                   const struct rtp_packet *packet);
void endpoint_say(struct engine *engine, struct endpoint *endpoint, const int16_t *samples);

/* There may be something to play now: its first frame goes at once where hush.h allows it. */
void endpoint_begin(struct engine *engine, struct endpoint *endpoint);

/* The frame of a turn in which nothing was sent, into the capture: before the next is heard. */
void endpoint_keep_silence(struct endpoint *endpoint);

/* sound.c: decodes, asks the gate and the key detector, and puts into the jitter buffer. */
void endpoint_sound(struct engine *engine, struct endpoint *endpoint,
                    const struct rtp_packet *packet, uint64_t arrival_ns);
void endpoint_say_key(struct engine *engine, struct endpoint *endpoint, char key,
                      enum key_source source, uint16_t duration_ms);

/* A comfort noise packet (RFC 3389): the caller is silent on purpose. */
void endpoint_noise(struct endpoint *endpoint, const struct rtp_packet *packet);

/* How the leg sounds to us. */
struct quality_figures endpoint_quality(const struct endpoint *endpoint);

/* report.c: RTCP both ways. */
void endpoint_report(struct engine *engine, struct endpoint *endpoint, bool goodbye);
void endpoint_receive_reports(struct engine *engine, struct endpoint *endpoint);
void endpoint_take_report(struct engine *engine, struct endpoint *endpoint,
                          const struct arrival *arrival);

#endif

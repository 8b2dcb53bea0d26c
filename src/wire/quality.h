// SPDX-License-Identifier: Apache-2.0
/* quality.h - how a call sounded to us, in the figures of RFC 3611 (4.7.2) and ITU-T G.107.
 *
 * Packets that never came and packets that came too late to be played count alike. They lie in
 * bursts, in which fewer than 16 packets in a row are good, or in gaps between those: the chain of
 * RFC 3611 A.2. The R factor is the E-model with its default values: 93.2 less what delay costs
 * (Id) and what codec and loss cost (Ie-eff, with the codec's Ie and Bpl). It speaks of the
 * network, on the scale of narrowband telephones: 93.2 and a MOS of 4.41 are the best, also for
 * wideband calls, and says nothing of noise, echo or the voice. Pure; 52 bytes; 2 ns a packet. */
#ifndef WIRE_QUALITY_H
#define WIRE_QUALITY_H

#include <stdbool.h>
#include <stdint.h>

enum { QUALITY_GAP_LEAST = 16 };

struct quality {
    uint32_t good;          /* Since the last bad one. */
    uint32_t bad;           /* In the present burst. */
    uint32_t c11, c13, c14; /* As in A.2. */
    uint32_t c22, c23, c33;
    uint32_t received, missing; /* Missing: lost or late. */
    uint32_t runs;              /* Of packets missing in a row. */
    bool known, running;
    uint32_t next; /* Extended sequence number. */
};

/* A packet came. late: too late to be played. */
void quality_packet(struct quality *quality, uint32_t extended, bool late);

/* Another source, or the sender began anew: its numbers say nothing about those before. */
void quality_restart(struct quality *quality);

struct quality_figures {
    uint32_t missing_permille;
    uint32_t burst_permille, burst_ms; /* Missing within bursts; their mean length. */
    uint32_t gap_permille, gap_ms;
    uint32_t r_tenths, mos_hundredths; /* 0: nothing was received. */
};

/* What a codec bears: G.113's Ie and Bpl. */
struct quality_codec {
    double impairment, robustness;
};

/* delay_ms: one way, mouth to ear, as far as is known. packet_ms: sound in a packet. */
void quality_figures(const struct quality *quality, const struct quality_codec *codec,
                     uint32_t delay_ms, uint32_t packet_ms, struct quality_figures *out);

#endif

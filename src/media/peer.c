// SPDX-License-Identifier: Apache-2.0
/* peer.c - who is heard. */
#include "media/peer.h"

#include <string.h>

enum { NEED_KNOWN_HOST = 2, NEED_ELSEWHERE = 4 };

static bool same_host(const struct peer_address *a, const struct peer_address *b)
{
    return memcmp(a->ip, b->ip, sizeof a->ip) == 0;
}

bool peer_address_equal(const struct peer_address *a, const struct peer_address *b)
{
    return a->port == b->port && same_host(a, b);
}

void peer_init(struct peer *peer, const struct peer_address *said)
{
    *peer = (struct peer){.said = *said, .source = *said};
}

void peer_move(struct peer *peer, const struct peer_address *said)
{
    uint32_t strangers = peer->strangers;

    if (peer_address_equal(&peer->said, said))
        return;
    peer_init(peer, said);
    peer->strangers = strangers;
}

bool peer_is_host(const struct peer *peer, const struct peer_address *from)
{
    return same_host(&peer->source, from) || same_host(&peer->said, from);
}

static struct peer_candidate *candidate_for(struct peer *peer, const struct peer_address *from,
                                            uint32_t ssrc)
{
    struct peer_candidate *oldest = &peer->candidates[0];

    for (uint32_t i = 0; i < PEER_CANDIDATES; i++) {
        struct peer_candidate *candidate = &peer->candidates[i];
        if (candidate->count > 0 && candidate->ssrc == ssrc &&
            peer_address_equal(&candidate->from, from))
            return candidate;
        if (candidate->seen_ms < oldest->seen_ms)
            oldest = candidate;
    }
    *oldest = (struct peer_candidate){.from = *from, .ssrc = ssrc};
    return oldest;
}

/* True when enough packets came in sequence. */
static bool on_probation(struct peer *peer, const struct peer_address *from,
                         const struct rtp_packet *packet, uint32_t need, uint64_t now_ms)
{
    struct peer_candidate *candidate = candidate_for(peer, from, packet->ssrc);

    if (candidate->count > 0 && packet->sequence != candidate->next_sequence)
        candidate->count = 0;
    candidate->count++;
    candidate->next_sequence = (uint16_t)(packet->sequence + 1);
    candidate->seen_ms = now_ms;
    return candidate->count >= need;
}

static enum peer_verdict follow(struct peer *peer, const struct peer_address *from, uint32_t ssrc,
                                uint64_t now_ms)
{
    bool anew = !peer->known || peer->ssrc != ssrc;

    if (peer->known && anew) {
        peer->left = true;
        peer->left_ssrc = peer->ssrc;
    }
    peer->source = *from;
    peer->ssrc = ssrc;
    peer->known = true;
    peer->heard_ms = now_ms;
    memset(peer->candidates, 0, sizeof peer->candidates);
    return anew ? PEER_CALLER_ANEW : PEER_CALLER;
}

enum peer_verdict peer_judge(struct peer *peer, const struct peer_address *from,
                             const struct rtp_packet *packet, uint64_t now_ms)
{
    bool from_source = peer_address_equal(from, &peer->source);
    bool from_said = peer_address_equal(from, &peer->said);
    bool silent = !peer->known || now_ms >= peer->heard_ms + PEER_SILENT_MS;
    bool goes_on = !peer->known || packet->ssrc == peer->ssrc;
    bool at_home = same_host(from, &peer->source) || same_host(from, &peer->said);

    if (from_source && goes_on) {
        if (!peer->known)
            return follow(peer, from, packet->ssrc, now_ms);
        peer->heard_ms = now_ms;
        return PEER_CALLER;
    }
    if (peer->left && packet->ssrc == peer->left_ssrc && peer->known &&
        now_ms < peer->heard_ms + PEER_OVERLAP_MS)
        return PEER_WAIT;
    if (!from_source && !from_said && !(silent && goes_on)) {
        peer->strangers++;
        return PEER_STRANGER;
    }
    if (!on_probation(peer, from, packet, at_home ? NEED_KNOWN_HOST : NEED_ELSEWHERE, now_ms))
        return PEER_WAIT;
    return follow(peer, from, packet->ssrc, now_ms);
}

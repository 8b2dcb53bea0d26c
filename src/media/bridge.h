// SPDX-License-Identifier: Apache-2.0
/* bridge.h - two legs of one thread put through to each other.
 *
 * Where both speak the same codec a packet goes out as soon as it came in, its sound untouched,
 * under the other leg's own SSRC, sequence numbers and timestamps, which keep the distances of the
 * originals: what was lost stays visible and the far end's jitter buffer and FEC do their work.
 * Otherwise each packet is decoded and encoded anew on its way, with the same distances; only a
 * length that the other codec has no packet for waits in the jitter buffer, and goes once a tick. Keys that
 * came as events go on as events with a packet's own timing where they can, and are pressed anew
 * (100 ms) where the other leg wants tones or has another clock; masked they do not go on at all,
 * neither as events nor as tones once they are known to be such. What the leg itself has to send (a
 * clip, keys of ours) goes before what it is put through to; in a leg that hears others too
 * (earshot.h) a clip and they are blended into what is passed on. Gate, ring and capture of both
 * legs go on as without a bridge. */
#ifndef MEDIA_BRIDGE_H
#define MEDIA_BRIDGE_H

#include "media/endpoint.h"

/* Both must be open. A bridge that either was in is ended first. */
void bridge_join(struct engine *engine, struct endpoint *one, struct endpoint *two, bool masked);
void bridge_part(struct endpoint *endpoint);

/* A packet of the leg's caller, after all else was done with it. */
void bridge_packet(struct engine *engine, struct endpoint *from, const struct rtp_packet *packet);

/* The leg's frame of this tick, 20 ms at the leg's rate. */
void bridge_frame(struct engine *engine, struct endpoint *from, const int16_t *samples);

/* A key of the leg's caller was understood. */
void bridge_key(struct endpoint *from, char key, enum key_source source);

/* The leg is about to send something of its own. */
void bridge_interrupt(struct endpoint *endpoint);

/* True when the leg's sound is that of the other one: it sends none of its own. */
bool bridge_speaks(const struct endpoint *endpoint);

#endif

// SPDX-License-Identifier: Apache-2.0
/* voicing_inside.h - what the files of a voicing share. */
#ifndef SPEECH_VOICING_INSIDE_H
#define SPEECH_VOICING_INSIDE_H

#include "speech/voicing.h"

enum { VOICING_HEADERS = 8 };

/* One row a way to the vendor; on the speaker's thread. */
struct voicing_way {
    enum net_result (*start)(struct voicing *voicing, struct net *net, struct tts_request *request);
    void (*cancel)(struct voicing *voicing, struct net *net, struct tts_request *scratch);
    void (*leave)(struct net *net, uint32_t id); /* It is over. */
    void (*drop)(struct net *net, uint32_t id);  /* Without another word. */
};
extern const struct voicing_way voicing_http, voicing_socket;

/* On the net thread: what came. After voicing_is_over() nothing is to be given any more. */
bool voicing_is_over(const struct voicing *voicing);
void voicing_take(struct voicing *voicing, const uint8_t *bytes, size_t size);
void voicing_whole(struct voicing *voicing);
void voicing_fail(struct voicing *voicing, const char *why);
void voicing_say_why(enum net_result result, const char *why, char out[VOICING_WHY]);
void voicing_gone(void *context); /* A sink's on_gone. */

#endif

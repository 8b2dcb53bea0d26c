// SPDX-License-Identifier: Apache-2.0
/* speech.h - the speech limb: the recogniser listens to rings, voices speak into clips.
 *
 * Providers stand behind two interfaces (speech/recogniser.h, speech/voice.h), shared by the
 * embedded ones and those over a network. Recogniser places are admitted by the core
 * (plan.recogniser_places); the limb has `places` of them, made as they are first needed. Threads:
 * `workers` for listening (a leg stays with one worker), one for speaking. Prompts are synthesised
 * once and kept by (voice, text). Voices over a network (speech/voices.h) are started by the
 * limb's door and speak on the net thread: speech_close() before net_close(). */
#ifndef SPEECH_SPEECH_H
#define SPEECH_SPEECH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/clip.h"
#include "base/mailbox.h"
#include "base/ring.h"
#include "core/plan.h"

struct net;

struct speech_options {
    uint32_t places; /* Of embedded recognisers, at most MAX_RECOGNISERS; providers need none. */
    uint32_t workers;
    const char *cache_dir; /* Language models made from the plan are kept here by content. */
    const char *
        detector; /* Path of the careful voice detector's model (Silero, ONNX); NULL: do without. */
    const char *runtime; /* Path of libonnxruntime; NULL: do without. */
    struct ring_pool *rings;
    struct clip_table *clips;
    uint64_t cache_bytes; /* Of prompts kept, of either kind of voice; least recently used leave. */
    struct net *net;      /* NULL: no provider can be reached. */
    struct mailbox *answers; /* Where answers of whole-conversation providers go (mind/mind.h), but
                                for their sound; open until speech_close(). NULL: none answers. */
};

struct speech;

MUST_USE int speech_open(struct speech **out, const struct speech_options *options,
                         struct mailbox *events, char *why, uint32_t why_size);
void speech_close(struct speech *speech);

/* Makes language models for every agent of the plan and synthesises its fixed words. Blocks for up
 * to seconds: called by app before PLAN_LOADED, from its own thread. 0, or -errno with why. */
MUST_USE int speech_prepare(struct speech *speech, uint32_t slot, const struct plan *plan,
                            char *why, uint32_t why_size);
/* After PLAN_DROP. */
void speech_forget(struct speech *speech, uint32_t slot);

/* Where SPEECH_* and CLIP_DROP commands go. */
struct mailbox *speech_mailbox(struct speech *speech, uint32_t leg);

struct speech_figures {
    uint32_t listening;
    uint64_t utterances, finals, spoken, spoken_cached, frames_dropped;
    uint64_t cache_bytes;
};
void speech_figures(struct speech *speech, struct speech_figures *out);

/* True when the plan can use this voice; `names` gets the list for the error message. */
bool speech_voice_known(struct text name, struct text *names);

/* Speaks without a server: for `offhook call` and for tests. Into the clip (wide: one with 16
 * kHz too), finished.
 * Blocks. 0 or -errno. */
MUST_USE int speech_speak(struct clip_table *clips, struct text voice, bool wide, struct text words,
                          uint32_t *clip);

#endif

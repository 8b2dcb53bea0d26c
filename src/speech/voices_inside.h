// SPDX-License-Identifier: Apache-2.0
/* voices_inside.h - what the files of voices.h share. */
#ifndef SPEECH_VOICES_INSIDE_H
#define SPEECH_VOICES_INSIDE_H

#include "speech/prompts.h"
#include "speech/voices.h"
#include "speech/voices_plan.h"
#include "speech/voicing.h"

/* Words to be spoken when nothing else of the kind is under way. */
struct prime {
    uint32_t plan;
    int32_t provider;
    struct text words, voice, language; /* In `storage`. */
    char *storage;
};

struct voices {
    struct voices_options options;
    struct voices_plan *plans[MAX_PLANS];
    struct lease_table *leases;
    struct voicing *voicings; /* The newest first. */
    uint32_t count, context;
    struct tts_request scratch;
    struct prompts prompts;
    struct prime primes[VOICES_PRIMES];
    uint32_t prime_first, prime_count;
    bool priming;
    struct voices_figures figures;
};

/* What is to be asked: the provider's own voice and language go before the agent's, whose voice may
 * be an embedded one. Views the command and the provider. */
struct tts_ask voices_ask(const struct command *command, const struct voices_provider *provider);

/* A voicing with a clip (0: there is no room) and all that is to be set before its start. NULL: no
 * memory. */
struct voicing *voices_make(struct voices *voices, const struct command *command,
                            const struct tts_ask *ask, const struct voices_provider *provider);

#endif

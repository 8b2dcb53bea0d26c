// SPDX-License-Identifier: Apache-2.0
/* load.h - the load tester: many simulated callers against any SIP server, and what they noticed.
 *
 * load_run() is the one door. It makes its threads and sockets, places the calls, ends them, and
 * returns when the last has ended or was given up. Bounded in calls and in time always. It touches
 * no server that load_may_reach() does not allow, unless told so. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "load/place.h"
#include "load/result.h"

enum {
    LOAD_MAX_CALLS = 50000, /* At once. */
    LOAD_MAX_RATE = 50000,  /* A second. */
    LOAD_MAX_THREADS = 16,
    LOAD_MAX_MS = LOAD_SECONDS * 1000
};

enum load_transport { LOAD_UDP, LOAD_TCP, LOAD_TLS };
extern const char *const load_transport_names[]; /* "udp", "tcp", "tls" */

/* All durations in ms. Zeroed fields have the default named beside them; load_options_default()
 * fills them in. Strings belong to the caller of load_run(). */
struct load_options {
    const char *number; /* The user part that is called: "1000". */
    const char *host;   /* As written, for the request URI: "127.0.0.1", "pbx.example". */
    union place target;
    union place local; /* Ours; no place: the one that the route to the target has. */
    enum load_transport transport;

    uint32_t calls;   /* At once: 10. */
    double rate;      /* Begun a second at most: 0: what the ramp needs, else 50. */
    uint32_t ramp_ms; /* Time to reach `calls`, or each step: 0: as `rate` allows. */
    uint32_t step;    /* Calls more each `every_ms`; 0: no steps. */
    uint32_t every_ms;
    uint32_t length_ms; /* Of a call, from its answer. A call that has ended is replaced. */
    uint32_t for_ms;    /* Of the run; 0: the ramp or all steps, and `length_ms`. */

    bool media;           /* Send and expect sound. */
    bool talker;          /* Take turns instead of sounding all the time. */
    const char *sound;    /* A WAV file, or a directory of them; NULL: made here. */
    const char *codec;    /* "pcmu", "opus", ...; NULL: "pcmu". */
    double barge_percent; /* Of the agent's utterances, interrupted. */
    double key_percent;   /* Of the caller's turns, keys instead of words. */
    double loss_percent;  /* Of our packets, not sent. */
    uint32_t jitter_ms;   /* Our packets are held for 0 .. jitter_ms. */
    uint64_t seed;        /* Of all chance. */
    bool anywhere;        /* Also servers that load_may_reach() does not allow. */

    const char *user, *password; /* For digest authentication; NULL: none. */
    uint32_t threads;            /* 1. */
    uint16_t rtp_port;           /* First of 8 for each thread; 0: any that are free. */
    int pid;     /* Of the server; 0: looked for by its port, when it is on this machine. */
    int stop_fd; /* Readable: end all calls with BYE and return. -1: none. */
};

struct load_options load_options_default(void);

/* Loopback, private (RFC 1918, RFC 4193), link-local: servers that are likely one's own. */
bool load_may_reach(const union place *target);

/* Called once a second, in the thread of load_run(). `step` is the one that ended in this second,
 * or NULL. False ends the run: all calls hang up. */
struct load_progress {
    bool (*second)(void *context, const struct load_second *second, const struct load_step *step);
    void *context;
};

/* 0, or -errno with why (nothing was called then). The verdict is in the result; free it. */
MUST_USE int load_run(const struct load_options *options, struct load_result *out,
                      const struct load_progress *progress, char *why, uint32_t why_size);

#endif

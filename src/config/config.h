// SPDX-License-Identifier: Apache-2.0
/* config.h - reads a configuration (offhook.yaml and its agents) and says all that is wrong with
 * it.
 *
 * Strict: unknown keys are errors with the nearest known key; every error has file:line and the
 * cure; reading goes on after an error so that one run shows them all. Values may be ${NAME} from
 * the environment or `file:PATH` for secrets. The result is immutable; the plan inside lives as
 * long as the config. Any thread. */
#ifndef APP_CONFIG_H
#define APP_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/text.h"
#include "core/plan.h"
#include "media/media.h"
#include "sip/sip.h"
#include "store/store.h"

enum { CONFIG_PROBLEMS = 200 };

struct config_problem {
    bool warning;
    const char *file;
    uint32_t line; /* 0: the whole file. */
    const char *what, *cure;
};

struct config {
    struct plan plan;
    const char *sip_listeners[SIP_LISTENERS];
    uint32_t sip_listener_count;
    struct sip_limits sip_limits;
    struct sip_hep sip_hep;
    const char *sip_dns;
    const char *ca_file;    /* Authorities of providers and tools beside the system's, or NULL. */
    struct sip_tls sip_tls; /* Without a certificate: none. */
    const char *media_bind;
    uint32_t media_threads;
    bool io_uring; /* May be used where the kernel allows it. */
    const char *operator_dir; /* Of operators in files of their own. */
    const char *capture_dir;
    enum capture_format capture_format;
    uint32_t opus_complexity;
    bool send_silence; /* Always. */
    uint32_t echo_tail_ms;
    const char *data_dir;
    uint64_t journal_segment_bytes, journal_total_bytes;
    uint32_t journal_days;
    uint32_t speech_workers;
    uint64_t prompt_cache_bytes;
    const char *detector, *detector_runtime; /* NULL when not there. */
    const char *control_socket;              /* Path; default data_dir/control. */
    struct text
        source; /* All files read, as one text that config_read_source() reads again (journal). */
};

struct config_result {
    struct config *config; /* NULL when there was an error. */
    /* Where a running server is found, also when something else is wrong: its secrets may be in its
       own environment, not in that of who asks. NULL when it is not sure. */
    const char *data_dir, *control_socket;
    uint32_t problem_count;
    struct config_problem problems[CONFIG_PROBLEMS];
    void *memory; /* Owns all of the above. */
};

/* Tells which voices there are (speech_voice_known), before the first reading and before any
 * thread. Without it any voice is good: tests and fuzzers need no speech limb. */
void config_know_voices(bool (*known)(struct text name, struct text *names));

/* Tells how certificates are judged (sip_check_tls). Without it every one is good. */
void config_know_certificates(enum sip_tls_verdict (*check)(const struct sip_tls *tls, char *why,
                                                            uint32_t why_size));

/* Tells whether a file of authorities can be used (net_check_authorities). Without it every one is
 * good. */
void config_know_authorities(bool (*check)(const char *ca_file, char *why, uint32_t why_size));

/* Reads a directory with offhook.yaml, or the file itself. Agents are read from `agents:` (a
 * directory beside it, default "agents"). */
void config_read(const char *path, struct config_result *out);

/* Reads what a journal kept: the same files from memory; environment values are those of then. */
void config_read_source(struct text source, struct config_result *out);
void config_free(struct config_result *result);

#endif

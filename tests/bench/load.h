// SPDX-License-Identifier: Apache-2.0
/* load.h - the load generator: many simple telephones in one thread, and what they noticed.
 *
 * Order: options, load_sip_open(), load_media_open(), then once a millisecond load_sip_step() and
 * load_media_step(); reports at the end. All times are nanoseconds of the monotonic clock unless
 * the name says otherwise; arrival times are the kernel's, so that our own lateness is not the
 * server's. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/text.h"
#include "wire/rtpstats.h"

enum {
    LOAD_SOCKETS = 16,   /* For sound; calls are dealt out over them. */
    LOAD_SLOTS = 20,     /* One a millisecond of the frame time. */
    LOAD_BATCH = 64,     /* Datagrams a system call. */
    LOAD_BINS = 1500,    /* 0.1 ms each to 100 ms, then 10 ms each to 5.1 s. */
    LOAD_CALL_BINS = 64, /* 1 ms each. */
    LOAD_LATE_MS = 60    /* A packet this much slower than the fastest of its call came too late. */
};

struct histogram {
    uint64_t count, sum_us, max_us;
    uint32_t bins[LOAD_BINS];
};

void histogram_add(struct histogram *histogram, uint64_t us);
double histogram_ms(const struct histogram *histogram, double quantile);

struct load_options {
    struct sockaddr_in target, local;
    char target_text[64], local_text[64]; /* "127.0.0.1:5060" */
    const char *number, *sound;
    const char *row; /* Print a row of a Markdown table with this name; NULL: none. */
    uint32_t calls;
    uint32_t rate;     /* Set-ups a second. */
    uint32_t hold_ms;  /* From answer to hang-up. */
    uint16_t rtp_port; /* First of 2 * LOAD_SOCKETS. */
    bool media;
    int pid; /* Of the server; 0: not looked at. */
};

enum load_state { LOAD_WAITING, LOAD_INVITING, LOAD_UP, LOAD_ENDING, LOAD_ENDED, LOAD_FAILED };

/* The sound of one call. */
struct load_sound {
    struct sockaddr_in remote;
    uint16_t sequence;
    uint32_t timestamp, slot_index; /* Place in its slot's list. */
    uint64_t first_ns, last_ns;
    uint32_t first_timestamp, last_timestamp;
    int64_t fastest_us; /* Least arrival time minus timestamp since the first. */
    uint32_t late, beyond_bins;
    struct rtp_stats stats;
    uint32_t deviation[LOAD_CALL_BINS];
};

struct load_call {
    enum load_state state;
    uint32_t retry_ms, tries; /* Gap to the next retransmission, and how many there were. */
    uint64_t invited_ns, answered_ns, deadline_ns;
    char to[160];             /* To header of the 200, with the server's tag. */
    char contact[160];        /* URI to send requests in the dialog to. */
    struct load_sound *sound; /* NULL without media. */
};

/* What is counted over all calls. */
struct load_figures {
    uint32_t started, answered, failed, ended, ended_by_server, up, up_most;
    uint32_t refused[7]; /* By hundreds of the status. */
    uint32_t timed_out, bye_failed;
    uint32_t invites_again, byes_again,
        answers_again; /* Retransmissions: ours, ours, the server's. */
    uint32_t malformed;
    uint64_t packets_sent, packets_received, packets_strange, send_failures, own_drops;
    struct histogram set_up, first_audio, deviation, tear_down;
    struct histogram lateness; /* Ours: frames, or calls without sound, after their time. */
};

struct load {
    struct load_options options;
    struct load_call *calls;
    struct load_figures figures;
    int64_t wall_minus_monotonic_ns;
    uint64_t now_ns, start_ns;
    struct wheel *wheel;
    int sip_fd;
    uint32_t run; /* Makes Call-IDs of different runs different. */
};

/* load_sip.c: 0 or -errno. Steps return nothing: what fails is counted. */
MUST_USE int load_sip_open(struct load *load);
void load_sip_step(struct load *load);
void load_sip_start_call(struct load *load, uint32_t index);
void load_sip_stop(struct load *load); /* Every call that is up hangs up now. */

/* load_media.c */
MUST_USE int load_media_open(struct load *load);
void load_media_step(struct load *load);
void load_media_begin(struct load *load, uint32_t index, struct sockaddr_in remote);
void load_media_end(struct load *load, uint32_t index);
uint16_t load_media_port(const struct load *load, uint32_t index);

/* load_proc.c: the server's process and its children. */
struct proc_sample {
    uint64_t at_ns;
    double cpu_s;
    uint64_t rss_kb, pss_kb; /* pss_kb 0 when not asked for: reading it disturbs the server. */
    uint32_t processes;
};
bool proc_sample(int pid, bool with_pss, struct proc_sample *out);

struct load_window {
    struct proc_sample idle, begin, end; /* Before the first call; while all calls were up. */
    uint64_t wall_ns;
    double own_cpu_s;
};

/* load_totals.c */
struct sound_totals {
    uint64_t expected, received, lost, late;
    uint32_t silent, stopped; /* Calls: nothing came at all; nothing in the last second. */
    uint32_t p99_ms_median, p99_ms_worst; /* Of the calls' own 99th percentiles. */
};
struct sound_totals total_sound(const struct load *load);

struct server_figures {
    double cores, cpu_a_call, kb_a_call; /* cpu_a_call: percent of a core. */
};
struct server_figures server_figures(const struct load *load, const struct load_window *window);
double share(double part, double whole); /* Percent; 0 of nothing. */

/* NULL when all bounds hold, else the first that does not. */
const char *load_verdict(const struct load *load, const struct sound_totals *totals);

/* load_report.c: true when the verdict is good. `json` may be NULL. */
bool load_report(const struct load *load, const struct load_window *window, FILE *json,
                 FILE *table);

#endif

// SPDX-License-Identifier: Apache-2.0
/* result.h - what a run of the load tester measured, as plain data: for tables, JSON and reports.
 *
 * load_run() fills it; load_result_free() frees what it points to. Nothing here refers to sockets,
 * threads or calls that live. Everything is measured at the caller's side, where the sound arrives,
 * with the kernel's times of arrival.
 *
 * struct load_figures adds up: the whole run, each step and each second of each thread are made of
 * it. What each figure means, exactly, is in docs/load.md; keep the two the same. */
#ifndef LOAD_RESULT_H
#define LOAD_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "load/spread.h"

enum {
    LOAD_STATUSES = 16,          /* Different refusals that are told apart; the rest is "other". */
    LOAD_STEPS = 256,            /* More steps than that run as the last one. */
    LOAD_SECONDS = 24 * 60 * 60, /* A run is a day at most. */
    LOAD_CALLS_KEPT = 200000,    /* Calls with a record of their own; more are only counted. */
    LOAD_TEXT = 128
};

struct load_status {
    uint16_t status; /* 486, 503; 0: not used. */
    uint32_t count;
};

struct load_figures {
    /* Calls. started = answered + refused + unanswered + cancelled + those still on their way. */
    uint32_t started, answered;
    uint32_t refused;         /* A final answer of 300 or more. */
    uint32_t unanswered;      /* No final answer in 32 s, or the connection broke. */
    uint32_t cancelled;       /* We gave up since the run was over. */
    uint32_t ended;           /* Cleanly: BYE answered with 200, theirs or ours. */
    uint32_t ended_by_server; /* Of those, by the server's BYE. */
    uint32_t ended_badly;     /* BYE not answered, or refused. */
    uint32_t again_invite, again_bye, again_answer; /* Retransmissions: ours, ours, the server's. */
    uint32_t challenged; /* 401 and 407 that were answered with credentials. */
    struct load_status statuses[LOAD_STATUSES];
    uint32_t status_other;

    /* Sound, as packets. */
    uint64_t sent, received;
    uint64_t dropped;        /* By us on purpose (--loss). */
    uint64_t lost;           /* The server's that never came. */
    uint64_t late;           /* Came 60 ms or more after the time of the fastest of their call. */
    uint64_t duplicates;     /* Twice, or out of order. */
    uint64_t strange;        /* Of no call that we know, or no RTP. */
    uint64_t gaps;           /* 100 ms and more without a packet in a call that had sound. */
    uint64_t longest_gap_us; /* The longest of all, not a sum. */

    /* Sound, as calls; known when a call ends. */
    uint32_t heard;   /* Calls with any packet from the server. */
    uint32_t one_way; /* Sound sent, none received at all. */
    uint32_t silent;  /* Packets received, not one of them audible (-40 dBFS). */
    uint32_t stopped; /* The last packet came a second or more before the end. */

    /* Talking (--talker). */
    uint32_t utterances;              /* The caller's. */
    uint32_t answers, answers_missed; /* Missed: nothing audible within 5 s, or until the caller
                                         spoke again. */
    uint32_t barges, barges_ignored;  /* Interruptions; the agent spoke on for 3 s. */
    uint32_t keys, keys_heeded;       /* The agent's sound changed within 3 s after the key. */

    /* Times. */
    struct spread set_up;      /* INVITE sent first -> 200. */
    struct spread first_audio; /* 200 -> first packet of sound. */
    struct spread tear_down;   /* BYE -> its 200. */
    struct spread refusal;     /* INVITE -> refusal. */
    struct spread busy;        /* The same, 503 only. */
    struct spread deviation;   /* |distance of two packets - distance of their timestamps| */
    struct spread lateness;    /* Transit beyond the fastest packet of the call. */
    struct spread answer;      /* Last audible frame sent -> first audible packet received. */
    struct spread barge;       /* First audible frame sent -> last audible packet received. */

    /* The generator's own. */
    struct spread own_lateness; /* Each packet, or each call without sound: sent after its time. */
    uint64_t own_drops;         /* Packets our kernel dropped since we did not read them. */
    uint64_t own_failures;      /* Sends that the kernel refused. */
};

void load_figures_merge(struct load_figures *into, const struct load_figures *from);
void load_figures_refused(struct load_figures *figures, uint16_t status, uint64_t us);

/* Calls that came to nothing, whatever the reason but ours. */
uint32_t load_figures_failed(const struct load_figures *figures);
/* Percent of the packets that should have come: lost and late together. */
double load_figures_bad_percent(const struct load_figures *figures);
/* Why this is not good: reasons below, 0 for good. `media`: sound was asked for. */
uint32_t load_figures_reasons(const struct load_figures *figures, bool media);

enum load_reason { /* Bits of a set. */
                   LOAD_NOBODY_ANSWERED = 1 << 0,
                   LOAD_CALLS_REFUSED = 1
                                        << 1, /* 0.1 % of the calls or more; so with those below. */
                   LOAD_CALLS_UNANSWERED = 1 << 2,
                   LOAD_CALLS_ENDED_BADLY = 1 << 3,
                   LOAD_CALLS_WITHOUT_SOUND = 1 << 4, /* One-way, silent or stopped, any. */
                   LOAD_LOST_AND_LATE = 1 << 5,       /* 0.5 % or more. */
                   LOAD_UNEVEN = 1 << 6,              /* p99 of the deviation over 20 ms. */
                   /* The generator's: no verdict then. */
                   LOAD_SENT_LATE =
                       1 << 7, /* p99 of its lateness over 10 ms, and five sends at least. */
                   LOAD_NOT_READ = 1 << 8, /* Its kernel dropped 0.1 % of what came, or more. */
                   LOAD_NOT_SENT =
                       1 << 9, /* Its kernel refused 0.1 % of what was to be sent, or more. */
                   LOAD_RATE_MISSED =
                       1 << 10, /* It began fewer than 95 % of the calls that were due. */
                   LOAD_OWN_REASONS =
                       LOAD_SENT_LATE | LOAD_NOT_READ | LOAD_NOT_SENT | LOAD_RATE_MISSED
};

enum { LOAD_REASONS = 11 };
/* "calls were refused", for one bit. */
const char *load_reason_words(enum load_reason reason);

enum load_verdict {
    LOAD_GOOD,
    LOAD_BAD,
    LOAD_NO_VERDICT, /* The generator came too late: the figures do not tell of the server. */
};
enum load_verdict load_verdict_of(uint32_t reasons);
extern const char *const load_verdict_names[]; /* "good", "bad", "none" */

/* The server's processes (the one looked at and all below it), when it is on this machine. */
struct load_process {
    uint32_t processes; /* 0: not looked at. */
    double cpu_s;       /* Used so far, user and system. */
    uint64_t rss_kb;
    uint64_t pss_kb; /* Proportional; only taken before the first call, and at the end of a step. */
};

/* One second of the run. Times in ms; 0 where nothing was measured. */
struct load_second {
    uint32_t at_s;       /* Since the start: 0, 1, .. */
    uint32_t wanted, up; /* Calls that should be up, and that are, at its end. */
    uint32_t started, answered, refused, unanswered, ended;
    uint64_t sent, received, lost, late, gaps;
    double set_up_p50, set_up_p99;
    double deviation_p50, deviation_p99, deviation_max;
    double lateness_p50, lateness_p99;
    double answer_p50, answer_p99, barge_p50, barge_p99;
    double busy_p99;
    double own_lateness_p99, own_lateness_max, own_cores;
    double server_cores;
    uint64_t server_rss_kb;
};

/* A time in which the same number of calls was wanted. Figures are of the part after the calls have
 * been begun (`settled_s`), so that setting them up does not stand for holding them. */
struct load_step {
    uint32_t wanted;
    uint32_t from_s, settled_s, to_s; /* Seconds of the run; `to_s` is the first after it. */
    uint32_t up_most, up_least;       /* While settled. */
    struct load_figures figures;      /* While settled. */
    struct load_figures setting;      /* While its calls were being begun. */
    double server_cores;              /* Mean while settled. */
    struct load_process at_end;
    uint32_t reasons; /* enum load_reason */
    enum load_verdict verdict;
};

enum load_call_flag {
    LOAD_CALL_ANSWERED = 1,
    LOAD_CALL_CLEAN = 2, /* Ended cleanly. */
    LOAD_CALL_ONE_WAY = 4,
    LOAD_CALL_SILENT = 8,
    LOAD_CALL_STOPPED = 16,
    LOAD_CALL_BY_SERVER = 32
};

/* One call. */
struct load_call_record {
    uint32_t number;         /* From 0, as begun by its thread; `thread` and it name the Call-ID. */
    uint16_t thread, status; /* Final status of the INVITE, 0: none. */
    uint32_t begun_ms;       /* Since the start. */
    uint32_t set_up_us, first_audio_us, up_ms;
    uint32_t received, lost, late, gaps, longest_gap_ms;
    uint16_t deviation_p99_ms; /* 64: more than 63. */
    uint16_t flags;            /* enum load_call_flag */
};

/* What was asked for, in plain words and numbers. */
struct load_asked {
    char target[LOAD_TEXT]; /* "sip:1000@127.0.0.1:5060" */
    char transport[8];      /* "udp" */
    char codec[8];          /* "pcmu" */
    char sound[LOAD_TEXT];  /* A path, "synthetic", "none" */
    char user[LOAD_TEXT];   /* Of the credentials; empty: none. Never the password. */
    uint32_t calls, step, every_s;
    uint32_t ramp_ms, length_ms, for_ms;
    double rate; /* Calls begun a second at most. */
    double loss_percent, barge_percent, key_percent;
    uint32_t jitter_ms;
    uint32_t threads;
    uint64_t seed;
    bool media, talker;
};

struct load_result {
    struct load_asked asked;
    uint64_t began_wall_ms; /* Since 1970. */
    uint32_t lasted_ms;
    bool interrupted;        /* Somebody stopped it (Ctrl-C, or the callback). */
    struct load_figures all; /* The whole run. */
    uint32_t up_most, due;   /* `due`: calls that the schedule wanted begun. */
    double own_cores;        /* The generator's use over the run, mean. */
    uint32_t second_count, step_count, call_count;
    struct load_second *seconds;
    struct load_step *steps;
    struct load_call_record *calls;
    struct load_process idle, at_end; /* Before the first call; at the last moment all were up. */
    int server_pid;                   /* 0: none was found or named. */
    char server_name[32];
    uint32_t reasons;
    enum load_verdict verdict;
};

void load_result_free(struct load_result *result);

/* Use a call, from the last step with calls up: percent of a core, and KB beyond idle. 0: not
 * known. */
double load_result_core_percent_a_call(const struct load_result *result);
double load_result_kb_a_call(const struct load_result *result);
/* p99 of the deviation of each call: the value that `quantile` of the calls stay under, in ms. */
double load_result_call_p99_ms(const struct load_result *result, double quantile);

#endif

// SPDX-License-Identifier: Apache-2.0
/* plan_people.h - operators and supervisors, queues and their hours, and what callers get when nobody can
 * come. Part of plan.h, which says who makes it and how long it lives. */
#ifndef CORE_PLAN_PEOPLE_H
#define CORE_PLAN_PEOPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/text.h"

/* Whom of the operators who are free a caller is offered to. */
enum plan_strategy {
    STRATEGY_LONGEST_IDLE,
    STRATEGY_ROUND_ROBIN,
    STRATEGY_SKILL_FIRST, /* The best at what the queue asks for; of these the longest idle. */
    STRATEGY_RING_ALL,
    STRATEGIES
};

enum { OPERATOR_PLACES = 5, SKILL_LEVELS = 10 };

/* A person who takes calls. */
struct plan_operator {
    struct text name;  /* "anna" */
    struct text label; /* As spoken: "Anna Keller". Default: the name. */
    struct text places[OPERATOR_PLACES]; /* Where they answer: one of `users` (each telephone that
                                            is registered rings), a number, a sip: URI. */
    uint8_t place_count;
    uint8_t levels[MAX_SKILLS]; /* Of plan.skills, 1 to SKILL_LEVELS; 0: has it not. */
    uint64_t queues;            /* Of plan.queues, a bit each. */
    uint32_t wrap_up_ms;        /* After a call, before the next one is offered. */
    bool supervises;            /* Is among plan.supervisors, by their own name. */
};

/* How those who are listened to are told. */
enum plan_tell { TELL_NOT, TELL_TONE, TELL_WORDS, TELLS };

/* Who may take part in calls of others. */
struct plan_supervisor {
    struct text name;
    const struct text *telephones, *operators, *queues, *agents; /* Names. */
    uint16_t telephone_count, operator_count, queue_count, agent_count;
    bool everything; /* Every call. */
};

enum { SUPERVISE_CODES = 4 }; /* Of the first modes of enum supervise_mode. */

struct plan_supervision {
    struct text codes[SUPERVISE_CODES]; /* Dialled by a supervisor; empty: none. */
    enum plan_tell tell_caller, tell_operator;
    uint32_t every_ms; /* A tone; 0: only at the start. */
};

/* From this moment on the clock there is so far east of UTC. */
struct plan_zone_change {
    int64_t from_s; /* UTC, since 1970. */
    int32_t offset_s;
};

struct plan_opening {
    uint8_t weekday;           /* 0: Sunday. */
    uint16_t from_min, to_min; /* Of the day; to_min above 1,440: until then on the next. */
};

struct plan_holiday {
    uint16_t year; /* 0: every. */
    uint8_t month, day;
};

struct plan_hours { /* core/hours.h */
    struct text name, time_zone;
    int32_t first_offset_s; /* Before the first change. */
    const struct plan_zone_change *changes;
    uint16_t change_count;
    const struct plan_opening *openings;
    uint16_t opening_count;
    const struct plan_holiday *holidays;
    uint16_t holiday_count;
};

/* Why somebody cannot wait, or not any longer. */
enum queue_case {
    QUEUE_WHEN_FULL,
    QUEUE_WHEN_CLOSED,
    QUEUE_WHEN_NOBODY, /* No operator is on duty. */
    QUEUE_WHEN_WAITED, /* For max_wait_ms. */
    QUEUE_CASES
};

enum overflow_kind {
    OVERFLOW_WAIT, /* Goes on waiting: not with QUEUE_WHEN_FULL. */
    OVERFLOW_QUEUE,
    OVERFLOW_VOICEMAIL,
    OVERFLOW_CALLBACK,
    OVERFLOW_AGENT,
    OVERFLOW_GOODBYE,
    OVERFLOW_CHOICE, /* A callback, or holding the place: QUEUE_WHEN_FULL and QUEUE_WHEN_WAITED. */
    OVERFLOW_UNAVAILABLE, /* What `unavailable` has for a caller whom nobody takes. */
    OVERFLOW_KINDS
};

struct plan_overflow {
    enum overflow_kind kind;
    int16_t to; /* OVERFLOW_QUEUE, OVERFLOW_AGENT; OVERFLOW_AGENT -1: back to the agent that the caller had. */
};

/* Situations in which a queue needs words: templates, as an agent's; {queue}, {position} and {wait}
 * too. Empty: those of the agent's language (core/waiting_words.h). */
enum queue_words {
    QUEUE_WORDS_ENTER,   /* The place, and how long it will take. */
    QUEUE_WORDS_UPDATE,  /* Every update_ms. */
    QUEUE_WORDS_SOON,    /* The same from position 3 on. */
    QUEUE_WORDS_NEXT,    /* At position 1. */
    QUEUE_WORDS_OFFER,   /* Which keys there are: {offers}. */
    QUEUE_WORDS_HELP,    /* The caller said something else. */
    QUEUE_WORDS_FULL,    /* One for each of enum queue_case, in its order. */
    QUEUE_WORDS_CLOSED,
    QUEUE_WORDS_NOBODY,
    QUEUE_WORDS_WAITED,
    QUEUE_WORDS_BACK,    /* The caller goes back to the agent. */
    QUEUE_WORDS_GOODBYE, /* The caller leaves, or must. */
    QUEUE_WORDS_LOST,    /* The operator's telephone is gone: the caller is back, in the old place. */
    QUEUE_WORDS_UNREACHED, /* So is whom an operator transferred, and left, to somebody who did not
                              take the call. */
    QUEUE_WORDS_COUNT
};

/* What a waiting caller can ask for. */
enum queue_wish { WISH_NONE, WISH_CALLBACK, WISH_VOICEMAIL, WISH_AGENT, QUEUE_WISHES };

struct plan_queue {
    struct text name, label; /* The label is as spoken: {queue}. */
    enum plan_strategy strategy;
    uint32_t skills;            /* Bits of plan.skills, that an operator needs, */
    uint8_t levels[MAX_SKILLS]; /* at this level at least. */
    uint32_t max_callers;
    uint32_t max_wait_ms; /* 0: no limit. */
    uint32_t ring_ms;     /* An operator's telephone. */
    uint8_t put_aside_after; /* So many calls in a row not taken; 0: never. */
    uint16_t level_permille; /* Of callers that are to be answered */
    uint32_t level_ms;       /* within this time. */
    int16_t hours;           /* -1: always open. */
    uint8_t priority;        /* Of its callers, 0 to 9, when nothing else says. */
    uint32_t ageing_ms;      /* Waiting for so long is worth a step of priority; 0: nothing. */
    struct text music;       /* A file; empty: the plan's. */
    uint32_t update_ms;      /* 0: no updates. */
    bool agent_helps;        /* The voice agent goes on while the caller waits. */
    bool operator_first;     /* Callbacks that it owes: an operator is rung, then the caller. */
    struct plan_overflow overflows[QUEUE_CASES];
    char keys[QUEUE_WISHES]; /* Of each wish; 0: none. */
    struct text words[QUEUE_WORDS_COUNT];
};

struct plan_vip { /* Callers who have a priority. */
    struct text name;
    const struct text *numbers; /* Exact, or a prefix with '*' at its end. */
    uint16_t number_count;
    uint8_t priority;
};

/* Why nobody can come to the caller (core/unavailable.h). */
enum unavailable {
    UNAVAILABLE_AGENT,    /* No person takes the call. */
    UNAVAILABLE_CAPACITY, /* There are people, and too many callers. */
    UNAVAILABLE_OUTAGE,   /* What the conversation needs has failed. */
    UNAVAILABLES
};

/* What the caller is given then. */
enum plan_path {
    PATH_VOICEMAIL,
    PATH_CALLBACK,
    PATH_HOLD, /* Goes on waiting; without a queue, with the agent. */
    PATH_GOODBYE,
    PATHS
};

struct plan_unavailable {
    bool given; /* Else what fails leads to the agent's fallback, as ever. */
    enum plan_path paths[UNAVAILABLES];
    uint32_t offer_ms;       /* The caller's time to choose. */
    struct text outage_file; /* WAV; empty: the agent's words for it. */
};

struct plan_voicemail {
    uint32_t longest_ms;
    uint32_t silence_ms; /* Ends it. */
    uint32_t least_ms;   /* Of speech: less is no message. */
    bool review;
};

struct plan_callbacks {
    const struct text *numbers, *never; /* That may be called, and may not: exact, or a prefix with '*'. */
    uint16_t number_count, never_count; /* No `numbers`: as core/permit.h says. */
    uint8_t per_caller; /* Promises open at once, of a caller and to a number; 0: no limit. */
    uint32_t per_hour;  /* Of all callers; 0: no limit. */
    struct text slots, book; /* Tools of the agent: which times are free, and one is taken. Empty: none. */
    int16_t agent;     /* Who calls and says why; -1: the one that the caller spoke with. */
    int16_t trunk;     /* -1: the plan's `outbound` list. */
    struct text from;  /* Our number; empty: the trunk's. */
    uint8_t attempts;
    uint32_t after_ms; /* Before the first, of "as soon as possible". */
    uint32_t again_ms; /* Before the second; each time twice as long. */
    uint32_t within_ms; /* Promised for "as soon as possible". */
    int16_t hours;      /* When people are called whose queue has none; -1: at any time. */
    uint32_t warn_ms;   /* Before the promise would break: it is told, and goes before others. */
};

#endif

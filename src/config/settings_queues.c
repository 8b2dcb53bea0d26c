// SPDX-License-Identifier: Apache-2.0
/* settings_queues.c - the options of opening hours, queues and lists of numbers, a row each. */
#include "config/settings_rows.h"

#define HOURS(member) AT(struct hours_settings, member)
#define QUEUE(member) AT(struct queue_settings, member)
#define VIP(member) AT(struct vip_settings, member)

static const struct schema_row hours_rows[] = {
    {.key = "time-zone",
     .type = SCHEMA_TEXT,
     .required = true,
     .offset = HOURS(time_zone),
     .help = "whose clock: Europe/Zurich, America/New_York, UTC"},
    {.key = "open",
     .type = SCHEMA_TEXTS,
     .required = true,
     .offset = HOURS(open),
     .high = MAX_OPENINGS,
     .example = "[\"mon-fri 08:00-17:30\", \"sat 09:00-12:00\"]",
     .help = "days and times: \"mon-fri 08:00-17:30\", \"sat,sun 09:00-12:00\"; an end before its "
             "beginning is on the next day; 24:00 is the day's end"},
    {.key = "holidays",
     .type = SCHEMA_TEXTS,
     .offset = HOURS(holidays),
     .high = MAX_HOLIDAYS,
     .example = "[2026-12-25, \"01-01\"]",
     .help = "days on which it does not open: 2026-12-25, or \"12-25\" for every year"},
};
const struct schema settings_hours = SCHEMA("these hours", hours_rows, struct hours_settings);

static const char *const strategy_words[STRATEGIES] = {"longest-idle", "round-robin",
                                                             "skill-first", "ring-all"};
static const char *const while_words[] = {"music", "agent"};
static const char *const first_words[] = {"operator", "agent"};

static const struct schema_row level_rows[] = {
    {.key = "share",
     .type = SCHEMA_SHARE,
     .offset = QUEUE(share),
     .fallback = "0.8",
     .low = 1,
     .high = 1000,
     .help = "of the callers, who are to be answered"},
    {.key = "within",
     .type = SCHEMA_TIME,
     .offset = QUEUE(within),
     .fallback = "20s",
     .low = 1000,
     .high = 3600000,
     .help = "in this time from entering"},
};
static const struct schema level_schema = SCHEMA("service-level", level_rows, struct queue_settings);

#define QUEUE_WORDS(name, situation, words_help)                                  \
    {                                                                             \
        .key = (name), .type = SCHEMA_TEMPLATE,                                   \
        .offset = QUEUE(words) + (situation) * (uint32_t)sizeof(struct setting),  \
        .fallback = "", .help = (words_help)                                      \
    }
static const struct schema_row words_rows[] = {
    QUEUE_WORDS("enter", QUEUE_WORDS_ENTER,
                "on entering; {position}, and {wait} (\"about two minutes\") where it is known"),
    QUEUE_WORDS("update", QUEUE_WORDS_UPDATE, "every `update-every`"),
    QUEUE_WORDS("soon", QUEUE_WORDS_SOON, "the same at positions 2 and 3"),
    QUEUE_WORDS("next", QUEUE_WORDS_NEXT, "the same at position 1"),
    QUEUE_WORDS("offer", QUEUE_WORDS_OFFER, "after them: {offers} names the keys"),
    QUEUE_WORDS("help", QUEUE_WORDS_HELP, "the caller said something that is none of the offers"),
    QUEUE_WORDS("full", QUEUE_WORDS_FULL, "`max-callers` wait already"),
    QUEUE_WORDS("closed", QUEUE_WORDS_CLOSED, "it is outside its `hours`"),
    QUEUE_WORDS("nobody", QUEUE_WORDS_NOBODY, "no operator is on duty"),
    QUEUE_WORDS("waited", QUEUE_WORDS_WAITED, "the caller has waited for `max-wait`"),
    QUEUE_WORDS("back", QUEUE_WORDS_BACK, "the caller goes back to the voice agent"),
    QUEUE_WORDS("goodbye", QUEUE_WORDS_GOODBYE, "the call ends"),
    QUEUE_WORDS("lost", QUEUE_WORDS_LOST,
                "an operator's telephone has disappeared: the caller is back in the old place"),
    QUEUE_WORDS("unreached", QUEUE_WORDS_UNREACHED,
                "an operator transferred the caller and left, and nobody took the call: back too"),
};
static const struct schema words_schema = SCHEMA("words", words_rows, struct queue_settings);

#define OVERFLOW(name, situation, value, overflow_help)                                   \
    {                                                                             \
        .key = (name), .type = SCHEMA_TEXT,                                       \
        .offset = QUEUE(overflows) + (situation) * (uint32_t)sizeof(struct setting),  \
        .fallback = (value), .help = (overflow_help)                                  \
    }
static const struct schema_row queue_rows[] = {
    {.key = "label",
     .type = SCHEMA_TEXT,
     .offset = QUEUE(label),
     .help = "as spoken: \"our support team\"; default: the name"},
    {.key = "strategy",
     .type = SCHEMA_CHOICE,
     .offset = QUEUE(strategy),
     .choices = strategy_words,
     .choice_count = LENGTH(strategy_words),
     .fallback = "longest-idle",
     .help = "which of the free operators is rung"},
    {.key = "skills",
     .type = SCHEMA_TEXTS,
     .offset = QUEUE(skills),
     .high = MAX_SKILLS,
     .example = "[billing, \"german 3\"]",
     .help = "what an operator must know; with a number: at this level at least"},
    {.key = "max-callers",
     .type = SCHEMA_NUMBER,
     .offset = QUEUE(max_callers),
     .fallback = "50",
     .low = 1,
     .high = MAX_CALLS,
     .help = "who wait at once; for those beyond them `when-full`"},
    {.key = "max-wait",
     .type = SCHEMA_TIME,
     .offset = QUEUE(max_wait),
     .fallback = "20m",
     .low = 0,
     .high = 86400000,
     .help = "then `when-waited`; 0: no limit"},
    {.key = "ring",
     .type = SCHEMA_TIME,
     .offset = QUEUE(ring),
     .fallback = "20s",
     .low = 3000,
     .high = 180000,
     .help = "an operator's telephone rings so long, then another's"},
    {.key = "put-aside-after",
     .type = SCHEMA_NUMBER,
     .offset = QUEUE(put_aside_after),
     .fallback = "2",
     .low = 0,
     .high = 100,
     .help = "an operator who did not answer so many times in a row is rung no more; 0: always"},
    {.key = "service-level",
     .type = SCHEMA_SECTION,
     .inner = &level_schema,
     .help = "the target that `offhook queues` measures against"},
    {.key = "hours",
     .type = SCHEMA_NAME,
     .offset = QUEUE(hours),
     .help = "one of `hours`; default: always open"},
    {.key = "priority",
     .type = SCHEMA_NUMBER,
     .offset = QUEUE(priority),
     .fallback = "0",
     .low = 0,
     .high = 9,
     .help = "of its callers, 9 being the most urgent, when neither the intent nor `vip` nor a "
             "lookup says another; among the queues of one operator it counts alike"},
    {.key = "ageing",
     .type = SCHEMA_TIME,
     .offset = QUEUE(ageing),
     .fallback = "60s",
     .low = 0,
     .high = 86400000,
     .help = "waiting for so long is worth one step of priority, so that nobody starves; 0: never"},
    {.key = "music",
     .type = SCHEMA_PATH,
     .offset = QUEUE(music),
     .help = "file or folder that its callers hear; default: `media.music`"},
    {.key = "update-every",
     .type = SCHEMA_TIME,
     .offset = QUEUE(update_every),
     .fallback = "60s",
     .low = 0,
     .high = 3600000,
     .help = "the caller is told the place and the expected wait again; 0: never"},
    {.key = "while-waiting",
     .type = SCHEMA_CHOICE,
     .offset = QUEUE(while_waiting),
     .choices = while_words,
     .choice_count = LENGTH(while_words),
     .fallback = "music",
     .help = "`agent`: the voice agent goes on helping, with music when nobody speaks"},
    {.key = "callbacks-first",
     .type = SCHEMA_CHOICE,
     .offset = QUEUE(callbacks_first),
     .choices = first_words,
     .choice_count = LENGTH(first_words),
     .help = "who is called first for its callbacks; default: `callbacks.first`"},
    {.key = "keys",
     .type = SCHEMA_PAIRS,
     .offset = QUEUE(keys),
     .high = QUEUE_WISHES - 1,
     .example = "{\"1\": callback, \"2\": voicemail, \"0\": agent}",
     .help = "what a waiting caller's keys mean: callback, voicemail, agent; default: 1, 2, 0"},
    OVERFLOW("when-full", QUEUE_WHEN_FULL, "goodbye",
         "`choice` (a callback, or holding the place), `queue NAME`, `voicemail`, `callback`, `unavailable` "
             "(as `unavailable.agent-unavailable` says), `agent NAME`, `agent` (the one before) or `goodbye`"),
    OVERFLOW("when-closed", QUEUE_WHEN_CLOSED, "goodbye",
             "the same outside its hours, without `choice`"),
    OVERFLOW("when-nobody", QUEUE_WHEN_NOBODY, "wait",
         "the same when no operator is on duty (who waits is looked after once a minute), without `choice`; or `wait` all the "
         "same"),
    OVERFLOW("when-waited", QUEUE_WHEN_WAITED, "goodbye", "the same after `max-wait`"),
    {.key = "words",
     .type = SCHEMA_SECTION,
     .inner = &words_schema,
     .help = "words for each situation; defaults in English, German, Spanish and French, by the "
             "agent's language"},
};
const struct schema settings_queue = SCHEMA("this queue", queue_rows, struct queue_settings);

static const struct schema_row vip_rows[] = {
    {.key = "numbers",
     .type = SCHEMA_TEXTS,
     .required = true,
     .offset = VIP(numbers),
     .high = 1000,
     .example = "[\"+41791234567\", \"+4144*\"]",
     .help = "of the callers; a prefix with * at its end"},
    {.key = "priority",
     .type = SCHEMA_NUMBER,
     .required = true,
     .offset = VIP(priority),
     .low = 0,
     .high = 9,
     .help = "theirs in every queue"},
};
const struct schema settings_vip = SCHEMA("this list", vip_rows, struct vip_settings);

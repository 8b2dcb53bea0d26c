// SPDX-License-Identifier: Apache-2.0
/* settings_parting.c - the options for when nobody can come, a row each: the server's paths, and an
 * agent's words. */
#include "config/settings_rows.h"

#define TIME(name, member, value, least, most, words)                                      \
    {                                                                                      \
        .key = (name), .type = SCHEMA_TIME, .offset = SERVER(member), .fallback = (value), \
        .low = (least), .high = (most), .help = (words)                                    \
    }

static const char *const path_words[PATHS] = {[PATH_VOICEMAIL] = "voicemail",
                                              [PATH_CALLBACK] = "callback",
                                              [PATH_HOLD] = "hold",
                                              [PATH_GOODBYE] = "goodbye"};

#define PATH(name, why, value, words)                                       \
    {                                                                       \
        .key = (name), .type = SCHEMA_CHOICE,                               \
        .offset = SERVER(paths) + (why) * (uint32_t)sizeof(struct setting), \
        .choices = path_words, .choice_count = PATHS, .fallback = (value),  \
        .help = (words)                                                     \
    }
static const struct schema_row unavailable_rows[] = {
    PATH("agent-unavailable", UNAVAILABLE_AGENT, "voicemail",
         "no person takes the call: the caller leaves a message, is called back, or hears good-bye"),
    PATH("capacity", UNAVAILABLE_CAPACITY, "callback",
         "too many callers: what follows when none of 1 or \"callback\", 2 or \"hold\" is chosen"),
    PATH("outage", UNAVAILABLE_OUTAGE, "voicemail",
         "models or voices fail; given, it goes before an agent's fallback that is no agent"),
    TIME("offer", offer, "10s", 1000, 60000, "the caller's time to choose"),
    {.key = "outage-file",
     .type = SCHEMA_PATH,
     .offset = SERVER(outage_file),
     .help = "WAV file with the words for an outage: played without any provider or voice; "
             "default: the agent's words, made when the server starts"},
};
const struct schema settings_unavailable =
    SCHEMA("unavailable", unavailable_rows, struct server_settings);

static const struct schema_row voicemail_rows[] = {
    TIME("longest", message_longest, "120s", 5000, 600000, "a message; then it is ended"),
    TIME("silence", message_silence, "4s", 1000, 30000, "that ends a message; # ends it too"),
    TIME("least", message_least, "2s", 0, 30000,
         "of speech; with less, and no two words understood, there is no message"),
    {.key = "review",
     .type = SCHEMA_SWITCH,
     .offset = SERVER(message_review),
     .fallback = "false",
     .help = "ask whether to send it (1) or to record it again (2)"},
};
const struct schema settings_voicemail =
    SCHEMA("voicemail", voicemail_rows, struct server_settings);

static const struct schema_row calendar_rows[] = {
    {.key = "slots",
     .type = SCHEMA_NAME,
     .offset = SERVER(callback_slots),
     .required = true,
     .help = "a tool of the agent's: given `start` and `end` (YYYY-MM-DD) its result has free times"},
    {.key = "book",
     .type = SCHEMA_NAME,
     .offset = SERVER(callback_book),
     .required = true,
     .help = "a tool of the agent's: given `start` (UTC), `name` and `number` it takes one of them"},
};
static const struct schema calendar_schema = SCHEMA("calendar", calendar_rows, struct server_settings);

static const char *const first_words[] = {"operator", "agent"};

static const struct schema_row callbacks_rows[] = {
    {.key = "first",
     .type = SCHEMA_CHOICE,
     .offset = SERVER(callback_first),
     .choices = first_words,
     .choice_count = 2,
     .fallback = "operator",
     .help = "what a queue promises: `operator`: the caller keeps the place in it, an operator is rung "
             "in turn, then the caller (no operator came `within`: the voice agent calls); `agent`: the "
             "voice agent calls at its time, as it does for what no queue promised"},
    {.key = "agent",
     .type = SCHEMA_NAME,
     .offset = SERVER(callback_agent),
     .help = "the voice agent that calls; default: the one that the caller spoke with"},
    {.key = "trunk",
     .type = SCHEMA_NAME,
     .offset = SERVER(callback_trunk),
     .help = "over which it is called; default: as in `outbound`"},
    {.key = "from",
     .type = SCHEMA_TEXT,
     .offset = SERVER(callback_from),
     .fallback = "",
     .high = MAX_NAME - 1,
     .help = "our number, as the callee sees it; empty: the trunk's"},
    {.key = "attempts",
     .type = SCHEMA_NUMBER,
     .offset = SERVER(callback_attempts),
     .fallback = "3",
     .low = 1,
     .high = 20,
     .help = "then it is left to people"},
    TIME("after", callback_after, "1m", 0, 86400000,
         "from the promise to the first attempt, of \"as soon as possible\""),
    TIME("again", callback_again, "5m", 1000, 86400000,
         "before the second attempt; before each other twice as long"),
    TIME("within", callback_within, "4h", 60000, 604800000,
         "how soon a callback is promised that shall be \"as soon as possible\""),
    TIME("warn", callback_warn, "15m", 0, 86400000,
         "before a promise would break it is told, and goes before others"),
    {.key = "hours",
     .type = SCHEMA_NAME,
     .offset = SERVER(callback_hours),
     .help = "when people are called who were promised it for no queue, or for one without `hours`; "
             "default: at any time"},
    {.key = "numbers",
     .type = SCHEMA_TEXTS,
     .offset = SERVER(callback_numbers),
     .high = 1000,
     .example = "[\"+41*\", \"+49*\"]",
     .help = "that may be promised one: exact, or a prefix with * at its end; default: the caller's own, those of "
             "the caller's country, and such as are given without a country"},
    {.key = "never",
     .type = SCHEMA_TEXTS,
     .offset = SERVER(callback_never),
     .high = 1000,
     .example = "[\"+1900*\", \"0900*\"]",
     .help = "that are not called, whoever asks; default: premium rates (+979, and 900 and its like in ten "
             "countries), satellites (+870, +881, +882, +883)"},
    {.key = "per-caller",
     .type = SCHEMA_NUMBER,
     .offset = SERVER(callback_per_caller),
     .fallback = "2",
     .low = 0,
     .high = 100,
     .help = "promises open at once, of one caller and to one number; 0: no limit"},
    {.key = "per-hour",
     .type = SCHEMA_NUMBER,
     .offset = SERVER(callback_per_hour),
     .fallback = "120",
     .low = 0,
     .high = 100000,
     .help = "promises that are made, of all callers; 0: no limit"},
    {.key = "calendar",
     .type = SCHEMA_SECTION,
     .inner = &calendar_schema,
     .help = "callers choose between two free times of a calendar, read and booked by tools of the agent "
             "they speak with; default: as soon as possible"},
};
const struct schema settings_callbacks =
    SCHEMA("callbacks", callbacks_rows, struct server_settings);

#define WORDS(name, situation, value, words_help)                                                 \
    {                                                                                             \
        .key = (name), .type = SCHEMA_TEMPLATE,                                                   \
        .offset = AT(struct agent_settings, partings) +                                           \
                  (situation) * (uint32_t)sizeof(struct setting),                                 \
        .fallback = (value), .help = (words_help)                                                 \
    }
static const struct schema_row partings_rows[] = {
    WORDS("agent-unavailable", PARTING_NO_AGENT, "I'm sorry, nobody can take your call right now.",
          "no person takes the call"),
    WORDS("capacity", PARTING_CAPACITY,
          "I'm sorry, everybody is busy right now. Press 1 or say callback, and we will call you "
          "back. Press 2 or say hold to wait.",
          "too many callers: the choice"),
    WORDS("outage", PARTING_OUTAGE,
          "I'm sorry, we are having technical difficulties at the moment.", "an outage"),
    WORDS("invite", PARTING_INVITE,
          "Please leave a message after the tone. When you are done, press the pound key or stay "
          "silent.",
          "before the beep"),
    WORDS("review", PARTING_REVIEW,
          "Press 1 to send your message, or 2 to record it again.", "after a message"),
    WORDS("sent", PARTING_SENT, "Thank you. Your message has been passed on. Good-bye.",
          "the message is written down"),
    WORDS("nothing", PARTING_NOTHING, "I didn't hear a message. Good-bye.", "there was none"),
    WORDS("not-kept", PARTING_NOT_KEPT,
          "I'm sorry, your message could not be kept. Please call again later. Good-bye.",
          "it could not be written down"),
    WORDS("number", PARTING_NUMBER,
          "Shall we call you back at {number}? Press 1 or say yes. Press 2 for another number.",
          "a callback: to which number"),
    WORDS("another", PARTING_ANOTHER,
          "Please say the number, or key it in and press the pound key.", "to another number"),
    WORDS("read", PARTING_READ, "I understood {number}. Is that right? Press 1 for yes, 2 for no.",
          "read back"),
    WORDS("promised", PARTING_PROMISED,
          "Thank you. We will call you back at {number} as soon as we can. Good-bye.",
          "the callback is written down"),
    WORDS("slots", PARTING_SLOTS,
          "We can call you {first}[, or {second}]. Which one suits you? Press 1 for the first[, 2 for "
          "{second}], or 3 for as soon as possible.",
          "a callback, where the calendar has free times: {first}, {second}"),
    WORDS("promised-at", PARTING_PROMISED_AT,
          "Thank you. We will call you back at {number} {when}. Good-bye.",
          "the callback is written down, at the time that was chosen"),
    WORDS("not-called", PARTING_NOT_CALLED,
          "I'm sorry, that number cannot be called from here. Please say another one, or key it in and press "
          "the pound key.",
          "a callback to a number that `callbacks` does not allow"),
    WORDS("enough", PARTING_ENOUGH,
          "We have already promised to call you back, and we will. Good-bye.",
          "the caller is owed `callbacks.per-caller` callbacks"),
    WORDS("not-promised", PARTING_NOT_PROMISED,
          "I'm sorry, I can't promise you a callback right now.", "it could not be"),
    WORDS("owed", PARTING_OWED, "I see that we owe you a call. I'm glad you got through.",
          "the caller rings before we have called back"),
    WORDS("calls", PARTING_CALLS,
          "Hello, this is {agent}. You asked us to call you back[ about {intent}].",
          "the first words of the callback"),
};
const struct schema settings_partings = SCHEMA("unavailable", partings_rows, struct agent_settings);

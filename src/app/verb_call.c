// SPDX-License-Identifier: Apache-2.0
/* verb_call.c - `offhook call`: a caller with a script, and whether its expectations held. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/caller.h"
#include "app/script.h"
#include "app/verbs.h"
#include "app/witness.h"
#include "base/log.h"
#include "core/command.h"
#include "media/reflect.h"

enum {
    AGENT_PAUSE_MS = 1000,
    AGENT_LONGEST_MS = 60000,
    INTERRUPT_AFTER_MS = 800,
    EXPECT_MS = 8000,
    END_MS = 5000, /* A closed call's account comes when its last packet has gone. */
    SCRIPT_BYTES = 65536
};

struct session {
    struct caller *caller;
    struct witness *witness;
    uint32_t failed, held;
};

/* In the columns of show.c, so that both can be read on one screen. */
static void note(const char *mark, struct text words)
{
    time_t now = time(NULL);
    struct tm when;
    char clock[16];

    localtime_r(&now, &when);
    strftime(clock, sizeof(clock), "%H:%M:%S", &when);
    printf("%s caller %-10s" TEXT_FORMAT "\n", clock, mark, TEXT_ARGS(words));
    fflush(stdout);
}

static bool wait_for_expectation(struct session *session, const struct script_line *line)
{
    uint64_t waited_ms = 0, most_ms = line->kind == SCRIPT_EXPECT_END ? END_MS : EXPECT_MS;

    for (;; waited_ms += 50) {
        witness_take(session->witness);
        if (witness_saw(session->witness, line))
            return true;
        if (waited_ms >= most_ms)
            return false;
        if (!caller_wait(session->caller, 50))
            usleep(50000);
    }
}

static bool expect(struct session *session, const struct script_line *line)
{
    static const char *const names[] = {
        [SCRIPT_EXPECT_AGENT] = "agent", [SCRIPT_EXPECT_INTENT] = "intent",
        [SCRIPT_EXPECT_KEY] = "key",     [SCRIPT_EXPECT_SAID] = "said",
        [SCRIPT_EXPECT_END] = "end",
    };
    bool good = wait_for_expectation(session, line);
    char what[1024], instead[768];

    snprintf(what, sizeof(what), "%s " TEXT_FORMAT "%s%s", names[line->kind],
             TEXT_ARGS(line->words), good ? ": yes" : ": NO; ",
             good ? "" : witness_instead(session->witness, instead, sizeof(instead)));
    note("expects", text_of(what));
    if (good)
        session->held++;
    else
        session->failed++;
    return true;
}

static bool interrupt(struct session *session, const struct script_line *line)
{
    if (!caller_wait_speaking(session->caller, INTERRUPT_AFTER_MS, AGENT_LONGEST_MS))
        return false;
    note("interrupts", line->words);
    return caller_say(session->caller, line->words);
}

static bool run_line(struct session *session, const struct script_line *line)
{
    bool good = true;

    switch (line->kind) {
    case SCRIPT_SAY:
        note("says", line->words);
        return caller_say(session->caller, line->words);
    case SCRIPT_INTERRUPT:
        return interrupt(session, line);
    case SCRIPT_WAIT_AGENT:
        good = caller_wait_agent(session->caller, AGENT_PAUSE_MS, AGENT_LONGEST_MS);
        note("hears", good ? TEXT("the end of what the agent says") : TEXT("no more of the agent"));
        return good || caller_state(session->caller) == CALLER_ENDED;
    case SCRIPT_WAIT:
        return caller_wait(session->caller, line->ms);
    case SCRIPT_PRESS:
        note("presses", line->words);
        return caller_press(session->caller, line->words);
    case SCRIPT_HANGUP:
        if (caller_state(session->caller) == CALLER_ENDED)
            return true;
        note("hangs up", TEXT_EMPTY);
        caller_hang_up(session->caller);
        return true;
    case SCRIPT_EXPECT_AGENT:
    case SCRIPT_EXPECT_INTENT:
    case SCRIPT_EXPECT_KEY:
    case SCRIPT_EXPECT_SAID:
    case SCRIPT_EXPECT_END:
        return expect(session, line);
    }
    return false;
}

static void run_script(struct session *session, const struct script *script)
{
    char what[512];
    bool over = false; /* A line failed for want of a call: the expectations are still looked at. */

    for (uint32_t i = 0; i < script->count; i++) {
        const struct script_line *line = &script->lines[i];
        bool expects = line->kind >= SCRIPT_EXPECT_AGENT && line->kind <= SCRIPT_EXPECT_END;
        if ((over && !expects) || run_line(session, line))
            continue;
        over = true;
        session->failed++;
        snprintf(what, sizeof(what), "script line %u: %s", line->line,
                 caller_state(session->caller) == CALLER_ENDED ? caller_end(session->caller)
                                                               : "the agent did not speak");
        note("cannot", text_of(what));
    }
}

static char script_bytes[SCRIPT_BYTES];

static bool read_script(const struct arguments *arguments, struct script *script)
{
    const char *path = arguments_value(arguments, "--script");
    struct text_buffer made;
    char why[512];
    FILE *file;
    size_t size;

    if (!path) {
        text_buffer_init(&made, script_bytes, sizeof(script_bytes));
        for (uint32_t i = 0; i < arguments->repeated_count; i++) {
            text_append(&made, TEXT("wait agent\nsay "));
            text_append(&made, text_of(arguments->repeated[i]));
            text_append(&made, TEXT("\n"));
        }
        text_append(&made, TEXT("wait agent\nhangup\n"));
        return script_read(text_view(&made), script, why, sizeof(why));
    }
    file = fopen(path, "re");
    if (!file) {
        perror(path);
        return false;
    }
    size = fread(script_bytes, 1, sizeof(script_bytes) - 1, file);
    fclose(file);
    if (script_read((struct text){.data = script_bytes, .size = (uint32_t)size}, script, why,
                    sizeof(why)))
        return true;
    fprintf(stderr, "%s: %s\n", path, why);
    return false;
}

static const char *from_number(const struct arguments *arguments)
{
    static char made[32];

    /* Another each time, so that the account of this call is found among others. */
    snprintf(made, sizeof(made), "1555%07d", (int)getpid() % 10000000);
    return arguments_value(arguments, "--from") ? arguments_value(arguments, "--from") : made;
}

/* NULL: neither was named, or the configuration is wrong. */
static const char *socket_path(const struct arguments *arguments, char *out, size_t size)
{
    const char *server = arguments_value(arguments, "--server");
    struct config_result result;
    bool good;

    if (!server)
        return arguments_value(arguments, "--control");
    config_read(server, &result);
    good = result.config != NULL;
    if (good)
        snprintf(out, size, "%s", result.config->control_socket);
    config_free(&result);
    return good ? out : NULL;
}

static bool open_witness(const struct arguments *arguments, const struct script *script,
                         const char *from, struct session *session)
{
    char socket[512];
    const char *path = socket_path(arguments, socket, sizeof(socket));
    int error;

    if (!path && script_expects(script)) {
        fprintf(stderr, "offhook: the script expects something: name the server's configuration "
                        "with --server DIR, or its socket with --control PATH\n");
        return false;
    }
    if (!path)
        return true;
    error = witness_open(&session->witness, path, from);
    if (error)
        fprintf(stderr, "offhook: no server answers on %s: %s\n", path, strerror(-error));
    return error == 0;
}

static bool place(struct session *session, const char *uri, const struct script *script)
{
    char why[512];

    note("dials", text_of(uri));
    if (!caller_dial(session->caller, uri, why, sizeof(why))) {
        note("hears", text_of(why));
        return false;
    }
    note("is through", TEXT_EMPTY);
    run_script(session, script);
    if (caller_state(session->caller) == CALLER_UP)
        caller_hang_up(session->caller);
    note("is done", text_of(caller_end(session->caller)));
    if (script_expects(script))
        printf("%u of %u expectations held\n", session->held, session->held + session->failed);
    return session->failed == 0;
}

/* False for a name that is no codec's. */
static bool read_codec(const struct arguments *arguments, struct caller_options *options)
{
    const char *name = arguments_value(arguments, "--codec");

    options->any_codec = !name;
    for (enum codec codec = 0; name && codec < CODEC_KINDS; codec++) {
        options->codec = codec;
        if (strcmp(name, codec_names[codec]) == 0)
            return true;
    }
    if (name)
        fprintf(stderr, "offhook: there is no codec '%s': pcmu, pcma, g722 and opus are known\n",
                name);
    return !name;
}

/* "-12dB:80ms". */
static bool read_echo(const char *words, struct caller_options *options)
{
    unsigned lower, ms;
    int read = 0;

    if (!words)
        return true;
    if (sscanf(words, "-%2udB:%3ums%n", &lower, &ms, &read) != 2 || words[read] || read == 0) {
        fprintf(stderr, "offhook: --echo is how loud and how late: -12dB:80ms\n");
        return false;
    }
    options->any_codec = false; /* Lines with an echo carry G.711. */
    options->echo_gain = powf(10, -(float)lower / 20);
    options->echo_ms = ms < REFLECT_LONGEST_MS ? ms : REFLECT_LONGEST_MS;
    return true;
}

int verb_call(const struct arguments *arguments)
{
    static struct script script;
    const char *local = arguments_value(arguments, "--local");
    const char *voice = arguments_value(arguments, "--voice");
    const char *from = from_number(arguments);
    struct caller_options options = {.address = local ? local : "127.0.0.1",
                                     .voice = voice ? voice : "kal16",
                                     .tcp = arguments_has(arguments, "--tcp"),
                                     .from = from};
    struct session session = {.failed = 0};
    char why[512] = "";
    bool good = false;
    int error;

    log_set_level(LOG_WARN);
    if (!read_codec(arguments, &options) ||
        !read_echo(arguments_value(arguments, "--echo"), &options) ||
        !read_script(arguments, &script))
        return EXIT_USAGE;
    if (!open_witness(arguments, &script, from, &session))
        return EXIT_FAILED;
    error = caller_open(&session.caller, &options, why, sizeof(why));
    if (error)
        fprintf(stderr, "offhook: cannot call: %s\n", *why ? why : strerror(-error));
    else
        good = place(&session, arguments->given[0], &script);
    if (!error)
        caller_close(session.caller);
    if (session.witness)
        witness_close(session.witness);
    return good ? EXIT_DONE : EXIT_FAILED;
}

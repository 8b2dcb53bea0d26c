// SPDX-License-Identifier: Apache-2.0
/* thinking.c - dialogues by call, commands and streams' notes to where they belong. */
#include "mind/thinking.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clip.h"
#include "base/clock.h"
#include "base/log.h"
#include "mind/request.h"
#include "mind/thinking_inside.h"
#include "net/http.h"

enum { NOTES_BYTES = 1 << 20 };

int thinking_open(struct thinking **out, struct net *net, struct clip_table *clips,
                  struct mailbox *events)
{
    struct thinking *thinking = calloc(1, sizeof *thinking);
    int error;

    if (!thinking)
        return -ENOMEM;
    thinking->net = net;
    thinking->clips = clips;
    thinking->events = events;
    error = mailbox_open(&thinking->notes, "mind streams", NOTES_BYTES);
    if (error) {
        free(thinking);
        return error;
    }
    error = mailbox_open(&thinking->answers, "mind answers", NOTES_BYTES);
    if (error) {
        mailbox_close(thinking->notes);
        free(thinking);
        return error;
    }
    *out = thinking;
    return 0;
}

/* ---- Calls ---- */

/* The low half of a call's id is its place. */
static struct conversation **place_of(struct thinking *thinking, uint32_t call)
{
    return (call & 0xffff) < MAX_CALLS ? &thinking->calls[call & 0xffff] : NULL;
}

static struct conversation *find(struct thinking *thinking, uint32_t call)
{
    struct conversation **place = place_of(thinking, call);

    return place && *place && (*place)->dialogue.call == call ? *place : NULL;
}

static void forget(struct thinking *thinking, struct conversation **place)
{
    struct conversation *conversation = *place;

    if (!conversation)
        return;
    thought_stop(thinking, conversation);
    if (conversation->sum)
        http_cancel(thinking->net, conversation->sum_http);
    free(conversation);
    *place = NULL;
}

/* NULL when memory is out. */
static struct conversation *find_or_make(struct thinking *thinking, uint32_t call)
{
    struct conversation **place = place_of(thinking, call);

    if (!place || find(thinking, call))
        return place ? *place : NULL;
    forget(thinking, place);
    *place = malloc(sizeof **place);
    if (!*place)
        return NULL;
    dialogue_init(&(*place)->dialogue, call);
    (*place)->thought = NULL;
    (*place)->talking = (struct talking){.session = 0};
    (*place)->turn = (*place)->sum = 0;
    (*place)->awaits = false;
    return *place;
}

/* ---- Requests ---- */

enum net_result thinking_send(struct thinking *thinking, const struct plan_provider *provider,
                              struct llm_request *request, struct stream_wish *wish, uint32_t *http)
{
    enum net_result result;

    wish->number = ++thinking->streams;
    result = request_start(thinking->net, thinking->notes, provider, request, wish, thinking->body,
                           http);
    thinking->open += result == NET_OK;
    return result;
}

/* ---- Streams ---- */

/* Of a session that is talked to. False: it is awaited no more. */
static bool hear_answer(struct thinking *thinking, struct conversation *conversation,
                        const struct realtime_note *note)
{
    const struct thought *thought = conversation->thought;
    bool ended = note->kind == REALTIME_NOTE_OVER || note->kind == REALTIME_NOTE_FAILED;
    bool late = conversation->talking.late;

    if (ended)
        (void)talking_ended(&conversation->talking, thinking->net);
    if (!thought || thought->session != note->session || thought->state != THOUGHT_ASKED || late ||
        (note->number != 0 && note->number != thought->turn))
        return false;
    thought_hear_session(thinking, conversation, note);
    return true;
}

static void drop_sound(struct thinking *thinking, const struct realtime_note *note)
{
    if (note->kind == REALTIME_NOTE_SOUND)
        clip_drop(thinking->clips, note->clip);
}

static void hear_answers(struct thinking *thinking)
{
    struct realtime_note note;

    while (mailbox_take(thinking->answers, &note, sizeof note) > 0) {
        struct conversation *conversation = find(thinking, note.call);
        bool known = conversation && note.session && conversation->talking.session == note.session;

        if (!known || !hear_answer(thinking, conversation, &note))
            drop_sound(thinking, &note);
    }
}

struct mailbox *thinking_answers(struct thinking *thinking)
{
    return thinking->answers;
}

bool thinking_talks(const struct thinking *thinking)
{
    return thinking->talks;
}

void thinking_tend(struct thinking *thinking, uint64_t now_ms)
{
    bool talks = false;

    for (uint32_t i = 0; i < MAX_CALLS; i++)
        if (thinking->calls[i])
            talks = thought_tend(thinking, thinking->calls[i], now_ms) || talks;
    thinking->talks = talks;
}

void thinking_hear(struct thinking *thinking)
{
    struct stream_note note;
    size_t size;

    hear_answers(thinking);
    while ((size = mailbox_take(thinking->notes, &note, sizeof note)) > 0) {
        struct conversation *conversation;

        assert(stream_note_sound(&note, size));
        conversation = find(thinking, note.call);
        if (note.kind == STREAM_GONE)
            thinking->open--;
        else if (conversation && conversation->sum && conversation->sum == note.number)
            summing_hear(conversation, &note);
        else if (conversation && conversation->thought &&
                 conversation->thought->state == THOUGHT_ASKED &&
                 conversation->thought->stream == note.number)
            thought_hear(thinking, conversation, &note);
    }
}

struct mailbox *thinking_notes(struct thinking *thinking)
{
    return thinking->notes;
}

/* ---- Commands ---- */

/* Words that were thought about and never noted stand where these do. */
static void begin(struct thinking *thinking, const struct command *command)
{
    struct conversation *conversation = find_or_make(thinking, command->call);
    struct thought *thought = thought_new(command);

    if (!conversation || !thought) {
        log_line(LOG_ERROR, "mind", "no memory to think: the time limit of the model answers");
        free(thought);
        return;
    }
    thought_stop(thinking, conversation);
    conversation->thought = thought;
    dialogue_begin(&conversation->dialogue);
    if (!command->think.noted && !conversation->awaits) {
        conversation->turn++;
        conversation->awaits = true;
    }
    thought_ask(thinking, conversation);
}

static void think(struct thinking *thinking, const struct command *command)
{
    struct conversation *conversation = find(thinking, command->call);
    struct thought *thought = conversation ? conversation->thought : NULL;

    if (thought && thought->turn == command->think.turn && thought->speculative &&
        !command->think.speculative)
        thought_certain(thinking, conversation);
    else if (text_empty(command->think.text) && text_empty(command->think.facts) &&
             !command->think.noted)
        return; /* Certain, and over already. */
    else
        begin(thinking, command);
}

static void note(struct thinking *thinking, const struct command *command)
{
    struct conversation *conversation = find_or_make(thinking, command->call);

    if (!conversation)
        return;
    talking_note(&conversation->talking, thinking->net, command);
    if (command->note.speaker == SPEAKER_AGENT && text_empty(command->note.text))
        return; /* Nothing of it was heard. */
    if (command->note.speaker == SPEAKER_AGENT) {
        dialogue_spoken(&conversation->dialogue, conversation->turn - conversation->awaits,
                        command->note.text, command->note.unheard);
        return;
    }
    conversation->turn += !conversation->awaits;
    conversation->awaits = false;
    dialogue_heard(&conversation->dialogue, conversation->turn, command->note.text);
}

void thinking_obey(struct thinking *thinking, const struct command *command)
{
    struct conversation *conversation = find(thinking, command->call);

    if (command->kind == MIND_THINK)
        think(thinking, command);
    else if (command->kind == MIND_NOTE)
        note(thinking, command);
    else if (!conversation)
        return;
    else if (command->kind == MIND_FORGET)
        forget(thinking, place_of(thinking, command->call));
    else if (command->kind == MIND_CANCEL)
        thought_stop(thinking, conversation);
    else if (command->kind == MIND_RESULT && conversation->thought &&
             conversation->thought->turn == command->result.turn)
        thought_result(thinking, conversation, command);
}

void thinking_plan(struct thinking *thinking, uint32_t slot, const struct plan *plan,
                   const struct toolbox *toolbox)
{
    thinking->plans[slot] = plan;
    thinking->toolboxes[slot] = toolbox;
    warming_drop(&thinking->warmings[slot], thinking->net);
    if (plan)
        warming_keep(&thinking->warmings[slot], thinking->net, plan);
}

void thinking_close(struct thinking *thinking)
{
    if (!thinking)
        return;
    for (uint32_t i = 0; i < MAX_CALLS; i++)
        forget(thinking, &thinking->calls[i]);
    for (uint32_t i = 0; i < MAX_PLANS; i++)
        warming_drop(&thinking->warmings[i], thinking->net);
    for (thinking_hear(thinking); thinking->open > 0; thinking_hear(thinking))
        mailbox_wait(thinking->notes, -1);
    mailbox_close(thinking->notes);
    mailbox_close(thinking->answers);
    free(thinking);
}

// SPDX-License-Identifier: Apache-2.0
/* limbs.c - a small model of each limb: it carries out a command, after a delay, and checks what it
 * would suffer from. */
#include "example_models.h"
#include "inside.h"

#include <string.h>

enum {
    UNEXPLAINED_MS = 2000,
    LAST_WORDS_MS = 4000 /* After a message its last words are waited for: core/voicemail.c. */
};

static const char *const intents[] = {"billing",        "technical", "escalation", "hours",
                                      "general",        "pay",       "done",       "back",
                                      "no such intent", "give", "wait", "urgent", "message", "callback"};

static void expect_line(const struct command *command, struct line *line)
{
    if (line->leg != command->leg || !line->opened)
        broken("a command for a leg that has no media");
    if (line->closed)
        broken("sound after hang-up: %s", command_shapes[command->kind].name);
}

static void give_back(uint32_t clip)
{
    if (clip >= CLIPS || w.clips[clip] == 0)
        broken("clip %u was given back twice", clip);
    else
        w.clips[clip]--;
    w.clips_out--;
}

/* ---- What the caller hears, or does not ---- */

/* The turn is over: the agent is to be heard, or to explain itself. */
void owe(struct line *line)
{
    if (line->owed_ms == 0 && !line->records && !line->voiced && (line->queued == 0 || line->paused))
        line->owed_ms = w.now_ms;
}

static void paid(struct line *line)
{
    uint64_t ms = line->owed_ms ? w.now_ms - line->owed_ms : 0;

    uint64_t most_ms = UNEXPLAINED_MS + (line->recorded ? LAST_WORDS_MS : 0);

    line->owed_ms = 0;
    line->recorded = false;
    if (ms > w.figures->longest_silence_ms)
        w.figures->longest_silence_ms = ms;
    if (w.faults->models && w.faults->lost == 0 && ms > most_ms && !line->staff)
        broken("the caller of leg %u heard nothing for %llu ms", line->leg, (unsigned long long)ms);
}

void play_next(struct line *line)
{
    if (line->queued == 0 || line->paused)
        return;
    paid(line);
    struct event audible = {.kind = MEDIA_AUDIBLE, .leg = line->leg};
    audible.played.utterance = line->queue[0];
    may_happen(audible, 20);
    line->playing_from_ms = w.now_ms;
    if (line->heard_ms == 0)
        line->length_ms = between(300, 5000);
    struct event over = {.kind = MEDIA_PLAYED, .leg = line->leg};
    over.played.utterance = line->queue[0];
    over.played.heard_ms = over.played.total_ms = line->length_ms;
    over.played.finished = true;
    if (line->loop)
        return;                 /* Music has no end. */
    over.call = ++line->serial; /* The world's own: see arrive(). */
    push((struct happening){.at_ms = w.now_ms + line->length_ms - line->heard_ms, .event = over});
}

void dequeue(struct line *line)
{
    give_back(line->clips[0]);
    line->queued--;
    memmove(line->queue, line->queue + 1, line->queued * sizeof(line->queue[0]));
    memmove(line->clips, line->clips + 1, line->queued * sizeof(line->clips[0]));
    line->heard_ms = 0;
}

static void flush(struct line *line)
{
    if (line->queued > 0 && !line->paused)
        line->heard_ms += (uint32_t)(w.now_ms - line->playing_from_ms);
    line->paused = line->loop = false;
    line->serial++;
    while (line->queued > 0) {
        struct event event = {.kind = MEDIA_PLAYED, .leg = line->leg};
        event.played.utterance = line->queue[0];
        event.played.heard_ms = line->heard_ms;
        event.played.total_ms = line->length_ms;
        may_happen(event, between(0, 20));
        dequeue(line);
    }
}

static void open_line(const struct command *command, struct line *line)
{
    struct line before = *line;
    bool same = line->leg == command->leg;

    if (line->opened && !line->closed)
        broken("a leg was opened twice");
    *line = (struct line){.leg = command->leg,
                          .call = command->call,
                          .dialog = same ? before.dialog : 0,
                          .staff = same && before.staff,
                          .dead = same && before.dead,
                          .open = true,
                          .opened = true,
                          .words = ""};
}

void limbs_lost(struct line *line)
{
    flush(line);
    line->lost = line->closed = true;
    line->open = false;
    if (line->bridged)
        line_of(line->bridged)->bridged = 0;
    line->bridged = 0;
    hearing_forget(line->leg);
}

/* Both hear nothing, until something else comes. */
static void part(struct line *line, struct line *other)
{
    if (line->bridged != other->leg && !other->lost && !line->lost)
        broken("two are parted who were not joined");
    line->bridged = other->bridged = 0;
    if (!line->staff && line->open)
        owe(line);
    if (!other->staff && other->open)
        owe(other);
}

static void bridge(const struct command *command, struct line *line)
{
    struct line *other = line_of(command->bridge.other);

    if (!other->opened || (other->closed && !other->lost) || other->leg != command->bridge.other ||
        line->bridged)
        broken("a bridge to a leg that has no media");
    if (slot_of(command->leg) % 2 != slot_of(command->bridge.other) % 2 && !w.faults->staff)
        broken("a bridge over two threads");
    line->bridged = command->bridge.other;
    other->bridged = command->leg;
    paid(line);
    paid(other);
    w.figures->bridges++;
}

static void do_media(const struct command *command)
{
    struct line *line = line_of(command->leg);

    if (command->kind == MEDIA_OPEN) {
        open_line(command, line);
        return;
    }
    if (line->lost && line->leg == command->leg) {
        if (command->kind == MEDIA_UNBRIDGE)
            part(line, line_of(command->bridge.other));
        if (command->kind == MEDIA_PLAY)
            give_back(command->play.clip);
        return;
    }
    expect_line(command, line);
    if (command->kind == MEDIA_CAPTURE && text_find(command->capture.name, TEXT("-message")) >= 0) {
        line->records = command->capture.act == CAPTURE_START;
        line->recorded = !line->records;
        line->owed_ms = line->records ? 0 : w.now_ms;
    }
    if (command->kind == MEDIA_PLAY) {
        if (line->queued == UTTERANCES) {
            broken("the playout queue grows without end");
            return;
        }
        if (line->queued == 0)
            line->paused = false;
        line->loop = line->loop || command->play.loop;
        line->queue[line->queued] = command->play.utterance;
        line->clips[line->queued] = command->play.clip;
        if (line->queued++ == 0)
            play_next(line);
    } else if (command->kind == MEDIA_PAUSE && !line->paused) {
        if (line->queued > 0)
            line->heard_ms += (uint32_t)(w.now_ms - line->playing_from_ms);
        line->paused = true;
        line->serial++;
    } else if (command->kind == MEDIA_RESUME && line->paused) {
        line->paused = false;
        play_next(line);
    } else if (command->kind == MEDIA_FLUSH) {
        flush(line);
    } else if (command->kind == MEDIA_BRIDGE) {
        bridge(command, line);
    } else if (command->kind == MEDIA_UNBRIDGE) {
        part(line, line_of(command->bridge.other));
    } else if (command->kind == MEDIA_HEAR) {
        hearing_set(command);
    } else if (command->kind == MEDIA_CLOSE) {
        flush(line);
        hearing_forget(command->leg);
        line->open = false;
        line->closed = true;
        may_happen((struct event){.kind = MEDIA_CLOSED, .leg = command->leg}, between(1, 25));
    }
}

static uint32_t limb_delay(uint32_t low, uint32_t high)
{
    return chance(w.faults->slow) ? between(1000, 6000) : between(low, high);
}

uint32_t new_clip(void)
{
    w.next_clip = w.next_clip % (CLIPS - 1) + 1;
    w.clips[w.next_clip]++;
    w.clips_out++;
    return w.next_clip;
}

static void say(const struct command *command)
{
    struct event event = {.kind = SPEECH_READY, .leg = command->leg};
    uint32_t ready_ms = 0, dies_ms;

    event.speech.utterance = command->say.utterance;
    event.speech.provider = command->say.provider;
    hearing_said(command);
    staff_said(command);
    if (command->say.provider >= 0) {
        ready_ms = vendors_say(&w.vendors, command, &dies_ms);
        if (ready_ms == 0)
            return;
    }
    if (chance(w.faults->failing)) {
        event.kind = SPEECH_FAILED;
        happen(event, 30);
        return;
    }
    if (chance(w.faults->lost))
        return;
    event.speech.clip = new_clip();
    happen(event, ready_ms ? ready_ms : limb_delay(0, 60));
}

static void do_speech(const struct command *command)
{
    struct line *line = line_of(command->leg);

    switch ((int)command->kind) {
    case SPEECH_LISTEN:
        line->listening = true;
        line->hearer = command->listen.provider;
        if (line->hearer >= 0)
            vendors_listen(&w.vendors, command);
        if (chance(w.faults->failing))
            happen((struct event){.kind = SPEECH_FAILED,
                                  .leg = command->leg,
                                  .speech.provider = command->listen.provider},
                   2000);
        break;
    case SPEECH_EXPECT:
        line->hearer = command->listen.provider;
        break;
    case SPEECH_STOP:
        may_happen((struct event){.kind = SPEECH_STOPPED, .leg = command->leg}, 20);
        break;
    case SPEECH_SAY:
        say(command);
        break;
    case SPEECH_FINISH: {
        struct event event = {.kind = SPEECH_FINAL, .leg = command->leg};
        uint32_t final_ms = line->hearer >= 0 ? vendors_final_ms(&w.vendors) : limb_delay(10, 150);
        if (!line->bridged)
            owe(line);
        if (final_ms == 0)
            break; /* The next one hears the same words again. */
        if (line->hearer == EXAMPLE_WHOLE && chance(900))
            happen((struct event){.kind = SPEECH_TURN,
                                  .leg = command->leg,
                                  .turning = {.turn = command->finish.turn, .what = TURN_COMMITTED}},
                   between(5, 40));
        event.heard.turn = command->finish.turn;
        event.heard.text = text_of(line->words ? line->words : "");
        event.heard.confidence_permille = (uint16_t)between(100, 1000);
        if (final_ms < 1000)
            line->words = "";
        may_happen(event, final_ms);
        break;
    }
    default:
        break;
    }
}

static void understand(const struct command *command)
{
    struct event event = {.kind = MIND_UNDERSTOOD, .call = command->call, .leg = command->leg};

    event.understood.turn = command->understand.turn;
    event.understood.intent = text_of(intents[random_below(&w.random, 14)]);
    event.understood.confidence_permille = (uint16_t)between(0, 1000);
    event.understood.sentiment = (enum sentiment)random_below(&w.random, 4);
    event.understood.entities = chance(300) ? TEXT("invoice=4512\nproduct=router\n") : TEXT_EMPTY;
    if (chance(w.faults->malformed)) {
        event.understood.confidence_permille = 60000;
        event.understood.entities = TEXT("=\n==\nno equals sign\n\n\n=x");
    }
    may_happen(event, limb_delay(1, 40));
}

/* Whoever enters a queue leaves it, once. */
static void pass_queue(const struct command *command)
{
    uint32_t *waits = &w.waiting[slot_of(command->call)];

    w.figures->passages[command->queue.what]++;
    switch (command->queue.what) {
    case QUEUE_JOINED:
    case QUEUE_BACK:
        if (*waits)
            broken("a caller entered a queue who waits already");
        *waits = command->queue.number;
        break;
    case QUEUE_OVERFLOWED:
        if (*waits && *waits != command->queue.number)
            broken("another passage overflowed than the one that goes on");
        *waits = 0;
        break;
    case QUEUE_ANSWERED:
    case QUEUE_ABANDONED:
    case QUEUE_LEFT:
        if (*waits != command->queue.number)
            broken("a caller left a queue in which they did not wait");
        *waits = 0;
        break;
    case QUEUE_WHATS:
        break;
    }
}

/* A promise is called for once it is durable, and is over once. */
static void pass_promise(const struct command *command)
{
    struct promise *promise = NULL;
    enum task_state state = command->task.state;

    for (uint32_t i = 0; i < w.promised && !promise; i++)
        if (w.promises[i].number == command->task.number &&
            text_equal(command->task.ref, text_of(w.promises[i].ref)))
            promise = &w.promises[i];
    if (!promise && (state != TASK_WAITING || w.promised == PROMISES)) {
        if (state != TASK_WAITING)
            broken("a callback that nobody was promised");
        return;
    }
    if (!promise) {
        promise = &w.promises[w.promised++];
        text_copy(promise->ref, sizeof(promise->ref), command->task.ref);
        promise->number = command->task.number;
        promise->durable_ms = w.now_ms + 1;
    }
    if (promise->over)
        broken("a promise that is over went on");
    if (state == TASK_CALLING && w.now_ms < promise->durable_ms)
        broken("a promise was called for before it was durable");
    promise->over = state == TASK_KEPT || state == TASK_CANCELLED || state == TASK_GIVEN_UP;
    w.figures->promises[state]++;
}

/* The core's own wish comes back, or is lost on its way. */
static void place(const struct command *command)
{
    static char numbers[64][64], keys[64][96];
    static uint32_t next;
    struct event event = {.kind = CALL_REQUESTED};

    next = (next + 1) % 64;
    text_copy(numbers[next], sizeof(numbers[0]), command->place.number);
    text_copy(keys[next], sizeof(keys[0]), command->place.key);
    event.request.callback = command->place.callback;
    event.request.seed = random_next(&w.random);
    event.request.number = text_of(numbers[next]);
    event.request.key = text_of(keys[next]);
    may_happen(event, 1);
}

static uint32_t durable_ms(void)
{
    return chance(w.faults->stuck) ? between(500, 4000) : between(1, 6);
}

static void do_store(const struct command *command)
{
    switch ((int)command->kind) {
    case STORE_CALL_OPENED:
        w.open_accounts++;
        w.figures->calls++;
        if (command->call)
            text_copy(w.refs[slot_of(command->call)], sizeof(w.refs[0]), command->opened.ref);
        if (command->opened.key.size && chance(500)) {
            w.open_accounts--;
            w.figures->calls--;
            happen((struct event){.kind = STORE_KNOWN, .call = command->call}, 3);
            break;
        }
        if (command->call)
            may_happen(
                (struct event){.kind = chance(w.faults->failing) ? STORE_FAILED : STORE_OPENED,
                               .call = command->call,
                               .leg = command->leg},
                between(1, 6));
        break;
    case STORE_CALL_ANSWERED:
        w.figures->answered++;
        break;
    case STORE_TURN:
        w.figures->overheard += command->turn.speaker == SPEAKER_OPERATOR;
        w.figures->turns++;
        break;
    case STORE_TOOL:
        if (command->tool_account.state == TOOL_STATE_ASKED) {
            struct event event = {.kind = STORE_NOTED, .call = command->call, .leg = command->leg};
            event.noted.turn = command->tool_account.turn;
            event.noted.number = command->tool_account.number;
            may_happen(event, durable_ms());
            w.figures->tools++;
        }
        break;
    case STORE_TASK:
        if (command->task.kind == TASK_CALLBACK && command->task.turn == 0)
            pass_promise(command);
        if (command->call && command->task.turn == 0) {
            struct event event = {.kind = STORE_NOTED, .call = command->call, .leg = command->leg};
            event.noted.number = command->task.number;
            may_happen(event, durable_ms());
        }
        break;
    case STORE_KEY:
        w.figures->keys++;
        break;
    case STORE_TRANSFER:
        w.figures->transfers += command->transfer.done;
        hearing_offer_over(command);
        break;
    case STORE_OFFER:
        hearing_offer(command);
        break;
    case STORE_OPERATOR:
        hearing_duty(command);
        break;
    case STORE_SUPERVISION:
        hearing_account(command);
        break;
    case STORE_LEG:
        hearing_leg(command);
        break;
    case STORE_HANDOVER:
        w.figures->handovers++;
        break;
    case STORE_LEDGER:
        w.figures->ledgers++;
        break;
    case STORE_SLO:
        if (command->slo.step == command->slo.was)
            broken("a step against lateness that is none");
        if (command->slo.step > command->slo.was)
            w.figures->slo_steps[command->slo.step]++;
        else
            w.figures->slo_back++;
        break;
    case STORE_QUEUE:
        pass_queue(command);
        break;
    case STORE_CALL_CLOSED:
        if (command->call && w.waiting[slot_of(command->call)])
            broken("a call was closed while it waits in a queue");
        if (w.open_accounts-- == 0)
            broken("an account was closed twice");
        w.figures->causes[command->closed.cause]++;
        w.figures->interruptions += command->closed.interruptions;
        w.figures->keys_only += command->closed.keys_only;
        break;
    default:
        break;
    }
}

void carry_out(const struct command *command)
{
    uint32_t timer = slot_of(command->call) * TIMER_KINDS + command->timer.kind;

    switch (command_limb(command->kind)) {
    case LIMB_CORE:
        if (command->kind == TIMER_SET &&
            (command->timer.kind == TIMER_SILENCE || command->timer.kind == TIMER_TURN))
            line_of(command->leg)->owed_ms = 0; /* It is the caller's turn. */
        if (command->kind == TIMER_SET)
            wheel_set(w.wheel, timer, command->timer.at_ms,
                      (uint64_t)command->call << 32 | command->timer.serial);
        else if (command->kind == TIMER_CANCEL)
            wheel_cancel(w.wheel, timer);
        else if (command->kind == CALL_PLACE)
            place(command);
        break;
    case LIMB_SIP:
        do_sip(command);
        break;
    case LIMB_MEDIA:
        do_media(command);
        break;
    case LIMB_SPEECH:
        if (command->kind == CLIP_DROP)
            give_back(command->clip.clip);
        else
            do_speech(command);
        break;
    case LIMB_MIND:
        if (command->kind == MIND_UNDERSTAND)
            understand(command);
        else
            vendors_mind(&w.vendors, command);
        w.figures->thoughts += command->kind == MIND_THINK;
        break;
    case LIMB_STORE:
        do_store(command);
        break;
    }
}

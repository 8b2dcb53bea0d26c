// SPDX-License-Identifier: Apache-2.0
/* stage_limbs.c - what limbs would do, and how long it takes them. */
#include "eval/stage_inside.h"

static const char answer[] =
    "v=0\r\no=- 2 1 IN IP4 192.0.2.8\r\ns=-\r\nc=IN IP4 192.0.2.8\r\nt=0 0\r\n"
    "m=audio 4002 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

int32_t stage_part(const struct stage *stage, struct text name)
{
    static const char *const ours[] = {"ears", "voice", "classifier", "callee"};

    for (uint32_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
        if (text_equal(name, text_of(ours[i])))
            return (int32_t)(PART_EARS + i);
    for (uint32_t i = 0; i < stage->plan.provider_count; i++)
        if (text_equal(name, stage->plan.providers[i].name))
            return (int32_t)i;
    return -1;
}

enum suite_failing stage_failing(const struct stage *stage, int32_t provider,
                                 enum stage_part embedded)
{
    return stage->failing[provider < 0 ? (int32_t)embedded : provider];
}

/* ---- Signalling ---- */

static void happen_to(struct stage *stage, enum event_kind kind, uint32_t dialog, uint16_t status,
                      uint32_t delay_ms)
{
    struct event event = {.kind = kind, .sip = {.dialog = dialog, .status = status}};

    if (kind == SIP_ANSWERED || kind == SIP_AGREED)
        event.sip.sdp = text_of(answer);
    event.sip.final = kind == SIP_NOTIFIED;
    stage_happen(stage, event, delay_ms);
}

/* The telephone of whom the caller is given to. */
static void dial(struct stage *stage, const struct command *command)
{
    struct event dialed = {
        .kind = SIP_DIALED, .call = command->call, .leg = command->leg, .sip.dialog = STAGE_FAR};

    if (stage_people_dial(stage, command))
        return;
    stage->far = command->leg;
    stage_happen(stage, dialed, 1);
    happen_to(stage, SIP_PROGRESS, STAGE_FAR, 180, 80);
    if (stage->failing[PART_CALLEE] == FAILING_NOT) {
        happen_to(stage, SIP_ANSWERED, STAGE_FAR, 200, ANSWER_MS);
    } else if (stage->failing[PART_CALLEE] != FAILING_STALLS) {
        happen_to(stage, SIP_REFUSED, STAGE_FAR, 486, ANSWER_MS);
        happen_to(stage, SIP_RELEASED, STAGE_FAR, 0, ANSWER_MS);
    }
}

static void refer(struct stage *stage, const struct command *command)
{
    bool well = stage->failing[PART_CALLEE] == FAILING_NOT;

    happen_to(stage, SIP_REFER_ANSWERED, command->sip.dialog, 202, 40);
    happen_to(stage, SIP_NOTIFIED, command->sip.dialog, well ? 200 : 486, ANSWER_MS);
}

static void do_sip(struct stage *stage, const struct command *command)
{
    uint32_t dialog = command->sip.dialog;

    switch ((int)command->kind) {
    case SIP_ANSWER:
        stage->leg = command->leg;
        happen_to(stage, SIP_ACKED, dialog, 0, 20);
        break;
    case SIP_REPLY:
        happen_to(stage, SIP_ACKED, dialog, 0, 20);
        break;
    case SIP_REINVITE:
        happen_to(stage, SIP_AGREED, dialog, 200, 40);
        break;
    case SIP_REFRESH:
        happen_to(stage, SIP_REFRESHED, dialog, 200, 40);
        break;
    case SIP_DIAL:
        dial(stage, command);
        break;
    case SIP_REFER:
        refer(stage, command);
        break;
    case SIP_REJECT:
    case SIP_HANG_UP:
        happen_to(stage, SIP_RELEASED, dialog, 0, 40);
        break;
    default:
        break;
    }
}

/* ---- Sound ---- */

bool stage_sounding(const struct stage *stage, uint32_t *for_ms)
{
    const struct playout *p = &stage->playout;

    *for_ms = p->heard_ms + (uint32_t)(stage->now_ms - p->from_ms);
    return p->count > 0 && !p->paused && !p->loop;
}

static void play_next(struct stage *stage)
{
    struct playout *p = &stage->playout;
    struct event event = {.kind = MEDIA_AUDIBLE, .leg = stage->leg};

    if (p->count == 0 || p->paused)
        return;
    event.played.utterance = p->queue[0];
    stage_happen(stage, event, 20);
    p->from_ms = stage->now_ms;
    if (p->loop)
        return; /* Music has no end. */
    event.kind = MEDIA_PLAYED;
    event.played.heard_ms = event.played.total_ms = p->length_ms[0];
    event.played.finished = true;
    event.call = ++p->serial; /* Ours: stage_played() takes it out. */
    stage_happen(stage, event, p->length_ms[0] - p->heard_ms);
}

static void dequeue(struct playout *p)
{
    p->count--;
    for (uint32_t i = 0; i < p->count; i++) {
        p->queue[i] = p->queue[i + 1];
        p->length_ms[i] = p->length_ms[i + 1];
    }
    p->heard_ms = 0;
}

bool stage_played(struct stage *stage, struct event *event)
{
    struct playout *p = &stage->playout;

    if (!event->played.finished)
        return true;
    if (p->count == 0 || event->call != p->serial)
        return false;
    event->call = 0;
    dequeue(p);
    play_next(stage);
    return true;
}

static void stop_here(struct stage *stage)
{
    struct playout *p = &stage->playout;

    if (p->count > 0 && !p->paused)
        p->heard_ms += (uint32_t)(stage->now_ms - p->from_ms);
    p->serial++;
}

static void flush(struct stage *stage)
{
    struct playout *p = &stage->playout;

    stop_here(stage);
    p->paused = p->loop = false;
    while (p->count > 0) {
        struct event event = {.kind = MEDIA_PLAYED, .leg = stage->leg};
        event.played.utterance = p->queue[0];
        event.played.heard_ms = p->heard_ms;
        event.played.total_ms = p->length_ms[0];
        stage_happen(stage, event, 0);
        dequeue(p);
    }
}

uint32_t stage_length_ms(const struct stage *stage, uint32_t utterance)
{
    uint32_t at = utterance % 256;

    return stage->cut_short[at] ? BROKEN_OFF_MS
                                : stage->utterance_sizes[at] * CHARACTER_MS + CHARACTER_MS;
}

static void play(struct stage *stage, const struct command *command)
{
    struct playout *p = &stage->playout;
    uint32_t own_ms = stage_whole_ms(stage, command->play.clip);

    if (p->count == STAGE_QUEUE) {
        stage->overflow = true;
        return;
    }
    if (p->count == 0)
        p->paused = false;
    p->loop = p->loop || command->play.loop;
    p->queue[p->count] = command->play.utterance;
    p->length_ms[p->count] = own_ms ? own_ms : stage_length_ms(stage, command->play.utterance);
    if (p->count++ == 0)
        play_next(stage);
}

static void do_media(struct stage *stage, const struct command *command)
{
    struct event closed = {.kind = MEDIA_CLOSED, .leg = command->leg};

    if (command->kind == MEDIA_CLOSE)
        stage_happen(stage, closed, 5);
    if (stage_people_media(stage, command))
        return;
    if (command->leg != stage->leg && command->kind != MEDIA_OPEN)
        return; /* Of the far leg nothing else is heard. */
    switch ((int)command->kind) {
    case MEDIA_OPEN:
        if (!stage->opened)
            stage->leg = command->leg;
        stage->opened = true;
        break;
    case MEDIA_PLAY:
        play(stage, command);
        break;
    case MEDIA_PAUSE:
        if (!stage->playout.paused)
            stop_here(stage);
        stage->playout.paused = true;
        break;
    case MEDIA_RESUME:
        if (stage->playout.paused) {
            stage->playout.paused = false;
            play_next(stage);
        }
        break;
    case MEDIA_FLUSH:
    case MEDIA_CLOSE:
        flush(stage);
        break;
    default:
        break;
    }
}

/* ---- Speech ---- */

static void fail_ears(struct stage *stage, uint32_t delay_ms)
{
    struct event event = {.kind = SPEECH_FAILED, .leg = stage->leg};

    event.speech.provider = stage->ears;
    event.speech.why = TEXT("as the suite wants it");
    stage_happen(stage, event, delay_ms);
}

static void listen(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = SPEECH_LISTENING, .leg = command->leg};
    bool anew = command->kind == SPEECH_LISTEN || stage->ears != command->listen.provider;
    enum suite_failing failing;

    stage->ears = command->listen.provider;
    stage->listening = true;
    failing = stage_failing(stage, stage->ears, PART_EARS);
    if (failing == FAILING_REFUSES)
        fail_ears(stage, FINAL_MS);
    else if (command->kind == SPEECH_LISTEN)
        stage_happen(stage, event, 5);
    if (failing != FAILING_REFUSES && anew && stage_whole(stage, stage->ears))
        stage_whole_opens(stage, command);
}

/* The words since the last final, as far as they have been spoken. */
static void finish(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = SPEECH_FINAL, .leg = stage->leg};
    struct mouth *mouth = &stage->mouth;
    enum suite_failing failing = stage_failing(stage, stage->ears, PART_EARS);
    bool spoken = stage->now_ms >= mouth->to_ms, whole = stage_whole(stage, stage->ears);
    uint32_t size = spoken ? mouth->words.size : mouth->final_size;

    if (failing == FAILING_DIES && !whole) /* That one dies in its answer. */
        fail_ears(stage, FINAL_MS);
    if (failing == FAILING_STALLS || failing == FAILING_REFUSES ||
        (failing == FAILING_DIES && !whole))
        return;
    if (whole)
        stage_whole_commits(stage, command);
    event.heard.turn = command->finish.turn;
    event.heard.text = text_trim(text_part(mouth->words, mouth->final_size, size));
    event.heard.confidence_permille = mouth->confidence_permille;
    event.heard.speech_from_ms = mouth->from_ms;
    event.heard.speech_to_ms = mouth->to_ms;
    mouth->final_size = size;
    stage_happen_about(stage, event, whole ? TRANSCRIPT_MS : FINAL_MS);
}

static void say(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = SPEECH_READY, .leg = command->leg};
    enum suite_failing failing = stage_failing(stage, command->say.provider, PART_VOICE);
    uint32_t at = command->say.utterance % 256;
    uint32_t delay_ms = command->say.provider < 0 ? VOICE_MS : VOICE_NETWORK_MS;

    event.speech.utterance = command->say.utterance;
    event.speech.provider = command->say.provider;
    stage->utterance_sizes[at] = command->say.text.size;
    stage->cut_short[at] = failing == FAILING_DIES;
    if (failing == FAILING_STALLS)
        return;
    if (failing == FAILING_REFUSES) {
        event.kind = SPEECH_FAILED;
        event.speech.why = TEXT("as the suite wants it");
    } else {
        event.speech.clip = ++stage->clips;
    }
    stage_happen_about(stage, event, delay_ms);
    if (failing == FAILING_DIES) {
        event.kind = SPEECH_FAILED;
        event.speech.clip = 0;
        event.speech.why = TEXT("as the suite wants it");
        stage_happen(stage, event, delay_ms + BROKEN_OFF_MS / 2);
    }
}

static void do_speech(struct stage *stage, const struct command *command)
{
    switch ((int)command->kind) {
    case SPEECH_LISTEN:
    case SPEECH_EXPECT:
        listen(stage, command);
        break;
    case SPEECH_FINISH:
        finish(stage, command);
        break;
    case SPEECH_FORGET:
        stage->mouth.final_size = stage->now_ms >= stage->mouth.to_ms ? stage->mouth.words.size : 0;
        break;
    case SPEECH_STOP:
        stage->listening = false;
        stage_happen(stage, (struct event){.kind = SPEECH_STOPPED, .leg = command->leg}, 5);
        break;
    case SPEECH_SAY:
        say(stage, command);
        break;
    case SPEECH_CANCEL:
        stage_unhappen(stage, SPEECH_READY);
        break;
    default:
        break;
    }
}

/* ---- The account ---- */

static void do_store(struct stage *stage, const struct command *command)
{
    struct event event = {.kind = STORE_OPENED, .call = command->call, .leg = command->leg};
    struct stage_ledger line = {.at_ms = stage->now_ms - STAGE_BEGIN_MS, .command = command};

    if (command->kind == STORE_CALL_OPENED) {
        stage->call = command->call;
        stage_happen(stage, event, 2);
    } else if (command->kind == STORE_TOOL && command->tool_account.state == TOOL_STATE_ASKED) {
        event.kind = STORE_NOTED;
        event.noted.turn = command->tool_account.turn;
        event.noted.number = command->tool_account.number;
        stage_happen(stage, event, 2);
    } else if (command->kind == STORE_TASK) {
        event.kind = STORE_NOTED;
        event.noted.turn = command->task.turn;
        event.noted.number = command->task.number;
        stage_happen(stage, event, 2);
    } else if (command->kind == STORE_CALL_CLOSED) {
        stage->over = true;
    }
    stage->witness.note(stage->witness.context, &line);
}

void stage_carry_out(struct stage *stage, const struct command *command)
{
    switch (command_limb(command->kind)) {
    case LIMB_SIP:
        do_sip(stage, command);
        break;
    case LIMB_MEDIA:
        do_media(stage, command);
        break;
    case LIMB_SPEECH:
        do_speech(stage, command);
        break;
    case LIMB_MIND:
        stage_think(stage, command);
        break;
    case LIMB_STORE:
        do_store(stage, command);
        break;
    case LIMB_CORE:
        break;
    }
}

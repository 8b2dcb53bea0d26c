// SPDX-License-Identifier: Apache-2.0
/* stage.c - a clock without time, a caller with a script. */
#include "eval/stage.h"

#include <stdlib.h>
#include <string.h>

#include "eval/stage_inside.h"

enum {
    ARENA_BYTES = 16 << 20,
    CALLS = 2,
    SPARE_LEGS = STAGE_PHONES,
    LONGEST_MS = 600000, /* Of one turn: more is going round in circles. */
    STEPS = 20000
};

static const char offer[] =
    "v=0\r\no=- 1 1 IN IP4 192.0.2.7\r\ns=-\r\nc=IN IP4 192.0.2.7\r\nt=0 0\r\n"
    "m=audio 4000 RTP/AVP 0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n";

/* ---- What is going to happen ---- */

void stage_happen(struct stage *stage, struct event event, uint32_t delay_ms)
{
    if (stage->count == STAGE_HAPPENINGS) {
        stage->overflow = true;
        return;
    }
    event.at_ms = stage->now_ms + delay_ms;
    stage->happenings[stage->count++] =
        (struct happening){.at_ms = event.at_ms, .order = stage->order++, .event = event};
}

void stage_happen_about(struct stage *stage, struct event event, uint32_t delay_ms)
{
    if (!stage->nominal)
        delay_ms = delay_ms / 2 + random_below(&stage->random, delay_ms * 3 / 2 + 1);
    stage_happen(stage, event, delay_ms);
}

void stage_unhappen(struct stage *stage, enum event_kind kind)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < stage->count; i++)
        if (stage->happenings[i].event.kind != kind)
            stage->happenings[kept++] = stage->happenings[i];
    stage->count = kept;
}

static struct happening *next_happening(struct stage *stage)
{
    struct happening *next = NULL;

    for (uint32_t i = 0; i < stage->count; i++) {
        struct happening *h = &stage->happenings[i];
        if (!next || h->at_ms < next->at_ms || (h->at_ms == next->at_ms && h->order < next->order))
            next = h;
    }
    return next;
}

static struct stage_timer *next_timer(struct stage *stage)
{
    struct stage_timer *next = NULL;

    for (uint32_t i = 0; i < TIMER_KINDS; i++) {
        struct stage_timer *t = &stage->timers[i];
        if (t->set && (!next || t->at_ms < next->at_ms ||
                       (t->at_ms == next->at_ms && t->order < next->order)))
            next = t;
    }
    return next;
}

static void step(struct stage *stage, struct event *event)
{
    struct commands *out = &stage->commands;

    event->now_ms = stage->now_ms;
    event->wall_ms = STAGE_WALL_MS + stage->now_ms;
    if (event->at_ms == 0)
        event->at_ms = stage->now_ms;
    core_step(stage->core, event, out);
    for (uint32_t i = 0; i < out->count; i++) {
        const struct command *command = &out->items[i];
        if (command->kind == TIMER_SET)
            stage->timers[command->timer.kind] =
                (struct stage_timer){.set = true,
                                     .at_ms = command->timer.at_ms,
                                     .order = stage->order++,
                                     .call = command->call,
                                     .serial = command->timer.serial};
        else if (command->kind == TIMER_CANCEL)
            stage->timers[command->timer.kind].set = false;
        else
            stage_carry_out(stage, command);
    }
}

static void fire(struct stage *stage, struct stage_timer *timer)
{
    struct event event = {.kind = TIMER_FIRED, .call = timer->call};

    event.timer.kind = (enum timer_kind)(timer - stage->timers);
    event.timer.serial = timer->serial;
    timer->set = false;
    step(stage, &event);
}

/* The next thing, when it comes before until_ms. False: nothing does. */
static bool advance(struct stage *stage, uint64_t until_ms)
{
    struct happening *happening = next_happening(stage);
    struct stage_timer *timer = next_timer(stage);
    uint64_t at_ms;

    if (happening && timer && timer->at_ms < happening->at_ms)
        happening = NULL;
    if (!happening && !timer)
        return false;
    at_ms = happening ? happening->at_ms : timer->at_ms;
    if (at_ms > until_ms)
        return false;
    if (at_ms > stage->now_ms)
        stage->now_ms = at_ms;
    if (!happening) {
        fire(stage, timer);
        return true;
    }
    struct event event = happening->event;
    *happening = stage->happenings[--stage->count];
    if (event.kind != MEDIA_PLAYED || stage_played(stage, &event))
        step(stage, &event);
    return true;
}

static void pass(struct stage *stage, uint64_t ms)
{
    uint64_t until_ms = stage->now_ms + ms;

    for (uint32_t i = 0; i < STEPS && advance(stage, until_ms); i++)
        ;
    if (stage->now_ms < until_ms)
        stage->now_ms = until_ms;
}

/* A timer that fires within this is something to do: what comes later lets the caller act
 * meanwhile. */
static uint64_t awaited_ms(enum timer_kind kind)
{
    switch ((int)kind) {
    case TIMER_SILENCE:
    case TIMER_SESSION:
    case TIMER_CALL:
    case TIMER_AUDIO:
    case TIMER_FAR_SESSION:
    case TIMER_OLD:
    case TIMER_HOUSE:
        return 0;
    case TIMER_WAIT:  /* The next words to a waiting caller. */
    case TIMER_OFFER: /* An operator's telephone rings. */
        return 5000;
    case TIMER_ANSWER: /* The end of a long message; a turn's deadline is nearer. */
        return 20000;
    default:
        return LONGEST_MS;
    }
}

static bool quiet(const struct stage *stage)
{
    if (stage->count > 0 || stage->overflow)
        return stage->overflow;
    for (uint32_t i = 0; i < TIMER_KINDS; i++) {
        const struct stage_timer *timer = &stage->timers[i];
        if (timer->set && timer->at_ms < stage->now_ms + awaited_ms((enum timer_kind)i))
            return false;
    }
    return true;
}

/* Until nobody has anything to do; sounding_ms: or the agent has been speaking so long. */
static bool settle(struct stage *stage, uint32_t sounding_ms, struct text_buffer *why)
{
    uint64_t until_ms = stage->now_ms + LONGEST_MS;
    uint32_t steps = 0, for_ms;

    while (!quiet(stage) && !stage->over) {
        if (sounding_ms && stage_sounding(stage, &for_ms)) {
            if (for_ms < sounding_ms)
                pass(stage, sounding_ms - for_ms);
            if (stage_sounding(stage, &for_ms) && for_ms >= sounding_ms)
                return true;
            continue;
        }
        if (++steps > STEPS || !advance(stage, until_ms)) {
            text_append(why, TEXT("the agent came to no end"));
            return false;
        }
    }
    if (stage->overflow)
        text_append(why, TEXT("too much was going to happen at once"));
    if (stage->unruled.size > 0) {
        text_append(why, TEXT("no rule of the suite's `model` answers \""));
        text_append(why, stage->unruled);
        text_append_char(why, '"');
        stage->unruled = TEXT_EMPTY;
        return false;
    }
    return !stage->overflow;
}

/* ---- The caller ---- */

static void voice(struct stage *stage, bool on, uint32_t delay_ms)
{
    struct event event = {.kind = MEDIA_VOICE, .leg = stage->leg};

    event.voice.voiced = on;
    event.voice.edge_ms = stage->now_ms + delay_ms;
    event.voice.level_db = on ? -20 : -70;
    stage_happen(stage, event, delay_ms + GATE_MS);
}

/* How much of the words is understood at a time: whole words, and the end only after the end. */
static uint32_t heard_size(const struct mouth *mouth, uint64_t at_ms)
{
    uint64_t size;

    if (at_ms >= mouth->to_ms)
        return mouth->words.size;
    if (at_ms <= mouth->from_ms)
        return 0;
    size = mouth->words.size * (at_ms - mouth->from_ms) / (mouth->to_ms - mouth->from_ms);
    while (size > 0 && mouth->words.data[size] != ' ')
        size--;
    return (uint32_t)size;
}

static void partials(struct stage *stage)
{
    const struct mouth *mouth = &stage->mouth;
    uint64_t last_ms = mouth->to_ms + PARTIAL_MS / 2;

    for (uint64_t at_ms = mouth->from_ms + PARTIAL_MS; at_ms < last_ms + PARTIAL_MS;
         at_ms += PARTIAL_MS) {
        struct event event = {.kind = SPEECH_PARTIAL, .leg = stage->leg};
        if (at_ms > last_ms)
            at_ms = last_ms;
        event.heard.text = text_part(mouth->words, 0, heard_size(mouth, at_ms - PARTIAL_MS / 2));
        event.heard.confidence_permille = mouth->confidence_permille;
        event.heard.speech_from_ms = mouth->from_ms;
        event.heard.speech_to_ms = at_ms < mouth->to_ms ? at_ms : mouth->to_ms;
        if (event.heard.text.size > 0)
            stage_happen(stage, event, (uint32_t)(at_ms - stage->now_ms));
    }
}

static void speak(struct stage *stage, const struct suite_turn *turn)
{
    uint32_t length_ms = turn->words.size * CHARACTER_MS;
    struct event verdict = {.kind = SPEECH_VERDICT, .leg = stage->leg};

    stage->mouth = (struct mouth){.words = turn->heard.size ? turn->heard : turn->words,
                                  .confidence_permille = turn->confidence_permille,
                                  .from_ms = stage->now_ms,
                                  .to_ms = stage->now_ms + length_ms};
    voice(stage, true, 0);
    voice(stage, false, length_ms);
    verdict.verdict.speech = true;
    verdict.verdict.probability_permille = 900;
    verdict.verdict.voiced_ms = VERDICT_MS;
    stage_happen(stage, verdict, VERDICT_MS);
    partials(stage);
    pass(stage, length_ms + GATE_MS);
}

static void press(struct stage *stage, struct text keys)
{
    for (uint32_t i = 0; i < keys.size && !stage->over; i++) {
        struct event event = {.kind = MEDIA_KEY, .leg = stage->leg};
        event.key.key = keys.data[i];
        event.key.source = KEY_RTP;
        event.key.duration_ms = 100;
        stage_happen(stage, event, 20);
        pass(stage, 400);
    }
}

static void hang_up(struct stage *stage)
{
    stage_happen(stage, (struct event){.kind = SIP_BYE, .sip.dialog = STAGE_DIALOG}, 0);
    stage_happen(stage, (struct event){.kind = SIP_RELEASED, .sip.dialog = STAGE_DIALOG}, 40);
}

static void apply_faults(struct stage *stage, const struct suite_turn *turn)
{
    for (uint32_t i = 0; i < turn->fault_count; i++) {
        int32_t part = stage_part(stage, turn->faults[i].part);
        if (part >= 0)
            stage->failing[part] = turn->faults[i].failing;
        if (part >= 0 && part == (stage->ears < 0 ? PART_EARS : stage->ears) &&
            turn->faults[i].failing == FAILING_REFUSES && stage->listening) {
            struct event event = {.kind = SPEECH_FAILED, .leg = stage->leg};
            event.speech.provider = stage->ears;
            event.speech.why = TEXT("as the suite wants it");
            stage_happen(stage, event, 0);
        }
    }
}

bool stage_greeting(struct stage *stage, struct text_buffer *why)
{
    return settle(stage, 0, why);
}

bool stage_turn(struct stage *stage, uint32_t index, struct text_buffer *why)
{
    const struct suite_turn *turn = &stage->suite->turns[index];
    const struct suite_turn *next = index + 1 < stage->suite->turn_count ? turn + 1 : NULL;
    uint32_t for_ms;

    if (turn->act != ACT_INTERRUPT && turn->act != ACT_NONE && !settle(stage, 0, why))
        return false;
    if (stage->over && turn->act != ACT_NONE) {
        text_append(why, TEXT("the call was over before this"));
        return false;
    }
    if (turn->act == ACT_INTERRUPT && index == 0 && !settle(stage, turn->ms, why))
        return false;
    if (turn->act == ACT_INTERRUPT && !stage_sounding(stage, &for_ms)) {
        text_append(why, TEXT("the agent does not speak: there is nothing to interrupt"));
        return false;
    }
    apply_faults(stage, turn);
    stage_people(stage, turn->people, turn->people_count);
    switch (turn->act) {
    case ACT_SAY:
    case ACT_INTERRUPT:
        speak(stage, turn);
        break;
    case ACT_PRESS:
        press(stage, turn->words);
        break;
    case ACT_WAIT:
        pass(stage, turn->ms);
        break;
    case ACT_HANG_UP:
        hang_up(stage);
        break;
    case ACT_NONE:
        break;
    }
    return settle(stage, next && next->act == ACT_INTERRUPT ? next->ms : 0, why);
}

/* ---- Beginning and end ---- */

/* The plan as it is, but that a stranger's address belongs to the trunk of the number's route. */
static bool let_in(struct stage *stage, const struct plan *plan)
{
    struct plan_trunk *trunks =
        arena_take(stage->arena, (plan->trunk_count + 1u) * sizeof(*trunks));
    struct plan_source *source = arena_take(stage->arena, sizeof(*source));
    int16_t trunk = -1;

    if (!trunks || !source)
        return false;
    for (uint32_t i = 0; i < plan->route_count; i++) {
        const struct plan_route *route = &plan->routes[i];
        struct text number = route->number;
        bool prefix = number.size > 0 && number.data[number.size - 1] == '*';
        if (prefix)
            number.size--;
        if (prefix ? text_starts(stage->suite->called, number)
                   : text_equal(stage->suite->called, number)) {
            trunk = route->trunk;
            break;
        }
    }
    memcpy(trunks, plan->trunks, plan->trunk_count * sizeof(*trunks));
    for (uint32_t i = 0; i < plan->trunk_count; i++)
        trunks[i].source_count = 0;
    static const uint8_t stranger[16] = {[10] = 0xff, 0xff, 192, 0, 2, 7};
    memcpy(source->address, stranger, sizeof(stranger));
    source->prefix_bits = 128;
    trunks[trunk < 0 ? 0 : trunk].sources = source;
    trunks[trunk < 0 ? 0 : trunk].source_count = 1;
    trunks[trunk < 0 ? 0 : trunk].authenticate = false;
    trunks[trunk < 0 ? 0 : trunk].srtp = SRTP_OFF;
    trunks[trunk < 0 ? 0 : trunk].codec_count = 0;
    stage->plan = *plan;
    stage->plan.trunks = trunks;
    stage->plan.max_calls_per_second = 0;
    return plan->trunk_count > 0;
}

static void invite(struct stage *stage, uint64_t seed)
{
    struct event event = {.kind = SIP_INVITE};

    event.invite.dialog = STAGE_DIALOG;
    event.invite.seed = seed;
    event.invite.source = TEXT("192.0.2.7:5060");
    event.invite.local = TEXT("203.0.113.1");
    event.invite.from = stage->suite->caller;
    event.invite.to = stage->suite->called;
    event.invite.sip_call_id = TEXT("eval");
    event.invite.sdp = text_of(offer);
    event.invite.hops = 70;
    step(stage, &event);
}

struct stage *stage_open(const struct plan *plan, const struct suite_conversation *call,
                         const struct stage_mind *mind, const struct stage_witness *witness,
                         uint64_t seed)
{
    struct stage *stage = calloc(1, sizeof(*stage));
    struct event loaded = {.kind = PLAN_LOADED, .plan = {.slot = 0, .serial = 1}};
    void *memory = calloc(1, core_size(CALLS, SPARE_LEGS));

    if (!stage || !memory || !(stage->arena = arena_new(ARENA_BYTES))) {
        free(stage);
        free(memory);
        return NULL;
    }
    stage->core = core_init(memory, CALLS, SPARE_LEGS);
    stage->suite = call;
    stage->nominal = seed == 0;
    stage->random.state = seed;
    stage->mind = *mind;
    stage->witness = *witness;
    stage->now_ms = STAGE_BEGIN_MS;
    stage->ears = stage->speaks = PROVIDER_EMBEDDED;
    if (!let_in(stage, plan)) {
        stage_close(stage);
        return NULL;
    }
    core_set_plan(stage->core, 0, &stage->plan);
    step(stage, &loaded);
    stage_people_begin(stage);
    pass(stage, 1);
    invite(stage, seed);
    return stage;
}

void stage_close(struct stage *stage)
{
    free(stage->core);
    arena_free(stage->arena);
    free(stage);
}

void stage_finish(struct stage *stage)
{
    if (!stage->over) {
        hang_up(stage);
        pass(stage, LONGEST_MS / 10);
    }
}

bool stage_over(const struct stage *stage)
{
    return stage->over;
}

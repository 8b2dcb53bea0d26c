// SPDX-License-Identifier: Apache-2.0
/* enforce.c - turns to counts, counts to steps, and back. */
#include "core/enforce.h"

enum { SECOND_MS = 1000, DOUBLINGS = 4, SLO_TOLD_MS = 10000 };

static const struct slo_subject *find(const struct core *core, enum slo_kind kind, struct text name)
{
    for (uint32_t i = 0; i < SLO_SUBJECTS && core->slo[i].name[0]; i++)
        if (core->slo[i].kind == kind && text_equal(text_of(core->slo[i].name), name))
            return &core->slo[i];
    return NULL;
}

static uint64_t last_ms(const struct slo_subject *subject)
{
    uint64_t a = subject->series[0].now_ms, b = subject->series[1].now_ms;

    return a > b ? a : b;
}

/* Its place; when all are taken, that of who had no turn for longest. They fill up from the first
 * on, and are never empty again. */
static struct slo_subject *subject_of(struct core *core, enum slo_kind kind, struct text name)
{
    const struct slo_subject *found = find(core, kind, name);
    uint32_t oldest = 0;

    if (found)
        return &core->slo[found - core->slo];
    for (uint32_t i = 0; i < SLO_SUBJECTS; i++) {
        if (!core->slo[i].name[0]) {
            oldest = i;
            break;
        }
        if (core->slo[oldest].step != SLO_STEP_NONE ||
            (core->slo[i].step == SLO_STEP_NONE &&
             last_ms(&core->slo[i]) < last_ms(&core->slo[oldest])))
            oldest = i;
    }
    struct slo_subject *subject = &core->slo[oldest];
    *subject = (struct slo_subject){.kind = kind};
    text_copy(subject->name, sizeof(subject->name), name);
    return subject;
}

/* ---- Steps ---- */

static const struct plan_slo *promised(const struct core *core)
{
    return core->plan_now >= 0 ? &core->plans[core->plan_now]->slo : NULL;
}

static void tell(struct step *step, struct slo_subject *subject, enum slo_step to,
                 enum slo_measure measure, struct slo_count count)
{
    struct command *command = step_emit(step, STORE_SLO, NULL);

    command->slo.name = step_text_copy(step, text_of(subject->name));
    command->slo.wall_ms = step->event->wall_ms;
    command->slo.kind = subject->kind;
    command->slo.was = subject->step;
    command->slo.step = to;
    command->slo.measure = measure;
    command->slo.turns = count.turns;
    command->slo.late = count.late;
    command->slo.burn_hundredths = slo_burn(count, promised(step->core)->share_permille);
    subject->step = to;
    subject->step_ms = step->event->now_ms;
}

/* There is always a next time. */
static bool room(const struct step *step)
{
    return step->out->count <= COMMANDS_A_STEP / 2;
}

static uint64_t hold_ms(const struct slo_subject *subject)
{
    uint64_t ms = (uint64_t)SLO_HOLD_MS
                  << (subject->returns < DOUBLINGS ? subject->returns : DOUBLINGS);

    return ms < SLO_LONGEST_HOLD_MS ? ms : SLO_LONGEST_HOLD_MS;
}

/* The step after this one, as far as the plan goes. */
static enum slo_step next_of(const struct slo_subject *subject, enum slo_act act)
{
    if (subject->kind == SLO_PROVIDER)
        return act >= SLO_MOVE ? SLO_STEP_AVOIDED : SLO_STEP_NONE;
    if (subject->step == SLO_STEP_NONE)
        return act >= SLO_EMBEDDED ? SLO_STEP_EMBEDDED : SLO_STEP_NONE;
    return act >= SLO_REFUSE ? SLO_STEP_REFUSING : subject->step;
}

static enum slo_step before(const struct slo_subject *subject)
{
    return subject->step == SLO_STEP_REFUSING ? SLO_STEP_EMBEDDED : SLO_STEP_NONE;
}

/* Before that it is not known what came of the last step. */
static uint64_t since_ms(const struct core *core, const struct slo_subject *subject)
{
    uint64_t moved_ms = subject->kind == SLO_AGENT ? core->slo_moved_ms : 0;

    return subject->step_ms > moved_ms ? subject->step_ms : moved_ms;
}

/* Late turns above the line: one step on. */
static void step_on(struct step *step, struct slo_subject *subject, enum slo_measure measure)
{
    const struct plan_slo *slo = promised(step->core);
    const struct slo_series *series = &subject->series[measure];
    uint64_t now_ms = step->event->now_ms, since = since_ms(step->core, subject);
    enum slo_step to = next_of(subject, slo->act);
    struct slo_count count = slo_count_since(series, since, now_ms);

    if (to == subject->step || count.turns < SLO_LEAST_TURNS || !room(step) ||
        (since > 0 && now_ms - since < SLO_SETTLE_MS) ||
        slo_burn(count, slo->share_permille) <= slo->burn_hundredths ||
        slo_burn(slo_count(series, SLO_HOUR, now_ms), slo->share_permille) <= slo->burn_hundredths)
        return;
    if (subject->step == SLO_STEP_NONE)
        subject->returns =
            subject->left_ms > 0 && now_ms - subject->left_ms < SLO_LONGEST_HOLD_MS
                ? (uint8_t)(subject->returns < DOUBLINGS ? subject->returns + 1 : DOUBLINGS)
                : 0;
    tell(step, subject, to, measure, count);
    if (subject->kind == SLO_PROVIDER)
        step->core->slo_moved_ms = now_ms;
}

/* Whether an agent's turns are well in time. Of a provider that is avoided nothing is known but what
 * it did for others that failed: it is tried. */
static bool calm(const struct slo_subject *subject, const struct plan_slo *slo, uint64_t now_ms)
{
    struct slo_count count = slo_count(&subject->series[SLO_ROUND_TRIP], SLO_5_MINUTES, now_ms);

    return subject->kind == SLO_PROVIDER ||
           slo_burn(count, slo->share_permille) * 2 <= slo->burn_hundredths;
}

/* In time again, or nobody knows better: one step back. */
static void step_back(struct step *step, struct slo_subject *subject)
{
    const struct plan_slo *slo = promised(step->core);
    uint64_t now_ms = step->event->now_ms;
    bool watched = slo->round_trip_ms > 0 && slo->act != SLO_WATCH;

    if (watched && (now_ms - subject->step_ms < hold_ms(subject) || !calm(subject, slo, now_ms)))
        return;
    subject->left_ms = now_ms;
    tell(step, subject, before(subject), SLO_ROUND_TRIP,
         slo_count(&subject->series[SLO_ROUND_TRIP], SLO_5_MINUTES, now_ms));
}

void enforce_known(struct step *step)
{
    const struct event *event = step->event;
    struct slo_subject *subject =
        subject_of(step->core, event->counted.kind, event->counted.name);

    slo_past(&subject->series[event->counted.measure], event->now_ms, event->counted.span,
             event->counted.age_ms, (struct slo_count){event->counted.turns, event->counted.late});
}

/* False: there was no room for it. */
static bool tell_count(struct step *step, struct slo_subject *subject, enum slo_measure measure)
{
    struct slo_count *untold = &subject->untold[measure];

    if (untold->turns == 0)
        return true;
    if (!room(step))
        return false;
    struct command *command = step_emit(step, STORE_SLO_COUNT, NULL);
    command->slo.name = step_text_copy(step, text_of(subject->name));
    command->slo.wall_ms = step->event->wall_ms;
    command->slo.kind = subject->kind;
    command->slo.measure = measure;
    command->slo.turns = untold->turns;
    command->slo.late = untold->late;
    *untold = (struct slo_count){0, 0};
    return true;
}

static void tell_counts(struct step *step)
{
    struct core *core = step->core;
    bool all = true;

    if (step->event->now_ms < core->slo_told_ms)
        return;
    for (uint32_t i = 0; i < SLO_SUBJECTS && core->slo[i].name[0] && all; i++)
        for (enum slo_measure measure = SLO_FIRST_PARTIAL; measure < SLO_MEASURES && all; measure++)
            all = tell_count(step, &core->slo[i], measure);
    if (all)
        core->slo_told_ms = step->event->now_ms + SLO_TOLD_MS;
}

void enforce_tend(struct step *step)
{
    struct core *core = step->core;

    if (step->event->now_ms < core->slo_due_ms || core->plan_now < 0)
        return;
    core->slo_due_ms = step->event->now_ms + SECOND_MS;
    tell_counts(step);
    for (uint32_t i = 0; i < SLO_SUBJECTS && core->slo[i].name[0]; i++)
        if (core->slo[i].step != SLO_STEP_NONE && room(step))
            step_back(step, &core->slo[i]);
}

/* ---- Turns ---- */

enum part { PART_HEARD, PART_THOUGHT, PART_SPOKEN, PARTS };

static int32_t between(int32_t from_ms, int32_t to_ms)
{
    return from_ms < 0 || to_ms < from_ms ? 0 : to_ms - from_ms;
}

/* Whose part took longest. What never came is as long as the caller waited. */
static enum part slowest(const struct command *ledger, int32_t waited_ms)
{
    int32_t text_ms = ledger->ledger.final_text_ms, speech_ms = ledger->ledger.first_speech_ms;
    int32_t token_ms = ledger->ledger.first_token_ms;
    int32_t ms[PARTS];
    enum part most = PART_HEARD;

    if (token_ms < 0)
        token_ms = ledger->ledger.understood_ms;
    ms[PART_HEARD] = between(ledger->ledger.end_of_turn_ms, text_ms < 0 ? waited_ms : text_ms);
    ms[PART_THOUGHT] = between(text_ms, token_ms < 0 ? waited_ms : token_ms);
    ms[PART_SPOKEN] = between(token_ms, speech_ms < 0 ? waited_ms : speech_ms);
    for (enum part part = PART_THOUGHT; part < PARTS; part++)
        if (ms[part] > ms[most])
            most = part;
    return most;
}

static void count(struct step *step, enum slo_kind kind, struct text name,
                  enum slo_measure measure, uint32_t took_ms, bool late)
{
    struct slo_subject *subject = subject_of(step->core, kind, name);

    slo_add(&subject->series[measure], step->event->now_ms, took_ms, late);
    subject->untold[measure].turns++;
    subject->untold[measure].late += late;
    if (kind == SLO_PROVIDER ? !text_equal(name, TEXT("embedded")) : measure == SLO_ROUND_TRIP)
        step_on(step, subject, measure);
}

static void count_round_trip(struct step *step, struct text agent, const struct command *ledger,
                             uint32_t took_ms, bool late)
{
    const struct text by[PARTS] = {ledger->ledger.heard_by, ledger->ledger.thought_by,
                                   ledger->ledger.spoken_by};
    enum part most = late ? slowest(ledger, (int32_t)took_ms) : PARTS;

    for (enum part part = PART_HEARD; part < PARTS; part++) {
        bool again = (part > PART_HEARD && text_equal(by[part], by[PART_HEARD])) ||
                     (part > PART_THOUGHT && text_equal(by[part], by[PART_THOUGHT]));
        if (!again && by[part].size > 0)
            count(step, SLO_PROVIDER, by[part], SLO_ROUND_TRIP, took_ms,
                  late && text_equal(by[part], by[most]));
    }
    count(step, SLO_AGENT, agent, SLO_ROUND_TRIP, took_ms, late);
}

void enforce_turn(struct step *step, const struct plan_agent *asked, const struct command *ledger,
                  uint64_t waited_ms)
{
    const struct plan_slo *slo = promised(step->core);
    struct text agent = asked->name;
    int32_t partial_ms = ledger->ledger.first_partial_ms, audible_ms = ledger->ledger.audible_ms;

    if (!slo || slo->round_trip_ms == 0)
        return;
    if (partial_ms >= 0) {
        bool late = (uint32_t)partial_ms > slo->first_partial_ms;
        count(step, SLO_PROVIDER, ledger->ledger.heard_by, SLO_FIRST_PARTIAL, (uint32_t)partial_ms,
              late);
        count(step, SLO_AGENT, agent, SLO_FIRST_PARTIAL, (uint32_t)partial_ms, late);
    }
    if (audible_ms < 0 && waited_ms <= slo->round_trip_ms)
        return; /* The caller did not wait for an answer. */
    uint32_t took_ms = audible_ms >= 0         ? (uint32_t)audible_ms
                       : waited_ms < INT32_MAX ? (uint32_t)waited_ms
                                               : INT32_MAX;
    count_round_trip(step, agent, ledger, took_ms, took_ms > slo->round_trip_ms);
}

/* ---- Asked ---- */

static enum slo_step step_of(const struct core *core, enum slo_kind kind, struct text name)
{
    const struct slo_subject *subject = find(core, kind, name);

    return subject ? subject->step : SLO_STEP_NONE;
}

bool enforce_avoids(const struct core *core, const struct plan *plan, int16_t provider)
{
    return step_of(core, SLO_PROVIDER, plan->providers[provider].name) == SLO_STEP_AVOIDED;
}

bool enforce_at_home(const struct core *core, const struct plan *plan, int16_t agent)
{
    return agent >= 0 &&
           step_of(core, SLO_AGENT, plan->agents[agent].name) >= SLO_STEP_EMBEDDED;
}

bool enforce_refuses(const struct core *core, const struct plan *plan, int16_t agent)
{
    return agent >= 0 &&
           step_of(core, SLO_AGENT, plan->agents[agent].name) == SLO_STEP_REFUSING;
}

bool enforce_row(const struct core *core, uint32_t index, uint64_t now_ms, struct slo_row *out)
{
    const struct slo_subject *subject = &core->slo[index < SLO_SUBJECTS ? index : 0];
    const struct plan_slo *slo = promised(core);

    if (index >= SLO_SUBJECTS || !subject->name[0] || !slo)
        return false;
    *out = (struct slo_row){
        .kind = subject->kind,
        .step = subject->step,
        .step_s = subject->step_ms ? (uint32_t)((now_ms - subject->step_ms) / SECOND_MS) : 0,
        .limits = {slo->first_partial_ms, slo->round_trip_ms, slo->share_permille,
                   slo->burn_hundredths, slo->act}};
    text_copy(out->name, sizeof(out->name), text_of(subject->name));
    for (enum slo_measure measure = SLO_FIRST_PARTIAL; measure < SLO_MEASURES; measure++) {
        const struct slo_series *series = &subject->series[measure];
        struct slo_figures *figures = &out->measures[measure];
        for (enum slo_window window = SLO_5_MINUTES; window < SLO_WINDOWS; window++)
            figures->windows[window] = slo_count(series, window, now_ms);
        figures->p50_ms = slo_quantile(series, 500, now_ms);
        figures->p95_ms = slo_quantile(series, 950, now_ms);
    }
    return true;
}

bool enforce_check(const struct core *core, struct text_buffer *why)
{
    for (uint32_t i = 0; i < SLO_SUBJECTS; i++) {
        const struct slo_subject *subject = &core->slo[i];
        bool provider = subject->kind == SLO_PROVIDER;
        if (subject->step == SLO_STEP_NONE)
            continue;
        if (!subject->name[0] || provider != (subject->step == SLO_STEP_AVOIDED)) {
            text_append(why, TEXT("a step against lateness that its subject cannot have"));
            return false;
        }
    }
    return true;
}

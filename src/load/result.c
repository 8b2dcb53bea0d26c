// SPDX-License-Identifier: Apache-2.0
/* result.c - sums of figures, and what makes them good or bad. */
#include "load/result.h"

#include <stdlib.h>

static const double FAILED_PERCENT = 0.1, BAD_PERCENT = 0.5, UNEVEN_MS = 20;
static const double OWN_LATE_MS = 10, OWN_LATE_LEAST = 5, OWN_LOST_PERCENT = 0.1;

const char *const load_verdict_names[] = {
    [LOAD_GOOD] = "good", [LOAD_BAD] = "bad", [LOAD_NO_VERDICT] = "none"};

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

static void add_status(struct load_figures *figures, uint16_t status, uint32_t count)
{
    for (uint32_t i = 0; i < LOAD_STATUSES; i++) {
        struct load_status *slot = &figures->statuses[i];
        if (slot->status != 0 && slot->status != status)
            continue;
        slot->status = status;
        slot->count += count;
        return;
    }
    figures->status_other += count;
}

void load_figures_refused(struct load_figures *figures, uint16_t status, uint64_t us)
{
    figures->refused++;
    add_status(figures, status, 1);
    spread_add(&figures->refusal, us);
    if (status == 503)
        spread_add(&figures->busy, us);
}

static void merge_calls(struct load_figures *into, const struct load_figures *from)
{
    into->started += from->started;
    into->answered += from->answered;
    into->refused += from->refused;
    into->unanswered += from->unanswered;
    into->cancelled += from->cancelled;
    into->ended += from->ended;
    into->ended_by_server += from->ended_by_server;
    into->ended_badly += from->ended_badly;
    into->again_invite += from->again_invite;
    into->again_bye += from->again_bye;
    into->again_answer += from->again_answer;
    into->challenged += from->challenged;
    for (uint32_t i = 0; i < LOAD_STATUSES; i++) {
        if (from->statuses[i].count > 0)
            add_status(into, from->statuses[i].status, from->statuses[i].count);
    }
    into->status_other += from->status_other;
}

static void merge_sound(struct load_figures *into, const struct load_figures *from)
{
    into->sent += from->sent;
    into->received += from->received;
    into->dropped += from->dropped;
    into->lost += from->lost;
    into->late += from->late;
    into->duplicates += from->duplicates;
    into->strange += from->strange;
    into->gaps += from->gaps;
    if (from->longest_gap_us > into->longest_gap_us)
        into->longest_gap_us = from->longest_gap_us;
    into->heard += from->heard;
    into->one_way += from->one_way;
    into->silent += from->silent;
    into->stopped += from->stopped;
    into->own_drops += from->own_drops;
    into->own_failures += from->own_failures;
}

static void merge_talk(struct load_figures *into, const struct load_figures *from)
{
    into->utterances += from->utterances;
    into->answers += from->answers;
    into->answers_missed += from->answers_missed;
    into->barges += from->barges;
    into->barges_ignored += from->barges_ignored;
    into->keys += from->keys;
    into->keys_heeded += from->keys_heeded;
}

void load_figures_merge(struct load_figures *into, const struct load_figures *from)
{
    merge_calls(into, from);
    merge_sound(into, from);
    merge_talk(into, from);
    spread_merge(&into->set_up, &from->set_up);
    spread_merge(&into->first_audio, &from->first_audio);
    spread_merge(&into->tear_down, &from->tear_down);
    spread_merge(&into->refusal, &from->refusal);
    spread_merge(&into->busy, &from->busy);
    spread_merge(&into->deviation, &from->deviation);
    spread_merge(&into->lateness, &from->lateness);
    spread_merge(&into->answer, &from->answer);
    spread_merge(&into->barge, &from->barge);
    spread_merge(&into->own_lateness, &from->own_lateness);
}

uint32_t load_figures_failed(const struct load_figures *figures)
{
    return figures->refused + figures->unanswered + figures->ended_badly;
}

double load_figures_bad_percent(const struct load_figures *figures)
{
    return percent((double)(figures->lost + figures->late),
                   (double)(figures->received + figures->lost));
}

static uint32_t reasons_of_calls(const struct load_figures *f)
{
    /* In a step that began none, those that ended stand for its calls. */
    uint32_t began = f->answered + f->refused + f->unanswered;
    uint32_t ended = f->ended + f->ended_badly, reasons = 0;

    if (f->started > 0 && f->answered == 0)
        reasons |= LOAD_NOBODY_ANSWERED;
    if (percent(f->refused, began) >= FAILED_PERCENT)
        reasons |= LOAD_CALLS_REFUSED;
    if (percent(f->unanswered, began) >= FAILED_PERCENT)
        reasons |= LOAD_CALLS_UNANSWERED;
    if (percent(f->ended_badly, ended) >= FAILED_PERCENT)
        reasons |= LOAD_CALLS_ENDED_BADLY;
    return reasons;
}

static uint32_t reasons_of_sound(const struct load_figures *f)
{
    uint32_t reasons = 0;

    if (f->one_way + f->silent + f->stopped > 0)
        reasons |= LOAD_CALLS_WITHOUT_SOUND;
    if (load_figures_bad_percent(f) >= BAD_PERCENT)
        reasons |= LOAD_LOST_AND_LATE;
    if (spread_ms(&f->deviation, 0.99) > UNEVEN_MS)
        reasons |= LOAD_UNEVEN;
    return reasons;
}

uint32_t load_figures_reasons(const struct load_figures *f, bool media)
{
    uint32_t reasons = reasons_of_calls(f) | (media ? reasons_of_sound(f) : 0);
    double late = spread_beyond(&f->own_lateness, OWN_LATE_MS) * (double)f->own_lateness.count;
    double came = (double)(f->received + f->own_drops), went = (double)(f->sent + f->own_failures);

    if (late >= OWN_LATE_LEAST && percent(late, (double)f->own_lateness.count) > 1)
        reasons |= LOAD_SENT_LATE;
    if (percent((double)f->own_drops, came) >= OWN_LOST_PERCENT)
        reasons |= LOAD_NOT_READ;
    if (percent((double)f->own_failures, went) >= OWN_LOST_PERCENT)
        reasons |= LOAD_NOT_SENT;
    return reasons;
}

const char *load_reason_words(enum load_reason reason)
{
    switch (reason) {
    case LOAD_NOBODY_ANSWERED:
        return "no call was answered";
    case LOAD_CALLS_REFUSED:
        return "calls were refused";
    case LOAD_CALLS_UNANSWERED:
        return "calls got no final answer";
    case LOAD_CALLS_ENDED_BADLY:
        return "calls did not end cleanly";
    case LOAD_CALLS_WITHOUT_SOUND:
        return "calls were one-way, silent, or stopped sounding";
    case LOAD_LOST_AND_LATE:
        return "0.5 % or more of the packets were lost or late";
    case LOAD_UNEVEN:
        return "p99 of the deviation is over 20 ms";
    case LOAD_SENT_LATE:
        return "the generator sent late: p99 of its own lateness is over 10 ms";
    case LOAD_NOT_READ:
        return "the generator did not read in time: its kernel dropped packets";
    case LOAD_NOT_SENT:
        return "the generator could not send: its kernel refused packets";
    case LOAD_RATE_MISSED:
        return "calls took so long to come and go that the rate was not reached";
    case LOAD_OWN_REASONS:
        break;
    }
    return "";
}

/* A generator that is late makes everything look late: then nothing is known of the server. */
enum load_verdict load_verdict_of(uint32_t reasons)
{
    if (reasons & LOAD_OWN_REASONS)
        return LOAD_NO_VERDICT;
    return reasons ? LOAD_BAD : LOAD_GOOD;
}

void load_result_free(struct load_result *result)
{
    free(result->seconds);
    free(result->steps);
    free(result->calls);
    *result = (struct load_result){.second_count = 0};
}

static const struct load_step *last_step(const struct load_result *result)
{
    for (uint32_t i = result->step_count; i > 0; i--) {
        const struct load_step *step = &result->steps[i - 1];
        if (step->at_end.processes > 0 && step->up_most > 0)
            return step;
    }
    return NULL;
}

double load_result_core_percent_a_call(const struct load_result *result)
{
    const struct load_step *step = last_step(result);

    return step ? 100 * step->server_cores / step->up_most : 0;
}

double load_result_kb_a_call(const struct load_result *result)
{
    const struct load_step *step = last_step(result);

    if (!step || step->at_end.pss_kb < result->idle.pss_kb)
        return 0;
    return (double)(step->at_end.pss_kb - result->idle.pss_kb) / step->up_most;
}

double load_result_call_p99_ms(const struct load_result *result, double quantile)
{
    uint32_t counts[66] = {0}, calls = 0, seen = 0;

    for (uint32_t i = 0; i < result->call_count; i++) {
        uint16_t ms = result->calls[i].deviation_p99_ms;
        if (result->calls[i].received == 0)
            continue;
        counts[ms < 65 ? ms : 65]++;
        calls++;
    }
    for (uint32_t ms = 0; ms < 66 && calls > 0; ms++) {
        seen += counts[ms];
        if (seen >= quantile * calls && seen > 0)
            return ms;
    }
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* limit.c - doubling, halving, and the comparison of what was measured with what is allowed. */
#include "load/limit.h"

#include <stdio.h>

/* What is allowed, as in load_figures_reasons(), and how much slower than usual is too slow. */
static const double FAILED_SHARE = 0.001, BAD_SHARE = 0.005, UNEVEN_MS = 20;
static const double LATE_TICK_SHARE = 0.01, AGAIN_SHARE = 0.01, MISSED_SHARE = 0.05;
static const double SET_UP_MS = 500, ANSWER_MS = 2000, SLOWER = 2;

const char *const limit_state_names[] = {"climbing",        "halving",    "found",  "beyond",
                                         "generator late", "never good", "stopped"};
const char *const limit_part_names[LIMIT_PARTS] = {
    [LIMIT_ADMISSION] = "admission",   [LIMIT_SIGNALLING] = "signalling",
    [LIMIT_MEDIA_TICK] = "media tick", [LIMIT_RECOGNISER] = "recogniser",
    [LIMIT_RECORDER] = "recorder",     [LIMIT_NETWORK] = "network"};

/* ---- Search ---- */

void limit_begin(struct limit_search *search, uint32_t first, uint32_t most)
{
    *search = (struct limit_search){.state = LIMIT_CLIMBING, .most = most, .next = first};
}

bool limit_goes_on(const struct limit_search *search)
{
    return search->state == LIMIT_CLIMBING || search->state == LIMIT_HALVING;
}

static bool near_enough(uint32_t good, uint32_t bad)
{
    return bad - good <= 1 ||
           (uint64_t)(bad - good) * 100 <= (uint64_t)good * LIMIT_RESOLUTION_PERCENT;
}

static void halve(struct limit_search *search)
{
    if (search->good == 0 && search->bad == 1) {
        search->state = LIMIT_NEVER_GOOD;
        return;
    }
    if (near_enough(search->good, search->bad)) {
        search->state = LIMIT_FOUND;
        return;
    }
    search->state = LIMIT_HALVING;
    search->next = search->good + (search->bad - search->good) / 2;
}

static void was_good(struct limit_search *search)
{
    search->good = search->next;
    if (search->state == LIMIT_HALVING)
        halve(search);
    else if (search->next >= search->most)
        search->state = LIMIT_BEYOND;
    else
        search->next = search->next > search->most / 2 ? search->most : search->next * 2;
}

void limit_tried(struct limit_search *search, enum load_verdict verdict)
{
    search->tries++;
    search->bad_here = (uint8_t)(search->bad_here + (verdict == LOAD_BAD));
    search->late_here = (uint8_t)(search->late_here + (verdict == LOAD_NO_VERDICT));
    if (verdict == LOAD_GOOD) {
        was_good(search);
    } else if (search->bad_here == 2) {
        search->bad = search->next;
        halve(search);
    } else if (search->late_here == 2) {
        search->state = LIMIT_OF_OURS;
    } else {
        return;
    }
    search->bad_here = search->late_here = 0;
    if (limit_goes_on(search) && search->tries >= LIMIT_TRIES)
        search->state = LIMIT_STOPPED;
}

/* ---- Strains ---- */

static double share(double part, double whole)
{
    return whole > 0 ? part / whole : 0;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

static uint32_t busy_count(const struct load_figures *figures)
{
    for (uint32_t i = 0; i < LOAD_STATUSES; i++) {
        if (figures->statuses[i].status == 503)
            return figures->statuses[i].count;
    }
    return 0;
}

static double began(const struct load_figures *figures)
{
    return (double)(figures->answered + figures->refused + figures->unanswered);
}

/* A time against what it usually is, and against what nobody accepts. */
static double slowness(const struct spread *now, const struct spread *usual, double unbearable_ms)
{
    double ms = spread_ms(now, 0.99), allowed = SLOWER * spread_ms(usual, 0.99);

    if (now->count == 0)
        return 0;
    return usual->count > 0 && allowed > unbearable_ms ? ms / allowed : ms / unbearable_ms;
}

static double signalling(const struct load_figures *f, const struct load_figures *usual)
{
    double failed = f->refused - busy_count(f) + f->unanswered + f->ended_badly;
    double again = f->again_invite + f->again_bye;

    return most(
        most(share(failed, began(f)) / FAILED_SHARE, share(again, 2 * began(f)) / AGAIN_SHARE),
        slowness(&f->set_up, &usual->set_up, SET_UP_MS));
}

static double media_tick(const struct load_figures *f, const struct limit_evidence *evidence)
{
    double late = share((double)f->late, (double)(f->received + f->lost)) / BAD_SHARE;
    double uneven = spread_ms(&f->deviation, 0.99) / UNEVEN_MS;
    double ticks = share((double)evidence->late_ticks, (double)evidence->ticks) / LATE_TICK_SHARE;

    return most(most(late, uneven), evidence->server_known ? ticks : 0);
}

static double recogniser(const struct load_figures *f, const struct load_figures *usual,
                         const struct limit_evidence *evidence)
{
    double missed = share(f->answers_missed, f->answers + f->answers_missed) / MISSED_SHARE;
    double unheard = evidence->server_known && f->utterances > 0 && evidence->unheard > 0;

    return most(most(missed, unheard), slowness(&f->answer, &usual->answer, ANSWER_MS));
}

static double network(const struct load_figures *f, const struct limit_evidence *evidence)
{
    double lost = share((double)f->lost, (double)(f->received + f->lost)) / BAD_SHARE;
    double drops =
        share((double)evidence->kernel_drops, (double)(f->received + f->sent)) / BAD_SHARE;

    return most(lost, evidence->machine_known ? drops : 0);
}

void limit_strains(struct limit_strains *out, const struct load_figures *figures,
                   const struct load_figures *usual, const struct limit_evidence *evidence)
{
    out->of[LIMIT_ADMISSION] = share(busy_count(figures), began(figures)) / FAILED_SHARE;
    out->of[LIMIT_SIGNALLING] = signalling(figures, usual);
    out->of[LIMIT_MEDIA_TICK] = media_tick(figures, evidence);
    out->of[LIMIT_RECOGNISER] = recogniser(figures, usual, evidence);
    /* A frame that was not written is a frame too many: any is the limit. */
    out->of[LIMIT_RECORDER] = evidence->server_known ? (double)evidence->capture_lost : 0;
    out->of[LIMIT_NETWORK] = network(figures, evidence);
}

enum limit_part limit_first(const struct limit_strains *strains)
{
    enum limit_part first = LIMIT_ADMISSION;

    for (enum limit_part part = first; part < LIMIT_PARTS; part++) {
        if (strains->of[part] > strains->of[first])
            first = part;
    }
    return first;
}

/* ---- Words ---- */

static void say(struct text_buffer *out, const char *format, double a, double b)
{
    char words[160];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(words, sizeof(words), format, a, b);
#pragma GCC diagnostic pop
    text_append(out, text_of(words));
}

void limit_words(enum limit_part part, const struct load_figures *f,
                 const struct limit_evidence *evidence, struct text_buffer *out)
{
    switch (part) {
    case LIMIT_ADMISSION:
        say(out, "503 to %.0f of %.0f calls", busy_count(f), began(f));
        break;
    case LIMIT_SIGNALLING:
        say(out, "set-up p99 %.0f ms, %.0f retransmissions", spread_ms(&f->set_up, 0.99),
            f->again_invite + f->again_bye);
        say(out, ", %.0f calls failed of %.0f",
            f->refused - busy_count(f) + f->unanswered + f->ended_badly, began(f));
        break;
    case LIMIT_MEDIA_TICK:
        say(out, "deviation p99 %.1f ms, %.2f %% of packets late", spread_ms(&f->deviation, 0.99),
            100 * share((double)f->late, (double)(f->received + f->lost)));
        if (evidence->server_known)
            say(out, ", %.0f of %.0f ticks late", (double)evidence->late_ticks,
                (double)evidence->ticks);
        break;
    case LIMIT_RECOGNISER:
        say(out, "answer p99 %.0f ms, %.0f turns without an answer", spread_ms(&f->answer, 0.99),
            f->answers_missed);
        break;
    case LIMIT_RECORDER:
        if (evidence->server_known)
            say(out, "%.0f frames not written%.0s", (double)evidence->capture_lost, 0);
        else
            text_append(out, TEXT("not known"));
        break;
    case LIMIT_NETWORK:
        say(out, "%.2f %% of packets lost, %.0f dropped by the machine",
            100 * share((double)f->lost, (double)(f->received + f->lost)),
            evidence->machine_known ? (double)evidence->kernel_drops : 0);
        break;
    case LIMIT_PARTS:
        break;
    }
}

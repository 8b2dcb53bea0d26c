// SPDX-License-Identifier: Apache-2.0
/* load_show.c - the lines and the table. */
#include "app/load_show.h"

#include <string.h>

static double percent(double part, double whole)
{
    return whole > 0 ? 100 * part / whole : 0;
}

void load_show_second(const struct load_second *second, bool media, bool rewrite, FILE *out)
{
    fprintf(out, "%s%4u s  %u/%u up, %u begun, %u ended, %u refused; set-up p99 %.1f ms",
            rewrite ? "\r\033[K" : "", second->at_s + 1, second->up, second->wanted,
            second->started, second->ended, second->refused + second->unanswered,
            second->set_up_p99);
    if (media)
        fprintf(out, "; deviation p99 %.1f ms, lost+late %.2f %%", second->deviation_p99,
                percent((double)(second->lost + second->late),
                        (double)(second->received + second->lost)));
    if (second->server_rss_kb > 0)
        fprintf(out, "; server %.2f cores, %.0f MB", second->server_cores,
                (double)second->server_rss_kb / 1024);
    fprintf(out, "; own lateness p99 %.1f ms", second->own_lateness_p99);
    if (!rewrite)
        fputc('\n', out);
    fflush(out);
}

static void print_spread(FILE *out, const char *name, const struct spread *spread)
{
    if (spread->count == 0)
        return;
    fprintf(out, "%-24s p50 %8.1f  p99 %8.1f  p99.9 %8.1f  max %8.1f ms  (%llu)\n", name,
            spread_ms(spread, 0.5), spread_ms(spread, 0.99), spread_ms(spread, 0.999),
            (double)spread->max_us / 1000, (unsigned long long)spread->count);
}

static void print_calls(const struct load_result *result, FILE *out)
{
    const struct load_figures *f = &result->all;

    fprintf(out,
            "calls                    %u begun, %u answered, %u at once at most, %u ended cleanly "
            "(%u by the server)\n",
            f->started, f->answered, result->up_most, f->ended, f->ended_by_server);
    fprintf(out,
            "failed                   %u (%.3f %%): %u refused, %u without final answer, %u ended "
            "badly; %u cancelled by us\n",
            load_figures_failed(f), percent(load_figures_failed(f), f->started), f->refused,
            f->unanswered, f->ended_badly, f->cancelled);
    for (uint32_t i = 0; i < LOAD_STATUSES; i++) {
        if (f->statuses[i].count > 0)
            fprintf(out, "  refused with %-10u %u\n", f->statuses[i].status, f->statuses[i].count);
    }
    fprintf(out, "sent again               %u INVITE, %u BYE, %u 200 by the server\n",
            f->again_invite, f->again_bye, f->again_answer);
    if (f->challenged > 0)
        fprintf(out, "challenges answered      %u\n", f->challenged);
    print_spread(out, "set-up", &f->set_up);
    print_spread(out, "refusal", &f->refusal);
    print_spread(out, "refusal with 503", &f->busy);
    print_spread(out, "tear-down", &f->tear_down);
}

static void print_sound(const struct load_result *result, FILE *out)
{
    const struct load_figures *f = &result->all;

    fprintf(out,
            "packets                  %llu sent, %llu received, %llu lost, %llu late (together "
            "%.3f %%), %llu strange\n",
            (unsigned long long)f->sent, (unsigned long long)f->received,
            (unsigned long long)f->lost, (unsigned long long)f->late, load_figures_bad_percent(f),
            (unsigned long long)f->strange);
    if (f->dropped > 0)
        fprintf(out, "left out on purpose      %llu\n", (unsigned long long)f->dropped);
    fprintf(out, "gaps of 100 ms and more  %llu, longest %.0f ms\n", (unsigned long long)f->gaps,
            (double)f->longest_gap_us / 1000);
    fprintf(out, "calls without sound      %u one-way, %u silent, %u stopped\n", f->one_way,
            f->silent, f->stopped);
    print_spread(out, "first audio", &f->first_audio);
    print_spread(out, "interarrival deviation", &f->deviation);
    print_spread(out, "lateness", &f->lateness);
    fprintf(out, "p99 deviation of a call  median %.0f ms, worst %.0f ms\n",
            load_result_call_p99_ms(result, 0.5), load_result_call_p99_ms(result, 1));
}

static void print_talk(const struct load_result *result, FILE *out)
{
    const struct load_figures *f = &result->all;

    fprintf(out, "turns                    %u spoken, %u answered, %u not within 5 s\n",
            f->utterances, f->answers, f->answers_missed);
    print_spread(out, "answer after speech", &f->answer);
    fprintf(out, "interruptions            %u, of which %u were spoken over for 3 s\n", f->barges,
            f->barges_ignored);
    print_spread(out, "quiet after interruption", &f->barge);
    fprintf(out, "keys                     %u, %u changed the agent's sound within 3 s\n", f->keys,
            f->keys_heeded);
}

static void print_steps(const struct load_result *result, FILE *out)
{
    fprintf(out, "\n   step  calls up  set-up p99  deviation p99  lost+late    cores  verdict\n");
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct load_step *step = &result->steps[i];
        struct spread set_up = step->figures.set_up;
        spread_merge(&set_up, &step->setting.set_up);
        fprintf(out, "  %5u  %8u  %7.1f ms  %10.1f ms  %7.3f %%  %7.2f  %s\n", step->wanted,
                step->up_most, spread_ms(&set_up, 0.99), spread_ms(&step->figures.deviation, 0.99),
                load_figures_bad_percent(&step->figures), step->server_cores,
                load_verdict_names[step->verdict]);
    }
}

static void print_verdict(const struct load_result *result, FILE *out)
{
    const char *before = ": ";

    fprintf(out, "\nverdict                  %s",
            result->verdict == LOAD_NO_VERDICT ? "none" : load_verdict_names[result->verdict]);
    for (uint32_t i = 0; i < LOAD_REASONS; i++) {
        uint32_t bit = 1u << i;
        if (!(result->reasons & bit) ||
            (result->verdict == LOAD_NO_VERDICT && !(bit & LOAD_OWN_REASONS)))
            continue;
        fprintf(out, "%s%s", before, load_reason_words((enum load_reason)bit));
        before = "; ";
    }
    fprintf(out, "%s\n", result->interrupted ? " (stopped before its end)" : "");
}

void load_show_table(const struct load_result *result, FILE *out)
{
    const struct load_figures *f = &result->all;

    print_calls(result, out);
    if (result->asked.media)
        print_sound(result, out);
    if (result->asked.talker)
        print_talk(result, out);
    if (result->server_pid)
        fprintf(out, "server %-17s %d: %.4f %% of a core a call, %.0f KB a call, %.0f MB in all\n",
                result->server_name, result->server_pid, load_result_core_percent_a_call(result),
                load_result_kb_a_call(result), (double)result->at_end.pss_kb / 1024);
    fprintf(out, "generator                %.2f cores, %llu sends failed, %llu packets not read\n",
            result->own_cores, (unsigned long long)f->own_failures,
            (unsigned long long)f->own_drops);
    print_spread(out, "  its own lateness", &f->own_lateness);
    if (result->step_count > 1)
        print_steps(result, out);
    print_verdict(result, out);
}

void load_show_row(const struct load_result *result, const char *name, FILE *out)
{
    const struct load_figures *f = &result->all;
    double cores = 0;

    if (result->step_count > 0)
        cores = result->steps[result->step_count - 1].server_cores;
    fprintf(out, "| %s | %u | %.0f | %.3f %% | %.1f / %.1f ms |", name, result->up_most,
            result->asked.rate, percent(load_figures_failed(f), f->started),
            spread_ms(&f->set_up, 0.5), spread_ms(&f->set_up, 0.99));
    if (result->asked.media)
        fprintf(out, " %.1f ms | %.3f %% |", spread_ms(&f->deviation, 0.99),
                load_figures_bad_percent(f));
    else
        fprintf(out, " | |");
    fprintf(out, " %.2f | %.4f %% | %.0f KB | %.1f ms | %s", cores,
            load_result_core_percent_a_call(result), load_result_kb_a_call(result),
            spread_ms(&f->own_lateness, 0.99), load_verdict_names[result->verdict]);
    for (uint32_t i = 0; i < LOAD_REASONS; i++) {
        if (result->reasons & 1u << i)
            fprintf(out, ", %s", load_reason_words((enum load_reason)(1u << i)));
    }
    fprintf(out, " |\n");
}

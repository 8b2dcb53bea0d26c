// SPDX-License-Identifier: Apache-2.0
/* page.c - from top to bottom: verdict, figures, plots, tables. */
#include "load/page.h"

#include <math.h>
#include <time.h>

#include "load/plot.h"

static const char style[] =
    ":root{--bg:#fff;--fg:#1d2530;--dim:#667085;--line:#e4e7ec;--s0:#2563eb;--s1:#db2777;"
    "--s2:#d97706;--s3:#059669;--s4:#7c3aed;--good:#067647;--bad:#b42318;--none:#b54708}"
    "@media(prefers-color-scheme:dark){:root{--bg:#11161d;--fg:#e6e9ee;--dim:#98a2b3;"
    "--line:#2a3340;--s0:#6ea8fe;--s1:#f472b6;--s2:#fbbf24;--s3:#34d399;--s4:#a78bfa;"
    "--good:#47cd89;--bad:#f97066;--none:#fdb022}}"
    "body{background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif;max-width:1480px;"
    "margin:2rem auto;padding:0 "
    "1.2rem}h1{font-size:1.5rem;margin:0}h2{font-size:1.1rem;margin:2rem "
    "0 .5rem}p.dim,span{color:var(--dim)}.badge{display:inline-block;padding:.1rem .7rem;"
    "border-radius:1rem;border:1px "
    "solid;font-weight:600}.good{color:var(--good)}.bad{color:var(--bad)"
    "}.none{color:var(--none)}.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax("
    "150px,"
    "1fr));gap:.8rem;margin:1rem 0}.tiles div{border:1px solid var(--line);border-radius:.6rem;"
    "padding:.6rem .8rem}.tiles b{display:block;font-size:1.35rem}.plots{display:grid;"
    "grid-template-columns:repeat(auto-fit,minmax(420px,1fr));gap:1rem}figure{margin:0;border:1px "
    "solid var(--line);border-radius:.6rem;padding:.6rem .8rem}figcaption{font-weight:600}"
    "figcaption span{font-weight:400}svg{width:100%;height:auto}.grid{stroke:var(--line);fill:none}"
    ".mark{stroke:var(--bad);stroke-dasharray:5 "
    "4;fill:none}.line{fill:none;stroke-width:1.8;stroke-linecap:round}"
    ".s0{stroke:var(--s0)}.s1{stroke:var(--s1)}.s2{stroke:var(--s2)}.s3{stroke:var(--s3)}"
    ".s4{stroke:var(--s4)}.axis,.legend{fill:var(--dim);font:11px system-ui,sans-serif}"
    "table{border-collapse:collapse;width:100%}th,td{padding:.3rem .6rem;text-align:right;"
    "border-bottom:1px solid var(--line)}th{color:var(--dim);font-weight:500}"
    "th:first-child,td:first-child,td.words,th.words{text-align:left}.scroll{overflow-x:auto}";

/* ---- Head ---- */

static void write_reasons(uint32_t reasons, FILE *out)
{
    for (uint32_t bit = 0; bit < LOAD_REASONS; bit++) {
        if (reasons & 1U << bit)
            fprintf(out, "%s%s", reasons & ((1U << bit) - 1) ? "; " : "",
                    load_reason_words((enum load_reason)(1U << bit)));
    }
}

static void write_head(const struct page *page, FILE *out)
{
    const struct load_result *r = page->result;
    time_t began = (time_t)(r->began_wall_ms / 1000);
    const char *verdict = load_verdict_names[r->verdict];
    char when[40] = "";
    struct tm tm;

    if (gmtime_r(&began, &tm))
        strftime(when, sizeof(when), "%Y-%m-%d %H:%M UTC", &tm);
    fputs("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" "
          "content=\"width=device-width\"><title>Load on ",
          out);
    plot_escape(r->asked.target, out);
    fprintf(out, "</title><style>%s</style><h1>Load on ", style);
    plot_escape(r->asked.target, out);
    fprintf(out, " <span class=\"badge %s\">%s</span></h1><p class=\"dim\">%s, %.0f s; %s, ",
            verdict, r->verdict == LOAD_NO_VERDICT ? "no verdict" : verdict, when,
            r->lasted_ms / 1000.0, r->asked.transport);
    if (r->asked.media) {
        fprintf(out, "%s, sound: ", r->asked.codec);
        plot_escape(r->asked.sound, out);
    } else {
        fputs("no sound", out);
    }
    fprintf(out, ", loss %.4g %%, jitter %u ms.%s</p>", r->asked.loss_percent, r->asked.jitter_ms,
            r->interrupted ? " Stopped before its end." : "");
    if (r->reasons) {
        fprintf(out, "<p class=\"%s\">", verdict);
        write_reasons(r->reasons, out);
        fputs("</p>", out);
    }
}

static void write_tile(FILE *out, const char *name, const char *unit, int digits, double value)
{
    if (value > 0)
        fprintf(out, "<div>%s<b>%.*f %s</b></div>", name, digits, value, unit);
}

static void write_tiles(const struct load_result *r, FILE *out)
{
    const struct load_figures *f = &r->all;

    fputs("<div class=\"tiles\">", out);
    write_tile(out, "calls at once", "", 0, r->up_most);
    write_tile(out, "calls answered", "", 0, f->answered);
    write_tile(out, "set-up p99", "ms", 1, spread_ms(&f->set_up, 0.99));
    write_tile(out, "deviation p99", "ms", 1, spread_ms(&f->deviation, 0.99));
    if (r->asked.media)
        fprintf(out, "<div>lost and late<b>%.3f %%</b></div>", load_figures_bad_percent(f));
    write_tile(out, "answer p95", "ms", 0, spread_ms(&f->answer, 0.95));
    write_tile(out, "barge-in stop p95", "ms", 0, spread_ms(&f->barge, 0.95));
    write_tile(out, "503 within, p99", "ms", 1, spread_ms(&f->busy, 0.99));
    write_tile(out, "CPU a call", "% of a core", 4, load_result_core_percent_a_call(r));
    write_tile(out, "memory a call", "KB", 0, load_result_kb_a_call(r));
    fputs("</div>", out);
}

/* ---- Plots ---- */

#define OF_SECOND(name, expression)                                             \
    static double name(const void *rows, uint32_t index)                        \
    {                                                                           \
        const struct load_second *s = (const struct load_second *)rows + index; \
        return expression;                                                      \
    }
#define KNOWN(value) ((value) > 0 ? (value) : (double)NAN)

OF_SECOND(at_s, s->at_s)
OF_SECOND(wanted, s->wanted)
OF_SECOND(calls_up, s->up)
OF_SECOND(begun, s->started)
OF_SECOND(refused, s->refused)
OF_SECOND(set_up_p50, KNOWN(s->set_up_p50))
OF_SECOND(set_up_p99, KNOWN(s->set_up_p99))
OF_SECOND(deviation_p50, KNOWN(s->deviation_p50))
OF_SECOND(deviation_p99, KNOWN(s->deviation_p99))
OF_SECOND(deviation_max, KNOWN(s->deviation_max))
OF_SECOND(lost, (double)s->lost)
OF_SECOND(late, (double)s->late)
OF_SECOND(answer_p50, KNOWN(s->answer_p50))
OF_SECOND(answer_p99, KNOWN(s->answer_p99))
OF_SECOND(barge_p99, KNOWN(s->barge_p99))
OF_SECOND(server_cores, KNOWN(s->server_cores))
OF_SECOND(own_cores, KNOWN(s->own_cores))
OF_SECOND(server_mb, KNOWN((double)s->server_rss_kb / 1024))
OF_SECOND(own_late, KNOWN(s->own_lateness_p99))
OF_SECOND(own_max, KNOWN(s->own_lateness_max))

enum plot_wanted { ALWAYS, WITH_SOUND, WITH_TALK, WITH_SERVER };

static const struct {
    enum plot_wanted wanted;
    struct plot plot;
} plots[] = {
    {ALWAYS, {.title = "Calls up", .lines = {{"wanted", wanted}, {"up", calls_up}}}},
    {ALWAYS,
     {.title = "Calls begun",
      .unit = "a second",
      .lines = {{"begun", begun}, {"refused", refused}}}},
    {ALWAYS,
     {.title = "Set-up: INVITE to 200",
      .unit = "ms",
      .lines = {{"p50", set_up_p50}, {"p99", set_up_p99}}}},
    {WITH_SOUND,
     {.title = "Deviation of packets from their time",
      .unit = "ms",
      .lines = {{"p50", deviation_p50}, {"p99", deviation_p99}, {"most", deviation_max}},
      .mark = 20}},
    {WITH_SOUND,
     {.title = "Packets lost and late",
      .unit = "a second",
      .lines = {{"lost", lost}, {"late", late}}}},
    {WITH_TALK,
     {.title = "Answer after speech, and stop after an interruption",
      .unit = "ms",
      .lines = {{"answer p50", answer_p50}, {"answer p99", answer_p99}, {"stop p99", barge_p99}}}},
    {WITH_SERVER,
     {.title = "Processor",
      .unit = "cores",
      .lines = {{"server", server_cores}, {"generator", own_cores}}}},
    {WITH_SERVER,
     {.title = "Memory of the server", .unit = "MB", .lines = {{"resident", server_mb}}}},
    {ALWAYS,
     {.title = "The generator's own lateness",
      .unit = "ms",
      .lines = {{"p99", own_late}, {"most", own_max}},
      .mark = 10}},
};

static void write_plots(const struct load_result *r, FILE *out)
{
    const bool have[] = {[ALWAYS] = true,
                         [WITH_SOUND] = r->asked.media,
                         [WITH_TALK] = r->asked.talker,
                         [WITH_SERVER] = r->server_pid != 0};

    fputs("<h2>Second by second</h2><div class=\"plots\">", out);
    for (uint32_t i = 0; i < sizeof(plots) / sizeof(plots[0]); i++) {
        struct plot plot = plots[i].plot;
        if (!have[plots[i].wanted])
            continue;
        plot.rows = r->seconds;
        plot.count = r->second_count;
        plot.x = at_s;
        plot.x_unit = "s";
        plot.unit = plot.unit ? plot.unit : "";
        plot_write(&plot, out);
    }
    fputs("</div>", out);
}

/* ---- Tables ---- */

static void write_spread(const char *name, const struct spread *spread, FILE *out)
{
    if (spread->count == 0)
        return;
    fprintf(out, "<tr><td>%s<td>%llu<td>%.1f<td>%.1f<td>%.1f<td>%.1f<td>%.1f<td>%.1f</tr>", name,
            (unsigned long long)spread->count, spread_mean_ms(spread), spread_ms(spread, 0.5),
            spread_ms(spread, 0.95), spread_ms(spread, 0.99), spread_ms(spread, 0.999),
            (double)spread->max_us / 1000);
}

static void write_times(const struct load_figures *f, FILE *out)
{
    fputs("<h2>Times, ms</h2><div class=\"scroll\"><table><tr><th><th>count<th>mean<th>p50<th>p95"
          "<th>p99<th>p99.9<th>most</tr>",
          out);
    write_spread("set-up: INVITE to 200", &f->set_up, out);
    write_spread("first audio after the 200", &f->first_audio, out);
    write_spread("deviation between packets", &f->deviation, out);
    write_spread("lateness against the fastest packet", &f->lateness, out);
    write_spread("answer after speech", &f->answer, out);
    write_spread("stop after an interruption", &f->barge, out);
    write_spread("refusal with 503", &f->busy, out);
    write_spread("any refusal", &f->refusal, out);
    write_spread("end: BYE to 200", &f->tear_down, out);
    write_spread("the generator's own lateness", &f->own_lateness, out);
    fputs("</table></div>", out);
}

static void write_count(const char *name, uint64_t count, FILE *out)
{
    fprintf(out, "<tr><td>%s<td>%llu</tr>", name, (unsigned long long)count);
}

static void write_counts(const struct load_figures *f, const struct load_asked *asked, FILE *out)
{
    fputs("<h2>Counts</h2><table>", out);
    write_count("calls begun", f->started, out);
    write_count("answered", f->answered, out);
    write_count("refused", f->refused, out);
    for (uint32_t i = 0; i < LOAD_STATUSES && f->statuses[i].status; i++)
        fprintf(out, "<tr><td>&nbsp; with %u<td>%u</tr>", f->statuses[i].status,
                f->statuses[i].count);
    write_count("without a final answer", f->unanswered, out);
    write_count("ended cleanly", f->ended, out);
    write_count("ended badly", f->ended_badly, out);
    if (asked->media) {
        write_count("packets received", f->received, out);
        write_count("packets lost", f->lost, out);
        write_count("packets late", f->late, out);
        write_count("gaps of 100 ms and more", f->gaps, out);
        write_count("one-way calls", f->one_way, out);
        write_count("silent calls", f->silent, out);
        write_count("calls whose sound stopped", f->stopped, out);
    }
    if (asked->talker) {
        write_count("caller's utterances", f->utterances, out);
        write_count("turns without an answer", f->answers_missed, out);
        write_count("interruptions", f->barges, out);
        write_count("interruptions not heeded", f->barges_ignored, out);
        write_count("keys", f->keys, out);
        write_count("keys heeded", f->keys_heeded, out);
    }
    fputs("</table>", out);
}

static void write_steps(const struct load_result *r, FILE *out)
{
    if (r->step_count < 2)
        return;
    fputs("<h2>Steps</h2><div class=\"scroll\"><table><tr><th>calls<th>verdict<th>set-up p99, ms"
          "<th>deviation p99, ms<th>lost and late, %<th>cores<th>% of a core a call<th "
          "class=\"words\">why</tr>",
          out);
    for (uint32_t i = 0; i < r->step_count; i++) {
        const struct load_step *s = &r->steps[i];
        const char *verdict = load_verdict_names[s->verdict];
        fprintf(out,
                "<tr><td>%u<td class=\"%s\">%s<td>%.1f<td>%.1f<td>%.3f<td>%.2f<td>%.4f<td "
                "class=\"words\">",
                s->wanted, verdict, verdict, spread_ms(&s->setting.set_up, 0.99),
                spread_ms(&s->figures.deviation, 0.99), load_figures_bad_percent(&s->figures),
                s->server_cores, s->up_most ? 100 * s->server_cores / s->up_most : 0);
        write_reasons(s->reasons, out);
        fputs("</tr>", out);
    }
    fputs("</table></div>", out);
}

static void write_limit(const struct find_report *limit, FILE *out)
{
    fprintf(out, "<h2>Limit</h2><p>%u calls were held well.", limit->search.good);
    if (limit->search.bad)
        fprintf(out, " %u were not.", limit->search.bad);
    if (limit->search.state == LIMIT_OF_OURS)
        fputs(" Beyond that the generator itself was late: the server may hold more.", out);
    if (limit->gave_out)
        fprintf(out, " What gave out first: <b>%s</b>.", limit_part_names[limit->first]);
    fputs("</p><div class=\"scroll\"><table><tr><th>calls<th>verdict<th>deviation p99, ms<th>lost "
          "and late, %<th>set-up p99, ms<th>answer p99, ms<th>cores<th class=\"words\">why</tr>",
          out);
    for (uint32_t i = 0; i < limit->try_count; i++) {
        const struct find_try *t = &limit->tries[i];
        const char *verdict = load_verdict_names[t->verdict];
        fprintf(out,
                "<tr><td>%u<td class=\"%s\">%s<td>%.1f<td>%.3f<td>%.0f<td>%.0f<td>%.2f<td "
                "class=\"words\">",
                t->calls, verdict, verdict, t->deviation_p99, t->bad_percent, t->set_up_p99,
                t->answer_p99, t->server_cores);
        write_reasons(t->reasons, out);
        fputs("</tr>", out);
    }
    fputs("</table></div>", out);
    if (!limit->gave_out)
        return;
    fputs("<table><tr><th>part<th>of what is allowed<th class=\"words\">seen</tr>", out);
    for (enum limit_part part = 0; part < LIMIT_PARTS; part++)
        fprintf(out, "<tr><td>%s<td>%.2f<td class=\"words\">%s</tr>", limit_part_names[part],
                limit->strains.of[part], limit->words[part]);
    fputs("</table>", out);
}

static void write_plan(const struct page *page, FILE *out)
{
    const char *warnings[CAPACITY_WARNINGS + 1];

    fprintf(
        out,
        "<h2>Capacity plan</h2><p>%u calls now, %+.4g %% a month, planned at %.0f %% of what "
        "was measured: %.0f calls a core.</p><div class=\"scroll\"><table><tr><th>month<th>calls"
        "<th>cores<th>servers of %u cores, one spare<th>memory, GB<th>ports<th>Mb/s each way<th>"
        "packets a second</tr>",
        page->ask->calls, page->ask->growth_percent, 100 * page->ask->use,
        capacity_calls_a_core(page->basis), page->ask->cores_a_server);
    for (uint32_t month = 0; month <= page->ask->months && month <= CAPACITY_MONTHS; month++) {
        struct capacity_month m;
        capacity_month(page->basis, page->ask, month, &m);
        fprintf(out, "<tr><td>%u<td>%u<td>%u<td>%u<td>%.1f<td>%u<td>%.0f<td>%.0f</tr>", m.month,
                m.calls, m.cores, m.servers, m.memory_gb, m.ports, m.megabits, m.packets);
    }
    fputs("</table></div>", out);
    capacity_warnings(page->basis, warnings);
    for (uint32_t i = 0; warnings[i]; i++)
        fprintf(out, "<p><b>Warning:</b> %s.</p>", warnings[i]);
}

void page_write(const struct page *page, FILE *out)
{
    write_head(page, out);
    write_tiles(page->result, out);
    if (page->limit)
        write_limit(page->limit, out);
    if (page->basis)
        write_plan(page, out);
    write_plots(page->result, out);
    write_steps(page->result, out);
    write_times(&page->result->all, out);
    write_counts(&page->result->all, &page->result->asked, out);
    fputs(
        "<p class=\"dim\">Everything was measured at the caller's side with the kernel's times of "
        "arrival. What each figure means: docs/load.md.</p></html>\n",
        out);
}

// SPDX-License-Identifier: Apache-2.0
/* load_json.c - a load test as one JSON object. Times end in _ms, shares in _percent. */
#include "app/load_show.h"

static void set_count(json_t *object, const char *key, uint64_t value)
{
    json_object_set_new(object, key, json_integer((json_int_t)value));
}

static void set_real(json_t *object, const char *key, double value)
{
    json_object_set_new(object, key, json_real(value));
}

static void set_spread(json_t *object, const char *key, const struct spread *spread)
{
    json_t *one = json_object();

    set_count(one, "count", spread->count);
    set_real(one, "mean_ms", spread_mean_ms(spread));
    set_real(one, "p50_ms", spread_ms(spread, 0.5));
    set_real(one, "p95_ms", spread_ms(spread, 0.95));
    set_real(one, "p99_ms", spread_ms(spread, 0.99));
    set_real(one, "p999_ms", spread_ms(spread, 0.999));
    set_real(one, "max_ms", (double)spread->max_us / 1000);
    json_object_set_new(object, key, one);
}

static json_t *calls_of(const struct load_figures *f)
{
    json_t *object = json_object(), *statuses = json_object();
    char status[8];

    set_count(object, "begun", f->started);
    set_count(object, "answered", f->answered);
    set_count(object, "failed", load_figures_failed(f));
    set_count(object, "refused", f->refused);
    set_count(object, "unanswered", f->unanswered);
    set_count(object, "cancelled", f->cancelled);
    set_count(object, "ended_cleanly", f->ended);
    set_count(object, "ended_by_server", f->ended_by_server);
    set_count(object, "ended_badly", f->ended_badly);
    set_count(object, "invites_again", f->again_invite);
    set_count(object, "byes_again", f->again_bye);
    set_count(object, "answers_again", f->again_answer);
    set_count(object, "challenged", f->challenged);
    for (uint32_t i = 0; i < LOAD_STATUSES; i++) {
        snprintf(status, sizeof status, "%u", f->statuses[i].status);
        if (f->statuses[i].count > 0)
            set_count(statuses, status, f->statuses[i].count);
    }
    if (f->status_other > 0)
        set_count(statuses, "other", f->status_other);
    json_object_set_new(object, "refused_with", statuses);
    set_spread(object, "set_up", &f->set_up);
    set_spread(object, "refusal", &f->refusal);
    set_spread(object, "busy", &f->busy);
    set_spread(object, "tear_down", &f->tear_down);
    return object;
}

static json_t *sound_of(const struct load_figures *f)
{
    json_t *object = json_object();

    set_count(object, "sent", f->sent);
    set_count(object, "left_out", f->dropped);
    set_count(object, "received", f->received);
    set_count(object, "lost", f->lost);
    set_count(object, "late", f->late);
    set_real(object, "lost_and_late_percent", load_figures_bad_percent(f));
    set_count(object, "duplicates", f->duplicates);
    set_count(object, "strange", f->strange);
    set_count(object, "gaps", f->gaps);
    set_real(object, "longest_gap_ms", (double)f->longest_gap_us / 1000);
    set_count(object, "heard_calls", f->heard);
    set_count(object, "one_way_calls", f->one_way);
    set_count(object, "silent_calls", f->silent);
    set_count(object, "stopped_calls", f->stopped);
    set_spread(object, "first_audio", &f->first_audio);
    set_spread(object, "deviation", &f->deviation);
    set_spread(object, "lateness", &f->lateness);
    return object;
}

static json_t *talk_of(const struct load_figures *f)
{
    json_t *object = json_object();

    set_count(object, "utterances", f->utterances);
    set_count(object, "answers", f->answers);
    set_count(object, "answers_missed", f->answers_missed);
    set_count(object, "interruptions", f->barges);
    set_count(object, "interruptions_ignored", f->barges_ignored);
    set_count(object, "keys", f->keys);
    set_count(object, "keys_heeded", f->keys_heeded);
    set_spread(object, "answer", &f->answer);
    set_spread(object, "quiet_after_interruption", &f->barge);
    return object;
}

static json_t *generator_of(const struct load_figures *f)
{
    json_t *object = json_object();

    set_count(object, "own_drops", f->own_drops);
    set_count(object, "send_failures", f->own_failures);
    set_spread(object, "lateness", &f->own_lateness);
    return object;
}

static json_t *figures_of(const struct load_figures *f, const struct load_asked *asked)
{
    json_t *object = json_object();

    json_object_set_new(object, "calls", calls_of(f));
    if (asked->media)
        json_object_set_new(object, "sound", sound_of(f));
    if (asked->talker)
        json_object_set_new(object, "talk", talk_of(f));
    json_object_set_new(object, "generator", generator_of(f));
    return object;
}

static json_t *reasons_of(uint32_t reasons)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < LOAD_REASONS; i++) {
        if (reasons & 1u << i)
            json_array_append_new(list,
                                  json_string(load_reason_words((enum load_reason)(1u << i))));
    }
    return list;
}

static json_t *asked_of(const struct load_asked *asked)
{
    json_t *object = json_object();

    json_object_set_new(object, "target", json_string(asked->target));
    json_object_set_new(object, "transport", json_string(asked->transport));
    json_object_set_new(object, "codec", json_string(asked->codec));
    json_object_set_new(object, "sound", json_string(asked->sound));
    json_object_set_new(object, "media", json_boolean(asked->media));
    json_object_set_new(object, "talker", json_boolean(asked->talker));
    set_count(object, "calls", asked->calls);
    set_count(object, "step", asked->step);
    set_count(object, "every_s", asked->every_s);
    set_real(object, "rate", asked->rate);
    set_count(object, "ramp_ms", asked->ramp_ms);
    set_count(object, "length_ms", asked->length_ms);
    set_count(object, "for_ms", asked->for_ms);
    set_real(object, "loss_percent", asked->loss_percent);
    set_count(object, "jitter_ms", asked->jitter_ms);
    set_real(object, "barge_percent", asked->barge_percent);
    set_real(object, "key_percent", asked->key_percent);
    set_count(object, "threads", asked->threads);
    set_count(object, "seed", asked->seed);
    return object;
}

static json_t *steps_of(const struct load_result *result)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct load_step *step = &result->steps[i];
        json_t *object = figures_of(&step->figures, &result->asked);
        set_count(object, "wanted", step->wanted);
        set_count(object, "from_s", step->from_s);
        set_count(object, "settled_s", step->settled_s);
        set_count(object, "to_s", step->to_s);
        set_count(object, "up_most", step->up_most);
        set_count(object, "up_least", step->up_least);
        set_real(object, "server_cores", step->server_cores);
        set_count(object, "server_pss_kb", step->at_end.pss_kb);
        json_object_set_new(object, "setting", figures_of(&step->setting, &result->asked));
        json_object_set_new(object, "verdict", json_string(load_verdict_names[step->verdict]));
        json_object_set_new(object, "reasons", reasons_of(step->reasons));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *seconds_of(const struct load_result *result)
{
    json_t *list = json_array();

    for (uint32_t i = 0; i < result->second_count; i++) {
        const struct load_second *s = &result->seconds[i];
        json_array_append_new(
            list, json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:I,s:f,s:f,s:f,s:f,s:f,s:f,s:I}",
                            "at_s", (json_int_t)s->at_s, "up", (json_int_t)s->up, "wanted",
                            (json_int_t)s->wanted, "begun", (json_int_t)s->started, "answered",
                            (json_int_t)s->answered, "refused", (json_int_t)s->refused, "ended",
                            (json_int_t)s->ended, "received", (json_int_t)s->received, "lost",
                            (json_int_t)s->lost, "late", (json_int_t)s->late, "set_up_p99_ms",
                            s->set_up_p99, "deviation_p99_ms", s->deviation_p99, "lateness_p99_ms",
                            s->lateness_p99, "own_lateness_p99_ms", s->own_lateness_p99,
                            "own_cores", s->own_cores, "server_cores", s->server_cores,
                            "server_rss_kb", (json_int_t)s->server_rss_kb));
    }
    return list;
}

static json_t *server_of(const struct load_result *result)
{
    json_t *object = json_object();

    set_count(object, "pid", (uint64_t)result->server_pid);
    json_object_set_new(object, "name", json_string(result->server_name));
    set_count(object, "pss_idle_kb", result->idle.pss_kb);
    set_count(object, "pss_kb", result->at_end.pss_kb);
    set_real(object, "core_percent_a_call", load_result_core_percent_a_call(result));
    set_real(object, "kb_a_call", load_result_kb_a_call(result));
    return object;
}

static json_t *try_of(const struct find_try *one)
{
    json_t *object = json_object();

    set_count(object, "calls", one->calls);
    set_count(object, "up_most", one->up_most);
    set_real(object, "set_up_p99_ms", one->set_up_p99);
    set_real(object, "deviation_p99_ms", one->deviation_p99);
    set_real(object, "lost_and_late_percent", one->bad_percent);
    set_real(object, "answer_p99_ms", one->answer_p99);
    set_real(object, "own_lateness_p99_ms", one->own_lateness_p99);
    set_real(object, "server_cores", one->server_cores);
    set_real(object, "kb_a_call", one->kb_a_call);
    json_object_set_new(object, "verdict", json_string(load_verdict_names[one->verdict]));
    json_object_set_new(object, "reasons", reasons_of(one->reasons));
    return object;
}

static json_t *gave_out_of(const struct find_report *report)
{
    json_t *object = json_object(), *parts = json_object();

    json_object_set_new(object, "first", json_string(limit_part_names[report->first]));
    for (enum limit_part part = 0; part < LIMIT_PARTS; part++)
        json_object_set_new(parts, limit_part_names[part],
                            json_pack("{s:f,s:s}", "of_allowed", report->strains.of[part], "seen",
                                      report->words[part]));
    json_object_set_new(object, "parts", parts);
    return object;
}

json_t *load_show_limit_json(const struct find_report *report)
{
    json_t *object = json_object(), *tries = json_array();

    json_object_set_new(object, "state", json_string(limit_state_names[report->search.state]));
    set_count(object, "good", report->search.good);
    set_count(object, "bad", report->search.bad);
    set_count(object, "most", report->search.most);
    json_object_set_new(object, "gave_out", report->gave_out ? gave_out_of(report) : json_null());
    for (uint32_t i = 0; i < report->try_count; i++)
        json_array_append_new(tries, try_of(&report->tries[i]));
    json_object_set_new(object, "tries", tries);
    return object;
}

json_t *load_show_json(const struct load_result *result)
{
    json_t *object = figures_of(&result->all, &result->asked);

    json_object_set_new(object, "asked", asked_of(&result->asked));
    set_count(object, "began_ms", result->began_wall_ms);
    set_count(object, "lasted_ms", result->lasted_ms);
    json_object_set_new(object, "interrupted", json_boolean(result->interrupted));
    set_count(object, "up_most", result->up_most);
    set_real(object, "own_cores", result->own_cores);
    set_real(object, "call_p99_deviation_median_ms", load_result_call_p99_ms(result, 0.5));
    set_real(object, "call_p99_deviation_worst_ms", load_result_call_p99_ms(result, 1));
    if (result->server_pid)
        json_object_set_new(object, "server", server_of(result));
    json_object_set_new(object, "steps", steps_of(result));
    json_object_set_new(object, "seconds", seconds_of(result));
    json_object_set_new(object, "verdict", json_string(load_verdict_names[result->verdict]));
    json_object_set_new(object, "reasons", reasons_of(result->reasons));
    return object;
}

// SPDX-License-Identifier: Apache-2.0
/* config.c - a configuration from its files: read, checked, put together. */
#include "config/config.h"

#include <glob.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "config/agents.h"
#include "config/checks.h"
#include "config/reading.h"
#include "config/settings.h"

static const char detector_place[] = "node_modules/@ricky0123/vad-web/dist/silero_vad_v5.onnx";
static const char runtime_place[] =
    "node_modules/onnxruntime-node/bin/napi-v*/linux/x64/libonnxruntime.so.1";

/* The first file that matches the pattern in the directory. */
static const char *look_in(struct reading *reading, const char *directory, const char *pattern)
{
    const char *found = NULL;
    glob_t matches;

    if (glob(reading_print(reading, "%s/%s", directory, pattern), 0, NULL, &matches) == 0 &&
        matches.gl_pathc > 0)
        found = reading_string(reading, text_of(matches.gl_pathv[0]));
    globfree(&matches);
    return found;
}

/* Beside the working directory, then beside the program and above it. NULL when it is nowhere. */
static const char *look_for(struct reading *reading, const char *pattern)
{
    char program[PATH_MAX];
    ssize_t size = readlink("/proc/self/exe", program, sizeof(program) - 1);
    const char *found = look_in(reading, ".", pattern);

    if (size < 0)
        return found;
    program[size] = 0;
    for (char *slash = strrchr(program, '/'); slash && !found; slash = strrchr(program, '/')) {
        *slash = 0;
        found = look_in(reading, program, pattern);
    }
    return found;
}

static const char *part_of_detector(struct reading *reading, const char *file, const char *option,
                                    const struct setting *setting, const char *pattern)
{
    const char *path;

    if (!reading->live)
        return NULL;
    if (!setting->given)
        return look_for(reading, pattern);
    path = schema_path(reading, file, setting->text);
    if (access(path, R_OK) != 0)
        reading_error(
            reading, file, setting->line,
            reading_print(reading, "'%s': there is no readable file %s", option, path),
            "correct the path, or leave it away: calls work without, but coughs and music "
            "are told from speech less well");
    return path;
}

static void make_paths(struct reading *reading, const char *file, const struct server_settings *s,
                       struct config *out)
{
    size_t longest = sizeof(((struct sockaddr_un *)0)->sun_path) - 1;

    out->data_dir = schema_path(reading, file, s->data.text);
    out->operator_dir = schema_path(reading, file, s->operator_files.text);
    out->capture_dir = s->capture_dir.given ? schema_path(reading, file, s->capture_dir.text)
                                            : reading_print(reading, "%s/captures", out->data_dir);
    out->control_socket = s->control.given ? schema_path(reading, file, s->control.text)
                                           : reading_print(reading, "%s/control", out->data_dir);
    if (strlen(out->control_socket) > longest)
        reading_error(
            reading, file, s->control.line,
            reading_print(reading, "the control socket's path is longer than %zu bytes", longest),
            "set server.control to a shorter path");
    out->detector = part_of_detector(reading, file, "detector", &s->detector, detector_place);
    out->detector_runtime = part_of_detector(reading, file, "runtime", &s->runtime, runtime_place);
}

static void make_rest(struct reading *reading, const char *file, const struct server_settings *s,
                      struct config *out)
{
    out->journal_segment_bytes = s->segment.number;
    out->journal_total_bytes = s->total.number;
    out->journal_days = (uint32_t)s->days.number;
    out->speech_workers = (uint32_t)s->workers.number;
    out->prompt_cache_bytes = s->prompt_cache.number;
    out->plan.max_calls = (uint32_t)s->max_calls.number;
    out->plan.max_calls_per_second = (uint32_t)s->max_calls_per_second.number;
    out->plan.recogniser_places = (uint16_t)s->places.number;
    out->plan.refuse_late = s->when_late.number == 0;    /* late_words */
    out->plan.refuse_unheard = s->when_full.number == 1; /* full_words */
    out->plan.overhear = (enum overhear)s->transcribe_joined.number;
    out->plan.retry_after_s = (uint16_t)s->retry_after.number;
    out->plan.session_expires_s = (uint16_t)s->session_expires.number;
    out->plan.keep_alive_ms = (uint32_t)s->keep_alive.number;
    out->plan.min_se_s = (uint16_t)s->min_se.number;
    if (out->plan.refuse_unheard && out->plan.recogniser_places == 0)
        reading_error(reading, file, s->when_full.line, "no caller would ever be taken",
                      "with 'places: 0' let callers go on by 'keys'");
    if (s->total.number < s->segment.number)
        reading_error(reading, file, s->total.line, "'total' is smaller than 'segment'",
                      "the journal needs room for one segment at least");
}

static bool (*voice_known)(struct text name, struct text *names);

void config_know_voices(bool (*known)(struct text name, struct text *names))
{
    voice_known = known;
}

static void check_voices(struct reading *reading, const struct agents *agents)
{
    for (uint32_t i = 0; voice_known && i < agents->count; i++) {
        const struct setting *voice = &agents->files[i].settings.voice;
        struct text names = TEXT_EMPTY;
        if (agents->files[i].good && !voice_known(voice->text, &names))
            reading_error(reading, agents->files[i].path, voice->line,
                          reading_print(reading, "there is no voice '" TEXT_FORMAT "'",
                                        TEXT_ARGS(voice->text)),
                          reading_print(reading, "known are " TEXT_FORMAT, TEXT_ARGS(names)));
    }
}

static void warn_of_unreached(struct reading *reading, const struct agents *agents)
{
    for (uint32_t i = 0; i < agents->count; i++) {
        if (!agents->files[i].reached)
            reading_warning(reading, agents->files[i].path, 0,
                            reading_print(reading, "nothing leads to the agent '" TEXT_FORMAT "'",
                                          TEXT_ARGS(agents->files[i].name)),
                            "route a number to it, or hand over to it from another agent");
    }
}

/* Written and read, or not written. */
static bool is_sure(const struct tree_node *root, struct text key, const struct setting *setting)
{
    const struct tree_node *server = tree_member(root, TEXT("server"));

    return setting->given || !server || (server->kind == TREE_MAP && !tree_member(server, key));
}

static void tell_places(struct reading *reading, const struct tree_node *root,
                        const struct server_settings *s, const struct config *config)
{
    if (!is_sure(root, TEXT("data"), &s->data))
        return;
    reading->result->data_dir = config->data_dir;
    if (is_sure(root, TEXT("control"), &s->control))
        reading->result->control_socket = config->control_socket;
}

static struct config *make(struct reading *reading, const char *file, struct text yaml)
{
    struct server_settings *settings = reading_take(reading, sizeof(*settings));
    struct agents *agents = reading_take(reading, sizeof(*agents));
    struct config *config = reading_take(reading, sizeof(*config));
    const struct tree_node *root;

    if (!settings || !agents || !config)
        return NULL;
    root = tree_read(reading, file, yaml, 1);
    if (!root)
        return NULL;
    schema_read(reading, file, &settings_server, root, settings);
    reading->facts = checks_pairs(reading, &settings->lookup.facts);
    reading->fact_count = reading->facts ? settings->lookup.facts.count : 0;
    agents_read(reading, file, &settings->agents, agents);
    checks_listeners(reading, file, settings, config);
    checks_media(reading, file, settings, config);
    checks_trunks(reading, file, settings, config);
    checks_limits(reading, file, settings, config);
    checks_tls(reading, file, settings, config);
    checks_hep(reading, file, settings, config);
    checks_outbound(reading, file, settings, config);
    checks_manners(reading, file, settings, config);
    checks_slo(settings, config);
    checks_hours(reading, file, settings, config);
    checks_parting(reading, file, settings, agents, config);
    checks_queues(reading, file, settings, agents, config);
    checks_routes(reading, file, settings, agents, config);
    make_rest(reading, file, settings, config);
    make_paths(reading, file, settings, config);
    tell_places(reading, root, settings, config);
    checks_operators(reading, file, settings, config);
    checks_network(reading, file, settings, config);
    checks_providers(reading, file, settings, config);
    checks_hooks(reading, file, settings, config);
    checks_lookup(reading, file, settings, config);
    config->plan.agents = agents_link(reading, agents, &config->plan);
    config->plan.agent_count = (uint8_t)agents->count;
    checks_supervisors(reading, file, settings, config);
    check_voices(reading, agents);
    warn_of_unreached(reading, agents);
    return config;
}

static void read_all(struct reading *reading, const char *file)
{
    struct text yaml;
    const char *why;
    struct config *config = NULL;

    if (reading_file(reading, file, &yaml, &why))
        config = make(reading, file, yaml);
    else
        reading_error(reading, file, 0, reading_print(reading, "cannot be read: %s", why),
                      "name the directory with offhook.yaml, or the file itself");
    if (reading->failed)
        reading_error(reading, file, 0, "reading took more than 64 MB of memory, or there is none",
                      "shorten the configuration");
    if (config && reading->errors == 0) {
        config->source = (struct text){.data = reading->source, .size = reading->source_size};
        reading->result->config = config;
    }
    reading_finish(reading);
}

void config_read(const char *path, struct config_result *out)
{
    struct reading reading;
    struct stat status;

    if (!reading_init(&reading, out)) {
        config_free(out);
        return;
    }
    if (stat(path, &status) == 0 && S_ISDIR(status.st_mode)) {
        size_t size = strlen(path);
        while (size > 1 && path[size - 1] == '/')
            size--;
        path = reading_print(&reading, "%.*s/offhook.yaml", (int)size, path);
    }
    read_all(&reading, path);
}

void config_read_source(struct text source, struct config_result *out)
{
    struct reading reading;
    const char *file;

    if (reading_init_source(&reading, out, source, &file))
        read_all(&reading, file);
    else
        config_free(out);
}

void config_free(struct config_result *result)
{
    if (result->memory)
        arena_free(result->memory);
    *result = (struct config_result){.problem_count = 0};
}

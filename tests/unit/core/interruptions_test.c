// SPDX-License-Identifier: Apache-2.0
/* interruptions_test.c [FILE MOST_WRONG MOST_MISSED]...: which of the labelled sounds take the floor, by what the gate, the detector and the
 * recogniser made of each (tests/bench/hearing.c), in virtual time.
 *
 * A row is the sound's name, ms since its beginning, what, how sure or how long ago, words, and of a
 * final how much it sounds like listening. A final
 * is told when it is asked for. The bounds are what was measured (docs/benchmarks.md): it may not
 * become worse unseen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "scene.h"

enum { INTO_MS = 1500, AFTER_MS = 3000, STEP_MS = 20, ROWS = 120, NAMED = 64, COLUMNS = 6, NUMBER = 4, DECIDED_MS = 320, KINDS = 8 };

struct row {
    uint32_t ms, number, listening;
    char what[8], words[200];
};

struct sound {
    char name[NAMED];
    struct row rows[ROWS];
    uint32_t count;
};

static struct {
    bool asked, forgotten, gave_way, resumed;
    uint64_t paused_ms; /* When. */
    uint32_t stall_ms;  /* The longest that the agent was silent and then went on. */
} seen;

static void watch(const struct command *command)
{
    seen.asked = seen.asked || command->kind == SPEECH_FINISH;
    seen.forgotten = seen.forgotten || command->kind == SPEECH_FORGET;
    seen.gave_way = seen.gave_way || command->kind == MEDIA_FLUSH;
    if (command->kind == MEDIA_PAUSE)
        seen.paused_ms = scene_now();
    if (command->kind == MEDIA_RESUME && scene_now() - seen.paused_ms > seen.stall_ms)
        seen.stall_ms = (uint32_t)(scene_now() - seen.paused_ms);
    seen.resumed = seen.resumed || command->kind == MEDIA_RESUME;
}

static void voice(bool on, uint32_t ago_ms)
{
    struct event event = {.kind = MEDIA_VOICE, .leg = scene_leg()};

    event.voice.voiced = on;
    event.voice.edge_ms = scene_now() - ago_ms;
    scene_event(event);
}

static void happen(const struct row *row)
{
    struct event verdict = {.kind = SPEECH_VERDICT, .leg = scene_leg()};

    verdict.verdict.speech = strcmp(row->what, "speech") == 0;
    if (strcmp(row->what, "voice") == 0 || strcmp(row->what, "quiet") == 0)
        voice(row->what[0] == 'v', row->number);
    else if (strcmp(row->what, "partial") == 0)
        scene_partial(row->words);
    else if (strcmp(row->what, "final") != 0)
        scene_event(verdict);
}

/* The final that was recorded next, if what it is made of was not thrown away. */
static void answer(const struct sound *sound, uint32_t *at)
{
    bool forgotten = seen.forgotten;

    seen.asked = seen.forgotten = false;
    while (*at < sound->count && strcmp(sound->rows[*at].what, "final") != 0)
        ++*at;
    if (*at == sound->count || forgotten)
        scene_final_at("", 0);
    else
        scene_final_sounding(sound->rows[*at].words, (uint16_t)sound->rows[*at].number,
                             (uint16_t)sound->rows[*at].listening);
    *at += *at < sound->count;
}

static bool gives_way_to(const struct sound *sound)
{
    uint32_t next = 0, final = 0, last_ms = sound->count ? sound->rows[sound->count - 1].ms : 0;

    memset(&seen, 0, sizeof(seen));
    scene_begin(4);
    scene_call();
    scene_ready();
    scene_wait(INTO_MS);
    scene_watch(watch);
    for (uint32_t ms = 0; ms < last_ms + AFTER_MS && !seen.gave_way; ms += STEP_MS) {
        for (; next < sound->count && sound->rows[next].ms <= ms; next++)
            happen(&sound->rows[next]);
        if (seen.asked)
            answer(sound, &final);
        scene_wait(STEP_MS);
    }
    scene_end();
    return seen.gave_way;
}

/* The next row; false at the end. Names a sound without rows too: nothing was heard of it. */
static bool read_row(FILE *in, char *name, struct row *row)
{
    char line[400], *rest = line, *fields[COLUMNS];

    do {
        if (!fgets(line, sizeof(line), in))
            return false;
    } while (line[0] == '#');
    line[strcspn(line, "\n")] = 0;
    for (uint32_t i = 0; i < COLUMNS; i++)
        CHECK((fields[i] = strsep(&rest, "\t")) != NULL);
    snprintf(name, NAMED, "%s", fields[0]);
    row->ms = (uint32_t)strtoul(fields[1], NULL, 10);
    row->number = (uint32_t)strtoul(fields[3], NULL, 10);
    snprintf(row->what, sizeof(row->what), "%s", fields[2]);
    snprintf(row->words, sizeof(row->words), "%s", fields[4]);
    row->listening = (uint32_t)strtoul(fields[5], NULL, 10);
    return true;
}

static struct {
    uint32_t wished, missed, late, others, wrong, held;
    struct {
        uint32_t all, not_so;
    } kinds[KINDS][2]; /* Synthetic, recorded. */
} tally;

static const char *const kind_names[KINDS] = {"words", "negation", "backchannel", "cough", "laugh", "grunt", "click", "noise"};
static const char *const from_names[2] = {"synthetic", "recorded"};

static void count_kind(const char *name, bool right)
{
    bool recorded = strstr(name, "-recorded-") != NULL;

    for (uint32_t i = 0; i < KINDS; i++) {
        if (strncmp(name + NUMBER, kind_names[i], strlen(kind_names[i])) != 0)
            continue;
        tally.kinds[i][recorded].all++;
        tally.kinds[i][recorded].not_so += !right;
    }
}

static void print_kinds(void)
{
    for (uint32_t i = 0; i < KINDS; i++)
        for (uint32_t j = 0; j < 2; j++)
            if (tally.kinds[i][j].all > 0)
                printf("# %s, %s: %u wrong of %u\n", kind_names[i], from_names[j],
                       tally.kinds[i][j].not_so, tally.kinds[i][j].all);
}

static void judge(const struct sound *sound)
{
    bool wished = strstr(sound->name, "-words-") || strstr(sound->name, "-negation-");
    bool gave_way = gives_way_to(sound);

    tally.wished += wished;
    tally.others += !wished;
    tally.missed += wished && !gave_way;
    tally.wrong += !wished && gave_way;
    tally.late += wished && gave_way && seen.resumed;
    tally.held += !wished && !gave_way && seen.stall_ms > DECIDED_MS;
    count_kind(sound->name, wished == gave_way);
    if (wished != gave_way)
        printf("# %s %s\n", wished ? "missed" : "gave way to", sound->name);
}

static void judge_all(const char *path)
{
    static struct sound sound;
    char name[NAMED];
    struct row row;
    FILE *in = fopen(path, "re");

    CHECK(in);
    memset(&tally, 0, sizeof(tally));
    sound = (struct sound){.count = 0};
    while (read_row(in, name, &row)) {
        if (strcmp(name, sound.name) != 0) {
            if (sound.name[0])
                judge(&sound);
            sound = (struct sound){.count = 0};
            memcpy(sound.name, name, sizeof(name));
        }
        CHECK(sound.count < ROWS);
        if (strcmp(row.what, "nothing") != 0)
            sound.rows[sound.count++] = row;
    }
    judge(&sound);
    fclose(in);
    uint32_t took = tally.wished - tally.missed;
    printf("# gave way to %u of %u that were no wish to speak, missed %u of %u; precision %.3f, recall %.3f\n",
           tally.wrong, tally.others, tally.missed, tally.wished,
           (double)took / (took + tally.wrong), (double)took / tally.wished);
    printf("# of those that it gave way to rightly %u after it had spoken on; of those rightly none, it was silent for longer than %u ms at %u\n",
           tally.late, DECIDED_MS, tally.held);
    print_kinds();
}

int main(int argc, char **argv)
{
    for (int i = 1; i + 2 < argc; i += 3) {
        judge_all(argv[i]);
        CHECK(tally.wrong <= strtoul(argv[i + 1], NULL, 10));
        CHECK(tally.missed <= strtoul(argv[i + 2], NULL, 10));
    }
    return 0;
}

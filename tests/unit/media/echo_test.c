// SPDX-License-Identifier: Apache-2.0
/* echo_test.c - recorded people on telephone lines that send back what they get. */
#include <math.h>
#include <string.h>

#include "base/g711.h"
#include "check.h"
#include "media/echo.h"
#include "wire/wav.h"

#define PROMPTS "/usr/share/asterisk/sounds/en_US_f_Allison/"

enum { SECONDS = 60, LONGEST = SECONDS * SAMPLE_RATE, FRAMES = SECONDS * 50 };

static int16_t agent[LONGEST], caller[LONGEST];
static uint32_t begins_s; /* The echo. */
static bool wanders;      /* Its delay, as with a jitter buffer on the way. */
static uint32_t shortens; /* Its delay, by 20 ms once, at this sample; 0: never. */

/* Prompts one after the other with 400 ms between, until the time is full. */
static void speak(int16_t *out, uint32_t from, uint32_t to, const char *const *names)
{
    static uint8_t bytes[4000000];
    struct wav wav;

    for (uint32_t i = 0; from < to; i++) {
        char path[256];
        if (!names[i])
            i = 0;
        snprintf(path, sizeof path, PROMPTS "%s.wav", names[i]);
        FILE *file = fopen(path, "rb");
        CHECK(file);
        size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        CHECK(wav_read(bytes, size, &wav) && wav.sample_rate == SAMPLE_RATE);
        from +=
            wav_samples(&wav, 0, 0, out + from, wav.frames < to - from ? wav.frames : to - from);
        from += 3200;
    }
}

static const char *const agents_words[] = {
    "conf-getconfno", "vm-intro",     "agent-newlocation", "conf-onlyperson", "vm-tooshort",
    "dir-instr",      "ss-noservice", "privacy-prompt",    "vm-instructions", NULL};
static const char *const callers_words[] = {"auth-incorrect", "conf-locked", "vm-goodbye", NULL};

/* A hybrid: some taps, one of them far, and a little noise; G.711 on the way back. */
static void line_of(const int16_t *sent, uint32_t at, uint32_t delay, float gain, uint64_t *seed,
                    int16_t *out)
{
    static const struct {
        int32_t at;
        float size;
    } taps[] = {{0, 0.35f},  {1, 0.8f},   {2, 0.3f},   {5, -0.25f},
                {11, 0.12f}, {60, 0.15f}, {190, 0.06f}};
    uint8_t coded[FRAME_SAMPLES];

    if (wanders) /* 20 ms more, and 10 ms less, every ten seconds. */
        delay += at / (10 * SAMPLE_RATE) % 2 * 160 + at / (20 * SAMPLE_RATE) * 40;
    if (shortens && at >= shortens)
        delay -= 160;
    for (uint32_t i = 0; i < FRAME_SAMPLES; i++) {
        float sum = (float)(check_random(seed) % 31) - 15;
        for (size_t t = 0; t < sizeof taps / sizeof taps[0]; t++) {
            int64_t from = (int64_t)at + i - delay - taps[t].at;
            sum += from < 0 || at < begins_s * SAMPLE_RATE
                       ? 0
                       : gain * taps[t].size * (float)sent[from];
        }
        sum += (float)caller[at + i];
        out[i] = (int16_t)(sum > 32000 ? 32000 : sum < -32000 ? -32000 : sum);
    }
    g711_ulaw_encode(out, coded, FRAME_SAMPLES);
    g711_ulaw_decode(coded, out, FRAME_SAMPLES);
}

static struct clip_table *clips;
static uint32_t words; /* The agent's, as a clip. */
static struct jitter jitter;

static void given_a_line(struct echo *echo, struct gate *gate)
{
    echo_init(echo);
    gate_init(gate);
    jitter_init(&jitter, 1, NULL);
}

/* As of an endpoint: what comes is in the jitter buffer before anybody judges it. */
static void comes(uint32_t frame, uint32_t timestamp, const int16_t in[FRAME_SAMPLES])
{
    struct jitter_frame out;

    (void)jitter_put(&jitter, timestamp, (frame + 50) * 20000000ull, in, FRAME_SAMPLES, 0);
    (void)jitter_take(&jitter, (frame + 50) * 20000000ull, &out);
}

static uint32_t lead; /* Samples that each frame goes out after its turn's time (hush.h). */

static void goes(struct echo *echo, struct echo_pool *pool, uint32_t at, bool voice)
{
    struct playout_frame frame = {.voice = true, .clip = words, .from = at};

    echo_pass(echo, 1);
    if (voice)
        echo_sent(echo, pool, &frame, lead, false);
}

struct outcome {
    uint32_t openings, first_ms; /* After `from`. */
    uint32_t erle_db, open_ms, compares;
    int32_t delay;
};

static struct outcome run(uint32_t delay_ms, float db, uint32_t from_s, uint32_t to_s, bool with)
{
    static struct echo echo;
    struct echo_pool pool;
    struct gate gate;
    struct outcome outcome = {.first_ms = UINT32_MAX};
    uint64_t seed = 7;
    bool open = false;

    CHECK(echo_pool_open(&pool, 1, with ? 512 : 0, clips) == 0);
    given_a_line(&echo, &gate);
    for (uint32_t f = 0; f < to_s * 50; f++) {
        int16_t in[FRAME_SAMPLES];
        uint32_t at = f * FRAME_SAMPLES;
        line_of(agent, at, delay_ms * 8 + 160 + lead, powf(10, db / 20), &seed, in);
        echo_pool_beat(&pool);
        comes(f, 4000000000u + at, in);
        enum echo_verdict verdict = echo_hear(&echo, &pool, &jitter, 4000000000u + at, in);
        outcome.compares += ECHO_COMPARES_A_BEAT - pool.compares;
        enum gate_result result = echo_gate(&echo, &gate, verdict, in);
        open = result == GATE_OPENED || (open && result != GATE_CLOSED);
        if (f >= from_s * 50 && result == GATE_OPENED) {
            outcome.openings++;
            if (outcome.first_ms == UINT32_MAX)
                outcome.first_ms = (f - from_s * 50) * 20;
        }
        outcome.open_ms += open * 20;
        bool voice = false;
        for (uint32_t i = 0; i < FRAME_SAMPLES; i++)
            voice = voice || agent[at + i] != 0;
        goes(&echo, &pool, at, voice);
    }
    outcome.erle_db = echo_return_loss(&echo);
    outcome.delay = echo.delay;
    echo_release(&echo, &pool);
    CHECK(pool.free_count == pool.count);
    echo_pool_close(&pool);
    return outcome;
}

static const uint32_t delays_ms[] = {0, 40, 120, 300};
static const float levels_db[] = {-6, -12, -20};

static void the_agents_own_voice_opens_nothing_in_a_minute(void)
{
    memset(caller, 0, sizeof caller);
    for (size_t d = 0; d < 4; d++) {
        for (size_t l = 0; l < 3; l++) {
            struct outcome bare = run(delays_ms[d], levels_db[l], 0, SECONDS, false);
            struct outcome outcome = run(delays_ms[d], levels_db[l], 0, SECONDS, true);
            /* A quarter of the power back within 20 ms is more than a hybrid gives. */
            CHECK(bare.openings > 20 && outcome.openings <= (l == 0 ? 2 : 0));
            CHECK(outcome.erle_db >= 12);
            CHECK(abs(outcome.delay - (int32_t)delays_ms[d] * 8 - 160) <= 16);
        }
    }
}

static void an_answer_that_began_between_two_turns_is_taken_out_as_well(void)
{
    static const uint32_t leads[] = {1, 56, 159};

    memset(caller, 0, sizeof caller);
    for (size_t i = 0; i < sizeof leads / sizeof leads[0]; i++) {
        lead = leads[i];
        struct outcome outcome = run(40, -12, 0, SECONDS, true);
        CHECK(outcome.openings == 0 && outcome.erle_db >= 12);
        CHECK(abs(outcome.delay - 40 * 8 - 160) <= 16);
    }
    lead = 0;
}

/* At once when the line is known; while it is found out what comes back, with a delay. */
static void a_caller_who_speaks_over_it_is_heard_as_soon_as_on_a_line_without(void)
{
    uint32_t late = 0; /* Of 60: where the two words are too much alike for a while. */

    for (uint32_t from = 2; from <= 38; from += 9) {
        memset(caller, 0, sizeof caller);
        speak(caller, from * SAMPLE_RATE, (from + 5) * SAMPLE_RATE, callers_words);
        struct outcome bare = run(0, -90, from, from + 5, false);
        CHECK(bare.first_ms <= 200 && run(0, -90, from, from + 5, true).first_ms == bare.first_ms);
        for (size_t d = 0; d < 4; d++) {
            for (size_t l = 0; l < 3; l++) {
                uint32_t first_ms = run(delays_ms[d], levels_db[l], from, from + 5, true).first_ms;
                late += first_ms > bare.first_ms + 160;
                CHECK(first_ms <= bare.first_ms + 500);
            }
        }
    }
    CHECK(late <= 3);
}

static void a_caller_who_speaks_before_the_line_is_known_waits_a_fifth_of_a_second_more(void)
{
    memset(caller, 0, sizeof caller);
    speak(caller, SAMPLE_RATE / 2, 5 * SAMPLE_RATE, callers_words);
    struct outcome bare = run(0, -90, 0, 5, false), outcome = run(0, -90, 0, 5, true);
    CHECK(outcome.first_ms <= bare.first_ms + 200);
}

static void a_line_that_begins_to_echo_in_mid_call_is_found_out(void)
{
    memset(caller, 0, sizeof caller);
    begins_s = 20; /* As when the other side turns its loudspeaker on. */
    struct outcome outcome = run(120, -12, 22, SECONDS, true);
    begins_s = 0;
    CHECK(outcome.openings == 0 && outcome.delay > 0 && outcome.erle_db >= 12);
}

/* The two are the same person's voice, and alike for a word now and then: 760 were done before a
 * line could be ruled out, 40 are. */
static void a_caller_on_a_line_without_an_echo_is_looked_at_less_and_less(void)
{
    memset(caller, 0, sizeof caller);
    speak(caller, SAMPLE_RATE, LONGEST, callers_words);
    struct outcome few = run(120, -90, 0, 10, true), outcome = run(120, -90, 0, SECONDS, true);
    CHECK(few.compares >= 6 && few.compares <= 30 && outcome.compares <= 50);
}

static void a_line_that_was_ruled_out_is_found_out_all_the_same(void)
{
    memset(caller, 0, sizeof caller);
    speak(caller, SAMPLE_RATE, 20 * SAMPLE_RATE, callers_words);
    begins_s = 25;
    struct outcome outcome = run(120, -12, 33, SECONDS, true);
    begins_s = 0;
    CHECK(outcome.openings == 0 && outcome.delay > 0 && outcome.erle_db >= 12);
}

static void an_echo_whose_delay_wanders_opens_next_to_nothing(void)
{
    memset(caller, 0, sizeof caller);
    wanders = true;
    for (size_t l = 0; l < 3; l++) {
        struct outcome outcome = run(60, levels_db[l], 0, SECONDS, true);
        CHECK(outcome.openings <= 2 && outcome.erle_db >= 6);
    }
    wanders = false;
}

/* Where the agent pauses for the first time after so long, as a jitter buffer waits for. */
static uint32_t pause_after(uint32_t from_s)
{
    uint32_t at = from_s * SAMPLE_RATE, quiet = 0;

    for (; quiet < 1600; at++)
        quiet = agent[at] == 0 ? quiet + 1 : 0;
    return at;
}

/* What an Offhook that calls does, and many a telephone: it begins with 40 ms, sees that 20 are
 * enough, and leaves 20 out where nobody speaks. */
static void a_delay_that_shortens_between_two_sentences_is_followed_at_once(void)
{
    memset(caller, 0, sizeof caller);
    for (size_t d = 0; d < 4; d++) {
        for (size_t l = 0; l < 3; l++) {
            for (uint32_t s = 2; s <= 10; s += 4) {
                shortens = (pause_after(s) + delays_ms[d] * 8 + 480) / 160 * 160;
                struct outcome outcome = run(delays_ms[d] + 20, levels_db[l], 0, 20, true);
                CHECK(outcome.openings == 0);
                CHECK(abs(outcome.delay - (int32_t)delays_ms[d] * 8 - 160) <= 16);
            }
        }
    }
    shortens = 0;
}

static void without_a_free_canceller_the_comparison_alone_decides(void)
{
    struct echo_pool pool = {.count = 1, .clips = clips}; /* All are in use. */
    static struct echo echo;
    struct gate gate;
    uint32_t openings = 0;
    uint64_t seed = 3;

    memset(caller, 0, sizeof caller);
    given_a_line(&echo, &gate);
    for (uint32_t f = 0; f < FRAMES; f++) {
        int16_t in[FRAME_SAMPLES];
        line_of(agent, f * FRAME_SAMPLES, 1000, 0.25f, &seed, in);
        echo_pool_beat(&pool);
        comes(f, f * FRAME_SAMPLES, in);
        enum echo_verdict verdict = echo_hear(&echo, &pool, &jitter, f * FRAME_SAMPLES, in);
        openings += echo_gate(&echo, &gate, verdict, in) == GATE_OPENED;
        goes(&echo, &pool, f * FRAME_SAMPLES, true);
    }
    CHECK(pool.refused == 1 && openings <= 10);
    echo_release(&echo, &pool);
}

/* A beat that has no time left must neither look nor cancel, nor keep a caller back for long. */
static void what_a_beat_has_no_time_for_is_counted_and_left_to_the_careful_detector(void)
{
    struct echo_pool pool;
    static struct echo echo;
    struct gate gate;
    uint32_t first = UINT32_MAX;
    uint64_t seed = 3;

    memset(caller, 0, sizeof caller);
    CHECK(echo_pool_open(&pool, 1, 512, clips) == 0);
    given_a_line(&echo, &gate);
    for (uint32_t f = 0; f < 100; f++) {
        int16_t in[FRAME_SAMPLES];
        line_of(agent, f * FRAME_SAMPLES, 1000, 0.25f, &seed, in);
        echo_pool_beat(&pool);
        pool.compares = pool.cancels = 0;
        comes(f, f * FRAME_SAMPLES, in);
        enum echo_verdict verdict = echo_hear(&echo, &pool, &jitter, f * FRAME_SAMPLES, in);
        if (echo_gate(&echo, &gate, verdict, in) == GATE_OPENED && first == UINT32_MAX)
            first = f;
        goes(&echo, &pool, f * FRAME_SAMPLES, true);
    }
    CHECK(pool.put_off > 10 && first < 40 && !echo.judged && pool.free_count == 1);
    echo_release(&echo, &pool);
    echo_pool_close(&pool);
}

/* The playout lets go of a clip with its last frame: what was not held by then may be gone. */
static void a_clip_of_one_frame_is_not_held_when_it_is_over(void)
{
    struct echo_pool pool;
    static struct echo echo;
    struct gate gate;
    struct playout_frame frame = {.voice = true, .ended = true, .clip = clip_new(clips, 80)};

    clip_finish(clips, frame.clip);
    clip_drop(clips, frame.clip);
    CHECK(clip_reap(clips) == 1 && echo_pool_open(&pool, 1, 512, clips) == 0);
    given_a_line(&echo, &gate);
    echo_pass(&echo, 1);
    echo_sent(&echo, &pool, &frame, 0, false);
    CHECK(echo_is_near(&echo));
    echo_release(&echo, &pool);
    echo_pool_close(&pool);
}

int main(void)
{
    speak(agent, 1600, LONGEST, agents_words);
    CHECK(clip_table_open(&clips, 2) == 0);
    words = clip_new(clips, LONGEST);
    clip_append(clips, words, agent, LONGEST);
    clip_finish(clips, words);
    RUN(the_agents_own_voice_opens_nothing_in_a_minute);
    RUN(an_answer_that_began_between_two_turns_is_taken_out_as_well);
    RUN(a_caller_who_speaks_over_it_is_heard_as_soon_as_on_a_line_without);
    RUN(a_caller_who_speaks_before_the_line_is_known_waits_a_fifth_of_a_second_more);
    RUN(a_line_that_begins_to_echo_in_mid_call_is_found_out);
    RUN(a_caller_on_a_line_without_an_echo_is_looked_at_less_and_less);
    RUN(a_line_that_was_ruled_out_is_found_out_all_the_same);
    RUN(an_echo_whose_delay_wanders_opens_next_to_nothing);
    RUN(a_delay_that_shortens_between_two_sentences_is_followed_at_once);
    RUN(without_a_free_canceller_the_comparison_alone_decides);
    RUN(what_a_beat_has_no_time_for_is_counted_and_left_to_the_careful_detector);
    RUN(a_clip_of_one_frame_is_not_held_when_it_is_over);
    clip_drop(clips, words);
    CHECK(clip_reap(clips) == 1); /* Every line has let go of it. */
    clip_table_close(clips);
    return 0;
}

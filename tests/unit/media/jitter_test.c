// SPDX-License-Identifier: Apache-2.0
/* jitter_test.c - what a listener hears of a stream that the network has treated badly.
 *
 * Packets carry a ramp: the value of a sample tells its place in the stream, so that what comes out
 * can be compared sample by sample. A simulated sender, network and clock; seeds are printed by
 * CHECK's line and fixed. */
#include "media/jitter.h"

#include <math.h>
#include <string.h>

#include "check.h"

enum { MOST = 4000 };

struct packet {
    uint64_t arrival_ns;
    uint32_t number;
};

struct net {
    uint32_t packets, samples; /* In each. */
    double loss, jitter_ms, spike_chance, spike_ms, duplicate, reorder;
    double drift_ppm;                /* Sender's clock against ours. */
    uint32_t voiced_from, voiced_to; /* Packets marked as speech. */
    uint64_t seed;
};

static struct jitter jitter;
static uint32_t scale; /* At 16 kHz each sample of the ramp is there twice. */
static int16_t room[2 * JITTER_ROOM];
static struct packet packets[2 * MOST];
static uint32_t packet_count;

/* Of one run. */
static uint32_t taken, sound, concealed, nothing, wrong, steps;
static double delay_sum_ms, delay_most_ms;

static double uniform(uint64_t *seed)
{
    return check_random(seed) / 4294967296.0;
}

static void add(uint64_t arrival_ns, uint32_t number)
{
    uint32_t at = packet_count++;

    for (; at > 0 && packets[at - 1].arrival_ns > arrival_ns; at--)
        packets[at] = packets[at - 1];
    packets[at] = (struct packet){.arrival_ns = arrival_ns, .number = number};
}

static void make_trace(const struct net *net)
{
    uint64_t seed = net->seed ? net->seed : 7;
    double step_ns = net->samples * 125000.0 / (1 + net->drift_ppm * 1e-6), last_ns = 0;

    packet_count = 0;
    for (uint32_t i = 0; i < net->packets; i++) {
        double at = 1e9 + (i + 1) * step_ns + 20e6;
        at += net->jitter_ms * 1e6 * uniform(&seed) * uniform(&seed) * 2;
        if (uniform(&seed) < net->spike_chance)
            at += net->spike_ms * 1e6;
        if (!(uniform(&seed) < net->reorder) && at < last_ns)
            at = last_ns + 1000; /* A queue keeps the order. */
        last_ns = at > last_ns ? at : last_ns;
        if (uniform(&seed) < net->loss)
            continue;
        add((uint64_t)at, i);
        if (uniform(&seed) < net->duplicate)
            add((uint64_t)at + 3000000, i);
    }
}

static int16_t ramp(uint32_t place)
{
    return (int16_t)(place % 30000 + 1000);
}

static void put(const struct net *net, const struct packet *packet)
{
    int16_t samples[2 * 800];
    uint32_t first = packet->number * net->samples;
    uint32_t marks =
        packet->number >= net->voiced_from && packet->number < net->voiced_to ? JITTER_VOICED : 0;

    for (uint32_t i = 0; i < net->samples * scale; i++)
        samples[i] = ramp(first + i / scale);
    (void)jitter_put(&jitter, 0xfffff000u + first, packet->arrival_ns, samples, net->samples,
                     marks);
}

/* Looks at the second half of a frame, where nothing is blended: is it the stream, and how old? */
static void look(const struct net *net, const struct jitter_frame *frame, uint64_t now_ns,
                 uint32_t *last)
{
    uint32_t value = (uint32_t)(frame->samples[scale * FRAME_SAMPLES - 1] - 1000);
    uint32_t base = *last - *last % 30000, place = base + value;
    double said_ns;

    if (place + 15000 < *last)
        place += 30000;
    for (uint32_t i = 80; i + 1 < FRAME_SAMPLES; i++) {
        int32_t by = frame->samples[(i + 1) * scale] - frame->samples[i * scale];
        wrong += by != 1 && by != 1 - 30000;
    }
    steps += *last != 0 && place != *last + FRAME_SAMPLES;
    *last = place;
    said_ns = 1e9 + 20e6 + (place + 1) * 125000.0 / (1 + net->drift_ppm * 1e-6);
    double delay_ms = ((double)now_ns - said_ns) / 1e6;
    delay_sum_ms += delay_ms;
    delay_most_ms = fmax(delay_most_ms, delay_ms);
}

static void run(const struct net *net)
{
    uint32_t next = 0, last = 0;
    struct jitter_frame frame;

    make_trace(net);
    jitter_init(&jitter, scale, room);
    taken = sound = concealed = nothing = wrong = steps = 0;
    delay_sum_ms = delay_most_ms = 0;
    uint64_t end_ns = packets[packet_count - 1].arrival_ns + 20000000;
    for (uint64_t now_ns = 1007000000; now_ns < end_ns; now_ns += 20000000) {
        while (next < packet_count && packets[next].arrival_ns <= now_ns)
            put(net, &packets[next++]);
        taken++;
        switch (jitter_take(&jitter, now_ns, &frame)) {
        case JITTER_TAKE_SOUND:
            sound++;
            look(net, &frame, now_ns, &last);
            break;
        case JITTER_TAKE_CONCEALED:
            concealed++;
            break;
        case JITTER_TAKE_NOTHING:
            nothing++;
            break;
        }
    }
    CHECK(wrong == 0);
}

static double mean_delay_ms(void)
{
    return delay_sum_ms / sound;
}

static void a_perfect_line_is_played_whole_and_soon(void)
{
    run(&(struct net){.packets = 500, .samples = 160});
    CHECK(sound >= 494 && concealed == 0 && jitter.late == 0 && nothing <= 6);
    CHECK(mean_delay_ms() < 65 && jitter.depth_ms <= 40);
    CHECK(jitter.jumps == 0 && jitter.duplicate == 0);
}

static void depth_falls_to_20_ms_on_a_quiet_line_while_nobody_speaks(void)
{
    run(&(struct net){.packets = 2000, .samples = 160, .jitter_ms = 2});
    CHECK(jitter.depth_ms == JITTER_DEPTH_LEAST_MS && concealed == 0 && jitter.late == 0);
    CHECK(jitter.left_out_ms >= 10 && jitter.left_out_ms <= 40);
}

static void packets_of_10_30_and_40_ms_are_cut_into_frames(void)
{
    static const uint32_t sizes[] = {80, 240, 320, 800};

    for (int i = 0; i < 4; i++) {
        run(&(struct net){.packets = 60000 / sizes[i], .samples = sizes[i], .jitter_ms = 3});
        CHECK(concealed == 0 && jitter.late == 0 && sound > 340);
    }
}

static void a_lost_packet_is_concealed_and_nothing_else_is_changed(void)
{
    run(&(struct net){.packets = 2000, .samples = 160, .loss = 0.05, .voiced_to = 2000});
    CHECK(jitter.concealed >= 75 && jitter.concealed <= 125); /* A packet may lie in two frames. */
    CHECK(concealed >= jitter.concealed && concealed <= 2 * jitter.concealed + 2);
    CHECK(jitter.late == 0 && sound + concealed + nothing == taken);
}

static void jitter_of_60_ms_is_waited_for(void)
{
    run(&(struct net){.packets = 3000, .samples = 160, .jitter_ms = 30, .voiced_from = 0});
    CHECK(jitter.depth_ms >= 40 && jitter.depth_ms <= 90);
    CHECK((jitter.late + jitter.concealed) * 1000 < 12 * 3000);
}

static void packets_out_of_order_find_their_place(void)
{
    run(&(struct net){.packets = 3000, .samples = 160, .jitter_ms = 20, .reorder = 1.0});
    CHECK((jitter.late + jitter.concealed) * 1000 < 12 * 3000 && jitter.duplicate == 0);
}

static void doubled_packets_are_dropped_and_counted(void)
{
    run(&(struct net){.packets = 1000, .samples = 160, .duplicate = 0.3});
    CHECK(jitter.duplicate + jitter.late >= 250 && jitter.duplicate + jitter.late <= 350);
    CHECK(jitter.duplicate >= 250 && concealed == 0 && jitter.jumps == 0);
}

static void a_stall_and_its_burst_lose_little_and_the_delay_comes_down_again(void)
{
    run(&(struct net){
        .packets = 3000, .samples = 160, .spike_chance = 0.002, .spike_ms = 150, .seed = 3});
    CHECK(concealed <= 6 * 14 && jitter.jumps == 0);
    CHECK(delay_most_ms < 330 && mean_delay_ms() < 140);
}

static void a_senders_clock_that_is_fast_or_slow_is_followed(void)
{
    static const double ppm[] = {-200, -50, 50, 200};

    for (int i = 0; i < 4; i++) { /* Four minutes: 48 ms of drift at 200 ppm. */
        run(&(struct net){.packets = MOST, .samples = 480, .drift_ppm = ppm[i], .jitter_ms = 3});
        CHECK(jitter.late == 0 && concealed <= 2 && jitter.jumps == 0);
        CHECK(mean_delay_ms() < 110 && delay_most_ms < 130);
        CHECK(ppm[i] < 0 || jitter.left_out_ms >= 5);
    }
}

static void speech_is_not_cut_to_correct_small_distances(void)
{
    run(&(struct net){.packets = 2000, .samples = 160, .jitter_ms = 2, .voiced_to = 2000});
    CHECK(steps == 0 && jitter.left_out_ms == 0 && jitter.doubled_ms == 0);
}

static void a_sender_that_begins_anew_is_heard_again_within_200_ms(void)
{
    struct net net = {.packets = 100, .samples = 160};
    struct jitter_frame frame;
    uint32_t quiet = 0;
    int16_t samples[2 * FRAME_SAMPLES];

    run(&net);
    uint64_t now_ns = packets[packet_count - 1].arrival_ns;
    for (uint32_t i = 0; i < 50; i++) {
        now_ns += 20000000;
        for (int k = 0; k < 2 * FRAME_SAMPLES; k++)
            samples[k] = 500;
        (void)jitter_put(&jitter, 77 + i * 160, now_ns, samples, FRAME_SAMPLES, 0);
        quiet += jitter_take(&jitter, now_ns + 1000000, &frame) != JITTER_TAKE_SOUND;
    }
    CHECK(jitter.jumps == 1 && quiet <= 10 && frame.samples[100] == 500);
}

static void a_sender_that_is_silent_for_seconds_goes_on_where_it_should(void)
{
    struct net net = {.packets = 100, .samples = 160};
    struct jitter_frame frame;
    int16_t samples[2 * FRAME_SAMPLES] = {0};
    uint32_t heard = 0;

    run(&net);
    uint64_t now_ns = packets[packet_count - 1].arrival_ns;
    uint32_t timestamp = 0xfffff000u + 100 * 160;
    for (int i = 0; i < 150; i++) { /* 3 s of nothing: discontinuous transmission. */
        now_ns += 20000000;
        timestamp += 160;
        (void)jitter_take(&jitter, now_ns, &frame);
    }
    for (int i = 0; i < 20; i++) {
        now_ns += 20000000;
        (void)jitter_put(&jitter, timestamp, now_ns - 1000000, samples, FRAME_SAMPLES, 0);
        timestamp += 160;
        heard += jitter_take(&jitter, now_ns, &frame) == JITTER_TAKE_SOUND;
    }
    CHECK(heard >= 16 && jitter.jumps == 0 && jitter.late == 0);
}

static void marks_stay_with_their_sound_and_muted_sound_is_silence(void)
{
    struct jitter_frame frame;
    int16_t samples[2 * FRAME_SAMPLES];
    uint64_t now_ns = 1000000000;
    uint32_t voiced = 0, muted = 0;

    jitter_init(&jitter, scale, room);
    for (int k = 0; k < 2 * FRAME_SAMPLES; k++)
        samples[k] = 900;
    for (uint32_t i = 0; i < 40; i++, now_ns += 20000000) {
        (void)jitter_put(&jitter, i * 160, now_ns, samples, FRAME_SAMPLES, 0);
        if (i == 20)
            jitter_mark(&jitter, 21 * 160, 320, JITTER_VOICED);
        if (i == 30)
            jitter_mark(&jitter, 31 * 160, 160, JITTER_MUTED);
        (void)jitter_take(&jitter, now_ns, &frame);
        voiced += frame.marks & JITTER_VOICED ? 1 : 0;
        muted += frame.samples[80] == 0 && i > 10;
    }
    CHECK(voiced >= 2 && voiced <= 3 && muted >= 1 && muted <= 2);
}

static void a_sender_that_says_it_pauses_is_neither_waited_for_nor_made_up(void)
{
    struct net net = {.packets = 100, .samples = 160};
    struct jitter_frame frame;
    uint32_t made_up = 0, counted;

    run(&net);
    counted = jitter.concealed;
    jitter_pause(&jitter);
    uint64_t now_ns = packets[packet_count - 1].arrival_ns;
    for (uint32_t i = 0; i < 20; i++)
        made_up += jitter_take(&jitter, now_ns += 20000000, &frame) == JITTER_TAKE_CONCEALED;
    CHECK(made_up <= 1 && jitter.concealed <= counted + 1); /* A frame that ends in the pause. */
}

static void any_packets_in_any_order_do_no_harm(void)
{
    uint64_t seed = 99, now_ns = 5000000000;
    struct jitter_frame frame;
    int16_t samples[2 * 800] = {0};

    jitter_init(&jitter, scale, room);
    for (uint32_t i = 0; i < 300000; i++) {
        uint32_t timestamp = check_random(&seed), count = 8 + check_random(&seed) % 100 * 8;
        if (check_random(&seed) % 4 != 0)
            timestamp = i * 40 + timestamp % 9000;
        (void)jitter_put(&jitter, timestamp, now_ns - check_random(&seed) % 900000000, samples,
                         count > 800 ? 800 : count, check_random(&seed) % 8);
        jitter_mark(&jitter, check_random(&seed), check_random(&seed), JITTER_MUTED);
        if (check_random(&seed) % 3 == 0)
            (void)jitter_take(&jitter, now_ns += check_random(&seed) % 40000000, &frame);
        CHECK(jitter.depth_ms >= JITTER_DEPTH_LEAST_MS && jitter.depth_ms <= JITTER_DEPTH_MOST_MS);
    }
}

static void all(void)
{
    RUN(a_perfect_line_is_played_whole_and_soon);
    RUN(depth_falls_to_20_ms_on_a_quiet_line_while_nobody_speaks);
    RUN(packets_of_10_30_and_40_ms_are_cut_into_frames);
    RUN(a_lost_packet_is_concealed_and_nothing_else_is_changed);
    RUN(jitter_of_60_ms_is_waited_for);
    RUN(packets_out_of_order_find_their_place);
    RUN(doubled_packets_are_dropped_and_counted);
    RUN(a_stall_and_its_burst_lose_little_and_the_delay_comes_down_again);
    RUN(a_senders_clock_that_is_fast_or_slow_is_followed);
    RUN(speech_is_not_cut_to_correct_small_distances);
    RUN(a_sender_that_begins_anew_is_heard_again_within_200_ms);
    RUN(a_sender_that_is_silent_for_seconds_goes_on_where_it_should);
    RUN(marks_stay_with_their_sound_and_muted_sound_is_silence);
    RUN(a_sender_that_says_it_pauses_is_neither_waited_for_nor_made_up);
    RUN(any_packets_in_any_order_do_no_harm);
}

int main(void)
{
    scale = 1;
    all();
    scale = 2;
    all();
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* load.c - `load --target 127.0.0.1:5060 ...`: options, the loop of one millisecond, and the window
 * in which the server's processor time is read. Exit code: 0 when calls were made and reported,
 * whatever became of them; 2 when it could not be done. */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wheel.h"

enum { STARTS_A_STEP = 50, MAX_LOAD_CALLS = 1000000 };

static struct load load;
static volatile sig_atomic_t stopped;

static void stop(int signal)
{
    (void)signal;
    stopped = 1;
}

static const char usage[] =
    "load --target HOST:PORT [--number N] [--calls N] [--rate CALLS_A_SECOND] [--hold SECONDS]\n"
    "     [--media | --no-media] [--sound FILE.wav] [--pid SERVER] [--port SIP_PORT]\n"
    "     [--rtp-port FIRST] [--json FILE] [--row NAME]\n"
    "Places calls from 127.0.0.1, all with sound unless --no-media, and reports what they "
    "noticed:\n"
    "a table on standard error, one JSON object on standard output or in FILE. With --row NAME a "
    "row\n"
    "of a Markdown table on standard output instead. Exit code 1 when a bound was broken.\n";

static _Noreturn void fail(const char *what, const char *why)
{
    fprintf(stderr, "load: %s: %s\n%s", what, why, usage);
    exit(2);
}

static uint32_t number(const char *name, const char *value, uint32_t most)
{
    uint64_t out;

    if (!text_number(text_of(value), &out) || out > most)
        fail(name, value);
    return (uint32_t)out;
}

static void set_target(const char *value)
{
    char host[32];
    struct text rest = text_of(value), name = text_next(&rest, ':');

    text_copy(host, sizeof host, name);
    load.options.target.sin_family = AF_INET;
    load.options.target.sin_port =
        htons(rest.data ? (uint16_t)number("--target", rest.data, 65535) : 5060);
    if (inet_pton(AF_INET, host, &load.options.target.sin_addr) != 1)
        fail("--target wants an IPv4 address and a port", value);
    snprintf(load.options.target_text, sizeof load.options.target_text, "%s:%u", host,
             ntohs(load.options.target.sin_port));
}

static const char *read_options(int argc, char **argv)
{
    static const struct option names[] = {{"target", required_argument, NULL, 't'},
                                          {"number", required_argument, NULL, 'n'},
                                          {"calls", required_argument, NULL, 'c'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"hold", required_argument, NULL, 'h'},
                                          {"media", no_argument, NULL, 'm'},
                                          {"no-media", no_argument, NULL, 'M'},
                                          {"sound", required_argument, NULL, 's'},
                                          {"pid", required_argument, NULL, 'p'},
                                          {"port", required_argument, NULL, 'P'},
                                          {"rtp-port", required_argument, NULL, 'R'},
                                          {"json", required_argument, NULL, 'j'},
                                          {"row", required_argument, NULL, 'w'},
                                          {"help", no_argument, NULL, 'H'},
                                          {NULL, 0, NULL, 0}};
    struct load_options *options = &load.options;
    const char *json = NULL;
    int option;

    *options = (struct load_options){.number = "1000",
                                     .calls = 10,
                                     .rate = 10,
                                     .hold_ms = 10000,
                                     .rtp_port = 30000,
                                     .media = true};
    options->local.sin_family = AF_INET;
    options->local.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
        switch (option) {
        case 't':
            set_target(optarg);
            break;
        case 'n':
            options->number = optarg;
            break;
        case 'c':
            options->calls = number("--calls", optarg, MAX_LOAD_CALLS);
            break;
        case 'r':
            options->rate = number("--rate", optarg, 100000);
            break;
        case 'h':
            options->hold_ms = (uint32_t)(strtod(optarg, NULL) * 1000);
            break;
        case 'm':
            options->media = true;
            break;
        case 'M':
            options->media = false;
            break;
        case 's':
            options->sound = optarg;
            break;
        case 'p':
            options->pid = (int)number("--pid", optarg, INT32_MAX);
            break;
        case 'P':
            options->local.sin_port = htons((uint16_t)number("--port", optarg, 65535));
            break;
        case 'R':
            options->rtp_port = (uint16_t)number("--rtp-port", optarg, 65000);
            break;
        case 'w':
            options->row = optarg;
            break;
        case 'j':
            json = optarg;
            break;
        case 'H':
            printf("%s", usage);
            exit(0);
        default:
            fail("options", "unknown");
        }
    }
    if (options->target.sin_port == 0 || options->calls == 0 || options->rate == 0)
        fail("options", "--target is needed, --calls and --rate are not 0");
    return json;
}

static void read_clocks(void)
{
    struct timespec wall;

    load.now_ns = clock_ns();
    clock_gettime(CLOCK_REALTIME, &wall);
    load.wall_minus_monotonic_ns =
        (int64_t)wall.tv_sec * 1000000000 + wall.tv_nsec - (int64_t)load.now_ns;
}

static void start_due_calls(void)
{
    uint64_t due = (load.now_ns - load.start_ns) / 1000 * load.options.rate / 1000000;

    if (stopped) {
        load.options.calls = load.figures.started;
        load_sip_stop(&load);
        stopped = 0;
    }
    for (int i = 0; i < STARTS_A_STEP; i++) {
        if (load.figures.started >= load.options.calls || load.figures.started >= due)
            return;
        if (!load.options.media) { /* With sound its frames tell how late we are. */
            uint64_t planned_ns =
                load.start_ns + load.figures.started * 1000000000ull / load.options.rate;
            histogram_add(&load.figures.lateness, (load.now_ns - planned_ns) / 1000);
        }
        load_sip_start_call(&load, load.figures.started);
    }
}

/* While all calls are up, where there is such a time; else while calls come and go evenly. */
static void choose_window(uint64_t *begin_ns, uint64_t *end_ns)
{
    uint64_t ramp_ns = load.options.calls * 1000000000ull / load.options.rate;
    uint64_t hold_ns = load.options.hold_ms * 1000000ull;

    *begin_ns = load.start_ns + ramp_ns + 1000000000;
    *end_ns = load.start_ns + hold_ns - 500000000;
    if (hold_ns < ramp_ns + 3000000000) {
        *begin_ns = load.start_ns + (hold_ns < ramp_ns / 2 ? hold_ns : ramp_ns / 2);
        *end_ns = load.start_ns + ramp_ns - ramp_ns / 20;
    }
}

static void run(struct load_window *window)
{
    uint64_t begin_ns, end_ns, give_up_ns, next_ns;
    int pid = load.options.pid;

    read_clocks();
    load.start_ns = load.now_ns;
    next_ns = load.start_ns;
    choose_window(&begin_ns, &end_ns);
    give_up_ns = load.start_ns + load.options.calls * 1000000000ull / load.options.rate +
                 load.options.hold_ms * 1000000ull + 70000000000ull;
    while (load.figures.ended + load.figures.failed < load.options.calls &&
           load.now_ns < give_up_ns) {
        start_due_calls();
        load_sip_step(&load);
        if (load.options.media)
            load_media_step(&load);
        if (pid && window->begin.at_ns == 0 && load.now_ns >= begin_ns)
            (void)!proc_sample(pid, false, &window->begin);
        if (pid && window->end.at_ns == 0 && load.now_ns >= end_ns)
            (void)!proc_sample(pid, true, &window->end);
        next_ns += 1000000;
        if (next_ns > clock_ns())
            clock_sleep_until_ns(next_ns);
        read_clocks();
        while (next_ns + 1000000 < load.now_ns)
            next_ns += 1000000;
    }
    window->wall_ns = load.now_ns - load.start_ns;
}

static void prepare(void)
{
    const char *what = "--port";
    void *memory;
    int error;

    load.run = (uint32_t)clock_wall_ms();
    load.calls = calloc(load.options.calls, sizeof *load.calls);
    memory = calloc(1, wheel_size(load.options.calls));
    if (!load.calls || !memory)
        fail("memory", strerror(ENOMEM));
    load.wheel = wheel_init(memory, load.options.calls);
    error = load_sip_open(&load);
    if (error == 0 && load.options.media) {
        what = "--rtp-port or --sound";
        error = load_media_open(&load);
    }
    if (error < 0)
        fail(what, strerror(-error));
}

int main(int argc, char **argv)
{
    const char *json_path = read_options(argc, argv);
    FILE *json = json_path ? fopen(json_path, "w") : load.options.row ? NULL : stdout;
    struct load_window window = {0};
    struct rusage usage_now;

    if (json_path && !json)
        fail(json_path, strerror(errno));
    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    prepare();
    if (load.options.pid && !proc_sample(load.options.pid, true, &window.idle))
        fail("--pid", "no such process");
    run(&window);
    getrusage(RUSAGE_SELF, &usage_now);
    window.own_cpu_s = (double)(usage_now.ru_utime.tv_sec + usage_now.ru_stime.tv_sec) +
                       (double)(usage_now.ru_utime.tv_usec + usage_now.ru_stime.tv_usec) / 1e6;
    return load_report(&load, &window, json, stderr) ? 0 : 1;
}

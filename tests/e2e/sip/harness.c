// SPDX-License-Identifier: Apache-2.0
/* harness.c - the signalling limb with a tiny scripted core, for sipp to call.
 *
 * What it does with a call is in the number called: "answer", "busy", "reliable", ... (`plays`
 * below). Every event is printed as a line; lines on standard input are orders ("dial URI", "hangup
 * ID", "dial TRUNK NUMBER", "figures", "bans", "ban ADDRESS", "unban ADDRESS", "trunks N" (of those
 * given), "quit"). Usage: harness LISTENER... [max=N] [trunk:KEY=VALUE;...] [user:NAME=PASSWORD]
 * [trunk=RANGE rate=N calls=N failures=N ban=S scanner=NAME]. */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/address.h"
#include "base/clock.h"
#include "base/limits.h"
#include "base/mailbox.h"
#include "core/command.h"
#include "core/event.h"
#include "sip/sip.h"

static const char sdp[] =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    "m=audio 23990 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n";

enum { LATER_MAX = 4096 };

/* A call's own script: what to do on INVITE, and some time after an event. */
struct play {
    const char *name;
    uint16_t reject; /* Status, and nothing else. */
    uint32_t retry_after_s, min_se_s;
    bool reliable; /* Ring with SDP reliably, answer on PRACK. */
    bool ring_only;
    uint32_t answer_after_ms;
    uint32_t hang_up_after_ms, refresh_after_ms; /* After the ACK. */
    enum session_refresher refresher;
};

static const struct play plays[] = {
    {.name = "answer"},
    {.name = "busy", .reject = 486},
    {.name = "nobody", .reject = 404},
    {.name = "forbidden", .reject = 403},
    {.name = "nocodec", .reject = 488},
    {.name = "full", .reject = 503, .retry_after_s = 30},
    {.name = "short", .reject = 422, .min_se_s = 90},
    {.name = "ringing", .ring_only = true},
    {.name = "slow", .answer_after_ms = 400},
    {.name = "reliable", .reliable = true},
    {.name = "byebye", .hang_up_after_ms = 200},
    {.name = "refreshing", .refresh_after_ms = 200, .refresher = REFRESHER_UAS},
    {.name = "refreshed", .refresher = REFRESHER_UAC},
};

struct known {
    uint32_t dialog;
    const struct play *play;
};

struct later {
    uint64_t at_ms;
    uint32_t dialog;
    enum command_kind kind;
};

static struct {
    struct sip *sip;
    struct known known[16384];
    struct later later[LATER_MAX];
    uint32_t later_count;
    struct sip_tls tls;
    bool has_tls;
    struct sip_hep hep;
    bool quiet, quit;
} harness;

/* "name=a;host=127.0.0.1;port=5070;user=u;password=p;register=60;probe=1000;authenticate=1;
 * source=127.0.0.1": each trunk has one source at most. */
static struct {
    struct plan plan;
    struct plan_trunk trunks[8];
    struct plan_source sources[8];
    struct plan_user users[8];
} accounts;

static void add_trunk(struct text words)
{
    uint8_t at = accounts.plan.trunk_count++;
    struct plan_trunk *trunk = &accounts.trunks[at];

    while (words.data) {
        struct text value = text_next(&words, ';'), key = text_next(&value, '=');
        uint64_t number = 0;
        (void)!text_number(value, &number);
        if (text_equal(key, TEXT("name")))
            trunk->name = value;
        else if (text_equal(key, TEXT("host")))
            trunk->host = value;
        else if (text_equal(key, TEXT("port")))
            trunk->port = (uint16_t)number;
        else if (text_equal(key, TEXT("tcp")))
            trunk->transport_given = true, trunk->transport = TRANSPORT_TCP;
        else if (text_equal(key, TEXT("udp")))
            trunk->transport_given = true, trunk->transport = TRANSPORT_UDP;
        else if (text_equal(key, TEXT("user")))
            trunk->user = value;
        else if (text_equal(key, TEXT("password")))
            trunk->password = value;
        else if (text_equal(key, TEXT("realm")))
            trunk->realm = value;
        else if (text_equal(key, TEXT("register")))
            trunk->registers = true, trunk->expires_s = (uint32_t)number;
        else if (text_equal(key, TEXT("probe")))
            trunk->probe_ms = (uint32_t)number;
        else if (text_equal(key, TEXT("authenticate")))
            trunk->authenticate = number;
        else if (text_equal(key, TEXT("source")) &&
                 address_read_range(value, accounts.sources[at].address,
                                    &accounts.sources[at].prefix_bits))
            trunk->source_count = 1;
    }
    trunk->sources = &accounts.sources[at];
}

static void add_user(struct text words)
{
    struct plan_user *user = &accounts.users[accounts.plan.user_count++];

    user->name = text_next(&words, '=');
    user->password = words;
}

static void order(const struct command *command)
{
    while (command_post(sip_mailbox(harness.sip), command) != MAILBOX_OK)
        clock_sleep_until_ns(clock_ns() + 100000);
}

static const struct play *play_of(uint32_t dialog)
{
    const struct known *known = &harness.known[dialog % 16384];

    return known->dialog == dialog ? known->play : &plays[0];
}

static void do_later(uint32_t dialog, enum command_kind kind, uint32_t after_ms)
{
    if (harness.later_count < LATER_MAX)
        harness.later[harness.later_count++] = (struct later){clock_ms() + after_ms, dialog, kind};
}

static void act(uint32_t dialog, enum command_kind kind)
{
    const struct play *play = play_of(dialog);
    struct command command = {.kind = kind, .sip = {.dialog = dialog}};

    if (kind == SIP_ANSWER || kind == SIP_REFRESH)
        command.sip.sdp = TEXT("");
    if (kind != SIP_HANG_UP)
        command.sip.sdp = (struct text){sdp, sizeof(sdp) - 1};
    if (play->refresher != REFRESHER_NONE && kind != SIP_RING) {
        command.sip.session_expires_s = 90;
        command.sip.refresher = kind == SIP_REFRESH ? REFRESHER_UAC : play->refresher;
    }
    if (kind == SIP_RING) {
        command.sip.reliable = play->reliable;
        if (!play->reliable)
            command.sip.sdp = TEXT_EMPTY;
    }
    if (kind == SIP_HANG_UP)
        command.sip.phrase = TEXT("it is \"finished\"");
    order(&command);
}

static void on_invite(const struct event *event)
{
    uint32_t dialog = event->invite.dialog;
    const struct play *play = &plays[0];
    struct command command = {.kind = SIP_REJECT, .sip = {.dialog = dialog}};

    for (size_t i = 0; i < sizeof(plays) / sizeof(plays[0]); i++) {
        if (text_equal(event->invite.to, text_of(plays[i].name)))
            play = &plays[i];
    }
    harness.known[dialog % 16384] = (struct known){dialog, play};
    if (play->reject) {
        command.sip.status = play->reject;
        command.sip.retry_after_s = play->retry_after_s;
        command.sip.min_se_s = play->min_se_s;
        order(&command);
        return;
    }
    if (play->ring_only || play->answer_after_ms || play->reliable)
        act(dialog, SIP_RING);
    if (play->answer_after_ms)
        do_later(dialog, SIP_ANSWER, play->answer_after_ms);
    else if (!play->ring_only && !play->reliable)
        act(dialog, SIP_ANSWER);
}

static void on_reinvited(const struct event *event)
{
    struct command command = {.kind = SIP_REPLY, .sip = {.dialog = event->reinvite.dialog}};

    command.sip.request = event->reinvite.request;
    command.sip.status = 200;
    if (!event->reinvite.update || event->reinvite.sdp.size)
        command.sip.sdp = (struct text){sdp, sizeof(sdp) - 1};
    command.sip.session_expires_s = event->reinvite.session_expires_s;
    command.sip.refresher = event->reinvite.refresher;
    order(&command);
}

static void on_event(const struct event *event)
{
    const struct play *play;

    switch ((int)event->kind) {
    case SIP_INVITE:
        on_invite(event);
        break;
    case SIP_PRACKED:
        act(event->sip.dialog, SIP_ANSWER);
        break;
    case SIP_REINVITED:
        on_reinvited(event);
        break;
    case SIP_ACKED:
        play = play_of(event->sip.dialog);
        if (play->hang_up_after_ms)
            do_later(event->sip.dialog, SIP_HANG_UP, play->hang_up_after_ms);
        if (play->refresh_after_ms)
            do_later(event->sip.dialog, SIP_REFRESH, play->refresh_after_ms);
        break;
    default:
        break;
    }
}

static void print(const struct event *event)
{
    char line[MAX_PACKED];
    struct text_buffer out;

    text_buffer_init(&out, line, sizeof(line));
    event_print(event, &out);
    printf("%.*s\n", (int)out.size, out.data);
}

static void fire(void)
{
    uint64_t now_ms = clock_ms();

    for (uint32_t i = 0; i < harness.later_count;) {
        struct later later = harness.later[i];
        if (later.at_ms > now_ms) {
            i++;
            continue;
        }
        harness.later[i] = harness.later[--harness.later_count];
        act(later.dialog, later.kind);
    }
}

static void figures(void)
{
    struct sip_figures f;

    sip_figures(harness.sip, &f);
    printf("figures dialogs=%u restarts=%u worker=%u in=%llu refused=%llu malformed=%llu "
           "dropped=%llu fast=%llu bans=%llu hep=%llu lost=%llu\n",
           f.dialogs, f.restarts, f.worker_pid, (unsigned long long)f.messages_in,
           (unsigned long long)f.refused_early, (unsigned long long)f.malformed,
           (unsigned long long)f.banned, (unsigned long long)f.too_fast,
           (unsigned long long)f.bans_given, (unsigned long long)f.hep_sent,
           (unsigned long long)f.hep_dropped);
}

static void bans(void)
{
    struct sip_ban page[SIP_BANS];
    uint32_t count = sip_bans(harness.sip, 0, page);

    printf("bans");
    for (uint32_t i = 0; i < count; i++) /* The tests are of IPv4. */
        printf(" %u.%u.%u.%u=%u/%u", page[i].address[12], page[i].address[13], page[i].address[14],
               page[i].address[15], page[i].left_s, page[i].times);
    printf("\n");
}

static void ban(const char *address, bool add)
{
    uint8_t bytes[16];

    if (!address_read(text_of(address), bytes))
        return;
    if (add)
        sip_ban(harness.sip, bytes, 0);
    else
        sip_unban(harness.sip, bytes);
}

static void on_line(char *line)
{
    struct command command = {.kind = SIP_DIAL, .call = 77, .leg = 78};

    line[strcspn(line, "\r\n")] = '\0';
    if (strcmp(line, "figures") == 0) {
        figures();
    } else if (strcmp(line, "certificates") == 0) {
        char why[256] = "";
        bool good = sip_set_tls(harness.sip, &harness.tls, why, sizeof(why));
        printf("certificates %s %s\n", good ? "taken" : "kept", why);
    } else if (strcmp(line, "bans") == 0) {
        bans();
    } else if (strncmp(line, "ban ", 4) == 0) {
        ban(line + 4, true);
    } else if (strncmp(line, "unban ", 6) == 0) {
        ban(line + 6, false);
    } else if (strncmp(line, "trunks ", 7) == 0) {
        accounts.plan.trunk_count = (uint8_t)strtoul(line + 7, NULL, 10);
        if (sip_prepare(harness.sip, &accounts.plan) != 0)
            abort();
    } else if (strcmp(line, "quit") == 0) {
        harness.quit = true;
    } else if (strncmp(line, "dial ", 5) == 0) {
        struct text words = text_of(line + 5);
        command.sip.uri = words;
        if (text_find(words, TEXT(" ")) > 0) {
            command.sip.trunk = text_next(&words, ' ');
            command.sip.uri = words;
        }
        command.sip.from = TEXT("+14155550100");
        command.sip.sdp = (struct text){sdp, sizeof(sdp) - 1};
        command.sip.headers = TEXT("X-Campaign: spring\nVia: evil\n");
        order(&command);
    } else if (strncmp(line, "hangup ", 7) == 0) {
        act((uint32_t)strtoul(line + 7, NULL, 10), SIP_HANG_UP);
    } else if (strncmp(line, "refresh ", 8) == 0) {
        act((uint32_t)strtoul(line + 8, NULL, 10), SIP_REFRESH);
    }
}

static void read_orders(struct pollfd *input)
{
    static char text[4096];
    static size_t used;
    ssize_t got = read(STDIN_FILENO, text + used, sizeof(text) - 1 - used);
    char *end;

    if (got <= 0) {
        input->fd = -1;
        return;
    }
    used += (size_t)got;
    text[used] = '\0';
    while ((end = strchr(text, '\n'))) {
        *end = '\0';
        on_line(text);
        used -= (size_t)(end + 1 - text);
        memmove(text, end + 1, used + 1);
    }
}

static void serve(struct mailbox *events)
{
    static uint8_t bytes[MAX_PACKED];
    struct pollfd fds[2] = {{.fd = mailbox_fd(events), .events = POLLIN},
                            {.fd = STDIN_FILENO, .events = POLLIN}};
    struct event event;
    size_t size;

    while (!harness.quit) {
        (void)poll(fds, 2, mailbox_arm(events) ? 20 : 0);
        if (fds[1].fd >= 0 && fds[1].revents)
            read_orders(&fds[1]);
        while ((size = mailbox_take(events, bytes, sizeof(bytes))) > 0) {
            if (!event_unpack(bytes, size, &event))
                abort();
            if (!harness.quiet)
                print(&event);
            on_event(&event);
        }
        fire();
    }
}

/* tls=DIRECTORY,MODE: own.pem, key.pem and ca.pem in it; off, optional or required. */
static bool certificates(const char *value)
{
    static char names[3][512];
    static const char *const files[] = {"own.pem", "key.pem", "ca.pem"};
    const char *comma = strrchr(value, ',');

    for (int i = 0; comma && i < 3; i++)
        snprintf(names[i], sizeof(names[i]), "%.*s/%s", (int)(comma - value), value, files[i]);
    harness.tls = (struct sip_tls){
        .certificate = names[0],
        .key = names[1],
        .ca = names[2],
        .clients = comma && strcmp(comma, ",required") == 0   ? SIP_CLIENTS_REQUIRED
                   : comma && strcmp(comma, ",optional") == 0 ? SIP_CLIENTS_OPTIONAL
                                                              : SIP_CLIENTS_OFF};
    harness.has_tls = true;
    return true;
}

static bool limit(const char *word, struct sip_limits *limits)
{
    const struct {
        const char *name;
        uint32_t *number;
    } rows[] = {{"rate=", &limits->requests_per_second},
                {"calls=", &limits->trunk_calls_per_second},
                {"failures=", &limits->failures},
                {"ban=", &limits->ban_s}};
    const char *value = strchr(word, '=');

    limits->longest_ban_s = 3600;
    for (size_t i = 0; value && i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (strncmp(word, rows[i].name, strlen(rows[i].name)) == 0) {
            *rows[i].number = (uint32_t)strtoul(value + 1, NULL, 10);
            return true;
        }
    }
    if (strncmp(word, "hep=", 4) == 0) {
        harness.hep =
            (struct sip_hep){.server = value + 1, .password = "sesame", .id = 77, .bodies = true};
        return true;
    }
    if (strncmp(word, "nobodies=", 9) == 0) {
        harness.hep.bodies = false;
        return true;
    }
    if (strncmp(word, "tls=", 4) == 0)
        return certificates(value + 1);
    if (strncmp(word, "trunk=", 6) == 0)
        limits->trunks = text_of(value + 1);
    else if (strncmp(word, "scanner=", 8) == 0)
        limits->scanners = text_of(value + 1);
    else
        return false;
    return true;
}

int main(int argc, char **argv)
{
    struct sip_options options = {.program = "/proc/self/exe",
                                  .user_agent = "offhook/test",
                                  .max_dialogs = 8000,
                                  .retry_after_s = 5};
    struct sip_limits limits = {0};
    struct mailbox *events;
    char why[256];

    if (argc == 3 && strcmp(argv[1], "sip-worker") == 0)
        return sip_worker_main(atoi(argv[2]));
    setvbuf(stdout, NULL, _IOLBF, 0);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "max=", 4) == 0)
            options.max_dialogs = (uint32_t)strtoul(argv[i] + 4, NULL, 10);
        else if (strcmp(argv[i], "quiet") == 0)
            harness.quiet = true;
        else if (strncmp(argv[i], "trunk:", 6) == 0)
            add_trunk(text_of(argv[i] + 6));
        else if (strncmp(argv[i], "dns=", 4) == 0)
            options.dns = argv[i] + 4;
        else if (strncmp(argv[i], "digest=", 7) == 0)
            accounts.plan.digest = (enum plan_digest)(argv[i][7] - '0');
        else if (strncmp(argv[i], "user:", 5) == 0)
            add_user(text_of(argv[i] + 5));
        else if (limit(argv[i], &limits))
            options.limits = limits.ban_s ? &limits : NULL;
        else if (options.listener_count < SIP_LISTENERS)
            options.listeners[options.listener_count++] = argv[i];
    }
    accounts.plan.trunks = accounts.trunks;
    accounts.plan.users = accounts.users;
    accounts.plan.realm = TEXT("test.example");
    options.plan = &accounts.plan;
    options.hep = harness.hep;
    if (harness.has_tls)
        options.tls = &harness.tls;
    if (mailbox_open(&events, "events", 4 << 20) != 0)
        return 1;
    if (sip_open(&harness.sip, &options, events, why, sizeof(why)) != 0) {
        printf("cannot open: %s\n", why);
        return 2;
    }
    printf("ready\n");
    serve(events);
    sip_close(harness.sip);
    mailbox_close(events);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* gate_test.c - messages looked at before the library parses them; the process that may die of one.
 */
#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "check.h"
#include "sip/child.h"
#include "sip/gate.h"
#include "sip/nta.h"

static char *program;

#define REQUEST                                                                                    \
    "OPTIONS sip:x@y SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK1%s\r\nFrom: <sip:a@b>;tag=1\r\n" \
    "To: <sip:c@d>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"

static const struct msg_mclass_s *class;
static struct in_hand page;

/* As the transport does it: address, bytes, parse. True when the library got a request. */
static bool arrives(const char *address, const char *via)
{
    su_sockaddr_t from = {0};
    char text[1024];
    int size = snprintf(text, sizeof(text), REQUEST, via);
    msg_t *msg = msg_create(class, 0);
    bool read;

    from.su_family = AF_INET;
    CHECK(inet_pton(AF_INET, address, &from.su_sin.sin_addr) == 1);
    msg_set_address(msg, &from, sizeof(from.su_sin));
    memcpy(msg_buf_alloc(msg, (usize_t)size + 1), text, (size_t)size);
    msg_buf_commit(msg, (usize_t)size, 1);
    read = msg_extract(msg) > 0 && sip_object(msg)->sip_request != NULL;
    msg_destroy(msg);
    return read;
}

static void whose_message_is_in_hand_is_noted(void)
{
    CHECK(arrives("192.0.2.7", ""));
    CHECK(page.busy && strcmp(page.address, "192.0.2.7") == 0);
    gate_idle();
    CHECK(!page.busy);
}

static void quarantine(const char *address, uint64_t hash, uint64_t until_ms)
{
    struct quarantine what = {.hash = hash, .until_ms = until_ms};

    snprintf(what.address, sizeof(what.address), "%s", address);
    gate_quarantine(&what);
}

static void a_quarantined_message_is_not_heard_and_others_of_its_sender_are(void)
{
    uint64_t hash;

    CHECK(arrives("192.0.2.20", ";mark=1"));
    hash = page.hash;
    quarantine("192.0.2.20", hash, clock_ms() + 60000);
    CHECK(!arrives("192.0.2.20", ";mark=1"));
    CHECK(arrives("192.0.2.20", ";mark=2") && page.hash != hash);
    CHECK(arrives("192.0.2.21", ";mark=1") && page.hash == hash);
}

static void a_quarantined_address_is_not_heard_and_others_are(void)
{
    quarantine("192.0.2.9", 0, clock_ms() + 60000);
    CHECK(!arrives("192.0.2.9", "") && arrives("192.0.2.8", ""));
    quarantine("192.0.2.10", 0, clock_ms() - 1);
    CHECK(arrives("192.0.2.10", "")); /* It is over. */
    for (int i = 0; i < 2 * SUSPECTS; i++)
        quarantine("192.0.2.77", 0, clock_ms() + (uint64_t)i + 60000);
    CHECK(arrives("192.0.2.9", "")); /* Forgotten for newer ones. */
    CHECK(!arrives("192.0.2.77", ""));
}

static void an_address_is_silenced_when_three_of_its_messages_ended_a_worker(void)
{
    static struct suspects suspects;
    struct quarantine what;
    uint64_t now_ms = 1000000;

    CHECK(!suspects_get(&suspects, 0, now_ms, &what));
    suspects_add(&suspects, "192.0.2.1", 11, now_ms);
    suspects_add(&suspects, "192.0.2.1", 12, now_ms + 120000);
    suspects_add(&suspects, "192.0.2.2", 13, now_ms + 130000);
    CHECK(suspects_get(&suspects, 0, now_ms + 130000, &what) && what.hash == 12);
    CHECK(suspects_get(&suspects, 1, now_ms + 130000, &what) && what.hash == 13);
    CHECK(!suspects_get(&suspects, 2, now_ms + 130000, &what)); /* The first is over. */
    suspects_add(&suspects, "192.0.2.1", 14, now_ms + 140000);
    CHECK(suspects_get(&suspects, 2, now_ms + 140000, &what) && what.hash == 0 &&
          strcmp(what.address, "192.0.2.1") == 0);
    suspects_add(&suspects, "192.0.2.2", 15, now_ms + 140000 + SUSPECT_MEMORY_MS);
    CHECK(suspects_get(&suspects, 0, now_ms + 140000 + SUSPECT_MEMORY_MS, &what) &&
          what.hash == 15); /* Too long ago to count. */
}

static void a_via_that_sends_answers_to_others_is_not_let_in(void)
{
    CHECK(!arrives("192.0.2.7", ";maddr=192.0.2.99"));
    CHECK(!arrives("192.0.2.7", ";\r\n MADDR=some.name"));
    CHECK(arrives("192.0.2.7", ";other=1"));
    CHECK(gate_shape_ok("Contact: <sip:a@b;maddr=c>\r\n\r\n", 30));
    CHECK(!gate_shape_ok("v: SIP/2.0/UDP h;maddr=c\r\n\r\n", 28));
}

static void too_many_and_too_long_lines_are_not_let_in(void)
{
    static char text[GATE_LINES * 8];
    uint32_t used = 0;

    for (int i = 0; i < GATE_LINES; i++, used += 5)
        memcpy(text + used, "A: b\n", 5);
    CHECK(gate_shape_ok(text, used));
    memcpy(text + used, "A: b\n", 5);
    CHECK(!gate_shape_ok(text, used + 5));
    memcpy(text + 10, "\r\n", 2); /* The body begins: not looked at. */
    text[9] = '\n';
    CHECK(gate_shape_ok(text, used + 5));
    static char line[GATE_LINE + 2];
    memset(line, 'a', sizeof(line));
    CHECK(gate_shape_ok(line, GATE_LINE) && !gate_shape_ok(line, GATE_LINE + 1));
}

static void ends_as(const char *how_it_ends, bool hung, const char *suspect)
{
    struct child child = {0};
    char how[64];

    setenv("GATE_TEST", how_it_ends, 1);
    CHECK(child_start(&child, program) == 0);
    for (int i = 0; i < 500 && !child_gone(&child, 20) && !hung; i++)
        ;
    while (hung && !child.page->busy)
        usleep(1000);
    child_end(&child, hung, how, sizeof(how));
    CHECK(strcmp(child_suspect(&child), suspect) == 0);
}

static void who_made_the_worker_die_is_a_suspect(void)
{
    ends_as("abort", false, "203.0.113.5");
    ends_as("hang", true, "203.0.113.5");
}

static void nobody_is_blamed_for_an_end_that_no_message_made(void)
{
    ends_as("idle", false, "");
    ends_as("exit", false, "");
    ends_as("kill", false, "");
}

/* In the place of the worker. */
static int child_main(int fd)
{
    struct in_hand *hand = mmap(NULL, sizeof(*hand), PROT_READ | PROT_WRITE, MAP_SHARED, fd + 1, 0);
    const char *how = getenv("GATE_TEST");

    strcpy(hand->address, "203.0.113.5");
    hand->busy = strcmp(how, "idle") != 0;
    if (strcmp(how, "hang") == 0)
        sleep(20);
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
    if (strcmp(how, "exit") == 0)
        return 3;
    abort();
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "sip-worker") == 0)
        return child_main(atoi(argv[2]));
    program = argv[0];
    class = gate_open(&page);
    CHECK(class);
    RUN(whose_message_is_in_hand_is_noted);
    RUN(a_quarantined_message_is_not_heard_and_others_of_its_sender_are);
    RUN(an_address_is_silenced_when_three_of_its_messages_ended_a_worker);
    RUN(a_quarantined_address_is_not_heard_and_others_are);
    RUN(a_via_that_sends_answers_to_others_is_not_let_in);
    RUN(too_many_and_too_long_lines_are_not_let_in);
    RUN(who_made_the_worker_die_is_a_suspect);
    RUN(nobody_is_blamed_for_an_end_that_no_message_made);
    return 0;
}

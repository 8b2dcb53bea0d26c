// SPDX-License-Identifier: Apache-2.0
/* control_test.c - what the control socket tells of calls, and what it refuses. */
#include "app/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/json.h"
#include "app/loop.h"
#include "app/show.h"
#include "check.h"

static char directory[] = "/tmp/offhook-control-XXXXXX", path[64], line[65536];
static struct mailbox *view, *keeper;
static struct control *control;
static uint32_t idle_ms;

static void begin(void)
{
    char why[256] = "";
    struct control_options options = {.path = path, .max_calls = 4};

    CHECK(mailbox_open(&view, "view", 1 << 16) == 0);
    CHECK(mailbox_open(&keeper, "keeper", 4096) == 0);
    options.view = view;
    options.idle_ms = idle_ms;
    options.keeper = keeper;
    CHECK(control_open(&control, &options, why, sizeof(why)) == 0);
}

static void end(void)
{
    control_close(control);
    mailbox_close(view);
    mailbox_close(keeper);
    CHECK(access(path, F_OK) != 0);
}

static FILE *ask(const char *question)
{
    int fd = control_ask(path, question);
    FILE *answers;

    CHECK(fd >= 0);
    answers = fdopen(fd, "r");
    CHECK(answers);
    return answers;
}

static const char *next_line(FILE *answers)
{
    CHECK(fgets(line, sizeof(line), answers));
    return line;
}

static void happen(const struct command *command)
{
    uint8_t message[MAX_PACKED + 1] = {VIEW_COMMAND};
    size_t size = command_pack(command, message + 1, MAX_PACKED);

    CHECK(size > 0);
    CHECK(mailbox_post(view, message, size + 1) == MAILBOX_OK);
}

#define VIEW(literal)                                  \
    {                                                  \
        .data = (literal), .size = sizeof(literal) - 1 \
    } /* A constant, as TEXT is not. */

static const struct command opened = {
    .kind = STORE_CALL_OPENED,
    .call = 1 << 16 | 2,
    .opened = {.ref = VIEW("r-1"), .wall_ms = 1, .caller = VIEW("555"), .called = VIEW("1000")}};
static const struct command said = {.kind = STORE_TURN,
                                    .call = 1 << 16 | 2,
                                    .turn = {.ref = VIEW("r-1"),
                                             .speaker = SPEAKER_CALLER,
                                             .text = VIEW("my bill"),
                                             .intent = VIEW("billing"),
                                             .confidence_permille = 810}};

static void a_follower_is_told_every_event_as_json(void)
{
    FILE *answers;

    begin();
    answers = ask("follow");
    CHECK(strcmp(next_line(answers), "{\"following\":true}\n") == 0);
    happen(&opened);
    CHECK(strstr(next_line(answers), "{\"event\":\"call_opened\",\"call\":65538,\"ref\":\"r-1\""));
    happen(&said);
    CHECK(strstr(next_line(answers), "\"text\":\"my bill\",\"intent\":\"billing\""));
    fclose(answers);
    end();
}

static void calls_are_those_opened_and_not_closed(void)
{
    struct command closed = {.kind = STORE_CALL_CLOSED, .call = opened.call};
    FILE *follower, *answers;

    begin();
    follower = ask("follow");
    next_line(follower);
    happen(&opened);
    happen(&said);
    next_line(follower);
    next_line(follower);
    answers = ask("calls");
    CHECK(strstr(next_line(answers), "\"caller\":\"555\""));
    CHECK(strstr(line, "\"turns\":1,\"intent\":\"billing\",\"last\":\"my bill\""));
    fclose(answers);
    happen(&closed);
    next_line(follower);
    answers = ask("calls");
    CHECK(strcmp(next_line(answers), "{\"calls\":[]}\n") == 0);
    fclose(answers);
    fclose(follower);
    end();
}

static void a_caller_with_bytes_that_are_no_text_breaks_nothing(void)
{
    struct command odd = opened;
    FILE *answers;

    odd.opened.caller = TEXT("5\xff\xfe");
    begin();
    answers = ask("follow");
    next_line(answers);
    happen(&odd);
    CHECK(strstr(next_line(answers), "\"caller\":\"5??\""));
    fclose(answers);
    end();
}

static void reload_and_stop_reach_the_main_thread(void)
{
    struct keeper_message message;

    begin();
    fclose(ask("reload"));
    CHECK(mailbox_wait(keeper, 2000));
    CHECK(mailbox_take(keeper, &message, sizeof(message)) == sizeof(message));
    CHECK(message.kind == KEEPER_RELOAD);
    fclose(ask("stop"));
    CHECK(mailbox_wait(keeper, 2000));
    CHECK(mailbox_take(keeper, &message, sizeof(message)) == sizeof(message));
    CHECK(message.kind == KEEPER_STOP);
    end();
}

static void thousands_of_reloads_leave_room_for_other_messages(void)
{
    struct keeper_message message = {.kind = KEEPER_FORGET};
    FILE *answers;

    begin();
    answers = ask("reload");
    next_line(answers);
    for (int i = 0; i < 2000; i++) {
        CHECK(write(fileno(answers), "{\"ask\": \"reload\"}\n", 18) == 18);
        next_line(answers);
    }
    fclose(answers);
    CHECK(mailbox_post(keeper, &message, sizeof(message)) == MAILBOX_OK);
    end();
}

static void nonsense_is_answered_and_a_line_too_long_is_hung_up_on(void)
{
    static char flood[4 * CONTROL_LINE];
    FILE *answers;
    int fd;

    begin();
    answers = ask("dance");
    CHECK(strstr(next_line(answers), "{\"error\":\"ask "));
    fclose(answers);
    fd = control_ask(path, "follow");
    CHECK(fd >= 0);
    memset(flood, 'x', sizeof(flood));
    CHECK(send(fd, flood, sizeof(flood), MSG_NOSIGNAL) > 0);
    while (recv(fd, flood, sizeof(flood), 0) > 0)
        ;
    close(fd);
    end();
}

static void a_second_server_is_refused_and_a_dead_ones_socket_replaced(void)
{
    char why[256] = "";
    struct control_options options = {.path = path, .max_calls = 4};
    struct control *second;
    struct stat status;
    FILE *left;

    begin();
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    options.view = view;
    options.keeper = keeper;
    CHECK(control_open(&second, &options, why, sizeof(why)) == -EADDRINUSE);
    CHECK(strstr(why, "another server answers on"));
    end();
    left = fopen(path, "w");
    CHECK(left && fclose(left) == 0);
    begin();
    end();
}

static void a_conversation_reads_like_one(void)
{
    char *page = NULL;
    size_t size;
    FILE *out = open_memstream(&page, &size);
    json_t *event = json_of_command(&said);

    CHECK(out && event);
    show_event(event, false, out);
    json_decref(event);
    CHECK(fclose(out) == 0);
    CHECK(strstr(page, " r-1 caller    my bill\n"));
    CHECK(strstr(page, "-> billing 0.81, words 0.00, neutral\n"));
    free(page);
}

static void what_is_told_can_be_taken_for_the_command_again(void)
{
    json_t *event = json_of_command(&said);
    struct command again;

    CHECK(event && json_to_command(event, &again));
    CHECK(again.kind == said.kind && again.turn.speaker == said.turn.speaker);
    CHECK(text_equal(again.turn.text, said.turn.text));
    CHECK(again.turn.confidence_permille == said.turn.confidence_permille);
    json_object_set_new(event, "confidence_permille", json_integer(70000));
    CHECK(!json_to_command(event, &again));
    json_object_set_new(event, "confidence_permille", json_integer(70));
    json_object_set_new(event, "speaker", json_string("nobody"));
    CHECK(!json_to_command(event, &again));
    json_object_set_new(event, "event", json_string("no_such_thing"));
    CHECK(!json_to_command(event, &again));
    json_decref(event);
}

static void who_asks_nothing_gives_the_place_back_and_a_follower_keeps_it(void)
{
    char byte;

    idle_ms = 50;
    begin();
    FILE *follower = ask("follow");
    next_line(follower);
    FILE *silent = ask("calls");
    next_line(silent);
    CHECK(recv(fileno(silent), &byte, 1, 0) == 0); /* Closed by the server, not by us. */
    fclose(silent);
    happen(&opened);
    CHECK(strstr(next_line(follower), "call_opened"));
    fclose(follower);
    end();
    idle_ms = 0;
}

int main(void)
{
    CHECK(mkdtemp(directory));
    snprintf(path, sizeof(path), "%s/control", directory);
    RUN(what_is_told_can_be_taken_for_the_command_again);
    RUN(who_asks_nothing_gives_the_place_back_and_a_follower_keeps_it);
    RUN(a_follower_is_told_every_event_as_json);
    RUN(calls_are_those_opened_and_not_closed);
    RUN(a_caller_with_bytes_that_are_no_text_breaks_nothing);
    RUN(reload_and_stop_reach_the_main_thread);
    RUN(thousands_of_reloads_leave_room_for_other_messages);
    RUN(nonsense_is_answered_and_a_line_too_long_is_hung_up_on);
    RUN(a_second_server_is_refused_and_a_dead_ones_socket_replaced);
    RUN(a_conversation_reads_like_one);
    rmdir(directory);
    return 0;
}

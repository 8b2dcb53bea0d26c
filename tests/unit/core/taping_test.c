// SPDX-License-Identifier: Apache-2.0
/* taping_test.c - captures as commands: what is done, what makes no sense, what the account says.
 */
#include <string.h>

#include "check.h"
#include "scene.h"

static char ref[64];

static void ask(enum capture_act act)
{
    struct event event = {.kind = CAPTURE_ASKED};

    event.capture.ref = text_of(ref);
    event.capture.act = act;
    scene_event(event);
}

static bool accounts(uint32_t number, enum capture_state state)
{
    const struct command *command = scene_command(STORE_CAPTURE);

    return command && command->captured.number == number && command->captured.state == state &&
           text_equal(command->captured.ref, text_of(ref));
}

static void begin(bool capture)
{
    scene_begin(1);
    scene_plan()->capture = capture;
    scene_call();
    text_copy(ref, sizeof ref, scene_command(STORE_CALL_ANSWERED)->answered.ref);
}

static void a_capture_is_begun_masked_paused_and_ended_once_each(void)
{
    begin(false);
    CHECK(!scene_command(STORE_CAPTURE));
    ask(CAPTURE_PAUSE);
    CHECK(!scene_command(MEDIA_CAPTURE));
    ask(CAPTURE_START);
    CHECK(scene_command(MEDIA_CAPTURE)->capture.act == CAPTURE_START);
    CHECK(text_equal(scene_command(MEDIA_CAPTURE)->capture.name, text_of(ref)));
    CHECK(accounts(1, CAPTURE_RECORDING));
    ask(CAPTURE_START);
    CHECK(!scene_command(MEDIA_CAPTURE));
    ask(CAPTURE_MASK);
    CHECK(accounts(1, CAPTURE_MASKED));
    ask(CAPTURE_PAUSE);
    CHECK(accounts(1, CAPTURE_MASKED)); /* Both; the mask counts for more. */
    ask(CAPTURE_UNMASK);
    CHECK(accounts(1, CAPTURE_PAUSED));
    ask(CAPTURE_RESUME);
    CHECK(accounts(1, CAPTURE_RECORDING));
    ask(CAPTURE_STOP);
    CHECK(accounts(1, CAPTURE_ENDED));
    ask(CAPTURE_START);
    CHECK(accounts(2, CAPTURE_RECORDING));
    struct text name = scene_command(MEDIA_CAPTURE)->capture.name;
    CHECK(name.size == strlen(ref) + 2 && name.data[name.size - 1] == '2');
    scene_end();
}

static void keys_of_a_masked_stretch_stay_out_of_the_account(void)
{
    begin(false);
    ask(CAPTURE_START);
    scene_key('1');
    CHECK(scene_command(STORE_KEY)->key.key == '1');
    ask(CAPTURE_MASK);
    scene_wait(2000);
    scene_key('2');
    CHECK(scene_command(STORE_KEY)->key.key == 'x');
    ask(CAPTURE_STOP);
    scene_wait(2000);
    scene_key('3');
    CHECK(scene_command(STORE_KEY)->key.key == '3');
    scene_end();
}

static void the_end_of_the_call_ends_its_capture_and_the_file_may_be_finished_later(void)
{
    struct event event = {.kind = SIP_BYE};

    begin(true);
    event.sip.dialog = scene_dialog();
    scene_event(event);
    scene_event((struct event){.kind = MEDIA_CLOSED, .leg = scene_leg()});
    CHECK(accounts(1, CAPTURE_ENDED));
    ask(CAPTURE_START);
    CHECK(!scene_command(MEDIA_CAPTURE));
    event = (struct event){.kind = MEDIA_CAPTURED};
    event.captured.name = TEXT("a call of last week");
    event.captured.file = TEXT("file.wav");
    event.captured.state = CAPTURE_FINISHED;
    event.captured.bytes = 44;
    scene_event(event);
    const struct command *command = scene_command(STORE_CAPTURED);
    CHECK(command && text_equal(command->captured.file, TEXT("file.wav")));
    CHECK(command->captured.state == CAPTURE_FINISHED && command->captured.bytes == 44);
    scene_end();
}

int main(void)
{
    RUN(a_capture_is_begun_masked_paused_and_ended_once_each);
    RUN(keys_of_a_masked_stretch_stay_out_of_the_account);
    RUN(the_end_of_the_call_ends_its_capture_and_the_file_may_be_finished_later);
    return 0;
}

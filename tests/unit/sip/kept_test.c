// SPDX-License-Identifier: Apache-2.0
/* kept_test.c - what the keeper remembers. */
#include <string.h>

#include "check.h"
#include "core/command.h"
#include "sip/kept.h"

static void the_last_written_form_of_a_dialog_is_kept(void)
{
    struct kept kept;
    uint32_t id = 5 << DIALOG_SLOT_BITS | 9;

    CHECK(kept_open(&kept) == 0);
    kept_write(&kept, id, (const uint8_t *)"early", 5);
    CHECK(!kept_has(&kept, id)); /* The core does not know it. */
    kept_begin(&kept, id);
    CHECK(kept_has(&kept, id) && !kept.dialogs[9].written && kept.count == 1);
    kept_write(&kept, id, (const uint8_t *)"one", 3);
    kept_write(&kept, id, (const uint8_t *)"longer", 6);
    kept_write(&kept, id + DIALOG_SLOTS, (const uint8_t *)"stale", 5); /* Another generation. */
    CHECK(kept.dialogs[9].size == 6 && memcmp(kept.dialogs[9].written, "longer", 6) == 0);
    kept_end(&kept, id + DIALOG_SLOTS);
    CHECK(kept_has(&kept, id));
    kept_end(&kept, id);
    kept_end(&kept, id);
    CHECK(!kept_has(&kept, id) && kept.count == 0 && !kept_has(&kept, 0));
    kept_close(&kept);
}

static void a_call_being_dialled_is_forgotten_when_it_is_heard_of(void)
{
    struct kept kept;

    CHECK(kept_open(&kept) == 0);
    kept_dial(&kept, 1, 10);
    kept_dial(&kept, 2, 20);
    kept_dialed(&kept, 1, 11);
    CHECK(kept.dial_count == 2);
    kept_dialed(&kept, 1, 10);
    CHECK(kept.dial_count == 1 && kept.dials[0].call == 2);
    for (uint32_t i = 0; i < 2 * KEPT_DIALS; i++)
        kept_dial(&kept, i, i);
    CHECK(kept.dial_count == KEPT_DIALS);
    kept_close(&kept);
}

static void events_wait_in_order_while_the_core_is_behind(void)
{
    struct kept kept;
    struct mailbox *events;
    uint32_t sent = 0, taken = 0, value;
    uint64_t seed = 7;

    CHECK(kept_open(&kept) == 0 && mailbox_open(&events, "events", 1024) == 0);
    while (taken < 20000) {
        for (uint32_t n = check_random(&seed) % 60; n > 0; n--, sent++)
            CHECK(kept_post(&kept, events, (const uint8_t *)&sent, sizeof(sent)));
        for (uint32_t n = check_random(&seed) % 70; n > 0; n--) {
            if (mailbox_take(events, &value, sizeof(value)) == 0)
                break;
            CHECK(value == taken);
            taken++;
        }
        (void)kept_drain(&kept, events);
    }
    mailbox_close(events);
    kept_close(&kept);
}

static void the_next_worker_asks_telephones_as_often_as_is_wanted_now(void)
{
    struct kept kept;
    struct command command = {.kind = SIP_WATCH};
    uint8_t packed[MAX_PACKED];

    CHECK(kept_open(&kept) == 0);
    command.watch.place = 3;
    command.watch.contact = TEXT("sip:a@10.0.0.1");
    command.watch.expires_ms = 7;
    command.watch.every_ms = 25000;
    kept_watch(&kept, 3, true, packed, (uint32_t)command_pack(&command, packed, sizeof packed));
    kept_watch_every(&kept, 1000);
    CHECK(kept.watched[2].size == 0 && kept.watched[3].size > 0);
    CHECK(command_unpack(kept.watched[3].bytes, kept.watched[3].size, &command));
    CHECK(command.watch.every_ms == 1000 && command.watch.expires_ms == 7);
    CHECK(text_equal(command.watch.contact, TEXT("sip:a@10.0.0.1")));
    kept_close(&kept);
}

int main(void)
{
    RUN(the_last_written_form_of_a_dialog_is_kept);
    RUN(a_call_being_dialled_is_forgotten_when_it_is_heard_of);
    RUN(the_next_worker_asks_telephones_as_often_as_is_wanted_now);
    RUN(events_wait_in_order_while_the_core_is_behind);
    return 0;
}

// SPDX-License-Identifier: Apache-2.0
/* frame_test.c - frames between the keeper and its worker, whole and broken. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check.h"
#include "sip/frame.h"

static void frames_come_out_in_the_order_they_went_in(void)
{
    struct outbox outbox = {0};
    uint8_t packet[PACKET_SIZE];
    struct frame frame;
    const uint8_t *bytes;
    uint32_t offset = 0;
    int pair[2];
    ssize_t size;

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    CHECK(frame_put(&outbox, (struct frame){3, FRAME_EVENT, 11, 42}, "abc") == 0);
    CHECK(frame_put(&outbox, (struct frame){0, FRAME_PING, 0, 0}, NULL) == 0);
    CHECK(frame_flush(&outbox, pair[0]) == 0 && outbox.count == 0);
    size = recv(pair[1], packet, sizeof(packet), 0);
    CHECK(frame_next(packet, (uint32_t)size, &offset, &frame, &bytes));
    CHECK(frame.kind == FRAME_EVENT && frame.detail == 11 && frame.subject == 42);
    CHECK(frame.size == 3 && memcmp(bytes, "abc", 3) == 0);
    CHECK(frame_next(packet, (uint32_t)size, &offset, &frame, &bytes) && frame.kind == FRAME_PING);
    CHECK(!frame_next(packet, (uint32_t)size, &offset, &frame, &bytes));
    close(pair[0]);
    close(pair[1]);
    outbox_release(&outbox);
}

static void a_frame_cut_short_is_not_given(void)
{
    uint8_t packet[64] = {0};
    struct frame frame = {20, FRAME_EVENT, 0, 0};
    const uint8_t *bytes;
    uint32_t offset;

    memcpy(packet, &frame, sizeof(frame));
    for (uint32_t size = 0; size < sizeof(frame) + 20; size++) {
        offset = 0;
        CHECK(!frame_next(packet, size, &offset, &frame, &bytes));
    }
    offset = 0;
    CHECK(frame_next(packet, sizeof(frame) + 20, &offset, &frame, &bytes));
    frame.size = UINT32_MAX;
    memcpy(packet, &frame, sizeof(frame));
    offset = 0;
    CHECK(!frame_next(packet, sizeof(packet), &offset, &frame, &bytes));
}

static void a_reader_that_is_behind_is_waited_for_up_to_a_bound(void)
{
    static uint8_t bytes[PACKET_SIZE / 2];
    struct outbox outbox = {0};
    struct frame frame = {sizeof(bytes), FRAME_EVENT, 0, 0};
    uint32_t put = 0;
    int pair[2];

    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
    while (frame_put(&outbox, frame, bytes) == 0)
        put++;
    CHECK(put == OUTBOX_PACKETS && frame_put(&outbox, frame, bytes) == -ENOBUFS);
    CHECK(frame_flush(&outbox, pair[0]) == -EAGAIN && outbox.count > 0);
    frame.size = PACKET_SIZE;
    CHECK(frame_put(&outbox, frame, bytes) == -EMSGSIZE);
    close(pair[1]);
    put = (uint32_t)-frame_flush(&outbox, pair[0]);
    CHECK(put == EPIPE || put == ECONNRESET);
    close(pair[0]);
    outbox_release(&outbox);
}

int main(void)
{
    RUN(frames_come_out_in_the_order_they_went_in);
    RUN(a_frame_cut_short_is_not_given);
    RUN(a_reader_that_is_behind_is_waited_for_up_to_a_bound);
    return 0;
}

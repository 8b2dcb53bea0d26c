// SPDX-License-Identifier: Apache-2.0
/* rtcp_fuzz.c - any bytes as a control datagram; what is read is written and read again. */
#include "wire/rtcp.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void write_again(const struct rtcp_packet *packet)
{
    static uint8_t out[2048];
    static struct rtcp_packet again;
    struct rtcp_reader reader;
    bool sender = packet->kind == RTCP_SENDER_REPORT;
    struct rtcp_local local = {.ssrc = packet->ssrc,
                               .sender = sender ? &packet->sender : NULL,
                               .reports = packet->reports,
                               .report_count = packet->report_count,
                               .cname = packet->cname,
                               .voip = packet->has_voip ? &packet->voip : NULL,
                               .goodbye = packet->kind == RTCP_GOODBYE};
    size_t size = rtcp_write(&local, out, sizeof out);

    assert(size > 0 && rtcp_open(&reader, out, size) && rtcp_next(&reader, &again));
    assert(again.ssrc == packet->ssrc && again.report_count == packet->report_count);
    assert(memcmp(again.reports, packet->reports, sizeof again.reports) == 0);
    while (rtcp_next(&reader, &again) && again.kind != RTCP_EXTENDED)
        ;
    assert(again.has_voip == packet->has_voip);
    assert(memcmp(&again.voip, &packet->voip, sizeof again.voip) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct rtcp_packet packet;
    struct rtcp_reader reader;
    uint32_t round_trip_us;

    if (!rtcp_open(&reader, bytes, size))
        return 0;
    for (size_t count = 0; rtcp_next(&reader, &packet); count++) {
        assert(count < size / 4 && packet.report_count <= RTCP_REPORTS);
        for (uint32_t i = 0; i < packet.report_count; i++)
            (void)!rtcp_round_trip_us(&packet.reports[i], 12345, &round_trip_us);
        write_again(&packet);
    }
    return 0;
}

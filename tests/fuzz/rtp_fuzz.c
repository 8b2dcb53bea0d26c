// SPDX-License-Identifier: Apache-2.0
/* rtp_fuzz.c - datagrams, each after its length, into one stream's reader and statistics. */
#include "wire/rtp.h"
#include "wire/rtpstats.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void take(struct rtp_stats *stats, const uint8_t *datagram, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1), header[RTP_HEADER];
    struct rtp_packet packet, again;
    struct rtcp_report report;
    uint32_t extended;

    memcpy(exact, datagram, size);
    if (rtp_read(exact, size, &packet)) {
        assert(packet.payload >= exact + RTP_HEADER);
        assert(packet.payload + packet.payload_size <= exact + size);
        rtp_write_header(&packet, header);
        assert(rtp_read(header, sizeof header, &again) && again.sequence == packet.sequence);
        if (stats->ssrc != packet.ssrc)
            rtp_stats_init(stats, packet.ssrc, packet.sequence, packet.ssrc & 1);
        rtp_stats_put(stats, packet.sequence, packet.timestamp, packet.payload_size * 77u,
                      !packet.marker, &extended);
        if (packet.payload_type & 1)
            rtp_stats_report(stats, extended, &report);
        assert(rtp_stats_expected(stats) >= stats->received || rtp_stats_lost(stats) < 0);
    }
    free(exact);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct rtp_stats stats;

    rtp_stats_init(&stats, 0, 0, true);
    while (size > 0) {
        size_t part = bytes[0] < size - 1 ? bytes[0] : size - 1;
        take(&stats, bytes + 1, part);
        bytes += 1 + part;
        size -= 1 + part;
    }
    return 0;
}

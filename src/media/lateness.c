// SPDX-License-Identifier: Apache-2.0
/* lateness.c - seconds of beats. */
#include "media/lateness.h"

enum { NS_A_SECOND = 1000000000 };

bool lateness_count(struct lateness *lateness, uint64_t now_ns, bool late, uint32_t *permille)
{
    if (lateness->second_ends_ns == 0)
        lateness->second_ends_ns = now_ns + NS_A_SECOND;
    lateness->beats++;
    lateness->late += late;
    if (now_ns < lateness->second_ends_ns)
        return false;
    *permille = lateness->late * 1000 / lateness->beats;
    lateness->seconds = *permille > LATENESS_SHARE_PERMILLE ? lateness->seconds + 1 : 0;
    lateness->second_ends_ns = now_ns + NS_A_SECOND;
    lateness->beats = lateness->late = 0;
    return lateness->seconds >= LATENESS_SECONDS;
}

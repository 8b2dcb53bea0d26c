// SPDX-License-Identifier: Apache-2.0
/* banned.c - pages of bans as JSON, and the two orders. */
#include "app/banned.h"

#include <arpa/inet.h>
#include <string.h>

#include "app/json.h"
#include "base/address.h"

static json_t *ban_json(const struct sip_ban *ban)
{
    static const uint8_t mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
    char address[INET6_ADDRSTRLEN + 4];

    if (memcmp(ban->address, mapped, sizeof(mapped)) == 0) {
        inet_ntop(AF_INET, ban->address + 12, address, sizeof(address));
    } else {
        inet_ntop(AF_INET6, ban->address, address, sizeof(address));
        strcat(address, "/64");
    }
    return json_pack("{s:s, s:I, s:I}", "address", address, "left_s", (json_int_t)ban->left_s,
                     "times", (json_int_t)ban->times);
}

json_t *banned_list(struct sip *sip)
{
    struct sip_ban page[SIP_BANS];
    json_t *bans = json_array();
    uint32_t count, first = 0;

    do {
        count = sip_bans(sip, first, page);
        for (uint32_t i = 0; i < count; i++)
            json_array_append_new(bans, ban_json(&page[i]));
        first += count;
    } while (count == SIP_BANS);
    return json_pack("{s:o}", "bans", bans);
}

json_t *banned_change(struct sip *sip, const json_t *question)
{
    const json_t *seconds = json_object_get(question, "seconds");
    json_int_t for_s = json_integer_value(seconds);
    uint8_t address[16], bits;

    if (!address_read_range(text_of(json_word(question, "address")), address, &bits))
        return json_pack("{s:s}", "error", "name an address: 192.0.2.7 or 2001:db8::/64");
    if (strcmp(json_word(question, "ask"), "unban") == 0)
        sip_unban(sip, address);
    else
        sip_ban(sip, address, for_s > 0 && for_s < 1 << 30 ? (uint32_t)for_s : 0);
    return json_pack("{s:b}", "done", 1);
}

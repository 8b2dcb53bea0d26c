// SPDX-License-Identifier: Apache-2.0
/* redirect.c - an address is looked at, never looked up. */
#include "core/redirect.h"

#include "base/address.h"
#include "core/phones.h"

static bool is_source(const struct plan_trunk *trunk, struct text host)
{
    uint8_t address[16];

    if (!address_read(host, address))
        return false;
    for (uint8_t i = 0; i < trunk->source_count; i++) {
        if (address_in(address, trunk->sources[i].address, trunk->sources[i].prefix_bits))
            return true;
    }
    return false;
}

bool redirect_within(struct dial *dial, const struct plan_trunk *trunk, struct text uri)
{
    struct text host, user = phones_split(uri, &host);
    bool own = trunk->host.size > 0 && text_equal_nocase(host, trunk->host);

    if (!text_starts_nocase(uri, TEXT("sip:")) || user.size == 0 || !host.size ||
        uri.size >= sizeof(dial->target) || text_find(user, TEXT(":")) >= 0 ||
        (!own && !is_source(trunk, host)))
        return false;
    if (!own && trunk->transport == TRANSPORT_TLS &&
        text_find_nocase(uri, TEXT(";transport=tls")) < 0)
        return false; /* Keys of sound would go there in the clear. */
    dial->direct = !own;
    text_copy(dial->target, sizeof(dial->target), own ? user : uri);
    return true;
}

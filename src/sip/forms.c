// SPDX-License-Identifier: Apache-2.0
/* forms.c - a list of packed records, each behind its size. */
#include "sip/forms.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sip/account.h"

enum { FORM_ACCOUNT = 'a', FORM_REALM = 'r', FORM_BYTES = 4096 };

static bool post_form(struct mailbox *mailbox, const struct account_form *form)
{
    uint8_t bytes[FORM_BYTES] = {FORM_ACCOUNT};
    size_t size = record_pack(&account_shape, form, bytes + 1, sizeof(bytes) - 1);
    bool good = size > 0 && mailbox_post(mailbox, bytes, size + 1) == MAILBOX_OK;

    explicit_bzero(bytes, sizeof(bytes));
    return good;
}

static bool post_trunk(struct mailbox *mailbox, const struct plan_trunk *trunk)
{
    char sources[64 * ACCOUNT_SOURCE];
    struct account_form form = {.name = trunk->name,
                                .user = trunk->user,
                                .password = trunk->password,
                                .host = trunk->host,
                                .realm = trunk->realm,
                                .from = trunk->from,
                                .port = trunk->port,
                                .authenticate = trunk->authenticate,
                                .registers = trunk->registers,
                                .phones = trunk->phones,
                                .transport_given = trunk->transport_given,
                                .transport = trunk->transport,
                                .expires_s = trunk->expires_s,
                                .probe_ms = trunk->probe_ms};

    for (uint8_t i = 0; i < trunk->source_count && i < 64; i++) {
        memcpy(sources + i * ACCOUNT_SOURCE, trunk->sources[i].address, 16);
        sources[i * ACCOUNT_SOURCE + 16] = (char)trunk->sources[i].prefix_bits;
        form.sources = (struct text){sources, (i + 1u) * ACCOUNT_SOURCE};
    }
    return post_form(mailbox, &form);
}

int forms_post(struct mailbox *mailbox, const struct plan *plan)
{
    char realm[MAX_NAME + 2] = {FORM_REALM, (char)('0' + plan->digest)};
    struct text name = plan->realm.size ? plan->realm : TEXT("offhook");

    for (uint8_t i = 0; i < plan->trunk_count; i++) {
        if (!post_trunk(mailbox, &plan->trunks[i]))
            return -ENOBUFS;
    }
    for (uint16_t i = 0; i < plan->user_count; i++) {
        struct account_form form = {.name = plan->users[i].name,
                                    .user = plan->users[i].name,
                                    .password = plan->users[i].password,
                                    .is_user = true};
        if (!post_form(mailbox, &form))
            return -ENOBUFS;
    }
    text_copy(realm + 2, MAX_NAME, name);
    return mailbox_post(mailbox, realm, strlen(realm)) == MAILBOX_OK ? 0 : -ENOBUFS;
}

void forms_release(struct forms *forms)
{
    if (forms->bytes)
        explicit_bzero(forms->bytes, FORMS_BYTES);
    free(forms->bytes);
    *forms = (struct forms){.size = 0};
}

bool forms_take(struct forms *forms, struct mailbox *mailbox)
{
    uint8_t bytes[FORM_BYTES];
    uint32_t size;
    bool taken = false;

    while ((size = (uint32_t)mailbox_take(mailbox, bytes, sizeof(bytes))) > 0) {
        if (forms->whole) {
            forms->size = 0; /* A newer list begins. */
            forms->whole = false;
        }
        if (!forms->bytes)
            forms->bytes = malloc(FORMS_BYTES);
        if (!forms->bytes || forms->size + sizeof(size) + size > FORMS_BYTES)
            continue;
        memcpy(forms->bytes + forms->size, &size, sizeof(size));
        memcpy(forms->bytes + forms->size + sizeof(size), bytes, size);
        forms->size += (uint32_t)sizeof(size) + size;
        forms->whole = bytes[0] == FORM_REALM;
        taken = taken || forms->whole;
    }
    explicit_bzero(bytes, sizeof(bytes));
    return taken && forms->whole;
}

bool forms_next(const struct forms *forms, uint32_t *offset, const uint8_t **bytes, uint32_t *size,
                bool *realm)
{
    if (!forms->whole || *offset >= forms->size)
        return false;
    memcpy(size, forms->bytes + *offset, sizeof(*size));
    *bytes = forms->bytes + *offset + sizeof(*size) + 1;
    *realm = (*bytes)[-1] == FORM_REALM;
    *offset += (uint32_t)sizeof(*size) + *size;
    *size -= 1;
    return true;
}

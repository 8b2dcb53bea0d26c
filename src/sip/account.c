// SPDX-License-Identifier: Apache-2.0
/* account.c - two lists: the one in force and the one that is coming. */
#include "sip/account.h"

#include <string.h>
#include <sys/mman.h>

#include "base/address.h"
#include "sip/hash.h"

const enum digest_algorithm account_known[KNOWN_ALGORITHMS] = {DIGEST_SHA256, DIGEST_MD5};

#define FIELD(structure, member) RECORD_FIELD(struct structure, #member, member)

static const char *const transports[] = {"udp", "tcp", "tls"};

static const struct field account_fields[] = {
    FIELD(account_form, name),
    FIELD(account_form, user),
    FIELD(account_form, password),
    FIELD(account_form, host),
    FIELD(account_form, realm),
    FIELD(account_form, from),
    FIELD(account_form, sources),
    FIELD(account_form, port),
    FIELD(account_form, is_user),
    FIELD(account_form, authenticate),
    FIELD(account_form, registers),
    FIELD(account_form, phones),
    FIELD(account_form, transport_given),
    RECORD_ENUM(struct account_form, "transport", transport, transports),
    FIELD(account_form, expires_s),
    FIELD(account_form, probe_ms),
};

const struct shape account_shape = RECORD_SHAPE("account", account_fields);

struct source {
    uint8_t address[16], prefix_bits;
};

struct list {
    struct account accounts[ACCOUNTS];
    struct source sources[MAX_TRUNK_SOURCES];
    uint32_t count, source_count;
    bool strangers, users;
};

static struct {
    struct list lists[2];
    uint32_t now;
    char realm[MAX_NAME];
    enum plan_digest digest;
} * table;

bool account_open(void)
{
    void *memory =
        mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return false;
    madvise(memory, sizeof(*table), MADV_DONTDUMP);
    table = memory;
    return true;
}

static struct list *now(void)
{
    return &table->lists[table->now];
}

static void add_sources(struct list *list, struct account *account, struct text bytes)
{
    account->first_source = (uint16_t)list->source_count;
    while (bytes.size >= ACCOUNT_SOURCE && list->source_count < MAX_TRUNK_SOURCES) {
        memcpy(&list->sources[list->source_count++], bytes.data, ACCOUNT_SOURCE);
        account->source_count++;
        bytes = text_part(bytes, ACCOUNT_SOURCE, bytes.size);
    }
}

void account_add(const uint8_t *bytes, uint32_t size)
{
    struct list *list = &table->lists[!table->now];
    struct account_form form;
    struct account *account;

    if (list->count == ACCOUNTS || !record_unpack(&account_shape, bytes, size, &form))
        return;
    account = &list->accounts[list->count++];
    *account = (struct account){.port = form.port,
                                .is_user = form.is_user,
                                .authenticate = form.authenticate,
                                .registers = form.registers,
                                .phones = form.phones,
                                .transport_given = form.transport_given,
                                .transport = form.transport,
                                .expires_s = form.expires_s,
                                .probe_ms = form.probe_ms};
    text_copy(account->name, sizeof(account->name), form.name);
    text_copy(account->user, sizeof(account->user), form.user);
    text_copy(account->password, sizeof(account->password), form.password);
    text_copy(account->realm, sizeof(account->realm), form.realm);
    text_copy(account->from, sizeof(account->from), form.from);
    text_copy(account->host, sizeof(account->host), form.host);
    add_sources(list, account, form.sources);
    list->users = list->users || form.is_user;
    list->strangers = list->strangers || form.is_user ||
                      (form.authenticate && !form.phones && account->source_count == 0);
}

void account_use(struct text words)
{
    struct list *list = &table->lists[!table->now];
    struct text realm = text_part(words, 1, words.size);

    if (words.size > 0 && words.data[0] >= '0' && words.data[0] <= '0' + OFFER_MD5)
        table->digest = (enum plan_digest)(words.data[0] - '0');
    text_copy(table->realm, sizeof(table->realm), realm);
    for (uint32_t i = 0; i < list->count; i++) {
        struct account *account = &list->accounts[i];
        if (!account->is_user && !account->authenticate)
            continue;
        for (int j = 0; j < KNOWN_ALGORITHMS; j++)
            digest_ha1(hash_parts, account_known[j], text_of(account->user), realm,
                       text_of(account->password), account->ha1[j]);
    }
    table->now = !table->now;
    explicit_bzero(&table->lists[!table->now], sizeof(table->lists[0]));
}

const char *account_realm(void)
{
    return table->realm;
}

int account_offered(int place)
{
    static const int offers[][KNOWN_ALGORITHMS] = {[OFFER_BOTH] = {0, 1},
                                                   [OFFER_MD5_FIRST] = {1, 0},
                                                   [OFFER_SHA256] = {0, -1},
                                                   [OFFER_MD5] = {1, -1}};

    return offers[table->digest][place];
}

uint32_t account_count(void)
{
    return now()->count;
}

const struct account *account_at(uint32_t index)
{
    return &now()->accounts[index];
}

const struct account *account_trunk(struct text name)
{
    for (uint32_t i = 0; i < now()->count; i++) {
        const struct account *account = &now()->accounts[i];
        if (!account->is_user && text_equal(text_of(account->name), name))
            return account;
    }
    return NULL;
}

const struct account *account_of_source(struct text address_port)
{
    const struct account *found = NULL;
    uint8_t address[16];
    uint16_t port;
    int best = -1;

    if (!address_read_port(address_port, address, &port))
        return NULL;
    for (uint32_t i = 0; i < now()->count; i++) {
        const struct account *account = &now()->accounts[i];
        for (uint16_t j = 0; j < account->source_count; j++) {
            const struct source *source = &now()->sources[account->first_source + j];
            if (source->prefix_bits > best &&
                address_in(address, source->address, source->prefix_bits)) {
                best = source->prefix_bits;
                found = account;
            }
        }
    }
    return found;
}

const struct account *account_of_user(struct text user)
{
    for (uint32_t i = 0; i < now()->count; i++) {
        const struct account *account = &now()->accounts[i];
        if ((account->is_user || account->authenticate) && !account->phones &&
            text_equal(text_of(account->user), user))
            return account;
    }
    return NULL;
}

bool account_for_strangers(void)
{
    return now()->strangers;
}

bool account_has_users(void)
{
    return now()->users;
}

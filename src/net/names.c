// SPDX-License-Identifier: Apache-2.0
/* names.c - a small table of hosts over uv_getaddrinfo. */
#include "net/names.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum {
    HOST_BYTES = 256,
    FRESH_MS = 60 * 1000,
    STALE_MS = 5 * 60 * 1000, /* Given while being asked for again. */
    LAST_MS = 60 * 60 * 1000  /* Given when nobody answers. */
};

struct names_entry {
    uv_getaddrinfo_t request;
    struct names *names;
    char host[HOST_BYTES];
    struct names_found found;
    uint64_t found_ms, used_ms;
    struct names_wait *waiting;
    bool asking;
};

struct names {
    uv_loop_t *loop;
    uint64_t asked, known;
    struct names_entry entries[NAMES_KEPT];
};

struct names *names_new(uv_loop_t *loop)
{
    struct names *names = calloc(1, sizeof(*names));
    if (names)
        names->loop = loop;
    return names;
}

void names_free(struct names *names)
{
    free(names);
}

uint64_t names_asked(const struct names *names)
{
    return names->asked;
}

uint64_t names_known(const struct names *names)
{
    return names->known;
}

void names_forget(struct names_wait *wait)
{
    if (!wait->link)
        return;
    *wait->link = wait->next;
    if (wait->next)
        wait->next->link = wait->link;
    wait->link = NULL;
}

/* Each is taken out before it is told, since it may ask again or make others forget. */
static void tell_all(struct names_wait **first, const struct names_found *found)
{
    while (*first) {
        struct names_wait *wait = *first;
        names_forget(wait);
        wait->on_found(wait, found); /* Does not ask again at once. */
    }
}

static bool numeric(const char *host)
{
    uint8_t bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static void keep(struct names_found *found, const struct addrinfo *list)
{
    found->count = 0;
    for (; list && found->count < NAMES_ADDRESSES; list = list->ai_next) {
        if (getnameinfo(list->ai_addr, list->ai_addrlen, found->address[found->count],
                        sizeof(found->address[0]), NULL, 0, NI_NUMERICHOST) == 0)
            found->count++;
    }
}

static void on_answer(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    struct names_entry *entry = request->data;
    uint64_t now_ms = clock_ms();

    if (status == 0 && list) {
        keep(&entry->found, list);
        entry->found_ms = now_ms;
    } else if (now_ms - entry->found_ms > LAST_MS) {
        entry->found.count = 0;
    }
    uv_freeaddrinfo(list);
    entry->found.why = status == 0 ? "the name has no address" : uv_strerror(status);
    struct names_found found = entry->found;
    tell_all(&entry->waiting, &found);
    entry->asking =
        false; /* Only now, so that nobody takes the entry for another host meanwhile. */
}

static bool ask(struct names *names, struct names_entry *entry)
{
    static const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG};

    if (entry->asking)
        return true;
    entry->request.data = entry;
    entry->asking =
        uv_getaddrinfo(names->loop, &entry->request, on_answer, entry->host, NULL, &hints) == 0;
    names->asked += entry->asking;
    return entry->asking;
}

/* The entry of a host, or one to be used for it; NULL when all are being asked for. */
static struct names_entry *entry_of(struct names *names, const char *host)
{
    struct names_entry *oldest = NULL;

    for (uint32_t i = 0; i < NAMES_KEPT; i++) {
        struct names_entry *entry = &names->entries[i];
        if (strcmp(entry->host, host) == 0)
            return entry;
        if (!entry->asking && (!oldest || entry->used_ms < oldest->used_ms))
            oldest = entry;
    }
    if (oldest) {
        *oldest = (struct names_entry){.names = names};
        text_copy(oldest->host, sizeof(oldest->host), text_of(host));
    }
    return oldest;
}

static void wait_in(struct names_entry *entry, struct names_wait *wait)
{
    wait->next = entry->waiting;
    wait->link = &entry->waiting;
    if (wait->next)
        wait->next->link = &wait->next;
    entry->waiting = wait;
}

static void look_up(struct names *names, const char *host, struct names_wait *wait)
{
    struct names_entry *entry = entry_of(names, host);
    if (!entry) {
        wait->on_found(wait, &(struct names_found){.why = "too many names are being asked for"});
        return;
    }
    uint64_t now_ms = clock_ms(), age_ms = now_ms - entry->found_ms;
    entry->used_ms = now_ms;
    if (entry->found.count > 0 && age_ms <= STALE_MS) {
        if (age_ms > FRESH_MS)
            (void)ask(names, entry);
        names->known++;
        struct names_found found = entry->found;
        wait->on_found(wait, &found);
    } else if (ask(names, entry)) {
        wait_in(entry, wait);
    } else {
        wait->on_found(wait, &(struct names_found){.why = "the resolver could not be asked"});
    }
}

void names_ask(struct names *names, struct text host, struct names_wait *wait)
{
    char name[HOST_BYTES];

    text_copy(name, sizeof(name), host);
    wait->link = NULL;
    if (numeric(name)) {
        struct names_found found = {.count = 1};
        text_copy(found.address[0], sizeof(found.address[0]), host);
        wait->on_found(wait, &found);
        return;
    }
    look_up(names, name, wait);
}

void names_note_shares(struct names *names, struct text host, uint16_t port, bool shares)
{
    for (uint32_t i = 0; i < NAMES_KEPT; i++) {
        struct names_found *found = &names->entries[i].found;
        if (!text_equal(text_of(names->entries[i].host), host))
            continue;
        if (shares)
            found->shares = port;
        else if (found->shares == port)
            found->shares = 0;
    }
}

void names_stop(struct names *names)
{
    for (uint32_t i = 0; i < NAMES_KEPT; i++) {
        struct names_entry *entry = &names->entries[i];
        while (entry->waiting)
            names_forget(entry->waiting);
        if (entry->asking)
            uv_cancel((uv_req_t *)&entry->request);
    }
}

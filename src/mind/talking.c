// SPDX-License-Identifier: Apache-2.0
/* talking.c - messages to a session, in their order. */
#include "mind/talking.h"

#include <stdio.h>

#include "net/socket.h"

enum {
    MESSAGE = 8192, /* Of words that were said; JSON writes some in six bytes each. */
    END_MS = 1000   /* To end an answer when told to: a round trip, and to spare. */
};

static bool send(struct net *net, uint32_t session, const char *message, uint32_t size)
{
    return size > 0 &&
           socket_send_text(net, session, (struct text){message, size}) == SOCKET_SENT;
}

/* FNV-1a. */
static uint64_t digest(uint64_t hash, struct text t)
{
    for (uint32_t i = 0; i < t.size; i++)
        hash = (hash ^ (uint8_t)t.data[i]) * 1099511628211u;
    return hash;
}

static uint64_t digest_of(const struct talking_wish *wish)
{
    uint64_t hash = digest(digest(14695981039346656037u, wish->system), wish->context);

    for (uint32_t i = 0; i < wish->tool_count; i++)
        hash = digest(digest(hash, wish->tools[i].name), wish->tools[i].schema);
    return hash;
}

/* Facts change in a call: a session has one text for all. */
static bool tell_who(struct talking *talking, const struct talking_wish *wish)
{
    static char whole[1 << 17]; /* There is one mind thread. */
    uint64_t now = digest_of(wish);
    struct text_buffer out;

    if (now == talking->told)
        return true;
    text_buffer_init(&out, whole, sizeof(whole));
    text_append(&out, wish->system);
    text_append(&out, TEXT("\n\n"));
    text_append(&out, wish->context);
    talking->told = now;
    return send(wish->net, wish->session, wish->scratch,
                realtime_write_session(text_trim(text_view(&out)), wish->tools, wish->tool_count,
                                       wish->max_tokens, wish->scratch, wish->scratch_size));
}

/* Before what the caller has said to it already: each follows the one before, from the root on. */
static bool tell_dialogue(struct talking *talking, const struct talking_wish *wish)
{
    char id[32], before[32] = "root";

    if (talking->session == wish->session)
        return true;
    *talking = (struct talking){.session = wish->session};
    for (uint32_t i = 0; i < wish->message_count; i++) {
        snprintf(id, sizeof(id), "offhook_%u", i + 1);
        if (!send(wish->net, wish->session, wish->scratch,
                  realtime_write_item(&wish->messages[i], text_of(id), text_of(before),
                                      wish->scratch, wish->scratch_size)))
            return false;
        snprintf(before, sizeof(before), "%s", id);
    }
    return true;
}

static bool ask_late(struct talking *talking, struct net *net)
{
    char message[256];
    uint32_t size = realtime_write_ask(talking->late, message, sizeof(message));

    talking->late = 0;
    talking->busy = send(net, talking->session, message, size);
    return talking->busy;
}

bool talking_ask(struct talking *talking, const struct talking_wish *wish)
{
    bool sent = tell_dialogue(talking, wish) && tell_who(talking, wish);

    for (uint32_t i = 0; sent && i < wish->result_count; i++)
        sent = send(wish->net, wish->session, wish->scratch,
                    realtime_write_item(&wish->results[i], TEXT_EMPTY, TEXT_EMPTY, wish->scratch,
                                        wish->scratch_size));
    if (!sent)
        return false;
    talking->late = wish->number;
    return talking->busy || ask_late(talking, wish->net);
}

bool talking_ended(struct talking *talking, struct net *net)
{
    talking->busy = false;
    talking->left_ms = 0;
    return talking->late && ask_late(talking, net);
}

void talking_cancel(struct talking *talking, struct net *net, uint64_t now_ms)
{
    char message[128];

    talking->late = 0;
    if (!talking->busy || talking->left_ms)
        return;
    talking->left_ms = now_ms;
    (void)!send(net, talking->session, message, realtime_write_cancel(message, sizeof(message)));
}

bool talking_stuck(const struct talking *talking, uint64_t now_ms)
{
    return talking->left_ms && now_ms >= talking->left_ms + END_MS;
}

void talking_give_up(struct talking *talking, struct net *net)
{
    socket_cancel(net, talking->session);
    *talking = (struct talking){.session = 0};
}

void talking_says(struct talking *talking, uint32_t clip, struct text item)
{
    uint32_t at = talking->items++ % TALKING_ITEMS;

    talking->item[at].clip = clip;
    text_copy(talking->item[at].item, REALTIME_ID, item);
}

static struct text item_of(const struct talking *talking, uint32_t clip)
{
    for (uint32_t i = 0; i < TALKING_ITEMS; i++)
        if (talking->item[i].clip == clip)
            return text_of(talking->item[i].item);
    return TEXT_EMPTY;
}

void talking_note(struct talking *talking, struct net *net, const struct command *note)
{
    struct llm_message words = {.role = LLM_ASSISTANT, .text = note->note.text};
    char message[MESSAGE];
    struct text item;

    if (!talking->session)
        return;
    if (note->note.clip) {
        item = item_of(talking, note->note.clip);
        if (item.size > 0 && (note->note.heard_ms == 0 || note->note.unheard.size > 0))
            (void)!send(net, talking->session, message,
                        realtime_write_heard(item, note->note.heard_ms, message, sizeof(message)));
        return;
    }
    if (note->note.speaker == SPEAKER_CALLER && !note->note.key)
        return; /* It heard that itself. */
    if (note->note.speaker == SPEAKER_CALLER)
        words.role = LLM_USER;
    if (words.text.size > 0)
        (void)!send(net, talking->session, message,
                    realtime_write_item(&words, TEXT_EMPTY, TEXT_EMPTY, message, sizeof(message)));
}

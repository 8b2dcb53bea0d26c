// SPDX-License-Identifier: Apache-2.0
/* dialogue.c - entries in their order over one block of bytes, which is kept without holes. */
#include "mind/dialogue.h"

#include <assert.h>
#include <string.h>

enum { TOKENS_A_MESSAGE = 4 };

void dialogue_init(struct dialogue *dialogue, uint32_t call)
{
    dialogue->call = call;
    dialogue->count = dialogue->used = dialogue->summary_size = dialogue->lost = 0;
}

uint32_t dialogue_tokens(struct text t)
{
    uint32_t eighths = 0;

    for (uint32_t i = 0; i < t.size; i++)
        eighths += (unsigned char)t.data[i] < 128 ? 2 : 4;
    return (eighths + 7) / 8 + TOKENS_A_MESSAGE;
}

static uint32_t bytes_of(const struct dialogue_entry *entry)
{
    return (uint32_t)entry->id_size + entry->name_size + entry->size;
}

static struct llm_message view(const struct dialogue *dialogue, const struct dialogue_entry *entry)
{
    const char *at = dialogue->bytes + entry->at;

    return (struct llm_message){.role = (enum llm_role)entry->role,
                                .id = {at, entry->id_size},
                                .name = {at + entry->id_size, entry->name_size},
                                .text = {at + entry->id_size + entry->name_size, entry->size}};
}

static void drop(struct dialogue *dialogue, uint32_t index)
{
    struct dialogue_entry gone = dialogue->entries[index];
    uint32_t size = bytes_of(&gone);

    memmove(dialogue->bytes + gone.at, dialogue->bytes + gone.at + size,
            dialogue->used - gone.at - size);
    dialogue->used -= size;
    dialogue->count--;
    memmove(&dialogue->entries[index], &dialogue->entries[index + 1],
            (dialogue->count - index) * sizeof gone);
    for (uint32_t i = 0; i < dialogue->count; i++)
        if (dialogue->entries[i].at > gone.at)
            dialogue->entries[i].at = (uint16_t)(dialogue->entries[i].at - size);
}

static void drop_oldest_turn(struct dialogue *dialogue)
{
    uint32_t turn = dialogue->entries[0].turn;

    while (dialogue->count > 0 && dialogue->entries[0].turn == turn) {
        drop(dialogue, 0);
        dialogue->lost++;
    }
}

/* Behind all of earlier turns. In its own turn the caller's words come first, and nothing stands
 * between calls and their results. */
static uint32_t place_of(const struct dialogue *dialogue, uint32_t turn, enum llm_role role)
{
    uint32_t i = dialogue->count;

    while (i > 0 && dialogue->entries[i - 1].turn > turn)
        i--;
    for (; i > 0 && dialogue->entries[i - 1].turn == turn; i--) {
        enum llm_role before = (enum llm_role)dialogue->entries[i - 1].role;

        if (!(role == LLM_USER && before != LLM_USER) &&
            !(role == LLM_ASSISTANT && before == LLM_CALL) &&
            !(role == LLM_RESULT && before == LLM_ASSISTANT))
            break;
    }
    return i;
}

static void add(struct dialogue *dialogue, uint32_t turn, bool live, struct llm_message message)
{
    struct dialogue_entry entry = {.turn = turn, .role = (uint8_t)message.role, .live = live};
    struct text_buffer out;
    uint32_t place;

    message.id = text_part(message.id, 0, LLM_ID);
    message.name = text_part(message.name, 0, MAX_NAME);
    message.text = text_part(message.text, 0, DIALOGUE_TEXT);
    while (dialogue->count == DIALOGUE_ENTRIES ||
           dialogue->used + message.id.size + message.name.size + message.text.size >
               DIALOGUE_BYTES)
        drop_oldest_turn(dialogue);
    entry.at = (uint16_t)dialogue->used;
    text_buffer_init(&out, dialogue->bytes + dialogue->used, DIALOGUE_BYTES - dialogue->used);
    text_append(&out, message.id);
    entry.id_size = (uint16_t)out.size;
    text_append(&out, message.name);
    entry.name_size = (uint16_t)(out.size - entry.id_size);
    text_append(&out, message.text);
    entry.size = (uint16_t)(out.size - entry.id_size - entry.name_size);
    dialogue->used += out.size;
    place = place_of(dialogue, turn, message.role);
    memmove(&dialogue->entries[place + 1], &dialogue->entries[place],
            (dialogue->count - place) * sizeof entry);
    dialogue->entries[place] = entry;
    dialogue->count++;
}

/* Adds words to the entry of that turn, role and liveness that they follow, or makes one. */
static void add_words(struct dialogue *dialogue, uint32_t turn, bool live, enum llm_role role,
                      struct text words)
{
    uint32_t place = place_of(dialogue, turn, role);
    char both[DIALOGUE_TEXT];
    struct text_buffer out;

    if (text_empty(words))
        return;
    text_buffer_init(&out, both, sizeof both);
    if (place > 0 && dialogue->entries[place - 1].turn == turn &&
        dialogue->entries[place - 1].role == role && dialogue->entries[place - 1].live == live) {
        text_append(&out, view(dialogue, &dialogue->entries[place - 1]).text);
        text_append_char(&out, ' ');
        drop(dialogue, place - 1);
    }
    text_append(&out, words);
    add(dialogue, turn, live, (struct llm_message){.role = role, .text = text_view(&out)});
}

void dialogue_heard(struct dialogue *dialogue, uint32_t turn, struct text text)
{
    add_words(dialogue, turn, false, LLM_USER, text_trim(text));
}

void dialogue_spoken(struct dialogue *dialogue, uint32_t turn, struct text text,
                     struct text unheard)
{
    char marked[DIALOGUE_TEXT];
    struct text_buffer out;

    text = text_trim(text);
    text_buffer_init(&out, marked, sizeof marked);
    text_append(&out, text);
    if (!text_empty(text) && !text_empty(text_trim(unheard)))
        text_append(&out, TEXT("... [interrupted here]"));
    add_words(dialogue, turn, false, LLM_ASSISTANT, text_view(&out));
}

void dialogue_begin(struct dialogue *dialogue)
{
    for (uint32_t i = dialogue->count; i > 0; i--)
        if (dialogue->entries[i - 1].live)
            drop(dialogue, i - 1);
}

void dialogue_say(struct dialogue *dialogue, uint32_t turn, struct text clause)
{
    add_words(dialogue, turn, true, LLM_ASSISTANT, text_trim(clause));
}

void dialogue_call(struct dialogue *dialogue, uint32_t turn, struct text id, struct text name,
                   struct text arguments)
{
    add(dialogue, turn, false,
        (struct llm_message){.role = LLM_CALL, .id = id, .name = name, .text = arguments});
}

void dialogue_result(struct dialogue *dialogue, uint32_t turn, struct text id, struct text text)
{
    add(dialogue, turn, false, (struct llm_message){.role = LLM_RESULT, .id = id, .text = text});
}

struct text dialogue_result_of(const struct dialogue *dialogue, struct text id)
{
    for (uint32_t i = dialogue->count; i-- > 0;) {
        struct llm_message message = view(dialogue, &dialogue->entries[i]);
        if (message.role == LLM_RESULT && text_equal(message.id, id))
            return message.text;
    }
    return TEXT_EMPTY;
}

static bool has_live(const struct dialogue *dialogue, uint32_t turn)
{
    for (uint32_t i = 0; i < dialogue->count; i++)
        if (dialogue->entries[i].live && dialogue->entries[i].turn == turn)
            return true;
    return false;
}

/* Is the entry to be told, for thinking about the turn? */
static bool counts(const struct dialogue_entry *entry, uint32_t turn, bool live, bool said)
{
    if (entry->live)
        return entry->turn == turn;
    if (entry->turn != turn)
        return true;
    return entry->role == LLM_USER ? !said : entry->role != LLM_ASSISTANT || !live;
}

/* The first entry of the oldest turn that still fits. */
static uint32_t begin_of(const struct dialogue *dialogue, uint32_t tokens)
{
    uint32_t begin = dialogue->count, sum = 0;

    for (uint32_t i = dialogue->count; i > 0; i--) {
        struct llm_message message = view(dialogue, &dialogue->entries[i - 1]);
        bool first = i == 1 || dialogue->entries[i - 2].turn != dialogue->entries[i - 1].turn;

        sum += dialogue_tokens(message.text) + (message.name.size + message.id.size) / 4;
        if (sum > tokens && begin < dialogue->count)
            break;
        if (first)
            begin = i - 1;
    }
    return begin;
}

static bool is(const struct dialogue *dialogue, uint32_t index, enum llm_role role, struct text id)
{
    return dialogue->entries[index].role == role &&
           text_equal(view(dialogue, &dialogue->entries[index]).id, id);
}

/* Vendors may use an id again: up to the next call that has it. */
static bool answered(const struct dialogue *dialogue, uint32_t index)
{
    struct text id = view(dialogue, &dialogue->entries[index]).id;

    for (uint32_t i = index + 1; i < dialogue->count && !is(dialogue, i, LLM_CALL, id); i++)
        if (is(dialogue, i, LLM_RESULT, id))
            return true;
    return false;
}

/* Of a call that is told too, and the first: vendors refuse others. */
static bool answers(const struct dialogue *dialogue, uint32_t begin, uint32_t index)
{
    struct text id = view(dialogue, &dialogue->entries[index]).id;

    for (uint32_t i = index; i > begin && !is(dialogue, i - 1, LLM_RESULT, id); i--)
        if (is(dialogue, i - 1, LLM_CALL, id))
            return true;
    return false;
}

/* Results of the calls in [from, to) that have none: vendors refuse a call without. */
static uint32_t add_missing(const struct dialogue *dialogue, uint32_t from, uint32_t to,
                            struct llm_message *out)
{
    uint32_t count = 0;

    for (uint32_t i = from; i < to; i++)
        if (dialogue->entries[i].role == LLM_CALL && !answered(dialogue, i))
            out[count++] = (struct llm_message){
                .role = LLM_RESULT,
                .id = view(dialogue, &dialogue->entries[i]).id,
                .text = TEXT("No result came. Whether it was done is not known."),
            };
    return count;
}

static bool ends_calls(const struct dialogue *dialogue, uint32_t i)
{
    return dialogue->entries[i].role == LLM_CALL &&
           (i + 1 == dialogue->count || dialogue->entries[i + 1].role != LLM_CALL ||
            dialogue->entries[i + 1].turn != dialogue->entries[i].turn);
}

uint32_t dialogue_compose(const struct dialogue *dialogue, uint32_t turn, struct text said,
                          uint32_t tokens, struct llm_message out[DIALOGUE_MESSAGES])
{
    static const struct llm_message opening = {.role = LLM_USER,
                                               .text = TEXT_INIT("(The call begins.)")};
    struct llm_message words = {.role = LLM_USER, .text = text_trim(said)};
    bool live = has_live(dialogue, turn), asked = words.text.size > 0, placed = !asked;
    uint32_t count = 0, own = asked ? dialogue_tokens(words.text) : 0, calls = UINT32_MAX;
    uint32_t begin = begin_of(dialogue, tokens > own ? tokens - own : 0);

    for (uint32_t i = begin; i < dialogue->count; i++) {
        const struct dialogue_entry *entry = &dialogue->entries[i];

        if (entry->role == LLM_RESULT && !answers(dialogue, begin, i))
            continue;

        if (!placed && entry->turn >= turn) {
            placed = true;
            out[count++] = words;
        }
        if (count == 0 && (entry->role != LLM_USER || !counts(entry, turn, live, asked)))
            out[count++] = opening;
        if (counts(entry, turn, live, asked))
            out[count++] = view(dialogue, entry);
        if (entry->role == LLM_CALL && calls == UINT32_MAX)
            calls = i;
        if (ends_calls(dialogue, i)) {
            count += add_missing(dialogue, calls, i + 1, out + count);
            calls = UINT32_MAX;
        }
    }
    if (!placed)
        out[count++] = words;
    if (count == 0)
        out[count++] = opening;
    assert(count <= DIALOGUE_MESSAGES);
    return count;
}

struct text dialogue_summary(const struct dialogue *dialogue)
{
    return (struct text){dialogue->summary, dialogue->summary_size};
}

static uint32_t all_tokens(const struct dialogue *dialogue)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < dialogue->count; i++)
        sum += dialogue_tokens(view(dialogue, &dialogue->entries[i]).text);
    return sum;
}

static void print(const struct llm_message *message, struct text_buffer *out)
{
    static const char *const who[] = {"Caller: ", "Agent: ", "Tool called: ", "Its result: "};

    text_append(out, text_of(who[message->role]));
    text_append(out, message->name);
    if (message->name.size > 0)
        text_append_char(out, ' ');
    text_append(out, message->text);
    text_append_char(out, '\n');
}

bool dialogue_old(const struct dialogue *dialogue, uint32_t tokens, uint32_t *until,
                  struct text_buffer *out)
{
    uint32_t half = 0;

    if (dialogue->count < 4 ||
        (all_tokens(dialogue) < tokens / 4 * 3 && dialogue->used < DIALOGUE_BYTES / 4 * 3 &&
         dialogue->count < DIALOGUE_ENTRIES / 4 * 3))
        return false;
    for (uint32_t i = 0, bytes = 0; i < dialogue->count && bytes < dialogue->used / 2; i++) {
        bytes += bytes_of(&dialogue->entries[i]);
        half = dialogue->entries[i].turn;
    }
    if (half >= dialogue->entries[dialogue->count - 1].turn) /* The last turn is never old. */
        return false;
    *until = half;
    for (uint32_t i = 0; i < dialogue->count && dialogue->entries[i].turn <= half; i++) {
        struct llm_message message = view(dialogue, &dialogue->entries[i]);
        if (!dialogue->entries[i].live)
            print(&message, out);
    }
    return true;
}

void dialogue_sum(struct dialogue *dialogue, uint32_t until, struct text summary)
{
    struct text_buffer out;

    text_buffer_init(&out, dialogue->summary, DIALOGUE_SUMMARY);
    text_append(&out, text_trim(summary));
    dialogue->summary_size = out.size;
    while (dialogue->count > 0 && dialogue->entries[0].turn <= until)
        drop(dialogue, 0);
}

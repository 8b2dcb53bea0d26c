// SPDX-License-Identifier: Apache-2.0
/* sample.c - one stream, waited for. */
#include "mind/sample.h"

#include <stdlib.h>

#include "base/clock.h"
#include "mind/request.h"

enum { NOTES_BYTES = 1 << 16, TOKENS = 100, LONGEST_MS = 20000 };

/* Until nothing of the stream is left. */
static void listen(struct mailbox *notes, uint64_t began_ms, struct sample *out)
{
    struct stream_note note = {.kind = STREAM_BEGUN};

    while (note.kind != STREAM_GONE) {
        if (mailbox_take(notes, &note, sizeof note) == 0) {
            mailbox_wait(notes, -1);
            continue;
        }
        if (note.kind != STREAM_OVER && note.kind != STREAM_FAILED)
            continue;
        out->good = note.kind == STREAM_OVER && note.size > 0;
        out->first_ms = note.first_ms ? (uint32_t)(note.first_ms - began_ms) : 0;
        out->total_ms = (uint32_t)(clock_ms() - began_ms);
        out->tokens_in = note.tokens_in;
        out->tokens_out = note.tokens_out;
        out->status = note.status;
        text_copy(out->text, SAMPLE_TEXT,
                  note.size > 0 ? stream_note_text(&note) : TEXT("it said nothing"));
    }
}

void sample_model(struct net *net, const struct plan_provider *provider, struct text words,
                  struct sample *out)
{
    struct llm_message message = {.role = LLM_USER, .text = words};
    struct llm_request request = {
        .messages = &message, .message_count = 1, .temperature_permille = -1, .max_tokens = TOKENS};
    struct stream_wish wish = {.whole = true, .hard_ms = LONGEST_MS};
    struct mailbox *notes = NULL;
    char *scratch = malloc(STREAM_BODY);
    uint64_t began_ms = clock_ms();
    enum net_result result = NET_FULL;
    uint32_t http;

    *out = (struct sample){.good = false};
    if (scratch && mailbox_open(&notes, "sample", NOTES_BYTES) == 0)
        result = request_start(net, notes, provider, &request, &wish, scratch, &http);
    if (result == NET_OK)
        listen(notes, began_ms, out);
    else
        text_copy(out->text, SAMPLE_TEXT, text_of(net_result_names[result]));
    mailbox_close(notes);
    free(scratch);
}

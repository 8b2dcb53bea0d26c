// SPDX-License-Identifier: Apache-2.0
/* sse_test.c - streams as the standard's own rules cut them, in any pieces. */
#include "vendor/sse.h"

#include <string.h>

#include "check.h"

static struct sse sse;
static char storage[64], said[1024];
static struct text_buffer heard;

static void take(void *context, struct text name, struct text data)
{
    CHECK(context == &heard);
    text_append(&heard, name);
    text_append_char(&heard, '=');
    text_append(&heard, data);
    text_append_char(&heard, '|');
}

static void given(void)
{
    text_buffer_init(&heard, said, sizeof said);
    sse_init(&sse, storage, sizeof storage, take, &heard);
}

static void gives(const char *stream, const char *wanted)
{
    for (size_t step = 1; step <= strlen(stream); step++) {
        given();
        for (size_t i = 0; i < strlen(stream); i += step)
            CHECK(sse_put(&sse, stream + i, strlen(stream) - i < step ? strlen(stream) - i : step));
        if (!text_equal(text_view(&heard), text_of(wanted)))
            fprintf(stderr, "heard: %.*s\n", TEXT_ARGS(text_view(&heard)));
        CHECK(text_equal(text_view(&heard), text_of(wanted)));
    }
}

static void messages_end_with_an_empty_line(void)
{
    gives("data: one\n\ndata: two\n\n", "message=one|message=two|");
    gives("data: cut off\n", "");
    gives("\n\n\ndata:x\n\n\n", "message=x|");
}

static void lines_end_in_three_ways(void)
{
    gives("data: a\r\n\r\ndata: b\r\rdata: c\n\r\n", "message=a|message=b|message=c|");
}

static void names_data_and_comments_are_told_apart(void)
{
    gives(": ping\n\nevent: delta\ndata: {\"a\":1}\n\ndata: z\n\n", "delta={\"a\":1}|message=z|");
    gives("event: alone\n\nid: 4\nretry: 9\ndata:y\n\n", "message=y|");
    gives("data: one\ndata:two\ndata:  three\n\n", "message=one\ntwo\n three|");
    gives("data\n\n", "message=|");
    gives("data\ndata\n\n", "message=\n|");
    gives("\xef\xbb\xbf"
          "data: bom\n\n",
          "message=bom|");
    gives("databases: no\nDATA: no\n\n", "");
}

static void what_is_longer_than_the_storage_ends_it(void)
{
    char long_line[200];

    given();
    memset(long_line, 'x', sizeof long_line);
    CHECK(sse_put(&sse, "data: a\n\n", 9) && !sse_put(&sse, long_line, sizeof long_line));
    CHECK(!sse_put(&sse, "\n\ndata: b\n\n", 11));
    CHECK(text_equal(text_view(&heard), TEXT("message=a|")));
    given();
    CHECK(sse_put(&sse, "data: ", 6) && sse_put(&sse, long_line, 58) && sse_put(&sse, "\n\n", 2));
    CHECK(heard.size == 58 + 9);
    given();
    CHECK(sse_put(&sse, "data:", 5) && !sse_put(&sse, long_line, 60));
}

int main(void)
{
    RUN(messages_end_with_an_empty_line);
    RUN(lines_end_in_three_ways);
    RUN(names_data_and_comments_are_told_apart);
    RUN(what_is_longer_than_the_storage_ends_it);
    return 0;
}

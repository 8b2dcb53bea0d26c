// SPDX-License-Identifier: Apache-2.0
/* cdr_text_test.c - what a person reads of JSON lines. */
#include "app/cdr_text.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

static char *text_of_lines(const char *lines)
{
    char *out = NULL;
    size_t size = 0;
    FILE *in = fmemopen((void *)(uintptr_t)lines, strlen(lines), "r"),
         *to = open_memstream(&out, &size);

    CHECK(in && to);
    cdr_text_print(in, to);
    fclose(in);
    fclose(to);
    return out;
}

static void a_call_is_one_line_and_its_account_is_in_order(void)
{
    char *text = text_of_lines(
        "{\"ref\":\"r1\",\"started\":\"2026-11-21T03:26:24.070Z\",\"cause\":\"caller_hung_up\","
        "\"caller\":\"1555\",\"called\":\"1000\",\"talk_ms\":12223,\"account\":{"
        "\"handovers\":[{\"at\":\"2026-11-21T03:26:31.000Z\",\"from\":\"desk\",\"to\":\"billing\"}]"
        ","
        "\"turns\":[{\"at\":\"2026-11-21T03:26:31.000Z\",\"speaker\":\"agent\",\"text\":\"One "
        "moment.\"},"
        "{\"at\":\"2026-11-21T03:26:31.000Z\",\"speaker\":\"caller\",\"text\":\"my bill\","
        "\"intent\":\"billing\",\"confidence_permille\":940}]}}\n");

    CHECK(strncmp(text, "r1 ", 3) == 0 && strstr(text, "2026-11-21 03:26:24   12.2 s"));
    const char *said = strstr(text, "03:26:31 caller    my bill  -> billing 0.94\n");
    const char *went = strstr(text, "03:26:31 hand-over desk -> billing\n");
    const char *answer = strstr(text, "03:26:31 agent     One moment.\n");
    CHECK(said && went && answer && said < went && went < answer);
    free(text);
}

static void offers_tools_and_promises_are_told_and_a_wait_that_was_cut_off_has_no_length(void)
{
    char *text = text_of_lines(
        "{\"ref\":\"r1\",\"started\":\"2026-11-21T03:26:24.070Z\",\"account\":{"
        "\"offers\":[{\"at\":\"2026-11-21T03:26:31.000Z\",\"operator\":\"anna\",\"brief\":\"Call about x.\"}],"
        "\"tools\":[{\"at\":\"2026-11-21T03:26:32.000Z\",\"name\":\"track\",\"arguments\":\"{}\",\"state\":"
        "\"done\",\"outcome\":\"ok\",\"attempts\":2,\"ms\":41,\"status\":200,\"text\":\"Zurich\"}],"
        "\"tasks\":[{\"at\":\"2026-11-21T03:26:33.000Z\",\"kind\":\"callback\",\"party\":\"1555\",\"state\":"
        "\"waiting\",\"queue\":\"support\"}],"
        "\"passages\":[{\"at\":\"2026-11-21T03:26:34.000Z\",\"queue\":\"support\",\"state\":\"lost\","
        "\"position\":1,\"waited_ms\":0}]}}\n");

    CHECK(strstr(text, "03:26:31 offer     to anna: Call about x.\n"));
    CHECK(strstr(text, "03:26:32 tool      track {}: ok, 41 ms, 2 attempts, 200, Zurich\n"));
    CHECK(strstr(text, "03:26:33 callback  1555, waiting, for support\n"));
    CHECK(strstr(text, "03:26:34 queue     support: lost; entered as number 1\n"));
    free(text);
}

static void nothing_of_a_caller_steers_the_terminal(void)
{
    char *text = text_of_lines("{\"ref\":\"r1\",\"caller\":\"\\u001b[2J\\r\"}\n");

    CHECK(!strchr(text, 27) && !strchr(text, '\r'));
    free(text);
}

static void no_calls_are_said_to_be_none(void)
{
    char *text = text_of_lines("\n");

    free(text);
    FILE *empty = tmpfile();
    size_t size = 0;
    FILE *to = open_memstream(&text, &size);
    cdr_text_print(empty, to);
    fclose(empty);
    fclose(to);
    CHECK(strcmp(text, "no calls\n") == 0);
    free(text);
}

int main(void)
{
    RUN(a_call_is_one_line_and_its_account_is_in_order);
    RUN(offers_tools_and_promises_are_told_and_a_wait_that_was_cut_off_has_no_length);
    RUN(nothing_of_a_caller_steers_the_terminal);
    RUN(no_calls_are_said_to_be_none);
    return 0;
}

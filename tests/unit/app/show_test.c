// SPDX-License-Identifier: Apache-2.0
/* show_test.c - what a person is shown of the calls that are up. */
#include <stdlib.h>
#include <string.h>

#include "app/show.h"
#include "check.h"

static void late_beats_are_told_below_the_calls(void)
{
    json_t *answer = json_loads("{\"calls\": [], \"media\": {\"threads\": 2, \"ticks\": 800, "
                                "\"late_ticks\": 3, \"worst_late_us\": 12900}}",
                                0, NULL);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    CHECK(answer && out);
    show_calls(answer, out);
    fclose(out);
    CHECK(strcmp(text, "0 calls\nsound: 2 threads, 3 of 800 beats late, the worst by 12 ms\n") ==
          0);
    free(text);
    json_decref(answer);
}

int main(void)
{
    RUN(late_beats_are_told_below_the_calls);
    return 0;
}

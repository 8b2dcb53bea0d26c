// SPDX-License-Identifier: Apache-2.0
/* verb_turns.c - `offhook turns CALL`: where the time of each turn went. */
#include <errno.h>
#include <string.h>

#include "app/turns_show.h"
#include "app/verbs.h"
#include "store/store.h"

int verb_turns(const struct arguments *arguments)
{
    const struct cdr_query query = {
        .format = CDR_JSONL, .ref = arguments->given[0], .live = true};
    char dir[1024], why[512] = "";
    FILE *lines;
    json_t *call;
    int error;

    if (!verb_data(arguments, 1, dir, sizeof(dir)))
        return EXIT_FAILED;
    lines = tmpfile();
    error = lines ? store_print_cdr(dir, &query, lines, why, sizeof(why)) : -errno;
    if (error) {
        fprintf(stderr, "offhook: %s\n", *why ? why : strerror(-error));
        if (lines)
            fclose(lines);
        return EXIT_FAILED;
    }
    rewind(lines);
    call = json_loadf(lines, JSON_DISABLE_EOF_CHECK, NULL);
    if (arguments_has(arguments, "--json"))
        turns_show_json(call, stdout);
    else
        turns_show(call, stdout);
    json_decref(call);
    fclose(lines);
    return EXIT_DONE;
}

// SPDX-License-Identifier: Apache-2.0
/* load_witness.c - counters, read from a JSON line and from /proc/net/snmp. */
#include "app/load_witness.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/control.h"
#include "app/json.h"

static uint64_t number_of(const json_t *object, const char *part, const char *name)
{
    json_int_t number = json_integer_value(json_object_get(json_object_get(object, part), name));

    return number > 0 ? (uint64_t)number : 0;
}

static void ask_server(const char *path, struct limit_evidence *out)
{
    int fd = control_ask(path, "status");
    FILE *answers = fd >= 0 ? fdopen(fd, "r") : NULL;
    char *line = NULL;
    size_t room = 0;

    if (!answers)
        return;
    if (getline(&line, &room, answers) > 0) {
        json_t *status = json_loads(line, 0, NULL);
        out->server_known = json_object_get(status, "media") != NULL;
        out->ticks = number_of(status, "media", "ticks");
        out->late_ticks = number_of(status, "media", "late_ticks");
        out->capture_lost = number_of(status, "media", "capture_lost");
        out->events_lost = number_of(status, "media", "events_lost");
        out->unheard = number_of(status, "speech", "frames_dropped");
        json_decref(status);
    }
    free(line);
    fclose(answers);
}

/* "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors ...": names, then numbers. */
static void ask_machine(struct limit_evidence *out)
{
    FILE *file = fopen("/proc/net/snmp", "r");
    char line[512];
    bool named = false;

    while (file && fgets(line, sizeof(line), file)) {
        if (strncmp(line, "Udp:", 4) != 0)
            continue;
        if (named)
            out->machine_known =
                sscanf(line, "Udp: %*u %*u %*u %*u %" SCNu64, &out->kernel_drops) == 1;
        named = true;
    }
    if (file)
        fclose(file);
}

void load_witness_look(void *context, struct limit_evidence *out)
{
    const struct load_witness *witness = context;

    *out = (struct limit_evidence){0};
    if (witness->control)
        ask_server(witness->control, out);
    ask_machine(out);
}

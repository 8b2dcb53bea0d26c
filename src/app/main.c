// SPDX-License-Identifier: Apache-2.0
/* main.c - the commands of the command line. */
#include "app/options.h"
#include "app/verbs.h"

static const struct verb verbs[] = {
    {.name = "check",
     .arguments = "DIR",
     .least = 1,
     .most = 1,
     .run = verb_check,
     .summary = "say all that is wrong with a configuration",
     .help =
         "Reads DIR/offhook.yaml (or the file itself) and the agents that it names, and prints\n"
         "for each problem its file and line and what would be right. Nothing is started.\n\n"
         "Examples:\n"
         "  offhook check examples/front-desk\n"
         "  offhook check /etc/offhook && systemctl reload offhook\n\n"
         "Exits with 0 when a server can run on it, with 1 when there were errors."},
    {.name = "config",
     .arguments = "",
     .hidden = true,
     .run = verb_config,
     .summary = "every option of offhook.yaml and of an agent's file",
     .options = {{"--markdown", NULL, "as the tables of docs/configuration.md"}},
     .help = "Examples:\n  offhook --help config"},
};

int main(int argc, char **argv)
{
    return options_run(verbs, sizeof(verbs) / sizeof(verbs[0]), argc, argv);
}

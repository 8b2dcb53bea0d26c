// SPDX-License-Identifier: Apache-2.0
/* main.c - the commands of the command line. */
#include <stdlib.h>

#include "app/options.h"
#include "app/verbs.h"
#include "net/net.h"
#include "sip/sip.h"
#include "speech/speech.h"

static const struct verb verbs[] = {
    {.group = "Run a server",
     .name = "serve",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_serve,
     .summary = "answer calls",
     .options = {{"--show", NULL, "print the conversations as they happen"},
                 {"--debug", NULL, "log more"}},
     .help =
         "Runs the configuration in DIR (default: here) in the foreground; logs go to standard\n"
         "error. For agents that are new or changed it first makes language models, and keeps\n"
         "them. SIGHUP, as `offhook reload`, reads agents, routes and manners again: new calls\n"
         "use them. SIGTERM and SIGINT take no new calls, wait five seconds for those that are\n"
         "up, then end them; a second one does not wait.\n\n"
         "Examples:\n"
         "  offhook serve examples/front-desk --show\n"
         "  offhook serve /etc/offhook"},
    {.group = "Run a server",
     .name = "check",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_check,
     .summary = "say all that is wrong with a configuration",
     .help = "Reads DIR/offhook.yaml (DIR: here, or the file itself) and the agents that it names, "
             "and prints\n"
             "for each problem its file and line and what would be right. Nothing is started.\n\n"
             "Examples:\n"
             "  offhook check examples/front-desk\n"
             "  offhook check /etc/offhook\n\n"
             "Exits with 0 when a server can run on it, with 1 when there were errors."},
    {.group = "Run a server",
     .name = "reload",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_reload,
     .summary = "let the server read its configuration again",
     .options = {{"--control", "PATH", "the server's socket, instead of DIR"}},
     .help =
         "Checks the configuration in DIR (default: here), then tells the server that runs "
         "it.\n"
         "New calls use it; calls that are up keep what they started with. With errors nothing\n"
         "changes. Listeners, ports, threads and paths need a restart.\n\n"
         "Examples:\n"
         "  offhook reload examples/front-desk"},
    {.group = "Run a server",
     .name = "trunks",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_lines,
     .summary = "the trunks that can be called, their health and registration",
     .options = {{"--watch", NULL, "again every two seconds; Ctrl-C ends it"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Asks the server that runs the configuration in DIR (default: here).\n\n"
             "Examples:\n"
             "  offhook trunks examples/front-desk"},
    {.group = "Run a server",
     .name = "phones",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_lines,
     .summary = "the telephones that are registered",
     .options = {{"--watch", NULL, "again every two seconds; Ctrl-C ends it"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Asks the server that runs the configuration in DIR (default: here).\n\n"
             "Examples:\n"
             "  offhook phones examples/front-desk"},
    {.group = "Run a server",
     .name = "operators",
     .arguments = "[DIR] [NAME available|break|offline|set|remove]",
     .most = 3,
     .run = verb_operators,
     .summary = "the people who take calls, and what each does now",
     .options = {{"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"},
                 {"--label", "TEXT", "set: as spoken"},
                 {"--answers-at", "PLACES", "set: users, numbers, sip: addresses; commas between"},
                 {"--skills", "SKILLS", "set: \"billing 3, german 5\""},
                 {"--queues", "NAMES", "set: commas between"},
                 {"--wrap-up", "TIME", "set: such as 20s"}},
     .help = "Asks the server that runs the configuration in DIR (default: here). With a NAME, says what\n"
             "that operator wants from now on, also after a restart (docs/people.md).\n\n"
             "`set` makes an operator, or changes what is given of one, in a file of their own\n"
             "(operators/NAME.yaml), `remove` takes it away; the server reloads at once. A change with\n"
             "which the configuration has errors is not made.\n\n"
             "Examples:\n"
             "  offhook operators /etc/offhook\n"
             "  offhook operators /etc/offhook anna break\n"
             "  offhook operators /etc/offhook carla set --answers-at +41446681801 --skills \"billing 3\"\n\n"
             "Exit status: 0 done, 1 there is no such operator, or no server answers, 2 usage."},
    {.group = "Run a server",
     .name = "supervise",
     .arguments = "[DIR] CALL",
     .least = 1,
     .most = 2,
     .run = verb_supervise,
     .summary = "let a supervisor's telephone into a call",
     .options = {{"--with", "USER", "the telephone: of `users`, a supervisor's"},
                 {"--mode", "MODE", "listen (the default), whisper, barge-in, take-over or end"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Rings the telephone, and lets it into the call (its reference as in `offhook calls`) when it\n"
             "is answered; or changes how it takes part; or ends it. Keys 1 to 4 on that telephone do the\n"
             "same (docs/people.md).\n\n"
             "Examples:\n"
             "  offhook supervise /etc/offhook 0193a5c2e5b1-5f3a09c1 --with clara\n"
             "  offhook supervise /etc/offhook 0193a5c2e5b1-5f3a09c1 --with clara --mode whisper\n\n"
             "Exit status: 0 done, 1 refused, not answered, or no server answers, 2 usage."},
    {.group = "Run a server",
     .name = "providers",
     .arguments = "[test] [DIR]",
     .most = 2,
     .run = verb_providers,
     .summary = "the voices, recognisers and models: how they are; `test` tries each",
     .options = {{"--watch", NULL, "again every two seconds; Ctrl-C ends it"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--only", "NAME", "with test: this one alone"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Asks the server that runs the configuration in DIR (default: here) how each provider is:\n"
             "its circuit breaker, the calls on it, connections kept open ahead (warm), p50 and p95 to\n"
             "its first word, token or sound in ms, how often it was good and failed since the start,\n"
             "its last failure in words, and in which agents' chains it stands.\n\n"
             "`test` has each provider that speaks say a known phrase, with the keys of the configuration in\n"
             "DIR (default: here), and prints the time to its first sound, the time to its last, and\n"
             "how that compares with the length of the sound (under 1 is faster than real time).\n"
             "Recognisers are told the same phrase by the embedded voice: the time from its begin to\n"
             "the first words, from its end to the last, and the words.\n"
             "Models are asked for a sentence: the time to its first token, to its end, and the\n"
             "sentence. No server is needed. A failure is printed with what can be done about it.\n\n"
             "Examples:\n"
             "  offhook providers /etc/offhook --watch\n"
             "  offhook providers test /etc/offhook\n"
             "  offhook providers test /etc/offhook --only deepgram --json\n\n"
             "`test` exits with 0 when all of them spoke, heard or answered."},
    {.group = "Run a server",
     .name = "bans",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_bans,
     .summary = "the addresses that are not listened to",
     .options = {{"--add", "ADDRESS", "ban it"},
                 {"--seconds", "N", "so long; default: as long as it is due"},
                 {"--remove", "ADDRESS", "end its ban, and forget the earlier ones"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Lists the bans of the server that runs the configuration in DIR (default: here). An\n"
             "address that belongs to no trunk is banned when it is refused too often, or names\n"
             "itself as a scanner (sip.limits); what it sends is then not answered at all. Trunks\n"
             "are never banned. Of IPv6 the /64 is banned.\n\n"
             "Examples:\n"
             "  offhook bans examples/front-desk\n"
             "  offhook bans examples/front-desk --remove 192.0.2.7"},
    {.group = "Calls",
     .name = "call",
     .arguments = "sip:NUMBER@ADDRESS:PORT",
     .least = 1,
     .most = 1,
     .run = verb_call,
     .summary = "place a call and speak",
     .options = {{"--script", "FILE", "what the caller does, line by line"},
                 {"--say", "WORDS", "wait for the greeting, say this, wait for the answer; again for more",
                  .repeats = true},
                 {"--server", "DIR", "the server's configuration, for `expect` lines"},
                 {"--control", "PATH", "the server's socket, instead of --server"},
                 {"--voice", "NAME", "who speaks (kal16)"},
                 {"--from", "NUMBER", "the caller's number"},
                 {"--local", "ADDRESS", "our own address (127.0.0.1)"},
                 {"--codec", "NAME", "pcmu, pcma, g722 or opus; default: all are offered"},
                 {"--echo", "-DB:MS", "a line that sends back what it gets: -12dB:80ms"},
                 {"--tcp", NULL, "signal over TCP"}},
     .help = "The words are sent as sound over RTP. A script has a line each for what happens:\n"
             "  say WORDS             speak\n"
             "  wait agent            until the agent has spoken and been still for a second,\n"
             "                        or has hung up\n"
             "  wait 2s\n"
             "  press 1               keys by RFC 4733\n"
             "  interrupt WORDS       speak while the agent speaks\n"
             "  expect agent NAME     who has the call, by the server's account\n"
             "  expect intent NAME    what the caller wants, by voice or by a key\n"
             "  expect key 1          a key that the server took\n"
             "  expect said WORDS     words that the agent was heard to say\n"
             "  expect end CAUSE      how the account says that the call ended\n"
             "  hangup\n\n"
             "A REFER is refused with 603, and said: a server that can carries the call itself.\n\n"
             "Examples:\n"
             "  offhook call sip:1000@127.0.0.1:5060 --say \"i was charged twice\"\n"
             "  offhook call sip:1000@127.0.0.1:5060 --server examples/front-desk \\\n"
             "      --script examples/front-desk/call.script\n\n"
             "Exits with 0 when the call was answered and every expectation held."},
    {.group = "Calls",
     .name = "dial",
     .arguments = "NUMBER|sip:URI [DIR]",
     .least = 1,
     .most = 2,
     .run = verb_dial,
     .summary = "let the server call somebody, and an agent speak",
     .options = {{"--trunk", "NAME", "over this trunk; default: those of `outbound`, in order"},
                 {"--agent", "NAME", "who speaks; default: the first by name"},
                 {"--from", "NUMBER", "our number, as the callee sees it"},
                 {"--header", "X-NAME: VALUE",
                  "a header of the INVITE; {x-name} in the agent's words"},
                 {"--key", "KEY", "one key is one call: asked again, the first one is named"},
                 {"--wait", NULL, "show the conversation until its end"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help =
         "Prints the call's reference when its account is durable; the call is placed then. The\n"
         "server that runs the configuration in DIR (default: here) does it.\n\n"
         "Examples:\n"
         "  offhook dial +14155550123 --trunk carrier --agent reminder --wait\n"
         "  offhook dial sip:desk@192.0.2.7:5060 --key order-4711\n\n"
         "Exits with 0 when the call was taken, with --wait when it was answered."},
    {.group = "Calls",
     .name = "calls",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_calls,
     .summary = "the calls that are up",
     .options = {{"--follow", NULL, "conversations as they happen, until interrupted"},
                 {"--status", NULL, "the server's figures, as JSON"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Asks the server that runs the configuration in DIR (default: here).\n\n"
             "Examples:\n"
             "  offhook calls examples/front-desk\n"
             "  offhook calls examples/front-desk --follow"},
    {.group = "Calls",
     .name = "capture",
     .arguments = "CALL ACT [DIR]",
     .least = 2,
     .most = 3,
     .run = verb_capture,
     .summary = "begin, pause, mask or end the recording of a call",
     .options = {{"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "ACT is start, pause, resume, stop, mask or unmask; CALL is the reference that\n"
             "`offhook calls` prints. A pause and a mask leave silence of the same length; while\n"
             "masked, keys are written down as x.\n\n"
             "Examples:\n"
             "  offhook capture 01a1fe6053f4-9e58979b mask examples/front-desk"},
    {.group = "Calls",
     .name = "queues",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_lines,
     .summary = "who waits for people: how many, how long, what newcomers would be told, the service level",
     .options = {{"--watch", NULL, "again every two seconds; Ctrl-C ends it"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Asks the server that runs the configuration in DIR (default: here): of each queue who\n"
             "waits and the longest wait, what a newcomer would be told (half wait no longer, nine in\n"
             "ten no longer), operators on duty and free, and of the last hour the service level, who\n"
             "gave up, and how true the expected waits were. docs/people.md.\n\n"
             "Examples:\n"
             "  offhook queues examples/front-desk --watch"},
    {.group = "Accounts",
     .name = "cdr",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_cdr,
     .summary = "the accounts of calls",
     .options = {{"--format", "text|csv|jsonl", "default: text on a terminal, otherwise csv"},
                 {"--since", "TIME", "24h, 7d, 2026-11-21, 2026-11-21T10:00:00Z"},
                 {"--until", "TIME", "the same"},
                 {"--call", "REF", "one call with its turns, keys, hand-overs and times"},
                 {"--live", NULL, "also calls that have not ended"},
                 {"--data", "PATH", "the data directory, instead of DIR"}},
     .help = "Reads the database of the configuration in DIR (default: here); a server may run on "
             "it.\n\n"
             "Examples:\n"
             "  offhook cdr examples/front-desk --since 24h\n"
             "  offhook cdr examples/front-desk --call REF --format text\n"
             "  offhook cdr /etc/offhook --format jsonl --since 2026-11-01 --until 2026-12-01"},
    {.group = "Accounts",
     .name = "turns",
     .arguments = "CALL [DIR]",
     .least = 1,
     .most = 2,
     .run = verb_turns,
     .summary = "where the time of each turn of a call went",
     .options = {{"--json", NULL, "JSON, one object a line: a turn's ledger"},
                 {"--data", "PATH", "the data directory, instead of DIR"}},
     .help = "CALL is the reference that `offhook calls` and `offhook cdr` print. Reads the account\n"
             "in the data directory of DIR (default: here); a server may run on it. A bar shows a\n"
             "stage: who heard, thought and spoke, and how long the caller waited.\n\n"
             "Examples:\n"
             "  offhook turns 01a1fe6053f4-9e58979b examples/front-desk"},
    {.group = "Accounts",
     .name = "messages",
     .arguments = "[DIR] [CALL heard|done]",
     .most = 3,
     .run = verb_tasks,
     .summary = "messages that callers left: new, heard, done",
     .options = {{"--all", NULL, "also those that are done, and what was none"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--data", "PATH", "the data directory, instead of DIR"}},
     .help = "Reads the database of the configuration in DIR (default: here); a server may run on "
             "it.\nFiles are among the captures. docs/people.md has the rest.\n\n"
             "Examples:\n"
             "  offhook messages /etc/offhook\n"
             "  offhook messages /etc/offhook 01a1fe6053f4-9e58979b done"},
    {.group = "Accounts",
     .name = "callbacks",
     .arguments = "[DIR] [CALL cancel|done]",
     .most = 3,
     .run = verb_tasks,
     .summary = "calls that were promised: waiting, being made, given up",
     .options = {{"--all", NULL, "also those that were kept or cancelled"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"},
                 {"--data", "PATH", "the data directory, instead of DIR"}},
     .help = "Reads the database of the configuration in DIR (default: here); a server may run on "
             "it.\nCALL is the call in which it was promised. One that was given up is people's:\n"
             "`done` takes it from the list.\n\n"
             "Examples:\n"
             "  offhook callbacks /etc/offhook\n"
             "  offhook callbacks /etc/offhook 01a1fe6053f4-9e58979b cancel"},
    {.group = "Accounts",
     .name = "hooks",
     .arguments = "[test NAME] [DIR]",
     .most = 3,
     .run = verb_hooks,
     .summary = "who is told of what; try one",
     .options = {{0}},
     .help = "Reads the configuration in DIR (default: here). `test` sends a made-up event, signed as\n"
             "real ones are, and prints what came back; its secrets come from this environment.\n\n"
             "Examples:\n"
             "  offhook hooks /etc/offhook\n"
             "  offhook hooks test crm /etc/offhook"},
    {.group = "Accounts",
     .name = "outbox",
     .arguments = "[DIR] [resend ID|NAME]",
     .most = 3,
     .run = verb_outbox,
     .summary = "what webhooks and connectors are yet to be told, and what they were not",
     .options = {{"--dead", NULL, "only what was given up"},
                 {"--done", NULL, "also what was delivered"},
                 {"--all", NULL, "with resend: everything that was given up"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--data", "PATH", "the data directory, instead of DIR"}},
     .help = "Reads the database of the configuration in DIR (default: here); a server may run on "
             "it.\n`resend` makes a dead letter due again: one by its id, all of an endpoint by its\n"
             "name (which turns one on again that said 410 Gone), or --all.\n"
             "docs/integrations.md has the rest.\n\n"
             "Examples:\n"
             "  offhook outbox /etc/offhook --dead\n"
             "  offhook outbox /etc/offhook resend crm"},
    {.group = "Accounts",
     .name = "slo",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_lines,
     .summary = "how late turns are, what is left of the budgets, what is done about it",
     .options = {{"--watch", NULL, "again every two seconds; Ctrl-C ends it"},
                 {"--json", NULL, "JSON, one object a line"},
                 {"--control", "PATH", "the server's socket, instead of DIR"}},
     .help = "Asks the server that runs the configuration in DIR (default: here): of each agent and\n"
             "each provider the turns of the last hour, p50 and p95 from a caller's first sound to\n"
             "the recogniser's first words and from a caller's last sound to the agent's first, what\n"
             "is left of the budget of late turns in an hour, a day and 30 days, how fast it is spent\n"
             "(burn, 1: just in time), and what is done about it. Targets: `slo` in offhook.yaml;\n"
             "docs/slo.md.\n\n"
             "Examples:\n"
             "  offhook slo examples/front-desk"},
    {.group = "Accounts",
     .name = "replay",
     .arguments = "[DIR]",
     .most = 1,
     .run = verb_replay,
     .summary = "step the journal again and compare every command",
     .options = {{"--journal", "PATH", "the data directory, instead of DIR"},
                 {"--call", "REF", "print what happened in this call"}},
     .help = "Examples:\n"
             "  offhook replay examples/front-desk\n"
             "  offhook replay --journal /var/lib/offhook --call 01a1fe6053f4-9e58979b\n\n"
             "Exits with 0 when every command was the same, with 1 after the first differences."},
    {.group = "Load",
     .name = "load",
     .arguments = "sip:NUMBER@HOST[:PORT]",
     .least = 1,
     .most = 1,
     .run = verb_load,
     .summary = "load a SIP server with calls and measure",
     .options = {{"--calls", "N", "calls at once (10)"},
                 {"--rate", "N", "calls begun a second at most (50, or what the ramp needs)"},
                 {"--ramp", "TIME", "time in which they are begun (as --rate allows)"},
                 {"--step", "N", "begin with N calls, and N more at each step"},
                 {"--every", "TIME", "length of a step (30s)"},
                 {"--length", "TIME", "of a call; then another begins (30s)"},
                 {"--for", "TIME", "of the whole (all steps, or ramp and length)"},
                 {"--sound", "FILE|DIR", "WAV files, 8 kHz: what callers say (a made voice)"},
                 {"--talker", NULL, "callers take turns instead of sounding all the time"},
                 {"--barge", "PERCENT", "of the agent's utterances, interrupted by a talker (20%)"},
                 {"--keys", "PERCENT", "of a talker's turns, a key instead of words (10%)"},
                 {"--no-media", NULL, "signalling only"},
                 {"--loss", "PERCENT", "of our packets, left out"},
                 {"--jitter", "TIME", "hold each packet for a random time up to this"},
                 {"--codec", "NAME", "pcmu, pcma, g722, opus (pcmu)"},
                 {"--transport", "NAME", "udp, tcp, tls (udp; or ;transport= of the URI)"},
                 {"--user", "NAME", "for digest authentication; password: OFFHOOK_LOAD_PASSWORD"},
                 {"--local", "ADDRESS", "our own address, IPv4 or IPv6 (the route's)"},
                 {"--rtp-port", "PORT", "first of 8 a thread for our sound (any)"},
                 {"--threads", "N", "of the generator (1)"},
                 {"--seed", "N", "of all chance (1)"},
                 {"--pid", "PID", "the server's process (who has the port, on this machine)"},
                 {"--find-limit", NULL, "more and more calls until it is known what is too many"},
                 {"--most", "N", "of --find-limit (20000)"},
                 {"--hold", "TIME", "each number of calls is held so long (15s)"},
                 {"--control", "PATH", "socket of an Offhook server, to name what gave out"},
                 {"--plan-for", "N", "a capacity plan for N calls at once"},
                 {"--growth", "PERCENT", "of the calls a month (0%)"},
                 {"--months", "N", "of the plan (12)"},
                 {"--server-cores", "N", "cores of a server to order (8)"},
                 {"--html", "FILE", "the result as a page with plots"},
                 {"--json", "FILE", "the result with all its steps and seconds"},
                 {"--row", "NAME",
                  "a row of a Markdown table on standard output, the rest on error"},
                 {"--quiet", NULL, "no progress"},
                 {"--yes-i-may", NULL,
                  "load a server outside of this machine and private networks"}},
     .help =
         "Simulated callers dial, send sound, and measure what comes back: set-up, first audio,\n"
         "unevenness, loss, gaps, silence, refusals; with --talker also how soon the agent "
         "answers\n"
         "and is quiet when interrupted. TIME is 250ms, 60s, 5m, 1h. docs/load.md says how each\n"
         "figure is computed.\n\n"
         "This is a gun. It loads until something gives out. Point it at servers that are yours;\n"
         "others are refused without --yes-i-may. Ctrl-C hangs up all calls with BYE and shows\n"
         "what was measured; a second one does not wait.\n\n"
         "A talker hears only sound: a key counts as understood when the agent's sound begins or\n"
         "stops within 3 seconds after it, whatever the reason. A server that uses one port for\n"
         "many calls cannot be measured, nor one that sends from another port than it named.\n"
         "Certificates of TLS servers are not checked.\n\n"
         "Examples:\n"
         "  offhook load sip:1000@127.0.0.1:5060 --calls 500 --ramp 10s --length 60s\n"
         "  offhook load sip:1000@127.0.0.1 --step 100 --every 30s --calls 2000 --json run.json\n"
         "  offhook load sip:1000@127.0.0.1 --no-media --rate 1000 --length 0s --for 20s \\\n"
         "      --calls 5000\n"
         "  offhook load sip:1000@127.0.0.1 --find-limit --control var/control --html limit.html "
         "\\\n"
         "      --plan-for 5000 --growth 8%\n"
         "  offhook load sip:1000@127.0.0.1 --talker --calls 20 --length 2m --loss 1% --jitter "
         "20ms\n\n"
         "Exits with 0 when the figures are good, with 1 when they are not or it could not be\n"
         "done, with 3 when this generator was late itself: then there is no verdict."},
    {.group = "Evaluation",
     .name = "eval",
     .arguments = "SUITE",
     .least = 1,
     .most = 1,
     .run = verb_eval,
     .summary = "play written conversations against the agents, in no time or with real sound",
     .options = {{"--only", "NAME", "the conversation of this name, or all with this tag"},
                 {"--repeat", "N", "each so often, with other chances; default: 1"},
                 {"--verbose", NULL, "also the transcripts of those that pass"},
                 {"--json", "FILE", "write all of it, for programs and as a baseline"},
                 {"--junit", "FILE", "write what build servers read"},
                 {"--baseline", "FILE", "compare with an earlier --json FILE"},
                 {"--sound", "URI", "call a running server, sip:NUMBER@ADDRESS:PORT, and speak"},
                 {"--server", "DIR", "that server's configuration; default: the suite's"},
                 {"--control", "PATH", "that server's socket, instead of --server"},
                 {"--voice", "NAMES", "who speaks: each conversation once a voice (kal16)"},
                 {"--noise", "DBS", "the caller is so much louder than noise: none,20,10"}},
     .help = "SUITE is a YAML file: what callers say and press, what fails meanwhile, and what "
             "must come of it\n(docs/evaluation.md). The agents decide as in a server; sound, "
             "recogniser and models are played\nfrom the suite, so that a thousand calls take "
             "seconds and come out the same each time.\n\n"
             "Examples:\n"
             "  offhook eval examples/front-desk/suite.yaml\n"
             "  offhook eval suite.yaml --only traps --verbose\n"
             "  offhook eval suite.yaml --baseline good.json --junit result.xml\n"
             "  offhook eval suite.yaml --sound sip:1000@127.0.0.1:5060 --voice slt,rms "
             "--noise none,10\n\n"
             "Exits with 0 when all passed, with 1 otherwise; with --baseline 1 means that one "
             "which\npassed there does not pass any more."},
    {.name = "sip-worker",
     .arguments = "FD",
     .least = 1,
     .most = 1,
     .hidden = true,
     .run = verb_sip_worker,
     .summary = "the signalling process; started by serve",
     .help = "Not for people."},
    {.name = "config",
     .arguments = "",
     .hidden = true,
     .run = verb_config,
     .summary = "every option of offhook.yaml and of an agent's file",
     .options = {{"--markdown", NULL, "as the tables of docs/configuration.md"}},
     .help = "Examples:\n  offhook --help config"},
};

int verb_sip_worker(const struct arguments *arguments)
{
    return sip_worker_main(atoi(arguments->given[0]));
}

int main(int argc, char **argv)
{
    config_know_voices(speech_voice_known);
    config_know_certificates(sip_check_tls);
    config_know_authorities(net_check_authorities);
    return options_run(verbs, sizeof(verbs) / sizeof(verbs[0]), argc, argv);
}

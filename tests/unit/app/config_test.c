// SPDX-License-Identifier: Apache-2.0
/* config_test.c - what a person reads when offhook.yaml is wrong: every problem, its place and its
 * cure, word for word. */
#include "given.h"

static void a_good_configuration_has_no_problems_and_gets_the_defaults(void)
{
    given(SERVER, DESK);
    expect("");
    const struct plan *plan = &result.config->plan;
    CHECK(plan->max_calls == 200 && plan->rtp_first_port == 16384 && plan->recogniser_places == 8);
    CHECK(plan->manners.end_of_turn_ms == 300 && plan->manners.longest_call_ms == 3600000);
    CHECK(plan->manners.unclear_permille == 400 && plan->manners.word_confidence_permille == 250);
    CHECK(result.config->journal_total_bytes == 1ull << 30);
    CHECK(plan->agent_count == 1 && plan->routes[0].agent == 0 && plan->routes[0].trunk == -1);
    const struct plan_agent *desk = &plan->agents[0];
    CHECK(text_equal(desk->name, TEXT("desk")) && text_equal(desk->instructions, TEXT("Be kind.")));
    CHECK(desk->intent_count == 1 && desk->general == 0 && !desk->intents[0].choice);
    for (int i = 0; i < WORDS_COUNT; i++)
        CHECK(!text_empty(desk->words[i]) || i == WORDS_INTRODUCE);
    CHECK(plan->trunks[0].sources[0].prefix_bits == 104);
}

static void all_problems_are_said_at_once_in_the_order_of_their_lines(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"], session-expires: 80}\n"
          "routes: [{number: \"*\", agent: desc}]\n"
          "manners:\n"
          "  end-of-trun: 300ms\n"
          "  silence: 6\n"
          "  unclear: 2\n",
          "---\n"
          "expect: maybe\n"
          "---\n");
    expect("offhook.yaml:1: 'session-expires' is below 'min-se'; raise it, or 0 for "
           "none\n"
           "offhook.yaml:2: there is no agent 'desc'; did you mean 'desk'?\n"
           "offhook.yaml:4: unknown option 'end-of-trun' in manners; did you mean "
           "'end-of-turn'?\n"
           "offhook.yaml:5: 'silence' is '6'; write a time with its unit, such as "
           "300ms, 6s, 5m or 1h\n"
           "offhook.yaml:6: 'unclear' is 2, out of bounds; give 0 to 1\n"
           "agents/desk.md:0: warning: nothing leads to the agent 'desk'; route a "
           "number to it, or hand over to it from another agent\n"
           "agents/desk.md:2: 'greeting' is missing in the agent; add greeting: the "
           "first words, also after a hand-over\n"
           "agents/desk.md:2: 'expect' is 'maybe'; write free, yes-no or digits\n");
}

static void an_unknown_option_names_the_nearest_or_all_that_are_known(void)
{
    given(SERVER "sevrer: {max-calls: 3}\n"
                 "journal: {zzzzzzz: 1}\n",
          DESK);
    expect("offhook.yaml:4: unknown option 'sevrer' in offhook.yaml; did you mean "
           "'server'?\n"
           "offhook.yaml:5: unknown option 'zzzzzzz' in journal; known here: "
           "segment, total, days\n");
}

static void a_key_given_twice_is_an_error_not_the_last_that_wins(void)
{
    given(SERVER "server:\n"
                 "  max-calls: 3\n"
                 "  max-calls: 4\n",
          DESK);
    expect("offhook.yaml:6: 'max-calls' is given twice; keep one; the first is in "
           "line 5\n");
}

static void yaml_that_cannot_be_read_names_its_line(void)
{
    given(SERVER "server: {max-calls: 3\n", DESK);
    expect("offhook.yaml:5: not YAML: did not find expected ',' or '}'; close the bracket; "
           "within { } and [ ] a ${NAME}, braces and commas need quotes: \"${NAME}\"\n");
}

static void a_tab_and_a_colon_and_a_star_have_cures_of_their_own(void)
{
    given(SERVER "server:\n"
                 "	max-calls: 3\n",
          DESK);
    expect("offhook.yaml:5: not YAML: found character that cannot start any token; "
           "put the value in quotes; indent with spaces, not tabs\n");
}

static void text_with_a_colon_wants_quotes(void)
{
    given(SERVER "server: max: calls: 3\n", DESK);
    expect("offhook.yaml:4: not YAML: mapping values are not allowed in this "
           "context; put a text that holds a colon in quotes\n");
}

static void a_star_wants_quotes(void)
{
    given("routes: [{number: *, agent: desk}]\n", DESK);
    expect("offhook.yaml:1: not YAML: did not find expected alphabetic or numeric "
           "character; put a value that begins with * or & in quotes: \"*\"\n");
}

static void anchors_aliases_and_tags_are_refused_so_that_nothing_unfolds(void)
{
    given(SERVER "server: &a {max-calls: 3}\n", DESK);
    expect("offhook.yaml:4: anchors (&), aliases (*) and tags (!) are not read here; "
           "write the value out; put text that begins with such a sign in quotes\n");
}

static void aliases_are_refused(void)
{
    given(SERVER "server: *a\n", DESK);
    expect("offhook.yaml:4: anchors (&), aliases (*) and tags (!) are not read here; "
           "write the value out; put text that begins with such a sign in quotes\n");
}

static void tags_are_refused(void)
{
    given(SERVER "server: !!map {max-calls: 3}\n", DESK);
    expect("offhook.yaml:4: anchors (&), aliases (*) and tags (!) are not read here; "
           "write the value out; put text that begins with such a sign in quotes\n");
}

static void merge_keys_are_refused(void)
{
    given(SERVER "server: {<<: {max-calls: 3}}\n", DESK);
    expect("offhook.yaml:4: merge keys (<<) are not read here; write the values out\n");
}

static void a_second_document_is_refused(void)
{
    given(SERVER "---\n"
                 "server: {max-calls: 3}\n",
          DESK);
    expect("offhook.yaml:4: a second document begins here; remove the --- line\n");
}

static void depth_is_bounded(void)
{
    given(SERVER "server: [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]\n", DESK);
    expect("offhook.yaml:4: nested more than 16 deep; nothing here is that deep\n");
}

static void a_key_must_be_a_word(void)
{
    given(SERVER "? [1, 2]\n"
                 ": 3\n",
          DESK);
    expect("offhook.yaml:4: a key is a list or a map; use a plain word as key\n");
}

static void kinds_are_checked(void)
{
    given(SERVER "server: 3\n"
                 "media: [1]\n"
                 "manners: {silence: [6s]}\n"
                 "agents: {a: b}\n"
                 "speech: {workers: }\n",
          DESK);
    expect("offhook.yaml:4: server is a single value; write options below it: "
           "max-calls, spare-legs, max-calls-per-second, data, retry-after, when-late, control\n"
           "offhook.yaml:5: media is a list; write options below it: bind, address, "
           "first-port, threads, io-uring, music, capture, capture-dir, capture-format, "
           "opus-complexity, echo-tail, comfort-noise, send-silence\n"
           "offhook.yaml:6: 'silence' is a list; write a time with its unit, such as "
           "300ms, 6s, 5m or 1h\n"
           "offhook.yaml:7: 'agents' is a map; write a path\n"
           "offhook.yaml:8: 'workers' is empty; write a whole number\n");
}

static void values_out_of_bounds_say_the_bounds(void)
{
    given(SERVER "server: {max-calls: 9000, retry-after: 0}\n"
                 "media: {threads: 17}\n"
                 "speech: {prompt-cache: 1KB}\n"
                 "manners: {silence: 2h, unclear: 1.5}\n",
          DESK);
    expect("offhook.yaml:4: 'max-calls' is 9000, out of bounds; give 1 to 8192\n"
           "offhook.yaml:4: 'retry-after' is 0, out of bounds; give 1 to 3600\n"
           "offhook.yaml:5: 'threads' is 17, out of bounds; give 1 to 16\n"
           "offhook.yaml:6: 'prompt-cache' is 1KB, out of bounds; give 1MB to 16GB\n"
           "offhook.yaml:7: 'silence' is 2h, out of bounds; give 1s to 1m\n"
           "offhook.yaml:7: 'unclear' is 1.5, out of bounds; give 0 to 1\n");
}

static void values_of_the_wrong_form_say_the_right_one(void)
{
    given(SERVER "server: {max-calls: many, data: \"x\"}\n"
                 "media: {capture: yes}\n"
                 "speech: {prompt-cache: 64}\n"
                 "journal: {segment: 64 apples}\n"
                 "manners: {silence: 6, filler-after: 0.0001ms, unclear: high}\n",
          DESK);
    expect("offhook.yaml:4: 'max-calls' is 'many'; write a whole number\n"
           "offhook.yaml:5: 'capture' is 'yes'; write true or false\n"
           "offhook.yaml:6: 'prompt-cache' is '64'; write a size with its unit, such "
           "as 64MB or 1GB\n"
           "offhook.yaml:7: 'segment' is '64 apples'; write a size with its unit, "
           "such as 64MB or 1GB\n"
           "offhook.yaml:8: 'silence' is '6'; write a time with its unit, such as "
           "300ms, 6s, 5m or 1h\n"
           "offhook.yaml:8: 'filler-after' is '0.0001ms'; write a time with its "
           "unit, such as 300ms, 6s, 5m or 1h\n"
           "offhook.yaml:8: 'unclear' is 'high'; write a number from 0 to 1, such as "
           "0.4\n");
}

static void what_is_required_is_missed(void)
{
    given("server: {max-calls: 3}\n", DESK);
    expect("offhook.yaml:1: 'sip' is missing in offhook.yaml; add sip: signalling; "
           "at least `listen`\n"
           "offhook.yaml:1: 'routes' is missing in offhook.yaml; add routes: which "
           "agent answers which number\n"
           "agents/desk.md:0: warning: nothing leads to the agent 'desk'; route a "
           "number to it, or hand over to it from another agent\n");
}

static void lists_of_trunks_and_routes_miss_what_they_need(void)
{
    given("sip: {listen: []}\n"
          "trunks: [{max-calls: 3}, {name: \"a b\", sources: []}]\n"
          "routes: [{agent: desk}, {number: \"\", agent: desk}, {number: \"1*2\", "
          "agent: desk}]\n",
          DESK);
    expect("offhook.yaml:1: 'listen' names no address; write listen: "
           "[\"udp:127.0.0.1:5060\"]\n"
           "offhook.yaml:2: 'name' is missing in trunks; add name: how routes and "
           "reports call it\n"
           "offhook.yaml:2: 'name' is 'a b'; write a name of letters, digits, '-', "
           "'_' and '.', beginning with a letter or digit\n"
           "offhook.yaml:2: the trunk '' has no source; name the addresses that its "
           "calls come from\n"
           "offhook.yaml:2: the trunk '' has no source; name the addresses that its "
           "calls come from\n"
           "offhook.yaml:3: 'number' is missing in routes; add number: the number "
           "called; a prefix with * at its end, or \"*\" for all; the first that "
           "matches wins\n"
           "offhook.yaml:3: 'number' is empty; write a number, a prefix with * at "
           "its end, or \"*\"\n"
           "offhook.yaml:3: 'number' is '1*2'; a * can only stand at the end\n");
}

static void a_route_to_an_agent_or_trunk_that_is_not_there_names_the_nearest(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n"
          "routes:\n"
          " - {number: \"1\", agent: dekc, trunk: locla}\n"
          " - {number: \"2\", agent: somebody-else, trunk: elsewhere}\n",
          DESK);
    expect("offhook.yaml:4: there is no agent 'dekc'; did you mean 'desk'?\n"
           "offhook.yaml:4: there is no trunk 'locla'; did you mean 'local'?\n"
           "offhook.yaml:5: there is no agent 'somebody-else'; write "
           "somebody-else.md beside the other agents\n"
           "offhook.yaml:5: there is no trunk 'elsewhere'; add it under `trunks`, or "
           "leave `trunk` away for any\n"
           "agents/desk.md:0: warning: nothing leads to the agent 'desk'; route a "
           "number to it, or hand over to it from another agent\n");
}

static void a_route_that_another_hides_is_warned_of(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n"
          "routes: [{number: \"12*\", agent: desk}, {number: \"123\", agent: desk}, "
          "{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:3: warning: the route '123' is never taken; move it before "
           "line 3\n");
}

static void no_route_at_all_would_answer_404(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n"
          "routes: []\n",
          DESK);
    expect("offhook.yaml:3: there is no route: every call would get 404; write "
           "routes: [{number: \"*\", agent: NAME}]\n"
           "agents/desk.md:0: warning: nothing leads to the agent 'desk'; route a "
           "number to it, or hand over to it from another agent\n");
}

static void nothing_listens_beyond_loopback_without_credentials(void)
{
    given("sip: {listen: [\"udp:0.0.0.0:5060\", \"tcp:192.0.2.1:5060\"]}\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:1: nothing listens beyond loopback without credentials; "
           "name under `trunks` the addresses that may call, or listen on 127.0.0.1\n"
           "offhook.yaml:1: nothing listens beyond loopback without credentials; "
           "name under `trunks` the addresses that may call, or listen on 127.0.0.1\n");
}

static void a_trunk_that_believes_everybody_is_warned_of(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"0.0.0.0/0\"]}]\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:2: warning: the trunk 'local' believes every address; name "
           "the addresses of your carrier\n");
}

static void listeners_are_numeric_and_listed_once(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\", \"udp:127.0.0.1:5060\", "
          "\"sctp:127.0.0.1:5060\", \"tcp:localhost:5060\", \"tcp:127.0.0.1\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.0/8\"]}]\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:1: 'udp:127.0.0.1:5060' is listed twice; remove one\n"
           "offhook.yaml:1: cannot listen on 'sctp:127.0.0.1:5060'; write "
           "udp:ADDRESS:PORT, or tcp: or tls:, with a numeric address\n"
           "offhook.yaml:1: cannot listen on 'tcp:localhost:5060'; write "
           "udp:ADDRESS:PORT, or tcp: or tls:, with a numeric address\n"
           "offhook.yaml:1: cannot listen on 'tcp:127.0.0.1'; write udp:ADDRESS:PORT, "
           "or tcp: or tls:, with a numeric address\n");
}

static void sources_are_ranges_with_nothing_behind_the_prefix(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"10.1.2.3/8\", \"10.0.0.0/33\", "
          "\"carrier.example\"]}]\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:2: '10.1.2.3/8' says more than its range holds; make the "
           "bits behind the prefix zero, or leave the prefix away\n"
           "offhook.yaml:2: '10.0.0.0/33' is not an address range; write 192.0.2.7, "
           "192.0.2.0/24 or 2001:db8::/32\n"
           "offhook.yaml:2: 'carrier.example' is not an address range; write "
           "192.0.2.7, 192.0.2.0/24 or 2001:db8::/32\n");
}

static void a_trunk_has_a_place_and_an_account(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks:\n"
          " - {name: carrier, host: \"sip.example.net:5070\", transport: tcp, user: \"4930123\",\n"
          "    password: \"${OFFHOOK_TEST_SECRET}\", register: true, expires: 10m, probe: 30s}\n"
          " - {name: six, host: \"[2001:db8::7]:5061\"}\n"
          " - {name: guest, user: them, password: \"${OFFHOOK_TEST_SECRET}\", authenticate: true}\n"
          "users: [{name: alice, password: \"${OFFHOOK_TEST_SECRET}\"}]\n"
          "routes: [{number: \"*\", agent: desk, trunk: phones}]\n",
          DESK);
    expect("");
    const struct plan *plan = &result.config->plan;
    const struct plan_trunk *carrier = &plan->trunks[0];
    CHECK(text_equal(carrier->host, TEXT("sip.example.net")) && carrier->port == 5070);
    CHECK(carrier->transport_given && carrier->transport == TRANSPORT_TCP && carrier->registers);
    CHECK(text_empty(carrier->password) && !carrier->authenticate);
    CHECK(carrier->expires_s == 600 && carrier->probe_ms == 30000);
    CHECK(text_equal(plan->trunks[1].host, TEXT("2001:db8::7")) && plan->trunks[1].port == 5061);
    CHECK(plan->trunks[2].authenticate && plan->trunks[2].source_count == 0);
    CHECK(plan->trunk_count == 4 && plan->trunks[3].phones && plan->routes[0].trunk == 3);
    CHECK(plan->user_count == 1 && text_equal(plan->users[0].name, TEXT("alice")));
}

static void what_an_account_lacks_is_said(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks:\n"
          " - {name: a, host: \"sip example\", password: plain}\n"
          " - {name: b, authenticate: true}\n"
          " - {name: c, register: true, sources: [\"10.0.0.1\"]}\n"
          " - {name: phones, host: h, user: \"a b\", probe: 10ms}\n"
          "users: [{name: u, password: \"${OFFHOOK_TEST_SECRET}\"}, {name: u, password: "
          "\"file:/nowhere\"}]\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect(
        "offhook.yaml:3: 'password' is written into the file; write ${NAME} for a variable of "
        "the environment, or file:PATH\n"
        "offhook.yaml:3: 'host' is 'sip example'; write a name or a numeric address, and perhaps "
        ":PORT\n"
        "offhook.yaml:4: 'authenticate' needs 'user' and 'password'; write both, and tell them to "
        "the other side\n"
        "offhook.yaml:5: 'register' needs 'host' and 'user'; write where to register, and as "
        "whom\n"
        "offhook.yaml:6: 'user' has a sign that no SIP user has; write the user's name alone, "
        "without sip: and without the host\n"
        "offhook.yaml:6: 'probe' needs 'host', and a second at least; write where to send OPTIONS "
        "to, and a time such as 30s\n"
        "offhook.yaml:6: 'phones' is the trunk of the `users`; give this one another name\n"
        "offhook.yaml:7: another account is called 'u'; give each user and each trunk that "
        "authenticates a name of its own\n");
}

static void operators_answer_somewhere_and_have_skills(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: carrier, host: \"192.0.2.1\"}]\n"
          "users: [{name: anna, password: \"${OFFHOOK_TEST_SECRET}\"}]\n"
          "operators:\n"
          "  anna: {label: Anna Keller, skills: {billing: 3, german: 5}, wrap-up: 20s}\n"
          "  ben: {answers-at: [anna, \"+41446681800\", \"sip:ben@192.0.2.7\"], skills: {german: 1}}\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("");
    const struct plan *plan = &result.config->plan;
    const struct plan_operator *anna = &plan->operators[0], *ben = &plan->operators[1];
    CHECK(plan->operator_count == 2 && plan->skill_count == 2);
    CHECK(text_equal(anna->name, TEXT("anna")) && text_equal(anna->label, TEXT("Anna Keller")));
    CHECK(anna->place_count == 1 && text_equal(anna->places[0], TEXT("anna")));
    CHECK(anna->levels[0] == 3 && anna->levels[1] == 5 && anna->wrap_up_ms == 20000);
    CHECK(ben->place_count == 3 && text_equal(ben->label, TEXT("ben")));
    CHECK(ben->levels[0] == 0 && ben->levels[1] == 1 && ben->wrap_up_ms == 0);
}

#define PEOPLE(bens)                                                          \
    "sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"                               \
    "trunks: [{name: carrier, host: \"192.0.2.1\"}]\n"                        \
    "users: [{name: anna, password: \"${OFFHOOK_TEST_SECRET}\"}]\n"           \
    "queues: {sales: {skills: [german 3]}, support: {}, billing: {}}\n"       \
    "operators:\n"                                                            \
    "  anna: {skills: {german: 5}}\n"                                         \
    "  ben: {answers-at: [anna], " bens "}\n"                                 \
    "routes: [{number: \"*\", agent: desk}]\n"

static void operators_serve_the_queues_they_name_or_all(void)
{
    given(PEOPLE("queues: [support, sales], skills: {german: 3}"), DESK);
    expect("");
    const struct plan *plan = &result.config->plan;
    CHECK(plan->operators[0].queues == UINT64_MAX);
    uint64_t bens = plan->operators[1].queues;
    for (uint32_t i = 0; i < plan->queue_count; i++)
        CHECK((bens >> i & 1) == !text_equal(plan->queues[i].name, TEXT("billing")));
    CHECK(bens >> plan->queue_count == 0);
}

static void queues_that_are_not_there_or_lack_a_skill_are_said(void)
{
    given(PEOPLE("queues: [suport]"), DESK);
    expect("offhook.yaml:7: there is no queue 'suport'; did you mean 'support'?\n");
    given(PEOPLE("queues: []"), DESK);
    expect("offhook.yaml:7: 'queues' names no queue; leave it away: they then serve every queue "
           "whose skills they have\n");
    given(PEOPLE("queues: [sales], skills: {german: 2}"), DESK);
    expect("offhook.yaml:7: warning: 'ben' is never offered callers of 'sales', which needs "
           "german 3; give them the skill, or take the queue from them\n");
}

static void an_operator_may_supervise_the_queues_they_name_or_all(void)
{
    given(PEOPLE("queues: [support, sales], skills: {german: 3}, supervisor: true"), DESK);
    expect("");
    const struct plan *plan = &result.config->plan;
    CHECK(plan->supervisor_count == 1 && !plan->supervisors[0].everything);
    CHECK(text_equal(plan->supervisors[0].name, TEXT("ben")));
    CHECK(plan->supervisors[0].telephone_count == 1 &&
          text_equal(plan->supervisors[0].telephones[0], TEXT("anna")));
    CHECK(plan->supervisors[0].queue_count == 2);
    given(PEOPLE("supervisor: true"), DESK);
    expect("");
    CHECK(result.config->plan.supervisors[0].everything);
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: carrier, host: \"192.0.2.1\"}]\n"
          "outbound: [carrier]\n"
          "operators:\n"
          "  ben: {answers-at: [\"+41446681801\"], supervisor: true}\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:5: this operator has no telephone of `users` to supervise from; name one "
           "under `answers-at`\n");
}

static void what_an_operator_lacks_is_said(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"127.0.0.1\"]}]\n"
          "users: [{name: anna, password: \"${OFFHOOK_TEST_SECRET}\"}]\n"
          "operators:\n"
          "  ana:\n"
          "  bob: {answers-at: [\"4711\"], skills: {billing: 11}}\n"
          "  eve: {answers-at: []}\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:5: 'ana' is none of `users`, nor a number, nor sip:; did you mean "
           "'anna'?\n"
           "offhook.yaml:6: nothing leads to '4711'; give a trunk a `host`, so that it can be "
           "called\n"
           "offhook.yaml:6: the level of 'billing' is no number from 1 to 10; write how well they "
           "do it: 1 is a little, 10 nobody does better\n"
           "offhook.yaml:7: 'answers-at' names no place; write answers-at: [alice], with one of "
           "`users`\n");
}

static void trunks_have_names_of_their_own(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: local, sources: [\"10.0.0.0/8\"]}, {name: local, sources: "
          "[\"127.0.0.0/8\"]}]\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:2: another trunk is called 'local'; give each trunk a name "
           "of its own\n");
}

static void ports_for_sound_are_even_fit_and_keep_clear_of_the_listeners(void)
{
    given(SERVER "media: {first-port: 5051}\n", DESK);
    expect("offhook.yaml:1: port 5060 is one of the ports for sound; move "
           "media.first-port or this listener\n"
           "offhook.yaml:4: 'first-port' is 5051, an odd number; write 5052: sound "
           "has the even port, its report the odd one after it\n");
}

static void ports_end_at_65535(void)
{
    given(SERVER "media: {first-port: 65000}\n"
                 "server: {max-calls: 400}\n",
          DESK);
    expect("offhook.yaml:4: 400 calls from port 65000 on end beyond port 65535; "
           "lower media.first-port or server.max-calls\n");
}

static void addresses_for_sound_are_numeric(void)
{
    given(SERVER "media: {bind: localhost, address: example}\n", DESK);
    expect("offhook.yaml:4: 'bind' is 'localhost'; write a numeric address: "
           "127.0.0.1, or 0.0.0.0 for all\n"
           "offhook.yaml:4: 'address' is 'example'; write the numeric address that "
           "callers send sound to, or leave it empty\n");
}

static void manners_that_contradict_each_other_are_refused(void)
{
    given(SERVER "manners: {end-of-turn: 2s, confirm: 0.3, no-audio-end: 5s}\n"
                 "journal: {segment: 64MB, total: 32MB}\n",
          DESK);
    expect("offhook.yaml:4: 'end-of-turn-open' is shorter than 'end-of-turn'; the "
           "pause after an unfinished answer is the longer one\n"
           "offhook.yaml:4: 'confirm' is below 'unclear'; confidence below `unclear` "
           "asks, below `confirm` confirms: raise it\n"
           "offhook.yaml:4: 'no-audio-end' is before 'no-audio'; make it longer, or "
           "0 for never\n"
           "offhook.yaml:5: 'total' is smaller than 'segment'; the journal needs "
           "room for one segment at least\n");
}

static void codecs_of_a_trunk_are_known_and_named_once(void)
{
    given("sip: {listen: [\"udp:127.0.0.1:5060\"]}\n"
          "trunks: [{name: a, sources: [192.0.2.1], codecs: [opus, pcma, g721, opus]}]\n"
          "routes: [{number: \"*\", agent: desk}]\n",
          DESK);
    expect("offhook.yaml:2: there is no codec 'g721'; did you mean 'g722'?\n"
           "offhook.yaml:2: the codec 'opus' is named twice; name it once\n");
}

static void an_environment_variable_that_is_not_set_is_an_error_unless_it_has_a_default(void)
{
    given(SERVER "server: {data: \"${NOWHERE_SET}\", max-calls: \"${NOWHERE_SET:-7}\"}\n"
                 "media: {address: \"${OPEN\", bind: \"${1X}\"}\n",
          DESK);
    expect("offhook.yaml:4: the environment variable NOWHERE_SET is not set; set it, "
           "or give a default: ${NOWHERE_SET:-default}\n"
           "offhook.yaml:5: a ${ is never closed; write ${NAME}; for a plain ${ "
           "write $${\n"
           "offhook.yaml:5: '${1X}' does not name a variable; write ${NAME} or "
           "${NAME:-default}; for a plain ${ write $${\n");
}

static void a_server_is_found_whatever_else_is_wrong_but_not_by_a_guess(void)
{
    given("server: {data: /var/lib/offhook}\n" SERVER "manners: {silence: 6}\n", DESK);
    CHECK(!result.config && strcmp(result.data_dir, "/var/lib/offhook") == 0);
    CHECK(strcmp(result.control_socket, "/var/lib/offhook/control") == 0);
    given("server: {data: \"${OFFHOOK_TEST_NOT_SET}\"}\n" SERVER, DESK);
    CHECK(!result.config && !result.data_dir && !result.control_socket);
    given("server:\n  data: var\n  control: \"${OFFHOOK_TEST_NOT_SET}\"\n" SERVER, DESK);
    CHECK(!result.config && result.data_dir && !result.control_socket);
}

static void control_characters_of_a_file_never_reach_the_terminal(void)
{
    given(SERVER "journal: {\"a\\e[31mb\": 1}\n", DESK);
    expect("offhook.yaml:4: unknown option 'a [31mb' in journal; known here: segment, total, days\n");
}

static void a_zero_byte_is_refused(void)
{
    given(SERVER "agents: \"a\\0b\"\n", DESK);
    expect("offhook.yaml:4: the value holds a zero byte; remove the \\0\n");
}

static void a_queue_that_no_operator_serves_is_warned_of(void)
{
    given(SERVER "users: [{name: anna, password: \"${A:-x}\"}]\n"
                 "operators: {anna: {skills: {billing: 2}}}\n"
                 "queues:\n"
                 "  one: {skills: [biling]}\n"
                 "  two: {skills: [\"billing 3\"]}\n"
                 "  three: {skills: [billing]}\n"
                 "  four: {}\n",
          DESK);
    expect("offhook.yaml:7: warning: no operator is ever offered callers of 'one'; give somebody its "
           "skills, at its levels, or correct their names\n"
           "offhook.yaml:8: warning: no operator is ever offered callers of 'two'; give somebody its "
           "skills, at its levels, or correct their names\n");
    given(SERVER "queues: {one: {skills: [billing]}}\n", DESK);
    expect(""); /* Nobody is anywhere: the queue leads elsewhere. */
}

static void a_code_means_one_thing(void)
{
    given(SERVER "users: [{name: anna, password: \"${A:-x}\"}]\n"
                 "operator-codes: {available: \"*7\", break: \"*7\"}\n"
                 "supervisors: {anna: {everything: true}}\n"
                 "supervision: {listen: \"*42\"}\n",
          DESK);
    expect("offhook.yaml:5: '*7' is another code, too; give each of `operator-codes` and "
           "`supervision` a number of its own\n"
           "offhook.yaml:7: '*42' is another code, too; give each of `operator-codes` and "
           "`supervision` a number of its own\n");
}

static void a_callback_can_be_made_in_its_time(void)
{
    given(SERVER "queues:\n  one: {when-full: choice, when-waited: callback}\n", DESK);
    expect("offhook.yaml:5: warning: 'when-full' promises callbacks, and nothing leads to those who "
           "are to be called; give a trunk a `host`, so that it can be called\n");
    given(SERVER "callbacks: {after: 2h, within: 1h}\n", DESK);
    expect("offhook.yaml:4: 'after' is not under 'within'; each promise would be broken before the "
           "first attempt\n");
}

int main(void)
{
    RUN(a_good_configuration_has_no_problems_and_gets_the_defaults);
    RUN(all_problems_are_said_at_once_in_the_order_of_their_lines);
    RUN(an_unknown_option_names_the_nearest_or_all_that_are_known);
    RUN(a_key_given_twice_is_an_error_not_the_last_that_wins);
    RUN(yaml_that_cannot_be_read_names_its_line);
    RUN(a_tab_and_a_colon_and_a_star_have_cures_of_their_own);
    RUN(text_with_a_colon_wants_quotes);
    RUN(a_star_wants_quotes);
    RUN(anchors_aliases_and_tags_are_refused_so_that_nothing_unfolds);
    RUN(aliases_are_refused);
    RUN(tags_are_refused);
    RUN(merge_keys_are_refused);
    RUN(a_second_document_is_refused);
    RUN(depth_is_bounded);
    RUN(a_key_must_be_a_word);
    RUN(kinds_are_checked);
    RUN(values_out_of_bounds_say_the_bounds);
    RUN(values_of_the_wrong_form_say_the_right_one);
    RUN(what_is_required_is_missed);
    RUN(lists_of_trunks_and_routes_miss_what_they_need);
    RUN(a_route_to_an_agent_or_trunk_that_is_not_there_names_the_nearest);
    RUN(a_route_that_another_hides_is_warned_of);
    RUN(no_route_at_all_would_answer_404);
    RUN(nothing_listens_beyond_loopback_without_credentials);
    RUN(a_trunk_that_believes_everybody_is_warned_of);
    RUN(listeners_are_numeric_and_listed_once);
    RUN(sources_are_ranges_with_nothing_behind_the_prefix);
    RUN(a_trunk_has_a_place_and_an_account);
    RUN(what_an_account_lacks_is_said);
    RUN(operators_answer_somewhere_and_have_skills);
    RUN(operators_serve_the_queues_they_name_or_all);
    RUN(queues_that_are_not_there_or_lack_a_skill_are_said);
    RUN(an_operator_may_supervise_the_queues_they_name_or_all);
    RUN(what_an_operator_lacks_is_said);
    RUN(trunks_have_names_of_their_own);
    RUN(ports_for_sound_are_even_fit_and_keep_clear_of_the_listeners);
    RUN(ports_end_at_65535);
    RUN(addresses_for_sound_are_numeric);
    RUN(manners_that_contradict_each_other_are_refused);
    RUN(codecs_of_a_trunk_are_known_and_named_once);
    RUN(an_environment_variable_that_is_not_set_is_an_error_unless_it_has_a_default);
    RUN(a_server_is_found_whatever_else_is_wrong_but_not_by_a_guess);
    RUN(control_characters_of_a_file_never_reach_the_terminal);
    RUN(a_zero_byte_is_refused);
    RUN(a_queue_that_no_operator_serves_is_warned_of);
    RUN(a_code_means_one_thing);
    RUN(a_callback_can_be_made_in_its_time);
    return 0;
}

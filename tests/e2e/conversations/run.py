#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM [PART...]: whole calls that one provider hears, thinks about and speaks: words, tools, keys, an interruption, and its death in mid-word.

The caller is `offhook call`; the provider, a model behind it and the tools are stand-ins on real sockets. Prints `ok name` for what held.
"""
import json
import os
import sys
import threading
import time

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(TESTS, "e2e", "calls"), os.path.join(TESTS, "standins")]
import evaluated  # noqa: E402
import house  # noqa: E402
from beside import Standin  # noqa: E402
from house import Server, attempts, check  # noqa: E402

STORY = "Once there was a shop. " + "It had many things in it and people came to look at them all day. " * 8
ANSWERS = [
    {"when": {"said": "order"}, "say": "Let me look that up.", "call": {"find-order": {}}},
    {"when": {"said": "monday|book"}, "call": {"book": {"day": "monday"}}},
    {"when": {"said": "tuesday"}, "say": "One moment please.", "call": {"book": {"day": "tuesday"}}},
    {"when": {"result": "(.*)"}, "say": "Your answer is {1}."},
    {"when": {"said": "story"}, "say": STORY},
    {"when": {"said": "pressed"}, "say": "You pressed a key."},
    {"when": {"said": "key"}, "say": "I know what you pressed."},
]
KEY = os.environ["WHOLE_KEY"] = "not-to-be-seen-4712"


def said(call, speaker, member="text"):
    return " ".join(turn.get(member) or "" for turn in call.get("turns", []) if turn["speaker"] == speaker)


def rows_of(call):
    return [row for row in call.get("ledger", []) if row.get("thought_by") == "whole"]


def told_since(whole, before):
    return [line["text"] for line in whole.log("told")[before:]]


def tried(server, whole, model, tools):
    whole.script({"words": ["hello can you hear me"]})
    done = server.run("providers", "test", server.conf, "--json", "--only", "whole")
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    check("it_can_be_tried_and_answers_aloud", done.returncode == 0 and rows[0]["good"] and rows[0]["sound_ms"] > 500
          and rows[0]["first_ms"] <= rows[0]["total_ms"] and "You said: hello can you hear me" in rows[0]["text"], (done.stdout, done.stderr))


def answers(server, whole, model, tools):
    whole.script({"words": ["where is my order"]})
    whole.until("opened", 2)
    before, mine = len(whole.log("told")), len(model.log("thinks"))
    waiting = {line["number"] for line in whole.log("opened")} - {line["number"] for line in whole.log("closed")}
    code, out = server.call("wait agent\nsay where is my order\nwait agent\nwait 3s\nhangup\n")
    call = server.last()
    told, rows = told_since(whole, before), rows_of(call)
    check("it_answers_and_its_tool_is_called", code == 0 and "Let me look that up." in said(call, "agent")
          and "Your answer is on the train." in said(call, "agent"), (out, call.get("turns")))
    check("the_caller_s_words_are_its_own", said(call, "caller") == "where is my order", call.get("turns"))
    check("by_a_connection_that_waited_open_and_no_model", len({line["number"] for line in whole.log("thinks")} & waiting) == 1
          and len(model.log("thinks")) == mine, (waiting, whole.log("thinks")))
    check("it_knows_who_it_is_and_what_was_said_before_it", len(told) == 2 and "SHIBBOLETH" in told[0] and "What can I do for you?" in told[0]
          and told[0].index("What can I do") < told[0].index("where is my order"), told)
    check("the_ledger_has_all_its_times", bool(rows) and rows[0].get("heard_by") == rows[0].get("spoken_by") == "whole"
          and all(rows[0].get(name, -1) >= 0 for name in ("first_partial_ms", "end_of_turn_ms", "final_text_ms", "first_token_ms", "first_speech_ms", "audible_ms")), call.get("ledger"))
    check("it_began_to_answer_before_its_words_were_known", bool(rows) and (rows[0].get("saved_ms") or 0) > 0, call.get("ledger"))
    check("nothing_was_refused_by_it", not whole.log("refused"), whole.log("refused"))
    check("the_key_is_right_and_in_no_log", {line["key"] for line in whole.log("asked")} == {"right"} and KEY not in server.log_text())


def acts_once(server, whole, model, tools):
    whole.script({"words": ["please book monday"]})
    deeds = len(tools.get("/standin/deeds"))
    number = tools.get("/standin/facts")["exchanges"].get("tool", 0)
    tools.script({"rules": [{"when": {"kind": "tool", "number": number + 1}, "delays": {"acted": 5000}}]})
    _, out = server.call("wait agent\nsay please book monday\nwait agent\nwait agent\nhangup\n")
    call = server.last()
    acted, now = [line for line in tools.log("acted") if line["name"] == "book"], tools.get("/standin/deeds")
    check("a_tool_acts_once_though_its_first_answer_was_late", len(now) == deeds + 1 and max(now.values()) == 1, (now, call.get("turns"), out))
    check("both_tries_had_one_key", len(acted) >= 2 and acted[-1]["key"] and acted[-1]["key"] == acted[-2]["key"], acted)
    check("the_caller_hears_its_result", "Your answer is booked." in said(call, "agent"), call.get("turns"))


def interrupted(server, whole, model, tools):
    whole.script({"words": ["tell me a long story", "where is my order"]})
    before, cut = len(whole.log("told")), len(whole.log("truncated"))
    _, out = server.call("wait agent\nsay tell me a long story\nwait 6s\nsay where is my order\nwait agent\nwait 2s\nhangup\n")
    call = server.last()
    told, truncated = told_since(whole, before), whole.log("truncated")[cut:]
    unheard, spoken = said(call, "agent", "unheard"), said(call, "agent")
    check("an_interruption_cuts_it", call.get("interruptions", 0) >= 1 and "many things" in unheard, (out, call.get("turns")))
    check("and_it_knows_how_much_was_heard", len(truncated) >= 1 and 500 < truncated[0]["ms"] < truncated[0]["of_ms"], (truncated, call.get("turns")))
    check("what_it_answers_next_is_without_the_rest", bool(told) and "(cut)" in told[-1] and "many things" not in told[-1]
          and "on the train" in spoken, (told[-1:], call.get("turns")))
    check("nothing_was_refused_by_it_then", not whole.log("refused"), whole.log("refused"))


def keys(server, whole, model, tools):
    whole.script({"words": ["which key"]})
    before = len(whole.log("told"))
    server.call("wait agent\npress 1\nwait agent\nsay which key was that please\nwait agent\nhangup\n")
    call, told = server.last(), told_since(whole, before)
    check("it_is_told_of_keys", bool(told) and "[pressed 1: an order]" in told[-1] and "Orders take three days." in told[-1], (told, call.get("turns")))


def broken(server, whole, model, tools):
    """In mid-word the connection is cut: the model goes on, and knows what was heard; the caller is not left in silence."""
    whole.script({"words": ["tell me a long story"], "break_after": 30})
    before, mine = len(model.log("told")), len(whole.log("told"))
    watcher = threading.Thread(target=lambda: (whole.until("broke", len(broke) + 1), whole.script({"break_after": 1 << 30})))
    broke = whole.log("broke")
    watcher.start()
    _, out = server.call("wait agent\nsay tell me a long story\nwait 10s\nsay tell me the end\nwait agent\nhangup\n")
    watcher.join()
    call = server.last()
    again = told_since(whole, mine)
    told = [line["text"] for line in model.log("told")[before:]]
    check("when_it_dies_in_mid_word_the_model_goes_on", "So it went on." in said(call, "agent") and "Once there was a shop" in said(call, "agent"),
          (out, call.get("turns")))
    check("with_the_dialogue_so_far", bool(told) and "tell me a long story" in told[0] and "Once there was a shop" in told[0], told)
    check("and_when_it_is_there_again_it_is_told_what_was_said_meanwhile", len(again) == 2 and "So it went on." in again[1]
          and "Once there was a shop" in again[1] and [row.get("thought_by") for row in call.get("ledger", [])][1:] == ["whole"], (again, call.get("ledger")))


def stalled(server, whole, model, tools):
    whole.script({"words": ["tell me a long story"], "stall_after": 20})
    began = len(whole.log("stalled"))
    _, out = server.call("wait agent\nsay tell me a long story\nwait 10s\nhangup\n")
    whole.script({"stall_after": 1 << 30})
    call = server.last()
    check("one_that_falls_silent_is_left", len(whole.log("stalled")) > began and "So it went on." in said(call, "agent"), (out, call.get("turns")))


def mute(server, whole, model, tools):
    """An answer that never comes, and never ends: the model answers, and the next turn is the provider's again, by another connection."""
    whole.script({"words": ["tell me a long story", "where is my order"], "stall_after": 0, "deaf": True})
    began, opened = len(whole.log("stalled")), len(whole.log("opened"))

    watcher = threading.Thread(target=lambda: (whole.until("stalled", began + 1), whole.script({"words": ["where is my order"], "stall_after": 1 << 30})))
    watcher.start()
    _, out = server.call("wait agent\nsay tell me a long story\nwait 12s\nsay where is my order\nwait agent\nwait 4s\nhangup\n")
    watcher.join()
    whole.script({"deaf": False})
    call = server.last()
    rows = call.get("ledger", [])
    check("one_that_never_ends_an_answer_is_left_for_the_model", len(whole.log("stalled")) == began + 1 and "So it went on." in said(call, "agent"),
          (out, call.get("turns")))
    check("and_hears_and_answers_the_next_turn_by_another_connection", len(rows) == 2 and rows[1].get("heard_by") == rows[1].get("thought_by") == "whole"
          and "Your answer is on the train." in said(call, "agent"), (rows, call.get("turns"), whole.log("opened")[opened:]))


def writes_long(server, whole, model, tools):
    """Arguments of a tool take seven seconds to be written, in pieces: that is no silence."""
    whole.script({"words": ["please book tuesday"], "argument_ms": 1200})
    before = len(tools.log("acted"))
    _, out = server.call("wait agent\nsay please book tuesday\nwait 12s\nhangup\n")
    whole.script({"argument_ms": 0})
    call = server.last()
    check("who_writes_a_tool_s_arguments_for_long_is_not_cut_off", len(tools.log("acted")) > before and "Your answer is booked." in said(call, "agent")
          and {row.get("thought_by") for row in call.get("ledger", [])} == {"whole"}, (out, call.get("turns"), call.get("ledger")))


def judged(server, whole, model, tools):
    """`offhook eval --sound`: the provider hears the suite's caller, and who answered is judged."""
    whole.script({"words": ["where is my order"]})
    turn = "  {}:\n    turns:\n      - say: where is my order\n        expect: {{said: [on the train], called: [find-order], by: {}}}\n"
    suite = evaluated.write(server, turn.format("right", "whole") + turn.format("wrong", "model"))
    code, rows, out = evaluated.evaluate(server, suite)
    check("a_suite_with_real_sound_is_played_to_it", code == 1 and rows.get("right", {}).get("passed") is True, (rows, out))
    check("and_says_who_answered", "by: expected model, was whole" in json.dumps(rows.get("wrong", {})), (rows, out))


def killed(server, whole, model, tools):
    """While the caller listens: the next words are heard and answered by others."""
    whole.script({"words": ["where is my order"]})
    before, result = len(whole.log("answered")), []
    script = "wait agent\nsay where is my order\nwait agent\nwait 4s\nsay where is my order\nwait agent\nwait 1s\nhangup\n"
    caller = threading.Thread(target=lambda: result.append(server.call(script)))
    caller.start()
    whole.until("answered", before + 2)
    time.sleep(0.5)
    whole.process.kill()
    caller.join()
    call = server.last()
    check("when_it_is_killed_the_call_goes_on_with_others", "on the train" in said(call, "agent") and "The model looks." in said(call, "agent")
          and call["cause"] == "caller_hung_up", (result, call.get("turns"), call.get("ledger")))


def main():
    whole = Standin("conversations.py", {"answers": ANSWERS, "key": KEY, "delays": {"partial": 10, "final": 250, "first": 80}})
    model = Standin("minds.py", {"answers": [{"when": {"said": "order"}, "say": "The model looks."}, {"when": {"all": "story"}, "say": "So it went on."}]})
    tools = Standin("tools.py", {"results": {"find-order": "on the train", "book": "booked"}, "type": "text/plain"})
    os.environ.update(TOOLS=tools.url, TOOLS_TOKEN="hush-hush")
    providers = (f"providers:\n  whole: {{kind: openai-realtime, url: \"{whole.url.replace('http', 'ws', 1)}/v1\", key: \"${{WHOLE_KEY}}\"}}\n"
                 f"  model: {{kind: chat, url: \"{model.url}/v1\", model: m}}\n")
    server, parts = None, (tried, answers, acts_once, interrupted, keys, broken, stalled, mute, writes_long, judged, killed)
    try:
        server = Server(sys.argv[1], "tests/e2e/conversations/desk", extra=providers)
        for step in parts:
            if not sys.argv[2:] or step.__name__ in sys.argv[2:]:
                attempts(step, server, whole, model, tools, times=1 if step is killed else 3)
    finally:
        if server:
            server.close()
        for standin in (whole, model, tools):
            standin.close()
    sys.exit(1 if house.failures else 0)


if __name__ == "__main__":
    main()

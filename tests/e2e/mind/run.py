#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run.py HARNESS: the mind limb against models and tools on real sockets (tests/standins); the core's part is played here."""
import json
import os
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "standins"))
from beside import WAIT_S, Standin  # noqa: E402

ANSWERS = [
    {"when": {"said": r"where is order (\w+)"}, "say": "Let me look that up.", "call": {"find_order": {"number": "{1}"}}},
    {"when": {"said": "two at once"}, "call": {"find_order": {"number": "1"}, "book": {"day": "monday"}}},
    {"when": {"said": "broken tool"}, "call": {"find_order": "no object"}},
    {"when": {"result": "."}, "say": "It says {result}."},
    {"when": {"said": "long story"}, "say": "One. " + "And then there was more and more of it. " * 40},
    {"when": {"said": "what did you say"}, "say": "I said {seen}"},
    {"when": {"said": "who am i"}, "say": "Facts: {facts}"},
    {"when": {"said": "nothing"}, "say": ""},
    {"when": {"said": "^Caller:|summary so far"}, "say": "SUMMED UP."},
]


class Mind:
    """The harness, its lines as (kind, {field: value})."""

    def __init__(self, models, tools):
        self.process = subprocess.Popen([sys.argv[1], models.url, tools.url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.lines, self.news = [], threading.Condition()
        threading.Thread(target=self.listen, daemon=True).start()
        self.wait(lambda: any(kind == "ready" for kind, _ in self.lines), "ready")
        self.lines.clear()

    def listen(self):
        for line in self.process.stdout:
            kind, _, rest = line.rstrip("\n").partition(" ")
            fields = {name: json.loads(text, strict=False) if text.startswith('"') else text
                      for name, text in re.findall(r'(\w+)=("(?:[^"\\]|\\.)*"|\S+)', rest)}
            with self.news:
                self.lines.append((kind, fields))
                self.news.notify()

    def wait(self, holds, what):
        with self.news:
            assert self.news.wait_for(holds, WAIT_S), f"no {what}: {self.lines}"

    def tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def until(self, kind, count=1):
        """All lines up to the count-th of this kind, which are taken."""
        self.wait(lambda: sum(1 for line in self.lines if line[0] == kind) >= count, kind)
        with self.news:
            end = [i for i, line in enumerate(self.lines) if line[0] == kind][count - 1] + 1
            taken, self.lines = self.lines[:end], self.lines[end:]
        return taken

    def answer(self, line, kind="MIND_DONE"):
        """What it says until it is done."""
        self.tell(line)
        taken = self.until(kind)
        return " ".join(fields["text"] for found, fields in taken if found == "MIND_SAYS"), taken

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=WAIT_S) == 0, self.process.returncode
        self.process.stdout.close()


def check(name, holds, detail=""):
    assert holds, f"{name}: {detail}"
    print("ok", name, flush=True)


def figures(mind):
    mind.tell("figures")
    return {name: int(value) for name, value in mind.until("FIGURES")[-1][1].items()}


def until_figures(mind, holds):
    deadline = time.monotonic() + WAIT_S
    while not holds(figures(mind)):
        assert time.monotonic() < deadline, figures(mind)
        time.sleep(0.02)
    return figures(mind)


def warmed(mind):
    """Three models of one host, and a server of tools."""
    before = until_figures(mind, lambda now: now["connections"] >= 9)
    mind.answer("think 1 0 hello")
    mind.tell("forget")
    after = until_figures(mind, lambda now: now["reused"] > before["reused"])
    check("the_first_question_finds_a_connection_open", after["reused"] > before["reused"], (before, after))


def answers(mind, models):
    said, taken = mind.answer("think 1 0 hello there. good day")
    check("a_models_words_come_as_clauses", [f["text"] for k, f in taken if k == "MIND_SAYS"] == ["You said:", "hello there. good day"] or
          said == "You said: hello there. good day", taken)
    check("tokens_are_counted", taken[-1][1]["tokens_in"] == "100" and int(taken[-1][1]["tokens_out"]) > 3, taken[-1])
    mind.tell("heard hello there")
    mind.tell("said You said:/ hello")
    said, _ = mind.answer("think 2 1 what did you say")
    check("another_model_knows_what_was_really_heard", said == "I said You said:... interrupted here", said)
    mind.tell("heard what did you say")
    mind.tell("said I said/")
    said, _ = mind.answer("think 3 0 who am i")
    check("facts_and_instructions_are_told", "customer=Rossi" in said and "the desk of a shop" in said, said)
    check("tools_are_told", models.log("thinks")[-1]["tools"][:4] == ["find_order", "book", "hang-up", "transfer"], models.log("thinks")[-1])
    check("no_secret_is_told", "hush" not in json.dumps(models.get("/standin/log")) and "X-Desk" not in json.dumps(models.get("/standin/log")))
    mind.tell("forget")


def late_notes(mind, models):
    mind.answer("think 5 0 first words")
    mind.tell("heard first words")
    mind.answer("think 6 0 second words")
    mind.tell("said You said: first/ words")  # Of the first answer: cut off by the second words.
    mind.tell("heard second words")
    mind.answer("think 7 0 third words")
    told = [line.split(" ")[:2] for line in models.log("told")[-1]["text"].split("\n") if line.startswith(("user:", "assistant:"))]
    check("a_note_that_comes_late_stands_where_it_was_said",
          told == [["user:", "first"], ["assistant:", "You"], ["user:", "second"]], told)
    mind.tell("forget")


def tools_are_called(mind, provider):
    said, taken = mind.answer(f"think 10 {provider} where is order k7")
    tool = next(f for k, f in taken if k == "MIND_TOOL")
    check(f"a_tool_is_wanted_{provider}", said == "Let me look that up." and tool["name"] == "find_order" and
          json.loads(tool["arguments"]) == {"number": "k7"} and tool["number"] == "1", taken)
    mind.tell("heard where is order k7")
    said, taken = mind.answer("result 10 1 on its way")
    check(f"the_model_goes_on_with_the_result_{provider}", said == "It says on its way.", taken)
    mind.tell("said Let me look that up. It says on its way./")
    said, _ = mind.answer(f"think 11 {1 - provider} what did you say")
    check(f"the_next_model_knows_of_it_{provider}", "on its way" in said, said)
    mind.tell("forget")
    mind.answer(f"think 12 {provider} two at once")
    mind.tell("result 12 2 booked")
    said, _ = mind.answer("result 12 1 lost")
    check(f"two_results_are_waited_for_{provider}", "lost" in said and "booked" in said, said)
    mind.tell("forget")


def samples(mind):
    mind.tell("sample 0 are you there")
    found = mind.until("SAMPLE")[-1][1]
    check("a_model_can_be_tried", found["good"] == "1" and found["text"] == "You said: are you there" and found["tokens_out"] == "5", found)
    mind.tell("sample 1 are you there")
    check("the_other_kind_too", mind.until("SAMPLE")[-1][1]["good"] == "1")
    mind.tell("sample 2 are you there")
    found = mind.until("SAMPLE")[-1][1]
    check("what_is_wrong_with_one_is_told", found["good"] == "0" and found["status"] == "401" and "API key" in found["text"], found)


def guesses(mind, models):
    mind.tell("guess 20 0 where is order k7")
    mind.until("MIND_SAYS")
    models.until("said", len(models.log("thinks")))
    mind.tell("certain 20")
    taken = mind.until("MIND_DONE")
    check("a_tool_waits_until_it_is_certain", [k for k, _ in taken if k != "MIND_WRITES"] == ["MIND_TOOL", "MIND_DONE"], taken)
    mind.tell("cancel")
    mind.tell("forget")
    mind.tell("guess 21 0 where is order k8")
    mind.until("MIND_SAYS")
    mind.tell("cancel")
    said, taken = mind.answer("think 22 0 hello")
    check("a_guess_that_was_dropped_leaves_nothing", said == "You said: hello" and not any(k == "MIND_TOOL" for k, _ in taken), taken)
    told = models.log("told")[-1]["text"]
    check("not_in_the_dialogue_either", "k8" not in told and "find_order" not in told.split("\n")[-1], told)
    mind.tell("forget")


def failures(mind, models):
    mind.tell("think 30 2 hello")
    failed = mind.until("MIND_FAILED")[-1][1]
    check("a_wrong_key_is_told", failed["status"] == "401" and "API key" in failed["why"], failed)
    cases = [({"refuse": {"status": 429, "headers": {"Retry-After": "7"}}}, "429", "Rate limit"),
             ({"refuse": {"status": 503, "body": "<html>"}}, "503", ""),
             ({"drop": True}, None, ""),
             ({"delays": {"first": 60000}}, None, ""),
             ({"faults": [{"after_sent": 2, "do": "disconnect"}]}, None, ""),
             ({"faults": [{"after_sent": 2, "do": "stall"}]}, None, ""),
             ({"faults": [{"after_sent": 1, "do": "send", "text": "data: {no json\n\n"}]}, None, "JSON"),
             ({"faults": [{"after_sent": 1, "do": "send", "text": "data: {\"error\": {\"message\": \"broken\", \"code\": 502}}\n\n"}]}, "502", "broken")]
    for i, (rule, status, why) in enumerate(cases):
        models.script({"rules": [{"when": {"kind": "chat"}, **rule}]})
        mind.tell(f"think {40 + i} 0 hello there my dear model")
        failed = mind.until("MIND_FAILED")[-1][1]
        check(f"failure_{i}_is_told_{next(iter(rule))}", failed.get("status") == status and why in failed.get("why", ""), failed)
        if status == "429":
            check("and_when_to_come_back", failed["retry_after_s"] == "7", failed)
    soon, stamp = time.gmtime(time.time() + 40), "%Y-%m-%dT%H:%M:%SZ"
    limits = [("a_date", {"Retry-After": time.strftime("%a, %d %b %Y %H:%M:%S GMT", soon)}),
              ("openai_s_limits", {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "12ms",
                                   "x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "39.5s"}),
              ("anthropic_s_limits", {"anthropic-ratelimit-requests-remaining": "5", "anthropic-ratelimit-requests-reset": "2090-01-01T00:00:00Z",
                                      "anthropic-ratelimit-input-tokens-remaining": "0", "anthropic-ratelimit-input-tokens-reset": time.strftime(stamp, soon)})]
    for i, (name, headers) in enumerate(limits):
        models.script({"rules": [{"when": {"kind": "chat"}, "refuse": {"status": 429, "headers": headers}}]})
        mind.tell(f"think {50 + i} 0 hello there my dear model")
        failed = mind.until("MIND_FAILED")[-1][1]
        check(f"it_comes_back_when_{name}_say_so", 25 <= int(failed.get("retry_after_s", "0")) <= 40, failed)
    models.script({"rules": [{"when": {"kind": "chat"}, "faults": [{"after_sent": 8, "do": "disconnect"}]}]})
    mind.tell("think 58 0 a long story")
    mind.until("MIND_FAILED")
    mind.tell("heard a long story")
    mind.tell("said One./And then")
    models.script({"rules": []})
    mind.answer("again 59 1 a long story")
    turns = models.log("told")[-1]["text"].split("\n")[-3:]
    check("the_next_model_knows_what_was_heard_of_the_last", [turn.split(" ")[0] for turn in turns] == ["user:", "assistant:", "user:"] and
          "a long story" in turns[0] and "One." in turns[1] and "Go on" in turns[2], turns)
    mind.tell("forget")
    said, _ = mind.answer("think 60 0 hello")
    check("it_is_asked_again_and_answers", said == "You said: hello", said)
    mind.tell("forget")


def interruption(mind, models):
    before = len(models.log("gone"))
    models.script({"delays": {"token": 20}})
    mind.tell("think 70 0 a long story")
    mind.until("MIND_SAYS")
    mind.tell("cancel")
    gone = models.until("gone", before + 1)[-1]
    check("an_interruption_ends_the_stream_on_the_wire", gone["tokens"] < 200, gone)
    models.script({"delays": {}})
    mind.tell("heard a long story")
    mind.tell("said One./ And then there was more")
    said, _ = mind.answer("think 71 0 what did you say")
    check("what_was_not_heard_is_not_known", said == "I said One.... interrupted here", said)
    mind.tell("forget")


def summary(mind, models):
    for turn in range(100, 130):
        mind.answer(f"think {turn} 0 my number is {turn} and I tell you this at great length so that it fills the room")
        mind.tell(f"heard my number is {turn} and I tell you this at great length so that it fills the room")
        mind.tell("said Thank you very much for this information, which I have written down with great care./")
        asked = [line["number"] for line in models.log("told") if "sum up the earlier part" in line["text"]]
        if asked:
            break
    deadline = time.monotonic() + WAIT_S
    while "SUMMED UP" not in models.log("told")[-1]["text"]:
        assert time.monotonic() < deadline
        turn += 1
        mind.answer(f"think {turn} 0 go on")
        mind.tell("heard go on")
    told = models.log("told")[-1]["text"]
    check("old_turns_are_summed_up_between_turns", "my number is 100" not in told, told)
    mind.tell("forget")


def called(mind, line):
    mind.tell("call " + line)
    return {"outcome": "ok", "status": "0", "text": "", **mind.until("TOOL_DONE")[-1][1]}


def tools_over_http(mind, tools):
    done = called(mind, '1 1 find_order k1 {"number": "a/b ?", "kind": "a"}')
    check("a_tools_result_comes_back", done["outcome"] == "ok" and done["status"] == "200" and done["text"] == "on its way", done)
    acted = tools.log("acted")[-1]
    check("arguments_are_in_the_address", acted["sent"]["path"] == "/tools/find_order/a%2Fb%20%3F?kind=a" and acted["key"] is None, acted)
    count = len(tools.log("acted"))
    for arguments, why in (("{}", "number is missing"), ('{"number": 7}', "must be of type string"), ('{"number": "1", "kind": "c"}', "allowed"),
                           ("not JSON", "not one JSON object"), ('{"number": ".."}', "part of an address")):
        done = called(mind, f"2 1 find_order k2 {arguments}")
        check(f"unfit_arguments_are_refused_{why.replace(' ', '_')}", done["outcome"] == "refused" and why in done["text"], done)
    check("and_nothing_is_called", len(tools.log("acted")) == count)
    tools.script({"rules": [{"when": {"kind": "tool", "number": count + 1}, "delays": {"acted": 3000}}]})
    done = called(mind, '3 1 book ref-1-3 {"day": "monday"}')
    check("a_late_tool_is_told", "timed" in done["outcome"], done)
    done = called(mind, '3 2 book ref-1-3 {"day": "monday"}')
    check("the_next_try_has_the_same_key", done["outcome"] == "ok" and '"booked": true' in done["text"], done)
    check("and_it_acted_once", tools.get("/standin/deeds")["ref-1-3"] == 1, tools.get("/standin/deeds"))
    acted = tools.log("acted")[-1]
    check("secrets_and_bodies_travel", acted["token"] == "Bearer hush" and json.loads(acted["sent"]["body"]) == {"day": "monday"} and
          acted["type"] == "application/json", acted)
    for status, outcome in ((404, "refused"), (302, "refused"), (409, "refused"), (429, "unreachable"), (503, "unreachable"), (500, "timed")):
        tools.script({"rules": [{"when": {"kind": "tool"}, "refuse": {"status": status, "body": "because", "headers": {"Location": "/else"}}}]})
        done = called(mind, '4 1 book ref-1-4 {"day": "x"}')
        check(f"{status}_is_{outcome}", outcome in done["outcome"] and done["text"] == "because", done)
    tools.script({"rules": [{"when": {"kind": "tool"}, "drop": True}]})
    done = called(mind, '5 1 book ref-1-5 {"day": "x"}')
    check("a_cut_connection_may_have_acted", "timed" in done["outcome"], done)
    tools.script({"rules": [], "results": {"book": "x" * 100000}})
    done = called(mind, '6 1 book ref-1-6 {"day": "x"}')
    check("results_are_bounded", len(done["text"]) == 4096, len(done["text"]))


def tools_of_servers(mind, models, tools):
    mind.answer("think 200 0 hello")
    told = models.log("thinks")[-1]["tools"]
    check("a_servers_tools_are_told_all_pages", told[4:] == ["sums__add", "sums__greet", "sums__fail"], told)
    mind.tell("forget")
    done = called(mind, '1 1 sums__add k {"a": 2, "b": 3}')
    check("a_servers_tool_is_called", done["outcome"] == "ok" and done["text"] == "5", done)
    calls = tools.log("mcp")
    check("in_the_session_that_there_is", [c["method"] for c in calls].count("initialize") == 1 and calls[-1]["session"] == "session-1" and
          calls[-1]["version"] == "2025-06-18" and calls[1]["method"] == "notifications/initialized", calls)
    done = called(mind, '2 1 sums__greet k {"name": "Ada"}')
    check("texts_are_lines", done["text"] == "Hello Ada.\nWelcome.", done)
    done = called(mind, '3 1 sums__add k {"a": "2", "b": 3}')
    check("its_schemas_hold", done["outcome"] == "refused" and "a must be of type integer" in done["text"], done)
    done = called(mind, "4 1 sums__fail k {}")
    check("its_failures_are_told", done["outcome"] == "refused" and done["text"] == "It failed.", done)
    asked = len(tools.log("mcp"))
    done = called(mind, "5 1 sums__other k {}")
    check("a_tool_that_it_has_not_listed_is_not_asked_of_it", done["outcome"] == "refused" and "no such tool" in done["text"] and
          len(tools.log("mcp")) == asked, done)
    tools.script({"forget": [tools.get("/standin/facts")["exchanges"]["mcp"] + 1], "sse": True})
    done = called(mind, '6 1 sums__add k {"a": 20, "b": 3}')
    check("a_forgotten_session_is_begun_anew", done["outcome"] == "ok" and done["text"] == "23", done)
    done = called(mind, '7 1 sums__add k {"a": 1, "b": 1}')
    last = tools.log("mcp")[-1]
    check("and_kept", done["text"] == "2" and last["session"] not in (None, "session-1") and
          [c["method"] for c in tools.log("mcp")].count("initialize") == 2, last)
    ways = [c["connection"] for c in tools.log("mcp")]
    check("all_of_it_on_one_connection_or_its_successor", len(set(ways)) <= 2 and ways[-1] == ways[-2], ways)
    number = tools.get("/standin/facts")["exchanges"]["mcp"] + 1
    tools.script({"leaves": [number], "rules": [{"when": {"kind": "mcp", "number": number + 2}, "drop": True}]})
    called(mind, '20 1 sums__add k {"a": 4, "b": 4}')
    time.sleep(0.3)
    done = called(mind, '8 1 sums__add k {"a": 4, "b": 4}')
    check("one_that_was_closed_meanwhile_is_not_used", done["outcome"] == "ok" and done["text"] == "8" and tools.log("mcp")[-1]["connection"] != ways[-1],
          (done, ways))
    done = called(mind, '21 1 sums__add k {"a": 4, "b": 4}')
    check("one_that_dies_of_a_call_is_not_told_it_again", done["outcome"] == "timed_out" and
          tools.get("/standin/facts")["exchanges"]["mcp"] == number + 2, (done, number, tools.get("/standin/facts")))
    tools.script({"sessions": False, "sse": False, "version": "2025-03-26", "forget": [tools.get("/standin/facts")["exchanges"]["mcp"] + 1]})
    tools.script({"rules": [{"when": {"kind": "mcp", "number": tools.get("/standin/facts")["exchanges"]["mcp"] + 1}, "refuse": {"status": 404}}]})
    called(mind, '9 1 sums__add k {"a": 1, "b": 1}')
    tools.script({"rules": []})
    asked = len(tools.log("mcp"))
    done = called(mind, '10 1 sums__add k {"a": 2, "b": 2}')
    more = tools.log("mcp")[asked:]
    check("a_server_without_sessions_is_asked_once_a_call", done["text"] == "4" and [c["method"] for c in more] == ["tools/call"], more)
    check("in_the_version_that_was_agreed_on", more[0]["version"] == "2025-03-26", more)
    tools.script({"sse": True, "late": True})
    called(mind, '11 1 sums__add k {"a": 2, "b": 2}')
    end = time.monotonic() + 10
    while time.monotonic() < end and [c["method"] for c in tools.log("mcp")].count("tools/list") < 4:
        time.sleep(0.05)
    mind.answer("think 201 0 hello")
    told = models.log("thinks")[-1]["tools"]
    mind.tell("forget")
    check("tools_that_come_later_are_told_to_the_model", told[4:] == ["sums__add", "sums__greet", "sums__fail", "sums__late"], told)
    done = called(mind, "12 1 sums__late k {}")
    check("and_can_be_called", done["text"] == "Better than never.", done)


def main():
    models = Standin("minds.py", {"key": "right", "answers": ANSWERS})
    tools = Standin("tools.py", {"results": {"find_order": "on its way", "book": {"booked": True}}})
    mind = Mind(models, tools)
    try:
        warmed(mind)
        answers(mind, models)
        late_notes(mind, models)
        tools_are_called(mind, 0)
        tools_are_called(mind, 1)
        samples(mind)
        guesses(mind, models)
        failures(mind, models)
        interruption(mind, models)
        summary(mind, models)
        tools_over_http(mind, tools)
        tools_of_servers(mind, models, tools)
        wrong = models.log("wrong")
        check("no_request_was_refused_as_wrong", not wrong, wrong)
        mind.tell("think 900 0 a long story")
        mind.close()
        check("it_closes_in_the_middle_of_an_answer", True)
    finally:
        mind.process.kill()
        models.close()
        tools.close()


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM: whole calls that a model answers: words, tools, an interruption, and models that die.

The caller is `offhook call`, the models and tools are stand-ins on real sockets; the models by TLS, with an authority of their own. Prints `ok name` for what held.
"""
import json
import os
import subprocess
import sys
import tempfile
import threading
import time

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(TESTS, "e2e", "calls"), os.path.join(TESTS, "standins")]
import house  # noqa: E402
from beside import Standin, make_authority  # noqa: E402
from house import Server, attempts, check  # noqa: E402

STORY = "Once there was a shop. " + "It had many things in it and people came to look at them all day. " * 12
ANSWERS = [
    {"when": {"said": "order"}, "say": "Let me look that up.", "call": {"find-order": {}}},
    {"when": {"said": "monday|book"}, "call": {"book": {"day": "monday"}}},
    {"when": {"result": "(.*)"}, "say": "Your answer is {1}."},
    {"when": {"said": "story"}, "say": STORY},
    {"when": {"said": "[Gg]o on"}, "say": "And on it went."},
    {"when": {"said": "goodbye|all"}, "say": "Good-bye.", "call": {"hang-up": {}}},
]


def said(call, speaker, member="text"):
    return " ".join(turn.get(member) or "" for turn in call.get("turns", []) if turn["speaker"] == speaker)


def tried(server, models, tools):
    done = server.run("providers", "test", server.conf, "--json")
    rows = {row["provider"]: row for row in map(json.loads, done.stdout.splitlines())}
    check("each_model_can_be_tried_and_says_something", done.returncode == 0 and all(rows[name]["good"] and "You said: Say in one" in rows[name]["text"]
          and rows[name]["first_ms"] <= rows[name]["total_ms"] for name in ("first", "second")), (done.stdout, done.stderr))
    models.script({"rules": [{"when": {"kind": "anthropic"}, "refuse": {"status": 429}}]})
    done = server.run("providers", "test", server.conf, "--only", "second")
    models.script({"rules": []})
    check("one_that_refuses_is_told_with_its_cure", done.returncode != 0 and "429" in done.stdout and "max-sessions" in done.stdout, done.stdout)


def trusted(server, models, tools):
    """What `first` shows is signed by nobody that this machine knows."""
    path = os.path.join(server.conf, "offhook.yaml")
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    network = next(line for line in whole.splitlines(True) if line.startswith("network:"))

    def changed(line, *words):
        with open(path, "w", encoding="utf-8") as file:
            file.write(whole.replace(network, line))
        return server.run(*words, server.conf)

    done = changed("", "providers", "test", "--only", "first")
    check("a_private_authority_is_not_believed_unasked", done.returncode != 0 and "network.ca-file" in done.stdout, done.stdout)
    done = changed("network: {ca-file: agents/desk.md}\n", "check")
    check("a_file_without_certificates_is_told_by_check", done.returncode != 0 and "holds no certificates" in done.stdout + done.stderr
          and "network.ca-file" in done.stdout + done.stderr, (done.stdout, done.stderr))
    done = changed("", "reload")
    deadline = time.monotonic() + 10
    while "network.ca-file stays" not in server.log_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    check("a_reload_says_that_it_does_not_change_authorities", done.returncode == 0 and "network.ca-file stays" in server.log_text(),
          (done.stderr, server.log_text()[-400:]))
    done = changed(network, "reload")
    check("and_back", done.returncode == 0, done.stderr)


def answers(server, models, tools):
    before = len(models.log("thinks"))
    code, out = server.call("wait agent\nsay where is my order\nwait agent\nhangup\n")
    call = server.last()
    check("a_model_answers_and_its_tool_is_called", code == 0 and "Let me look that up." in said(call, "agent")
          and "Your answer is on the train." in said(call, "agent"), (out, call.get("turns")))
    thinks, told = models.log("thinks")[before:], models.log("told")[before:]
    check("in_two_rounds", len(thinks) == 2 and thinks[0]["tools"] == ["hang-up", "find-order", "book"], thinks)
    check("it_knows_who_it_is_and_what_the_agent_said", "SHIBBOLETH" in told[0]["text"] and "What can I do for you?" in told[0]["text"], told)
    first = [row for row in call.get("ledger", []) if row.get("first_token_ms", -1) >= 0]
    check("the_ledger_has_its_first_token", bool(first), call.get("ledger"))


def acts_once(server, models, tools):
    deeds = len(tools.get("/standin/deeds"))
    number = tools.get("/standin/facts")["exchanges"].get("tool", 0)
    tools.script({"rules": [{"when": {"kind": "tool", "number": number + 1}, "delays": {"acted": 5000}}]})
    code, out = server.call("wait agent\nsay please book monday\nwait agent\nwait agent\nhangup\n")
    call = server.last()
    acted = [line for line in tools.log("acted") if line["name"] == "book"] or [{"key": None, "token": None}]
    now = tools.get("/standin/deeds")
    check("a_tool_acts_once_though_its_first_answer_was_late", len(now) == deeds + 1 and max(now.values()) == 1, (now, call.get("turns"), out))
    check("both_tries_had_one_key", len(acted) >= 2 and acted[-1]["key"] and acted[-1]["key"] == acted[-2]["key"], acted)
    check("the_caller_hears_its_result", "Your answer is booked." in said(call, "agent"), call.get("turns"))
    check("its_token_reaches_neither_model_nor_account", acted[-1]["token"] == "Bearer hush-hush"
          and "hush" not in str(models.get("/standin/log")) and "hush" not in str(call) and "hush" not in server.log_text())


def keeps_secrets(server, models, tools):
    """Servers that say what they were shown."""
    models.script({"rules": [{"when": {}, "refuse": {"status": 401, "body": {"error": {"message": "Incorrect API key provided: {key}"}}}}]})
    done = server.run("providers", "test", server.conf, "--only", "first")
    code, out = server.call("wait agent\nsay where is my order\nwait agent\nhangup\n")
    models.script({"rules": []})
    check("a_key_in_an_error_is_hidden", "Incorrect API key provided: ****" in done.stdout and "model-secret" not in done.stdout, done.stdout)
    tools.script({"results": {"book": "booked by {key}"}})
    code, out = server.call("wait agent\nsay please book monday\nwait agent\nwait agent\nhangup\n")
    tools.script({"results": {"find-order": "on the train", "book": "booked"}})
    told = str(models.get("/standin/log"))
    check("a_token_in_a_result_is_hidden", "booked by ****" in told and "hush-hush" not in told, (out, told[-2000:]))
    kept = subprocess.run(["grep", "-rlaE", "model-secret|hush-hush", server.home], capture_output=True, text=True).stdout
    check("neither_is_in_any_file_of_the_server", not kept, kept)


def interrupted(server, models, tools):
    before = len(models.log("told"))
    code, out = server.call("wait agent\nsay tell me a long story\nwait 5s\nsay where is my order\nwait agent\nhangup\n")
    call = server.last()
    told = [line["text"] for line in models.log("told")[before:] if "user: where is my order" in line["text"] or "order" in line["text"].split("user:")[-1]]
    check("an_interruption_cuts_the_story", call.get("interruptions", 0) >= 1 and said(call, "agent", "unheard").strip(),
          (out, call.get("turns")))
    heard = told[-1].count("many things") if told else 99
    check("the_model_knows_only_what_was_heard", bool(told) and "[interrupted here]" in told[-1]
          and heard == said(call, "agent").count("many things") and heard < 12, (told[-1:], call.get("turns")))


def second(server, models, tools):
    models.script({"rules": [{"when": {"kind": "chat"}, "refuse": {"status": 503}}]})
    code, out = server.call("wait agent\nsay where is my order\nwait agent\nhangup\n")
    models.script({"rules": []})
    call = server.last()
    check("the_next_model_answers_when_the_first_is_overloaded", "on the train" in said(call, "agent") and models.log("thinks")[-1]["kind"] == "anthropic",
          (out, call.get("turns")))


def cut_off(server, models, tools):
    """In the middle of its story the first model's stream is cut: the next one knows what was heard of it, and goes on in the same turn."""
    models.script({"rules": [{"when": {"kind": "chat"}, "faults": [{"after_sent": 40, "do": "disconnect"}]}]})
    before = len(models.log("told"))
    _, out = server.call("wait agent\nsay tell me a long story\nwait 14s\nhangup\n")
    models.script({"rules": []})
    call, told = server.last(), [line for line in models.log("told")[before:] if line["kind"] == "anthropic"]
    knows, spoken = told[0]["text"].split("tell me a long story")[-1] if told else "", said(call, "agent")
    check("which_knows_what_was_heard_of_it", "assistant: Once there was a shop" in knows, (told, call.get("turns")))
    check("when_a_model_is_cut_off_in_mid_sentence_the_next_one_goes_on", "Once there was a shop" in spoken and "And on it went" in spoken,
          (out, told, call.get("turns")))
    check("and_the_caller_said_it_once", said(call, "caller").count("tell me a long story") == 1, call.get("turns"))


def providers_of(server):
    answer = json.loads(server.run("providers", server.conf, "--json").stdout or "{}")
    return {row["name"]: row for row in answer.get("providers", [])}, answer.get("chains", [])


def wait_until(holds, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not holds():
        time.sleep(0.1)


def shown(server, models, tools):
    """`offhook providers`, of the running server; and one that asks for a minute of peace gets it."""
    server.call("wait agent\nsay where is my order\nwait agent\nhangup\n")
    wait_until(lambda: providers_of(server)[0].get("first", {}).get("good"))
    rows, chains = providers_of(server)
    first = rows.get("first", {})
    check("each_provider_is_shown_as_it_is", list(rows) == ["first", "second"] and first["kind"] == "chat" and first["role"] == "think"
          and first["breaker"] == "closed" and first["good"] > 0 and first["p50_ms"] > 0 and first["p95_ms"] >= first["p50_ms"]
          and first["calls"] == 0 and first["url"] == f"{models.url}/v1" and first["warm"]["ready"] >= 1, rows)
    check("and_the_chains_that_it_stands_in", {"agent": "desk", "role": "think", "providers": ["first", "second"]} in chains, chains)
    models.script({"rules": [{"when": {"kind": "chat"}, "refuse": {"status": 429, "headers": {"Retry-After": "60"}}}]})
    server.call("wait agent\nsay where is my order\nwait agent\nhangup\n")
    models.script({"rules": []})
    wait_until(lambda: providers_of(server)[0].get("first", {}).get("breaker") == "open")
    rows, _ = providers_of(server)
    table = server.run("providers", server.conf).stdout
    check("one_that_asks_to_be_left_alone_is_shown_so_with_its_words", rows["first"]["breaker"] == "open" and 30 < rows["first"]["open_s"] <= 60
          and "left alone for" in table and "last failure" in table and rows["first"]["error"] in table, (rows, table))
    check("the_table_has_the_chains", "think   first > second > embedded: desk\n" in table, table)
    before = len(models.log("thinks"))
    server.call("wait agent\nsay where is my order\nwait agent\nhangup\n")
    asked = [line["kind"] for line in models.log("thinks")[before:]]
    check("and_is_left_alone", asked and set(asked) == {"anthropic"}, asked)


def killed(server, models, tools):
    """In the middle of a call: the first question has its answer from the model, the second from the intents."""
    before, result = len(models.log("said")), []
    script = "wait agent\nsay where is my order\nwait agent\nwait 3s\nsay where is my order\nwait agent\nhangup\n"
    caller = threading.Thread(target=lambda: result.append(server.call(script)))
    caller.start()
    models.until("said", before + 2)
    models.process.kill()
    caller.join()
    call = server.last()
    check("when_the_models_die_in_a_call_the_intents_go_on", "on the train" in said(call, "agent") and
          "Orders take three days." in said(call, "agent").split("on the train")[-1] and call["cause"] == "caller_hung_up",
          (result, call.get("turns")))


def main():
    folder = tempfile.TemporaryDirectory()
    ca, tls = make_authority(folder.name)
    models = Standin("minds.py", {"answers": ANSWERS, "tls": tls}, ca)
    tools = Standin("tools.py", {"results": {"find-order": "on the train", "book": "booked"}, "type": "text/plain"})
    os.environ.update(TOOLS=tools.url, TOOLS_TOKEN="hush-hush", MODEL_KEY="model-secret")
    providers = (f"network: {{ca-file: \"{ca}\"}}\nproviders:\n"
                 f"  first: {{kind: chat, url: \"{models.url}/v1\", model: m, key: \"${{MODEL_KEY}}\"}}\n"
                 f"  second: {{kind: anthropic, url: \"{models.url}\", model: m}}\n")
    server = None
    try:
        server = Server(sys.argv[1], "tests/e2e/minds/desk", extra=providers)
        for step in (tried, trusted, answers, acts_once, keeps_secrets, interrupted, second, cut_off, shown):
            if not sys.argv[2:] or step.__name__ in sys.argv[2:]:
                attempts(step, server, models, tools)
        if not sys.argv[2:]:
            killed(server, models, tools)
    finally:
        if server:
            server.close()
        models.close()
        tools.close()
        folder.cleanup()
    sys.exit(1 if house.failures else 0)


if __name__ == "__main__":
    main()

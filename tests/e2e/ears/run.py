#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM [PART...]: whole calls to a whole server whose recognisers are providers: stand-ins that report the words that reached them.

A telephone (baresip) speaks recorded words; the server routes by what the provider wrote. Then the provider is killed in the middle
of the sentence, and the second must have every word; then both are dead, and the embedded recogniser goes on; and a provider that
tells of turns by itself lets the answer begin before the turn is over. Prints `ok name` for what held.
"""
import importlib.util
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import wave

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
CALLS = os.path.join(TESTS, "e2e", "calls")
sys.path[:0] = [CALLS, os.path.join(TESTS, "standins")]
import house  # noqa: E402
from beside import Standin  # noqa: E402
from house import Server, attempts, check  # noqa: E402

spec = importlib.util.spec_from_file_location("calls_run", os.path.join(CALLS, "run.py"))
calls = importlib.util.module_from_spec(spec)
spec.loader.exec_module(calls)

SENTENCE = "my internet connection is not working since yesterday morning"
# Little silence at both ends of a word: together they are one sentence.
TRIM = "silence 1 0.01 0.5% reverse silence 1 0.01 0.5% reverse pad 0.02 0.02".split()
KEY = os.environ["EARS_KEY"] = "not-to-be-seen-4711"
GREETED_S, AFTER_S = 4, 8  # Of the telephone's silence.
HALF = 16000  # Bytes of 8 kHz mu-law, in which the first words are, and the last are not.


def make_words(home):
    """Each word once, 8 kHz; returns their folder."""
    folder = os.path.join(home, "clips")
    os.makedirs(folder, exist_ok=True)
    for word in SENTENCE.split():
        wide, path = os.path.join(home, "wide.wav"), os.path.join(folder, word + ".wav")
        subprocess.run(["flite", "-voice", "slt", "-t", word, "-o", wide], check=True)
        subprocess.run(["sox", wide, "-r", "8000", "-c", "1", "-b", "16", path, *TRIM], check=True)
    return folder


def make_mouth(path, clips):
    """Silence while the agent greets, the sentence, and silence. Returns its seconds."""
    with wave.open(path, "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(8000)
        out.writeframes(bytes(2 * 8000 * GREETED_S))
        for word in SENTENCE.split():
            with wave.open(os.path.join(clips, word + ".wav"), "rb") as clip:
                out.writeframes(clip.readframes(clip.getnframes()))
        out.writeframes(bytes(2 * 8000 * AFTER_S))
        return out.getnframes() / 8000


class Scene:
    """The words, and what every part begins with: two stand-ins that hear, and a server whose agents listen through them."""

    def __init__(self, program, home):
        self.program, self.clips, self.mouth = program, make_words(home), os.path.join(home, "mouth.wav")
        self.seconds = round(make_mouth(self.mouth, self.clips))

    def ears(self, **more):
        return Standin("ears.py", {"clips": self.clips, "key": KEY, "delays": {"partial": 20, "final": 120}, **more})

    def server(self, first, second, kind="deepgram", extra=""):
        rows = "".join(f"  {name}: {{kind: {kind}, url: \"{ear.url.replace('http', 'ws', 1)}\", key: \"${{EARS_KEY}}\"}}\n"
                       for name, ear in (("first", first), ("second", second)))
        return Server(self.program, "tests/e2e/ears/desk", extra=f"providers:\n{rows}{extra}")

    def call(self, server):
        calls.baresip(server, self.mouth, self.seconds)
        return server.last()


def said(call):
    return " ".join(turn["text"] for turn in call.get("turns", []) if turn["speaker"] == "caller" and turn["text"])


def handed_to(call):
    return [handover["to"] for handover in call.get("handovers", [])]


def heard_by(call):
    return [row.get("heard_by") for row in call.get("ledger", [])]


def by_words(scene):
    first, second = scene.ears(), scene.ears()
    server = scene.server(first, second)
    call = scene.call(server)
    check("the_provider_s_words_are_the_caller_s", said(call) == SENTENCE, f"{said(call)}; {first.log('final')}")
    check("and_the_call_goes_where_they_say", handed_to(call) == ["technical"], call.get("handovers"))
    check("the_account_says_who_heard", heard_by(call)[:1] == ["first"], call.get("ledger"))
    check("the_key_is_right_and_in_no_log", {line["key"] for line in first.log("asked")} == {"right"} and KEY not in server.log_text())
    server.close()
    first.close()
    second.close()


def kill_at_half(ears, over):
    """SIGKILL as soon as it has heard half of the sentence."""
    while not over.is_set():
        try:
            if ears.log("fault"):
                break
        except (OSError, urllib.error.URLError):
            break
        time.sleep(0.02)
    ears.process.kill()


def killed(scene, standby):
    """The first is killed in mid-sentence; `standby`: there is a second, else the embedded recogniser."""
    first = scene.ears(rules=[{"faults": [{"after_received": HALF, "do": "send", "text": "{}"}]}])
    second = scene.ears()
    server = scene.server(first, second)
    if not standby:
        second.process.kill()
    over = threading.Event()
    watcher = threading.Thread(target=kill_at_half, args=(first, over))
    watcher.start()
    call = scene.call(server)
    over.set()
    watcher.join()
    if standby:
        check("killed_in_mid_sentence_no_word_is_lost_or_doubled", said(call) == SENTENCE, f"{said(call)}; {second.log('final')}")
        check("the_account_says_that_the_second_heard", heard_by(call)[:1] == ["second"], call.get("ledger"))
    else:
        check("with_both_dead_the_embedded_one_hears_what_was_kept", "internet" in said(call) and "embedded" in heard_by(call),
              f"{said(call)} {call.get('ledger')}")
    check(f"and_the_call_goes_where_they_say_{'by_the_second' if standby else 'by_the_embedded'}", handed_to(call) == ["technical"],
          (call.get("handovers"), call.get("turns")))
    server.close()
    first.close()
    second.close()


def turns(scene):
    """Flux says that the turn may be over: the model is asked at once, and its answer kept until the turn is over."""
    first, second = scene.ears(eager_ms=100, end_ms=1000), scene.ears()
    model = Standin("minds.py", {"answers": [{"when": {"said": "."}, "say": "I see."}]})
    server = scene.server(first, second, kind="deepgram-flux", extra=f"  model: {{kind: chat, url: \"{model.url}/v1\", model: m}}\n")
    path = os.path.join(server.conf, "agents", "desk.md")
    text = open(path, encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("listen: ", "think: [model]\nlisten: ", 1))
    server.kill(15)
    server.start()
    call = scene.call(server)
    rows = [row for row in call.get("ledger", []) if row.get("thought_by") == "model"]
    ends = [line["words"] for line in first.log("final") if line["words"]]
    check("a_provider_s_turn_has_its_words", ends and said(call) == " ".join(ends), f"{said(call)}; {ends}")
    check("the_answer_was_begun_before_the_turn_was_over", any((row.get("saved_ms") or 0) > 0 for row in rows), call.get("ledger"))
    check("and_is_spoken_once", [turn["text"] for turn in call.get("turns", []) if turn["speaker"] == "agent"].count("I see.") == len(rows) > 0,
          call.get("turns"))
    server.close()
    for standin in (first, second, model):
        standin.close()


def main():
    parts = {"words": (by_words,), "killed": (killed, True), "embedded": (killed, False), "turns": (turns,)}
    with tempfile.TemporaryDirectory(prefix="offhook-ears-") as home:
        scene = Scene(os.path.abspath(sys.argv[1]), home)
        for name in sys.argv[2:] or parts:
            step, *rest = parts[name]
            attempts(step, scene, *rest)
    sys.exit(1 if house.failures else 0)


if __name__ == "__main__":
    main()

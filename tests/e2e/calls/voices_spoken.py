# SPDX-License-Identifier: Apache-2.0
"""voices_spoken.py - an agent that speaks through a voice over the network: heard by a real telephone, silenced on the wire by
an interruption, and gone on with by the embedded voice when the network's dies in the middle of a sentence."""
import audioop
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
import wave

import house
from house import ROOT, Server, check

sys.path.insert(0, os.path.join(ROOT, "tests", "standins"))
VOICE = "kal16"  # The stand-in's; the embedded voice is slt, so that one is not taken for the other.
GREETING = "This is {agent}. We are glad that you have called us today, and we will be happy to help with anything that you need. " \
           "Please tell me in a few words what it is about, and I will find the right person for you."


def agents_greet(server, greeting):
    """The agent's files, speaking through the stand-in."""
    path = os.path.join(server.conf, "agents", "front-desk.md")
    text = open(path, encoding="utf-8").read()
    text = re.sub(r"(?m)^greeting:.*$", f"greeting: \"{greeting}\"\nspeak: [theirs]", text, count=1)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


class Speaking(Server):
    """A server whose front desk speaks through the stand-in."""

    def __init__(self, program, standin, greeting, kind="elevenlabs", scheme="http"):
        self.greeting = greeting
        self.providers = f"providers: {{theirs: {{kind: {kind}, url: \"{standin.url('', scheme)}\", key: \"file:key\", hard: 4s}}}}\n"
        super().__init__(program)

    def write(self, **changes):
        super().write(extra=self.providers, **changes)
        with open(os.path.join(self.conf, "key"), "w", encoding="utf-8") as out:
            out.write("sk-of-the-test\n")
        os.chmod(os.path.join(self.conf, "key"), 0o600)
        agents_greet(self, self.greeting)


def log_of(standin):
    return json.load(urllib.request.urlopen(standin.url("/standin/log"), timeout=5))


def until(standin, what, seconds=20, **more):
    """The first line of the stand-in's log that is this, or None."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = [line for line in log_of(standin) if line["what"] == what and all(line.get(name) == more[name] for name in more)]
        if found:
            return found[0]
        time.sleep(0.1)
    return None


def samples_at_8k(path):
    with wave.open(path) as sound:
        return audioop.ratecv(sound.readframes(sound.getnframes()), 2, 1, sound.getframerate(), 8000, None)[0]


def likeness(heard, words, home, begin_s, length_s):
    """How much of a piece of these words, spoken by the stand-in's voice, is found somewhere in what was heard: 0 to 1."""
    path = os.path.join(home, "words.wav")
    subprocess.run(["flite", "-voice", VOICE, "-t", words, "-o", path], check=True)
    spoken, ear = samples_at_8k(path), samples_at_8k(heard)
    piece = spoken[int(begin_s * 8000) * 2:int((begin_s + length_s) * 8000) * 2]
    at, factor = audioop.findfit(ear, piece)
    found = ear[at * 2:at * 2 + len(piece)]
    rest = audioop.add(found, audioop.mul(piece, 2, -factor), 2)
    return 1 - audioop.rms(rest, 2) / max(1, audioop.rms(found, 2))


def part_heard(program, standins, baresip):
    greeting = "Welcome to the network. These words come from far away."
    for kind, scheme in (("elevenlabs", "http"), ("cartesia", "ws")):
        with standins.Running("voices.py", {"key": "sk-of-the-test", "flite": VOICE, "speed": 2, "odd": True}) as standin:
            server = Speaking(program, standin, greeting, kind, scheme)
            mouth = os.path.join(server.home, "mouth.wav")
            with wave.open(mouth, "wb") as out:
                out.setnchannels(1), out.setsampwidth(2), out.setframerate(8000)
                out.writeframes(bytes(16000 * 12))
            until(standin, "said", text=greeting)
            heard = baresip(server, mouth, 9)
            like = likeness(heard, greeting, server.home, 0.6, 1.2)
            call = server.last()
            check(f"{kind}s_own_sound_is_heard_by_a_telephone", like > 0.5, like)
            check("fixed_words_were_asked_for_once",
                  [line["text"] for line in log_of(standin) if line["what"] == "says"].count(greeting) == 1, log_of(standin))
            check("and_the_account_has_them", greeting in " ".join(t["text"] for t in call.get("turns", [])), call)
            server.close()


def part_interrupted(program, standins):
    with standins.Running("voices.py", {"flite": VOICE, "speed": 1}) as standin:
        server = Speaking(program, standin, GREETING)
        code, out = server.call("interrupt my internet connection is not working\nexpect intent technical\nwait agent\nhangup\n")
        cancelled = [line for line in log_of(standin) if line["what"] == "cancelled" and "glad that you have called" in line["text"]]
        check("an_interruption_is_understood", code == 0, out)
        check("and_silences_the_voice_on_the_wire", cancelled and 0 < cancelled[0]["sound_ms"] < 9000, log_of(standin)[-12:])
        server.close()


def part_killed(program, standins):
    with standins.Running("voices.py", {"flite": VOICE, "speed": 1}) as standin:
        server = Speaking(program, standin, GREETING)
        caller = subprocess.Popen([program, "call", f"sip:100@{house.ADDRESS}:{server.port}", "--say", "goodbye", "--control",
                                   os.path.join(server.conf, "data", "control")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        check("the_voice_began", until(standin, "says"))
        end = time.monotonic() + 30
        while time.monotonic() < end and not any("glad" in line.get("text", "") for line in log_of(standin)):
            time.sleep(0.1)
        time.sleep(3)  # In the middle of its third second of ten; nothing else is measured by it.
        standin.process.kill()
        caller.communicate(timeout=120)
        call = server.last()
        words = " ".join(t["text"] for t in call.get("turns", []) if t["speaker"] == "agent")
        check("when_the_voice_dies_the_embedded_one_says_the_rest", "right person for you" in words, call.get("turns"))
        check("and_says_who_failed", "theirs could not speak to the end" in server.log_text(), server.log_text()[-2000:])
        code, out = server.call("wait agent\nhangup\n")
        call = server.last()
        words = " ".join(t["text"] for t in call.get("turns", []) if t["speaker"] == "agent")
        check("the_next_caller_is_greeted_all_the_same", code == 0 and "glad that you have called" in words, out + str(call.get("turns")))
        server.close()


def part_tried(program, standins):
    """`offhook providers test`, without a server."""
    with standins.Running("voices.py", {"key": "sk-of-the-test", "flite": VOICE, "speed": 4}) as standin, \
            tempfile.TemporaryDirectory() as home:
        url = standin.url("")
        shutil.copytree(os.path.join(ROOT, "examples", "front-desk"), os.path.join(home, "conf"))
        with open(os.path.join(home, "conf", "offhook.yaml"), "a", encoding="utf-8") as out:
            out.write(f"providers:\n  good: {{kind: elevenlabs, url: \"{url}\", key: \"${{GOOD_KEY}}\"}}\n"
                      f"  sockets: {{kind: cartesia, url: \"{standin.url('', 'ws')}\", key: \"${{GOOD_KEY}}\"}}\n"
                      f"  forgot: {{kind: openai-speech, url: \"{url}/v1\", key: \"${{BAD_KEY}}\"}}\n"
                      f"  away: {{kind: deepgram-aura, url: \"http://127.0.0.1:1\", key: \"${{GOOD_KEY}}\"}}\n")
        run = [program, "providers", "test", os.path.join(home, "conf")]
        env = {**os.environ, "GOOD_KEY": "sk-of-the-test", "BAD_KEY": "sk-old-and-secret"}
        done = subprocess.run([*run, "--json"], env=env, capture_output=True, text=True, timeout=120)
        rows = {row["provider"]: row for row in map(json.loads, done.stdout.splitlines())}
        good = [rows.get(name, {}) for name in ("good", "sockets")]
        check("voices_that_work_are_timed", all(row.get("good") and 0 < row["first_ms"] <= row["total_ms"] and row["sound_ms"] > 1500
              and 0.1 < row["real_time_factor"] < 2 for row in good), done.stdout + done.stderr)
        check("a_wrong_key_is_said_with_its_cure_and_not_shown", rows["forgot"]["why"].startswith("401") and "key" in rows["forgot"]["cure"]
              and "sk-" not in done.stdout + done.stderr, done.stdout)
        check("so_is_one_that_is_not_there", "connection" in rows["away"]["why"] and "runs" in rows["away"]["cure"], done.stdout)
        check("which_is_no_success", done.returncode == 1, done.returncode)
        done = subprocess.run([*run, "--only", "good"], env=env, capture_output=True, text=True, timeout=120)
        check("one_alone_is_a_table", done.returncode == 0 and re.search(r"good +\d+ ms +\d+ ms +\d\.\d+ +good", done.stdout), done.stdout)


def part_ears_tried(program, standins):
    """The same for a recogniser, which the embedded voice speaks to."""
    with standins.Running("ears.py", {"key": "sk-of-the-test", "words": ["your invoice was sent on monday"]}) as standin, \
            tempfile.TemporaryDirectory() as home:
        shutil.copytree(os.path.join(ROOT, "examples", "front-desk"), os.path.join(home, "conf"))
        with open(os.path.join(home, "conf", "offhook.yaml"), "a", encoding="utf-8") as out:
            out.write(f"providers:\n  ears: {{kind: deepgram, url: \"{standin.url('', 'ws')}\", key: \"${{GOOD_KEY}}\"}}\n"
                      f"  forgot: {{kind: deepgram, url: \"{standin.url('', 'ws')}\", key: \"${{BAD_KEY}}\"}}\n")
        done = subprocess.run([program, "providers", "test", os.path.join(home, "conf"), "--json"], capture_output=True, text=True,
                              env={**os.environ, "GOOD_KEY": "sk-of-the-test", "BAD_KEY": "sk-old-and-secret"}, timeout=120)
        rows = {row["provider"]: row for row in map(json.loads, done.stdout.splitlines())}
        check("a_recogniser_is_told_a_phrase", rows["ears"]["good"] and "invoice" in rows["ears"]["text"] and 0 < rows["ears"]["first_ms"] < 9000,
              done.stdout + done.stderr)
        check("and_a_wrong_key_is_said_there_too", not rows["forgot"]["good"] and "401" in rows["forgot"]["why"], done.stdout)


def part(program, baresip):
    standins = importlib.import_module("try")
    part_tried(program, standins)
    part_ears_tried(program, standins)
    part_heard(program, standins, baresip)
    house.attempts(part_interrupted, program, standins)
    house.attempts(part_killed, program, standins)

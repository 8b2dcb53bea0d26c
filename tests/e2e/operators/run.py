#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: callers who wait, and operators whose telephones are baresip consoles that have registered.

Parts: taken (the brief is heard, a key joins both, who hangs up ends it, codes and words change what an operator does),
not_taken (declined by a key, busy, let ring until put aside, a telephone that dies in mid-ring, two telephones of one,
a caller who hangs up in mid-ring). Sound is real: what the operator hears is compared with the brief as flite says it.
"""
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
import audioop # noqa: E402
import glob
import math
import os
import signal
import sqlite3
import subprocess
import sys
import time
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
from office import Office, check, need, wait_for # noqa: E402
import console # noqa: E402
import house # noqa: E402
from phone import Phone # noqa: E402
from telephones import SECRET # noqa: E402

BRIEF = ("Call about an invoice.", "The caller asks about an invoice.", "Press 1 to take it, 2 to decline.") # Made a sentence each.
CALLERS = "127.0.0.2" # A trunk; the operators prove who they are.
OTHER = "Thank you for calling our company today, we will be with you as soon as somebody is free again."


class Console(console.Console):
    """With the tone that all operators here have."""

    def __init__(self, server, user):
        super().__init__(server, user, 440)


# ---- What was heard ----

def envelope(sound, rate):
    step = rate // 50 * 2
    return [audioop.rms(sound[i:i + step], 2) for i in range(0, len(sound) - step, step)]


def spoken(words, folder):
    path = os.path.join(folder, "words.wav")
    subprocess.run([need("flite")[0], "-voice", "slt", "-t", words, "-o", path], check=True)
    with wave.open(path, "rb") as file:
        return envelope(file.readframes(file.getnframes()), file.getframerate())


def likeness(heard, words):
    """The best correlation of the words' loudness with what was heard, wherever it begins."""
    best = 0.0
    words = words[10:-10] # Silence at the ends is cut.
    if len(heard) < len(words):
        return 0.0
    mean = sum(words) / len(words)
    own = [w - mean for w in words]
    norm = math.sqrt(sum(w * w for w in own))
    for at in range(0, len(heard) - len(words) + 1):
        part = heard[at:at + len(words)]
        middle = sum(part) / len(part)
        there = math.sqrt(sum((p - middle) ** 2 for p in part))
        if there > 0:
            best = max(best, sum((p - middle) * w for p, w in zip(part, own)) / there / norm)
    return best


# ---- The house ----

def serve(program, wrap_up="2s", ring="8s"):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    users = ", ".join(f'{{name: {name}, password: "${{OFFHOOK_TEST_PHONES}}"}}' for name in ("anna", "ben"))
    return Office(program, source="tests/e2e/operators/desk", server="when-late: admit", manners="silence: 30s", digest="md5",
                  trunks=f'  - {{name: local, sources: ["{CALLERS}/32"]}}\nusers: [{users}]\n'
                  f'operators:\n  anna: {{label: Anna Keller, wrap-up: {wrap_up}}}\n  ben: {{label: Ben}}\n'
                  f'queues:\n  support: {{ring: {ring}, put-aside-after: 2}}')


def state(server, name):
    rows = (server.ask("operators") or {}).get("operators", [])
    return next((row["state"] for row in rows if row["name"] == name), "")


def written(server, name):
    path = next(path for path in glob.glob(os.path.join(server.conf, "data", "*"))
                if os.path.isfile(path) and open(path, "rb").read(15) == b"SQLite format 3")
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        row = database.execute("SELECT said FROM operators WHERE name = ?", (name,)).fetchone()
    return row[0] if row else ""


def becomes(server, name, wanted, seconds=15):
    got = wait_for(lambda: state(server, name) == wanted, seconds)
    if not got:
        print(f"# {name} is {state(server, name)}, not {wanted}")
    return got


def enters(server):
    """A caller in the queue."""
    caller = Phone(server, address=CALLERS, user="100")
    check("the_caller_is_answered", caller.dial() == 200, caller.answer)
    wait_for(lambda: caller.sound.loud() > 10, 10)
    caller.sound.key(1)
    return caller


def offers(call):
    return [(t["how"], t["target"], bool(t["done"]), t["detail"]) for t in call.get("transfers", [])]


def taken(program):
    server = serve(program)
    anna = Console(server, "anna")
    check("who_registers_is_available", becomes(server, "anna", "available"), anna.peer.log()[-600:])
    caller = enters(server)
    check("the_operator_rings", anna.rings(20) and becomes(server, "anna", "ringing"), anna.peer.log()[-600:])
    invite = anna.peer.log()
    check("headers_tell_who_and_why", "X-Offhook-Intent: invoice" in invite and "User-to-User: 04" in invite, invite[-1500:])
    anna.take()
    sentences = [spoken(words, anna.home) for words in BRIEF]

    def likest():
        return min(likeness(envelope(anna.heard(), 8000), words) for words in sentences)
    whole = wait_for(lambda: likest() > 0.9, 12, 0.3)
    best, other = likest(), likeness(envelope(anna.heard(), 8000), spoken(OTHER, anna.home))
    length = sum(len(words) for words in sentences) / 50
    print(f"# the brief is {length:.1f} s long; likeness {best:.2f}, of other words {other:.2f}")
    check("the_operator_hears_the_brief_under_ten_seconds", whole and other < 0.8 and length < 10, (best, other))
    since = time.monotonic()
    anna.key("1")
    joined = wait_for(lambda: caller.sound.loud(since) > 50, 10)
    check("a_key_joins_both", joined and becomes(server, "anna", "busy"), server.log_text()[-600:])
    caller.hang_up()
    call = server.last()
    check("the_account_tells_who_took_it", call.get("cause") == "caller_hung_up" and ("warm", "anna", True, "") in offers(call)
          and any(leg["role"] == "operator" and leg["party"] == "anna" for leg in call["legs"]), call)
    text = server.run("cdr", server.conf, "--format", "text", "--call", call["ref"]).stdout
    check("so_does_the_text_of_it", "anna" in text, text)
    check("then_a_wrap_up", becomes(server, "anna", "wrap_up", 5) and becomes(server, "anna", "available", 10))
    caller.close()
    done = server.run("operators", server.conf, "anna", "break")
    check("a_break_by_word", done.returncode == 0 and becomes(server, "anna", "break", 5), done.stderr)
    anna.tell("dial", f"*40")
    check("back_by_a_code", becomes(server, "anna", "busy", 8) and becomes(server, "anna", "available", 15), anna.peer.log()[-900:])
    caller = enters(server)
    check("offered_again", anna.rings(20), anna.peer.log()[-600:])
    anna.take()
    time.sleep(1)
    anna.key("1")
    check("taken_again", becomes(server, "anna", "busy", 10))
    anna.tell("hangup")
    call = wait_for(lambda: (lambda c: c if c.get("cause") == "callee_hung_up" else None)(server.last()), 10)
    check("the_operator_hangs_up_and_both_are_free", bool(call), server.last())
    caller.close()
    server.run("operators", server.conf, "anna", "break")
    check("the_break_is_written_down", wait_for(lambda: written(server, "anna") == "break", 5))
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()
    server.start()
    check("a_restart_keeps_the_break", becomes(server, "anna", "break", 30), server.ask("operators"))
    anna.close()
    server.close()


def staff(program):
    """Operators made, changed and removed while the server runs."""
    server = serve(program)
    server.run("operators", server.conf, "anna", "break")
    made = server.run("operators", server.conf, "carla", "set", "--answers-at", "anna", "--label", "Carla Roth").stdout
    check("an_operator_is_made_while_the_server_runs", "the server reads it now" in made and
          wait_for(lambda: state(server, "carla") == "offline", 10), made)
    check("the_others_keep_their_state", 
          any(row["name"] == "anna" and row["said"] == "break" for row in server.ask("operators")["operators"]), server.ask("operators"))
    wrong = server.run("operators", server.conf, "carla", "set", "--queues", "billing").stderr
    check("a_change_that_makes_no_sense_is_not_made", "nothing was changed" in wrong and
          "billing" not in open(os.path.join(server.conf, "operators", "carla.yaml")).read(), wrong)
    console = Console(server, "anna")
    check("their_telephone_makes_them_available", becomes(server, "carla", "available"))
    caller = enters(server)
    check("and_rings_for_a_caller", console.rings(20))
    console.take()
    time.sleep(1)
    console.key("1")
    check("who_is_then_theirs", becomes(server, "carla", "busy", 10), server.ask("operators"))
    server.run("operators", server.conf, "carla", "remove")
    time.sleep(2)
    check("removed_the_call_goes_on", caller.sound.loud() > 0 and state(server, "carla") in ("busy", ""), server.ask("operators"))
    caller.hang_up()
    check("and_then_they_are_gone", wait_for(lambda: state(server, "carla") == "", 10), server.ask("operators"))
    caller.close()
    console.close()
    server.close()


def not_taken(program):
    server = serve(program)
    anna, ben = Console(server, "anna"), Console(server, "ben")
    check("both_are_available", becomes(server, "anna", "available") and becomes(server, "ben", "available"))
    caller = enters(server)
    first = wait_for(lambda: next((c for c in (anna, ben) if "Incoming call" in c.peer.log()), None), 20)
    second = ben if first is anna else anna
    first.take()
    time.sleep(1)
    first.key("2")
    check("declined_by_a_key_the_next_is_rung", second.rings(10) and becomes(server, first.user, "available", 5))
    second.tell("hangup")
    check("busy_is_a_decline_too", becomes(server, second.user, "available", 8), server.ask("operators"))
    caller.hang_up()
    call = server.last()
    said = [o[3] for o in offers(call)]
    check("both_are_in_the_account", any(s.startswith("declined: by a key") for s in said) and sum(s.startswith("declined") for s in said) >= 2, call)
    caller.close()
    server.run("operators", server.conf, "ben", "offline")
    becomes(server, "ben", "offline", 5)
    caller = enters(server)
    anna.taken = anna.peer.log().count("Incoming call")
    check("let_ring_in_vain_twice_she_is_put_aside", becomes(server, "anna", "aside", 70), server.ask("operators"))
    server.run("operators", server.conf, "anna", "available")
    check("available_brings_her_back_and_rings", becomes(server, "anna", "ringing", 40), server.ask("operators"))
    log = anna.peer.log()
    caller.hang_up()
    check("a_caller_who_goes_takes_the_ringing_along", becomes(server, "anna", "available", 8), server.ask("operators"))
    caller.close()
    double = Console(server, "anna")
    wait_for(lambda: len([p for p in server.ask("phones")["phones"] if p["user"] == "anna"]) == 2, 15)
    caller = enters(server)
    check("both_telephones_ring", double.rings(20) and wait_for(lambda: anna.peer.log().count("Incoming call") > log.count("Incoming call"), 5))
    double.take()
    check("the_other_is_told_that_it_was_answered_elsewhere",
          wait_for(lambda: 'cause=200;text="Call completed elsewhere"' in anna.peer.log(), 8), anna.peer.log()[-900:])
    double.key("1")
    check("and_it_is_taken", becomes(server, "anna", "busy", 8))
    caller.hang_up()
    caller.close()
    becomes(server, "anna", "available", 15)
    anna.peer.process.send_signal(signal.SIGKILL)
    double.taken = double.peer.log().count("Incoming call")
    caller = enters(server)
    check("with_one_telephone_dead_the_other_rings", double.rings(20))
    double.take()
    time.sleep(1)
    double.key("1")
    check("and_takes_the_call", becomes(server, "anna", "busy", 10), server.ask("operators"))
    caller.hang_up()
    caller.close()
    for one in (anna, ben, double):
        one.close()
    server.close()


PARTS = {"taken": taken, "not_taken": not_taken, "staff": staff}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

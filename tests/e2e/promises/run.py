#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: callers to whom nobody can come, with real sound and a server that is killed.

Parts: message (a caller hears the beep, speaks, and is written down), kept (a callback that is promised is made once,
whenever the server is killed). Prints `ok name` for what held.
"""
import audioop
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "legs"))
import callee # noqa: E402,F401
import house # noqa: E402
from callee import Callee, LOOPBACK, Office, Phone, check, header, hears, trunk, wait_for # noqa: E402
from office import need # noqa: E402

NUMBER = "+14155550123"
WORDS = "please call me back about my invoice it is wrong"
POUND = 11


class Desk(Office):
    def __init__(self, program, callee=None, more="", **changes):
        trunks = trunk("carrier", callee) + "outbound: [carrier]\n" if callee else \
            f'  - {{name: local, sources: ["{LOOPBACK}"]}}\n'
        super().__init__(program, os.path.relpath(os.path.join(HERE, "desk"), house.ROOT), trunks=trunks + more,
                         server="when-late: admit", capture="false", **changes)

    def tasks(self, verb, *options):
        lines = self.run(verb, self.conf, "--json", "--all", *options).stdout.splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def state(self, verb, call):
        return [task["state"] for task in self.tasks(verb) if task["call"] == call]


def caller(server):
    phone = Phone(server)
    taken = phone.dial(from_line=f"<sip:{NUMBER}@{LOOPBACK}>")
    check("the_call_is_answered", taken == 200, taken)
    wait_for(lambda: phone.sound.loud() > 10, 8)
    return phone


def speech(words):
    """As mu-law, 8 kHz."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words.wav")
        subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", path], check=True)
        with wave.open(path) as sound:
            rate, frames = sound.getframerate(), sound.readframes(sound.getnframes())
    return audioop.lin2ulaw(audioop.ratecv(frames, 2, 1, rate, 8000, None)[0], 2)


def message(program):
    need("flite")
    server = Desk(program, places=4)
    phone = caller(server)
    phone.sound.key(1)
    check("a_beep_is_heard", hears(phone, 1000, 20))
    time.sleep(0.6)
    words = speech(WORDS)
    with phone.sound.lock:
        phone.sound.mouth = words
    wait_for(lambda: not phone.sound.mouth, 30)
    check("the_message_is_known_while_it_is_left",
          [task["state"] for task in server.tasks("messages")] == ["recording"], server.tasks("messages"))
    time.sleep(0.3)
    since = time.monotonic()
    phone.sound.key(POUND)
    check("the_caller_is_told", wait_for(lambda: phone.sound.loud(since) > 20, 8))
    bye = phone.expect("BYE", 20)
    phone.reply(bye)
    left = wait_for(lambda: [task for task in server.tasks("messages") if task["state"] == "new" and task["file"]], 15) or [{}]
    check("it_is_written_down", "invoice" in left[0].get("text", "") and left[0].get("party") == NUMBER, server.tasks("messages"))
    path = os.path.join(server.conf, "data", "captures", left[0].get("file", ""))
    with wave.open(path) as sound:
        seconds = sound.getnframes() / sound.getframerate()
    check("its_sound_is_in_a_file_of_its_own", "-message" in path and abs(seconds - len(words) / 8000) < 3, (path, seconds))
    done = server.run("messages", server.conf, left[0]["call"], "heard")
    check("somebody_has_heard_it", done.returncode == 0 and server.state("messages", left[0]["call"]) == ["heard"], done.stderr)
    replayed = server.run("replay", server.conf)
    check("it_replays_the_same", replayed.returncode == 0, replayed.stdout + replayed.stderr)

    phone = caller(server)
    phone.sound.key(1)
    hears(phone, 1000, 20)
    with phone.sound.lock:
        phone.sound.mouth = words
    time.sleep(3.2)
    server.kill()
    phone.close()
    server.start()
    found = wait_for(lambda: [task for task in server.tasks("messages") if task["why"].startswith("the server stopped") and task["file"]], 15)
    check("a_message_of_a_server_that_was_killed_is_found", found and found[0]["state"] == "new", server.tasks("messages"))
    server.close()


def promised(server):
    """The reference of a call in which a callback is promised, which is durable."""
    known = {task["call"] for task in server.tasks("callbacks")}
    phone = caller(server)
    phone.sound.key(2)
    time.sleep(0.5)
    phone.sound.key(1)
    new = wait_for(lambda: [task["call"] for task in server.tasks("callbacks") if task["call"] not in known], 10)
    phone.hang_up()
    phone.close()
    check("a_callback_is_promised", new, server.tasks("callbacks"))
    return new[0] if new else ""


def kept(program):
    callee = Callee()
    server = Desk(program, callee, "callbacks: {after: 1s, again: 2s, attempts: 9}\n")
    seed = random.randrange(1000)
    chance = random.Random(seed)
    for trial in range(4):
        ref = promised(server)
        time.sleep(chance.uniform(0, 2))
        server.kill()
        while callee.receive(0.2):
            pass # What came of the server that is dead.
        server.start()
        invite = callee.invited(30)
        name = f"trial {trial} of seed {seed}"
        check("the_caller_is_called", invite.startswith(f"INVITE sip:{NUMBER}@"), (name, invite, server.tasks("callbacks")))
        callee.ring()
        took = callee.take()
        check("and_told_why", took and wait_for(lambda: callee.sound.loud() > 20, 8), name)
        if trial % 2: # Reached is kept, also when the server dies then.
            wait_for(lambda: server.state("callbacks", ref) == ["kept"], 5)
            server.kill()
            server.start()
        else:
            callee.hang_up()
        check("the_promise_is_kept", wait_for(lambda: server.state("callbacks", ref) == ["kept"], 5), (name, server.tasks("callbacks")))
        check("and_nobody_is_called_again", not callee.invited(5), (name, server.tasks("callbacks")))
    replayed = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", replayed.returncode == 0, replayed.stdout + replayed.stderr)

    ref = promised(server)
    cancelled = server.run("callbacks", server.conf, ref, "cancel")
    check("a_callback_is_cancelled_by_hand", cancelled.returncode == 0
          and wait_for(lambda: server.state("callbacks", ref) == ["cancelled"], 5) and not callee.invited(4),
          (cancelled, server.tasks("callbacks")))
    ref = promised(server)
    done = server.run("callbacks", server.conf, ref, "done")
    check("and_one_that_is_done_is_not_called_either", done.returncode == 0
          and wait_for(lambda: server.state("callbacks", ref) == ["done"], 5) and not callee.invited(4)
          and server.state("callbacks", ref) == ["done"], (done, server.tasks("callbacks")))
    server.close(), callee.close()


PARTS = {"message": message, "kept": kept}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

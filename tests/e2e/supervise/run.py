#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: a supervisor's telephone in calls of others; it and the operator's are baresip that registered.

Parts: modes (listens to the voice agent, then to an operator; whispers, barges in, takes over: everybody has a tone of
their own, and each must hear what is theirs and nothing else), rights (who may not, by socket and by code; a second
supervisor; rung by the socket, ended by it), threads (an operator who may supervises calls on each of three media
threads), gone (the supervisor's telephone is killed). Sound is real.
"""
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
import audioop # noqa: E402
import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
from office import Office, check, wait_for # noqa: E402
from console import Console, share, tone # noqa: E402
import house # noqa: E402
from phone import Phone # noqa: E402
from telephones import SECRET # noqa: E402

CALLERS = "127.0.0.2" # A trunk; the others prove who they are.
CALLER, ANNA, CLARA, BEEP = 700, 440, 1300, 1000


def serve(program, supervisors="chief: {telephones: [clara], operators: [anna], agents: [front-desk]}", tell="tell-every: 2s",
          manners="silence: 60s", anna="label: Anna", **changes):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    users = ", ".join(f'{{name: {name}, password: "${{OFFHOOK_TEST_PHONES}}"}}' for name in ("anna", "clara", "dora"))
    return Office(program, source="tests/e2e/supervise/desk", server="when-late: admit", manners=manners, digest="md5",
                  trunks=f'  - {{name: local, sources: ["{CALLERS}/32"]}}\nusers: [{users}]\n'
                  f"operators:\n  anna: {{{anna}}}\nqueues:\n  support: {{ring: 20s}}\n"
                  f"{f'supervisors:{chr(10)}  {supervisors}{chr(10)}' if supervisors else ''}supervision: {{{tell}}}", **changes)


def state(server, name):
    rows = (server.ask("operators") or {}).get("operators", [])
    return next((row["state"] for row in rows if row["name"] == name), "")


def there(server, user):
    return wait_for(lambda: any(p["user"] == user for p in server.ask("phones")["phones"]), 15)


def frames_loud(sound):
    return sum(1 for at in range(0, len(sound) - 320, 320) if audioop.rms(sound[at:at + 320], 2) > 200)


class Caller(Phone):
    """Somebody who hums."""

    def __init__(self, server):
        super().__init__(server, address=CALLERS, user="100")

    def hum(self, seconds=60):
        with self.sound.lock:
            self.sound.mouth = audioop.lin2ulaw(tone(CALLER, seconds), 2)

    def hush(self):
        with self.sound.lock:
            self.sound.mouth = b""

    def heard(self, since, until=None):
        return b"".join(audioop.ulaw2lin(payload, 2) for at, kind, payload, _ in list(self.sound.heard)
                        if kind == 0 and len(payload) == 160 and at >= since and (until is None or at <= until))

    def hears(self, hertz, seconds=10, least=0.15):
        return bool(wait_for(lambda: share(self.heard(time.monotonic() - 0.5), hertz) > least, seconds, 0.2))


def supervisions(server):
    call = server.last()
    return [(row["supervisor"], row["mode"], row["state"]) for row in call.get("supervisions", [])]


def reference(server):
    return (server.ask("calls") or {}).get("calls", [{}])[0].get("ref", "")


def supervision(server):
    return (server.ask("calls") or {}).get("calls", [{}])[0].get("supervision", {})


def begins(server, mode, state="began", seconds=15):
    return wait_for(lambda: (supervision(server).get("mode"), supervision(server).get("state")) == (mode, state), seconds)


def joined(server, caller, anna):
    caller.sound.key(1)
    check("the_operator_rings", anna.rings(30), anna.peer.log()[-600:])
    anna.take()
    time.sleep(1)
    anna.key("1")
    caller.hum()
    return check("caller_and_operator_hear_each_other", caller.hears(ANNA) and anna.hears(CALLER), server.log_text()[-600:])


def modes(program):
    server = serve(program, tell="tell-every: 2s")
    anna, clara = Console(server, "anna", ANNA), Console(server, "clara", CLARA)
    check("both_have_registered", there(server, "anna") and there(server, "clara"))
    caller = Caller(server)
    check("the_caller_is_answered", caller.dial() == 200, caller.answer)
    wait_for(lambda: caller.sound.loud() > 10, 10)
    clara.dial("*51")
    check("the_supervisor_listens_to_the_agent", begins(server, "listen"), clara.peer.log()[-800:])
    check("the_caller_is_told_by_a_tone", caller.hears(BEEP, least=0.2), server.log_text()[-400:])
    before, since = len(clara.heard()), time.monotonic()
    caller.sound.key(2)
    wait_for(lambda: caller.sound.loud(since) > 120, 15)
    words = wait_for(lambda: frames_loud(clara.heard()[before:]) > 100, 5, 0.2) # Tones alone are 20 a two seconds.
    check("and_hears_what_the_agent_says", words, (frames_loud(clara.heard()[before:]), caller.sound.loud(since)))
    time.sleep(5)
    caller.hum(3)
    check("and_what_the_caller_says", clara.hears(CALLER), server.log_text()[-400:])
    check("which_hears_nothing_of_the_supervisor", share(caller.heard(since), CLARA) < 0.02, share(caller.heard(since), CLARA))
    clara.tell("hangup")
    check("who_hangs_up_is_out_of_it", begins(server, "listen", "over"))
    caller.hush()
    joined(server, caller, anna)
    clara.dial("*51anna")
    check("listens_to_the_operator", begins(server, "listen"), clara.peer.log()[-800:])
    check("and_hears_both", clara.hears(CALLER) and clara.hears(ANNA))
    check("both_are_told_by_a_tone", caller.hears(BEEP, least=0.15) and anna.hears(BEEP, least=0.15))
    since = time.monotonic()
    clara.key("2")
    check("whispers", begins(server, "whisper") and anna.hears(CLARA), server.log_text()[-400:])
    time.sleep(2)
    until = time.monotonic()
    check("which_the_caller_does_not_hear", share(caller.heard(since, until), CLARA) < 0.01, share(caller.heard(since, until), CLARA))
    clara.key("3")
    check("barges_in_and_both_hear_it", begins(server, "barge-in") and caller.hears(CLARA) and anna.hears(CLARA))
    clara.key("4")
    check("takes_over", begins(server, "take-over", "over") and clara.hears(CALLER) and caller.hears(CLARA, least=0.6))
    check("and_the_operator_is_out_of_it", wait_for(lambda: state(server, "anna") in ("available", "wrap_up"), 8), server.ask("operators"))
    caller.hang_up()
    call = server.last()
    check("the_account_has_all_of_it", [row for row in supervisions(server)] == [
        ("chief", "listen", "over"), ("chief", "listen", "over"), ("chief", "whisper", "over"),
        ("chief", "barge-in", "over"), ("chief", "take-over", "over")], call)
    rows = call.get("supervisions", [])
    check("with_who_was_told", all(r["caller_told"] == "tone" and r["from"] and r["until"] for r in rows), rows)
    check("and_the_transfer", any(t["how"] == "take-over" and t["done"] for t in call["transfers"]), call["transfers"])
    text = server.run("cdr", server.conf, "--format", "text", "--call", call["ref"]).stdout
    check("so_has_its_text", "chief: whisper" in text, text)
    for one in (caller, anna, clara):
        one.close()
    server.close()


def rights(program):
    server = serve(program, "chief: {telephones: [clara], operators: [anna]}")
    clara, dora = Console(server, "clara", CLARA), Console(server, "dora", ANNA)
    check("both_have_registered", there(server, "clara") and there(server, "dora"))
    caller = Caller(server)
    check("the_caller_is_answered", caller.dial() == 200, caller.answer)
    wait_for(lambda: caller.sound.loud() > 10, 10)
    ref = reference(server)
    done = server.run("supervise", server.conf, ref, "--with", "dora")
    check("no_supervisor_is_refused", done.returncode == 1 and "no supervisor" in done.stderr, done.stderr)
    done = server.run("supervise", server.conf, ref, "--with", "clara")
    check("nor_is_every_call_theirs", done.returncode == 1 and "not of this call" in done.stderr, done.stderr)
    dora.dial("*51")
    check("who_dials_hears_why", wait_for(lambda: audioop.rms(dora.heard()[-16000:] or b"\0\0", 2) > 400, 15, 0.2), dora.peer.log()[-600:])
    check("and_the_call_ends", wait_for(lambda: "terminated" in dora.peer.log().lower() or "closed" in dora.peer.log().lower(), 15),
          dora.peer.log()[-600:])
    caller.hang_up()
    caller.close()
    for one in (clara, dora):
        one.close()
    server.close()
    server = serve(program, "chief: {telephones: [clara], everything: true}", "tell-caller: nothing")
    clara = Console(server, "clara", CLARA)
    there(server, "clara")
    caller = Caller(server)
    caller.dial()
    wait_for(lambda: caller.sound.loud() > 10, 10)
    caller.hum()
    asked = subprocess.Popen([server.program, "supervise", server.conf, reference(server), "--with", "clara"],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    check("the_socket_rings_the_telephone", clara.rings(20), clara.peer.log()[-600:])
    clara.take()
    said, _ = asked.communicate(timeout=30)
    check("and_says_when_it_is_in", asked.returncode == 0 and "chief: listen" in said, said)
    check("who_hears_the_caller", clara.hears(CALLER), server.log_text()[-400:])
    done = server.run("supervise", server.conf, reference(server), "--mode", "end")
    check("the_socket_ends_it", done.returncode == 0 and begins(server, "listen", "over"), done.stderr)
    caller.hang_up()
    caller.close()
    clara.close()
    server.close()


def threads(program):
    """Calls on each of three threads; the supervisor, an operator by herself, dials in to the one on the third."""
    server = serve(program, "", "tell-caller: words", "silence: 60s, no-audio: 2s, no-audio-end: 6s",
                   "label: Anna, supervisor: true, answers-at: [clara]", threads=3)
    clara = Console(server, "clara", CLARA)
    check("the_supervisor_has_registered", there(server, "clara"))
    callers = []
    for number in range(3):
        callers.append(Caller(server))
        check("a_caller_is_answered", callers[-1].dial() == 200, callers[-1].answer)
        wait_for(lambda: callers[-1].sound.loud() > 10, 10)
        callers[-1].hum(600)
    for number in range(2): # The longest that is theirs is on the first thread, then on the second, at last on the third.
        clara.dial("*51")
        check("the_supervisor_listens", begins(server, "listen"), server.ask("calls"))
        check("and_hears_on_that_thread", clara.hears(CALLER), server.log_text()[-400:])
        callers[number].hang_up()
        check("which_ends_with_the_call", wait_for(lambda: len(server.ask("calls")["calls"]) == 2 - number, 10))
    clara.dial("*51")
    check("listens_on_the_third", begins(server, "listen") and clara.hears(CALLER), server.ask("calls"))
    caller = callers[2]
    clara.key("4")
    check("takes_over_there", begins(server, "take-over", "over") and clara.hears(CALLER) and caller.hears(CLARA, least=0.6))
    media = server.ask("status")["media"]
    check("no_hearing_was_refused", media["hearing_refused"] == 0, media)
    for one in (*callers, clara):
        one.close()
    server.close()


def gone(program):
    """A supervisor's telephone that is killed in a whisper: the two go on, and it is let go."""
    server = serve(program, manners="silence: 60s, no-audio: 2s, no-audio-end: 6s", threads=2)
    anna, clara = Console(server, "anna", ANNA, 240), Console(server, "clara", CLARA)
    check("both_have_registered", there(server, "anna") and there(server, "clara"))
    caller = Caller(server)
    check("the_caller_is_answered", caller.dial() == 200, caller.answer)
    wait_for(lambda: caller.sound.loud() > 10, 10)
    joined(server, caller, anna)
    caller.hum(600)
    clara.dial("*53anna")
    check("barges_in", begins(server, "barge-in") and caller.hears(CLARA), clara.peer.log()[-800:])
    os.killpg(clara.peer.process.pid, signal.SIGKILL)
    check("whose_telephone_dies_is_out_of_it", begins(server, "barge-in", "over", 60), supervision(server))
    check("the_two_hear_each_other", caller.hears(ANNA) and anna.hears(CALLER))
    server.run("operators", server.conf, "anna", "available")
    caller.hang_up()
    rows = server.last().get("supervisions", [])
    check("the_account_says_why", rows and rows[-1]["why"].startswith("no sound came"), rows)
    for one in (caller, anna, clara):
        one.close()
    server.close()


PARTS = {"modes": modes, "rights": rights, "threads": threads, "gone": gone}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""callbacks.py PROGRAM: callbacks that a queue promised: an operator on a baresip console first, then the caller's
telephone; the place kept over a server that is killed. Prints `ok name` for what held.
"""
import json
import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
from run import CALLERS, SECRET, Console, Office, becomes, envelope, house, likeness, spoken # noqa: E402
sys.path.insert(0, os.path.join(HERE, "..", "legs"))
from callee import Callee, says # noqa: E402
from office import LOOPBACK, check, wait_for # noqa: E402
from phone import Phone # noqa: E402

FIRST, SECOND = "+14155550123", "+14155550177"
BRIEF = ("Press 1 to take it, 2 to decline.", "I am calling")
HZ = 700


def serve(program, carrier):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    return Office(program, source="tests/e2e/operators/desk", server="when-late: admit", digest="md5",
                  manners="silence: 30s",
                  trunks=f'  - {{name: local, sources: ["{CALLERS}/32"]}}\n'
                  f'  - {{name: carrier, host: "{LOOPBACK}:{carrier.port}", transport: udp}}\noutbound: [carrier]\n'
                  'users: [{name: anna, password: "${OFFHOOK_TEST_PHONES}"}]\n'
                  'operators:\n  anna: {label: Anna Keller, wrap-up: 1s}\n'
                  'queues:\n  support: {ring: 20s, ageing: 0s}\n'
                  'callbacks: {after: 1s, again: 3s, attempts: 5}')


def tasks(server, number=None):
    lines = server.run("callbacks", server.conf, "--json", "--all").stdout.splitlines()
    rows = [json.loads(line) for line in lines if line.startswith("{")]
    return [row for row in rows if number in (None, row["party"])]


def waits(server, number):
    """A caller who is in the queue."""
    phone = Phone(server, address=CALLERS, user="100")
    taken = phone.dial(from_line=f"<sip:{number}@{CALLERS}>")
    check("the_caller_is_answered", taken == 200, phone.answer)
    wait_for(lambda: phone.sound.loud() > 10, 10)
    phone.sound.key(1)
    return phone


def waiting(server):
    rows = (server.ask("queues") or {}).get("queues", [])
    return next((row["waiting"] for row in rows if row["queue"] == "support"), 0)


def takes(anna, name):
    check(name, anna.rings(30), anna.peer.log()[-900:])
    anna.take()
    time.sleep(1)


def heard(anna, words):
    return likeness(envelope(anna.heard(), 8000), spoken(words, anna.home))


def promised_and_killed(server):
    """One asks to be called back, one goes on waiting; then the server is killed."""
    first = waits(server, FIRST)
    check("one_waits", wait_for(lambda: waiting(server) == 1, 10), server.ask("queues"))
    second = waits(server, SECOND)
    check("two_wait", wait_for(lambda: waiting(server) == 2, 10), server.ask("queues"))
    first.sound.key(1) # Call me back,
    time.sleep(1)
    first.sound.key(1) # at this number.
    check("a_callback_is_promised", wait_for(lambda: tasks(server, FIRST), 10), tasks(server))
    check("its_place_stays_in_the_queue", wait_for(lambda: tasks(server, FIRST)[0]["in_queue_since"] and waiting(server) == 2, 10),
          (tasks(server), server.ask("queues")))
    bye = first.expect("BYE", 30)
    if bye:
        first.reply(bye)
    text = server.run("callbacks", server.conf).stdout
    check("offhook_callbacks_shows_it", "in the queue, place of" in text, text)
    server.kill()
    first.close(), second.close()
    server.start()
    both = wait_for(lambda: len([row for row in tasks(server) if row["in_queue_since"]]) == 2, 20)
    check("after_it_both_stand_in_their_old_places", both and wait_for(lambda: waiting(server) == 2, 10)
          and tasks(server, FIRST)[0]["in_queue_since"] < tasks(server, SECOND)[0]["in_queue_since"], tasks(server))


def joined(server, anna, carrier):
    server.run("operators", server.conf, "anna", "available")
    takes(anna, "an_operator_is_rung_first")
    invite = anna.peer.log()
    check("for_the_one_who_came_first", f"X-Offhook-Caller: {FIRST}" in invite and "X-Offhook-Queue: support" in invite, invite[-1500:])
    check("nobody_else_is_called_before_the_key", not carrier.invited(1))
    check("the_operator_hears_what_it_is", wait_for(lambda: heard(anna, BRIEF[0]) > 0.85, 15, 0.3), heard(anna, BRIEF[0]))
    anna.key("1")
    since = time.monotonic()
    called = carrier.invited(10)
    check("then_the_caller_is_called", called.startswith(f"INVITE sip:{FIRST}@"), called)
    carrier.ring()
    time.sleep(1)
    check("the_caller_answers", carrier.take())
    says(carrier, HZ)
    ms = round(1000 * (time.monotonic() - since))
    check("and_hears_the_operator", wait_for(lambda: carrier.sound.loud() > 20, 8))
    quiet = len(anna.heard())
    check("who_hears_the_caller", wait_for(lambda: len(anna.heard()) > quiet + 16000 and max(
        envelope(anna.heard()[-8000:], 8000) or [0]) > 1000, 8), ms)
    check("while_they_talk_it_is_kept", wait_for(lambda: tasks(server, FIRST)[0]["state"] == "kept", 15), tasks(server))
    carrier.hang_up()
    row = tasks(server, FIRST)[0]
    call = wait_for(lambda: (lambda c: c if c.get("ended") else None)(server.whole(row["attempt"])), 10) or {}
    check("the_account_tells_who_made_it", any(t["how"] == "warm" and t["target"] == "anna" and t["done"] for t in call.get("transfers", []))
          and row["attempts"] == 1, call)


def busy_then_kept(server, anna, carrier):
    takes(anna, "the_next_one_follows")
    anna.key("1")
    called = carrier.invited(10)
    check("who_was_lost_is_called_too", called.startswith(f"INVITE sip:{SECOND}@"), called)
    carrier.refuse("486 Busy Here")
    check("busy_is_an_attempt_and_the_operator_is_told_and_free",
          wait_for(lambda: tasks(server, SECOND)[0]["attempts"] == 1, 5) and becomes(server, "anna", "ringing", 30), tasks(server))
    row = tasks(server, SECOND)[0]
    check("the_place_is_the_old_one", row["in_queue_since"] and row["state"] == "waiting", row)
    takes(anna, "and_rung_again_for_it")
    anna.key("2")
    check("declining_is_no_attempt", wait_for(lambda: becomes(server, "anna", "available", 5), 6) and tasks(server, SECOND)[0]["attempts"] == 1)
    takes(anna, "asked_again_later")
    anna.key("1")
    check("the_caller_is_called_again", carrier.invited(10).startswith(f"INVITE sip:{SECOND}@"))
    server.kill() # While it rings: the attempt is durable.
    while carrier.receive(0.2):
        pass
    server.start()
    check("killed_while_it_rang_the_next_attempt_follows", wait_for(lambda: becomes(server, "anna", "ringing", 40), 41), tasks(server))
    takes(anna, "the_operator_is_rung_again")
    anna.key("1")
    check("and_the_caller", carrier.invited(15).startswith(f"INVITE sip:{SECOND}@"), tasks(server))
    check("who_answers", carrier.take())
    check("and_was_reached", wait_for(lambda: tasks(server, SECOND)[0]["state"] == "kept", 15) and tasks(server, SECOND)[0]["attempts"] == 3, tasks(server))
    anna.tell("hangup")
    check("nobody_is_called_again", carrier.ended(6) and not carrier.invited(4), tasks(server))


def main(program):
    carrier = Callee()
    server = serve(program, carrier)
    anna = Console(server, "anna")
    check("who_registers_is_available", becomes(server, "anna", "available"), anna.peer.log()[-600:])
    server.run("operators", server.conf, "anna", "break")
    check("a_break", becomes(server, "anna", "break", 5))
    promised_and_killed(server)
    joined(server, anna, carrier)
    busy_then_kept(server, anna, carrier)
    replayed = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", replayed.returncode == 0, (replayed.stdout + replayed.stderr)[-600:])
    anna.close(), server.close(), carrier.close()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    main(os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: people, end to end: real speech, real telephones, what each hears, and the account of it.

Parts: spoken (an operator says yes, another says no; a telephone that sends the brief back accepts nothing), escalated
(who is unhappy twice is led to people, before who waits already), misunderstood (so is who is not understood), outage
(every provider dies: the local file, a message, and who is told), apart (the other two causes, by word and by key).
"""
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from desk import CALLER_HZ, OPERATOR_HZ, Caller, Desk, Operator, check, house, wait_for # noqa: E402
from outage import apart, outage # noqa: E402


def spoken(program):
    server = Desk(program, places=4)
    anna = Operator(server, "anna")
    check("the_operator_is_available", server.becomes("anna", "available"))
    caller = Caller(server)
    caller.sound.key(1)
    anna.takes()
    check("the_brief_is_heard", anna.hears_out(), len(anna.heard()))
    anna.says("yes please")
    check("a_yes_takes_the_call", server.becomes("anna", "busy"), server.log_text()[-600:])
    anna.hum()
    caller.hum()
    check("both_hear_each_other", caller.hears(OPERATOR_HZ) and anna.hears(CALLER_HZ))
    caller.hang_up()
    caller.close()
    check("it_is_in_the_account", ("warm", "anna", True, "") in server.offers(server.last()), server.offers(server.last()))

    server.becomes("anna", "available")
    anna.hush()
    caller = Caller(server)
    caller.sound.key(1)
    anna.takes()
    anna.hears_out()
    anna.says("no thank you")
    check("a_no_declines_it", server.becomes("anna", "available"), server.state("anna"))
    caller.hang_up()
    caller.close()
    check("by_a_word", any(offer[3] == "declined: by a word" for offer in server.offers(server.last())), server.offers(server.last()))
    anna.close()

    echo = Operator(server, "anna", echo=True)
    check("a_telephone_with_an_echo_is_there", server.becomes("anna", "available"), server.state("anna"))
    caller = Caller(server)
    caller.sound.key(1)
    echo.takes()
    check("which_hears_say_yes", echo.hears_out())
    check("and_has_not_taken_the_call", server.becomes("anna", "available", 30), server.state("anna"))
    caller.hang_up()
    caller.close()
    said = [offer[3] for offer in server.offers(server.last())]
    check("as_nobody_did", said and all(s.startswith("not answered") for s in said), said)
    echo.close()
    replayed = server.run("replay", server.conf)
    check("it_replays_the_same", replayed.returncode == 0, replayed.stdout + replayed.stderr)
    server.close()


def escalated(program):
    """One waits by a key; another is unhappy, twice, and is led to people by itself, before the first."""
    server = Desk(program, places=4)
    anna = Operator(server, "anna")
    check("the_operator_is_available", server.becomes("anna", "available"))
    server.run("operators", server.conf, "anna", "break")
    check("and_has_a_break", server.becomes("anna", "break"))
    calm = Caller(server, "101")
    calm.sound.key(1)
    check("the_first_caller_waits", wait_for(lambda: server.waiting("support") == 1, 20), server.ask("queues"))
    upset = Caller(server, "102")
    upset.says("my invoice is ridiculous")
    heard = wait_for(lambda: server.turns("102"), 20)
    check("once_is_not_enough", heard and heard[0]["sentiment"] == "frustrated" and server.waiting("support") == 1, heard)
    wait_for(lambda: not upset.silence(0.3, 0.1), 20)
    upset.says("my bill is wrong it is ridiculous")
    led = wait_for(lambda: server.waiting("support") == 2, 30)
    check("who_is_unhappy_twice_is_led_to_people", led, server.turns("102"))
    server.run("operators", server.conf, "anna", "available")
    anna.takes()
    check("and_goes_first", "X-Offhook-Caller: 102" in anna.peer.log() and "X-Offhook-Caller: 101" not in anna.peer.log())
    check("the_telephone_is_told_why", "X-Offhook-Sentiment: frustrated" in anna.peer.log()
          and "X-Offhook-Reason: the caller is frustrated" in anna.peer.log(), anna.peer.log()[-1500:])
    check("the_brief_is_heard", anna.hears_out(), len(anna.heard()))
    anna.says("yes")
    check("a_yes_takes_the_call", server.becomes("anna", "busy"), server.log_text()[-600:])
    anna.hum()
    upset.hum()
    check("both_hear_each_other", upset.hears(OPERATOR_HZ) and anna.hears(CALLER_HZ))
    upset.hang_up()
    upset.close()
    call = server.last()
    row = (call.get("passages") or [{}])[-1]
    check("it_is_in_the_account", row.get("state") == "answered" and row.get("priority") == 9 and row.get("position") == 1
          and row.get("operator") == "anna" and row.get("why") == "the caller is frustrated", row)
    anna.hush()
    anna.takes()
    check("then_the_first_caller", "X-Offhook-Caller: 101" in anna.peer.log(), anna.peer.log()[-900:])
    anna.hears_out()
    anna.key("1")
    check("is_taken_too", server.becomes("anna", "busy"))
    calm.hang_up()
    calm.close()
    anna.close()
    server.close()


def misunderstood(program):
    server = Desk(program, places=4)
    anna = Operator(server, "anna")
    check("the_operator_is_available", server.becomes("anna", "available"))
    lost = Caller(server, "103")
    for words in ("purple elephants are dancing on the ceiling", "seven green umbrellas sing in the kitchen"):
        lost.says(words)
        wait_for(lambda: not lost.silence(0.3, 0.1), 20)
    anna.takes()
    check("who_is_not_understood_twice_is_led_to_people_too",
          "X-Offhook-Reason: the caller was not understood" in anna.peer.log(), (server.turns("103"), anna.peer.log()[-900:]))
    anna.hears_out()
    anna.key("1")
    anna.hum()
    check("and_heard", lost.hears(OPERATOR_HZ))
    lost.hang_up()
    lost.close()
    row = (server.last().get("passages") or [{}])[-1]
    check("with_the_reason_in_the_account", row.get("why") == "the caller was not understood" and row.get("priority") == 0, row)
    anna.close()
    server.close()


PARTS = {"spoken": spoken, "escalated": escalated, "misunderstood": misunderstood, "outage": outage, "apart": apart}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: people, end to end: real speech, real telephones, what each hears, and the account of it.

Parts: spoken (an operator says yes, another says no; a telephone that sends the brief back accepts nothing).
"""
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from desk import CALLER_HZ, OPERATOR_HZ, Caller, Desk, Operator, check, house, wait_for # noqa: E402


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


PARTS = {"spoken": spoken}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

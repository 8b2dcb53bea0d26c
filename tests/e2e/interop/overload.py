# SPDX-License-Identifier: Apache-2.0
"""overload.py - too much of it: refused politely, and those who are up notice nothing."""
import os
import signal
import statistics
import subprocess
import sys
import time

import house
from office import HERE, LOOPBACK, Office, check, wait_for
from phone import Phone, header, status

STRANGER = "127.0.0.66"
TRUNK = f"  - {{name: local, sources: [\"{LOOPBACK}\"]}}"


def refusals(server):
    """The `detail` of those who were told to come back later."""
    return [row.get("detail") for row in server.cdr() if row["cause"] == "full"]


def refused(server, why):
    """One more call: 503, when to come again, and the reason in the account."""
    phone = Phone(server, sound=False)
    got = phone.dial()
    phone.close()
    after = header(phone.answer, "Retry-After")
    return got == 503 and after == "7" and wait_for(lambda: refusals(server)[-1:] == [why], 3)


def unhurt(phones, seconds=0.6):
    since = time.monotonic()
    time.sleep(seconds)
    return all(phone.sound.packets(since) > seconds * 50 * 0.8 for phone in phones)


def calls_at_once(program):
    server = Office(program, max_calls=4)
    phones = [Phone(server) for _ in range(4)]
    up = [phone.dial() for phone in phones]
    check("as_many_calls_as_max_calls_are_taken", up == [200] * 4, up)
    check("the_next_is_refused_with_503_and_when_to_come_again", refused(server, "overload: max-calls"),
          refusals(server))
    check("and_those_who_are_up_are_unhurt", unhurt(phones))
    phones[0].hang_up()
    again = Phone(server)
    check("one_goes_and_one_may_come", wait_for(lambda: again.dial() == 200, 5) and unhurt(phones[1:] + [again]))
    for phone in phones[1:] + [again]:
        check("each_ends_well", phone.hang_up() == 200)
        phone.close()
    phones[0].close()
    server.close()


def calls_a_second(program):
    server = Office(program, max_calls=16, server="max-calls-per-second: 3")
    phones = [Phone(server, sound=False) for _ in range(6)]
    for phone in phones:
        phone.send(phone.message("INVITE", phone.sdp()))
    got = [phone.expect("SIP/2.0 [2-6]") for phone in phones]
    codes = [status(answer) for answer in got]
    full = codes.count(503)  # One more has room for each third of a second that a busy machine takes.
    check("more_than_max_calls_per_second_are_refused", full in (2, 3) and codes.count(200) == 6 - full
          and refusals(server) == ["overload: max-calls-per-second"] * full, f"{codes} {refusals(server)}")
    for phone, answer in zip(phones, got):
        if status(answer) == 200:
            phone.learn(answer)
            phone.ack()
    time.sleep(1.1)
    late = Phone(server, sound=False)
    check("a_second_later_there_is_room", late.dial() == 200)
    for phone in phones + [late]:
        if phone.to_tag:
            phone.hang_up()
        phone.close()
    server.close()


def places(program):
    server = Office(program, places=2, speech="when-full: refuse")
    phones = [Phone(server) for _ in range(2)]
    up = [phone.dial() for phone in phones]
    check("where_all_are_to_be_heard_one_more_than_the_recognisers_is_refused",
          up == [200] * 2 and refused(server, "overload: recognisers"), f"{up} {refusals(server)}")
    check("who_has_a_place_keeps_it", unhurt(phones))
    for phone in phones:
        phone.hang_up()
        phone.close()
    server.ended()
    check("nobody_went_on_by_keys", not any(row.get("keys_only") for row in server.cdr()), server.cdr())
    server.close()


def late_media(program):
    """The server is made to stand still again and again, as too much work would make it."""
    server = Office(program)
    phone = Phone(server)
    dialed = phone.dial()
    end = time.monotonic() + 8
    while time.monotonic() < end and "overload: media tick" not in refusals_now(server):
        for _ in range(10):
            server.process.send_signal(signal.SIGSTOP)
            time.sleep(0.06)
            server.process.send_signal(signal.SIGCONT)
            time.sleep(0.05)
    check("while_sound_is_not_in_time_calls_are_refused_for_that",
          refused(server, "overload: media tick"), refusals(server))
    time.sleep(3.5)
    check("and_taken_again_when_it_is", refusals_now(server) == [])
    check("who_was_up_is_unhurt", dialed == 200 and unhurt([phone]) and phone.hang_up() == 200)
    phone.close()
    server.close()


def refusals_now(server):
    """Tries a call; why it was refused, if it was."""
    phone, before = Phone(server, sound=False), len(refusals(server))
    if phone.dial(seconds=2) == 200:
        phone.hang_up()
    phone.close()
    return refusals(server)[before:]


# ---- Floods ----

def honest(server, count=6, seconds=3.0):
    """Calls set up and held: (all well, median set-up in ms, worst p99 of what packets come too early or late in ms)."""
    phones, setups, spreads, well = [Phone(server) for _ in range(count)], [], [], True
    for phone in phones:
        begin = time.monotonic()
        well = phone.dial() == 200 and well
        setups.append((time.monotonic() - begin) * 1000)
    time.sleep(seconds)
    for phone in phones:
        times = [at for at, *_ in list(phone.sound.heard)]
        gaps = sorted(abs(b - a - 0.02) * 1000 for a, b in zip(times, times[1:]))
        well = well and len(times) > seconds * 50 * 0.8
        spreads.append(gaps[int(len(gaps) * 0.99)] if gaps else 1e9)
        well = phone.hang_up() == 200 and well
        phone.close()
    return well, statistics.median(setups), max(spreads)


def floods(program):
    server = Office(program, max_calls=64, trunks=TRUNK)
    before = honest(server)
    words = [sys.executable, os.path.join(HERE, "flood.py")]
    flooding = [subprocess.Popen([*words, *more], stdout=subprocess.PIPE, text=True) for more in (
        ("rtp", STRANGER, LOOPBACK, str(server.first_rtp), str(server.first_rtp + 128), "5000", "6"),
        ("register", STRANGER, LOOPBACK, str(server.port), "0", "1000", "6"))]
    time.sleep(0.5)
    during = honest(server)
    sent = [int(flood.communicate(timeout=20)[0] or 0) for flood in flooding]
    check("honest_calls_are_whole_without_a_flood", before[0], before)
    check("no_honest_call_is_lost_in_a_flood_of_rtp_and_register_guesses", during[0] and min(sent) > 3000,
          f"{during} {sent}")
    print(f"# set-up {before[1]:.1f} ms, in the flood {during[1]:.1f} ms (x {during[1] / before[1]:.2f}); p99 of packets "
          f"too early or late {before[2]:.1f} ms, {during[2]:.1f} ms (x {during[2] / before[2]:.2f})", flush=True)
    rows = server.ended()
    check("nobody_unknown_is_in_the_account", len(rows) == 12 and all(row["cause"] == "caller_hung_up" for row in rows),
          [row["cause"] for row in rows])
    server.close()


def part(program):
    calls_at_once(program)
    house.attempts(calls_a_second, program)
    places(program)
    late_media(program)
    house.attempts(floods, program, times=2)

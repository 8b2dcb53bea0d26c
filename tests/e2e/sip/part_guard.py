# SPDX-License-Identifier: Apache-2.0
"""Strangers who flood, guess and scan, from 127.0.0.2 and on; the trunk is 127.0.0.1."""
import os
import re
import signal
import time

import run
from part_accounts import challenges, digest, invite
from part_restart import worker_back
from run import SDP, check, header

STRANGER, OTHER, THIRD = "127.0.0.2", "127.0.0.3", "127.0.0.4"


def bans(harness):
    at = harness.mark()
    harness.order("bans")
    line = harness.wait_line("^bans", 2, at) or ""
    return {a: (int(left), int(times)) for a, left, times in re.findall(r"(\S+)=(\d+)/(\d+)", line)}


def wait_bans(harness, wanted, seconds=3):
    end = time.monotonic() + seconds
    while set(bans(harness)) != wanted and time.monotonic() < end:
        time.sleep(0.02)
    return set(bans(harness)) == wanted


def asks(harness, source, user="nobody", method="INVITE", headers=""):
    phone = run.Phone(harness, source=source)
    phone.send(phone.message(method, user=user, body=SDP if method == "INVITE" else "", headers=headers))
    answer = phone.expect("SIP/2.0 [2-6]", 0.8)
    if answer and method == "INVITE":
        phone.learn(answer)
        phone.send(phone.message("ACK", user, cseq=1))
    phone.close()
    return int(answer.split()[1]) if answer else None


def guesses(harness):
    got = [asks(harness, STRANGER) for _ in range(3)]
    check("a stranger's guesses are answered until it has failed three times", got == [404] * 3, str(got))
    check("then it is banned", wait_bans(harness, {STRANGER}), str(bans(harness)))
    got = [asks(harness, STRANGER, "answer"), asks(harness, STRANGER, method="OPTIONS")]
    check("and gets no answer at all", got == [None, None], str(got))
    check("others are not touched", asks(harness, OTHER, method="OPTIONS") == 200 and run.normal_call(harness))
    got = [asks(harness, run.ADDRESS) for _ in range(5)]
    check("a trunk's address may fail as often as it will", got == [404] * 5 and run.normal_call(harness), str(got))
    harness.order(f"ban {run.ADDRESS}")
    harness.order(f"unban {STRANGER}")
    check("a ban can be ended by hand, and a trunk cannot be banned by hand", wait_bans(harness, set()) and
          asks(harness, STRANGER, method="OPTIONS") == 200)


def scanners(harness):
    got = asks(harness, OTHER, method="OPTIONS", headers="User-Agent: Friendly-Scanner")
    check("a scanner is banned with its first message, which is not answered", got is None and
          wait_bans(harness, {OTHER}))
    check("and its address stays unheard with another name", asks(harness, OTHER, method="OPTIONS") is None)
    got = asks(harness, run.ADDRESS, method="OPTIONS", headers="User-Agent: friendly-scanner")
    check("on a trunk's address the name does not matter", got == 200)
    pid = harness.figures()["worker"]
    os.kill(pid, signal.SIGKILL)
    worker_back(harness, pid)
    check("a ban outlives the worker", asks(harness, OTHER, method="OPTIONS") is None)
    harness.order(f"unban {OTHER}")
    wait_bans(harness, set())


def rates(harness):
    phone = run.Phone(harness, source=THIRD)
    for _ in range(100):
        phone.send(phone.message("OPTIONS"))
    answers = 0
    while phone.expect("SIP/2.0 200", 0.5):
        answers += 1
    check("a stranger is answered twice its rate at once and then at its rate", 20 <= answers <= 60, str(answers))
    end = time.monotonic() + 5
    while harness.figures()["fast"] < 40 and time.monotonic() < end:
        time.sleep(0.05)
    check("what was over it is counted", harness.figures()["fast"] >= 40, str(harness.figures()))
    phone.close()
    time.sleep(1)
    phones = [run.Phone(harness) for _ in range(60)]
    for phone in phones:
        phone.send(phone.message("INVITE", body=SDP))
    taken, refused = 0, []
    for phone in phones:
        answer = phone.expect("SIP/2.0 [2-6]", 2) or ""
        phone.learn(answer)
        phone.send(phone.message("ACK", cseq=1))
        if answer.startswith("SIP/2.0 200"):
            taken += 1
            phone.user = "answer"
            phone.bye()
        elif answer.startswith("SIP/2.0 503"):
            refused.append(header(answer, "Retry-After"))
        phone.close()
    check("what the limb turns away itself is told to the core, in one word a second",
          bool(harness.wait_line("^SIP_AWAY .*count=", 3)), harness.lines[-3:])
    check("a trunk's new calls over its rate get 503 and when to try again",
          taken + len(refused) == 60 and taken >= 20 and set(refused) == {"5"}, f"{taken} {refused}")


def flood(harness):
    """A banned sender floods; honest calls of another address come through, all of them."""
    harness.order(f"ban {STRANGER}")
    wait_bans(harness, {STRANGER})
    bad = run.Phone(harness, source=STRANGER)
    dropped, good = harness.figures()["dropped"], 0
    text = bad.message("INVITE", body=SDP).encode()
    for _ in range(10):
        for _ in range(300):
            bad.send(text)
        good += run.normal_call(harness)
    check("a banned flood does not keep one honest call away", good == 10, str(good))
    end = time.monotonic() + 5 # The worker tells its figures twice a second.
    while harness.figures()["dropped"] - dropped < 2900 and time.monotonic() < end:
        time.sleep(0.05)
    check("every message of the flood was dropped unread", harness.figures()["dropped"] - dropped >= 2900 and
          bad.receive(0.2) is None, str(harness.figures()))
    bad.close()


def in_somebodys_name(path):
    """Who proved a password cannot be silenced by a packet that anybody can send in its name."""
    harness = run.Harness(path, "trunk:name=guest;user=guest;password=swordfish;authenticate=1",
                          "rate=100", "failures=3", "ban=60", "scanner=friendly-scanner")
    phone = run.Phone(harness, source=OTHER)
    uri = f"sip:answer@{run.ADDRESS}:{harness.port}"

    def call(password, nonce=""):
        challenge = challenges(invite(phone))["MD5"].replace('nonce="', 'nonce="' + nonce)
        answer = invite(phone, f'Authorization: {digest(challenge, "INVITE", uri, "guest", password)}')
        if answer and answer.startswith("SIP/2.0 200"):
            phone.learn(answer)
            phone.user = "answer"
            phone.send(phone.message("ACK", cseq=phone.cseq))
            phone.bye()
        return int(answer.split()[1]) if answer else None

    check("a telephone calls", call("swordfish") == 200)
    check("what names itself a scanner in its name is not answered",
          asks(harness, OTHER, method="OPTIONS", headers="User-Agent: friendly-scanner") is None)
    check("and bans nobody", call("swordfish") == 200)
    got = [asks(harness, OTHER, method="SUBSCRIBE", headers="Event: presence") for _ in range(4)]
    check("nor do requests that we refuse", got == [405] * 4 and call("swordfish") == 200, str(got))
    got = [call("guess", "0") for _ in range(4)]
    check("nor guesses of who did not receive our challenge", got == [401] * 4 and call("swordfish") == 200)
    got = [call("guess") for _ in range(3)]
    check("true guesses do", got == [401] * 3 and wait_bans(harness, {OTHER}), str(got))
    phone.close()
    harness.close()


def run_part(path):
    in_somebodys_name(path)
    harness = run.Harness(path, f"trunk={run.ADDRESS}", "rate=10", "calls=20", "failures=3", "ban=60",
                          "scanner=friendly-scanner\nsipvicious")
    try:
        guesses(harness)
        scanners(harness)
        flood(harness)
        rates(harness)
        check("no dialog is left", harness.figures().get("dialogs") == 0, str(harness.figures()))
    finally:
        harness.close()

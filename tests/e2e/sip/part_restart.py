# SPDX-License-Identifier: Apache-2.0
"""The worker dies in mid-call: the calls outlive it."""
import os
import re
import signal
import subprocess
import time

import run
from run import SDP, check


def worker_back(harness, old):
    end = time.monotonic() + 8
    while time.monotonic() < end:
        pid = harness.figures().get("worker", 0)
        if pid and pid != old:
            return pid
        time.sleep(0.02)
    return 0


def dialog_of(harness, at):
    line = harness.wait_line("^SIP_INVITE", 2, at) or ""
    return re.search(r"dialog=(\d+)", line).group(1)


def survives(harness, number, name, stream):
    way = "TCP" if stream else "UDP"
    phones = [run.Phone(harness, stream and i < 2) for i in range(4)]
    ids = []
    up = []
    for phone in phones:
        at = harness.mark()
        headers = "Allow: INVITE, BYE, UPDATE"
        if phone is phones[3]:
            headers = (f"Record-Route: <sip:{run.ADDRESS}:{phones[2].port};lr>\n"
                       "Record-Route: <sip:far.example;lr>")
        up.append(phone.call(headers=headers))
        ids.append(dialog_of(harness, at))
    ringing = run.Phone(harness)
    at = harness.mark()
    ringing.send(ringing.message("INVITE", user="ringing", body=SDP))
    ringing_id = dialog_of(harness, at)
    at = harness.mark()
    pid = harness.figures()["worker"]
    begun = time.monotonic()
    os.kill(pid, number)
    back = worker_back(harness, pid)
    print(f"# a new worker after {(time.monotonic() - begun) * 1000:.0f} ms", flush=True)
    check(f"the worker ended by {name} comes back ({way})", all(up) and back != 0)
    check(f"the core is told ({way}, {name})", bool(harness.wait_line("^LIMB_LOST", 2, at)))
    check(f"a call not yet confirmed is failed and released ({way}, {name})", bool(
        harness.wait_line(f"^SIP_FAILED.*dialog={ringing_id}", 2, at)
        and harness.wait_line(f"^SIP_RELEASED.*dialog={ringing_id}", 2, at)))
    if stream:  # The connections went with the worker; the callers make new ones.
        for phone in phones[:2]:
            again = run.Phone(harness, True)
            phone.socket.close()
            phone.socket, phone.port, phone.buffer = again.socket, again.port, b""
    got = phones[0].ask("INVITE", "SIP/2.0 200", body=SDP)
    phones[0].send(phones[0].message("ACK", cseq=phones[0].cseq))
    check(f"their re-INVITE works afterwards ({way}, {name})", bool(got))
    check(f"their BYE works afterwards ({way}, {name})", phones[0].bye())
    got = phones[1].ask("INVITE", "SIP/2.0 200", body=SDP)
    phones[1].send(phones[1].message("ACK", cseq=phones[1].cseq))
    harness.wait_line(f"^SIP_ACKED.*dialog={ids[1]}", 2, at)
    harness.order(f"refresh {ids[1]}")
    update = phones[1].expect("UPDATE ")
    if update:
        phones[1].reply(update)
    refreshed = harness.wait_line(f"^SIP_REFRESHED.*dialog={ids[1]} status=200", 2, at)
    check(f"our refresh works afterwards ({way}, {name})", bool(got and update and refreshed))
    harness.order(f"hangup {ids[1]}")
    bye = phones[1].expect("BYE ")
    if bye:
        phones[1].reply(bye)
    check(f"our BYE works afterwards ({way}, {name})", bool(bye) and
          bool(harness.wait_line(f"^SIP_RELEASED.*dialog={ids[1]}", 2, at)))
    harness.order(f"hangup {ids[3]}")
    bye = phones[2].expect("BYE ")
    check(f"the route set outlives the worker ({way}, {name})", bool(bye) and
          "far.example" in bye and f"tag={phones[3].tag}" in bye, bye)
    if bye:
        phones[2].reply(bye)
    check(f"every other call is there too ({way}, {name})", phones[2].bye())
    check(f"new calls are taken afterwards ({way}, {name})", run.normal_call(harness, stream))
    for phone in phones + [ringing]:
        phone.close()


def unacknowledged(harness):
    """The 200 is sent, the worker dies, and then the ACK comes."""
    phone = run.Phone(harness)
    at = harness.mark()
    answer = phone.ask("INVITE", "SIP/2.0 200", body=SDP)
    phone.learn(answer)
    time.sleep(0.05)
    pid = harness.figures()["worker"]
    os.kill(pid, signal.SIGKILL)
    worker_back(harness, pid)
    phone.send(phone.message("ACK", cseq=1))
    phone.user = "answer"
    check("an ACK that finds a new worker confirms the call",
          bool(harness.wait_line("^SIP_ACKED", 2, at)) and phone.bye())
    phone.close()


def hung(harness):
    phone = run.Phone(harness)
    good = phone.call()
    pid = harness.figures()["worker"]
    os.kill(pid, signal.SIGSTOP)
    check("a worker that hangs is replaced", worker_back(harness, pid) != 0)
    check("and its call is there", good and phone.bye())
    phone.close()


def busy(harness):
    """A worker that hardly gets a processor is behind with everything, and is left alone."""
    phones = [run.Phone(harness) for _ in range(300)]
    pid, restarts = harness.figures()["worker"], harness.figures()["restarts"]
    others = [subprocess.Popen(["sh", "-c", "while :; do :; done"]) for _ in range(3)]
    for process in [pid] + [other.pid for other in others]:
        os.sched_setaffinity(process, {min(os.sched_getaffinity(0))})
    os.sched_setscheduler(pid, os.SCHED_IDLE, os.sched_param(0))
    invites = [phone.message("INVITE", body=run.SDP) for phone in phones]
    for phone, invite in zip(phones, invites):
        phone.send(invite)
    harness.wait_line("never", 6) # Three times as long as a worker that does nothing has.
    for other in others:
        other.kill()
        other.wait()
    figures = harness.figures()
    good = figures["worker"] == pid and figures["restarts"] == restarts
    check("a worker without processor time is not ended", good, figures)
    answered = []
    for phone, invite in zip(phones if good else [], invites):
        answer = phone.expect("SIP/2.0 (200|503)", 0.5)
        if not answer: # As a caller does whose INVITE the kernel dropped.
            phone.send(invite)
            answer = phone.expect("SIP/2.0 (200|503)", 5)
        answered.append(answer)
    check("and leaves no caller without an answer", good and all(answered), sum(map(bool, answered)))
    check("some are taken, and some refused because too many waited",
          {answer.split()[1] for answer in answered if answer} == {"200", "503"})
    os.sched_setaffinity(figures["worker"], os.sched_getaffinity(0)) # It may not be made a better one again.
    for phone, answer in zip(phones, answered):
        if answer and answer.startswith("SIP/2.0 200"):
            phone.user = "answer"
            phone.learn(answer)
            phone.send(phone.message("ACK", cseq=phone.cseq))
            phone.bye()
        phone.close()
    again = run.Phone(harness)
    check("and calls are taken afterwards", again.call() and again.bye())
    again.close()


def many(harness):
    """A crash under load: every call that was up can still be ended."""
    phones = [run.Phone(harness) for _ in range(60)]
    up = [phone.call() for phone in phones]
    pid = harness.figures()["worker"]
    os.kill(pid, signal.SIGSEGV)
    worker_back(harness, pid)
    check("sixty calls outlive a crash", all(up) and all(phone.bye() for phone in phones))
    for phone in phones:
        phone.close()


def run_part(path):
    harness = run.Harness(path)
    try:
        for number, name in ((signal.SIGKILL, "SIGKILL"), (signal.SIGABRT, "SIGABRT")):
            for stream in (False, True):
                survives(harness, number, name, stream)
        unacknowledged(harness)
        many(harness)
        hung(harness)
        busy(harness)
        end = time.monotonic() + 10
        while harness.figures().get("dialogs") and time.monotonic() < end:
            harness.wait_line("never", 0.3) # The figures are as old as its last word.
        check("no dialog is left", harness.figures().get("dialogs") == 0)
    finally:
        harness.close()

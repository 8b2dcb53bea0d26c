#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""soak.py PROGRAM: calls come and go for MINUTES= (10) at SHARE= percent (70) of MAX_CALLS= (400): does anything grow?

`offhook load` keeps the calls up, each LENGTH= (20s) long. Beside it a telephone of our own calls once a sample and
takes the time. Watched: memory (proportional, all processes of the server), descriptors, threads, time to the 200.
The first quarter is warming up; the second is compared with the last. Exit 0: nothing grew and the load was good.
"""
import os
import signal
import statistics
import subprocess
import sys
import time

from office import LOOPBACK, Office
from phone import Phone

SAMPLES = 120
GROWTH, SLACK_KB, SLACK_FDS, SLOWER, SLACK_MS = 0.05, 2048, 8, 2.0, 5.0


def processes(pid):
    """A process and those that it began."""
    found = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
            for child in children.read().split():
                found += processes(int(child))
    return found


def memory_kb(pid):
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rows:
        return sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))


def sample(server):
    pids = processes(server.process.pid)
    phone = Phone(server, sound=False)
    begin = time.monotonic()
    up = phone.dial(seconds=10) == 200
    took_ms = (time.monotonic() - begin) * 1000
    if up:
        phone.hang_up()
    phone.close()
    return {"memory KB": sum(memory_kb(pid) for pid in pids), "descriptors": sum(len(os.listdir(f"/proc/{p}/fd")) for p in pids),
            "threads": sum(len(os.listdir(f"/proc/{p}/task")) for p in pids), "ms to the 200": took_ms,
            "calls up": server.up() or 0, "refused": not up}


def verdicts(samples):
    """(what, second quarter, last quarter, whether that is growth)."""
    quarter = max(1, len(samples) // 4)
    for what, allowed in (("memory KB", lambda a: a * (1 + GROWTH) + SLACK_KB), ("descriptors", lambda a: a + SLACK_FDS),
                          ("threads", lambda a: a), ("ms to the 200", lambda a: a * SLOWER + SLACK_MS)):
        early = statistics.median(row[what] for row in samples[quarter:2 * quarter] or samples[:1])
        late = statistics.median(row[what] for row in samples[-quarter:])
        yield what, early, late, late > allowed(early)


def soak(program, minutes, calls, most, length):
    server = Office(program, max_calls=most, capture="false", manners="silence: 20s, no-audio-end: 0s")
    load = subprocess.Popen([program, "load", f"sip:100@{LOOPBACK}:{server.port}", "--calls", str(calls), "--rate",
                             str(max(5, calls // 5)), "--length", length, "--for", f"{int(minutes * 60)}s", "--quiet",
                             "--pid", str(server.process.pid)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    samples, end, every = [], time.monotonic() + minutes * 60, max(1.0, minutes * 60 / SAMPLES)
    try:
        while time.monotonic() < end - every and load.poll() is None:
            time.sleep(every)
            samples.append(sample(server))
            print(" ".join(f"{what} {value:.1f}" for what, value in samples[-1].items()), flush=True)
        said = load.communicate(timeout=120)[0]
    finally:
        if load.poll() is None:
            load.send_signal(signal.SIGINT)
            load.wait(30)
    print(said)
    server.close()
    return samples, load.returncode


def main():
    program = os.path.abspath(sys.argv[1])
    minutes, share = float(os.environ.get("MINUTES", "10")), int(os.environ.get("SHARE", "70"))
    most, length = int(os.environ.get("MAX_CALLS", "400")), os.environ.get("LENGTH", "20s")
    if not 0.5 <= minutes <= 24 * 60:
        sys.exit("MINUTES is 0.5 to 1440")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    samples, code = soak(program, minutes, most * share // 100, most, length)
    if len(samples) < 8:
        sys.exit("the load ended too soon for a verdict")
    grew = False
    for what, early, late, bad in verdicts(samples):
        print(f"{what}: {early:.1f} in the second quarter, {late:.1f} in the last{': it grows' if bad else ''}")
        grew = grew or bad
    refused = sum(row["refused"] for row in samples)
    print(f"calls of ours refused: {refused} of {len(samples)}; the load's own verdict: {'good' if code == 0 else code}")
    load = {0: "", 3: ", under a load whose generator was late itself"}.get(code, ", and the load was not good")
    print("verdict: " + ("it grows" if grew else "flat") + (", and calls were refused" if refused else load))
    sys.exit(grew or refused > 0 or code not in (0, 3))


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""networks.py - bad networks: two network namespaces of our own, packets lost by the kernel's chance, or held back.

Loss is iptables' statistic match on all UDP both ways, signalling included.
Jitter is ours: a relay that holds each packet of sound for a random time, so that they overtake each other (this
needs no kernel module). Recorded people speak; what counts is whether their intent was understood, and how soon the
agent answered. `run.py PROGRAM networks-all` measures every level for docs/benchmarks.md.
"""
import atexit
import audioop
import contextlib
import ctypes
import datetime
import heapq
import os
import random
import re
import select
import socket
import subprocess
import threading
import time
import wave

import house
from office import Office, check, need, skip, wait_for
from phone import Phone

VOICE = "/usr/share/asterisk/sounds/en_US_f_Allison"
PHRASES = (("conf-full", "conference"), ("agent-pass", "password"), ("call-fwd-on-busy", "forwarding"),
           ("conf-locked", "conference"), ("auth-incorrect", "password"), ("call-fwd-no-ans", "forwarding"),
           ("conf-extended", "conference"), ("agent-incorrect", "password"), ("call-forwarding", "forwarding"),
           ("conf-getpin", "conference"))
OURS, THEIRS = "10.213.77.1", "10.213.77.2"
CLONE_NEWNET = 0x40000000
LEVELS = { # name: (loss, sound held back by up to ms)
    "nothing": (0, 0), "loss 1 %": (0.01, 0), "loss 3 %": (0.03, 0), "loss 5 %": (0.05, 0),
    "loss 10 %": (0.10, 0), "jitter 20 ms": (0, 20), "jitter 60 ms": (0, 60),
    "loss 5 %, jitter 60 ms": (0.05, 60)}


def run(*words, good=True):
    done = subprocess.run(words, capture_output=True, text=True, timeout=20)
    if good and done.returncode != 0:
        skip(f"`{' '.join(words)}` does not work here: {done.stderr.strip()}")
    return done


@contextlib.contextmanager
def inside(space):
    """Sockets opened here are in that namespace."""
    libc = ctypes.CDLL(None, use_errno=True)
    home, there = os.open("/proc/thread-self/ns/net", os.O_RDONLY), os.open(f"/run/netns/{space}", os.O_RDONLY)
    try:
        if libc.setns(there, CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
        yield
    finally:
        libc.setns(home, CLONE_NEWNET)
        os.close(home), os.close(there)


class Networks:
    """A namespace for the server and one for callers, joined by a wire; gone when the test is over, however it ends."""

    def __init__(self):
        if os.geteuid() != 0:
            skip("network namespaces need root")
        need("ip", "iptables")
        self.name = f"oh{os.getpid()}"
        self.server, self.caller = self.name + "s", self.name + "c"
        for old in re.findall(r"(?m)^(oh(\d+)[sc])\b", run("ip", "netns", "list").stdout):
            if not os.path.exists(f"/proc/{old[1]}"): # Of a test that was killed.
                run("ip", "netns", "del", old[0], good=False)
        atexit.register(self.close)
        for space in (self.server, self.caller):
            run("ip", "netns", "add", space)
        run("ip", "link", "add", self.name + "a", "netns", self.server, "type", "veth", "peer", "name", self.name + "b",
            "netns", self.caller)
        for space, link, address in ((self.server, "a", OURS), (self.caller, "b", THEIRS)):
            run("ip", "-n", space, "addr", "add", f"{address}/24", "dev", self.name + link)
            run("ip", "-n", space, "link", "set", self.name + link, "up")
            run("ip", "-n", space, "link", "set", "lo", "up")

    def lose(self, share):
        for space in (self.server, self.caller):
            run("ip", "netns", "exec", space, "iptables", "-F", "INPUT")
            if share:
                run("ip", "netns", "exec", space, "iptables", "-A", "INPUT", "-p", "udp", "-m", "statistic", "--mode",
                    "random", "--probability", str(share), "-j", "DROP")

    def dropped(self):
        """Packets that the kernel threw away at both ends."""
        count = 0
        for space in (self.server, self.caller):
            for line in run("ip", "netns", "exec", space, "iptables", "-nvxL", "INPUT", good=False).stdout.splitlines():
                count += int(line.split()[0]) if " DROP " in line and line.split()[0].isdigit() else 0
        return count

    def close(self):
        atexit.unregister(self.close)
        for space in (self.server, self.caller): # The wire goes with them.
            run("ip", "netns", "del", space, good=False)


class Relay:
    """Between a caller's sound and the server: what comes from one goes to the other, each packet held for a while."""

    def __init__(self, held_ms, seed):
        self.held_s, self.random = held_ms / 1000, random.Random(seed)
        self.front, self.back = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for end in (self.front, self.back):
            end.bind((THEIRS, 0))
        self.port, self.phone, self.server, self.over = self.front.getsockname()[1], None, None, False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        waiting, order = [], 0
        while not self.over:
            left = min(0.05, max(0, waiting[0][0] - time.monotonic())) if waiting else 0.05
            for end in select.select([self.front, self.back], [], [], left)[0]:
                data, source = end.recvfrom(2048)
                if end is self.back:
                    self.phone = source
                order += 1
                due = time.monotonic() + self.random.uniform(0, self.held_s)
                heapq.heappush(waiting, (due, order, end is self.back, data))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, outward, data = heapq.heappop(waiting)
                if outward and self.server:
                    self.front.sendto(data, self.server)
                elif not outward and self.phone:
                    self.back.sendto(data, self.phone)

    def close(self):
        self.over = True
        self.thread.join()
        self.front.close(), self.back.close()


def voice(name):
    with wave.open(os.path.join(VOICE, name + ".wav")) as sound:
        return audioop.lin2ulaw(sound.readframes(sound.getnframes()), 2)


def wall():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def conversation(server, networks, phrases, held_ms, seed, out):
    """One call that says these phrases; appends (intended, understood, the agent's answer after ms) to `out`."""
    with inside(networks.caller):
        phone = Phone(server, address=THEIRS)
        relay = Relay(held_ms, seed) if held_ms else None
    dialed = phone.dial(phone.sdp(port=relay.port) if relay else None, seconds=20)
    if relay:
        relay.server, phone.sound.to = phone.sound.to, (THEIRS, relay.back.getsockname()[1])
    said = []
    time.sleep(4)
    for name, intent in phrases:
        sound = voice(name)
        said.append((wall(), intent))
        phone.sound.mouth = sound
        time.sleep(len(sound) / 8000 + 4.2)
    phone.hang_up() or phone.hang_up()
    out.append((dialed, phone.call_id, said))
    if relay:
        relay.close()
    phone.close()


def measure(server, networks, level, phrases=PHRASES, callers=2):
    """(phrases, understood, median and longest answer in ms, packets lost by the kernel, calls up)."""
    loss, held_ms = LEVELS[level]
    networks.lose(loss)
    before, out = server.rows_seen, []
    calls = [threading.Thread(target=conversation, args=(server, networks, phrases[i::callers], held_ms, i, out))
             for i in range(callers)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    lost = networks.dropped()
    networks.lose(0)
    wait_for(lambda: server.up() == 0, 10)
    server.ended()
    rows = [server.whole(row["ref"]) for row in server.cdr()[before:]]
    right, answers, total = 0, [], sum(len(said) for _, _, said in out)
    for call in rows:
        answers += [row["audible_ms"] for row in call.get("ledger", []) if (row["audible_ms"] or 0) > 0]
        said = next((said for _, ident, said in out if ident in (call.get("sip_call_id"), call.get("call_id"))), [])
        for i, (at, intent) in enumerate(said):
            until = said[i + 1][0] if i + 1 < len(said) else "9"
            right += any(turn["speaker"] == "caller" and turn.get("intent") == intent and at <= turn["at"] < until
                         for turn in call.get("turns", []))
    answers.sort()
    figures = {"phrases": total, "understood": right, "median_ms": answers[len(answers) // 2] if answers else -1,
               "longest_ms": answers[-1] if answers else -1, "answers": len(answers), "dropped": lost,
               "calls": sum(dialed == 200 for dialed, _, _ in out)}
    print(f"# {level}: {right} of {total} understood, {len(answers)} answers, median {figures['median_ms']} ms, longest "
          f"{figures['longest_ms']} ms, {lost} packets lost", flush=True)
    return figures


def begin(program):
    if not os.path.exists(f"{VOICE}/conf-full.wav"):
        skip("no recorded voices (scripts/install test)")
    networks = Networks()
    with inside(networks.caller):
        pass # Says now when it is not allowed.
    server = Office(program, source="tests/e2e/calls/switchboard", prefix=("ip", "netns", "exec", networks.server),
                    address=OURS, places=4, max_calls=8, manners="silence: 20s, end-of-turn: 400ms",
                    server="max-calls-per-second: 0")
    return networks, server


def still_understood(server, networks, level, least, longest_ms):
    figures = measure(server, networks, level, PHRASES[:8], callers=4)
    name = level.replace(" %", "_percent").replace(" ", "_").replace(",", "")
    check(f"with_{name}_calls_are_up", figures["calls"] == 4, figures)
    check(f"with_{name}_speech_is_understood", figures["understood"] >= least, figures)
    check(f"with_{name}_the_answer_comes_in_time", figures["answers"] >= least
          and 0 < figures["median_ms"] < longest_ms, figures)
    if LEVELS[level][0]:
        check(f"with_{name}_packets_were_lost", figures["dropped"] > 50, figures)


def part(program):
    networks, server = begin(program)
    house.attempts(still_understood, server, networks, "loss 5 %", 5, 4000)
    house.attempts(still_understood, server, networks, "jitter 60 ms", 5, 4000)
    server.close(), networks.close()


def part_all(program):
    networks, server = begin(program)
    for level in LEVELS:
        measure(server, networks, level)
    server.close(), networks.close()

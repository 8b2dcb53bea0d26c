# SPDX-License-Identifier: Apache-2.0
"""Mutations of valid messages from a seed, over UDP and TCP; then a call must work.

GARBAGE=N sets their number (20000), SEED=N their seed; the seed is printed.
"""
import os
import random
import time

import run
from run import SDP, check

BITS = [b"\r\n", b"\n", b"\r", b"\0", b";", b",", b"<", b">", b'"', b"\\", b"%", b"%00", b"=", b":",
        b"@", b" ", b"\t", b"[", b"]", b"::1", b"sip:", b"tel:", b"SIP/2.0", b"Content-Length: 99999",
        b"Content-Length: -1", b"Via: ", b"v: ", b"m: *", b"Route: <sip:x;lr>", b"RAck: 1 1 INVITE",
        b"Require: 100rel", b"Session-Expires: x", b"2147483648", b"4294967296", b"99999999999999999999",
        b"INVITE", b"CANCEL", b"ACK", b"BYE", b"PRACK", b"UPDATE", b"a" * 300, b";" * 200, b"," * 200,
        b"(" * 100, b"m=audio 9 RA <", b"multipart/mixed;boundary=", b"\xff\xfe", b"\xc3\x28"]


def samples(phone):
    """Fresh each time: the tags and branches of live calls are among them."""
    def fresh():
        phone.ident = "%x" % random.getrandbits(48)
    texts = []
    fresh()
    texts.append(phone.message("INVITE", user="busy", cseq=1, to_tag="", body=SDP,
                               headers="Supported: 100rel, timer\nSession-Expires: 1800\n"
                                       'P-Asserted-Identity: "A" <sip:a@b>\nX-A: b'))
    texts.append(phone.message("CANCEL", user="busy", cseq=1, to_tag=""))
    for method in ("OPTIONS", "REGISTER", "BYE", "ACK", "INFO", "UPDATE", "PRACK"):
        texts.append(phone.message(method, cseq=2, to_tag="x", headers="RAck: 1 1 INVITE"))
    for status in ("100 Trying", "180 Ringing", "200 OK", "486 Busy"):
        lines = texts[0].split("\r\n")
        texts.append("\r\n".join([f"SIP/2.0 {status}"] + lines[1:]))
    return [t.encode("latin-1") for t in texts]


def mutate(data, other, rng):
    data = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        kind = rng.randrange(7)
        if kind == 0:
            data[at:at] = rng.choice(BITS)
        elif kind == 1 and at < len(data):
            data[at] = rng.randrange(256)
        elif kind == 2:
            del data[at:at + rng.randrange(1, 40)]
        elif kind == 3:
            piece = data[at:at + rng.randrange(1, 200)]
            data[at:at] = piece * rng.randrange(1, 4)
        elif kind == 4:
            start = rng.randrange(len(other))
            data[at:at + rng.randrange(60)] = other[start:start + rng.randrange(1, 120)]
        elif kind == 5:
            lines = bytes(data).split(b"\r\n")
            rng.shuffle(lines)
            data = bytearray(b"\r\n".join(lines))
        else:
            del data[at:]
        if not data:
            data = bytearray(b"x")
    return bytes(data[:15000])


def live_call(harness):
    """A call with its messages, so that mutations hit dialogs that exist."""
    phone = run.Phone(harness)
    phone.call("answer")
    texts = [phone.message(m, cseq=c, body=b, headers=h) for m, c, b, h in (
        ("INVITE", 2, SDP, ""), ("UPDATE", 3, "", "Session-Expires: 90"), ("ACK", 2, "", ""),
        ("INFO", 4, "Signal=1\r\n", ""), ("BYE", 5, "", ""))]
    return phone, [t.encode("latin-1") for t in texts]


def run_udp(harness, count, rng):
    phone = run.Phone(harness)
    calls = [live_call(harness) for _ in range(4)]
    for i in range(count):
        if i % 500 == 0:
            texts = samples(phone)
            calls[rng.randrange(len(calls))] = live_call(harness)
            texts += [t for _, more in calls for t in more]
        phone.send(mutate(rng.choice(texts), rng.choice(texts), rng))
        if i % 50 == 0:
            while phone.receive(0):
                pass
            harness.pump()
            time.sleep(0.005)


def run_tcp(harness, count, rng):
    phone = run.Phone(harness)
    texts = [t.replace(b"/UDP", b"/TCP") for t in samples(phone)]
    connection = None
    for i in range(count):
        try:
            connection = connection or run.Phone(harness, True)
            connection.send(mutate(rng.choice(texts), rng.choice(texts), rng))
            connection.receive(0)
        except OSError:
            connection = None
        if rng.randrange(5) == 0 and connection:
            connection.close()
            connection = None
        if i % 50 == 0:
            harness.pump()


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def resident_kb(pid):
    with open(f"/proc/{pid}/statm", encoding="ascii") as file:
        return int(file.read().split()[1]) * 4


def run_part(path):
    seed = int(os.environ.get("SEED", "4475"))
    count = int(os.environ.get("GARBAGE", "20000"))
    rng = random.Random(seed)
    print(f"# seed {seed}, {count} messages", flush=True)
    harness = run.Harness(path)
    try:
        check("a call works before the garbage", run.normal_call(harness))
        run_udp(harness, count * 9 // 10, rng)
        good = run.normal_call(harness)
        figures = harness.figures()
        check("a call works after mutated messages over UDP", good, str(figures))
        run_tcp(harness, count // 10, rng)
        good = run.normal_call(harness) and run.normal_call(harness, True)
        figures = harness.figures()
        check("a call works after mutated messages over TCP", good, str(figures))
        check("the worker outlived the garbage", figures.get("restarts") == 0, str(figures))
        pid = figures["worker"]
        time.sleep(21)
        check("connections are closed after garbage", descriptors(pid) < 40, str(descriptors(pid)))
        print(f"# {figures}, {resident_kb(pid)} KB resident", flush=True)
    finally:
        harness.close()

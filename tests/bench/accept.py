#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""accept.py BUILD [PAIRS [SECONDS]]: how long it takes from "operator accepts" until both hear each other.

A server on desk-people/ whose operators are telephones of this program: PAIRS (100) of them register, as many callers dial the
queue, each operator's telephone is answered, hears its brief for 0.5 to 2.5 s, and presses 1 (RFC 4733 events). All legs send and get a
packet every 20 ms all the time; each packet tells by its quietest bits whose it is. Measured, for each accepted call: from the sending of
the key's first packet to the arrival, by the kernel's clock, of the first packet of the other's telephone at each of the two ears; the
later of the two counts. Then they talk for 2 s, the caller hangs up, and dials again, for SECONDS (30). Prints a Markdown row. Exit 1
when the 95th percentile is 300 ms or more, a pair was mixed up or an accepted one not joined, 2 when this program was late itself: then the
figures are its own. SERVER_CORES as for taskset."""
import collections
import hashlib
import os
import random
import re
import select
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SERVER, CALLERS, OPERATORS = "127.0.0.1", "127.0.0.2", "127.0.0.3"
PORT = int(os.environ.get("OFFHOOK_BENCH_PORT", "15060"))
FIRST_RTP = int(os.environ.get("OFFHOOK_BENCH_RTP", "16384"))
SECRET = os.environ.setdefault("OFFHOOK_BENCH_PEOPLE", "nobodys")
REACH_MS, LATE_MS = 300, 20
STAMP = struct.Struct("@qq")
SO_TIMESTAMPNS = 35
TALK_S, BRIEF_S = 2.0, (0.5, 2.5)


def write_house(folder, pairs):
    names = [f"op{i}" for i in range(pairs)]

    def user(name):
        return f'{{name: {name}, password: "${{OFFHOOK_BENCH_PEOPLE}}"}}'

    shutil.copytree(os.path.join(HERE, "desk-people"), folder, dirs_exist_ok=True)
    with open(os.path.join(folder, "offhook.yaml"), "w", encoding="utf-8") as out:
        out.write(f"server: {{max-calls: {4 * pairs + 16}, spare-legs: {2 * pairs + 16}, max-calls-per-second: 0, when-late: admit, data: data}}\n"
                  f"sip: {{listen: [\"udp:{SERVER}:{PORT}\"], digest: md5, limits: {{requests-per-second: 100000, trunk-calls-per-second: 100000}}}}\n"
                  f"media: {{bind: {SERVER}, first-port: {FIRST_RTP}, threads: 1, capture: false}}\nspeech: {{places: 0}}\n"
                  f"trunks: [{{name: callers, sources: [\"{CALLERS}/32\"]}}]\nroutes: [{{number: \"100\", queue: support}}, {{number: \"*\", agent: desk}}]\n"
                  f"users: [{', '.join(map(user, names))}]\n"
                  f"operators: {{{', '.join(f'{n}: {{wrap-up: 1s}}' for n in names)}}}\n"
                  f"queues: {{support: {{ring: 10s, put-aside-after: 9, max-callers: {4 * pairs}}}}}\n")


class Leg:
    """One telephone. `partner` is whose sound it should get."""

    def __init__(self, office, number, ours):
        self.office, self.number, self.ours = office, number, ours
        self.up, self.to = False, None
        self.timestamp, self.sequence = random.getrandbits(31), random.getrandbits(15)
        self.payload = bytes(0x7f if (number >> bit) & 1 else 0xff for bit in range(16)) * 2 + (b"\x7f\xff" if ours else b"\xff\x7f") * 64
        self.event, self.key_ns, self.key_due = 0, 0, 0.0
        self.heard, self.dialog, self.mixed = {}, None, 0

    def packet(self):
        """The next one; a key takes eight frames."""
        self.sequence = (self.sequence + 1) & 0xffff
        if not self.event:
            self.timestamp = (self.timestamp + 160) & 0xffffffff
            return struct.pack(">BBHII", 0x80, 0, self.sequence, self.timestamp, self.number + 1 + (self.ours << 20)) + self.payload
        n, self.event = self.event, (self.event + 1) % 9
        if n == 1:
            self.timestamp = (self.timestamp + 160) & 0xffffffff
            self.event_at, self.key_ns = self.timestamp, time.time_ns()
        else:
            self.timestamp = (self.timestamp + 160) & 0xffffffff
        body = struct.pack(">BBH", 1, (0x80 if n > 5 else 0) | 10, 160 * min(n, 5))
        return struct.pack(">BBHII", 0x80, 101 | (0x80 if n == 1 else 0), self.sequence, self.event_at, self.number + 1 + (self.ours << 20)) + body


def whose(payload):
    """The number of the leg that said it and whether it is a caller's; None: the server's own words."""
    if len(payload) != 160 or payload[:16] != payload[16:32] or any(b not in (0x7f, 0xff) for b in payload[:34]):
        return None
    tail = payload[32:34]
    if tail not in (b"\x7f\xff", b"\xff\x7f") or payload[32:] != tail * 64:
        return None
    return sum(1 << bit for bit in range(16) if payload[bit] == 0x7f), tail == b"\x7f\xff"


class Office:
    """All telephones of one side: a socket for SIP, one for sound."""

    def __init__(self, address, count, ours):
        self.address, self.ours = address, ours
        self.sip, self.rtp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        for s in (self.sip, self.rtp):
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
            s.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            s.bind((address, 0))
            s.setblocking(False)
        self.port, self.rtp_port = self.sip.getsockname()[1], self.rtp.getsockname()[1]
        self.legs = [Leg(self, i, ours) for i in range(count)]
        self.by_port, self.by_call = {}, {}

    def sdp(self):
        return (f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\nm=audio {self.rtp_port} RTP/AVP 0 101\r\n"
                "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\na=sendrecv\r\n")

    def send(self, start, headers, body=""):
        lines = [start, *headers, f"Content-Length: {len(body)}", "", body]
        self.sip.sendto("\r\n".join(lines).encode(), (SERVER, PORT))

    def via(self):
        return f"Via: SIP/2.0/UDP {self.address}:{self.port};branch=z9hG4bK{random.getrandbits(60):x};rport"

    def hear(self, leg_port, leg):
        self.by_port[leg_port], leg.to = leg, (SERVER, leg_port)


def read(data):
    head, _, body = data.decode(errors="replace").partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    headers = collections.defaultdict(list)
    for line in lines:
        name, _, value = line.partition(":")
        headers[{"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}.get(name.lower(), name.lower())].append(value.strip())
    return start, headers, body


def rtp_port_of(body):
    found = re.search(r"^m=audio (\d+)", body, re.M)
    return int(found.group(1)) if found else 0


def register(office, user):
    """With the password asked for; waits for each answer: nothing is measured yet."""
    call_id, extra = f"reg-{user}-{random.getrandbits(32):x}", []
    for cseq in (1, 2):
        office.send(f"REGISTER sip:{SERVER}:{PORT} SIP/2.0", [office.via(), "Max-Forwards: 70", f"From: <sip:{user}@{SERVER}>;tag=r{cseq}", f"To: <sip:{user}@{SERVER}>",
                    f"Call-ID: {call_id}", f"CSeq: {cseq} REGISTER", f"Contact: <sip:{user}@{office.address}:{office.port}>", "Expires: 600", *extra])
        while True:
            if not select.select([office.sip], [], [], 10)[0]:
                sys.exit(f"accept: no answer to the registration of {user}")
            start, headers, _ = read(office.sip.recv(65536))
            if headers["call-id"][0] == call_id and headers["cseq"][0].startswith(f"{cseq} "):
                break
        if start.startswith("SIP/2.0 200"):
            return
        asked = dict(re.findall(r'(\w+)="?([^",]+)"?', headers["www-authenticate"][0]))
        uri, md5 = f"sip:{SERVER}:{PORT}", lambda text: hashlib.md5(text.encode()).hexdigest()
        proof = md5(":".join((md5(f"{user}:{asked['realm']}:{SECRET}"), asked["nonce"], "00000001", "c0ffee", "auth", md5(f"REGISTER:{uri}"))))
        extra = [f'Authorization: Digest username="{user}", realm="{asked["realm"]}", nonce="{asked["nonce"]}", uri="{uri}", response="{proof}", algorithm=MD5, '
                 'qop=auth, nc=00000001, cnonce="c0ffee"']
    sys.exit(f"accept: {user} may not register: {start}")


class Bench:
    def __init__(self, pairs):
        self.callers, self.operators = Office(CALLERS, pairs, True), Office(OPERATORS, pairs, False)
        self.delays, self.ears, self.mixed, self.accepted, self.late = [], {True: [], False: []}, 0, 0, []
        self.hang_up, self.again, self.other = [], [(time.monotonic() + 0.02 * i, leg) for i, leg in enumerate(self.callers.legs)], collections.Counter()

    # ---- Callers ----

    def dial(self, leg):
        office, leg.call_id, leg.tag = self.callers, f"call-{leg.number}-{random.getrandbits(40):x}", f"{random.getrandbits(32):x}"
        leg.branch, leg.heard = office.via(), {}
        office.by_call[leg.call_id] = leg
        office.send(f"INVITE sip:100@{SERVER}:{PORT} SIP/2.0", [leg.branch, "Max-Forwards: 70", f"From: <sip:+1415555{leg.number:04d}@{CALLERS}>;tag={leg.tag}", f"To: <sip:100@{SERVER}>",
                    f"Call-ID: {leg.call_id}", "CSeq: 1 INVITE", f"Contact: <sip:c{leg.number}@{CALLERS}:{office.port}>", "Content-Type: application/sdp"], office.sdp())

    def answered(self, leg, headers, body):
        leg.to_header, leg.target = headers["to"][0], re.search(r"<([^>]+)>", headers["contact"][0]).group(1)
        if not leg.up:
            leg.up = True
            self.callers.hear(rtp_port_of(body), leg)
        self.in_dialog(leg, "ACK", 1)

    def in_dialog(self, leg, method, cseq):
        self.callers.send(f"{method} {leg.target} SIP/2.0", [self.callers.via(), "Max-Forwards: 70", f"From: <sip:+1415555{leg.number:04d}@{CALLERS}>;tag={leg.tag}",
                          f"To: {leg.to_header}", f"Call-ID: {leg.call_id}", f"CSeq: {cseq} {method}"])

    def end_caller(self, leg, again_s):
        if leg.to:
            self.callers.by_port.pop(leg.to[1], None)
        leg.up, leg.to = False, None
        self.again.append((time.monotonic() + again_s, leg))

    # ---- SIP ----

    def reply(self, office, headers, status, body="", tag=""):
        to = headers["to"][0] + (f";tag={tag}" if tag and "tag=" not in headers["to"][0] else "")
        office.send(f"SIP/2.0 {status}", [*(f"Via: {v}" for v in headers["via"]), f"From: {headers['from'][0]}", f"To: {to}", f"Call-ID: {headers['call-id'][0]}", f"CSeq: {headers['cseq'][0]}",
                    *(f"Record-Route: {r}" for r in headers["record-route"]), f"Contact: <sip:{office.address}:{office.port}>",
                    *(["Content-Type: application/sdp"] if body else [])], body)

    def take_sip(self, office):
        while True:
            try:
                start, headers, body = read(office.sip.recv(65536))
            except BlockingIOError:
                return
            leg = office.by_call.get(headers["call-id"][0])
            if start.startswith("SIP/2.0"):
                self.take_answer(leg, start, headers, body)
            elif start.startswith("INVITE ") and not office.ours and "tag=" not in headers["to"][0]:
                self.ring(office, headers, body, start)
            elif start.startswith("ACK "):
                pass
            elif start.startswith("BYE ") and leg:
                self.reply(office, headers, "200 OK")
                if office.ours and leg.up:
                    self.other["hung up on"] += 1
                    self.end_caller(leg, 1)
                elif not office.ours:
                    self.end_operator(leg)
            elif start.startswith(("BYE ", "CANCEL ")):
                self.reply(office, headers, "200 OK")
            else:
                self.reply(office, headers, "200 OK", office.sdp() if start.startswith("INVITE ") else "")

    def take_answer(self, leg, start, headers, body):
        if not leg or not headers["cseq"][0].endswith("INVITE") or start.startswith("SIP/2.0 1"):
            return
        if start.startswith("SIP/2.0 200"):
            self.answered(leg, headers, body)
        elif not leg.up:
            self.other[start[8:11]] += 1
            self.end_caller(leg, 1)

    def ring(self, office, headers, body, start):
        user = re.match(r"INVITE sip:op(\d+)@", start)
        leg = office.legs[int(user.group(1))]
        call_id = headers["call-id"][0]
        if office.by_call.get(call_id) is not leg:
            office.by_call[call_id] = leg
            leg.up, leg.heard, leg.key_ns, leg.event = True, {}, 0, 0
            leg.key_due = time.monotonic() + random.uniform(*BRIEF_S)
            office.hear(rtp_port_of(body), leg)
        self.reply(office, headers, "200 OK", office.sdp(), tag=f"o{leg.number}")

    def end_operator(self, leg):
        if leg.key_ns and leg.number not in self.done:
            self.other["accepted, not joined"] += 1
        self.done.discard(leg.number)
        if leg.to:
            self.operators.by_port.pop(leg.to[1], None)
        leg.up, leg.to, leg.key_ns = False, None, 0

    # ---- Sound ----

    def take_sound(self, office):
        while True:
            try:
                data, control, _, source = office.rtp.recvmsg(2048, 64)
            except BlockingIOError:
                return
            leg = office.by_port.get(source[1])
            if not leg or len(data) != 172 or len(leg.heard) > 4:
                continue
            who = whose(data[12:])
            if who is None or who in leg.heard:
                continue
            seconds, nanos = STAMP.unpack(control[0][2][:16])
            leg.heard[who] = seconds * 1000000000 + nanos
            if who[1] == office.ours:
                self.mixed += 1
                continue
            caller = self.callers.legs[who[0]] if not office.ours else leg
            operator = self.operators.legs[who[0]] if office.ours else leg
            self.joined(caller, operator)

    def joined(self, caller, operator):
        at_caller, at_operator = caller.heard.get((operator.number, False)), operator.heard.get((caller.number, True))
        if not at_caller or not at_operator or operator.number in self.done:
            return
        self.done.add(operator.number)
        if not operator.key_ns:
            self.mixed += 1 # They hear each other, and nobody accepted.
            return
        self.accepted += 1
        self.ears[True].append((at_caller - operator.key_ns) / 1e6)
        self.ears[False].append((at_operator - operator.key_ns) / 1e6)
        self.delays.append((max(at_caller, at_operator) - operator.key_ns) / 1e6)
        self.hang_up.append((time.monotonic() + TALK_S, caller))

    # ---- The loop ----

    def beat(self, part, now):
        for office in (self.callers, self.operators):
            for leg in office.legs[part::4]:
                if not leg.up or not leg.to:
                    continue
                if leg.key_due and now >= leg.key_due:
                    leg.key_due, leg.event = 0.0, 1
                office.rtp.sendto(leg.packet(), leg.to)

    def act(self, now, over):
        for at, leg in [x for x in self.hang_up if x[0] <= now]:
            self.hang_up.remove((at, leg))
            if leg.up:
                self.in_dialog(leg, "BYE", 2)
                self.end_caller(leg, random.uniform(0.1, 1.5))
        for at, leg in [x for x in self.again if x[0] <= now]:
            self.again.remove((at, leg))
            if not over:
                self.dial(leg)

    def run(self, seconds):
        self.done = set()
        sockets = {s.fileno(): (office, s is office.sip) for office in (self.callers, self.operators) for s in (office.sip, office.rtp)}
        poll, due, beat = select.poll(), time.monotonic(), 0
        for fd in sockets:
            poll.register(fd, select.POLLIN)
        end = due + seconds
        while due < end + 1:
            wait = due - time.monotonic()
            for fd, _ in poll.poll(max(0, wait * 1000)):
                office, is_sip = sockets[fd]
                if is_sip:
                    self.take_sip(office)
                else:
                    self.take_sound(office)
            now = time.monotonic()
            if now < due:
                continue
            self.late.append((now - due) * 1000)
            self.beat(beat % 4, now)
            self.act(now, due > end - TALK_S - 4)
            beat += 1
            due += 0.005


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def start_server(build, folder):
    cores = os.environ.get("SERVER_CORES")
    log = open(os.path.join(folder, "log"), "w", encoding="utf-8")
    server = subprocess.Popen([*(["taskset", "-c", cores] if cores else []), f"{build}/src/app/offhook", "serve", folder], stdout=log, stderr=log)
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    probe.bind((CALLERS, 0))
    probe.settimeout(0.5)
    for _ in range(120):
        probe.sendto(f"OPTIONS sip:{SERVER} SIP/2.0\r\nVia: SIP/2.0/UDP {CALLERS}:{probe.getsockname()[1]};branch=z9hG4bK{random.getrandbits(50)}\r\nFrom: <sip:a@{CALLERS}>;tag=1\r\n"
                     f"To: <sip:a@{SERVER}>\r\nCall-ID: {random.getrandbits(50)}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 5\r\nContent-Length: 0\r\n\r\n".encode(), (SERVER, PORT))
        try:
            probe.recv(4096)
            return server
        except (socket.timeout, ConnectionError):
            if server.poll() is not None:
                break
            time.sleep(0.1)
    with open(log.name, encoding="utf-8") as said:
        sys.exit("accept: the server does not answer:\n" + said.read()[-2000:])


def main(build, pairs=100, seconds=30):
    if os.environ.get("PRIORITY"): # As in `run`: the kernel weighs groups of sessions first.
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write(os.environ["PRIORITY"])
    folder = tempfile.mkdtemp(prefix="offhook-accept-")
    write_house(folder, pairs)
    server = start_server(build, folder)
    try:
        bench = Bench(pairs)
        for i in range(pairs):
            register(bench.operators, f"op{i}")
        bench.run(seconds)
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
    if os.environ.get("KEEP"):
        print(folder, file=sys.stderr)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    if not bench.delays:
        sys.exit(f"accept: nobody was joined: {dict(bench.other)}")
    lost = bench.other["accepted, not joined"]
    print("| operators | accepted | both hear each other p50 / p95 / p99 / longest | at the caller p95 | at the operator p95 | mixed up | accepted, not joined | bench late p99 | load |\n" + "|" + " --- |" * 9)
    print(f"| {pairs} | {bench.accepted} | {' / '.join(f'{quantile(bench.delays, s):.0f}' for s in (0.5, 0.95, 0.99, 1))} ms | {quantile(bench.ears[True], 0.95):.0f} ms | "
          f"{quantile(bench.ears[False], 0.95):.0f} ms | {bench.mixed} | {lost} | {quantile(bench.late, 0.99):.1f} ms | {os.getloadavg()[0]:.1f} |")
    if bench.other:
        print(f"    also: {dict(bench.other)}", file=sys.stderr)
    if quantile(bench.delays, 0.95) >= REACH_MS or bench.mixed or lost:
        return 2 if quantile(bench.late, 0.99) > LATE_MS and not bench.mixed else 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *(int(word) for word in sys.argv[2:])))

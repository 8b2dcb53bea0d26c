# SPDX-License-Identifier: Apache-2.0
"""callee.py - a telephone that is called: each answer is the test's, and what it hears is known by its pitch."""
import audioop
import json
import math
import os
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
for other in ("interop", "calls"):
    sys.path.insert(0, os.path.join(HERE, "..", other))
import house # noqa: E402
from office import LOOPBACK, Office, Peer, check, wait_for # noqa: E402,F401
from telephones import tone_file # noqa: E402
from phone import Phone, Sound, header, status # noqa: E402,F401

RATE = 8000


def tone(hz, seconds=20):
    """A sine as PCMU."""
    samples = [int(9000 * math.sin(2 * math.pi * hz * i / RATE)) for i in range(RATE)]
    second = audioop.lin2ulaw(struct.pack("<8000h", *samples), 2)
    return second * int(seconds)


def share(sound, hz, since=0.0, frames=10):
    """How much of the energy of the last frames heard is at that pitch: 0 to 1."""
    data = b"".join(payload for at, kind, payload, _ in list(sound.heard) if at >= since and kind == 0)
    pcm = struct.unpack(f"<{min(len(data), 160 * frames)}h", audioop.ulaw2lin(data[-160 * frames:], 2)) if data else ()
    energy = sum(s * s for s in pcm)
    if len(pcm) < 160 * frames or energy < 1000 * len(pcm):
        return 0.0
    re_, im = (sum(s * f(2 * math.pi * hz * i / RATE) for i, s in enumerate(pcm)) for f in (math.cos, math.sin))
    return 2 * (re_ * re_ + im * im) / (len(pcm) * energy)


def hears(phone, hz, seconds=4.0, since=0.0):
    """Whether what comes is that tone, soon."""
    return bool(wait_for(lambda: share(phone.sound, hz, since) > 0.8, seconds))


def says(phone, hz, seconds=20):
    with phone.sound.lock:
        phone.sound.mouth = tone(hz, seconds)


class Callee(Phone):
    """Waits for an INVITE on a port of its own; several at one time need several."""

    def __init__(self, sound=True):
        super().__init__(None, LOOPBACK, to=(LOOPBACK, 9), sound=sound)
        self.request, self.seen = "", set()

    def invited(self, seconds=8):
        """The INVITE, or ''. The dialog and the way to their sound are known then."""
        end = time.monotonic() + seconds
        while True: # A retransmission of an old one is none.
            request = self.expect("INVITE", end - time.monotonic())
            if not request or header(request, "Via") not in self.seen:
                break
        self.seen.add(header(request, "Via"))
        contact = re.search(r"(?im)^Contact:[^<\r]*<(sip:[^>]*?([\d.]+):(\d+)[^>]*)>", request)
        if contact:
            self.request, self.call_id, self.cseq = request, header(request, "Call-ID"), 100
            self.target, self.peer = contact[1], (contact[2], int(contact[3]))
            self.to_tag = re.search(r"(?im)^From:.*;tag=([^;\s]+)", request)[1]
            if self.sound:
                self.sound.heard.clear()
                self.sound.mouth = b""
            self.learn_sound(request)
            self.reply(request, "100 Trying")
        return request

    def reply(self, request, code="200 OK", body="", headers=""):
        """With the same tag each time, unless there is one."""
        tagged = re.sub(r"(?im)^(To:[^\r]*)", lambda m: m[1] if ";tag=" in m[1] else f"{m[1]};tag={self.tag}", request)
        lines = [f"SIP/2.0 {code}"] + [m[0].strip() for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
                                       for m in re.finditer(rf"(?im)^{name}:.*$", tagged)]
        lines += [f"Contact: <sip:callee@{self.host}:{self.port}>", *[line for line in headers.split("\n") if line]]
        if body:
            lines.append("Content-Type: application/sdp")
        self.send("\r\n".join(lines) + f"\r\nContent-Length: {len(body)}\r\n\r\n{body}")

    def refuse(self, code):
        """A final refusal of the INVITE; whether its ACK came."""
        self.reply(self.request, code)
        return bool(self.expect("ACK"))

    def ring(self, sound=False):
        self.reply(self.request, "183 Session Progress" if sound else "180 Ringing", self.sdp() if sound else "")

    def take(self, headers=""):
        """200 and its ACK."""
        self.reply(self.request, "200 OK", self.sdp(), headers)
        return bool(self.expect("ACK"))

    def ended(self, seconds=6):
        """Their BYE, answered."""
        bye = self.expect("BYE", seconds)
        if bye:
            self.reply(bye)
        return bye


class Baresip:
    """A telephone of others' make, told by its control socket what to do; None of it where it is not installed."""

    def __init__(self, user="bob"):
        self.home, self.peer = tempfile.mkdtemp(prefix="offhook-baresip-"), None
        port = house.free_ports(11000, 12000, 3)
        self.control = port + 2
        config = (f"sip_listen {LOOPBACK}:{port}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\nmodule aufile.so\n"
                  f"module aubridge.so\naudio_source aufile,{tone_file(self.home)}\naudio_player aubridge,ear\naudio_alert aubridge,bell\n"
                  f"ring_aufile none\nctrl_tcp_listen {LOOPBACK}:{self.control}\nmodule_app account.so\n"
                  "module_app menu.so\nmodule_app ctrl_tcp.so\n")
        for name, text in (("accounts", f"<sip:{user}@{LOOPBACK}>;regint=0\n"), ("config", config)):
            with open(os.path.join(self.home, name), "w", encoding="utf-8") as out:
                out.write(text)

    def start(self):
        if not shutil.which("baresip"):
            print("skipped: baresip is not installed (scripts/install test)")
            return False
        self.peer = Peer(["baresip", "-f", self.home], env={**os.environ, "HOME": self.home})
        return bool(wait_for(self.tell, 8))

    def tell(self, command="", params=""):
        """A command, as netstring of JSON; whether there was somebody to take it."""
        try:
            with socket.create_connection((LOOPBACK, self.control), 2) as line:
                words = json.dumps({"command": command, "params": params, "token": "t"})
                if command:
                    line.sendall(f"{len(words)}:{words},".encode())
                    line.recv(4096)
            return True
        except OSError:
            return False

    def close(self):
        if self.peer:
            self.peer.close()
        shutil.rmtree(self.home, ignore_errors=True)


def sipp(server, scenario, seconds=40):
    """One call by a scenario; None when there is no sipp."""
    if not shutil.which("sipp"):
        print(f"skipped: {scenario}: sipp is not installed (scripts/install test)")
        return None
    return subprocess.run(["sipp", f"{LOOPBACK}:{server.port}", "-sf", os.path.join(HERE, "scenarios", scenario), "-s", "100",
                           "-i", LOOPBACK, "-mp", str(house.free_ports(12000, 13000, 8)), "-m", "1", "-nostdin",
                           "-trace_err", "-error_file", "/dev/stdout"],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=seconds, check=False)


def trunk(name, callee, more=""):
    return f'  - {{name: {name}, host: "{LOOPBACK}:{callee.port}", transport: udp, sources: ["{LOOPBACK}"]{", " + more if more else ""}}}\n'


class Desk(Office):
    def __init__(self, program, trunks, outbound=(), **more):
        if outbound:
            trunks += f"outbound: [{', '.join(outbound)}]\n"
        super().__init__(program, os.path.relpath(os.path.join(HERE, "desk"), os.path.join(HERE, "..", "..", "..")),
                         trunks=trunks.rstrip("\n"), server="when-late: admit", **more)

    def dial(self, number, *options):
        """The reference, or '' and the reason in self.why."""
        done = self.run("dial", number, self.conf, *options, timeout=60)
        self.why = done.stderr
        return done.stdout.split()[0] if done.returncode == 0 and done.stdout else ""

    def call_row(self, ref, seconds=10):
        """What the account says of a call, once it has ended."""
        wait_for(lambda: self.whole(ref).get("ended"), seconds, 0.1)
        return self.whole(ref)

    def kill_worker(self):
        """The process of signalling dies; the server starts another."""
        os.kill(self.ask("status")["sip"]["worker_pid"], signal.SIGKILL)

    def nothing_left(self):
        return wait_for(lambda: self.status()["calls"] == 0 and (self.ask("status") or {})["sip"]["dialogs"] == 0
                        and (self.ask("status") or {})["media"]["endpoints"] == 0, 8, 0.2)

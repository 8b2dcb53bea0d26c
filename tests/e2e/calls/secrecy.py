# SPDX-License-Identifier: Apache-2.0
"""secrecy.py - encrypted calls: baresip with SRTP, what is refused, and that no key is written down anywhere."""
import base64
import glob
import os
import re
import signal
import socket
import threading
import time

import house
from house import ADDRESS, Server, check

CRYPTO = "AES_CM_128_HMAC_SHA1_80"


def set_mode(server, mode):
    """The trunk's srtp, read again by the server."""
    path = os.path.join(server.conf, "offhook.yaml")
    text = re.sub(r", srtp: \w+", "", open(path, encoding="utf-8").read())
    with open(path, "w", encoding="utf-8") as out:
        out.write(text.replace("{name: local,", f"{{name: local, srtp: {mode},", 1).replace(", srtp", ", srtp", 1))
    before = server.log_text().count("new calls use it")
    server.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 60
    while time.monotonic() < end and server.log_text().count("new calls use it") == before:
        time.sleep(0.1)


class Dialog:
    """One INVITE by hand, so that its key is known."""

    def __init__(self, server, profile, crypto):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, 0))
        self.socket.settimeout(5)
        self.port, self.server = self.socket.getsockname()[1], server
        self.tag, self.to = base64.b16encode(os.urandom(6)).decode(), ""
        body = (f"v=0\r\no=- 1 1 IN IP4 {ADDRESS}\r\ns=-\r\nc=IN IP4 {ADDRESS}\r\nt=0 0\r\n"
                f"m=audio {self.port + 2} {profile} 0\r\n{crypto}")
        self.send("INVITE", 1, body)
        self.answer = self.wait()

    def send(self, method, number, body=""):
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self.socket.sendto((
            f"{method} sip:100@{ADDRESS} SIP/2.0\r\nVia: SIP/2.0/UDP {ADDRESS}:{self.port};branch=z9hG4bK{self.tag}{method}\r\n"
            f"From: <sip:key@{ADDRESS}>;tag={self.tag}\r\nTo: <sip:100@{ADDRESS}>{self.to}\r\nCall-ID: {self.tag}\r\n"
            f"CSeq: {number} {method}\r\nMax-Forwards: 70\r\nContact: <sip:key@{ADDRESS}:{self.port}>\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode(), (ADDRESS, self.server.port))

    def wait(self):
        while True:
            text = self.socket.recv(65536).decode()
            if text.startswith("SIP/2.0 ") and not text.startswith("SIP/2.0 1"):
                self.to = ";tag=" + re.search(r"(?mi)^To:.*;tag=([^\r;]+)", text).group(1)
                self.send("ACK", 1)
                return text

    def close(self):
        self.send("BYE", 2)
        self.socket.recv(65536)
        self.socket.close()


def crypto(key, tag=1):
    return f"a=crypto:{tag} {CRYPTO} inline:{base64.b64encode(key).decode()}|2^31\r\n"


def refusals(server):
    for mode, profile, line, status, reason in (
            ("required", "RTP/AVP", "", "488", "Required"), ("off", "RTP/SAVP", crypto(os.urandom(30)), "488", "Not Accepted"),
            ("optional", "RTP/SAVP", "a=crypto:1 F8_128_HMAC_SHA1_80 inline:AAAA\r\n", "488", "")):
        set_mode(server, mode)
        first = Dialog(server, profile, line).answer.splitlines()[0]
        check(f"{mode}_refuses_{profile}_{'with' if line else 'without'}_a_key", status in first and reason in first, first)
        row = server.ended()[-1]
        check(f"the_account_says_why_{mode}", row["status"] == 488 and reason in (row["detail"] or ""), row)


def secrets(server):
    set_mode(server, "optional")
    key = os.urandom(30)
    dialog = Dialog(server, "RTP/AVP", crypto(key, 7))
    found = re.search(rf"a=crypto:7 {CRYPTO} inline:(\S+)", dialog.answer)
    check("the_answer_brings_a_key_of_ours", found is not None, dialog.answer)
    time.sleep(1)
    dialog.close()
    call = server.last()
    check("the_account_says_which_suite", call.get("encryption") == CRYPTO, call)
    ours = found.group(1) if found else ""
    needles = [key, base64.b64encode(key), b"inline:"] + ([ours.encode(), base64.b64decode(ours + "==")] if ours else [])
    files = [p for p in glob.glob(os.path.join(server.conf, "data", "**"), recursive=True) if os.path.isfile(p)]
    files.append(os.path.join(server.home, "log"))
    hits = [(p, i) for p in files for i, needle in enumerate(needles) if needle in open(p, "rb").read()]
    check("no_key_is_written_down", not hits and any("journal" in p for p in files), hits)


def replay(server):
    server.kill(signal.SIGTERM)
    done = server.run("replay", server.conf)
    check("calls_with_keys_are_replayed_from_their_names", done.returncode == 0, done.stdout + done.stderr)


def spoken(server, baresip, joined, loud_seconds, children, mode, kind):
    set_mode(server, mode)
    source = os.path.join(server.home, "mouth.wav")
    joined(source, (7, "conf-full"), (9, None))
    if kind == "srtp-mand": # The signalling dies under the first call: sound must not notice.
        timer = threading.Timer(5, lambda: [os.kill(c, signal.SIGKILL) for c in children(server.process.pid)])
        timer.start()
    ear = baresip(server, source, 18, mediaenc=kind)
    call = server.last()
    intents = [t.get("intent") for t in call.get("turns", []) if t["speaker"] == "caller"]
    name = f"{kind}_with_{mode}"
    check(f"{name}_is_encrypted", call.get("encryption") == CRYPTO, call)
    check(f"{name}_is_understood", "conference" in intents, call.get("turns"))
    check(f"{name}_hears_the_agent", loud_seconds(ear) > 2, loud_seconds(ear))
    check(f"{name}_has_nothing_forged", call.get("forged") == 0 and call.get("received", 0) > 500, call)


def part(program, *tools):
    server = Server(program, source="tests/e2e/calls/switchboard")
    refusals(server)
    secrets(server)
    house.attempts(spoken, server, *tools, "required", "srtp-mand")
    house.attempts(spoken, server, *tools, "optional", "srtp")
    replay(server)
    server.close()

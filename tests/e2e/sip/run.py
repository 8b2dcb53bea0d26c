#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py HARNESS PART: drives the signalling limb's harness and prints `ok name` for what held.

Parts: calls (sipp over UDP and TCP), wire (single messages, forks, calls placed), torture (the cases of
RFC 4475), garbage (mutations of valid messages from a seed), restart (the worker killed in mid-call),
accounts (digest both ways, registration, probes, where a trunk is found), guard (floods and scanners),
tls (certificates of both sides), hep (a capture server).
Ports are free ones of 23000-23999. Whatever is started here is ended by its pid.
"""
import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, ".."))
from ports import free_ports

ADDRESS = "127.0.0.1"
SDP = ("v=0\r\no=- 7 7 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
       "m=audio 23980 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n")
failures = 0


def check(name, good, detail=""):
    global failures
    print(f"ok {name}" if good else f"FAILED {name} {detail}", flush=True)
    failures += not good


def free_port(count=2):
    """The first of `count` ports that nobody has."""
    return free_ports(23000, 23980, count)


class Harness:
    """The harness process; `lines` are the events that it printed."""

    def __init__(self, path, *arguments, port=None):
        self.port = port or free_port()
        self.lines = []
        self.rest = b""
        self.process = subprocess.Popen(
            [path, f"udp:{ADDRESS}:{self.port}", f"tcp:{ADDRESS}:{self.port}", *arguments],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        os.set_blocking(self.process.stdout.fileno(), False)
        if not self.wait_line("^ready", 15):
            sys.exit(f"the harness did not start: {self.lines}")

    def pump(self, seconds=0.0):
        end = time.monotonic() + seconds
        while True:
            left = max(0.0, end - time.monotonic())
            ready, _, _ = select.select([self.process.stdout], [], [], left)
            if not ready:
                return
            data = self.process.stdout.read()
            if not data:
                return
            self.rest += data
            *whole, self.rest = self.rest.split(b"\n")
            self.lines += [line.decode("latin-1") for line in whole]
            if seconds:
                return

    def wait_line(self, pattern, seconds=5.0, after=0):
        end = time.monotonic() + seconds
        while True:
            self.pump()
            for line in self.lines[after:]:
                if re.search(pattern, line):
                    return line
            if time.monotonic() > end:
                return None
            self.pump(0.05)

    def mark(self):
        self.pump()
        return len(self.lines)

    def order(self, line):
        self.process.stdin.write((line + "\n").encode())
        self.process.stdin.flush()

    def figures(self):
        at = self.mark()
        self.order("figures")
        line = self.wait_line("^figures", 5, at)
        return {k: int(v) for k, v in re.findall(r"(\w+)=(\d+)", line)} if line else {}

    def close(self):
        try:
            self.order("quit")
            self.process.wait(5)
        except (OSError, subprocess.TimeoutExpired):
            self.process.kill()
            self.process.wait()


class Phone:
    """A telephone made by hand: what it sends is exactly what the test says."""

    def __init__(self, harness, stream=False, source=ADDRESS):
        self.harness, self.stream, self.buffer, self.source = harness, stream, b"", source
        if stream:
            self.socket = socket.create_connection((ADDRESS, harness.port), 5, (source, 0))
        else:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.bind((source, 0))
        self.port = self.socket.getsockname()[1]
        self.ident = "%x" % random.getrandbits(48)
        self.tag, self.cseq, self.to_tag, self.target = "t" + self.ident, 0, "", None

    def message(self, method, user="answer", cseq=None, to_tag=None, headers="", body="",
                branch=None, contact=True, ctype="application/sdp", uri=None):
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        if to_tag is None:
            to_tag = self.to_tag
        transport = "TCP" if self.stream else "UDP"
        lines = [
            f"{method} {uri or f'sip:{user}@{ADDRESS}:{self.harness.port}'} SIP/2.0",
            f"Via: SIP/2.0/{transport} {self.source}:{self.port};branch={branch or 'z9hG4bK%x' % random.getrandbits(60)};rport",
            f"From: <sip:tester@{ADDRESS}>;tag={self.tag}",
            f"To: <sip:{user}@{ADDRESS}>" + (f";tag={to_tag}" if to_tag else ""),
            f"Call-ID: {self.ident}@test", f"CSeq: {cseq} {method}", "Max-Forwards: 70"]
        if contact:
            lines.append(f"Contact: <sip:tester@{self.source}:{self.port}"
                         + (";transport=tcp>" if self.stream else ">"))
        if headers:
            lines += headers.split("\n")
        if body:
            lines.append(f"Content-Type: {ctype}")
        lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines) + "\r\n\r\n" + body

    def send(self, text, to=None):
        data = text if isinstance(text, bytes) else text.encode("latin-1")
        if self.stream:
            self.socket.sendall(data)
        else:
            self.socket.sendto(data, to or (ADDRESS, self.harness.port))

    def receive(self, seconds=2.0):
        """The next message, or None."""
        end = time.monotonic() + seconds
        while True:
            if self.stream:
                head, gap, body = self.buffer.partition(b"\r\n\r\n")
                length = re.search(rb"(?i)content-length: *(\d+)", head)
                size = int(length.group(1)) if length else 0
                if gap and len(body) >= size:
                    self.buffer = body[size:]
                    return (head + gap + body[:size]).decode("latin-1")
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return None
            data = self.socket.recv(65536)
            if not self.stream:
                return data.decode("latin-1")
            if not data:
                return None
            self.buffer += data

    def expect(self, pattern, seconds=3.0):
        """The next message whose first line matches; others are passed over."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            text = self.receive(left)
            if text and re.match(pattern, text):
                return text
        return None

    def ask(self, method, pattern, seconds=3.0, **more):
        text = self.message(method, **more)
        self.send(text)
        return self.expect(pattern, seconds)

    def learn(self, response):
        found = re.search(r"(?im)^To:.*;tag=([^;\s]+)", response)
        self.to_tag = found.group(1) if found else ""

    def reply(self, request, status="200 OK", headers="", body="", tag=""):
        lines = [f"SIP/2.0 {status}"]
        for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq"):
            lines += [m.group(0).strip() + (f";tag={tag}" if name == "To" and tag else "")
                      for m in re.finditer(rf"(?im)^{name}:.*$", request)]
        lines.append(f"Contact: <sip:tester@{ADDRESS}:{self.port}>")
        if headers:
            lines += headers.split("\n")
        if body:
            lines.append("Content-Type: application/sdp")
        lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join(lines) + "\r\n\r\n" + body)

    def call(self, user="answer", headers=""):
        """INVITE, 200, ACK. True when it is up."""
        answer = self.ask("INVITE", r"SIP/2.0 [2-6]", user=user, headers=headers, body=SDP)
        if not answer or " 200 " not in answer.split("\r\n")[0]:
            return False
        self.learn(answer)
        self.user = user
        self.send(self.message("ACK", user, cseq=self.cseq))
        return True

    def bye(self):
        return self.ask("BYE", r"SIP/2.0 200", user=self.user, contact=False) is not None

    def close(self):
        self.socket.close()


def normal_call(harness, stream=False):
    phone = Phone(harness, stream)
    good = phone.call() and phone.bye()
    phone.close()
    return good


def header(text, name):
    found = re.search(rf"(?im)^{name}: *(.*?)\r?$", text or "")
    return found.group(1) if found else None


def main():
    sys.path.insert(0, HERE)
    harness, part = sys.argv[1], sys.argv[2]
    module = __import__(f"part_{part}")
    module.run_part(harness)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    sys.modules["run"] = sys.modules["__main__"]
    main()

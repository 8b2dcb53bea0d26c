# SPDX-License-Identifier: Apache-2.0
"""phone.py - a telephone whose every message and packet the test writes: UDP or TCP, IPv4 or IPv6, with sound."""
import audioop
import re
import secrets
import select
import socket
import struct
import threading
import time

from office import LOOPBACK

FRAME_S = 0.02
QUIET = b"\xff" * 160


class Sound:
    """An RTP stream both ways. Sends a frame each 20 ms from `mouth` (quiet when that is empty) while `sending`."""

    def __init__(self, address=LOOPBACK, payload_type=0):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))
        self.port = self.socket.getsockname()[1]
        self.payload_type, self.to, self.sending, self.mouth = payload_type, None, True, b""
        self.sequence, self.timestamp = secrets.randbelow(1 << 16), secrets.randbelow(1 << 32)
        self.ssrc = secrets.randbelow(1 << 32)
        self.heard = [] # (time, payload type, payload, from)
        self.lock, self.over = threading.Lock(), False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def packet(self, payload, payload_type=None, marker=False, timestamp=None):
        kind = (self.payload_type if payload_type is None else payload_type) | (0x80 if marker else 0)
        self.sequence = (self.sequence + 1) & 0xffff
        return struct.pack(">BBHII", 0x80, kind, self.sequence,
                           (self.timestamp if timestamp is None else timestamp) & 0xffffffff, self.ssrc) + payload

    def send(self, packet):
        if self.to:
            self.socket.sendto(packet, self.to)

    def run(self):
        due = time.monotonic()
        while not self.over:
            wait = due - time.monotonic()
            if wait > 0:
                if select.select([self.socket], [], [], wait)[0]:
                    data, source = self.socket.recvfrom(2048)
                    if len(data) >= 12 and data[0] >> 6 == 2 and not 192 <= data[1] <= 223:
                        self.heard.append((time.monotonic(), data[1] & 127, data[12:], source))
                continue
            due += FRAME_S
            with self.lock:
                self.timestamp = (self.timestamp + 160) & 0xffffffff
                if self.sending and self.to:
                    frame, self.mouth = (self.mouth[:160].ljust(160, b"\xff"), self.mouth[160:]) if self.mouth \
                        else (QUIET, b"")
                    self.send(self.packet(frame))

    def loud(self, since=0.0, kind=0):
        """Frames heard since then in which there is something to hear."""
        to_linear = audioop.ulaw2lin if kind == 0 else audioop.alaw2lin
        return sum(1 for at, pt, payload, _ in list(self.heard)
                   if at >= since and pt == kind and len(payload) == 160 and audioop.max(to_linear(payload, 2), 2) > 300)

    def packets(self, since=0.0):
        return sum(1 for at, *_ in list(self.heard) if at >= since)

    def key(self, event, marker=True, ends=3, updates=5, kind=101, lost=()):
        """A key as RFC 4733 has it; packets whose number is in `lost` are not sent."""
        with self.lock:
            start, number = self.timestamp, 0
            for i in range(updates + ends):
                end = i >= updates
                duration = 160 * (min(i, updates) + 1)
                payload = struct.pack(">BBH", event, (0x80 if end else 0) | 10, duration)
                packet = self.packet(payload, kind, marker and i == 0, start)
                if number not in lost:
                    self.send(packet)
                number += 1
                if not end:
                    time.sleep(FRAME_S)
            self.timestamp = (start + 160 * (updates + 2)) & 0xffffffff

    def close(self):
        self.over = True
        self.thread.join()
        self.socket.close()


class Phone:
    """One call. Messages are made by message() and changed as the test likes before send()."""

    def __init__(self, server, address=None, stream=False, user="100", sound=True, to=None, via_address=None):
        self.server, self.address, self.stream, self.user = server, address or server.address, stream, user
        self.peer = to or (server.address, server.port)
        self.host = f"[{self.address}]" if ":" in self.address else self.address
        self.peer_host = f"[{self.peer[0]}]" if ":" in self.peer[0] else self.peer[0]
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        if stream:
            self.socket = socket.create_connection(self.peer, 5)
        else:
            self.socket = socket.socket(family, socket.SOCK_DGRAM)
            self.socket.bind((self.address, 0))
        self.port = self.socket.getsockname()[1]
        self.buffer = b""
        self.call_id, self.tag, self.to_tag, self.cseq = secrets.token_hex(12), secrets.token_hex(4), "", 0
        self.target, self.routes, self.version = None, [], 1
        self.answer = ""
        self.sound = Sound(self.address) if sound else None

    # ---- What is said ----

    def sdp(self, port=None, address=None, formats="0 101", way="sendrecv", more="", before="", version=None):
        address = address or self.address
        kind = "IP6" if ":" in address else "IP4"
        port = (self.sound.port if self.sound else 9) if port is None else port
        return (f"v=0\r\no=- 77 {version or self.version} IN {kind} {self.address}\r\ns=-\r\nc=IN {kind} {address}\r\n"
                f"t=0 0\r\n{before}m=audio {port} RTP/AVP {formats}\r\na=rtpmap:101 telephone-event/8000\r\n"
                f"a={way}\r\n{more}")

    def message(self, method, body="", cseq=None, to_tag=None, headers="", branch=None, uri=None, ctype="application/sdp",
                contact=True, call_id=None, from_line=None):
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        tag = self.to_tag if to_tag is None else to_tag
        uri = uri or self.target or f"sip:{self.user}@{self.peer_host}:{self.peer[1]}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/{'TCP' if self.stream else 'UDP'} {self.host}:{self.port};"
            f"branch={branch or 'z9hG4bK' + secrets.token_hex(8)};rport",
            "Max-Forwards: 70", *[f"Route: {route}" for route in self.routes],
            f"From: {from_line or f'<sip:interop@{self.host}>'};tag={self.tag}",
            f"To: <sip:{self.user}@{self.peer_host}>" + (f";tag={tag}" if tag else ""),
            f"Call-ID: {call_id or self.call_id}", f"CSeq: {cseq} {method}"]
        if contact:
            lines.append(f"Contact: <sip:interop@{self.host}:{self.port}{';transport=tcp' if self.stream else ''}>")
        lines += [line for line in headers.split("\n") if line]
        if body:
            lines.append(f"Content-Type: {ctype}")
        return "\r\n".join(lines) + f"\r\nContent-Length: {len(body)}\r\n\r\n{body}"

    def send(self, text):
        data = text if isinstance(text, bytes) else text.encode("latin-1")
        if self.stream:
            self.socket.sendall(data)
        else:
            self.socket.sendto(data, self.peer)

    def receive(self, seconds=2.0):
        """The next message, or ''."""
        end = time.monotonic() + seconds
        while True:
            if self.stream:
                head, gap, body = self.buffer.partition(b"\r\n\r\n")
                length = re.search(rb"(?im)^(?:content-length|l) *: *(\d+)", head)
                size = int(length[1]) if length else 0
                if gap and len(body) >= size:
                    self.buffer = body[size:]
                    return (head + gap + body[:size]).decode("latin-1")
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.socket], [], [], left)[0]:
                return ""
            data = self.socket.recv(65536)
            if not self.stream:
                return data.decode("latin-1")
            if not data:
                return ""
            self.buffer += data

    def expect(self, pattern, seconds=4.0, cseq=None):
        """The next message whose first line matches; their own BYE is always answered."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            text = self.receive(left)
            if text and re.match(pattern, text) and (cseq is None or re.search(rf"(?im)^CSeq: *{cseq}\b", text)):
                return text
        return ""

    def ask(self, method, body="", seconds=5.0, **more):
        """Sends a request; returns its final answer."""
        self.send(self.message(method, body, **more))
        return self.expect("SIP/2.0 [2-6]", seconds, more.get("cseq") or self.cseq)

    def learn(self, answer):
        """The dialog and the way to their sound, from a 200 to an INVITE."""
        tag = re.search(r"(?im)^To:.*;tag=([^;\s]+)", answer)
        contact = re.search(r"(?im)^Contact:[^<\r]*<([^>]+)>", answer)
        routes = re.findall(r"(?im)^Record-Route: *(.*?)\r?$", answer)
        self.to_tag = tag[1] if tag else ""
        self.target = contact[1] if contact else self.target
        self.routes = [route.strip() for line in routes for route in line.split(",")][::-1]
        self.learn_sound(answer)

    def learn_sound(self, answer):
        self.answer = answer
        port = re.search(r"(?m)^m=audio (\d+)", answer)
        address = re.search(r"(?m)^c=IN IP[46] (\S+)", answer)
        if self.sound and port and int(port[1]) and address:
            self.sound.to = (address[1], int(port[1]))

    def dial(self, body=None, headers="", **more):
        """INVITE, 200, ACK. Returns the final status."""
        answer = self.ask("INVITE", self.sdp() if body is None else body, headers=headers, **more)
        if status(answer) == 200:
            self.learn(answer)
            self.ack()
        else:
            self.answer = answer
        return status(answer)

    def ack(self, body="", cseq=None, **more):
        self.send(self.message("ACK", body, cseq=cseq or self.cseq, **more))

    def reinvite(self, body=None, headers="", ack=True):
        """Returns the final answer, acknowledged when it is a 200."""
        self.version += 1
        answer = self.ask("INVITE", self.sdp() if body is None else body, headers=headers)
        if status(answer) == 200:
            self.learn_sound(answer)
        if ack:
            self.ack()
        return answer

    def reply(self, request, code="200 OK", body=""):
        lines = [f"SIP/2.0 {code}"] + [m[0].strip() for name in ("Via", "Record-Route", "From", "To", "Call-ID", "CSeq")
                                       for m in re.finditer(rf"(?im)^{name}:.*$", request)]
        lines.append(f"Contact: <sip:interop@{self.host}:{self.port}>")
        if body:
            lines.append("Content-Type: application/sdp")
        self.send("\r\n".join(lines) + f"\r\nContent-Length: {len(body)}\r\n\r\n{body}")

    def hang_up(self):
        return status(self.ask("BYE", contact=False))

    def close(self):
        if self.sound:
            self.sound.close()
        self.socket.close()


def status(answer):
    found = re.match(r"SIP/2.0 (\d\d\d)", answer or "")
    return int(found[1]) if found else 0


def header(text, name):
    found = re.search(rf"(?im)^{name} *: *(.*?)\r?$", text or "")
    return found[1] if found else ""


def origin(answer):
    """(session id, version) of a description."""
    found = re.search(r"(?m)^o=\S+ (\d+) (\d+)", answer or "")
    return (found[1], int(found[2])) if found else ("", -1)

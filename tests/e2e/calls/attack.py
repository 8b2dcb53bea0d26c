# SPDX-License-Identifier: Apache-2.0
"""attack.py - callers who mean no good, or whose network does not: a telephone of raw packets, and
the steps of the part `attack` of run.py."""
import re
import secrets
import signal
import socket
import time

import house
from house import ADDRESS, Server, check


def description(port, address=ADDRESS):
    return (f"v=0\r\no=- 1 1 IN IP4 {ADDRESS}\r\ns=-\r\nc=IN IP4 {address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n")


class Phone:
    """One call over UDP, whose every message its user writes."""

    def __init__(self, server, sdp):
        self.server, self.sdp, self.sequence, self.their_tag, self.rtp = server, sdp, 1, "", 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((ADDRESS, 0))
        self.id, self.tag = secrets.token_hex(12), secrets.token_hex(4)

    def send(self, method, body=""):
        port = self.socket.getsockname()[1]
        to = f"<sip:100@{ADDRESS}>" + (f";tag={self.their_tag}" if self.their_tag else "")
        kind = "Content-Type: application/sdp\r\n" if body else ""
        message = (f"{method} sip:100@{ADDRESS}:{self.server.port} SIP/2.0\r\n"
                   f"Via: SIP/2.0/UDP {ADDRESS}:{port};branch=z9hG4bK{secrets.token_hex(8)};rport\r\n"
                   f"Max-Forwards: 70\r\nFrom: <sip:rough@{ADDRESS}>;tag={self.tag}\r\nTo: {to}\r\n"
                   f"Call-ID: {self.id}\r\nCSeq: {self.sequence} {method}\r\n"
                   f"Contact: <sip:rough@{ADDRESS}:{port}>\r\n{kind}Content-Length: {len(body)}\r\n\r\n{body}")
        self.socket.sendto(message.encode(), (ADDRESS, self.server.port))

    def receive(self, seconds):
        self.socket.settimeout(max(seconds, 0.001))
        try:
            return self.socket.recv(65536).decode(errors="replace")
        except (TimeoutError, BlockingIOError):
            return ""

    def final(self, seconds=5):
        """The status of the next final answer; 0: none came."""
        end = time.monotonic() + seconds
        while (message := self.receive(end - time.monotonic())) or time.monotonic() < end:
            status = re.match(r"SIP/2.0 ([2-6]\d\d)", message)
            if not status:
                continue
            tag, port = re.search(r"(?im)^To:.*;tag=([^\s;]+)", message), re.search(r"m=audio (\d+)", message)
            self.their_tag = tag[1] if tag else self.their_tag
            self.rtp = int(port[1]) if port else self.rtp
            return int(status[1])
        return 0

    def dial(self):
        self.send("INVITE", self.sdp)
        status = self.final()
        if status == 200:
            self.send("ACK")
        return status

    def hang_up(self):
        self.sequence += 1
        self.send("BYE")
        return self.final()


def sound_in_a_circle(server):
    """Two callers who name each other's port of the server: two agents would talk for an hour."""
    scout = Phone(server, description(9))
    scout.dial()
    scout.hang_up()
    first, second = (Phone(server, description(scout.rtp + d)) for d in (4, 2)) # Ports go round.
    check("ports_are_given_in_turn", first.dial() == second.dial() == 200
          and (first.rtp, second.rtp) == (scout.rtp + 2, scout.rtp + 4), f"{scout.rtp} {first.rtp} {second.rtp}")
    time.sleep(2)
    first.hang_up(), second.hang_up()
    server.last()
    heard = [(call["received"], call["sent"]) for call in server.cdr()[-2:]]
    check("the_server_neither_sends_to_its_own_ports_nor_hears_them", heard == [(0, 0)] * 2, heard)


def impatient_operator(server):
    """Hundreds of reloads asked for at once are a few reloads, and the next one still works."""
    phone = Phone(server, description(9))
    up = phone.dial()
    for _ in range(100):
        server.process.send_signal(signal.SIGHUP)
        server.ask("reload")
    end = time.monotonic() + 20
    while server.log_text().count("reloaded") == 0 and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(2)
    log = server.log_text()
    check("hundreds_of_reloads_asked_for_at_once_are_a_few", 1 <= log.count("reloaded") < 40
          and "older configurations" not in log and "no messages" not in log, log[-2000:])
    check("and_a_caller_who_was_up_stays_up", up == 200 and phone.hang_up() == 200)


def good_bye_of_the_server(server):
    """Last of all: the server ends, and tells those who are on the line."""
    phones = [Phone(server, description(9)) for _ in range(8)]
    up = [phone.dial() for phone in phones]
    server.process.terminate()
    end, told = time.monotonic() + 7, 0
    for phone in phones:
        while (message := phone.receive(end - time.monotonic())):
            if message.startswith("BYE"):
                told += 'text="the server is going down"' in message
                break
    check("callers_who_are_up_get_a_good_bye_with_its_reason_when_the_server_ends",
          up == [200] * 8 and told == 8, f"{up} {told}")
    server.process.wait(15)
    causes = [call["cause"] for call in server.cdr()][-8:]
    check("and_each_has_its_end_in_the_account", causes == ["server_shutdown"] * 8, causes)


def part(program):
    server = Server(program)
    sound_in_a_circle(server)
    impatient_operator(server)
    good_bye_of_the_server(server)
    done = server.run("replay", server.conf)
    check("what_attackers_did_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""flood.py KIND FROM TO FIRST LAST A_SECOND SECONDS: packets that nobody asked for, from an address that nobody knows.

KIND rtp sends sound to random ports of FIRST-LAST; KIND register sends REGISTER with guessed passwords to port FIRST.
Prints how many it sent: it must not be what the machine is busy with, so it is paced.
"""
import random
import secrets
import socket
import struct
import sys
import time


def guess(source, target, port):
    user = random.randrange(1000, 9999)
    return (f"REGISTER sip:{target} SIP/2.0\r\nVia: SIP/2.0/UDP {source}:5999;branch=z9hG4bK{secrets.token_hex(6)}\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{user}@{target}>;tag={secrets.token_hex(4)}\r\nTo: <sip:{user}@{target}>\r\n"
            f"Call-ID: {secrets.token_hex(8)}\r\nCSeq: 1 REGISTER\r\nContact: <sip:{user}@{source}:5999>\r\n"
            f"Authorization: Digest username=\"{user}\", realm=\"offhook\", nonce=\"0\", uri=\"sip:{target}\", "
            f"response=\"{secrets.token_hex(16)}\"\r\nContent-Length: 0\r\n\r\n").encode()


def main():
    kind, source, target = sys.argv[1:4]
    first, last, rate, seconds = (int(word) for word in sys.argv[4:8])
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.bind((source, 0))
    out.setblocking(False)
    begin, sent = time.monotonic(), 0
    while (now := time.monotonic() - begin) < seconds:
        while sent < now * rate:
            if kind == "rtp":
                packet = struct.pack(">BBHII", 0x80, 0, sent & 0xffff, sent * 160 & 0xffffffff, 7) + b"\x55" * 160
                to = (target, random.randrange(first, last))
            else:
                packet, to = guess(source, target, first), (target, first)
            try:
                out.sendto(packet, to)
            except OSError:
                pass
            sent += 1
        time.sleep(0.002)
    print(sent)


if __name__ == "__main__":
    main()

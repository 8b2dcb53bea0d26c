# SPDX-License-Identifier: Apache-2.0
"""names.py - a name server on loopback with the records that a test gives it: NAPTR, SRV, A, AAAA."""
import select
import socket
import struct
import threading

TYPES = {1: "A", 28: "AAAA", 33: "SRV", 35: "NAPTR"}


def packed(name):
    return b"".join(bytes([len(part)]) + part.encode() for part in name.strip(".").split(".") if part) + b"\0"


class Names:
    """records: {("sip.example", "SRV"): [(priority, weight, port, target), ...], ...}"""

    def __init__(self, records, ttl=60):
        self.records, self.ttl, self.asked, self.stopped = records, ttl, [], False
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def rdata(self, kind, value):
        if kind == "A":
            return socket.inet_aton(value)
        if kind == "AAAA":
            return socket.inet_pton(socket.AF_INET6, value)
        if kind == "SRV":
            return struct.pack("!HHH", *value[:3]) + packed(value[3])
        order, preference, flags, service, replacement = value
        texts = b"".join(bytes([len(t)]) + t.encode() for t in (flags, service, ""))
        return struct.pack("!HH", order, preference) + texts + packed(replacement)

    def answer(self, query):
        at, parts = 12, []
        while query[at]:
            parts.append(query[at + 1:at + 1 + query[at]].decode())
            at += query[at] + 1
        number = struct.unpack("!H", query[at + 1:at + 3])[0]
        name, kind = ".".join(parts).lower(), TYPES.get(number, "?")
        self.asked.append((name, kind))
        found = self.records.get((name, kind), [])
        known = any(n == name for n, _ in self.records)
        head = query[:2] + struct.pack("!HHHHH", 0x8580 if known else 0x8583, 1, len(found), 0, 0)
        body = query[12:at + 5]
        for value in found:
            data = self.rdata(kind, value)
            body += b"\xc0\x0c" + struct.pack("!HHIH", number, 1, self.ttl, len(data)) + data
        return head + body

    def serve(self):
        while not self.stopped:
            if select.select([self.socket], [], [], 0.1)[0]:
                query, sender = self.socket.recvfrom(4096)
                self.socket.sendto(self.answer(query), sender)

    def close(self):
        self.stopped = True
        self.thread.join()
        self.socket.close()

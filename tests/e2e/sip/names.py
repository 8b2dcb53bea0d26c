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
    """records: {("sip.example", "SRV"): [(priority, weight, port, target), ...], ...}

    tricks: {"sip.example": trick(answer) -> the datagrams sent in its place}. What does not fit into a datagram of 512
    bytes is cut, said so, and given over TCP."""

    def __init__(self, records, ttl=60, tricks=None):
        self.records, self.ttl, self.asked, self.stopped, self.tricks = records, ttl, [], False, tricks or {}
        while True: # The same port of both.
            self.socket, self.stream = socket.socket(socket.AF_INET, socket.SOCK_DGRAM), socket.socket()
            self.socket.bind(("127.0.0.1", 0))
            try:
                self.stream.bind(self.socket.getsockname())
                break
            except OSError:
                self.socket.close()
                self.stream.close()
        self.stream.listen(8)
        self.streams = []
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
            if isinstance(value, bytes): # A whole record.
                body += value
                continue
            data = self.rdata(kind, value)
            body += b"\xc0\x0c" + struct.pack("!HHIH", number, 1, self.ttl, len(data)) + data
        return name, head + body

    def datagrams(self, query):
        name, answer = self.answer(query)
        if name in self.tricks:
            return self.tricks[name](answer)
        if len(answer) > 512: # Cut behind the question, and said so (RFC 1035 4.1.1).
            question = answer[12:12 + len(packed(name)) + 4]
            return [answer[:2] + bytes([answer[2] | 2]) + answer[3:6] + bytes(6) + question]
        return [answer]

    def serve_stream(self, one):
        got = one.recv(4096)
        if not got:
            self.streams.remove(one)
            one.close()
            return
        while len(got) > 2:
            size = struct.unpack("!H", got[:2])[0]
            answer = self.answer(got[2:2 + size])[1]
            one.sendall(struct.pack("!H", len(answer)) + answer)
            got = got[2 + size:]

    def serve(self):
        while not self.stopped:
            for ready in select.select([self.socket, self.stream, *self.streams], [], [], 0.1)[0]:
                if ready is self.stream:
                    self.streams.append(ready.accept()[0])
                elif ready is not self.socket:
                    self.serve_stream(ready)
                else:
                    query, sender = self.socket.recvfrom(4096)
                    for datagram in self.datagrams(query):
                        self.socket.sendto(datagram, sender)

    def close(self):
        self.stopped = True
        self.thread.join()
        for one in [self.socket, self.stream, *self.streams]:
            one.close()

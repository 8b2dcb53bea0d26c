# SPDX-License-Identifier: Apache-2.0
"""A capture server: every message both ways arrives as HEP3, whole, with addresses, time and Call-ID."""
import re
import select
import shutil
import socket
import struct
import tempfile
import time

import part_tls
import run
from run import SDP, check, header

KEY = "d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj"


class Collector:
    def __init__(self):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((run.ADDRESS, 0))
        self.port = self.socket.getsockname()[1]

    def take(self, seconds=0.5):
        """All packets that come until it has been still for so long."""
        packets = []
        while select.select([self.socket], [], [], seconds)[0]:
            packets.append(decode(self.socket.recv(65536)))
        return packets

    def close(self):
        self.socket.close()


def decode(data):
    """Chunks by their number; None when the packet is not as published."""
    if data[:4] != b"HEP3" or struct.unpack("!H", data[4:6])[0] != len(data):
        return None
    at, chunks = 6, {}
    while at < len(data):
        vendor, kind, size = struct.unpack("!HHH", data[at:at + 6])
        if vendor != 0 or size < 6 or at + size > len(data):
            return None
        chunks[kind] = data[at + 6:at + size]
        at += size
    return chunks


def number(chunk):
    return int.from_bytes(chunk, "big")


def first_lines(packets):
    return [p[15].split(b"\r\n")[0].decode() for p in packets]


def whole_call(harness, collector, phone, protocol, port):
    began = time.time()
    good = phone.call(headers="X-Mark: 1") and phone.bye()
    packets = collector.take()
    lines = " ".join(first_lines(packets))
    name = "UDP" if protocol == 17 else "TLS"
    check(f"every message of a call is there, both ways ({name})", good and None not in packets and all(
        re.search(p, lines) for p in ("INVITE sip", "SIP/2.0 200 OK", "ACK sip", "BYE sip")), lines)
    check(f"with the Call-ID to tie it together ({name})", all(p[17].decode() == f"{phone.ident}@test" for p in packets))
    invite = packets[0]
    answer = next(p for p in packets if p[15].startswith(b"SIP/2.0 200"))
    local = socket.inet_aton(run.ADDRESS)
    check(f"with who sent it to whom ({name})", invite[1] == b"\x02" and number(invite[2]) == protocol and
          invite[3] == local and number(invite[7]) == phone.port and number(invite[8]) == port and
          number(answer[7]) == port and number(answer[8]) == phone.port, str(invite))
    stamp = number(invite[9]) + number(invite[10]) / 1e6
    check(f"when ({name})", began - 1 < stamp < time.time() + 1)
    check(f"and from whom ({name})", number(invite[12]) == 77 and invite[14] == b"sesame" and invite[11] == b"\x01")
    text = invite[15].decode()
    check(f"byte for byte ({name})", "X-Mark: 1\r\n" in text and text.endswith("\r\n\r\n" + SDP), text)


def keys(harness, collector):
    phone = run.Phone(harness)
    body = SDP + f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4 inline:{KEY}\r\nk=clear:{KEY}\r\n"
    got = phone.ask("INVITE", "SIP/2.0 [2-6]", user="busy", body=body)
    packets = collector.take()
    text = b"".join(p[15] for p in packets).decode()
    check("keys of encrypted sound never leave", bool(got) and "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***" in text
          and "|2^20|1:4" in text and KEY not in text, text)
    phone.learn(got)
    phone.send(phone.message("ACK", "busy", cseq=1))
    phone.close()
    collector.take()


def run_part(path):
    home = tempfile.mkdtemp(prefix="offhook-hep-")
    collector = Collector()
    try:
        authority = part_tls.Authority(home, "ours")
        place = part_tls.Place(home, authority)
        place.put(*authority.sign("first"))
        port = run.free_port(4)
        harness = run.Harness(path, f"tls:{run.ADDRESS}:{port + 1}", f"tls={place.home},off",
                              f"hep=udp:{run.ADDRESS}:{collector.port}", port=port)
        try:
            phone = run.Phone(harness)
            whole_call(harness, collector, phone, 17, port)
            phone.close()
            phone = part_tls.TlsPhone(harness, authority)
            whole_call(harness, collector, phone, 6, port + 1)
            phone.close()
            keys(harness, collector)
            collector.close()
            check("calls go on when nobody collects", run.normal_call(harness) and run.normal_call(harness))
            end = time.monotonic() + 3
            while not harness.figures()["lost"] and time.monotonic() < end:
                time.sleep(0.05)
            check("and what is lost is counted", harness.figures()["lost"] > 0 and harness.figures()["hep"] > 10,
                  str(harness.figures()))
        finally:
            harness.close()
        collector = Collector()
        harness = run.Harness(path, f"hep=udp:{run.ADDRESS}:{collector.port}", "nobodies=1")
        try:
            good = run.normal_call(harness)
            packets = collector.take()
            check("without bodies none leaves", good and packets and all(b"m=audio" not in p[15] for p in packets) and
                  b"INVITE" in packets[0][15])
        finally:
            harness.close()
    finally:
        collector.close()
        shutil.rmtree(home)

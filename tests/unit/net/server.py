#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""server.py: a provider of the worst kind, on real sockets of this machine, for the tests of src/net.

Prints one line "PORT TLS_PORT HTTP2_PORT CA_FILE" when it listens, and ends when its standard input does. What
it does is asked for by the path, so that each test reads as what happens. TLS is with a certificate for
"localhost", and not for its address, of an authority made at the start. HTTP/2 is nghttpd's: /small, /large."""
import asyncio
import base64
import hashlib
import logging
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile

LARGE = b"x" * 65536


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates(folder):
    ca, key, request, certificate, names = (os.path.join(folder, name) for name in
                                            ("ca.pem", "key.pem", "request.pem", "certificate.pem", "names"))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca + ".key", "-out", ca, "-days", "2",
            "-subj", "/CN=an authority of the tests")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=localhost")
    with open(names, "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca + ".key", "-CAcreateserial", "-out", certificate,
            "-days", "2", "-extfile", names)
    return ca, certificate, key


def answer(body, status="200 OK", *headers):
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


async def chunks(writer, *parts, every=0.0):
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n")
    for part in parts:
        writer.write(b"%x\r\n%s\r\n" % (len(part), part))
        await writer.drain()
        await asyncio.sleep(every)


def frame(opcode, payload=b"", fin=True):
    size = len(payload)
    head = bytes([opcode | (0x80 if fin else 0)])
    if size < 126:
        return head + bytes([size]) + payload
    if size < 65536:
        return head + b"\x7e" + struct.pack("!H", size) + payload
    return head + b"\x7f" + struct.pack("!Q", size) + payload


TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


async def read_frame(reader):
    first, second = await reader.readexactly(2)
    size = second & 0x7f
    if size == 126:
        size, = struct.unpack("!H", await reader.readexactly(2))
    elif size == 127:
        size, = struct.unpack("!Q", await reader.readexactly(8))
    assert second & 0x80, "a client's frames are masked"
    mask = await reader.readexactly(4)
    payload = await reader.readexactly(size)
    key = int.from_bytes((mask * (size // 4 + 1))[:size], "big")
    return first & 0x0f, (int.from_bytes(payload, "big") ^ key).to_bytes(size, "big")


async def echo(reader, writer):
    while True:
        opcode, payload = await read_frame(reader)
        writer.write(frame(opcode, payload))
        await writer.drain()
        if opcode == CLOSE:
            return


async def websocket(path, reader, writer, headers):
    if path == "/ws/echo":
        await echo(reader, writer)
    elif path == "/ws/greets": # As some vendors do, before they are asked.
        writer.write(frame(TEXT, b"hello ") + frame(TEXT, headers.get("x-key", "-").encode()))
        await echo(reader, writer)
    elif path == "/ws/parts":
        for piece in (frame(TEXT, b"one ", fin=False), frame(PING, b"still there?"), frame(0, b"two ", fin=False),
                      frame(0, b"three")):
            for byte in piece:
                writer.write(bytes([byte]))
                await writer.drain()
        opcode, payload = await read_frame(reader)
        writer.write(frame(TEXT, b"pong" if (opcode, payload) == (PONG, b"still there?") else b"?"))
        await echo(reader, writer)
    elif path == "/ws/goodbye":
        writer.write(frame(TEXT, b"last") + frame(CLOSE, struct.pack("!H", 1011) + b"too much"))
        opcode, _ = await read_frame(reader)
        assert opcode == CLOSE
    elif path == "/ws/cut":
        writer.write(frame(TEXT, b"whole") + frame(TEXT, b"not all of this")[:6])
    elif path == "/ws/reserved":
        writer.write(b"\xf1\x01x")
        await reader.read()
    elif path == "/ws/masked":
        writer.write(b"\x81\x81\0\0\0\0x")
        await reader.read()
    elif path == "/ws/no-utf8":
        writer.write(frame(TEXT, b"\xff\xfe"))
        await reader.read()
    elif path == "/ws/large":
        writer.write(frame(BINARY, b"x" * 200000))
        await echo(reader, writer)
    elif path == "/ws/large-parts":
        for _ in range(20):
            writer.write(frame(BINARY, b"x" * 10000, fin=False).replace(b"\x02", b"\x00", 0 if _ == 0 else 1))
        await echo(reader, writer)
    elif path == "/ws/deaf": # Reads nothing, and so answers no ping.
        await asyncio.sleep(60)
    elif path == "/ws/pings": # Wants an answer to each, and reads none.
        while True:
            writer.write(frame(PING, b"x" * 125) * 1000)
            await writer.drain()
    elif path == "/ws/no-close":
        writer.write(frame(TEXT, b"open"))
        while await reader.read(4096):
            pass
    elif path == "/ws/flood":
        for _ in range(400):
            writer.write(frame(BINARY, b"y" * 10000))
            await writer.drain()
        await echo(reader, writer)


async def pump(reader, writer, wanted=lambda: True):
    while (data := await reader.read(65536)) and wanted():
        writer.write(data)
        await writer.drain()
    writer.close()


ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Server:
    def __init__(self):
        self.connections = 0
        self.http2_port = 0
        self.relayed = [] # Open connections to nghttpd, which /cut-http2 ends,
        self.doomed = [] # and those that /doom-http2 ends when something is sent on them.
        self.deeds = 0

    async def relay(self, reader, writer):
        near, far = writer, None
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", self.http2_port)
            self.relayed += [near, far]
            await asyncio.gather(pump(reader, far, lambda: not self.is_doomed(near)), pump(far_reader, near))
        except ConnectionError:
            pass

    def is_doomed(self, near):
        if near not in self.doomed:
            return False
        near.transport.abort()
        return True

    async def answer_one(self, method, path, headers, body, writer, number):
        """True: the connection may be kept."""
        if path == "/hello":
            writer.write(answer(b"hello", "200 OK", "X-Reply: first", f"X-Connection: {number}"))
        elif path == "/echo":
            writer.write(answer(f"{method} {headers.get('x-key', '')} {headers.get('content-type', '-')} ".encode() + body))
        elif path == "/busy":
            writer.write(answer(b"slow down", "429 Too Many Requests", "Retry-After: 7"))
        elif path == "/moved":
            writer.write(answer(b"", "302 Found", "Location: http://127.0.0.1:1/elsewhere"))
        elif path == "/hints":
            writer.write(b"HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\n" + answer(b"late", "200 OK", "X-Late: 1"))
        elif path == "/stream":
            await chunks(writer, b"one ", b"two ", b"three", every=0.02)
            writer.write(b"0\r\nX-Trailer: t\r\n\r\n")
        elif path == "/silent":
            await asyncio.sleep(60)
        elif path == "/stall":
            await chunks(writer, b"one ")
            await asyncio.sleep(60)
        elif path == "/endless":
            await chunks(writer, *[b"."] * 1000, every=0.02)
        elif path == "/cut":
            await chunks(writer, b"one ", every=0.02)
            return False
        elif path == "/cut-length":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
            return False
        elif path == "/cut-head":
            writer.write(b"HTTP/1.1 200 OK\r\nConten")
            return False
        elif path == "/nothing":
            return False
        elif path == "/nonsense":
            writer.write(b"220 mail.example ESMTP\r\n")
            return False
        elif path == "/large":
            await chunks(writer, *[LARGE] * 32)
            writer.write(b"0\r\n\r\n")
        elif path == "/large-head":
            writer.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 1000) for i in range(20)) + b"\r\n")
        elif path == "/cut-http2":
            for each in self.relayed:
                each.transport.abort()
            for each in self.relayed: # Who asks next finds them dead.
                await asyncio.wait([asyncio.ensure_future(each.wait_closed())])
            self.relayed.clear()
            writer.write(answer(b"cut"))
        elif path == "/doom-http2":
            self.doomed += self.relayed
            writer.write(answer(b"doomed"))
        elif path == "/deed": # Done, and nobody is told.
            self.deeds += 1
            return False
        elif path == "/deeds":
            writer.write(answer(b"%d" % self.deeds))
        elif path == "/last":
            writer.write(answer(b"bye"))
            return False # Without a word that it is the last.
        else:
            writer.write(answer(b"", "404 Not Found"))
        return True

    async def upgrade(self, path, reader, writer, headers):
        accept = base64.b64encode(hashlib.sha1((headers["sec-websocket-key"] + ACCEPT).encode()).digest()).decode()
        lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: WebSocket", "Connection: keep-alive, upgrade",
                 f"Sec-WebSocket-Accept: {accept}"]
        if "sec-websocket-protocol" in headers:
            lines.append("Sec-WebSocket-Protocol: " + headers["sec-websocket-protocol"].split(",")[-1].strip())
        if path == "/ws/unasked":
            lines.append("Sec-WebSocket-Protocol: chat")
        if path == "/ws/extended":
            lines.append("Sec-WebSocket-Extensions: permessage-deflate")
        if path == "/ws/wrong-key":
            lines[3] = "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA="
        if path == "/ws/endless-head":
            lines += ["X: " + "y" * 1000] * 40
        writer.write("\r\n".join(lines + ["", ""]).encode())
        await websocket(path, reader, writer, headers)

    async def one(self, reader, writer, number):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if ": " in line)}
        if path.startswith("/ws/") and "upgrade" in headers:
            await self.upgrade(path, reader, writer, headers)
            return False
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        keep = await self.answer_one(method, path, headers, body, writer, number)
        await writer.drain()
        return keep

    async def serve(self, reader, writer):
        self.connections += 1
        number = self.connections
        try:
            while await self.one(reader, writer, number):
                pass
        except (AssertionError, asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()


async def start_http2(folder, certificate, key):
    with open(os.path.join(folder, "small"), "wb") as file:
        file.write(b"hello")
    with open(os.path.join(folder, "large"), "wb") as file:
        file.write(LARGE * 64)
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        child = subprocess.Popen(["nghttpd", "-a", "127.0.0.1", "-d", folder, str(port), key, certificate],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while child.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                return child, port
            except ConnectionRefusedError:
                await asyncio.sleep(0.01)


async def main():
    with tempfile.TemporaryDirectory() as folder:
        ca, certificate, key = make_certificates(folder)
        server = Server()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        plain = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=2048)
        secure = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls, backlog=2048)
        http2, server.http2_port = await start_http2(folder, certificate, key)
        relay = await asyncio.start_server(server.relay, "127.0.0.1", 0)
        http2_port = relay.sockets[0].getsockname()[1]
        print(plain.sockets[0].getsockname()[1], secure.sockets[0].getsockname()[1], http2_port, ca, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        http2.kill()
        http2.wait()
    os._exit(0)


logging.disable() # Whoever writes to a client that has gone is told so, at length.
asyncio.run(main())

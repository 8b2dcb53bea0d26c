#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""server.py: a provider of the worst kind, on real sockets of this machine, for the tests of src/net.

Prints one line "PORT TLS_PORT CA_FILE" when it listens, and ends when its standard input does. What it
does is asked for by the path, so that each test reads as what happens. TLS is with a certificate for
"localhost" of an authority made at the start; /tls-wrong ports are not needed: 127.0.0.1 is not in it."""
import asyncio
import os
import ssl
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


class Server:
    def __init__(self):
        self.connections = 0
        self.flaky = set()

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
        elif path == "/last":
            writer.write(answer(b"bye"))
            return False # Without a word that it is the last.
        else:
            writer.write(answer(b"", "404 Not Found"))
        return True

    async def one(self, reader, writer, number):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:] if ": " in line)}
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
        except (asyncio.IncompleteReadError, ConnectionError, ValueError):
            pass
        finally:
            writer.close()


async def main():
    with tempfile.TemporaryDirectory() as folder:
        ca, certificate, key = make_certificates(folder)
        server = Server()
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(certificate, key)
        plain = await asyncio.start_server(server.serve, "127.0.0.1", 0, backlog=2048)
        secure = await asyncio.start_server(server.serve, "127.0.0.1", 0, ssl=tls, backlog=2048)
        print(plain.sockets[0].getsockname()[1], secure.sockets[0].getsockname()[1], ca, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())

# SPDX-License-Identifier: Apache-2.0
"""common.py - what every stand-in for a vendor shares: sockets, script, delays, faults, a log of what was asked.

A stand-in is a program that speaks a vendor's real wire protocol over real sockets, and does what its script says.

    standin = Standin("stands in for speech recognisers")
    standin.route("GET", "/v1/listen", listen, kind="deepgram", error=deepgram_error)
    standin.run()                       # prints "ready PORT" when it answers; ends by SIGTERM

`async def listen(exchange)` serves one request; it returns a response, or None when it opened a socket or a stream:

    exchange.request                    aiohttp's; exchange.query, exchange.presented_key(), exchange.key_is_right()
    exchange.setting("words", [])       from the rule that matched, else from the script
    await exchange.delay("final")       sleeps as the script's delays.final says; 0 when it says nothing
    socket = await exchange.socket()    a WebSocket: await socket.send(object or text), .send_bytes(), .close(code, reason),
                                        async for message in socket: (bytes or str)
    stream = await exchange.stream(200, {"Content-Type": "text/event-stream"}); await stream.send(bytes); await stream.end()
    exchange.json(status, object)       a whole answer
    exchange.log("heard", words=5)      a line of the log: {"ms", "number", "kind", "what", ...}

Script (YAML or JSON; --script FILE):
    seed: 7                             of all random delays; each exchange draws its own from it
    key: word                           what clients must show; absent: anything goes. The log says right, wrong or none, never the key
    tls: {certificate: FILE, key: FILE}
    delays: {before: 20, final: ...}    in ms: 120 | [80, 160] evenly between | {median: 120, p95: 300} | {values: [10, 500]} in turn
                                        before: ahead of the answer or the WebSocket's opening; others are the kind's own
    rules:                              the first whose `when` holds applies, over the script
      - when: {kind: deepgram, number: 3}      number of the exchange of its kind, from 1; also from:, until:, every:, path:
        refuse: {status: 429, headers: {Retry-After: "2"}, body: {...}}    body absent: what the vendor says then;
                                                                           {key} in it: the one it was shown
        drop: true                      the connection is cut instead of an answer
        delays: {...}                   and any other setting
        faults:                         each when its time has come: at_ms: since the opening, after_sent: messages or chunks,
          - {at_ms: 900, do: disconnect}                   after_received: bytes of payload; none of them: at once
          - {after_sent: 2, do: stall}                     sends nothing more, reads on, stays open
          - {after_received: 8000, do: deaf}               reads nothing more
          - {at_ms: 500, do: close, code: 1011, reason: x}
          - {after_sent: 1, do: send, text: "{no json"}    a message of its own; or hex: for a binary one
          - {after_sent: 1, do: raw, hex: "c1ff"}          bytes straight into the connection
          - {do: slow, bytes: 7, every_ms: 10}             all that is sent goes out in crumbs

While it runs: POST /standin/script with {"rules": [...], "delays": {...}} replaces these for later exchanges; GET /standin/log is the
log so far; GET /standin/facts counts {"exchanges", "open", "refused"}; POST /standin/cut cuts every connection that is open.
"""
import argparse
import asyncio
import json
import logging
import math
import random
import ssl
import sys
import time

import yaml
from aiohttp import WSMsgType, web

LOG_KEPT = 100000  # Lines in memory.


def draw(spec, chance, turn):
    """Milliseconds of a delay; `turn` counts its uses, for values in turn."""
    if spec is None:
        return 0.0
    if isinstance(spec, (int, float)):
        return float(spec)
    if isinstance(spec, list):
        return chance.uniform(spec[0], spec[1])
    if "values" in spec:
        return float(spec["values"][turn % len(spec["values"])])
    median, p95 = spec["median"], spec["p95"]
    return median * math.exp(chance.gauss(0, math.log(p95 / median) / 1.6449))


def matches(when, kind, number, path):
    return (when.get("kind", kind) == kind and when.get("number", number) == number
            and when.get("from", 1) <= number <= when.get("until", number) and number % when.get("every", 1) == 0
            and when.get("path", path) == path)


class Pipe:
    """Stands before a connection's transport: lets bytes through, in crumbs, or not at all."""

    def __init__(self, real):
        self.real, self.stalled, self.slow, self.queue, self.task = real, False, None, bytearray(), None

    def __getattr__(self, name):
        return getattr(self.real, name)

    def write(self, data):
        if self.stalled:
            return
        if not self.slow:
            self.real.write(data)
            return
        self.queue += data
        if not self.task or self.task.done():
            self.task = asyncio.ensure_future(self.crumbs())

    async def crumbs(self):
        size, pause = self.slow
        while self.queue and not self.real.is_closing() and not self.stalled:
            self.real.write(bytes(self.queue[:size]))
            del self.queue[:size]
            await asyncio.sleep(pause)

    async def flushed(self):
        if self.task:
            await self.task


class Faults:
    """The deeds of a rule, each done once when its time has come."""

    def __init__(self, exchange, wanted):
        self.exchange, self.sent, self.received, self.deaf, self.over = exchange, 0, 0, asyncio.Event(), False
        self.waiting = [fault for fault in wanted if "at_ms" not in fault]
        self.timed = [fault for fault in wanted if "at_ms" in fault]
        self.timers = []

    async def begin(self):
        loop = asyncio.get_event_loop()
        for fault in self.timed:
            self.timers.append(loop.call_later(fault["at_ms"] / 1000, lambda f=fault: asyncio.ensure_future(self.do(f))))
        await self.look()

    async def look(self):
        for fault in list(self.waiting):
            if fault in self.waiting and self.sent >= fault.get("after_sent", 0) and self.received >= fault.get("after_received", 0):
                self.waiting.remove(fault)
                await self.do(fault)

    async def do(self, fault):
        exchange, deed = self.exchange, fault["do"]
        if self.over:
            return
        exchange.log("fault", do=deed)
        if deed == "disconnect":
            exchange.cut()
        elif deed == "stall":
            exchange.pipe.stalled = True
        elif deed == "deaf":
            self.deaf.set()
            exchange.pipe.real.pause_reading()
        elif deed == "slow":
            exchange.pipe.slow = (fault["bytes"], fault["every_ms"] / 1000)
        elif deed == "raw":
            exchange.pipe.write(bytes.fromhex(fault["hex"]))
        elif deed == "send":
            await exchange.sender.put_message(bytes.fromhex(fault["hex"]) if "hex" in fault else fault["text"])
        elif deed == "close":
            await exchange.sender.close(fault.get("code", 1000), fault.get("reason", ""))
        else:
            raise ValueError(f"no such fault: {deed}")

    def end(self):
        self.over = True
        for timer in self.timers:
            timer.cancel()


class Socket:
    """An opened WebSocket, behind the faults of its exchange."""

    def __init__(self, exchange, ws):
        self.exchange, self.ws = exchange, ws

    async def put_message(self, message):
        if self.ws.closed or self.exchange.gone:
            return
        try:
            await (self.ws.send_bytes(message) if isinstance(message, bytes) else self.ws.send_str(message))
        except (ConnectionError, RuntimeError):
            self.exchange.gone = True

    async def send(self, message):
        """False when the client is gone."""
        faults = self.exchange.faults
        await self.put_message(message if isinstance(message, (str, bytes)) else json.dumps(message))
        faults.sent += 1
        await faults.look()
        return not self.ws.closed and not self.exchange.gone

    send_bytes = send

    async def close(self, code=1000, reason=""):
        try:
            await self.ws.close(code=code, message=reason.encode())
        except (ConnectionError, RuntimeError):
            self.exchange.gone = True

    async def __aiter__(self):
        faults = self.exchange.faults
        async for message in self.ws:
            if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY) or faults.deaf.is_set():
                continue
            faults.received += len(message.data)
            await faults.look()
            yield message.data
        self.exchange.log("closed", code=self.ws.close_code)


class Stream:
    """A response that is sent in pieces, behind the faults of its exchange."""

    def __init__(self, exchange, response):
        self.exchange, self.response = exchange, response

    async def put_message(self, message):
        try:
            await self.response.write(message.encode() if isinstance(message, str) else message)
        except (ConnectionError, RuntimeError):
            self.exchange.gone = True

    async def send(self, piece):
        """False when the client is gone."""
        faults = self.exchange.faults
        if not self.exchange.gone:
            await self.put_message(piece)
        faults.sent += 1
        await faults.look()
        return not self.exchange.gone and not self.exchange.pipe.is_closing()

    async def end(self):
        if self.exchange.pipe.stalled:  # A stalled answer has no end either: until the client goes.
            while not self.exchange.gone and not self.exchange.pipe.is_closing():
                await asyncio.sleep(0.02)
            return
        try:
            await self.response.write_eof()
            await self.exchange.pipe.flushed()
        except (ConnectionError, RuntimeError):
            self.exchange.gone = True

    async def close(self, code=0, reason=""):
        self.exchange.cut(gently=True)


class Exchange:
    """One request and what becomes of it."""

    def __init__(self, standin, request, kind, number, error):
        self.standin, self.request, self.kind, self.number, self.error = standin, request, kind, number, error
        self.began = time.monotonic()
        self.query = request.query
        self.rule = next((rule for rule in standin.script.get("rules", [])
                          if matches(rule.get("when", {}), kind, number, request.path)), {})
        self.chance = random.Random(f"{standin.script.get('seed', 0)} {kind} {number}")
        self.turns, self.sender, self.gone = {}, None, False
        protocol = request.protocol
        self.pipe = protocol.transport = Pipe(getattr(protocol.transport, "real", protocol.transport))
        self.faults = Faults(self, self.rule.get("faults", self.standin.script.get("faults", [])))

    def setting(self, name, otherwise=None):
        return self.rule.get(name, self.standin.script.get(name, otherwise))

    def delay_ms(self, name):
        spec = self.rule.get("delays", {}).get(name, self.standin.script.get("delays", {}).get(name))
        self.turns[name] = self.turns.get(name, -1) + 1
        turn = self.turns[name] if name != "before" else self.number - 1
        return draw(spec, self.chance, turn)

    async def delay(self, name):
        await asyncio.sleep(self.delay_ms(name) / 1000)

    def presented_key(self):
        """What the client showed, by any vendor's header."""
        headers = self.request.headers
        scheme = headers.get("Authorization", "").split(" ", 1)
        return (scheme[1] if len(scheme) == 2 else None) or headers.get("xi-api-key") or headers.get("x-api-key") \
            or headers.get("api-key")

    def key_is_right(self):
        return "key" not in self.standin.script or self.presented_key() == self.standin.script["key"]

    def log(self, what, **fields):
        self.standin.log(self, what, fields)

    def cut(self, gently=False):
        self.gone = True
        if gently:
            self.pipe.real.close()
        else:
            self.pipe.real.abort()

    def json(self, status, content, headers=None):
        return web.Response(status=status, text=json.dumps(content), content_type="application/json", headers=headers)

    async def socket(self, **options):
        ws = web.WebSocketResponse(max_msg_size=1 << 22, compress=False, autoping=True, **options)
        await ws.prepare(self.request)
        self.sender = Socket(self, ws)
        self.response = ws
        self.log("opened")
        await self.faults.begin()
        return self.sender

    async def stream(self, status, headers):
        response = web.StreamResponse(status=status, headers=headers)
        if "Content-Length" not in headers:
            response.enable_chunked_encoding()
        await response.prepare(self.request)
        self.sender, self.response = Stream(self, response), response
        await self.faults.begin()
        return self.sender


class Standin:
    def __init__(self, description):
        parser = argparse.ArgumentParser(description=description)
        parser.add_argument("--port", type=int, default=0, help="0: any that is free; said in `ready PORT`")
        parser.add_argument("--address", default="127.0.0.1")
        parser.add_argument("--script", help="YAML or JSON, see common.py")
        parser.add_argument("--log", help="a line of JSON for all that happens is added to this file")
        self.options = parser.parse_args()
        self.script = {}
        if self.options.script:
            with open(self.options.script, encoding="utf-8") as file:
                self.script = yaml.safe_load(file) or {}
        self.log_file = open(self.options.log, "a", buffering=1, encoding="utf-8") if self.options.log else None
        self.lines, self.counts, self.exchanges, self.refused = [], {}, set(), 0
        self.began = time.monotonic()
        self.app = web.Application(client_max_size=1 << 26)
        self.app.router.add_post("/standin/script", self.replace_script)
        self.app.router.add_get("/standin/log", lambda _: web.json_response(self.lines))
        self.app.router.add_get("/standin/facts", self.facts)
        self.app.router.add_post("/standin/cut", self.cut_all)

    async def replace_script(self, request):
        self.script.update(await request.json())
        return web.json_response({})

    async def facts(self, _):
        return web.json_response({"exchanges": self.counts, "open": len(self.exchanges), "refused": self.refused})

    async def cut_all(self, _):
        for exchange in list(self.exchanges):
            exchange.cut()
        return web.json_response({})

    def log(self, exchange, what, fields):
        line = {"ms": round((time.monotonic() - self.began) * 1000), "number": exchange.number, "kind": exchange.kind,
                "what": what, **fields}
        if len(self.lines) < LOG_KEPT:
            self.lines.append(line)
        if self.log_file:
            self.log_file.write(json.dumps(line) + "\n")

    def route(self, method, path, handler, kind, error=None):
        """error(status) gives the vendor's words for a refusal: an object, or None for no body."""

        async def serve(request):
            number = self.counts[kind] = self.counts.get(kind, 0) + 1
            exchange = Exchange(self, request, kind, number, error)
            self.exchanges.add(exchange)
            try:
                return await self.serve(exchange, handler)
            finally:
                exchange.faults.end()
                self.exchanges.discard(exchange)

        self.app.router.add_route(method, path, serve)

    async def serve(self, exchange, handler):
        request = exchange.request
        shown = "none" if not exchange.presented_key() else "right" if exchange.key_is_right() else "wrong"
        exchange.log("asked", method=request.method, path=request.path, query=dict(request.query), key=shown)
        await exchange.delay("before")
        if exchange.rule.get("drop"):
            exchange.log("dropped")
            exchange.cut()
            return web.Response()
        refuse = exchange.rule.get("refuse") or (None if exchange.key_is_right() else {"status": 401})
        if refuse:
            return self.refusal(exchange, refuse)
        answer = await handler(exchange)
        return answer if answer is not None else exchange.response

    def refusal(self, exchange, refuse):
        status = refuse["status"]
        self.refused += 1
        exchange.log("refused", status=status)
        body = refuse.get("body", exchange.error(status) if exchange.error else None)
        if body is None:
            return web.Response(status=status, headers=refuse.get("headers"))
        body = json.loads(json.dumps(body).replace("{key}", exchange.presented_key() or ""))
        if isinstance(body, str):
            return web.Response(status=status, text=body, headers=refuse.get("headers"))
        return exchange.json(status, body, refuse.get("headers"))

    async def start(self):
        context = None
        if "tls" in self.script:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(self.script["tls"]["certificate"], self.script["tls"]["key"])
        runner = web.AppRunner(self.app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, self.options.address, self.options.port, ssl_context=context,
                           backlog=2048, shutdown_timeout=0.2)
        await site.start()
        print(f"ready {site._server.sockets[0].getsockname()[1]}", flush=True)

    def run(self):
        logging.basicConfig(level=logging.WARNING)
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        loop.run_until_complete(self.start())
        try:
            loop.run_forever()
        except KeyboardInterrupt:
            sys.exit(0)

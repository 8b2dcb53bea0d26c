#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""tools.py: stands in for what a model's tools call. common.py has the script.

  ANY /tools/NAME[/REST]     a tool over HTTP; kind: tool. Setting `results`: {NAME: text or object}, else what was sent comes back;
                             {key} in it: the token that was shown.
                             Whatever happens to the answer, it has acted: once an Idempotency-Key, however often it comes
  POST /mcp                  a server of tools: Model Context Protocol 2025-06-18, "Streamable HTTP" (specification, Basic/Transports,
                             Lifecycle, Server/Tools); kind: mcp. Tools: add {a, b: integers}, greet {name}, fail. Settings: sse (true:
                             answers are event streams), sessions (false: none; default true), forget (numbers of requests before which all
                             sessions are forgotten), version (what it
                             speaks), leaves (numbers of requests whose connection is closed soon after), late (true: a tool `late` is there now, which is told in the answer of the next call)
  DELETE /mcp                ends a session

Delays: before the answer; acted (after the deed, before its answer). Log: acted {name, key, times, sent, headers}, mcp {method, session, version, connection}.
GET /standin/deeds: {key: times acted}, which is 1 for each when nothing was done twice.
"""
import asyncio
import json

from aiohttp import web
from common import Standin

VERSION = "2025-06-18"
DEEDS = {}     # By idempotency key: how often the deed was done.
ANSWERED = {}  # By idempotency key: what was answered then.
SESSIONS = set()

TOOLS = [{"name": "add", "description": "Adds two numbers.",
          "inputSchema": {"type": "object", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a", "b"]}},
         {"name": "greet", "description": "Greets by name.",
          "inputSchema": {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}},
         {"name": "fail", "description": "Fails.", "inputSchema": {"type": "object", "properties": {}}}]


async def tool(exchange):
    request = exchange.request
    name, key = request.match_info["name"], request.headers.get("Idempotency-Key")
    text = (await request.read()).decode()
    sent = {"path": request.path_qs, "body": text}
    repeated = key is not None and key in ANSWERED
    if not repeated:
        DEEDS[key or f"none {exchange.number}"] = DEEDS.get(key, 0) + 1
        result = exchange.setting("results", {}).get(name, sent)
        ANSWERED[key] = (result if isinstance(result, str) else json.dumps(result)).replace("{key}", exchange.presented_key() or "")
    exchange.log("acted", name=name, key=key, repeated=repeated, sent=sent, method=request.method,
                 token=request.headers.get("Authorization") or request.headers.get("X-Api-Key"), type=request.headers.get("Content-Type"))
    await exchange.delay("acted")
    return web.Response(text=ANSWERED[key], content_type=exchange.setting("type", "application/json"))


def call(name, arguments):
    if name == "add":
        return [{"type": "text", "text": str(arguments["a"] + arguments["b"])}], False
    if name == "late":
        return [{"type": "text", "text": "Better than never."}], False
    if name == "greet":
        return [{"type": "text", "text": f"Hello {arguments['name']}."}, {"type": "text", "text": "Welcome."}], False
    return [{"type": "text", "text": "It failed."}], True


LATE = {"name": "late", "description": "Came later.", "inputSchema": {"type": "object", "properties": {}}}


def answer(message, exchange):
    """A JSON-RPC response, or None for a notification."""
    method, number, params = message.get("method"), message.get("id"), message.get("params") or {}
    if number is None:
        return None
    result = error = None
    if method == "initialize":
        result = {"protocolVersion": exchange.setting("version", VERSION), "capabilities": {"tools": {"listChanged": True}}, "serverInfo": {"name": "standin", "version": "1"}}
    elif method == "tools/list":
        half = 0 if not params.get("cursor") else 2
        result = {"tools": TOOLS[half:half + 2] + ([LATE] if half and exchange.setting("late") else [])}
        if half == 0:
            result["nextCursor"] = "more"
    elif method == "tools/call" and params.get("name") in [known["name"] for known in TOOLS + [LATE]]:
        content, failed = call(params["name"], params.get("arguments") or {})
        result = {"content": content, "isError": failed}
    elif method == "ping":
        result = {}
    else:
        error = {"code": -32602 if method == "tools/call" else -32601, "message": "Unknown tool" if method == "tools/call" else "Method not found"}
    return {"jsonrpc": "2.0", "id": number, **({"error": error} if error else {"result": result})}


async def mcp(exchange):
    request = exchange.request
    accept, session = request.headers.get("Accept", ""), request.headers.get("Mcp-Session-Id")
    if request.method == "DELETE":
        SESSIONS.discard(session)
        exchange.log("mcp", method="DELETE", session=session)
        return web.Response(status=204)
    if exchange.number in exchange.setting("forget", []):
        SESSIONS.clear()
    if "application/json" not in accept or "text/event-stream" not in accept:
        return exchange.json(406, {"jsonrpc": "2.0", "error": {"code": -32000, "message": "Not Acceptable"}, "id": None})
    message = json.loads(await request.read())
    method, headers = message.get("method"), {}
    exchange.log("mcp", method=method, session=session, version=request.headers.get("MCP-Protocol-Version"),
                 connection=request.transport.get_extra_info("peername")[1], sent=message.get("params"))
    if method == "initialize":
        if exchange.setting("sessions", True):
            session = f"session-{exchange.number}"
            SESSIONS.add(session)
            headers["Mcp-Session-Id"] = session
    elif exchange.setting("sessions", True) and session not in SESSIONS:
        return exchange.json(404, {"jsonrpc": "2.0", "error": {"code": -32001, "message": "Session not found"}, "id": None})
    said = answer(message, exchange)
    if exchange.number in exchange.setting("leaves", []):
        asyncio.get_event_loop().call_later(0.1, request.transport.close)
    if said is None:
        return web.Response(status=202)
    await exchange.delay("acted")
    if not exchange.setting("sse", False):
        return exchange.json(200, said, headers)
    stream = await exchange.stream(200, {"Content-Type": "text/event-stream", **headers})
    note = {"jsonrpc": "2.0", "method": "notifications/message", "params": {"level": "info", "data": "working"}}
    await stream.send(f"event: message\ndata: {json.dumps(note)}\n\n")
    if exchange.setting("late") and method == "tools/call":
        changed = {"jsonrpc": "2.0", "method": "notifications/tools/list_changed"}
        await stream.send(f"event: message\ndata: {json.dumps(changed)}\n\n")
    await stream.send(f"event: message\nid: 1\ndata: {json.dumps(said)}\n\n")
    await stream.end()
    return None


def main():
    standin = Standin("stands in for tools over HTTP and for a server of tools")
    for path in ("/tools/{name}", "/tools/{name}/{rest:.*}"):
        standin.route("*", path, tool, "tool")
    standin.route("POST", "/mcp", mcp, "mcp")
    standin.route("DELETE", "/mcp", mcp, "mcp")
    standin.app.router.add_get("/standin/deeds", lambda _: web.json_response(DEEDS))
    standin.run()


if __name__ == "__main__":
    main()

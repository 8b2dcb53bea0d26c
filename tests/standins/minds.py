#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""minds.py: stands in for language models over the network. common.py has the script; what it answers, the script's rules say.

  POST /v1/chat/completions    OpenAI, "Create chat completion", "The chat completion chunk object" (API reference); kind: chat
  POST /v1/messages            Claude, "Messages", "Streaming messages", "Errors" (API documentation); kind: anthropic

A request is checked as the vendors do: roles, calls and their results in pairs, schemas; what they refuse is refused with 400.
Own settings of a script, or of a rule:
    answers:                          the first that holds is given; else "You said: ..." with the last words
      - when: {said: REGEX, result: REGEX, all: REGEX}    the user's last words; the last tool result; anything in the request. No `said`
                                      or `all`: not while a result is the last; `result` holds only then
        say: "It is {result}."        {1} groups of the match, {said}, {result}, {seen}: the assistant's last words, {facts}: the system text
        call: {find_order: {number: "{1}"}}     tools called after what is said, in this order
        stop: length                  instead of stop and tool_calls
    quirk: ollama                     calls whole, all of index 0, ended with "stop"; or openrouter: comments between
Delays: before the answer, first (ahead of the first token), token (ahead of each other one).
Log: thinks {model, said, messages, tools, json}, told {text: all that was sent}, said {tokens}, gone {tokens: sent until the client went}.
"""
import json
import re

from aiohttp import web
from common import Standin


class Wrong(Exception):
    """What the vendor refuses with 400."""


def check(holds, why):
    if not holds:
        raise Wrong(why)


class Asked:
    """A request of either form, as one: turns of (role, text, calls {id: name}, results {id: text})."""

    def __init__(self, system):
        self.system, self.turns, self.tools = system, [], []

    def last_words(self, role):
        return next((text for who, text, _, _ in reversed(self.turns) if who == role and text), "")

    def last_result(self):
        results = self.turns[-1][3] if self.turns else {}
        return " ".join(results.values()) if results else None

    def whole(self):
        lines = [self.system] + [f"{who}: {text} {calls or ''} {results or ''}" for who, text, calls, results in self.turns]
        return "\n".join(lines)

    def check_pairs(self):
        for i, (_, _, calls, _) in enumerate(self.turns):
            given = {}
            for _, text, made, results in self.turns[i + 1:]:
                if made or (text and not results):
                    break
                given.update(results)
                if text:
                    break
            missing = [call for call in calls if call not in given]
            check(not missing, f"tool calls without results: {missing}")


def read_chat(body):
    check(isinstance(body.get("model"), str) and isinstance(body.get("messages"), list) and body["messages"],
          "you must provide a model and messages")
    asked = Asked("")
    for message in body["messages"]:
        role, content = message.get("role"), message.get("content")
        check(role in ("system", "user", "assistant", "tool"), f"{role!r} is not one of the roles")
        check(isinstance(content, str) or (role == "assistant" and content is None and message.get("tool_calls")), "content must be text")
        if role == "system":
            asked.system += content
        elif role == "tool":
            known = any(message.get("tool_call_id") in calls for _, _, calls, _ in asked.turns[-8:])
            check(known, "messages with role 'tool' must be a response to a preceding message with 'tool_calls'")
            if not asked.turns[-1][3]:
                asked.turns.append(("user", "", {}, {}))
            asked.turns[-1][3][message["tool_call_id"]] = content
        else:
            calls = message.get("tool_calls") or []
            for call in calls:
                check(isinstance(json.loads(call["function"]["arguments"]), dict) and call["type"] == "function", "a call's arguments")
            asked.turns.append((role, content or "", {call["id"]: call["function"]["name"] for call in calls}, {}))
    for tool in body.get("tools", []):
        function = tool["function"]
        check(re.fullmatch("[a-zA-Z0-9_-]{1,64}", function["name"]), f"a tool's name: {function['name']}")
        check(function["parameters"].get("type") == "object", "parameters must be of type object")
        asked.tools.append(function["name"])
    check("tools" not in body or body["tools"], "tools is too short")
    asked.check_pairs()
    return asked


def read_anthropic(body):
    check(isinstance(body.get("model"), str) and isinstance(body.get("max_tokens"), int), "model and max_tokens: Field required")
    system = body.get("system", "")
    asked = Asked(system if isinstance(system, str) else "\n".join(block["text"] for block in system))
    before = None
    for message in body.get("messages", []):
        role, content = message["role"], message["content"]
        check(role in ("user", "assistant") and role != before, "roles must alternate between user and assistant")
        before = role
        blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
        texts, calls, results = [], {}, {}
        for block in blocks:
            if block["type"] == "text":
                check(block["text"].strip(), "text content blocks must be non-empty")
                texts.append(block["text"])
            elif block["type"] == "tool_use":
                check(isinstance(block["input"], dict) and role == "assistant", "tool_use.input: must be an object")
                calls[block["id"]] = block["name"]
            elif block["type"] == "tool_result":
                check(role == "user" and asked.turns and block["tool_use_id"] in asked.turns[-1][2],
                      "unexpected tool_use_id found in tool_result blocks")
                check(not texts, "tool_result blocks must come first")
                results[block["tool_use_id"]] = block["content"]
        asked.turns.append((role, "\n".join(texts), calls, results))
    check(asked.turns and asked.turns[0][0] == "user", "first message must use the user role")
    check(asked.turns[-1][0] == "user", "this model does not support assistant message prefill")
    for tool in body.get("tools", []):
        check(re.fullmatch("[a-zA-Z0-9_-]{1,64}", tool["name"]) and tool["input_schema"].get("type") == "object", "a tool's schema")
        asked.tools.append(tool["name"])
    asked.check_pairs()
    return asked


def holds(when, asked):
    """The match that fills {1}, or None."""
    result = asked.last_result()
    if (result is not None) != ("result" in when) and when:
        return None
    found = re.search("", "")
    for key, text in (("all", asked.whole()), ("result", result or ""), ("said", asked.last_words("user"))):
        if key in when:
            found = re.search(when[key], text, re.IGNORECASE | re.DOTALL)
            if not found:
                return None
    return found


def fill(thing, found, asked):
    if isinstance(thing, dict):
        return {key: fill(value, found, asked) for key, value in thing.items()}
    if isinstance(thing, list):
        return [fill(value, found, asked) for value in thing]
    if not isinstance(thing, str):
        return thing
    words = {"said": asked.last_words("user"), "result": asked.last_result() or "", "seen": asked.last_words("assistant"), "facts": asked.system}
    words.update({str(i + 1): group or "" for i, group in enumerate(found.groups())})
    return re.sub(r"\{(\w+)\}", lambda m: words.get(m[1], m[0]), thing)


def answer_to(exchange, asked):
    for answer in exchange.setting("answers", []):
        found = holds(answer.get("when", {}), asked)
        if found:
            return (fill(answer.get("say", ""), found, asked), fill(answer.get("call", {}), found, asked), answer.get("stop"))
    return f"You said: {asked.last_words('user')}", {}, None


def tokens_of(text):
    return re.findall(r"\s*\S+|\s+$", text)


async def body_of(exchange):
    try:
        body = json.loads(await exchange.request.read())
    except ValueError as error:
        raise Wrong(f"We could not parse the JSON body of your request. {error}") from error
    check(isinstance(body, dict), "the body must be an object")
    return body


async def think(exchange, read, wire):
    try:
        body = await body_of(exchange)
        asked = read(body)
    except (Wrong, KeyError, TypeError, ValueError, AttributeError) as wrong:
        exchange.log("wrong", why=str(wrong))
        return exchange.json(400, exchange.error(400, f"{type(wrong).__name__}: {wrong}" if not isinstance(wrong, Wrong) else str(wrong)))
    exchange.log("thinks", model=body["model"], said=asked.last_words("user"), messages=len(asked.turns), tools=asked.tools,
                 json="response_format" in body or "output_config" in body)
    exchange.log("told", text=asked.whole())
    say, call, stop = answer_to(exchange, asked)
    stream = await exchange.stream(200, {"Content-Type": "text/event-stream; charset=utf-8"})
    sent = await wire(exchange, stream, body["model"], tokens_of(say), call, stop)
    if sent is None:
        exchange.log("said", tokens=len(tokens_of(say)))
        await stream.end()
    else:
        exchange.log("gone", tokens=sent)
    return None


async def paced(exchange, tokens):
    for i, token in enumerate(tokens):
        await exchange.delay("token" if i else "first")
        yield i, token
    if not tokens:
        await exchange.delay("first")


def pieces(arguments):
    text = json.dumps(arguments)
    return [text[i:i + 7] for i in range(0, len(text), 7)] if arguments else [""]


# ---- OpenAI ----

def chat_error(status, message=None):
    words = {401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
             429: ("requests", "rate_limit_exceeded", "Rate limit reached for requests.")}
    kind, code, said = words.get(status, ("server_error" if status >= 500 else "invalid_request_error", None, "The server had an error."))
    return {"error": {"message": message or said, "type": kind, "param": None, "code": code}}


async def chat_wire(exchange, stream, model, tokens, call, stop):
    quirk, usage = exchange.setting("quirk"), {"prompt_tokens": 100, "completion_tokens": len(tokens), "total_tokens": 100 + len(tokens)}

    async def put(delta, finish=None, **more):
        chunk = {"id": f"chatcmpl-{exchange.number}", "object": "chat.completion.chunk", "created": 1, "model": model,
                 "choices": [] if delta is None else [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}], **more}
        return await stream.send(f"data: {json.dumps(chunk)}\n\n")

    if quirk == "openrouter":
        await stream.send(": OPENROUTER PROCESSING\n\n")
    await put({"role": "assistant", "content": ""})
    async for i, token in paced(exchange, tokens):
        if not await put({"content": token}):
            return i
    for i, (name, arguments) in enumerate(call.items()):
        ident = f"call_{exchange.number}_{i}"
        if quirk == "ollama":
            await put({"tool_calls": [{"index": 0, "id": ident, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}]})
            continue
        await put({"tool_calls": [{"index": i, "id": ident, "type": "function", "function": {"name": name, "arguments": ""}}]})
        for piece in pieces(arguments):
            await put({"tool_calls": [{"index": i, "function": {"arguments": piece}}]})
    await put({}, stop or ("tool_calls" if call and quirk != "ollama" else "stop"))
    await put(None, usage=usage)
    return None if await stream.send("data: [DONE]\n\n") else len(tokens)


# ---- Claude ----

def anthropic_error(status, message=None):
    kind = {400: "invalid_request_error", 401: "authentication_error", 429: "rate_limit_error", 529: "overloaded_error"}.get(status, "api_error")
    return {"type": "error", "error": {"type": kind, "message": message or kind.replace("_", " ")}}


async def anthropic_wire(exchange, stream, model, tokens, call, stop):
    async def put(kind, **more):
        return await stream.send(f"event: {kind}\ndata: {json.dumps({'type': kind, **more})}\n\n")

    await put("message_start", message={"id": f"msg_{exchange.number}", "type": "message", "role": "assistant", "content": [], "model": model,
                                        "stop_reason": None, "usage": {"input_tokens": 100, "output_tokens": 1}})
    if tokens:
        await put("content_block_start", index=0, content_block={"type": "text", "text": ""})
    await put("ping")
    async for i, token in paced(exchange, tokens):
        if not await put("content_block_delta", index=0, delta={"type": "text_delta", "text": token}):
            return i
    if tokens:
        await put("content_block_stop", index=0)
    for i, (name, arguments) in enumerate(call.items(), 1 if tokens else 0):
        await put("content_block_start", index=i, content_block={"type": "tool_use", "id": f"toolu_{exchange.number}_{i}", "name": name, "input": {}})
        for piece in pieces(arguments):
            await put("content_block_delta", index=i, delta={"type": "input_json_delta", "partial_json": piece})
        await put("content_block_stop", index=i)
    reason = "max_tokens" if stop == "length" else stop or ("tool_use" if call else "end_turn")
    await put("message_delta", delta={"stop_reason": reason, "stop_sequence": None}, usage={"output_tokens": len(tokens)})
    return None if await put("message_stop") else len(tokens)


async def think_while_there(exchange, read, wire):
    try:
        return await think(exchange, read, wire)
    except ConnectionError:  # The client went before it was answered.
        exchange.log("gone", tokens=0)
        return web.Response()


async def chat(exchange):
    return await think_while_there(exchange, read_chat, chat_wire)


async def anthropic(exchange):
    if exchange.request.headers.get("anthropic-version") != "2023-06-01":
        return exchange.json(400, anthropic_error(400, "anthropic-version: header is required"))
    return await think_while_there(exchange, read_anthropic, anthropic_wire)


def main():
    standin = Standin("stands in for language models")
    standin.route("POST", "/v1/chat/completions", chat, "chat", chat_error)
    standin.route("POST", "/v1/messages", anthropic, "anthropic", anthropic_error)
    standin.run()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""try_minds.py: do the stand-ins for models and tools speak their protocols, and refuse what vendors refuse? Prints `ok name`."""
import asyncio
import importlib
import json
import sys

import aiohttp

trying = importlib.import_module("try")  # The name is a keyword.
check, Running = trying.check, trying.Running

ANSWERS = [{"when": {"said": r"order (\w+)"}, "say": "Let me see.", "call": {"find_order": {"number": "{1}"}}},
           {"when": {"result": ".*"}, "say": "It is {result}."}]
TOOL = {"name": "find_order", "description": "", "parameters": {"type": "object", "properties": {}}}


async def events(response):
    text = (await response.read()).decode()
    return [line[6:] for line in text.split("\n") if line.startswith("data: ")]


async def chat(session):
    with Running("minds.py", {"key": "right", "answers": ANSWERS}) as minds:
        async def ask(messages, **more):
            return await session.post(minds.url("/v1/chat/completions"), json={"model": "m", "messages": messages, "stream": True, **more},
                                      headers={"Authorization": "Bearer right"})

        got = [json.loads(line) for line in (await events(await ask([{"role": "user", "content": "hello"}])))[:-1]]
        check("chat_words_are_streamed", "".join(c["choices"][0]["delta"].get("content", "") for c in got[:-2]) == "You said: hello", got)
        check("chat_tells_what_it_used", got[-1]["usage"]["completion_tokens"] == 3, got[-1])
        asked = [{"role": "user", "content": "where is order k7"}]
        got = [json.loads(line) for line in (await events(await ask(asked, tools=[{"type": "function", "function": TOOL}])))[:-1]]
        calls = [c["choices"][0]["delta"]["tool_calls"][0] for c in got if c["choices"] and "tool_calls" in c["choices"][0]["delta"]]
        made = "".join(call["function"]["arguments"] for call in calls)
        check("chat_calls_are_made_in_pieces", json.loads(made) == {"number": "k7"} and len(calls) > 2, calls)
        asked.append({"role": "assistant", "content": None, "tool_calls": [{"id": "c", "type": "function",
                                                                          "function": {"name": "find_order", "arguments": "{}"}}]})
        bad = await ask(asked)
        check("chat_refuses_a_call_without_result", bad.status == 400, bad.status)
        asked.append({"role": "tool", "tool_call_id": "c", "content": "sent"})
        got = "".join(json.loads(line)["choices"][0]["delta"].get("content", "") for line in (await events(await ask(asked)))[:-2])
        check("chat_goes_on_with_the_result", got == "It is sent.", got)
        bad = await ask([{"role": "tool", "tool_call_id": "x", "content": "sent"}])
        check("chat_refuses_a_result_without_call", bad.status == 400, bad.status)


async def anthropic(session):
    rules = [{"when": {"kind": "anthropic", "number": 3}, "refuse": {"status": 529}}]
    with Running("minds.py", {"key": "right", "answers": ANSWERS, "rules": rules}) as minds:
        async def ask(messages):
            return await session.post(minds.url("/v1/messages"), json={"model": "m", "max_tokens": 9, "messages": messages, "stream": True},
                                      headers={"x-api-key": "right", "anthropic-version": "2023-06-01"})

        got = [json.loads(line) for line in await events(await ask([{"role": "user", "content": "order k7"}]))]
        kinds = [message["type"] for message in got]
        check("claude_sends_its_messages_in_order", kinds[0] == "message_start" and kinds[-1] == "message_stop" and "ping" in kinds, kinds)
        made = "".join(m["delta"]["partial_json"] for m in got if m.get("delta", {}).get("type") == "input_json_delta")
        check("claude_calls_are_made_in_pieces", json.loads(made) == {"number": "k7"}, made)
        bad = await ask([{"role": "user", "content": "a"}, {"role": "user", "content": "b"}])
        check("claude_refuses_roles_that_do_not_take_turns", bad.status == 400, bad.status)
        bad = await ask([{"role": "user", "content": "a"}])
        check("claude_is_overloaded", bad.status == 529 and (await bad.json())["error"]["type"] == "overloaded_error", bad.status)


async def tools(session):
    with Running("tools.py", {"results": {"book": "done"}, "sse": True,
                              "rules": [{"when": {"kind": "tool", "number": 1}, "delays": {"acted": 5000}}]}) as desk:
        try:
            await session.post(desk.url("/tools/book"), headers={"Idempotency-Key": "k"}, timeout=aiohttp.ClientTimeout(total=0.3))
            check("a_tool_may_be_late", False)
        except asyncio.TimeoutError:
            check("a_tool_may_be_late", True)
        again = await (await session.post(desk.url("/tools/book"), headers={"Idempotency-Key": "k"})).text()
        deeds = await (await session.get(desk.url("/standin/deeds"))).json()
        check("a_key_acts_once", again == "done" and deeds == {"k": 1}, deeds)

        async def ask(method, params, number=1, session_id=None):
            headers = {"Accept": "application/json, text/event-stream", **({"Mcp-Session-Id": session_id} if session_id else {})}
            body = {"jsonrpc": "2.0", "method": method, "params": params, **({"id": number} if number else {})}
            return await session.post(desk.url("/mcp"), json=body, headers=headers)

        opened = await ask("initialize", {})
        ident = opened.headers["Mcp-Session-Id"]
        check("mcp_takes_notifications", (await ask("notifications/initialized", {}, None, ident)).status == 202)
        check("mcp_wants_its_session", (await ask("tools/list", {})).status == 404)
        listed = json.loads((await events(await ask("tools/list", {}, 2, ident)))[-1])
        check("mcp_lists_its_tools_by_pages", len(listed["result"]["tools"]) == 2 and listed["result"]["nextCursor"], listed)
        added = json.loads((await events(await ask("tools/call", {"name": "add", "arguments": {"a": 2, "b": 3}}, 3, ident)))[-1])
        check("mcp_calls_them", added["result"]["content"][0]["text"] == "5" and added["id"] == 3, added)


async def main():
    async with aiohttp.ClientSession() as session:
        await chat(session)
        await anthropic(session)
        await tools(session)
    sys.exit(1 if trying.failures else 0)


if __name__ == "__main__":
    asyncio.run(main())

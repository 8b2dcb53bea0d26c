#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""conversations.py: stands in for providers that hear, think and speak in one. common.py has the script, hearing.py what is heard, minds.py what is answered.

  GET /v1/realtime?model=NAME     OpenAI, guides "Realtime conversations" and "Voice activity detection"; API reference, "Realtime: client events"
                                  and "Realtime: server events"; sessions of type "realtime" without turn detection

It keeps the conversation as the vendor does: items in their order, what was truncated without its transcript; and refuses as the vendor does: an
unknown previous item, a result of no call, a second answer while one is under way, a cancel of none, more truncated than was said. The speech is
real, made by flite. Own settings of a script, beside those: speed (sound goes out so many times faster than it is heard; default 4), chunk_ms
(100 of sound a piece), stall_after (so many pieces of sound, then nothing more, ever), break_after (so many, then the connection is cut), bare
(true: no metadata comes back), deaf (true: it does not end an answer that is cancelled), argument_ms (between the pieces of a tool's arguments).
Delays: before, partial, final (of the caller's words), first (of an answer).
Log: thinks {said, messages, tools, instructions}, told {text: the conversation as it knows it}, answered {text, sound_ms}, cancelled {sound_ms},
truncated {item, ms, of_ms}, deleted {item}, refused {code}.
"""
import asyncio
import audioop
import base64
import binascii
import json

from common import Standin
from ears import FORMATS, Ear, openai_error
from minds import Asked, answer_to
from voices import speak

SPEAKING = {}


class Refused(Exception):
    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def check(holds, code, message):
    if not holds:
        raise Refused(code, message)


class Item:
    def __init__(self, ident, kind, role="", text="", call="", name=""):
        self.ident, self.kind, self.role, self.text, self.call, self.name, self.sound_ms = ident, kind, role, text, call, name, 0


class Session:
    def __init__(self, exchange, socket):
        self.exchange, self.socket, self.items, self.answer = exchange, socket, [], None
        self.ear, self.out, self.instructions, self.tools, self.count, self.told = None, None, "", [], 0, 0
        self.committed = self.heard = None

    async def send(self, kind, **more):
        self.count += 1
        return await self.socket.send({"type": kind, "event_id": f"event_{self.count}", **more})

    def name(self, kind):
        self.count += 1
        return f"{kind}_{self.exchange.number}_{self.count}"

    def find(self, ident):
        return next((item for item in self.items if item.ident == ident), None)

    # ---- What the client says ----

    async def session_update(self, message):
        session = message["session"]
        check(session.get("type") == "realtime", "invalid_value", "Passing a session type is required")
        audio = session.get("audio", {})
        if "input" in audio:
            kind = audio["input"]["format"]["type"]
            check(kind in FORMATS and audio["input"]["turn_detection"] is None and audio["input"]["transcription"]["model"], "invalid_value", "input")
            self.ear = Ear(self.exchange, *FORMATS[kind])
        if "output" in audio:
            wanted = audio["output"]["format"]
            check(wanted["type"] in FORMATS and wanted.get("rate", 24000) == 24000, "invalid_value", "output")
            self.out = FORMATS[wanted["type"]]
        for tool in session.get("tools", []):
            check(tool["type"] == "function" and tool["parameters"]["type"] == "object", "invalid_value", "tools")
        self.tools = [tool["name"] for tool in session["tools"]] if "tools" in session else self.tools
        self.instructions = session.get("instructions", self.instructions)
        await self.send("session.updated", session=session)

    async def input_audio_buffer_append(self, message):
        try:
            due = self.ear.feed(base64.b64decode(message["audio"], validate=True))
        except binascii.Error as error:
            raise Refused("invalid_value", "Invalid 'audio'. Expected base64-encoded audio bytes") from error
        if due and self.exchange.setting("live", True):
            await self.exchange.delay("partial")
            self.heard = self.heard or self.name("item")
            await self.deltas(self.ear.hearing.words)

    async def deltas(self, words):
        for index in range(self.told, len(words)):
            await self.send("conversation.item.input_audio_transcription.delta", item_id=self.heard, content_index=0,
                            delta=(" " if index else "") + words[index]["word"])
        self.told = max(self.told, len(words))

    async def input_audio_buffer_commit(self, _):
        check(self.ear and self.ear.hearing.samples >= 800, "input_audio_buffer_commit_empty", "Error committing input audio buffer: too small.")
        self.heard = self.heard or self.name("item")
        words = self.ear.hearing.finish()
        before = self.items[-1].ident if self.items else None
        item = Item(self.heard, "message", "user", " ".join(word["word"] for word in words))
        self.items.append(item)
        await self.send("input_audio_buffer.committed", item_id=item.ident, previous_item_id=before)
        await self.send("conversation.item.added", previous_item_id=before, item={"id": item.ident, "type": "message", "role": "user",
                                                                                "status": "completed", "content": [{"type": "input_audio"}]})
        asyncio.ensure_future(self.transcribe(item, words))
        self.heard = None

    async def transcribe(self, item, words):
        """Beside an answer: the model hears the sound, and need not wait for it."""
        await self.exchange.delay("final")
        self.ear.over(words)
        self.told = 0
        await self.send("conversation.item.input_audio_transcription.completed", item_id=item.ident, content_index=0,
                        transcript=item.text.capitalize() + ("." if words else ""), usage={"type": "duration", "seconds": 1})

    async def input_audio_buffer_clear(self, _):
        self.ear.hearing.finish()
        self.told, self.heard = 0, None
        await self.send("input_audio_buffer.cleared")

    async def conversation_item_create(self, message):
        given, after = message["item"], message.get("previous_item_id")
        kind, at = given["type"], len(self.items)
        item = Item(given.get("id") or self.name("item"), kind, given.get("role", ""), call=given.get("call_id", ""), name=given.get("name", ""))
        check(not self.find(item.ident) and len(item.ident) <= 32, "invalid_value", "an item's id")
        if kind == "message":
            wanted = {"user": "input_text", "system": "input_text", "assistant": "output_text"}[item.role]
            check(all(part["type"] == wanted for part in given["content"]), "invalid_value", "Invalid content type")
            item.text = " ".join(part["text"] for part in given["content"])
        elif kind == "function_call":
            item.text = given["arguments"]
        else:
            check(kind == "function_call_output", "invalid_value", "item.type")
            check(any(other.kind == "function_call" and other.call == item.call for other in self.items), "invalid_tool_call_id",
                  f"Tool call ID '{item.call}' not found in conversation.")
            item.text = given["output"]
        if after == "root":
            at = 0
        elif after:
            check(self.find(after), "item_create_invalid_previous_item", f"Previous item with id '{after}' not found.")
            at = self.items.index(self.find(after)) + 1
        self.items.insert(at, item)
        await self.send("conversation.item.added", previous_item_id=after, item={**given, "id": item.ident})

    async def conversation_item_truncate(self, message):
        item, ms = self.find(message["item_id"]), message["audio_end_ms"]
        check(item and item.role == "assistant" and item.sound_ms and message["content_index"] == 0, "item_truncate_invalid_item_id",
              "Only model output audio messages can be truncated.")
        check(ms <= item.sound_ms, "item_truncate_invalid_audio_end_ms", f"Audio content of {item.sound_ms}ms is already shorter than {ms}ms")
        self.exchange.log("truncated", item=item.ident, ms=ms, of_ms=item.sound_ms, text=item.text)
        item.text, item.sound_ms = "(cut)", ms
        await self.send("conversation.item.truncated", item_id=item.ident, content_index=0, audio_end_ms=ms)

    async def conversation_item_delete(self, message):
        item = self.find(message["item_id"])
        check(item, "item_delete_invalid_item_id", "Error deleting item: the item does not exist.")
        self.items.remove(item)
        self.exchange.log("deleted", item=item.ident)
        await self.send("conversation.item.deleted", item_id=item.ident)

    async def response_create(self, message):
        check(not self.answer, "conversation_already_has_active_response", "Conversation already has an active response in progress.")
        metadata = None if self.exchange.setting("bare") else message.get("response", {}).get("metadata")
        self.answer = asyncio.ensure_future(self.respond({"id": self.name("resp"), "object": "realtime.response", "metadata": metadata}))

    async def response_cancel(self, _):
        check(self.answer, "response_cancel_not_active", "Cancellation failed: no active response found")
        if not self.exchange.setting("deaf"):
            self.answer.cancel()

    # ---- Answers ----

    def asked(self):
        asked = Asked(self.instructions)
        for item in self.items:
            if item.kind == "message":
                asked.turns.append((item.role, item.text, {}, {}))
            elif item.kind == "function_call":
                asked.turns.append(("assistant", "", {item.call: item.name}, {}))
            elif asked.turns and asked.turns[-1][3]:
                asked.turns[-1][3][item.call] = item.text
            else:
                asked.turns.append(("user", "", {}, {item.call: item.text}))
        return asked

    async def respond(self, response):
        exchange, status, more, output = self.exchange, "completed", {}, []
        asked = self.asked()
        exchange.log("thinks", said=asked.last_words("user"), messages=len(self.items), tools=self.tools, instructions=len(self.instructions))
        exchange.log("told", text=asked.whole())
        await self.send("response.created", response={**response, "status": "in_progress", "output": []})
        try:
            await exchange.delay("first")
            say, call, stop = answer_to(exchange, asked)
            if stop == "fail":
                raise Refused("server_error", "The server had an error while processing your request.")
            if say:
                output.append(await self.say(response["id"], say))
            for name, arguments in call.items():
                output.append(await self.call(response["id"], name, json.dumps(arguments)))
        except asyncio.CancelledError:
            status, more = "cancelled", {"status_details": {"type": "cancelled", "reason": "client_cancelled"}}
        except Refused as refused:
            status, more = "failed", {"status_details": {"type": "failed", "error": {"type": "server_error", "code": refused.code, "message": str(refused)}}}
        self.answer = None
        usage = {"total_tokens": 140, "input_tokens": 100, "output_tokens": 40}
        await self.send("response.done", response={**response, "status": status, "output": output, "usage": usage, **more})

    async def samples(self, words):
        key = (self.exchange.setting("flite", "slt"), words)
        if key not in SPEAKING:
            SPEAKING[key] = await asyncio.get_event_loop().run_in_executor(None, speak, *key)
        encoding, rate = self.out
        data = audioop.ratecv(SPEAKING[key], 2, 1, 16000, rate, None)[0]
        return (audioop.lin2ulaw(data, 2), 1, rate) if encoding == "mulaw" else (data, 2, rate)

    async def pieces(self, response, item, words):
        """Words go out with the sound that they are in, a little ahead of it."""
        exchange, loop = self.exchange, asyncio.get_event_loop()
        data, width, rate = await self.samples(words)
        step, began = rate * exchange.setting("chunk_ms", 100) // 1000 * width, loop.time()
        tokens, told = [(" " if i else "") + word for i, word in enumerate(words.split())], 0
        for number, at in enumerate(range(0, len(data), step)):
            if number == exchange.setting("stall_after", 1 << 30):
                exchange.log("stalled")
                await asyncio.sleep(3600)
            if number == exchange.setting("break_after", 1 << 30):
                exchange.log("broke")
                exchange.cut()
                await asyncio.sleep(3600)
            await asyncio.sleep(max(0, began + at / width / rate / exchange.setting("speed", 4) - loop.time()))
            while told < len(tokens) and told <= len(tokens) * (at + 3 * step) // len(data):
                item.text += tokens[told]
                await self.send("response.output_audio_transcript.delta", response_id=response, item_id=item.ident, output_index=0, content_index=0,
                                delta=tokens[told])
                told += 1
            item.sound_ms = min(at + step, len(data)) * 1000 // width // rate
            await self.send("response.output_audio.delta", response_id=response, item_id=item.ident, output_index=0, content_index=0,
                            delta=base64.b64encode(data[at:at + step]).decode())

    async def say(self, response, words):
        item = Item(self.name("item"), "message", "assistant")
        shown = {"id": item.ident, "type": "message", "role": "assistant", "content": []}
        await self.send("response.output_item.added", response_id=response, output_index=0, item={**shown, "status": "in_progress"})
        self.items.append(item)
        whole = False
        try:
            await self.pieces(response, item, words)
            whole = True
        finally:
            self.exchange.log("answered" if whole else "cancelled", text=item.text, sound_ms=item.sound_ms)
        for kind in ("response.output_audio.done", "response.output_audio_transcript.done"):
            await self.send(kind, response_id=response, item_id=item.ident, output_index=0, content_index=0, **(
                {"transcript": words} if "transcript" in kind else {}))
        await self.send("response.output_item.done", response_id=response, output_index=0, item={**shown, "status": "completed"})
        return shown

    async def call(self, response, name, arguments):
        item = Item(self.name("item"), "function_call", text=arguments, call=self.name("call"), name=name)
        shown = {"id": item.ident, "type": "function_call", "name": name, "call_id": item.call}
        await self.send("response.output_item.added", response_id=response, output_index=1, item={**shown, "status": "in_progress", "arguments": ""})
        self.items.append(item)
        for at in range(0, len(arguments), 7):
            await asyncio.sleep(self.exchange.setting("argument_ms", 0) / 1000)
            await self.send("response.function_call_arguments.delta", response_id=response, item_id=item.ident, output_index=1, call_id=item.call,
                            delta=arguments[at:at + 7])
        await self.send("response.function_call_arguments.done", response_id=response, item_id=item.ident, output_index=1, call_id=item.call, name=name,
                        arguments=arguments)
        await self.send("response.output_item.done", response_id=response, output_index=1, item={**shown, "status": "completed", "arguments": arguments})
        return shown


async def realtime(exchange):
    if not exchange.query.get("model"):
        return exchange.json(400, openai_error(400))
    socket = await exchange.socket()
    session = Session(exchange, socket)
    await session.send("session.created", session={"type": "realtime", "model": exchange.query["model"]})
    async for message in socket:
        message = json.loads(message)
        kind = message.get("type", "")
        deed = getattr(session, kind.replace(".", "_"), None) if "." in kind else None
        try:
            check(deed, "invalid_value", f"Invalid value: '{kind}'.")
            await deed(message)
        except (Refused, KeyError, TypeError) as refused:
            code = getattr(refused, "code", "invalid_value")
            exchange.log("refused", code=code, why=str(refused), message=kind)
            await session.send("error", error={"type": "invalid_request_error", "code": code, "message": str(refused), "param": None,
                                               "event_id": message.get("event_id")})
    if session.answer:
        session.answer.cancel()
    return None


def main():
    standin = Standin(__doc__.split("\n", 1)[0])
    standin.route("GET", "/v1/realtime", realtime, kind="openai-realtime", error=openai_error)
    standin.run()


if __name__ == "__main__":
    main()

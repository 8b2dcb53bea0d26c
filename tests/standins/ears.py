#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""ears.py: stands in for speech recognisers over the network. common.py has the script, hearing.py what is heard.

  GET /v1/listen                  Deepgram, "Live Audio" (API reference), "Finalize", "Audio Keep Alive", "Close Stream",
                                  "STT Troubleshooting WebSocket, NET, and DATA Errors" (documentation)
  GET /v2/listen                  Deepgram, "Turn-based Audio (Flux)" (API reference), "Understanding the Flux State Machine",
                                  "Force End Turn", "Close Stream" (documentation, Flux)
  GET /v1/realtime                OpenAI, "Realtime transcription" (guide), "Realtime" client and server events (API reference)
  POST /v1/audio/transcriptions   OpenAI, "Create transcription" (API reference), as whisper servers speak it
  GET /                           Vosk, vosk-server websocket/README and asr_server.py

Own settings of a script, beside hearing.py's: partial_every_ms (200 of sound), final_every_ms (3,000: a long turn is made final in
parts, Deepgram), silence_ms (10,000 without sound or KeepAlive ends it, Deepgram), eager_ms and end_ms (200 and 600 of silence, Flux).
Delays: before, partial, final.
"""
import asyncio
import base64
import binascii
import io
import json
import math
import wave

from common import Standin
from hearing import Hearing, to_linear

REQUEST_ID = "00000000-0000-4000-8000-000000000000"


def deepgram_error(status):
    words = {401: ("INVALID_AUTH", "Invalid credentials."), 402: ("ASR_PAYMENT_REQUIRED", "Project does not have enough credits."),
             429: ("TOO_MANY_REQUESTS", "Too many requests. Please try again later")}
    code, message = words.get(status, ("INTERNAL_SERVER_ERROR", "Something went wrong."))
    return {"err_code": code, "err_msg": message, "request_id": REQUEST_ID}


def openai_error(status):
    kinds = {401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
             429: ("requests", "rate_limit_exceeded", "Rate limit reached.")}
    kind, code, message = kinds.get(status, ("server_error", None, "The server had an error."))
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


class Ear:
    """What every protocol here has in common: sound in, hearing, and the time of the last sound."""

    def __init__(self, exchange, encoding, rate):
        self.exchange, self.encoding, self.rate = exchange, encoding, rate
        self.hearing, self.state, self.bytes, self.said, self.since = Hearing(exchange), None, 0, "", 0
        self.every_ms = exchange.setting("partial_every_ms", 200)
        self.last = asyncio.get_event_loop().time()

    def feed(self, data):
        """True when a partial is due."""
        self.touch()
        self.bytes += len(data)
        before = self.hearing.samples
        linear, self.state = to_linear(self.encoding, self.rate, data, self.state)
        self.hearing.feed(linear)
        self.since += (self.hearing.samples - before) / 8
        due = self.since >= self.every_ms
        if due:
            self.since = 0
        return due

    def touch(self):
        self.last = asyncio.get_event_loop().time()

    def over(self, words):
        self.exchange.log("final", words=" ".join(word["word"] for word in words), bytes=self.bytes,
                          sound_ms=round(self.hearing.samples / 8))
        self.said = ""


# ---- Deepgram live ----

def deepgram_results(ear, words, start, final, from_finalize=False):
    transcript = " ".join(word["word"] for word in words)
    confidence = min((word["confidence"] for word in words), default=0.0)
    return {"type": "Results", "channel_index": [0, 1], "duration": round(ear.hearing.now() - start, 3), "start": start,
            "is_final": final, "speech_final": False, "from_finalize": from_finalize,
            "channel": {"alternatives": [{"transcript": transcript, "confidence": confidence, "words": words}]},
            "metadata": {"request_id": REQUEST_ID, "model_info": {"name": "general", "version": "1", "arch": "stand-in"},
                         "model_uuid": REQUEST_ID}}


async def deepgram_silence(ear, socket):
    limit = ear.exchange.setting("silence_ms", 10000) / 1000
    while not socket.ws.closed:
        await asyncio.sleep(limit / 10)
        if asyncio.get_event_loop().time() - ear.last > limit:
            ear.exchange.log("silent")
            await socket.close(1011, "NET-0001: Deepgram did not receive audio data or a text message within the timeout window.")


async def deepgram_sound(ear, socket, data, state):
    exchange, hearing = ear.exchange, ear.hearing
    due = ear.feed(data)
    if hearing.began is not None and not state["speaking"] and exchange.query.get("vad_events") == "true":
        await socket.send({"type": "SpeechStarted", "channel": [0, 1], "timestamp": hearing.began})
    state["speaking"] = hearing.began is not None
    if hearing.now() - state["start"] > exchange.setting("final_every_ms", 3000) / 1000 and hearing.words:
        words = hearing.words[:-1] or hearing.words
        hearing.words = hearing.words[len(words):]
        await exchange.delay("partial")
        result = deepgram_results(ear, words, state["start"], True)
        result["duration"] = round(words[-1]["end"] - state["start"], 3)  # What comes behind belongs to the next part.
        await socket.send(result)
        state["start"] = words[-1]["end"]
    elif due and exchange.query.get("interim_results") == "true" and hearing.text() != ear.said:
        ear.said = hearing.text()
        await exchange.delay("partial")
        await socket.send(deepgram_results(ear, list(hearing.words), state["start"], False))


async def deepgram_command(ear, socket, text, state):
    exchange = ear.exchange
    try:
        kind = json.loads(text)["type"]
    except (ValueError, KeyError, TypeError):
        kind = ""
    if kind == "KeepAlive":
        exchange.log("kept alive")
        ear.touch()
    elif kind in ("Finalize", "CloseStream"):
        await exchange.delay("final")
        words = ear.hearing.finish()
        ear.over(words)
        await socket.send(deepgram_results(ear, words, state["start"], True, kind == "Finalize"))
        state["start"], state["speaking"] = ear.hearing.now(), False
        if kind == "CloseStream":
            await socket.send({"type": "Metadata", "transaction_key": "deprecated", "request_id": REQUEST_ID,
                               "duration": ear.hearing.now(), "channels": 1})
            await socket.close(1000, "")
    else:
        await socket.send({"type": "Error", "variant": "UnparsableClientMessage", "description": "Text message could not be parsed",
                           "message": "unknown message"})
        await socket.close(1008, "DATA-0000")


async def deepgram(exchange):
    encoding, rate = exchange.query.get("encoding"), exchange.query.get("sample_rate", "")
    if encoding not in ("linear16", "mulaw", "alaw") or not rate.isdigit() or not exchange.query.get("model"):
        return exchange.json(400, {"err_code": "INVALID_QUERY_PARAMETER", "err_msg": "Failed to deserialize query parameters",
                                   "request_id": REQUEST_ID})
    socket = await exchange.socket()
    ear, state = Ear(exchange, encoding, int(rate)), {"start": 0.0, "speaking": False}
    watch = asyncio.ensure_future(deepgram_silence(ear, socket))
    async for message in socket:
        if isinstance(message, str):
            await deepgram_command(ear, socket, message, state)
        elif message[:7] == b'{"type"':
            exchange.log("text in a binary frame")
            await socket.close(1008, "DATA-0000: The payload cannot be decoded as audio.")
        else:
            await deepgram_sound(ear, socket, message, state)
    watch.cancel()
    return None


# ---- Deepgram Flux ----

class Flux(Ear):
    def __init__(self, exchange, encoding, rate, socket):
        super().__init__(exchange, encoding, rate)
        self.socket, self.sequence, self.turn, self.state, self.window = socket, 0, 0, None, 0.0
        self.mode = "initial"  # initial, ongoing, awaiting: the documented state machine
        self.eager = exchange.query.get("eager_eot_threshold")
        self.native = float(exchange.query.get("eot_threshold", "0.7")) < 1

    async def tell(self, event, words, trigger=None):
        ended = self.hearing.now()
        message = {"type": "TurnInfo", "request_id": REQUEST_ID, "sequence_id": self.sequence, "event": event, "turn_index": self.turn,
                   "audio_window_start": self.window, "audio_window_end": ended,
                   "transcript": " ".join(word["word"] for word in words),
                   "words": [{"word": word["word"], "confidence": word["confidence"]} for word in words],
                   "end_of_turn_confidence": {"EndOfTurn": 0.91, "EagerEndOfTurn": 0.55}.get(event, 0.12)}
        if trigger:
            message["trigger"] = trigger
        self.sequence += 1
        await self.socket.send(message)

    async def end(self, trigger):
        await self.exchange.delay("final")
        words = self.hearing.finish()
        self.over(words)
        await self.tell("EndOfTurn", words, trigger)
        self.mode, self.turn, self.window = "initial", self.turn + 1, self.hearing.now()

    async def sound(self, data):
        due, hearing = self.feed(data), self.hearing
        if self.mode == "initial" and hearing.words:
            self.mode = "ongoing"
            await self.tell("StartOfTurn", hearing.words)
        elif self.mode == "ongoing" and self.eager and hearing.silence_ms >= self.exchange.setting("eager_ms", 200):
            hearing.flush()
            self.mode, self.said = "awaiting", hearing.text()
            await self.tell("EagerEndOfTurn", hearing.words)
        elif self.mode == "awaiting" and (hearing.silence_ms == 0 or hearing.text() != self.said):
            self.mode = "ongoing"
            await self.tell("TurnResumed", hearing.words)
        elif self.mode != "initial" and self.native and hearing.silence_ms >= self.exchange.setting("end_ms", 600):
            await self.end("model")
        elif due and self.mode != "awaiting":
            await self.exchange.delay("partial")
            await self.tell("Update", hearing.words)


async def flux(exchange):
    if not exchange.query.get("model", "").startswith("flux-") or exchange.query.get("encoding") not in ("linear16", "mulaw", "alaw"):
        return exchange.json(400, {"error": "Bad Request", "code": "INVALID_QUERY_PARAMETER", "request_id": REQUEST_ID})
    socket = await exchange.socket()
    ear = Flux(exchange, exchange.query["encoding"], int(exchange.query["sample_rate"]), socket)
    await socket.send({"type": "Connected", "request_id": REQUEST_ID, "sequence_id": 0})
    ear.sequence = 1
    async for message in socket:
        if isinstance(message, bytes):
            await ear.sound(message)
            continue
        kind = json.loads(message).get("type")
        if kind == "ForceEndTurn":
            if ear.mode != "initial" or ear.hearing.words:
                await ear.end("manual")
        elif kind == "CloseStream":
            await ear.tell("Update", ear.hearing.words)
            await socket.close()
        elif kind != "Configure":
            await socket.send({"type": "Error", "sequence_id": ear.sequence, "code": "UNPARSABLE_CLIENT_MESSAGE",
                               "description": "Unrecognised message"})
            await socket.close(1008, "")
    return None


# ---- OpenAI Realtime, transcription ----

FORMATS = {"audio/pcm": ("linear16", 24000), "audio/pcmu": ("mulaw", 8000), "audio/pcma": ("alaw", 8000)}


class Realtime:
    def __init__(self, exchange, socket):
        self.exchange, self.socket, self.items, self.ear, self.told, self.logprobs = exchange, socket, 0, None, 0, False

    async def fail(self, code, message):
        await self.socket.send({"type": "error", "event_id": "event_e", "error": {
            "type": "invalid_request_error", "code": code, "message": message, "param": None, "event_id": None}})

    async def update(self, message):
        session = message.get("session", {})
        wanted = session.get("audio", {}).get("input", {})
        kind = wanted.get("format", {}).get("type", "audio/pcm")
        if session.get("type") != "transcription" or kind not in FORMATS or not wanted.get("transcription", {}).get("model"):
            await self.fail("invalid_value", "Invalid session")
            return
        self.ear = Ear(self.exchange, *FORMATS[kind])
        self.logprobs = "item.input_audio_transcription.logprobs" in session.get("include", [])
        await self.socket.send({"type": "session.updated", "event_id": "event_2", "session": session})

    async def append(self, message):
        try:
            due = self.ear.feed(base64.b64decode(message["audio"], validate=True))
        except binascii.Error:
            await self.fail("invalid_value", "Invalid 'audio'. Expected base64-encoded audio bytes")
            return
        if due and self.exchange.setting("live", True):
            await self.exchange.delay("partial")
            await self.deltas(self.ear.hearing.words)

    async def deltas(self, words):
        for index in range(self.told, len(words)):
            await self.socket.send({"type": "conversation.item.input_audio_transcription.delta", "event_id": "event_d",
                                    "item_id": f"item_{self.items}", "content_index": 0,
                                    "delta": (" " if index else "") + words[index]["word"]})
        self.told = max(self.told, len(words))

    async def commit(self):
        if not self.ear or self.ear.hearing.samples < 800:
            await self.fail("input_audio_buffer_commit_empty", "Error committing input audio buffer: buffer too small.")
            return
        item = f"item_{self.items}"
        await self.socket.send({"type": "input_audio_buffer.committed", "event_id": "event_c", "item_id": item,
                                "previous_item_id": f"item_{self.items - 1}" if self.items else None})
        await self.exchange.delay("final")
        words = self.ear.hearing.finish()
        await self.deltas(words)
        self.ear.over(words)
        done = {"type": "conversation.item.input_audio_transcription.completed", "event_id": "event_t", "item_id": item, "content_index": 0,
                "transcript": " ".join(word["word"] for word in words).capitalize() + ("." if words else ""),
                "usage": {"type": "duration", "seconds": math.ceil(self.ear.hearing.now())}}
        if self.logprobs:
            done["logprobs"] = [{"token": word["word"], "logprob": -0.05, "bytes": list(word["word"].encode())} for word in words]
        await self.socket.send(done)
        self.items, self.told = self.items + 1, 0


async def realtime(exchange):
    socket = await exchange.socket()
    await socket.send({"type": "session.created", "event_id": "event_1", "session": {"type": "transcription"}})
    session = Realtime(exchange, socket)
    async for message in socket:
        message = json.loads(message)
        kind = message.get("type")
        if kind == "session.update":
            await session.update(message)
        elif kind == "input_audio_buffer.append" and session.ear:
            await session.append(message)
        elif kind == "input_audio_buffer.commit":
            await session.commit()
        elif kind == "input_audio_buffer.clear":
            session.ear.hearing.finish()
            await socket.send({"type": "input_audio_buffer.cleared", "event_id": "event_x"})
        else:
            await session.fail("invalid_value", f"Invalid value: '{kind}'.")
    return None


# ---- OpenAI-compatible transcription of a file ----

async def whisper(exchange):
    fields, sound = {}, None
    reader = await exchange.request.multipart()
    async for part in reader:
        if part.name == "file":
            sound = bytes(await part.read())
            exchange.log("file", name=part.filename, bytes=len(sound))
        else:
            fields[part.name] = await part.text()
    if sound is None or not fields.get("model"):
        return exchange.json(400, {"error": {"message": "you must provide a model parameter and a file", "type": "invalid_request_error",
                                             "param": None, "code": None}})
    with wave.open(io.BytesIO(sound), "rb") as file:
        rate, data = file.getframerate(), file.readframes(file.getnframes())
    ear = Ear(exchange, "linear16", rate)
    ear.hearing.turn = exchange.number - 1
    ear.feed(data)
    await exchange.delay("final")
    words = ear.hearing.finish()
    ear.over(words)
    text = " ".join(word["word"] for word in words).capitalize() + ("." if words else "")
    answer = {"text": text}
    if fields.get("response_format") == "verbose_json":
        answer.update({"task": "transcribe", "language": fields.get("language", "en"), "duration": ear.hearing.now(), "segments": [
            {"id": 0, "start": 0.0, "end": ear.hearing.now(), "text": text, "avg_logprob": -0.2, "no_speech_prob": 0.01,
             "compression_ratio": 1.1, "temperature": 0.0}]})
    stream = await exchange.stream(200, {"Content-Type": "application/json"})
    await stream.send(json.dumps(answer).encode())
    await stream.end()
    return None


# ---- Vosk ----

async def vosk(exchange):
    socket, ear = await exchange.socket(), None
    rate = 8000
    async for message in socket:
        if isinstance(message, str) and "config" in message:
            rate = int(json.loads(message)["config"].get("sample_rate", rate))
            continue
        ear = ear or Ear(exchange, "linear16", rate)
        if message in ('{"eof" : 1}', '{"reset" : 1}'):
            await exchange.delay("final")
            words = ear.hearing.finish()
            ear.over(words)
            result = {"text": " ".join(word["word"] for word in words)}
            if words:
                result["result"] = [{"conf": word["confidence"], "start": word["start"], "end": word["end"], "word": word["word"]}
                                    for word in words]
            await socket.send(json.dumps(result, indent=2))
            if message == '{"eof" : 1}':
                await socket.close()
            continue
        ear.feed(message)
        await socket.send(json.dumps({"partial": ear.hearing.text()}, indent=2))
    return None


def main():
    standin = Standin(__doc__.split("\n", 1)[0])
    standin.route("GET", "/v1/listen", deepgram, kind="deepgram", error=deepgram_error)
    standin.route("GET", "/v2/listen", flux, kind="flux", error=deepgram_error)
    standin.route("GET", "/v1/realtime", realtime, kind="openai-realtime-stt", error=openai_error)
    standin.route("POST", "/v1/audio/transcriptions", whisper, kind="whisper", error=openai_error)
    standin.route("GET", "/", vosk, kind="vosk")
    standin.run()


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""voices.py: stands in for voices over the network. common.py has the script; the speech is real, made by flite.

  POST /v1/audio/speech                     OpenAI, "Create speech" (API reference), as servers of one's own speak it too
  POST /v1/text-to-speech/VOICE/stream      ElevenLabs, "Stream speech" (API reference)
  POST /v1/speak                            Deepgram, "Text to Speech: Single text request" (API reference)
  GET /v1/speak                             Deepgram, "Continuous text stream" (API reference), "Flush", "Clear", "Close" (documentation)
  GET /tts/websocket                        Cartesia, "Text to Speech (WebSocket)" (API reference), "Contexts" (documentation)

Own settings of a script: speed (sound goes out so many times faster than it is heard; 0, the default: at once), chunk_ms (100 of sound
a piece), odd (true: pieces end within a sample), late_chunks (Cartesia: so many come after a cancel), flite (slt: the voice that
speaks), as (mp3: what some servers send whatever was asked). Delays: before the answer, first (ahead of the first sound).
Log: says {text, voice, form}, said and cancelled {text, sound_ms that were sent, bytes}.
"""
import asyncio
import audioop
import base64
import json
import struct
import subprocess
import tempfile
import wave

from common import Standin

SPEAKING = {}  # By flite's voice and words: what will be the samples.


def speak(voice, words):
    """16 kHz, 16 bits."""
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", voice, "-t", words, "-o", file.name], check=True)
        with wave.open(file.name) as sound:
            rate, samples = sound.getframerate(), sound.readframes(sound.getnframes())
    return samples if rate == 16000 else audioop.ratecv(samples, 2, 1, rate, 16000, None)[0]


def wav_header(rate):
    """As one who does not know the length yet writes it."""
    return b"RIFF\xff\xff\xff\xffWAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16) + b"data\xff\xff\xff\xff"


class Voice:
    """One utterance in the form that was asked for."""

    def __init__(self, exchange, words, voice, encoding, rate, container="none"):
        self.exchange, self.words, self.encoding, self.rate, self.container = exchange, words, encoding, rate, container
        self.sent_ms, self.sent_bytes, self.cancelled = 0, 0, False
        exchange.log("says", text=words, voice=voice, form=f"{container} {encoding} {rate}")

    async def pieces(self):
        """Bytes, when their time has come."""
        exchange, chunk_ms = self.exchange, self.exchange.setting("chunk_ms", 100)
        loop = asyncio.get_event_loop()
        key = (exchange.setting("flite", "slt"), self.words)
        if key not in SPEAKING:  # Once, for however many ask.
            SPEAKING[key] = loop.run_in_executor(None, speak, *key)
        samples = await asyncio.shield(SPEAKING[key])
        await exchange.delay("first")
        if exchange.setting("as") == "mp3":
            yield b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(400)
            return
        data = samples if self.rate == 16000 else audioop.ratecv(samples, 2, 1, 16000, self.rate, None)[0]
        data = audioop.lin2ulaw(data, 2) if self.encoding == "mulaw" else data
        width = 1 if self.encoding == "mulaw" else 2
        step, began, at = self.rate * chunk_ms // 1000 * width + (1 if exchange.setting("odd") else 0), loop.time(), 0
        if self.container == "wav":
            yield wav_header(self.rate)
        while at < len(data) and not self.cancelled:
            speed = exchange.setting("speed", 0)
            if speed:
                await asyncio.sleep(max(0, began + at / width / self.rate / speed - loop.time()))
            self.sent_bytes += len(data[at:at + step])
            yield data[at:at + step]
            at += step
            self.sent_ms = round(min(at, len(data)) / width / self.rate * 1000)

    def over(self, whole):
        self.exchange.log("said" if whole else "cancelled", text=self.words, sound_ms=self.sent_ms, bytes=self.sent_bytes)

    async def pour(self, send):
        """True when it was said to its end. False, and logged, when it was cancelled or the client went."""
        whole = False
        try:
            async for piece in self.pieces():
                if not await send(piece):
                    return False
            whole = not self.cancelled
        finally:
            self.over(whole)
        return whole


async def body_of(exchange):
    """None when it is no object, or the client is gone."""
    try:
        body = json.loads(await exchange.request.read())
        return body if isinstance(body, dict) else None
    except (ValueError, ConnectionError):
        return None


async def stream(exchange, voice, kind):
    out = await exchange.stream(200, {"Content-Type": kind})
    if await voice.pour(out.send):
        await out.end()


# ---- OpenAI ----

def openai_error(status, message=None):
    words = {401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
             429: ("requests", "rate_limit_exceeded", "Rate limit reached.")}
    kind, code, said = words.get(status, ("server_error" if status >= 500 else "invalid_request_error", None, "The server had an error."))
    return {"error": {"message": message or said, "type": kind, "param": None, "code": code}}


async def openai(exchange):
    body = await body_of(exchange)
    if body is None or not all(isinstance(body.get(name), str) for name in ("model", "input", "voice")):
        return exchange.json(400, openai_error(400, "you must provide a model, an input and a voice"))
    if not 0 < len(body["input"]) <= 4096:
        return exchange.json(400, openai_error(400, "input must have 1 to 4096 characters"))
    form = body.get("response_format", "mp3")
    if form not in ("pcm", "wav"):
        return exchange.json(400, openai_error(400, f"this stand-in makes no {form}"))
    voice = Voice(exchange, body["input"], body["voice"], "linear16", 24000, "wav" if form == "wav" else "none")
    await stream(exchange, voice, {"pcm": "audio/pcm", "wav": "audio/wav"}[form])


# ---- ElevenLabs ----

def elevenlabs_error(status):
    words = {401: ("invalid_api_key", "Invalid API key"), 429: ("too_many_concurrent_requests", "Too many concurrent requests."),
             404: ("voice_not_found", "A voice with that voice_id was not found.")}
    code, message = words.get(status, ("server_error", "Something went wrong."))
    return {"detail": {"status": code, "message": message}}


async def elevenlabs(exchange):
    body = await body_of(exchange)
    if body is None or not isinstance(body.get("text"), str) or not body["text"]:
        return exchange.json(422, {"detail": [{"loc": ["body", "text"], "msg": "Field required", "type": "missing"}]})
    encoding, _, rate = exchange.query.get("output_format", "mp3_44100_128").partition("_")
    known = {"pcm": (8000, 16000, 22050, 24000, 44100), "ulaw": (8000,)}.get(encoding, ())
    if not rate.isdigit() or int(rate) not in known:
        return exchange.json(422, {"detail": [{"loc": ["query", "output_format"], "msg": "Not made by this stand-in", "type": "enum"}]})
    if body.get("previous_text"):
        exchange.log("before", text=body["previous_text"])
    voice = Voice(exchange, body["text"], exchange.request.match_info["voice"], "mulaw" if encoding == "ulaw" else "linear16", int(rate))
    await stream(exchange, voice, "audio/basic" if encoding == "ulaw" else "application/octet-stream")


# ---- Deepgram ----

def deepgram_error(status):
    words = {401: ("INVALID_AUTH", "Invalid credentials."), 429: ("TOO_MANY_REQUESTS", "Too many requests. Please try again later")}
    code, message = words.get(status, ("INTERNAL_SERVER_ERROR", "Something went wrong."))
    return {"err_code": code, "err_msg": message, "request_id": "00000000-0000-4000-8000-000000000000"}


def deepgram_form(exchange):
    """Encoding, rate; None when it is not allowed ("Media output settings")."""
    encoding, rate = exchange.query.get("encoding", "mp3"), exchange.query.get("sample_rate", "")
    allowed = {"linear16": (8000, 16000, 24000, 32000, 48000), "mulaw": (8000, 16000)}.get(encoding, ())
    return (encoding, int(rate)) if rate.isdigit() and int(rate) in allowed else None


async def deepgram(exchange):
    body, form = await body_of(exchange), deepgram_form(exchange)
    if body is None or not isinstance(body.get("text"), str) or not form:
        return exchange.json(400, {"err_code": "Bad Request", "err_msg": "text, encoding or sample_rate is wrong", "request_id": "x"})
    if len(body["text"]) > 2000:
        return exchange.json(413, {"err_code": "PAYLOAD_TOO_LARGE", "err_msg": "Input text exceeds the limit of 2000.", "request_id": "x"})
    container = exchange.query.get("container", "wav")
    await stream(exchange, Voice(exchange, body["text"], exchange.query.get("model"), *form, container), "audio/mulaw")


async def deepgram_say(exchange, socket, state):
    """What was flushed, utterance after utterance."""
    while True:
        words = await state["flushed"].get()
        state["voice"] = Voice(exchange, words, exchange.query.get("model"), *deepgram_form(exchange))
        if await state["voice"].pour(socket.send_bytes):
            await socket.send({"type": "Flushed", "sequence_id": state["sequence"]})
        state["voice"] = None
        state["sequence"] += 1


async def deepgram_socket(exchange):
    if not deepgram_form(exchange):
        return exchange.json(400, {"err_code": "Bad Request", "err_msg": "encoding or sample_rate is wrong", "request_id": "x"})
    socket = await exchange.socket()
    state = {"flushed": asyncio.Queue(), "voice": None, "sequence": 0, "text": ""}
    await socket.send({"type": "Metadata", "request_id": "x", "model_name": exchange.query.get("model")})
    task = asyncio.ensure_future(deepgram_say(exchange, socket, state))
    async for message in socket:
        message = json.loads(message)
        if message["type"] == "Speak":
            state["text"] += message["text"]
        elif message["type"] == "Flush":
            state["flushed"].put_nowait(state["text"])
            state["text"] = ""
        elif message["type"] == "Clear":
            state["text"] = ""
            if state["voice"]:
                state["voice"].cancelled = True
            await socket.send({"type": "Cleared", "sequence_id": state["sequence"]})
        elif message["type"] == "Close":
            break
    task.cancel()
    await socket.close()


# ---- Cartesia ----

def cartesia_error(status):
    words = {401: "Invalid API key", 402: "Credit limit reached", 429: "Too many concurrent requests"}
    return {"error_code": "x", "title": "Error", "message": words.get(status, "Internal server error"), "request_id": "x"}


async def cartesia_say(exchange, socket, voice, context):
    late = exchange.setting("late_chunks", 0)

    async def send(piece):
        return await socket.send({"type": "chunk", "data": base64.b64encode(piece).decode(), "done": False, "status_code": 206,
                                  "step_time": 1.5, "context_id": context})

    whole = await voice.pour(send)
    for _ in range(0 if whole else late):
        await send(bytes(160))
    await socket.send({"type": "done", "done": True, "status_code": 206, "context_id": context})


def cartesia_wrong(message):
    """What is wrong with a request for speech."""
    form, voice = message.get("output_format", {}), message.get("voice", {})
    if not isinstance(message.get("model_id"), str) or not isinstance(message.get("transcript"), str):
        return "model_id and transcript are required"
    if voice.get("mode") != "id" or not isinstance(voice.get("id"), str):
        return "The voice is not valid"
    if form.get("container") != "raw" or form.get("encoding") not in ("pcm_mulaw", "pcm_s16le") or \
            form.get("sample_rate") not in (8000, 16000, 22050, 24000, 44100, 48000):
        return "The output format is not valid"
    return None


async def cartesia(exchange):
    socket = await exchange.socket()
    voices = {}
    async for message in socket:
        message = json.loads(message)
        context = message.get("context_id")
        if message.get("cancel"):
            if context in voices:
                voices[context].cancelled = True
            continue
        wrong = cartesia_wrong(message)
        if wrong:
            await socket.send({"type": "error", "done": True, "title": "Invalid request", "message": wrong,
                               "error_code": "invalid_request", "status_code": 400, "context_id": context})
            continue
        form = message["output_format"]
        voices[context] = Voice(exchange, message["transcript"], message["voice"]["id"],
                                "mulaw" if form["encoding"] == "pcm_mulaw" else "linear16", form["sample_rate"])
        asyncio.ensure_future(cartesia_say(exchange, socket, voices[context], context))


def main():
    standin = Standin("stands in for voices")
    standin.route("POST", "/v1/audio/speech", openai, "openai-speech", openai_error)
    standin.route("POST", "/v1/text-to-speech/{voice}/stream", elevenlabs, "elevenlabs", elevenlabs_error)
    standin.route("POST", "/v1/speak", deepgram, "deepgram-aura", deepgram_error)
    standin.route("GET", "/v1/speak", deepgram_socket, "deepgram-aura-socket", deepgram_error)
    standin.route("GET", "/tts/websocket", cartesia, "cartesia", cartesia_error)
    standin.run()


if __name__ == "__main__":
    main()

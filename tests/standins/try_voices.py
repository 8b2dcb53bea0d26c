#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""try_voices.py: do the stand-in voices speak their protocols, in the form that was asked for? Prints `ok name` for what held."""
import asyncio
import audioop
import base64
import importlib
import json
import sys

import aiohttp

trying = importlib.import_module("try")  # The name is a keyword.
check, Running = trying.check, trying.Running
WORDS = "Your invoice is on its way."


def loud(samples):
    return audioop.rms(samples, 2) > 300


async def until_logged(session, voices, what):
    while True:
        log = await (await session.get(voices.url("/standin/log"))).json()
        found = [line for line in log if line["what"] == what]
        if found:
            return found[0]
        await asyncio.sleep(0.02)


async def text_of_type(ws, kind):
    """The next text message of this type, past any sound."""
    while True:
        message = await asyncio.wait_for(ws.receive(), 10)
        if message.type == aiohttp.WSMsgType.TEXT and json.loads(message.data)["type"] == kind:
            return message.data


async def by_http(session):
    with Running("voices.py", {"key": "right", "odd": True}) as voices:
        say = {"model": "m", "input": WORDS, "voice": "alloy", "response_format": "pcm"}
        key = {"Authorization": "Bearer right"}
        pcm = await (await session.post(voices.url("/v1/audio/speech"), json=say, headers=key)).read()
        check("openai_speaks_at_24_khz", loud(pcm) and 1 < len(pcm) / 48000 < 5, len(pcm))
        wav = await (await session.post(voices.url("/v1/audio/speech"), json={**say, "response_format": "wav"}, headers=key)).read()
        check("and_as_wav", wav[:4] == b"RIFF" and wav[44:] == pcm, len(wav))
        bad = await session.post(voices.url("/v1/audio/speech"), json=say)
        check("a_missing_key_is_refused", bad.status == 401 and "API key" in (await bad.json())["error"]["message"])
        law = await (await session.post(voices.url("/v1/text-to-speech/v/stream?output_format=ulaw_8000"), json={"text": WORDS},
                                        headers={"xi-api-key": "right"})).read()
        check("elevenlabs_speaks_mu_law", abs(len(law) - len(pcm) / 6) < 10 and loud(audioop.ulaw2lin(law, 2)), len(law))
        bad = await session.post(voices.url("/v1/text-to-speech/v/stream?output_format=ulaw_9"), json={"text": "x"},
                                 headers={"xi-api-key": "right"})
        check("and_no_other_form", bad.status == 422, bad.status)
        law = await (await session.post(voices.url("/v1/speak?encoding=mulaw&sample_rate=8000&container=none"), json={"text": WORDS},
                                        headers={"Authorization": "Token right"})).read()
        check("deepgram_does_so_too", abs(len(law) - len(pcm) / 6) < 10 and loud(audioop.ulaw2lin(law, 2)), len(law))


async def cancelled(session):
    with Running("voices.py", {"speed": 1}) as voices:
        answer = await session.post(voices.url("/v1/speak?encoding=mulaw&sample_rate=8000"), json={"text": WORDS})
        await answer.content.readexactly(1600)
        answer.close()
        line = await asyncio.wait_for(until_logged(session, voices, "cancelled"), 10)
        check("a_client_that_goes_is_logged", 100 < line["sound_ms"] < 1500, line)


async def by_socket(session):
    with Running("voices.py", {"speed": 4, "late_chunks": 1}) as voices:
        async with session.ws_connect(voices.url("/v1/speak?encoding=linear16&sample_rate=16000")) as ws:
            await ws.send_json({"type": "Speak", "text": WORDS})
            await ws.send_json({"type": "Flush"})
            sound = b""
            while (message := await asyncio.wait_for(ws.receive(), 10)).data != '{"type": "Flushed", "sequence_id": 0}':
                sound += message.data if message.type == aiohttp.WSMsgType.BINARY else b""
            check("a_flush_speaks_to_its_end", loud(sound) and 1 < len(sound) / 32000 < 5, len(sound))
            await ws.send_json({"type": "Speak", "text": WORDS})
            await ws.send_json({"type": "Flush"})
            await ws.receive()
            await ws.send_json({"type": "Clear"})
            check("a_clear_ends_it", await text_of_type(ws, "Cleared"))
        async with session.ws_connect(voices.url("/tts/websocket?cartesia_version=2025-04-16")) as ws:
            say = {"model_id": "m", "transcript": WORDS, "voice": {"mode": "id", "id": "v"}, "continue": False,
                   "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 8000}}
            await ws.send_json({**say, "context_id": "a"})
            await ws.send_json({**say, "context_id": "b"})
            await ws.send_json({"context_id": "b", "cancel": True})
            sounds, over = {"a": b"", "b": b""}, set()
            while over != {"a", "b"}:
                message = json.loads((await asyncio.wait_for(ws.receive(), 10)).data)
                if message["type"] == "chunk":
                    sounds[message["context_id"]] += base64.b64decode(message["data"])
                else:
                    over.add(message["context_id"])
            check("contexts_speak_beside_each_other", loud(sounds["a"]) and len(sounds["a"]) > 16000, len(sounds["a"]))
            check("a_cancelled_one_ends_with_what_was_under_way", 0 < len(sounds["b"]) < len(sounds["a"]), len(sounds["b"]))
            await ws.send_json({"context_id": "c", "model_id": "m", "transcript": "x"})
            wrong = json.loads((await ws.receive()).data)
            check("a_request_that_lacks_a_voice_is_an_error", wrong["type"] == "error" and wrong["context_id"] == "c", wrong)


async def main():
    async with aiohttp.ClientSession() as session:
        await by_http(session)
        await cancelled(session)
        await by_socket(session)
    sys.exit(1 if trying.failures else 0)


if __name__ == "__main__":
    asyncio.run(main())

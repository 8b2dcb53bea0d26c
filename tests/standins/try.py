#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""try.py: do the stand-ins speak their protocols and do the faults of a script happen? Prints `ok name` for what held."""
import asyncio
import base64
import json
import os
import subprocess
import sys
import tempfile
import time

import aiohttp

HERE = os.path.dirname(os.path.abspath(__file__))
failures = 0
VOICE = bytes(range(0, 256)) * 625  # 160,000 bytes: no silence, ten seconds of it as linear


def check(name, good, detail=""):
    global failures
    print(f"ok {name}" if good else f"FAILED {name} {detail}", flush=True)
    failures += not good


class Running:
    """A stand-in in its own process, with a script."""

    def __init__(self, program, script):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "script.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(script, file)
        self.process = subprocess.Popen(["/usr/bin/python3", os.path.join(HERE, program), "--script", path],
                                        stdout=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline().split()[1])

    def url(self, path, scheme="http"):
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()


async def next_of(ws, **wanted):
    """The next message with these members; None when the socket ended first."""
    while True:
        message = await asyncio.wait_for(ws.receive(), 10)
        if message.type != aiohttp.WSMsgType.TEXT:
            return None
        content = json.loads(message.data)
        if all(content.get(key) == value for key, value in wanted.items()):
            return content


LISTEN = "/v1/listen?model=nova-3&encoding=linear16&sample_rate=8000&interim_results=true"


async def deepgram(session):
    with Running("ears.py", {"key": "right", "words": ["my internet is down"], "delays": {"final": 20}}) as ears:
        async with session.ws_connect(ears.url(LISTEN), headers={"Authorization": "Token right"}) as ws:
            for at in range(0, 16000, 640):
                await ws.send_bytes(VOICE[at:at + 640])
            partial = await next_of(ws, is_final=False)
            await ws.send_str('{"type": "Finalize"}')
            final = await next_of(ws, is_final=True)
            check("words_come_while_sound_comes", partial and "my" in partial["channel"]["alternatives"][0]["transcript"], partial)
            check("the_last_of_them_when_asked",
                  final["channel"]["alternatives"][0]["transcript"] == "my internet is down" and final["from_finalize"], final)
        try:
            await session.ws_connect(ears.url(LISTEN), headers={"Authorization": "Token wrong"})
            check("a_wrong_key_is_refused", False)
        except aiohttp.WSServerHandshakeError as error:
            check("a_wrong_key_is_refused", error.status == 401, error)
        log = await (await session.get(ears.url("/standin/log"))).json()
        check("the_log_tells_all_but_the_key", [line["key"] for line in log if line["what"] == "asked"] == ["right", "wrong"]
              and "Token" not in json.dumps(log), log)


async def others(session):
    with Running("ears.py", {"words": ["one two"], "eager_ms": 100, "end_ms": 300}) as ears:
        async with session.ws_connect(ears.url("/v2/listen?model=flux-general-en&encoding=linear16&sample_rate=8000"
                                               "&eager_eot_threshold=0.5")) as ws:
            events = []
            for sound in (VOICE[:16000], bytes(2400), VOICE[:3200], bytes(8000)):
                for at in range(0, len(sound), 1280):
                    await ws.send_bytes(sound[at:at + 1280])
            while not events or events[-1] != "EndOfTurn":
                event = (await next_of(ws, type="TurnInfo"))["event"]
                events += [event] if event != "Update" else []
            check("turns_follow_the_documented_states",
                  events == ["StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EagerEndOfTurn", "EndOfTurn"], events)
        async with session.ws_connect(ears.url("/v1/realtime?intent=transcription")) as ws:
            await ws.send_json({"type": "session.update", "session": {"type": "transcription", "audio": {"input": {
                "format": {"type": "audio/pcmu"}, "transcription": {"model": "m"}, "turn_detection": None}}}})
            await ws.send_json({"type": "input_audio_buffer.append", "audio": base64.b64encode(VOICE[:8000]).decode()})
            await ws.send_json({"type": "input_audio_buffer.commit"})
            done = await next_of(ws, type="conversation.item.input_audio_transcription.completed")
            check("a_committed_buffer_is_transcribed", done["transcript"] == "One two.", done)
        async with session.ws_connect(ears.url("/")) as ws:
            await ws.send_str('{"config": {"sample_rate": 8000}}')
            await ws.send_bytes(VOICE[:8000])
            await ws.send_str('{"eof" : 1}')
            await next_of(ws)
            check("vosk_answers_each_message", (await next_of(ws))["text"] == "one two")


async def faults(session):
    rules = [{"when": {"number": 1}, "refuse": {"status": 429, "headers": {"Retry-After": "2"}}},
             {"when": {"number": 2}, "drop": True},
             {"when": {"number": 3}, "faults": [{"after_received": 3200, "do": "disconnect"}]},
             {"when": {"number": 4}, "faults": [{"after_received": 3200, "do": "close", "code": 1011, "reason": "NET-0000"}]},
             {"when": {"number": 5}, "faults": [{"do": "stall"}]},
             {"when": {"number": 6}, "faults": [{"do": "send", "text": "{no json"}, {"do": "slow", "bytes": 3, "every_ms": 1}]},
             {"when": {"number": 7}, "faults": [{"do": "raw", "hex": "f7ff"}]},
             {"when": {"number": 8}, "delays": {"before": 300}}]
    with Running("ears.py", {"rules": rules, "words": ["a b c"]}) as ears:
        try:
            await session.ws_connect(ears.url(LISTEN))
        except aiohttp.WSServerHandshakeError as error:
            check("limits_are_told", error.status == 429 and error.headers["Retry-After"] == "2", error)
        try:
            await session.ws_connect(ears.url(LISTEN))
            check("a_connection_is_cut_before_it_opens", False)
        except aiohttp.ClientError as error:
            check("a_connection_is_cut_before_it_opens", not isinstance(error, aiohttp.WSServerHandshakeError), error)
        for number, name, code in ((3, "a_socket_is_cut_in_the_middle", 1006), (4, "a_socket_is_closed_with_the_vendors_words", 1011)):
            async with session.ws_connect(ears.url(LISTEN)) as ws:
                await ws.send_bytes(VOICE[:3200])
                await ws.receive()
                check(name, ws.close_code == code, ws.close_code)
        async with session.ws_connect(ears.url(LISTEN)) as ws:
            await ws.send_bytes(VOICE[:16000])
            await ws.send_str('{"type": "Finalize"}')
            try:
                await asyncio.wait_for(ws.receive(), 0.5)
                check("a_stalled_socket_says_nothing", False)
            except asyncio.TimeoutError:
                check("a_stalled_socket_says_nothing", True)
        async with session.ws_connect(ears.url(LISTEN)) as ws:
            check("what_is_no_json_is_sent", (await ws.receive()).data == "{no json")
            await ws.send_bytes(VOICE[:16000])
            await ws.send_str('{"type": "Finalize"}')
            check("crumbs_make_a_message", (await next_of(ws, is_final=True)) is not None)
        async with session.ws_connect(ears.url(LISTEN)) as ws:
            check("broken_frames_are_sent", (await ws.receive()).type in (aiohttp.WSMsgType.ERROR, aiohttp.WSMsgType.CLOSE,
                                                                           aiohttp.WSMsgType.CLOSED))
        began = time.monotonic()
        async with session.ws_connect(ears.url(LISTEN)):
            check("answers_wait_as_long_as_the_script_says", time.monotonic() - began >= 0.3)


async def main():
    async with aiohttp.ClientSession() as session:
        await deepgram(session)
        await others(session)
        await faults(session)
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    asyncio.run(main())

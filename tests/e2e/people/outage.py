# SPDX-License-Identifier: Apache-2.0
"""outage.py - nobody can come, for each of the three causes: what the caller hears, leaves, and what is known of it after."""
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
import atexit # noqa: E402
import audioop # noqa: E402
import datetime
import http.server
import json
import os
import sys
import tempfile
import threading
import time
import wave

from desk import HERE, Caller, Desk, check, share, spoken, tone, wait_for # noqa: E402

sys.path.insert(0, os.path.join(HERE, "..", "..", "standins"))
from beside import Standin # noqa: E402

TROUBLE, BEEP, POUND = 1500, 1000, 11
MESSAGE = "please call me back about my invoice it is wrong"
ONLY_MODEL = """---
name: front-desk
voice: slt
greeting: "Hello, this is the shop. What can I do for you?"
listen: [ears]
speak: [mouth]
think: [head]
---
You answer the telephone of a shop.
"""


class Told:
    """Whom a webhook tells."""

    def __init__(self):
        told = self.told = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/told"

    def of(self, kind):
        return [event for event in self.told if event["type"] == kind]


def leaves_message(caller, server):
    """The beep, the words, the key; the task that is left of it."""
    check("a_beep_is_heard", caller.hears(BEEP, 30))
    wait_for(lambda: not caller.hears(BEEP, 0.1), 5)
    caller.speak(spoken(MESSAGE))
    wait_for(lambda: not caller.sound.mouth, 20)
    time.sleep(0.3)
    caller.sound.key(POUND)
    caller.reply(caller.expect("BYE", 20))

    def left():
        lines = server.run("messages", server.conf, "--json", "--all").stdout.splitlines()
        return [task for task in map(json.loads, lines) if task["party"] == caller.number and task["file"] and task["text"]]
    return (wait_for(left, 20) or [{}])[0]


def detail(server):
    call = server.last()
    return call.get("detail"), [(row["queue"], row["state"], row["why"]) for row in call.get("passages", [])]


def trouble_file():
    path = os.path.join(tempfile.mkdtemp(prefix="offhook-trouble-"), "trouble.wav")
    with wave.open(path, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(tone(TROUBLE, 2))
    return path


def hears_trouble(caller, since, seconds=10):
    """When it began, by the monotonic clock; None: it was not heard."""
    if not wait_for(lambda: caller.hears(TROUBLE, 0.0), seconds, 0.05):
        return None
    frames = [(at, audioop.ulaw2lin(payload, 2)) for at, _, payload, _ in list(caller.sound.heard) if at >= since]
    return next(frames[i][0] for i in range(len(frames)) if share(b"".join(f[1] for f in frames[i:i + 5]), TROUBLE) > 0.5)


def failed_at(server, name):
    """When a provider was first known to fail, by the monotonic clock."""
    line = next(line for line in server.log_text().splitlines() if f"provider: {name} is degraded" in line)
    then = datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00")).timestamp()
    return time.monotonic() - (time.time() - then)


def outage(program):
    told = Told()
    clips = tempfile.mkdtemp(prefix="offhook-clips-")
    with wave.open(os.path.join(clips, "hello.wav"), "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        out.writeframes(spoken("hello"))
    standins = [Standin("ears.py", {"clips": clips}), Standin("voices.py", {}),
                Standin("minds.py", {"answers": [{"when": {"said": "."}, "say": "I see."}]})]
    for one in standins:
        atexit.register(one.close) # Also when a test ends early.
    ears, mouth, head = (one.url for one in standins)
    os.environ["HOOK_SECRET"] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    server = Desk(program, places=4, agent=ONLY_MODEL, queues="support: {}", more=(
        f"providers:\n  ears: {{kind: deepgram, url: \"{ears.replace('http', 'ws', 1)}\", key: \"${{HOOK_SECRET}}\"}}\n"
        f"  mouth: {{kind: openai-speech, url: \"{mouth}/v1\", key: \"${{HOOK_SECRET}}\"}}\n  head: {{kind: chat, url: \"{head}/v1\", model: m}}\n"
        f"unavailable: {{outage: voicemail, outage-file: {trouble_file()}}}\n"
        f"webhooks:\n  desk: {{url: \"{told.url}\", secret: \"${{HOOK_SECRET}}\"}}\n"))
    caller = Caller(server, "+41445550201")
    check("the_voice_of_a_provider_greets", wait_for(lambda: standins[1].log("says"), 10), server.log_text()[-500:])
    for one in standins: # All at once, and for good.
        one.process.kill()
    for _ in range(3): # What is not heard well is asked again.
        caller.says("where is my order")
        ended = time.monotonic()
        began = hears_trouble(caller, ended, 6)
        if began:
            break
    took = began - failed_at(server, "head") if began else None
    check("who_speaks_to_dead_providers_hears_the_file_within_two_seconds", took is not None and took < 2, took)
    if took:
        print(f"# {took:.2f} s after the model's failure, {began - ended:.2f} s after the caller's last word")
    left = leaves_message(caller, server)
    check("a_message_is_taken_and_understood", "invoice" in left.get("text", ""), left)
    check("and_somebody_is_told", wait_for(lambda: told.of("voicemail.left"), 15), [event["type"] for event in told.told])
    caller.close()
    check("the_account_says_provider_outage", detail(server)[0] == "provider outage", detail(server))
    for number in range(202, 207): # Until it is known that nobody is there.
        since = time.monotonic()
        caller = Caller(server, f"+41445550{number}")
        began = hears_trouble(caller, since, 2)
        took = began - since if began else None
        if took is None:
            caller.says("where is my order")
            hears_trouble(caller, since, 10)
        caller.hang_up()
        caller.close()
        if took is not None:
            break
    check("then_it_is_the_first_that_a_caller_hears_within_two_seconds", took is not None and took < 2, took)
    print(f"# {number - 200}th caller, after {took} s")
    replayed = server.run("replay", server.conf)
    check("it_replays_the_same", replayed.returncode == 0, replayed.stdout + replayed.stderr)
    server.close()


def apart(program):
    server = Desk(program, places=8, queues="support: {max-callers: 1, when-full: choice}\n  night: {when-nobody: unavailable}",
                  more="unavailable: {capacity: callback, agent-unavailable: voicemail, offer: 10s}\n", users=("anna", "ben"),
                  operators="anna: {queues: [support]}\nben: {queues: [night]}",
                  routes='  - {number: "200", queue: night}\n')
    first = Caller(server, "+41445550300")
    first.sound.key(1)
    check("the_first_waits_alone", wait_for(lambda: server.waiting("support") == 1, 20), server.ask("queues"))
    for number, act in (("+41445550301", lambda c: c.says("i'll wait")), ("+41445550302", lambda c: c.sound.key(2)), ("+41445550303", lambda c: c.says("call me back please"))):
        caller = Caller(server, number)
        since = time.monotonic()
        caller.sound.key(1)
        wait_for(lambda: caller.sound.loud(since) > 150, 20)
        caller.silence(0.8)
        waiting = server.waiting("support")
        act(caller)
        if number == "+41445550303":
            since = time.monotonic()
            check("a_word_asks_for_a_callback", wait_for(lambda: caller.sound.loud(since) > 60, 10))
            caller.silence(0.8)
            caller.sound.key(1)
            promised = wait_for(lambda: [line for line in server.run("callbacks", server.conf, "--json", "--all").stdout.splitlines()
                                         if '"+41445550303"' in line], 15)
            check("which_is_promised", promised, (server.turns(number), server.run("callbacks", server.conf, "--json", "--all").stdout))
        else:
            check("holding_is_understood_by_" + ("word" if number == "+41445550301" else "key"),
                  wait_for(lambda: server.waiting("support") > waiting, 10), server.turns(number))
        if number != "+41445550303":
            caller.hang_up()
        else:
            caller.reply(caller.expect("BYE", 20))
        caller.close()
    first.hang_up()
    first.close()
    rows = wait_for(lambda: (lambda r: r if len(r) == 4 else None)(server.cdr()), 15) or []
    said = {row["caller"]: row["detail"] for row in rows}
    check("who_was_promised_a_call_met_a_full_queue_in_the_account", said.get("+41445550303") == "capacity exceeded", said)
    server.rows_seen = len(rows)
    caller = Caller(server, "+41445550304", "200")
    left = leaves_message(caller, server)
    check("a_message_is_taken_when_nobody_is_on_duty", "invoice" in left.get("text", "") and left.get("queue") == "night",
          server.run("messages", server.conf, "--json", "--all").stdout)
    caller.close()
    check("the_account_says_agent_unavailable", detail(server) == ("agent unavailable", [("night", "overflowed", "nobody is on duty")]), detail(server))
    server.close()

# SPDX-License-Identifier: Apache-2.0
"""desk.py - a server with a queue, callers who speak, and operators before a baresip of their own."""
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
import audioop # noqa: E402
import json
import os
import subprocess
import sys
import tempfile
import time
import wave

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
from office import Office, check, need, wait_for # noqa: E402,F401
from console import Console, share, tone # noqa: E402
import house # noqa: E402,F401
from phone import Phone # noqa: E402
from telephones import SECRET # noqa: E402

CALLERS = "127.0.0.2" # A trunk; the others prove who they are.
CALLER_HZ, OPERATOR_HZ = 700, 440
SILENCE = bytes(16000) # A second.


def spoken(words):
    """As flite says it: 8 kHz, linear."""
    need("flite")
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "words.wav")
        subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", path], check=True)
        with wave.open(path) as sound:
            rate, frames = sound.getframerate(), sound.readframes(sound.getnframes())
    return audioop.ratecv(frames, 2, 1, rate, 8000, None)[0]


class Desk(Office):
    def __init__(self, program, operators="anna: {label: Anna, wrap-up: 2s}", users=("anna",), queues="support: {ring: 20s}", more="",
                 agent=None, trunks="", server="when-late: admit", **changes):
        os.environ["OFFHOOK_TEST_PHONES"] = SECRET
        named = ", ".join(f'{{name: {name}, password: "${{OFFHOOK_TEST_PHONES}}"}}' for name in users)
        lines = "".join(f"  {line}\n" for line in operators.split("\n"))
        self.agent = agent
        super().__init__(program, os.path.relpath(os.path.join(HERE, "desk"), house.ROOT), server=server, digest="md5",
                         trunks=f'  - {{name: local, sources: ["{CALLERS}/32"]}}\n{trunks}users: [{named}]\n'
                         f"operators:\n{lines}queues:\n  {queues}\n{more}", **changes)

    def write(self, **changes):
        if self.agent:
            with open(os.path.join(self.conf, "agents", "front-desk.md"), "w", encoding="utf-8") as out:
                out.write(self.agent)
        super().write(**changes)

    def state(self, name):
        rows = (self.ask("operators") or {}).get("operators", [])
        return next((row["state"] for row in rows if row["name"] == name), "")

    def becomes(self, name, wanted, seconds=20):
        got = wait_for(lambda: self.state(name) == wanted, seconds)
        if not got:
            print(f"# {name} is {self.state(name)}, not {wanted}")
        return got

    def waiting(self, queue):
        rows = (self.ask("queues") or {}).get("queues", [])
        return next((row["waiting"] for row in rows if row["queue"] == queue), -1)

    def turns(self, number):
        """What was heard of this caller so far."""
        lines = self.run("cdr", self.conf, "--format", "jsonl", "--live").stdout
        call = next((c for c in map(json.loads, lines.splitlines()) if c["caller"] == number), {})
        return [t for t in self.whole(call["ref"]).get("turns", []) if t["speaker"] == "caller"] if call else []

    def offers(self, call):
        return [(t["how"], t["target"], bool(t["done"]), t["detail"]) for t in call.get("transfers", [])]


class Caller(Phone):
    def __init__(self, server, number="100", called="100"):
        super().__init__(server, address=CALLERS, user=called)
        self.number = number
        taken = self.dial(from_line=f"<sip:{number}@{CALLERS}>")
        check("the_caller_is_answered", taken == 200, taken)
        wait_for(lambda: self.sound.loud() > 10, 15)

    def speak(self, sound):
        with self.sound.lock:
            self.sound.mouth = audioop.lin2ulaw(sound, 2)

    def says(self, words):
        """Once it is quiet."""
        self.silence()
        self.speak(spoken(words))
        wait_for(lambda: not self.sound.mouth, 30)

    def silence(self, seconds=1.2, most=30):
        """Nothing was heard for so long."""
        return wait_for(lambda: self.sound.loud(time.monotonic() - seconds) == 0, most)

    def hum(self, seconds=60):
        self.speak(tone(CALLER_HZ, seconds))

    def heard(self, since=0.0):
        return b"".join(audioop.ulaw2lin(payload, 2) for at, kind, payload, _ in list(self.sound.heard)
                        if kind == 0 and len(payload) == 160 and at >= since)

    def hears(self, hertz, seconds=10, least=0.3):
        return bool(wait_for(lambda: share(self.heard(time.monotonic() - 0.5), hertz) > least, seconds, 0.2))


class Operator(Console):
    """Is silent until told to say something. `echo`: a telephone that sends back all that it gets."""

    def __init__(self, server, user, echo=False):
        super().__init__(server, user, 0)
        if echo and wait_for(lambda: server.state(user) == "available", 20): # It listens to us then.
            self.tell("ausrc", "aubridge,ear")

    def takes(self):
        check("the_operator_rings", self.rings(40), self.peer.log()[-600:])
        return self.take()

    def source(self, sound):
        path = os.path.join(self.home, f"say-{time.monotonic()}.wav")
        with wave.open(path, "wb") as out:
            out.setparams((1, 2, 8000, 0, "NONE", ""))
            out.writeframes(sound)
        return self.tell("ausrc", f"aufile,{path}")

    def says(self, words): # At a file's end baresip hangs up.
        return self.source(spoken(words) + 60 * SILENCE)

    def hush(self):
        return self.source(60 * SILENCE)

    def hum(self):
        return self.source(tone(OPERATOR_HZ, 60))

    def hears_out(self, least=100, seconds=40):
        """Words, and their end: half a second of quiet after so many loud frames."""
        def over():
            sound = self.heard()
            loud = [audioop.rms(sound[at:at + 320], 2) > 100 for at in range(0, len(sound) - 320, 320)]
            return sum(loud) > least and not any(loud[-35:])
        return wait_for(over, seconds, 0.05)

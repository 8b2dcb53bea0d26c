# SPDX-License-Identifier: Apache-2.0
"""linphone.py - Linphone's console as the caller: its microphone and its ear are files."""
import audioop
import os
import shutil
import subprocess
import tempfile
import time
import wave

import house
from office import LOOPBACK, Office, Peer, check, need, skip, wait_for

VOICE = "/usr/share/asterisk/sounds/en_US_f_Allison"
CONFIG = """[sip]
sip_port={sip}
sip_tcp_port=0
sip_tls_port=0
guess_hostname=0
register_only_when_network_is_up=0
[rtp]
audio_rtp_port={rtp}
[net]
mtu=1300
[video]
enabled=0
"""


class Console:
    """linphonec, told what to do by lines."""

    def __init__(self):
        (program,) = need("linphonec")
        self.home = tempfile.mkdtemp(prefix="offhook-linphone-")
        os.makedirs(os.path.join(self.home, ".local", "share", "linphone")) # It does not make its own.
        config = os.path.join(self.home, "rc")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(sip=house.free_ports(15000, 15500, 2), rtp=house.free_ports(15500, 16000, 4)))
        self.ear = os.path.join(self.home, "ear.wav")
        self.peer = Peer([program, "-c", config], cwd=self.home, stdin=subprocess.PIPE,
                         env={**os.environ, "HOME": self.home})
        self.say("soundcard use files")
        self.say(f"record {self.ear}")

    def say(self, line):
        self.peer.process.stdin.write((line + "\n").encode())
        self.peer.process.stdin.flush()

    def until(self, words, seconds=10, times=1):
        return wait_for(lambda: self.peer.log().count(words) >= times, seconds)

    def call(self, server):
        up = self.peer.log().count("established")
        self.say(f"call sip:100@{LOOPBACK}:{server.port}")
        return self.until("established", 10, up + 1)

    def loud_s(self):
        """Seconds of the ear's file in which something is heard: it is written when the call has ended."""
        try:
            with wave.open(self.ear) as sound:
                size = sound.getframerate() // 50 * sound.getnchannels() * sound.getsampwidth()
                width, data = sound.getsampwidth(), sound.readframes(sound.getnframes())
        except (OSError, EOFError, wave.Error):
            return 0
        return sum(audioop.max(data[at:at + size], width) > 300 for at in range(0, len(data) - size, size)) / 50

    def close(self):
        self.say("quit")
        self.until("Terminating", 2)
        self.peer.close()
        shutil.rmtree(self.home, ignore_errors=True)


def hears_and_is_heard(server, console):
    up = console.call(server)
    time.sleep(4.5) # The greeting.
    for name in ("conf-full", "conf-locked"): # A machine that is busy makes Linphone's file stutter: one is enough.
        console.say(f"play {VOICE}/{name}.wav")
        time.sleep(6.5)
    console.say("5")
    time.sleep(1)
    console.say("pause")
    paused = console.until("now paused")
    calls = server.up()
    console.say("resume")
    resumed = console.until("established", 10, 2)
    time.sleep(1)
    console.say("terminate")
    ended = console.until("ended")
    call = server.last()
    turns = [t.get("intent") for t in call.get("turns", []) if t["speaker"] == "caller"]
    check("linphone_gets_an_answer", up, console.peer.log()[-1500:])
    check("a_recorded_human_voice_by_linphone_is_understood", "conference" in turns,
          f"{call.get('codec')} {call.get('turns')}")
    check("its_key_is_heard_once", [k["key"] for k in call.get("keys", [])] == ["5"], call.get("keys"))
    check("it_holds_and_comes_back", paused and calls == 1 and resumed, console.peer.log()[-1500:])
    check("its_hang_up_is_ours", ended and call.get("cause") == "caller_hung_up", call.get("cause"))


def our_hang_up(server, console):
    ended = console.peer.log().count("ended")
    up = console.call(server)
    time.sleep(4.5)
    over = False
    for _ in range(3): # One word alone is not always heard at once.
        if not over:
            console.say(f"play {VOICE}/vm-goodbye.wav")
            over = console.until("ended", 7, ended + 1)
    if not over:
        console.say("terminate")
    call = server.last()
    check("linphone_hears_the_greeting_and_the_good_bye", wait_for(lambda: console.loud_s() > 1.5, 3), console.loud_s())
    check("our_hang_up_is_linphones", up and over and call.get("cause") in ("agent_finished", "fallback"), call)


def part(program):
    need("linphonec")
    if not os.path.exists(f"{VOICE}/conf-full.wav"):
        skip("no recorded voices (scripts/install test)")
    server = Office(program, source="tests/e2e/calls/switchboard", places=2, manners="silence: 20s, end-of-turn: 400ms")

    def try_once(step):
        console = Console()
        step(server, console)
        console.close()

    house.attempts(try_once, hears_and_is_heard)
    house.attempts(try_once, our_hang_up)
    server.close()

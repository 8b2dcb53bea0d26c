# SPDX-License-Identifier: Apache-2.0
"""console.py - baresip with a person before it: registers, rings, is told to take, dial, transfer; keeps what it heard."""
import glob
import json
import math
import os
import shutil
import socket
import struct
import tempfile
import wave

import house
from office import LOOPBACK, Peer, need, wait_for
from telephones import SECRET

RATE = 8000


def tone(hertz, seconds=60):
    second = struct.pack(f"<{RATE}h", *(int(9000 * math.sin(2 * math.pi * hertz * i / RATE)) for i in range(RATE)))
    return second * seconds


def share(sound, hertz):
    """How much of the sound's power is this tone (Goertzel), 0 to 1; quiet is 0."""
    samples = struct.unpack(f"<{len(sound) // 2}h", sound[:len(sound) // 2 * 2])
    power = sum(s * s for s in samples)
    if len(samples) < 400 or power / len(samples) < 100:
        return 0.0
    twist, one, two = 2 * math.cos(2 * math.pi * hertz / RATE), 0.0, 0.0
    for s in samples:
        one, two = s + twist * one - two, one
    return 2 * (one * one + two * two - twist * one * two) / (len(samples) * power)


class Console:
    """Speaks a tone of its own from the answer on."""

    def __init__(self, server, user, hertz, seconds=60): # At the tone's end baresip hangs up.
        (program,) = need("baresip")
        self.user, self.home = user, tempfile.mkdtemp(prefix="offhook-console-")
        sip, self.control = house.free_ports(11000, 12000, 2), house.free_ports(12000, 13000, 1)
        with wave.open(os.path.join(self.home, "tone.wav"), "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            out.writeframes(tone(hertz, seconds))
        self.write("accounts", f"<sip:{user}@{LOOPBACK}:{server.port}>;auth_user={user};auth_pass={SECRET};regint=120;"
                   "answermode=manual\n")
        modules = "".join(f"module {name}.so\n" for name in ("g711", "aufile", "aubridge", "sndfile"))
        self.write("config", f"sip_listen {LOOPBACK}:{sip}\nmodule_path /usr/lib/baresip/modules\n{modules}"
                   f"snd_path {self.home}\naudio_source aufile,{self.home}/tone.wav\naudio_player aubridge,ear\n"
                   f"audio_alert aubridge,bell\nring_aufile none\nctrl_tcp_listen {LOOPBACK}:{self.control}\n"
                   "module_app ctrl_tcp.so\nmodule_app account.so\nmodule_app menu.so\n")
        self.peer = Peer([program, "-s", "-f", self.home], env={**os.environ, "HOME": self.home})
        self.taken = 0

    def write(self, name, text):
        with open(os.path.join(self.home, name), "w", encoding="utf-8") as out:
            out.write(text)

    def tell(self, command, params=""):
        said = json.dumps({"command": command, "params": params})
        with socket.create_connection((LOOPBACK, self.control), 5) as line:
            line.sendall(f"{len(said)}:{said},".encode())
            line.settimeout(2)
            try:
                return line.recv(65536).decode(errors="replace")
            except socket.timeout:
                return ""

    def calls(self):
        return self.peer.log().count("Incoming call")

    def rings(self, seconds=20):
        """For a call that was not taken yet."""
        return wait_for(lambda: self.calls() > self.taken, seconds)

    def take(self):
        self.taken = self.calls()
        return self.tell("accept")

    def dial(self, number):
        return self.tell("dial", number)

    def key(self, key):
        return self.tell("sndcode", key)

    def heard(self):
        """All that came in the newest call, 8 kHz linear."""
        files = sorted(glob.glob(os.path.join(self.home, "dump-*-dec.wav")), key=os.path.getmtime)
        if not files:
            return b""
        with open(files[-1], "rb") as file: # It is still being written: its head says nothing yet.
            data = file.read()[44:]
        return data[:len(data) // 2 * 2]

    def hears(self, hertz, least=0.15, seconds=10):
        """In the last half second, by that time."""
        return bool(wait_for(lambda: share(self.heard()[-RATE:], hertz) > least, seconds, 0.2))

    def close(self):
        self.peer.close()
        shutil.rmtree(self.home, ignore_errors=True)

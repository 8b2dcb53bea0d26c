# SPDX-License-Identifier: Apache-2.0
"""telephones.py - real telephones that have registered are called: baresip and Linphone, by UDP, TCP and TLS.

A route forwards to a user, an agent is placed to one by `offhook dial`, sipp and a telephone of raw packets call. Who
is not registered, or has gone without a word, is 480 and the account says so.
"""
import math
import os
import re
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import wave

import house
from office import LOOPBACK, Office, Peer, check, need, wait_for
from phone import Phone, status

SECRET = "staple-battery-3"
USERS = ("alice", "201", "202", "203", "204", "bob")


def tone_file(folder, hz=440):
    """A minute of one pitch, 8 kHz."""
    path = os.path.join(folder, "tone.wav")
    with wave.open(path, "wb") as out:
        out.setnchannels(1), out.setsampwidth(2), out.setframerate(8000)
        out.writeframes(struct.pack("<8000h", *(int(9000 * math.sin(2 * math.pi * hz * i / 8000)) for i in range(8000))) * 60)
    return path


class Baresip:
    """A telephone that registers and answers by itself with a tone."""

    def __init__(self, server, user, transport="udp", answers=True, authority=None):
        (program,) = need("baresip")
        self.user, self.home = user, tempfile.mkdtemp(prefix="offhook-baresip-")
        port = house.free_ports(11000, 12000, 2)
        there = server.tls_port if transport == "tls" else server.port
        self.write("accounts", f"<sip:{user}@{LOOPBACK}:{there};transport={transport}>;auth_user={user};"
                   f"auth_pass={SECRET};regint=120;answermode={'auto' if answers else 'manual'}\n")
        self.write("config", f"sip_listen {LOOPBACK}:{port}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\n"
                   f"module aufile.so\nmodule aubridge.so\naudio_source aufile,{tone_file(self.home)}\n"
                   "audio_player aubridge,ear\naudio_alert aubridge,bell\nring_aufile none\n"
                   f"{'sip_cafile ' + authority if authority else ''}\nmodule_app account.so\nmodule_app menu.so\n")
        self.peer = Peer([program, "-f", self.home], env={**os.environ, "HOME": self.home})

    def write(self, name, text):
        with open(os.path.join(self.home, name), "w", encoding="utf-8") as out:
            out.write(text)

    def close(self):
        self.peer.close()
        shutil.rmtree(self.home, ignore_errors=True)


class Linphone:
    """linphonec, registered, told to answer by itself."""

    def __init__(self, server, user):
        (program,) = need("linphonec")
        self.user, self.home = user, tempfile.mkdtemp(prefix="offhook-linphone-")
        os.makedirs(os.path.join(self.home, ".local", "share", "linphone"))
        config = os.path.join(self.home, "rc")
        with open(config, "w", encoding="utf-8") as out:
            out.write(f"[sip]\nsip_port={house.free_ports(15000, 15500, 2)}\nsip_tcp_port=0\nsip_tls_port=0\n"
                      f"guess_hostname=0\n[rtp]\naudio_rtp_port={house.free_ports(15500, 16000, 4)}\n[video]\nenabled=0\n")
        self.peer = Peer([program, "-a", "-c", config], cwd=self.home, stdin=subprocess.PIPE,
                         env={**os.environ, "HOME": self.home})
        self.say("soundcard use files")
        self.tone = tone_file(self.home)
        self.say(f"register sip:{user}@{LOOPBACK} sip:{LOOPBACK}:{server.port} {SECRET}")

    def say(self, line):
        self.peer.process.stdin.write((line + "\n").encode())
        self.peer.process.stdin.flush()

    def close(self):
        self.peer.close()
        shutil.rmtree(self.home, ignore_errors=True)


def certify(home):
    """An authority, and a certificate of it for us: (the authority's, ours, our key)."""
    def openssl(*words):
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=home)
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-days", "2", "-subj", "/CN=authority", "-keyout", "authority.key", "-out", "authority.pem")
    openssl("req", *key, "-subj", f"/CN={LOOPBACK}", "-keyout", "ours.key", "-out", "ours.csr")
    with open(os.path.join(home, "names"), "w", encoding="ascii") as out:
        out.write(f"subjectAltName=IP:{LOOPBACK}\n")
    openssl("x509", "-req", "-in", "ours.csr", "-CA", "authority.pem", "-CAkey", "authority.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "ours.pem")
    os.chmod(os.path.join(home, "ours.key"), 0o600)
    return [os.path.join(home, name) for name in ("authority.pem", "ours.pem", "ours.key")]


def by_tls(server, authority):
    """baresip over TLS registers, and is called by the connection that it keeps. (Its version 1.0 looks at no certificate; part_tls.py does.)"""
    phone = Baresip(server, "204", "tls", authority=authority)
    there = registered(server, "204")
    check("baresip_registers_by_tls", bool(there) and there[0]["transport"] == "tls", (there, phone.peer.log()[-800:]))
    rings(server, phone, "204", "baresip_by_tls")
    killed(server, phone, "204")
    phone.close()


def registered(server, user, seconds=15):
    def there():
        return [p for p in (server.ask("phones") or {}).get("phones", []) if p["user"] == user]
    return wait_for(there, seconds, 0.1)


def rings(server, phone, number, name, role="forward"):
    """A raw telephone calls the number: it is answered, there is sound, and its good-bye is passed on."""
    caller = Phone(server, user=number)
    code = caller.dial()
    if isinstance(phone, Linphone):
        phone.say(f"play {phone.tone}")
    heard = wait_for(lambda: caller.sound.loud() > 25, 6) if code == 200 else False
    over = caller.hang_up() if code == 200 else 0
    call = server.last()
    check(f"{name}_is_called_and_heard", code == 200 and heard and over == 200, (caller.answer, call))
    check(f"{name}_is_in_the_account", call.get("cause") == "caller_hung_up"
          and any(leg["role"] == role and leg["trunk"] == "phones" for leg in call.get("legs", [])), call)
    caller.close()


def refused(server, number, name, detail):
    caller = Phone(server, user=number, sound=False)
    answer = caller.ask("INVITE", caller.sdp(), seconds=8)
    caller.ack()
    call = server.last()
    check(name, status(answer) == 480 and call.get("status") == 480 and call.get("cause") == "unreachable"
          and re.search(detail, call.get("detail", "")), (answer, call))
    caller.close()


def sipp_calls(server, number, name):
    (program,) = need("sipp")
    done = subprocess.run([program, "-sn", "uac", "-s", number, "-m", "1", "-d", "800", "-timeout", "20",
                           "-i", LOOPBACK, "-mp", str(house.free_ports(14000, 15000, 4)), "-p",
                           str(house.free_ports(13000, 14000, 2)), f"{LOOPBACK}:{server.port}"],
                          capture_output=True, text=True, timeout=40, stdin=subprocess.DEVNULL, cwd=server.home)
    call = server.last()
    check(name, done.returncode == 0 and call.get("cause") == "caller_hung_up", (done.stdout[-800:], call))


def dialled(server, number, name):
    done = server.run("dial", number, server.conf, timeout=60)
    ref = done.stdout.split()[0] if done.returncode == 0 and done.stdout else ""
    talked = wait_for(lambda: [t for t in server.whole(ref).get("turns", []) if t["speaker"] == "agent"], 15, 0.2)
    check(name, bool(ref) and bool(talked), (done.stdout + done.stderr, server.whole(ref)))
    return ref


def killed(server, phone, number):
    """A telephone that is gone without a word: by TCP its connection is, by UDP it says nothing."""
    phone.peer.process.send_signal(signal.SIGKILL)
    phone.peer.process.wait()
    began = time.monotonic()
    caller = Phone(server, user=number, sound=False)
    answer = caller.ask("INVITE", caller.sdp(), seconds=15)
    caller.ack()
    call = server.last()
    check(f"a_telephone_that_is_gone_is_480_soon_{number}", status(answer) == 480 and call.get("cause") == "unreachable"
          and time.monotonic() - began < 15, (answer, call))
    caller.close()


def part(program):
    need("baresip", "linphonec", "sipp")
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    home = tempfile.mkdtemp(prefix="offhook-authority-")
    authority, certificate, key = certify(home)
    tls_port = house.free_ports(12000, 13000, 1)
    users = ", ".join(f'{{name: "{name}", password: "${{OFFHOOK_TEST_PHONES}}"}}' for name in USERS)
    server = Office(program, trunks=f'  - {{name: local, sources: ["127.0.0.0/8"]}}\nusers: [{users}]',
                    manners="silence: 20s, ring: 12s", server="when-late: admit", digest=f"md5, tls: {{certificate: {certificate}, key: {key}}}",
                    listen=f'"tls:{LOOPBACK}:{tls_port}"',
                    routes='  - {number: "2*", forward: {trunk: phones}}\n  - {number: "777", forward: {number: alice}}\n'
                           f'  - {{number: "778", forward: {{sip: "sip:bob@{LOOPBACK}"}}}}\n')
    server.tls_port = tls_port
    by_tls(server, authority)
    udp, tcp, other = Baresip(server, "201"), Baresip(server, "202", "tcp"), Baresip(server, "203", "tcp")
    console = Linphone(server, "alice")
    check("they_register", registered(server, "201") and registered(server, "202") and registered(server, "203") and registered(server, "alice"),
          (server.ask("phones"), udp.peer.log()[-800:], console.peer.log()[-800:]))
    check("by_the_transport_that_they_chose", registered(server, "202")[0]["transport"] == "tcp", server.ask("phones"))
    rings(server, udp, "201", "baresip_by_udp")
    rings(server, tcp, "202", "baresip_by_the_connection_that_it_keeps")
    rings(server, console, "777", "linphone")
    sipp_calls(server, "201", "sipp_calls_baresip")
    sipp_calls(server, "777", "sipp_calls_linphone")
    refused(server, "778", "who_is_not_registered_is_480_and_the_account_says_why", "no telephone is registered as bob$")
    caller = Phone(server, user="299", sound=False)
    check("a_number_that_is_nobodys_is_404", caller.dial() == 404 and server.last().get("cause") == "not_found", caller.answer)
    caller.close()
    for number, name in (("202", "baresip"), ("alice", "linphone")):
        ref = dialled(server, number, f"an_agent_is_placed_to_{name}")
        {"202": tcp, "alice": console}[number].peer.process.send_signal(signal.SIGTERM)
        wait_for(lambda: server.whole(ref).get("ended"), 10)
    for phone, number in ((udp, "201"), (other, "203")):
        killed(server, phone, number)
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    for phone in (udp, tcp, other, console):
        phone.close()
    server.close()
    shutil.rmtree(home)

# SPDX-License-Identifier: Apache-2.0
"""phones.py - telephones that register with the whole server: baresip, and one made by hand."""
import hashlib
import os
import re
import signal
import socket
import subprocess
import tempfile
import time

from house import ADDRESS, Server, check, free_ports

SECRET = "correct-horse-9"


def digest(challenge, method, uri, user, password, count=1):
    values = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    name = "SHA-256" if "SHA-256" in challenge else "MD5"

    def h(*parts):
        return hashlib.new(name.replace("-", ""), ":".join(parts).encode()).hexdigest()

    nc, ha1, ha2 = "%08x" % count, h(user, values["realm"], password), h(method, uri)
    response = h(ha1, values["nonce"], nc, "c0", "auth", ha2)
    return (f'Digest username="{user}", realm="{values["realm"]}", nonce="{values["nonce"]}", uri="{uri}", '
            f'algorithm={name}, qop=auth, nc={nc}, cnonce="c0", response="{response}"')


class Hand:
    """REGISTERs made by hand, by UDP or TCP."""

    def __init__(self, server, stream=False):
        self.server, self.stream, self.cseq = server, stream, 0
        self.ident = os.urandom(6).hex()
        if stream:
            self.socket = socket.create_connection((ADDRESS, server.port), 5)
        else:
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.socket.connect((ADDRESS, server.port))
        self.socket.settimeout(5)

    def send(self, lines, user="alice", to="alice"):
        self.cseq += 1
        name, port = ("TCP" if self.stream else "UDP"), self.socket.getsockname()[1]
        uri = f"sip:{ADDRESS}"
        text = "\r\n".join([f"REGISTER {uri} SIP/2.0",
                            f"Via: SIP/2.0/{name} 10.9.8.7:{port};branch=z9hG4bK{os.urandom(6).hex()};rport",
                            f"From: <sip:{user}@{ADDRESS}>;tag=t{self.ident}", f"To: <sip:{to}@{ADDRESS}>",
                            f"Call-ID: {self.ident}", f"CSeq: {self.cseq} REGISTER", "Max-Forwards: 70",
                            *lines, "Content-Length: 0"]) + "\r\n\r\n"
        self.socket.sendall(text.encode())
        return self.socket.recv(65536).decode()

    def register(self, *lines, user="alice", password=SECRET, to="alice"):
        asked = self.send(lines, user, to)
        challenge = re.search(r"(?im)^WWW-Authenticate: *(Digest.*SHA-256.*?)\r?$", asked)
        if not challenge:
            return asked
        proof = digest(challenge.group(1), "REGISTER", f"sip:{ADDRESS}", user, password)
        return self.send([*lines, f"Authorization: {proof}"], user, to)

    def close(self):
        self.socket.close()


def status(answer):
    return int(answer.split(" ")[1])


def phones(server):
    return (server.ask("phones") or {}).get("phones", [])


def wait_for(server, wanted, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end and not wanted(phones(server)):
        time.sleep(0.1)
    return phones(server)


def by_hand(server):
    hand = Hand(server)
    contact = "Contact: <sip:alice@10.9.8.7:5060>"
    answer = hand.register(contact, "Expires: 300")
    check("a_telephone_registers_with_its_password", status(answer) == 200
          and re.search(r"Contact: <sip:alice@10.9.8.7:5060>;expires=(300|299)", answer), answer)
    found = phones(server)
    check("it_is_reached_where_it_came_from_whatever_it_says", len(found) == 1 and found[0]["user"] == "alice"
          and found[0]["source"] == f"{ADDRESS}:{hand.socket.getsockname()[1]}", found)
    check("rport_and_received_are_told", "received=127.0.0.1" in answer
          and f"rport={hand.socket.getsockname()[1]}" in answer, answer)
    answer = hand.register(contact, "Expires: 30")
    check("too_short_a_time_is_refused_with_the_least", status(answer) == 423
          and re.search(r"(?im)^Min-Expires: *60", answer), answer)
    check("nobody_registers_for_another", status(hand.register(contact, to="bob")) == 403)
    check("a_wrong_password_is_asked_again", status(hand.register(contact, password="wrong-horse-8")) == 401)
    check("star_with_a_time_is_malformed", status(hand.register("Contact: *", "Expires: 300")) == 400)
    answer = hand.register("Contact: *", "Expires: 0")
    check("star_removes_all", status(answer) == 200 and "Contact" not in answer and not phones(server), answer)
    hand.close()
    stream = Hand(server, stream=True)
    answer = stream.register("Contact: <sip:alice@10.9.8.7:5060;transport=tcp>", "Expires: 300")
    check("by_tcp_too", status(answer) == 200 and phones(server)[0]["transport"] == "tcp", answer)
    stream.socket.sendall(b"\r\n\r\n")
    check("a_ping_of_line_ends_is_answered", stream.socket.recv(10) == b"\r\n")
    return stream


def restart(server):
    server.kill()
    server.start()
    found = wait_for(server, lambda all_: len(all_) == 1)
    check("a_restart_after_kill_9_does_not_lose_it", len(found) == 1 and found[0]["user"] == "alice", found)
    shown = server.run("phones", server.conf).stdout
    check("offhook_phones_shows_it", "1 phone\n" in shown and "alice" in shown, shown)


def baresip(server):
    home = tempfile.mkdtemp(prefix="phone-", dir=server.home)
    port = free_ports(11000, 12000, 2)
    with open(os.path.join(home, "accounts"), "w", encoding="utf-8") as out:
        out.write(f"<sip:bob@{ADDRESS}:{server.port};transport=udp>;auth_user=bob;auth_pass={SECRET};regint=120\n")
    with open(os.path.join(home, "config"), "w", encoding="utf-8") as out:
        out.write(f"sip_listen {ADDRESS}:{port}\nmodule_path /usr/lib/baresip/modules\nmodule g711.so\n"
                  "module_app account.so\nmodule_app menu.so\n")
    with open(os.path.join(home, "log"), "wb") as log:
        phone = subprocess.Popen(["baresip", "-f", home], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    found = wait_for(server, lambda all_: any(p["user"] == "bob" for p in all_))
    said = open(os.path.join(home, "log"), encoding="utf-8", errors="replace").read()
    check("baresip_registers_as_a_telephone", any(p["user"] == "bob" for p in found), said[-1500:])
    phone.terminate()
    try:
        phone.wait(10)
    except subprocess.TimeoutExpired:
        phone.kill()
        phone.wait()
    found = wait_for(server, lambda all_: not any(p["user"] == "bob" for p in all_))
    check("and_takes_itself_out_when_it_ends", not any(p["user"] == "bob" for p in found), found)


def run_part(program):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    users = ("users: [{name: alice, password: \"${OFFHOOK_TEST_PHONES}\"},\n"
             "        {name: bob, password: \"${OFFHOOK_TEST_PHONES}\"}]\n")
    server = Server(program, extra=users)
    stream = by_hand(server)
    restart(server)
    stream.close()
    server.kill(signal.SIGTERM)
    path = os.path.join(server.conf, "offhook.yaml")
    text = open(path, encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as out: # baresip of Debian 12 gives up where SHA-256 is offered at all.
        out.write(text.replace("sip: {listen", "sip: {digest: md5, listen"))
    server.start()
    baresip(server)
    log = server.log_text()
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(server.conf) for name in names]
    kept = [path for path in paths if os.path.isfile(path) and SECRET.encode() in open(path, "rb").read()]
    check("no_password_is_in_the_log_the_journal_or_the_account", SECRET not in log and "wrong-horse" not in log
          and not kept, kept)
    server.close()

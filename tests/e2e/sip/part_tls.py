# SPDX-License-Identifier: Apache-2.0
"""TLS: what is offered, who is believed, and a new certificate under a call. Certificates are made by openssl."""
import os
import re
import resource
import select
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time

import run
from names import Names
from part_restart import worker_back
from run import SDP, check, header


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


class Authority:
    """Signs certificates; `self.home` holds what is made."""

    def __init__(self, home, name):
        self.home, self.name = home, name
        self.key, self.cert = self.path(name, "key"), self.path(name, "pem")
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
                "-keyout", self.key, "-out", self.cert, "-subj", f"/CN={name}")

    def path(self, name, ending):
        return os.path.join(self.home, f"{name}.{ending}")

    def sign(self, name, days=30, names="IP:127.0.0.1,DNS:offhook.test"):
        key, request, cert, more = (self.path(name, e) for e in ("key", "csr", "crt", "ext"))
        with open(more, "w", encoding="ascii") as out:
            out.write(f"subjectAltName={names}\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
                "-out", request, "-subj", f"/CN={name}")
        openssl("x509", "-req", "-in", request, "-CA", self.cert, "-CAkey", self.key, "-CAcreateserial",
                "-days", str(days), "-extfile", more, "-out", cert)
        return cert, key


class TlsPhone(run.Phone):
    """A phone over TLS: Python's, not OpenSSL's command, so that it can speak SIP."""

    def __init__(self, harness, authority, cert=None, versions=None, sips=False):
        super().__init__(harness, True)
        self.socket.close()
        self.sips = sips
        context = ssl.create_default_context(cafile=authority.cert)
        if cert:
            context.load_cert_chain(*cert)
        if versions:
            context.minimum_version, context.maximum_version = versions
        plain = socket.create_connection((run.ADDRESS, harness.port + 1), 5)
        self.socket = context.wrap_socket(plain, server_hostname=run.ADDRESS)
        self.port = self.socket.getsockname()[1]

    def message(self, *arguments, **more):
        text = super().message(*arguments, **more).replace("SIP/2.0/TCP", "SIP/2.0/TLS", 1)
        text = text.replace(";transport=tcp>", ";transport=tls>")
        if self.sips:
            text = text.replace(" sip:", " sips:", 1).replace("<sip:tester@127.0.0.1:", "<sips:tester@127.0.0.1:")
        return text

    def served(self):
        return self.socket.getpeercert()["subject"][0][0][1]

    def receive(self, seconds=2.0):
        self.socket.settimeout(0.05) # TLS holds bytes that select() does not see.
        try:
            data = self.socket.recv(65536)
            self.buffer += data
        except (TimeoutError, ssl.SSLWantReadError):
            pass
        finally:
            self.socket.settimeout(None)
        return super().receive(seconds)


def options(harness, authority, **more):
    """True when it is answered; False when the handshake or the connection is refused."""
    try:
        phone = TlsPhone(harness, authority, **more)
        good = phone.ask("OPTIONS", "SIP/2.0 200", 2) is not None
        phone.close()
        return good
    except (ssl.SSLError, ConnectionError):
        return False


class Place:
    """A directory with own.pem, key.pem and ca.pem for the harness."""

    def __init__(self, home, authority):
        self.home = tempfile.mkdtemp(dir=home)
        shutil.copy(authority.cert, os.path.join(self.home, "ca.pem"))

    def put(self, cert, key):
        shutil.copy(cert, os.path.join(self.home, "own.pem"))
        shutil.copy(key, os.path.join(self.home, "key.pem"))


def start(path, place, mode, *more):
    class Secure(run.Harness):
        def __init__(self):
            port = run.free_port(4)
            super().__init__(path, f"tls:{run.ADDRESS}:{port + 1}", f"tls={place.home},{mode}", *more, port=port)
    return Secure()


def calls(harness, authority):
    phone = TlsPhone(harness, authority)
    at = harness.mark()
    up = phone.call()
    invite = harness.wait_line("^SIP_INVITE", 2, at) or ""
    check("a call over TLS is answered, and the core knows how it came", up and "transport=tls" in invite, invite)
    dialog = re.search(r"dialog=(\d+)", invite).group(1)
    harness.order(f"hangup {dialog}")
    bye = phone.expect("BYE ", 3)
    check("our BYE comes by the same connection, by TLS", bool(bye) and "SIP/2.0/TLS" in header(bye, "Via"), bye)
    phone.reply(bye)
    check("and ends it", bool(harness.wait_line(f"^SIP_RELEASED.*dialog={dialog}", 2, at)))
    phone.ident += "b"
    phone.to_tag = ""
    answer = phone.ask("INVITE", "SIP/2.0 200", body=SDP)
    check("Contact says transport=tls", ";transport=tls" in (header(answer, "Contact") or ""), answer)
    phone.learn(answer)
    phone.user = "answer"
    phone.send(phone.message("ACK", cseq=phone.cseq))
    check("their BYE is answered", phone.bye())
    phone.close()
    phone = TlsPhone(harness, authority, sips=True)
    answer = phone.ask("INVITE", "SIP/2.0 200", body=SDP)
    check("who calls sips: gets a Contact with sips:", (header(answer, "Contact") or "").startswith("<sips:"), answer)
    phone.learn(answer or "")
    phone.user = "answer"
    phone.send(phone.message("ACK", cseq=phone.cseq))
    check("and its call works", phone.bye())
    phone.close()
    plain = run.Phone(harness)
    got = plain.ask("OPTIONS", "SIP/2.0 416", uri="sips:x@127.0.0.1")
    check("sips: without TLS gets 416", bool(got))
    plain.close()


def versions(harness, authority):
    v = ssl.TLSVersion
    check("TLS 1.2 and 1.3 are spoken", options(harness, authority, versions=(v.TLSv1_2, v.TLSv1_2)) and
          options(harness, authority, versions=(v.TLSv1_3, v.TLSv1_3)))
    done = subprocess.run(["openssl", "s_client", "-connect", f"{run.ADDRESS}:{harness.port + 1}", "-tls1_1", "-cipher",
                           "ALL:@SECLEVEL=0"], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=10)
    check("TLS 1.1 is not", b"protocol version" in done.stderr, done.stderr[-200:])
    done = subprocess.run(["openssl", "s_client", "-connect", f"{run.ADDRESS}:{harness.port + 1}", "-tls1_2", "-cipher",
                           "AES128-SHA:AES256-SHA:ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0"], stdin=subprocess.DEVNULL,
                          capture_output=True, check=False, timeout=10)
    check("nor ciphers of yesterday", b"handshake failure" in done.stderr, done.stderr[-200:])


def new_certificate(harness, authority, place):
    """A new one is taken while a call is up; a wrong one is not."""
    phone = TlsPhone(harness, authority)
    up = phone.call()
    before = phone.served()
    place.put(*authority.sign("second"))
    at = harness.mark()
    harness.order("certificates")
    taken = harness.wait_line("^certificates taken", 3, at)
    other = TlsPhone(harness, authority)
    check("a new certificate is shown to who connects from now on", bool(taken) and before == "first" and
          other.served() == "second", f"{taken} {before} {other.served()}")
    other.close()
    again = phone.ask("INVITE", "SIP/2.0 200", body=SDP)
    phone.send(phone.message("ACK", cseq=phone.cseq))
    check("the call that is up goes on over its connection", up and bool(again))
    place.put(authority.sign("third")[0], authority.sign("fourth")[1])
    at = harness.mark()
    harness.order("certificates")
    line = harness.wait_line("^certificates kept", 3, at) or ""
    other = TlsPhone(harness, authority)
    check("a key of another certificate is refused with its reason, and the old one stays",
          "belongs to another certificate" in line and other.served() == "second", line)
    other.close()
    os.remove(os.path.join(place.home, "own.pem"))
    at = harness.mark()
    harness.order("certificates")
    line = harness.wait_line("^certificates kept", 3, at) or ""
    check("a missing file is named", "own.pem cannot be read: No such file" in line, line)
    pid = harness.figures()["worker"]
    os.kill(pid, signal.SIGKILL)
    worker_back(harness, pid)
    back = TlsPhone(harness, authority)
    phone.socket.close()
    phone.socket, phone.port, phone.buffer = back.socket, back.port, b""
    check("a worker that begins later has the certificate, whatever the files are, and the call",
          back.served() == "second" and phone.bye())
    back.close()


def clients(path, home, ours, theirs):
    place = Place(home, ours)
    place.put(*ours.sign("first"))
    good, foreign = ours.sign("phone"), theirs.sign("stranger")
    openssl("x509", "-req", "-in", ours.path("phone", "csr"), "-CA", ours.cert, "-CAkey", ours.key,
            "-CAcreateserial", "-days", "-1", "-out", ours.path("old", "crt"))
    expired = (ours.path("old", "crt"), good[1])
    for mode, nobody in (("required", False), ("optional", True)):
        harness = start(path, place, mode)
        try:
            check(f"{mode}: a client with a good certificate is served", options(harness, ours, cert=good))
            check(f"{mode}: one of another authority is refused", not options(harness, ours, cert=foreign))
            check(f"{mode}: an expired one is refused", not options(harness, ours, cert=expired))
            check(f"{mode}: without one it is {'served' if nobody else 'refused'}",
                  options(harness, ours) == nobody)
            check(f"{mode}: and a good client still is", options(harness, ours, cert=good))
        finally:
            harness.close()


def placed(harness, authority, theirs):
    """We call a trunk over TLS: its certificate must be good and bear its address."""
    def dial(cert):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*cert)
        listener = socket.socket()
        listener.bind((run.ADDRESS, 0))
        listener.listen(1)
        listener.settimeout(5)
        at = harness.mark()
        harness.order(f"dial sips:bob@{run.ADDRESS}:{listener.getsockname()[1]}")
        try:
            plain, _ = listener.accept()
            secure = context.wrap_socket(plain, server_side=True)
            secure.settimeout(3)
            data = secure.recv(65536).decode()
        except (OSError, ssl.SSLError):
            data = ""
        listener.close()
        return data, at

    data, _ = dial(authority.sign("carrier", names="IP:127.0.0.1"))
    check("a call over TLS reaches a trunk with a good certificate", data.startswith("INVITE sips:bob@") and
          "SIP/2.0/TLS" in data and header(data, "Contact").startswith("<sips:"), data)
    data, at = dial(authority.sign("other", names="IP:127.0.0.9,DNS:other.test"))
    refused = harness.wait_line("^SIP_REFUSED", 5, at) or ""
    check("a certificate of another address is not believed, and the core is told", data == "" and
          "503" in refused, f"{data} {refused}")
    data, _ = dial(theirs.sign("carrier2", names="IP:127.0.0.1"))
    check("nor one of another authority", data == "", data)


def looked_up(path, authority, place):
    """NAPTR says that TLS is liked best: it is, and the certificate must bear the name that was written."""
    listener = socket.socket()
    listener.bind((run.ADDRESS, 0))
    listener.listen(1)
    listener.settimeout(5)
    names = Names({("offhook.test", "NAPTR"): [(20, 10, "s", "SIP+D2U", "_sip._udp.offhook.test"),
                                               (10, 10, "s", "SIPS+D2T", "_sips._tcp.offhook.test")],
                   ("_sips._tcp.offhook.test", "SRV"): [(10, 0, listener.getsockname()[1], "a.offhook.test")],
                   ("a.offhook.test", "A"): [run.ADDRESS]})
    harness = None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.sign("named", names="DNS:offhook.test"))
    try:
        harness = start(path, place, "off", f"dns={names.address}", "trunk:name=out;host=offhook.test;user=u")
        harness.order("dial out 1")
        plain, _ = listener.accept()
        secure = context.wrap_socket(plain, server_side=True)
        secure.settimeout(3)
        data = secure.recv(65536).decode()
    except (OSError, ssl.SSLError) as why:
        data = str(why)
    finally: # The name server's thread would keep the process.
        listener.close()
        names.close()
        if harness:
            harness.close()
    check("TLS that NAPTR names is taken, and the certificate bears the name that was written",
          data.startswith("INVITE sip:1@offhook.test") and "SIP/2.0/TLS" in data, f"{data} {names.asked}")


def strangers(harness, authority):
    """Connections that break off or say nothing sensible leave others alone."""
    phone = TlsPhone(harness, authority)
    up = phone.call()
    for i in range(200):
        s = socket.create_connection((run.ADDRESS, harness.port + 1), 5)
        if i % 2:
            s.sendall(b"OPTIONS sip:x SIP/2.0\r\n\r\n")
        s.close()
    check("two hundred broken handshakes do not end a call over TLS", up and phone.bye())
    check("nor the worker", harness.figures().get("restarts") == 1, str(harness.figures()))
    phone.close()


def silent(harness, authority):
    """Connections that never say a word: the oldest go when there are too many, and honest ones are served."""
    waiting = []
    for _ in range(1300): # More than are seen to at once.
        connection = socket.create_connection((run.ADDRESS, harness.port + 1), 5)
        connection.setblocking(False)
        waiting.append(connection)
    gone, end = set(), time.monotonic() + 6 # Those that are not too many have ten seconds.
    while len(gone) < 200 and time.monotonic() < end:
        readable = select.poll()
        for connection in waiting[:200]:
            if connection not in gone:
                readable.register(connection, select.POLLIN)
        by_number = {connection.fileno(): connection for connection in waiting[:200]}
        gone |= {by_number[number] for number, _ in readable.poll(100)}
    check("of too many silent connections the oldest are closed", len(gone) == 200, len(gone))
    for connection in waiting[:200]:
        connection.close() # Low numbers, which select() wants, for the telephone.
    phone = TlsPhone(harness, authority)
    check("and a call by TLS is taken among them", phone.call() and phone.bye())
    phone.close()
    for connection in waiting:
        connection.close()


def run_part(path):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])) # silent() and its server.
    home = tempfile.mkdtemp(prefix="offhook-tls-")
    try:
        ours, theirs = Authority(home, "ours"), Authority(home, "theirs")
        place = Place(home, ours)
        place.put(*ours.sign("first"))
        harness = start(path, place, "off")
        try:
            calls(harness, ours)
            versions(harness, ours)
            new_certificate(harness, ours, place)
            placed(harness, ours, theirs)
            strangers(harness, ours)
            silent(harness, ours)
        finally:
            harness.close()
        place.put(*ours.sign("again"))
        looked_up(path, ours, place)
        clients(path, home, ours, theirs)
    finally:
        shutil.rmtree(home)

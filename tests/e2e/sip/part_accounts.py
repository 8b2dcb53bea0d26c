# SPDX-License-Identifier: Apache-2.0
"""Digest both ways, REGISTER as client, OPTIONS probes, and where a trunk is found by DNS."""
import hashlib
import os
import re
import select
import socket
import struct
import subprocess
import time

import run
from names import Names, packed
from run import ADDRESS, HERE, SDP, Harness, Phone, check, header

HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


def digest(challenge, method, uri, user, password, count=1, body="", cnonce="c0ffee"):
    """Credentials for one challenge, written here and not by the program under test."""
    values = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
    algorithm = (re.search(r"algorithm=([\w-]+)", challenge) or [None, "MD5"])[1]

    def h(*parts):
        return HASHES[algorithm](":".join(parts).encode()).hexdigest()

    ha1, ha2 = h(user, values["realm"], password), h(method, uri)
    line = (f'Digest username="{user}", realm="{values["realm"]}", nonce="{values["nonce"]}", '
            f'uri="{uri}", algorithm={algorithm}')
    if "qop" not in values:
        return f'{line}, response="{h(ha1, values["nonce"], ha2)}"'
    nc = "%08x" % count
    response = h(ha1, values["nonce"], nc, cnonce, "auth", ha2)
    return f'{line}, qop=auth, nc={nc}, cnonce="{cnonce}", response="{response}"'


def challenges(answer):
    """algorithm -> challenge, in the order in which they came."""
    found = re.findall(r"(?im)^WWW-Authenticate: *(.*?)\r?$", answer or "")
    return {(re.search(r"algorithm=([\w-]+)", c) or [None, "MD5"])[1]: c for c in found}


def invite(phone, headers="", user="answer"):
    phone.to_tag = ""
    answer = phone.ask("INVITE", r"SIP/2.0 [2-6]", user=user, headers=headers, body=SDP)
    if answer and not answer.startswith("SIP/2.0 2"): # A refusal's ACK is of the same transaction.
        branch = re.search(r"branch=([^;\s]+)", header(answer, "Via")).group(1)
        phone.learn(answer)
        phone.send(phone.message("ACK", user, cseq=phone.cseq, branch=branch, contact=False))
        phone.to_tag = ""
    return answer


def status(answer):
    return int(answer.split(" ")[1]) if answer else 0


def incoming(path):
    harness = Harness(path, "trunk:name=guest;user=guest;password=swordfish;authenticate=1",
                      "trunk:name=known;source=127.0.0.2", "user:alice=wonder")
    uri = f"sip:answer@{ADDRESS}:{harness.port}"
    for algorithm in ("SHA-256", "MD5"):
        for stream in (False, True):
            phone = Phone(harness, stream)
            mark = harness.mark()
            offered = challenges(invite(phone))
            check("a stranger is asked who it is, in SHA-256 first", list(offered) == ["SHA-256", "MD5"],
                  offered)
            good = digest(offered[algorithm], "INVITE", uri, "guest", "swordfish")
            answer = invite(phone, f"Authorization: {good}")
            check(f"a caller who knows the password is let in ({algorithm}, {'TCP' if stream else 'UDP'})",
                  status(answer) == 200 and harness.wait_line('SIP_INVITE.*user="guest"', 2, mark), answer)
            if status(answer) == 200:
                phone.learn(answer)
                phone.user = "answer"
                phone.send(phone.message("ACK", cseq=phone.cseq))
                check("its BYE needs no proof", phone.bye())
            again = invite(phone, f"Authorization: {good}")
            check("the same credentials once more are refused", status(again) == 401
                  and "stale=true" in again and len(challenges(again)) == 2, again)
            other = digest(offered[algorithm], "INVITE", uri, "guest", "swordfish", count=2)
            answer = invite(phone, f"Authorization: {other}", user="busy")
            check("credentials for another number are wrong", status(answer) == 401 and "stale" not in answer, answer)
            more = digest(offered[algorithm], "INVITE", uri.replace("answer", "busy"), "guest", "swordfish", count=2)
            answer = invite(phone, f"Authorization: {more}", user="busy")
            check("with the next count they are good", status(answer) == 486, answer)
            phone.close()
    phone = Phone(harness)
    mark = harness.mark()
    offered = challenges(invite(phone))
    for name, user, password in (("a wrong password", "guest", "swordfisch"), ("nobody", "gast", "swordfish"),
                                 ("an empty password", "guest", "")):
        wrong = digest(offered["SHA-256"], "INVITE", uri, user, password)
        answer = invite(phone, f"Authorization: {wrong}")
        check(f"{name} is asked again and not let in", status(answer) == 401, answer)
    forged = offered["SHA-256"].replace('nonce="', 'nonce="0')
    answer = invite(phone, "Authorization: " + digest(forged, "INVITE", uri, "guest", "swordfish"))
    check("a nonce that is not ours is stale", status(answer) == 401 and "stale=true" in answer, answer)
    answer = invite(phone, "Authorization: " + digest(forged, "INVITE", uri, "guest", "swordfisch"))
    check("and says nothing of the password", status(answer) == 401 and "stale=true" in answer, answer)
    other = digest(offered["MD5"], "OPTIONS", uri, "guest", "swordfish")
    answer = invite(phone, f"Authorization: {other}")
    check("credentials of another method are wrong", status(answer) == 401 and "stale" not in answer, answer)
    answer = invite(phone, "Authorization: Digest username=\"guest\", realm=\"test.example")
    check("credentials cut short are none", status(answer) in (400, 401), answer)
    check("the core heard nothing of all these", not harness.wait_line("SIP_INVITE", 0.2, mark))
    offered = challenges(invite(phone))
    phone_call = digest(offered["SHA-256"], "INVITE", uri, "alice", "wonder")
    answer = invite(phone, f"Authorization: {phone_call}")
    check("a telephone calls with its password",
          status(answer) == 200 and harness.wait_line('SIP_INVITE.*user="alice"', 2, mark), answer)
    phone.close()
    harness.close()


def md5_first(path):
    """What sipp needs, which looks at the first challenge only."""
    harness = Harness(path, "digest=1", "trunk:name=guest;user=guest;password=swordfish;authenticate=1")
    phone = Phone(harness)
    check("md5-first offers MD5 first", list(challenges(invite(phone))) == ["MD5", "SHA-256"])
    phone.close()
    done = subprocess.run(
        ["sipp", f"{ADDRESS}:{harness.port}", "-sf", os.path.join(HERE, "scenarios", "digest.xml"), "-s", "answer", "-i", ADDRESS, "-m", "20", "-r", "20", "-nostdin", "-timeout", "20s"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    check("sipp answers our challenge", done.returncode == 0, done.stdout[-1500:])
    harness.close()
    harness = Harness(path, "digest=2", "trunk:name=guest;user=guest;password=swordfish;authenticate=1")
    phone = Phone(harness)
    offered = challenges(invite(phone))
    weaker = offered["SHA-256"].replace("SHA-256", "MD5")
    answer = invite(phone, "Authorization: " + digest(weaker, "INVITE", f"sip:answer@{ADDRESS}:{harness.port}",
                                                      "guest", "swordfish"))
    check("a hash that was not offered is refused", list(offered) == ["SHA-256"] and status(answer) == 401, answer)
    phone.close()
    harness.close()


class Carrier(Phone):
    """The other side of a trunk: it is called, and asks who we are."""

    def __init__(self, port=0, address=ADDRESS):
        self.stream, self.buffer, self.harness, self.address = False, b"", None, address
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.port = self.socket.getsockname()[1]
        self.realm, self.nonce = "carrier.example", "n1"

    def send(self, text, to=None):
        self.socket.sendto(text.encode("latin-1"), to or self.peer)

    def receive(self, seconds=2.0):
        if not select.select([self.socket], [], [], max(0, seconds))[0]:
            return None
        data, self.peer = self.socket.recvfrom(65536)
        return data.decode("latin-1")

    def challenge(self, request, status="401 Unauthorized", algorithm="SHA-256", qop='qop="auth", ', more=""):
        name = "Proxy-Authenticate" if status.startswith("407") else "WWW-Authenticate"
        self.reply(request, status, f'{name}: Digest realm="{self.realm}", {qop}nonce="{self.nonce}", '
                                    f"algorithm={algorithm}{more}", tag="c")

    def proved(self, request, user, password, proxy=False):
        """Whether the request's credentials are right; computed here."""
        line = header(request, "Proxy-Authorization" if proxy else "Authorization") or ""
        values = dict(re.findall(r'(\w+)="([^"]*)"', line))
        nc = re.search(r"nc=(\w+)", line)
        if not nc or values.get("username") != user or values.get("nonce") != self.nonce:
            return False
        right = digest(f'Digest realm="{self.realm}", nonce="{self.nonce}", qop="auth", '
                       f'algorithm={re.search("algorithm=([^,]+)", line).group(1)}', request.split(" ")[0],
                       values["uri"], user, password, int(nc.group(1), 16), cnonce=values["cnonce"])
        return re.search('response="(\\w+)"', right).group(1) == values["response"]


def placed(path):
    carrier = Carrier()
    harness = Harness(path, f"trunk:name=out;host={ADDRESS};port={carrier.port};user=4930;password=swordfish",
                      "trunk:name=nowhere;user=u", "trunk:name=picky;"
                      f"host={ADDRESS};port={carrier.port};user=4930;password=swordfish;realm=other.example")
    for algorithm, state, proxy in (("MD5", "401 Unauthorized", False),
                                    ("SHA-256", "407 Proxy Authentication Required", True)):
        mark = harness.mark()
        harness.order("dial out 491234")
        first = carrier.expect("INVITE sip:491234@")
        check("a number is called at the trunk, from its account", bool(first) and "Authorization" not in first
              and "<sip:+14155550100@127.0.0.1>" in header(first, "From"), first)
        carrier.challenge(first, state, algorithm)
        ack = carrier.expect("ACK")
        second = carrier.expect("INVITE")
        check(f"its challenge is answered ({algorithm})", bool(ack and second)
              and carrier.proved(second, "4930", "swordfish", proxy)
              and int(header(second, "CSeq").split()[0]) == int(header(first, "CSeq").split()[0]) + 1 and header(second, "Call-ID") == header(first, "Call-ID")
              and header(first, "Via") != header(second, "Via") and "m=audio" in second, second)
        carrier.reply(second, "200 OK", body=SDP, tag="c")
        ack = carrier.expect("ACK")
        check("the call is up, and its ACK has the INVITE's credentials",
              bool(harness.wait_line("^SIP_ANSWERED", 3, mark)) and "uthorization: Digest" in (ack or ""), ack)
        dialog = re.search(r"dialog=(\d+)", harness.wait_line("^SIP_ANSWERED", 3, mark)).group(1)
        carrier.nonce = "n2"
        harness.order(f"refresh {dialog}")
        again = carrier.expect("INVITE")
        carrier.challenge(again, state, algorithm)
        again = carrier.expect("INVITE", 3)
        check("a re-INVITE is proved too", bool(again) and carrier.proved(again, "4930", "swordfish", proxy), again)
        carrier.reply(again, "200 OK", body=SDP, tag="c")
        harness.wait_line("^SIP_REFRESHED", 3, mark)
        carrier.nonce = "n3"
        harness.order(f"hangup {dialog}")
        bye = carrier.expect("BYE")
        carrier.challenge(bye, state, algorithm)
        bye = carrier.expect("BYE")
        check("and its BYE", bool(bye) and carrier.proved(bye, "4930", "swordfish", proxy), bye)
        carrier.reply(bye, "200 OK")
        check("nothing is left of it", bool(harness.wait_line("^SIP_RELEASED", 3, mark)))
        carrier.nonce = "n1"
    refused(harness, carrier)
    harness.close()
    carrier.close()


def refused(harness, carrier):
    mark = harness.mark()
    harness.order("dial out 491234")
    carrier.challenge(carrier.expect("INVITE"))
    carrier.nonce = "other"
    carrier.challenge(carrier.expect("INVITE.*"))
    got = harness.wait_line("^SIP_REFUSED", 3, mark)
    check("a password that is refused is not sent again and again", bool(got) and "status=401" in got, got)
    mark = harness.mark()
    harness.order("dial picky 491234")
    carrier.challenge(carrier.expect("INVITE"))
    got = harness.wait_line("^SIP_REFUSED", 3, mark)
    check("credentials are for their realm only", bool(got) and "status=401" in got
          and not carrier.expect("INVITE", 0.3), got)
    for trunk in ("nowhere", "unheard-of"):
        mark = harness.mark()
        harness.order(f"dial {trunk} 1")
        check("a trunk without a host cannot be called by",
              bool(harness.wait_line("^SIP_REFUSED.*status=503", 3, mark)))


def looked_up(path):
    """NAPTR -> SRV -> A; the first target is dead, the second says 503, the third takes the call."""
    good, busy = Carrier(), Carrier()
    dead = run.free_port()
    names = Names({("carrier.test", "NAPTR"): [(20, 10, "s", "SIP+D2T", "_sip._tcp.carrier.test"),
                                               (5, 10, "s", "SIPS+D2T", "_sips._tcp.carrier.test"),
                                               (10, 10, "s", "SIP+D2U", "_sip._udp.carrier.test")],
                   ("_sip._udp.carrier.test", "SRV"): [(30, 0, good.port, "c.carrier.test"),
                                                       (10, 0, dead, "a.carrier.test"),
                                                       (20, 0, busy.port, "b.carrier.test")],
                   ("a.carrier.test", "A"): [ADDRESS], ("b.carrier.test", "A"): [ADDRESS],
                   ("c.carrier.test", "A"): [ADDRESS],
                   ("plain.test", "A"): [ADDRESS]})
    harness = Harness(path, f"dns={names.address}", "trunk:name=out;host=carrier.test;user=u",
                      f"trunk:name=plain;host=plain.test;port={good.port}", "trunk:name=gone;host=gone.test")
    mark = harness.mark()
    harness.order("dial out 1")
    second = busy.expect("INVITE sip:1@carrier.test")
    check("a dead target is passed over", bool(second), names.asked)
    check("who speaks no TLS does not look for it", ("_sips._tcp.carrier.test", "SRV") not in names.asked, names.asked)
    if second:
        busy.reply(second, "503 Service Unavailable", tag="b")
        busy.expect("ACK")
    third = good.expect("INVITE sip:1@carrier.test")
    check("503 sends the call to the next", bool(third))
    if third:
        good.reply(third, "486 Busy Here", tag="g")
        good.expect("ACK")
    got = harness.wait_line("^SIP_REFUSED", 3, mark)
    check("a busy number does not", bool(got) and "status=486" in got, got)
    asked = len(names.asked)
    harness.order("dial out 2")
    first = good.expect("INVITE sip:2@")
    check("answers are kept, and those that failed come last", bool(first) and len(names.asked) == asked,
          names.asked[asked:])
    if first:
        good.reply(first, "486 Busy Here", tag="g")
        good.expect("ACK")
    harness.order("dial plain 3")
    check("a host with a port is looked up by its address alone", bool(good.expect("INVITE sip:3@plain.test"))
          and ("plain.test", "NAPTR") not in names.asked, names.asked)
    mark = harness.mark()
    harness.order("dial gone 4")
    check("a name that is not there is said", bool(harness.wait_line("^SIP_REFUSED.*status=503", 9, mark)))
    harness.close()
    names.close()
    good.close()
    busy.close()


def cname(target):
    """A whole record: the name that was asked for is another."""
    return b"\xc0\x0c" + struct.pack("!HHIH", 5, 1, 60, len(packed(target))) + packed(target)


def hostile_names(path):
    """Answers that are huge, circular, late, another's or none: the right one is found or the call ends in time, and
    other trunks are found meanwhile."""
    good = Carrier()
    records = {("huge.test", "SRV"): [], ("plain.test", "A"): [ADDRESS], ("far.test", "A"): [ADDRESS],
               ("_sip._udp.huge.test", "SRV"): [(i, 0, good.port, "plain.test") for i in range(60)],
               ("many.test", "NAPTR"): [(i, 1, "s", "SIP+D2U", f"_sip._udp.n{i}.test") for i in range(400)],
               ("late.test", "A"): [ADDRESS], ("silent.test", "A"): [ADDRESS], ("torn.test", "A"): [ADDRESS],
               ("loop.test", "A"): [cname("loop.test")] * 20, ("round.test", "A"): [cname("dnuor.test")],
               ("dnuor.test", "A"): [cname("round.test")], ("alias.test", "A"): [cname("far.test"),
               packed("far.test") + struct.pack("!HHIH", 1, 1, 60, 4) + socket.inet_aton(ADDRESS)],
               ("pointer.test", "A"): [ADDRESS], ("doubled.test", "A"): [ADDRESS]}
    tricks = {"silent.test": lambda _: [], "torn.test": lambda a: [a[:len(a) - 3]],
              "pointer.test": lambda a: [a[:12] + b"\xc0\x0c" + a[-14:]], # A name that points at itself.
              "late.test": lambda a: (time.sleep(0.7), [a])[1], # Everybody behind it waits, too.
              "doubled.test": lambda a: [bytes([a[0] ^ 1]) + a[1:], a, a, b"", a[:5]]} # Of nobody's question, and twice.
    names = Names(records, tricks=tricks)
    hosts = ["plain", "alias", "late", "doubled", "loop", "round", "torn", "pointer", "silent"]
    harness = Harness(path, f"dns={names.address}", *(f"trunk:name={h};host={h}.test;port={good.port}" for h in hosts),
                      "trunk:name=huge;host=huge.test", "trunk:name=many;host=many.test")
    mark = harness.mark()
    harness.order("dial silent 99")
    began = time.monotonic()
    harness.order("dial many 98")
    for number, host in enumerate(("plain", "alias", "late", "doubled", "huge")):
        harness.order(f"dial {host} 5{number}")
        request = good.expect(f"INVITE sip:5{number}@{host}.test", 8)
        check(f"a carrier is found, its name is {host}", bool(request), names.asked[-6:])
        if request:
            good.reply(request, "486 Busy Here", tag="g")
            good.expect("ACK")
            harness.wait_line("^SIP_REFUSED.*status=486", 3, mark)
    asked = sum(1 for name, _ in names.asked if re.fullmatch(r"_sip._udp.n\d+.test", name))
    check("an answer does not make us ask hundreds of questions", 0 < asked <= 8, asked)
    for host in ("loop", "round", "torn", "pointer"):
        mark_here = harness.mark()
        harness.order(f"dial {host} 7")
        check(f"a name that comes to nothing is said in time: {host}",
              bool(harness.wait_line("^SIP_REFUSED.*status=503", 14, mark_here)))
    left = 13 - (time.monotonic() - began)
    check("who gets no answer at all waits ten seconds", bool(left > 0 and harness.wait_line("^SIP_REFUSED.*status=503", left,
                                                                                          mark)), left)
    harness.order("dial plain 60")
    check("and all is well afterwards", bool(good.expect("INVITE sip:60@plain.test", 5)))
    harness.close()
    names.close()
    good.close()


def register(carrier, name, expires, seconds=4.0):
    """The next REGISTER, challenged once and proved; the request with credentials, or None."""
    request = carrier.expect("REGISTER sip:", seconds)
    if request and "Authorization" not in request:
        carrier.challenge(request)
        request = carrier.expect("REGISTER sip:", 3)
    check(name, bool(request) and carrier.proved(request, "4930", "swordfish")
          and header(request, "Expires") == str(expires)
          and re.search(r"<sip:4930@127.0.0.1:\d+>", header(request, "Contact") or ""), request)
    return request


def granted(carrier, request, seconds):
    contact = header(request, "Contact")
    carrier.send("\r\n".join(
        ["SIP/2.0 200 OK"] + [m.group(0).strip() for name in ("Via", "From", "To", "Call-ID", "CSeq")
                              for m in re.finditer(rf"(?im)^{name}:.*$", request)]
        + [f"Contact: {contact};expires={seconds}", "Content-Length: 0"]) + "\r\n\r\n")


def registers(path):
    carrier = Carrier()
    port = carrier.port
    harness = Harness(path, f"trunk:name=out;host={ADDRESS};port={port};user=4930;password=swordfish;register=60")
    request = register(carrier, "we register where the trunk says, and prove who we are", 60)
    if not request:
        harness.close()
        return
    carrier.reply(request, "423 Interval Too Brief", "Min-Expires: 120", tag="r")
    request = register(carrier, "423 is obeyed", 120)
    granted(carrier, request, 2)
    check("that we are registered is told, and for how long",
          bool(harness.wait_line('^SIP_TRUNK.*trunk="out".*status=200.*expires_s=2', 3)), harness.lines)
    carrier.nonce = "n2"
    mark = harness.mark()
    again = register(carrier, "it is refreshed in time", 120, 3)
    check("by the same Call-ID and a higher CSeq", bool(again)
          and header(again, "Call-ID") == header(request, "Call-ID")
          and int(header(again, "CSeq").split()[0]) > int(header(request, "CSeq").split()[0]), again)
    granted(carrier, again, 2)
    harness.wait_line("^SIP_TRUNK.*expires_s=2", 3, mark)
    carrier.close()
    mark = harness.mark()
    lost = harness.wait_line("^SIP_TRUNK.*fact=not_registered", 6, mark)
    check("a registrar that is gone is told", bool(lost) and "status=503" in lost, lost)
    carrier = Carrier(port)
    mark = harness.mark()
    request = register(carrier, "and found again when it is back", 120, 12)
    if request:
        granted(carrier, request, 60)
    check("and that is told", bool(harness.wait_line("^SIP_TRUNK.*expires_s=60", 3, mark)))
    harness.order("trunks 0")
    farewell = register(carrier, "a trunk that a reload leaves out is told good-bye", 0)
    if farewell:
        carrier.reply(farewell, "200 OK", tag="r")
    mark = harness.mark()
    harness.order("trunks 1")
    request = register(carrier, "and is registered with again when it is back", 60)
    if request:
        granted(carrier, request, 60)
    harness.wait_line("^SIP_TRUNK.*expires_s=60", 3, mark)
    harness.order("trunks 0") # The good-bye is not answered until the trunk is back.
    farewell = carrier.expect("REGISTER sip:", 4)
    mark = harness.mark()
    harness.order("trunks 1")
    request = farewell
    while request and header(request, "Expires") == "0": # It is repeated by its transaction.
        request = carrier.expect("REGISTER sip:", 4)
    check("a trunk that is back before its good-bye is answered is registered by a later request of the same Call-ID",
          bool(request) and header(request, "Call-ID") == header(farewell, "Call-ID")
          and int(header(request, "CSeq").split()[0]) > int(header(farewell, "CSeq").split()[0]), request)
    if request:
        granted(carrier, request, 60)
    harness.wait_line("^SIP_TRUNK.*expires_s=60", 3, mark)
    if farewell: # Or its transaction goes on.
        carrier.peer = (ADDRESS, harness.port)
        carrier.reply(farewell, "200 OK", tag="r")
    harness.order("quit")
    farewell = register(carrier, "who goes says good-bye", 0)
    if farewell:
        carrier.reply(farewell, "200 OK", tag="r")
    harness.close()
    harness = Harness(path, f"trunk:name=out;host={ADDRESS};port={port};user=4930;password=swordfisch;register=60")
    carrier.challenge(carrier.expect("REGISTER", 4))
    wrong = carrier.expect("REGISTER", 3)
    check("a wrong password is not proved", bool(wrong) and not carrier.proved(wrong, "4930", "swordfish"))
    carrier.nonce = "n4"
    carrier.challenge(wrong)
    got = harness.wait_line("^SIP_TRUNK.*fact=not_registered", 3)
    check("it is told, and not tried again soon", bool(got) and "status=401" in got
          and not carrier.expect("REGISTER", 3), got)
    check("no password was ever printed", not any("swordfis" in line for line in harness.lines))
    harness.close()
    carrier.close()


def probes(path):
    carrier = Carrier()
    harness = Harness(path, f"trunk:name=out;host={ADDRESS};port={carrier.port};probe=1000")
    for answer in ("200 OK", "404 Not Found"):
        mark = harness.mark()
        request = carrier.expect("OPTIONS sip:", 4)
        if request:
            carrier.reply(request, answer, tag="o")
        check(f"a trunk that answers OPTIONS lives ({answer})",
              bool(request and harness.wait_line('^SIP_TRUNK.*trunk="out" fact=alive', 3, mark)), harness.lines[mark:])
    mark = harness.mark()
    carrier.expect("OPTIONS sip:", 4)
    carrier.close()
    check("one that does not is dead", bool(harness.wait_line("^SIP_TRUNK.*fact=dead", 8, mark)))
    harness.close()


def forgotten(path):
    """A refusal that needs no transaction has none: nobody gets more than one answer a message."""
    for arguments, expected in (("trunk:name=guest;user=guest;password=swordfish;authenticate=1",), 401), (("max=0",), 503):
        harness = Harness(path, *arguments)
        phone = Phone(harness)
        text = phone.message("INVITE", body=SDP)
        tags = []
        for _ in range(2):
            phone.send(text)
            answer = phone.receive(3)
            tags.append(header(answer, "To"))
            check(f"a call is refused with {expected}", status(answer) == expected, answer)
        check(f"and again in the same words, with a tag ({expected})",
              tags[0] == tags[1] and ";tag=" in (tags[0] or ""), tags)
        check(f"a refusal that is never acknowledged is not repeated ({expected})", phone.receive(1.2) is None)
        phone.close()
        harness.close()


def run_part(path):
    forgotten(path)
    registers(path)
    probes(path)
    placed(path)
    looked_up(path)
    hostile_names(path)
    incoming(path)
    md5_first(path)

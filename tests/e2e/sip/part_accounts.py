# SPDX-License-Identifier: Apache-2.0
"""Digest both ways, REGISTER as client, OPTIONS probes, and where a trunk is found by DNS."""
import hashlib
import os
import re
import subprocess

import run
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
            more = digest(offered[algorithm], "INVITE", uri, "guest", "swordfish", count=2)
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


def run_part(path):
    incoming(path)
    md5_first(path)

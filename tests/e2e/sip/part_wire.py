# SPDX-License-Identifier: Apache-2.0
"""Single messages, races, forks, and calls that the server places, message by message."""
import random
import re
import time

import run
from run import SDP, check, header


def refusals(harness, phone):
    def check(name, good, detail=""):
        run.check(name + (" (TCP)" if phone.stream else " (UDP)"), good, detail)

    def status(pattern, **more):
        method = more.pop("method", "OPTIONS")
        phone.to_tag = ""
        phone.ident = "%x" % random.getrandbits(48)
        return phone.ask(method, pattern, 2, **more)

    got = status("SIP/2.0 200")
    check("OPTIONS is answered with what we can", bool(
        got and "INVITE" in header(got, "Allow") and header(got, "Accept") == "application/sdp"
        and "timer" in header(got, "Supported")), got)
    got = status("SIP/2.0 420", method="INVITE", headers="Require: 100rel, teleport, sec-agree", body=SDP)
    check("420 names the options that are not supported",
          header(got, "Unsupported") == "teleport, sec-agree", got)
    got = status("SIP/2.0 405", method="SUBSCRIBE", headers="Event: presence")
    check("405 lists the methods that are allowed", "PRACK" in (header(got, "Allow") or ""), got)
    for method in ("PUBLISH", "MESSAGE", "REGISTER"):
        check(f"{method} outside a dialog gets 405", bool(status("SIP/2.0 405", method=method)))
    for method, code in (("REFER", "403"), ("NOTIFY", "481")):
        check(f"{method} outside a dialog gets {code}", bool(status(f"SIP/2.0 {code}", method=method)))
    for method in ("BYE", "UPDATE", "INFO", "PRACK", "CANCEL"):
        check(f"{method} of no dialog gets 481", bool(status("SIP/2.0 481", method=method)))
    check("a re-INVITE of no dialog gets 481",
          bool(status("SIP/2.0 481", method="INVITE", to_tag="gone", body=SDP)))
    got = status("SIP/2.0 415", method="INVITE", body="<x/>", ctype="application/xml")
    check("415 says what is accepted", header(got, "Accept") == "application/sdp", got)
    check("a body that is too long gets 413",
          bool(status("SIP/2.0 413", method="INVITE", body="v=0\r\n" + "a=x\r\n" * 1000)))
    check("an INVITE without Contact gets 400",
          bool(status("SIP/2.0 400", method="INVITE", body=SDP, contact=False)))
    check("a call that may not be forwarded any more ends here: it is answered", max_forwards(harness, phone))
    check("a scheme that is not SIP gets 416",
          bool(status("SIP/2.0 416", method="INVITE", uri="http://example.com/", body=SDP)))
    check("a version that we do not speak gets 505", version(harness, phone.stream))
    check("a CSeq that is no number gets 400", malformed(phone))


def max_forwards(harness, phone):
    other = run.Phone(harness, phone.stream)
    text = other.message("INVITE", body=SDP).replace("Max-Forwards: 70", "Max-Forwards: 0")
    other.send(text)
    answer = other.expect("SIP/2.0 [2-6]")
    other.learn(answer or "")
    other.send(other.message("ACK", cseq=1))
    other.user = "answer"
    return bool(answer) and " 200 " in answer.split("\r\n")[0] and other.bye()


def version(harness, stream):
    phone = run.Phone(harness, stream) # The library closes a connection after such a message.
    phone.send(phone.message("OPTIONS").replace(" SIP/2.0\r\nVia", " SIP/3.0\r\nVia"))
    answer = phone.expect("SIP/2.0 505")
    phone.close()
    return bool(answer)


def malformed(phone):
    text = phone.message("INVITE", body=SDP)
    phone.send(re.sub(r"CSeq: \d+ INVITE", "CSeq: one INVITE", text))
    return bool(phone.expect("SIP/2.0 400"))


def fields(harness):
    phone = run.Phone(harness)
    at = harness.mark()
    ok = phone.call("%2B1%34155550123", headers="\n".join([
        'P-Asserted-Identity: "Alice" <sip:%2B14155550100@host;user=phone>, <tel:+14155550100>',
        "Diversion: <sip:+14155550111@host>;reason=busy", "User-to-User: 56a390f3d2b7;encoding=hex",
        "X-Account: 4711", "X-Evil: a", "Y-Other: b", "Supported: timer, 100rel",
        "Session-Expires: 1800;refresher=uac", "Min-SE: 120"]))
    line = harness.wait_line("^SIP_INVITE", 2, at) or ""
    check("what an INVITE says reaches the core", ok and all(part in line for part in (
        'to="+14155550123"', 'asserted="+14155550100"', 'diversion="+14155550111"',
        'user_to_user="56a390f3d2b7;encoding=hex"', "X-Account: 4711", "X-Evil: a",
        "timer_supported", "reliable_supported", "session_expires_s=1800", "min_se_s=120",
        "refresher=")) and "Y-Other" not in line, line)
    phone.user = "x"
    check("and its call ends", phone.bye())
    at = harness.mark()
    got = phone.message("INVITE", uri="tel:+1-415-555-0199;phone-context=+1", to_tag="", body=SDP)
    phone.send(got)
    line = harness.wait_line("^SIP_INVITE", 2, at) or ""
    check("a tel: number loses its separators", 'to="+14155550199"' in line, line)
    phone.close()


def rport(harness):
    phone = run.Phone(harness)
    text = phone.message("OPTIONS").replace(f"UDP {run.ADDRESS}:{phone.port}", "UDP 192.0.2.33:9")
    phone.send(text)
    got = phone.expect("SIP/2.0 200")
    via = header(got, "Via") or ""
    check("rport and received tell a caller behind a translator its address",
          f"rport={phone.port}" in via and "received=127.0.0.1" in via, via)
    phone.close()


def behind_translator(harness):
    phone = run.Phone(harness)
    text = phone.message("INVITE", user="byebye", body=SDP)
    text = text.replace(f"UDP {run.ADDRESS}:{phone.port}", "UDP 192.0.2.33:9")
    text = text.replace(f"Contact: <sip:tester@{run.ADDRESS}:{phone.port}>",
                        "Contact: <sip:tester@some.private.name>")
    phone.send(text)
    got = phone.expect("SIP/2.0 200")
    phone.learn(got or "")
    phone.send(phone.message("ACK", "byebye", cseq=1))
    bye = phone.expect("BYE ", 3)
    check("requests to a Contact that is a name go where its messages come from", bool(bye))
    if bye:
        phone.reply(bye)
    phone.close()


def retransmitted(harness):
    phone = run.Phone(harness)
    at = harness.mark()
    text = phone.message("INVITE", body=SDP)
    phone.send(text)
    phone.send(text)
    first = phone.expect("SIP/2.0 200")
    second = phone.expect("SIP/2.0 200")
    harness.wait_line("never", 0.3)
    calls = [l for l in harness.lines[at:] if l.startswith("SIP_INVITE")]
    check("an INVITE sent twice is one call", bool(first) and first == second and len(calls) == 1)
    third = phone.expect("SIP/2.0 200", 2)
    check("a 200 without ACK is sent again", third == first)
    phone.learn(first)
    phone.send(phone.message("ACK", cseq=1))
    phone.user = "answer"
    again = run.Phone(harness)
    again.ident, again.tag = phone.ident, phone.tag
    forked = again.ask("INVITE", r"SIP/2.0 482", cseq=1, to_tag="", body=SDP)
    check("the same call by another way is merged: 482", bool(forked))
    check("and the first one still works", phone.bye())
    again.close()
    phone.close()


def cancel_race(harness):
    """CANCEL sent together with the INVITE, before, while and after it is answered."""
    outcomes = set()
    for i in range(24):
        phone = run.Phone(harness)
        branch = "z9hG4bKrace%x" % random.getrandbits(40)
        phone.send(phone.message("INVITE", body=SDP, branch=branch))
        if i % 3:
            time.sleep(0.0004 * (i % 7))
        phone.send(phone.message("CANCEL", cseq=1, branch=branch, contact=False))
        final = None
        while not final:
            text = phone.receive(2)
            if not text:
                break
            if "1 INVITE" in text and re.match("SIP/2.0 [2-6]", text):
                final = text
        phone.learn(final or "")
        if final and " 200 " in final.split("\r\n")[0]:
            outcomes.add("answered")
            phone.user = "answer"
            phone.send(phone.message("ACK", cseq=1))
            if not phone.bye():
                outcomes.add("stuck")
        elif final and " 487 " in final.split("\r\n")[0]:
            outcomes.add("cancelled")
            phone.send(phone.message("ACK", cseq=1, branch=branch))
        else:
            outcomes.add("silent")
        phone.close()
    check("CANCEL racing 200 ends in one of the two, never in between",
          outcomes <= {"answered", "cancelled"}, str(outcomes))


def glare(harness):
    phone = run.Phone(harness)
    good = phone.call()
    phone.send(phone.message("INVITE", body=SDP))
    first = phone.expect("SIP/2.0 200")
    got = phone.ask("INVITE", "SIP/2.0 500", body=SDP)
    check("a re-INVITE while one is unacknowledged gets 500 and a time to wait",
          good and bool(first) and header(got, "Retry-After") is not None, got)
    phone.send(phone.message("ACK", cseq=phone.cseq - 1))
    stale = phone.ask("INVITE", "SIP/2.0 500", cseq=1, body=SDP)
    check("a request out of order gets 500", bool(stale))
    check("and the call is alive", phone.bye())
    phone.close()


def no_ack(harness):
    phone = run.Phone(harness)
    at = harness.mark()
    phone.send(phone.message("INVITE", body=SDP))
    answer = phone.expect("SIP/2.0 200")
    return phone, at, answer


def no_ack_end(harness, waiting):
    phone, at, answer = waiting
    failed = harness.wait_line("^SIP_FAILED.*status=408", 36, at)
    phone.learn(answer)
    bye = phone.expect("BYE ", 3)
    if bye:
        phone.reply(bye)
    check("a call whose 200 is never acknowledged is ended", bool(failed) and bool(bye))
    phone.close()


def dial(harness, phone, user="bob", transport=""):
    at = harness.mark()
    harness.order(f"dial sip:{user}@{run.ADDRESS}:{phone.port}{transport}")
    invite = phone.expect("INVITE ")
    dialed = harness.wait_line("^SIP_DIALED", 2, at) or ""
    dialog = re.search(r"dialog=(\d+)", dialed)
    return invite, dialog.group(1) if dialog else "0", at


def placed(harness):
    phone = run.Phone(harness)
    invite, dialog, at = dial(harness, phone)
    check("a call is placed with the X- headers given and no others",
          bool(invite) and header(invite, "X-Campaign") == "spring" and "evil" not in invite, invite)
    phone.reply(invite, "180 Ringing", tag="b1")
    phone.reply(invite, "200 OK", "Allow: INVITE, ACK, BYE, UPDATE", SDP, tag="b1")
    ack = phone.expect("ACK ")
    check("its progress and its answer are told", bool(
        harness.wait_line("^SIP_PROGRESS.*status=180", 2, at)
        and harness.wait_line("^SIP_ANSWERED.*sdp=", 2, at)))
    phone.reply(invite, "200 OK", "", SDP, tag="b1")
    check("a 200 sent again is acknowledged again", bool(ack) and bool(phone.expect("ACK ")))
    phone.reply(invite, "200 OK", "", SDP, tag="b2")
    ack = phone.expect("ACK .*")
    bye = phone.expect("BYE ")
    check("the 200 of another branch is acknowledged and ended", bool(ack) and bool(bye) and
          "b2" in header(bye, "To"), bye)
    phone.reply(bye)
    harness.order(f"hangup {dialog}")
    bye = phone.expect("BYE ")
    check("the call placed is ended by BYE", bool(bye) and "b1" in header(bye, "To"))
    phone.reply(bye)
    check("and released", bool(harness.wait_line(f"^SIP_RELEASED.*dialog={dialog}", 2, at)))
    phone.close()


def placed_they_end(harness):
    phone = run.Phone(harness)
    invite, dialog, at = dial(harness, phone)
    phone.reply(invite, "200 OK", "", SDP, tag="c1")
    phone.expect("ACK ")
    phone.ident = header(invite, "Call-ID")
    swap = phone.message("BYE", cseq=1, contact=False)
    swap = re.sub(r"From: .*", f"From: {header(invite, 'To')};tag=c1", swap)
    swap = re.sub(r"(?m)^To: .*", f"To: {header(invite, 'From')}", swap)
    swap = re.sub(r"Call-ID: .*", f"Call-ID: {phone.ident}", swap)
    phone.send("\r\n".join(line.strip() for line in swap.split("\n")))
    check("a call placed can be ended by the other side",
          bool(phone.expect("SIP/2.0 200")) and bool(harness.wait_line("^SIP_BYE", 2, at)))
    phone.close()


def placed_refused(harness):
    phone = run.Phone(harness)
    invite, dialog, at = dial(harness, phone)
    phone.reply(invite, "486 Busy Here", tag="d1")
    check("a refusal is acknowledged and told", bool(phone.expect("ACK ")) and
          bool(harness.wait_line("^SIP_REFUSED.*status=486", 2, at)))
    at = harness.mark()
    harness.order("dial sip:bob@some.name.example")
    check("a name is never dialled", bool(harness.wait_line("^SIP_REFUSED.*status=400", 2, at)))
    phone.close()


def placed_cancelled(harness):
    phone = run.Phone(harness)
    invite, dialog, at = dial(harness, phone)
    phone.reply(invite, "180 Ringing", tag="e1")
    harness.wait_line("^SIP_PROGRESS", 2, at)
    harness.order(f"hangup {dialog}")
    cancel = phone.expect("CANCEL ")
    phone.reply(cancel)
    phone.reply(invite, "487 Request Terminated", tag="e1")
    check("a call placed is given up with CANCEL", bool(cancel) and bool(phone.expect("ACK ")) and
          bool(harness.wait_line(f"^SIP_RELEASED.*dialog={dialog}", 2, at)))
    invite, dialog, at = dial(harness, phone)
    phone.reply(invite, "180 Ringing", tag="e2")
    harness.wait_line("^SIP_PROGRESS", 2, at)
    harness.order(f"hangup {dialog}")
    cancel = phone.expect("CANCEL ")
    phone.reply(invite, "200 OK", "", SDP, tag="e2")
    phone.reply(cancel)
    ack = phone.expect("ACK ")
    bye = phone.expect("BYE ")
    if bye:
        phone.reply(bye)
    check("a 200 that crosses our CANCEL is acknowledged and ended", bool(ack) and bool(bye) and
          bool(harness.wait_line(f"^SIP_RELEASED.*dialog={dialog}", 2, at)))
    phone.close()


def placed_reliable(harness):
    phone = run.Phone(harness)
    invite, dialog, at = dial(harness, phone)
    phone.reply(invite, "183 Progress", "Require: 100rel\nRSeq: 4711", SDP, tag="f1")
    prack = phone.expect("PRACK ")
    cseq = (header(invite, "CSeq") or "0").split()[0]
    check("a reliable ringing gets PRACK", bool(prack) and
          header(prack, "RAck") == f"4711 {cseq} INVITE", prack)
    if prack:
        phone.reply(prack)
    phone.reply(invite, "200 OK", "", SDP, tag="f1")
    ack = phone.expect("ACK ")
    harness.wait_line("^SIP_ANSWERED", 2, at)
    harness.order(f"hangup {dialog}")
    bye = phone.expect("BYE ")
    if bye:
        phone.reply(bye)
    check("and its call goes on", bool(ack) and bool(bye) and
          bool(harness.wait_line(f"^SIP_RELEASED.*dialog={dialog}", 2, at)))
    phone.close()


def routed(harness):
    """A proxy in between: our BYE goes to it, with the whole way in Route."""
    phone, proxy = run.Phone(harness), run.Phone(harness)
    text = phone.message("INVITE", user="byebye", body=SDP,
                         headers=f"Record-Route: <sip:{run.ADDRESS}:{proxy.port};lr>\n"
                                 "Record-Route: <sip:far.example;lr>")
    phone.send(text)
    phone.learn(phone.expect("SIP/2.0 200") or "")
    phone.send(phone.message("ACK", "byebye", cseq=1))
    bye = proxy.expect("BYE ", 3)
    check("a BYE follows the route that the INVITE took", bool(bye) and
          "far.example" in bye and bye.index(str(proxy.port)) < bye.index("far.example"), bye)
    if bye:
        proxy.reply(bye)
    phone.close()
    proxy.close()


def limits(path):
    harness = run.Harness(path, "max=2")
    try:
        phones = [run.Phone(harness) for _ in range(3)]
        up = [p.call() for p in phones[:2]]
        harness.wait_line("never", 0.2)
        at = harness.mark()
        got = phones[2].ask("INVITE", "SIP/2.0 503", body=SDP)
        harness.wait_line("never", 0.2)
        check("over the limit the answer is 503 and when to try again", all(up) and
              header(got, "Retry-After") == "5" and harness.mark() == at, got)
        check("those up are not touched", all(p.bye() for p in phones[:2]))
        phones[2].ident += "b"
        check("and there is room again", phones[2].call() and phones[2].bye())
    finally:
        harness.close()


def maddr(harness):
    phone = run.Phone(harness)
    text = phone.message("OPTIONS").replace(";rport", ";rport;maddr=some.name.example")
    phone.send(text)
    check("a Via that sends our answers to a third party is dropped", phone.receive(0.5) is None)
    phone.close()


def run_part(path):
    harness = run.Harness(path)
    try:
        waiting = no_ack(harness)
        for stream in (False, True):
            phone = run.Phone(harness, stream)
            refusals(harness, phone)
            phone.close()
        for test in (fields, rport, behind_translator, retransmitted, cancel_race, glare, placed,
                     placed_they_end, placed_refused, placed_cancelled, placed_reliable, routed,
                     maddr):
            test(harness)
        no_ack_end(harness, waiting)
        check("a normal call works at the end", run.normal_call(harness))
        check("the worker never died", harness.figures().get("restarts") == 0)
    finally:
        harness.close()
    limits(path)

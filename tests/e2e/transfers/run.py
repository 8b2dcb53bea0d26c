#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: operators who transfer from the telephone that they have.

Parts: blind (baresip's transfer key: to a colleague, to one who declines, to a queue, to nobody), asked (Linphone asks
a colleague first, then joins both), three (all three talk), gone (a telephone that is killed in mid-call, and one whose
owner transfers and leaves), attack (REFER and Replaces of our own packets: who may not, and what is malformed). Everybody has a
tone of their own: who is joined hears the other's, and nobody else's.
"""
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning)
import audioop # noqa: E402
import os
import re
import signal
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "interop"))
from office import LOOPBACK, Office, check, wait_for # noqa: E402
from console import Console, share, tone # noqa: E402
import house # noqa: E402
from forged import digest # noqa: E402
from phone import Phone, header, status # noqa: E402
from telephones import SECRET, Linphone # noqa: E402

CALLERS = "127.0.0.2" # A trunk; the others prove who they are.
CALLER, ANNA, BEN = 700, 440, 1300


def serve(program, manners="silence: 60s", refer="allow", bens="second"):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    users = ", ".join(f'{{name: {name}, password: "${{OFFHOOK_TEST_PHONES}}"}}' for name in ("anna", "ben"))
    return Office(program, source="tests/e2e/transfers/desk", server="when-late: admit", manners=manners, digest="md5",
                  routes='  - {number: "ben", trunk: phones, forward: {trunk: phones, number: ben}}\n',
                  trunks=f'  - {{name: local, sources: ["{CALLERS}/32"], refer: {refer}}}\nusers: [{users}]\n'
                  f"operators:\n  anna: {{label: Anna, queues: [support]}}\n  ben: {{label: Ben, queues: [{bens}]}}\n"
                  "queues:\n  support: {ring: 20s}\n  second: {ring: 20s}\n")


def there(server, *users):
    def registered():
        now = [p["user"] for p in (server.ask("phones") or {}).get("phones", [])]
        return all(user in now for user in users)
    return wait_for(registered, 20)


def state(server, name):
    rows = (server.ask("operators") or {}).get("operators", [])
    return next((row["state"] for row in rows if row["name"] == name), "")


class Caller(Phone):
    """Somebody who hums."""

    def __init__(self, server, address=CALLERS):
        super().__init__(server, address=address, user="100")

    def hum(self, seconds=100):
        with self.sound.lock:
            self.sound.mouth = audioop.lin2ulaw(tone(CALLER, seconds), 2)

    def heard(self, since):
        return b"".join(audioop.ulaw2lin(payload, 2) for at, kind, payload, _ in list(self.sound.heard)
                        if kind == 0 and len(payload) == 160 and at >= since)

    def hears(self, hertz, seconds=10, least=0.4):
        return bool(wait_for(lambda: share(self.heard(time.monotonic() - 0.5), hertz) > least, seconds, 0.2))


def transfers(call):
    return [(t["how"], t["target"], bool(t["done"]), t["detail"]) for t in call.get("transfers", [])]


def of_trunk(server):
    """The callers' calls, the newest last: telephones have theirs beside them."""
    return [server.whole(row["ref"]) for row in server.ended() if row.get("trunk") == "local"]


def joined(server, operator):
    """A caller who is joined with this operator."""
    caller = Caller(server)
    check("the_caller_is_answered", caller.dial() == 200, caller.answer)
    wait_for(lambda: caller.sound.loud() > 10, 10)
    caller.sound.key(1)
    check("the_operator_rings", operator.rings(30), operator.peer.log()[-600:])
    operator.take()
    caller.hum()
    check("caller_and_operator_hear_each_other", caller.hears(ANNA) and operator.hears(CALLER), server.log_text()[-600:])
    return caller


def blind(program):
    server = serve(program)
    anna, ben = Console(server, "anna", ANNA), Console(server, "ben", BEN)
    check("both_have_registered", there(server, "anna", "ben"))
    caller = joined(server, anna)
    anna.tell("transfer", "ben")
    check("the_colleague_rings", ben.rings(15), anna.peer.log()[-800:])
    check("the_caller_hears_music_and_not_the_operator", wait_for(lambda: share(caller.heard(time.monotonic() - 0.4), ANNA) < 0.05, 5))
    ben.tell("hangup")
    # This baresip hangs up when it hears that its transfer failed.
    check("declined_nobody_is_lost_and_she_is_rung_again", anna.rings(40), anna.peer.log()[-800:])
    anna.take()
    check("they_talk_again", caller.hears(ANNA) and anna.hears(CALLER), server.log_text()[-600:])
    ben.taken = ben.calls()
    anna.tell("transfer", "nobody-of-that-name")
    check("what_is_nobodys_name_goes_where_its_route_leads",
          wait_for(lambda: caller.heard(time.monotonic() - 0.4) and share(caller.heard(time.monotonic() - 0.4), ANNA) < 0.05, 8))
    caller.hang_up()
    caller.close()
    call = server.last()
    check("all_of_it_is_in_the_account", [t[:3] for t in transfers(call)] == [
        ("warm", "anna", True), ("blind", "ben", False), ("warm", "anna", True), ("blind", "front-desk", True)]
        and transfers(call)[1][3].startswith("by anna"), call)
    wait_for(lambda: state(server, "anna") == "available", 10)
    caller = joined(server, anna)
    anna.tell("transfer", "ben")
    check("the_colleague_rings_again", ben.rings(15), anna.peer.log()[-800:])
    ben.take()
    check("and_has_the_caller", caller.hears(BEN) and ben.hears(CALLER), server.log_text()[-800:])
    check("who_transferred_is_free", wait_for(lambda: state(server, "anna") in ("available", "wrap_up"), 8), server.ask("operators"))
    ben.tell("hangup")
    call = wait_for(lambda: (lambda c: c if c.get("cause") == "callee_hung_up" else None)(server.last()), 10) or {}
    check("so_says_the_account", ("blind", "ben", True, "by anna") in transfers(call)
          and {leg["role"] for leg in call["legs"]} >= {"operator", "transfer"}, call)
    text = server.run("cdr", server.conf, "--format", "text", "--call", call.get("ref", "")).stdout
    check("and_its_text", "blind" in text and "by anna" in text, text)
    caller.close()
    caller = joined(server, anna)
    anna.tell("transfer", "second")
    ben.taken = ben.calls() - 0
    check("to_a_queue_whoever_serves_it_rings", ben.rings(20), server.log_text()[-800:])
    caller.hang_up()
    call = server.last()
    check("the_caller_has_waited_there", any(p["queue"] == "second" for p in call.get("passages", [])), call)
    replayed(server)
    for one in (caller, anna, ben):
        one.close()
    server.close()


def replayed(server):
    done = server.run("replay", server.conf)
    check("the_journal_repeats_all_of_it", done.returncode == 0 and "differ" not in done.stdout.replace("0 differ", ""), done.stdout[-600:] + done.stderr[-300:])


class Softphone(Linphone):
    """Linphone, with what the tests ask of a console."""

    taken = 0

    def calls(self):
        return self.peer.log().count("incoming call from")

    def rings(self, seconds=15):
        return wait_for(lambda: self.calls() > self.taken, seconds)

    def take(self):
        self.taken = self.calls()
        self.say("answer")

    def hears(self, hertz, seconds=10):
        return True # It keeps nothing that it heard.


def asked(program):
    server = serve(program)
    anna, ben = Softphone(server, "anna"), Console(server, "ben", BEN)
    check("both_have_registered", there(server, "anna", "ben"), anna.peer.log()[-600:])
    anna.say(f"play {anna.tone}")
    caller = joined(server, anna)
    anna.say(f"transfer 1 sip:ben@{LOOPBACK}:{server.port}")
    check("without_asking_the_colleague_rings", ben.rings(15), anna.peer.log()[-800:])
    ben.tell("hangup")
    check("declined_the_caller_is_hers_again", caller.hears(ANNA), (anna.peer.log()[-1200:], server.log_text()[-400:]))
    ben.taken = ben.calls()
    anna.say("pause")
    check("held_the_caller_hears_music", wait_for(lambda: share(caller.heard(time.monotonic() - 0.4), ANNA) < 0.05, 8), anna.peer.log()[-800:])
    anna.say("call ben")
    check("the_colleague_rings", ben.rings(15), anna.peer.log()[-800:])
    ben.take()
    time.sleep(2)
    check("the_caller_hears_nothing_of_them", share(caller.heard(time.monotonic() - 1), BEN) < 0.05)
    anna.say("transfer 1 --to-call 2")
    check("the_two_hear_each_other", caller.hears(BEN) and ben.hears(CALLER), (anna.peer.log()[-1200:], server.log_text()[-500:]))
    check("she_is_out_of_both", wait_for(lambda: state(server, "anna") in ("available", "wrap_up"), 10), server.ask("operators"))
    caller.hang_up()
    call = (of_trunk(server) or [{}])[-1]
    check("the_account_has_it_in_the_callers_call", ("attended", "ben", True, "by anna") in transfers(call), call)
    text = server.run("cdr", server.conf, "--format", "text", "--call", call.get("ref", "")).stdout
    check("who_joined_whom", "attended" in text and "by anna" in text, text)
    replayed(server)
    for one in (caller, anna, ben):
        one.close()
    server.close()


def three(program):
    server = serve(program)
    anna, ben = Console(server, "anna", ANNA), Console(server, "ben", BEN)
    check("both_have_registered", there(server, "anna", "ben"))
    caller = joined(server, anna)
    anna.tell("hold")
    check("held_the_caller_hears_music", wait_for(lambda: share(caller.heard(time.monotonic() - 0.4), ANNA) < 0.05, 8))
    anna.dial("ben")
    check("the_colleague_rings", ben.rings(15), anna.peer.log()[-800:])
    ben.take()
    check("and_is_asked", ben.hears(ANNA), ben.peer.log()[-600:])
    anna.tell("transfer", "*43")
    check("the_colleague_and_the_caller_hear_each_other", caller.hears(BEN, least=0.3) and ben.hears(CALLER), (anna.peer.log()[-1200:], server.log_text()[-500:]))
    anna.tell("line", "1")
    anna.tell("resume")
    check("all_three_talk", caller.hears(ANNA, least=0.2) and caller.hears(BEN, least=0.2) and ben.hears(ANNA) and ben.hears(CALLER), anna.peer.log()[-1500:])
    anna.tell("hangup")
    check("without_her_the_two_go_on", wait_for(lambda: share(ben.heard()[-8000:], ANNA) < 0.02, 8)
          and caller.hears(BEN) and ben.hears(CALLER), server.log_text()[-500:])
    caller.hang_up()
    call = (of_trunk(server) or [{}])[-1]
    check("the_account_has_it", ("three-way", "ben", True, "by anna") in transfers(call) and call.get("cause") == "caller_hung_up", call)
    replayed(server)
    for one in (caller, anna, ben):
        one.close()
    server.close()


def gone(program):
    server = serve(program, manners="silence: 60s, no-audio: 1s, no-audio-end: 3s", bens="support, second")
    phones = {"anna": Console(server, "anna", ANNA), "ben": Console(server, "ben", BEN)}
    tones = {"anna": ANNA, "ben": BEN}
    check("both_have_registered", there(server, "anna", "ben"))
    caller = Caller(server)
    check("the_caller_is_answered", caller.dial() == 200, caller.answer)
    wait_for(lambda: caller.sound.loud() > 10, 10)
    caller.sound.key(1)
    first = wait_for(lambda: next((name for name, phone in phones.items() if phone.calls()), None), 30)
    second = "ben" if first == "anna" else "anna"
    phones[first].take()
    caller.hum()
    check("caller_and_operator_hear_each_other", caller.hears(tones[first]) and phones[first].hears(CALLER))
    since = time.monotonic()
    os.killpg(phones[first].peer.process.pid, signal.SIGKILL)
    check("the_colleague_rings_for_the_same_caller", phones[second].rings(60), server.log_text()[-800:])
    print(f"# after {time.monotonic() - since:.1f} s")
    check("who_is_told_what_happened", wait_for(lambda: caller.sound.loud(since) > 250, 15))
    phones[second].take()
    check("and_talks_to_them", caller.hears(tones[second]) and phones[second].hears(CALLER))
    phones[second].tell("transfer", first) # Whose telephone is dead.
    phones[second].tell("hangup")
    check("who_transfers_to_nobody_and_leaves_is_rung_again", phones[second].rings(90), server.log_text()[-800:])
    since = time.monotonic()
    wait_for(lambda: caller.sound.loud(since) > 150, 10)
    phones[second].take()
    check("nobody_was_lost", caller.hears(tones[second]), server.log_text()[-600:])
    phones[second].tell("hangup")
    call = server.last()
    check("a_hang_up_is_the_end_as_ever", call.get("cause") == "callee_hung_up", call)
    said = " ".join(turn["text"] for turn in call.get("turns", []))
    check("the_words_were_true", "connection to the person you were talking to was lost" in said and "nobody took your call there" in said, said)
    check("and_the_account_has_each", [t[:3] for t in transfers(call) if t[0] == "blind" or t[2]] == [
        ("warm", first, True), ("warm", second, True), ("blind", first, False), ("warm", second, True)], transfers(call))
    replayed(server)
    for one in (caller, *phones.values()):
        one.close()
    server.close()


class Proved(Phone):
    """A telephone of packets, that calls as a user does."""

    def __init__(self, server, name, address="127.0.0.9"):
        super().__init__(server, address=address, user="ben")
        self.name = name

    def invite(self, number, headers="", more=""):
        self.user = number
        uri = f"sip:{number}@{self.server.address}:{self.server.port}"
        self.dial(headers=headers)
        challenge = re.search(r"(?im)^WWW-Authenticate: *(Digest.*?)\r?$", self.answer)
        self.ack()
        return self.dial(headers=headers + "Authorization: " + digest(challenge[1], "INVITE", uri, self.name, SECRET)) if challenge else status(self.answer)

    def refers(self, to, more=""):
        """The answer, and what was told of it last."""
        answer = self.ask("REFER", headers=f"Refer-To: {to}\nReferred-By: <sip:{self.name}@offhook>\n{more}")
        told = 0
        while status(answer) == 202 and told < 200:
            notify = self.expect("NOTIFY", 6)
            if not notify:
                break
            self.reply(notify)
            told = int((re.search(r"SIP/2.0 (\d+) [^\r]*\r\n$", notify) or [0, 0])[1])
            if "terminated" in header(notify, "Subscription-State"):
                break
        return status(answer), told


def attack(program):
    server = serve(program)
    anna, ben = Console(server, "anna", ANNA), Console(server, "ben", BEN)
    check("both_have_registered", there(server, "anna", "ben"))
    caller = joined(server, anna)
    dialled = server.log_text().count("INVITE")
    caller.user = "100"
    for to in ("<sip:+900555000@127.0.0.1>", "<sip:ben@127.0.0.1>", f"<sip:x@127.0.0.1?Replaces={caller.call_id}%3Bto-tag%3D{caller.to_tag}%3Bfrom-tag%3D{caller.tag}>"):
        answer = caller.ask("REFER", headers=f"Refer-To: {to}\n")
        check(f"a_callers_refer_to_{to[1:12]}_is_declined", status(answer) == 603, answer)
    check("and_the_two_talk_on", caller.hears(ANNA) and not ben.calls(), server.log_text()[dialled:][-300:])
    own = f"{caller.call_id};to-tag={caller.to_tag};from-tag={caller.tag}"
    stranger = Phone(server, address="127.0.0.9", user="100")
    check("who_proves_nothing_replaces_nobody", stranger.dial(headers=f"Replaces: {own}\n") == 401, stranger.answer)
    stranger.ack()
    for words, code in ((own.replace(caller.tag, "wrong"), 481), (own + ";early-only", 486), (own, 403)):
        telephone = Proved(server, "ben", "127.0.0.8")
        check(f"a_telephone_that_replaces_by_{words[-12:]}_is_{code}", telephone.invite("100", f"Replaces: {words}\n") == code, telephone.answer)
        telephone.ack()
        telephone.close()
    check("and_they_talk_on", caller.hears(ANNA) and anna.hears(CALLER))
    caller.hang_up()
    check("one_call_came_of_all_that", of_trunk(server)[-1].get("cause") == "caller_hung_up")
    wait_for(lambda: state(server, "anna") == "available", 10)

    # A telephone that calls a colleague, and what it may write into Refer-To.
    line = Proved(server, "anna", "127.0.0.7")
    ringing = ben.calls()
    line.socket.settimeout(30)
    taker = threading.Thread(target=lambda: (wait_for(lambda: ben.calls() > ringing, 15), ben.take()))
    taker.start()
    check("a_telephone_calls_its_colleague", line.invite("ben") == 200, line.answer)
    taker.join()
    check("nothing_but_sip_and_tel", line.refers("<http://evil.example/>")[0] == 400 and status(line.ask("REFER")) == 400)
    check("to_oneself_is_busy", line.refers("<sip:anna@127.0.0.1>") == (202, 486))
    check("a_uri_in_a_uri_calls_nobody_outside", line.refers("<sip:*41@127.0.0.1>") == (202, 404))
    check("a_dialog_of_nobodys_is_asked_of_the_target", line.refers("<sip:anna@127.0.0.1?Replaces=a%3Bto-tag%3Db%3Bfrom-tag%3Dc>") == (202, 486))
    check("the_colleagues_own_line_is_not_theirs_to_join", line.refers(
        f"<sip:ben@127.0.0.1?Replaces={line.call_id}%3Bto-tag%3D{line.to_tag}%3Bfrom-tag%3D{line.tag}>") == (202, 481))
    check("without_a_second_call_there_is_no_third", line.refers("<sip:*43@127.0.0.1>") == (202, 404))
    check("the_call_is_still_up", wait_for(lambda: server.up() == 1), server.status())
    answer = line.ask("REFER", headers="Refer-To: <sip:front-desk@127.0.0.1>\nRefer-Sub: false\nSupported: norefersub\n")
    check("who_wants_no_word_gets_none", status(answer) == 202 and "false" in header(answer, "Refer-Sub"), answer)
    bye = line.expect("BYE", 6)
    check("and_is_hung_up_when_the_agent_has_the_colleague", bool(bye), bye)
    line.reply(bye)
    check("who_talks_to_the_agent_now", wait_for(lambda: server.up() == 1), server.status())
    ben.tell("hangup")
    for one in (caller, stranger, line):
        one.close()
    wait_for(lambda: server.up() == 0, 10)
    replayed(server)
    for one in (anna, ben):
        one.close()
    server.close()


PARTS = {"blind": blind, "asked": asked, "three": three, "gone": gone, "attack": attack}

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

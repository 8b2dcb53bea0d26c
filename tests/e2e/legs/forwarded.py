# SPDX-License-Identifier: Apache-2.0
"""forwarded.py - a route that forwards: two people over us, each known by the pitch of what it says."""
import os
import shutil
import subprocess
import tempfile
import time
import types

from callee import Baresip, Callee, Desk, Phone, Sound, check, header, hears, says, share, status, tone_file, trunk, wait_for

LOW, HIGH, MUSIC = 440, 1250, 660
BARESIP = 440 # What it says.


class Both:
    """A caller and a callee who speak to each other over us."""

    def __init__(self, server, callee, ring=False):
        self.server, self.callee = server, callee
        self.caller = Phone(server, user="200")
        self.caller.send(self.caller.message("INVITE", self.caller.sdp()))
        self.invite = callee.invited()
        self.rang = ""
        if ring:
            callee.ring()
            self.rang = self.caller.expect("SIP/2.0 18")

    def up(self):
        took = self.callee.take()
        answer = self.caller.expect("SIP/2.0 2")
        if not took or not answer:
            return False
        self.caller.learn(answer)
        self.caller.ack()
        says(self.caller, LOW), says(self.callee, HIGH)
        return True

    def joined(self, seconds=4):
        since = time.monotonic()
        return hears(self.caller, HIGH, seconds, since) and hears(self.callee, LOW, seconds, since)

    def close(self, first=None):
        """One hangs up; whether the other is told."""
        first = first or self.caller
        other = self.callee if first is self.caller else self.caller
        first.send(first.message("BYE", contact=False))
        bye = other.expect("BYE", 5)
        other.reply(bye)
        good = bool(bye) and bool(first.expect("SIP/2.0 200", 3))
        self.caller.close()
        return good

    def ask(self, who, method, body="", headers=""):
        """A request of one of them; the final answer, while the other answers what it is asked."""
        return who.ask(method, body, headers=headers)


def call_of(server):
    return server.last()


def talk(server, callee):
    both = Both(server, callee, ring=True)
    check("ringing_is_passed_back", both.rang.startswith("SIP/2.0 180"), both.rang)
    check("both_hear_what_the_other_says", both.up() and both.joined())
    check("the_callees_good_bye_ends_both", both.close(callee))
    call = call_of(server)
    check("the_account_has_both_legs_and_the_forwarding", call.get("cause") == "callee_hung_up"
          and [(leg["role"], leg["direction"]) for leg in call.get("legs", [])] == [("caller", "in"), ("forward", "out")]
          and [(t["how"], t["done"]) for t in call.get("transfers", [])] == [("forward", True)], call)
    check("each_leg_has_its_own_quality", len(call.get("legs", [])) == 2
          and all(leg["mos_hundredths"] and leg["received"] > 5 for leg in call["legs"]), call.get("legs"))
    shown = server.run("cdr", server.conf, "--call", call["ref"], "--format", "text").stdout
    check("and_offhook_cdr_shows_them", "out forward 200 by far" in shown and "transfer  forward -> 200: done" in shown, shown)


def early_sound(server, callee):
    both = Both(server, callee)
    callee.ring(sound=True)
    says(callee, HIGH)
    early = both.caller.expect("SIP/2.0 183")
    both.caller.learn_sound(early)
    heard = hears(both.caller, HIGH)
    check("early_sound_is_heard_by_who_calls", "m=audio" in early and heard, early)
    check("and_the_answer_joins_both", both.up() and both.joined())
    check("the_callers_good_bye_ends_both", both.close())


def refused(server, callee):
    for code in ("486 Busy Here", "603 Decline", "404 Not Found", "480 Temporarily Unavailable"):
        both = Both(server, callee)
        acked = callee.refuse(code)
        answer = both.caller.expect("SIP/2.0 [3-6]")
        both.caller.ack()
        both.caller.close()
        call = call_of(server)
        check(f"a_{code[:3]}_is_passed_back", acked and status(answer) == int(code[:3]) and call.get("status") == int(code[:3]),
              (answer, call))


def cancelled(server, callee):
    both = Both(server, callee, ring=True)
    branch = header(both.rang, "Via").split("branch=")[1].split(";")[0]
    both.caller.send(both.caller.message("CANCEL", cseq=both.caller.cseq, branch=branch, contact=False,
                                         to_tag="", uri=f"sip:200@{both.caller.host}:{server.port}"))
    cancel = callee.expect("CANCEL", 4)
    callee.reply(cancel)
    acked = callee.refuse("487 Request Terminated")
    answer = both.caller.expect("SIP/2.0 487")
    both.caller.ack()
    both.caller.close()
    check("who_gives_up_while_it_rings_stops_the_ringing", bool(cancel) and acked and bool(answer)
          and call_of(server).get("cause") == "cancelled", (cancel, answer))


def late(server, callee):
    both = Both(server, callee, ring=True)
    cancel = callee.expect("CANCEL", 8)
    callee.reply(cancel)
    acked = callee.refuse("487 Request Terminated")
    answer = both.caller.expect("SIP/2.0 [4-6]")
    both.caller.ack()
    both.caller.close()
    check("a_callee_who_never_answers_is_480_after_the_ringing_time", acked and status(answer) == 480
          and call_of(server).get("cause") == "no_answer", answer)


def held(server, callee):
    both = Both(server, callee)
    both.up(), both.joined()
    for name, who, other, own in (("caller", both.caller, callee, LOW), ("callee", callee, both.caller, HIGH)):
        answer = who.reinvite(who.sdp(way="sendonly", version=who.version + 1))
        way = "recvonly" if "a=recvonly" in answer else "inactive" if "a=inactive" in answer else ""
        time.sleep(0.2)
        since = time.monotonic()
        time.sleep(0.4)
        check(f"the_{name}_holds_and_is_sent_nothing", status(answer) == 200 and way and who.sound.loud(since) == 0,
              (answer, who.sound.loud(since)))
        check(f"whom_the_{name}_holds_hears_our_music", hears(other, MUSIC, 4, since), share(other.sound, MUSIC))
        answer = who.reinvite()
        check(f"the_{name}_resumes_and_both_hear_again", status(answer) == 200 and both.joined(), answer)
    both.caller.reinvite(both.caller.sdp(way="inactive", version=90)), callee.reinvite(callee.sdp(way="inactive", version=90))
    time.sleep(0.3)
    since = time.monotonic()
    time.sleep(0.4)
    check("while_both_hold_neither_is_sent_anything", both.caller.sound.loud(since) == 0 == callee.sound.loud(since))
    callee.reinvite(callee.sdp(version=91))
    check("who_resumes_first_hears_music", hears(callee, MUSIC, 4, time.monotonic()))
    both.caller.reinvite(both.caller.sdp(version=91))
    check("and_then_both_hear_again", both.joined())
    both.caller.reinvite(both.caller.sdp(way="sendonly", version=92))
    check("who_is_held_can_hang_up", hears(callee, MUSIC, 4) and both.close(callee))
    call = call_of(server)
    holds = [(h["leg"], h["role"], h["state"]) for h in call.get("holds", [])]
    near, far = (1, "caller"), (2, "forward")
    check("the_account_has_each_hold", holds == [(*near, "held"), (*near, "resumed"), (*far, "held"), (*far, "resumed"), (*near, "held"),
          (*far, "held"), (*far, "resumed"), (*near, "resumed"), (*near, "held")], holds)
    shown = server.run("cdr", server.conf, "--call", call["ref"], "--format", "text").stdout
    check("and_cdr_shows_them", "held      by caller" in shown and "resumed   by forward" in shown, shown)


def baresip_holds(program, music):
    """Its /hold and /resume: what the caller hears, and that nothing of it is lost to the call."""
    phone = Baresip(user="200")
    if not phone.start():
        return
    server = Desk(program, trunk("far", types.SimpleNamespace(port=phone.control - 2)), capture=f'true, music: "{music}"',
                  routes='  - {number: "200", forward: {trunk: far}}\n')
    caller = Phone(server, user="200")
    caller.send(caller.message("INVITE", caller.sdp()))
    rang = caller.expect("SIP/2.0 18")
    phone.tell("accept")
    answer = caller.expect("SIP/2.0 2")
    caller.learn(answer), caller.ack(), says(caller, HIGH)
    check("who_calls_baresip_hears_it", bool(rang) and hears(caller, BARESIP), phone.peer.log()[-1500:])
    for again in ("", "_again"):
        phone.tell("hold")
        check("while_baresip_holds_the_caller_hears_music" + again, hears(caller, MUSIC), phone.peer.log()[-1500:])
        phone.tell("resume")
        check("when_it_resumes_the_caller_hears_it_again" + again, hears(caller, BARESIP), phone.peer.log()[-1500:])
    phone.tell("hold")
    hears(caller, MUSIC)
    check("a_caller_who_is_held_hangs_up", caller.hang_up() == 200)
    caller.close(), phone.close()
    states = [(h["role"], h["state"]) for h in call_of(server).get("holds", [])]
    check("its_holds_are_in_the_account", states == [("forward", "held"), ("forward", "resumed")] * 2 + [("forward", "held")], states)
    check("nothing_is_left_of_it", server.nothing_left())
    server.close()


def by_speaker(call, wanted):
    """Whether those and nobody else have turns, and their word is in them."""
    heard = {}
    for turn in call.get("turns", []):
        heard[turn["speaker"]] = f'{heard.get(turn["speaker"], "")} {turn["text"]}'
    return set(heard) == set(wanted) and all(word in heard[speaker] for speaker, word in wanted.items())


def spoken(words):
    """As PCMU, with a breath before and after."""
    path = tempfile.mktemp(prefix="offhook-words-", suffix=".wav")
    subprocess.run(["flite", "-voice", "slt", "-t", words, "-o", path], check=True)
    sound = subprocess.run(["sox", path, "-r", "8000", "-t", "ul", "-", "pad", "0.3", "1"], check=True, stdout=subprocess.PIPE).stdout
    os.unlink(path)
    return sound


def transcribed(program):
    """Two who are joined speak: each is written down as who they are, and nobody where that is not wanted."""
    if not shutil.which("flite") or not shutil.which("sox"):
        print("skipped: transcribed: flite or sox is not installed (scripts/install test)")
        return
    callee = Callee()
    for whom, wanted in (("both", {"caller": "buy", "operator": "sales"}), ("caller", {"caller": "buy"}), ("nobody", {})):
        server = Desk(program, trunk("far", callee), places=8, speech=f"transcribe-joined: {whom}",
                      routes='  - {number: "200", forward: {trunk: far}}\n')
        both = Both(server, callee)
        both.up(), both.joined()
        says(both.caller, 0, 0), says(callee, 0, 0)
        time.sleep(1) # Tones are no words: their utterance ends.
        ref = server.cdr("--live")[-1]["ref"]
        listening = wait_for(lambda: (server.ask("status") or {}).get("speech", {}).get("listening") == len(wanted), 6)
        for _ in range(4): # What a busy machine heard badly is said again.
            for who, words in ((both.caller, "i want to buy something"), (callee, "sales please, sales please")):
                with who.sound.lock:
                    who.sound.mouth = spoken(words)
                wait_for(lambda who=who: not who.sound.mouth, 15)
            if wait_for(lambda: wanted and by_speaker(server.whole(ref), wanted), 6 if wanted else 1, 0.5):
                break
        check(f"with_{whom}_it_ends_well", both.close())
        turns = call_of(server).get("turns", [])
        check(f"with_{whom}_there_are_so_many_recognisers_at_work", listening, server.ask("status"))
        check(f"with_{whom}_the_words_are_in_the_account_by_who_spoke", by_speaker({"turns": turns}, wanted), turns)
        check(f"with_{whom}_nothing_is_left", server.nothing_left()
              and wait_for(lambda: (server.status() or {}).get("recognisers") == 0, 4), server.status())
        done = server.run("replay", server.conf)
        check(f"with_{whom}_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
        server.close()
    callee.close()


def moved(server, callee):
    both = Both(server, callee)
    both.up(), both.joined()
    old = callee.sound
    callee.sound = Sound(callee.address)
    answer = callee.reinvite()
    says(callee, HIGH)
    check("a_callee_that_moves_is_heard_and_hears_there", status(answer) == 200 and both.joined(), answer)
    old.close()
    check("its_call_ends_well", both.close(callee))


def keys(server, callee):
    both = Both(server, callee)
    both.up(), both.joined()
    both.caller.sound.key(7)
    event = wait_for(lambda: [p for at, kind, p, _ in list(callee.sound.heard) if kind == 101], 3)
    check("a_key_is_passed_as_an_event", event and event[0][0] == 7, event)
    answer = both.caller.ask("INFO", "Signal=5\r\nDuration=160\r\n", ctype="application/dtmf-relay")
    event = wait_for(lambda: [p for at, kind, p, _ in list(callee.sound.heard) if kind == 101 and p[0] == 5], 3)
    check("a_key_by_info_becomes_one_too", status(answer) == 200 and event, answer)
    check("and_its_end_is_clean_", both.close())
    both = Both(server, callee)
    plain = callee.sdp(formats="0").replace("a=rtpmap:101 telephone-event/8000\r\n", "")
    callee.reply(callee.request, "200 OK", plain)
    callee.expect("ACK")
    both.caller.learn(both.caller.expect("SIP/2.0 2"))
    both.caller.ack()
    says(both.caller, LOW), says(callee, HIGH)
    both.joined()
    both.caller.sound.key(3)
    info = callee.expect("INFO", 4)
    callee.reply(info)
    check("who_knows_no_events_gets_an_info", "Signal=3" in info, info)
    both.close()


def worker_killed(server, callee):
    both = Both(server, callee)
    good = both.up() and both.joined()
    server.kill_worker()
    check("sound_goes_on_when_signalling_dies", good and both.joined())
    wait_for(lambda: (server.ask("status") or {}).get("sip", {}).get("restarts"), 5)
    time.sleep(0.5)
    check("and_its_good_bye_is_passed_by_the_next_one", both.close(), call_of(server))


def two_offhooks(program):
    callee = Callee()
    inner = Desk(program, trunk("far", callee), routes='  - {number: "200", forward: {trunk: far}}\n')
    outer = Desk(program, trunk("inner", types.SimpleNamespace(port=inner.port)),
                 routes='  - {number: "200", forward: {trunk: inner}}\n')
    both = Both(outer, callee, ring=True)
    check("over_two_offhooks_ringing_passes", bool(both.rang))
    check("over_two_offhooks_both_hear_each_other", both.up() and both.joined())
    answer = both.caller.reinvite(both.caller.sdp(way="sendonly", version=9))
    answer2 = both.caller.reinvite()
    check("hold_and_resume_too", status(answer) == 200 and status(answer2) == 200 and both.joined())
    check("and_good_byes", both.close(callee))
    check("nothing_is_left_in_either", outer.nothing_left() and inner.nothing_left())
    outer.close(), inner.close(), callee.close()


def part(program):
    callee, folder = Callee(), tempfile.mkdtemp(prefix="offhook-music-")
    music = tone_file(folder, MUSIC)
    server = Desk(program, trunk("far", callee), manners="ring: 2s, silence: 20s", capture=f'true, music: "{music}"',
                  routes='  - {number: "200", forward: {trunk: far}}\n')
    for step in (talk, early_sound, refused, cancelled, late, held, moved, keys, worker_killed):
        step(server, callee)
    check("nothing_is_left", server.nothing_left(), server.ask("status"))
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close(), callee.close()
    baresip_holds(program, music)
    transcribed(program)
    os.unlink(music), os.rmdir(folder)
    two_offhooks(program)

# SPDX-License-Identifier: Apache-2.0
"""refers.py - our REFER: the agent of the desk transfers who presses 1."""
import os
import re
import tempfile
import time

from office import LOOPBACK, Peer

from callee import Baresip, Callee, Desk, Phone, check, header, hears, says, sipp, trunk, wait_for


def pressed(server):
    """A caller who has pressed 1, and the REFER that it got."""
    phone = Phone(server)
    phone.dial()
    wait_for(lambda: phone.sound.loud() > 5)
    phone.sound.key(1)
    return phone, phone.expect("REFER", 12)


def notify(phone, status, state="active;expires=60"):
    return phone.ask("NOTIFY", f"SIP/2.0 {status}\r\n", headers=f"Event: refer\nSubscription-State: {state}",
                     ctype="message/sipfrag;version=2.0")


def transfers(call):
    return [(t["how"], t["done"], t["status"]) for t in call.get("transfers", [])]


def taken(server, callee):
    phone, refer = pressed(server)
    phone.reply(refer, "202 Accepted")
    one, two = notify(phone, "100 Trying"), notify(phone, "200 OK", "terminated;reason=noresource")
    bye = phone.expect("BYE", 4)
    phone.reply(bye)
    call = server.last()
    check("who_follows_our_reference_is_given_away_and_told_so", "+14155550199" in header(refer, "Refer-To")
          and "200 OK" in one and "200 OK" in two and bool(bye) and call.get("cause") == "transferred"
          and transfers(call) == [("refer", True, 200)], (refer, one, two, call))
    phone.close()


def challenged(server, callee):
    phone, refer = pressed(server)
    phone.reply(refer, "407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"there\", nonce=\"n9\", "
                "algorithm=MD5, qop=\"auth\"")
    again = phone.expect("REFER", 4)
    check("a_challenge_to_our_reference_is_answered_with_the_trunks_password", 'username="us"' in header(again, "Proxy-Authorization")
          and "+14155550199" in header(again, "Refer-To"), again)
    phone.reply(again, "202 Accepted")
    notify(phone, "200 OK", "terminated;reason=noresource")
    phone.reply(phone.expect("BYE", 4))
    phone.close()
    call = server.last()
    check("and_it_counts", transfers(call) == [("refer", True, 200)] and call.get("cause") == "transferred", call)


def given_up(server, callee):
    """A REFER whose credentials are refused again and again; what follows it is asked for some too."""
    def challenge(nonce):
        return (f"407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"there\", nonce=\"{nonce}\", "
                "algorithm=MD5, qop=\"auth\", stale=true")
    phone, refer = pressed(server)
    for nonce in ("n1", "n2", "n3"):
        phone.reply(refer, challenge(nonce))
        refer = phone.expect("REFER", 4) if nonce != "n3" else refer
    hold = phone.expect("INVITE", 4)
    phone.reply(hold, challenge("n4"))
    again = phone.expect("INVITE", 4)
    check("what_was_asked_for_before_does_not_count_against_the_next_request", "n2" in header(refer, "Proxy-Authorization")
          and 'username="us"' in header(again, "Proxy-Authorization"), (refer, hold, again))
    phone.reply(again, "200 OK", phone.sdp(way="recvonly"))
    callee.invited()
    callee.refuse("486 Busy Here")
    phone.reply(phone.expect("INVITE", 4), "200 OK", phone.sdp())
    phone.hang_up()
    phone.close()
    check("and_both_tries_count", transfers(server.last()) == [("refer", False, 407), ("bridge", False, 486)], server.last())


def failed(server, callee):
    phone, refer = pressed(server)
    phone.reply(refer, "202 Accepted")
    notify(phone, "486 Busy Here", "terminated;reason=noresource")
    since = time.monotonic()
    heard = wait_for(lambda: phone.sound.loud(since) > 20, 6)
    check("when_the_target_is_busy_the_agent_goes_on", heard and phone.hang_up() == 200)
    phone.close()
    call = server.last()
    check("and_the_account_says_so", transfers(call) == [("refer", False, 486)] and call["cause"] == "caller_hung_up", call)


def bridged(server, callee, code):
    phone, refer = pressed(server)
    phone.reply(refer, code)
    hold = phone.expect("INVITE", 4)
    phone.reply(hold, "200 OK", phone.sdp(way="recvonly"))
    invite = callee.invited()
    callee.ring()
    since = time.monotonic()
    check(f"after_a_{code[:3]}_who_waits_hears_music", "a=sendonly" in hold and bool(invite)
          and wait_for(lambda: phone.sound.loud(since) > 20, 4), (hold, phone.sound.packets(since)))
    took = callee.take()
    back = phone.expect("INVITE", 4)
    phone.reply(back, "200 OK", phone.sdp())
    says(phone, 440), says(callee, 1250)
    check(f"after_a_{code[:3]}_both_are_joined_over_us", took and bool(back) and hears(phone, 1250) and hears(callee, 440), back)
    ended = phone.hang_up() if code[:3] == "603" else callee.hang_up()
    other = (callee if code[:3] == "603" else phone).expect("BYE", 4)
    (callee if code[:3] == "603" else phone).reply(other)
    phone.close()
    call = server.last()
    check("and_the_account_has_both_tries", ended == 200 and bool(other)
          and transfers(call) == [("refer", False, int(code[:3])), ("bridge", True, 200)], call)


def glare(server, callee):
    phone, refer = pressed(server)
    phone.reply(refer, "603 Decline")
    hold = phone.expect("INVITE", 4)
    phone.reply(hold, "491 Request Pending")
    callee.invited()
    again = phone.expect("INVITE", 6)
    phone.reply(again, "200 OK", phone.sdp(way="recvonly"))
    check("a_hold_that_met_theirs_is_asked_again", "a=sendonly" in hold and "a=sendonly" in again, (hold, again))
    callee.refuse("486 Busy Here")
    back = phone.expect("INVITE", 4)
    phone.reply(back, "200 OK", phone.sdp())
    since = time.monotonic()
    check("and_when_nobody_takes_the_call_the_agent_speaks_again", "a=sendrecv" in back
          and wait_for(lambda: phone.sound.loud(since) > 20, 6), back)
    phone.hang_up()
    phone.close()
    check("both_tries_are_told", transfers(server.last()) == [("refer", False, 603), ("bridge", False, 486)], server.last())


def by_sipp(server, callee):
    done = sipp(server, "refer-taken.xml")
    if done:
        call = server.last()
        check("sipp_follows_our_reference_and_is_let_go", done.returncode == 0 and transfers(call) == [("refer", True, 200)]
              and call["cause"] == "transferred", (done.stdout[-800:], call))


def by_baresip(server, callee):
    phone = Baresip()
    if phone.start():
        phone.tell("dial", f"sip:100@{LOOPBACK}:{server.port}")
        up = wait_for(lambda: "Call established" in phone.peer.log(), 8)
        phone.tell("sndcode", "1")
        invite = callee.invited(12)
        took = callee.take()
        call = server.last()
        check("baresip_follows_our_reference_and_calls_the_target", bool(up and invite) and took and "bob" in header(invite, "From")
              and transfers(call) == [("refer", True, 200)] and call["cause"] == "transferred", (re.sub(r"\n*\[[0-9:]+\] audio=[^\n]*", "", phone.peer.log())[-1500:], call))
        callee.hang_up()
    phone.close()


def by_our_caller(server, callee):
    """`offhook call` refuses in words, stays on the line, and is carried to the target."""
    script = tempfile.NamedTemporaryFile("w", suffix=".script")
    script.write("wait agent\npress 1\nwait 3s\nhangup\n")
    script.flush()
    calling = Peer([server.program, "call", f"sip:100@{LOOPBACK}:{server.port}", "--script", script.name])
    invite = callee.invited(20)
    took = callee.take()
    says(callee, 1250)
    bye = callee.ended(15)
    wait_for(lambda: not calling.running(), 10)
    said = calling.log()
    call = server.last()
    check("offhook_call_refuses_a_reference_in_words_and_is_carried_over", bool(invite) and took and bool(bye)
          and "refused (603)" in said and transfers(call) == [("refer", False, 603), ("bridge", True, 200)], (said, call))
    calling.close()


def never_told(server, callee):
    phone, refer = pressed(server)
    phone.reply(refer, "202 Accepted")
    time.sleep(5) # The ringing time and five seconds over it.
    since = time.monotonic()
    check("who_never_tells_is_not_waited_for_ever", wait_for(lambda: phone.sound.loud(since) > 20, 8) and phone.hang_up() == 200)
    phone.close()
    call = server.last()
    check("and_that_is_told", transfers(call) == [("refer", False, 408)], call)


def worker_killed(server, callee):
    phone, refer = pressed(server)
    phone.reply(refer, "202 Accepted")
    time.sleep(0.3)
    server.kill_worker()
    wait_for(lambda: (server.ask("status") or {}).get("sip", {}).get("restarts"), 5)
    time.sleep(0.5)
    answer = notify(phone, "200 OK", "terminated;reason=noresource")
    bye = phone.expect("BYE", 4)
    phone.reply(bye)
    call = server.last()
    check("a_result_that_comes_to_the_next_signalling_counts", bool(bye) and transfers(call) == [("refer", True, 200)],
          (answer, bye, call))
    phone.close()


def part(program):
    callee = Callee()
    os.environ["OFFHOOK_THERE"] = "xyzzy-3"
    server = Desk(program, trunk("far", callee, 'user: us, password: "${OFFHOOK_THERE}"'), manners="ring: 2s, silence: 20s")
    for step in (taken, challenged, given_up, failed, lambda s, c: bridged(s, c, "603 Decline"), lambda s, c: bridged(s, c, "405 Method Not Allowed"),
                 by_sipp, by_baresip, by_our_caller, glare, never_told, worker_killed):
        step(server, callee)
    check("nothing_is_left", server.nothing_left(), server.ask("status"))
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close(), callee.close()

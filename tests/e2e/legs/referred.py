# SPDX-License-Identifier: Apache-2.0
"""referred.py - their REFER, and their INVITE with Replaces."""
import re
import threading
import time

from callee import LOOPBACK, Baresip, Callee, Desk, Phone, check, header, sipp, status, trunk, wait_for

ASK = "Refer-To: <sip:300@192.0.2.99>\nReferred-By: <sip:interop@127.0.0.1>"


def caller_of(server):
    phone = Phone(server)
    check("a_call_is_up", phone.dial() == 200 and wait_for(lambda: phone.sound.loud() > 5), phone.answer)
    return phone


def told(phone, wanted, seconds=5):
    """NOTIFYs, answered, until that status is told; all of them."""
    heard, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        notify = phone.expect("NOTIFY", 1)
        if notify:
            phone.reply(notify)
            heard.append(int(re.search(r"SIP/2.0 (\d+) [^\r]*\r\n$", notify)[1]))
            if heard[-1] == wanted and "terminated" in header(notify, "Subscription-State"):
                break
    return heard


def followed(server, callee):
    phone = caller_of(server)
    answer = phone.ask("REFER", headers=ASK)
    invite = callee.invited()
    took = callee.take()
    heard = told(phone, 200)
    bye = phone.expect("BYE", 5)
    phone.reply(bye)
    check("a_reference_is_accepted_and_its_result_told", status(answer) == 202 and heard[:1] == [100] and heard[-1:] == [200],
          (answer, heard))
    check("the_new_party_is_called_over_the_trunk_whatever_host_was_named", invite.startswith(f"INVITE sip:300@{LOOPBACK}")
          and "interop" in header(invite, "Referred-By"), invite)
    check("who_referred_is_let_go", bool(bye))
    check("the_conversation_goes_on_with_the_new_party", took and wait_for(lambda: callee.sound.loud() > 20, 6))
    callee.hang_up()
    phone.close()
    call = server.last()
    check("and_the_account_tells_it", [(t["how"], t["done"]) for t in call.get("transfers", [])] == [("referred", True)]
          and [leg["role"] for leg in call["legs"]] == ["caller", "referred"], call)


def by_sipp(server, callee):
    took = []
    waiting = threading.Thread(target=lambda: took.append(bool(callee.invited(15)) and callee.take()))
    waiting.start()
    done = sipp(server, "refer-sent.xml")
    waiting.join()
    if done:
        check("sipp_refers_is_told_and_let_go", done.returncode == 0 and took == [True]
              and wait_for(lambda: callee.sound.loud() > 20, 6), done.stdout[-800:])
        callee.hang_up()
        call = server.last()
        check("and_its_account_tells_it", [(t["how"], t["done"]) for t in call.get("transfers", [])] == [("referred", True)], call)


def by_baresip(server, callee):
    phone = Baresip()
    if phone.start():
        phone.tell("dial", f"sip:100@{LOOPBACK}:{server.port}")
        up = wait_for(lambda: "Call established" in phone.peer.log(), 8)
        phone.tell("transfer", "sip:300@192.0.2.99")
        invite = callee.invited(10)
        took = callee.take()
        check("baresip_refers_and_the_conversation_goes_on", bool(up and invite) and took
              and wait_for(lambda: callee.sound.loud() > 20, 6), phone.peer.log()[-1500:])
        callee.hang_up()
        call = server.last()
        check("and_the_account_tells_that", [(t["how"], t["done"]) for t in call.get("transfers", [])] == [("referred", True)], call)
    phone.close()


def busy(server, callee):
    phone = caller_of(server)
    phone.ask("REFER", headers=ASK)
    callee.invited()
    callee.refuse("486 Busy Here")
    heard = told(phone, 486)
    since = time.monotonic()
    check("a_busy_target_is_told_and_the_call_goes_on", heard == [100, 486]
          and wait_for(lambda: phone.sound.packets(since) > 20, 3), heard)
    check("with_the_old_party", phone.hang_up() == 200)
    phone.close()
    call = server.last()
    check("and_the_account_says_who_was_busy", [(t["done"], t["status"]) for t in call["transfers"]] == [(False, 486)], call)


def worker_killed(server, callee):
    phone = caller_of(server)
    phone.ask("REFER", headers=ASK)
    callee.invited()
    callee.ring()
    time.sleep(0.3)
    server.kill_worker()
    heard = told(phone, 503, 6)
    since = time.monotonic()
    check("when_signalling_dies_in_mid_refer_the_old_party_keeps_its_call_and_is_told", heard[-1:] and heard[-1] >= 400
          and wait_for(lambda: phone.sound.packets(since) > 20, 3), heard)
    check("and_may_hang_up", phone.hang_up() == 200)
    phone.close()
    check("and_nothing_stays", server.nothing_left(), server.ask("status"))


def outside(server, callee):
    phone = Phone(server)
    answer = phone.ask("REFER", headers=ASK)
    check("outside_of_a_dialog_it_is_refused", status(answer) == 403, answer)
    phone.close()


def refused(program):
    callee = Callee()
    server = Desk(program, trunk("far", callee))
    phone = caller_of(server)
    answer = phone.ask("REFER", headers=ASK)
    since = time.monotonic()
    check("without_a_word_in_the_configuration_it_is_refused", status(answer) == 603 and not callee.invited(0.5)
          and wait_for(lambda: phone.sound.packets(since) > 10, 2), answer)
    replaced = Phone(server)
    answer = replaced.ask("INVITE", replaced.sdp(), headers=replaces(phone))
    replaced.ack(branch=re.search(r"branch=([^;\s]+)", header(answer, "Via"))[1], to_tag=tag_of(answer))
    check("so_is_replaces", status(answer) == 403 and phone.hang_up() == 200, answer)
    phone.close(), replaced.close(), callee.close(), server.close()


def tag_of(answer):
    found = re.search(r"tag=([^;\s]+)", header(answer, "To"))
    return found[1] if found else ""


def replaces(phone, more=""):
    return f"Replaces: {phone.call_id};to-tag={phone.to_tag};from-tag={phone.tag}{more}"


def replaced(server, callee):
    old, new = caller_of(server), Phone(server)
    got = new.dial(headers=replaces(old))
    bye = old.expect("BYE", 5)
    old.reply(bye)
    check("who_replaces_a_leg_has_its_conversation", got == 200 and bool(bye)
          and wait_for(lambda: new.sound.loud() > 10, 8), (new.answer, bye))
    check("and_ends_it", new.hang_up() == 200)
    call = server.last()
    check("one_call_two_legs", [leg["role"] for leg in call.get("legs", [])] == ["caller", "replaces"]
          and [(t["how"], t["done"]) for t in call["transfers"]] == [("replaces", True)], call)
    late = Phone(server)
    got = late.dial(headers=replaces(old))
    check("a_leg_that_is_gone_cannot_be_replaced", got in (481, 603), late.answer)
    none = Phone(server)
    got = none.dial(headers="Replaces: nobody@nowhere;to-tag=1;from-tag=2")
    check("nor_one_that_never_was", got == 481, none.answer)
    up = caller_of(server)
    early = Phone(server)
    got = early.dial(headers=replaces(up, ";early-only"))
    check("nor_an_answered_one_by_who_wants_it_early", got == 486, early.answer)
    check("who_still_talks", up.hang_up() == 200)
    for phone in (old, new, late, none, early, up):
        phone.close()


def of_another_trunk(program):
    callee = Callee()
    server = Desk(program, f'  - {{name: near, sources: ["127.0.0.1"], host: "{LOOPBACK}:{callee.port}", refer: allow}}\n'
                  '  - {name: other, sources: ["127.0.0.2"], host: "127.0.0.2:9", refer: allow}\n')
    old, thief = caller_of(server), Phone(server, address="127.0.0.2", to=(LOOPBACK, server.port))
    got = thief.dial(headers=replaces(old))
    check("nobody_of_another_trunk_replaces_a_leg", got == 403 and old.hang_up() == 200, thief.answer)
    old.close(), thief.close(), callee.close(), server.close()


def part(program):
    callee = Callee()
    server = Desk(program, trunk("far", callee, "refer: allow"), manners="ring: 3s, silence: 20s")
    for step in (followed, by_sipp, by_baresip, busy, outside, replaced, worker_killed):
        step(server, callee)
    check("nothing_is_left", server.nothing_left(), server.ask("status"))
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close(), callee.close()
    refused(program)
    of_another_trunk(program)

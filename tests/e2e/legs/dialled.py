# SPDX-License-Identifier: Apache-2.0
"""dialled.py - calls that we place: who answers, who does not, and that one key is one call."""
import os
import time

from callee import Callee, Desk, check, header, says, trunk, wait_for


def answered(server, callee):
    ref = server.dial("+14155550123", "--header", "X-Order: 4711", "--from", "1000")
    invite = callee.invited()
    check("the_invite_has_the_number_ours_and_the_header", invite.startswith("INVITE sip:+14155550123@")
          and "sip:1000@" in header(invite, "From") and header(invite, "X-Order") == "4711", invite)
    callee.ring()
    shown = server.run("calls", server.conf).stdout
    took = callee.take()
    loud = wait_for(lambda: callee.sound.loud() > 30, 5)
    ended = callee.hang_up()
    call = server.call_row(ref)
    check("who_answers_hears_the_greeting_and_may_hang_up", took and loud and ended == 200
          and call.get("cause") == "callee_hung_up" and call.get("answered"), (took, loud, ended, call))
    check("the_account_says_that_we_placed_it", call.get("direction") == "out" and call.get("called") == "+14155550123"
          and [leg["role"] for leg in call.get("legs", [])] == ["callee"], call)
    check("it_was_among_the_calls_that_are_up", ref in shown and "+14155550123" in shown, shown)


def early(server, callee):
    ref = server.dial("+14155550124")
    callee.invited()
    callee.ring(sound=True)
    says(callee, 600)
    time.sleep(0.4)
    quiet = callee.sound.loud()
    took = callee.take()
    loud = wait_for(lambda: callee.sound.loud() > 30, 5)
    callee.hang_up()
    check("early_sound_is_not_spoken_to_and_the_answer_is", took and not quiet and loud
          and server.call_row(ref).get("cause") == "callee_hung_up", (took, quiet, loud))


def reliable(server, callee):
    ref = server.dial("+14155550124")
    callee.invited()
    callee.reply(callee.request, "183 Session Progress", callee.sdp(), "Require: 100rel\nRSeq: 71")
    prack = callee.expect("PRACK")
    callee.reply(prack)
    took = callee.take()
    loud = wait_for(lambda: callee.sound.loud() > 30, 5)
    callee.hang_up()
    check("a_reliable_ringing_is_acknowledged", header(prack, "RAck").split()[:1] == ["71"] and took and loud
          and server.call_row(ref).get("cause") == "callee_hung_up", prack)


def refused(server, callee):
    for code, cause in (("486 Busy Here", "busy"), ("603 Decline", "refused"),
                        ("480 Temporarily Unavailable", "no_answer"), ("404 Not Found", "refused"),
                        ("503 Service Unavailable", "trunk_failed")):
        ref = server.dial("+14155550125", "--trunk", "first")
        callee.invited()
        acked = callee.refuse(code)
        call = server.call_row(ref)
        check(f"a_{code[:3]}_is_told_as_{cause}", acked and call.get("cause") == cause and call.get("status") == int(code[:3])
              and not call.get("answered"), (acked, call))


def moved(server, callee):
    """302: followed to the trunk's own host, not to a stranger's."""
    ref = server.dial("+14155550125", "--trunk", "first")
    callee.invited()
    callee.refuse("302 Moved Temporarily") # Contact: <sip:callee@...>, where it is.
    again = callee.invited()
    took = callee.take()
    callee.hang_up()
    call = server.call_row(ref)
    check("a_302_to_the_trunks_own_host_is_followed", again.startswith("INVITE sip:callee@") and took
          and call.get("cause") == "callee_hung_up", (again, call))
    ref = server.dial("+14155550125", "--trunk", "first")
    request = callee.invited()
    callee.reply(request, "302 Moved Temporarily\r\nContact: <sip:900@198.51.100.1>")
    callee.expect("ACK")
    call = server.call_row(ref)
    check("a_302_to_a_stranger_is_told_as_it_came", not callee.invited(1) and call.get("cause") == "refused"
          and call.get("status") == 302, call)


def rings_for_ever(server, callee):
    ref = server.dial("+14155550126")
    callee.invited()
    callee.ring()
    cancel = callee.expect("CANCEL", 8)
    callee.reply(cancel)
    acked = callee.refuse("487 Request Terminated")
    call = server.call_row(ref)
    check("who_never_answers_is_cancelled_after_the_ringing_time", bool(cancel) and acked and call.get("cause") == "no_answer",
          (cancel, call))


def next_trunk(server, first, second):
    ref = server.dial("+14155550127")
    first.invited()
    first.refuse("503 Service Unavailable")
    other = second.invited()
    took = second.take()
    second.hang_up()
    call = server.call_row(ref)
    check("after_a_503_the_next_trunk_is_tried", bool(other) and took and call.get("cause") == "callee_hung_up"
          and call.get("trunk") == "second", call)


def proves(server, callee):
    ref = server.dial("+14155550128", "--trunk", "second")
    callee.invited()
    callee.reply(callee.request, "401 Unauthorized", headers='WWW-Authenticate: Digest realm="there", nonce="n1", '
                 'algorithm=MD5, qop="auth"')
    callee.expect("ACK")
    again = callee.invited()
    took = callee.take()
    callee.hang_up()
    check("a_challenge_is_answered_with_the_trunks_password", took and 'username="us"' in header(again, "Authorization")
          and server.call_row(ref).get("cause") == "callee_hung_up", again)
    ref = server.dial("+14155550128", "--trunk", "second")
    for _ in range(3):
        if not callee.invited(3):
            break
        callee.reply(callee.request, "401 Unauthorized", headers='WWW-Authenticate: Digest realm="there", nonce="n2", '
                     'algorithm=MD5, qop="auth"')
        callee.expect("ACK")
    call = server.call_row(ref)
    check("who_is_never_content_is_told_so", call.get("cause") == "refused" and call.get("status") == 401, call)


def one_key_one_call(server, callee):
    ref = server.dial("+14155550129", "--key", "order-1")
    callee.invited()
    callee.take()
    again = server.run("dial", "+14155550129", server.conf, "--key", "order-1")
    check("the_same_key_names_the_first_call", again.returncode == 0 and ref in again.stdout and "first call" in again.stdout,
          again.stdout + again.stderr)
    callee.hang_up()
    server.call_row(ref)
    again = server.run("dial", "+14155550129", server.conf, "--key", "order-1")
    check("also_when_it_is_over", ref in again.stdout and not callee.invited(0.7), again.stdout + again.stderr)


def killed_after_acceptance(server, callee):
    ref = server.dial("+14155550130", "--key", "order-2")
    server.kill()
    server.start()
    again = server.run("dial", "+14155550130", server.conf, "--key", "order-2")
    invites = set()
    while callee.invited(1):
        invites.add(callee.call_id)
        callee.refuse("486 Busy Here")
    call = server.call_row(ref)
    check("killed_right_after_it_took_the_key_it_places_no_second_call", ref in again.stdout and len(invites) <= 1
          and call.get("cause") == "server_failure", (again.stdout, invites, call))


def worker_killed(server, callee):
    ref = server.dial("+14155550131")
    callee.invited()
    callee.ring()
    server.kill_worker()
    call = server.call_row(ref)
    check("when_signalling_dies_in_mid_dial_the_call_says_so", call.get("cause") == "trunk_failed" and call.get("detail"), call)
    took = callee.reply(callee.request, "200 OK", callee.sdp())
    ended = callee.ended(3)
    check("and_a_late_answer_is_acknowledged_and_ended_or_ignored", took is None, ended)
    check("and_nothing_is_left_of_it", server.nothing_left(), server.ask("status"))


def part(program):
    os.environ["OFFHOOK_THERE"] = "xyzzy-3"
    first, second = Callee(), Callee()
    server = Desk(program, trunk("first", first) + trunk("second", second, 'user: us, password: "${OFFHOOK_THERE}"'),
                  outbound=("first", "second"), manners="ring: 2s, silence: 20s")
    for step in (answered, early, reliable, refused, moved, rings_for_ever, one_key_one_call):
        step(server, first)
    next_trunk(server, first, second)
    proves(server, second)
    worker_killed(server, first)
    killed_after_acceptance(server, first)
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    check("no_password_is_in_the_log", "xyzzy" not in server.log_text())
    server.close(), first.close(), second.close()

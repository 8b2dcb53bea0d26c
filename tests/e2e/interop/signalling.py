# SPDX-License-Identifier: Apache-2.0
"""signalling.py - known troubles of other telephones' and trunks' signalling, one step each."""
import re
import socket
import time

from office import Office, check, wait_for
from phone import Phone, header, origin, status


def talk(phone, name, dialed, detail=""):
    """A call that came up, has our sound, and ends cleanly."""
    heard = phone.sound is None or wait_for(lambda: phone.sound.loud() > 10, 6)
    ended = phone.hang_up() if dialed == 200 else 0
    check(name, dialed == 200 and heard and ended == 200, f"{dialed} {heard} {ended} {detail or phone.answer}")
    phone.close()


# ---- How a message is written ----

def compact_headers(server):
    phone = Phone(server)
    text = phone.message("INVITE", phone.sdp())
    for name, letter in (("Via", "v"), ("From", "f"), ("To", "t"), ("Call-ID", "i"), ("Contact", "m"),
                         ("Content-Type", "c"), ("Content-Length", "l")):
        text = re.sub(rf"(?m)^{name}:", f"{letter} :", text)
    phone.send(text)
    answer = phone.expect("SIP/2.0 [2-6]")
    phone.learn(answer)
    phone.ack()
    talk(phone, "compact_headers_are_read", status(answer))


def folded_headers(server):
    phone = Phone(server)
    text = phone.message("INVITE", phone.sdp(), headers="X-Folded: first\n  second\n\tthird")
    text = text.replace("From: <", "From:\r\n \"A long name\"\r\n\t<").replace(";tag=", "\r\n  ;tag=", 1)
    text = text.replace("CSeq: ", "CSeq:\r\n ").replace(";rport", "\r\n ;rport")
    phone.send(text)
    answer = phone.expect("SIP/2.0 [2-6]")
    phone.learn(answer)
    phone.ack()
    talk(phone, "headers_folded_over_several_lines_are_read", status(answer))


def large_in_small_pieces(server):
    phone = Phone(server, stream=True)
    phone.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    more = "\n".join(f"P-Charging-Vector-{i}: {'icid-value=' + 'a1b2' * 40}" for i in range(46))
    text = phone.message("INVITE", phone.sdp(), headers=more).encode()
    for i in range(len(text)):
        phone.socket.sendall(text[i:i + 1])
    answer = phone.expect("SIP/2.0 [2-6]", 10)
    phone.learn(answer)
    phone.ack()
    talk(phone, "eight_kilobytes_of_invite_in_pieces_of_one_byte_over_tcp_are_a_call",
         status(answer) if len(text) > 8000 else len(text))


def two_in_one_piece(server):
    phone = Phone(server, stream=True)
    dialed = phone.dial(headers="", body=phone.sdp())
    phone.send(phone.message("OPTIONS") + "\r\n\r\n" + phone.message("BYE", contact=False))
    first, second = phone.expect("SIP/2.0 [2-6]"), phone.expect("SIP/2.0 [2-6]")
    check("two_requests_in_one_piece_and_keep_alives_between_are_two_answers",
          (dialed, status(first), status(second)) == (200, 200, 200), f"{dialed} {first} {second}")
    phone.close()


def many_contacts(server):
    phone = Phone(server)
    text = phone.message("INVITE", phone.sdp())
    more = ", ".join(f"<sip:device{i}@192.0.2.{i};transport=udp>;expires=3600;q=0.{i % 10}" for i in range(1, 31))
    text = re.sub(r"(?m)^(Contact: <[^>]+>)", rf"\1, {more}", text)
    phone.send(text)
    answer = phone.expect("SIP/2.0 [2-6]")
    phone.learn(answer)
    phone.ack()
    talk(phone, "a_contact_list_of_thirty_one_is_read_and_its_first_is_used", status(answer))


def who_calls(server):
    phone = Phone(server)
    dialed = phone.dial(from_line='"Anonymous" <sip:anonymous@anonymous.invalid>',
                        headers="Privacy: id\nP-Asserted-Identity: <sip:+14155550177@trunk.example>")
    talk(phone, "a_caller_who_withholds_the_number_is_taken", dialed)
    call = server.last()
    check("and_the_account_has_what_the_trunk_asserts", call.get("asserted") == "+14155550177", call)
    phone = Phone(server)
    dialed = phone.dial(uri="tel:+1-415-555-0123;phone-context=example.com", from_line="<tel:+1-415-555-0188>")
    talk(phone, "tel_numbers_are_taken_as_numbers", dialed)
    call = server.last()
    check("without_their_separators", call.get("called") == "+14155550123" and call.get("caller") == "+14155550188",
          call)


# ---- Said twice, late, or out of turn ----

def invite_storm(server):
    phone = Phone(server)
    text = phone.message("INVITE", phone.sdp())
    for _ in range(60):
        phone.send(text)
    answer = phone.expect("SIP/2.0 200")
    phone.learn(answer)
    phone.ack()
    for _ in range(20): # And some more, too late.
        phone.send(text)
    talk(phone, "sixty_copies_of_an_invite_are_answered_as_one", status(answer))
    server.ended()
    calls = [row for row in server.cdr() if row.get("sip_call_id", row.get("call_id")) == phone.call_id]
    check("and_are_one_call_in_the_account", len(calls) == 1, calls)


def answer_storm(server):
    """No ACK for a while: the 200 comes again and again, is one answer, and stops at the ACK."""
    phone = Phone(server)
    answer = phone.ask("INVITE", phone.sdp())
    copies = [phone.expect("SIP/2.0 200", 3) for _ in range(2)]
    phone.learn(answer)
    phone.ack()
    time.sleep(0.2)
    while phone.receive(0.05):
        pass
    check("a_200_is_sent_again_until_its_ack", copies == [answer] * 2, copies)
    check("and_not_after_it", not phone.receive(4.2))
    for _ in range(30): # ACKs once more, as proxies and lost packets make them.
        phone.ack()
    talk(phone, "thirty_acks_are_one", status(answer))


def odd_acks(server):
    phone = Phone(server)
    branch = "z9hG4bKsame" + phone.call_id
    answer = phone.ask("INVITE", phone.sdp(), branch=branch)
    phone.learn(answer)
    phone.ack(branch=branch) # Wrong for a 200 (RFC 3261 13.2.2.4), and seen.
    check("an_ack_with_the_branch_of_its_invite_counts", wait_for(lambda: phone.sound.loud() > 5), server.status())
    talk(phone, "and_its_call_goes_on", status(answer))


def bye_again(server):
    phone = Phone(server)
    phone.dial()
    text = phone.message("BYE", contact=False)
    answers = []
    for _ in range(3):
        phone.send(text)
        answers.append(status(phone.expect("SIP/2.0 ")))
    check("a_bye_sent_three_times_is_answered_three_times", answers == [200] * 3, answers)
    phone.close()


def cancels(server):
    phone = Phone(server)
    text = phone.message("INVITE", phone.sdp(), headers="Require: 100rel")
    branch = re.search(r"branch=([^;\s]+)", text)[1]
    phone.send(text)
    ringing = phone.expect("SIP/2.0 180")
    phone.send(phone.message("CANCEL", cseq=phone.cseq, to_tag="", branch=branch, contact=False))
    got = sorted(status(phone.expect("SIP/2.0 [2-6]")) for _ in range(2))
    check("a_cancel_without_to_tag_ends_a_ringing_call", bool(ringing) and got == [200, 487], f"{ringing} {got}")
    phone.ack(branch=branch)
    phone.close()
    phone = Phone(server)
    branch = "z9hG4bKlate" + phone.call_id
    answer = phone.ask("INVITE", phone.sdp(), branch=branch)
    phone.send(phone.message("CANCEL", cseq=phone.cseq, to_tag="", branch=branch, contact=False))
    late = phone.expect("SIP/2.0 [2-6]", 3)
    while late and "CANCEL" not in header(late, "CSeq"): # The 200, sent again.
        late = phone.expect("SIP/2.0 [2-6]", 3)
    phone.learn(answer)
    phone.ack()
    check("a_cancel_after_the_200_is_answered_and_changes_nothing", status(late) in (200, 481), late)
    talk(phone, "its_call_is_up_until_a_bye", status(answer))


def reinvite_before_ack(server):
    phone = Phone(server)
    answer = phone.ask("INVITE", phone.sdp())
    phone.learn(answer)
    first = phone.cseq
    early = phone.ask("INVITE", phone.sdp())
    while status(early) == 200 and f"{first} INVITE" in header(early, "CSeq"):
        early = phone.expect("SIP/2.0 [2-6]")
    phone.ack(cseq=phone.cseq, branch=re.search(r"branch=([^;\s]+)", header(early, "Via") or "branch=x")[1])
    check("a_reinvite_while_our_200_is_not_acknowledged_is_asked_to_wait",
          status(early) == 491 or (status(early) == 500 and header(early, "Retry-After").isdigit()), early)
    phone.ack(cseq=first)
    time.sleep(0.1)
    again = phone.reinvite()
    check("and_is_taken_after_the_ack", status(again) == 200, again)
    talk(phone, "with_the_call_unhurt", status(answer))


# ---- Descriptions ----

def refreshed_without_change(server):
    phone = Phone(server)
    body = phone.sdp()
    dialed = phone.dial(body, headers="Supported: timer\nSession-Expires: 1800;refresher=uac")
    before = origin(phone.answer)
    wait_for(lambda: phone.sound.loud() > 10)
    again = phone.ask("INVITE", body, headers="Supported: timer\nSession-Expires: 1800;refresher=uac")
    phone.ack()
    check("a_refresh_by_the_same_description_changes_no_version_of_ours",
          status(again) == 200 and origin(again) == before and "1800" in header(again, "Session-Expires"),
          f"{before} {again}")
    update = phone.ask("UPDATE", headers="Supported: timer\nSession-Expires: 1800;refresher=uac")
    check("an_update_without_description_refreshes",
          status(update) == 200 and "v=0" not in update and "1800" in header(update, "Session-Expires"), update)
    since = time.monotonic()
    check("and_sound_goes_on", wait_for(lambda: phone.sound.packets(since) > 10, 2))
    version = origin(again)[1]
    changed = phone.reinvite(phone.sdp(way="sendonly"))
    check("what_does_change_has_a_new_version", origin(changed)[1] == version + 1, f"{version} {changed}")
    talk(phone, "a_call_refreshed_in_each_way_ends_well", dialed)


def port_zero(server):
    phone = Phone(server)
    dialed = phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    held = phone.reinvite(phone.sdp(port=0))
    check("a_hold_by_port_0_is_agreed_to_with_port_0", status(held) == 200 and "m=audio 0 " in held, held)
    time.sleep(0.3)
    since = time.monotonic()
    time.sleep(0.6)
    check("nothing_is_sent_to_a_caller_without_a_port", phone.sound.packets(since) == 0, phone.sound.packets(since))
    back = phone.reinvite()
    since = time.monotonic()
    check("and_sound_comes_back_with_the_port", status(back) == 200 and wait_for(
        lambda: phone.sound.packets(since) > 10, 3), back)
    for name, hold in (("sendonly", phone.sdp(way="sendonly")), ("inactive", phone.sdp(way="inactive")),
                       ("a_null_address", phone.sdp(address="0.0.0.0"))):
        held = phone.reinvite(hold)
        time.sleep(0.2)
        since = time.monotonic()
        time.sleep(0.3)
        quiet = phone.sound.packets(since) == 0
        back = phone.reinvite()
        check(f"a_hold_by_{name}_is_kept_and_ended", status(held) == status(back) == 200 and quiet
              and re.search(r"a=(recvonly|inactive)", held) and "a=sendrecv" in back, f"{held} {back}")
    talk(phone, "a_call_held_in_four_ways_ends_well", dialed)


MANY = {
    "audio_video_and_fax": ("", "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
                            "m=image 5008 udptl t38\r\na=T38FaxVersion:0\r\n"),
    "two_audio_lines": ("", "m=audio 5010 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"),
    "a_bundle": ("a=group:BUNDLE 0 1\r\n", "a=mid:0\r\na=rtcp-mux\r\nm=video 9 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"
                 "a=mid:1\r\na=bundle-only\r\n"),
    "video_before_audio": ("m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n", ""),
    "encrypted_audio_before_plain": ("m=audio 5012 RTP/SAVP 0\r\na=rtpmap:0 PCMU/8000\r\n", ""),
    "an_application_line": ("", "m=application 9 UDP/BFCP *\r\nm=message 7654 TCP/MSRP *\r\na=path:msrp://h:1/x;tcp\r\n"),
}


def many_lines(server):
    for name, (before, after) in MANY.items():
        phone = Phone(server)
        body = phone.sdp(before=before, more=after)
        dialed = phone.dial(body)
        kinds = re.findall(r"(?m)^m=(\w+) (\d+)", body)
        answered = re.findall(r"(?m)^m=(\w+) (\d+)", phone.answer)
        taken = [port for _, port in answered if port != "0"]
        check(f"of_{name}_one_line_is_answered_and_the_rest_refused_in_order",
              dialed == 200 and [k for k, _ in kinds] == [k for k, _ in answered] and len(taken) == 1
              and "group:BUNDLE 0 1" not in phone.answer, phone.answer)
        talk(phone, f"with_{name}_there_is_sound", dialed)
    phone = Phone(server, sound=False)
    dialed = phone.dial("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                        "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n")
    check("video_alone_is_refused_with_488", dialed == 488, dialed)
    phone.close()


STEPS = (compact_headers, folded_headers, large_in_small_pieces, two_in_one_piece, many_contacts, who_calls,
         invite_storm, answer_storm, odd_acks, bye_again, cancels, reinvite_before_ack, refreshed_without_change,
         port_zero, many_lines)


def part(program):
    server = Office(program, manners="silence: 20s")
    for step in STEPS:
        step(server)
        check(f"no_call_is_left_after_{step.__name__}", wait_for(lambda: server.up() == 0, 5), server.status())
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close()

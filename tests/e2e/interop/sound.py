# SPDX-License-Identifier: Apache-2.0
"""sound.py - known troubles of other telephones' sound: keys, moves, codecs, silence, IPv6."""
import secrets
import select
import socket
import struct
import time

import house
from office import Office, check, wait_for
from phone import Phone, Sound, status
from signalling import talk


def pressed(server, phone):
    phone.hang_up()
    phone.close()
    return [k["key"] for k in server.last().get("keys", [])]


def keys(server):
    phone = Phone(server)
    phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    phone.sound.key(7, marker=False)
    time.sleep(0.2)
    phone.sound.key(8, ends=3, lost=(5, 6, 7)) # No end arrives.
    time.sleep(0.2)
    phone.sound.key(8, marker=False, ends=8) # The same key again, its end eight times.
    time.sleep(0.2)
    phone.sound.key(0, lost=(0, 1, 2, 3, 4)) # Only its ends arrive.
    time.sleep(0.2)
    phone.sound.key(10, marker=False, lost=(0, 5, 6))
    time.sleep(0.3)
    got = pressed(server, phone)
    check("keys_without_marker_without_ends_with_eight_ends_and_of_ends_alone_are_one_each",
          got == ["7", "8", "8", "0", "*"], got)


def keys_of_another_type(server):
    """telephone-event by a number of the caller's choosing, and offered for two clock rates."""
    phone = Phone(server)
    body = phone.sdp(formats="0 96 110").replace("a=rtpmap:101 telephone-event/8000",
                                                 "a=rtpmap:96 telephone-event/48000\r\na=rtpmap:110 telephone-event/8000")
    phone.dial(body)
    wait_for(lambda: phone.sound.loud() > 10)
    phone.sound.key(6, kind=110)
    time.sleep(0.3)
    check("the_event_type_of_the_right_clock_is_used", " 110" in phone.answer, phone.answer)
    got = pressed(server, phone)
    check("and_heard", got == ["6"], got)


def moved(server):
    phone = Phone(server)
    dialed = phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    old, new = phone.sound, Sound(phone.address)
    phone.sound = new
    answer = phone.reinvite()
    since = time.monotonic()
    came = wait_for(lambda: new.packets(since) > 10, 3)
    time.sleep(0.2)
    since = time.monotonic()
    time.sleep(0.4)
    check("after_a_reinvite_sound_goes_to_the_new_address_and_not_to_the_old",
          status(answer) == 200 and came and old.packets(since) == 0, f"{answer} {old.packets(since)}")
    new.key(9)
    old.close()
    old = phone.sound
    phone.sound = Sound(phone.address) # By an INVITE without a description: ours is the offer, theirs in the ACK.
    offer = phone.ask("INVITE", "")
    phone.learn_sound(offer)
    phone.version += 1
    phone.ack(phone.sdp())
    since = time.monotonic()
    came = wait_for(lambda: phone.sound.packets(since) > 10, 3)
    phone.sound.key(7)
    time.sleep(0.2)
    check("also_when_the_description_comes_with_the_ack", "m=audio" in offer and came, offer)
    old.close()
    got = pressed(server, phone)
    check("and_keys_are_heard_from_each_place", dialed == 200 and got == ["9", "7"], got)


def moved_while_a_key_is_down(server):
    """The description names another port in mid-press, and the stream goes on from the old one."""
    phone = Phone(server)
    phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    sound = phone.sound
    with sound.lock:
        start = sound.timestamp
    sound.sending = False
    for i in range(12):
        if i == 4:
            phone.reinvite(phone.sdp(port=phone.sound.port + 2))
        sound.send(sound.packet(bytes([9, 0x80 if i > 8 else 0]) + (160 * min(i + 1, 10)).to_bytes(2, "big"), 101, i == 0,
                                start))
        time.sleep(0.02)
    time.sleep(0.2)
    got = pressed(server, phone)
    check("a_key_held_while_the_description_moves_is_one_key", got == ["9"], got)


def follows_without_word(server):
    """Late re-addressing: the same stream goes on from another port, and nobody says so."""
    phone = Phone(server)
    dialed = phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    old, new = phone.sound, Sound(phone.address)
    with old.lock:
        new.ssrc, new.sequence, new.timestamp = old.ssrc, old.sequence, old.timestamp
        old.sending = False
    new.to = old.to
    since = time.monotonic()
    came = wait_for(lambda: new.packets(since) > 10, 5)
    check("a_stream_that_goes_on_from_elsewhere_is_followed", dialed == 200 and came, new.packets(since))
    phone.sound = new
    old.close()
    talk(phone, "and_its_call_ends_well", dialed)


def codec_changed(server):
    phone = Phone(server)
    dialed = phone.dial(phone.sdp(formats="0 8 101"))
    first = wait_for(lambda: phone.sound.loud() > 10)
    answer = phone.reinvite(phone.sdp(formats="8 0 101"))
    with phone.sound.lock:
        phone.sound.payload_type = 8
    since = time.monotonic()
    later = wait_for(lambda: sum(1 for at, pt, *_ in list(phone.sound.heard) if at > since and pt == 8) > 10, 3)
    time.sleep(0.1)
    since = time.monotonic()
    time.sleep(0.3)
    mixed = [pt for at, pt, *_ in list(phone.sound.heard) if at > since and pt == 0]
    phone.sound.key(4)
    time.sleep(0.2)
    check("a_codec_changed_in_mid_call_is_spoken_at_once", first and status(answer) == 200 and later and not mixed,
          f"{answer} {later} {len(mixed)}")
    got = pressed(server, phone)
    check("and_keys_still_count", dialed == 200 and got == ["4"], got)


class Reports:
    """RTCP beside a telephone's sound, on the port after it."""

    def __init__(self, phone):
        self.phone = phone
        while True: # The port after the sound's may be another's.
            self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            try:
                self.socket.bind((phone.address, phone.sound.port + 1))
                return
            except OSError:
                self.socket.close()
                phone.sound.close()
                phone.sound = Sound(phone.address)

    def receive(self, kind, seconds=9):
        """The next packet of this type within their compound packets, from its first byte; or b''."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and select.select([self.socket], [], [], left)[0]:
            data = self.socket.recv(2048)
            while len(data) >= 8:
                size = 4 * (struct.unpack(">H", data[2:4])[0] + 1)
                if data[1] == kind:
                    return data[:size]
                data = data[size:]
        return b""

    def send(self, ours, theirs, discard, r, mos):
        to = self.phone.sound.to
        voip = struct.pack(">BBHIBBBBHHHHBBBBBBBBBBHHH", 7, 0, 8, theirs, 0, discard, 0, 0, 0, 0, 0, 0, 127, 127, 127, 16,
                           r, 127, mos, 127, 0, 0, 40, 40, 200)
        self.socket.sendto(struct.pack(">BBHI", 0x80, 201, 1, ours) + struct.pack(">BBHI", 0x80, 207, 10, ours) + voip,
                           (to[0], to[1] + 1))


def metrics(server):
    """RFC 3611: who asks for VoIP metrics gets them, and what it says of our sound is in the account."""
    phone = Phone(server)
    reports = Reports(phone)
    dialed = phone.dial(phone.sdp(more="a=rtcp-xr:rcvr-rtt=all voip-metrics\r\n"))
    check("who_wants_voip_metrics_is_asked_for_them_too", dialed == 200 and "a=rtcp-xr:voip-metrics" in phone.answer, phone.answer)
    got = reports.receive(207)
    check("a_report_has_voip_metrics", len(got) == 44 and got[8] == 7 and got[11] == 8, got.hex())
    theirs, about, loss, r, mos = *struct.unpack(">4xI4xIB", got[:17]), got[32], got[34]
    check("of_the_callers_stream_without_loss_and_of_good_quality", about == phone.sound.ssrc and loss == 0
          and 80 <= r <= 93 and 40 <= mos <= 45, f"{about:x} {phone.sound.ssrc:x} {loss} {r} {mos}")
    reports.send(phone.sound.ssrc, theirs, 64, 71, 36)
    reports.send(phone.sound.ssrc, secrets.randbelow(1 << 31), 200, 10, 11) # Of nobody.
    reports.send(phone.sound.ssrc, theirs, 64, 127, 127) # Not known now.
    reports.receive(207)
    phone.hang_up()
    call = server.last()
    said = [call.get(f"remote_{name}") for name in ("late_permille", "r_tenths", "mos_hundredths")]
    check("what_the_caller_reported_is_in_the_account", said == [250, 710, 360], said)
    phone.close()
    reports.socket.close()
    phone = Phone(server)
    reports = Reports(phone)
    phone.dial()
    got = reports.receive(201) or reports.receive(200)
    check("who_does_not_ask_gets_none", "rtcp-xr" not in phone.answer and not reports.receive(207, 1), got.hex())
    phone.hang_up()
    phone.close()
    reports.socket.close()


def no_sound_is_no_hang_up(program):
    server = Office(program, manners="no-audio: 1s, no-audio-end: 0s, silence: 30s")
    phone = Phone(server)
    dialed = phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    phone.sound.sending = False
    bye = phone.expect("BYE", 5)
    check("with_no_audio_end_0_silence_of_rtp_is_no_hang_up", dialed == 200 and not bye and server.up() == 1, bye)
    since = time.monotonic()
    check("and_our_sound_goes_on", wait_for(lambda: phone.sound.packets(since) > 5, 2))
    phone.sound.sending = True
    phone.sound.key(5)
    time.sleep(0.2)
    check("and_the_caller_is_heard_again", pressed(server, phone) == ["5"])
    server.close()
    server = Office(program, manners="no-audio: 1s, no-audio-end: 2s, silence: 30s")
    kept, left, held = Phone(server), Phone(server), Phone(server)
    for phone in (kept, left, held):
        phone.dial(headers="Allow: INVITE, ACK, BYE, UPDATE")
    wait_for(lambda: held.sound.loud() > 10)
    held.reinvite(held.sdp(way="sendonly"))
    for phone in (kept, left, held):
        phone.sound.sending = False
    asked = left.expect("UPDATE|INVITE", 5)
    left.reply(asked, "481 Call Does Not Exist")
    bye = left.expect("BYE", 3)
    left.reply(bye, "481 Call Does Not Exist")
    check("with_a_limit_the_other_side_is_asked_and_one_that_knows_no_call_has_none", bool(asked) and bool(bye), asked)
    for _ in range(2):
        asked = kept.expect("UPDATE|INVITE|BYE", 5)
        kept.reply(asked)
    check("one_that_keeps_the_dialog_keeps_the_call_and_is_asked_again", asked.startswith("UPDATE"), asked)
    check("and_ends_it_when_it_likes", kept.hang_up() == 200)
    check("who_is_on_hold_is_not_asked", not held.expect("UPDATE|INVITE|BYE", 1) and held.hang_up() == 200)
    causes = sorted(row["cause"] for row in server.ended())
    check("and_the_account_tells_them_apart", causes == ["caller_hung_up", "caller_hung_up", "no_audio"], causes)
    for phone in (kept, left, held):
        phone.close()
    server.close()


def sixth_version(program):
    server = Office(program, address="::1")
    phone = Phone(server)
    dialed = phone.dial()
    wait_for(lambda: phone.sound.loud() > 10)
    phone.sound.key(3, marker=False)
    time.sleep(0.2)
    check("over_ipv6_the_description_is_of_ipv6", "IN IP6 ::1" in phone.answer, phone.answer)
    talk(phone, "and_a_call_over_ipv6_has_sound", dialed)
    call = server.last()
    check("keys_and_an_account", [k["key"] for k in call.get("keys", [])] == ["3"] and call["received"] > 10
          and call["source"].startswith("[::1]"), call)
    phone = Phone(server, stream=True)
    talk(phone, "over_tcp_too", phone.dial())
    server.close()


def part(program):
    server = Office(program)
    for step in (keys, keys_of_another_type, moved, moved_while_a_key_is_down, follows_without_word, codec_changed, metrics):
        house.attempts(step, server, times=2)
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close()
    no_sound_is_no_hang_up(program)
    sixth_version(program)

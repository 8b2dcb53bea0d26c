# SPDX-License-Identifier: Apache-2.0
"""watched.py - telephones that have registered get OPTIONS; one that answers no more is not called, and is again when it does."""
import os
import re
import time

from office import LOOPBACK, Office, check, wait_for
from phone import Phone, status
from phones import SECRET, Hand


class Telephone(Hand):
    """One that may be asked while it asks."""

    def send(self, *words, **more):
        text = super().send(*words, **more)
        while text.startswith("OPTIONS"):
            text = self.socket.recv(65536).decode()
        return text


def serve(hand, fact, seconds):
    """Answers what it is asked until the fact holds."""
    end = time.monotonic() + seconds
    while not fact() and time.monotonic() < end:
        request = asked(hand, 0.5)
        if request:
            answer(hand, request)
    return fact()


def asked(hand, seconds=4.0):
    """The next OPTIONS that comes, or ''."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        hand.socket.settimeout(left)
        try:
            text = hand.socket.recv(65536).decode()
        except TimeoutError:
            return ""
        except ConnectionRefusedError: # The process of signalling is between two lives.
            time.sleep(0.05)
            continue
        if text.startswith("OPTIONS"):
            return text
    return ""


def answer(hand, request, code="200 OK"):
    lines = [f"SIP/2.0 {code}"] + [m[0].strip() for name in ("Via", "From", "To", "Call-ID", "CSeq")
                                   for m in re.finditer(rf"(?im)^{name}:.*$", request)]
    hand.socket.sendall(("\r\n".join(lines) + "\r\nContent-Length: 0\r\n\r\n").encode())


def silent(server, user="alice"):
    found = [p for p in (server.ask("phones") or {}).get("phones", []) if p["user"] == user]
    return any(p.get("silent") for p in found)


def call(server, user="alice"):
    caller = Phone(server, user=user, sound=False)
    code = status(caller.ask("INVITE", caller.sdp(), seconds=8))
    caller.ack()
    caller.close()
    return code, server.last()


def by_udp(server):
    hand = Telephone(server)
    check("it_registers", status(hand.register("Contact: <sip:alice@10.9.8.7:5060>", "Expires: 300")) == 200)
    request = asked(hand)
    check("options_come_to_where_it_registered_from", request.startswith("OPTIONS sip:alice@10.9.8.7:5060 "), request)
    answer(hand, request, "481 Whatever")
    request = asked(hand)
    check("and_again", bool(request), request)
    answer(hand, request)
    check("a_telephone_that_answers_anything_is_there", not silent(server), server.ask("phones"))
    gone = wait_for(lambda: silent(server), 25, 0.2)
    check("one_that_answers_no_more_is_marked", gone is True, server.ask("phones"))
    shown = server.run("phones", server.conf).stdout
    check("and_shown_so", "answers no more" in shown, shown)
    code, row = call(server)
    check("and_not_called", code == 480 and row.get("cause") == "unreachable" and "answers no more" in row.get("detail", ""), row)
    server.kill_worker()
    there = serve(hand, lambda: not silent(server), 12)
    check("it_is_there_again_when_it_answers_also_to_the_next_worker", there, server.ask("phones"))
    hand.socket.settimeout(5)
    answered = hand.register("Contact: *", "Expires: 0")
    check("and_leaves", status(answered) == 200, answered)
    quiet = wait_for(lambda: not asked(hand, 2.5), 8)
    check("who_has_left_is_not_asked_any_more", quiet)
    hand.close()


def by_tcp(server):
    hand = Telephone(server, stream=True)
    check("it_registers_by_tcp", status(hand.register("Contact: <sip:alice@10.9.8.7:5060;transport=tcp>", "Expires: 300")) == 200)
    request = asked(hand)
    check("options_come_by_its_connection", "SIP/2.0/TCP" in request, request)
    answer(hand, request)
    hand.close()
    check("a_connection_that_is_gone_marks_it", wait_for(lambda: silent(server), 12, 0.1), server.ask("phones"))
    code, row = call(server)
    check("and_its_caller_is_told_at_once", code == 480 and row.get("cause") == "unreachable", row)


def never_answers(server):
    hand = Telephone(server)
    hand.register("Contact: <sip:alice@10.9.8.7:5060>", "Expires: 300")
    first = [asked(hand) for _ in range(2)]
    check("who_never_answered_options_is_not_judged_by_them", all(first) and not wait_for(lambda: silent(server), WATCHED_S, 0.5), server.ask("phones"))
    hand.register("Contact: *", "Expires: 0")
    hand.close()


def change(server, old, new):
    path = os.path.join(server.conf, "offhook.yaml")
    text = open(path, encoding="utf-8").read()
    with open(path, "w", encoding="utf-8") as out:
        out.write(text.replace(old, new))
    done = server.run("reload", server.conf)
    check("it_reloads", done.returncode == 0 and old in text, done.stdout + done.stderr)


def asked_more_often(server):
    """Begins with once an hour."""
    hand = Telephone(server)
    change(server, "keep-alive: 1s", "keep-alive: 1h")
    hand.register("Contact: <sip:alice@10.9.8.7:5060>", "Expires: 300")
    check("who_is_asked_once_an_hour_is_not_asked_now", not asked(hand, 2))
    change(server, "keep-alive: 1h", "keep-alive: 1s")
    check("a_reload_that_asks_more_often_reaches_who_is_there", bool(asked(hand)) and bool(asked(hand)))
    change(server, "keep-alive: 1s", "keep-alive: 0s")
    check("and_one_that_asks_never", wait_for(lambda: not asked(hand, 2.5), 8))
    change(server, "keep-alive: 0s", "keep-alive: 1s")
    check("and_one_that_asks_again", bool(asked(hand)))
    hand.register("Contact: *", "Expires: 0")
    hand.close()


WATCHED_S = 18 # Three questions of 4 s each, with the time between.


def part(program):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    server = Office(program, trunks='  - {name: local, sources: ["127.0.0.0/8"]}\nusers: [{name: alice, password: "${OFFHOOK_TEST_PHONES}"}]',
                    server="when-late: admit", digest="both, keep-alive: 1s", routes='  - {number: alice, forward: {trunk: phones}}\n')
    server.kill_worker = lambda: os.kill(server.ask("status")["sip"]["worker_pid"], 9)
    for step in (by_udp, never_answers, by_tcp, asked_more_often):
        step(server)
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""slots.py PROGRAM: callers who are promised a callback choose a free time of a calendar, which a stand-in keeps: its
times are read, the chosen one is booked once, under a key; then it fails. Prints `ok name` for what held.
"""
import datetime
import http.server
import json
import os
import signal
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "legs"))
from callee import LOOPBACK, Office, Phone, check, house, wait_for # noqa: E402

NUMBER = "+14155550123"


class Calendar(http.server.ThreadingHTTPServer):
    """Slots as Cal.com's API v2 has them ("Slots", "Bookings"), of tomorrow and the day after."""

    def __init__(self):
        super().__init__((LOOPBACK, 0), Handler)
        self.asked, self.booked, self.broken, self.taken = [], [], False, False
        now = datetime.datetime.now(datetime.timezone.utc).replace(minute=0, second=0, microsecond=0)
        self.times = [now + datetime.timedelta(days=1, hours=1), now + datetime.timedelta(days=2, hours=3)]
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_GET(self): # noqa: N802
        self.server.asked.append(dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.path).query)))
        days = {}
        for at in self.server.times:
            days.setdefault(at.strftime("%Y-%m-%d"), []).append({"start": at.strftime("%Y-%m-%dT%H:%M:%S.000+00:00")})
        if self.server.broken:
            self.answer(500, {"status": "error"})
        else:
            self.answer(200, {"status": "success", "data": days})

    def do_POST(self): # noqa: N802
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.booked.append((self.headers.get("Idempotency-Key"), body))
        self.answer(409 if self.server.taken else 201, {"status": "success", "data": {"status": "accepted"}})

    def log_message(self, *_):
        pass


def tasks(server):
    lines = server.run("callbacks", server.conf, "--json", "--all").stdout.splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def promised(server, choice, listens=2.5):
    """The promise of a caller who presses this when the times are offered."""
    known = len(tasks(server))
    phone = Phone(server)
    taken = phone.dial(from_line=f"<sip:{NUMBER}@{LOOPBACK}>")
    check("the_call_is_answered", taken == 200, taken)
    wait_for(lambda: phone.sound.loud() > 10, 8)
    phone.sound.key(2)
    time.sleep(0.5)
    phone.sound.key(1)
    time.sleep(listens) # The calendar answers; the offer is said.
    if choice:
        phone.sound.key(choice)
    new = wait_for(lambda: tasks(server)[known:], 10)
    bye = phone.expect("BYE", 30)
    if bye:
        phone.reply(bye)
    phone.close()
    check("a_callback_is_promised", bool(new) and bool(bye), tasks(server))
    return new[0] if new else {}


def said(server):
    call = server.last()
    return " ".join(turn["text"] for turn in call.get("turns", []) if turn["speaker"] == "agent")


def when(at):
    return at.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def main(program):
    calendar = Calendar()
    os.environ["CALENDAR"] = f"http://{LOOPBACK}:{calendar.server_address[1]}"
    server = Office(program, source="tests/e2e/promises/calendar", server="when-late: admit", capture="false",
                    trunks=f'  - {{name: local, sources: ["{LOOPBACK}"], host: 192.0.2.9}}\n'
                    "callbacks: {calendar: {slots: free-slots, book: book-slot}}")
    task = promised(server, 2, 16)
    check("free_times_are_read", len(calendar.asked) == 1 and set(calendar.asked[0]) == {"start", "end"}, calendar.asked)
    words = said(server)
    check("two_of_them_are_offered", "We can call you" in words and ", or" in words and "Press 1 for the first" in words, words)
    check("the_chosen_one_is_promised", task.get("next") == when(calendar.times[1]), (task, calendar.times))
    check("and_booked_under_the_promises_key", [key for key, _ in calendar.booked] == [f"callback-{task.get('call')}-0-1-book"]
          and calendar.booked[0][1]["attendee"]["phoneNumber"] == NUMBER
          and calendar.booked[0][1]["start"] == calendar.times[1].strftime("%Y-%m-%dT%H:%M:%SZ"), calendar.booked)
    tools = server.last().get("tools", [])
    check("both_are_in_the_account", [(tool["name"], tool["outcome"]) for tool in tools] == [("free-slots", "ok"), ("book-slot", "ok")], tools)

    calendar.taken = True
    task = promised(server, 1)
    check("who_cannot_be_booked_is_called_as_soon_as_possible", task and wait_for(
        lambda: tasks(server)[-1]["next"] < when(calendar.times[0]) and "could not book" in tasks(server)[-1]["why"], 5), tasks(server))
    calendar.broken = True
    task = promised(server, 0)
    check("without_a_calendar_too", task.get("next", "9") < when(calendar.times[0]) and len(calendar.booked) == 2, (task, calendar.booked))
    words = said(server)
    check("in_words", "as soon as we can" in words and "Press 1 for the first" not in words, words)
    replayed = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", replayed.returncode == 0, (replayed.stdout + replayed.stderr)[-600:])
    server.close()
    calendar.shutdown()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    main(os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py HARNESS PROGRAM: events on their way to receivers that fail, stall and go away, and a server that is killed.

The receiver is a stand-in on a real socket; signatures are verified here, by Python's own hmac. Prints `ok name` for what held.
"""
import base64
import hashlib
import hmac
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(TESTS, "standins")]
from beside import Standin  # noqa: E402

HARNESS, PROGRAM = sys.argv[1:3]
SECRETS = {"crm": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "slow": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX", "log": "c2Vjb25kIHNlY3JldCBvZiBvdXJzLCBuZXc="}
OLD = "b2xkIHNlY3JldCBvZiBvdXJzLCBub3QgbmV3"
WAIT_S = 30
FAILED = []


def check(name, good, why=""):
    print(f"{'ok' if good else 'not ok'} {name}" + ("" if good else f": {str(why)[:3000]}"), flush=True)
    if not good:
        FAILED.append(name)


def until(what, seconds=WAIT_S):
    deadline = time.monotonic() + seconds
    while True:
        value = what()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(0.02)


def configuration(url, extra=""):
    hooks = "".join(f"""  {name}:
    url: {url}/hook/{name}
    secret: file:{name}.secret
    timeout: 1s
    rests: [100ms, 200ms]
    attempts: 3
""" for name in ("crm", "slow", "log"))
    hooks = hooks.replace("file:log.secret\n", "file:log.secret\n    old-secret: file:old.secret\n    transcript: false\n")
    return f"""server: {{data: data}}
sip: {{listen: ["udp:127.0.0.1:5060"]}}
trunks: [{{name: local, sources: ["127.0.0.0/8"]}}]
routes: [{{number: "*", agent: desk}}]
webhooks:
{hooks}{extra}"""


class Server:
    """The harness, on a folder that outlives it."""

    def __init__(self, url):
        self.folder = tempfile.TemporaryDirectory()
        self.dir, self.process, self.calls = self.folder.name, None, 0
        os.mkdir(os.path.join(self.dir, "agents"))
        for name, secret in (*SECRETS.items(), ("old", OLD)):
            self.write(f"{name}.secret", f"whsec_{secret}\n", 0o600)
        self.write("agents/desk.md", "---\ngreeting: Hello.\n---\nBe kind.\n")
        self.write("offhook.yaml", configuration(url))
        self.start()

    def write(self, name, text, mode=0o644):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, mode)

    def start(self):
        self.process = subprocess.Popen([HARNESS, self.dir], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def say(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def call(self, verb="call"):
        self.calls += 1
        ref = f"c{self.calls}"
        assert self.say(f"{verb} {ref}") == f"durable {ref}"
        return ref

    def stop(self):
        self.process.stdin.close()
        assert self.process.wait(20) == 0
        self.process.stdout.close()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def rows(self, sql):
        with sqlite3.connect(f"file:{self.dir}/data/offhook.db?mode=ro", uri=True) as db:
            return db.execute(sql).fetchall()

    def outbox(self, *words):
        return subprocess.run([PROGRAM, "outbox", self.dir, *words], capture_output=True, text=True, timeout=60)


def signed(line, secret):
    """Standard Webhooks, as a receiver verifies it."""
    content = f"{line['id']}.{line['timestamp']}.{line['body']}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(base64.b64decode(secret), content, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, given) for given in line["signature"].split(" "))


def told(standin, name, **wanted):
    lines = [line for line in standin.log("told") if line["name"] == name]
    for line in lines:
        line["json"] = json.loads(line["body"])
    return [line for line in lines if all(line["json"].get(key) == value for key, value in wanted.items())]


def of_call(lines, ref):
    return [line for line in lines if line["json"]["data"].get("call", {}).get("ref") == ref]


def tells(server, standin):
    ref = server.call("open")
    server.say(f"turn {ref} my bill \x01 is wrong \xc3\xa9")
    server.say(f"transfer {ref}")
    server.say(f"close {ref}")
    until(lambda: all(len(of_call(told(standin, name), ref)) == 3 for name in SECRETS))
    lines = of_call(told(standin, "crm"), ref)
    check("each_event_arrives_once_in_the_order_of_the_call", [line["json"]["type"] for line in lines] ==
          ["call.started", "transfer.failed", "call.ended"] and len({line["id"] for line in lines}) == 3, lines)
    check("each_is_signed_so_that_another_program_verifies_it", bool(lines) and all(signed(line, SECRETS["crm"]) and not signed(line, OLD) for line in lines), lines)
    check("its_time_is_now", all(abs(int(line["timestamp"]) - time.time()) < 60 for line in lines))
    both = of_call(told(standin, "log"), ref)
    check("while_a_secret_changes_both_verify", bool(both) and all(signed(line, SECRETS["log"]) and signed(line, OLD) for line in both), both)
    forged = dict(lines[0], body=lines[0]["body"].replace("started", "ended"))
    check("an_altered_body_does_not_verify", not signed(forged, SECRETS["crm"]))
    ended = lines[-1]["json"]["data"]
    check("the_end_of_a_call_brings_its_whole_account", ended["call"]["intent"] == "billing" and ended["call"]["talk_ms"] == 61000
          and "my bill" in ended["account"]["turns"][0]["text"] and ended["account"]["turns"][0]["entities"] == {"account": "4711"}
          and ended["account"]["transfers"][0]["detail"] == "Busy Here", ended)
    check("a_transfer_says_what_became_of_it", lines[1]["json"]["data"]["target"] == "+14155550177" and lines[1]["json"]["data"]["status"] == 486)
    silent = both[-1]["json"]["data"]
    check("without_transcript_nothing_said_goes_out", "my bill" not in both[-1]["body"] and "4711" not in both[-1]["body"]
          and silent["call"]["intent"] == "billing", silent)


def retries(server, standin):
    standin.script({"rules": [{"when": {"kind": "crm", "number": standin.get("/standin/facts")["exchanges"].get("crm", 0) + 1}, "answer": 500, "text": "my secret is whsec_" + SECRETS["crm"]}]})
    ref = server.call()
    until(lambda: len(of_call(told(standin, "crm"), ref)) == 3)
    lines = of_call(told(standin, "crm"), ref)
    check("a_500_is_tried_again_under_the_same_id", [line["json"]["type"] for line in lines] == ["call.started", "call.started", "call.ended"]
          and lines[0]["id"] == lines[1]["id"], [(line["id"], line["json"]["type"]) for line in lines])
    check("and_its_successor_waited_for_it", lines[2]["json"]["type"] == "call.ended" and all(signed(line, SECRETS["crm"]) for line in lines))
    until(lambda: server.rows(f"SELECT count(*) FROM outbox WHERE call = '{ref}' AND state = 'done' AND endpoint = 'crm'") == [(2,)])
    check("a_receiver_that_shows_our_secret_has_it_in_no_file", not subprocess.run(["grep", "-rla", SECRETS["crm"], os.path.join(server.dir, "data")],
          capture_output=True, text=True).stdout)


def hides(server, standin):
    standin.script({"rules": [{"when": {"kind": "log"}, "answer": 500, "text": "you signed with whsec_" + OLD}]})
    ref = server.call("open")
    until(lambda: server.rows(f"SELECT count(*) FROM outbox WHERE call = '{ref}' AND state = 'dead' AND endpoint = 'log'") == [(1,)])
    why = server.rows(f"SELECT why FROM outbox WHERE call = '{ref}' AND endpoint = 'log'")[0][0]
    check("nor_the_secret_that_it_had_before", "you signed with" in why and OLD not in why, why)
    standin.script({"rules": []})
    server.say(f"close {ref}")


def unsendable(server, standin):
    server.write("bad.token", "one\ntwo\n", 0o600)
    connector = f'connectors: {{bad: {{url: "{standin.url}/hook/bad", events: [call.started], token: "file:bad.token"}}}}\n'
    server.write("offhook.yaml", configuration(standin.url, connector))
    server.say("reload")
    refs = [server.call() for _ in range(8)] # More than may be on their way at once.
    dead = "SELECT count(*) FROM outbox WHERE endpoint = 'bad' AND state = 'dead'"
    check("what_cannot_be_sent_is_a_dead_letter_and_blocks_nothing", until(lambda: server.rows(dead) == [(len(refs),)]),
          server.rows("SELECT state, attempts, why FROM outbox WHERE endpoint = 'bad'"))
    server.write("offhook.yaml", configuration(standin.url))
    server.say("reload")


def stalls(server, standin):
    standin.script({"rules": [{"when": {"kind": "slow"}, "delays": {"acted": 20000}}]})
    refs = [server.call() for _ in range(20)]
    good = until(lambda: all(len(of_call(told(standin, "crm"), ref)) == 2 for ref in refs), 15)
    waiting = server.rows("SELECT count(*) FROM outbox WHERE endpoint = 'slow' AND state = 'waiting'")[0][0]
    check("an_endpoint_that_stalls_delays_no_other", good and waiting > 10, (waiting, len(told(standin, "crm"))))
    standin.script({"rules": []})
    done = until(lambda: server.rows("SELECT count(*) FROM outbox WHERE endpoint = 'slow' AND state = 'waiting'") == [(0,)], 60)
    left = server.rows("SELECT state, count(*) FROM outbox WHERE endpoint = 'slow' GROUP BY state")
    check("and_gets_all_or_dead_letters_when_it_is_back", done, left)
    server.outbox("resend", "slow")
    done = until(lambda: all(len({line["id"] for line in of_call(told(standin, "slow"), ref)}) == 2 for ref in refs)
                 and server.rows("SELECT count(*) FROM outbox WHERE endpoint = 'slow' AND state <> 'done'") == [(0,)])
    check("which_are_sent_again_when_asked", done, left)


def waits(server, standin):
    number = standin.get("/standin/facts")["exchanges"]["crm"]
    standin.script({"rules": [{"when": {"kind": "crm", "number": number + 1}, "answer": 429, "headers": {"Retry-After": "2"}}]})
    ref = server.call("open")
    until(lambda: len(of_call(told(standin, "crm"), ref)) == 2)
    lines = of_call(told(standin, "crm"), ref)
    check("retry_after_is_kept_to", len(lines) == 2 and lines[1]["ms"] - lines[0]["ms"] >= 1990, [line["ms"] for line in lines])
    server.say(f"close {ref}")


def dies(server, standin):
    standin.script({"rules": [{"when": {"kind": "crm"}, "answer": 503, "text": "no  thanks"}]})
    ref = server.call()
    until(lambda: server.rows(f"SELECT count(*) FROM outbox WHERE call = '{ref}' AND endpoint = 'crm' AND state = 'dead'") == [(2,)])
    listed = [line for line in map(json.loads, server.outbox("--dead", "--json").stdout.splitlines()) if line["call"] == ref]
    check("after_the_last_attempt_it_is_a_dead_letter", [line["event"] for line in listed] == ["call.started", "call.ended"]
          and all(line["attempts"] == 3 and line["status"] == 503 and "no  thanks" in line["why"] for line in listed), listed)
    check("people_see_it_too", "HTTP 503" in server.outbox().stdout and "3 tried" in server.outbox("--dead").stdout, server.outbox().stdout)
    standin.script({"rules": []})
    one = server.outbox("resend", listed[0]["id"])
    until(lambda: server.rows(f"SELECT count(*) FROM outbox WHERE id = '{listed[0]['id']}' AND state = 'done'") == [(1,)])
    rest = server.rows(f"SELECT state FROM outbox WHERE call = '{ref}' AND endpoint = 'crm' ORDER BY seq")
    check("one_is_sent_again_by_its_id", one.returncode == 0 and rest == [("done",), ("dead",)], (one, rest))
    everything = server.outbox("resend", "--all")
    check("and_all_by_all", everything.returncode == 0 and until(lambda: server.rows("SELECT count(*) FROM outbox WHERE state = 'dead'") == [(0,)])
          and until(lambda: server.rows(f"SELECT count(*) FROM outbox WHERE call = '{ref}' AND state <> 'done'") == [(0,)]), everything)
    nothing = server.outbox("resend", "--all")
    check("when_nothing_is_dead_that_is_said", nothing.returncode != 0 and "nothing is dead" in nothing.stderr, nothing)


def goes(server, standin):
    standin.script({"rules": [{"when": {"kind": "slow"}, "answer": 410}]})
    ref = server.call()
    until(lambda: server.rows("SELECT state FROM endpoints WHERE name = 'slow'") == [("gone",)])
    standin.script({"rules": []})
    before = len(told(standin, "slow"))
    later = server.call()
    until(lambda: len(of_call(told(standin, "crm"), later)) == 2)
    dead = server.rows("SELECT call, why FROM outbox WHERE endpoint = 'slow' AND state = 'dead' ORDER BY seq")
    check("a_410_turns_the_endpoint_off", len(told(standin, "slow")) == before and [row[0] for row in dead] == [ref, ref, later, later]
          and "410" in dead[-1][1], dead)
    server.stop()
    server.start()
    check("also_over_a_restart", server.rows("SELECT state FROM endpoints WHERE name = 'slow'") == [("gone",)])
    server.outbox("resend", "slow")
    check("and_resend_turns_it_on", until(lambda: len(of_call(told(standin, "slow"), later)) == 2), dead)


def killed(server, standin):
    chance, durable = random.Random(7), []
    standin.script({"rules": [{"when": {"kind": "crm", "every": 3}, "answer": 500}, {"when": {"kind": "crm", "every": 7}, "drop": True}]})
    for turn in range(12):
        for _ in range(chance.randrange(1, 12)):
            durable.append(server.call(chance.choice(["call", "open"])))
        time.sleep(chance.random() * 0.15)
        server.kill()
        server.start()
    standin.script({"rules": []})
    until(lambda: server.rows("SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)], 60)
    server.outbox("resend", "--all")  # What met three failures.
    until(lambda: server.rows("SELECT count(*) FROM outbox WHERE state <> 'done'") == [(0,)], 60)
    lines = told(standin, "crm")
    lost = [ref for ref in durable if {line["json"]["type"] for line in of_call(lines, ref)} != {"call.started", "call.ended"}]
    check("kill_9_at_any_instant_loses_nothing", not lost, (lost, server.rows("SELECT state, count(*) FROM outbox GROUP BY state")))
    ids = {}
    for ref in durable:
        for line in of_call(lines, ref):
            ids.setdefault((ref, line["json"]["type"]), set()).add(line["id"])
    check("and_what_came_twice_came_under_one_id", all(len(each) == 1 for each in ids.values()), [key for key, each in ids.items() if len(each) > 1])
    print(f"   {len(durable)} calls, 12 kills, {len([line for line in lines if line['json']['data'].get('call', {}).get('ref') in set(durable)])} requests "
          f"for {len(ids)} events", flush=True)


def long(server, standin):
    ref = server.call("open")
    for _ in range(400):
        server.say(f"turn {ref} " + "and so on " * 90)
    server.say(f"close {ref}")
    until(lambda: of_call(told(standin, "crm", type="call.ended"), ref))
    line = of_call(told(standin, "crm", type="call.ended"), ref)[0]
    data = line["json"]["data"]
    check("what_is_too_long_is_shortened_and_says_so", len(line["body"]) <= 262144 and data["truncated"] is True and data["call"]["intent"] == "billing"
          and 0 < len(data["account"]["turns"]) < 400, (len(line["body"]), list(data)))


def main():
    standin = Standin("crm.py", {})
    server = Server(standin.url)
    try:
        for part in (tells, retries, hides, stalls, waits, dies, goes, killed, long, unsendable):
            part(server, standin)
        server.stop()
    finally:
        if server.process.poll() is None:
            server.kill()
        standin.close()
        server.folder.cleanup()
    sys.exit(1 if FAILED else 0)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""evaluated.py - `offhook eval --sound`: a suite of conversations spoken to a whole server, and judged by its account."""
import json
import os

import house
from house import ADDRESS, ROOT, Server, check

SUITE = os.path.join(ROOT, "examples", "front-desk", "suite.yaml")


def evaluate(server, suite, *options, timeout=400):
    report = os.path.join(server.home, "report.json")
    done = server.run("eval", suite, "--sound", f"sip:100@{ADDRESS}:{server.port}", "--control",
                      os.path.join(server.conf, "data", "control"), "--json", report, *options, timeout=timeout)
    try:
        with open(report, encoding="utf-8") as file:
            rows = {row["name"]: row for row in json.load(file)["conversations"]}
    except (OSError, ValueError):
        rows = {}
    return done.returncode, rows, done.stdout + done.stderr


def write(server, conversations):
    path = os.path.join(server.conf, "spoken.yaml")
    with open(path, "w", encoding="utf-8") as out:
        out.write("conversations:\n" + conversations)
    return path


def front_desk(server):
    code, rows, out = evaluate(server, SUITE, "--only", "spoken")
    check("the_front_desks_suite_holds_with_real_sound", code == 0 and len(rows) >= 4, out)
    lines = rows.get("internet-is-down", {}).get("lines", [])
    check("the_transcript_is_the_servers_own",
          any(line["kind"] == "caller" and "internet" in line["words"] and line.get("intent") == "technical" for line in lines)
          and any(line["kind"] == "handover" for line in lines) and lines[-1]["kind"] == "end", lines)
    check("answers_are_timed_by_the_ledger", rows.get("internet-is-down", {}).get("round_trips_ms"), rows)


def what_is_wrong(server):
    """Each expectation is false: each must be noticed, by the line that it stands in."""
    suite = write(server, """\
  wrong:
    turns:
      - expect: {said: [good evening]}
      - say: my internet connection is not working
        expect: {intent: sales, agent: sales, never-said: [technical], within: 1ms}
    expect: {end: silence}
""")
    code, rows, out = evaluate(server, suite, "--noise", "20")
    failures = [failure["what"] for failure in rows.get("wrong", {}).get("failures", [])]
    check("what_is_not_as_expected_is_said", code == 1 and all(
        any(failure.startswith(word) for failure in failures)
        for word in ("never said", "intent: expected sales, was technical", "agent: expected sales, was technical", "said \"technical",
                     "answered after", "end: expected silence, was caller_hung_up")), failures or out)


def what_cannot_be_played(server):
    suite = write(server, """\
  faulty:
    turns: [{say: hello, faults: {ears: refuses}}]
  mumbled:
    turns: [{say: hello, heard: hollow}]
  recorded:
    turns: [{say: one, sound: nowhere.wav}]
""")
    code, rows, out = evaluate(server, suite)
    check("what_is_scripted_is_left_out_and_said", "faulty: left out" in out and "mumbled: left out" in out and len(rows) == 1, out)
    check("a_recording_that_is_not_there_fails_its_conversation",
          code == 1 and "no WAV" in json.dumps(rows.get("recorded", {}).get("failures")), rows)


def part(program):
    server = Server(program)
    for step in (front_desk, what_is_wrong, what_cannot_be_played):
        house.attempts(step, server)
    server.close()

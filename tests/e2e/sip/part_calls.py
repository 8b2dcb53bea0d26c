# SPDX-License-Identifier: Apache-2.0
"""Calls by sipp, each scenario over UDP and over TCP."""
import os
import subprocess

import run

# Scenario, number called, what it says when it holds.
SCENARIOS = [
    ("call", "answer", "a call is answered, acknowledged and ended"),
    ("offerless", "answer", "an INVITE without an offer gets ours and its answer comes in the ACK"),
    ("cancel", "ringing", "a caller who gives up while it rings gets 487"),
    ("reinvite", "answer", "a call is held and resumed by re-INVITE"),
    ("update", "answer", "UPDATE changes the session and refreshes it"),
    ("keys", "answer", "keys come by INFO in both dialects and other INFO bodies are refused"),
    ("reliable", "reliable", "ringing is reliable when the caller insists"),
    ("unreliable-prack", "reliable", "a PRACK that matches nothing gets 481"),
    ("they-hang-up", "byebye", "the server ends a call with BYE and says why"),
    ("they-refresh-update", "refreshing", "the server refreshes the session by UPDATE"),
    ("they-refresh-invite", "refreshing", "the server refreshes by re-INVITE where UPDATE is not allowed"),
    ("we-refresh", "refreshed", "the caller is told to refresh and its refresh is answered"),
    ("refused-486", "busy", "a busy call gets 486"),
    ("refused-404", "nobody", "an unknown number gets 404"),
    ("refused-403", "forbidden", "a stranger gets 403"),
    ("refused-488", "nocodec", "a call without a common codec gets 488"),
    ("refused-503", "full", "a full server says 503 and when to try again"),
    ("refused-422", "short", "a session timer too short gets 422 and Min-SE"),
]


def sipp(harness, scenario, user, transport):
    port, media = run.free_port(), run.free_port(4) # Its own choice is 6000, whoever has that.
    command = ["sipp", "-sf", os.path.join(run.HERE, "scenarios", scenario + ".xml"), "-s", user,
               "-t", transport, "-i", run.ADDRESS, "-p", str(port), "-mp", str(media), "-m", "2", "-r", "20", "-l", "2",
               "-nostdin", "-recv_timeout", "5000", "-timeout", "12s", "-timeout_error",
               f"{run.ADDRESS}:{harness.port}"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=30)
    return done.returncode == 0, done.stdout.decode("latin-1")[-1500:]


def events_hold(harness):
    """Every dialog told ends with exactly one SIP_RELEASED, and nothing of it comes after."""
    told, released = {}, set()
    for line in harness.lines:
        words = dict(w.split("=", 1) for w in line.split() if "=" in w)
        dialog = words.get("dialog")
        if not dialog or dialog == "0":
            continue
        if dialog in released:
            return f"after its release: {line}"
        told.setdefault(dialog, line.split()[0])
        if line.startswith("SIP_RELEASED"):
            released.add(dialog)
    begun_well = all(kind in ("SIP_INVITE", "SIP_DIALED") for kind in told.values())
    return "" if begun_well and set(told) == released else f"{set(told) - released} not released"


def run_all(harness):
    for transport, name in (("u1", "UDP"), ("t1", "TCP")):
        for scenario, user, sentence in SCENARIOS:
            good, output = sipp(harness, scenario, user, transport)
            run.check(f"{sentence} ({name})", good, output)


def run_part(path):
    harness = run.Harness(path)
    try:
        run_all(harness)
        harness.wait_line("never", 1)
        keys = [l for l in harness.lines if l.startswith("SIP_KEY")]
        run.check("keys by INFO are told once each", len(keys) == 8, str(keys))
        wrong = events_hold(harness)
        run.check("every dialog told to the core ends with one release", not wrong, wrong)
        run.check("no dialog is left", harness.figures().get("dialogs") == 0)
    finally:
        harness.close()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""interruptions.py PROGRAM CONFIG TSV...: of labelled sounds played into an agent's words, which took the floor.

TSV: lines of `turns label`. The judgement is the account's: the greeting ends with words unheard, or it was said to its
end. Prints Markdown; exit 1 when a bound of docs/benchmarks.md is missed.
"""
import json
import os
import subprocess
import sys

WORDS = ("words", "negation") # The others are no wish to speak.
ONSET_P95_MS, FALSE_SHARE, MISSED_SHARE = 120, 0.10, 0.02


def account(program, config):
    """{Call-ID: what is asked of it: its row, with the turns}"""
    def rows(*words):
        out = subprocess.run([program, "cdr", config, "--format", "jsonl", *words], capture_output=True, text=True, check=True).stdout
        return [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return {row["sip_call_id"]: lambda ref=row["ref"]: rows("--call", ref)[0] for row in rows()}


def quantile(values, share):
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0


def judge(calls, line):
    """One sound: (kind, recorded, gave way, ms, resumed after ms, name), or why there is none."""
    path, call, ms, resumed_ms, outcome = line.rstrip("\n").split("\t")
    name = os.path.basename(path)[:-4]
    number, kind, source, how = name.split("-", 3)
    row = calls[call]() if call in calls else {}
    turns = row.get("account", {}).get("turns", [])
    if row.get("keys_only"):
        return None, f"{name}: nobody listened, too many calls for the machine"
    greeting = next((turn for turn in turns if turn["speaker"] == "agent"), None)
    if not greeting or outcome in ("no call", "the agent paused just then"):
        return None, f"{name}: {outcome or 'not in the account'}"
    heard = " / ".join(turn["text"] for turn in turns if turn["speaker"] == "caller")
    return (kind, source, bool(greeting.get("unheard")), float(ms), float(resumed_ms), f"{name} ({heard})"), ""


def tell(found):
    print("| what | from | sounds | gave way | spoke on | first sound after the break, median |\n| --- | --- | --- | --- | --- | --- |")
    for kind in ("words", "negation", "backchannel", "cough", "laugh", "grunt", "click", "noise"):
        for source in ("recorded", "synthetic"):
            group = [row for row in found if row[:2] == (kind, source)]
            gave = [row for row in group if row[2]]
            resumed = [row[4] for row in group if not row[2] and row[4]]
            if group:
                print(f"| {kind} | {source} | {len(group)} | {len(gave)} | {len(group) - len(gave)} | {quantile(resumed, 0.5):.0f} ms |")


def main():
    calls = account(*sys.argv[1:3])
    found, none = [], 0
    for path in sys.argv[3:]:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                row, why = judge(calls, line)
                if row:
                    found.append(row)
                else:
                    none += 1
                    print("without a result:", why)
    true = [row for row in found if row[0] in WORDS]
    false = [row for row in found if row[0] not in WORDS]
    missed = [row for row in true if not row[2]]
    wrong = [row for row in false if row[2]]
    onset = [row[3] for row in true if row[2]]
    tell(found)
    for row in missed:
        print("missed:", row[5])
    for row in wrong:
        print("gave way to:", row[5])
    if not true or not false:
        sys.exit("too few results to say anything")
    gave = len(true) - len(missed)
    print(f"\nprecision {gave / max(1, gave + len(wrong)):.3f}, recall {gave / len(true):.3f}; "
          f"gave way to what was none {len(wrong)} of {len(false)} ({len(wrong) / len(false):.1%}), "
          f"missed {len(missed)} of {len(true)} ({len(missed) / len(true):.1%}); "
          f"onset to the last packet p50 {quantile(onset, 0.5):.0f} ms, p95 {quantile(onset, 0.95):.0f} ms; "
          f"{none} without a result; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    sys.exit(10 * none > len(found) or len(wrong) > FALSE_SHARE * len(false) or len(missed) > MISSED_SHARE * len(true)
             or quantile(onset, 0.95) > ONSET_P95_MS)


main()

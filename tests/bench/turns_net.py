#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""turns_net.py BUILD [CALLS ...]: how fast a conversation turns when recogniser, model and voice are providers.

For each number of calls (1, 100, 500) a fresh server on desk-net/, a fresh stand-in (standin.c) and `offhook load`, whose
callers (clips: spoken by voices of flite and espeak-ng) take turns with the agent and interrupt it now and then, for PART_S (60)
seconds with all calls up. Then from the ledger, in ms: round trip; our own time, which is the round trip without the waiting for the
turn's end and without what the stand-in was told to wait, up to the packet and, "before the frame", up to the first sound in our
hands, which then waits 0 to 20 ms for the line's next packet; quiet after an interruption as callers hear it; what failed; memory a session, the growth of the server's
proportional set size with all calls up, without pages of files. Prints Markdown rows, the load of the machine in each. Exit 1 when a figure of
docs/benchmarks.md is missed. SERVER_CORES and OTHER_CORES as for taskset; none by default.
OFFHOOK_BENCH_VOICE=deepgram-aura for a voice that makes mu-law instead of 24 kHz. Results stay in $RESULTS/turns-net."""
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RESULTS = os.path.join(os.environ.get("RESULTS", os.path.join(ROOT, "var/bench-results")), "turns-net")
DATA = os.environ.setdefault("OFFHOOK_BENCH_DATA", os.path.join(ROOT, "var/bench"))
PORT = os.environ.setdefault("OFFHOOK_BENCH_PORT", "15060")
RTP = os.environ.get("LOAD_RTP", "30000")
PART_S = int(os.environ.get("PART_S", "60"))
BARGE = os.environ.get("BARGE", "20")
FIRST_CLAUSE = 5  # Tokens of the stand-in's answer after the first, until its first clause is over.
REACH = {"own p95": 15, "own p99": 30, "round trip p95": 900, "quiet p95": 120, "failed %": 0.5, "KB": 200, "of one": 1.25,
         "generator p99": 10}  # When the last is missed, the figures tell of the generator's machine.


def on(cores, command):
    return ["taskset", "-c", os.environ[cores], *command] if os.environ.get(cores) else command


def memory_kb(pid, names=("Pss_Anon:", "Pss_Shmem:")):
    """Of the process and all below it; without pages of files, which are programs that run for the first time, once a server."""
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
        own = sum(int(line.split()[1]) for line in file if line.split()[0] in names)
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return own + sum(memory_kb(int(child), names) for child in file.read().split())


def make_callers():
    clips = f"{RESULTS}/clips"
    if not os.path.isdir(f"{clips}/spoken"):
        subprocess.run([f"{HERE}/clips", clips], check=True, stdout=subprocess.DEVNULL)
        os.mkdir(f"{clips}/spoken")
        for name in os.listdir(clips):
            if name.startswith("spoken-"):
                os.rename(f"{clips}/{name}", f"{clips}/spoken/{name}")
    return f"{clips}/spoken"


def start_standin(build, log):
    standin = subprocess.Popen(on("OTHER_CORES", [f"{build}/tests/bench/standin"]), stdout=subprocess.PIPE, stderr=log, text=True)
    os.environ["OFFHOOK_BENCH_STANDIN"] = standin.stdout.readline().split()[1]
    return standin


def start_server(build, log):
    """With its greeting spoken: the first call is not measured."""
    offhook = f"{build}/src/app/offhook"
    server = subprocess.Popen(on("SERVER_CORES", [offhook, "serve", f"{HERE}/desk-net"]), stdout=log, stderr=log)
    for _ in range(120):
        first = subprocess.run([offhook, "load", f"sip:1000@127.0.0.1:{PORT}", "--calls", "1", "--rate", "1", "--length", "2s", "--for",
                                "2s", "--no-media", "--quiet"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        if first.returncode == 0 and server.poll() is None:
            return server
        if server.poll() is not None:
            break
        time.sleep(0.5)
    sys.exit(f"the server does not answer on {PORT}: see {log.name}")


def stop(process):
    process.send_signal(signal.SIGTERM)
    try:
        return process.communicate(timeout=20)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def processor_s(pid):
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    own = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return own + sum(processor_s(int(child)) for child in file.read().split())


def run_load(build, calls, server, log):
    """Returns the generator's figures, what the server took, and from when all calls were up."""
    ramp_s = max(1, calls // 25)
    path = f"{RESULTS}/load-{calls}.json"
    before_kb, before_files_kb = memory_kb(server.pid), memory_kb(server.pid, ("Pss_File:",))
    load = subprocess.Popen(on("OTHER_CORES", [
        f"{build}/src/app/offhook", "load", f"sip:1000@127.0.0.1:{PORT}", "--talker", "--sound", make_callers(), "--barge", f"{BARGE}%", "--keys", "0%", "--calls", str(calls), "--ramp",
        f"{ramp_s}s", "--length", "1h", "--for", f"{ramp_s + PART_S}s", "--rtp-port", RTP, "--quiet", "--json", path]), stdout=log, stderr=log)
    time.sleep(ramp_s)
    up_ms, began_s, began = int(time.time() * 1000), time.monotonic(), processor_s(server.pid)
    time.sleep(PART_S - 2)
    server_took = {"cores": (processor_s(server.pid) - began) / (time.monotonic() - began_s),
                   "kb": (memory_kb(server.pid) - before_kb) / calls,
                   "files_kb": (memory_kb(server.pid, ("Pss_File:",)) - before_files_kb) / calls, "load": os.getloadavg()[0]}
    until_ms = int(time.time() * 1000)
    load.wait()
    with open(path, encoding="utf-8") as file:
        return json.load(file), server_took, up_ms, until_ms


def ledger(up_ms, until_ms):
    """Turns that had all of it, and how many had not, though nobody interrupted them."""
    base = sqlite3.connect(f"file:{DATA}/offhook.db?mode=ro", uri=True)
    base.row_factory = sqlite3.Row
    rows = base.execute("SELECT * FROM ledger WHERE wall_ms BETWEEN ? AND ? AND end_of_turn_ms IS NOT NULL", (up_ms, until_ms)).fetchall()
    base.close()
    wanted = ("final_text_ms", "first_token_ms", "first_speech_ms", "audible_ms")
    whole = [row for row in rows if all(row[name] is not None for name in wanted)]
    return whole, sum(1 for row in rows if not row["interrupted"] and any(row[name] is None for name in wanted))


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def own_times(turns, told):
    """Of each turn, by part: what was not the stand-in's. They add up to the last."""
    clause = FIRST_CLAUSE * told["next_token"]
    parts = {"to the final": [t["final_text_ms"] - t["end_of_turn_ms"] - told["final"] for t in turns],
             "to the token": [t["first_token_ms"] - t["final_text_ms"] - told["token"] for t in turns],
             "to the sound": [t["first_speech_ms"] - t["first_token_ms"] - clause - told["sound"] for t in turns],
             "to the line": [t["audible_ms"] - t["first_speech_ms"] for t in turns]}
    parts["own before the frame"] = [t["first_speech_ms"] - t["end_of_turn_ms"] - told["final"] - told["token"] - clause - told["sound"] for t in turns]
    parts["own"] = [t["audible_ms"] - t["end_of_turn_ms"] - told["final"] - told["token"] - clause - told["sound"] for t in turns]
    return parts


def part(build, calls):
    with open(f"{RESULTS}/server-{calls}.log", "w", encoding="utf-8") as log:
        standin, server = start_standin(build, log), None
        try:
            server = start_server(build, log)
            load, took, up_ms, until_ms = run_load(build, calls, server, log)
        finally:
            if server:
                stop(server)
            did = json.loads(stop(standin))
    turns, failed = ledger(up_ms, until_ms)
    if not turns:
        sys.exit(f"no turn was answered: see {RESULTS}/server-{calls}.log")
    with open(f"{RESULTS}/server-{calls}.log", encoding="utf-8") as log:  # A provider that was given up is told there; a stand-in's first partial may be late.
        failed += load["talk"]["answers_missed"] + load["calls"]["failed"] + sum(1 for line in log if " warn  " in line[:40] and " slo: " not in line[:46])
    parts = own_times(turns, did["constants"])
    trips, quiet = [t["audible_ms"] for t in turns], load["talk"]["quiet_after_interruption"]
    figures = {"calls": calls, "turns": len(turns), "round trip p50": quantile(trips, 0.5), "round trip p95": quantile(trips, 0.95),
               "own p50": quantile(parts["own"], 0.5), "own p95": quantile(parts["own"], 0.95), "own p99": quantile(parts["own"], 0.99),
               "quiet p95": quiet["p95_ms"], "quiets": quiet["count"], "failed": failed,
               "failed %": 100 * failed / len(turns), "KB": took["kb"], "KB of files": took["files_kb"], "cores": took["cores"],
               "load": took["load"], "standin p95": max(did[name]["p95_ms"] for name in ("finals", "tokens", "sounds")),
               "standin p99": max(did[name]["p99_ms"] for name in ("finals", "tokens", "sounds")),
               "generator p99": load["generator"]["lateness"]["p99_ms"],
               "parts": {name: [quantile(values, share) for share in (0.5, 0.95, 0.99)] for name, values in parts.items()},
               "speech": [quantile([t["speech_ms"] for t in turns], share) for share in (0.05, 0.5, 0.95)],
               "wait": [quantile([t["end_of_turn_ms"] for t in turns], share) for share in (0.05, 0.5, 0.95)], "standin": did}
    with open(f"{RESULTS}/figures-{calls}.json", "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
    return figures


def judge(figures, alone):
    figures["of one"] = figures["round trip p95"] / alone["round trip p95"]
    return [name for name, most in REACH.items() if not figures[name] <= most and (name != "KB" or figures["calls"] >= 100)]


def main(build, counts):
    if os.environ.get("PRIORITY"):  # As in `run`: the kernel weighs groups of sessions first.
        with open("/proc/self/autogroup", "w", encoding="ascii") as file:
            file.write(os.environ["PRIORITY"])
    os.makedirs(RESULTS, exist_ok=True)
    os.makedirs(DATA, exist_ok=True)
    make_callers()
    alone, missed = None, []
    print("| calls | turns | round trip p50 / p95 | of one call's p95 | own p50 / p95 / p99 | before the frame | quiet p95 | failed | KB a session | cores | "
          "stand-in late p95 / p99 | generator late p99 | load | missed |\n|" + " --- |" * 14, flush=True)
    for calls in counts:
        f = part(build, calls)
        alone = alone or f
        missed = judge(f, alone)
        print(f"| {calls} | {f['turns']} | {f['round trip p50']:.0f} / {f['round trip p95']:.0f} | {f['of one']:.2f} | "
              f"{f['own p50']:.0f} / {f['own p95']:.0f} / {f['own p99']:.0f} | "
              f"{' / '.join(f'{ms:.0f}' for ms in f['parts']['own before the frame'])} | {f['quiet p95']:.0f} ({f['quiets']}) | {f['failed']} ({f['failed %']:.2f} %) | "
              f"{'' if calls < 100 else round(f['KB'])} | {f['cores']:.2f} | {f['standin p95']:.1f} / {f['standin p99']:.1f} | {f['generator p99']:.0f} | {f['load']:.1f} | {', '.join(missed)} |", flush=True)
        for name, (p50, p95, p99) in f["parts"].items():
            print(f"    {name}: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms", file=sys.stderr, flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], [int(count) for count in sys.argv[2:]] or [1, 100, 500]))

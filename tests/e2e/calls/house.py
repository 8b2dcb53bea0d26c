# SPDX-License-Identifier: Apache-2.0
"""house.py - a whole Offhook server for a test: its own directory, its own ports, ended by its pid."""
import atexit
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

ADDRESS = "127.0.0.1"
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", "..", ".."))
sys.path.insert(0, os.path.join(HERE, ".."))
from ports import free_ports, is_free

failures = 0
gathered = None # What check() is told while attempts() tries.


def check(name, good, detail=""):
    global failures
    if gathered is not None:
        gathered.append((name, good, detail))
        return
    print(f"ok {name}" if good else f"FAILED {name} {detail}", flush=True)
    failures += not good


def attempts(step, *arguments, times=3):
    """What hangs on ears and on a busy machine's time may need more than one go; what is broken fails in each."""
    global gathered
    for left in reversed(range(times)):
        gathered = []
        step(*arguments)
        results, gathered = gathered, None
        missed = [f"{name} {detail}" for name, good, detail in results if not good]
        if not missed or not left:
            for result in results:
                check(*result)
            return
        print(f"# again, as this did not hold: {', '.join(missed)}", flush=True)


class Server:
    """`offhook serve` on a copy of a configuration, with ports and a directory of its own."""

    prefix = () # Words before the program's: where it is to run.

    def __init__(self, program, source="examples/front-desk", **changes):
        self.program = program
        self.home = tempfile.mkdtemp(prefix="offhook-e2e-")
        shutil.copytree(os.path.join(ROOT, source), os.path.join(self.home, "conf"))
        self.conf = os.path.join(self.home, "conf")
        self.port = free_ports(10000, 11000, 2)
        self.process = None
        self.rows_seen = 0
        self.models = os.path.join(self.conf, "data", "models")
        self.kept_models = os.path.join(os.path.dirname(os.path.abspath(program)), "e2e-models")
        if os.path.isdir(self.kept_models): # Made by content: what an earlier test made serves again.
            shutil.copytree(self.kept_models, self.models)
        atexit.register(self.close) # Also when a test ends early: no server and no directory stays.
        self.write(**changes)
        self.start()

    def write(self, max_calls=16, places=4, extra=""):
        path = os.path.join(self.conf, "offhook.yaml")
        keep = [line for line in open(path, encoding="utf-8")
                if not re.match(r"(server|sip|media|speech|journal|slo):", line)]
        rtp = free_ports(16384, 30000, 2 * max_calls + 2)
        with open(path, "w", encoding="utf-8") as out:
            out.write(f"server: {{max-calls: {max_calls}, data: data, retry-after: 7}}\n"
                      f"sip: {{listen: [\"udp:{ADDRESS}:{self.port}\", \"tcp:{ADDRESS}:{self.port}\"]}}\n"
                      f"media: {{bind: {ADDRESS}, first-port: {rtp}, threads: 1, capture: true}}\n"
                      "slo: {act: watch}\n" # A busy machine answers late: that alone refuses no call here.
                      f"speech: {{places: {places}, workers: 1}}\n{extra}")
            out.writelines(keep)

    def start(self):
        self.log = open(os.path.join(self.home, "log"), "ab")
        self.process = subprocess.Popen([*self.prefix, self.program, "serve", self.conf], stdout=self.log,
                                        stderr=self.log)
        end = time.monotonic() + 90
        while time.monotonic() < end:
            if self.process.poll() is not None:
                sys.exit("the server did not start:\n" + self.log_text())
            if self.status():
                return
            time.sleep(0.1)
        sys.exit("the server is not ready after 90 s:\n" + self.log_text())

    def ask(self, word):
        try:
            with socket.socket(socket.AF_UNIX) as s:
                s.settimeout(2)
                s.connect(os.path.join(self.conf, "data", "control"))
                s.sendall(json.dumps({"ask": word}).encode() + b"\n")
                return json.loads(s.makefile().readline())
        except (OSError, ValueError):
            return None

    def status(self):
        """What the server says of itself, or None."""
        return (self.ask("status") or {}).get("core")

    def log_text(self):
        return open(os.path.join(self.home, "log"), encoding="utf-8", errors="replace").read()

    def run(self, *words, timeout=120):
        return subprocess.run([self.program, *words], capture_output=True, text=True, timeout=timeout)

    def call(self, script, timeout=120, options=()):
        """`offhook call` with these lines; returns (exit code, what it printed)."""
        path = os.path.join(self.home, "script")
        with open(path, "w", encoding="utf-8") as out:
            out.write(script)
        done = self.run("call", f"sip:100@{ADDRESS}:{self.port}", "--script", path, "--control",
                        os.path.join(self.conf, "data", "control"), *options, timeout=timeout)
        return done.returncode, done.stdout + done.stderr

    def cdr(self, *words):
        done = self.run("cdr", self.conf, "--format", "jsonl", *words)
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    def whole(self, ref):
        """One call with its turns, keys, hand-overs and ledgers."""
        rows = self.cdr("--call", ref)
        return {**rows[0], **rows[0].get("account", {})} if rows else {}

    def ended(self, seconds=15):
        """The rows of the account once no call is up and there are more than the last time that was asked."""
        end, before = time.monotonic() + seconds, None
        while True:
            idle = (self.status() or {}).get("calls") == 0
            rows = self.cdr()
            if (idle and len(rows) > self.rows_seen and len(rows) == before) or time.monotonic() > end:
                self.rows_seen = len(rows)
                return rows
            before = len(rows)
            time.sleep(0.2) # A row is written soon after its call has ended.

    def last(self):
        """The newest call that has ended, waited for."""
        rows = self.ended()
        return self.whole(rows[-1]["ref"]) if rows else {}

    def kill(self, number=signal.SIGKILL):
        self.process.send_signal(number)
        self.process.wait()

    def close(self):
        atexit.unregister(self.close)
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if os.path.isdir(self.models):
            shutil.copytree(self.models, self.kept_models, dirs_exist_ok=True)
        if failures:
            sys.stderr.write(self.log_text()[-6000:])
        shutil.rmtree(self.home, ignore_errors=True)

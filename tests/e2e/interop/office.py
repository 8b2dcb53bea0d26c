# SPDX-License-Identifier: Apache-2.0
"""office.py - the server of the interoperation tests: any address, any place, any manners.

Parts say `skipped: why` and exit 77 (meson: SKIP) when a peer or a feature of the kernel is missing.
"""
import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "calls"))
import house # noqa: E402
from house import check # noqa: E402,F401

LOOPBACK = "127.0.0.1"
SKIP = 77


def skip(why):
    print(f"skipped: {why}", flush=True)
    sys.exit(SKIP)


def need(*programs):
    """Where these programs are; the part is skipped when one is missing."""
    found = [shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin") for name in programs]
    for name, path in zip(programs, found):
        if not path:
            skip(f"{name} is not installed (scripts/install test)")
    return found


class Office(house.Server):
    """A whole server. `manners`, `server`, `trunks` are YAML; recognition only when places are given."""

    def __init__(self, program, source="examples/front-desk", prefix=(), address=LOOPBACK, **changes):
        self.prefix, self.address = tuple(prefix), address
        super().__init__(program, source, **changes)

    def write(self, max_calls=16, places=0, manners="", server="", trunks="", speech="", routes="", capture="true", digest="both", listen="", threads=1):
        path = os.path.join(self.conf, "offhook.yaml")
        literal = f"[{self.address}]" if ":" in self.address else self.address
        rtp = house.free_ports(16384, 30000, 2 * max_calls + 2)
        width = "::/0" if ":" in self.address else "0.0.0.0/0"
        agent = "switchboard" if os.path.exists(os.path.join(self.conf, "agents", "switchboard.md")) else "front-desk"
        with open(path, "w", encoding="utf-8") as out:
            out.write(
                f"server: {{max-calls: {max_calls}, data: data, retry-after: 7{', ' + server if server else ''}}}\n"
                f"sip: {{listen: [\"udp:{literal}:{self.port}\", \"tcp:{literal}:{self.port}\"{', ' + listen if listen else ''}], digest: {digest}}}\n"
                f"media: {{bind: \"{self.address}\", first-port: {rtp}, threads: {threads}, capture: {capture}}}\n"
                f"speech: {{places: {places}, workers: 1{', ' + speech if speech else ''}}}\n"
                f"trunks:\n{trunks or f'  - {{name: local, sources: [{chr(34)}{width}{chr(34)}]}}'}\n"
                f"routes:\n{routes}  - {{number: \"*\", agent: {agent}}}\n"
                "slo: {act: watch}\n" # A busy machine answers late: that alone refuses no call here.
                f"manners: {{{manners or 'silence: 20s'}}}\n")
        self.first_rtp = rtp

    def up(self):
        return (self.status() or {}).get("calls")


def wait_for(fact, seconds=5.0, every=0.05):
    """What fact() returns, as soon as it is true; or its last word after that time."""
    end = time.monotonic() + seconds
    while True:
        got = fact()
        if got or time.monotonic() > end:
            return got
        time.sleep(every)


class Peer:
    """A program of somebody else: its output in a file, ended by its pid whatever happens."""

    def __init__(self, words, cwd=None, stdin=subprocess.DEVNULL, env=None):
        self.log_path = tempfile.mktemp(prefix="offhook-peer-")
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(words, cwd=cwd, stdin=stdin, stdout=log, stderr=log, env=env,
                                            start_new_session=True)
        atexit.register(self.close)

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def running(self):
        return self.process.poll() is None

    def close(self):
        atexit.unregister(self.close)
        try: # Its own session: what it forked goes with it.
            os.killpg(self.process.pid, signal.SIGTERM)
            self.process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        if os.path.exists(self.log_path):
            os.unlink(self.log_path)

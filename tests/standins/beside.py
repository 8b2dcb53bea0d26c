# SPDX-License-Identifier: Apache-2.0
"""beside.py - a stand-in in a process of its own, beside a test: its script, its log, its end."""
import json
import os
import subprocess
import tempfile
import time
import urllib.request

STANDINS = os.path.dirname(os.path.abspath(__file__))
WAIT_S = 15


class Standin:
    def __init__(self, program, script):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "script.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(script, file)
        self.process = subprocess.Popen(["/usr/bin/python3", os.path.join(STANDINS, program), "--script", path],
                                        stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().split()[1]}"

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=5) as answer:
            return json.load(answer)

    def log(self, what):
        return [line for line in self.get("/standin/log") if line["what"] == what]

    def until(self, what, count=1):
        deadline = time.monotonic() + WAIT_S
        while len(self.log(what)) < count:
            assert time.monotonic() < deadline, f"{count} of {what}, but {str(self.get('/standin/log')[-3:])[:2000]}"
            time.sleep(0.02)
        return self.log(what)

    def script(self, changes):
        urllib.request.urlopen(urllib.request.Request(self.url + "/standin/script", json.dumps(changes).encode(), method="POST"), timeout=5)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

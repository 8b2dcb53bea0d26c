# SPDX-License-Identifier: Apache-2.0
"""beside.py - a stand-in in a process of its own, beside a test: its script, its log, its end."""
import json
import os
import ssl
import subprocess
import tempfile
import time
import urllib.request

STANDINS = os.path.dirname(os.path.abspath(__file__))
WAIT_S = 15


def make_authority(folder):
    """An authority of our own and what it signed for this machine; (its certificate, a script's `tls`)."""
    ca, certificate, key, request, names = (os.path.join(folder, name) for name in
                                            ("ca.pem", "certificate.pem", "key.pem", "request.pem", "names"))
    with open(names, "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    for words in (("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", ca + ".key", "-out", ca, "-days", "2", "-subj", "/CN=our own"),
                  ("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", "/CN=localhost"),
                  ("x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca + ".key", "-CAcreateserial", "-out", certificate, "-days", "2",
                   "-extfile", names)):
        subprocess.run(("openssl", *words), check=True, capture_output=True)
    return ca, {"certificate": certificate, "key": key}


class Standin:
    """With `tls` in its script it is at an https: url, and `ca` is whom to believe."""

    def __init__(self, program, script, ca=None):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "script.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(script, file)
        self.process = subprocess.Popen(["/usr/bin/python3", os.path.join(STANDINS, program), "--script", path],
                                        stdout=subprocess.PIPE, text=True)
        self.context = ssl.create_default_context(cafile=ca) if ca else None
        self.url = f"http{'s' if ca else ''}://127.0.0.1:{self.process.stdout.readline().split()[1]}"

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=5, context=self.context) as answer:
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
        urllib.request.urlopen(urllib.request.Request(self.url + "/standin/script", json.dumps(changes).encode(), method="POST"), timeout=5,
                               context=self.context)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: calls with two legs, and calls from us, with real peers.

Parts: dialled (`offhook dial`), forwarded (a route that forwards), referred (their REFER and Replaces), refers (ours), waiting (queues).
Prints `ok name` for what held.
"""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import callee # noqa: E402,F401
import house # noqa: E402

PARTS = ("dialled", "forwarded", "referred", "refers", "waiting")

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))
    __import__(sys.argv[2]).part(os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: our server among others' telephones, proxies and relays, and what is known to trouble them.

Parts: signalling, sound (known troubles, by a telephone of raw packets), kamailio (in front, balancing, forking),
linphone (a console with a recorded voice), overload (limits and floods), networks (loss and jitter; networks-all
measures every level), relay (rtpengine), second (another Offhook), telephones (registered ones that are
called), watched (OPTIONS to those), forged (requests inside a call from elsewhere). Prints `ok name` for what held,
`skipped: why` when a peer is missing.
"""
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import office # noqa: E402
import house # noqa: E402

PARTS = ("signalling", "sound", "kamailio", "linphone", "overload", "networks", "networks-all", "relay", "second", "telephones", "watched", "forged")

if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[2] not in PARTS:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside")) # What was started is ended all the same.
    name, _, every = sys.argv[2].partition("-")
    module = __import__(name)
    (module.part_all if every else module.part)(os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

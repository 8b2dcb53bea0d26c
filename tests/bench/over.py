# SPDX-License-Identifier: Apache-2.0
"""over.py RESULTS: what twice the limit does to those who are admitted, and how soon the others know.

Reads what `run over` left: each figure at twice the limit, divided by the one at the limit. Exit 1 when the ratio of the
sound's deviation is above 1.25, a 99th percentile of the refusals above 50 ms, or the server did not refuse about as many as
it admitted. The ratio of set-up times is shown only: the limit is one of whole seconds, so that at twice the rate those who
are admitted come in half of the time."""
import json
import sys

RATIO, REFUSAL_MS = 1.25, 50


def read(results, name):
    with open(f"{results}/{name}.json", encoding="utf-8") as file:
        return json.load(file)


def main(results):
    good = True
    for part, what, figure in (("sound", "deviation", lambda d: d["sound"]["deviation"]["p99_ms"]),
                               ("setup", "set-up", lambda d: d["calls"]["set_up"]["p99_ms"])):
        once, twice = (read(results, f"over-{part}-{name}") for name in ("once", "twice"))
        calls, refusal = twice["calls"], twice["calls"]["busy"]["p99_ms"]
        ratio = figure(twice) / figure(once)
        share = calls["refused"] / max(1, calls["begun"])
        fine = (part == "setup" or ratio <= RATIO) and refusal <= REFUSAL_MS and 0.4 < share < 0.7
        good &= fine
        print(f"{part}: p99 of {what} {figure(once):.1f} ms at the limit, {figure(twice):.1f} ms at twice ({ratio:.2f} times); "
              f"{calls['refused']} of {calls['begun']} refused, p99 after {refusal:.1f} ms: {'good' if fine else 'missed'}")
    return 0 if good else 1


sys.exit(main(sys.argv[1]))

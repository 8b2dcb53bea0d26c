# SPDX-License-Identifier: Apache-2.0
"""The cases of RFC 4475, one message each in torture/, in words of our own; @N@ is a fresh number.

For each: what may happen. A number is the status of the answer, "silence" that nothing comes back.
Where the RFC leaves a choice, ours is written here, so that a change of it is seen. "busy" in an
INVITE's Request-URI makes the harness refuse it with 486: then the message was understood.
"""
import os
import random

import run
from run import check

EXPECTED = {
    # 3.1.1 valid messages. The library does not read a method like intmeth's; we would refuse it.
    "wsinv": 486, "intmeth": "silence", "esc01": 486, "escnull": 405, "esc02": 405, "lwsdisp": 200,
    "longreq": 486, "dblreq": 405, "semiuri": 200, "transports": 200, "mpart01": 405,
    "unreason": "silence", "noreason": "silence",
    # 3.1.2 invalid messages. Silence where the start line or the topmost Via cannot be read: there
    # is nobody to answer to.
    "badinv01": "silence", "clerr": 400, "ncl": 400, "scalar02": 400, "scalarlg": "silence",
    "quotbal": 400, "ltgtruri": 400, "lwsruri": 400, "lwsstart": 486, "trws": 200, "escruri": 486,
    "baddate": 486, "regbadct": 400, "badaspec": 200, "baddn": 400, "badvers": "silence",
    "mismatch01": 400, "mismatch02": 400, "bigcode": "silence",
    # 3.2 transaction layer, 3.3 application layer, 3.4 backward compatibility
    "badbranch": 200, "insuf": 400, "unkscm": 416, "novelsc": 416, "unksm2": 405, "bext01": 420,
    "invut": 415, "regaut01": 405, "multi01": 400, "mcl01": 400, "bcast": "silence", "zeromf": 200,
    "cparam01": 405, "cparam02": 405, "regescrt": 405, "sdp01": 486, "inv2543": 486,
}


def outcome(harness, name):
    with open(os.path.join(run.HERE, "torture", name + ".sip"), "rb") as file:
        data = file.read().replace(b"@N@", b"%x" % random.getrandbits(40))
    phone = run.Phone(harness)
    phone.send(data)
    answer = phone.expect("SIP/2.0 [2-6]", 0.6 if EXPECTED[name] == "silence" else 2)
    phone.close()
    return int(answer.split()[1]) if answer else "silence"


def run_part(path):
    harness = run.Harness(path)
    files = sorted(f[:-4] for f in os.listdir(os.path.join(run.HERE, "torture")))
    check("each of RFC 4475's cases is there", files == sorted(EXPECTED), str(files))
    try:
        for name, expected in EXPECTED.items():
            at = harness.mark()
            got = outcome(harness, name)
            good = run.normal_call(harness)
            calls = [l for l in harness.lines[at:] if l.startswith("SIP_INVITE")]
            check(f"RFC 4475 {name}: {expected}, and a call works after it",
                  got == expected and good and len(calls) <= 2, f"got {got}, call {good}")
        check("the worker outlived all of RFC 4475", harness.figures().get("restarts") == 0)
    finally:
        harness.close()

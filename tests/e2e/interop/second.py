# SPDX-License-Identifier: Apache-2.0
"""second.py - another Offhook as the other side: it registers here as a telephone does, and calls with its password."""
import os
import re
import subprocess

from office import LOOPBACK, Office, check, wait_for

WORD = "tr0ub4dor"
HERE_ONLY = "  - {name: nobody, sources: [\"192.0.2.0/24\"]}\nusers:\n  - {name: branch, password: \"${OFFHOOK_BRANCH}\"}"


def load(server, password, calls=6):
    """Calls by the second Offhook's load tester, which proves who it is."""
    return subprocess.run([server.program, "load", f"sip:100@{LOOPBACK}:{server.port}", "--calls", str(calls), "--length",
                           "3s", "--for", "4s", "--user", "branch", "--quiet"], capture_output=True, text=True, timeout=60,
                          env={**os.environ, "OFFHOOK_LOAD_PASSWORD": password})


def part(program):
    os.environ["OFFHOOK_BRANCH"] = WORD
    desk = Office(program, trunks=HERE_ONLY)
    branch = Office(program, trunks=f"  - {{name: desk, host: \"{LOOPBACK}:{desk.port}\", transport: udp, user: branch, "
                    "password: \"${OFFHOOK_BRANCH}\", register: true}")

    def registered():
        return re.search(r"(?m)^desk .*\bregistered", branch.run("trunks", branch.conf).stdout)

    check("one_offhook_registers_at_another", wait_for(registered, 10, 0.3),
          branch.run("trunks", branch.conf).stdout + branch.log_text()[-800:])
    done = load(desk, WORD)
    rows = [row for row in desk.ended() if row["cause"] == "caller_hung_up"]
    check("its_calls_prove_who_they_are_and_have_sound", done.returncode in (0, 3) and all(row["trunk"] == "phones" for row in rows)
          and sum(row["received"] > 100 and row["sent"] > 100 for row in rows) >= 6, f"{done.stdout} {done.stderr} {rows}")
    done = load(desk, "wrong", 2)
    check("without_the_password_none_is_taken", done.returncode != 0 and len([
        row for row in desk.cdr() if row["cause"] == "caller_hung_up"]) == len(rows), done.stdout)
    check("no_password_is_in_a_log", WORD not in desk.log_text() + branch.log_text())
    branch.close(), desk.close()

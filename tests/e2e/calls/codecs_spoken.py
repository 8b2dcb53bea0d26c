# SPDX-License-Identifier: Apache-2.0
"""codecs_spoken.py - each codec spoken by `offhook call` and by baresip: the agent is heard and the caller understood."""
import os
import subprocess

import house
from house import Server, check

WORDS = "my internet is down"
SCRIPT = f"wait agent\nsay {WORDS}\nexpect intent technical\nwait agent\npress 3\nexpect key 3\nhangup\n"


def own_call(server, codec):
    """Words and keys, over each codec, by our own caller."""
    code, out = server.call(SCRIPT, options=("--codec", codec))
    call = server.last()
    check(f"a_caller_of_{codec}_is_understood_and_its_keys_too", code == 0 and call["codec"] == codec, out + str(call))
    check(f"and_{codec}_sounded_good_by_its_figures",
          call["mos_hundredths"] > 400 and call["lost"] == 0 and call["strangers"] == 0, call)


def baresip_call(server, codec, module, dial, loud):
    """A real telephone that speaks only this."""
    source = os.path.join(server.home, "words.wav")
    subprocess.run(["flite", "-voice", "slt", "-t", f"{WORDS} and my internet is down", "-o", source + ".wav"], check=True)
    form = ("-r", "48000", "-c", "2") if codec == "opus" else ("-r", "16000") # As its module opens a microphone.
    subprocess.run(["sox", source + ".wav", *form, source, "pad", "7", "6"], check=True)
    heard = dial(server, source, 16, codec=module)
    call = server.last()
    agents = " ".join(t["text"] for t in call.get("turns", []) if t["speaker"] == "agent")
    intents = [t.get("intent") for t in call.get("turns", []) if t["speaker"] == "caller"]
    check(f"baresip_with_{codec}_is_answered_in_it", call["codec"] == codec, call)
    check(f"baresip_with_{codec}_hears_the_agent", loud(heard) > 3 and len(agents) > 20, f"{loud(heard)} {agents}")
    check(f"baresip_with_{codec}_is_understood", any(i and i != "general" for i in intents), call.get("turns"))


def part(program, dial, loud):
    server = Server(program)
    for codec in ("pcmu", "pcma", "g722", "opus"):
        house.attempts(own_call, server, codec)
    for codec, module in (("g722", "g722"), ("opus", "opus")):
        house.attempts(baresip_call, server, codec, module, dial, loud)
    done = server.run("replay", server.conf)
    check("calls_of_all_codecs_replay_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close()

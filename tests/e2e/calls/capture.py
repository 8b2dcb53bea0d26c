# SPDX-License-Identifier: Apache-2.0
"""capture.py - recordings by command: begun, masked, ended in a call, killed in the middle, found in the account."""
import os
import time
import wave

from house import Server, check


def finished(server, ref, count, seconds=20):
    """The call's captures when none is under way any more."""
    end = time.monotonic() + seconds
    while True:
        captures = server.whole(ref).get("captures", [])
        if len(captures) == count and all(c["state"] == "finished" for c in captures) or time.monotonic() > end:
            return captures
        time.sleep(0.2)


def seconds_of(path):
    with wave.open(path) as sound:
        return sound.getnframes() / sound.getframerate(), sound.getnchannels()


def part(program, in_mid_call):
    server = Server(program)
    caller = in_mid_call(server, 7)
    ref = server.ask("calls")["calls"][0]["ref"]
    acts = [(act, server.run("capture", ref, act, server.conf).returncode) for act in ("mask", "stop", "start", "pause")]
    check("each_act_is_taken", all(code == 0 for _, code in acts), acts)
    states = [c["capture"] for c in server.ask("calls")["calls"]]
    done = server.run("capture", "nobody", "pause", server.conf)
    check("a_call_that_is_not_up_is_said", done.returncode == 1 and "no such call" in done.stderr, done.stderr)
    done = server.run("capture", ref, "erase", server.conf)
    check("an_act_that_is_none_is_said", done.returncode == 1 and "start, pause" in done.stderr, done.stderr)
    check("the_live_view_shows_it", states == ["paused"], states)
    caller.wait(40)
    call = server.last()
    captures = finished(server, ref, 2)
    check("both_captures_are_in_the_account", [c["file"] for c in captures] == [f"{ref}.wav", f"{ref}-2.wav"], captures)
    folder = os.path.join(server.conf, "data", "captures")
    path = os.path.join(folder, f"{ref}-2.wav")
    length, channels = seconds_of(path) if os.path.exists(path) else (0, 0)
    check("a_paused_capture_is_as_long_as_the_call", channels == 2 and length > 5, (length, call))
    check("captures_are_private", os.stat(path).st_mode & 0o777 == 0o600 and not [f for f in os.listdir(folder) if ".au" in f],
          os.listdir(folder))
    caller = in_mid_call(server)
    ref = server.ask("calls")["calls"][0]["ref"]
    time.sleep(4)
    server.kill()
    caller.kill()
    caller.wait()
    server.start()
    captures = finished(server, ref, 1)
    length = seconds_of(os.path.join(folder, f"{ref}.wav"))[0] if captures and captures[0]["state"] == "finished" else 0
    check("what_was_recorded_until_kill_9_is_finished_by_the_next_start", length >= 3, (captures, length))
    server.close()

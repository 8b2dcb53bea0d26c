#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""run.py PROGRAM PART: whole calls to a whole server, by real clients, and what its account says of them.

Parts: desk (the front desk by `offhook call`), sipp, human (recorded people by baresip), death (kill -9
of the server and of its signalling), reload, attack (callers who mean no good), secrecy (encrypted sound), capture,
phones (telephones that register), codecs (each one spoken), voices (over the network, by a stand-in), echo (lines that send
the agent its own voice), eval (a suite's conversations, spoken).
Prints `ok name` for what held.
"""
import glob
import os
import re
import signal
import subprocess
import sys
import time
import wave

import attack
import capture
import codecs_spoken
import evaluated
import house
import phones
import secrecy
import voices_spoken
from house import ADDRESS, HERE, Server, check

PROMPTS = "/usr/share/asterisk/sounds/en_US_f_Allison"


def said(call, speaker):
    return " ".join(t["text"] for t in call.get("turns", []) if t["speaker"] == speaker)


# ---- The front desk ----

def desk_routes(server):
    code, out = server.call("wait agent\nsay hi i have a question about my invoice the amount is too high\n"
                            "expect intent billing\nexpect agent billing\nwait agent\nsay goodbye\n"
                            "expect end agent_finished\n")
    call = server.last()
    check("the_greeting_is_heard_the_intent_understood_and_billing_knows_why", code == 0, out)
    check("the_account_has_both_sides_the_handover_and_the_ledger",
          "invoice" in said(call, "caller") and len(said(call, "agent")) > 20
          and [h["to"] for h in call["handovers"]] == ["billing"] and len(call["ledger"]) >= 1, call)
    check("an_answer_begins_within_two_seconds_of_the_callers_last_word",
          all(0 < (row["audible_ms"] or 0) < 2000 for row in call["ledger"]), call.get("ledger"))


def desk_keys(server):
    code, out = server.call("wait 1500ms\npress 9\nexpect key 9\nwait agent\npress 3\nexpect key 3\n"
                            "expect agent sales\nwait agent\nhangup\n")
    check("keys_work_during_the_greeting_and_an_unknown_key_is_answered", code == 0, out)
    call = server.last()
    check("keys_are_reported_once_each", [k["key"] for k in call["keys"]] == ["9", "3"], call.get("keys"))
    check("a_caller_who_hangs_up_is_a_clean_end", call["cause"] == "caller_hung_up", call.get("cause"))


def desk_barge_in(server):
    code, out = server.call("interrupt my internet connection is not working\nexpect intent technical\n"
                            "expect agent technical\nwait agent\nhangup\n")
    call = server.last()
    cut = [t for t in call.get("turns", []) if t["speaker"] == "agent" and t.get("unheard")]
    check("an_interruption_ends_the_agents_words_and_is_answered", code == 0, out)
    check("the_transcript_shows_what_was_heard_and_what_was_cut_off",
          call.get("interruptions", 0) >= 1 and len(cut) >= 1, call)


def how_media_does(server):
    """Whether the machine was the cause: late beats, and comparisons and frames that these had no time for."""
    shown = server.run("calls", server.conf, "--status").stdout
    return [line.strip() for line in shown.splitlines() if "late" in line or "echo" in line]


def desk_echo(server, line):
    code, out = server.call("wait agent\nwait 2s\npress 1\nwait agent\nwait 1s\nhangup\n", options=("--echo", line))
    call = server.last()
    why = (call.get("echo_ms"), call.get("erle_db"), call.get("late"), how_media_does(server))
    check(f"the_agents_own_voice_does_not_interrupt_it_{line}",
          code == 0 and call.get("interruptions") == 0 and not [t for t in call["turns"] if t["speaker"] == "caller"],
          (out, call.get("turns"), why))
    check(f"the_echo_is_in_the_calls_figures_{line}", call.get("echo_ms", 0) > 0 and call.get("erle_db", 0) >= 6, why)


def desk_echo_interrupted(server):
    code, out = server.call("interrupt my internet connection is not working\nexpect intent technical\nhangup\n",
                            options=("--echo", "-12dB:80ms"))
    call = server.last()
    check("a_caller_interrupts_on_a_line_with_an_echo_too", code == 0 and call.get("interruptions", 0) >= 1,
          (out, how_media_does(server)))


def part_echo(program):
    server = Server(program)
    for line in ("-6dB:80ms", "-12dB:20ms", "-12dB:80ms", "-20dB:250ms"):
        house.attempts(desk_echo, server, line)
    house.attempts(desk_echo_interrupted, server)
    server.close()


def desk_silence(server):
    code, out = server.call("wait agent\nwait 7s\nwait agent\nwait 7s\nwait agent\nwait 8s\n"
                            "expect end silence\n")
    check("silence_is_asked_about_twice_and_then_the_call_is_closed_politely", code == 0, out)


def desk_escalation(server):
    code, out = server.call("wait agent\nsay let me speak to a representative please\n"
                            "expect intent escalation\nexpect agent reception\nwait agent\nhangup\n")
    check("a_caller_who_asks_for_a_person_gets_the_reception", code == 0, out)


def part_desk(program):
    server = Server(program)
    for step in (desk_routes, desk_keys, desk_barge_in, desk_escalation, desk_silence):
        house.attempts(step, server)
    done = server.run("replay", server.conf)
    check("the_journal_replays_every_command_the_same", done.returncode == 0, done.stdout + done.stderr)
    server.close()


# ---- sipp ----

def sipp(server, scenario, *words, calls=1, transport="u1"):
    port = house.free_ports(11000, 12000, 2)
    media = house.free_ports(12000, 13000, 4)
    return subprocess.run(
        ["sipp", f"{ADDRESS}:{server.port}", "-sf", os.path.join(HERE, "scenarios", scenario), "-s", "100",
         "-i", ADDRESS, "-p", str(port), "-mp", str(media), "-m", str(calls), "-l", "50", "-r", "20",
         "-t", transport, "-timeout", "60", "-timeout_error", "-nostdin", *words],
        capture_output=True, text=True, cwd=server.home, timeout=90)


def part_sipp(program):
    server = Server(program, max_calls=4, places=0)
    for transport, name in (("u1", "udp"), ("t1", "tcp")):
        done = sipp(server, "talk.xml", transport=transport)
        check(f"sipp_calls_over_{name}_and_hangs_up", done.returncode == 0, done.stdout[-800:])
    call = server.last()
    check("sipps_headers_are_in_the_account",
          "X-Campaign: spring" in call.get("headers", "") and call.get("asserted") == "+14155550100", call)
    done = sipp(server, "keys.xml")
    check("sipp_presses_a_key_by_info_and_it_is_acted_on", done.returncode == 0, done.stdout[-800:])
    check("the_key_is_in_the_account", [k["key"] for k in server.last().get("keys", [])] == ["2"])
    code, out = server.call("wait agent\npress 1\nexpect agent billing\nhangup\n")
    call = server.last()
    check("without_a_recogniser_calls_go_on_by_keys_and_say_so",
          code == 0 and call.get("keys_only") and re.search("press|keys", said(call, "agent"), re.I), call)
    done = sipp(server, "full.xml", calls=6)
    end = [c["cause"] for c in server.ended()]
    check("callers_over_the_limit_are_told_to_come_back_later", end.count("full") == 2, f"{end} {done.stdout[-600:]}")
    server.close()


# ---- Recorded people ----

def joined(path, *names):
    """One WAV of 8 kHz from prompts, with silence before and after each."""
    with wave.open(path, "wb") as out:
        out.setparams((1, 2, 8000, 0, "NONE", ""))
        for pause_s, name in names:
            out.writeframes(b"\0\0" * int(8000 * pause_s))
            if name:
                with wave.open(os.path.join(PROMPTS, name + ".wav"), "rb") as prompt:
                    out.writeframes(prompt.readframes(prompt.getnframes()))


def baresip(server, source, seconds, commands=(), mediaenc="", codec="g711"):
    """Dials with baresip, whose microphone is a file; what its ear got is kept by sndfile. Returns that path."""
    home = os.path.join(server.home, "baresip")
    os.makedirs(home, exist_ok=True)
    sip, first = house.free_ports(13000, 14000, 2), house.free_ports(14000, 15000, 12)
    with open(os.path.join(home, "config"), "w", encoding="utf-8") as out:
        out.write(f"module_path {module_path()}\nmodule {codec}.so\nmodule srtp.so\nmodule aufile.so\nmodule aubridge.so\nmodule sndfile.so\n"
                  f"module_app menu.so\nmodule_app account.so\nmodule_tmp uuid.so\nmodule_tmp account.so\n"
                  f"sip_listen {ADDRESS}:{sip}\naudio_source aufile,{source}\naudio_player aubridge,ear\n"
                  f"audio_alert aufile,/dev/null\nrtp_ports {first}-{first + 10}\nring_aufile none\n"
                  f"call_max_calls 1\nsnd_path {home}\n")
    with open(os.path.join(home, "accounts"), "w", encoding="utf-8") as out:
        out.write(f"<sip:caller@{ADDRESS}>;regint=0{';mediaenc=' + mediaenc if mediaenc else ''}\n")
    open(os.path.join(home, "contacts"), "w").close()
    words = ["baresip", "-f", home, "-t", str(seconds)]
    for command in (f"/dial sip:100@{ADDRESS}:{server.port}", *commands):
        words += ["-e", command]
    subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds + 30)
    return (glob.glob(os.path.join(home, "*dec.wav")) or [""])[0]


def module_path():
    found = glob.glob("/usr/lib/baresip/modules/g711.so") + glob.glob("/usr/lib/*/baresip/modules/g711.so")
    return os.path.dirname(found[0])


def loud_seconds(path):
    """Seconds of a WAV in which something is heard."""
    try:
        with wave.open(path, "rb") as sound:
            rate, width = sound.getframerate(), sound.getsampwidth()
            data = memoryview(sound.readframes(sound.getnframes()))
            samples = data.cast("h") if width == 2 else data
    except (OSError, wave.Error, EOFError):
        return 0
    frame, loud = rate // 50, 0
    for at in range(0, len(samples) - frame, frame):
        loud += max(abs(s) for s in samples[at:at + frame]) > 300
    return loud / 50


def human_call(server):
    source = os.path.join(server.home, "mouth.wav")
    joined(source, (5, "conf-full"), (7, "auth-incorrect"), (9, "conf-locked"), (9, "vm-goodbye"), (8, None))
    ear = baresip(server, source, 52)
    call = server.last()
    intents = [t.get("intent") for t in call.get("turns", []) if t["speaker"] == "caller"]
    check("baresip_hears_the_greeting_and_the_answers", loud_seconds(ear) > 4, loud_seconds(ear))
    check("recorded_human_speech_is_understood", {"conference", "password"} <= set(intents), call.get("turns"))
    check("a_human_goodbye_ends_the_call_from_our_side", call.get("cause") == "agent_finished", call.get("cause"))


def part_human(program):
    server = Server(program, source="tests/e2e/calls/switchboard")
    house.attempts(human_call, server)
    server.close()


# ---- Death and reload ----

def in_mid_call(server, seconds=30):
    """A call that stays up; returns its process."""
    script = os.path.join(server.home, "long")
    with open(script, "w", encoding="utf-8") as out:
        out.write(f"wait {seconds}s\npress 1\nwait 3s\nhangup\n")
    caller = subprocess.Popen([server.program, "call", f"sip:100@{ADDRESS}:{server.port}", "--script", script],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while time.monotonic() < end and not (server.status() or {}).get("calls"):
        time.sleep(0.1)
    return caller


def children(pid):
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as tasks:
        found = tasks.read().split()
    for task in glob.glob(f"/proc/{pid}/task/*/children"):
        found += open(task, encoding="ascii").read().split()
    return sorted({int(p) for p in found})


def part_death(program):
    server = Server(program)
    server.call("wait agent\nhangup\n")
    before = server.last()["ref"]
    caller = in_mid_call(server)
    time.sleep(2)
    server.kill()
    caller.kill()
    caller.wait()
    server.start()
    causes = {c["ref"]: c["cause"] for c in server.ended()}
    check("a_finished_call_survives_kill_9", causes.get(before) == "caller_hung_up", causes)
    check("a_call_that_was_up_is_closed_as_server_failure",
          sorted(causes.values()) == ["caller_hung_up", "server_failure"], causes)
    caller = in_mid_call(server, 5)
    for child in children(server.process.pid):
        os.kill(child, signal.SIGKILL)
    caller.wait(40)
    call = server.last()
    check("a_call_outlives_the_death_of_signalling_keys_and_good_bye_included",
          call.get("cause") == "caller_hung_up" and [k["key"] for k in call["keys"]] == ["1"], call)
    server.close()


def part_reload(program):
    server = Server(program)
    agent = os.path.join(server.conf, "agents", "front-desk.md")
    text = open(agent, encoding="utf-8").read()
    with open(agent, "w", encoding="utf-8") as out:
        out.write(text.replace("greeting:", "greating:", 1))
    server.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 30
    while time.monotonic() < end and "front-desk.md:" not in server.log_text():
        time.sleep(0.2)
    code, out = server.call("wait agent\nhangup\n")
    server.ended()
    check("a_mistake_in_an_agent_keeps_the_old_one_and_is_said_with_its_line",
          code == 0 and re.search(r"front-desk\.md:\d+", server.log_text()) and "greeting" in server.log_text(),
          out + server.log_text())
    with open(agent, "w", encoding="utf-8") as out:
        out.write(re.sub(r"(?m)^greeting:.*$", 'greeting: "Reloaded words are heard now."', text, count=1))
    server.process.send_signal(signal.SIGHUP)
    end = time.monotonic() + 60
    while time.monotonic() < end and "new calls use it" not in server.log_text():
        time.sleep(0.2)
    server.call("wait agent\nhangup\n")
    call = server.last()
    check("a_changed_agent_is_heard_by_new_calls_after_sighup", "Reloaded words" in said(call, "agent"), call)
    server.close()


PARTS = {"desk": part_desk, "sipp": part_sipp, "human": part_human, "death": part_death, "reload": part_reload,
         "attack": attack.part, "phones": phones.run_part,
         "codecs": lambda program: codecs_spoken.part(program, baresip, loud_seconds),
         "voices": lambda program: voices_spoken.part(program, baresip),
         "secrecy": lambda program: secrecy.part(program, baresip, joined, loud_seconds, children),
         "echo": part_echo, "eval": evaluated.part, "capture": lambda program: capture.part(program, in_mid_call)}

if __name__ == "__main__":
    PARTS[sys.argv[2]](os.path.abspath(sys.argv[1]))
    sys.exit(house.failures > 0)

# SPDX-License-Identifier: Apache-2.0
"""waiting.py - callers in a queue: words, then music that is known by its pitch, updates, every way out, and a server that is killed."""
import json
import os
import time

from callee import LOOPBACK, Phone, check, hears, house, share, sipp, tone_file, wait_for

MUSIC = 440


class Line(house.Server):
    """A server whose number leads into a queue."""

    address = LOOPBACK

    def write(self, **changes):
        super().write(**changes)
        os.rename(tone_file(self.conf), os.path.join(self.conf, "music.wav"))


def said(call):
    return [turn["text"] for turn in call.get("turns", []) if turn["speaker"] == "agent"]


def passage(call):
    rows = call.get("passages", [])
    return rows[0] if len(rows) == 1 else {}


def queue_of(server):
    done = server.run("queues", server.conf, "--json")
    rows = json.loads(done.stdout)["queues"] if done.returncode == 0 else []
    return rows[0] if rows else {}


def waits(server, number="+14155550123"):
    phone = Phone(server)
    phone.dial(from_line=f"<sip:{number}@{LOOPBACK}>")
    words = wait_for(lambda: phone.sound.loud() > 10 and share(phone.sound, MUSIC) < 0.3, 20)
    check("who_enters_a_queue_hears_words_first", bool(words))
    check("then_its_music", hears(phone, MUSIC, 30))
    return phone


def leaves_by_key(server):
    phone = waits(server)
    check("the_queue_shows_who_waits", bool(wait_for(lambda: queue_of(server).get("waiting") == 1, 10)), queue_of(server))
    shown = server.run("queues", server.conf).stdout
    check("also_as_a_table", "support" in shown and "newcomer" in shown, shown)
    words = wait_for(lambda: share(phone.sound, MUSIC) < 0.3, 20)
    check("an_update_takes_the_music_s_place", bool(words))
    check("and_the_music_comes_back", hears(phone, MUSIC, 30, time.monotonic()))
    phone.sound.key(0)
    check("a_key_ends_it", bool(wait_for(lambda: share(phone.sound, MUSIC, time.monotonic() - 0.5) < 0.3, 10)))
    time.sleep(3)
    phone.hang_up()
    phone.close()
    call = server.last()
    row = passage(call)
    check("the_passage_is_in_the_account", row.get("state") == "left" and row.get("why") == "back to the agent"
          and row.get("queue") == "support" and row.get("position") == 1 and row.get("waited_ms", 0) > 5000, call)
    check("with_the_words_that_were_heard", len([text for text in said(call) if "You are next in line" in text]) >= 2
          and any("back with you" in text for text in said(call)), said(call))
    text = server.run("cdr", server.conf, "--call", call["ref"], "--format", "text").stdout
    check("and_offhook_cdr_tells_it", "queue     support: left, back to the agent" in text, text)


def hangs_up(server):
    phone = waits(server)
    phone.hang_up()
    phone.close()
    call = server.last()
    check("hanging_up_is_abandoning", passage(call).get("state") == "abandoned" and call.get("cause") == "caller_hung_up", call)


def by_info(server):
    done = sipp(server, os.path.join("..", "..", "calls", "scenarios", "keys.xml"))
    if done is None:
        return
    call = server.last()
    check("a_key_of_sipp_by_info_leads_to_a_message", done.returncode == 0 and passage(call).get("why") == "for a message", (done.stdout[-400:], call))


def killed(server):
    phone = waits(server)
    time.sleep(1)
    server.kill()
    phone.close()
    server.start()
    rows = server.cdr()
    call = server.whole(rows[-1]["ref"])
    tasks = call.get("tasks", [])
    check("who_waited_when_the_server_died_is_written_down_as_lost", passage(call).get("state") == "lost", call)
    check("and_owed_a_callback_from_their_old_place", [(task["kind"], task["party"]) for task in tasks] == [("callback", call["caller"])]
          and tasks[0]["at"] == passage(call)["at"], tasks)


def part(program):
    server = Line(program, source="tests/e2e/legs/line")
    for step in (leaves_by_key, hangs_up, by_info, killed):
        step(server)
    server.close()

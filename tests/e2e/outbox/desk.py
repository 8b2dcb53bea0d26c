#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""desk.py PROGRAM: examples/crm-desk as a whole: a caller who is known, one who is not, a CRM that stalls, a booking, and the records.

HubSpot, Cal.com and the model are stand-ins on real sockets. Prints `ok name` for what held.
"""
import os
import sys
import time

TESTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path[:0] = [os.path.join(TESTS, "e2e", "calls"), os.path.join(TESTS, "standins")]
import house  # noqa: E402
from beside import Standin  # noqa: E402
from house import Server, attempts, check  # noqa: E402

ANNA, DAY, START = "+41445550101", "2026-11-23", "2026-11-23T09:00:00.000Z"
ANSWERS = [
    {"when": {"said": "appointment|time"}, "call": {"free-slots": {"start": DAY, "end": DAY}}},
    {"when": {"result": "accepted"}, "say": "It is booked."},
    {"when": {"result": "T09:00"}, "say": "Nine is free, I book it.", "call": {"book-slot": {"start": START, "name": "Anna Keller", "number": ANNA}}},
    {"when": {"result": "(.*)"}, "say": "It said {1}."},
]


def said(call):
    return " ".join(turn["text"] for turn in call.get("turns", []) if turn["speaker"] == "agent")


def until(what, seconds=20):
    deadline = time.monotonic() + seconds
    while not what() and time.monotonic() < deadline:
        time.sleep(0.05)
    return what()


def known(server, crm):
    before, searched = len(crm.log("recorded")), len(crm.log("searched"))
    code, out = server.call("wait agent\nhangup\n", options=("--from", ANNA))
    call = server.last()
    looked = (call.get("lookups") or [{}])[0]
    check("a_known_caller_is_greeted_by_name", "Hello Anna, this is" in said(call), (out, call.get("turns"), call.get("lookups")))
    check("the_account_says_what_was_found", looked.get("outcome") == "ok" and looked["facts"] == {"contact_id": "51", "first_name": "Anna",
          "last_name": "Keller", "stage": "customer", "priority": "7"}, looked)
    until(lambda: len(crm.log("recorded")) > before)
    record = (crm.log("recorded")[before:] or [{"properties": {}, "associations": []}])[0]
    check("hubspot_has_the_call_on_the_contacts_timeline", record["associations"] == [{"to": {"id": "51"}, "types": [
          {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194}]}] and record["properties"]["hs_call_direction"] == "INBOUND"
          and record["properties"]["hs_call_from_number"] == ANNA and "Hello Anna" in record["properties"]["hs_call_body"]
          and record["key"].startswith("msg_"), record)
    code, out = server.call("wait agent\nhangup\n", options=("--from", ANNA))
    call = server.last()
    check("the_second_time_it_is_remembered", len(crm.log("searched")) <= searched + 1 and "Hello Anna" in said(call)
          and call["lookups"][0]["cached"] is True, (call.get("lookups"), len(crm.log("searched"))))


def unknown(server, crm):
    before = len(crm.log("recorded"))
    code, out = server.call("wait agent\nhangup\n", options=("--from", "+41445550999"))
    call = server.last()
    check("an_unknown_caller_is_greeted_without_a_name", "Hello, this is the workshop" in said(call), (out, call.get("turns")))
    until(lambda: len(crm.log("recorded")) > before)
    record = (crm.log("recorded")[before:] or [{"associations": None}])[0]
    check("and_recorded_without_a_contact", record["associations"] == [], record)


def stalled(server, crm):
    crm.script({"rules": [{"when": {"kind": "search"}, "delays": {"acted": 6000}}]})
    code, out = server.call("wait agent\nhangup\n", options=("--from", "+41445550888"))
    crm.script({"rules": []})
    call = server.last()
    looked = (call.get("lookups") or [{}])[0]
    check("a_crm_that_stalls_costs_its_budget_and_no_more", "Hello, this is the workshop" in said(call) and looked.get("outcome") == "timed_out"
          and 700 <= looked["ms"] < 5000, (looked, call.get("turns")))


def booked(server, crm):
    before = len(crm.log("booked"))
    code, out = server.call("wait agent\nsay i would like an appointment\nwait agent\nwait agent\nhangup\n", options=("--from", ANNA))
    call = server.last()
    tools = {tool["name"]: tool for tool in call.get("tools", [])}
    check("free_times_are_read", "free-slots" in tools and tools["free-slots"]["text"] == f'["{START}"]', (tools, call.get("turns")))
    booking = (crm.log("booked")[before:] or [{}])[0]
    check("and_one_is_booked_under_a_key", booking.get("start") == START and booking["attendee"] == {"name": "Anna Keller", "phoneNumber": ANNA,
          "timeZone": "Europe/Zurich", "language": "en"} and booking["key"] and "It is booked." in said(call), (booking, call.get("turns"), tools))


def tried(server, crm):
    done = server.run("hooks", "test", "hubspot", server.conf)
    check("a_connector_can_be_tried", done.returncode == 0 and "HTTP 201" in done.stdout and "hs_object_id" in done.stdout, (done.stdout, done.stderr))
    crm.script({"rules": [{"when": {"kind": "call-record"}, "refuse": {"status": 401, "body": {"message": "not {key}"}}}]})
    done = server.run("hooks", "test", "hubspot", server.conf)
    crm.script({"rules": []})
    check("what_it_says_to_a_wrong_key_is_shown_without_the_key", done.returncode != 0 and "HTTP 401" in done.stdout and "hush" not in done.stdout, done.stdout)
    done = server.run("hooks", server.conf)
    check("who_is_told_of_what_can_be_listed", "hubspot" in done.stdout and "call.ended" in done.stdout, done.stdout)


def main():
    crm = Standin("crm.py", {"token": "hush-hush", "contacts": {ANNA: {"id": "51", "properties": {"firstname": "Anna", "lastname": "Keller",
                  "lifecyclestage": "customer", "call_priority": "7"}}}, "slots": {DAY: [START]}})
    models = Standin("minds.py", {"answers": ANSWERS})
    os.environ.update(HUBSPOT_URL=crm.url, HUBSPOT_TOKEN="hush-hush", CALCOM_URL=crm.url, CALCOM_TOKEN="hush-hush", CALCOM_EVENT_TYPE="123",
                      MODEL_URL=models.url + "/v1", MODEL="m")
    server = None
    try:
        server = Server(sys.argv[1], "examples/crm-desk")
        for step in (known, unknown, stalled, tried):
            step(server, crm)
        attempts(booked, server, crm)
    finally:
        if server:
            server.close()
        crm.close()
        models.close()
    sys.exit(1 if house.failures else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""crm.py: stands in for whom calls are told to and looked up at. common.py has the script.

  POST /hook/NAME                          takes a webhook; kind: NAME. Log: told {id, timestamp, signature, body, headers}, the body as it came.
                                           Setting `answer`: the status, default 204
  POST /crm/v3/objects/contacts/search     HubSpot, "CRM API | Search": one filter group with EQ on `phone`; kind: search. Setting `contacts`:
                                           {number: {id, properties}}. Log: searched {number, key}
  POST /crm/v3/objects/calls               HubSpot, "Engagements | Calls"; kind: call-record. Log: recorded {properties, associations, key}
  Setting `token`: what HubSpot and Cal.com must be shown; slots need none.
  GET  /v2/slots                           Cal.com, "API v2 / Slots" (cal-api-version: 2024-09-04); kind: slots. Setting `slots`: {day: [start]}
  POST /v2/bookings                        Cal.com, "API v2 / Bookings" (cal-api-version: 2024-08-13); kind: booking. A start is booked once.
                                           Log: booked {start, attendee, again}
"""
import datetime
import json

from aiohttp import web
from common import Standin

BOOKED = {}  # By start: the attendee.


def iso():
    return datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hubspot_error(status):
    if status == 429:
        return {"status": "error", "message": "You have reached your secondly limit.", "errorType": "RATE_LIMIT",
                "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24", "policyName": "SECONDLY"}
    return {"status": "error", "message": f"failed with {status}", "correlationId": "c033cdaa-2c40-4a64-ae48-b4cec88dad24",
            "category": "INVALID_AUTHENTICATION" if status == 401 else "VALIDATION_ERROR"}


def calcom_error(status):
    return {"status": "error", "timestamp": iso(), "path": "/v2",
            "error": {"code": "BadRequestException", "message": f"failed with {status}", "details": {"statusCode": status}}}


async def hook(exchange):
    headers = exchange.request.headers
    try:
        body = await exchange.request.text()
    except ConnectionResetError: # The sender died.
        return web.Response()
    exchange.log("told", name=exchange.request.match_info["name"], id=headers.get("webhook-id"), timestamp=headers.get("webhook-timestamp"),
                 signature=headers.get("webhook-signature"), body=body, type=headers.get("Content-Type"), agent=headers.get("User-Agent"))
    await exchange.delay("acted")
    return web.Response(status=exchange.setting("answer", 204), headers=exchange.setting("headers"), text=exchange.setting("text"))


def hubspot_refuses(exchange):
    if exchange.presented_key() != exchange.setting("token"):
        return exchange.json(401, hubspot_error(401))
    if exchange.request.content_type != "application/json":
        return exchange.json(415, hubspot_error(415))
    return None


async def search(exchange):
    refused = hubspot_refuses(exchange)
    if refused:
        return refused
    body = await exchange.request.json()
    try:
        (wanted,) = body["filterGroups"][0]["filters"]
        assert wanted["propertyName"] == "phone" and wanted["operator"] == "EQ" and 0 < body.get("limit", 10) <= 200
    except (KeyError, ValueError, AssertionError):
        return exchange.json(400, hubspot_error(400))
    found = exchange.setting("contacts", {}).get(wanted["value"])
    exchange.log("searched", phone=wanted["value"])
    await exchange.delay("acted")
    results = [{"id": found["id"], "archived": False, "createdAt": iso(), "updatedAt": iso(),
                "properties": {"hs_object_id": found["id"], "createdate": iso(), "lastmodifieddate": iso(),
                               **{name: found["properties"].get(name) for name in body.get("properties", [])}}}] if found else []
    return exchange.json(200, {"total": len(results), "results": results})


async def record(exchange):
    refused = hubspot_refuses(exchange)
    if refused:
        return refused
    body = await exchange.request.json()
    properties, associations = body.get("properties"), body.get("associations", [])
    good = isinstance(properties, dict) and "hs_timestamp" in properties and all(isinstance(value, str) for value in properties.values()) \
        and properties.get("hs_call_direction", "INBOUND") in ("INBOUND", "OUTBOUND") \
        and all(entry["types"][0] == {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 194} and entry["to"]["id"] for entry in associations)
    if not good:
        return exchange.json(400, hubspot_error(400))
    exchange.log("recorded", properties=properties, associations=associations, key=exchange.request.headers.get("Idempotency-Key"))
    await exchange.delay("acted")
    number = str(1000 + exchange.number)
    return exchange.json(201, {"id": number, "properties": {**properties, "hs_object_id": number}, "createdAt": iso(), "updatedAt": iso(), "archived": False})


def calcom_refuses(exchange, version):
    if exchange.request.headers.get("cal-api-version") != version:
        return exchange.json(404, calcom_error(404))
    return None


async def slots(exchange):
    refused = calcom_refuses(exchange, "2024-09-04")
    if refused:
        return refused
    query = exchange.query
    if not query.get("eventTypeId", "").isdigit() or "start" not in query or "end" not in query:
        return exchange.json(400, calcom_error(400))
    free = {day: [{"start": start} for start in starts if start not in BOOKED] for day, starts in exchange.setting("slots", {}).items()
            if query["start"][:10] <= day <= query["end"][:10]}
    exchange.log("listed", query=dict(query))
    return exchange.json(200, {"data": {day: starts for day, starts in free.items() if starts}, "status": "success"})


async def book(exchange):
    if exchange.presented_key() != exchange.setting("token"):
        return exchange.json(401, calcom_error(401))
    refused = calcom_refuses(exchange, "2024-08-13")
    if refused:
        return refused
    body = await exchange.request.json()
    attendee = body.get("attendee", {})
    if not isinstance(body.get("eventTypeId"), int) or not body.get("start", "").endswith("Z") or not attendee.get("name") \
            or not attendee.get("timeZone") or not (attendee.get("email") or attendee.get("phoneNumber")):
        return exchange.json(400, calcom_error(400))
    again = body["start"] in BOOKED
    exchange.log("booked", start=body["start"], attendee=attendee, again=again, key=exchange.request.headers.get("Idempotency-Key"))
    if again:
        return exchange.json(400, {**calcom_error(400), "error": {"code": "BadRequestException", "message":
                             "User either already has booking at this time or is not available", "details": {"statusCode": 400}}})
    BOOKED[body["start"]] = attendee
    return exchange.json(201, {"status": "success", "data": {"id": 100 + exchange.number, "uid": f"booking_uid_{exchange.number}",
                               "status": "accepted", "start": body["start"], "duration": 30, "eventTypeId": body["eventTypeId"],
                               "attendees": [attendee], "metadata": body.get("metadata", {})}})


if __name__ == "__main__":
    standin = Standin("stands in for a CRM, a calendar and receivers of webhooks")
    for name in ("crm", "slow", "log"):
        standin.route("POST", f"/hook/{{name:{name}}}", hook, kind=name)
    standin.route("POST", "/crm/v3/objects/contacts/search", search, kind="search", error=hubspot_error)
    standin.route("POST", "/crm/v3/objects/calls", record, kind="call-record", error=hubspot_error)
    standin.route("GET", "/v2/slots", slots, kind="slots", error=calcom_error)
    standin.route("POST", "/v2/bookings", book, kind="booking", error=calcom_error)
    standin.run()

# SPDX-License-Identifier: Apache-2.0
"""forged.py - who knows a call's Call-ID and tags cannot end it or lead it elsewhere from another address."""
import os
import re
import socket

from office import Office, check, wait_for
from phone import Phone, status
from phones import SECRET, digest


def send_from(phone, address, method, headers="", seconds=1.5):
    """The phone's next request, as it would write it, sent from another address; the answer that comes back there."""
    sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sender.bind((address, 0))
    sender.settimeout(seconds)
    text = phone.message(method, phone.sdp() if method == "INVITE" else "", headers=headers, contact=method == "INVITE")
    text = re.sub(r"(?m)^(Via: SIP/2.0/UDP) \S+?;", rf"\1 {address}:{sender.getsockname()[1]};", text)
    sender.sendto(text.encode(), phone.peer)
    try:
        return sender.recv(65536).decode()
    except TimeoutError:
        return ""
    finally:
        sender.close()


def of_a_trunk(server):
    phone = Phone(server, address="127.0.0.1")
    phone.dial()
    heard = wait_for(lambda: phone.sound.packets() > 20)
    answers = {method: send_from(phone, "127.0.0.2", method) for method in ("BYE", "INVITE", "INFO", "REFER", "UPDATE")}
    check("from_another_trunks_address_nothing_is_taken", heard and all(status(a) == 403 for a in answers.values()), answers)
    check("nor_from_a_strangers", status(send_from(phone, "127.0.0.9", "BYE")) == 403)
    check("the_call_is_still_up", wait_for(lambda: server.up() == 1, 5), server.status())
    answer = send_from(phone, "127.0.0.4", "INFO")
    check("from_another_address_of_the_same_trunk_it_is", status(answer) == 200, answer)
    answer = send_from(phone, "127.0.0.1", "BYE")
    check("and_from_another_port_of_its_own", status(answer) == 200, answer)
    call = server.last()
    check("and_that_ends_it", call.get("cause") == "caller_hung_up", call)
    phone.close()


def of_a_telephone(server):
    """It may come from anywhere, with its password."""
    phone = Phone(server, address="127.0.0.9")
    uri = f"sip:100@{server.address}:{server.port}"
    code = phone.dial()
    challenge = re.search(r"(?im)^WWW-Authenticate: *(Digest.*SHA-256.*?)\r?$", phone.answer)
    phone.ack()
    code = phone.dial(headers="Authorization: " + digest(challenge[1], "INVITE", uri, "alice", SECRET))
    check("a_telephone_calls_with_its_password", code == 200, phone.answer)
    asked = send_from(phone, "127.0.0.10", "BYE")
    check("from_elsewhere_it_is_asked_for_it_again", status(asked) == 401 and wait_for(server.up), asked)
    challenge = re.search(r"(?im)^WWW-Authenticate: *(Digest.*SHA-256.*?)\r?$", asked)
    for user, code in (("bob", 403), ("alice", 200)):
        proof = digest(challenge[1], "BYE", phone.target, user, SECRET, count=1 if user == "bob" else 2)
        answer = send_from(phone, "127.0.0.10", "BYE", f"Authorization: {proof}")
        check(f"with_the_password_of_{user}_it_is_{code}", status(answer) == code, answer)
    call = server.last()
    check("a_telephone_that_moved_has_hung_up", call.get("cause") == "caller_hung_up", call)
    phone.close()


def part(program):
    os.environ["OFFHOOK_TEST_PHONES"] = SECRET
    users = ", ".join(f'{{name: {name}, password: "${{OFFHOOK_TEST_PHONES}}"}}' for name in ("alice", "bob"))
    server = Office(program, trunks='  - {name: one, sources: ["127.0.0.1", "127.0.0.4"]}\n  - {name: two, sources: ["127.0.0.2"]}\n'
                    f'users: [{users}]', server="when-late: admit")
    of_a_trunk(server)
    of_a_telephone(server)
    server.close()

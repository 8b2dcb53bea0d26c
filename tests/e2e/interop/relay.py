# SPDX-License-Identifier: Apache-2.0
"""relay.py - sound through rtpengine: told by Kamailio, in user space, both ways, and late when the caller moves."""
import atexit
import shutil
import tempfile
import time

import house
from kamailio import Proxy
from office import LOOPBACK, Office, Peer, check, need, wait_for
from phone import Phone, Sound

MODULES = """loadmodule "rtpengine.so"
modparam("rtpengine", "rtpengine_sock", "udp:{address}:{ng}")"""
INSIDE = "if (is_method(\"INVITE|ACK|BYE|UPDATE\")) rtpengine_manage(\"replace-origin\");"
OUTSIDE = "if (is_method(\"INVITE\")) rtpengine_manage(\"replace-origin\");"
ROUTES = "onreply_route { if (has_body(\"application/sdp\")) rtpengine_manage(\"replace-origin\"); }"


class Relay:
    """An rtpengine in user space, with a range of ports of its own."""

    def __init__(self):
        (program,) = need("rtpengine")
        self.ng, self.first = house.free_ports(31000, 31400, 2), house.free_ports(31400, 32000, 100)
        self.home = tempfile.mkdtemp(prefix="offhook-rtpengine-")
        atexit.register(shutil.rmtree, self.home, ignore_errors=True)
        self.peer = Peer([program, "--table=-1", "--interface", LOOPBACK, f"--listen-ng={LOOPBACK}:{self.ng}", "--foreground",
                          "--log-stderr", "--log-level=6", f"--port-min={self.first}", f"--port-max={self.first + 99}",
                          "--num-threads=1", f"--pidfile={self.home}/pid"], cwd=self.home)
        wait_for(lambda: not house.is_free(self.ng), 10)

    def has(self, port):
        return self.first <= port < self.first + 100


def through(server, proxy, relay):
    phone = Phone(proxy)
    dialed = phone.dial()
    heard = wait_for(lambda: phone.sound.loud() > 20, 6)
    check("sound_goes_through_the_relay", dialed == 200 and heard and relay.has(phone.sound.to[1]),
          f"{dialed} {heard} {phone.sound.to} {phone.answer} {relay.peer.log()[-800:]}")
    phone.sound.key(1)
    time.sleep(0.5)
    moved = phone.sound
    phone.sound = Sound(LOOPBACK)
    answer = phone.reinvite()
    since = time.monotonic()
    came = wait_for(lambda: phone.sound.packets(since) > 20, 5)
    phone.sound.key(2)
    time.sleep(0.5)
    moved.close()
    check("a_reinvite_moves_sound_behind_the_relay", bool(came), answer)
    held = phone.reinvite(phone.sdp(way="sendonly"))
    back = phone.reinvite()
    since = time.monotonic()
    check("hold_and_back_go_through", "a=recvonly" in held and "a=sendrecv" in back
          and wait_for(lambda: phone.sound.packets(since) > 20, 5), held)
    check("and_the_end", phone.hang_up() == 200)
    phone.close()
    call = server.last()
    check("what_the_caller_said_and_pressed_came_through_the_relay",
          [k["key"] for k in call.get("keys", [])] == ["1", "2"] and call["received"] > 100,
          f"{call.get('keys')} {call}")


def latched(server, proxy):
    """A caller behind a translator: what the description says is not where the sound comes from."""
    phone = Phone(proxy)
    dialed = phone.dial(phone.sdp(port=house.free_ports(31000, 31400, 2)))
    came = wait_for(lambda: phone.sound.packets() > 20, 5)
    phone.sound.key(4)
    time.sleep(0.5)
    check("the_relay_follows_a_caller_behind_a_translator", dialed == 200 and came and phone.hang_up() == 200, dialed)
    phone.close()
    check("and_its_keys_reach_us", [k["key"] for k in server.last().get("keys", [])] == ["4"], server.cdr())


def part(program):
    need("kamailio", "rtpengine")
    server, relay = Office(program), Relay()
    proxy = Proxy(f"{LOOPBACK}:{server.port}", modules=MODULES.format(address=LOOPBACK, ng=relay.ng), inside=INSIDE,
                  outside=OUTSIDE, routes=ROUTES)
    through(server, proxy, relay)
    latched(server, proxy)
    proxy.close(), relay.peer.close(), server.close()

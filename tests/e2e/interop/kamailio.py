# SPDX-License-Identifier: Apache-2.0
"""kamailio.py - Kamailio in front: as proxy that records its route, as balancer, as registrar that forks."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

import house
from office import LOOPBACK, Office, Peer, check, need, wait_for
from phone import Phone, header, status
from signalling import talk

# Who is called decides: next-N by transport N, balance..., team... (registered), anything else is relayed to `home`.
CONFIG = """
debug=2
log_stderror=yes
memdbg=5
memlog=5
children=1
tcp_children=1
auto_aliases=no
listen=udp:{address}:{port}
listen=tcp:{address}:{port}
loadmodule "corex.so"
loadmodule "tm.so"
loadmodule "tmx.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "textops.so"
loadmodule "siputils.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "dispatcher.so"
{modules}
modparam("rr", "enable_full_lr", 1)
modparam("tm", "fr_timer", 1500)
modparam("usrloc", "db_mode", 0)
modparam("dispatcher", "list_file", "{list}")
modparam("dispatcher", "flags", 2)
modparam("dispatcher", "xavp_dst", "_dst")

request_route {{
    if (!mf_process_maxfwd_header("10")) {{
        sl_send_reply("483", "Too Many Hops");
        exit;
    }}
    if (is_method("CANCEL")) {{
        if (t_check_trans()) t_relay();
        exit;
    }}
    if (has_totag()) {{
        if (loose_route()) {{
            {inside}
            t_relay();
        }} else if (is_method("ACK")) {{
            if (t_check_trans()) t_relay();
        }} else {{
            sl_send_reply("404", "No route inside");
        }}
        exit;
    }}
    t_check_trans();
    if (is_method("REGISTER")) {{
        {register}
        save("location");
        exit;
    }}
    record_route();
    {outside}
    if ($rU =~ "^balance") {{
        if (!ds_select_dst("1", "8")) {{
            sl_send_reply("404", "Nobody");
            exit;
        }}
        t_on_failure("NEXT");
    }} else if ($rU =~ "^team") {{
        if (!lookup("location")) {{
            sl_send_reply("404", "Not registered");
            exit;
        }}
        $rU = "100";
    }} else if ($rU =~ "^next-tcp") {{
        $du = "sip:{home};transport=tcp";
    }} else if ($rU =~ "^twice") {{
        $du = "sip:{home}";
        append_branch("sip:101@{home}");
    }} else {{
        $du = "sip:{home}";
    }}
    {answers}
    if (!t_relay()) sl_reply_error();
}}

failure_route[NEXT] {{
    if (t_is_canceled()) exit;
    if (t_check_status("503|408|477|500") && ds_next_dst()) {{
        t_on_failure("NEXT");
        t_relay();
        exit;
    }}
}}
{routes}
"""


class Proxy:
    """A Kamailio with a configuration of ours, on a port of its own."""

    def __init__(self, home, balanced=(), address=LOOPBACK, **words):
        (program,) = need("kamailio")
        self.address, self.port = address, house.free_ports(30100, 30900, 2)
        self.home = tempfile.mkdtemp(prefix="offhook-kamailio-")
        listed = os.path.join(self.home, "dispatcher.list")
        with open(listed, "w", encoding="utf-8") as out:
            for i, target in enumerate(balanced):
                out.write(f"1 sip:{target} 0 {len(balanced) - i}\n")
        path = os.path.join(self.home, "kamailio.cfg")
        with open(path, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(address=address, port=self.port, home=home, list=listed,
                                    **{k: words.get(k, "") for k in ("modules", "register", "inside", "outside", "answers", "routes")}))
        self.peer = Peer([program, "-f", path, "-DD", "-E", "-Y", self.home, "-m", "32", "-M", "4", "-P",
                          os.path.join(self.home, "pid")], cwd=self.home)
        if not wait_for(self.answers, 15, 0.2):
            sys.exit("kamailio does not start:\n" + self.peer.log()[-3000:])

    def answers(self):
        """True once it answers an OPTIONS, whatever it says."""
        if not self.peer.running():
            return False
        phone = Phone(self, sound=False)
        got = phone.ask("OPTIONS", seconds=0.3, to_tag="x")
        phone.close()
        return bool(got)

    def close(self):
        self.peer.close()
        shutil.rmtree(self.home, ignore_errors=True)


def through(server, proxy):
    """The proxy sees all of a dialog: its route is in each request of ours and of theirs."""
    phone = Phone(proxy)
    dialed = phone.dial()
    heard = wait_for(lambda: phone.sound.loud() > 10)
    again = phone.reinvite(phone.sdp(way="sendonly"))
    back = phone.reinvite()
    check("a_proxy_in_front_carries_a_call_and_its_reinvites",
          dialed == 200 and heard and "a=recvonly" in again and "a=sendrecv" in back and phone.routes, again)
    update = phone.ask("UPDATE")
    info = phone.ask("INFO", "Signal=5\r\nDuration=160\r\n", ctype="application/dtmf-relay")
    check("and_update_and_keys_by_info", status(update) == status(info) == 200, f"{update} {info}")
    phone.sound.key(6)
    time.sleep(0.2)
    check("and_its_end", phone.hang_up() == 200)
    phone.close()
    check("keys_by_both_ways_are_in_the_account", [k["key"] for k in server.last().get("keys", [])] == ["5", "6"])
    phone = Phone(proxy, user="next-tcp")
    talk(phone, "from_udp_to_tcp_in_the_proxy", phone.dial())
    phone = Phone(proxy, stream=True)
    talk(phone, "from_tcp_to_udp", phone.dial())
    phone = Phone(proxy, stream=True, user="next-tcp")
    talk(phone, "and_over_tcp_alone", phone.dial())


def reliable(server, proxy):
    phone = Phone(proxy)
    phone.send(phone.message("INVITE", phone.sdp(), headers="Require: 100rel"))
    ringing, invite = phone.expect("SIP/2.0 180"), phone.cseq
    phone.learn(ringing)
    phone.to_tag = re.search(r"(?im)^To:.*;tag=([^;\s]+)", ringing + "\r\nTo: <x>;tag=none")[1]
    prack = phone.ask("PRACK", headers=f"RAck: {header(ringing, 'RSeq')} {invite} INVITE")
    answer = phone.expect("SIP/2.0 [2-6]", cseq=invite)
    phone.learn(answer)
    phone.ack(cseq=invite)
    check("a_call_that_requires_100rel_rings_reliably_through_the_proxy", status(prack) == 200, f"{ringing} {prack}")
    talk(phone, "and_is_answered", status(answer))
    phone = Phone(proxy)
    text = phone.message("INVITE", phone.sdp(), headers="Require: 100rel")
    phone.send(text)
    ringing = phone.expect("SIP/2.0 180")
    phone.send(phone.message("CANCEL", cseq=phone.cseq, to_tag="", contact=False,
                             branch=re.search(r"branch=([^;\s]+)", text)[1]))
    got = sorted(status(phone.expect("SIP/2.0 [2-6]")) for _ in range(2))
    check("a_cancel_goes_through_too", bool(ringing) and got == [200, 487], got)
    phone.ack(branch=re.search(r"branch=([^;\s]+)", text)[1])
    phone.close()


def others(server, proxy):
    """sipp and our own caller through the proxy."""
    port, media = house.free_ports(31000, 31900, 2), house.free_ports(31000, 31900, 4)
    (sipp,) = need("sipp")
    done = subprocess.run([sipp, f"{LOOPBACK}:{proxy.port}", "-sf", os.path.join(house.HERE, "scenarios", "talk.xml"),
                           "-s", "100", "-i", LOOPBACK, "-p", str(port), "-mp", str(media), "-m", "6", "-r", "6", "-l", "6",
                           "-timeout", "30", "-timeout_error", "-nostdin"], capture_output=True, text=True,
                          cwd=server.home, timeout=60)
    check("six_calls_of_sipp_through_the_proxy", done.returncode == 0, done.stdout[-800:])
    path = os.path.join(server.home, "proxied")
    with open(path, "w", encoding="utf-8") as out:
        out.write("wait agent\npress 1\nexpect agent billing\nhangup\n")
    done = server.run("call", f"sip:100@{LOOPBACK}:{proxy.port}", "--script", path, "--control",
                      os.path.join(server.conf, "data", "control"))
    check("offhook_call_through_the_proxy", done.returncode == 0, done.stdout + done.stderr)


def balanced(server, proxy, full):
    """The first has no place, the second does not live, the third is us."""
    up = Phone(full)
    check("one_server_is_full", up.dial() == 200 and wait_for(lambda: full.up() == 1))
    phone = Phone(proxy, user="balance")
    talk(phone, "a_503_of_ours_and_a_dead_server_lead_the_balancer_to_the_next", phone.dial(seconds=8))
    refused = [row for row in full.cdr() if row["cause"] == "full"]
    check("and_the_full_one_says_so_in_its_account", len(refused) == 1, full.cdr())
    check("who_is_up_there_stays_up", up.hang_up() == 200)
    up.close()


def forked(server, proxy, other):
    """Two servers registered for one name: both answer, the caller keeps one."""
    clerk = Phone(proxy, user="team", sound=False)
    contacts = ", ".join(f"<sip:100@{LOOPBACK}:{s.port}>" for s in (server, other))
    text = clerk.message("REGISTER", headers=f"Contact: {contacts}\nExpires: 60", uri=f"sip:{LOOPBACK}", contact=False)
    text = re.sub(r"(?m)^From: .*?;", f"From: <sip:team@{LOOPBACK}>;", text)
    clerk.send(text)
    registered = clerk.expect("SIP/2.0 200")
    phone = Phone(proxy, user="team")
    first = phone.ask("INVITE", phone.sdp())
    phone.learn(first)
    phone.ack()
    tag, target, routes = phone.to_tag, phone.target, phone.routes
    second = phone.expect("SIP/2.0 200", 2)
    while second and f"tag={tag}" in header(second, "To"):
        second = phone.expect("SIP/2.0 200", 2)
    check("two_registered_servers_ring_at_once", bool(registered) and status(first) == 200, f"{registered} {first}")
    if second: # Else the proxy's CANCEL was first.
        sound, phone.sound = phone.sound, None # Its sound goes on with the first.
        phone.learn(second)
        phone.ack(cseq=1)
        phone.hang_up()
        phone.sound, phone.to_tag, phone.target, phone.routes = sound, tag, target, routes
    check("one_call_is_left_of_two", wait_for(lambda: (server.up() or 0) + (other.up() or 0) == 1, 5),
          f"{server.up()} {other.up()}")
    talk(phone, "and_it_has_sound_and_an_end", status(first))
    clerk.close()
    phone = Phone(proxy, user="twice")
    talk(phone, "a_call_forked_twice_to_one_server_is_one_call_there", phone.dial())


def registrar(program):
    """We are the telephone: registered with a password, called by name, gone from there when we go."""
    os.environ["OFFHOOK_TEAM_PASSWORD"] = "correct horse"
    proxy = Proxy(f"{LOOPBACK}:9", modules='loadmodule "auth.so"\n',
                  register='if (!pv_www_authenticate("pbx.example", "correct horse", "0")) { '
                           'www_challenge("pbx.example", "1"); exit; }')
    server = Office(program, trunks=f"  - {{name: pbx, host: \"{LOOPBACK}:{proxy.port}\", transport: udp, user: team, "
                    f"password: \"${{OFFHOOK_TEAM_PASSWORD}}\", register: true, sources: [\"{LOOPBACK}\"]}}")
    stranger = Phone(proxy, user="team", sound=False)
    refused = stranger.ask("REGISTER", headers="Expires: 60", uri=f"sip:{LOOPBACK}")
    stranger.close()
    phone = None

    def called():
        nonlocal phone
        phone = Phone(proxy, user="team")
        if phone.dial() == 200:
            return True
        phone.close()
        return False

    up = wait_for(called, 10, 0.3)
    check("we_register_with_a_password_and_are_called_by_name", status(refused) == 401 and up,
          server.log_text()[-1500:] + proxy.peer.log()[-1500:])
    if up:
        talk(phone, "and_speak", 200)
        check("the_call_is_the_trunks", server.last().get("trunk") == "pbx", server.cdr())
    server.process.terminate()
    server.process.wait(15)
    phone = Phone(proxy, user="team", sound=False)
    check("when_we_end_nobody_looks_for_us_there", phone.dial() == 404, phone.answer)
    phone.close()
    server.close(), proxy.close()


def we_speak_first(server, proxy):
    """Requests of ours: the refresh after half of 90 s, and the good-bye when the server ends."""
    phone = Phone(proxy)
    dialed = phone.dial(headers="Supported: timer\nSession-Expires: 90;refresher=uas")
    return phone, dialed, time.monotonic()


def their_turn(server, proxy, phone, dialed, began):
    refresh = phone.expect("INVITE|UPDATE", max(1, began + 50 - time.monotonic()))
    check("our_refresh_comes_through_the_proxy", dialed == 200 and bool(refresh)
          and f":{proxy.port}" in refresh.split("\r\n")[1] + header(refresh, "Via") + header(refresh, "Record-Route"), refresh)
    phone.reply(refresh, body=phone.sdp())
    check("and_is_acknowledged", not refresh.startswith("INVITE") or bool(phone.expect("ACK")))
    heard = phone.sound.packets()
    check("and_sound_goes_on", wait_for(lambda: phone.sound.packets() > heard + 10, 2))
    threading.Thread(target=server.process.terminate).start()
    bye = phone.expect("BYE", 8)
    phone.reply(bye)
    check("our_bye_comes_through_the_proxy", f":{proxy.port}" in header(bye, "Via"), bye)
    phone.close()


def part(program):
    need("kamailio", "sipp")
    server, full = Office(program), Office(program, max_calls=1)
    dead = house.free_ports(30900, 31000, 2)
    proxy = Proxy(f"{LOOPBACK}:{server.port}", [f"{LOOPBACK}:{port}" for port in (full.port, dead, server.port)])
    registrar(program)
    later = we_speak_first(server, proxy)
    reliable(server, proxy)
    others(server, proxy)
    balanced(server, proxy, full)
    their_turn(server, proxy, *later)
    proxy.close(), full.close(), server.close()
    server, other = Office(program), Office(program)
    proxy = Proxy(f"{LOOPBACK}:{server.port}")
    through(server, proxy)
    forked(server, proxy, other)
    done = server.run("replay", server.conf)
    check("all_of_it_replays_the_same", done.returncode == 0, done.stdout + done.stderr)
    proxy.close(), other.close(), server.close()

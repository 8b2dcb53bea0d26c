# SPDX-License-Identifier: Apache-2.0
"""ports.py - ports of this machine for a test: nobody's now, and no other test's while this one runs.

A server binds its ports for sound when a call comes, so trying does not tell whether they are free. Each test
locks the ports that it chose as bytes of one file (fcntl); the kernel gives them back when the test ends,
however it does."""
import fcntl
import os
import random
import socket
import sys
import tempfile

ADDRESS = "127.0.0.1"
held = None # The file, open as long as this process runs: closing it would give all back.


def hold(port, step):
    """False: another test has one of them."""
    global held
    if held is None:
        path = os.path.join(tempfile.gettempdir(), f"offhook-test-ports-{os.getuid()}")
        held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB, step, port)
        return True
    except OSError:
        return False


def is_free(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as u, socket.socket() as t:
        try:
            u.bind((ADDRESS, port))
            t.bind((ADDRESS, port))
            return True
        except OSError:
            return False


def free_ports(first, last, step):
    """The first of `step` ports that nobody has, for UDP and TCP."""
    for _ in range(200):
        port = random.SystemRandom().randrange(first, last - step, 2)
        if all(is_free(port + i) for i in range(step)) and hold(port, step):
            return port
    sys.exit(f"no free port in {first}-{last}")

#!/usr/bin/env python3
"""swd as systemd runs it: it tells when it is ready, reloading and stopping, feeds the watchdog
(also while every executor is busy for ever), and ends cleanly on SIGTERM."""

import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import tally  # noqa: E402
from tally import check  # noqa: E402

SWD, SWCTL = os.environ["SWD"], os.environ["SWCTL"]
PATIENCE = 60  # seconds until something is taken for hanging; nothing is expected to take long
WATCHDOG_USEC = 400000


class Manager:
    """The side of systemd: a datagram socket, and the daemon started with its address."""

    def __init__(self, folder):
        self.seen = []
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        address = os.path.join(folder, "notify")
        self.socket.bind(address)
        self.control = os.path.join(folder, "swd.sock")
        self.conf = os.path.join(folder, "swd.conf")
        self.log = os.path.join(folder, "log")
        self.write_conf("")
        with open(self.log, "wb") as log:
            self.daemon = subprocess.Popen(
                [SWD, "--config", self.conf], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=dict(os.environ, NOTIFY_SOCKET=address, WATCHDOG_USEC=str(WATCHDOG_USEC)))

    def write_conf(self, more):
        with open(self.conf, "w", encoding="utf-8") as file:
            file.write("[control]\nsocket = %s\n%s" % (self.control, more))

    def wait_for(self, wanted):
        """The next datagram that begins with `wanted`, or None; others are kept in `seen`."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if not select.select([self.socket], [], [], 0.5)[0]:
                if self.daemon.poll() is not None:
                    return None
                continue
            text = self.socket.recv(4096).decode()
            self.seen.append(text)
            if text.startswith(wanted):
                return text
        return None

    def swctl(self, *args):
        return subprocess.Popen([SWCTL, "--socket", self.control, *args],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.DEVNULL)


def scenario(m):
    check("READY=1 comes", m.wait_for("READY=1"), m.seen)
    check("and is the first word", [s for s in m.seen if not s.startswith("STATUS=")][:1]
          == ["READY=1"], m.seen)
    check("the control socket is there by then", os.path.exists(m.control))

    runaways = [m.swctl("eval", "for(;;);") for _ in range((os.cpu_count() or 1) * 2)]
    for n in range(3):
        check("the watchdog is fed under load, %d" % n, m.wait_for("WATCHDOG=1"), m.seen)
    for child in runaways:  # as systemd: always reading, since its queue holds ten
        end = time.monotonic() + PATIENCE
        while child.poll() is None and time.monotonic() < end:
            m.wait_for("WATCHDOG=1")

    m.write_conf("max_connections = 17\n")
    m.daemon.send_signal(signal.SIGHUP)
    text = m.wait_for("RELOADING=1") or ""
    usec = [line for line in text.split("\n") if line.startswith("MONOTONIC_USEC=")]
    check("RELOADING=1 with its time", usec and
          abs(int(usec[0].split("=")[1]) / 1e6 - time.monotonic()) < PATIENCE, text)
    check("READY=1 after the reload", m.wait_for("READY=1"), m.seen)

    m.daemon.send_signal(signal.SIGTERM)
    text = m.wait_for("STOPPING=1") or ""
    usec = [line for line in text.split("\n") if line.startswith("EXTEND_TIMEOUT_USEC=")]
    check("STOPPING=1, and how long it may take", usec and int(usec[0].split("=")[1]) >= 30000000, text)
    check("ends with status 0", m.daemon.wait(PATIENCE) == 0)
    check("its socket is gone", not os.path.exists(m.control))


def main():
    with tempfile.TemporaryDirectory() as folder:
        m = Manager(folder)
        try:
            scenario(m)
        finally:
            m.daemon.kill()
            m.daemon.wait()
            if tally.failed:
                with open(m.log, encoding="utf-8", errors="replace") as log:
                    print(log.read()[-4000:])
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())

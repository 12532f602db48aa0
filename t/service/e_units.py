#!/usr/bin/env python3
"""The unit files, as `make install` writes them, are such as systemd takes without a word; the
service is as shut in as doc/threat-model.md says; the user and the folder can be made. What needs a
systemd tool that is absent is left out."""

import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import tally  # noqa: E402
from tally import check  # noqa: E402

SRC = os.environ.get("SWD_SRC", os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
UNITS = ("swd.service", "swd.socket")
EXPOSURE = 1.0  # systemd's measure of how much a service could reach: 0 (nothing) to 10


def run(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          check=False)
    return done.returncode, done.stdout


def render(folder):
    """The units with every placeholder filled in; the program is one that is surely there."""
    for unit in UNITS:
        with open(os.path.join(SRC, "systemd", unit + ".in"), encoding="utf-8") as file:
            text = file.read()
        check("%s has only known placeholders" % unit,
              set(re.findall(r"@(\w+)@", text)) <= {"bindir", "sysconfdir"}, text)
        text = text.replace("@bindir@/swd", "/bin/true").replace("@sysconfdir@", "/etc")
        with open(os.path.join(folder, unit), "w", encoding="utf-8") as file:
            file.write(text)
    return [os.path.join(folder, unit) for unit in UNITS]


def settings(path):
    found = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if "=" in line and not line.startswith("#"):
                key, value = line.strip().split("=", 1)
                found.setdefault(key, []).append(value)
    return found


def check_promises(service, socket):
    """What the rest of the tree relies on."""
    unit, sock = settings(service), settings(socket)
    for key, value in (("Type", "notify"), ("WatchdogSec", "30"), ("User", "swd"),
                       ("RuntimeDirectory", "swd"), ("RuntimeDirectoryPreserve", "yes"),
                       ("MemoryDenyWriteExecute", "yes"), ("CapabilityBoundingSet", ""),
                       ("NoNewPrivileges", "yes"), ("PrivateNetwork", "yes")):
        check("service: %s=%s" % (key, value), value in unit.get(key, []), unit.get(key))
    check("service: SystemCallFilter", "@system-service" in unit.get("SystemCallFilter", []))
    check("service: reload checks the file first",
          "--check-config" in unit.get("ExecReload", [""])[0])
    for key, value in (("ListenStream", "/run/swd/swd.sock"), ("SocketMode", "0660"),
                       ("SocketGroup", "swd")):
        check("socket: %s=%s" % (key, value), value in sock.get(key, []), sock.get(key))


def main():
    with tempfile.TemporaryDirectory() as folder:
        service, socket = render(folder)
        check_promises(service, socket)
        if shutil.which("systemd-analyze"):
            status, text = run("systemd-analyze", "--man=no", "verify", service, socket)
            check("systemd-analyze verify", status == 0 and not text, text)
            status, text = run("systemd-analyze", "security", "--offline=yes",
                               "--threshold=%d" % (EXPOSURE * 10), service)
            check("exposure at most %.1f" % EXPOSURE, status == 0, text)
        if shutil.which("systemd-sysusers") and os.geteuid() == 0:
            os.makedirs(os.path.join(folder, "etc"))
            for kind in ("sysusers", "tmpfiles"):
                target = os.path.join(folder, "usr", "lib", kind + ".d")
                os.makedirs(target)
                shutil.copy(os.path.join(SRC, "systemd", kind + ".d", "swd.conf"), target)
            status, text = run("systemd-sysusers", "--root=" + folder)
            with open(os.path.join(folder, "etc", "passwd"), encoding="utf-8") as file:
                users = file.read()
            check("sysusers makes the user", status == 0 and "swd:" in users, text)
            run("systemd-tmpfiles", "--root=" + folder, "--create")
            made = os.path.join(folder, "run", "swd")
            check("tmpfiles makes the folder",
                  os.path.isdir(made) and os.stat(made).st_mode & 0o777 == 0o750)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What ./bootstrap decides, on machines made up of stand-ins for dpkg-query, apt-get, apt-cache,
sudo, id and make: nothing of the real machine is asked or changed."""

import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import tally  # noqa: E402
from tally import check  # noqa: E402

SRC = os.environ.get("SWD_SRC", os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))))
TOOLS = ("sh", "dirname", "tr", "sort", "env", "echo", "nproc", "rm", "cat", "sed", "grep")

STAND_INS = {
    "dpkg-query": 'for p in $INSTALLED; do [ "$p" != "$4" ] || { printf installed; exit 0; }; done\n'
                  "exit 1",
    "apt-get": 'echo "apt-get $*" >>"$TRACE"',
    "apt-cache": 'for p in $ABSENT; do [ "$p" != "$3" ] || exit 100; done',
    "sudo": 'echo "sudo" >>"$TRACE"; exec "$@"',
    "id": 'echo "$MY_UID"',
    "make": 'echo "make $*" >>"$TRACE"',
}
EVERYTHING = ("make gcc libc6-dev autoconf pkgconf libevent-dev libjansson-dev zlib1g-dev "
              "libzstd-dev libinih-dev nettle-dev duktape-dev libnuma-dev libdeflate-dev check python3 "
              "clang-format-14 cppcheck shellcheck systemd git clang libidn2-0 libutf8proc2 libbrotli-dev "
              "libncurses-dev tmux prometheus chromium")


class Machine:
    """A folder that is the whole PATH, and a copy of bootstrap beside it."""

    def __init__(self, root, without=()):
        self.root = root
        self.bin = os.path.join(root, "bin")
        self.trace = os.path.join(root, "trace")
        os.makedirs(self.bin)
        shutil.copy(os.path.join(SRC, "bootstrap"), root)
        for tool in TOOLS:
            os.symlink(shutil.which(tool), os.path.join(self.bin, tool))
        for tool, body in STAND_INS.items():
            if tool not in without:
                path = os.path.join(self.bin, tool)
                with open(path, "w", encoding="utf-8") as file:
                    file.write("#!/bin/sh\n" + body + "\n")
                os.chmod(path, 0o755)

    def run(self, *args, installed="", absent="", uid=0):
        open(self.trace, "w").close()
        done = subprocess.run(
            [os.path.join(self.root, "bootstrap"), *args],
            env={"PATH": self.bin, "TRACE": self.trace, "INSTALLED": installed, "ABSENT": absent,
                 "MY_UID": str(uid)},
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            check=False)
        with open(self.trace, encoding="utf-8") as file:
            return done.returncode, done.stdout, file.read()


def without(packages, *names):
    return " ".join(p for p in packages.split() if p not in names)


def main():
    with tempfile.TemporaryDirectory() as root:
        m = Machine(os.path.join(root, "root"))

        status, said, did = m.run("check", installed=EVERYTHING, uid=1000)
        check("with all there it only makes", status == 0 and "apt-get" not in did and
              did.startswith("make -j") and did.endswith(" check\n"), said + did)

        status, said, did = m.run("demo")
        check("a bare machine: lists are fetched first", did.startswith("apt-get -q -y") and
              " update\n" in did.splitlines(True)[0], did)
        install = did.splitlines()[1].split() if len(did.splitlines()) > 1 else []
        check("a bare machine: the build's packages", status == 0 and
              set(EVERYTHING.split()[:12]) <= set(install), did)
        check("a demo needs no test packages", not {"check", "clang", "cppcheck"} & set(install))
        check("it says what it installs", "installing" in said and "duktape-dev" in said, said)
        check("and then makes", did.splitlines()[-1].endswith(" demo"), did)

        status, said, did = m.run("check", installed=without(EVERYTHING, "check"))
        check("only what is missing", "install --no-install-recommends check\n" in did, did)

        status, said, did = m.run("demo", installed=without(EVERYTHING, "pkgconf") + " pkg-config")
        check("an alternative will do", "apt-get" not in did, did)

        status, said, did = m.run("lint", installed=without(EVERYTHING, "clang-format-14"),
                                  absent="clang-format-14")
        check("what the distribution lacks is named and left out", status == 0 and
              "going on without it" in said and "install --no-install" not in did, said + did)

        status, said, did = m.run("demo", uid=1000, installed=without(EVERYTHING, "gcc"))
        check("sudo when not root", status == 0 and "sudo\napt-get" in did, did)

        status, said, did = m.run("-n", "check")
        check("-n changes nothing", status == 0 and did == "" and "gcc" in said, said + did)

        status, said, did = m.run("WERROR=1", "all", installed=EVERYTHING)
        check("variables are handed on", did.endswith(" WERROR=1 all\n"), did)

        m = Machine(os.path.join(root, "nosudo"), without=("sudo",))
        status, said, did = m.run("demo", uid=1000, installed=without(EVERYTHING, "gcc"))
        check("no sudo: says what to do", status != 0 and "apt-get install gcc" in said and
              "make" not in did, said + did)

        m = Machine(os.path.join(root, "noapt"), without=("apt-get", "dpkg-query"))
        status, said, did = m.run("demo")
        check("no apt: says what to install", status != 0 and "not Debian" in said and
              "Duktape 2.7" in said and did == "", said + did)
    return tally.finish()


if __name__ == "__main__":
    sys.exit(main())

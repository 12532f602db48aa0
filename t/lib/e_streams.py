#!/usr/bin/env python3
"""The WHATWG streams: what streams.js prints, once alone and once in a daemon, is streams.out."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import swdtest as t  # noqa: E402

SCRIPT = os.path.join(HERE, "streams.js")


def expected():
    with open(os.path.join(HERE, "streams.out"), encoding="utf-8") as f:
        return f.read()


@t.scenario(daemon=False)
def streams_alone():
    run = subprocess.run([t.SWD, "exec", SCRIPT], capture_output=True, text=True, check=False)
    t.eq(run.stdout.splitlines(), expected().splitlines())
    t.eq(run.returncode, 0, run.stderr)


@t.scenario(conf="[runners]\ncpu_per_turn = 60s\n")
def streams_in_a_daemon(d):
    run = d.swctl("run", SCRIPT)
    t.eq(run.stdout.splitlines(), expected().splitlines())


t.main(__file__)

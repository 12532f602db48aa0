#!/usr/bin/env python3
"""The demo runs to its end and finds all as it should be: the real daemon, every script of examples/,
a runaway and a leak stopped. One test; examples/demo.sh has the expectations."""

import os
import subprocess
import sys

SRC = os.environ["SWD_SRC"]
BUILD = os.path.relpath(os.environ["SWD_BUILD"], SRC)


def main():
    done = subprocess.run([os.path.join(SRC, "examples", "demo.sh"), BUILD],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    good = done.returncode == 0 and "all as it should be" in done.stdout
    if not good:
        print(done.stdout)
    print("%d passed, %d failed" % (good, not good))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

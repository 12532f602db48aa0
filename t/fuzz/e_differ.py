#!/usr/bin/env python3
"""The corpus of t/fuzz/differ: random programs, and what node printed of them. Needs no node."""

import glob
import importlib.machinery
import importlib.util
import os
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(HERE, "differ")
SWD = os.environ.get("SWD") or os.path.join(os.path.dirname(os.path.dirname(HERE)), "build", "swd")


def load_differ():
    loader = importlib.machinery.SourceFileLoader("differ", os.path.join(FOLDER, "differ"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("differ", loader))
    loader.exec_module(module)
    return module


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def main():
    differ = load_differ()
    paths = sorted(glob.glob(os.path.join(FOLDER, "corpus", "*.js")))
    programs = [(os.path.basename(p)[:-3], read(p)) for p in paths]
    passed = failed = 0
    ours, errors = differ.run(differ.command(SWD), differ.text(programs), 600)
    for name, _ in programs:
        want = read(os.path.join(FOLDER, "corpus", name + ".out"))
        if ours.get(name) == want:
            passed += 1
            continue
        failed += 1
        _, a, b = differ.first_difference(ours.get(name, ""), want)
        print("FAIL %s\n  got:  %s\n  want: %s" % (name, a[:300], b[:300]))
    if not programs or failed == len(programs):
        print(errors[-1000:])
    print("%d passed, %d failed" % (passed, failed or not programs))
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main())

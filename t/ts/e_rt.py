#!/usr/bin/env python3
"""The runtime helpers (swd/ts/rt) under the packaged `duk`: each t/ts/rt/t_*.js behind shim.js and
the helpers. Prints a line per test file and Check-like totals. Without `duk` nothing is run.

    t/ts/e_rt.py [file.js ...]
"""

import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
RT = os.path.join(HERE, "..", "..", "swd", "ts", "rt")
NEEDS_NATIVES = {"regexp"}  # tested in C, with what it needs


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def program(test):
    names = re.findall(r"^SWD_TS_RT\((\w+)\)", read(os.path.join(RT, "rt.def")), re.M)
    parts = [read(os.path.join(HERE, "rt", "shim.js"))]
    for name in names:
        if name not in NEEDS_NATIVES:
            parts.append("(\n%s)(R);\n" % read(os.path.join(RT, name + ".js")))
    parts.append(read(test))
    parts.append('run();\nprint(checks - failures + " passed, " + failures + " failed");\n')
    return "\n".join(parts)


def main():
    tests = sys.argv[1:] or sorted(glob.glob(os.path.join(HERE, "rt", "t_*.js")))
    passed = failed = 0
    if shutil.which("duk") is None:
        print("no duk in PATH: runtime helpers not tested here")
        tests = []
    for test in tests:
        with tempfile.NamedTemporaryFile("w", suffix=".js", encoding="utf-8") as f:
            f.write(program(test))
            f.flush()
            r = subprocess.run(["duk", f.name], capture_output=True, text=True, timeout=120,
                               check=False)
        m = re.search(r"^(\d+) passed, (\d+) failed$", r.stdout, re.M)
        print("%s: %s" % (os.path.basename(test), (r.stdout + r.stderr).strip()))
        passed += int(m.group(1)) if m else 0
        failed += int(m.group(2)) if m else 1
        if r.returncode != 0 and m:
            failed += 1
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""The corpus t/ts/cases: each file is compiled and run, its output compared with the .out file
beside it (made with an engine that runs the sources as they are).

    t/ts/e_ts.py [--swd PATH] [name ...]

runs the cases through `swd exec`; without a swd that can, nothing is run.
"""

import argparse
import glob
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")


def run(swd, path):
    with open(path, encoding="utf-8") as f:
        first = f.readline().split()
    flags = first[2:] if first[:2] == ["//", "flags:"] else []
    r = subprocess.run([swd, "exec", *flags, path], capture_output=True, text=True, timeout=60,
                       check=False)
    return r.stdout, r.stderr


def compiles(swd):
    """Whether this swd compiles what it runs."""
    with tempfile.NamedTemporaryFile("w", suffix=".js", encoding="utf-8") as f:
        f.write("let x = 'yes'; console.log(`${x}`)\n")
        f.flush()
        return run(swd, f.name)[0] == "yes\n"


def main():
    ap = argparse.ArgumentParser()
    ap.add_argument("--swd", default=os.environ.get("SWD") or
                    os.path.join(HERE, "..", "..", "build", "swd"))
    ap.add_argument("names", nargs="*")
    args = ap.parse_args()
    failed = passed = 0
    if not compiles(args.swd):
        print("this swd runs scripts as they are: nothing to compare")
        print("0 passed, 0 failed")
        return 0
    for out in sorted(glob.glob(os.path.join(CASES, "*.out"))):
        base = out[:-4]
        if args.names and os.path.basename(base) not in args.names:
            continue
        src = next((base + e for e in (".js", ".ts", ".tsx", ".mjs") if os.path.exists(base + e)),
                   None)
        if src is None:
            print("%s: no source" % base)
            failed += 1
            continue
        got, err = run(args.swd, src)
        with open(out, encoding="utf-8") as f:
            want = f.read()
        if got == want:
            passed += 1
            continue
        failed += 1
        print("%s: differs" % os.path.basename(src))
        g, w = got.splitlines(), want.splitlines()
        for i in range(max(len(g), len(w))):
            a = g[i] if i < len(g) else "(nothing)"
            b = w[i] if i < len(w) else "(nothing)"
            if a != b:
                print("  line %d: got %s, want %s" % (i + 1, a, b))
        if err:
            print("  " + err.strip().replace("\n", "\n  "))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""Our own part of the conformance suite, and that the driver tells good from bad."""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = {  # test, whether it passes
    "ok.js": ("/*---\nflags: [onlyStrict]\n---*/\nassert.sameValue(this === undefined, false);", True),
    "wrong.js": ("assert.sameValue(1, 2);", False),
    "refused.js": ("/*---\nnegative:\n  phase: parse\n  type: SyntaxError\n---*/\n"
                   "$DONOTEVALUATE();\nlet a; let a;", True),
    "accepted.js": ("/*---\nnegative:\n  phase: parse\n  type: SyntaxError\n---*/\n"
                    "$DONOTEVALUATE();", False),
    "async.js": ("/*---\nflags: [async]\n---*/\nPromise.resolve().then(function () { $DONE(); });",
                 True),
    "never.js": ("/*---\nflags: [async]\n---*/\n", False),
}


def driver(*args):
    r = subprocess.run([sys.executable, os.path.join(HERE, "run"), *args], capture_output=True,
                       text=True, timeout=300, check=False)
    return r.stdout + r.stderr


def judged():
    """How many of CASES the driver judges wrongly."""
    with tempfile.TemporaryDirectory() as d:
        os.mkdir(os.path.join(d, "test"))
        os.symlink(os.path.join(HERE, "harness"), os.path.join(d, "harness"))
        for name, (text, _) in CASES.items():
            with open(os.path.join(d, "test", name), "w", encoding="utf-8") as f:
                f.write(text)
        out = os.path.join(d, "out.json")
        driver("--test262", d, "--json", out, "--no-goal", "")
        with open(out, encoding="utf-8") as f:
            got = {t["path"]: not t["why"] for t in json.load(f)}
    wrong = [n for n, (_, want) in CASES.items() if got.get(n) is not want]
    for name in wrong:
        print("driver: %s was judged wrongly" % name)
    return len(wrong)


def main():
    text = driver("--test262", "")
    found = re.search(r"^own suite: (\d+) passed, (\d+) failed$", text, re.M)
    wrong = judged()
    if not found:
        print(text)
        print("0 passed, 1 failed")
        return 1
    passed, failed = int(found.group(1)), int(found.group(2))
    if failed:
        print(text)
    print("%d passed, %d failed" % (passed + len(CASES) - wrong, failed + wrong))
    return failed + wrong > 0


if __name__ == "__main__":
    sys.exit(main())

#!/usr/bin/env python3
"""What tsconfig.json would say about the code that comes out: the options of `swd exec` and
`swd transpile`."""

import os
import subprocess
import sys
import tempfile

SWD = os.environ.get("SWD") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..",
                                            "build", "swd")
JSX = """const h = (...a: any[]) => JSON.stringify(a), F = 'frag', ui = { h, F };
console.log(<b x="1">t</b>, <></>);
"""
FIELDS = """class A { set f(v: number) { console.log('setter', v); } }
class B extends A { f = 1; }
new B();
console.log('done');
"""
DECORATED = """function d(t: any, key: string) { console.log(key, arguments.length); }
class A { @d m() {} }
"""
CASES = [
    ("factory", "tsx", JSX, ["--jsx-factory", "h", "--jsx-fragment-factory", "F"], 0,
     '["b",{"x":"1"},"t"] ["frag",null]\n'),
    ("dotted factory", "tsx", JSX, ["--jsx-factory", "ui.h", "--jsx-fragment-factory", "ui.F"], 0,
     '["b",{"x":"1"},"t"] ["frag",null]\n'),
    ("not a factory", "tsx", JSX, ["--jsx-factory", "h(alert)"], 2, ""),
    ("no name", "tsx", JSX, ["--jsx-factory", ""], 2, ""),
    ("fields are defined", "ts", FIELDS, [], 0, "done\n"),
    ("fields are assigned", "ts", FIELDS, ["--assign-fields"], 0, "setter 1\ndone\n"),
    ("legacy decorators", "ts", DECORATED, ["--experimental-decorators"], 0, "m 3\n"),
]


def main():
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, ext, text, options, code, output in CASES:
            path = os.path.join(folder, "case." + ext)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            r = subprocess.run([SWD, "exec", *options, path], capture_output=True, text=True,
                               timeout=60, check=False)
            t = subprocess.run([SWD, "transpile", *options, path], capture_output=True, text=True,
                               timeout=60, check=False)
            if (r.returncode, r.stdout, t.returncode) != (code, output, code):
                failed += 1
                print(f"FAIL {name}: {r.returncode} {r.stdout!r} {r.stderr!r} {t.returncode}")
    n = len(CASES)
    print(f"{100 * (n - failed) // n}%: Checks: {n}, Failures: {failed}, Errors: 0")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())

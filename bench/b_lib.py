#!/usr/bin/env python3
"""lib.*: the library as a script meets it, in `swd exec`, and in `node --jitless` and QuickJS (`qjs`)
where they are installed.

Each kernel is a script that prints how many things it did a second, measured inside of it, so that
the start of the process is not in it. Ours and the peers' alternate; medians of ROUNDS; a line for
each peer. QuickJS runs what is of the language alone (QJS). Console output goes to a pipe that is
read."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile

ROUNDS = 3
SWD = os.environ.get("SWD") or os.path.join(os.environ.get("SWD_BUILD", "build"), "swd")
QJS_HEAD = "var t0 = Date.now();\n" \
           "function done(n) { std.err.puts(n / (Date.now() - t0) * 1000 + '\\n'); }\n"
HEAD = "var t0 = performance.now();\n" \
       "function done(n) { console.error(n / (performance.now() - t0) * 1000); }\n"

KERNELS = {
    # console.log of lines that need formatting
    "lib.console": "for (var i = 0; i < 20000; i++) console.log('line %d of', i, 'text', { a: i, b: [1, 2] });\n"
                   "done(20000);",
    # 100,000 timers pending at once, then all of them fire
    "lib.timers": "var n = 0, N = 100000;\n"
                  "for (var i = 0; i < N; i++) setTimeout(function () { if (++n === N) done(N); }, 1 + i % 50);",
    # a chain of promises, one job each
    "lib.promise": "var p = Promise.resolve(0), N = 100000;\n"
                   "for (var i = 0; i < N; i++) p = p.then(function (v) { return v + 1; });\n"
                   "p.then(done);",
    # the same with one function, which is the promises alone
    "lib.then": "var p = Promise.resolve(0), N = 200000;\n"
                "function next(v) { return v + 1; }\n"
                "for (var i = 0; i < N; i++) p = p.then(next);\n"
                "p.then(done);",
    "lib.await": "async function main() {\n"
                 "    var s = 0, N = 200000;\n"
                 "    for (var i = 0; i < N; i++) s += await i;\n"
                 "    done(N);\n}\nmain();",
    "lib.async_call": "async function f(x) { return x; }\n"
                      "async function main() {\n"
                      "    var s = 0, N = 50000;\n"
                      "    for (var i = 0; i < N; i++) s += await f(i);\n"
                      "    done(N);\n}\nmain();",
    "lib.new_promise": "async function main() {\n"
                       "    var s = 0, N = 50000;\n"
                       "    for (var i = 0; i < N; i++) s += await new Promise(function (yes) { yes(i); });\n"
                       "    done(N);\n}\nmain();",
    "lib.map": "var m = new Map(), N = 100000, i, s = 0;\n"
               "for (i = 0; i < N; i++) m.set('k' + i, i);\n"
               "for (i = 0; i < N; i++) s += m.get('k' + i);\n"
               "for (i = 0; i < N; i++) m.delete('k' + i);\ndone(3 * N);",
    "lib.set": "var m = new Set(), N = 100000, i, s = 0;\n"
               "for (i = 0; i < N; i++) m.add(i * 7);\n"
               "for (i = 0; i < N; i++) s += m.has(i * 7) ? 1 : 0;\n"
               "for (i = 0; i < N; i++) m.delete(i * 7);\ndone(3 * N);",
    # keys that are objects: hashed by their place
    "lib.map_objects": "var m = new Map(), N = 100000, i, s = 0, k = [];\n"
                       "for (i = 0; i < N; i++) k.push({});\n"
                       "for (i = 0; i < N; i++) m.set(k[i], i);\n"
                       "for (i = 0; i < N; i++) s += m.get(k[i]);\ndone(2 * N);",
    "lib.map_iterate": "var m = new Map(), N = 100000, i, s = 0;\n"
                       "for (i = 0; i < N; i++) m.set(i, i);\n"
                       "m.forEach(function (v, k) { s += v - k; });\n"
                       "for (const e of m) s += e[1];\ndone(3 * N);",
    "lib.url": "for (var i = 0, s = 0; i < 5000; i++)\n"
               "    s += new URL('../x/y?q=' + i + '#f', 'https://user@example.com:8080/a/b/c').href.length;\n"
               "done(5000);",
    "lib.buffer": "var b = Buffer.alloc(1024, 'text'), s = 0;\n"
                  "for (var i = 0; i < 5000; i++) s += Buffer.from(b.toString('base64'), 'base64').length;\ndone(5000);",
    "lib.sha256": "var c = require('crypto'), b = Buffer.alloc(65536);\n"
                  "for (var i = 0; i < 200; i++) c.createHash('sha256').update(b).digest();\ndone(200 * 65536 / 1e6);",
}
QJS = {"lib.promise", "lib.then", "lib.await", "lib.async_call", "lib.new_promise", "lib.map", "lib.set",
       "lib.map_objects", "lib.map_iterate"}
UNITS = {"lib.console": "lines/s", "lib.timers": "timers/s", "lib.promise": "jobs/s", "lib.then": "jobs/s",
         "lib.await": "awaits/s", "lib.async_call": "calls/s", "lib.new_promise": "promises/s",
         "lib.url": "urls/s",
         "lib.buffer": "1 KiB/s", "lib.sha256": "MB/s"}


def rate(command):
    out = subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return float(out.stderr.strip().split("\n")[-1])


def peers(name, kernel, folder):
    """The peers that are there: name and command."""
    node, qjs = shutil.which("node"), shutil.which("qjs")
    found = [("node --jitless", [node, "--jitless", os.path.join(folder, "x.js")])] if node else []
    if qjs and name in QJS:
        path = os.path.join(folder, "q.js")
        with open(path, "w", encoding="utf-8") as f:
            f.write(QJS_HEAD + kernel)
        found.append(("quickjs", [qjs, "--std", path]))
    return found


def measure(name, kernel, folder):
    path = os.path.join(folder, "x.js")
    with open(path, "w", encoding="utf-8") as f:
        f.write(HEAD + kernel)
    ours = [SWD, "exec", "--limit", "memory_hard=1G", "--limit", "timers=200000",
            "--limit", "pending=1000000", "--limit", "output=none", path]
    others = peers(name, kernel, folder)
    a, b = [], [[] for _ in others]
    for _ in range(ROUNDS):
        a.append(rate(ours))
        for i, (_, command) in enumerate(others):
            b[i].append(rate(command))
    value = statistics.median(a)
    line = {"bench": name, "value": round(value), "unit": UNITS.get(name, "ops/s")}
    for (peer, _), rates in zip(others or [(None, None)], b or [[1.0]]):
        them = statistics.median(rates)
        print(json.dumps(dict(line, **({"peer": peer, "peer_value": round(them),
                                        "ratio": round(value / them, 3)} if peer else {}))), flush=True)


def main():
    prefix = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, kernel in KERNELS.items():
        if name.startswith(prefix):
            with tempfile.TemporaryDirectory() as folder:
                measure(name, kernel, folder)


main()

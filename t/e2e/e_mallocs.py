#!/usr/bin/env python3
"""A steady workload: objects come from the pools, and libc's allocator is not called for a
submission. Counted by a library in front of libc's (preload/mallocs.c), which sanitizer builds do
without; the pools are looked at there as well.

SWD_SUBMISSIONS changes the number of submissions (100,000 is the goal's).
"""

import json
import os
import struct
import subprocess

import swdtest as t

PRELOAD = os.path.join(t.BUILD, "t", "e2e", "mallocs.so")
COUNTED = os.path.exists(PRELOAD) and not t.SAN
TOTAL = int(os.environ.get("SWD_SUBMISSIONS") or (500 if t.SAN else 3000))
DEPTH = 64
FIELDS = 3
DEEP = 10


class Mallocs:
    """The counters of a daemon that was started under preload/mallocs.c."""

    def __init__(self, path):
        self.path = path

    def read(self, words, offset=0):
        with open(self.path, "rb") as f:
            f.seek(8 * offset)
            return struct.unpack("%dQ" % words, f.read(8 * words))

    def calls(self):
        return self.read(1)[0]

    def watch(self):
        with open(self.path, "r+b") as f:
            f.seek(8)
            f.write(struct.pack("Q", 1))

    def sites(self, d, most=6):
        """Where calls came from, as text, as far as addr2line knows."""
        n = min(self.read(FIELDS)[2], most)
        with open("/proc/%d/maps" % d.proc.pid) as f:
            base = min(int(line.split("-")[0], 16) for line in f if line.rstrip().endswith("/swd"))
        out = []
        for i in range(n):
            where = [a - base for a in self.read(DEEP, FIELDS + i * DEEP)[2:] if a]
            run = subprocess.run(["addr2line", "-fse", t.SWD] + ["%x" % (a - 1) for a in where if a > 0],
                                 capture_output=True, text=True)
            out.append(" <- ".join(" ".join(p) for p in zip(*[iter(run.stdout.split())] * 2)))
        return out


def pipelined(c, n, params):
    """`n` submissions, DEPTH under way; every one must come to `value`."""
    sent = got = 0
    while got < n:
        k = min(DEPTH, n - sent)
        lines = [json.dumps({"jsonrpc": "2.0", "id": sent + i, **params}).replace("@@", str(sent + i))
                 for i in range(k)]
        sent += k
        c.send_bytes(("\n".join(lines) + "\n").encode())
        while got < sent:
            m = c.message()
            if "id" in m:
                t.eq(m["result"]["state"], "done", str(m))
                got += 1


def sums(c):
    rows = c.call("pools")["pools"]
    return sum(p["gets"] for p in rows), sum(p["misses"] for p in rows), \
        {p["name"]: (p["gets"], p["misses"]) for p in rows}


KINDS = {
    "run": {"method": "run", "params": {"source": "1 + 1", "name": "tiny"}},
    "run with output and a timer": {"method": "run", "params": {
        "source": "console.log('x'); setTimeout(function () { runner.result(7); }, 0)",
        "name": "timer"}},
    "run of TypeScript never seen before": {"method": "run", "params": {
        "source": "interface P { x: number } const p: P = {x: @@}; const f = (q: P) => q.x * 2; f(p)",
        "name": "new.ts"}},
    "run that compresses": {"method": "run", "params": {
        "source": "var z = require('zlib'); z.gunzipSync(z.gzipSync('text text text')).length",
        "name": "zip.js"}},
    "call": {"method": "call", "params": {"name": "f", "params": {"x": 1, "list": [1, 2, 3]}}},
}


def steady(mallocs):
    env = dict(os.environ)
    folder = t.tempfile.mkdtemp(prefix="swd-mallocs-")
    counters = os.path.join(folder, "counters")
    if mallocs:
        env.update(LD_PRELOAD=PRELOAD, MALLOCS=counters)
    d = t.Daemon("[runners]\nkeep_ended = 100\n", env=env)
    try:
        c = d.dial()
        assert not mallocs or Mallocs(counters).calls() > 0, "nothing is counted"
        c.call("load", name="f", source="module.exports = function (p) { return p.x; };")
        for kind, params in KINDS.items():
            steady_kind(d, c, kind, params, Mallocs(counters) if mallocs else None)
        t.eq(c.call("stats")["identity"]["missing"], 0)
        t.eq(d.stop(), 0)
    finally:
        d.stop(t.signal.SIGKILL)
        d.clean()
        t.shutil.rmtree(folder, ignore_errors=True)


def steady_kind(d, c, kind, params, m):
    n = TOTAL // len(KINDS)
    pipelined(c, 300, params)  # until every thread has its magazines
    gets, misses, before = sums(c)
    if m:
        m.watch()
    calls = m.calls() if m else 0
    pipelined(c, n, params)
    calls = m.calls() - calls if m else 0
    gets2, misses2, after = sums(c)
    rate = 1 - (misses2 - misses) / (gets2 - gets)
    worst = sorted(((after[k][1] - before.get(k, (0, 0))[1], k) for k in after), reverse=True)[:4]
    print("%s: %d submissions, %.1f gets each, hit rate %.3f %%, %d calls of malloc; most misses %s"
          % (kind, n, (gets2 - gets) / n, 100 * rate, calls, worst))
    # The goal is 99 % of 100,000; of few, what the threads still fill their magazines with counts.
    assert rate > (0.99 if n >= 5000 else 0.95), "%s: hit rate %.4f, misses %s" % (kind, rate, worst)
    # Once in a while (a table that grows, the monitor's tick, a thread's first turn) is not per
    # submission; of few submissions it is a larger share.
    assert calls <= n // (100 if n >= 5000 else 20), "%s: %d calls of malloc for %d submissions, from:\n%s" % (
        kind, calls, n, "\n".join(m.sites(d)))


@t.scenario(daemon=False)
def a_steady_workload_lives_on_its_pools():
    if not COUNTED:
        print("malloc is not counted: no %s, or a sanitizer build" % PRELOAD)
    steady(COUNTED)


t.main(__file__)

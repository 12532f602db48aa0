"""The predecessor's report, figure by figure, through a running daemon: what it claimed, what its own
code gave when it was measured on a machine like this one, and what this daemon gives now. What needs
no daemon (a get and a put) is in b_predecessor.c.

Every line is {"bench": "predecessor", "figure", "claim", "measured", "value", "unit", "how"}."""

import json
import os
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.environ.get("SWD_SRC", "."), "t", "e2e"))
import swdtest as t  # noqa: E402

PREFIX = sys.argv[1] if len(sys.argv) > 1 else ""
CONF = "[runners]\nkeep_ended = 50\n[images]\nhibernate_after = 0\n"
# The script of the report's memory test, as far as it says: some state, and a timer that keeps it.
REPORT = ("var data = []; for (var i = 0; i < 100; i++) data.push({id: i, name: 'item ' + i});"
          "setInterval(function () { data.length; }, 3600000);")
PACK = ("var zlib = require('zlib'), text = ''; while (text.length < 2000) text += 'some text ';"
        "text = text.slice(0, 2000);"
        "function one() { if (zlib.gunzipSync(zlib.gzipSync(text, {level: 6})).length !== 2000)"
        " throw new Error('lost'); }"
        "runner.onMessage = function (n) { var t = performance.now(); for (var i = 0; i < n; i++) one();"
        " console.log((performance.now() - t) / n); };")


def line(figure, claim, measured, value, unit, how):
    print(json.dumps({"bench": "predecessor", "figure": figure, "claim": claim, "measured": measured,
                      "value": float("%.4g" % value), "unit": unit, "how": how}), flush=True)


def fresh(fn, conf=CONF):
    d = t.Daemon(conf)
    try:
        c = d.dial()
        for _ in range(200):  # threads, magazines, the compile cache
            c.run("1 + 1")
        fn(d, c)
    finally:
        d.proc.kill()
        d.proc.wait()
        d.clean()


def median(values):
    return sorted(values)[len(values) // 2]


def pipelined(c, n, depth=64):
    text = json.dumps({"jsonrpc": "2.0", "id": 0, "method": "run", "params": {"source": "1 + 1"}})
    got = sent = 0
    begun = time.monotonic()
    while got < n:
        k = min(depth, n - sent)
        c.send_bytes(((text + "\n") * k).encode())
        sent += k
        while got < sent:
            got += "id" in c.message()
    return (time.monotonic() - begun) / n


def speed(d, c):
    each = []
    for _ in range(1000):
        begun = time.monotonic()
        c.run("1 + 1")
        each.append(time.monotonic() - begun)
    line("run 1+1 on a fresh runner", "-", "72,500-75,500 us (fixed sleeps)", median(each) * 1e6, "us",
         "method run over the socket, one at a time: request, runner made, run, closed, answer")
    cpu = [c.run("1 + 1")["cpu_us"] for _ in range(200)]
    line("the script itself", "-", "7.5-8.8 us (vm.RunString)", median(cpu), "us", "cpu_us of its turns")
    line("a runner made, run and closed", "15,000 -> 11,323 ns", "139,000 ns (made and closed only)",
         min(pipelined(c, 3000) for _ in range(3)) * 1e9, "ns",
         "64 requests under way; wall time of each, this client's included, on all executors")


def rest(d, c, n, state):
    t.until(lambda: c.call("stats")["runners"][state] == n, state)


def memory(n, claim, measured):
    def measure(d, c):
        before = d.rss()
        begun = time.monotonic()
        for rid in [c.post("run", source=REPORT, wait=False) for _ in range(n)]:
            c.reply(rid)
        rest(d, c, n, "waiting")
        took = time.monotonic() - begun
        s = c.call("stats")
        line("%d runners after a script, live heap each" % n, claim, measured[0], s["heaps"] / n, "bytes",
             "stats.heaps")
        line("%d runners after a script, resident each" % n, claim, measured[1],
             (d.rss() - before) / n, "bytes", "RSS of the daemon, before and after")
        c.call("hibernate")
        rest(d, c, n, "hibernated")
        c.call("trim")
        line("the same asleep" if n > 5 else "the same asleep, shared scratch included", "-", "-",
             (d.rss() - before) / n, "bytes", "RSS of the daemon, after methods hibernate and trim")
        if n < 1000:
            return
        line("1000 runners made and run", "-", "2,000,000-2,700,000 us", took * 1e6, "us", "until all wait")
        for r in c.call("list", limit=n)["runners"]:
            c.call("kill", id=r["id"])
        c.call("trim")
        line("resident still, 1000 runners gone", "-", "148,000,000-157,000,000 bytes", d.rss() - before,
             "bytes", "RSS after kill and one trim (watermark 32 MiB)")
    return measure


def made(c):
    """Bytes ever asked for by scripts, objects that pools had to make, live heap, resident."""
    s = c.call("stats")
    return s["totalAlloc"], sum(p["misses"] for p in c.call("pools")["pools"]), s["heaps"], s["rss"]


def compressions(d, c):
    rid = c.run(PACK, wait=False)["id"]

    def batch(n):
        seen = len(c.call("logs", id=rid)["lines"])
        c.call("send", id=rid, message=n)
        t.until(lambda: len(c.call("logs", id=rid)["lines"]) > seen)
        t.until(lambda: c.call("info", id=rid)["state"] == "waiting")
        return float(c.call("logs", id=rid)["lines"][-1]["text"]) * 1000

    batch(50)
    c.call("compact", id=rid)
    a0, m0, live0, rss0 = made(c)
    us = batch(50)
    a1, m1, _, _ = made(c)
    c.call("compact", id=rid)
    _, _, live1, rss1 = made(c)
    line("50 compressions, bytes allocated each", "-", "874,000 (43.7 MB together)", (a1 - a0) / 50, "bytes",
         "gzip and gunzip of 2000 bytes in a script; growth of totalAlloc: script heap, inputs and results")
    line("50 compressions, contexts and buffers made", "-", "one of each for every call", m1 - m0,
         "objects", "misses of all pools")
    line("50 compressions, memory kept", "53,352 bytes (about 1 KB each)",
         "15,100-15,600 bytes; its own test prints 18446744073709545016", live1 - live0, "bytes",
         "growth of the live heap, garbage collected; resident: %+d" % (rss1 - rss0))
    line("one round trip", "-", "919-1627 us", us, "us", "gzip level 6 and gunzip of 2000 bytes, in a script")


def fifty_threads(d, c):
    before = c.call("pools")["pools"]
    problems = []

    def one():
        try:
            with t.Dialled(d) as own:
                pipelined(own, 100, 10)
        except Exception as e:  # told below
            problems.append(e)

    threads = [threading.Thread(target=one) for _ in range(50)]
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    after = t.until(lambda: (lambda s: s if s["connections"] == 1 else None)(c.call("stats")))
    pools = c.call("pools")["pools"]
    gets = sum(p["gets"] for p in pools) - sum(p["gets"] for p in before)
    misses = sum(p["misses"] for p in pools) - sum(p["misses"] for p in before)
    live = sum(p["live"] for p in pools if p["name"] in ("request", "message", "timers", "strvec", "smallmap"))
    line("50 threads x 100 operations", "no race, no leak", "its counters are constant zero",
         len(problems) + live, "objects",
         "50 connections x 100 runs: failed, or live after in request, message, timers, strvec, smallmap")
    line("the books after that", "-", "-", after["identity"]["missing"], "bytes",
         "right side of the identity minus left")
    line("reuse", "+60 %", "not measurable there", 100 * (gets - misses) / gets, "%",
         "hit rate of all pools over these 5000 runs, %.0f gets each" % (gets / 5000))
    line("temporary allocations", "-40 %", "485 allocations a runner", 100 * misses / gets - 100, "%",
         "objects made, of those asked for: %.2f a run instead of %.0f" % (misses / 5000, gets / 5000))


def main():
    fresh(speed)
    fresh(memory(5, "about 80 KB (407,648 B together)", ("162-164 KB", "1.3-1.5 MB")))
    fresh(memory(1000, "-", ("78,800", "164,000-165,000")))
    fresh(compressions)
    fresh(fifty_threads)


if "predecessor".startswith(PREFIX) or PREFIX.startswith("predecessor"):
    main()

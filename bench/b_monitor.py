"""What watching costs: `monitor.cost`, CPU of the whole daemon in percent of one CPU while
SWD_BENCH_RUNNERS (10000) runners idle and a sample is taken each second, over 20 s;
`monitor.cost_busy`, the same with a tenth of them ticking once a second; `monitor.stats`, the
median and worst time of a `stats` request in ms; `monitor.stats_during_gc`, the same (p99) while all
runners are collected."""

import json
import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
                                "t", "e2e"))
import swdtest as t

N = int(os.environ.get("SWD_BENCH_RUNNERS", "10000"))
SECONDS = 20
IDLE = "const state = {n: 1}; setInterval(() => { state.n++; }, %d);"


def wanted(name):
    prefix = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("ONLY", "")
    return name.startswith(prefix) or prefix.startswith(name)


def cpu(pid):
    with open("/proc/%d/stat" % pid) as f:
        f = f.read().rsplit(")", 1)[1].split()
    return (int(f[11]) + int(f[12])) / os.sysconf("SC_CLK_TCK")


def share(d):
    """Percent of one CPU over SECONDS."""
    begin, at = cpu(d.proc.pid), time.monotonic()
    time.sleep(SECONDS)
    return 100 * (cpu(d.proc.pid) - begin) / (time.monotonic() - at)


def fill(c, n, period):
    ids = []
    for i in range(0, n, 500):
        posts = [c.post("run", source=IDLE % period, wait=False) for _ in range(min(500, n - i))]
        ids += [c.reply(p)["id"] for p in posts]
    return ids


def say(name, value, unit, **more):
    print(json.dumps({"bench": name, "value": round(value, 3), "unit": unit, "runners": N, **more}),
          flush=True)


def main():
    d = t.Daemon("[monitor]\ninterval = 1s\n[images]\nhibernate_after = 0\n")
    try:
        c = d.dial()
        idle = fill(c, N - N // 10, 10**9)
        more = fill(c, N // 10, 10**9)
        t.until(lambda: c.call("stats")["runners"]["waiting"] == N)
        time.sleep(3)
        took = []
        for _ in range(200):
            at = time.monotonic()
            c.call("stats")
            took.append((time.monotonic() - at) * 1e3)
        say("monitor.stats", statistics.median(took), "ms", worst=round(max(took), 3), limit=5)
        with t.Dialled(d) as other:
            gc, took = other.post("gc"), []
            while not other.replies and not t.readable(other.sock, 0):
                at = time.monotonic()
                c.call("stats")
                took.append((time.monotonic() - at) * 1e3)
            receipt = other.reply(gc)
        if took:
            took.sort()
            say("monitor.stats_during_gc", took[len(took) * 99 // 100], "ms", worst=round(took[-1], 3),
                collected=receipt["runners"], gc_ms=round(receipt["took_us"] / 1e3, 1))
        say("monitor.cost", share(d), "percent", interval_s=1, limit=0.5)
        for i in more:
            c.call("kill", id=i)
        fill(c, N // 10, 1000)
        time.sleep(3)
        say("monitor.cost_busy", share(d), "percent", interval_s=1, ticks_per_s=N // 10)
        assert idle
    finally:
        d.proc.kill()
        d.proc.wait()
        d.clean()


if any(wanted(n) for n in ("monitor.stats", "monitor.stats_during_gc", "monitor.cost",
                           "monitor.cost_busy")):
    main()

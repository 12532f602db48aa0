"""What an idle runner costs: N runners that hold state and a timer each are started and put to
sleep; `density` is (RSS with N - RSS with none) / N, in bytes, SWD_DENSITY_REST seconds (120) after
that. N is SWD_DENSITY (100000). `density.stats` is how long `stats` took then, `density.wake` the
mean time of waking one of 200 of them."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.environ.get("SWD_SRC", "."), "t", "e2e"))
import swdtest as t  # noqa: E402

N = int(os.environ.get("SWD_DENSITY", "100000"))
REST = float(os.environ.get("SWD_DENSITY_REST", "120"))
PREFIX = sys.argv[1] if len(sys.argv) > 1 else ""
SOURCE = ("var state = {n: %d, log: [1, 2, 3], name: 'runner %d'};"
          "var timer = setTimeout(function () { state.n++; state.log.push(state.n); }, 36e5);"
          "runner.onMessage = function (m) { runner.onMessage = null; clearTimeout(timer);"
          " runner.result(state.n + m); };")
CONF = "[runners]\nmax = none\nqueue = none\n[images]\nhibernate_after = 1s\n[control]\n"


def line(bench, value, unit, **more):
    print(json.dumps({"bench": bench, "value": value, "unit": unit, **more}), flush=True)


def start(c, n):
    sent = got = 0
    ids = []
    while got < n:
        while sent < n and sent - got < 256:
            c.post("run", source=SOURCE % (sent, sent), wait=False)
            sent += 1
        m = c.message()
        if "id" in m:
            ids.append(m["result"]["id"])
            got += 1
    return ids


def main():
    d = t.Daemon(CONF)
    t.PATIENCE = 3600
    try:
        c = d.dial()
        c.sock.settimeout(3600)
        c.run("1")
        before = d.rss()
        ids = start(c, N)
        while c.call("stats")["runners"]["hibernated"] < N:
            time.sleep(0.2)
        time.sleep(REST)
        after = d.rss()
        begun = time.monotonic()
        s = c.call("stats")
        took = time.monotonic() - begun
        for rid in ids[:: max(1, N // 200)]:
            c.call("send", id=rid, message=1)
            c.call("wait", id=rid)
        woken = c.call("stats")["hibernation"]
        line("density", round((after - before) / N), "bytes", note="%d runners, %g s asleep" % (N, REST),
             blob=round(s["hibernation"]["bytes"] / N), rss=after)
        line("density.stats", round(took * 1e3, 2), "ms")
        line("density.sleep", round(woken["sleep_us"], 1), "us")
        line("density.wake", round(woken["wake_us"], 1), "us")
    finally:
        d.proc.kill()
        d.proc.wait()
        d.clean()


if "density".startswith(PREFIX) or PREFIX.startswith("density"):
    main()

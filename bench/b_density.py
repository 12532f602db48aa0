"""What an idle runner costs: N runners that hold state, a message handler and a timer each are
started and fall asleep.

`density` is (RSS with N - RSS with none) / N, in bytes, SWD_DENSITY_REST seconds (120) after the
last one fell asleep; `density.unlike` the same for at most 5,000 runners of scripts with nothing in
common. Then the timers fire, 1,000 to 4,000 a second, within a minute if these suffice:
`density.fired` is how many runners they ended, `density.late_*` how late the timers of a thousand
of them were, `density.control` the longest that `stats` took all the while, `density.sleep` and
`density.wake` mean times.

N is SWD_DENSITY (10000). SWD_DENSITY_RATE (500): runners started a second at least, from which the
timers' times are set."""

import json
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.environ.get("SWD_SRC", "."), "t", "e2e"))
import swdtest as t  # noqa: E402

N = int(os.environ.get("SWD_DENSITY", "10000"))
REST = float(os.environ.get("SWD_DENSITY_REST", "120"))
RATE = float(os.environ.get("SWD_DENSITY_RATE", "500"))
SAMPLE = 1000
AWAKE = 5000
UNLIKE = 5000
PREFIX = sys.argv[1] if len(sys.argv) > 1 else ""
SOURCE = ("var state = {n: %d, log: [1, 2, 3], name: 'runner %d'}, due = %d;"
          "setTimeout(function () { state.log.push(++state.n);"
          " runner.onMessage = null; runner.result(Date.now() - due); }, due - Date.now());"
          "runner.onMessage = function (m) { state.log.push(m); };")
CONF = "[runners]\nmax = none\nqueue = none\n[images]\nhibernate_after = 1s\n[control]\n"


def line(bench, value, unit, **more):
    print(json.dumps({"bench": bench, "value": value, "unit": unit, **more}), flush=True)


def unlike(i, due):
    """A program of its own: other names, other functions, another amount of state."""
    r = random.Random(i)
    name = ["v" + "%x" % r.getrandbits(24 + 4 * (k % 5)) for k in range(r.randint(3, 9))]
    parts = ["var %s = %s;" % (v, r.choice([
        json.dumps([r.getrandbits(20) for _ in range(r.randint(0, 9))]),
        json.dumps({"%x" % r.getrandbits(20): r.random() for _ in range(r.randint(0, 6))}),
        json.dumps("%x" % r.getrandbits(r.randint(20, 400))),
        "function (a, b) { return a * %d + (b || %d); }" % (r.getrandbits(9), r.getrandbits(9)),
        "new Date(%d)" % r.getrandbits(40)])) for v in name]
    parts.append("setTimeout(function () { %s = null; }, %d - Date.now());" % (name[0], due))
    return "".join(parts)


class Control:
    """One connection of its own for `stats`, and the longest that it took."""

    def __init__(self, d):
        self.c = d.dial()
        self.c.sock.settimeout(600)
        self.longest = 0

    def stats(self):
        begun = time.monotonic()
        s = self.c.call("stats")
        self.longest = max(self.longest, time.monotonic() - begun)
        return s

    def awake(self):
        r = self.stats()["runners"]
        return r["total"] - r["hibernated"]


def start(c, n, source, control):
    """Not more of them awake at a time than AWAKE: the machine is to bear it however busy it is."""
    sent = got = 0
    ids = []
    while got < n:
        if got % 1000 == 0:
            while control.awake() > AWAKE:
                time.sleep(0.02)
        while sent < n and sent - got < 256:
            c.post("run", source=source(sent), wait=False)
            sent += 1
        m = c.message()
        if "id" in m:
            ids.append(m["result"]["id"])
            got += 1
    return ids


def asleep(control, n):
    end = time.time() + 600
    while control.awake() > 0 and time.time() < end:
        time.sleep(0.2)
    time.sleep(REST)


def fire(d, control, ids, first, window):
    """Lets the timers fire; answers how late those of the sample were, in ms."""
    c = d.dial()
    c.sock.settimeout(600)
    sample = random.Random(1).sample(ids, min(SAMPLE, len(ids)))
    posts = [c.post("wait", id=rid) for rid in sample]
    if time.time() > first:
        print("density: runners started too slowly, set SWD_DENSITY_RATE", file=sys.stderr)
    end = first + window + 60
    while time.time() < end and control.stats()["runners"]["done"] < len(ids) + 1:
        time.sleep(0.1)
    return sorted(c.reply(p)["value"] for p in posts)


def alike():
    d = t.Daemon(CONF)
    try:
        c = d.dial()
        c.sock.settimeout(600)
        c.run("1")
        control = Control(d)
        before = d.rss()
        window = max(1, min(60, N / 1000), N / 4000)
        begun = time.monotonic()
        first = time.time() + N / RATE + REST + 10
        ids = start(c, N, lambda i: SOURCE % (i, i, (first + i / N * window) * 1000), control)
        rate = N / (time.monotonic() - begun)
        asleep(control, N)
        after = d.rss()
        s = control.stats()["hibernation"]
        line("density", round((after - before) / N), "bytes", blob=round(s["bytes"] / N), rss=after,
             started_per_s=round(rate), note="%d runners, %g s asleep" % (N, REST))
        late = fire(d, control, ids, first, window)
        end = control.stats()
        line("density.fired", end["runners"]["done"] - 1, "runners")
        line("density.late_p50", late[len(late) // 2], "ms")
        line("density.late_p99", late[len(late) * 99 // 100], "ms")
        line("density.late_max", late[-1], "ms")
        line("density.control", round(control.longest * 1e3, 2), "ms")
        line("density.sleep", round(end["hibernation"]["sleep_us"], 1), "us")
        line("density.wake", round(end["hibernation"]["wake_us"], 1), "us")
    finally:
        d.proc.kill()
        d.proc.wait()
        d.clean()


def different():
    n = min(N, UNLIKE)
    d = t.Daemon(CONF)
    try:
        c = d.dial()
        c.run("1")
        before = d.rss()
        control = Control(d)
        start(c, n, lambda i: unlike(i, (time.time() + 36e3) * 1000), control)
        asleep(control, n)
        after = d.rss()
        s = control.stats()["hibernation"]
        line("density.unlike", round((after - before) / n), "bytes", blob=round(s["bytes"] / n),
             note="%d runners, no two alike" % n)
    finally:
        d.proc.kill()
        d.proc.wait()
        d.clean()


if "density".startswith(PREFIX) or PREFIX.startswith("density"):
    alike()
if "density.unlike".startswith(PREFIX):
    different()

"""The monitor in the real daemon: history, pressure in a faked tree of /proc and cgroup files, the
ladder, verdicts, and swctl's commands on them."""

import json
import os
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
import swdtest as t

FAST = "[monitor]\ninterval = 100ms\n"
LEAK = """const kept = []; let n = 0;
setInterval(() => { kept.push('x'.repeat(1000) + n++); }, 40);"""
SAW = """let kept = [], n = 0;
setInterval(() => { kept.push('y'.repeat(1000) + n++); if (kept.length >= 12) kept = []; }, 40);"""


def samples(c, **params):
    return c.call("memory.history", **params)["samples"]


def last(c):
    """The newest sample; before the first, one that matches nothing."""
    return (samples(c) or [dict.fromkeys(c.call("history")["metrics"], -1)])[-1]


@t.scenario(conf=FAST)
def history_is_sampled_and_bounded(d):
    c = d.dial()
    t.until(lambda: len(samples(c)) >= 5)
    c.run("1+1")
    r = c.call("history")
    names = set(r["metrics"])
    for s in r["samples"]:
        t.eq(set(s) - {"t"}, names)
    s = t.until(lambda: [s for s in samples(c) if s["submitted"] >= 1])[-1]
    assert s["rss"] > 1 << 20 and s["machine_total"] > s["machine_available"] > 0, s
    mapped = sum(s[k] for k in ("live", "hibernated", "cached", "slack", "metadata"))
    assert abs(s["mapped"] - mapped) <= 1 << 20, (s["mapped"], mapped)
    assert s["numGC"] >= 0 and s["cpu_us"] > 0 and s["uptime"] > 0
    t.until(lambda: len(samples(c)) == 100)
    t.eq(samples(c, resolution="hour"), [])
    r = t.raises(-32602, c.call, "history", resolution="week")
    assert r


@t.scenario(conf=FAST)
def the_interval_changes_live(d):
    c = d.dial()
    t.until(lambda: len(samples(c)) >= 3)
    with open(d.conf) as f:
        text = f.read()
    with open(d.conf, "w") as f:
        f.write(text.replace("100ms", "1h"))
    t.eq(c.call("reload")["applied"], ["monitor.interval"])
    n = len(samples(c))
    time.sleep(0.5)
    assert len(samples(c)) <= n + 1


@t.scenario(conf=FAST)
def scripts_read_history_and_pressure(d):
    c = d.dial()
    t.until(lambda: len(samples(c)) >= 2)
    got = c.run("runner.result({h: runner.getMemoryHistory(), p: runner.isMemoryPressureHigh()})")
    assert len(got["value"]["h"]) >= 2 and got["value"]["h"][0]["rss"] > 0, got
    assert got["value"]["p"] in (True, False)


def named(c, rid):
    return [f for f in c.call("doctor")["findings"] if f["subject"] == "runner %d" % rid]


@t.scenario(conf=FAST)
def a_leak_is_named_within_20_samples_and_a_sawtooth_is_not(d):
    c = d.dial()
    saw = c.run(SAW, name="saw.js", wait=False)["id"]
    leak = c.run(LEAK, name="leak.js", wait=False)["id"]
    start = len(samples(c))
    unnamed = 0  # samples after which it was not named yet, however late we ask
    deadline = time.monotonic() + t.PATIENCE
    while time.monotonic() < deadline:
        seen = len(samples(c)) - start
        if named(c, leak):
            break
        unnamed = seen
        t.eq(named(c, saw), [])
        time.sleep(0.05)
    finding = named(c, leak)[0]
    if not t.SAN:
        assert unnamed <= 21, "not named after %d samples" % unnamed
    e = finding["evidence"]
    assert e["shape"] == "monotone" and e["left_last"] > e["left_first"] and e["slope"] > 0, finding
    t.eq(finding["command"], "swctl kill %d" % leak)
    r = d.swctl("doctor")
    t.eq(r.returncode, 6)
    assert "leak.js" in r.stdout and "swctl kill %d" % leak in r.stdout, r.stdout
    c.call("kill", id=leak)
    for _ in range(40):
        t.eq(named(c, saw), [])
        time.sleep(0.05)
    t.until(lambda: not named(c, leak))


@t.scenario(conf="[monitor]\ninterval = 100ms\ngc_growth = 1.5\ngc_min_interval = 100ms\n")
def a_runner_that_allocates_is_collected_before_its_limit(d):
    c = d.dial()
    c.call("subscribe", topics=["gc"])
    c.run("""let n = 0; setInterval(() => { for (let i = 0; i < 200; i++) {
        const a = {b: 'z'.repeat(2000) + n++}; a.self = a; } }, 50);""", wait=False)
    e = c.note("event", lambda p: p["topic"] == "gc")
    assert e["data"]["action"] == "gc" and e["data"]["freed"] > 100000, e
    t.until(lambda: last(c)["gc_auto"] >= 1 and last(c)["numGC"] >= 1)


class Faked:
    """A tree of the files that the monitor reads, with a cgroup of a limit of 100 MiB."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix="swd-monitor-")
        self.put("proc/self/cgroup", "0::/\n")
        self.put("proc/meminfo", "MemTotal: 16777216 kB\nMemAvailable: 16000000 kB\n")
        self.put("proc/pressure/memory", "some avg10=0.00\nfull avg10=0.00\n")
        self.put("sys/fs/cgroup/cgroup.procs", "1\n")
        self.put("sys/fs/cgroup/memory.max", "%d\n" % (100 << 20))
        self.put("sys/fs/cgroup/memory.high", "max\n")
        self.put("sys/fs/cgroup/memory.stat", "inactive_file 0\n")
        self.usage(10)

    def put(self, path, text):
        full = os.path.join(self.root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full + ".new", "w") as f:
            f.write(text)
        os.rename(full + ".new", full)

    def end(self, d):
        if d.proc.poll() is None:
            sys.stderr.write(d.logged()[-3000:])
            d.proc.kill()
            d.proc.wait()
        d.clean()
        t.shutil.rmtree(self.root)

    def usage(self, percent):
        self.put("sys/fs/cgroup/memory.current", "%d\n" % (percent << 20))


def level(c):
    return c.call("memory.pressure")["level"]


@t.scenario(daemon=False)
def pressure_climbs_the_ladder_and_lets_go():
    f = Faked()
    conf = "[monitor]\ninterval = 100ms\nladder = trim,gc,compact,hibernate,refuse\ngc_growth = 0\n[pools]\nwarm = 64M\n"
    d = t.Daemon(conf, env=dict(os.environ, SWD_MONITOR_ROOT=f.root))
    try:
        c = d.dial()
        assert "cgroup_limit=%d" % (100 << 20) in d.logged(), d.logged()
        t.until(lambda: level(c) == "none")
        ids = [c.run("""const a = []; for (let i = 0; i < 300; i++) { const o = {s: 'q'.repeat(9000) + i};
            o.o = o; } setInterval(() => 0, 1e6);""", wait=False)["id"] for _ in range(20)]
        t.until(lambda: c.call("stats")["runners"]["waiting"] == 20)
        t.until(lambda: last(c)["runners"] == 20)
        c.call("subscribe", topics=["pressure", "gc"])
        f.usage(72)
        t.until(lambda: level(c) == "some")
        t.until(lambda: c.call("pressure")["receipts"])
        t.eq({r["action"] for r in c.call("pressure")["receipts"]}, {"trim"})
        f.usage(99)
        e = c.note("event", lambda p: p["topic"] == "pressure" and p["data"].get("high"))
        t.eq(e["data"]["level"], "critical")
        t.eq(e["data"]["source"], "cgroup")
        t.until(lambda: any(r["action"] == "refuse" for r in c.call("pressure")["receipts"]))
        got = list(reversed([r["action"] for r in c.call("pressure")["receipts"]]))
        order = [got.index(a) for a in ("trim", "gc", "compact", "hibernate", "refuse")]
        t.eq(order, sorted(order))
        asleep = [r for r in c.call("pressure")["receipts"] if r["action"] == "hibernate"][-1]
        assert asleep["runners"] == 20 and asleep["freed"] > 0, asleep
        t.until(lambda: last(c)["runners_hibernated"] == 20)
        gc = [r for r in c.call("pressure")["receipts"] if r["action"] == "gc"][-1]
        # Who has not been counted since it began is not among the largest yet.
        assert 10 <= gc["runners"] <= 20 and gc["freed"] == gc["before"] - gc["after"], gc
        t.raises(-32002, c.run, "1")
        t.eq(c.call("stats")["pressure"], "critical")
        r = d.swctl("pressure")
        t.eq(r.returncode, 0)
        assert "critical" in r.stdout and "refuse" in r.stdout, r.stdout
        t.eq(d.swctl("doctor").returncode, 6)
        f.usage(20)
        t.until(lambda: level(c) == "none")
        t.eq(c.run("6*7")["value"], 42)
        levels = [l.split("level=")[1].split()[0] for l in d.logged().splitlines()
                  if "event=monitor.pressure" in l]
        t.eq(levels, ["some", "critical", "high", "some", "none"])
        for i in ids:
            c.call("kill", id=i)
        t.eq(d.stop(), 0)
    finally:
        f.end(d)


@t.scenario(conf="[daemon]\nbudget = 24M\n[monitor]\ninterval = 1h\n")
def who_would_find_no_memory_is_told_so_at_once(d):
    """Long before the monitor looks: nobody that came in is killed for it."""
    c = d.dial()
    source = "globalThis.a = 'x'.repeat(200000); setInterval(() => 0, 1e6)"
    ids = []

    def one_more():
        try:
            ids.append(c.run(source, wait=False)["id"])
        except t.RpcError as e:
            return e
        t.until(lambda: c.call("info", id=ids[-1])["state"] != "ready")

    e = t.until(one_more, "a refusal")
    assert e.code == -32002 and "budget" in str(e) and e.data["hint"], e
    assert len(ids) > 10, ids
    t.until(lambda: c.call("stats")["runners"]["waiting"] == len(ids))
    t.eq(c.call("list", state="killed")["runners"], [])
    for i in ids[:5]:
        c.call("kill", id=i)
        c.call("wait", id=i)
    t.eq(c.run("7")["value"], 7)


GROWING = 500
ROOM = GROWING * 300_000  # half of what they take awake


@t.scenario(daemon=False)
def a_growing_load_that_fits_asleep_stays_within_its_budget():
    """The budget is far less than what all take awake. Nobody is killed, whoever is refused comes in
    a little later, and every one still has its state in the end."""
    if t.SAN:
        print("skipped: resident memory is mostly the sanitizer's")
        return
    base = t.Daemon("")
    room = base.rss() + ROOM
    base.stop()
    base.clean()
    d = t.Daemon("[daemon]\nbudget = %d\n[monitor]\ninterval = 100ms\n"
                 "ladder = trim,gc,compact,hibernate,refuse\n[images]\nhibernate_after = 1h\n" % room)
    try:
        c = d.dial()
        ids, refused, most = [], 0, 0
        deadline = time.monotonic() + 3 * t.PATIENCE
        while len(ids) < GROWING and time.monotonic() < deadline:
            try:
                ids.append(c.run("""
                const kept = []; for (let i = 0; i < 300; i++) kept.push({ i, s: 'row ' + i });
                const text = 'state '.repeat(40000);
                runner.onMessage = m => { runner.onMessage = null; runner.result(kept.length + text.length + m); };
                """, wait=False)["id"])
            except t.RpcError as e:
                t.eq(e.code, -32002, str(e))
                refused += 1
                time.sleep(0.05)
            time.sleep(0.01)  # slower than the monitor looks
            most = max(most, d.rss())
        t.eq(len(ids), GROWING, "runners (%d refused)" % refused)
        asleep = t.until(lambda: len(c.call("list", state="hibernated", limit=10000)["runners"]))
        assert asleep > GROWING // 10, asleep
        assert most < room * 1.1, "%d of %d bytes" % (most, room)
        assert not c.call("list", state="killed")["runners"]
        for i in ids[::10]:
            c.call("send", id=i, message=5)
            t.eq(c.call("wait", id=i)["value"], 300 + 240000 + 5)
        for i in ids:
            c.call("kill", id=i)
        t.eq(d.stop(), 0)
    finally:
        if d.proc.poll() is None:
            sys.stderr.write(d.logged()[-3000:])
            d.proc.kill()
            d.proc.wait()
        d.clean()


@t.scenario(daemon=False)
def the_largest_runner_is_killed_only_when_the_ladder_says_so():
    f = Faked()
    conf = "[monitor]\ninterval = 100ms\nladder = kill\n"
    d = t.Daemon(conf, env=dict(os.environ, SWD_MONITOR_ROOT=f.root))
    try:
        c = d.dial()
        small = c.run("setInterval(() => 0, 1e6)", wait=False)["id"]
        big = c.run("globalThis.a = 'w'.repeat(3e6); setInterval(() => 0, 1e6)", wait=False)["id"]
        t.until(lambda: last(c)["waiting"] == 2)
        time.sleep(0.4)
        f.usage(99)
        t.until(lambda: c.call("info", id=big)["state"] == "killed")
        f.usage(10)
        t.eq(c.call("info", id=big)["reason"], "pressure")
        assert c.call("info", id=small)["state"] in ("waiting", "killed")
        t.eq(d.stop(), 0)
    finally:
        f.end(d)


@t.scenario(conf=FAST)
def swctl_shows_history_pools_and_events(d):
    c = d.dial()
    t.until(lambda: len(samples(c)) >= 3)
    r = d.swctl("history", "--json")
    assert len(json.loads(r.stdout)["samples"]) >= 3
    r = d.swctl("history")
    assert r.returncode == 0 and "RSS" in r.stdout and len(r.stdout.splitlines()) >= 4, r.stdout
    r = d.swctl("history", "rss", "--plot")
    assert r.returncode == 0 and "rss" in r.stdout and "\u2588" in r.stdout, r.stdout
    r = d.swctl("history", "nonsense", "--plot")
    assert r.returncode == 1 and "metric" in r.stderr, r
    r = d.swctl("pools")
    assert r.returncode == 0 and "bytebuf" in r.stdout and "daemon" in r.stdout, r.stdout
    p = c.call("pools")
    assert p["extents"]["mapped"] > 0 and "daemon" in p["accounts"] and p["pools"], p
    r = d.swctl("pressure", "--json")
    assert json.loads(r.stdout)["level"] in ("none", "some", "high", "critical")
    r = d.swctl("events", "stats", "--timeout", "3s")
    t.eq(r.returncode, 4)
    assert json.loads(r.stdout.splitlines()[0])["topic"] == "stats", r.stdout
    t.eq(d.swctl("events", "weather").returncode, 1)


@t.scenario(conf="[pools]\nwarm = 64M\ncompact_interval = 0\n")
def trim_returns_what_is_free_and_says_how_much(d):
    c = d.dial()
    fat = """const a = []; for (let i = 0; i < 300; i++) a.push('t'.repeat(9000) + i);
        globalThis.a = a; %s"""
    for _ in range(4):
        c.run(fat % "")
    cached = c.call("pools")["extents"]["cached"]
    assert cached >= 2 << 20, cached
    r = c.call("trim")
    t.eq((r["action"], r["asked"], r["runners"], r["skipped"]), ("trim", 0, 0, {}))
    t.eq(r["freed"], r["before"] - r["after"])
    assert r["freed"] > cached - (1 << 20) and c.call("pools")["extents"]["cached"] < 1 << 20, (r, cached)
    i = c.run(fat % "setInterval(() => { globalThis.a = null }, 50)", wait=False)["id"]
    t.until(lambda: c.call("info", id=i)["timers"] == 1)
    r = c.call("trim", id=i)
    t.eq((r["asked"], r["runners"], [p["id"] for p in r["per_runner"]]), (1, 1, [i]))
    assert c.call("info", id=i)["alloc"] > 0
    t.raises(-32001, c.call, "trim", id=10**9)
    got = d.swctl("trim")
    assert got.returncode == 0 and got.stdout.startswith("trim     pools and extents; took"), got
    assert "held" in got.stdout and "rss" in got.stdout, got.stdout
    assert d.swctl("trim", str(i)).stdout.startswith("trim     1 of 1 runners; took")


def smaps(pid):
    """Resident bytes by smaps_rollup."""
    with open("/proc/%d/smaps_rollup" % pid) as f:
        return 1024 * sum(int(l.split()[1]) for l in f if l.startswith("Rss:"))


def adds_up(d, c, load):
    """A fresh look at the parts of RSS: they add up, and nearly all of it is known."""
    mark = time.monotonic()
    s = t.until(lambda: (lambda s: s if s.get("measured_age_s", 1e9) < time.monotonic() - mark else None)(
        c.call("stats")))
    i = s["identity"]
    t.eq(s["rss"], sum(i[k] for k in ("reserve_resident", "file", "libc", "stacks", "unknown")), load)
    t.eq(s["mapped"], sum(i[k] for k in ("live", "hibernated", "cached", "slack", "metadata")), load)
    if not t.SAN:
        print("%s: unknown %.1f %% of %d KiB" % (load, 100 * i["unknown"] / s["rss"], s["rss"] >> 10))
        assert i["unknown"] <= 0.05 * s["rss"], (load, s["rss"], i)
        assert i["reserve_resident"] <= s["mapped"] + i["metadata"] + 0.1 * s["rss"], (load, s)
    return s


@t.scenario(conf="[monitor]\ninterval = 100ms\nladder = trim\ngc_growth = 0\n[images]\nhibernate_after = 1h\n")
def nearly_every_resident_byte_is_known_under_every_load(d):
    c = d.dial()
    adds_up(d, c, "nothing")
    if t.SAN:
        return  # their shadow memory takes long to measure, and is nobody's
    for i in range(60):
        c.post("run", source="setInterval(() => 0, 1e6)", wait=False)
    ids = [c.run("globalThis.a = 'w'.repeat(1e5) + %d; setInterval(() => 0, 1e6)" % i, wait=False)["id"]
           for i in range(10)]
    t.until(lambda: c.call("stats")["runners"]["waiting"] == 70)
    adds_up(d, c, "many runners")
    c.call("hibernate")
    adds_up(d, c, "asleep")
    for i in ids:
        c.call("send", id=i, message=1)
    for i in range(200):
        c.run("let a = []; for (let i = 0; i < 2000; i++) a.push({i}); a.length")
    adds_up(d, c, "woken, and short scripts")
    c.run("const z = require('zlib'); z.gunzipSync(z.gzipSync('abc'.repeat(300000))).length")
    r = c.run("interface P { a: number } const f = (p: P): number => p.a; f({a: 6}) * 7", lang="ts")
    t.eq(r["value"], 42)
    adds_up(d, c, "compression, TypeScript")


@t.scenario(conf="[monitor]\ninterval = 1h\nladder = trim\n[images]\nhibernate_after = 1h\n"
                 "[pools]\nwarm = 256M\ncompact_interval = 0\n")
def receipts_agree_with_smaps(d):
    c = d.dial()
    for i in range(40):
        c.run("globalThis.a = 'v'.repeat(1e6) + %d; setInterval(() => 0, 1e6)" % i, wait=False)
    t.until(lambda: c.call("stats")["runners"]["waiting"] == 40)
    for action in ("hibernate", "trim"):
        before = smaps(d.proc.pid)
        r = c.call(action)
        after = smaps(d.proc.pid)
        for told, seen in ((r["rss_before"], before), (r["rss_after"], after)):
            assert abs(told - seen) <= 0.05 * seen + (1 << 20), (action, told, seen)
        t.eq(r["freed"], r["before"] - r["after"])
        if action == "hibernate" and not t.SAN:
            assert r["freed"] > 30 << 20, r


@t.scenario(daemon=False)
def bad_settings_say_what_is_wanted():
    for text, want in (("gc_growth = 0.5", "from 1 to 1000"), ("ladder = trim,pray", "hibernate"),
                       ("ladder = gc,gc", "hibernate"), ("gc_when_idle = maybe", "true or false")):
        folder = tempfile.mkdtemp(prefix="swd-conf-")
        path = os.path.join(folder, "c")
        with open(path, "w") as f:
            f.write("[monitor]\n%s\n" % text)
        r = t.subprocess.run([t.SWD, "--check-config", "--config", path], capture_output=True, text=True)
        assert r.returncode != 0 and want in r.stderr, (text, r)
        t.shutil.rmtree(folder)


t.main(__file__)

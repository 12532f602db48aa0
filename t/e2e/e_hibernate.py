"""Runners asleep: state, timers, messages and kills as if they had not slept; then the suites of
this folder and others again with a daemon that puts every runner to sleep at every wait."""

import concurrent.futures
import glob
import os
import subprocess
import sys

import swdtest as t

# Suites, and words in the names of their scenarios; none: all of them. Left out is what looks at who
# is asleep, at the books of heaps that are awake or at how much memory is left, what has no runner
# that waits, and what takes long.
AGAIN = (("e_protocol.py",), ("e_limits.py",), ("e_swctl.py",), ("e_load.py", "every_submission"),
         ("e_hostile.py", "disconnects", "answers_nobody", "not_read", "starve", "large_things"),
         ("e_functions.py",),
         ("e_send.py", "they_talk", "order", "oneself", "refusals", "mailboxes", "whoever", "functions"),
         ("e_compress.py", "every_codec", "mistakes", "scripts_compress"),
         ("e_images.py", "base_image", "turned_off", "may_not_hold", "figures", "recently", "no_budget"),
         ("e_pools.py", "disabled_pools", "debug_mode"),
         ("../lib/e_loop.py",), ("../lib/e_streams.py",), ("../examples/e_demo.py",),
         ("../compress/e_offload.py", "results", "order", "aside", "callback", "loaded"))
CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "ts", "cases")

SCRIPT = """
var n = 0, data = {list: [1, 2, 3], text: 'h\\u00e9llo \\ud83d\\ude00', f: 0.1, d: new Date(7)};
var next = (function () { var x = 5; return function () { return ++x; }; })();
var p = new Promise(function (yes) { data.yes = yes; }).then(function (v) { console.log('p', v); });
function show() { return next() + ' ' + JSON.stringify(data.list) + data.text + data.f + +data.d; }
runner.onMessage = function (m) {
    if (m === 'end') { runner.onMessage = null; runner.result(show()); return; }
    if (m === 'yes') data.yes('kept');
    data.list.push(m);
    console.log(show());
};
"""


@t.scenario
def messages_wake(d):
    c = d.dial()
    rid = c.run(SCRIPT, wait=False)["id"]
    for m in (1, "yes", {"k": [None]}):
        t.until(lambda: c.call("info", id=rid)["state"] == "waiting")
        r = c.call("hibernate", id=rid)
        t.eq((r["action"], r["asked"], r["runners"]), ("hibernate", 1, 1))
        assert r["after"] < r["before"], r
        row = c.call("info", id=rid)
        t.eq(row["state"], "hibernated")
        t.eq(row["alloc"], r["after"])
        t.eq(c.call("stats")["runners"]["hibernated"], 1)
        c.call("send", id=rid, message=m)
    c.call("send", id=rid, message="end")
    t.eq(c.call("wait", id=rid)["value"],
         '9 [1,2,3,1,"yes",{"k":[null]}]h\u00e9llo \U0001f6000.17')
    lines = [x["text"] for x in c.call("logs", id=rid)["lines"]]
    t.eq(lines[0], '6 [1,2,3,1]h\u00e9llo \U0001f6000.17')
    assert "p kept" in lines, lines
    s = c.call("stats")
    t.eq((s["hibernation"]["sleeps"], s["hibernation"]["wakes"]), (3, 3))
    t.eq((s["hibernation"]["bytes"], s["hibernation"]["lost"]), (0, 0))
    t.eq(s["identity"]["missing"], 0)


@t.scenario
def timers_wake(d):
    c = d.dial()
    ids = [c.run("var o = {i: %d}; setTimeout(function () { runner.result(o); }, 1500);" % i,
                 wait=False)["id"] for i in range(50)]
    t.until(lambda: c.call("stats")["runners"]["waiting"] == 50)
    r = c.call("hibernate")
    t.eq((r["asked"], r["runners"]), (50, 50))
    t.eq(c.call("gc")["skipped"]["hibernated"], 50)
    t.eq(len(c.call("list", state="hibernated")["runners"]), 50)
    for i, rid in enumerate(ids):
        t.eq(c.call("wait", id=rid)["value"], {"i": i})


@t.scenario
def killed_asleep(d):
    c = d.dial()
    rid = c.run("setTimeout(function () {}, 1e8); console.log('said');", wait=False)["id"]
    t.until(lambda: c.call("info", id=rid)["state"] == "waiting")
    c.call("hibernate", id=rid)
    t.eq(c.call("kill", id=rid)["killed"], True)
    t.eq(c.call("wait", id=rid)["state"], "killed")
    t.eq([x["text"] for x in c.call("logs", id=rid)["lines"]], ["said"])
    s = c.call("stats")
    t.eq((s["hibernation"]["wakes"], s["identity"]["hibernated"]), (0, 0))


@t.scenario
def who_runs_is_left_alone(d):
    c = d.dial()
    t.raises(-32001, c.call, "hibernate", id=99999)
    rid = c.run("for (;;);", wait=False)["id"]
    post = c.post("hibernate", id=rid)
    c.call("kill", id=rid)
    t.eq(c.reply(post)["runners"], 0)
    t.eq(c.call("compact")["action"], "compact")


@t.scenario
def large_heaps_come_back(d):
    c = d.dial()
    rid = c.run("""var a = []; for (var i = 0; i < 20000; i++) a.push({i: i, s: 'x' + i});
        var b = new Uint8Array(300000); for (i = 0; i < b.length; i++) b[i] = i * 7;
        runner.onMessage = function (m) {
            var s = 0, k; for (k = 0; k < a.length; k++) s += a[k].i + a[k].s.length;
            for (k = 0; k < b.length; k++) s += b[k];
            if (m) { runner.onMessage = null; runner.result(s); } else console.log(s); };""",
                wait=False)["id"]
    t.until(lambda: c.call("info", id=rid)["state"] == "waiting")
    c.call("send", id=rid, message=0)
    t.until(lambda: c.call("logs", id=rid)["lines"])
    t.until(lambda: c.call("info", id=rid)["state"] == "waiting")
    r = c.call("hibernate", id=rid)
    t.eq(r["runners"], 1)
    assert r["after"] < r["before"] / 3, r
    c.call("send", id=rid, message=1)
    t.eq(str(c.call("wait", id=rid)["value"]), c.call("logs", id=rid)["lines"][0]["text"])


@t.scenario(conf="[images]\nhibernate_after = 200ms\n")
def idle_ones_fall_asleep_by_themselves(d):
    c = d.dial()
    rid = c.run(SCRIPT, wait=False)["id"]
    t.until(lambda: c.call("info", id=rid)["state"] == "hibernated")
    c.call("send", id=rid, message="end")
    assert c.call("wait", id=rid)["value"].startswith("6 [1,2,3]")


@t.scenario(conf="[images]\nhibernate_after = 200ms\n")
def who_wakes_too_often_is_left_awake(d):
    """Sleeps that are over at once make the runner wait for more periods before the next; it sleeps
    in the end, and whoever never woke waits for one."""
    c = d.dial()
    rid = c.run(SCRIPT, wait=False)["id"]

    def spared():
        return c.call("stats")["hibernation"]["spared"]

    def short_sleep():
        before = spared()
        c.call("hibernate", id=rid)
        c.call("send", id=rid, message=1)
        t.until(lambda: c.call("info", id=rid)["state"] == "hibernated")
        return spared() > before

    t.until(lambda: c.call("info", id=rid)["state"] == "hibernated")
    t.eq(spared(), 0)
    t.until(short_sleep)  # on a busy machine one of them may not have been that short
    c.call("send", id=rid, message="end")
    assert c.call("wait", id=rid)["state"] == "done"


def always(suite):
    """A suite with a daemon that puts to sleep at every wait; what it says when it fails."""
    name, *only = suite
    here = os.path.dirname(os.path.abspath(__file__))
    env = dict(os.environ, SWD_HIBERNATE_ALWAYS="1", PYTHONPATH=here)
    p = subprocess.run([sys.executable, os.path.join(here, name), *only], env=env,
                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return "" if p.returncode == 0 else name + "\n" + p.stdout[-4000:]


@t.scenario(daemon=False)
def at_every_wait_the_suites_are_the_same():
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for wrong in pool.map(always, AGAIN):
            assert not wrong, wrong


@t.scenario(daemon=False)
def at_every_wait_the_corpus_says_the_same():
    """The compiler's corpus, generators, promises and async functions among it."""
    os.environ["SWD_HIBERNATE_ALWAYS"] = "1"
    try:
        d = t.Daemon("")
    finally:
        del os.environ["SWD_HIBERNATE_ALWAYS"]
    try:
        ran = 0
        for out in sorted(glob.glob(os.path.join(CASES, "*.out"))):
            source = next(p for p in glob.glob(out[:-3] + "*") if not p.endswith(".out"))
            with open(source, encoding="utf-8") as f:
                if f.readline().startswith("// flags:"):
                    continue
            with open(out, encoding="utf-8") as f:
                want = f.read()
            p = subprocess.run([t.SWCTL, "--socket", d.socket, "run", source],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            t.eq(p.stdout[:len(want)], want, source + "\n" + p.stderr)  # the value follows
            ran += 1
        assert ran > 15, ran
        s = d.dial().call("stats")
        assert s["hibernation"]["sleeps"] > 0, s["hibernation"]
        t.eq((s["hibernation"]["lost"], s["identity"]["missing"]), (0, 0))
    finally:
        t.eq(d.stop(), 0)
        d.clean()


t.main(__file__)

"""The daemon without images: everything works, and says why; what an image may not hold."""

import os
import subprocess
import sys

import swdtest as t

OFF = "[images]\nenabled = false\n"
# Scenarios by words of their names; not the ones with very many runners.
AGAIN = {"e_protocol.py": ("a_", "wait", "gc_", "events", "draining", "modules", "logs", "kill",
                           "messages", "errors", "rows", "what_is"),
         "e_limits.py": ("memory", "cpu", "stack")}
FUNCTION = "var n = 0; module.exports = function (p) { return [++n, p, Math.random()]; }"


def row(c, name):
    return [r for r in c.call("stats")["images"] if r["name"] == name][0]


@t.scenario
def the_base_image_is_made_and_counted(d):
    c = d.dial()
    before = row(c, "base")
    assert before["imaged"] and before["bytes"] > 100000 and not before.get("reason"), before
    for _ in range(5):
        c.run("1 + 1")
    t.eq(row(c, "base")["calls"], before["calls"] + 5)
    assert "base image" in d.swctl("stats").stdout and "image.made" in d.logged()


@t.scenario(conf=OFF)
def turned_off_by_the_configuration(d):
    c = d.dial()
    base = row(c, "base")
    t.eq((base["imaged"], base["bytes"], base["calls"]), (False, 0, 0))
    assert "turned off" in base["reason"], base
    assert "base image none: images are turned off" in d.swctl("stats").stdout
    assert "image.off" in d.logged() and "image.made" not in d.logged()
    t.eq(c.run("[new Map([[1, 2]]).get(1), [3, 1].toSorted()]")["value"], [2, [1, 3]])
    f = c.call("load", name="f", source="console.log('once'); " + FUNCTION)
    assert not f["imaged"] and "turned off" in f["reason"], f
    t.eq([n["params"]["text"] for n in c.notes if n["method"] == "log"], ["once"])
    first, second = (c.call("call", name="f", params=7)["value"] for _ in range(2))
    t.eq((first[:2], second[:2]), ([1, 7], [1, 7]))
    assert first[2] != second[2]
    bad = c.call("load", name="bad", source="\nnull.x", file="bad.js")
    t.eq((bad["state"], bad["error"]["line"]), ("failed", 2))


@t.scenario(daemon=False)
def the_suites_are_the_same_without():
    env = dict(os.environ, SWDTEST_CONF="\n" + OFF)
    here = os.path.dirname(os.path.abspath(__file__))
    for name, words in AGAIN.items():
        p = subprocess.run([sys.executable, os.path.join(here, name), *words], env=env,
                           stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert p.returncode == 0, name + "\n" + p.stdout[-4000:]


@t.scenario
def what_an_image_may_not_hold(d):
    """Open handles and words that no two builds agree on: refused with the reason, replayed."""
    c = d.dial()
    for what, source in {
        "timer": "setTimeout(function () {}, 5);",
        "message handler": "runner.onMessage = function () {};",
        "not explained": "var id = crypto.randomUUID(), b = new Uint32Array(64);"
                         "crypto.getRandomValues(b);",
    }.items():
        f = c.call("load", name="f", source=source + FUNCTION)
        assert not f["imaged"] and what in f["reason"], (what, f)
        t.eq((f["bytes"], f["relocations"]), (0, 0))
        for _ in range(2):
            t.eq(c.call("call", name="f", params={"k": 1})["value"][:2], [1, {"k": 1}])
        assert what in row(c, "f")["reason"] and what in d.swctl("stats").stdout


@t.scenario
def figures_of_functions(d):
    c = d.dial()
    c.call("load", name="f", source="module.exports = function (p) {"
                                    " if (p === 'no') throw new Error('no');"
                                    " for (var t = Date.now() + p; Date.now() < t;); }")
    for _ in range(20):
        c.call("call", name="f", params=0)
    fast = row(c, "f")
    assert 0 < fast["p50_us"] <= fast["p99_us"], fast
    for _ in range(3):
        c.call("call", name="f", params=60)
    c.call("call", name="f", params="no")
    f = row(c, "f")
    t.eq((f["calls"], f["failed"], f["imaged"]), (24, 1, True))
    assert f["p50_us"] <= f["p99_us"] and f["p99_us"] >= 50000, f
    c.call("load", name="f", source=FUNCTION)
    t.eq((row(c, "f")["version"], row(c, "f")["calls"]), (2, 0))


@t.scenario(conf="[images]\nbudget = 900K\n")
def the_least_recently_called_lose_theirs(d):
    """Room for two images or three: who is called stays, whoever runs or sleeps keeps the image."""
    c, other = d.dial(), d.dial()
    for name in "ab":
        c.call("load", name=name, source=FUNCTION)
    size = row(c, "a")["bytes"]
    room = 900 * 1024 // size
    c.call("load", name="slow", source="module.exports = function () { return { then: function (yes)"
                                       " { runner.onMessage = function (m) { yes(m); }; } }; }")
    late = other.post("call", name="slow")
    t.until(lambda: c.call("stats")["runners"]["waiting"] == 1)
    waits = c.call("list", state="waiting")["runners"]
    c.call("hibernate")
    for i in range(room + 2):
        if room > 2:
            c.call("call", name="a", params=1)
        c.call("load", name="x%d" % i, source=FUNCTION)
    imaged = [r["name"] for r in c.call("stats")["images"] if r["imaged"] and r["name"] != "base"]
    assert "b" not in imaged and "slow" not in imaged and "x%d" % (room + 1) in imaged, imaged
    assert room <= 2 or "a" in imaged, imaged
    t.eq(len(imaged), room)
    assert "evicted" in row(c, "b")["reason"], row(c, "b")
    c.call("send", id=waits[0]["id"], message="kept")
    t.eq(other.reply(late)["value"], "kept")
    for name in ("a", "b", "x0"):
        t.eq(c.call("call", name=name, params=3)["value"][:2], [1, 3])
    t.eq(c.call("load", name="b", source=FUNCTION)["imaged"], True)


@t.scenario(conf="[images]\nbudget = 0\n")
def no_budget_no_images(d):
    c = d.dial()
    c.call("load", name="f", source=FUNCTION)
    f = row(c, "f")
    assert not f["imaged"] and "budget" in f["reason"], f
    t.eq(c.call("call", name="f", params=1)["value"][0], 1)


t.main(__file__)

"""Loaded functions: images, fresh clones for each call, versions, refusals."""

import threading

import swdtest as t

COUNTER = """
var hits = 0, table = {};
for (var i = 0; i < 1000; i++) table['k' + i] = i * i;
console.log('evaluated');
module.exports = function (p) {
    hits++;
    globalThis.leak = (globalThis.leak || 0) + 1;
    return { hits: hits, leak: leak, v: table[p.k], r: Math.random(), t: Date.now() };
};
"""


@t.scenario
def a_call_runs_in_a_fresh_clone(d):
    c = d.dial()
    f = c.call("load", name="f", source=COUNTER)
    assert f["imaged"] and f["version"] == 1 and f["bytes"] > 100000 and f["relocations"] > 1000, f
    t.eq([n["params"]["text"] for n in c.notes if n["method"] == "log"], ["evaluated"])
    first = c.call("call", name="f", params={"k": "k7"})["value"]
    second = c.call("call", name="f", params={"k": "k9"})["value"]
    t.eq((first["hits"], first["leak"], first["v"]), (1, 1, 49))
    t.eq((second["hits"], second["leak"], second["v"]), (1, 1, 81))
    assert first["r"] != second["r"], "each call has its own randomness"
    assert second["t"] >= first["t"] > 1.7e12, "each call has its own clock"


@t.scenario
def every_way_to_export(d):
    c = d.dial()
    for name, source in {
        "a": "module.exports = function (p) { return p + 1 }",
        "b": "exports.handler = function (p) { return p + 1 }",
        "c": "exports['default'] = function (p) { return p + 1 }",
    }.items():
        c.call("load", name=name, source=source)
        t.eq(c.call("call", name=name, params=41)["value"], 42)
    c.call("load", name="none", source="exports.x = 1")
    r = c.call("call", name="none")
    t.eq((r["state"], r["error"]["name"]), ("failed", "TypeError"))
    c.call("load", name="id", source="module.exports = function (p) { return p }")
    for value in (None, True, 1.5, "\U0001f600", [1, {"a": [None]}], {}):
        r = c.call("call", name="id", params=value)
        t.eq(r.get("value"), value)


@t.scenario
def errors_name_the_script(d):
    c = d.dial()
    r = c.call("load", name="bad", source="var a = 1;\nnull.x;", file="bad.js")
    t.eq((r["state"], r["error"]["source"], r["error"]["line"]), ("failed", "bad.js", 2))
    t.raises(-32001, c.call, "call", name="bad")
    for handler in ("throw new RangeError('x')", "null.y"):
        c.call("load", name="e", source="module.exports = function () {\n%s }" % handler,
               file="e.js")
        r = c.call("call", name="e")
        t.eq((r["state"], r["error"]["source"], r["error"]["line"]), ("failed", "e.js", 2))


@t.scenario
def what_cannot_be_an_image_still_runs(d):
    c = d.dial()
    f = c.call("load", name="f", source="var n = 0; setInterval(function () { n++ }, 1000);"
                                        "module.exports = function () { return ++n }")
    assert not f["imaged"] and "timer" in f["reason"], f
    t.eq(c.call("call", name="f")["value"], 1)
    t.eq(c.call("call", name="f")["value"], 1)


@t.scenario
def loading_is_limited_like_running(d):
    c = d.dial()
    r = c.call("load", name="f", source="for(;;);", limits={"cpu_per_turn": "100ms"})
    t.eq((r["state"], r["reason"]), ("killed", "cpu_per_turn"))
    t.raises(-32001, c.call, "call", name="f")


@t.scenario
def calls_are_limited(d):
    c = d.dial()
    c.call("load", name="f", source="module.exports = function (p) {"
                                    "  if (p === 'loop') for (;;);"
                                    "  return { then: function () { setTimeout(function () {}, 1e6) } } }")
    r = c.call("call", name="f", params="loop", limits={"cpu_per_turn": "100ms"})
    t.eq((r["state"], r["reason"]), ("killed", "cpu_per_turn"))
    r = c.call("call", name="f", limits={"call_wall": "200ms"})
    t.eq((r["state"], r["reason"]), ("killed", "call_wall"))


@t.scenario
def a_promise_is_waited_for(d):
    c = d.dial()
    c.call("load", name="f", source="""
        module.exports = function (p) {
            return { then: function (yes, no) {
                setTimeout(function () { p.ok ? yes(p.v) : no(new TypeError(p.v)) }, 5);
                setTimeout(function () {}, 1e6);
            } };
        };""")
    t.eq(c.call("call", name="f", params={"ok": True, "v": [1, 2]})["value"], [1, 2])
    r = c.call("call", name="f", params={"ok": False, "v": "no"})
    t.eq((r["state"], r["error"]["name"], r["error"]["message"]), ("failed", "TypeError", "no"))
    c.call("load", name="g", source="module.exports = function () {"
                                    "  return { then: function () {} } }")
    r = c.call("call", name="g")
    assert r["state"] == "failed" and "never settles" in r["error"]["message"], r


@t.scenario
def a_new_version_replaces_the_old_at_once(d):
    c, other = d.dial(), d.dial()
    source = ("module.exports = function (p) { return { then: function (yes) {"
              " setTimeout(function () { yes(%d) }, p) } } }")
    c.call("load", name="f", source=source % 1)
    slow = other.post("call", name="f", params=300)
    t.until(lambda: c.call("stats")["runners"]["waiting"] == 1)
    t.eq(c.call("load", name="f", source=source % 2)["version"], 2)
    t.eq(c.call("call", name="f", params=0)["value"], 2)
    t.eq(other.reply(slow)["value"], 1)
    c.call("unload", name="f")
    t.raises(-32001, c.call, "call", name="f", params=0)
    t.raises(-32001, c.call, "unload", name="f")


@t.scenario(conf="[images]\nbudget = 1M\n")
def images_stay_within_their_budget(d):
    c = d.dial()
    source = "var a = []; for (var i = 0; i < 3000; i++) a.push('x' + i);" \
             "module.exports = function () { return a.length }"
    for i in range(8):
        c.call("load", name="f%d" % i, source=source)
    rows = {r["name"]: r for r in c.call("stats")["images"]}
    held = sum(r["bytes"] for n, r in rows.items() if n != "base")
    assert 0 < held <= 1 << 20, rows
    assert "evicted" in rows["f0"]["reason"] and rows["f7"]["imaged"], rows
    t.eq(c.call("call", name="f0")["value"], 3000)


@t.scenario
def many_calls_at_once_and_nothing_stays(d):
    c = d.dial()
    c.call("load", name="f", source=COUNTER)
    before = c.call("stats")
    problems = []

    def caller(k):
        with t.Dialled(d) as x:
            ids = [x.post("call", name="f", params={"k": "k%d" % (i % 1000)}) for i in range(250)]
            for i, rid in enumerate(ids):
                v = x.reply(rid)["value"]
                if (v["hits"], v["leak"], v["v"]) != (1, 1, (i % 1000) ** 2):
                    problems.append((k, i, v))

    threads = [threading.Thread(target=caller, args=(k,)) for k in range(4)]
    for x in threads:
        x.start()
    for x in threads:
        x.join()
    assert not problems, problems[:3]
    after = c.call("stats")
    t.eq(after["heaps"], before["heaps"])
    row = [r for r in after["images"] if r["name"] == "f"][0]
    assert row["calls"] == 1000 and row["failed"] == 0 and row["p99_us"] >= row["p50_us"] > 0, row


t.main(__file__)

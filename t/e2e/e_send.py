"""runner.send(): messages from runner to runner of one group."""

import swdtest as t

# Says what comes, to whom it came from when that is told; ends at 'end'.
ECHO = """
var got = [];
runner.onMessage = function (m) {
    got.push(m);
    if (m && m.from)
        runner.send(m.from, { pong: m.n });
    if (m === 'end') { runner.onMessage = null; runner.result(got); }
};"""


def echo(c, **more):
    rid = c.run(ECHO, wait=False, **more)["id"]
    t.until(lambda: c.call("info", id=rid)["state"] == "waiting")
    return rid


def refused(c, what, code, **more):
    r = c.run("runner.send(%s).then(() => 'sent', e => runner.result([e.code, e.message]))" % what, **more)
    t.eq(r["value"][0], code, str(r))
    return r["value"][1]


@t.scenario
def they_talk(d):
    c = d.dial()
    rid = echo(c)
    r = c.run("""
        let n = 0;
        runner.onMessage = async m => {
            if (m.pong !== n) throw new Error('out of order');
            if (++n < 50)
                return runner.send(%d, { from: runner.id, n });
            runner.onMessage = null;
            console.log(await runner.send(%d, 'end'));
            runner.result(n);
        };
        runner.send(%d, { from: runner.id, n });
    """ % (rid, rid, rid))
    t.eq(r["value"], 50, str(r))
    got = c.call("wait", id=rid)["value"]
    t.eq(got[-1], "end")
    t.eq([m["n"] for m in got[:-1]], list(range(50)))


@t.scenario
def order_and_what_json_holds(d):
    """A hundred in one turn, not waited for; the sender ends, they arrive."""
    c = d.dial()
    rid = echo(c)
    r = c.run("""for (let i = 0; i < 100; i++) runner.send(%d, { i, s: 'é\\u0000😀', n: null, a: [1.5] });
                 runner.send(%d, 'end'); 'gone'""" % (rid, rid))
    t.eq(r["state"], "done", str(r))
    got = c.call("wait", id=rid)["value"]
    t.eq(got, [{"i": i, "s": "é\0😀", "n": None, "a": [1.5]} for i in range(100)] + ["end"])


@t.scenario
def to_oneself(d):
    c = d.dial()
    r = c.run("""runner.onMessage = m => { runner.onMessage = null; runner.result(m); };
                 runner.send(runner.id, [1]);""")
    t.eq(r["value"], [1], str(r))


@t.scenario
def a_sleeping_runner_wakes(d):
    c = d.dial()
    rid = echo(c)
    c.call("hibernate", id=rid)
    t.until(lambda: c.call("info", id=rid)["state"] == "hibernated")
    c.run("await runner.send(%d, 'end')" % rid, goal="module")
    t.eq(c.call("wait", id=rid)["value"], ["end"])


@t.scenario
def refusals(d):
    c = d.dial()
    rid = echo(c, group="a")
    assert "another group" in refused(c, "%d, 1" % rid, "ERR_SWD_DENIED", group="b")
    assert "another group" in refused(c, "%d, 1" % rid, "ERR_SWD_DENIED")
    assert "no runner" in refused(c, "1e15, 1", "ERR_SWD_NO_RUNNER", group="a")
    for bad in ("'1', 1", "0, 1", "1.5, 1", "-1, 1", "NaN, 1", "%d" % rid, "%d, undefined" % rid,
                "%d, () => 1" % rid):
        refused(c, bad, "ERR_INVALID_ARG_TYPE", group="a")
    assert "65538 bytes" in refused(c, "%d, 'x'.repeat(65536)" % rid, "ERR_SWD_LIMIT", group="a")
    r = c.run("const a = {}; a.a = a; runner.send(%d, a).catch(e => runner.result(e.name))" % rid, group="a")
    t.eq(r["value"], "TypeError")
    c.call("send", id=rid, message="end")
    t.eq(c.call("wait", id=rid)["value"], ["end"])
    assert "ended" in refused(c, "%d, 1" % rid, "ERR_SWD_NO_RUNNER", group="a")


@t.scenario
def mailboxes_and_what_is_on_its_way_are_bounded(d):
    c = d.dial()
    busy = c.run("const end = Date.now() + 1e9; runner.onMessage = m => { while (Date.now() < end); };",
                 wait=False, limits={"mailbox": "5", "cpu_per_turn": "60s"})["id"]
    t.until(lambda: c.call("info", id=busy)["state"] == "waiting")
    source = """
        let sent = 0, full = 0;
        for (let i = 0; i < 20; i++)
            try { await runner.send(%d, i); sent++; } catch (e) { if (e.code === 'ERR_SWD_LIMIT') full++; }
        runner.result([sent, full]);""" % busy
    sent, full = c.run(source, goal="module")["value"]
    assert 5 <= sent <= 6 and sent + full == 20, (sent, full)
    c.call("kill", id=busy)
    rid = echo(c)
    r = c.run("const a = []; for (let i = 0; i < 12; i++) a.push(runner.send(%d, i)); "
              "Promise.allSettled(a).then(r => runner.result(r.map(x => x.reason ? x.reason.code : 'ok')))"
              % rid, limits={"pending": "8"})
    t.eq(r.get("value"), ["ok"] * 8 + ["ERR_SWD_LIMIT"] * 4, str(r))


@t.scenario
def whoever_is_killed_while_sending_leaves_nothing(d):
    c = d.dial()
    rid = echo(c)
    for _ in range(10):
        s = c.run("(function more() { for (let i = 0; i < 20; i++) runner.send(%d, i).catch(() => 0);"
                  " setTimeout(more, 0); })()" % rid, wait=False)["id"]
        t.until(lambda: c.call("info", id=s)["state"] != "ready")
        c.call("kill", id=s)
    c.call("kill", id=rid)
    t.eq(c.run("1 + 1")["value"], 2)


@t.scenario
def functions_send_too(d):
    c = d.dial()
    rid = echo(c)
    c.call("load", name="f", source="module.exports = p => runner.send(p, 'end').then(() => 'ok')")
    t.eq(c.call("call", name="f", params=rid)["value"], "ok")
    t.eq(c.call("wait", id=rid)["value"], ["end"])
    f = c.call("load", name="g", source="runner.send(%d, 1).catch(e => console.log(e.code));"
                                        "module.exports = 1" % rid)
    t.eq(f["state"] if "state" in f else "done", "done", str(f))
    t.until(lambda: [n for n in c.notes if n["method"] == "log"
                     and n["params"]["text"] == "ERR_SWD_NO_RUNNER"] or c.call("version") is None)


t.main(__file__)

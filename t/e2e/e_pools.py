#!/usr/bin/env python3
"""Every pool of pools.def is used by the daemon's own work, gives objects back to their next user,
and can be sized, warmed, watched and switched off by swd.conf.

WORK has a row for each pool with the work that drives it. The assertion on it fails for a pool that
is disabled, which is shown for each in a daemon of its own, or has lost its caller; a pool without
a row fails the first two scenarios.
"""

import json
import os
import re

import swdtest as t

ROUNDS = 3
TIMES = 200  # more than two magazines (61) hold: what one thread takes and another gives back comes round
FEW = 8      # for what one thread takes and gives back itself, and under sanitizers

MAIN = """
const a = require('./lib/a'), zlib = require('zlib');
let r = a.name, text = 'some text, some text, some text';
for (const [pack, unpack] of [['gzipSync', 'gunzipSync'], ['deflateSync', 'inflateSync'],
                              ['zstdCompressSync', 'zstdDecompressSync']])
    r += String.fromCharCode.apply(null, zlib[unpack](zlib[pack](text))) === text ? ' yes' : ' no';
r;
"""
SLEEPY = "var n = 0, t = setInterval(function () { n++; }, 60000); runner.onMessage = function (m) {" \
         "if (m !== 'end') { n += m.add; return; } runner.result(n); runner.onMessage = null; clearInterval(t); };"


def pools_def():
    """Name on the wire: (symbol, caller) of every pool that the product declares."""
    with open(os.path.join(t.SRC, "swd", "pool", "pools.def")) as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    rows = re.findall(r'^SWD_POOL\((\w+), "(\w+)", \d+, "([^"]*)"\)', text, re.M)
    assert len(rows) > 15 and len(rows) == text.count("SWD_POOL("), rows
    return {name: (sym, caller) for sym, name, caller in rows}


def rows(c):
    return {p["name"]: p for p in c.call("pools")["pools"]}


def has_libdeflate():
    with open(os.path.join(t.SRC, "config.h")) as f:
        return "#define HAVE_LIBDEFLATE 1" in f.read()


# --- what drives each pool: one piece of work of its caller, checked; `k` tells them apart ---


def simple(d, c, k):
    t.eq(c.run("%d + 1" % k)["value"], k + 1)


def module(d, c, k):
    c.modules = {"lib/a.js": "exports.name = require('./b').b", "lib/b.js": "exports.b = 'b'"}
    t.eq(c.run("require('./lib/a').name", name="main.js", modules=True)["value"], "b")


def typescript(d, c, k):
    t.eq(c.run("const x%d: number = 6; x%d * 7" % (k, k), lang="ts")["value"], 42)


def throw_in_typescript(d, c, k):
    error = c.run("interface I { a: number }\nconst x: I = { a: %d };\n\nnull.x" % k, lang="ts")["error"]
    t.eq(error["line"], 4)


def timer(d, c, k):
    t.eq(c.run("new Promise(yes => setTimeout(() => yes(%d), 0))" % k)["value"], k)


def message(d, c, k):
    """A hundred messages to one runner, which adds them up."""
    i = c.run("var n = 0; runner.onMessage = m => { n += m; if (n < 100 * %d) return;"
              "runner.result(n); runner.onMessage = null; }" % (k + 1), wait=False)["id"]
    for rid in [c.post("send", id=i, message=k + 1) for _ in range(100)]:
        c.reply(rid)
    t.eq(c.call("wait", id=i)["value"], 100 * (k + 1))


def connection(d, c, k):
    with t.Dialled(d) as other:
        t.eq(other.call("version")["protocol"], 1)


def time_out(d, c, k):
    i = c.run(SLEEPY, wait=False)["id"]
    t.raises(-32002, c.call, "wait", id=i, timeout_ms=1)
    t.eq(c.call("kill", id=i)["killed"], True)


def sleep(d, c, k):
    i = c.run(SLEEPY, wait=False)["id"]
    t.until(lambda: c.call("info", id=i)["state"] == "waiting")
    t.eq(c.call("hibernate", id=i)["runners"], 1)
    c.call("send", id=i, message={"add": k})
    c.call("send", id=i, message="end")
    t.eq(c.call("wait", id=i)["value"], k)


def whole(pack, unpack):
    def work(d, c, k):
        t.eq(c.run("const z = require('zlib'), text = 'some text, '.repeat(%d);"
                   "String.fromCharCode(...z.%s(z.%s(text))) === text" % (k + 2, unpack, pack))["value"], True)
    return work


def streams(d, c, k):
    """Streams of both codecs, which whole inputs do not need."""
    t.eq(c.run("""
        const zlib = require('zlib');
        const one = (z, data) => new Promise((yes, no) => {
            const out = []; z.on('data', d => out.push(...d)); z.on('error', no);
            z.on('end', () => yes(new Uint8Array(out))); z.write(data); z.end(); });
        (async () => {
            const data = new Uint8Array(3000).fill(7);
            const gz = await one(zlib.createGzip(), data);
            const back = await one(zlib.createGunzip(), gz);
            return back.length; })()""", lang="ts")["value"], 3000)


gzip, zstd = whole("gzipSync", "gunzipSync"), whole("zstdCompressSync", "zstdDecompressSync")

# Pool: (the work that its caller does, how often, objects that one piece of it takes at least).
WORK = {
    "bytebuf": (simple, TIMES, 1),
    "strvec": (module, TIMES, 1),
    "valvec": (throw_in_typescript, TIMES, 1),
    "smallmap": (module, TIMES, 1),
    "runner": (simple, TIMES, 1),
    "message": (message, FEW, 100),
    "module": (module, TIMES, 2),
    "request": (simple, TIMES, 1),
    "connection": (connection, TIMES, 1),
    "tick": (time_out, TIMES, 1),
    "timers": (timer, TIMES, 1),
    "compiler": (typescript, FEW, 1),
    "sleeper": (sleep, FEW, 1),
    "account": (simple, TIMES, 1),
    "codec_stream": (streams, FEW, 2),
    "deflate": (streams, FEW, 1),
    "inflate": (streams, FEW, 1),
    "zstd_enc": (zstd, FEW, 1),
    "zstd_dec": (zstd, FEW, 1),
    "libdeflate_enc": (gzip, FEW, 1),
    "libdeflate_dec": (gzip, FEW, 1),
    "slice": (simple, TIMES, 1),
}


class NotPooled(AssertionError):
    """The work was right, but the pool did not serve it."""


def drive(d, c, name, times):
    """Has the pool's caller do its work, which must be right, and answers what the pool did."""
    work = WORK[name][0]
    before = rows(c).get(name, {})
    for k in range(times):
        work(d, c, k)
    after = rows(c).get(name)
    assert after, "nobody uses the pool '%s'" % name
    t.eq(after["gets"], after["hits"] + after["misses"], name)
    t.eq(after["fails"], 0, name)
    return {field: after[field] - before.get(field, 0) for field in ("gets", "hits", "misses")}


def serves(d, c, name, most=TIMES):
    """The pool's caller takes what it must, and at least a half of it was used before."""
    times, each = min(WORK[name][1], most), WORK[name][2]
    did = drive(d, c, name, times)
    assert did["gets"] >= times * each, "the caller of '%s' took %s" % (name, did)
    if did["hits"] < times * each // 2:
        raise NotPooled("no object of '%s' is used again: %s" % (name, did))
    return did


def with_callers():
    return [n for n in WORK if has_libdeflate() or not n.startswith("libdeflate")]


@t.scenario(daemon=False)
def every_pool_has_a_caller_and_a_row_here():
    declared = pools_def()
    t.eq(sorted(WORK), sorted([*declared, "slice"]), "rows of WORK")
    for name, (sym, caller) in declared.items():
        path = os.path.join(t.SRC, "swd", caller.split(":")[0].split("; ")[0])
        assert os.path.isfile(path), "%s names its caller %r" % (name, caller)
        with open(path) as f:
            assert re.search(r"SWD_POOL_%s\b|swd_%s_get\(" % (sym, name), f.read()), (name, path)


@t.scenario(conf="[runners]\nkeep_ended = 5\n")
def every_pool_serves_its_caller(d):
    c = d.dial()
    for name in with_callers():
        serves(d, c, name)
    listed = json.loads(d.swctl("--json", "pools").stdout)["pools"]
    t.eq(sorted(p["name"] for p in listed), sorted(with_callers()), "pools of the daemon")
    declared = pools_def()
    for p in listed:
        t.eq(p["caller"], declared[p["name"]][1] if p["name"] != "slice" else p["caller"], p["name"])


@t.scenario(daemon=False)
def no_disabled_pool_passes_for_one_that_serves():
    """The same assertion fails for each pool that is disabled; its caller's work is right still."""
    for name in with_callers():
        d = t.Daemon("[runners]\nkeep_ended = 5\n[pools]\ndisabled = %s\n" % name)
        try:
            c = d.dial()
            try:
                serves(d, c, name, FEW if t.SAN else TIMES)
            except NotPooled:
                pass
            else:
                raise AssertionError("'%s' is disabled and serves: %s" % (name, rows(c)[name]))
            got = rows(c)
            t.eq((got[name]["hits"], got[name]["cached"]), (0, 0), name)
            t.eq(c.call("stats")["identity"]["missing"], 0, name)
            t.eq(d.stop(), 0, name)
        finally:
            d.stop()
            d.clean()


def files(d, k):
    path = os.path.join(d.dir, "f%d" % k)
    with open(path, "wb") as f:
        f.write(b"compress me " * 1000)
    for codec in ("gzip", "zstd"):
        packed = "%s.%s" % (path, codec)
        run = d.swctl("compress", path, "--codec", codec, "-o", packed)
        t.eq(run.returncode, 0, run.stderr)
        run = d.swctl("decompress", packed, "-o", packed + ".back")
        t.eq(run.returncode, 0, run.stderr)


def round_of_work(d, c, k):
    """A little of everything; the same answers whatever the pools do."""
    module(d, c, k)
    t.eq(c.run(MAIN, name="main.js", modules=True)["value"], "b yes yes yes")
    for work in (simple, typescript, throw_in_typescript, timer, connection, time_out, sleep, streams):
        work(d, c, k)
    files(d, k)


@t.scenario(conf="[pools]\ndisabled = all\n")
def disabled_pools_keep_nothing_and_nothing_else_changes(d):
    c = d.dial()
    for k in range(1, ROUNDS + 1):
        round_of_work(d, c, k)
    for name, p in rows(c).items():
        t.eq((p["hits"], p["cached"], p.get("hit_rate", 0)), (0, 0, 0), name)
    s = c.call("stats")
    t.eq(s["identity"]["missing"], 0)


@t.scenario(conf="[pools]\ndebug = all\n")
def debug_mode_finds_nothing_wrong_with_the_daemon(d):
    c = d.dial()
    for k in range(1, ROUNDS + 1):
        round_of_work(d, c, k)
    t.eq(c.call("stats")["identity"]["missing"], 0)


@t.scenario(conf="[pools]\nahead = runner=50, request=20\nkeep = bytebuf=300\n")
def what_the_file_says_of_single_pools(d):
    c = d.dial()
    t.eq(c.run("1")["value"], 1)
    p = rows(c)
    t.eq((p["runner"]["misses"], p["runner"]["hits"]), (0, 1))
    assert p["runner"]["cached"] >= 49 and p["request"]["cached"] >= 19, p
    t.eq(p["request"]["misses"], 0)
    c.run("'%s'" % ("x" * 5000))
    assert rows(c)["bytebuf"]["oversize_kept"] > 0, rows(c)["bytebuf"]
    with open(d.conf) as f:
        text = f.read()
    with open(d.conf, "w") as f:
        f.write(text.replace("ahead = runner=50, request=20", "disabled = runner"))
    t.eq(c.call("reload")["errors"], [])
    before = rows(c)["runner"]
    for _ in range(3):
        c.run("2")
    after = rows(c)["runner"]
    t.eq((after["hits"] - before["hits"], after["misses"] - before["misses"]), (0, 3))


@t.scenario(daemon=False)
def what_is_wanted_ahead_is_there_before_anybody_asks():
    names = [n for n in pools_def() if has_libdeflate() or not n.startswith("libdeflate")]
    d = t.Daemon("[pools]\nahead = %s\n" % ", ".join("%s=7" % n for n in names))
    try:
        c = d.dial()
        p = rows(c)
        for name in names:
            assert p[name]["live"] + p[name]["cached"] >= 7, (name, p.get(name))
        round_of_work(d, c, 1)
        for name, p in rows(c).items():
            assert p["gets"] == 0 or abs(p["hit_rate"] - p["hits"] / p["gets"]) < 1e-3, p
        t.eq(c.call("stats")["identity"]["missing"], 0)
    finally:
        d.stop()
        d.clean()


SECRET = "kA7secret:Q9"
TOLD = "var got = [], all = runner.args, t: number = 1; runner.onMessage = function (m) {" \
       "if (m === 'end') { runner.onMessage = null; runner.result(got.length); } " \
       "else { got.push(m, JSON.stringify(m)); console.log(m.text); } };"
READER = """
var half = ['kA7sec', 'ret:Q9'], mark = Buffer.from(half.join('')), z = require('zlib'), bad = [];
function look(what, b) {
    for (var i = b.indexOf(107); i >= 0; i = b.indexOf(107, i + 1))
        if (b.slice(i, i + 8).toString() === half.join('').slice(0, 8)) { bad.push(what); return; }
}
for (var n = 1; n < 300000; n = n * 2 + 1) {
    look('unsafe', Buffer.allocUnsafe(n)); look('slow', Buffer.allocUnsafeSlow(n));
    look('ArrayBuffer', Buffer.from(new ArrayBuffer(n)));
    look('inflate', Buffer.from(z.inflateSync(z.deflateSync(new Uint8Array(n)))));
}
runner.result(bad);
"""


@t.scenario
def what_one_runner_was_told_no_other_reads(d):
    c = d.dial()
    long = SECRET * 2000
    for k in range(3):
        told = c.call("run", source=TOLD, name=SECRET + ".ts", args=[SECRET, long], wait=False)["id"]
        for text in [SECRET, long, [SECRET] * 50] * 5:
            c.call("send", id=told, message={"text": text})
        c.call("send", id=told, message="end")
        t.eq(c.call("wait", id=told)["value"], 30)
        run = c.run("throw new Error('%s' + runner.args[0])" % SECRET, args=[long])
        t.eq(run["state"], "failed")
        t.eq(c.run(READER)["value"], [])


@t.scenario(daemon=False)
def what_is_no_pool_is_refused():
    for line, hint in (("debug = bytebuf, cauldron", "names of pools"),
                       ("keep = bytebuf", "items like"), ("ahead = slice=5", "items like"),
                       ("ahead = runner=-1", "items like")):
        d = t.Daemon("[pools]\n%s\n" % line, wait=False)
        try:
            t.eq(d.proc.wait(t.PATIENCE), 1, line)
            assert hint in d.logged(), d.logged()
        finally:
            d.clean()


t.main(__file__)

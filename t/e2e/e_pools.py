#!/usr/bin/env python3
"""Every pool of pools.def is used by the daemon's own work, gives objects back to their next user,
and can be sized, warmed, watched and switched off by swd.conf.

The first scenario fails for a pool that is disabled or has lost its caller: it wants hits of each.
"""

import os
import re

import swdtest as t

ROUNDS = 3

MAIN = """
const a = require('./lib/a'), zlib = require('zlib');
let r = a.name, text = 'some text, some text, some text';
for (const [pack, unpack] of [['gzipSync', 'gunzipSync'], ['deflateSync', 'inflateSync'],
                              ['zstdCompressSync', 'zstdDecompressSync']])
    r += String.fromCharCode.apply(null, zlib[unpack](zlib[pack](text))) === text ? ' yes' : ' no';
r;
"""
SLEEPY = "var n = 0; setInterval(function () { n++; }, 60000); runner.onMessage = function (m) {" \
         "if (m === 'end') runner.result(n); else n += m.add; };"


def pool_names():
    with open(os.path.join(t.SRC, "swd", "pool", "pools.def")) as f:
        text = re.sub(r"/\*.*?\*/", "", f.read(), flags=re.S)
    names = re.findall(r'^SWD_POOL\(\w+, "(\w+)"', text, re.M)
    assert len(names) > 15, names
    return names + ["slice"]


def rows(c):
    return {p["name"]: p for p in c.call("pools")["pools"]}


def has_libdeflate():
    with open(os.path.join(t.SRC, "config.h")) as f:
        return "#define HAVE_LIBDEFLATE 1" in f.read()


def streams(c):
    """Streams of both codecs, which whole inputs do not need."""
    return c.run("""
        const zlib = require('zlib');
        const one = (z, data) => new Promise((yes, no) => {
            const out = []; z.on('data', d => out.push(...d)); z.on('error', no);
            z.on('end', () => yes(new Uint8Array(out))); z.write(data); z.end(); });
        (async () => {
            const data = new Uint8Array(3000).fill(7);
            const gz = await one(zlib.createGzip(), data);
            const back = await one(zlib.createGunzip(), gz);
            return back.length; })()""", lang="ts")


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
    c.modules = {"lib/a.js": "exports.name = require('./b').b", "lib/b.js": "exports.b = 'b'"}
    t.eq(c.run(MAIN, name="main.js", modules=True)["value"], "b yes yes yes")
    t.eq(c.run("const x: number = 6; x * %d" % k, lang="ts")["value"], 6 * k)
    t.eq(c.run("new Promise(yes => setTimeout(() => yes(%d), 1))" % k)["value"], k)
    t.eq(streams(c)["value"], 3000)
    ids = [c.run(SLEEPY, wait=False)["id"] for _ in range(3)]
    for i in ids:
        t.until(lambda: c.call("info", id=i)["state"] == "waiting")
        t.eq(c.call("hibernate", id=i)["runners"], 1)
        c.call("send", id=i, message={"add": k, "long": "x" * 100 * i})
        t.raises(-32002, c.call, "wait", id=i, timeout_ms=1)
        c.call("send", id=i, message="end")
        c.call("kill", id=i)
    files(d, k)


@t.scenario(conf="[runners]\nkeep_ended = 5\n")
def every_pool_is_used_and_hit(d):
    c = d.dial()
    for k in range(1, ROUNDS + 1):
        round_of_work(d, c, k)
    # What one thread takes and another gives back comes round once a magazine (61) is full.
    for _ in range(100):
        t.eq(c.run("require('./lib/a').name", name="main.js", modules=True)["value"], "b")
    for _ in range(3):
        i = c.run(SLEEPY, wait=False)["id"]
        for _ in range(150):
            c.call("send", id=i, message={"add": 1})
        c.call("send", id=i, message="end")
        c.call("kill", id=i)
    got = rows(c)
    for name in pool_names():
        if name.startswith("libdeflate") and not has_libdeflate():
            print("libdeflate is not linked: its pools have no caller")
            continue
        p = got.get(name)
        assert p, "nobody uses the pool '%s'" % name
        assert p["hits"] > 0, "no object of '%s' was used twice: %s" % (name, p)
        t.eq(p["gets"], p["hits"] + p["misses"], name)
        t.eq(p["fails"], 0, name)
    assert set(got) <= set(pool_names()), got.keys()


@t.scenario(conf="[pools]\ndisabled = all\n")
def disabled_pools_keep_nothing_and_nothing_else_changes(d):
    c = d.dial()
    for k in range(1, ROUNDS + 1):
        round_of_work(d, c, k)
    for name, p in rows(c).items():
        t.eq((p["hits"], p["cached"]), (0, 0), name)
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

#!/usr/bin/env python3
"""Compression off the turn: results, errors and order as within it; executors stay free; a runner
that ends takes its jobs with it."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
import swdtest as t  # noqa: E402

BIG = "const big = new Uint8Array(%d); for (let i = 0; i < big.length; i += 3) big[i] = i * i >> 3;" % (
    200_000 if t.SAN else 600_000)
ONE = "[executors]\ncount = 1\n[control]\n"
MANY = 3 if t.SAN else 10


@t.scenario(conf="[runners]\ncpu_per_turn = 60s\n")
def results_and_errors(d):
    c = d.dial()
    r = c.run(BIG + """
    const z = require('zlib'), p = z.promises;
    (async () => {
        const out = [];
        for (const [to, from] of [['gzip', 'gunzip'], ['deflate', 'inflate'],
                ['deflateRaw', 'inflateRaw'], ['zstdCompress', 'zstdDecompress']]) {
            const packed = await p[to](big), back = await p[from](packed);
            out.push(back.length === big.length && back.every((v, i) => v === big[i]));
            out.push(z[from + 'Sync'](packed).length === big.length);
            try { await p[from](packed, { maxOutputLength: 1000 }); } catch (e) { out.push(e.code); }
        }
        const noise = new Uint8Array(200000).map((v, i) => Math.random() * 256);
        try { await p.gunzip(noise); } catch (e) { out.push(e.code); }
        const half = (await p.gzip(noise)).subarray(0, 150000);
        try { await p.gunzip(half); } catch (e) { out.push(e.code); }
        runner.result(out);
    })();""")
    t.eq(r["state"], "done", str(r.get("error")))
    t.eq(r["value"], [True, True, "ERR_BUFFER_TOO_LARGE"] * 4 + ["Z_DATA_ERROR", "Z_BUF_ERROR"])


@t.scenario
def the_input_is_a_copy_and_order_is_kept(d):
    r = d.dial().run(BIG + """
    const z = require('zlib'), first = big[3], seen = [];
    let ticks = 0;
    const tick = setInterval(() => ticks++, 1);
    for (let i = 0; i < 3; i++)
        z.gzip(big, { level: 1 + i }, (e, packed) => {
            seen.push(i);
            if (z.gunzipSync(packed)[3] !== first) seen.push('changed');
            if (seen.length === 3) { clearInterval(tick); runner.result([seen, ticks > 0]); }
        });
    big.fill(0);""")
    t.eq(r.get("value"), [[0, 1, 2], True], str(r))


@t.scenario(conf=ONE)
def an_executor_is_free_meanwhile(d):
    """With one executor, and a script that keeps both helpers' queue full, others still run."""
    c = d.dial()
    busy = [c.call("run", wait=False, source=BIG + """
    const z = require('zlib');
    (function again() { z.gzip(big, { level: 9 }, again); })();""")["id"] for _ in range(3)]
    for i in range(10):
        t.eq(c.run("%d + 1" % i)["value"], i + 1)
    for id_ in busy:
        c.call("kill", id=id_)
    t.until(lambda: len(c.call("list", state="killed")["runners"]) == 3, "the runners' end")


@t.scenario
def runners_that_end_take_their_jobs_along(d):
    c = d.dial()
    c.run(BIG + "require('zlib').gzipSync(big).length")
    for _ in range(MANY):
        ids = [c.call("run", wait=False, source=BIG + """
        const z = require('zlib');
        for (let i = 0; i < 5; i++) z.gzip(big, { level: 9 }, () => {});
        setTimeout(() => process.exit(0), 5);""")["id"] for _ in range(4)]
        for id_ in ids[:2]:
            c.call("kill", id=id_)
        for id_ in ids:
            c.call("wait", id=id_)
    assert d.alive()


@t.scenario
def cpu_time_of_jobs_is_the_runners(d):
    r = d.dial().run(BIG + """
    const z = require('zlib');
    (function again() { z.gzip(big, { level: 9 }, again); })();""", limits={"cpu_total": "300ms"})
    t.eq([r["state"], r["reason"]], ["killed", "cpu_total"])


@t.scenario
def a_callback_that_throws_ends_the_runner(d):
    r = d.dial().run(BIG + "require('zlib').gzip(big, () => { throw new Error('mine'); });")
    t.eq([r["state"], r["error"]["message"]], ["failed", "mine"])


@t.scenario
def a_loaded_function_may_compress(d):
    c = d.dial()
    c.call("load", name="pack", source=BIG + """
    const z = require('zlib').promises;
    exports.handler = async level => (await z.gunzip(await z.gzip(big, { level }))).length;""")
    for level in (1, 6, 9):
        got = c.call("call", name="pack", params=level)
        t.eq(got.get("value"), 200_000 if t.SAN else 600_000, str(got))


@t.scenario
def a_daemon_stops_while_jobs_run(d):
    c = d.dial()
    for _ in range(6):
        c.call("run", wait=False, source=BIG + """
        const z = require('zlib');
        (function again() { z.gzip(big, { level: 9 }, again); })();""")
    t.until(lambda: not c.call("list", state="ready")["runners"], "a start")


t.main(__file__)

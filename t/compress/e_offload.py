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
    for (let i = 0; i < 3; i++)
        z.gzip(big, { level: 1 + i }, (e, packed) => {
            seen.push(i);
            if (z.gunzipSync(packed)[3] !== first) seen.push('changed');
            if (seen.length === 3) runner.result(seen);
        });
    big.fill(0);""")
    t.eq(r.get("value"), [0, 1, 2], str(r))


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


@t.scenario(conf=ONE)
def streams_work_aside_in_order(d):
    """Large and small pieces, two streams at once; others run meanwhile."""
    c = d.dial()
    r = c.call("run", wait=False, source=BIG + """
    const z = require('zlib');
    const order = [];
    const one = name => new Promise(done => {
        const s = z.createGzip({ level: 9 }), g = z.createGunzip(), parts = [];
        s.on('data', p => g.write(p));
        s.on('end', () => g.end());
        g.on('data', p => parts.push(p));
        g.on('end', () => done(Buffer.concat(parts)));
        const put = i => {
            s.write(big, () => order.push(name + i));
            s.write('small' + i);
        };
        put(0);
        put(1);
        setTimeout(() => {  // while the first is on its thread
            put(2);
            put(3);
            s.end(() => order.push(name + ' end'));
        }, 1);
    });
    Promise.all([one('a'), one('b')]).then(all => {
        const want = Buffer.concat([0, 1, 2, 3].map(i => [big, Buffer.from('small' + i)]).flat());
        runner.result([all.every(b => b.equals(want)), order.filter(x => x[0] === 'a'),
                       order.filter(x => x[0] === 'b')]);
    });""")
    for i in range(5):
        t.eq(c.run("%d + 1" % i)["value"], i + 1)
    r = c.call("wait", id=r["id"])
    t.eq(r.get("value"), [True] + [[n + "0", n + "1", n + "2", n + "3", n + " end"] for n in "ab"],
         str(r)[:300])


@t.scenario
def streams_that_are_closed_or_fail_aside(d):
    r = d.dial().run(BIG + """
    const z = require('zlib'), told = [];
    const s = z.createGzip({ level: 9 });
    s.on('close', () => told.push('closed'));
    s.write(big); // done by then or not: the turn goes on for long, below
    setImmediate(() => setImmediate(() => s.destroy()));
    const g = z.createGunzip();
    g.on('error', e => told.push(e.code));
    const packed = z.gzipSync(big);
    packed.fill(0, 1000);
    g.end(packed);
    const u = z.createDeflate(), parts = [];
    u.on('data', p => parts.push(p));
    u.on('end', () => {
        const back = z.inflateSync(Buffer.concat(parts));
        told.push(back.length === 2 * big.length && back[big.length + 3] === big[3]);
        runner.result(told.sort());
    });
    u.write(big);
    u.params(9, 0);
    u.end(big);""", limits={"cpu_per_turn": "60s"})
    t.eq(r.get("value"), ["Z_DATA_ERROR", "closed", True], str(r)[:300])


@t.scenario
def compression_streams_work_aside(d):
    r = d.dial().run(BIG + """
    (async () => {
        const through = async (chunks, t) => {
            const w = t.writable.getWriter(), parts = [];
            const done = Promise.all(chunks.map(x => w.write(x)).concat(w.close()));
            done.catch(() => 0);
            for await (const part of t.readable) parts.push(part);
            await done;
            return Buffer.concat(parts);
        };
        const out = [];
        for (const f of ['gzip', 'deflate', 'zstd']) {
            const packed = await through([big, big.subarray(0, 9), big], new CompressionStream(f));
            const back = await through([packed], new DecompressionStream(f));
            out.push(back.equals(Buffer.concat([big, big.subarray(0, 9), big])));
        }
        const bad = new Uint8Array(100000).fill(7);
        try { await through([bad], new DecompressionStream('gzip')); }
        catch (e) { out.push(e.name); }
        runner.result(out);
    })();""", limits={"cpu_per_turn": "60s"})
    t.eq(r.get("value"), [True, True, True, "TypeError"], str(r)[:300])


@t.scenario
def runners_that_end_take_their_jobs_along(d):
    c = d.dial()
    c.run(BIG + "require('zlib').gzipSync(big).length")
    for _ in range(MANY):
        ids = [c.call("run", wait=False, source=BIG + """
        const z = require('zlib');
        for (let i = 0; i < 5; i++) z.gzip(big, { level: 9 }, () => {});
        for (let i = 0; i < 3; i++) z.createGzip().write(big);
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

// What it prints is in streams.out; Node prints the same as far as it holds to the standard.
const say = (...a) => console.log(a.map(v => typeof v === 'string' ? v : JSON.stringify(v)).join(' '));
const name = e => e.name;
const tick = ms => new Promise(f => setTimeout(f, ms));
const collect = async rs => { const out = []; for await (const v of rs) out.push(v); return out; };
const tests = {
    async reading() {
        const rs = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); say('desired', c.desiredSize); c.close(); } });
        const r = rs.getReader();
        say(rs.locked, await r.read(), await r.read(), await r.read(), await r.closed === undefined);
        r.releaseLock();
        say(rs.locked, await r.read().catch(name), await r.closed.catch(name));
    },
    async pulling() {
        let n = 0;
        const rs = new ReadableStream({ pull(c) { n++; c.enqueue(n); if (n === 5) c.close(); } }, { highWaterMark: 2 });
        await tick(5);
        say('pulled ahead', n, await collect(rs), n);
    },
    async erroring() {
        const rs = new ReadableStream({ pull() { throw new RangeError('x'); } });
        const r = rs.getReader();
        say(await r.read().catch(name), await r.closed.catch(name), await rs.cancel().catch(name));
        const s = new ReadableStream({ start(c) { c.enqueue(1); c.error('why'); } });
        say(await s.getReader().read().catch(e => e));
        for (const f of [() => new ReadableStream(5), () => ReadableStream(), () => rs.getReader(),
            () => new ReadableStream({}, { highWaterMark: -1 }), () => new ReadableStreamDefaultController(),
            () => new ReadableStream({ pull: 3 }), () => ReadableStream.prototype.locked,
            () => new ReadableStream({ start() { throw new EvalError('s'); } })])
            try { f(); say('nothing'); } catch (e) { say(e.name); }
    },
    async cancelling() {
        const rs = new ReadableStream({ cancel(why) { say('cancel', why); return 7; } });
        say(await rs.cancel('a') === undefined, await collect(rs));
        const t = ReadableStream.from(['a', 'b', 'c']);
        for await (const v of t) { say(v); break; }
        say(t.locked, await t.getReader().read());
        const k = new ReadableStream({ start(c) { c.enqueue(1); c.enqueue(2); } });
        for await (const v of k.values({ preventCancel: true })) { say(v); break; }
        say(await k.getReader().read());
    },
    async teeing() {
        const [a, b] = ReadableStream.from([1, 2, 3]).tee();
        say(await collect(a), await collect(b));
        const [c, d] = new ReadableStream({ cancel(r) { say('reasons', r); } }).tee();
        const p = c.cancel('c');
        d.cancel('d');
        await p;
    },
    async from_() {
        say(await collect(ReadableStream.from(new Set([1, Promise.resolve(2)]))));
        async function* g() { try { yield 1; yield 2; } finally { say('closed'); } }
        const r = ReadableStream.from(g()).getReader();
        say(await r.read());
        await r.cancel();
        try { ReadableStream.from(3); } catch (e) { say(e.name); }
    },
    async writing() {
        const ws = new WritableStream({
            start() { say('start'); }, async write(c) { await tick(1); say('write', c); }, close() { say('close'); }
        }, { highWaterMark: 2 });
        const w = ws.getWriter();
        say(ws.locked, w.desiredSize);
        w.write(1); w.write(2);
        say(w.desiredSize);
        w.ready.then(() => say('ready'));
        w.write(3);
        await w.close();
        say(w.desiredSize, await w.closed === undefined, await w.write(4).catch(name), await w.close().catch(name));
    },
    async failing() {
        const w = new WritableStream({ write(c) { if (c === 2) throw new RangeError('two'); } }).getWriter();
        const all = [w.write(1), w.write(2), w.write(3), w.close()];
        say((await Promise.allSettled(all)).map(r => r.status + (r.reason ? r.reason.name : '')));
        say(await w.closed.catch(name), await w.ready.catch(name), w.desiredSize);
        const v = new WritableStream({ close() { throw new EvalError('c'); } }).getWriter();
        say(await v.close().catch(name), await v.closed.catch(name));
        let ctrl;
        const u = new WritableStream({ start(c) { ctrl = c; } }).getWriter();
        ctrl.error(new SyntaxError('outside'));
        say(await u.write(1).catch(name), await u.closed.catch(name));
    },
    async aborting() {
        let signal;
        const w = new WritableStream({
            start(c) { signal = c.signal; }, write() { return tick(5); }, abort(r) { say('abort', r); }
        }).getWriter();
        const first = w.write(1), second = w.write(2).catch(e => e);
        await tick(1);
        say(signal.aborted);
        const done = w.abort('enough');
        say(signal.aborted, signal.reason, await first === undefined, await second, await done === undefined);
        say(await w.closed.catch(e => e));
    },
    async transforming() {
        const double = () => new TransformStream({
            transform(v, c) { c.enqueue(v); c.enqueue(v * 2); }, flush(c) { c.enqueue('end'); }
        });
        say(await collect(ReadableStream.from([1, 2, 3]).pipeThrough(double())));
        say(await collect(ReadableStream.from([1, 2]).pipeThrough(new TransformStream())));
        const bad = new TransformStream({ transform() { throw new URIError('t'); } });
        const w = bad.writable.getWriter();
        bad.readable.getReader().read().catch(e => say('read', e.name));
        say(await w.write(1).catch(name), await w.closed.catch(name));
        const cut = new TransformStream({ transform(v, c) { c.enqueue(v); if (v === 2) c.terminate(); } });
        say(await collect(ReadableStream.from([1, 2, 3]).pipeThrough(cut)));
        let seen = 0;
        const slow = new TransformStream({ transform(v, c) { seen = v; c.enqueue(v); } });
        const sw = slow.writable.getWriter();
        for (let i = 1; i <= 5; i++) sw.write(i).catch(() => 0);
        await tick(2);
        say('backpressure', seen, sw.desiredSize);
        const sr = slow.readable.getReader();
        await sr.read(); await tick(2);
        say(seen);
        await sr.cancel('stop');
        say(await sw.closed.catch(e => e));
    },
    async piping() {
        const got = [];
        const to = () => new WritableStream({ write(v) { got.push(v); }, close() { got.push('.'); }, abort(r) { got.push('abort ' + r); } });
        const one = to();
        await ReadableStream.from([1, 2]).pipeTo(one, { preventClose: true });
        say(got.splice(0), one.locked);
        say(await new ReadableStream({ pull() { throw 'source'; } }).pipeTo(to()).catch(e => e), got.splice(0));
        const source = new ReadableStream({ pull(c) { c.enqueue(1); }, cancel(r) { got.push('cancel ' + r); } });
        say(await source.pipeTo(new WritableStream({ write() { throw 'sink'; } })).catch(e => e), got.splice(0));
        const ac = new AbortController();
        const p = new ReadableStream({ cancel(r) { got.push('cancel ' + r.name); } }).pipeTo(to(), { signal: ac.signal });
        ac.abort();
        say(await p.catch(name), got.map(g => g.split(':')[0]));
        const locked = new ReadableStream();
        locked.getReader();
        say(await locked.pipeTo(to()).catch(name));
        try { ReadableStream.from([]).pipeThrough({}); } catch (e) { say(e.name); }
    },
    async compressing() {
        const data = new Uint8Array(20000).map((v, i) => i * i >> 5);
        for (const f of ['gzip', 'deflate', 'deflate-raw']) {
            const parts = ReadableStream.from([data.subarray(0, 1), data.buffer.slice(1, 7000), new DataView(data.buffer, 7000)]);
            const packed = await collect(parts.pipeThrough(new CompressionStream(f)));
            const back = await collect(ReadableStream.from(packed).pipeThrough(new DecompressionStream(f)));
            const flat = [];
            for (const c of back) for (const v of c) flat.push(v);
            say(f, flat.length, flat.every((v, i) => v === data[i]), packed[0] instanceof Uint8Array);
            const cut = [packed[0].subarray(0, 1)];
            say(await collect(ReadableStream.from(cut).pipeThrough(new DecompressionStream(f))).catch(name));
        }
        const gz = require('zlib').gzipSync('text');
        const longer = new Uint8Array(gz.length + 3);
        longer.set(gz);
        longer[gz.length] = 1;
        say(await collect(ReadableStream.from([longer]).pipeThrough(new DecompressionStream('gzip'))).catch(name));
        say(await collect(ReadableStream.from([7]).pipeThrough(new CompressionStream('gzip'))).catch(name));
        try { new CompressionStream('rar'); } catch (e) { say(e.name); }
        try { CompressionStream('gzip'); } catch (e) { say(e.name); }
    },
    async text() {
        const bytes = await collect(ReadableStream.from(['a\ud83d', '\ude00b', '\ud800']).pipeThrough(new TextEncoderStream()));
        say(bytes.map(b => [...b]));
        const parts = [[0xe2], [0x82, 0xac, 0x41], [0xff]].map(a => new Uint8Array(a));
        say((await collect(ReadableStream.from(parts).pipeThrough(new TextDecoderStream()))).join(''));
    },
    async misc() {
        say(new CountQueuingStrategy({ highWaterMark: 3 }).highWaterMark, new ByteLengthQueuingStrategy({ highWaterMark: 8 }).size({ byteLength: 5 }));
        const rs = new ReadableStream({ start(c) { c.enqueue(new Uint8Array(5)); say(c.desiredSize); } }, new ByteLengthQueuingStrategy({ highWaterMark: 16 }));
        say(String(rs), Object.keys(ReadableStream.prototype).sort().join(), require('stream/web').ReadableStream === ReadableStream);
    }
};
(async () => {
    for (const [n, f] of Object.entries(tests)) {
        console.log('# ' + n);
        await f().catch(e => console.log('threw', e));
    }
})();

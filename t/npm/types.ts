// Uses doc/swd.d.ts as a script would: tsc must accept this, and refuse the lines marked.
import { join } from 'path';
import { EventEmitter } from 'node:events';
import { createHash } from 'node:crypto';
import assert from 'assert';
import { gzipSync, promises } from 'zlib';
import * as util from 'util';

const stats: SwdMemoryStats = runner.getMemoryStats();
runner.onMessage = (message) => console.log(message, stats.alloc + 1);
const timer = setTimeout((a: string, b: number) => console.log(a, b), 10, 'x', 1);
timer.unref().refresh();
clearTimeout(timer);
clearTimeout(+timer);
// @ts-expect-error a callback is needed
setInterval(5);
const url = new URL('x?y=1', 'http://h/');
url.searchParams.append('k', join('a', 'b'));
const bytes: Uint8Array = new TextEncoder().encode(Buffer.from('abc').toString('hex'));
// @ts-expect-error no such encoding
Buffer.from('abc', 'utf7');
const controller = new AbortController();
controller.signal.addEventListener('abort', (e) => console.warn(e.type), { once: true });
process.on('unhandledRejection', (reason) => console.error(reason));
async function all(stream: ReadableStream<Uint8Array>): Promise<number> {
    let n = 0;
    for await (const part of stream.pipeThrough<Uint8Array>(new CompressionStream('gzip'))) n += part.length;
    return n + (await crypto.subtle.digest('SHA-256', bytes)).byteLength;
}
queueMicrotask(() => void all(new ReadableStream()));
// @ts-expect-error there is no DOM
document.title = new EventEmitter();
runner.result({ at: performance.now(), id: crypto.randomUUID(), copy: structuredClone([1]) });
const digest: string = createHash('sha256').update('x').digest('hex');
const packed: Promise<Buffer> = promises.gunzip(gzipSync(digest));
packed.then((b) => assert.strictEqual(b.toString('utf8'), digest));
runner.send(7, { digest }).catch((e) => console.error(util.inspect(e, { depth: null })));
// @ts-expect-error a runner has a number
runner.send('7', 1);
// @ts-expect-error no such member
util.nothing();
new EventEmitter().once('x', () => 1).emit('x');
export {};

// performance, perf_hooks and Blob, as Node prints them.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, typeof e.code === 'string' ? e.code : 'number'); }
}
var p = performance, ph = require('perf_hooks');
show(ph.performance === p, p.now() <= p.now(), Math.abs(p.timeOrigin + p.now() - Date.now()) < 1000);
var a = p.mark('a', { startTime: 5, detail: { x: 1 } }), b = p.mark('b', { startTime: 12 });
show(a.name, a.entryType, a.startTime, a.duration, a.detail, b.detail, a instanceof PerformanceMark, a instanceof PerformanceEntry, a);
var m = p.measure('m', 'a', 'b'), n = p.measure('n', { start: 'a', duration: 3, detail: 'd' }), o = p.measure('o', { start: 1, end: 2 }), q = p.measure('q', { duration: 4, end: 'b' });
show(m, n, o, q, m instanceof PerformanceMeasure, p.measure('since').startTime, p.measure('s', 'a').duration > 0);
show(p.getEntries().map(function (e) { return e.name; }).join(), p.getEntriesByType('mark').length, p.getEntriesByName('m').length, p.getEntriesByName('m', 'mark').length);
p.mark('a', { startTime: 50 });
show(p.measure('again', 'b', 'a').duration);
[function () { p.measure('x', 'nope'); }, function () { p.mark(); }, function () { p.mark('x', { startTime: -1 }); }, function () { p.measure('x', { start: 1, end: 2, duration: 3 }); }, function () { p.measure('x', { start: 1 }, 'b'); },
    function () { new PerformanceEntry(); }, function () { new PerformanceMark(); }, function () { new PerformanceObserver(); }].forEach(fails);
show(new PerformanceMark('free', { startTime: 3 }).startTime, p.getEntriesByName('free').length);
p.clearMarks('a');
show(p.getEntriesByType('mark').map(function (e) { return e.name; }));
p.clearMarks();
p.clearMeasures('m');
show(p.getEntries().every(function (e) { return e.entryType === 'measure' && e.name !== 'm'; }));
p.clearMeasures();
show(p.getEntries(), JSON.stringify(a));
console.log(a);
var obs = new PerformanceObserver(function (list, self) {
    show(list.getEntries().map(function (e) { return e.name; }), self === obs, list.getEntriesByType('measure').length);
    obs.disconnect();
    p.mark('unseen');
});
obs.observe({ entryTypes: ['mark', 'measure'] });
p.mark('seen', { startTime: 1 });
p.measure('seen too', { start: 2, end: 3 });
// Blob.
var blob = new Blob(['h\u00e9', new Uint8Array([33, 34]), new Blob(['x']), Buffer.from('yz').buffer.slice(0, 0), 5], { type: 'Text/Plain' });
console.log(blob, [new Blob()]);
show(blob.size, blob.type, blob.slice(1, -1).size, blob.slice(-2, undefined, 'a/b').type, new Blob([], { type: '\u00e9' }).type, Object.prototype.toString.call(blob), require('buffer').Blob === Blob);
fails(function () { new Blob('x'); });
fails(function () { Blob([]); });
(async function () {
    show(await blob.text(), (await blob.arrayBuffer()).byteLength, await blob.slice(0, 1).text(), await new Blob(['a\r\nb'], { endings: 'native' }).text());
    var data = new Uint8Array([1, 2]), fixed = new Blob([data]), chunks = [];
    data[0] = 9;
    show(new Uint8Array(await fixed.arrayBuffer())[0]);
    for await (var c of new Blob(['stream', 'ed']).stream())
        chunks.push(Buffer.from(c).toString());
    show(chunks.join(''));
})();

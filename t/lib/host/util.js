// util, as Node prints it.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e.code, e.message); }
}
var util = require('util'), I = util.inspect;
show(util.format('%s %d %i %f %j %o %% %x', 'a', 1.5, 2.7, '3.5', { a: 1 }, [1], 'rest'), util.format(1, 'a', { b: 2 }), util.format('%s', Symbol('q')), util.formatWithOptions({}, '%s!', 'x'));
// The custom symbol.
class Money {
    constructor(v) { this.v = v; }
    [I.custom](depth, options, inspect) { return 'Money<' + inspect(this.v, options) + ' ' + depth + ' ' + (inspect === I) + '>'; }
}
console.log(new Money(5), [new Money('x')], { a: { b: new Money([1]) } });
console.log({ m: { [I.custom]() { return { other: 'object' }; } }, lines: { [I.custom]: function () { return 'two\nlines'; } }, same: { q: 1, [I.custom]() { return this; } } });
show(I.custom === Symbol.for('nodejs.util.inspect.custom'), I(new Money(1), { customInspect: false }).indexOf('Money {'), I({ a: { b: { c: { d: 1 } } } }, false, 1), I({ a: { b: { c: { d: 1 } } } }, { depth: null }));
fails(function () { I({ [I.custom]() { throw new RangeError('inside'); } }); });
// promisify, callbackify.
function cb(a, b, done) { setTimeout(function () { done(a ? null : new Error('no a'), a + b, this); }, 1); }
function special() {}
special[util.promisify.custom] = function () { return Promise.resolve('custom'); };
(async function () {
    show(await util.promisify(cb)(1, 2), await util.promisify(special)(), util.promisify(special) === special[util.promisify.custom]);
    try { await util.promisify(cb)(0, 2); } catch (e) { show(e.message); }
    var o = { v: 7, m: function (done) { done(null, this.v); } };
    o.p = util.promisify(o.m);
    show(await o.p());
    util.callbackify(async function named(x) { return x + 1; })(1, function (e, v) { show('cb', e, v); });
    util.callbackify(async function () { throw null; })(function (e) { show('cb', e.code, e.reason); });
    util.callbackify(async function () { throw new Error('E'); })(function (e) { show('cb', e.message); });
    show(util.callbackify(async function named() {}).name);
})();
fails(function () { util.promisify(5); });
fails(function () { util.callbackify('x'); });
// inherits, deprecate.
function P() {}
P.prototype.hi = function () { return 'hi'; };
function C() {}
util.inherits(C, P);
show(new C().hi(), new C() instanceof P, C.super_ === P);
fails(function () { util.inherits(C, 5); });
// isDeepStrictEqual.
var cyc1 = { a: 1 }, cyc2 = { a: 1 };
cyc1.self = cyc1;
cyc2.self = cyc2;
[[1, 1], [1, '1'], [NaN, NaN], [0, -0], [null, undefined], [{}, {}], [{ a: 1, b: 2 }, { b: 2, a: 1 }], [{ a: 1 }, { a: 1, b: undefined }], [[1, 2], [1, 2]], [[1, , 3], [1, undefined, 3]], [[], {}], [new Date(1), new Date(1)],
    [new Date(1), new Date(2)], [/a/g, /a/g], [/a/g, /a/i], [new Map([[1, { a: 1 }], [{ k: 1 }, 2]]), new Map([[{ k: 1 }, 2], [1, { a: 1 }]])], [new Map([[1, 2]]), new Map([[1, 3]])], [new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1])],
    [new Set([1]), new Set([2])], [new Error('a'), new Error('a')], [new Error('a'), new TypeError('a')], [new Uint8Array([1, 2]), new Uint8Array([1, 2])], [new Uint8Array([1]), new Int8Array([1])], [Object(1), Object(1)], [Object(1), 1],
    [cyc1, cyc2], [Object.create(null), {}], [{ [Symbol.for('s')]: 1 }, { [Symbol.for('s')]: 1 }], [{ [Symbol.for('s')]: 1 }, {}], [function () {}, function () {}], ['a', Object('a')], [Buffer.from('a'), Buffer.from('a')],
    [new ArrayBuffer(2), new ArrayBuffer(2)], [new Set([NaN]), new Set([NaN])], [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 2 }] } }], [Promise.resolve(1), Promise.resolve(1)]
].forEach(function (p, i) { show(i, util.isDeepStrictEqual(p[0], p[1])); });
// types.
var values = {
    date: new Date(0), re: /x/, map: new Map(), set: new Set(), promise: Promise.resolve(), error: new TypeError(), num: Object(1), str: Object(''), bool: Object(true), sym: Object(Symbol()), dv: new DataView(new ArrayBuffer(1)),
    ab: new ArrayBuffer(1), u8: new Uint8Array(1), f64: new Float64Array(1), buf: Buffer.alloc(1), args: (function () { return arguments; })(), gen: (function* () {})(), genf: function* () {}, asyncf: async function () {}, proxy: new Proxy({}, {}),
    weakmap: new WeakMap(), weakset: new WeakSet(), mapit: new Map().entries(), setit: new Set().values(), obj: {}, nul: null, n: 5, fakedate: { [Symbol.toStringTag]: 'Date' }
};
Object.keys(values).forEach(function (k) {
    show(k, Object.keys(util.types).filter(function (t) { return !/External|Key|KeyObject/.test(t) && util.types[t](values[k]); }).sort());
});
show(util.isArray([]), util.stripVTControlCharacters('\u001b[31mred\u001b[0m'), typeof util.TextEncoder, util.TextDecoder === TextDecoder, util.toUSVString('a\ud800').charCodeAt(1), util.debuglog('x').enabled);
show(util.types === require('util/types'), require('assert/strict') === require('assert').strict, require('path/posix') === require('path'));
console.log(util.format('%d %d %d %d %d %d %d', new Boolean(true), new Number(3), new String('4'), {}, [], [5], new Date(7)),
    util.format('%d %d %d', { valueOf() { return 4; } }, { toString() { return '6'; } }, Symbol('x')));

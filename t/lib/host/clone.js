// structuredClone, as Node prints it.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e.code, e instanceof DOMException, e.message); }
}
[0, -0, NaN, 1.5, '', 'text', true, null, undefined].forEach(function (v) { show(Object.is(structuredClone(v), v)); });
// Each kind of object, and that it is another one.
function same(v, f) {
    var c = structuredClone(v);
    show(c !== v, Object.prototype.toString.call(c), f(c));
}
same({ a: 1, b: [2] }, function (c) { return [c, Object.getPrototypeOf(c) === Object.prototype]; });
same([1, , 3], function (c) { return [c.length, 1 in c, Array.isArray(c)]; });
same(Object.assign([1], { extra: 2 }), function (c) { return [c.extra, c.length]; });
same(new Date(123), function (c) { return c.getTime(); });
same(new Date(NaN), function (c) { return String(c.getTime()); });
var re = /a(b)/gi;
re.lastIndex = 3;
same(re, function (c) { return [c.source, c.flags, c.lastIndex, c.test('xAB')]; });
same(new Map([[1, { a: 1 }], ['k', new Map([[2, 3]])]]), function (c) { return [Array.from(c.keys()), c.get(1), c.get('k').get(2)]; });
same(new Set([1, 'a', NaN]), function (c) { return [c.size, c.has(NaN)]; });
same(Object(1), function (c) { return [typeof c, c + 1]; });
same(Object('s'), function (c) { return [typeof c, c.length]; });
same(Object(false), function (c) { return [typeof c, c.valueOf()]; });
same(new ArrayBuffer(4), function (c) { return c.byteLength; });
same(new DataView(new ArrayBuffer(8), 2, 3), function (c) { return [c.byteOffset, c.byteLength, c.buffer.byteLength]; });
[Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array].forEach(function (T) {
    same(new T([1, 2, 3]), function (c) { return [c instanceof T, Array.from(c)]; });
});
same(new Uint16Array(new ArrayBuffer(8), 2, 2), function (c) { return [c.byteOffset, c.length, c.buffer.byteLength]; });
[Error, TypeError, RangeError, SyntaxError, EvalError, ReferenceError, URIError].forEach(function (E) {
    same(new E('msg'), function (c) { return [c instanceof E, c.name, c.message, typeof c.stack, Object.keys(c)]; });
});
same(Object.assign(Object.defineProperty(new Error('e'), 'cause', { value: { c: 1 } }), { extra: 1, name: 'Odd' }), function (c) { return [c.name, c.cause, c.extra === undefined]; });
// Cycles and shared parts.
var o = { list: [] };
o.self = o;
o.list.push(o, o.list);
var c = structuredClone(o);
show(c.self === c, c.list[0] === c, c.list[1] === c.list, c !== o);
var shared = { x: 1 }, m = new Map(), st = new Set();
m.set('me', m);
st.add(st);
var d = structuredClone({ a: shared, b: shared, m: m, st: st });
show(d.a === d.b, d.m.get('me') === d.m, d.st.has(d.st), d.a !== shared);
var buf = new ArrayBuffer(4), views = structuredClone([new Uint8Array(buf), new Uint8Array(buf, 1)]);
views[0][1] = 7;
show(views[0].buffer === views[1].buffer, views[1][0], new Uint8Array(buf)[1]);
// What is left out, and what is asked.
class P { constructor() { this.own = 1; } get virtual() { return 2; } method() {} }
show(structuredClone(new P()), structuredClone(new P()) instanceof P);
var asked = 0, withGetter = { get g() { asked++; return { v: 1 }; } };
Object.defineProperty(withGetter, 'hidden', { value: 1 });
withGetter[Symbol('s')] = 1;
show(structuredClone(withGetter), asked, Object.getOwnPropertyDescriptor(structuredClone(withGetter), 'g').writable);
show(structuredClone(Object.freeze({ f: 1 })), Object.isFrozen(structuredClone(Object.freeze({}))), structuredClone(Object.create(null)) instanceof Object, structuredClone(Object.create({ inherited: 1 })).inherited);
show(structuredClone({ u: undefined, n: null }), 'u' in structuredClone({ u: undefined }));
// What cannot be cloned.
[function () {}, Symbol('x'), { f: function named() {} }, [Symbol.iterator], new WeakMap(), new WeakSet(), Promise.resolve(), Object(Symbol('y'))].forEach(function (v) {
    try { show('no error', structuredClone(v)); } catch (e) { show(e.name, e.code, e instanceof DOMException); }
});
fails(function () { structuredClone({ deep: [{ s: Symbol('inside') }] }); });
try { structuredClone({ get bad() { throw new RangeError('getter'); } }); } catch (e) { show(e.name, e.message); }
try { structuredClone(); } catch (e) { show(e.name); }
// Transfer.
var tb = new ArrayBuffer(3), tr = structuredClone({ b: tb }, { transfer: [tb] });
show(tr.b.byteLength);

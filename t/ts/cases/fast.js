// What the helpers' opcodes must leave alone: the same answers when the usual case does not hold.
function report(name, f) {
    let r;
    try { r = f(); } catch (e) { r = e.constructor.name; }
    console.log(name, typeof r === 'object' && r !== null ? JSON.stringify(r) : String(r));
}
// destructuring of literals and arrays
let a = 1, b = 2, c;
[a, b] = [b, a];
report('swap', () => [a, b]);
[a, b, c] = [1, 2];
report('short', () => [a, b, String(c)]);
[a] = [7, 8, (b = 9)];
report('long', () => [a, b]);
[a, , b = 5] = [1, 2, undefined];
report('holes', () => [a, b]);
[a, b] = [, 3];
report('hole in literal', () => [String(a), b]);
const order = [];
[a, b] = [(order.push('x'), 1), (order.push('y'), 2)];
report('order', () => order);
report('value', () => ([a, b] = [3, 4]).length);
// arrays that are not what they seem
report('sparse', () => { const s = [1, , 3]; return [...s].map(String); });
report('inherited hole', () => {
    Array.prototype[1] = 'proto';
    try { return [...[1, , 3]]; } finally { delete Array.prototype[1]; }
});
class Sub extends Array {}
report('subclass', () => [...Sub.of(1, 2)]);
report('own iterator', () => {
    const x = [1, 2];
    x[Symbol.iterator] = function* () { yield 'own'; };
    const [p] = x;
    return [p, ...x, Math.max.apply(null, [...x].map(v => v.length))];
});
report('proxy', () => { const [p, q] = new Proxy([1, 2], {}); return [p, q]; });
report('frozen spread', () => [...Object.freeze([1, 2]), 3]);
report('itself', () => { const x = [1, 2]; x.push(...x); return [...x, ...x]; });
report('arguments', () => (function (p) { p = 9; return [...arguments]; })(1, 2));
report('spread call', () => ((...r) => r.length)(...[1, 2], ...'ab', ...new Set([1])));
report('patched next', () => {
    const proto = Object.getPrototypeOf([][Symbol.iterator]()), next = proto.next;
    proto.next = function () { const r = next.call(this); if (!r.done) r.value *= 10; return r; };
    try {
        let [x, y] = [1, 2];
        let s = 0;
        for (const v of [3]) s += v;
        return [x, y, s, ...[4], Math.max(...[5])];
    } finally { proto.next = next; }
});
report('patched iterator', () => {
    const values = Array.prototype[Symbol.iterator];
    Array.prototype[Symbol.iterator] = function* () { yield 'patched'; };
    try { const [x] = [1]; const [y] = Object(x); return [x, y]; }
    finally { Array.prototype[Symbol.iterator] = values; }
});
report('no iterator', () => {
    const values = Array.prototype[Symbol.iterator];
    delete Array.prototype[Symbol.iterator];
    try { const [x] = [1]; return x; }
    finally { Object.defineProperty(Array.prototype, Symbol.iterator, { value: values, writable: true, configurable: true }); }
});
report('again', () => { const [x] = [1]; return x; });
// objects
report('object spread', () => ({ z: 0, ...{ b: 1, 2: 2, a: 3, 1: 4, get c() { return 5; } }, a: 6 }));
report('spread over accessor', () => ({ get a() { return 1; }, ...{ a: 2 } }));
report('spread symbols', () => Object.getOwnPropertySymbols({ ...{ [Symbol.iterator]: 1 } }).length);
report('spread of strings', () => ({ ...'ab', ...[1], ...null, ...7 }));
report('spread __proto__', () => Object.keys({ ...JSON.parse('{"__proto__":1}') }));
report('spread hidden', () => Object.keys({ ...Object.defineProperty({ a: 1 }, 'b', { value: 2 }) }));
// classes
class P { constructor(...r) { this.r = r; } who() { return 'P' + this.r.length; } }
class Q extends P { x = this.r[0]; constructor(u) { super(u, ...[1, 2]); this.y = this.x; } who() { return 'Q' + super.who(); } }
class S extends Q {}
report('derived', () => { const s = new S('u'); return [s.x, s.y, s.who(), s instanceof P, s.constructor.name]; });
report('super answers an object', () => {
    class X { constructor() { return { other: 1 }; } }
    class Y extends X { f = 2; }
    class Z extends X { f = 3; constructor() { super(); } }
    return [new Y(), new Z(), new Z() instanceof Z];
});
report('super answers a primitive', () => { class X { constructor() { return; } } class Y extends X { constructor() { super(1); } } return new Y() instanceof Y; });
report('super of a function', () => { function F(v) { this.v = v; } class Y extends F { constructor() { super(4); } } return new Y().v; });
report('super of a built-in', () => { class E extends Error { constructor(m) { super(m); this.k = 1; } } const e = new E('m'); return [e.message, e.k, e instanceof E]; });
report('super of array', () => { class E extends Array { constructor() { super(1, 2, 3); } } return [new E().length, [...new E()].join('')]; });
report('super within arguments', () => {
    class X { constructor(v) { this.v = v; } }
    class Y extends X { constructor(d) { super(d > 0 ? new Y(d - 1).v + 1 : 0); } }
    return new Y(5).v;
});
report('super twice', () => { class X {} class Y extends X { constructor() { super(); super(); } } new Y(); });
report('super throws', () => {
    class X { constructor(t) { if (t) throw new RangeError(); } }
    class Y extends X { constructor(t) { super(t); } }
    try { new Y(1); } catch (e) { }
    X();
});
report('parent is called', () => { class X {} class Y extends X { constructor() { X.call(this); } } new Y(); });
report('parent replaced', () => {
    class X { n() { return 'x'; } } class W { constructor() { this.w = 1; } }
    class Y extends X { constructor() { super(); } }
    Object.setPrototypeOf(Y, W);
    return [new Y().w, new Y().n()];
});
report('many arguments', () => {
    class X { constructor() { this.n = arguments.length; } }
    class Y extends X { constructor(v) { super(...new Array(300).fill(v)); } }
    return new Y(1).n;
});
report('implicit', () => { class X { constructor(u, v) { this.s = u + v; } } class Y extends X { z = this.s + 1; } return new Y(1, 2).z; });
report('new.target', () => { class X { constructor() { this.t = new.target.name; } } class Y extends X {} class Z extends Y { constructor() { super(); } } return [new X().t, new Y().t, new Z().t]; });
report('fields are defined', () => {
    class X { set f(v) { throw new Error('setter ran'); } }
    class Y extends X { f = 1; }
    return Object.getOwnPropertyDescriptor(new Y(), 'f').value;
});
report('field on frozen', () => { class X { constructor() { return Object.freeze({}); } } class Y extends X { f = 1; } new Y(); });
report('field over field', () => { class X { constructor() { Object.defineProperty(this, 'f', { value: 1 }); } } class Y extends X { f = 2; } new Y(); });
report('index field', () => { class X { 0 = 'a'; '1' = 'b'; [2] = 'c'; } return new X(); });
report('this before super', () => { class Y extends P { constructor() { this.x = 1; super(); } } new Y(); });
// private elements
class C {
    #n = 1; #g = 2; static #s = 3; static #count = 0;
    #m(v) { return this.#n + v; }
    get #acc() { return this.#g; }
    set #acc(v) { this.#g = v; }
    get #half() { return 1; }
    static has(o) { return #n in o; }
    static read(o) { return o.#n; }
    static run(o) { return o.#m(10); }
    static write(o) { o.#m = 1; }
    half() { this.#half = 2; }
    acc() { this.#acc += 5; return this.#acc; }
    post() { return this.#n++ + this.#n; }
    pre() { return ++this.#n; }
    drop() { this.#n--; this.#n--; return this.#n; }
    static s() { return C.#s++ + C.#s; }
    freeze() { Object.freeze(this); this.#n = 50; return [Object.isFrozen(this), this.#n]; }
    names() { return [this.#m.name, Reflect.ownKeys(this).length]; }
    swap() { [this.#n, this.#g] = [this.#g, this.#n]; return [this.#n, this.#g]; }
    opt(o) { return o?.#n; }
}
report('private', () => { const o = new C(); return [o.acc(), o.post(), o.pre(), o.drop(), C.s(), C.run(o), o.names(), o.swap(), o.opt(null) === undefined]; });
report('private brand', () => C.read({}));
report('private proxy', () => C.read(new Proxy(new C(), {})));
report('private heir', () => C.read(Object.create(new C())));
report('private in', () => [C.has(new C()), C.has({}), C.has(new Proxy(new C(), {}))]);
report('private in primitive', () => C.has(1));
report('private method is constant', () => C.write(new C()));
report('private without setter', () => new C().half());
report('private freeze', () => new C().freeze());
report('private call brand', () => C.run({}));
report('private per evaluation', () => {
    const make = () => class { #x = 1; static get(o) { return o.#x; } };
    const X = make(), Y = make();
    return Y.get(new X());
});
report('private stamped', () => {
    class Base { constructor(o) { return o; } }
    class Stamp extends Base { #p = 'stamp'; static of(o) { return o.#p; } }
    const target = Object.freeze([1]), px = new Proxy({}, { defineProperty() { throw 1; } });
    new Stamp(target); new Stamp(px);
    return [Stamp.of(target), Stamp.of(px)];
});
report('private stamped twice', () => {
    class Base { constructor(o) { return o; } }
    class Stamp extends Base { #p = 1; }
    const o = {}; new Stamp(o); new Stamp(o);
});
// calls
Function.prototype.call = function () { return 'overridden'; };
report('super call without call', () => new S('u').who());
report('private call without call', () => C.run(new C()));

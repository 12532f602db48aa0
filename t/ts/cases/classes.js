const log = [];
function t(name, f) { try { log.push(name + ' ' + f()); } catch (e) { log.push(name + ' ' + e.name); } }
class A { constructor(x) { this.x = x; } m() { return 'A.m' + this.x; } static s() { return 'A.s'; } get g() { return 'g' + this.x; } set g(v) { this.x = v; } }
class B extends A { constructor(x) { super(x + 1); } m() { return 'B.' + super.m(); } static s() { return 'B.' + super.s(); } get g() { return 'B' + super.g; } set g(v) { super.g = v; } }
t('1', () => new B(1).m()); t('2', () => B.s()); t('3', () => { const b = new B(1); b.g = 9; return b.g; });
t('4', () => A()); t('5', () => Object.keys(A.prototype).length + ',' + Object.getOwnPropertyNames(A.prototype).join());
t('6', () => { class M extends Array { last() { return this[this.length - 1]; } } const m = new M(); m.push(1, 2); return m.last() + ',' + m.length + ',' + (m instanceof M) + Array.isArray(m); });
t('7', () => { class E2 extends Error { constructor(m) { super(m); this.name = 'E2'; } } const e = new E2('hi'); return e.message + (e instanceof E2) + (e instanceof Error) + e; });
t('8', () => { class N extends null { static f() { return 1; } } return N.f() + String(Object.getPrototypeOf(N.prototype)); });
t('9', () => { class D extends A { constructor() { this.x = 1; super(1); } } new D(); });
t('10', () => { class D extends A { constructor() { } } new D(); });
t('11', () => { class D extends A { constructor() { super(1); super(2); } } new D(); });
t('12', () => { class F { a = 1; b = this.a + 1; ['c' + 1] = 3; static s = 4; static { this.t = this.s + 1; } } const f = new F(); return [f.a, f.b, f.c1, F.s, F.t].join(); });
t('13', () => { class P { #x = 1; #m() { return this.#x; } get #g() { return this.#m() * 10; } set #g(v) { this.#x = v; } inc() { this.#x++; return this.#x; } test() { this.#g = 5; this.#x += 2; return this.#g; } static is(o) { return #x in o; } static #sp = 7; static sp() { return P.#sp; } } const p = new P(); return [p.inc(), p.test(), P.is(p), P.is({}), P.sp()].join(); });
t('14', () => { class P { #x; static r(o) { return o.#x; } } P.r({}); });
t('15', () => { const o = { __proto__: { m() { return 'pm'; } }, m() { return 'o' + super.m(); } }; return o.m(); });
t('16', () => { class C { constructor() { return { z: 1 }; } } class D extends C { f = 2; } return JSON.stringify(new D()); });
t('17', () => { function F() { return new.target === F; } return new (class extends A { constructor() { super(); this.nt = new.target.name; } })().nt + '|' + (new F() instanceof F); });
t('18', () => { class C { static m() { return this === C; } } return C.m(); });
t('19', () => { const C = class { }; const D = class Named { static n() { return Named.name; } }; return C.name + D.n() + D.name; });
t('20', () => { class C { 'quoted key'() { return 1; } 123() { return 2; } async am() { } *gm() { yield 1; } static async *ag() { } get [Symbol.toStringTag]() { return 'TT'; } } return new C()['quoted key']() + new C()[123]() + String(new C()) + [...new C().gm()]; });
t('21', () => { class C { x = () => this.y; y = 5; } return new C().x.call(null); });
t('22', () => { class Base { constructor() { this.init(); } init() { this.k = 'base'; } } class Sub extends Base { f = 'field'; init() { this.k = 'sub' + this.f; } } return new Sub().k; });
t('23', () => { class D extends A { constructor() { const f = () => super(3); f(); this.y = (() => this.x)(); } } return new D().y; });
t('24', () => { function Old(a) { this.a = a; } Old.prototype.h = function () { return this.a; }; class N extends Old { } return new N(4).h(); });
t('25', () => { class C { static #c = 0; static inc() { return ++C.#c; } } C.inc(); return C.inc(); });
t('26', () => new (class { constructor(a, b = 2, ...c) { this.r = [a, b, c]; } })(1).r.length + (class { constructor(a, b = 2, ...c) { } }).length);
t('27', () => { const m = 'dyn'; class C { [m + 1]() { return 1; } static [m]() { return 2; } get [m + 2]() { return 3; } } return new C().dyn1() + C.dyn() + new C().dyn2; });
t('28', () => Object.getOwnPropertyDescriptor(class { static x = 1; }, 'x').enumerable + '' + Object.getOwnPropertyDescriptor(class { }, 'prototype').writable);
t('29', () => { class A1 { static create() { return new this(); } } class B1 extends A1 { } return B1.create() instanceof B1; });
t('30', () => new (A.prototype.m)());
t('31', () => { class X { a = 1; constructor(a) { this.b = a; } } return JSON.stringify(new X(3)); });
t('32', () => { let C = class { static me = this; }; return C.me === C; });
t('33', () => { class S { static async *[Symbol.iterator]() { } static get x() { return super.toString === Function.prototype.toString; } } return S.x; });
console.log(log.join('\n'));

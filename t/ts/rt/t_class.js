// Classes as the compiler writes them.
var A = $$class(undefined, function A(x) { new.target || $$nt('A'); this.x = x; },
    { m() { return 'A' + this.x; }, get g() { return 1; } }, { s() { return 's'; } });
is(new A(1).m(), 'A1', 'method');
throws(TypeError, 'class without new', function () { A(); });
throws(TypeError, 'class by call', function () { A.call(new A(1)); });
is(Object.keys(A.prototype).length, 0, 'methods are not enumerable');
is(Object.getOwnPropertyDescriptor(A, 'prototype').writable, false, 'prototype is fixed');
is(Object.getOwnPropertyDescriptor(A.prototype, 'g').get.name, 'get g', 'getter name');
is(A.prototype.m.name, 'm', 'method name');
is(A.prototype.m.hasOwnProperty('prototype'), false, 'methods have no prototype');
var B = $$class(A, function B(x) {
    var nt = new.target || $$nt('B'), self;
    self = $$super(B, nt, Object.create(nt.prototype), [x + 1]);
    self.nt = nt;
    return $$ret(undefined, self);
}, { m() { return 'B' + $$sget(B.prototype, 'm', this).call(this); } });
is(new B(1).m(), 'BA2', 'super call and property');
is(new B(1).nt, B, 'new.target');
is(B.s(), 's', 'statics are inherited');
is(new B(1) instanceof A, true, 'instanceof');
var C = $$class(Array, function C() {
    var nt = new.target || $$nt('C');
    return $$ret(undefined, $$super(C, nt, Object.create(nt.prototype), arguments));
}, { last() { return this[this.length - 1]; } });
var c = new C(1, 2, 3);
c[5] = 9;
is(c.length + ' ' + c.last() + ' ' + Array.isArray(c), '6 9 true', 'extends Array');
var E = $$class(Error, function E(m) {
    var nt = new.target || $$nt('E');
    return $$ret(undefined, $$super(E, nt, Object.create(nt.prototype), [m]));
});
is(new E('boo').message + (new E('') instanceof E) + (new E('') instanceof Error), 'bootruetrue', 'extends Error');
var Old = function (x) { this.old = x; };
var F = $$class(Old, function F() {
    var nt = new.target || $$nt('F');
    return $$ret(undefined, $$super(F, nt, Object.create(nt.prototype), [3]));
});
is(new F().old, 3, 'extends a function');
var N = $$class(null, function N() {
    var nt = new.target || $$nt('N');
    return $$ret({ made: 1 }, undefined);
});
is(Object.getPrototypeOf(N.prototype), null, 'extends null');
is(new N().made, 1, 'object returned');
throws(TypeError, 'extends a method', function () { $$class({ m() {} }.m, function () {}); });
throws(TypeError, 'extends a number', function () { $$class(1, function () {}); });
throws(ReferenceError, 'this before super', function () { $$this(undefined); });
throws(ReferenceError, 'super twice', function () { $$twice({}); });
throws(TypeError, 'primitive returned', function () { $$ret(1, {}); });
throws(TypeError, 'static prototype', function () { $$member(A, 'prototype', 0, function () {}); });
is($$member(A.prototype, Symbol.iterator, 0, function () {})[Symbol.iterator].name, '[Symbol.iterator]', 'symbol method');
is(Object.getOwnPropertyDescriptor($$field({}, 'f', 1), 'f').enumerable, true, 'fields are enumerable');
is(R.construct(A, [5], B).m(), 'BA5', 'construct with a new target');

var p = $$priv('#p'), q = $$priv('#q'), o = {};
$$padd(o, p, 1);
is($$pget(o, p), 1, 'private get');
is($$pset(o, p, 2) + $$pget(o, p), 4, 'private set');
is($$phas(o, p) + ' ' + $$phas(o, q) + ' ' + $$phas({}, p), 'true false false', 'private in');
throws(TypeError, 'brand', function () { $$pget({}, p); });
throws(TypeError, 'brand of an heir', function () { $$pget(Object.create(o), p); });
throws(TypeError, 'brand of a proxy', function () { $$pget(new Proxy(o, {}), p); });
throws(TypeError, 'add twice', function () { $$padd(o, p, 1); });
throws(TypeError, 'in of a primitive', function () { $$phas(1, p); });
is(JSON.stringify(o) + Reflect.ownKeys(o).length, '{}0', 'private is invisible');
var proxy = new Proxy(o, {});
$$padd(proxy, p, 'on the proxy');
is($$pget(proxy, p) + $$pget(o, p), 'on the proxy2', 'a proxy has its own');
var frozen = Object.freeze({});
$$padd(frozen, p, 7);
is($$pget(frozen, p), 7, 'private on a frozen object');
$$pmeth(o, q, 1, function () { return 'got'; });
$$pmeth(o, q, 2, function (v) { this.setTo = v; });
is($$pget(o, q), 'got', 'private getter');
$$pset(o, q, 3);
is(o.setTo, 3, 'private setter');
var r = $$priv('#r');
$$pmeth(o, r, 0, $$name(function () {}, '#r', 'get'));
is($$pget(o, r).name, 'get #r', 'private accessor name');
throws(TypeError, 'private method written', function () { $$pset(o, r, 1); });

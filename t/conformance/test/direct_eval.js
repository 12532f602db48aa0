/*---
flags: [noStrict]
description: a direct eval sees the code around it under the names of the source
---*/
var log = [];
{
  let x = 'block';
  { let x = 'inner'; log.push(eval('x')); eval('x = 2'); log.push(x); }
  log.push(eval('x'));
}
for (let i = 0, fs = []; i < 3; i++) { fs.push(() => eval('i')); if (i == 2) log.push(fs.map((f) => f()).join('')); }
assert.list(log, ['inner', 2, 'block', '012']);
const K = 1;
assert.throws(TypeError, () => eval('K = 2'));
assert.throws(TypeError, () => eval('K++'));
assert.sameValue((function f() { eval('f = 1'); return typeof f; }()), 'function');
assert.throws(TypeError, () => (function f() { 'use strict'; eval('f = 1'); }()));

class A { m() { return 'A.m'; } static s() { return 'A.s'; } get v() { return this.w; } }
class B extends A {
  #p = 1; static #q = 5; #m() { return 'private ' + this.#p; } get #g() { return 'got'; }
  w = 'w';
  f = eval('this.w + super.m()');
  m() { return eval('super.m() + super.v + this.#p'); }
  a() { return (() => eval('() => super.m()')())(); }
  static s() { return eval('super.s() + this.#q'); }
  set(v) { eval('this.#p = v'); return eval('++this.#p + this.#m() + this.#g + (#p in this)'); }
  nested(v) { return eval('eval("[v, this.#p, super.m()].join()")'); }
  constructor(late) { if (late) eval('0'); super(); this.t = eval('this === (() => this)() && new.target === B'); }
}
var b = new B(true);
assert.sameValue(b.f, 'wA.m');
assert.sameValue(b.t, true);
assert.sameValue(b.m(), 'A.mw1');
assert.sameValue(b.a(), 'A.m');
assert.sameValue(B.s(), 'A.s5');
assert.sameValue(b.set(3), '4private 4gottrue');
assert.sameValue(b.nested(7), '7,4,A.m');
assert.throws(SyntaxError, () => eval('b.#p'));
assert.throws(SyntaxError, () => eval('super.x'));
assert.throws(SyntaxError, () => eval('new.target'));
assert.throws(SyntaxError, () => { (function (p = eval('var arguments'), arguments) {}()); });
var o = { __proto__: { n() { return 'proto'; } }, n() { return eval('super.n()'); } };
assert.sameValue(o.n(), 'proto');
assert.throws(SyntaxError, () => class { f = eval('arguments'); }.prototype.x || new (class { f = eval('arguments'); })());

function Plain() { return [eval('this') === this, (() => eval('this'))() === this, eval('new.target') === Plain,
  (() => eval('new.target'))() === Plain, (() => eval('arguments[0]'))(), eval('arguments.length')].join(); }
assert.sameValue(new Plain(4, 5).join === undefined && Plain.apply({}, [4, 5]), 'true,true,false,false,4,2');
function New() { this.ok = eval('new.target') === New && (() => eval('new.target'))() === New; }
assert.sameValue(new New().ok, true);
function* gen() { yield eval('this.g'); yield eval('arguments[0]'); let z = 3; { let z = 4; yield eval('z'); } }
assert.list([...gen.call({ g: 1 }, 2)], [1, 2, 4]);

function vars() { eval('var fresh = 1; function made() { return fresh + 1; }'); return fresh + made(); }
assert.sameValue(vars(), 3);
function same(p) { var v = 1; eval('var v = 2, p = 3'); return v + p; }
assert.sameValue(same(0), 5);
assert.throws(SyntaxError, () => { let l; eval('var l'); });
assert.throws(SyntaxError, () => { { let l; { eval('var l = 1'); } } });
assert.throws(SyntaxError, () => { const l = 1; eval('function l() {}'); });
assert.sameValue((() => { let l = 1; (function () { eval('var l = 2'); }()); return l; })(), 1);
assert.sameValue((function () { 'use strict'; let l = 1; eval('var l = 2'); return l; }()), 1);
assert.sameValue((() => { try { throw 1; } catch (e) { eval('var e = 2'); } return e; })(), undefined);
assert.throws(SyntaxError, () => { (function (p = eval('var arguments = 1')) {}()); });
assert.throws(SyntaxError, () => { (function (q, p = eval('var q')) {}()); });
assert.sameValue(((p = eval('var arguments = "mine"; arguments')) => p)(), 'mine');
assert.sameValue((function (p = eval('1'), q) { var arguments; return p; }()), 1);
var \u00e9 = 1;
function accent() { var \u00e9 = 2; eval('var \u00e9 = 3'); return \u00e9 + eval('\u00e9'); }
assert.sameValue(accent(), 6);
enum_ = { f() { return this === undefined || this === globalThis; } };
(function () { let f = function () { return this === globalThis; }; for (let g = f; g; g = null) { var h = () => g; assert.sameValue(eval('g()'), true); } }());
assert.sameValue((function () { let a = 1; return (0, eval)('typeof a'); }()), 'undefined');
assert.sameValue(eval($$eval('1 + 1', false, ';;x;v;v ;#;#a b;T;T ;q r;F;V\u0000;')), 2, 'a text nobody printed');

// Async functions by what they take and whether they wait: this, arguments, errors, order of jobs.
const out = [];
const say = (...a) => out.push(a.join(' '));
const later = (v, n = 1) => n > 0 ? Promise.resolve().then(() => later(v, n - 1)) : v;
async function none() { return this === undefined ? 'none' : typeof this; }
async function noneStrict() { 'use strict'; return String(this); }
async function one(a) { return [this.k, a].join(); }
async function five(a, b, c, d, e) { return [a, b, c, d, e].join(); }
async function fiveWaits(a, b, c, d, e) { await 0; return [this.k, a, b, c, d, e].join(); }
async function threeWaits(a, b, c) { await 0; return [this.k, a, b, c].join(); }
async function zeroWaits() { await 0; return this.k; }
async function args() { return [this.k, arguments.length, ...arguments].join(); }
async function argsWaits(a) { await 0; return [arguments.length, ...arguments, a].join(); }
async function argsInside(a) { const f = () => arguments.length + a; await 0; return f(); }
async function argsEval(a) { return eval('arguments.length') + a; }
async function rest(a, ...r) { await 0; return a + '|' + r; }
async function restNever(...r) { return r.length; }
async function defaults(a, b = a + 1, { c, d = 4 } = {}) { await 0; return [a, b, c, d].join(); }
async function defaultsNever(a, b = a + 1) { return a + b; }
async function badDefault(a = null.x) { return 1; }
async function badDefaultWaits(a = null.x) { await 0; return 1; }
async function badPattern({ a }) { await 0; }
async function mapped(a) { arguments[0] = 'm'; await 0; return a; }
async function target() { return new.target === undefined; }
const o = { k: 'o', one, five, fiveWaits, threeWaits, zeroWaits, args, argsWaits, argsInside, argsEval };
const show = (what, p) => p.then(v => say(what, 'ok', v), e => say(what, 'bad', e && e.constructor.name));
show('none', none());
show('none strict', noneStrict());
show('one', o.one(1, 2));
show('one missing', o.one());
show('five', o.five(1, 2, 3, 4, 5, 6));
show('five waits', o.fiveWaits(1, 2, 3));
show('three waits', o.threeWaits(1, 2, 3, 4));
show('three waits, two', o.threeWaits(1, 2));
show('zero waits', o.zeroWaits(1));
show('args', o.args(1, 2, 3));
show('args wait', o.argsWaits(1, 2, 3));
show('args inside', o.argsInside(1, 2, 3));
show('args eval', o.argsEval(1, 2));
show('rest', rest(1, 2, 3));
show('rest never', restNever(1, 2, 3));
show('defaults', defaults(1));
show('defaults given', defaults(1, undefined, { c: 3 }));
show('defaults never', defaultsNever(1));
show('bad default', badDefault());
show('bad default waits', badDefaultWaits());
show('bad pattern', badPattern());
show('mapped', mapped('a'));
show('new.target', target());
say([none, one, five, fiveWaits, args, rest, defaults].map(f => f.name + f.length));
say(Object.getPrototypeOf(one) === Object.getPrototypeOf(threeWaits), 'prototype' in one, 'prototype' in threeWaits);
for (const f of [one, threeWaits])
    try { new f(); } catch (e) { say(e.constructor.name); }
// what comes back
show('promise', (async () => later('p', 2))());
show('thenable', (async () => ({ then(yes) { say('then called'); yes('t'); } }))());
show('then throws', (async () => ({ get then() { throw new RangeError(); } }))());
show('rejected', (async () => Promise.reject(new EvalError()))());
show('finally', (async () => { try { return { get then() { say('looked'); } }; } finally { say('finally'); } })().then(v => typeof v));
show('finally wins', (async () => { try { throw 1; } finally { return 'f'; } })());
show('itself', (() => { let p; p = (async () => { await 0; return p; })(); return p; })());
show('caught', (async () => { try { await Promise.reject(1); } catch (e) { return 'c' + e; } })());
show('thrown undefined', (async () => { await 0; throw undefined; })().catch(e => 'u' + e));
// order
const mark = (name, n) => { let p = Promise.resolve(); for (let i = 0; i < n; i++) p = p.then(() => say(name, i)); };
mark('m', 4);
(async () => { say('a0'); await 0; say('a1'); await later(0); say('a2'); })();
(async () => { say('b0'); })().then(() => say('b1'));
(async () => { await (async () => { say('c0'); })(); say('c1'); await (async () => { await 0; })(); say('c2'); })();
say('sync');
// nested with generators, callbacks, getters, constructors
function* numbers() { for (let i = 0; i < 3; i++) { one.call({ k: 'g' }, i); threeWaits.call({}, i).then(v => say('from generator', v)); yield i; } }
show('generator', (async () => { let s = ''; for (const x of numbers()) s += x + await x; return s; })());
async function* asyncNumbers() { for (let i = 0; i < 3; i++) yield await threeWaits.call({ k: i }, i); }
show('async generator', (async () => { let s = ''; for await (const x of asyncNumbers()) s += x + ';' + await zeroWaits.call({ k: 'z' }); return s; })());
show('called by one', (async () => { const g = asyncNumbers(), p = g.next(), q = await later('q'); return q + (await p).value + (await g.return('r')).value; })());
show('map', Promise.all([1, 2, 3].map(async x => (await later(x)) * 2)));
show('sort', (async () => { const p = []; [3, 1, 2].sort((a, b) => { p.push((async () => await a)()); return a - b; }); return (await Promise.all(p)).length > 1; })());
show('getter', (async () => await ({ get x() { return (async () => { await 0; return 'got'; })(); } }).x)());
class C { async #p(v) { await 0; return v; } async m(v) { return this.#p(v); } static async s() { return super.toString === Function.prototype.toString; } }
show('class', new C().m('private'));
show('static super', C.s());
show('deep', (async function deep(n) { return n > 0 ? 1 + await deep(n - 1) : 0; })(40));
show('deep never', (async function deep(n) { return n > 0 ? deep(n - 1) : 'end'; })(40));
show('many at once', Promise.all(Array.from({ length: 200 }, async (_, i) => { await later(0, i % 5); return i; })).then(v => v.length + ',' + v[199]));
show('self', (async function self() { await 0; return typeof self + self.length; })());
show('AsyncFunction', Object.getPrototypeOf(one).constructor('a', 'b', 'return (await a) + b')(1, 2));
show('AsyncFunction never', Object.getPrototypeOf(one).constructor('a', 'return a + arguments.length')(1, 2));
show('loop of closures', (async () => { const f = []; for (let i = 0; i < 3; i++) { await 0; f.push(async () => i); } return (await Promise.all(f.map(g => g()))).join(); })());
setTimeout(() => console.log(out.join('\n')), 50);

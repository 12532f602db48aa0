// Order of evaluation, lengths, and what an eval with a spread argument sees.
const setter = (o) => Object.getOwnPropertyDescriptor(o, 'x').set;
console.log(setter({ set x(v = 1) {} }).length, setter({ set x(v) {} }).length,
    setter({ set ['x'](v = 1) {} }).length, setter({ set x([a] = []) {} }).length);
class A { static set x(v = 1) { this.y = v; } static get x() { return 5; } set x(v = 2) { this.y = v; } }
console.log(setter(A).length, setter(A).name, setter(A.prototype).length);
A.x = undefined;
const made = new A();
made.x = undefined;
console.log(A.y, A.x, made.y);
const o = { get x() { return this.v; }, set x(v = 3) { this.v = v; }, after: 1 };
o.x = undefined;
console.log(o.x, o.v, Object.keys(o).join());
let value = 'bad';
const key = { toString() { value = 'ok'; return 'p'; } };
console.log({ [key]: value }.p, { [key]: value + '!' }.p);
(function () { var local = 'seen'; console.log(eval(...['local']), eval(...['local', 1]), eval(...[])); })();
const tdz = [(a = a) => a, (a = b, b) => a, (a, b = a) => b, (a, b = () => c, c = 2) => b()];
console.log(tdz.map((f) => { try { return f(undefined); } catch (e) { return e.name; } }).join());
const nested = async (f = async () => { await 1; return 2; }) => f();
nested().then((v) => console.log(v));
function* gen() { yield ((f = function* () { yield 1; }) => [...f()].length)(); }
console.log([...gen()].join());
let a = 1, b = 2;
[a, b] = [b, a];
console.log(a, b, [a, b] = [b, a], a, b);
if (a) [a, b] = [b, a]; else a = 0;
const swap = () => { [a, b] = [b, a]; return a + '' + b; };
console.log(a, b, swap());
const values = Array.prototype[Symbol.iterator];
Array.prototype[Symbol.iterator] = function* () { yield 'x'; yield this.length; };
[a, b] = [b, a];
Array.prototype[Symbol.iterator] = values;
console.log(a, b);

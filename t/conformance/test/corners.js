/*---
description: what a larger suite found
---*/
// the discriminant of a switch with lexical names is one expression
var p, q, x = 'outside';
switch (p = () => x, null) {
  case q = () => x, null:
    let x = 'inside';
}
assert.sameValue(p() + q(), 'outsideinside');
// a class expression's own name is not its neighbour's
var before = () => C, heritage, C = 'outside';
var K = class C extends (heritage = () => C, Object) {};
assert.sameValue(before() + typeof heritage(), 'outsidefunction');
// an optional call of a chain in parentheses keeps its object
var o = { f() { return this === o; } };
assert.sameValue((o?.f)?.(), true);
// names and restricted properties of functions
var d = Object.getOwnPropertyDescriptor({ get id() {}, set id(v) {} }, 'id');
assert.sameValue(d.get.name + d.set.name, 'get idset id');
assert.sameValue((class {}).hasOwnProperty('name'), true);
assert.throws(TypeError, () => { 'use strict'; (function () { 'use strict'; }).caller = 1; });
// declarations of a text have no value
assert.sameValue(eval('const c1 = 1'), undefined);
assert.sameValue(eval('5; let c2 = 2'), 5);
assert.sameValue(eval('class T {}'), undefined);
// classes of two texts do not share private names
var made = s => (0, eval)('(class { #m = ' + s + '; static g(o) { return o.#m } })');
var A = made(1), B = made(2);
assert.sameValue(A.g(new A()) + B.g(new B()), 3);
// top-level functions are global in strict scripts too
function named() {}
assert.sameValue(globalThis.named, named);
// arrays are iterable by their own will only
delete Array.prototype[Symbol.iterator];
assert.throws(TypeError, () => { var [a] = [1]; });

/*---
flags: [noStrict]
description: text compiled at run time is modern JavaScript, and its lexical names are its own
---*/
var F = new Function('a', 'b = 2', 'return `${a} ${b}`');
assert.sameValue(F(1), '1 2');
assert.sameValue(F.name, 'anonymous');
assert.sameValue(F.length, 1);
assert.sameValue((0, eval)('let q = 1; class Z {} const f = (x) => x + q; f(2)'), 3);
assert.sameValue(typeof q + typeof Z + typeof f, 'undefinedundefinedundefined');
assert.sameValue(eval('let p = 1; function g() { return ++p; } g(); g()'), 3);
assert.sameValue(g(), 4);
assert.sameValue(typeof p, 'undefined');
assert.throws(SyntaxError, () => Function('/*', '*/){'));
assert.throws(SyntaxError, () => Function('super()'));
assert.throws(SyntaxError, () => Function('a) { (', ''));
assert.throws(SyntaxError, () => (0, eval)('new.target'));
assert.sameValue(Function('return this')(), globalThis);
class G extends Function {}
assert.sameValue(new G('return 5')(), 5);
assert.sameValue(new G() instanceof G, true);
var GF = Object.getPrototypeOf(function* () {}).constructor;
assert.list([...GF('a', 'yield a; yield 2')(1)], [1, 2]);
assert.sameValue(GF.name, 'GeneratorFunction');
assert.sameValue(new GF() instanceof GF, true);
assert.sameValue(Object.getPrototypeOf(GF), Function);

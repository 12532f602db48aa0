/*---
description: a function's own properties - length, name, prototype - in the order and with the attributes of the standard
---*/
function check(f, name, keys) {
  assert.sameValue(Object.getOwnPropertyNames(f).join(), keys, name + ': keys');
  if (name === null)
    return;
  var d = Object.getOwnPropertyDescriptor(f, 'name');
  assert.sameValue(d.value, name);
  assert.sameValue([d.writable, d.enumerable, d.configurable].join(), 'false,false,true', name);
}
var FN = 'length,name,prototype', ARROW = 'length,name';
check(function () {}, '', FN);
check(() => 1, '', ARROW);
check(async () => 1, '', ARROW);
check(function* () {}, '', FN);
check(class {}, '', FN);
check(class extends Array {}, '', FN);
check((0, function () {}), '', FN);
check(function named() {}, 'named', FN);
check(new Function(), 'anonymous', FN);
check((() => 1).bind(), 'bound ', ARROW);
check(class { static name() {} }, null, FN);
check(class { static name = 1 }, null, FN);
check(class { static a() {} static b = 1 }, '', FN + ',a,b');
var x = function () {}, y = () => 1, z = (0, () => 1), w;
w ??= () => 1;
check(x, 'x', FN);
check(y, 'y', ARROW);
check(z, '', ARROW);
check(w, 'w', ARROW);
var [q = function () {}, { r = () => 1 } = {}] = [];
check(q, 'q', FN);
check(r, 'r', ARROW);
var o = { f: function () {}, m() {}, ['c' + 1]: () => 1, [Symbol('s')]: () => 1, '': () => 1 };
o.later = () => 1;
['f', 'm', 'c1', ''].forEach((k) => check(o[k], k, k === 'f' ? FN : ARROW));
check(o[Object.getOwnPropertySymbols(o)[0]], '[s]', ARROW);
check(o.later, '', ARROW);
check(Object.getOwnPropertyDescriptor({ get g() { return 1 } }, 'g').get, 'get g', ARROW);
assert.sameValue(delete x.name, true);
assert.sameValue(x.hasOwnProperty('name') || x.name, '');
(function () {
  'use strict';
  assert.throws(TypeError, () => { (function () {}).name = 'n'; });
}());
assert.sameValue(class { static name = 'own' }.name, 'own');
assert.sameValue(typeof class { static name() {} }.name, 'function');
var m = { eval() { return 'e' }, arguments() { return 'a' } };
class M { eval(a = 1) { return a } static arguments() { return 2 } }
assert.sameValue(m.eval() + m.arguments() + m.eval.name + M.arguments.name, 'eaevalarguments');
assert.sameValue(new M().eval() + M.arguments(), 3);

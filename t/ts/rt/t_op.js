// The helpers that have opcodes (engine/duk_op.h), where the opcode must hand over to the helper.
is($$of([1]), undefined, 'pristine');
throws(TypeError, 'of a number', function () { $$of(1); });
is($$arr([4, 5], 2)[1], 5, 'arr');
is((function () { var $$of = function (v) { return v + 1; }; return $$of(1); })(), 2, 'a local name');
is((function ($$all) { return (function () { return $$all(1); })(); })(function (v) { return v + 2; }), 3,
   'an outer local name');
is($$all([1, 2], 3, 4).length, 2, 'more arguments than the opcode takes');
is($$push([1], 2, 3, 4).length, 4, 'push of several');

var frozen = Object.freeze([1]), fixed = [1, 2], closed = Object.preventExtensions([1]), sparse = [];
Object.defineProperty(fixed, 'length', { writable: false });
throws(TypeError, 'push to a frozen array', function () { $$push(frozen, 2); });
throws(TypeError, 'push to one of fixed length', function () { $$push(fixed, 2); });
throws(TypeError, 'push to a closed one', function () { $$push(closed, 2); });
sparse[1e6] = 1;
is($$push(sparse, 2).length, 1e6 + 2, 'push to a sparse array');
is($$pushall([0], sparse.slice(1e6 - 1)).length, 4, 'pushall');
var self = [1, 2, 3];
is($$pushall(self, self.slice()).join(), '1,2,3,1,2,3', 'pushall');
is($$all([1, , 3]).hasOwnProperty(1), true, 'holes become undefined');
Array.prototype[1] = 'up';
is($$all([1, , 3])[1], 'up', 'holes are looked up');
is($$args([1, , 3]).length, 3, 'args');
delete Array.prototype[1];
is((function (a) { a = 7; return $$slice(arguments, 0).join(); })(1, 2), '7,2', 'mapped arguments');
is((function () { 'use strict'; return $$slice(arguments, 1).join(); })(1, 2, 3), '2,3', 'arguments');
is((function () { arguments.length = 9; return $$slice(arguments, 1).length; })(1, 2), 8, 'arguments changed');
is($$slice([1, 2], 5).length, 0, 'behind the end');
for (var long = [], i = 0; i < 3000; i++)
    long[i] = i;
is($$pushall([-1], long)[3000], 2999, 'long');
is($$all(long).length, 3000, 'long');

is($$call(function () { return this + arguments.length; }, 'x', 1, 2, 3), 'x3', 'call');
throws(TypeError, 'call of nothing', function () { $$call(undefined, 1); });
var many = [];
for (i = 0; i < 250; i++)
    many.push(i);
// In code of its own: a call of so many arguments.
is((0, eval)('$$call(function () { return arguments.length; }, null, ' + many.join() + ')'), 250, 'a long call');

var o = {};
is($$field(o, 'a', 1), o, 'field answers the object');
is($$field(o, 'a', 2).a, 2, 'field again');
is($$field([], 0, 'x').length, 1, 'an index');
throws(TypeError, 'field of a closed object', function () { $$field(Object.preventExtensions({}), 'a', 1); });
throws(TypeError, 'field that is fixed', function () { $$field(Object.freeze({ a: 1 }), 'a', 1); });
is($$field(Object.create({ set a(v) { throw v; } }), 'a', 3).a, 3, 'no setter runs');
is($$sget({ __proto__: null }, 'x', o), undefined, 'nothing above');
var home = Object.create({ get g() { return this; }, m: 1 });
is($$sget(home, 'g', o), o, 'a getter has the receiver');
is($$sget(home, 'm', o), 1, 'a plain property');
is(Object.keys($$assign({}, { b: 1, 1: 2, a: 3 })).join(), '1,b,a', 'order');
throws(RangeError, 'a getter throws', function () { $$assign({}, { get x() { throw new RangeError(); } }); });
is($$assign({ get x() { return 1; } }, { x: 2 }).x, 2, 'over an accessor');
$$assign(o, o);
is(o.a, 2, 'onto itself');

// Names of private elements that the compiler of the engine makes.
var A = {};
is($$padd(A, $$_n_0123, 1), A, 'a literal name');
is($$pget(A, $$_n_0123), 1, 'read');
is($$pset(A, $$_n_0123, 2) + $$pget(A, $$_n_0123), 4, 'written');
is(Reflect.ownKeys(A).length, 0, 'not seen');
is($$phas(A, $$_n_0124), false, 'another name');
var message = '';
try { $$pget({}, $$_n_0123); } catch (e) { message = e.message; }
is(message, 'Cannot read private member #n an object whose class did not declare it', 'its name');
throws(TypeError, 'not a private name', function () { $$pget(A, 'a'); });
throws(TypeError, 'not a private name', function () { $$pget(A, {}); });
$$padd(A, $$_f_1, []);
for (i = 0; i < 50; i++)
    $$padd(A, $$priv('#x'), i);
is($$pget(A, $$_f_1).length, 0, 'among many');
is(Object.isFrozen(Object.freeze(A)), true, 'frozen');
$$pset(A, $$_f_1, 5);
is($$pget(A, $$_f_1), 5, 'written when frozen');

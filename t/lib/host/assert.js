// assert: what passes and what does not, as Node has it. Of messages only those that are short.
var assert = require('assert');
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function t(f) {
    try {
        f();
        show('passed');
    } catch (e) {
        show(e.name, e.code, e.operator, e.generatedMessage, e.message.split('\n')[0].slice(0, 80), e instanceof assert.AssertionError, e instanceof Error);
    }
}
var err = new TypeError('wrong kind');
function thrower() { throw err; }
[
    function () { assert(true); }, function () { assert(0, 'zero'); }, function () { assert.ok(null, 'nil'); }, function () { assert.ok(); }, function () { assert(false, new RangeError('mine')); },
    function () { assert.equal(1, '1'); }, function () { assert.equal(1, 2); }, function () { assert.equal(NaN, NaN); }, function () { assert.notEqual(1, '1'); }, function () { assert.notEqual(1, 2); },
    function () { assert.strictEqual(1, '1'); }, function () { assert.strictEqual(NaN, NaN); }, function () { assert.strictEqual('a', 'b'); }, function () { assert.strictEqual(1, 2, 'why'); }, function () { assert.notStrictEqual(1, 1); },
    function () { assert.deepEqual({ a: 1 }, { a: '1' }); }, function () { assert.deepEqual([1], { 0: 1 }); }, function () { assert.deepEqual({ a: 1 }, { a: 2 }); }, function () { assert.notDeepEqual({ a: 1 }, { a: '1' }); },
    function () { assert.deepStrictEqual({ a: 1 }, { a: '1' }); }, function () { assert.deepStrictEqual([1, { b: [2] }], [1, { b: [2] }]); }, function () { assert.notDeepStrictEqual({ a: 1 }, { a: 1 }); }, function () { assert.deepEqual(new Set([1]), new Set(['1'])); },
    function () { assert.deepEqual(null, undefined); }, function () { assert.deepEqual(new Date(0), new Date(0)); }, function () { assert.deepEqual(0, -0); }, function () { assert.deepStrictEqual(0, -0); }, function () { assert.deepEqual(4, '4'); },
    function () { assert.fail(); }, function () { assert.fail('boom'); }, function () { assert.fail(new TypeError('given')); }, function () { assert.ifError(null); }, function () { assert.ifError(new Error('e')); }, function () { assert.ifError(0); },
    function () { assert.match('abc', /b/); }, function () { assert.match('abc', /x/); }, function () { assert.doesNotMatch('abc', /b/); }, function () { assert.doesNotMatch('abc', /x/); },
    function () { assert.throws(thrower); }, function () { assert.throws(thrower, TypeError); }, function () { assert.throws(thrower, RangeError); }, function () { assert.throws(thrower, /wrong/); }, function () { assert.throws(thrower, /right/); },
    function () { assert.throws(thrower, { name: 'TypeError', message: 'wrong kind' }); }, function () { assert.throws(thrower, { message: /kind/ }); }, function () { assert.throws(thrower, { code: 'X' }); }, function () { assert.throws(thrower, function (e) { return e === err; }); },
    function () { assert.throws(thrower, function () { return false; }); }, function () { assert.throws(thrower, new TypeError('wrong kind')); }, function () { assert.throws(function () {}); }, function () { assert.throws(function () {}, TypeError); }, function () { assert.throws(function () {}, 'msg'); },
    function () { assert.throws('x'); }, function () { assert.doesNotThrow(function () {}); }, function () { assert.doesNotThrow(thrower); }, function () { assert.strictEqual(1); },
    function () { assert.strict.equal(1, '1'); }, function () { assert.strict.deepEqual([1], ['1']); }, function () { assert.strict(1); }, function () { assert.strict.strict.notEqual(1, '1'); }
].forEach(t);
show(assert.strict !== assert, assert.strict.equal === assert.strictEqual, Object.keys(assert).length > 15);
var own = new assert.AssertionError({ actual: 1, expected: 2, operator: 'strictEqual' });
show(own.message, own.name, own.code, own.actual, own.expected, own.generatedMessage);
try { assert.deepStrictEqual({ a: 1, b: [1, 2] }, { a: 1, b: [1, 3] }); } catch (e) { show(e.message.split('\n').filter(function (l) { return /^[+-] /.test(l); })); }
(async function () {
    await assert.rejects(Promise.reject(err), TypeError);
    await assert.rejects(async function () { throw err; }, /wrong/);
    await assert.doesNotReject(Promise.resolve(1));
    for (var p of [assert.rejects(Promise.resolve(1)), assert.rejects(Promise.reject(err), RangeError), assert.doesNotReject(Promise.reject(err)), assert.rejects(5), assert.rejects(function () {})])
        await p.then(function () { show('passed'); }, function (e) { show(e.name, e.code, e.operator, e.message.split('\n')[0]); });
})();

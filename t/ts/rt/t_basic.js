// Values, iteration, objects.
throws(ReferenceError, 'tdz', function () { $$tdz('x'); });
throws(TypeError, 'const', function () { $$const('x'); });
throws(TypeError, 'roc null', function () { $$roc(null); });
is($$roc(0), 0, 'roc keeps');
is($$key({ toString: function () { return 'k'; } }), 'k', 'key of an object');
is($$key(Symbol.iterator), Symbol.iterator, 'key of a symbol');
is($$key(-0), '0', 'key of -0');
is($$name(function () {}, Symbol.iterator).name, '[Symbol.iterator]', 'name of a symbol');
is(Object.getOwnPropertyDescriptor($$name(function () {}, 'q'), 'name').enumerable, false, 'name hidden');
is($$len(function (a, b) {}, 1).length, 1, 'len');
var tpl = $$tpl(['a', undefined], ['a', '\\u']);
is(Object.isFrozen(tpl) && Object.isFrozen(tpl.raw), true, 'template frozen');
is(Object.keys(tpl).join(), '0,1', 'raw is not enumerable');

function counter(n, log) {
    var i = 0, o = {
        next: function () { return i < n ? { value: i++, done: false } : { value: undefined, done: true }; },
        'return': function () { log.push('return'); return {}; }
    };
    o[Symbol.iterator] = function () { return o; };
    return o;
}
is($$of([1, 2]), undefined, 'a pristine array has no record');
throws(TypeError, 'of undefined', function () { $$of(undefined); });
throws(TypeError, 'of a number', function () { $$of(1); });
throws(TypeError, 'of an object', function () { $$of({}); });
(function () {
    var r = $$of(counter(2, [])), got = [];
    while ($$step(r))
        got.push(r.a[0]);
    is(got.join(), '0,1', 'step');
    is(r.d, true, 'done at the end');
    is($$all('a\ud83d\ude00b').length, 3, 'strings iterate by character');
    is((function () { return $$all(arguments); })(1, 2).join(), '1,2', 'arguments iterate');
    is($$all([1, , 3]).hasOwnProperty(1), true, 'holes become undefined');
})();
(function () {
    var log = [], r = $$of(counter(3, log));
    $$step(r);
    $$close(r);
    $$close(r);
    is(log.join(), 'return', 'close once');
    r = $$of(counter(3, log = []));
    $$step(r);
    throws(RangeError, 'fail rethrows', function () { $$fail(r, new RangeError('x')); });
    is(log.join(), 'return', 'fail closes');
    r = $$of(counter(1, log = []));
    $$step(r);
    $$step(r);
    throws(RangeError, 'fail when done', function () { $$fail(r, new RangeError('x')); });
    is(log.length, 0, 'no close when done');
    var bad = { next: function () { throw new RangeError('n'); }, 'return': function () { log.push('r'); } };
    bad[Symbol.iterator] = function () { return bad; };
    r = $$of(bad);
    try { $$step(r); } catch (e) {
        throws(RangeError, 'error of next', function () { $$fail(r, e); });
    }
    is(log.length, 0, 'errors of next do not close');
    var nonobj = counter(2, []);
    nonobj['return'] = function () { return 1; };
    throws(TypeError, 'return must give an object', function () { r = $$of(nonobj); $$step(r); $$close(r); });
})();
(function () {
    var log = [], a = $$arr(counter(5, log), 2);
    is(a.join(), '0,1', 'arr');
    is(log.join(), 'return', 'short patterns close');
    a = $$arr(counter(1, log = []), 3);
    is(a.length + ' ' + a[2], '3 undefined', 'long patterns fill');
    is(log.length, 0, 'exhausted: not closed');
    var r = $$it([1, 2, 3]);
    is($$next(r), 1, 'next');
    is($$rest(r).join(), '2,3', 'rest');
    is($$next(r), undefined, 'next after the end');
    $$pattern(counter(9, log = []), 7, function (q) { is(this + $$next(q), 7, 'pattern passes this'); });
    is(log.join(), 'return', 'pattern closes');
    is($$pushall($$push([1], 2, 3), [4]).join(), '1,2,3,4', 'push and pushall');
    is($$slice([1, 2, 3], 1).join(), '2,3', 'slice');
    var it = [7][Symbol.iterator](), e = ['x'].entries().next().value;
    is(it[Symbol.iterator]() === it, true, 'array iterators are iterable');
    is(Object.prototype.toString.call(it), '[object Array Iterator]', 'tag');
    is(e[0] + e[1], '0x', 'entries');
    throws(TypeError, 'next on a stranger', function () { it.next.call({}); });
})();
(function () {
    var saved = Array.prototype[Symbol.iterator];
    Array.prototype[Symbol.iterator] = function () { return counter(1, []); };
    is($$all([5, 6]).join(), '0', 'a replaced iterator is used');
    Array.prototype[Symbol.iterator] = saved;
})();

var o = $$assign({ a: 1 }, { b: 2, get c() { return 3; } });
is(JSON.stringify(o), '{"a":1,"b":2,"c":3}', 'assign');
is($$assign(o, null), o, 'assign of null');
is($$assign({}, JSON.parse('{"__proto__":1}')).hasOwnProperty('__proto__'), true, 'assign defines');
is(JSON.stringify($$omit({ a: 1, b: 2, c: 3 }, ['b'])), '{"a":1,"c":3}', 'omit');
throws(TypeError, 'omit null', function () { $$omit(null, []); });
is($$lit({}, { get x() { return 5; } }).x, 5, 'lit copies accessors');
o = $$def($$def({}, 'p', 1, function () { return 1; }), 'p', 2, function () {});
is(Object.getOwnPropertyDescriptor(o, 'p').get.name, 'get p', 'accessor names');
is(typeof Object.getOwnPropertyDescriptor(o, 'p').set, 'function', 'accessors merge');
is($$def({}, 'f', 3, function () {}, true).f.name, 'f', 'named value');
is(Object.getPrototypeOf($$proto({}, null)), null, '__proto__: null');
(function () {
    var base = { get who() { return this.n; }, m: function () { return 'm' + this.n; } };
    var home = Object.create(base), self = { n: 4 };
    is($$sget(home, 'who', self), 4, 'super getter with receiver');
    is($$sget(home, 'm', self).call(self), 'm4', 'super method');
    is($$sset(home, 'z', 1, self), 1, 'super set');
    is(self.hasOwnProperty('z') && !base.hasOwnProperty('z'), true, 'super set goes to the receiver');
    throws(TypeError, 'super set of a getter', function () { $$sset(home, 'who', 1, self); });
})();
(function () {
    var x = 1, ex = {}, star = {}, ns;
    $$export(ex, { x: function () { return x; }, 'default': function () { return 'd'; } });
    x = 2;
    is(ex.x, 2, 'live binding');
    is(Object.keys(ex).join(), 'x,default', '__esModule is not enumerable');
    $$star(star, ex);
    is(Object.keys(star).join(), 'x', 'export * without default');
    is($$ns(ex), ex, 'namespace of an ES module');
    ns = $$ns({ a: 1 });
    is(ns.a + JSON.stringify(ns['default']), '1{"a":1}', 'namespace of CommonJS');
    $$import(function (s) { return { s: s }; }, 'q').then(function (m) { is(m.s, 'q', 'import'); });
    $$import(function () { throw new RangeError('r'); }, 'q').then(null, function (e) {
        is(e instanceof RangeError, true, 'import rejects');
    });
})();

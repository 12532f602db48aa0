// Generators, async functions, async generators.
function take(g) {
    var out = [], x;
    while (!(x = g.next()).done)
        out.push(x.value);
    return out.join();
}
var g1 = $$gen(function g1(n) { return function () { for (var i = 0; i < n; i++) $$yield(i); return 'end'; }; });
is(take(g1(3)), '0,1,2', 'yields');
is(g1.name + g1.length, 'g11', 'name and length');
throws(TypeError, 'generators are no constructors', function () { new g1(1); });
is(Object.getPrototypeOf(g1(1)) === g1.prototype, true, 'prototype');
is(Object.prototype.toString.call(g1(1)), '[object Generator]', 'tag');
is(g1(1)[Symbol.iterator]().next().value, 0, 'iterable');
is($$all(g1(2)).join(), '0,1', 'spread of a generator');
var g = g1(0);
is(JSON.stringify(g.next()) + JSON.stringify(g.next()), '{"value":"end","done":true}{"done":true}', 'end');
var g2 = $$gen(function () {
    return function () {
        var got = [];
        try {
            got.push($$yield(1));
            got.push($$yield(2));
        } catch (e) {
            $$sent(e);
            got.push('caught ' + e);
            $$yield('c');
        } finally {
            got.push('finally');
            is($$yield(got.join()), 'in finally', 'yield in finally');
        }
        return 'never after return';
    };
});
g = g2();
g.next();
is(g.next('a').value, 2, 'sent in');
is(g['throw']('E').value, 'c', 'throw is caught');
g = g2();
g.next();
var x = g['return'](5);
is(x.value + ' ' + x.done, 'finally false', 'return runs finally, which yields');
x = g.next('in finally');
is(x.value + ' ' + x.done, '5 true', 'and then returns');
g = g2();
is(JSON.stringify(g['return'](4)), '{"value":4,"done":true}', 'return at the start');
g = g2();
throws(RangeError, 'throw at the start', function () { g['throw'](new RangeError('x')); });
is(g.next().done, true, 'and then done');
var self = $$gen(function () { return function () { self.g.next(); }; });
self.g = self();
throws(TypeError, 'running already', function () { self.g.next(); });
throws(TypeError, 'not a generator', function () { g.next.call({}); });
throws(SyntaxError, 'errors of parameters come at the call', $$gen(function () { throw new SyntaxError('p'); }));
var inner = $$gen(function () { return function () { try { $$yield('i1'); $$yield('i2'); } finally { log.push('closed'); } return 'r'; }; });
var log = [];
var outer = $$gen(function () { return function () { log.push($$yieldstar(inner())); $$yieldstar([7, 8]); }; });
is(take(outer()), 'i1,i2,7,8', 'yield*');
is(log.join(), 'closed,r', 'value of yield*');
log = [];
g = outer();
g.next();
x = g['return']('R');
is(log.join() + x.value + x.done, 'closedRtrue', 'return through yield*');
// many at once, in any order
var gs = [], i;
for (i = 0; i < 200; i++) {
    gs.push(g1(3));
    gs[i].next();
}
for (i = 199; i >= 0; i--)
    is(gs[i].next().value, 1, 'interleaved ' + i);
// for-of over a generator, left early
(function () {
    var closed = 0, gen = $$gen(function () {
        return function () { try { for (;;) $$yield(1); } finally { closed++; } };
    }), r = $$of(gen());
    $$step(r);
    $$close(r);
    is(closed, 1, 'break runs finally');
})();

// what a body yields that is not ours goes to whoever resumed the whole
(function () {
    var T = R.host.Thread, token = {}, out = [];
    var asks = $$gen(function () {
        return function () {
            $$yield(T.yield(token));
            try {
                T.yield(token);
            } catch (e) {
                $$sent(e);
                $$yield('no yield here: ' + (e instanceof Error));
            }
        };
    });
    var t = new T(function () {
        var g = asks();
        out.push(g.next().value);
        [1].map(function () { out.push(g.next().value); });
        return 'end';
    });
    is(T.resume(t) === token, true, 'handed on');
    is(T.resume(t, 'answer'), 'end', 'and back');
    is(out.join(), 'answer,no yield here: true', 'errors of handing on come at the yield');
})();

var order = [];
var f = $$async(function f(a, b) { order.push('in'); var v = $$await(a); order.push(v); return v + b; }, 2);
is(f.name + f.length, 'f2', 'async name and length');
f(1, 2).then(function (v) { order.push('done ' + v); });
order.push('after');
run();
is(order.join(), 'in,after,1,done 3', 'async order');
function rejects(type, what, p) {
    p.then(function () { is(1, 0, what); }, function (e) { is(e instanceof type, true, what); });
}
// by the number of parameters, and with a list; waiting and not
(function () {
    function list() {
        return [this].concat([].slice.call(arguments)).join();
    }
    function waits(a, b, c) {
        $$await(0);
        return [this, a, b, c].join();
    }
    for (var n = -1; n < 6; n++) {
        $$async(list, n, true).call('s', 1, 2, 3, 4).then(function (m, v) {
            is(v, m < 0 || m > 3 ? 's,1,2,3,4' : 's,1,2,3,4'.slice(0, 1 + 2 * m), 'arguments ' + m);
        }.bind(null, n));
        $$async(waits, n < 3 ? -1 : n).call('s', 1, 2).then(function (m, v) {
            is(v, 's,1,2,', 'parameters ' + m);
        }.bind(null, n));
    }
})();
rejects(RangeError, 'parameters reject', $$async(function () { throw new RangeError('p'); })());
rejects(RangeError, 'body rejects', $$async(function () { throw new RangeError('p'); }, 0, true)());
rejects(RangeError, 'await rejects', $$async(function () { $$await(Promise.reject(new RangeError('q'))); })());
$$async(function () {
    try { $$await(Promise.reject(6)); } catch (e) { return e; }
})().then(function (v) { is(v, 6, 'await in try'); });
// ticks: await takes one turn, as the standard has it
order = [];
$$async(function () { $$await(undefined); order.push('a1'); $$await(undefined); order.push('a2'); })();
Promise.resolve().then(function () { order.push('p1'); }).then(function () { order.push('p2'); });
run();
is(order.join(), 'a1,p1,a2,p2', 'one turn for an await');

var ag = $$asyncgen(function ag(n) { return function () { for (var k = 0; k < n; k++) $$yield(Promise.resolve(k)); return $$await('fin'); }; });
order = [];
g = ag(2);
g.next().then(function (r) { order.push(JSON.stringify(r)); });
g.next().then(function (r) { order.push(JSON.stringify(r)); });
g.next().then(function (r) { order.push(JSON.stringify(r)); });
g.next().then(function (r) { order.push(JSON.stringify(r)); });
run();
is(order.join(), '{"value":0,"done":false},{"value":1,"done":false},{"value":"fin","done":true},{"done":true}', 'queue of requests');
is(Object.prototype.toString.call(g), '[object AsyncGenerator]', 'async tag');
is(g[Symbol.asyncIterator]() === g, true, 'async iterable');
ag(1)['return'](Promise.resolve(9)).then(function (r) { is(r.value + ' ' + r.done, '9 true', 'return at the start awaits'); });
rejects(TypeError, 'async next on a stranger', g.next.call({}));
// for await, over an async generator, an array of promises, left early
function forAwait(v, limit) {
    return $$async(function () {
        var r = $$aof(v), out = [];
        try {
            while ($$astep(r)) {
                out.push(r.a[0]);
                if (out.length === limit)
                    break;
            }
        } catch (e) {
            $$afail(r, e);
        }
        $$aclose(r);
        return out.join();
    })();
}
forAwait(ag(3)).then(function (v) { is(v, '0,1,2', 'for await'); });
forAwait([Promise.resolve(1), 2]).then(function (v) { is(v, '1,2', 'for await over an array'); });
var ended = 0;
var endless = $$asyncgen(function () { return function () { try { for (;;) $$yield(4); } finally { ended++; } }; });
forAwait(endless(), 2).then(function (v) { is(v + ended, '4,41', 'for await and break'); });
rejects(RangeError, 'for await over a rejection', forAwait([Promise.reject(new RangeError('z'))]));
var star = $$asyncgen(function () { return function () { var v = $$yieldstar(ag(2)); $$yield(v); $$yieldstar([5]); }; });
forAwait(star()).then(function (v) { is(v, '0,1,fin,5', 'async yield*'); });
run();
is(ended, 1, 'closed once');

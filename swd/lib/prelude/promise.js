// The combinators of Promise and finally(): N promise.c's natives, G the helpers of generated code
// (ts/rt).
(function (N, G) {
    'use strict';
    var apply = G.apply, isObject = G.isObject, anonymous = N.anonymous;
    var it = G.global.$$it, step = G.global.$$step, fail = G.global.$$fail;

    function thenFinally(C, fn, rejected) {
        return anonymous(function (v) {
            var p = N.resolved(C, fn());
            return p.then(anonymous(rejected ? function () { throw v; } : function () { return v; }));
        });
    }

    // Walks the iterable; each(promise, index, next) for each C.resolve(value), end() after the last.
    function combine(C, iterable, setup) {
        var cap = N.capability(C), r, resolve_, i = 0, plan;
        try {
            resolve_ = C.resolve;
            if (typeof resolve_ !== 'function')
                throw new TypeError('Promise resolve or reject function is not callable');
            r = it(iterable);
        } catch (e) {
            (0, cap.reject)(e);
            return cap.promise;
        }
        plan = setup(cap);
        try {
            while (step(r))
                plan.each(apply(resolve_, C, [r.a[0]]), i++);
            if (plan.end)
                plan.end();
        } catch (e) {
            try {
                fail(r, e);
            } catch (e2) {
                (0, cap.reject)(e2);
            }
        }
        return cap.promise;
    }

    // Collects one value a promise; `settle` is told all of them after the last.
    function collector(settle) {
        var values = [], left = 1;
        function put(i, v) {
            N.put(values, i, v);
            if (--left === 0)
                settle(values);
        }
        return {
            slot(i, wrap) {
                var state = { done: false };
                left++;
                N.put(values, i, undefined);
                return this.once(state, i, wrap);
            },
            once(state, i, wrap) {
                return anonymous(function (v) {
                    if (state.done)
                        return;
                    state.done = true;
                    put(i, wrap ? wrap(v) : v);
                });
            },
            pair(i, a, b) {
                var state = { done: false };
                left++;
                N.put(values, i, undefined);
                return [this.once(state, i, a), this.once(state, i, b)];
            },
            end() {
                if (--left === 0)
                    settle(values);
            }
        };
    }

    return {
        "finally"(onFinally) {
            var C;
            if (!isObject(this))
                throw new TypeError('Promise.prototype.finally called on a non-object');
            C = N.species(this);
            if (typeof onFinally !== 'function')
                return this.then(onFinally, onFinally);
            return this.then(thenFinally(C, onFinally, false), thenFinally(C, onFinally, true));
        },
        all(iterable) {
            return combine(this, iterable, function (cap) {
                var c = collector(cap.resolve);
                return {
                    each: function (p, i) {
                        p.then(c.slot(i), cap.reject);
                    },
                    end: c.end
                };
            });
        },
        allSettled(iterable) {
            return combine(this, iterable, function (cap) {
                var c = collector(cap.resolve);
                return {
                    each: function (p, i) {
                        var fns = c.pair(i, function (v) {
                            return { status: 'fulfilled', value: v };
                        }, function (e) {
                            return { status: 'rejected', reason: e };
                        });
                        p.then(fns[0], fns[1]);
                    },
                    end: c.end
                };
            });
        },
        any(iterable) {
            return combine(this, iterable, function (cap) {
                var c = collector(function (errors) {
                    (0, cap.reject)(N.aggregate(errors, 'All promises were rejected'));
                });
                return {
                    each: function (p, i) {
                        p.then(cap.resolve, c.slot(i));
                    },
                    end: c.end
                };
            });
        },
        race(iterable) {
            return combine(this, iterable, function (cap) {
                return {
                    each: function (p) {
                        p.then(cap.resolve, cap.reject);
                    }
                };
            });
        }
    };
})

// Promise, as ECMAScript 2023 has it (and withResolvers). Reactions run as jobs of the event loop,
// called from JavaScript, so that they may suspend the runner or resume a coroutine.
//
// The state of a promise is a record under a hidden key: s 0 pending, 1 fulfilled, 2 rejected;
// v the value; q the reactions waiting; h handled; p the promise. `core` is the event loop, N
// promise.c's natives, G the helpers of generated code (ts/rt).
(function (core, N, G) {
    'use strict';
    var K = N.key, job = core.job, apply = G.apply;
    var it = G.global.$$it, step = G.global.$$step, fail = G.global.$$fail;
    var create = Object.create, defineProperty = Object.defineProperty;
    var species = Symbol.species, tag = Symbol.toStringTag;
    var unhandled = [];
    var proto;

    function isObject(v) {
        return v !== null && (typeof v === 'object' || typeof v === 'function');
    }

    function recordOf(p, what) {
        var r = isObject(p) ? p[K] : undefined;
        if (!r || r.p !== p)
            throw new TypeError('Method Promise.prototype.' + what + ' called on incompatible receiver ' +
                N.show(p));
        return r;
    }

    function make(p) {
        var r = { s: 0, v: undefined, q: null, h: false, told: false, p: p };
        p[K] = r;
        return r;
    }

    function fresh() {
        return make(create(proto));
    }

    // ---- settling ----

    function wake(r, q) {
        var i;
        if (q === null)
            return;
        if (q.length === undefined) {
            job(react, q, r);
            return;
        }
        for (i = 0; i < q.length; i++)
            job(react, q[i], r);
    }

    function fulfil(r, v) {
        var q = r.q;
        r.s = 1;
        r.v = v;
        r.q = null;
        wake(r, q);
    }

    function reject(r, v) {
        var q = r.q;
        r.s = 2;
        r.v = v;
        r.q = null;
        if (!r.h)
            unhandled.push(r);
        wake(r, q);
    }

    function resolve(r, v) {
        var then;
        if (v === r.p) {
            reject(r, new TypeError('Chaining cycle detected for promise #<Promise>'));
            return;
        }
        if (!isObject(v)) {
            fulfil(r, v);
            return;
        }
        try {
            then = v.then;
        } catch (e) {
            reject(r, e);
            return;
        }
        if (typeof then === 'function')
            job(adopt, r, { v: v, then: then });
        else
            fulfil(r, v);
    }

    // The job that follows a thenable. One of ours is followed without resolving functions.
    function adopt(r, t) {
        var theirs = t.v[K], fns;
        if (t.then === proto.then && theirs && theirs.p === t.v) {
            follow(theirs, { f: undefined, r: undefined, c: r, cap: null });
            return;
        }
        fns = resolvers(r);
        try {
            apply(t.then, t.v, [fns.resolve, fns.reject]);
        } catch (e) {
            fns.reject(e);
        }
    }

    function resolvers(r) {
        var done = false;
        return {
            resolve: N.anonymous(function (v) {
                if (done)
                    return;
                done = true;
                resolve(r, v);
            }),
            reject: N.anonymous(function (e) {
                if (done)
                    return;
                done = true;
                reject(r, e);
            })
        };
    }

    // ---- reactions ----

    function react(q, r) {
        var handler = r.s === 1 ? q.f : q.r, v = r.v, ok = r.s === 1;
        if (typeof handler === 'function') {
            try {
                v = handler(v);
                ok = true;
            } catch (e) {
                v = e;
                ok = false;
            }
        }
        if (q.c !== null) {
            if (ok)
                resolve(q.c, v);
            else
                reject(q.c, v);
        } else if (q.cap !== null) {
            (0, ok ? q.cap.resolve : q.cap.reject)(v);
        }
    }

    function follow(r, q) {
        if (r.s === 0) {
            if (r.q === null)
                r.q = q;
            else if (r.q.length === undefined)
                r.q = [r.q, q];
            else
                r.q.push(q);
        } else {
            if (r.s === 2 && !r.h && r.told)
                N.handled(r.p);
            job(react, q, r);
        }
        r.h = true;
    }

    // ---- capabilities ----

    function isConstructor(C) {
        return typeof C === 'function' && N.isConstructor(C);
    }

    function capability(C) {
        var cap, r, fns;
        if (C === Promise) {
            r = fresh();
            fns = resolvers(r);
            return { promise: r.p, resolve: fns.resolve, reject: fns.reject };
        }
        if (!isConstructor(C))
            throw new TypeError(N.show(C) + ' is not a constructor');
        cap = { promise: undefined, resolve: undefined, reject: undefined };
        cap.promise = new C(N.anonymous(function (resolve_, reject_) {
            if (cap.resolve !== undefined || cap.reject !== undefined)
                throw new TypeError('Promise executor has already been invoked with non-undefined arguments');
            cap.resolve = resolve_;
            cap.reject = reject_;
        }));
        if (typeof cap.resolve !== 'function' || typeof cap.reject !== 'function')
            throw new TypeError('Promise resolve or reject function is not callable');
        return cap;
    }

    function speciesOf(p) {
        var C = p.constructor, S;
        if (C === undefined || C === Promise)
            return Promise;
        if (!isObject(C))
            throw new TypeError('The .constructor property is not an object');
        S = C[species];
        if (S === undefined || S === null)
            return Promise;
        if (!isConstructor(S))
            throw new TypeError('object.constructor[Symbol.species] is not a constructor');
        return S;
    }

    // PromiseResolve(C, v).
    function promiseResolve(C, v) {
        var r, cap;
        if (isObject(v) && v[K] && v[K].p === v && v.constructor === C)
            return v;
        if (C === Promise) {
            r = fresh();
            resolve(r, v);
            return r.p;
        }
        cap = capability(C);
        (0, cap.resolve)(v);
        return cap.promise;
    }

    // ---- the constructor ----

    function Promise(executor) {
        var r, fns;
        if (!isObject(this) || !(this instanceof Promise) || this[K] && this[K].p === this)
            throw new TypeError("Promise constructor cannot be invoked without 'new'");
        if (typeof executor !== 'function')
            throw new TypeError('Promise resolver ' + N.show(executor) + ' is not a function');
        r = make(this);
        fns = resolvers(r);
        try {
            executor(fns.resolve, fns.reject);
        } catch (e) {
            (0, fns.reject)(e);
        }
    }
    proto = Promise.prototype;

    function thenFinally(C, fn, rejected) {
        return N.anonymous(function (v) {
            var p = promiseResolve(C, fn());
            return p.then(N.anonymous(rejected ? function () { throw v; } : function () { return v; }));
        });
    }

    var methods = {
        then(onFulfilled, onRejected) {
            var r = recordOf(this, 'then'), C, q, child;
            C = speciesOf(this);
            q = { f: onFulfilled, r: onRejected, c: null, cap: null };
            if (C === Promise) {
                child = q.c = fresh();
                follow(r, q);
                return child.p;
            }
            q.cap = capability(C);
            follow(r, q);
            return q.cap.promise;
        },
        "catch"(onRejected) {
            return this.then(undefined, onRejected);
        },
        "finally"(onFinally) {
            var C;
            if (!isObject(this))
                throw new TypeError('Promise.prototype.finally called on a non-object');
            C = speciesOf(this);
            if (typeof onFinally !== 'function')
                return this.then(onFinally, onFinally);
            return this.then(thenFinally(C, onFinally, false), thenFinally(C, onFinally, true));
        }
    };

    // ---- combinators ----

    // Walks the iterable; each(promise, index, next) for each C.resolve(value), end() after the last.
    function combine(C, iterable, setup) {
        var cap = capability(C), r, resolve_, i = 0, plan;
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
                return N.anonymous(function (v) {
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

    var statics = {
        resolve(v) {
            if (!isObject(this))
                throw new TypeError('PromiseResolve called on non-object');
            return promiseResolve(this, v);
        },
        reject(e) {
            var cap = capability(this);
            (0, cap.reject)(e);
            return cap.promise;
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
        },
        withResolvers() {
            var cap = capability(this);
            return { promise: cap.promise, resolve: cap.resolve, reject: cap.reject };
        }
    };

    function define(to, from) {
        Object.keys(from).forEach(function (name) {
            defineProperty(to, name, { value: from[name], writable: true, configurable: true });
        });
    }
    define(proto, methods);
    define(Promise, statics);
    defineProperty(Promise, 'prototype', { writable: false });
    defineProperty(proto, tag, { value: 'Promise', configurable: true });
    if (species)
        defineProperty(Promise, species, {
            get: N.named({ m() { return this; } }.m, 'get [Symbol.species]'),
            configurable: true
        });

    // ---- rejections that nobody handled ----

    core.setAfterJobs(function () {
        var list, i, r;
        while (unhandled.length) {
            list = unhandled;
            unhandled = [];
            for (i = 0; i < list.length; i++) {
                r = list[i];
                if (r.h)
                    continue;
                r.told = true;
                N.unhandled(r.v, r.p);
            }
        }
    });

    return {
        Promise: Promise,
        // What generated code needs (ts/rt/async.js).
        make: function () {
            return capability(Promise);
        },
        resolve: function (v) {
            return promiseResolve(Promise, v);
        },
        then: function (p, f, g) {
            follow(p[K], { f: f, r: g, c: null, cap: null });
        },
        // Calls f with what p is fulfilled with; a rejection goes unhandled.
        watch: function (p, f) {
            follow(p[K], { f: f, r: undefined, c: fresh(), cap: null });
        }
    };
})

// Runtime helpers: async functions, async generators, for-await (doc/ts.md, Generators and async).
//
// Promises are the embedder's, by nine helpers, opcodes where they are the engine's own
// (engine/duk_promise.h): $$pnew() one that is pending, $$pres(p, v) and $$prej(p, e) settle it,
// $$pof(v) is PromiseResolve(%Promise%, v) and may throw, $$pthen(p, f, g) is PerformPromiseThen
// without a result, $$pawait(st, v) has the first function given to host.fast.driver() called
// with st, 0 or 1, and what v comes to, $$pwait(v) the second with the running coroutine in the
// place of st; $$ares(v) and $$arej(e) are $$pnew() and $$pres() or $$prej(). All of them from a job, as
// compiled JavaScript, so that they may resume a coroutine. R.host.promises() makes them, if they are
// not there.
(function (R) {
    'use strict';
    var apply = R.apply, none = R.none, isObject = R.isObject, show = R.show;
    var run = R.run, suspend = R.suspend;
    var Thread = R.host.Thread, resume = Thread.resume, yield_ = Thread.yield;
    var create = Object.create;
    var NEXT = 0, THROW = 1, RETURN = 2;
    var QUEUE = R.hidden('asyncgenerator'), SYNC = R.hidden('fromsync');
    var asyncIterator = Symbol.asyncIterator || Symbol('Symbol.asyncIterator');

    if (!Symbol.asyncIterator)
        Object.defineProperty(Symbol, 'asyncIterator', { value: asyncIterator });

    // ---- await ----

    // In the body of an async generator; and in whatever awaits.
    function await_(st, v) {
        $$pawait(st, v);
        st.k = 4;
        yield_();
        if (st.m === 1)
            throw st.x;
        return st.x;
    }
    R.await = function (v) {
        var st = $$cur();
        if (st !== undefined)
            return await_(st, v);
        $$pwait(v);
        return yield_();
    };
    R.def('$$await', R.await);

    // Runs the body of an async generator until it has something other than an await to tell.
    function drive(st, m, x) {
        st.m = m;
        st.x = x;
        run(st);
        if (st.k !== 4)
            st.async(st);
    }
    R.drive = drive;
    R.host.promises();

    function makeState(body, told) {
        var st = R.makeState(body);
        st.async = told;
        return st;
    }

    // ---- async functions ----

    var asyncFunctionProto = create(Function.prototype);
    R.fixed(asyncFunctionProto, Symbol.toStringTag, 'AsyncFunction');

    R.maker('AsyncFunction', 1, asyncFunctionProto);

    // A body runs on a coroutine from the pool: its main function takes box after box, [promise,
    // function, this, a, b, c] or [promise, function, this, arguments], and tells DONE.
    var OVER = {}, idle = [], IDLE_MAX = 64;

    function main(box) {
        for (;;) {
            try {
                $$pres(box[0], box.length === 4 ? apply(box[1], box[2], box[3])
                    : $$call(box[1], box[2], box[3], box[4], box[5]));
            } catch (e) {
                $$prej(box[0], e);
            }
            box.length = 0;
            box = yield_(OVER);
        }
    }
    // The coroutine told something other than an await.
    function tell(t, x) {
        if (x !== OVER)
            x = R.handOn(t, x, OVER);
        if (x === OVER && idle.length < IDLE_MAX)
            idle[idle.length] = t;
    }
    function begin(box) {
        var before = $$cur(), p = box[0], n = idle.length, t, x;
        if (n === 0) {
            t = new Thread(main);
        } else {
            t = idle[n - 1];
            idle.length = n - 1;
        }
        $$setcur(undefined);
        try {
            x = resume(t, box);
            if (x !== undefined)
                tell(t, x);
        } catch (e) {
            // Not the body's error (main catches those): the coroutine itself is lost.
            $$setcur(before);
            $$prej(p, e);
        }
        $$setcur(before);
        return p;
    }
    function go(t, threw, v) {
        var x = resume(t, v, threw === 1);
        if (x !== undefined)
            tell(t, x);
    }
    R.go = go;
    R.host.fast.driver(drive, go);

    // Wrappers by the number of parameters: a list of arguments costs more than all the rest. Those of
    // functions that never wait call them where they are.
    var waiting = [
        function (f) { return { m() { return begin([$$pnew(), f, this, 0, 0, 0]); } }.m; },
        function (f) { return { m(a) { return begin([$$pnew(), f, this, a, 0, 0]); } }.m; },
        function (f) { return { m(a, b) { return begin([$$pnew(), f, this, a, b, 0]); } }.m; },
        function (f) { return { m(a, b, c) { return begin([$$pnew(), f, this, a, b, c]); } }.m; },
        function (f) { return { m() { return begin([$$pnew(), f, this, arguments]); } }.m; }
    ];
    var plain = [
        function (f) {
            return { m() { try { return $$ares($$call(f, this)); } catch (e) { return $$arej(e); } } }.m;
        },
        function (f) {
            return { m(a) { try { return $$ares($$call(f, this, a)); } catch (e) { return $$arej(e); } } }.m;
        },
        function (f) {
            return {
                m(a, b) { try { return $$ares($$call(f, this, a, b)); } catch (e) { return $$arej(e); } }
            }.m;
        },
        function (f) {
            return {
                m(a, b, c) {
                    try { return $$ares($$call(f, this, a, b, c)); } catch (e) { return $$arej(e); }
                }
            }.m;
        },
        function (f) {
            return {
                m() { try { return $$ares(apply(f, this, arguments)); } catch (e) { return $$arej(e); } }
            }.m;
        }
    ];

    R.def('$$async', function (f, n, never) {
        var kinds = never ? plain : waiting;
        return R.wrap((0, kinds[n >= 0 && n < 4 ? n : 4])(f), f, asyncFunctionProto, undefined);
    });

    // ---- async generators ----

    var START = 0, SUSPENDED = 1, RUNNING = 2, DONE = 3, RETURNING = 4;
    var asyncIteratorProto = {};
    var asyncGeneratorFunctionProto = create(Function.prototype);
    var asyncGeneratorProto;
    R.member(asyncIteratorProto, asyncIterator, R.name({ m() { return this; } }.m, asyncIterator));
    R.asyncIteratorProto = asyncIteratorProto;
    asyncGeneratorProto = create(asyncIteratorProto);
    R.fixed(asyncGeneratorFunctionProto, Symbol.toStringTag, 'AsyncGeneratorFunction');
    R.fixed(asyncGeneratorFunctionProto, 'prototype', asyncGeneratorProto);
    R.fixed(asyncGeneratorProto, 'constructor', asyncGeneratorFunctionProto);
    R.fixed(asyncGeneratorProto, Symbol.toStringTag, 'AsyncGenerator');
    R.maker('AsyncGeneratorFunction', 2, asyncGeneratorFunctionProto);

    // Answers the request at the head of the queue.
    function answer(st, threw, v, done) {
        var req = st.q[0], i;
        for (i = 1; i < st.q.length; i++)
            st.q[i - 1] = st.q[i];
        st.q.length--;
        if (threw)
            $$prej(req.p, v);
        else
            $$pres(req.p, R.result(v, done));
    }

    // A request to return from a generator that is not running: awaits its value first.
    function awaitReturn(st) {
        var p;
        st.s = RETURNING;
        try {
            p = $$pof(st.q[0].x);
        } catch (e) {
            finishReturn(st, true, e);
            return;
        }
        $$pthen(p, function (v) {
            finishReturn(st, false, v);
        }, function (e) {
            finishReturn(st, true, e);
        });
    }
    function finishReturn(st, threw, v) {
        st.s = DONE;
        answer(st, threw, v, true);
        drain(st);
    }

    function drain(st) {
        var req;
        while (st.q.length > 0) {
            req = st.q[0];
            if (req.m === RETURN) {
                awaitReturn(st);
                return;
            }
            answer(st, req.m === THROW, req.m === THROW ? req.x : undefined, true);
        }
    }

    // What a body of an async generator told: a value, its end, an error.
    function told(st) {
        var v = st.v, k = st.k, req;
        st.v = st.x = undefined;
        if (k !== R.YIELDED) {
            st.s = DONE;
            answer(st, k === R.THREW, v, true);
            drain(st);
            return;
        }
        st.s = SUSPENDED;
        answer(st, false, v, false);
        if (st.q.length > 0 && st.s === SUSPENDED) {
            req = st.q[0];
            st.s = RUNNING;
            drive(st, req.m, req.x);
        }
    }

    function request(self, m, x) {
        var p = $$pnew(), st = isObject(self) ? self[QUEUE] : undefined;
        if (st === undefined || st.o !== self) {
            $$prej(p, new TypeError('next method called on incompatible receiver ' + show(self)));
            return p;
        }
        st.q[st.q.length] = { m: m, x: x, p: p };
        if (st.s === START && m !== NEXT) {
            st.s = DONE;
            st.body = undefined;
        }
        if (st.s === DONE) {
            drain(st);
        } else if (st.s === START || st.s === SUSPENDED) {
            st.s = RUNNING;
            drive(st, m, x);
        }
        return p;
    }
    var methods = {
        next(v) { return request(this, NEXT, v); },
        'return'(v) { return request(this, RETURN, v); },
        'throw'(e) { return request(this, THROW, e); }
    };
    R.member(asyncGeneratorProto, 'next', methods.next);
    R.member(asyncGeneratorProto, 'return', R.name(methods['return'], 'return'));
    R.member(asyncGeneratorProto, 'throw', R.name(methods['throw'], 'throw'));

    R.def('$$asyncgen', function (f) {
        var W = {
            m() {
                var st = makeState(apply(f, this, arguments), told), proto = W.prototype;
                var o = create(isObject(proto) ? proto : asyncGeneratorProto);
                st.o = o;
                st.q = [];
                o[QUEUE] = st;
                return o;
            }
        }.m;
        return R.wrap(W, f, asyncGeneratorFunctionProto, asyncGeneratorProto);
    });

    // AsyncGeneratorYield of a value already awaited.
    function yieldAwaited(st, v) {
        suspend(st, R.YIELDED, v);
        if (st.m === NEXT)
            return st.x;
        if (st.m === THROW)
            throw st.x;
        throw R.sentinel(await_(st, st.x));
    }
    R.yieldAsync = function (st, v) {
        return yieldAwaited(st, await_(st, v));
    };

    // As yieldAwaited, but tells yield* what came in instead of acting on it.
    function received(st, v) {
        suspend(st, R.YIELDED, v);
        if (st.m === RETURN) {
            try {
                st.x = await_(st, st.x);
                st.m = RETURN;
            } catch (e) {
                st.m = THROW;
                st.x = e;
            }
        }
    }

    R.delegateAsync = function (st, v) {
        var r = asyncRecord(v), it = r.i, m = NEXT, x, res, f;
        for (;;) {
            if (m === NEXT) {
                res = apply(r.n, it, [x]);
            } else {
                f = m === THROW ? it['throw'] : it['return'];
                if (f === undefined || f === null) {
                    if (m === RETURN)
                        throw R.sentinel(await_(st, x));
                    asyncClose(r);
                    throw new TypeError("The iterator does not provide a 'throw' method");
                }
                res = apply(f, it, [x]);
            }
            res = await_(st, res);
            if (!isObject(res))
                throw new TypeError('Iterator result ' + show(res) + ' is not an object');
            if (res.done) {
                if (m === RETURN)
                    throw R.sentinel(res.value);
                return res.value;
            }
            received(st, res.value);
            m = st.m;
            x = st.x;
        }
    };

    // ---- for await ----

    var fromSyncProto = create(asyncIteratorProto);

    // AsyncFromSyncIteratorContinuation.
    function continuation(res, p, r, closes) {
        var done, v;
        try {
            done = !!res.done;
            v = res.value;
        } catch (e) {
            $$prej(p, e);
            return p;
        }
        try {
            v = $$pof(v);
        } catch (e) {
            if (!done && closes)
                quietClose(r);
            $$prej(p, e);
            return p;
        }
        $$pthen(v, function (x) {
            $$pres(p, R.result(x, done));
        }, function (e) {
            if (!done && closes)
                quietClose(r);
            $$prej(p, e);
        });
        return p;
    }
    function quietClose(r) {
        r.d = false;
        try {
            R.close(r);
        } catch (ignored) {
            // the first error stands
        }
    }

    function syncCall(self, f, args, closes) {
        var p = $$pnew(), r = self[SYNC], res;
        try {
            res = apply(f, r.i, args);
            if (!isObject(res))
                throw new TypeError('Iterator result ' + show(res) + ' is not an object');
        } catch (e) {
            $$prej(p, e);
            return p;
        }
        return continuation(res, p, r, closes);
    }
    function syncMethod(self, name, v, args, missing) {
        var p, f, r = self[SYNC];
        try {
            f = r.i[name];
            if (f === undefined || f === null)
                return missing(r, v);
        } catch (e) {
            p = $$pnew();
            $$prej(p, e);
            return p;
        }
        return syncCall(self, f, args, name === 'throw');
    }
    R.member(fromSyncProto, 'next', {
        next() { return syncCall(this, this[SYNC].n, arguments, true); }
    }.next);
    R.member(fromSyncProto, 'return', function (v) {
        return syncMethod(this, 'return', v, arguments, function (r, value) {
            var p = $$pnew();
            $$pres(p, R.result(value, true));
            return p;
        });
    });
    R.member(fromSyncProto, 'throw', function (v) {
        return syncMethod(this, 'throw', v, arguments, function (r) {
            r.d = false;
            R.close(r);
            throw new TypeError("The iterator does not provide a 'throw' method");
        });
    });

    function asyncRecord(v) {
        var m, it, r;
        if (v === undefined || v === null)
            throw new TypeError(v + ' is not async iterable');
        m = v[asyncIterator];
        if (m === undefined || m === null) {
            r = R.record(v);
            if (typeof r.n !== 'function') {
                r.i = apply(R.arrayValues, r.i, none);
                r.n = r.i.next;
            }
            it = create(fromSyncProto);
            it[SYNC] = r;
        } else {
            if (typeof m !== 'function')
                throw new TypeError(show(v) + ' is not async iterable');
            it = apply(m, v, none);
            if (!isObject(it))
                throw new TypeError('Result of the Symbol.asyncIterator method is not an object');
        }
        return { a: [undefined], i: it, n: it.next, d: false, k: 0 };
    }

    function asyncClose(r) {
        var m, x;
        if (r === undefined || r.d)
            return;
        r.d = true;
        m = r.i['return'];
        if (m === undefined || m === null)
            return;
        x = R.await(apply(m, r.i, none));
        if (!isObject(x))
            throw new TypeError('Iterator result ' + show(x) + ' is not an object');
    }

    R.def('$$aof', asyncRecord);
    R.def('$$astep', function (r) {
        var x;
        r.d = true;
        x = R.await(apply(r.n, r.i, none));
        if (!isObject(x))
            throw new TypeError('Iterator result ' + show(x) + ' is not an object');
        if (x.done)
            return false;
        r.a[0] = x.value;
        r.d = false;
        return true;
    });
    R.def('$$aclose', function (r) {
        asyncClose(r);
    });
    R.def('$$afail', function (r, e) {
        if (r !== undefined && !r.d) {
            if (R.isSentinel(e)) {
                asyncClose(r);
            } else {
                try {
                    asyncClose(r);
                } catch (ignored) {
                    if (R.isSentinel(ignored))
                        throw ignored;
                }
            }
        }
        throw e;
    });
})

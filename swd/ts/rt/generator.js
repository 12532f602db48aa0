// Runtime helpers: coroutines and generators (doc/ts.md, Generators and async).
//
// A body runs on a coroutine from a pool: loop() takes body after body. What runs is described by a
// state `st`: t coroutine, body, s (START, SUSPENDED, RUNNING, DONE), m and x what is sent in, k and
// v what came out. Thread.resume must be called by compiled JavaScript, so everything here is.
// $$cur() is the state whose body runs now, undefined in that of an async function; $$yield and its
// kin act on it. $$cur and $$setcur are opcodes only.
//
// return() is thrown into the body as a sentinel {RETURN: itself, v}; $$sent in every catch clause
// of generators passes it on, and loop() turns it back into a completion.
(function (R) {
    'use strict';
    var apply = R.apply, none = R.none, isObject = R.isObject;
    var Thread = R.host.Thread, resume = Thread.resume, yield_ = Thread.yield;
    var create = Object.create, setPrototypeOf = Object.setPrototypeOf;
    var defineProperty = Object.defineProperty;
    var RETURN = R.hidden('return'), STATE = R.hidden('generator');
    var START = 0, SUSPENDED = 1, RUNNING = 2, DONE = 3;
    var NEXT = 0, THROW = 1, RETURN_MODE = 2;
    var idle = [], idleCount = 0, IDLE_MAX = 64;

    // What a body told last.
    var ENDED = 0, THREW = 1, YIELDED = 2, DELEGATED = 3, AWAITED = 4;
    R.ENDED = ENDED;
    R.THREW = THREW;
    R.YIELDED = YIELDED;
    R.AWAITED = AWAITED;

    function isSentinel(e) {
        return typeof e === 'object' && e !== null && e[RETURN] === e;
    }
    R.isSentinel = isSentinel;
    function sentinel(v) {
        var e = create(null);
        e[RETURN] = e;
        e.v = v;
        return e;
    }
    R.sentinel = sentinel;

    // The main function of every coroutine.
    function loop(st) {
        for (;;) {
            try {
                st.v = (0, st.body)();
                st.k = ENDED;
            } catch (e) {
                if (isSentinel(e)) {
                    st.k = ENDED;
                    st.v = e.v;
                } else {
                    st.k = THREW;
                    st.v = e;
                }
            }
            st.body = undefined;
            st = yield_();
        }
    }

    // What a coroutine yields and is not ours (a require() that waits, see core.js of the library) is
    // handed on to whoever resumed us, and the answer back.
    function handOn(t, x, end) {
        var v, threw;
        while (x !== undefined && x !== end) {
            threw = false;
            try {
                v = yield_(x);
            } catch (e) {
                threw = true;
                v = e;
            }
            x = resume(t, v, threw);
        }
        return x;
    }
    R.handOn = handOn;

    // Runs the body of `st` until it ends, yields or awaits; the outcome is in st.k and st.v.
    function run(st) {
        var before = $$cur(), x;
        if (st.t === undefined)
            st.t = take();
        $$setcur(st);
        try {
            x = resume(st.t, st);
            if (x !== undefined)
                handOn(st.t, x);
        } catch (e) {
            // Not the body's error (loop catches those): the coroutine itself is lost.
            st.k = THREW;
            st.v = e;
            st.t = undefined;
        }
        $$setcur(before);
        if (st.k < 2)
            rest(st);
    }
    R.run = run;

    // After a run: the coroutine of a body that has ended is free for the next one.
    function rest(st) {
        var t = st.t;
        if (st.k > THREW || t === undefined)
            return;
        st.t = undefined;
        if (idleCount < IDLE_MAX)
            idle[idleCount++] = t;
    }
    function take() {
        var t;
        if (idleCount === 0)
            return new Thread(loop);
        t = idle[--idleCount];
        idle[idleCount] = undefined;
        return t;
    }

    // Inside a body: hands `v` out, answers or throws what comes in.
    function suspend(st, k, v) {
        st.k = k;
        st.v = v;
        yield_();
    }
    R.suspend = suspend;

    function makeState(body) {
        return { o: undefined, s: START, body: body, t: undefined, k: 0, v: undefined, m: NEXT,
                 x: undefined, async: undefined, p: undefined };
    }
    R.makeState = makeState;

    // ---- intrinsic objects ----

    var generatorFunctionProto = create(Function.prototype);
    var generatorProto = create(R.iteratorProto);
    R.fixed(generatorFunctionProto, Symbol.toStringTag, 'GeneratorFunction');
    R.fixed(generatorFunctionProto, 'prototype', generatorProto);
    R.fixed(generatorProto, 'constructor', generatorFunctionProto);
    R.fixed(generatorProto, Symbol.toStringTag, 'Generator');

    // The constructors of functions made at run time. `kind` as host.fn has it.
    R.maker = function (name, kind, proto) {
        function MadeFunction() {
            var args = [kind], i;
            for (i = 0; i < arguments.length; i++)
                args[i + 1] = arguments[i];
            return apply(R.host.fn, undefined, args);
        }
        var d = create(null);
        d.value = proto;
        d.writable = false;
        defineProperty(MadeFunction, 'prototype', d);
        R.fixed(MadeFunction, 'name', name);
        R.fixed(MadeFunction, 'length', 1);
        setPrototypeOf(MadeFunction, Function);
        R.fixed(proto, 'constructor', MadeFunction);
    };
    R.maker('GeneratorFunction', 0, generatorFunctionProto);

    // A function for `f` with its name and length; `m` is a method, so no constructor.
    R.wrap = function (m, f, fnProto, objProto) {
        var d;
        setPrototypeOf(m, fnProto);
        R.fixed(m, 'length', f.length);
        R.fixed(m, 'name', R.hasOwn(f, 'name') ? f.name : '');
        if (objProto !== undefined) {
            d = create(null);
            d.value = create(objProto);
            d.writable = true;
            defineProperty(m, 'prototype', d);
        }
        return m;
    };

    // All of next, return and throw but the usual next, which stands below.
    function resumeGenerator(self, m, x) {
        var st = isObject(self) ? self[STATE] : undefined;
        if (st === undefined || st.o !== self)
            throw new TypeError('next method called on incompatible receiver ' + R.show(self));
        if (st.s === RUNNING)
            throw new TypeError('Generator is already running');
        if (st.s === START && m !== NEXT) {
            st.s = DONE;
            st.body = undefined;
        }
        if (st.s === DONE) {
            if (m === THROW)
                throw x;
            return { value: m === RETURN_MODE ? x : undefined, done: true };
        }
        st.s = RUNNING;
        st.m = m;
        st.x = x;
        run(st);
        return outcome(st);
    }
    function outcome(st) {
        var v = st.v;
        st.x = st.v = undefined;
        if (st.k === YIELDED) {
            st.s = SUSPENDED;
            return { value: v, done: false };
        }
        if (st.k === DELEGATED) {
            st.s = SUSPENDED;
            return v;
        }
        st.s = DONE;
        if (st.k === THREW)
            throw v;
        return { value: v, done: true };
    }
    var methods = {
        // Numbers for names, and run() spelled out: variables of the file are slow in Duktape.
        next(v) {
            var st, before, x;
            if (typeof this !== 'object' || this === null || (st = this[STATE]) === undefined ||
                st.o !== this || st.s > 1)
                return resumeGenerator(this, 0, v);
            if (st.s === 0)
                st.t = take();
            st.s = 2;
            st.m = 0;
            st.x = v;
            before = $$cur();
            $$setcur(st);
            try {
                x = resume(st.t, st);
                if (x !== undefined)
                    handOn(st.t, x);
            } catch (e) {
                st.k = 1;
                st.v = e;
                st.t = undefined;
            }
            $$setcur(before);
            if (st.k !== 2) {
                rest(st);
                return outcome(st);
            }
            st.s = 1;
            v = st.v;
            st.v = undefined;
            return { value: v, done: false };
        },
        'return'(v) { return resumeGenerator(this, RETURN_MODE, v); },
        'throw'(e) { return resumeGenerator(this, THROW, e); }
    };
    R.member(generatorProto, 'next', methods.next);
    R.member(generatorProto, 'return', R.name(methods['return'], 'return'));
    R.member(generatorProto, 'throw', R.name(methods['throw'], 'throw'));

    R.def('$$gen', function (f) {
        var W = {
            m() {
                var proto = W.prototype, o, body = apply(f, this, arguments);
                if ((typeof proto !== 'object' || proto === null) && typeof proto !== 'function')
                    proto = generatorProto;
                o = create(proto);
                o[STATE] = { o: o, s: 0, body: body, t: undefined, k: 0, v: undefined, m: 0,
                             x: undefined };
                return o;
            }
        }.m;
        return R.wrap(W, f, generatorFunctionProto, generatorProto);
    });

    R.def('$$sent', function (e) {
        if (isSentinel(e))
            throw e;
    });

    R.def('$$yield', function (v) {
        var st = $$cur();
        if (st.async !== undefined)
            return R.yieldAsync(st, v);
        st.k = 2;
        st.v = v;
        yield_();
        if (st.m === 0)
            return st.x;
        if (st.m === 1)
            throw st.x;
        throw sentinel(st.x);
    });

    function delegate(st, v) {
        var r = R.record(v), it, m = NEXT, x, res, f;
        it = r.i;
        if (typeof r.n !== 'function') {
            // A pristine array: its iterator made visible, as the standard walks it.
            it = apply(R.arrayValues, r.i, none);
            r.n = it.next;
            r.i = it;
        }
        for (;;) {
            if (m === NEXT) {
                res = apply(r.n, it, [x]);
            } else {
                f = m === THROW ? it['throw'] : it['return'];
                if (f === undefined || f === null) {
                    if (m === RETURN_MODE)
                        throw sentinel(x);
                    R.close(r);
                    throw new TypeError("The iterator does not provide a 'throw' method");
                }
                res = apply(f, it, [x]);
            }
            if (!isObject(res))
                throw new TypeError('Iterator result ' + R.show(res) + ' is not an object');
            if (res.done) {
                if (m === RETURN_MODE)
                    throw sentinel(res.value);
                return res.value;
            }
            suspend(st, DELEGATED, res);
            m = st.m;
            x = st.x;
        }
    }
    R.def('$$yieldstar', function (v) {
        var st = $$cur();
        return st.async === undefined ? delegate(st, v) : R.delegateAsync(st, v);
    });
})

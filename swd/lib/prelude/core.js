// The event loop's JavaScript half: what runs scripts' callbacks.
//
// Everything a script runs, runs inside one coroutine (`worker`), so that require() can suspend the
// runner while a module's source is fetched. C calls enter(kind, a, b), which resumes the worker
// with that job and tells whether it is suspended. Nothing here can be reached or replaced by
// scripts: natives are taken from N once.
(function (N) {
    'use strict';
    var apply = N.apply, next = N.next, resume = N.resume, yield_ = N.yield, Thread = N.Thread;
    var uncaught = N.uncaught;
    var global = globalThis;
    var PENDING = {};
    var ticks = [], tickHead = 0, tickTail = 0;
    var maxPending = 0; // the limit is this runner's: asked for at first use
    var thread = null;
    var record = [];
    var job = [undefined, undefined, undefined, undefined];

    function protect(fn, self, args) {
        try {
            apply(fn, self, args);
        } catch (e) {
            if (!uncaught(e))
                throw e;
        }
    }

    function runTicks() {
        var at;
        while (tickHead < tickTail) {
            at = tickHead;
            tickHead += 2;
            protect(ticks[at], undefined, ticks[at + 1]);
        }
        ticks.length = tickHead = tickTail = 0;
    }

    // Promise jobs and microtasks: engine/duk_promise.h. The numbers are what $$job() answers.
    function runJobs() {
        var what;
        for (;;) {
            try {
                while ((what = $$job(job)) !== 0) {
                    if (what === 1)
                        $$jobdone((0, job[0])(job[1]));
                    else if (what === 2)
                        (0, job[0])(job[1], job[2], job[3]);
                    else if (what === 3)
                        (0, job[0])();
                    else
                        apply(job[0], job[1], [job[2], job[3]]);
                }
                return;
            } catch (e) {
                if (!$$jobfail(e) && !uncaught(e))
                    throw e;
            }
        }
    }

    // Rejections: 1 nobody handled, 2 handled after that was told.
    function runUnhandled() {
        var what, any = false;
        while ((what = $$jobleft(job)) !== 0) {
            any = true;
            (0, what === 1 ? N.unhandled : N.handled)(job[1], job[0]);
        }
        return any;
    }

    // The order of Node: process.nextTick() before promise jobs, both before the next macrotask.
    function drain() {
        do {
            runTicks();
            runJobs();
        } while (tickTail > 0 || runUnhandled());
    }

    function tick(fn, args) {
        if ((tickTail - tickHead) / 2 >= (maxPending || (maxPending = N.pendingLimit())))
            N.limitError();
        ticks[tickTail++] = fn;
        ticks[tickTail++] = args;
    }

    // A rejection of the completion value ends the runner as any other would.
    function complete(v) {
        if (N.complete(v))
            N.watch(v, complete);
    }

    var kinds = {
        script: function (fn) {
            complete(apply(fn, global, []));
        },
        module: function (fn) {
            complete(N.modules().runMain(fn));
        },
        commonjs: function (fn) {
            N.modules().runMain(fn);
        },
        turn: function () {
            while (next(record)) {
                protect(record[0], record[1], record[2]);
                drain();
            }
        },
        call: function (fn, args) {
            protect(fn, undefined, args);
        },
        handler: function (params) {
            var exports = N.modules().module.exports, fn = handlerOf(exports), value;
            if (typeof fn !== 'function')
                throw new TypeError('the loaded script exports no function: set module.exports, ' +
                    'exports.handler or a default export');
            value = apply(fn, exports, [params]);
            if (value && typeof value.then === 'function')
                value.then(N.answer, function (e) {
                    $$task(function () {
                        throw e;
                    });
                });
            else
                N.answer(value);
        }
    };

    function handlerOf(exports) {
        if (typeof exports === 'function' || exports === null || typeof exports !== 'object')
            return exports;
        return typeof exports.handler === 'function' ? exports.handler : exports['default'];
    }

    function worker(todo) {
        for (;;) {
            if (todo.kind !== 'turn' && todo.kind !== 'call') {
                try {
                    kinds[todo.kind](todo.a, todo.b);
                } catch (e) {
                    if (!uncaught(e))
                        throw e;
                }
            } else {
                kinds[todo.kind](todo.a, todo.b);
            }
            drain();
            todo = yield_(undefined);
        }
    }

    return {
        queueMicrotask: function queueMicrotask(callback) {
            if (typeof callback !== 'function')
                N.checkCallback(callback);
            $$task(callback);
        },
        enter: function (kind, a, b) {
            var t = thread || (thread = new Thread(worker));
            thread = null;
            // A throw leaves a dead coroutine behind: the next job gets a new one.
            var r = resume(t, kind === 'resume' ? undefined : { kind: kind, a: a, b: b });
            thread = t;
            return r === PENDING;
        },
        suspend: function () {
            yield_(PENDING);
        },
        tick: tick
    };
})

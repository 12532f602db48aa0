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
    var jobs = [], jobTail = 0, spare = [];
    var pending = 0, maxPending = 0; // the limit is this runner's: asked for at first use
    var thread = null;
    var record = [];
    var afterJobs = null;

    function room() {
        if (++pending > (maxPending || (maxPending = N.pendingLimit()))) {
            pending--;
            throw N.limitError();
        }
    }

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
            pending--;
            protect(ticks[at], undefined, ticks[at + 1]);
        }
        ticks.length = tickHead = tickTail = 0;
    }

    // Two queues in turn: what is queued while one batch runs goes into the next.
    function runJobs() {
        var batch, n, i;
        while (jobTail > 0) {
            batch = jobs;
            n = jobTail;
            jobs = spare;
            jobTail = 0;
            for (i = 0; i < n; i += 3) {
                pending--;
                try {
                    (0, batch[i])(batch[i + 1], batch[i + 2]);
                } catch (e) {
                    if (!uncaught(e))
                        throw e;
                }
            }
            batch.length = 0;
            spare = batch;
        }
    }

    function drain() {
        do {
            runTicks();
            runJobs();
            if (afterJobs && jobTail === 0 && tickTail === 0)
                afterJobs();
        } while (jobTail > 0 || tickTail > 0);
    }

    // The order of Node: process.nextTick() before promise jobs, both before the next macrotask.
    function job(fn, a, b) {
        room();
        jobs[jobTail++] = fn;
        jobs[jobTail++] = a;
        jobs[jobTail++] = b;
    }

    function tick(fn, args) {
        room();
        ticks[tickTail++] = fn;
        ticks[tickTail++] = args;
    }

    // A rejection of the completion value ends the runner as any other would.
    function complete(v) {
        if (N.complete(v))
            N.promise().watch(v, complete);
    }

    var kinds = {
        script: function (fn) {
            complete(apply(fn, global, []));
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
                    job(rethrow, e, undefined);
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

    function rethrow(e) {
        throw e;
    }

    function worker(todo) {
        for (;;) {
            if (todo.kind === 'script' || todo.kind === 'commonjs' || todo.kind === 'handler') {
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

    function callIt(fn) {
        fn();
    }

    return {
        queueMicrotask: function queueMicrotask(callback) {
            if (typeof callback !== 'function')
                N.checkCallback(callback);
            job(callIt, callback, undefined);
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
        job: job,
        tick: tick,
        setAfterJobs: function (fn) {
            afterJobs = fn;
        }
    };
})

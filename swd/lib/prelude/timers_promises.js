// require('timers/promises').
(function (N) {
    'use strict';
    var timers = N.require('timers');

    function aborted(signal) {
        var e = new Error('The operation was aborted');
        e.name = 'AbortError';
        e.code = 'ABORT_ERR';
        if (signal.reason !== undefined)
            Object.defineProperty(e, 'cause', { value: signal.reason, writable: true, configurable: true });
        return e;
    }
    function wait(set, clear, value, options) {
        var signal = options ? options.signal : undefined;
        if (options !== undefined && (options === null || typeof options !== 'object'))
            return Promise.reject(problem(options, 'options', 'of type object'));
        if (signal !== undefined && (signal === null || typeof signal !== 'object' || !('aborted' in signal)))
            return Promise.reject(problem(signal, 'options.signal', 'an instance of AbortSignal'));
        if (signal && signal.aborted)
            return Promise.reject(aborted(signal));
        return new Promise(function (resolve, reject) {
            var t;
            function stop() {
                clear(t);
                reject(aborted(signal));
            }
            t = set(function () {
                if (signal)
                    signal.removeEventListener('abort', stop);
                resolve(value);
            });
            if (options && options.ref === false && t.unref)
                t.unref();
            if (signal)
                signal.addEventListener('abort', stop, { once: true });
        });
    }
    function problem(v, name, what) {
        try {
            N.badArg(v, name, what);
        } catch (e) {
            return e;
        }
    }
    function setTimeout_(ms, value, options) {
        return wait(function (fn) { return timers.setTimeout(fn, ms); }, timers.clearTimeout, value, options);
    }
    function setImmediate_(value, options) {
        return wait(timers.setImmediate, timers.clearImmediate, value, options);
    }
    // An async iterator: one value for each time that the interval has passed.
    function setInterval_(ms, value, options) {
        var signal = options ? options.signal : undefined, due = 0, waiting = null, over = false, error = null, t, it;
        function settle() {
            var w = waiting;
            if (!w)
                return;
            if (error) {
                waiting = null;
                w.reject(error);
                error = null;
            } else if (over || due > 0) {
                waiting = null;
                due -= over ? 0 : 1;
                w.resolve({ value: over ? undefined : value, done: over });
            }
        }
        function stop() {
            over = true;
            timers.clearInterval(t);
            if (signal)
                signal.removeEventListener('abort', abort);
        }
        function abort() {
            error = aborted(signal);
            stop();
            settle();
        }
        if (signal && signal.aborted) {
            error = aborted(signal);
            over = true;
        } else {
            t = timers.setInterval(function () {
                due++;
                settle();
            }, ms);
            if (options && options.ref === false)
                t.unref();
            if (signal)
                signal.addEventListener('abort', abort, { once: true });
        }
        it = {
            next: function () {
                return new Promise(function (resolve, reject) {
                    waiting = { resolve: resolve, reject: reject };
                    settle();
                });
            },
            'return': function () {
                stop();
                return Promise.resolve({ value: undefined, done: true });
            }
        };
        it[Symbol.asyncIterator] = function () { return it; };
        return it;
    }
    function named(fn, name) {
        Object.defineProperty(fn, 'name', { value: name, configurable: true });
        return fn;
    }
    return {
        setTimeout: named(setTimeout_, 'setTimeout'),
        setImmediate: named(setImmediate_, 'setImmediate'),
        setInterval: named(setInterval_, 'setInterval'),
        scheduler: {
            wait: function wait_(ms, options) { return setTimeout_(ms, undefined, options); },
            yield: function yield_() { return setImmediate_(); }
        }
    };
})

// WHATWG streams with default readers, and the transforms upon them: ReadableStream, WritableStream,
// TransformStream, the queuing strategies, CompressionStream, DecompressionStream, TextEncoderStream,
// TextDecoderStream. N: key, secret() as in web.js; zlib, the natives of zlib.c.
//
// Every object keeps its state under the hidden key; `st` is the state of the standard. Byte streams
// (BYOB readers) are not here: `type: 'bytes'` is refused.
(function (N) {
    'use strict';
    var K = N.key, create = Object.create, defineProperty = Object.defineProperty, apply = Reflect.apply;
    var P = Promise, then = P.prototype.then;

    // ---- tools ----

    function klass(C, name, methods, getters) {
        Object.keys(methods).forEach(function (m) {
            defineProperty(C.prototype, m, { value: methods[m], writable: true, enumerable: true,
                configurable: true });
        });
        Object.keys(getters || {}).forEach(function (m) {
            defineProperty(C.prototype, m, { get: getters[m], enumerable: true, configurable: true });
        });
        defineProperty(C.prototype, 'constructor', { value: C, writable: true, configurable: true,
            enumerable: false });
        defineProperty(C.prototype, Symbol.toStringTag, { value: name, configurable: true });
        defineProperty(C, 'prototype', { writable: false });
        return C;
    }
    function need(self, C, name) {
        if (!(self instanceof C))
            throw new TypeError("Class constructor " + name + " cannot be invoked without 'new'");
    }
    function illegal() {
        throw new TypeError('Illegal constructor');
    }
    function has(o, name) {
        var s = o !== null && (typeof o === 'object' || typeof o === 'function') ? o[K] : undefined;
        return s && s.self === o && s.is === name ? s : null;
    }
    function state(o, name) {
        var s = has(o, name);
        if (!s)
            throw new TypeError('Value of "this" must be of type ' + name);
        return s;
    }
    function give(o, name, s) {
        s.self = o;
        s.is = name;
        N.secret(o, K, s);
        return s;
    }
    function noop() { /* for promises whose outcome is known */ }
    function when(p, f, g) {
        return apply(then, p, [f, g]);
    }
    function quiet(p) {
        when(p, noop, noop);
        return p;
    }
    function resolved(v) {
        return new P(function (f) { f(v); });
    }
    function rejected(e) {
        return P.reject(e);
    }
    function defer() {
        var d = {};
        d.promise = new P(function (f, g) {
            d.resolve = f;
            d.reject = g;
        });
        return d;
    }
    function deferRejected(e) {
        var d = defer();
        quiet(d.promise);
        d.reject(e);
        return d;
    }
    // What fn answers or throws, as a promise.
    function call(fn, self, args) {
        try {
            return resolved(fn === undefined ? undefined : apply(fn, self, args));
        } catch (e) {
            return rejected(e);
        }
    }
    function method(o, name) {
        var fn = o === undefined || o === null ? undefined : o[name];
        if (fn !== undefined && typeof fn !== 'function')
            throw new TypeError('The "' + name + '" member must be a function');
        return fn;
    }
    function highWaterMark(strategy, dflt) {
        var n;
        if (strategy === undefined || strategy === null || strategy.highWaterMark === undefined)
            return dflt;
        n = Number(strategy.highWaterMark);
        if (n !== n || n < 0)
            throw new RangeError('Invalid highWaterMark');
        return n;
    }
    function one() {
        return 1;
    }
    function sizeOf(s, chunk) {
        var n = s.size === one ? 1 : Number((0, s.size)(chunk));
        if (n !== n || n < 0 || n === Infinity)
            throw new RangeError('The return value of a queuing strategy\'s size function must be a ' +
                'finite, non-negative number');
        return n;
    }
    function object(v, name) {
        if (v !== undefined && v !== null && typeof v !== 'object' && typeof v !== 'function')
            throw new TypeError('The "' + name + '" argument must be an object');
        return v;
    }

    function CountQueuingStrategy(init) {
        need(this, CountQueuingStrategy, 'CountQueuingStrategy');
        give(this, 'CountQueuingStrategy', { mark: Number(init.highWaterMark) });
    }
    klass(CountQueuingStrategy, 'CountQueuingStrategy', {}, {
        highWaterMark: function () { return state(this, 'CountQueuingStrategy').mark; },
        size: function () { return one; }
    });
    function byteLength(chunk) {
        return chunk.byteLength;
    }
    function ByteLengthQueuingStrategy(init) {
        need(this, ByteLengthQueuingStrategy, 'ByteLengthQueuingStrategy');
        give(this, 'ByteLengthQueuingStrategy', { mark: Number(init.highWaterMark) });
    }
    klass(ByteLengthQueuingStrategy, 'ByteLengthQueuingStrategy', {}, {
        highWaterMark: function () { return state(this, 'ByteLengthQueuingStrategy').mark; },
        size: function () { return byteLength; }
    });

    // ---- ReadableStream ----

    function ReadableStreamDefaultController() {
        illegal();
    }
    klass(ReadableStreamDefaultController, 'ReadableStreamDefaultController', {
        enqueue: function enqueue(chunk) {
            readableEnqueue(state(this, 'ReadableStreamDefaultController').of, chunk);
        },
        close: function close() {
            readableClose(state(this, 'ReadableStreamDefaultController').of);
        },
        error: function error(e) {
            readableError(state(this, 'ReadableStreamDefaultController').of, e);
        }
    }, {
        desiredSize: function () {
            return readableDesired(state(this, 'ReadableStreamDefaultController').of);
        }
    });

    // The state of a new stream; o: start, pull, cancel, each with `self`.
    function readableMake(self, o, mark, size) {
        var r = give(self, 'ReadableStream', {
            st: 'readable', error: undefined, queue: [], total: 0, mark: mark, size: size, reader: null,
            started: false, pulling: false, again: false, closing: false, disturbed: false,
            pull: o.pull, cancel: o.cancel, source: o.self, control: null
        });
        r.control = create(ReadableStreamDefaultController.prototype);
        give(r.control, 'ReadableStreamDefaultController', { of: r });
        when(resolved(o.start ? apply(o.start, o.self, [r.control]) : undefined), function () {
            r.started = true;
            readablePull(r);
        }, function (e) {
            readableError(r, e);
        });
        return r;
    }
    function readableDesired(r) {
        return r.st === 'errored' ? null : r.st === 'closed' ? 0 : r.mark - r.total;
    }
    function readablePull(r) {
        if (r.st !== 'readable' || r.closing || !r.started || !r.pull ||
            !(r.mark - r.total > 0 || (r.reader && r.reader.asked.length > 0)))
            return;
        if (r.pulling) {
            r.again = true;
            return;
        }
        r.pulling = true;
        when(call(r.pull, r.source, [r.control]), function () {
            r.pulling = false;
            if (r.again) {
                r.again = false;
                readablePull(r);
            }
        }, function (e) {
            readableError(r, e);
        });
    }
    function readableEnqueue(r, chunk) {
        var n;
        if (r.closing || r.st !== 'readable')
            throw new TypeError('Invalid state: Controller is already closed');
        if (r.reader && r.reader.asked.length > 0) {
            r.reader.asked.shift().resolve({ value: chunk, done: false });
        } else {
            try {
                n = sizeOf(r, chunk);
            } catch (e) {
                readableError(r, e);
                throw e;
            }
            r.queue.push({ chunk: chunk, size: n });
            r.total += n;
        }
        readablePull(r);
    }
    function readableClose(r) {
        if (r.closing || r.st !== 'readable')
            throw new TypeError('Invalid state: Controller is already closed');
        r.closing = true;
        if (r.queue.length === 0)
            readableClosed(r);
    }
    function readableClosed(r) {
        r.st = 'closed';
        if (r.reader) {
            r.reader.closed.resolve(undefined);
            r.reader.asked.splice(0).forEach(function (d) {
                d.resolve({ value: undefined, done: true });
            });
        }
    }
    function readableError(r, e) {
        if (r.st !== 'readable')
            return;
        r.st = 'errored';
        r.error = e;
        r.queue = [];
        r.total = 0;
        if (r.reader) {
            quiet(r.reader.closed.promise);
            r.reader.closed.reject(e);
            r.reader.asked.splice(0).forEach(function (d) { d.reject(e); });
        }
    }
    function readableRead(r) {
        var d, item;
        r.disturbed = true;
        if (r.st === 'errored')
            return rejected(r.error);
        if (r.queue.length > 0) {
            item = r.queue.shift();
            r.total -= item.size;
            if (r.closing && r.queue.length === 0)
                readableClosed(r);
            else
                readablePull(r);
            return resolved({ value: item.chunk, done: false });
        }
        if (r.st === 'closed')
            return resolved({ value: undefined, done: true });
        d = defer();
        r.reader.asked.push(d);
        readablePull(r);
        return d.promise;
    }
    function readableCancel(r, reason) {
        r.disturbed = true;
        if (r.st === 'closed')
            return resolved(undefined);
        if (r.st === 'errored')
            return rejected(r.error);
        r.queue = [];
        r.total = 0;
        readableClosed(r);
        return when(call(r.cancel, r.source, [reason]), noop);
    }

    function ReadableStream(source, strategy) {
        var o, size;
        need(this, ReadableStream, 'ReadableStream');
        object(source, 'underlyingSource');
        if (source && source.type !== undefined)
            throw new RangeError('Byte streams are not supported here: leave `type` out');
        size = method(strategy, 'size');
        o = { self: source, start: method(source, 'start'), pull: method(source, 'pull'),
            cancel: method(source, 'cancel') };
        readableMake(this, o, highWaterMark(strategy, 1), size || one);
    }

    function ReadableStreamDefaultReader(stream) {
        var r, closed;
        need(this, ReadableStreamDefaultReader, 'ReadableStreamDefaultReader');
        r = state(stream, 'ReadableStream');
        if (r.reader)
            throw new TypeError('Invalid state: ReadableStream is locked');
        closed = r.st === 'errored' ? deferRejected(r.error) : defer();
        if (r.st === 'closed')
            closed.resolve(undefined);
        r.reader = give(this, 'ReadableStreamDefaultReader', { of: r, asked: [], closed: closed });
    }
    function readerRelease(s) {
        var r = s.of, e = new TypeError('The reader was released');
        if (!r)
            return;
        if (r.st === 'readable') {
            quiet(s.closed.promise);
            s.closed.reject(e);
        } else {
            s.closed = deferRejected(e);
        }
        r.reader = null;
        s.of = null;
        s.asked.splice(0).forEach(function (d) { d.reject(e); });
    }
    klass(ReadableStreamDefaultReader, 'ReadableStreamDefaultReader', {
        read: function read() {
            var s = has(this, 'ReadableStreamDefaultReader');
            if (!s || !s.of)
                return rejected(new TypeError('Invalid state: The reader is not attached to a stream'));
            return readableRead(s.of);
        },
        releaseLock: function releaseLock() {
            readerRelease(state(this, 'ReadableStreamDefaultReader'));
        },
        cancel: function cancel(reason) {
            var s = has(this, 'ReadableStreamDefaultReader');
            if (!s || !s.of)
                return rejected(new TypeError('Invalid state: The reader is not attached to a stream'));
            return readableCancel(s.of, reason);
        }
    }, {
        closed: function () {
            return state(this, 'ReadableStreamDefaultReader').closed.promise;
        }
    });

    var AsyncIteratorProto = {};
    defineProperty(AsyncIteratorProto, Symbol.asyncIterator, {
        value: function () { return this; }, writable: true, configurable: true
    });
    function iterate(stream, keep) {
        var reader = new ReadableStreamDefaultReader(stream), s = reader[K], last = resolved(undefined);
        var over = false, it = create(AsyncIteratorProto);
        function next() {
            if (over)
                return resolved({ value: undefined, done: true });
            return when(readableRead(s.of), function (got) {
                if (got.done) {
                    over = true;
                    readerRelease(s);
                }
                return got;
            }, function (e) {
                over = true;
                readerRelease(s);
                throw e;
            });
        }
        function finish(v) {
            var p = resolved(undefined);
            if (!over) {
                over = true;
                if (!keep)
                    p = readableCancel(s.of, v);
                readerRelease(s);
            }
            return when(p, function () { return { value: v, done: true }; });
        }
        it.next = function () {
            last = when(last, next, next);
            return last;
        };
        it['return'] = function (v) {
            function f() { return finish(v); }
            last = when(last, f, f);
            return last;
        };
        return it;
    }

    // Both branches read from one reader; the source is cancelled when both are.
    function tee(stream) {
        var reader = new ReadableStreamDefaultReader(stream), s = reader[K], source = s.of;
        var reading = false, again = false, gone = [false, false], reasons = [], all = defer(), rs = [];
        function pull() {
            if (reading) {
                again = true;
                return resolved(undefined);
            }
            reading = true;
            when(readableRead(source), function (got) {
                reading = false;
                rs.forEach(function (r, i) {
                    if (gone[i])
                        return;
                    if (got.done)
                        readableClose(r);
                    else
                        readableEnqueue(r, got.value);
                });
                if (got.done) {
                    all.resolve(undefined);
                } else if (again) {
                    again = false;
                    pull();
                }
            }, function (e) {
                reading = false;
                rs.forEach(function (r) { readableError(r, e); });
                all.resolve(undefined);
            });
            return resolved(undefined);
        }
        function canceller(i) {
            return function (reason) {
                gone[i] = true;
                reasons[i] = reason;
                if (gone[1 - i])
                    all.resolve(readableCancel(source, reasons));
                return all.promise;
            };
        }
        [0, 1].forEach(function (i) {
            rs.push(readableMake(create(ReadableStream.prototype), { pull: pull, cancel: canceller(i) },
                1, one));
        });
        return [rs[0].self, rs[1].self];
    }

    function pipe(r, w, options) {
        var reader = new ReadableStreamDefaultReader(r.self)[K];
        var writer = new WritableStreamDefaultWriter(w.self)[K], done = defer(), over = false;
        var written = resolved(undefined), signal = options.signal;
        r.disturbed = true;
        function finish(failed, e) {
            readerRelease(reader);
            writerRelease(writer);
            if (signal)
                signal.removeEventListener('abort', aborted);
            if (failed)
                done.reject(e);
            else
                done.resolve(undefined);
        }
        // Ends once, after what was written arrived and `act` (its promise) settled.
        function shut(act, failed, e) {
            if (over)
                return;
            over = true;
            when(written, go, go);
            function go() {
                if (!act) {
                    finish(failed, e);
                    return;
                }
                when(act(), function () { finish(failed, e); }, function (e2) { finish(true, e2); });
            }
        }
        function aborted() {
            var e = signal.reason;
            shut(function () {
                return P.all([
                    !options.preventAbort && w.st === 'writable' ? writableAbort(w, e) : undefined,
                    !options.preventCancel && r.st === 'readable' ? readableCancel(r, e) : undefined
                ]);
            }, true, e);
        }
        function sourceFailed(e) {
            shut(options.preventAbort ? null : function () { return writableAbort(w, e); }, true, e);
        }
        function sinkFailed(e) {
            shut(options.preventCancel ? null : function () { return readableCancel(r, e); }, true, e);
        }
        function step() {
            if (over)
                return;
            if (w.st === 'errored' || w.st === 'erroring') {
                sinkFailed(w.error);
                return;
            }
            if (w.closing || w.st === 'closed') {
                sinkFailed(new TypeError('Invalid state: Destination WritableStream is closed'));
                return;
            }
            when(writer.ready.promise, function () {
                if (over)
                    return;
                when(readableRead(r), function (got) {
                    if (over)
                        return;
                    if (got.done) {
                        shut(options.preventClose || w.closing || w.st === 'closed' ? null : function () {
                            return writableClose(w);
                        }, false);
                        return;
                    }
                    written = quiet(writableWrite(w, got.value));
                    step();
                }, sourceFailed);
            }, sinkFailed);
        }
        when(writer.closed.promise, noop, sinkFailed);
        if (signal) {
            if (signal.aborted) {
                aborted();
                return done.promise;
            }
            signal.addEventListener('abort', aborted);
        }
        step();
        return done.promise;
    }

    klass(ReadableStream, 'ReadableStream', {
        getReader: function getReader(options) {
            state(this, 'ReadableStream');
            if (options !== undefined && options !== null && options.mode !== undefined)
                throw new RangeError('Byte streams are not supported here: leave `mode` out');
            return new ReadableStreamDefaultReader(this);
        },
        cancel: function cancel(reason) {
            var r = has(this, 'ReadableStream');
            if (!r || r.reader)
                return rejected(new TypeError('Invalid state: ReadableStream is locked'));
            return readableCancel(r, reason);
        },
        tee: function () {
            state(this, 'ReadableStream');
            return tee(this);
        },
        values: function values(options) {
            state(this, 'ReadableStream');
            return iterate(this, !!(options && options.preventCancel));
        },
        pipeTo: function pipeTo(to, options) {
            var r = has(this, 'ReadableStream'), w = has(to, 'WritableStream');
            if (!r || !w)
                return rejected(new TypeError('pipeTo() needs a WritableStream'));
            if (r.reader || w.writer)
                return rejected(new TypeError('Invalid state: The stream is locked'));
            return pipe(r, w, options || {});
        },
        pipeThrough: function pipeThrough(pair, options) {
            var r = state(this, 'ReadableStream'), w = has(pair && pair.writable, 'WritableStream');
            if (!w || !has(pair.readable, 'ReadableStream'))
                throw new TypeError('pipeThrough() needs an object with `readable` and `writable`');
            if (r.reader || w.writer)
                throw new TypeError('Invalid state: The stream is locked');
            quiet(pipe(r, w, options || {}));
            return pair.readable;
        }
    }, {
        locked: function () { return state(this, 'ReadableStream').reader !== null; }
    });
    defineProperty(ReadableStream.prototype, Symbol.asyncIterator, {
        value: ReadableStream.prototype.values, writable: true, configurable: true
    });
    defineProperty(ReadableStream, 'from', { writable: true, configurable: true,
        value: function from(iterable) {
            var make = iterable[Symbol.asyncIterator], it;
            if (make === undefined || make === null)
                make = iterable[Symbol.iterator];
            if (typeof make !== 'function')
                throw new TypeError('ReadableStream.from() needs an iterable');
            it = apply(make, iterable, []);
            return new ReadableStream({
                pull: function (control) {
                    return when(resolved(it.next()), function (got) {
                        if (got.done) {
                            control.close();
                            return undefined;
                        }
                        return when(resolved(got.value), function (v) { control.enqueue(v); });
                    });
                },
                cancel: function (reason) {
                    return typeof it['return'] === 'function' ? it['return'](reason) : undefined;
                }
            }, { highWaterMark: 0 });
        } });

    // ---- WritableStream ----

    function WritableStreamDefaultController() {
        illegal();
    }
    klass(WritableStreamDefaultController, 'WritableStreamDefaultController', {
        error: function error(e) {
            writableFail(state(this, 'WritableStreamDefaultController').of, e);
        }
    }, {
        signal: function () {
            return state(this, 'WritableStreamDefaultController').of.abortion.signal;
        }
    });

    function writableMake(self, o, mark, size) {
        var w = give(self, 'WritableStream', {
            st: 'writable', error: undefined, queue: [], total: 0, mark: mark, size: size, writer: null,
            started: false, busy: false, closing: null, abort: null, sink: o, abortion: null,
            control: null
        });
        w.abortion = new AbortController();
        w.control = create(WritableStreamDefaultController.prototype);
        give(w.control, 'WritableStreamDefaultController', { of: w });
        when(resolved(o.start ? apply(o.start, o.self, [w.control]) : undefined), function () {
            w.started = true;
            writableAdvance(w);
        }, function (e) {
            w.started = true;
            writableFail(w, e);
            writableAdvance(w);
        });
        return w;
    }
    function writableFull(w) {
        return w.mark - w.total <= 0;
    }
    // The writer's `ready` follows the queue.
    function writableReady(w) {
        var d;
        if (!w.writer || w.st !== 'writable')
            return;
        d = w.writer.ready;
        if (w.closing || !writableFull(w)) {
            d.open = false;
            d.resolve(undefined);
        } else if (!d.open) {
            w.writer.ready = defer();
            w.writer.ready.open = true;
        }
    }
    function writableFail(w, e) {
        if (w.st !== 'writable')
            return;
        w.st = 'erroring';
        w.error = e;
        if (w.writer)
            refuse(w.writer, 'ready', e);
        writableAdvance(w);
    }
    function refuse(s, name, e) {
        if (s[name].open) {
            s[name].open = false;
            quiet(s[name].promise);
            s[name].reject(e);
        } else {
            s[name] = deferRejected(e);
        }
    }
    // What failed is failed to the end: everybody who waits is told.
    function writableFailed(w) {
        var abort = w.abort, e = w.error;
        w.st = 'errored';
        w.queue.splice(0).forEach(function (item) { item.done.reject(e); });
        w.total = 0;
        function tell() {
            if (w.closing) {
                w.closing.reject(e);
                w.closing = null;
            }
            if (w.writer)
                refuse(w.writer, 'closed', e);
        }
        if (!abort) {
            tell();
            return;
        }
        w.abort = null;
        if (abort.late) {
            abort.done.reject(e);
            tell();
            return;
        }
        when(call(w.sink.abort, w.sink.self, [abort.reason]), function () {
            abort.done.resolve(undefined);
            tell();
        }, function (e2) {
            abort.done.reject(e2);
            tell();
        });
    }
    function writableAdvance(w) {
        var item;
        if (!w.started || w.busy)
            return;
        if (w.st === 'erroring') {
            writableFailed(w);
            return;
        }
        if (w.st !== 'writable')
            return;
        if (w.queue.length === 0) {
            if (w.closing)
                writableFinish(w);
            return;
        }
        item = w.queue[0];
        w.busy = true;
        when(call(w.sink.write, w.sink.self, [item.chunk, w.control]), function () {
            w.busy = false;
            w.queue.shift();
            w.total -= item.size;
            item.done.resolve(undefined);
            writableReady(w);
            writableAdvance(w);
        }, function (e) {
            w.busy = false;
            w.queue.shift();
            w.total -= item.size;
            item.done.reject(e);
            writableFail(w, e);
            writableAdvance(w);
        });
    }
    function writableFinish(w) {
        w.busy = true;
        when(call(w.sink.close, w.sink.self, []), function () {
            w.busy = false;
            w.st = 'closed';
            w.closing.resolve(undefined);
            w.closing = null;
            if (w.abort) {
                w.abort.done.resolve(undefined);
                w.abort = null;
            }
            if (w.writer) {
                w.writer.closed.open = false;
                w.writer.closed.resolve(undefined);
            }
        }, function (e) {
            w.busy = false;
            w.closing.reject(e);
            w.closing = null;
            if (w.abort)
                w.abort.late = true;
            writableFail(w, e);
            writableAdvance(w);
        });
    }
    function writableWrite(w, chunk) {
        var done, n;
        try {
            n = sizeOf(w, chunk);
        } catch (e) {
            writableFail(w, e);
            return rejected(e);
        }
        if (w.st === 'errored' || w.st === 'erroring')
            return rejected(w.error);
        if (w.closing || w.st === 'closed')
            return rejected(new TypeError('Invalid state: WritableStream is closed'));
        done = defer();
        w.queue.push({ chunk: chunk, size: n, done: done });
        w.total += n;
        writableReady(w);
        writableAdvance(w);
        return done.promise;
    }
    function writableClose(w) {
        var p;
        if (w.closing || w.st === 'closed' || w.st === 'errored')
            return rejected(new TypeError('Invalid state: WritableStream is closed'));
        w.closing = defer();
        p = w.closing.promise;
        writableReady(w);
        writableAdvance(w);
        return p;
    }
    function writableAbort(w, reason) {
        if (w.st === 'closed' || w.st === 'errored')
            return resolved(undefined);
        w.abortion.abort(reason);
        if (w.st === 'closed' || w.st === 'errored')
            return resolved(undefined);
        if (w.abort)
            return w.abort.done.promise;
        w.abort = { done: defer(), reason: reason, late: w.st === 'erroring' };
        quiet(w.abort.done.promise);
        var p = w.abort.done.promise;
        if (w.st === 'writable')
            writableFail(w, reason);
        return p;
    }

    function WritableStream(sink, strategy) {
        need(this, WritableStream, 'WritableStream');
        object(sink, 'underlyingSink');
        if (sink && sink.type !== undefined)
            throw new RangeError('Invalid type');
        writableMake(this, { self: sink, start: method(sink, 'start'), write: method(sink, 'write'),
            close: method(sink, 'close'), abort: method(sink, 'abort') }, highWaterMark(strategy, 1),
        method(strategy, 'size') || one);
    }
    klass(WritableStream, 'WritableStream', {
        getWriter: function getWriter() {
            state(this, 'WritableStream');
            return new WritableStreamDefaultWriter(this);
        },
        abort: function abort(reason) {
            var w = has(this, 'WritableStream');
            if (!w || w.writer)
                return rejected(new TypeError('Invalid state: WritableStream is locked'));
            return writableAbort(w, reason);
        },
        close: function close() {
            var w = has(this, 'WritableStream');
            if (!w || w.writer)
                return rejected(new TypeError('Invalid state: WritableStream is locked'));
            return writableClose(w);
        }
    }, {
        locked: function () { return state(this, 'WritableStream').writer !== null; }
    });

    function WritableStreamDefaultWriter(stream) {
        var w, s;
        need(this, WritableStreamDefaultWriter, 'WritableStreamDefaultWriter');
        w = state(stream, 'WritableStream');
        if (w.writer)
            throw new TypeError('Invalid state: WritableStream is locked');
        s = give(this, 'WritableStreamDefaultWriter', { of: w, ready: defer(), closed: defer() });
        s.closed.open = true;
        w.writer = s;
        if (w.st === 'errored' || w.st === 'erroring')
            s.ready = deferRejected(w.error);
        else if (w.st === 'closed' || w.closing || !writableFull(w))
            s.ready.resolve(undefined);
        else
            s.ready.open = true;
        if (w.st === 'errored')
            s.closed = deferRejected(w.error);
        if (w.st === 'closed') {
            s.closed.open = false;
            s.closed.resolve(undefined);
        }
    }
    function writerRelease(s) {
        var e = new TypeError('The writer was released');
        if (!s.of)
            return;
        refuse(s, 'ready', e);
        refuse(s, 'closed', e);
        s.of.writer = null;
        s.of = null;
    }
    function detached() {
        return rejected(new TypeError('Invalid state: The writer is not attached to a stream'));
    }
    klass(WritableStreamDefaultWriter, 'WritableStreamDefaultWriter', {
        write: function write(chunk) {
            var s = has(this, 'WritableStreamDefaultWriter');
            return s && s.of ? writableWrite(s.of, chunk) : detached();
        },
        close: function close() {
            var s = has(this, 'WritableStreamDefaultWriter');
            return s && s.of ? writableClose(s.of) : detached();
        },
        abort: function abort(reason) {
            var s = has(this, 'WritableStreamDefaultWriter');
            return s && s.of ? writableAbort(s.of, reason) : detached();
        },
        releaseLock: function releaseLock() {
            writerRelease(state(this, 'WritableStreamDefaultWriter'));
        }
    }, {
        ready: function () { return state(this, 'WritableStreamDefaultWriter').ready.promise; },
        closed: function () { return state(this, 'WritableStreamDefaultWriter').closed.promise; },
        desiredSize: function () {
            var w = state(this, 'WritableStreamDefaultWriter').of;
            if (!w)
                throw new TypeError('Invalid state: The writer is not attached to a stream');
            return w.st === 'errored' || w.st === 'erroring' ? null : w.st === 'closed' ? 0
                : w.mark - w.total;
        }
    });

    // ---- TransformStream ----

    function TransformStreamDefaultController() {
        illegal();
    }
    klass(TransformStreamDefaultController, 'TransformStreamDefaultController', {
        enqueue: function enqueue(chunk) {
            transformEnqueue(state(this, 'TransformStreamDefaultController').of, chunk);
        },
        error: function error(e) {
            transformError(state(this, 'TransformStreamDefaultController').of, e);
        },
        terminate: function terminate() {
            var t = state(this, 'TransformStreamDefaultController').of;
            if (t.r.st === 'readable' && !t.r.closing)
                readableClose(t.r);
            transformUnblock(t, new TypeError('TransformStream terminated'));
        }
    }, {
        desiredSize: function () {
            return readableDesired(state(this, 'TransformStreamDefaultController').of.r);
        }
    });
    function transformEnqueue(t, chunk) {
        try {
            readableEnqueue(t.r, chunk);
        } catch (e) {
            transformUnblock(t, e);
            throw t.r.st === 'errored' ? t.r.error : e;
        }
        if (!t.full && t.r.mark - t.r.total <= 0 && !(t.r.reader && t.r.reader.asked.length > 0))
            transformFull(t, true);
    }
    // Whether the readable end wants no more; who waits for the change goes on.
    function transformFull(t, full) {
        var before = t.change;
        t.full = full;
        t.change = defer();
        before.resolve(undefined);
    }
    function transformUnblock(t, e) {
        writableFail(t.w, e);
        if (t.full)
            transformFull(t, false);
    }
    function transformError(t, e) {
        readableError(t.r, e);
        transformUnblock(t, e);
    }

    // t: transform(chunk, control), flush(control), cancel(reason), start(control), self.
    function transformMake(self, o, writeMark, writeSize, readMark, readSize) {
        var t = give(self, 'TransformStream', { r: null, w: null, full: true, change: defer(), control: null });
        var begun = defer();
        t.control = create(TransformStreamDefaultController.prototype);
        give(t.control, 'TransformStreamDefaultController', { of: t });
        function start() { return begun.promise; }
        t.w = writableMake(create(WritableStream.prototype), {
            start: start,
            write: function (chunk) {
                function pass() {
                    if (t.w.st === 'erroring')
                        throw t.w.error;
                    return when(o.transform ? call(o.transform, o.self, [chunk, t.control])
                        : call(transformEnqueue, undefined, [t, chunk]), noop, function (e) {
                        transformError(t, e);
                        throw e;
                    });
                }
                return t.full ? when(t.change.promise, pass) : pass();
            },
            close: function () {
                return when(call(o.flush, o.self, [t.control]), function () {
                    if (t.r.st === 'errored')
                        throw t.r.error;
                    if (t.r.st === 'readable' && !t.r.closing)
                        readableClose(t.r);
                }, function (e) {
                    transformError(t, e);
                    throw e;
                });
            },
            abort: function (reason) {
                return when(call(o.cancel, o.self, [reason]), function () {
                    readableError(t.r, reason);
                }, function (e) {
                    readableError(t.r, e);
                    throw e;
                });
            }
        }, writeMark, writeSize);
        t.r = readableMake(create(ReadableStream.prototype), {
            start: start,
            pull: function () {
                transformFull(t, false);
                return t.change.promise;
            },
            cancel: function (reason) {
                return when(call(o.cancel, o.self, [reason]), function () {
                    transformUnblock(t, reason);
                });
            }
        }, readMark, readSize);
        begun.resolve(o.start ? apply(o.start, o.self, [t.control]) : undefined);
        return t;
    }

    function TransformStream(transformer, writing, reading) {
        need(this, TransformStream, 'TransformStream');
        object(transformer, 'transformer');
        transformMake(this, { self: transformer, start: method(transformer, 'start'),
            transform: method(transformer, 'transform'), flush: method(transformer, 'flush'),
            cancel: method(transformer, 'cancel') }, highWaterMark(writing, 1),
        method(writing, 'size') || one, highWaterMark(reading, 0), method(reading, 'size') || one);
    }
    klass(TransformStream, 'TransformStream', {}, {
        readable: function () { return state(this, 'TransformStream').r.self; },
        writable: function () { return state(this, 'TransformStream').w.self; }
    });

    // A class whose objects have the two ends of a transform.
    function ends(C, name, getters) {
        getters = getters || {};
        getters.readable = function () { return state(this, name).t.r.self; };
        getters.writable = function () { return state(this, name).t.w.self; };
        return klass(C, name, {}, getters);
    }
    function inner(o) {
        return transformMake(create(TransformStream.prototype), o, 1, one, 0, one);
    }

    // ---- compression ----

    var CODECS = create(null);
    CODECS.gzip = 'gzip';
    CODECS.deflate = 'zlib';
    CODECS['deflate-raw'] = 'raw';
    CODECS.zstd = 'zstd';
    if (N.zlib.has('brotli'))
        CODECS.brotli = 'brotli';

    function bytes(chunk) {
        if (!ArrayBuffer.isView(chunk) && !(chunk instanceof ArrayBuffer))
            throw new TypeError('The chunk must be an ArrayBuffer or a view of one');
        return chunk;
    }
    function packer(self, name, format, decode) {
        var codec = CODECS[String(format)], id = 0, settings = { strict: 1 };
        if (!codec)
            throw new TypeError('Unsupported compression format: \'' + format + '\'');
        function broken(e) {
            drop();
            return decode && e.code !== 'ERR_SWD_LIMIT' ? new TypeError(e.message) : e;
        }
        function put(control, out) {
            if (out.length > 0)
                control.enqueue(out);
        }
        // A large chunk is worked on by a thread: a promise then.
        function step(control, data, flush) {
            var d = defer(), out;
            try {
                if (!id)
                    id = N.zlib.open(codec, decode, settings);
                if (N.zlib.aside(id, data, flush, function (e, later) {
                    if (e) {
                        d.reject(broken(e));
                    } else {
                        if (id)
                            put(control, later);
                        d.resolve();
                    }
                }))
                    return d.promise;
                out = N.zlib.write(id, data, flush);
            } catch (e) {
                throw broken(e);
            }
            put(control, out);
        }
        function drop() {
            if (id)
                N.zlib.close(id);
            id = 0;
        }
        give(self, name, { t: inner({
            transform: function (chunk, control) { return step(control, bytes(chunk), 0); },
            flush: function (control) {
                step(control, '', 3);
                drop();
            },
            cancel: drop
        }) });
    }
    function CompressionStream(format) {
        need(this, CompressionStream, 'CompressionStream');
        packer(this, 'CompressionStream', format, false);
    }
    ends(CompressionStream, 'CompressionStream');
    function DecompressionStream(format) {
        need(this, DecompressionStream, 'DecompressionStream');
        packer(this, 'DecompressionStream', format, true);
    }
    ends(DecompressionStream, 'DecompressionStream');

    // ---- text ----

    function TextEncoderStream() {
        var encoder = new TextEncoder(), high = '';
        need(this, TextEncoderStream, 'TextEncoderStream');
        give(this, 'TextEncoderStream', { t: inner({
            transform: function (chunk, control) {
                var text = high + String(chunk), last = text.charCodeAt(text.length - 1);
                high = last >= 0xd800 && last < 0xdc00 ? text.charAt(text.length - 1) : '';
                if (high)
                    text = text.slice(0, -1);
                if (text)
                    control.enqueue(encoder.encode(text));
            },
            flush: function (control) {
                if (high)
                    control.enqueue(new Uint8Array([0xef, 0xbf, 0xbd]));
            }
        }) });
    }
    ends(TextEncoderStream, 'TextEncoderStream', { encoding: function () { return 'utf-8'; } });
    function TextDecoderStream(label, options) {
        var decoder;
        need(this, TextDecoderStream, 'TextDecoderStream');
        decoder = new TextDecoder(label === undefined ? 'utf-8' : label, options);
        give(this, 'TextDecoderStream', { d: decoder, t: inner({
            transform: function (chunk, control) {
                var text = decoder.decode(bytes(chunk), { stream: true });
                if (text)
                    control.enqueue(text);
            },
            flush: function (control) {
                var text = decoder.decode();
                if (text)
                    control.enqueue(text);
            }
        }) });
    }
    ends(TextDecoderStream, 'TextDecoderStream', {
        encoding: function () { return state(this, 'TextDecoderStream').d.encoding; },
        fatal: function () { return state(this, 'TextDecoderStream').d.fatal; },
        ignoreBOM: function () { return state(this, 'TextDecoderStream').d.ignoreBOM; }
    });

    return {
        ReadableStream: ReadableStream, ReadableStreamDefaultReader: ReadableStreamDefaultReader,
        ReadableStreamDefaultController: ReadableStreamDefaultController,
        WritableStream: WritableStream, WritableStreamDefaultWriter: WritableStreamDefaultWriter,
        WritableStreamDefaultController: WritableStreamDefaultController,
        TransformStream: TransformStream,
        TransformStreamDefaultController: TransformStreamDefaultController,
        CountQueuingStrategy: CountQueuingStrategy,
        ByteLengthQueuingStrategy: ByteLengthQueuingStrategy,
        CompressionStream: CompressionStream, DecompressionStream: DecompressionStream,
        TextEncoderStream: TextEncoderStream, TextDecoderStream: TextDecoderStream
    };
})

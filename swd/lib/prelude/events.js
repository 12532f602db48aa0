// require('events'): EventEmitter, once(), on().
(function (N) {
    'use strict';
    var apply = Reflect.apply, create = Object.create, slice = Array.prototype.slice;
    var errorMonitor = Symbol('events.errorMonitor'), capture = Symbol['for']('nodejs.rejection');
    var captures = Symbol('kCapture'), maxDefault = 10;

    function hide(o, name, v) {
        Object.defineProperty(o, name, { value: v, writable: true, configurable: true });
    }
    function check(fn) {
        if (typeof fn !== 'function')
            N.badArg(fn, 'listener', 'of type function');
        return fn;
    }
    function checkMax(n, name) {
        if (typeof n !== 'number')
            N.badArg(n, name, 'of type number');
        if (!(n >= 0))
            N.fail('R', 'ERR_OUT_OF_RANGE', 'The value of "' + name + '" is out of range. It must be >= 0. Received ' +
                N.show(n));
    }

    // _events: event -> listener, or an array of them; the shape is Node's, which libraries look at.
    function EventEmitter(options) {
        EventEmitter.init.call(this, options);
    }
    hide(EventEmitter, 'init', function (options) {
        if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
            this._events = create(null);
            this._eventsCount = 0;
        }
        this._maxListeners = this._maxListeners || undefined;
        this[captures] = !!(options && options.captureRejections);
    });

    function eventsOf(e) {
        if (e._events === undefined) {
            e._events = create(null);
            e._eventsCount = 0;
        }
        return e._events;
    }
    function maxOf(e) {
        return e._maxListeners === undefined ? maxDefault : e._maxListeners;
    }
    function warn(e, type, list) {
        var max = maxOf(e);
        if (!(max > 0) || list.length <= max || list.warned)
            return;
        hide(list, 'warned', true);
        process.emitWarning('Possible EventEmitter memory leak detected. ' + list.length + ' ' + String(type) +
            ' listeners added to ' + N.show(e).split('\n')[0].replace(/ \{$/, '') +
            '. Use emitter.setMaxListeners() to increase limit');
    }
    function add(e, type, fn, first) {
        var events = eventsOf(e), list;
        if (events.newListener !== undefined) {
            e.emit('newListener', type, fn.listener ? fn.listener : fn);
            events = e._events;
        }
        list = events[type];
        if (list === undefined) {
            events[type] = fn;
            e._eventsCount++;
            return e;
        }
        if (typeof list === 'function')
            list = events[type] = first ? [fn, list] : [list, fn];
        else if (first)
            list.unshift(fn);
        else
            list.push(fn);
        warn(e, type, list);
        return e;
    }
    function onceWrapper(e, type, fn) {
        var state = { fired: false };
        function wrapped() {
            if (!state.fired) {
                e.removeListener(type, wrapped);
                state.fired = true;
                return apply(fn, e, arguments);
            }
        }
        wrapped.listener = fn;
        return wrapped;
    }
    function unhandled(e, error) {
        var err;
        if (error instanceof Error)
            throw error;
        err = new Error('Unhandled error. (' + (typeof error === 'string' ? "'" + error + "'" : N.show(error)) + ')');
        err.context = error;
        err.code = 'ERR_UNHANDLED_ERROR';
        throw err;
    }
    function rejected(e, result, type, args) {
        if (result === undefined || result === null || typeof result.then !== 'function')
            return;
        result.then(undefined, function (err) {
            process.nextTick(function () {
                if (typeof e[capture] === 'function')
                    e[capture].apply(e, [err, type].concat(args));
                else
                    e.emit('error', err);
            });
        });
    }
    function call(e, fn, type, args) {
        var result = apply(fn, e, args);
        if (result !== undefined && e[captures])
            rejected(e, result, type, args);
    }
    function listenersOf(e, type, unwrap) {
        var list = e._events === undefined ? undefined : e._events[type];
        if (list === undefined)
            return [];
        list = typeof list === 'function' ? [list] : list.slice();
        return unwrap ? list.map(function (f) { return f.listener || f; }) : list;
    }

    var methods = {
        setMaxListeners: function setMaxListeners(n) {
            checkMax(n, 'setMaxListeners');
            this._maxListeners = n;
            return this;
        },
        getMaxListeners: function getMaxListeners() {
            return maxOf(this);
        },
        emit: function emit(type) {
            var events = this._events, list = events === undefined ? undefined : events[type], args, i;
            if (type === 'error' && events !== undefined && events[errorMonitor] !== undefined)
                this.emit.apply(this, [errorMonitor].concat(slice.call(arguments, 1)));
            if (list === undefined) {
                if (type === 'error')
                    unhandled(this, arguments[1]);
                return false;
            }
            args = slice.call(arguments, 1);
            if (typeof list === 'function') {
                call(this, list, type, args);
            } else {
                list = list.slice();
                for (i = 0; i < list.length; i++)
                    call(this, list[i], type, args);
            }
            return true;
        },
        addListener: function addListener(type, fn) {
            return add(this, type, check(fn), false);
        },
        on: null,
        prependListener: function prependListener(type, fn) {
            return add(this, type, check(fn), true);
        },
        once: function once(type, fn) {
            return this.on(type, onceWrapper(this, type, check(fn)));
        },
        prependOnceListener: function prependOnceListener(type, fn) {
            return this.prependListener(type, onceWrapper(this, type, check(fn)));
        },
        removeListener: function removeListener(type, fn) {
            var events = this._events, list, i;
            check(fn);
            list = events === undefined ? undefined : events[type];
            if (list === undefined)
                return this;
            if (list === fn || list.listener === fn) {
                forget(this, type);
            } else if (typeof list !== 'function') {
                for (i = list.length - 1; i >= 0; i--)
                    if (list[i] === fn || list[i].listener === fn)
                        break;
                if (i < 0)
                    return this;
                list.splice(i, 1);
                if (list.length === 1)
                    events[type] = list[0];
            } else {
                return this;
            }
            if (events.removeListener !== undefined)
                this.emit('removeListener', type, fn);
            return this;
        },
        off: null,
        removeAllListeners: function removeAllListeners(type) {
            var events = this._events, self = this;
            if (events === undefined)
                return this;
            if (events.removeListener === undefined) {
                if (arguments.length === 0) {
                    this._events = create(null);
                    this._eventsCount = 0;
                } else if (events[type] !== undefined) {
                    forget(this, type);
                }
                return this;
            }
            if (arguments.length === 0) {
                Reflect.ownKeys(events).forEach(function (key) {
                    if (key !== 'removeListener')
                        self.removeAllListeners(key);
                });
                this.removeAllListeners('removeListener');
                this._events = create(null);
                this._eventsCount = 0;
                return this;
            }
            listenersOf(this, type, false).reverse().forEach(function (fn) {
                self.removeListener(type, fn);
            });
            return this;
        },
        listeners: function listeners(type) {
            return listenersOf(this, type, true);
        },
        rawListeners: function rawListeners(type) {
            return listenersOf(this, type, false);
        },
        listenerCount: function listenerCount(type, fn) {
            var list = listenersOf(this, type, false);
            return fn === undefined ? list.length : list.filter(function (f) {
                return f === fn || f.listener === fn;
            }).length;
        },
        eventNames: function eventNames() {
            return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
        }
    };
    function forget(e, type) {
        if (--e._eventsCount === 0)
            e._events = create(null);
        else
            delete e._events[type];
    }
    methods.on = methods.addListener;
    methods.off = methods.removeListener;
    Object.keys(methods).forEach(function (name) {
        EventEmitter.prototype[name] = methods[name];
    });
    EventEmitter.prototype._events = EventEmitter.prototype._maxListeners = undefined;
    EventEmitter.prototype._eventsCount = 0;

    // ---- once(), on() ----

    function abortError(signal) {
        var e = new Error('The operation was aborted');
        e.name = 'AbortError';
        e.code = 'ABORT_ERR';
        if (signal.reason !== undefined)
            hide(e, 'cause', signal.reason);
        return e;
    }
    function isTarget(e) {
        return typeof e.on !== 'function' && typeof e.addEventListener === 'function';
    }
    function listen(e, type, fn, once) {
        if (isTarget(e))
            e.addEventListener(type, fn, { once: once });
        else if (typeof e.on === 'function')
            e[once ? 'once' : 'on'](type, fn);
        else
            N.badArg(e, 'emitter', 'an instance of EventEmitter');
    }
    function unlisten(e, type, fn) {
        if (isTarget(e))
            e.removeEventListener(type, fn);
        else
            e.removeListener(type, fn);
    }
    function once(emitter, name, options) {
        var signal = options ? options.signal : undefined;
        if (signal && signal.aborted)
            return Promise.reject(abortError(signal));
        return new Promise(function (resolve, reject) {
            function failed(err) {
                done();
                reject(err);
            }
            function got() {
                done();
                resolve(slice.call(arguments));
            }
            function aborted() {
                done();
                reject(abortError(signal));
            }
            function done() {
                unlisten(emitter, name, got);
                if (name !== 'error' && !isTarget(emitter))
                    emitter.removeListener('error', failed);
                if (signal)
                    signal.removeEventListener('abort', aborted);
            }
            listen(emitter, name, got, true);
            if (name !== 'error' && !isTarget(emitter))
                emitter.once('error', failed);
            if (signal)
                signal.addEventListener('abort', aborted, { once: true });
        });
    }
    function on(emitter, name, options) {
        var signal = options ? options.signal : undefined, values = [], waiting = [], error = null, over = false;
        if (signal && signal.aborted)
            throw abortError(signal);
        function got() {
            var v = slice.call(arguments);
            if (waiting.length)
                waiting.shift().resolve({ value: v, done: false });
            else
                values.push(v);
        }
        function failed(err) {
            if (waiting.length)
                waiting.shift().reject(err);
            else
                error = err;
            finish();
        }
        function aborted() {
            failed(abortError(signal));
        }
        function finish() {
            over = true;
            unlisten(emitter, name, got);
            if (!isTarget(emitter))
                emitter.removeListener('error', failed);
            if (signal)
                signal.removeEventListener('abort', aborted);
            waiting.forEach(function (w) { w.resolve({ value: undefined, done: true }); });
            waiting = [];
        }
        listen(emitter, name, got, false);
        if (name !== 'error' && !isTarget(emitter))
            emitter.on('error', failed);
        if (signal)
            signal.addEventListener('abort', aborted, { once: true });
        var it = {
            next: function () {
                var e;
                if (values.length)
                    return Promise.resolve({ value: values.shift(), done: false });
                if (error) {
                    e = error;
                    error = null;
                    return Promise.reject(e);
                }
                if (over)
                    return Promise.resolve({ value: undefined, done: true });
                return new Promise(function (resolve, reject) {
                    waiting.push({ resolve: resolve, reject: reject });
                });
            },
            'return': function () {
                finish();
                return Promise.resolve({ value: undefined, done: true });
            },
            'throw': function (err) {
                failed(err);
                return Promise.reject(err);
            }
        };
        it[Symbol.asyncIterator] = function () { return it; };
        return it;
    }

    function EventEmitterAsyncResource() {
        N.fail('E', 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', 'EventEmitterAsyncResource needs async_hooks, which is not here');
    }
    EventEmitter.EventEmitter = EventEmitter;
    EventEmitter.once = once;
    EventEmitter.on = on;
    EventEmitter.errorMonitor = errorMonitor;
    EventEmitter.captureRejectionSymbol = capture;
    EventEmitter.usingDomains = false;
    EventEmitter.EventEmitterAsyncResource = EventEmitterAsyncResource;
    EventEmitter.getEventListeners = function getEventListeners(e, type) {
        return e.listeners(type);
    };
    EventEmitter.listenerCount = function listenerCount(e, type) {
        return e.listenerCount(type);
    };
    EventEmitter.getMaxListeners = function getMaxListeners(e) {
        return e.getMaxListeners();
    };
    EventEmitter.setMaxListeners = function setMaxListeners(n) {
        var i;
        n = n === undefined ? maxDefault : n;
        checkMax(n, 'setMaxListeners');
        if (arguments.length < 2)
            maxDefault = n;
        for (i = 1; i < arguments.length; i++)
            if (typeof arguments[i].setMaxListeners === 'function')
                arguments[i].setMaxListeners(n);
    };
    EventEmitter.addAbortListener = function addAbortListener(signal, fn) {
        var o = {};
        if (signal.aborted)
            queueMicrotask(function () { fn(); });
        else
            signal.addEventListener('abort', fn, { once: true });
        o.dispose = function () { signal.removeEventListener('abort', fn); };
        return o;
    };
    Object.defineProperty(EventEmitter, 'defaultMaxListeners', {
        get: function () { return maxDefault; },
        set: function (n) {
            checkMax(n, 'defaultMaxListeners');
            maxDefault = n;
        },
        enumerable: true
    });
    return EventEmitter;
})

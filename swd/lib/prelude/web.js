// Event, EventTarget, AbortController, AbortSignal, DOMException. N: setTimeout, clearTimeout,
// report(e) for what a listener throws, G the global object.
(function (N) {
    'use strict';
    var K = N.key, create = Object.create, defineProperty = Object.defineProperty, apply = Reflect.apply;
    var CODES = {
        IndexSizeError: 1, HierarchyRequestError: 3, InvalidCharacterError: 5, NotFoundError: 8,
        NotSupportedError: 9, InvalidStateError: 11, SyntaxError: 12, NetworkError: 19, AbortError: 20,
        QuotaExceededError: 22, TimeoutError: 23, DataCloneError: 25
    };

    function hide(o, name, v) {
        defineProperty(o, name, { value: v, writable: true, configurable: true });
    }
    function getter(o, name, fn) {
        defineProperty(o, name, { get: fn, enumerable: true, configurable: true });
    }
    function methods(o, from) {
        Object.keys(from).forEach(function (name) {
            defineProperty(o, name, { value: from[name], writable: true, enumerable: true, configurable: true });
        });
    }
    function constants(C, values) {
        Object.keys(values).forEach(function (k) {
            defineProperty(C, k, { value: values[k], enumerable: true });
            defineProperty(C.prototype, k, { value: values[k], enumerable: true });
        });
    }
    function klass(C, tag) {
        defineProperty(C, 'prototype', { writable: false });
        hide(C.prototype, 'constructor', C);
        defineProperty(C.prototype, Symbol.toStringTag, { value: tag, configurable: true });
    }
    function state(o, what) {
        var s = o !== null && (typeof o === 'object' || typeof o === 'function') ? o[K] : undefined;
        if (!s || s.self !== o)
            throw new TypeError('Value of "this" must be of type ' + what);
        return s;
    }
    function need(self, C, name) {
        if (!(self instanceof C))
            throw new TypeError("Class constructor " + name + " cannot be invoked without 'new'");
    }

    // ---- DOMException ----

    function DOMException(message, name) {
        var made;
        need(this, DOMException, 'DOMException');
        made = new Error(message === undefined ? '' : String(message));
        hide(this, 'message', made.message);
        hide(this, 'name', name !== null && typeof name === 'object' ? String(name.name || 'Error')
            : name === undefined ? 'Error' : String(name));
        hide(this, 'stack', String(made.stack).replace(/^Error/, this.name)
            .replace(/\n    at [^\n]*\(swd:[^\n]*/g, ''));
        if (name !== null && typeof name === 'object' && 'cause' in name)
            hide(this, 'cause', name.cause);
    }
    DOMException.prototype = create(Error.prototype);
    getter(DOMException.prototype, 'code', {
        m() { return CODES[this.name] || 0; }
    }.m);
    Object.keys(CODES).forEach(function (name) {
        var o = {};
        o[name.replace(/Error$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase() + '_ERR'] = CODES[name];
        constants(DOMException, o);
    });
    klass(DOMException, 'DOMException');

    // ---- Event ----

    function Event(type) {
        var init = arguments[1] || {};
        need(this, Event, 'Event');
        if (arguments.length === 0)
            throw new TypeError('The "type" argument must be specified');
        N.secret(this, K, {
            self: this, type: String(type), bubbles: !!init.bubbles, cancelable: !!init.cancelable,
            composed: !!init.composed, prevented: false, stopped: false, target: null, current: null,
            time: N.now(), passive: false, busy: false, trusted: false, halted: false
        });
    }
    [['type', 'type'], ['bubbles', 'bubbles'], ['cancelable', 'cancelable'], ['composed', 'composed'],
        ['defaultPrevented', 'prevented'], ['target', 'target'], ['srcElement', 'target'],
        ['currentTarget', 'current'], ['timeStamp', 'time']].forEach(function (e) {
        getter(Event.prototype, e[0], {
            m() { return state(this, 'Event')[e[1]]; }
        }.m);
    });
    getter(Event.prototype, 'eventPhase', {
        m() { return state(this, 'Event').busy ? 2 : 0; }
    }.m);
    getter(Event.prototype, 'isTrusted', {
        m() { return state(this, 'Event').trusted; }
    }.m);
    methods(Event.prototype, {
        preventDefault() {
            var s = state(this, 'Event');
            if (s.cancelable && !s.passive)
                s.prevented = true;
        },
        stopPropagation() {
            state(this, 'Event').halted = true;
        },
        stopImmediatePropagation() {
            state(this, 'Event').stopped = state(this, 'Event').halted = true;
        },
        composedPath() {
            var s = state(this, 'Event');
            return s.busy ? [s.current] : [];
        }
    });
    defineProperty(Event.prototype, 'returnValue', {
        get: {
            m() { return !state(this, 'Event').prevented; }
        }.m,
        set: {
            m(v) {
                if (!v)
                    this.preventDefault();
            }
        }.m,
        enumerable: true,
        configurable: true
    });
    defineProperty(Event.prototype, 'cancelBubble', {
        get: {
            m() { return state(this, 'Event').halted; }
        }.m,
        set: {
            m(v) {
                if (v)
                    this.stopPropagation();
            }
        }.m,
        enumerable: true,
        configurable: true
    });
    constants(Event, { NONE: 0, CAPTURING_PHASE: 1, AT_TARGET: 2, BUBBLING_PHASE: 3 });
    klass(Event, 'Event');

    function CustomEvent(type) {
        var init = arguments[1] || {};
        need(this, CustomEvent, 'CustomEvent');
        apply(Event, this, arguments);
        hide(this, 'detail', init.detail === undefined ? null : init.detail);
    }
    CustomEvent.prototype = create(Event.prototype);
    klass(CustomEvent, 'CustomEvent');

    // ---- EventTarget ----

    function EventTarget() {
        need(this, EventTarget, 'EventTarget');
        makeTarget(this);
    }
    function makeTarget(o) {
        N.secret(o, K, { self: o, list: create(null), aborted: false, reason: undefined, handler: null });
        return o;
    }
    function indexOf(list, fn, capture) {
        var i;
        for (i = 0; i < list.length; i++)
            if (list[i].fn === fn && list[i].capture === capture && !list[i].gone)
                return i;
        return -1;
    }
    function captureOf(options) {
        return typeof options === 'boolean' ? options : !!(options && options.capture);
    }
    methods(EventTarget.prototype, {
        addEventListener(type, fn) {
            var s = state(this, 'EventTarget'), options = arguments[2], self = this, list, entry;
            if (fn === null || fn === undefined)
                return;
            if (typeof fn !== 'function' && typeof fn !== 'object')
                throw new TypeError('The "listener" argument must be an instance of EventListener');
            type = String(type);
            list = s.list[type] || (s.list[type] = []);
            if (indexOf(list, fn, captureOf(options)) >= 0 ||
                options && options.signal && options.signal.aborted)
                return;
            entry = {
                fn: fn, capture: captureOf(options), once: !!(options && options.once),
                passive: !!(options && options.passive), gone: false
            };
            list.push(entry);
            if (options && options.signal)
                options.signal.addEventListener('abort', function () {
                    self.removeEventListener(type, fn, options);
                }, { once: true });
        },
        removeEventListener(type, fn) {
            var s = state(this, 'EventTarget'), list = s.list[String(type)], i;
            i = list ? indexOf(list, fn, captureOf(arguments[2])) : -1;
            if (i >= 0) {
                list[i].gone = true;
                list.splice(i, 1);
            }
        },
        dispatchEvent(event) {
            var s = state(this, 'EventTarget'), e;
            if (!(event instanceof Event))
                throw new TypeError('The "event" argument must be an instance of Event');
            e = state(event, 'Event');
            if (e.busy)
                throw new DOMException('The event is already being dispatched', 'InvalidStateError');
            fire(this, s, event, e);
            return !e.prevented;
        }
    });
    klass(EventTarget, 'EventTarget');

    function call(fn, self, event) {
        try {
            if (typeof fn === 'function')
                apply(fn, self, [event]);
            else
                fn.handleEvent(event);
        } catch (err) {
            N.report(err);
        }
    }
    function fire(target, s, event, e) {
        var list = (s.list[e.type] || []).slice(), i;
        e.target = e.current = target;
        e.busy = true;
        e.stopped = false;
        for (i = 0; i < list.length && !e.stopped; i++) {
            if (list[i].gone)
                continue;
            if (list[i].once)
                target.removeEventListener(e.type, list[i].fn, list[i].capture);
            e.passive = list[i].passive;
            call(list[i].fn, target, event);
        }
        e.busy = e.passive = false;
        e.current = null;
    }

    // ---- AbortSignal, AbortController ----

    function AbortSignal() {
        throw new TypeError('Illegal constructor');
    }
    AbortSignal.prototype = create(EventTarget.prototype);
    Object.setPrototypeOf(AbortSignal, EventTarget);
    function makeSignal() {
        return makeTarget(create(AbortSignal.prototype));
    }
    function abort(signal, reason) {
        var s = state(signal, 'AbortSignal'), event;
        if (s.aborted)
            return;
        s.aborted = true;
        s.reason = reason === undefined
            ? new DOMException('This operation was aborted', 'AbortError') : reason;
        event = new Event('abort');
        state(event, 'Event').trusted = true;
        fire(signal, s, event, state(event, 'Event'));
    }
    getter(AbortSignal.prototype, 'aborted', {
        m() { return state(this, 'AbortSignal').aborted; }
    }.m);
    getter(AbortSignal.prototype, 'reason', {
        m() { return state(this, 'AbortSignal').reason; }
    }.m);
    defineProperty(AbortSignal.prototype, 'onabort', {
        get: {
            m() {
                var h = state(this, 'AbortSignal').handler;
                return h ? h.fn : null;
            }
        }.m,
        set: {
            m(fn) {
                var s = state(this, 'AbortSignal'), h = s.handler;
                if (h === null) {
                    h = s.handler = { fn: null };
                    (s.list.abort || (s.list.abort = [])).push({
                        fn: function (e) {
                            if (h.fn !== null)
                                apply(h.fn, this, [e]);
                        },
                        capture: false, once: false, passive: false, gone: false
                    });
                }
                h.fn = typeof fn === 'function' ? fn : null;
            }
        }.m,
        enumerable: true,
        configurable: true
    });
    methods(AbortSignal.prototype, {
        throwIfAborted() {
            var s = state(this, 'AbortSignal');
            if (s.aborted)
                throw s.reason;
        }
    });
    methods(AbortSignal, {
        abort(reason) {
            var signal = makeSignal();
            abort(signal, reason);
            return signal;
        },
        timeout(ms) {
            var signal;
            if (arguments.length === 0 || typeof ms !== 'number')
                throw new TypeError('The "delay" argument must be of type number');
            if (!(ms >= 0 && ms <= 9007199254740991))
                throw new RangeError('The value of "delay" is out of range');
            signal = makeSignal();
            N.setTimeout(function () {
                abort(signal, new DOMException('The operation was aborted due to timeout', 'TimeoutError'));
            }, ms).unref();
            return signal;
        },
        any(signals) {
            var signal = makeSignal(), list = N.all(signals), i;
            for (i = 0; i < list.length; i++)
                if (!(list[i] instanceof AbortSignal))
                    throw new TypeError('The "signals[' + i + ']" argument must be an instance of AbortSignal');
            for (i = 0; i < list.length; i++) {
                if (list[i].aborted) {
                    abort(signal, list[i].reason);
                    return signal;
                }
            }
            list.forEach(function (from) {
                from.addEventListener('abort', function () {
                    abort(signal, from.reason);
                }, { once: true });
            });
            return signal;
        }
    });
    klass(AbortSignal, 'AbortSignal');

    function AbortController() {
        need(this, AbortController, 'AbortController');
        N.secret(this, K, { self: this, signal: makeSignal() });
    }
    getter(AbortController.prototype, 'signal', {
        m() { return state(this, 'AbortController').signal; }
    }.m);
    methods(AbortController.prototype, {
        abort(reason) {
            abort(state(this, 'AbortController').signal, reason);
        }
    });
    klass(AbortController, 'AbortController');

    return {
        DOMException: DOMException, Event: Event, CustomEvent: CustomEvent, EventTarget: EventTarget,
        AbortSignal: AbortSignal, AbortController: AbortController,
        // For other files of the prelude that make classes of the web's kind.
        classes: {
            hide: hide, getter: getter, methods: methods, klass: klass, need: need, all: N.all,
            put: function (o, s) {
                N.secret(o, K, s);
            },
            get: function (o) {
                var s = o !== null && (typeof o === 'object' || typeof o === 'function') ? o[K] : undefined;
                return s && s.self === o ? s : undefined;
            }
        }
    };
})

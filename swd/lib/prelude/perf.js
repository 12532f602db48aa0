// performance beyond now(): marks, measures, PerformanceObserver; and require('perf_hooks').
// N: perf.c's natives and node.c's; P: the object that C began, { now, timeOrigin }.
(function (N) {
    'use strict';
    var W = N.web(), C = N.webClasses(), DOMException = C.DOMException, P = N.performance();
    var MAX = 10000; // entries kept: the oldest make room
    var inspect = Symbol['for']('nodejs.util.inspect.custom');
    var entries = [], observers = [];

    function missing(what) {
        N.fail('T', 'ERR_MISSING_ARGS', 'The "' + what + '" argument must be specified');
    }
    function state(o) {
        var s = W.get(o);
        if (!s || s.entryType === undefined)
            N.fail('T', 'ERR_INVALID_THIS', 'Value of "this" must be of type PerformanceEntry');
        return s;
    }
    function klass(name, Base) {
        function K() {
            N.fail('T', 'ERR_ILLEGAL_CONSTRUCTOR', 'Illegal constructor');
        }
        Object.defineProperty(K, 'name', { value: name, configurable: true });
        if (Base) {
            K.prototype = Object.create(Base.prototype);
            Object.setPrototypeOf(K, Base);
        }
        return K;
    }
    var FIELDS = ['name', 'entryType', 'startTime', 'duration'];
    var Entry = klass('PerformanceEntry');
    FIELDS.forEach(function (k) {
        W.getter(Entry.prototype, k, {
            m() { return state(this)[k]; }
        }.m);
    });
    function plain(e) {
        var o = {};
        FIELDS.forEach(function (k) { o[k] = state(e)[k]; });
        if (state(e).detail !== undefined)
            o.detail = state(e).detail;
        return o;
    }
    W.methods(Entry.prototype, {
        toJSON() { return plain(this); }
    });
    W.hide(Entry.prototype, inspect, {
        m(depth, options, show) {
            return this.constructor.name + ' ' + show(plain(this), options);
        }
    }.m);
    W.klass(Entry, 'PerformanceEntry');
    function detailed(name) {
        var K = klass(name, Entry);
        W.getter(K.prototype, 'detail', {
            m() { return state(this).detail; }
        }.m);
        W.klass(K, name);
        return K;
    }
    var Measure = detailed('PerformanceMeasure'), Mark = detailed('PerformanceMark');

    // `new PerformanceMark(name, options)` makes one without keeping it.
    function PerformanceMark(name) {
        var made;
        W.need(this, PerformanceMark, 'PerformanceMark');
        if (arguments.length === 0)
            missing('name');
        made = markOf(name, arguments[1]);
        return made;
    }
    PerformanceMark.prototype = Mark.prototype;
    Object.setPrototypeOf(PerformanceMark, Entry);
    Object.defineProperty(PerformanceMark, 'prototype', { writable: false });
    W.hide(Mark.prototype, 'constructor', PerformanceMark);

    function make(K, type, name, start, duration, detail) {
        var e = Object.create(K.prototype);
        W.put(e, {
            self: e, name: name, entryType: type, startTime: start, duration: duration,
            detail: detail === undefined || detail === null ? null : structuredClone(detail)
        });
        return e;
    }
    function keep(e) {
        var s = state(e), i = entries.length;
        if (i >= MAX)
            entries.splice(0, i - MAX + 1);
        i = entries.length;
        while (i > 0 && state(entries[i - 1]).startTime > s.startTime)
            i--;
        entries.splice(i, 0, e);
        observers.forEach(function (o) {
            if (o.types.indexOf(s.entryType) >= 0)
                queue(o, e);
        });
        return e;
    }
    function time(v, what) {
        if (typeof v !== 'number')
            N.badArg(v, what, 'of type number');
        if (v < 0 || v !== v)
            N.fail('T', 'ERR_PERFORMANCE_INVALID_TIMESTAMP', v + ' is not a valid timestamp');
        return v;
    }
    function markOf(name, options) {
        var start = options && options.startTime !== undefined ? time(options.startTime, 'startTime') : P.now();
        return make(Mark, 'mark', String(name), start, 0, options ? options.detail : undefined);
    }
    // A time, or that of the last mark of that name.
    function at(v) {
        var i;
        if (typeof v === 'number')
            return time(v, 'time');
        v = String(v);
        for (i = entries.length - 1; i >= 0; i--)
            if (entries[i].entryType === 'mark' && entries[i].name === v)
                return entries[i].startTime;
        throw new DOMException('The "' + v + '" performance mark has not been set', 'SyntaxError');
    }
    function select(test) {
        return entries.filter(function (e) { return test(state(e)); });
    }
    function clear(type, name) {
        entries = entries.filter(function (e) {
            return state(e).entryType !== type || name !== undefined && state(e).name !== String(name);
        });
    }
    function start(o, end) {
        return o.start !== undefined ? at(o.start) : o.duration !== undefined && o.end !== undefined ? end - o.duration : 0;
    }
    W.methods(P, {
        mark(name) {
            if (arguments.length === 0)
                missing('name');
            return keep(markOf(name, arguments[1]));
        },
        measure(name, from, to) {
            var o = from !== null && typeof from === 'object' ? from : null, end, begin;
            if (arguments.length === 0)
                missing('name');
            if (o && to !== undefined)
                N.fail('T', 'ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', 'endMark must not be specified');
            if (o && o.start === undefined && o.end === undefined && Object.keys(o).length)
                N.fail('T', 'ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS', 'One of options.start or options.end is required');
            if (o && o.start !== undefined && o.end !== undefined && o.duration !== undefined)
                N.fail('T', 'ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS',
                    'Must not have options.start, options.end, and options.duration specified');
            if (to !== undefined)
                end = at(to);
            else if (o && o.end !== undefined)
                end = at(o.end);
            else if (o && o.start !== undefined && o.duration !== undefined)
                end = at(o.start) + time(o.duration, 'duration');
            else
                end = P.now();
            begin = o ? start(o, end) : from === undefined ? 0 : at(from);
            return keep(make(Measure, 'measure', String(name), begin, end - begin, o ? o.detail : undefined));
        },
        clearMarks() { clear('mark', arguments[0]); },
        clearMeasures() { clear('measure', arguments[0]); },
        getEntries() { return entries.slice(); },
        getEntriesByName(name) {
            var type = arguments[1];
            if (arguments.length === 0)
                missing('name');
            return select(function (s) {
                return s.name === String(name) && (type === undefined || s.entryType === type);
            });
        },
        getEntriesByType(type) {
            if (arguments.length === 0)
                missing('type');
            return select(function (s) { return s.entryType === type; });
        },
        timerify(fn) {
            if (typeof fn !== 'function')
                N.badArg(fn, 'fn', 'of type function');
            return fn;
        },
        toJSON() {
            return { timeOrigin: P.timeOrigin };
        }
    });

    // ---- PerformanceObserver ----

    function List(found) {
        var list = found.slice().sort(function (a, b) { return a.startTime - b.startTime; });
        this.getEntries = function () { return list.slice(); };
        this.getEntriesByType = function (t) { return list.filter(function (e) { return e.entryType === t; }); };
        this.getEntriesByName = function (n, t) {
            return list.filter(function (e) { return e.name === n && (t === undefined || e.entryType === t); });
        };
    }
    function queue(o, e) {
        o.buffer.push(e);
        if (o.queued)
            return;
        o.queued = true;
        setImmediate(function () {
            var found = o.buffer;
            o.queued = false;
            o.buffer = [];
            if (found.length)
                o.callback.call(o.self, new List(found), o.self);
        });
    }
    function PerformanceObserver(callback) {
        W.need(this, PerformanceObserver, 'PerformanceObserver');
        if (typeof callback !== 'function')
            N.badArg(callback, 'callback', 'of type function');
        W.put(this, { self: this, callback: callback, types: [], buffer: [], queued: false, observer: true });
    }
    function observer(o) {
        var s = W.get(o);
        if (!s || !s.observer)
            N.fail('T', 'ERR_INVALID_THIS', 'Value of "this" must be of type PerformanceObserver');
        return s;
    }
    W.methods(PerformanceObserver.prototype, {
        observe(options) {
            var s = observer(this);
            if (options === null || typeof options !== 'object')
                N.badArg(options, 'options', 'of type object');
            if (options.entryTypes === undefined && options.type === undefined)
                missing('options.entryTypes" or "options.type');
            s.types = options.entryTypes ? W.all(options.entryTypes) : s.types.concat([String(options.type)]);
            if (observers.indexOf(s) < 0)
                observers.push(s);
            if (options.buffered)
                select(function (e) { return e.entryType === options.type; }).forEach(function (e) { queue(s, e); });
        },
        disconnect() {
            var s = observer(this);
            s.types = [];
            s.buffer = [];
            observers = observers.filter(function (o) { return o !== s; });
        },
        takeRecords() {
            var s = observer(this), found = s.buffer;
            s.buffer = [];
            return found;
        }
    });
    Object.defineProperty(PerformanceObserver, 'supportedEntryTypes', { value: Object.freeze(['mark', 'measure']), enumerable: true });
    W.klass(PerformanceObserver, 'PerformanceObserver');

    return {
        performance: P,
        PerformanceEntry: Entry,
        PerformanceMark: PerformanceMark,
        PerformanceMeasure: Measure,
        PerformanceObserver: PerformanceObserver,
        constants: {}
    };
})

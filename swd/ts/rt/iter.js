// Runtime helpers: the iteration protocol (doc/ts.md, Iteration), and the iterators of arrays and
// strings, which Duktape lacks.
//
// A record is {a, i, n, d}. A record whose `n` is ARRAY walks a pristine array by index (`k`): what
// %ArrayIteratorPrototype%.next would do, without an object per step.
(function (R) {
    'use strict';
    var apply = R.apply, none = R.none, isObject = R.isObject, show = R.show;
    var SI = Symbol.iterator, isArray = Array.isArray, create = Object.create;
    var arrayProto = Array.prototype, classOf = Object.prototype.toString;
    var charCodeAt = String.prototype.charCodeAt;
    var STATE = R.hidden('iterator');
    var fast = R.host.fast, isPristine = fast.pristine, copy = fast.slice, append = fast.append;
    var all = fast.all;
    var ARRAY = {};
    var iteratorProto, arrayIteratorProto, stringIteratorProto, arrayValues, arrayNext;

    function tag(proto, name) {
        R.fixed(proto, Symbol.toStringTag, name);
    }
    function result(value, done) {
        return { value: value, done: done };
    }
    R.result = result;

    function state(self, kind) {
        var s = isObject(self) ? self[STATE] : undefined;
        if (!s || s.self !== self || s.kind !== kind)
            throw new TypeError('next called on an object that is not ' + kind);
        return s;
    }

    function makeArrayIterator(self, what) {
        var it = create(arrayIteratorProto);
        if (self === undefined || self === null)
            throw new TypeError('Cannot convert undefined or null to object');
        it[STATE] = { self: it, kind: 'an Array Iterator', of: Object(self), k: 0, what: what };
        return it;
    }

    iteratorProto = {};
    R.member(iteratorProto, SI, R.name({ m() { return this; } }.m, SI));
    R.iteratorProto = iteratorProto;

    arrayIteratorProto = create(iteratorProto);
    arrayNext = {
        next() {
            var s = state(this, 'an Array Iterator'), k = s.k;
            if (s.of === undefined)
                return result(undefined, true);
            if (k >= s.of.length) {
                s.of = undefined;
                return result(undefined, true);
            }
            s.k = k + 1;
            return result(s.what === 0 ? s.of[k] : s.what === 1 ? k : [k, s.of[k]], false);
        }
    }.next;
    R.member(arrayIteratorProto, 'next', arrayNext);
    tag(arrayIteratorProto, 'Array Iterator');

    stringIteratorProto = create(iteratorProto);
    R.member(stringIteratorProto, 'next', {
        next() {
            var s = state(this, 'a String Iterator'), k = s.k, c;
            if (k >= s.of.length)
                return result(undefined, true);
            c = apply(charCodeAt, s.of, [k]);
            if (c >= 0xd800 && c < 0xdc00 && k + 1 < s.of.length) {
                c = apply(charCodeAt, s.of, [k + 1]);
                if (c >= 0xdc00 && c < 0xe000) {
                    s.k = k + 2;
                    return result(s.of[k] + s.of[k + 1], false);
                }
            }
            s.k = k + 1;
            return result(s.of[k], false);
        }
    }.next);
    tag(stringIteratorProto, 'String Iterator');

    var arrayMethods = {
        values() { return makeArrayIterator(this, 0); },
        keys() { return makeArrayIterator(this, 1); },
        entries() { return makeArrayIterator(this, 2); }
    };
    arrayValues = arrayMethods.values;
    R.arrayValues = arrayValues;
    // Where getters stood for the methods until now, a script may have deleted one.
    function member(proto, key, f) {
        if (!R.host.lazy || R.hasOwn(proto, key))
            R.member(proto, key, f);
    }
    function install(proto) {
        member(proto, 'values', arrayMethods.values);
        member(proto, 'keys', arrayMethods.keys);
        member(proto, 'entries', arrayMethods.entries);
        member(proto, SI, arrayMethods.values);
    }
    install(arrayProto);
    member(String.prototype, SI, R.name({
        m() {
            var it = create(stringIteratorProto);
            if (this === undefined || this === null)
                throw new TypeError('Cannot convert undefined or null to object');
            it[STATE] = { self: it, kind: 'a String Iterator', of: '' + this, k: 0 };
            return it;
        }
    }.m, SI));

    fast.iteration(SI, arrayValues, arrayIteratorProto, 'next', arrayNext);

    function method(v) {
        var m;
        if (v === undefined || v === null)
            throw new TypeError(v + ' is not iterable');
        m = v[SI];
        // Duktape's arguments objects have no iterator of their own.
        if (m === undefined && typeof v === 'object' &&
            apply(classOf, v, none) === '[object Arguments]')
            m = arrayValues;
        return m;
    }

    function pristine(v, m) {
        return m === arrayValues && isArray(v) && arrayIteratorProto.next === arrayNext;
    }

    function open(v, m) {
        var it;
        if (typeof m !== 'function')
            throw new TypeError(show(v) + ' is not iterable');
        it = apply(m, v, none);
        if (!isObject(it))
            throw new TypeError('Result of the Symbol.iterator method is not an object');
        return { a: [undefined], i: it, n: it.next, d: false, k: 0 };
    }

    function record(v) {
        var m;
        if (isPristine(v))
            return { a: [undefined], i: v, n: ARRAY, d: false, k: 0 };
        m = method(v);
        if (pristine(v, m))
            return { a: [undefined], i: v, n: ARRAY, d: false, k: 0 };
        return open(v, m);
    }
    R.record = record;

    function step(r) {
        var x;
        r.d = true;
        if (r.n === ARRAY) {
            if (r.k >= r.i.length)
                return false;
            r.a[0] = r.i[r.k++];
        } else {
            x = apply(r.n, r.i, none);
            if ((typeof x !== 'object' || x === null) && typeof x !== 'function')
                throw new TypeError('Iterator result ' + show(x) + ' is not an object');
            if (x.done)
                return false;
            r.a[0] = x.value;
        }
        r.d = false;
        return true;
    }

    function close(r) {
        var m, x;
        if (r === undefined || r.d)
            return;
        r.d = true;
        if (r.n === ARRAY)
            m = r.i[SI] === arrayValues ? arrayIteratorProto.return : undefined;
        else
            m = r.i.return;
        if (m === undefined || m === null)
            return;
        x = apply(m, r.i, none);
        if (!isObject(x))
            throw new TypeError('Iterator result ' + show(x) + ' is not an object');
    }
    R.close = close;

    function fail(r, e) {
        if (r !== undefined && !r.d) {
            if (R.isSentinel(e)) {
                close(r);
            } else {
                try {
                    close(r);
                } catch (ignored) {
                    if (R.isSentinel(ignored))
                        throw ignored;
                }
            }
        }
        throw e;
    }

    function next(r) {
        if (r.d)
            return undefined;
        if (!step(r))
            return undefined;
        return r.a[0];
    }

    // Appends all values; arrays by index, with the length read anew as their iterator does.
    function pushAll(arr, v) {
        var m, n, i, r;
        if (isPristine(v))
            return append(arr, v);
        m = method(v);
        n = arr.length;
        if (pristine(v, m)) {
            for (i = 0; i < v.length; i++)
                arr[n++] = v[i];
            return arr;
        }
        r = open(v, m);
        while (step(r))
            arr[n++] = r.a[0];
        return arr;
    }
    R.pushAll = pushAll;

    R.def('$$of', function (v) {
        var m;
        if (isPristine(v))
            return undefined;
        m = method(v);
        return pristine(v, m) ? undefined : open(v, m);
    });
    R.def('$$step', step);
    R.def('$$fail', fail);
    R.def('$$close', close);
    R.def('$$arr', function (v, n) {
        var m, out, r, i;
        if (isPristine(v))
            return v;
        m = method(v);
        if (pristine(v, m))
            return v;
        r = open(v, m);
        out = [];
        for (i = 0; i < n; i++)
            out[i] = next(r);
        close(r);
        return out;
    });
    R.def('$$all', function (v) {
        var out = all(v);
        return out === undefined ? pushAll([], v) : out;
    });
    R.def('$$args', function (v) {
        return isPristine(v) ? v : pushAll([], v);
    });
    R.def('$$odd', function () {
        return arrayProto[SI] !== arrayValues || arrayIteratorProto.next !== arrayNext;
    });
    R.def('$$push', fast.push);
    R.def('$$pushraw', function (arr, list) {
        var at = arr.length, n = list.length, i;
        for (i = 0; i < n; i++)
            if (i in list)
                R.own(arr, at + i, list[i]);
        if (arr.length < at + n)
            arr.length = at + n;
        return arr;
    });
    R.def('$$pushall', pushAll);
    R.def('$$slice', copy);
    R.def('$$it', record);
    R.def('$$next', next);
    R.def('$$rest', function (r) {
        var out = [], k = 0;
        while (!r.d && step(r))
            out[k++] = r.a[0];
        return out;
    });
    R.def('$$pattern', function (v, self, fn) {
        var r = record(v);
        try {
            apply(fn, self, [r]);
        } catch (e) {
            fail(r, e);
        }
        close(r);
        return v;
    });
})

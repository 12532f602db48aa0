// Methods of typed arrays that Duktape lacks. def(object, methods) defines them as built-ins are; G is
// the global object. Those that only read and write elements are Array's own.
(function (def, G) {
    'use strict';
    var A = Array.prototype, Typed = Object.getPrototypeOf(Uint8Array), proto = Typed.prototype;
    var apply = Reflect.apply, floor = Math.floor, min = Math.min, max = Math.max;
    var classOf = Object.prototype.toString, shared = {}, sort = A.sort;

    function check(v) {
        if (!/^\[object (?:Int|Uint|Float|BigInt|BigUint)\w*Array\]$/.test(apply(classOf, v, [])) &&
            !(ArrayBuffer.isView(v) && !(v instanceof DataView)))
            throw new TypeError('this is not a typed array.');
        return v;
    }
    function integer(v) {
        v = +v;
        if (v !== v)
            return 0;
        return v < 0 ? -floor(-v) : floor(v);
    }
    function from(v, n) {
        v = integer(v);
        return v < 0 ? max(n + v, 0) : min(v, n);
    }
    function callable(f) {
        if (typeof f !== 'function')
            throw new TypeError(String(f) + ' is not a function');
        return f;
    }
    function like(a, n) {
        var C = a.constructor, S;
        S = C === undefined ? undefined : C[Symbol.species];
        return new (S || C || Uint8Array)(n);
    }
    function numbers(a, b) {
        if (a !== a)
            return b !== b ? 0 : 1;
        if (b !== b)
            return -1;
        if (a < b)
            return -1;
        if (a > b)
            return 1;
        return a === 0 && b === 0 ? (1 / a < 0 ? (1 / b < 0 ? 0 : -1) : (1 / b < 0 ? 1 : 0)) : 0;
    }

    ['at', 'copyWithin', 'every', 'fill', 'find', 'findIndex', 'findLast', 'findLastIndex', 'forEach',
        'includes', 'indexOf', 'join', 'lastIndexOf', 'reduce', 'reduceRight', 'reverse', 'some',
        'toLocaleString', 'values', 'keys', 'entries'].forEach(function (name) {
        var fn = A[name];
        shared[name] = {
            m() {
                return apply(fn, check(this), arguments);
            }
        }.m;
        Object.defineProperty(shared[name], 'name', { value: name, configurable: true });
        Object.defineProperty(shared[name], 'length', { value: fn.length, configurable: true });
    });
    def(proto, shared);
    def(proto, {
        map(fn) {
            var n = check(this).length, a, i;
            callable(fn);
            a = like(this, n);
            for (i = 0; i < n; i++)
                a[i] = apply(fn, arguments[1], [this[i], i, this]);
            return a;
        },
        filter(fn) {
            var n = check(this).length, kept = [], a, i;
            callable(fn);
            for (i = 0; i < n; i++)
                if (apply(fn, arguments[1], [this[i], i, this]))
                    kept.push(this[i]);
            a = like(this, kept.length);
            for (i = 0; i < kept.length; i++)
                a[i] = kept[i];
            return a;
        },
        slice(start, end) {
            var n = check(this).length, at = from(start, n), to, a, i;
            to = end === undefined ? n : from(end, n);
            n = max(to - at, 0);
            a = like(this, n);
            for (i = 0; i < n; i++)
                a[i] = this[at + i];
            return a;
        },
        sort(comparator) {
            var n = check(this).length, a = [], i;
            if (comparator !== undefined)
                callable(comparator);
            for (i = 0; i < n; i++)
                a[i] = this[i];
            apply(sort, a, [comparator === undefined ? numbers : comparator]);
            for (i = 0; i < n; i++)
                this[i] = a[i];
            return this;
        },
        toReversed() {
            return apply(shared.reverse, copy(check(this)), []);
        },
        toSorted(comparator) {
            if (comparator !== undefined)
                callable(comparator);
            return copy(check(this)).sort(comparator);
        },
        "with"(index, value) {
            var n = check(this).length, at = integer(index), a;
            if (at < 0)
                at += n;
            value = +value;
            if (at < 0 || at >= n)
                throw new RangeError('Invalid typed array index');
            a = copy(this);
            a[at] = value;
            return a;
        }
    });
    function copy(a) {
        return new (G[apply(classOf, a, []).slice(8, -1)] || Uint8Array)(a);
    }
    Object.defineProperty(proto, Symbol.iterator, {
        value: proto.values, writable: true, configurable: true
    });
    def(Typed, {
        from(items) {
            var fn = arguments[1], self = arguments[2], list, a, i;
            if (fn !== undefined)
                callable(fn);
            list = Array.from(items);
            a = new this(list.length);
            for (i = 0; i < list.length; i++)
                a[i] = fn ? apply(fn, self, [list[i], i]) : list[i];
            return a;
        },
        of() {
            var a = new this(arguments.length), i;
            for (i = 0; i < arguments.length; i++)
                a[i] = arguments[i];
            return a;
        }
    });
    Object.defineProperty(Typed.of, 'length', { value: 0, configurable: true });
})

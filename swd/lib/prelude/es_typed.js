// Methods of typed arrays that Duktape lacks. def(object, methods) defines them as built-ins are; G is
// the global object. Those that only read and write elements are Array's own.
(function (def, G) {
    'use strict';
    var A = Array.prototype, Typed = Object.getPrototypeOf(Uint8Array), proto = Typed.prototype;
    var apply = Reflect.apply, floor = Math.floor, min = Math.min, max = Math.max;
    var shared = {}, sort = A.sort, kinds = {};
    var tagOf = Object.getOwnPropertyDescriptor(proto, Symbol.toStringTag).get;

    ['Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array', 'Uint16Array', 'Int32Array',
        'Uint32Array', 'Float32Array', 'Float64Array'].forEach(function (name) {
        kinds[name] = G[name];
    });

    function check(v) {
        if (apply(tagOf, v, []) === undefined)
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
    function isObject(v) {
        return v !== null && (typeof v === 'object' || typeof v === 'function');
    }
    // What `C` made must be a typed array with room for `n` elements.
    function created(a, n) {
        if (check(a).length < n)
            throw new TypeError('Derived TypedArray constructor created an array which was too small');
        return a;
    }
    // TypedArraySpeciesCreate.
    function like(a, n) {
        var C = a.constructor, S;
        if (C === undefined)
            return copyOf(a, n);
        if (!isObject(C))
            throw new TypeError('The .constructor property is not an object');
        S = C[Symbol.species];
        if (S === undefined || S === null)
            return copyOf(a, n);
        if (typeof S !== 'function')
            throw new TypeError('object.constructor[Symbol.species] is not a constructor');
        return created(new S(n), n);
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

    ['at', 'copyWithin', 'every', 'find', 'findIndex', 'findLast', 'findLastIndex', 'forEach',
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
        fill(value, start, end) {
            check(this);
            value = +value;
            return apply(A.fill, this, [value, start, end]);
        },
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
    function copyOf(a, what) {
        return new kinds[apply(tagOf, a, [])](what);
    }
    function copy(a) {
        return copyOf(a, a);
    }
    Object.defineProperty(proto, 'constructor', {
        value: Typed, writable: true, configurable: true
    });
    Object.defineProperty(proto, Symbol.iterator, {
        value: proto.values, writable: true, configurable: true
    });
    def(Typed, {
        from(items) {
            var fn = arguments[1], self = arguments[2], list, a, i;
            if (fn !== undefined)
                callable(fn);
            list = Array.from(items);
            a = created(new this(list.length), list.length);
            for (i = 0; i < list.length; i++)
                a[i] = fn ? apply(fn, self, [list[i], i]) : list[i];
            return a;
        },
        of() {
            var a = created(new this(arguments.length), arguments.length), i;
            for (i = 0; i < arguments.length; i++)
                a[i] = arguments[i];
            return a;
        }
    });
    Object.defineProperty(Typed.of, 'length', { value: 0, configurable: true });
})

// Methods of Array that ES2015 to ES2023 added. def(object, methods) defines them as built-ins are;
// G is the global object with the helpers of generated code.
(function (def, G) {
    'use strict';
    var floor = Math.floor, min = Math.min, max = Math.max, isArray = Array.isArray;
    var defineProperty = Object.defineProperty, apply = Reflect.apply, construct = Reflect.construct;
    var sort = Array.prototype.sort, species = Symbol.species;

    function obj(v) {
        if (v === undefined || v === null)
            throw new TypeError('Array.prototype method called on null or undefined');
        return Object(v);
    }
    function integer(v) {
        v = +v;
        if (v !== v)
            return 0;
        return v < 0 ? -floor(-v) : floor(v);
    }
    function length(o) {
        var n = integer(o.length);
        return n <= 0 ? 0 : min(n, 9007199254740991);
    }
    function from(v, n) {
        v = integer(v);
        return v < 0 ? max(n + v, 0) : min(v, n);
    }
    function callable(f) {
        if (typeof f !== 'function')
            throw new TypeError((f === null ? 'null' : typeof f === 'symbol' ? 'symbol' : typeof f === 'object'
                ? '#<Object>' : String(f)) + ' is not a function');
        return f;
    }
    function put(o, k, v) {
        defineProperty(o, k, { value: v, writable: true, enumerable: true, configurable: true });
    }
    function isConstructor(f) {
        return typeof f === 'function' && f.prototype !== undefined;
    }
    function create(o, n) {
        var C;
        if (isArray(o)) {
            C = o.constructor;
            if (C !== null && (typeof C === 'object' || typeof C === 'function'))
                C = C === Array ? undefined : C[species];
            if (C !== undefined && C !== null) {
                if (!isConstructor(C))
                    throw new TypeError('object.constructor[Symbol.species] is not a constructor');
                return construct(C, [n]);
            }
        }
        return [];
    }
    function checked(n) {
        if (n > 4294967295)
            throw new RangeError('Invalid array length');
        return n;
    }
    function flatten(target, o, depth, fn, self, at) {
        var n = length(o), i, v;
        for (i = 0; i < n; i++) {
            if (!(i in o))
                continue;
            v = o[i];
            if (fn)
                v = apply(fn, self, [v, i, o]);
            if (depth > 0 && isArray(v))
                at = flatten(target, v, depth - 1, undefined, undefined, at);
            else
                put(target, at++, v);
        }
        return at;
    }
    function search(o, fn, self, backwards) {
        var n = length(o), i;
        callable(fn);
        if (backwards) {
            for (i = n - 1; i >= 0; i--)
                if (apply(fn, self, [o[i], i, o]))
                    return i;
        } else {
            for (i = 0; i < n; i++)
                if (apply(fn, self, [o[i], i, o]))
                    return i;
        }
        return -1;
    }

    var methods = {
        at(index) {
            var o = obj(this), n = length(o), i = integer(index);
            return o[i < 0 ? n + i : i];
        },
        copyWithin(target, start) {
            var o = obj(this), n = length(o), to = from(target, n), at = from(start, n);
            var end = arguments[2] === undefined ? n : from(arguments[2], n);
            var count = min(end - at, n - to), step = 1;
            if (at < to && to < at + count) {
                step = -1;
                at += count - 1;
                to += count - 1;
            }
            for (; count > 0; count--, at += step, to += step) {
                if (at in o)
                    o[to] = o[at];
                else
                    delete o[to];
            }
            return o;
        },
        fill(value) {
            var o = obj(this), n = length(o), i = from(arguments[1], n);
            var end = arguments[2] === undefined ? n : from(arguments[2], n);
            for (; i < end; i++)
                o[i] = value;
            return o;
        },
        find(predicate) {
            var o = obj(this), n = length(o), i, v, self = arguments[1];
            callable(predicate);
            for (i = 0; i < n; i++) {
                v = o[i];
                if (apply(predicate, self, [v, i, o]))
                    return v;
            }
        },
        findIndex(predicate) {
            return search(obj(this), predicate, arguments[1], false);
        },
        findLast(predicate) {
            var o = obj(this), i, v, self = arguments[1];
            i = length(o) - 1;
            callable(predicate);
            for (; i >= 0; i--) {
                v = o[i];
                if (apply(predicate, self, [v, i, o]))
                    return v;
            }
        },
        findLastIndex(predicate) {
            return search(obj(this), predicate, arguments[1], true);
        },
        flat() {
            var o = obj(this), depth = arguments[0] === undefined ? 1 : integer(arguments[0]), a;
            a = create(o, 0);
            flatten(a, o, depth, undefined, undefined, 0);
            return a;
        },
        flatMap(mapper) {
            var o = obj(this), a;
            callable(mapper);
            a = create(o, 0);
            flatten(a, o, 1, mapper, arguments[1], 0);
            return a;
        },
        includes(value) {
            var o = obj(this), n = length(o), i, v;
            if (n === 0)
                return false;
            i = integer(arguments[1]);
            for (i = i < 0 ? max(n + i, 0) : i; i < n; i++) {
                v = o[i];
                if (v === value || v !== v && value !== value)
                    return true;
            }
            return false;
        },
        toReversed() {
            var o = obj(this), n = checked(length(o)), a = [], i;
            for (i = 0; i < n; i++)
                put(a, i, o[n - 1 - i]);
            return a;
        },
        toSorted(comparator) {
            var o, n, a = [], i;
            if (comparator !== undefined)
                callable(comparator);
            o = obj(this);
            n = checked(length(o));
            for (i = 0; i < n; i++)
                put(a, i, o[i]);
            return apply(sort, a, [comparator]);
        },
        toSpliced(start, skip) {
            var o = obj(this), n = length(o), at = from(start, n), a = [], k = 0, i, drop;
            drop = arguments.length === 0 ? 0 : arguments.length === 1 ? n - at
                : min(max(integer(skip), 0), n - at);
            if (n + max(arguments.length - 2, 0) - drop > 9007199254740991)
                throw new TypeError('Invalid array length');
            checked(n + max(arguments.length - 2, 0) - drop);
            for (i = 0; i < at; i++)
                put(a, k++, o[i]);
            for (i = 2; i < arguments.length; i++)
                put(a, k++, arguments[i]);
            for (i = at + drop; i < n; i++)
                put(a, k++, o[i]);
            return a;
        },
        "with"(index, value) {
            var o = obj(this), n = length(o), at = integer(index), a = [], i;
            if (at < 0)
                at += n;
            if (at < 0 || at >= n)
                throw new RangeError('Invalid index : ' + index);
            checked(n);
            for (i = 0; i < n; i++)
                put(a, i, i === at ? value : o[i]);
            return a;
        }
    };
    def(Array.prototype, methods);

    def(Array, {
        from(items) {
            var C = this, fn = arguments[1], self = arguments[2], method, r, a, n, i, v;
            if (fn !== undefined)
                callable(fn);
            if (items === undefined || items === null)
                throw new TypeError('object null is not iterable (cannot read property Symbol(Symbol.iterator))');
            method = items[Symbol.iterator];
            C = isConstructor(C) ? C : undefined;
            if (method !== undefined && method !== null) {
                callable(method);
                a = C && C !== Array ? construct(C, []) : [];
                r = G.$$it(items);
                for (i = 0; G.$$step(r); i++) {
                    try {
                        v = r.a[0];
                        put(a, i, fn ? apply(fn, self, [v, i]) : v);
                    } catch (e) {
                        G.$$fail(r, e);
                    }
                }
                a.length = i;
                return a;
            }
            items = Object(items);
            n = length(items);
            a = C && C !== Array ? construct(C, [n]) : [];
            for (i = 0; i < n; i++)
                put(a, i, fn ? apply(fn, self, [items[i], i]) : items[i]);
            a.length = n;
            return a;
        },
        of() {
            var n = arguments.length, a, i;
            a = isConstructor(this) && this !== Array ? construct(this, [n]) : [];
            for (i = 0; i < n; i++)
                put(a, i, arguments[i]);
            a.length = n;
            return a;
        }
    });
    Object.defineProperty(Array.of, 'length', { value: 0, configurable: true });
})

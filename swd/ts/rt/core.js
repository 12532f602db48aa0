// Runtime helpers of generated code, first part: what the others stand on, and values.
//
// Each file of this folder is one expression, a function of R, called once per heap in the order of
// rt.def before any script runs. R.host is what the embedder gives: `Thread` (Duktape's), `hidden`
// (makes a hidden symbol from a text), `regexp` (natives), `promises` (see async.js), `weakMap()` (a
// fresh one), `compile(text, strict, scope)` (for $$eval). R.def() makes a helper global. For the embedder:
// R.construct (Reflect.construct with a new.target), R.builtin, R.get and R.set (with a receiver),
// R.iteratorProto, R.asyncIteratorProto, R.record and R.close (iteration).
// Everything taken from the global object is taken here and now: scripts may replace it later.
// The dialect is Duktape's own: ES5 with shorthand methods, which are functions without
// `prototype` that cannot be constructed.
(function (R) {
    'use strict';
    var global = R.global, host = R.host;
    var defineProperty = Object.defineProperty, create = Object.create, freeze = Object.freeze;
    var apply = Reflect.apply, symbolText = Symbol.prototype.toString, slice = String.prototype.slice;
    var toPrimitive = Symbol.toPrimitive, unscopables = Symbol.unscopables;
    var hasOwn = Object.prototype.hasOwnProperty;

    // A descriptor without a prototype, used again and again: read at once by defineProperty.
    function descriptor(enumerable, writable) {
        var d = create(null);
        d.value = undefined;
        d.writable = writable;
        d.enumerable = enumerable;
        d.configurable = true;
        return d;
    }
    var OWN = descriptor(true, true), HIDDEN = descriptor(false, true), FIXED = descriptor(false, false);

    function defineWith(d) {
        return function (o, key, v) {
            d.value = v;
            defineProperty(o, key, d);
            d.value = undefined;
            return o;
        };
    }
    R.own = defineWith(OWN);
    R.member = defineWith(HIDDEN);
    R.fixed = defineWith(FIXED);

    // CreateDataProperty on a fresh ordinary object. `in` finds inherited setters and __proto__.
    R.put = function (o, key, v) {
        if (key in o)
            R.own(o, key, v);
        else
            o[key] = v;
    };

    R.accessor = function (o, key, getter, setter, enumerable) {
        var d = create(null);
        if (getter !== undefined)
            d.get = getter;
        if (setter !== undefined)
            d.set = setter;
        d.enumerable = enumerable;
        d.configurable = true;
        defineProperty(o, key, d);
        return o;
    };

    R.apply = apply;
    R.none = freeze([]);
    R.hidden = host.hidden;
    R.hasOwn = function (o, key) {
        return apply(hasOwn, o, [key]);
    };

    R.isConstructor = host.fast.isConstructor;

    // Marks constructors that are written in JavaScript and make their own object (see class.js).
    R.KIND = R.hidden('kind');
    R.builtin = function (f) {
        f[R.KIND] = { of: f, builtin: true };
        return f;
    };

    R.isObject = function (v) {
        return typeof v === 'object' ? v !== null : typeof v === 'function';
    };

    // A value in an error message; never runs script code.
    R.show = function (v) {
        switch (typeof v) {
        case 'string':
            return '"' + v + '"';
        case 'symbol':
            return apply(symbolText, v, R.none);
        case 'function':
            return 'function';
        case 'object':
            return v === null ? 'null' : 'object';
        default:
            return '' + v;
        }
    };

    // Since ES2015 the restricted properties of functions are here, and not each function's own.
    (function () {
        var thrower = {
            m() {
                throw new TypeError("'caller' and 'arguments' may not be accessed on functions");
            }
        }.m;
        if (R.hasOwn(Function.prototype, 'caller'))
            return;
        R.accessor(Function.prototype, 'caller', thrower, thrower, false);
        R.accessor(Function.prototype, 'arguments', thrower, thrower, false);
    })();

    R.def = function (name, fn) {
        defineProperty(global, name, { value: fn, writable: false });
    };

    // A key as functions are named after it.
    function keyName(key, prefix) {
        var s = key;
        if (typeof key === 'symbol') {
            s = apply(slice, apply(symbolText, key, R.none), [7, -1]);
            if (s !== '')
                s = '[' + s + ']';
        }
        return prefix ? prefix + ' ' + s : '' + s;
    }
    R.name = function (fn, key, prefix) {
        return R.fixed(fn, 'name', keyName(key, prefix));
    };

    function ordinaryPrimitive(v) {
        var names = ['toString', 'valueOf'], i, f, r;
        for (i = 0; i < 2; i++) {
            f = v[names[i]];
            if (typeof f === 'function') {
                r = apply(f, v, R.none);
                if (!R.isObject(r))
                    return r;
            }
        }
        throw new TypeError('Cannot convert object to primitive value');
    }

    R.key = function (v) {
        var f, r;
        if (typeof v === 'string' || typeof v === 'symbol')
            return v;
        if (!R.isObject(v))
            return '' + v;
        f = v[toPrimitive];
        if (f === undefined || f === null) {
            r = ordinaryPrimitive(v);
        } else {
            if (typeof f !== 'function')
                throw new TypeError(R.show(f) + ' is not a function');
            r = apply(f, v, ['string']);
            if (R.isObject(r))
                throw new TypeError('Cannot convert object to primitive value');
        }
        return typeof r === 'symbol' ? r : '' + r;
    };

    R.def('$$tdz', function (name) {
        throw new ReferenceError("Cannot access '" + name + "' before initialization");
    });
    R.def('$$const', function (name) {
        throw new TypeError("Assignment to constant variable '" + name + "'");
    });
    R.def('$$roc', function (v) {
        if (v === undefined || v === null)
            throw new TypeError('Cannot destructure ' + v);
        return v;
    });
    R.def('$$with', function (v) {
        if (v === undefined || v === null)
            throw new TypeError('Cannot convert undefined or null to object');
        return Object(v);
    });
    R.def('$$in', function (name) {
        var i, o, hidden;
        for (i = 1; i < arguments.length; i++) {
            o = arguments[i];
            if (!(name in o))
                continue;
            hidden = o[unscopables];
            if (!R.isObject(hidden) || !hidden[name])
                return o;
        }
    });
    R.def('$$still', function (o, name) {
        if (!(name in o))
            throw new ReferenceError(name + ' is not defined');
        return o;
    });
    R.def('$$key', R.key);
    R.def('$$name', function (fn, name, prefix) {
        // A class with a static member `name` keeps it.
        if (R.isClass && R.isClass(fn) && R.hasOwn(fn, 'name'))
            return fn;
        return R.fixed(fn, 'name', keyName(name, prefix));
    });
    R.def('$$len', function (fn, n) {
        return R.fixed(fn, 'length', n);
    });
    R.def('$$tpl', function (cooked, raw) {
        defineProperty(cooked, 'raw', { value: freeze(raw) });
        return freeze(cooked);
    });
    R.def('$$apply', apply);
    // The compiler knows how to do without (engine/duk_op.h), but for very long calls.
    R.def('$$call', function (f, self) {
        return apply(f, self, host.fast.slice(arguments, 2));
    });
})

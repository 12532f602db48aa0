// require('util'). N: util.c's natives (inspect, format, kind) and node.c's.
(function (N) {
    'use strict';
    var slice = Array.prototype.slice, apply = Reflect.apply, own = Object.prototype.hasOwnProperty;
    var custom = Symbol['for']('nodejs.util.promisify.custom');
    var warned = Object.create(null), inspect = N.inspectFn();

    function named(fn, name) {
        Object.defineProperty(fn, 'name', { value: name, configurable: true });
        return fn;
    }
    function needFunction(fn, name) {
        if (typeof fn !== 'function')
            N.badArg(fn, name, 'of type function');
    }

    // ---- Callbacks and promises ----

    function promisify(original) {
        var fn;
        needFunction(original, 'original');
        if (original[custom]) {
            fn = original[custom];
            if (typeof fn !== 'function')
                N.badArg(fn, 'util.promisify.custom', 'of type function');
        } else {
            fn = function () {
                var self = this, args = slice.call(arguments);
                return new Promise(function (resolve, reject) {
                    args.push(function (err, value) {
                        if (err)
                            reject(err);
                        else
                            resolve(value);
                    });
                    apply(original, self, args);
                });
            };
            Object.setPrototypeOf(fn, Object.getPrototypeOf(original));
            Object.getOwnPropertyNames(original).forEach(function (k) {
                if (k !== 'prototype' && k !== 'arguments' && k !== 'caller')
                    Object.defineProperty(fn, k, Object.getOwnPropertyDescriptor(original, k));
            });
        }
        Object.defineProperty(fn, custom, { value: fn, configurable: true });
        return fn;
    }
    promisify.custom = custom;

    function callbackify(original) {
        needFunction(original, 'original');
        function callbackified() {
            var args = slice.call(arguments), cb = args.pop(), self = this;
            needFunction(cb, 'last argument');
            apply(original, this, args).then(function (v) {
                process.nextTick(function () { apply(cb, self, [null, v]); });
            }, function (e) {
                var err;
                if (!e) {
                    err = new Error('Promise was rejected with a falsy value');
                    err.code = 'ERR_FALSY_VALUE_REJECTION';
                    err.reason = e;
                    e = err;
                }
                process.nextTick(function () { apply(cb, self, [e]); });
            });
        }
        return named(callbackified, original.name + 'Callbackified');
    }

    function deprecate(fn, message, code) {
        var said = false;
        function deprecated() {
            if (!said && !(code && warned[code])) {
                said = true;
                if (code)
                    warned[code] = true;
                process.emitWarning((code ? '[' + code + '] ' : '') + 'DeprecationWarning: ' + message);
            }
            return new.target ? Reflect.construct(fn, arguments, new.target) : apply(fn, this, arguments);
        }
        Object.setPrototypeOf(deprecated, fn);
        if (fn.prototype)
            deprecated.prototype = fn.prototype;
        return deprecated;
    }

    function inherits(C, S) {
        needFunction(C, 'ctor');
        if (S === null || S === undefined)
            needFunction(S, 'superCtor');
        if (S.prototype === undefined)
            N.badArg(S.prototype, 'superCtor.prototype', 'of type object');
        Object.defineProperty(C, 'super_', { value: S, writable: true, configurable: true });
        Object.setPrototypeOf(C.prototype, S.prototype);
    }

    // ---- Equality ----

    function sameValue(a, b) {
        return a === b ? a !== 0 || 1 / a === 1 / b : a !== a && b !== b;
    }
    function tag(v) {
        return Object.prototype.toString.call(v);
    }
    function equalBytes(a, b) {
        var x = new Uint8Array(a.buffer || a, a.byteOffset || 0, a.byteLength);
        var y = new Uint8Array(b.buffer || b, b.byteOffset || 0, b.byteLength), i;
        if (x.length !== y.length)
            return false;
        for (i = 0; i < x.length; i++)
            if (x[i] !== y[i])
                return false;
        return true;
    }
    function keysOf(o, strict) {
        var keys = Object.keys(o);
        if (strict)
            Object.getOwnPropertySymbols(o).forEach(function (s) {
                if (Object.prototype.propertyIsEnumerable.call(o, s))
                    keys.push(s);
            });
        return keys;
    }
    function equalKeys(a, b, strict, memo) {
        var keys = keysOf(a, strict), i;
        if (keysOf(b, strict).length !== keys.length)
            return false;
        for (i = 0; i < keys.length; i++)
            if (!own.call(b, keys[i]) || !equal(a[keys[i]], b[keys[i]], strict, memo))
                return false;
        return true;
    }
    function equalSets(a, b, strict, memo) {
        var left = [];
        if (a.size !== b.size)
            return false;
        b.forEach(function (v) { left.push(v); });
        return Array.from(a).every(function (v) {
            var i;
            if (b.has(v) && left.indexOf(v) >= 0) {
                left.splice(left.indexOf(v), 1);
                return true;
            }
            for (i = 0; i < left.length; i++) {
                if (equal(v, left[i], strict, memo)) {
                    left.splice(i, 1);
                    return true;
                }
            }
            return v !== v && b.has(v);
        });
    }
    function equalMaps(a, b, strict, memo) {
        var left = Array.from(b);
        if (a.size !== b.size)
            return false;
        return Array.from(a).every(function (e) {
            var i;
            for (i = 0; i < left.length; i++) {
                if (equal(e[0], left[i][0], strict, memo) && equal(e[1], left[i][1], strict, memo)) {
                    left.splice(i, 1);
                    return true;
                }
            }
            return false;
        });
    }
    function looseEqual(a, b) {
        return a == b || a !== a && b !== b; // the loose comparison is the point
    }
    function equal(a, b, strict, memo) {
        var kind, i, same;
        if (strict ? sameValue(a, b) : a === b)
            return true;
        if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') {
            if (strict || a !== null && typeof a === 'object' || b !== null && typeof b === 'object')
                return strict ? typeof a === 'function' && a === b
                    : (a === null || typeof a !== 'object') && (b === null || typeof b !== 'object') && looseEqual(a, b);
            return looseEqual(a, b);
        }
        if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
            return false;
        if (tag(a) !== tag(b))
            return false;
        kind = N.kind(a);
        if (kind !== N.kind(b))
            return false;
        if (kind === 'Array' && a.length !== b.length)
            return false;
        if (kind === 'Date' && !sameValue(a.getTime(), b.getTime()))
            return false;
        if (kind === 'RegExp' && (a.source !== b.source || a.flags !== b.flags || a.lastIndex !== b.lastIndex))
            return false;
        if (kind === 'Error' && (a.message !== b.message || a.name !== b.name ||
            !equal(a.cause, b.cause, strict, memo) || !equal(a.errors, b.errors, strict, memo)))
            return false;
        if ((kind === 'Boolean' || kind === 'Number' || kind === 'String' || kind === 'Symbol') &&
            !sameValue(a.valueOf(), b.valueOf()))
            return false;
        if (kind === 'ArrayBuffer' || kind === 'DataView')
            return equalBytes(a, b);
        if (kind === 'Typed') {
            if (a.length !== b.length)
                return false;
            for (i = 0; i < a.length; i++)
                if (strict ? !sameValue(a[i], b[i]) : !looseEqual(a[i], b[i]))
                    return false;
            return true;
        }
        for (i = 0; i < memo.length; i += 2)
            if (memo[i] === a || memo[i + 1] === b)
                return memo[i] === a && memo[i + 1] === b;
        memo.push(a, b);
        same = (kind !== 'Set' || equalSets(a, b, strict, memo)) &&
            (kind !== 'Map' || equalMaps(a, b, strict, memo)) && equalKeys(a, b, strict, memo);
        memo.length -= 2;
        return same;
    }

    // ---- Kinds ----

    function is(kind) {
        return function (v) {
            return v !== null && typeof v === 'object' && N.kind(v) === kind;
        };
    }
    function ofClass(name) {
        return function (v) {
            return ArrayBuffer.isView(v) && !(v instanceof DataView) && N.className(v) === name;
        };
    }
    function never() {
        return false;
    }
    function tagged(name) {
        return function (v) {
            return v !== null && typeof v === 'object' && tag(v) === '[object ' + name + ']';
        };
    }
    var types = {
        isDate: is('Date'), isRegExp: is('RegExp'), isMap: is('Map'), isSet: is('Set'), isPromise: is('Promise'),
        isNativeError: is('Error'), isNumberObject: is('Number'), isStringObject: is('String'),
        isBooleanObject: is('Boolean'), isSymbolObject: is('Symbol'), isDataView: is('DataView'),
        isArrayBuffer: is('ArrayBuffer'), isAnyArrayBuffer: is('ArrayBuffer'), isArgumentsObject: is('Arguments'),
        isWeakMap: tagged('WeakMap'), isWeakSet: tagged('WeakSet'), isMapIterator: tagged('Map Iterator'),
        isSetIterator: tagged('Set Iterator'), isGeneratorObject: tagged('Generator'),
        isGeneratorFunction: function (v) {
            return typeof v === 'function' && /Generator/.test(tag(v));
        },
        isAsyncFunction: function (v) {
            return typeof v === 'function' && /^\[object Async/.test(tag(v));
        },
        isProxy: function (v) {
            return (v !== null && typeof v === 'object' || typeof v === 'function') && N.isProxy(v);
        },
        isBoxedPrimitive: function (v) {
            return v !== null && typeof v === 'object' && /^(?:Number|String|Boolean|Symbol)$/.test(N.kind(v));
        },
        isArrayBufferView: function (v) {
            return ArrayBuffer.isView(v);
        },
        isTypedArray: function (v) {
            return ArrayBuffer.isView(v) && !(v instanceof DataView);
        },
        isExternal: never, isSharedArrayBuffer: never, isModuleNamespaceObject: never, isBigIntObject: never,
        isBigInt64Array: never, isBigUint64Array: never, isCryptoKey: never, isKeyObject: never
    };
    ['Int8', 'Uint8', 'Uint8Clamped', 'Int16', 'Uint16', 'Int32', 'Uint32', 'Float32', 'Float64'].forEach(function (n) {
        types['is' + n + 'Array'] = ofClass(n + 'Array');
    });
    Object.keys(types).forEach(function (n) { named(types[n], n); });

    // ---- The rest ----

    function type(name) {
        return named(function (v) { return typeof v === name; }, 'is' + name);
    }
    function stripVTControlCharacters(s) {
        if (typeof s !== 'string')
            N.badArg(s, 'str', 'of type string');
        return s.replace(/[\u001b\u009b][[()#;?]*(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?[0-9A-ORZcf-nqry=><~]/g, '');
    }
    function debuglog() {
        function log() {}
        log.enabled = false;
        return log;
    }
    inspect.custom = Symbol['for']('nodejs.util.inspect.custom');
    inspect.defaultOptions = {
        showHidden: false, depth: 2, colors: false, customInspect: true, compact: 3, breakLength: 80
    };
    function lazy(o, name) {
        Object.defineProperty(o, name, {
            get: function () { return N.global()[name]; },
            enumerable: true,
            configurable: true
        });
    }
    var util = {
        inspect: inspect,
        format: N.format,
        formatWithOptions: function formatWithOptions(options) {
            if (options === null || typeof options !== 'object')
                N.badArg(options, 'inspectOptions', 'of type object');
            return apply(N.format, undefined, slice.call(arguments, 1));
        },
        promisify: promisify,
        callbackify: callbackify,
        deprecate: deprecate,
        inherits: inherits,
        isDeepStrictEqual: function isDeepStrictEqual(a, b) {
            return equal(a, b, true, []);
        },
        types: types,
        debuglog: debuglog,
        debug: debuglog,
        stripVTControlCharacters: stripVTControlCharacters,
        toUSVString: function toUSVString(s) {
            return String(s).toWellFormed();
        },
        aborted: function aborted(signal) {
            return new Promise(function (resolve) {
                if (signal.aborted)
                    resolve();
                else
                    signal.addEventListener('abort', function () { resolve(); }, { once: true });
            });
        },
        styleText: function styleText(format, text) {
            return String(text);
        },
        isArray: Array.isArray,
        isBoolean: type('boolean'), isNumber: type('number'), isString: type('string'), isSymbol: type('symbol'),
        isUndefined: type('undefined'), isFunction: type('function'),
        isNull: function isNull(v) { return v === null; },
        isNullOrUndefined: function isNullOrUndefined(v) { return v === null || v === undefined; },
        isObject: function isObject(v) { return v !== null && typeof v === 'object'; },
        isPrimitive: function isPrimitive(v) { return v === null || typeof v !== 'object' && typeof v !== 'function'; },
        isRegExp: types.isRegExp, isDate: types.isDate,
        isError: function isError(v) { return types.isNativeError(v) || v instanceof Error; },
        isBuffer: function isBuffer(v) { return Buffer.isBuffer(v); },
        _extend: function _extend(to, from) {
            if (from !== null && typeof from === 'object')
                Object.keys(from).forEach(function (k) { to[k] = from[k]; });
            return to;
        }
    };
    lazy(util, 'TextEncoder');
    lazy(util, 'TextDecoder');
    // For assert.
    Object.defineProperty(util, 'kEqual', { value: equal });
    return util;
})

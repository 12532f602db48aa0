// structuredClone(). N: kind(v) the inspector's word for an object, fail(text) a DataCloneError,
// own natives; cycles and shared objects are kept by a Map.
(function (N) {
    'use strict';
    var keysOf = Object.keys, create = Object.create, defineProperty = Object.defineProperty;
    var dateValue = Date.prototype.getTime, apply = Reflect.apply;
    var ERRORS = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'];

    function put(o, k, v) {
        defineProperty(o, k, { value: v, writable: true, enumerable: true, configurable: true });
    }
    function hide(o, k, v) {
        defineProperty(o, k, { value: v, writable: true, configurable: true });
    }
    function copyKeys(from, to, seen) {
        keysOf(from).forEach(function (k) {
            put(to, k, clone(from[k], seen));
        });
        return to;
    }
    function cloneError(v, seen) {
        var name = String(v.name), C, e;
        C = ERRORS.indexOf(name) >= 0 ? N.global[name] : Error;
        e = create(C.prototype);
        e = new C();
        seen.set(v, e);
        if ('message' in v)
            hide(e, 'message', String(v.message));
        hide(e, 'stack', String(v.stack));
        if (Object.prototype.hasOwnProperty.call(v, 'cause'))
            hide(e, 'cause', clone(v.cause, seen));
        return e;
    }
    function cloneBuffer(v, seen) {
        var copy = new ArrayBuffer(v.byteLength);
        new Uint8Array(copy).set(new Uint8Array(v));
        seen.set(v, copy);
        return copy;
    }
    function cloneView(v, seen, kind) {
        var buffer = clone(v.buffer, seen), copy;
        if (kind === 'DataView')
            copy = new DataView(buffer, v.byteOffset, v.byteLength);
        else
            copy = new (N.global[N.name(v)])(buffer, v.byteOffset, v.length);
        seen.set(v, copy);
        return copy;
    }
    function clone(v, seen) {
        var kind, copy, i;
        if (typeof v === 'symbol')
            N.fail(String(v) + ' could not be cloned.');
        if (v === null || typeof v !== 'object' && typeof v !== 'function')
            return v;
        if (seen.has(v))
            return seen.get(v);
        kind = N.kind(v);
        switch (kind) {
        case 'Boolean': case 'Number': case 'String':
            copy = Object(v.valueOf());
            break;
        case 'Date':
            copy = new Date(apply(dateValue, v, []));
            break;
        case 'RegExp':
            copy = new RegExp(v.source, v.flags);
            break;
        case 'ArrayBuffer':
            return cloneBuffer(v, seen);
        case 'DataView': case 'Typed':
            return cloneView(v, seen, kind);
        case 'Map':
            copy = new Map();
            seen.set(v, copy);
            N.pairs(v).forEach(function (e) {
                copy.set(clone(e[0], seen), clone(e[1], seen));
            });
            return copy;
        case 'Set':
            copy = new Set();
            seen.set(v, copy);
            N.pairs(v).forEach(function (e) {
                copy.add(clone(e[0], seen));
            });
            return copy;
        case 'Error':
            return cloneError(v, seen);
        case 'Array':
            copy = [];
            copy.length = v.length;
            seen.set(v, copy);
            return copyKeys(v, copy, seen);
        case 'Object':
            copy = {};
            seen.set(v, copy);
            return copyKeys(v, copy, seen);
        default:
            N.fail(N.show(v) + ' could not be cloned.');
        }
        seen.set(v, copy);
        return copy;
    }

    return function structuredClone(value) {
        if (arguments.length === 0)
            throw new TypeError('The "value" argument must be specified');
        return clone(value, new Map());
    };
})

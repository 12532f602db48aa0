// Buffer and require('buffer'). N: buffer.c's natives and node.c's.
(function (N) {
    'use strict';
    var MAX = 0x7fffffff, isView = ArrayBuffer.isView, U8 = Uint8Array.prototype;

    // ---- Arguments ----

    function range(name, what, v) {
        N.fail('R', 'ERR_OUT_OF_RANGE', 'The value of "' + name + '" is out of range. It must be ' + what +
            '. Received ' + (typeof v === 'number' && v % 1 === 0 && (v > 4294967296 || v < -4294967296)
            ? grouped(v) : N.show(v)));
    }
    function grouped(v) {
        return String(v).replace(/\B(?=(?:\d{3})+$)/g, '_');
    }
    function size(n) {
        if (typeof n !== 'number')
            N.badArg(n, 'size', 'of type number');
        if (!(n >= 0 && n <= MAX))
            range('size', '>= 0 && <= ' + MAX, n);
        return n;
    }
    function integer(v, dflt) {
        v = v === undefined ? dflt : +v;
        return v !== v ? 0 : v < 0 ? Math.ceil(v) : Math.floor(v);
    }
    // As copy() takes its indices: the infinite ones are 0, and fractions go down.
    function whole(v, dflt) {
        v = v === undefined ? dflt : Math.floor(+v);
        return v - v === 0 ? v : 0;
    }
    // An index that counts from the end when negative, within 0 to n.
    function index(v, n, dflt) {
        v = integer(v, dflt);
        return v < 0 ? Math.max(n + v, 0) : Math.min(v, n);
    }
    function isBytes(v) {
        return isView(v) && !(v instanceof DataView) && v instanceof Uint8Array;
    }
    function isArrayBuffer(v) {
        return v instanceof ArrayBuffer;
    }
    function bytes(v, name) {
        if (!isBytes(v))
            N.badArg(v, name, 'an instance of Buffer or Uint8Array');
        return v;
    }
    function encoding(e) {
        var found = e === undefined || e === null || e === '' ? 'utf8' : N.encoding(e);
        if (!found)
            N.fail('T', 'ERR_UNKNOWN_ENCODING', 'Unknown encoding: ' + String(e));
        return found;
    }

    // ---- Making ----

    function Buffer(value, encodingOrOffset, length) {
        if (typeof value === 'number') {
            if (typeof encodingOrOffset === 'string')
                N.badArg(value, 'string', 'of type string');
            return Buffer.alloc(value);
        }
        return Buffer.from(value, encodingOrOffset, length);
    }
    function fromArray(a) {
        var n = a.length > 0 ? Math.min(a.length, MAX) : 0, b = N.alloc(n), i;
        if (isBytes(a)) {
            N.copy(a, b, 0, 0, n);
            return b;
        }
        for (i = 0; i < n; i++)
            b[i] = a[i];
        return b;
    }
    function fromMemory(memory, offset, length) {
        var n = memory.byteLength;
        offset = integer(offset, 0);
        if (offset > n)
            N.fail('R', 'ERR_BUFFER_OUT_OF_BOUNDS', '"offset" is outside of buffer bounds');
        length = length === undefined ? n - offset : Math.max(integer(length, 0), 0);
        if (length > n - offset)
            N.fail('R', 'ERR_BUFFER_OUT_OF_BOUNDS', '"length" is outside of buffer bounds');
        return N.view(memory, offset, length);
    }
    function fromObject(v) {
        var p;
        if (v.length !== undefined || isArrayBuffer(v.buffer))
            return typeof v.length === 'number' ? fromArray(v) : N.alloc(0);
        if (v.type === 'Buffer' && Array.isArray(v.data))
            return fromArray(v.data);
        p = v[Symbol.toPrimitive];
        if (typeof p === 'function') {
            p = Reflect.apply(p, v, ['string']);
            if (typeof p === 'string')
                return Buffer.from(p);
        }
    }
    function from(v, a, b) {
        var made, inner;
        if (typeof v === 'string')
            return N.encode(v, encoding(typeof a === 'string' ? a : undefined));
        if (v !== null && typeof v === 'object') {
            if (isArrayBuffer(v))
                return fromMemory(v, a, b);
            inner = v.valueOf && v.valueOf();
            if (inner !== undefined && inner !== null && inner !== v &&
                (typeof inner === 'string' || typeof inner === 'object'))
                return from(inner, a, b);
            made = fromObject(v);
            if (made)
                return made;
        }
        N.badArg(v, 'first argument', 'of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object');
    }
    function statics(o) {
        Object.keys(o).forEach(function (name) {
            Object.defineProperty(Buffer, name, { value: o[name], writable: true, configurable: true, enumerable: true });
        });
    }
    statics({
        poolSize: 8192,
        from: function (value, encodingOrOffset, length) {
            return from(value, encodingOrOffset, length);
        },
        copyBytesFrom: function copyBytesFrom(view, offset, length) {
            var unit, n;
            if (!isView(view) || view instanceof DataView)
                N.badArg(view, 'view', 'an instance of TypedArray');
            unit = view.byteLength / (view.length || 1);
            offset = index(offset, view.length, 0);
            n = Math.min(index(length, view.length, view.length), view.length - offset);
            return fromArray(new Uint8Array(view.buffer, view.byteOffset + offset * unit, n * unit));
        },
        of: function of() {
            return fromArray(arguments);
        },
        alloc: function alloc(n, fill, enc) {
            var b = N.alloc(size(n));
            if (fill !== undefined && fill !== 0 && n > 0)
                b.fill(fill, enc);
            return b;
        },
        allocUnsafe: function allocUnsafe(n) {
            return N.alloc(size(n));
        },
        allocUnsafeSlow: function allocUnsafeSlow(n) {
            return N.alloc(size(n));
        },
        isBuffer: function isBuffer(v) {
            return v instanceof Buffer;
        },
        compare: function compare(a, b) {
            bytes(a, 'buf1');
            bytes(b, 'buf2');
            return N.compare(a, 0, a.length, b, 0, b.length);
        },
        isEncoding: function isEncoding(e) {
            return typeof e === 'string' && e.length !== 0 && N.encoding(e) !== undefined;
        },
        concat: function concat(list, total) {
            var n = 0, i, out, at = 0;
            if (!Array.isArray(list))
                N.badArg(list, 'list', 'an instance of Array');
            for (i = 0; i < list.length; i++)
                n += bytes(list[i], 'list[' + i + ']').length;
            if (total !== undefined)
                n = integer(total, 0);
            out = N.alloc(size(n));
            for (i = 0; i < list.length && at < n; i++)
                at += N.copy(list[i], out, at, 0, list[i].length);
            return out;
        },
        byteLength: function byteLength(v, enc) {
            if (typeof v !== 'string') {
                if (isView(v) || isArrayBuffer(v))
                    return v.byteLength;
                N.badArg(v, 'string', 'of type string or an instance of Buffer or ArrayBuffer');
            }
            return N.byteLength(v, N.encoding(enc) || 'utf8');
        }
    });
    Object.setPrototypeOf(Buffer, Uint8Array);

    // ---- Numbers ----

    var proto = Buffer.prototype = Object.create(U8), methods = {};

    function place(b, offset, n) {
        if (offset === undefined)
            offset = 0;
        if (typeof offset !== 'number')
            N.badArg(offset, 'offset', 'of type number');
        if (offset % 1 !== 0)
            range('offset', 'an integer', offset);
        if (b.length - n < 0)
            N.fail('R', 'ERR_BUFFER_OUT_OF_BOUNDS', 'Attempt to access memory outside buffer bounds');
        if (offset < 0 || offset > b.length - n)
            range('offset', '>= 0 and <= ' + (b.length - n), offset);
        return offset;
    }
    function width(n) {
        if (typeof n !== 'number')
            N.badArg(n, 'byteLength', 'of type number');
        if (n % 1 !== 0)
            range('byteLength', 'an integer', n);
        if (n < 1 || n > 6)
            range('byteLength', '>= 1 and <= 6', n);
        return n;
    }
    function bounds(v, n, signed) {
        var min = signed ? -Math.pow(2, 8 * n - 1) : 0, max = Math.pow(2, signed ? 8 * n - 1 : 8 * n) - 1;
        if (v > max || v < min)
            range('value', n > 4 ? '>= ' + (signed ? '-(2 ** ' + (8 * n - 1) + ')' : '0') + ' and ' +
                (signed ? '< 2 ** ' + (8 * n - 1) : '< 2 ** ' + 8 * n)
                : '>= ' + min + ' and <= ' + max, v);
    }
    function number(kind, n, big) {
        var code = kind.charCodeAt(0);
        return {
            read: function (offset) {
                return N.read(this, place(this, offset, n), n, big, code);
            },
            write: function (value, offset) {
                value = +value;
                if (code !== 102)
                    bounds(value, n, code === 105);
                return N.put(this, place(this, offset, n), n, big, code, value);
            }
        };
    }
    function both(name, alias, m) {
        methods['read' + name] = m.read;
        methods['write' + name] = m.write;
        if (alias) {
            methods['read' + alias] = m.read;
            methods['write' + alias] = m.write;
        }
    }
    both('UInt8', 'Uint8', number('u', 1, false));
    both('Int8', '', number('i', 1, false));
    [['LE', false], ['BE', true]].forEach(function (e) {
        [[16, 2], [32, 4]].forEach(function (w) {
            both('UInt' + w[0] + e[0], 'Uint' + w[0] + e[0], number('u', w[1], e[1]));
            both('Int' + w[0] + e[0], '', number('i', w[1], e[1]));
        });
        both('Float' + e[0], '', number('f', 4, e[1]));
        both('Double' + e[0], '', number('f', 8, e[1]));
        [['UInt', 117], ['Int', 105]].forEach(function (k) {
            both(k[0] + e[0], k[0] === 'UInt' ? 'Uint' + e[0] : '', {
                read: function (offset, byteLength) {
                    if (offset === undefined)
                        N.badArg(offset, 'offset', 'of type number');
                    return N.read(this, place(this, offset, width(byteLength)), byteLength, e[1], k[1]);
                },
                write: function (value, offset, byteLength) {
                    width(byteLength);
                    value = +value;
                    bounds(value, byteLength, k[1] === 105);
                    return N.put(this, place(this, offset, byteLength), byteLength, e[1], k[1], value);
                }
            });
        });
    });

    // ---- Text ----

    function add(o) {
        Object.keys(o).forEach(function (name) {
            methods[name] = o[name];
        });
    }
    add({
        toString: function (enc, start, end) {
            var n = this.length;
            start = start === undefined || start <= 0 ? 0 : integer(start, 0);
            end = end === undefined ? n : Math.min(integer(end, n), n);
            if (arguments.length === 0)
                return N.decode(this, 'utf8', 0, n);
            return start >= end ? '' : N.decode(this, encoding(enc), start, end);
        },
        write: function (text, offset, length, enc) {
            var n = this.length, room;
            if (typeof text !== 'string')
                N.fail('T', 'ERR_INVALID_ARG_TYPE', 'argument must be a string');
            if (typeof offset === 'string') {
                enc = offset;
                offset = length = undefined;
            } else if (typeof length === 'string') {
                enc = length;
                length = undefined;
            }
            if (offset === undefined)
                offset = 0;
            if (typeof offset !== 'number')
                N.badArg(offset, 'offset', 'of type number');
            if (offset < 0 || offset > n || offset % 1)
                range('offset', '>= 0 && <= ' + n, offset);
            room = n - offset;
            if (length !== undefined) {
                if (typeof length !== 'number')
                    N.badArg(length, 'length', 'of type number');
                if (length < 0 || length > n)
                    range('length', '>= 0 && <= ' + n, length);
                room = Math.min(room, length);
            }
            return N.write(this, text, offset, room, encoding(enc));
        },
        toJSON: function () {
            return { type: 'Buffer', data: Array.prototype.slice.call(this) };
        },
        toLocaleString: function () {
            return Reflect.apply(methods.toString, this, arguments);
        }
    });
    ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8'].forEach(function (e) {
        methods[e + 'Slice'] = function (start, end) {
            return this.toString(e, start, end);
        };
        methods[e + 'Write'] = function (text, offset, length) {
            return this.write(text, offset, length, e);
        };
    });

    // ---- Bytes ----

    function search(b, v, from, enc, forwards) {
        var n = b.length;
        if (typeof from === 'string') {
            enc = from;
            from = undefined;
        }
        from = +from;
        if (from !== from)
            from = forwards ? 0 : n;
        from = from < 0 ? Math.ceil(from) + n : Math.floor(from);
        if (typeof v === 'number')
            v = N.encode(String.fromCharCode(v & 255), 'latin1');
        else if (typeof v === 'string')
            v = N.encode(v, enc = encoding(enc));
        else if (!isBytes(v))
            N.badArg(v, 'value', 'one of type number or string or an instance of Buffer or Uint8Array');
        if (from < 0) {
            if (!forwards)
                return -1;
            from = 0;
        }
        if (v.length === 0)
            return Math.min(from, n);
        if (forwards && from >= n)
            return -1;
        return N.indexOf(b, v, from, forwards, enc === 'utf16le' ? 2 : 1);
    }
    function swap(n) {
        return function () {
            if (this.length % n)
                N.fail('R', 'ERR_INVALID_BUFFER_SIZE', 'Buffer size must be a multiple of ' + n * 8 + '-bits');
            N.swap(this, n);
            return this;
        };
    }
    function limit(v, name, min, max, dflt) {
        if (v === undefined)
            return dflt;
        if (typeof v !== 'number')
            N.badArg(v, name, 'of type number');
        if (!(v >= min && v <= max))
            range(name, '>= ' + min + ' && <= ' + max, v);
        return v;
    }
    add({
        copy: function (target, targetStart, start, end) {
            bytes(target, 'target');
            targetStart = whole(targetStart, 0);
            start = whole(start, 0);
            end = whole(end, this.length);
            if (targetStart < 0)
                range('targetStart', '>= 0', targetStart);
            if (start < 0 || start > this.length)
                range('sourceStart', '>= 0 && <= ' + this.length, start);
            if (end < 0)
                range('sourceEnd', '>= 0', end);
            return targetStart >= target.length ? 0 : N.copy(this, target, targetStart, start, end);
        },
        equals: function (other) {
            bytes(other, 'otherBuffer');
            return this === other || N.compare(this, 0, this.length, other, 0, other.length) === 0;
        },
        compare: function (target, targetStart, targetEnd, start, end) {
            bytes(target, 'target');
            targetStart = limit(targetStart, 'targetStart', 0, MAX, 0);
            start = limit(start, 'sourceStart', 0, MAX, 0);
            targetEnd = limit(targetEnd, 'targetEnd', 0, target.length, target.length);
            end = limit(end, 'sourceEnd', 0, this.length, this.length);
            return N.compare(this, start, end, target, targetStart, targetEnd);
        },
        indexOf: function (value, from, enc) {
            return search(this, value, from, enc, true);
        },
        lastIndexOf: function (value, from, enc) {
            return search(this, value, from, enc, false);
        },
        includes: function (value, from, enc) {
            return search(this, value, from, enc, true) !== -1;
        },
        fill: function (value, start, end, enc) {
            var n = this.length;
            if (typeof start === 'string') {
                enc = start;
                start = end = undefined;
            } else if (typeof end === 'string') {
                enc = end;
                end = undefined;
            }
            start = limit(start, 'offset', 0, MAX, 0);
            end = limit(end, 'end', 0, n, n);
            if (typeof value === 'string') {
                if (enc !== undefined && typeof enc !== 'string')
                    N.badArg(enc, 'encoding', 'of type string');
                value = value === '' ? N.alloc(1) : N.encode(value, encoding(enc));
                if (value.length === 0)
                    N.fail('T', 'ERR_INVALID_ARG_VALUE', "The argument 'value' is invalid. Received " + N.show(arguments[0]));
            } else if (!isBytes(value)) {
                value = N.encode(String.fromCharCode(value & 255), 'latin1');
            } else if (value.length === 0) {
                N.fail('T', 'ERR_INVALID_ARG_VALUE', "The argument 'value' is invalid. Received " + N.show(value));
            }
            N.fill(this, value, start, end);
            return this;
        },
        subarray: function (start, end) {
            var n = this.length, from = index(start, n, 0), to = index(end, n, n);
            return N.view(this.buffer, this.byteOffset + from, Math.max(to - from, 0));
        },
        slice: function (start, end) {
            return this.subarray(start, end);
        },
        swap16: swap(2),
        swap32: swap(4),
        swap64: swap(8)
    });
    Object.keys(methods).forEach(function (name) {
        if (methods[name].name !== name)
            Object.defineProperty(methods[name], 'name', { value: name, configurable: true });
        Object.defineProperty(proto, name, { value: methods[name], writable: true, configurable: true, enumerable: true });
    });
    [['parent', 'buffer'], ['offset', 'byteOffset']].forEach(function (p) {
        Object.defineProperty(proto, p[0], {
            get: function () { return this instanceof Buffer ? this[p[1]] : undefined; },
            enumerable: true,
            configurable: true
        });
    });
    Object.defineProperty(proto, 'constructor', { value: Buffer, writable: true, configurable: true });
    Object.defineProperty(proto, 'inspect', {
        value: function inspect_() {
            return N.show(this);
        },
        writable: true,
        configurable: true
    });
    Object.defineProperty(Buffer, 'prototype', { writable: false, enumerable: false });
    Object.defineProperty(Buffer.from, 'name', { value: 'from' });
    N.prototype(proto);

    // ---- The module ----

    function SlowBuffer(n) {
        return Buffer.alloc(+n);
    }
    return {
        get Blob() {
            return N.blob();
        },
        Buffer: Buffer,
        SlowBuffer: SlowBuffer,
        isUtf8: function isUtf8(v) {
            return N.isUtf8(v);
        },
        isAscii: function isAscii(v) {
            var i, b = new Uint8Array(v.buffer || v, v.byteOffset || 0, v.byteLength);
            for (i = 0; i < b.length; i++)
                if (b[i] > 127)
                    return false;
            return true;
        },
        kMaxLength: MAX,
        kStringMaxLength: 536870888,
        constants: { MAX_LENGTH: MAX, MAX_STRING_LENGTH: 536870888 },
        INSPECT_MAX_BYTES: 50,
        btoa: btoa,
        atob: atob
    };
})

// Blob. Its bytes are copied when it is made and never change; slices share them.
(function (N) {
    'use strict';
    var W = N.web(), inspect = Symbol['for']('nodejs.util.inspect.custom');

    function own(o) {
        var s = W.get(o);
        if (!s || !s.blob)
            N.fail('T', 'ERR_INVALID_THIS', 'Value of "this" must be of type Blob');
        return s;
    }
    function typeOf(v) {
        v = v === undefined ? '' : String(v);
        return /^[ -~]*$/.test(v) ? v.toLowerCase() : '';
    }
    function part(v, endings) {
        var s = W.get(v);
        if (s && s.blob)
            return s.blob;
        if (v instanceof ArrayBuffer)
            return Buffer.from(v);
        if (ArrayBuffer.isView(v))
            return Buffer.from(v.buffer, v.byteOffset, v.byteLength);
        v = String(v);
        return Buffer.from(endings === 'native' ? v.replace(/\r\n?/g, '\n') : v);
    }
    function begin(o, bytes, type) {
        W.put(o, { self: o, blob: bytes, type: type });
        return o;
    }
    function Blob(parts, options) {
        var list = [];
        W.need(this, Blob, 'Blob');
        if (parts !== undefined) {
            if (parts === null || typeof parts !== 'object' && typeof parts !== 'function' ||
                typeof parts[Symbol.iterator] !== 'function')
                N.badArg(parts, 'sources', 'a sequence');
            if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function')
                N.badArg(options, 'options', 'of type object');
            list = W.all(parts).map(function (p) { return part(p, options && options.endings); });
        }
        begin(this, Buffer.concat(list), typeOf(options ? options.type : undefined));
    }
    W.getter(Blob.prototype, 'size', {
        m() { return own(this).blob.length; }
    }.m);
    W.getter(Blob.prototype, 'type', {
        m() { return own(this).type; }
    }.m);
    function promised(o, fn) {
        return new Promise(function (resolve) {
            resolve(fn(own(o).blob));
        });
    }
    W.methods(Blob.prototype, {
        arrayBuffer() {
            return promised(this, function (b) {
                return b.buffer.slice(b.byteOffset, b.byteOffset + b.length);
            });
        },
        bytes() {
            return promised(this, function (b) {
                return new Uint8Array(b.buffer.slice(b.byteOffset, b.byteOffset + b.length));
            });
        },
        text() {
            return promised(this, function (b) {
                return new TextDecoder('utf-8').decode(b);
            });
        },
        slice(start, end, type) {
            var b = own(this).blob;
            return begin(Object.create(Blob.prototype), b.subarray(start, end), typeOf(type));
        },
        stream() {
            var b = own(this).blob, at = 0;
            return new ReadableStream({
                pull: function (c) {
                    var n = Math.min(65536, b.length - at);
                    if (n > 0)
                        c.enqueue(new Uint8Array(Buffer.from(b.subarray(at, at + n))));
                    at += n;
                    if (at >= b.length)
                        c.close();
                }
            });
        }
    });
    W.hide(Blob.prototype, inspect, {
        m(depth, options, show) {
            var s = own(this);
            return 'Blob ' + show({ size: s.blob.length, type: s.type }, options);
        }
    }.m);
    W.klass(Blob, 'Blob');
    return Blob;
})

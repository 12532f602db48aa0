// require('string_decoder'). N: buffer.c's natives.
(function (N) {
    'use strict';

    function StringDecoder(encoding) {
        var e = encoding === undefined || encoding === null ? 'utf8' : N.encoding(encoding);
        if (!(this instanceof StringDecoder))
            return new StringDecoder(encoding);
        if (!e)
            N.fail('T', 'ERR_UNKNOWN_ENCODING', 'Unknown encoding: ' + String(encoding));
        this.encoding = e;
        Object.defineProperty(this, 'rest', { value: Buffer.alloc(0), writable: true });
    }
    function keep(encoding, b) {
        var n = b.length;
        switch (encoding) {
        case 'utf8':
            return N.tail(b);
        case 'utf16le':
            return n % 2 + (n >= 2 + n % 2 && (b[n - n % 2 - 1] & 0xfc) === 0xd8 ? 2 : 0);
        case 'base64': case 'base64url':
            return n % 3;
        default:
            return 0;
        }
    }
    StringDecoder.prototype = {
        write: function write(b) {
            var n;
            if (typeof b === 'string')
                return b;
            if (!ArrayBuffer.isView(b))
                N.badArg(b, 'buf', 'an instance of Buffer, TypedArray, or DataView');
            b = Buffer.from(b.buffer, b.byteOffset, b.byteLength);
            if (this.rest.length)
                b = Buffer.concat([this.rest, b]);
            n = keep(this.encoding, b);
            this.rest = Buffer.from(b.subarray(b.length - n));
            return b.toString(this.encoding, 0, b.length - n);
        },
        end: function end(b) {
            var text = b === undefined ? '' : this.write(b);
            text += this.rest.toString(this.encoding);
            this.rest = Buffer.alloc(0);
            return text;
        },
        get lastNeed() {
            var b = this.rest;
            if (!b.length)
                return 0;
            return (this.encoding === 'utf8' ? b[0] >= 0xf0 ? 4 : b[0] >= 0xe0 ? 3 : 2
                : this.encoding === 'utf16le' ? b.length >= 2 ? 4 : 2 : 3) - b.length;
        },
        get lastTotal() {
            return this.rest.length ? this.rest.length + this.lastNeed : 0;
        }
    };
    Object.defineProperty(StringDecoder.prototype, 'constructor', { value: StringDecoder, writable: true, configurable: true });
    return { StringDecoder: StringDecoder };
})

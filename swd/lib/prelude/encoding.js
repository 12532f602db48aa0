// TextEncoder and TextDecoder. N: encoding.c's natives and node.c's.
(function (N) {
    'use strict';
    var W = N.web();

    function state(o, what) {
        var s = W.get(o);
        if (!s || s.what !== what)
            N.fail('T', 'ERR_INVALID_THIS', 'Value of "this" must be of type ' + what);
        return s;
    }

    function TextEncoder() {
        W.need(this, TextEncoder, 'TextEncoder');
        W.put(this, { self: this, what: 'TextEncoder' });
    }
    W.getter(TextEncoder.prototype, 'encoding', {
        m() { return state(this, 'TextEncoder') && 'utf-8'; }
    }.m);
    W.methods(TextEncoder.prototype, {
        encode() {
            state(this, 'TextEncoder');
            return N.encode(arguments[0] === undefined ? '' : String(arguments[0]));
        },
        encodeInto(source, dest) {
            state(this, 'TextEncoder');
            if (typeof source !== 'string')
                N.badArg(source, 'src', 'of type string');
            if (!(dest instanceof Uint8Array))
                N.badArg(dest, 'dest', 'an instance of Uint8Array');
            return N.encodeInto(source, dest);
        }
    });
    W.klass(TextEncoder, 'TextEncoder');

    function TextDecoder() {
        var label = arguments[0] === undefined ? 'utf-8' : String(arguments[0]), options = arguments[1];
        var encoding = N.encodingOf(label);
        W.need(this, TextDecoder, 'TextDecoder');
        if (options !== undefined && options !== null && typeof options !== 'object' && typeof options !== 'function')
            N.badArg(options, 'options', 'of type object');
        if (!encoding)
            N.fail('R', 'ERR_ENCODING_NOT_SUPPORTED', 'The "' + label + '" encoding is not supported');
        W.put(this, {
            self: this, what: 'TextDecoder', encoding: encoding, fatal: !!(options && options.fatal),
            ignoreBOM: !!(options && options.ignoreBOM), rest: undefined, begun: false
        });
    }
    ['encoding', 'fatal', 'ignoreBOM'].forEach(function (name) {
        W.getter(TextDecoder.prototype, name, {
            m() { return state(this, 'TextDecoder')[name]; }
        }.m);
    });
    W.methods(TextDecoder.prototype, {
        decode() {
            var s = state(this, 'TextDecoder'), options = arguments[1], stream, text;
            stream = !!(options && options.stream);
            text = N.decode(s, arguments[0], stream);
            if (text === undefined) {
                s.rest = undefined;
                s.begun = false;
                N.fail('T', 'ERR_ENCODING_INVALID_ENCODED_DATA', 'The encoded data was not valid for encoding ' +
                    s.encoding);
            }
            if (!s.begun && text !== '') {
                s.begun = true;
                if (!s.ignoreBOM && text.charCodeAt(0) === 0xfeff)
                    text = text.slice(1);
            }
            if (!stream)
                s.begun = false;
            return text;
        }
    });
    W.klass(TextDecoder, 'TextDecoder');

    return { TextEncoder: TextEncoder, TextDecoder: TextDecoder };
})

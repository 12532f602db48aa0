// require('querystring').
(function (N) {
    'use strict';

    function text(v) {
        switch (typeof v) {
        case 'string':
            return v;
        case 'number':
            return isFinite(v) ? String(v) : '';
        case 'boolean':
            return v ? 'true' : 'false';
        default:
            return '';
        }
    }
    function pair(key, v, eq, encode) {
        return encode(text(key)) + eq + encode(text(v));
    }
    var qs = {
        unescapeBuffer: function unescapeBuffer(s) {
            return Buffer.from(unescape(String(s)), 'latin1');
        },
        unescape: function unescape_(s) {
            try {
                return decodeURIComponent(s);
            } catch (e) {
                return qs.unescapeBuffer(s).toString();
            }
        },
        escape: function escape_(s) {
            if (typeof s !== 'string')
                s = typeof s === 'object' ? String(s) : s + '';
            try {
                return encodeURIComponent(s);
            } catch (e) {
                e.code = 'ERR_INVALID_URI';
                throw e;
            }
        },
        stringify: function stringify(o, sep, eq, options) {
            var encode = options && typeof options.encodeURIComponent === 'function'
                ? options.encodeURIComponent : qs.escape;
            sep = sep || '&';
            eq = eq || '=';
            if (o === null || typeof o !== 'object')
                return '';
            return Object.keys(o).map(function (key) {
                var v = o[key];
                if (Array.isArray(v))
                    return v.map(function (x) { return pair(key, x, eq, encode); }).join(sep);
                return pair(key, v, eq, encode);
            }).filter(Boolean).join(sep);
        },
        parse: function parse(s, sep, eq, options) {
            var out = Object.create(null), decode = qs.unescape, max = 1000, parts, i, at, key, v;
            if (typeof s !== 'string' || s === '')
                return out;
            sep = sep || '&';
            eq = eq || '=';
            if (options && typeof options.decodeURIComponent === 'function')
                decode = options.decodeURIComponent;
            if (options && typeof options.maxKeys === 'number')
                max = options.maxKeys > 0 ? options.maxKeys : -1;
            parts = s.split(sep);
            for (i = 0; i < parts.length && (max < 0 || i < max); i++) {
                if (parts[i] === '')
                    continue;
                at = parts[i].indexOf(eq);
                key = decoded(at < 0 ? parts[i] : parts[i].slice(0, at), decode);
                v = at < 0 ? '' : decoded(parts[i].slice(at + eq.length), decode);
                if (!(key in out))
                    out[key] = v;
                else if (Array.isArray(out[key]))
                    out[key].push(v);
                else
                    out[key] = [out[key], v];
            }
            return out;
        }
    };
    function decoded(s, decode) {
        s = s.replace(/\+/g, ' ');
        try {
            return decode(s);
        } catch (e) {
            return qs.unescape(s);
        }
    }
    Object.defineProperty(qs.unescape, 'name', { value: 'unescape' });
    Object.defineProperty(qs.escape, 'name', { value: 'escape' });
    qs.encode = qs.stringify;
    qs.decode = qs.parse;
    return qs;
})

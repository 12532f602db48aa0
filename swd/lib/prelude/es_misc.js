// Functions of Object, String and Symbol that ES2015 to ES2024 added. def(object, methods)
// defines them as built-ins are; G is the global object.
(function (def, G) {
    'use strict';
    var floor = Math.floor, min = Math.min, apply = Reflect.apply, Text = String;
    var defineProperty = Object.defineProperty, keysOf = Object.keys, ownKeys = Reflect.ownKeys;
    var descriptorOf = Object.getOwnPropertyDescriptor, hasOwn = Object.prototype.hasOwnProperty;
    var isEnumerable = Object.prototype.propertyIsEnumerable, trim = String.prototype.trim;
    var charCodeAt = String.prototype.charCodeAt, slice = String.prototype.slice;

    function obj(v) {
        if (v === undefined || v === null)
            throw new TypeError('Cannot convert undefined or null to object');
        return Object(v);
    }
    function text(v, what) {
        if (v === undefined || v === null)
            throw new TypeError('String.prototype.' + what + ' called on null or undefined');
        return plain(v);
    }
    function plain(v) {
        if (typeof v === 'symbol')
            throw new TypeError('Cannot convert a Symbol value to a string');
        return Text(v);
    }
    function integer(v) {
        v = +v;
        if (v !== v)
            return 0;
        return v < 0 ? -floor(-v) : floor(v);
    }
    function put(o, k, v) {
        defineProperty(o, k, { value: v, writable: true, enumerable: true, configurable: true });
    }
    function each(items, fn) {
        var r, i = 0;
        r = G.$$it(items);
        while (G.$$step(r)) {
            try {
                fn(r.a[0], i++);
            } catch (e) {
                G.$$fail(r, e);
            }
        }
    }
    function toKey(v) {
        return typeof v === 'symbol' ? v : keyOf(v);
    }
    function keyOf(v) {
        return G.$$key(v);
    }

    // ---- Object ----

    def(Object, {
        entries(o) {
            var keys, out = [], i;
            o = obj(o);
            keys = ownKeys(o);
            for (i = 0; i < keys.length; i++)
                if (typeof keys[i] === 'string' && apply(isEnumerable, o, [keys[i]]))
                    put(out, out.length, [keys[i], o[keys[i]]]);
            return out;
        },
        values(o) {
            var keys, out = [], i;
            o = obj(o);
            keys = ownKeys(o);
            for (i = 0; i < keys.length; i++)
                if (typeof keys[i] === 'string' && apply(isEnumerable, o, [keys[i]]))
                    put(out, out.length, o[keys[i]]);
            return out;
        },
        fromEntries(items) {
            var o = {};
            if (items === undefined || items === null)
                throw new TypeError(items + ' is not iterable');
            each(items, function (e) {
                if (e === null || typeof e !== 'object' && typeof e !== 'function')
                    throw new TypeError('Iterator value ' + Text(e) + ' is not an entry object');
                var k = e[0], v = e[1];
                put(o, toKey(k), v);
            });
            return o;
        },
        getOwnPropertyDescriptors(o) {
            var keys, out = {}, i, d;
            o = obj(o);
            keys = ownKeys(o);
            for (i = 0; i < keys.length; i++) {
                d = descriptorOf(o, keys[i]);
                if (d !== undefined)
                    put(out, keys[i], d);
            }
            return out;
        },
        hasOwn(o, key) {
            return apply(hasOwn, obj(o), [key]);
        },
        groupBy(items, fn) {
            var out = Object.create(null);
            if (typeof fn !== 'function')
                throw new TypeError(Text(fn) + ' is not a function');
            each(items, function (v, i) {
                var k = toKey(fn(v, i));
                if (k in out)
                    out[k].push(v);
                else
                    put(out, k, [v]);
            });
            return out;
        }
    });

    // ---- String ----

    function repeat(s, n) {
        var out = '', i;
        for (i = floor(n / s.length); i > 0; i >>= 1, s += s)
            if (i & 1)
                out += s;
        return out;
    }
    function pad(s, n, fill, atStart) {
        var whole, more;
        n = integer(n);
        fill = fill === undefined ? ' ' : plain(fill);
        more = n - s.length;
        if (more <= 0 || fill === '')
            return s;
        if (n > 536870888)
            throw new RangeError('Invalid string length');
        whole = repeat(fill, more) + apply(slice, fill, [0, more % fill.length]);
        return atStart ? whole + s : s + whole;
    }
    function half(c, low) {
        return c >= (low ? 0xdc00 : 0xd800) && c < (low ? 0xe000 : 0xdc00);
    }
    // Calls bad(i) for each surrogate that is alone; stops when it answers true.
    function lone(s, bad) {
        var i, c;
        for (i = 0; i < s.length; i++) {
            c = apply(charCodeAt, s, [i]);
            if (half(c, false) && i + 1 < s.length && half(apply(charCodeAt, s, [i + 1]), true))
                i++;
            else if (c >= 0xd800 && c < 0xe000 && bad(i))
                return;
        }
    }
    var strings = {
        at(index) {
            var s = text(this, 'at'), i = integer(index);
            if (i < 0)
                i += s.length;
            return i < 0 || i >= s.length ? undefined : s[i];
        },
        padStart(n) {
            return pad(text(this, 'padStart'), n, arguments[1], true);
        },
        padEnd(n) {
            return pad(text(this, 'padEnd'), n, arguments[1], false);
        },
        trimStart() {
            var s = text(this, 'trimStart'), t = apply(trim, s, []);
            return t === '' ? '' : apply(slice, s, [s.indexOf(t)]);
        },
        trimEnd() {
            var s = text(this, 'trimEnd'), t = apply(trim, s, []);
            return t === '' ? '' : apply(slice, s, [0, s.indexOf(t) + t.length]);
        },
        isWellFormed() {
            var ok = true;
            lone(text(this, 'isWellFormed'), function () {
                ok = false;
                return true;
            });
            return ok;
        },
        toWellFormed() {
            var s = text(this, 'toWellFormed'), out = '', from = 0;
            lone(s, function (i) {
                out += apply(slice, s, [from, i]) + '\ufffd';
                from = i + 1;
            });
            return out + apply(slice, s, [from]);
        }
    };
    def(String.prototype, strings);
    def(String.prototype, { trimLeft: strings.trimStart, trimRight: strings.trimEnd });
    def(String, {
        raw(template) {
            var raw = obj(obj(template).raw), n = integer(raw.length), out = '', i;
            for (i = 0; i < n; i++) {
                out += plain(raw[i]);
                if (i + 1 < n && i + 1 < arguments.length)
                    out += plain(arguments[i + 1]);
            }
            return out;
        }
    });

})

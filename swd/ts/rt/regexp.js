// Runtime helpers: RegExp as ECMAScript 2023 has it, and the methods of String that use it.
//
// R.host.regexp has the natives (engine/regexp.c): they run programs of ts/re.h, which a RegExp
// carries under hidden keys. Objects that Duktape makes of a literal get theirs on first use. The
// methods follow the standard step by step; where `exec` is the built-in one, a native does the
// whole loop, which no script can tell from the steps.
(function (R) {
    'use strict';
    var N = R.host.regexp, apply = R.apply, none = R.none, isObject = R.isObject, show = R.show;
    var proto = Object.getPrototypeOf(/(?:)/), stringProto = String.prototype;
    var defineProperty = Object.defineProperty, descriptorOf = Object.getOwnPropertyDescriptor;
    var create = Object.create, setPrototypeOf = Object.setPrototypeOf, Text = String;
    var indexOf = stringProto.indexOf, slice = stringProto.slice, charCodeAt = stringProto.charCodeAt;
    var floor = Math.floor, min = Math.min, max = Math.max;
    var PROGRAM = R.hidden('re'), NAMES = R.hidden('renames'), SOURCE = R.hidden('resource');
    var STATE = R.hidden('restrings');
    var oldSource = descriptorOf(proto, 'source').get, oldGlobal = descriptorOf(proto, 'global').get;
    var oldCase = descriptorOf(proto, 'ignoreCase').get, oldLines = descriptorOf(proto, 'multiline').get;
    var cache = create(null), cached = 0, CACHE_MAX = 500;

    function wellKnown(name) {
        if (!Symbol[name])
            defineProperty(Symbol, name, { value: Symbol('Symbol.' + name) });
        return Symbol[name];
    }
    var MATCH = wellKnown('match'), MATCH_ALL = wellKnown('matchAll'), REPLACE = wellKnown('replace');
    var SEARCH = wellKnown('search'), SPLIT = wellKnown('split'), SPECIES = wellKnown('species');

    // ---- conversions ----

    function toText(v) {
        if (typeof v === 'string')
            return v;
        if (typeof v === 'symbol')
            throw new TypeError('Cannot convert a Symbol value to a string');
        return Text(v);
    }
    function toInteger(v) {
        v = +v;
        if (v !== v)
            return 0;
        return v < 0 ? -floor(-v) : floor(v);
    }
    function toLength(v) {
        v = toInteger(v);
        return v <= 0 ? 0 : min(v, 9007199254740991);
    }
    function coercible(v, what) {
        if (v === undefined || v === null)
            throw new TypeError('String.prototype.' + what + ' called on null or undefined');
        return v;
    }
    function demand(v, what) {
        if (!isObject(v))
            throw new TypeError('RegExp.prototype.' + what + ' called on incompatible receiver ' + show(v));
        return v;
    }
    function isRegExp(v) {
        var m;
        if (!isObject(v))
            return false;
        m = v[MATCH];
        return m !== undefined ? !!m : isBuiltin(v);
    }
    function isBuiltin(v) {
        return N.bits(v) !== undefined;
    }
    function species(o) {
        var c = o.constructor;
        if (c === undefined)
            return RegExp;
        if (!isObject(c))
            throw new TypeError('object.constructor is not an object');
        c = c[SPECIES];
        if (c === undefined || c === null)
            return RegExp;
        if (!R.isConstructor(c))
            throw new TypeError('object.constructor[Symbol.species] is not a constructor');
        return c;
    }
    function sameValue(a, b) {
        return a === b ? a !== 0 || 1 / a === 1 / b : a !== a && b !== b;
    }
    // The index after the character at `i`.
    function advance(s, i, unicode) {
        var c;
        if (!unicode || i + 1 >= s.length)
            return i + 1;
        c = apply(charCodeAt, s, [i]);
        if (c < 0xd800 || c > 0xdbff)
            return i + 1;
        c = apply(charCodeAt, s, [i + 1]);
        return c < 0xdc00 || c > 0xdfff ? i + 1 : i + 2;
    }

    // ---- making ----

    // The pattern as a literal would show it.
    function escapeSource(pattern) {
        var out = '', i, c, inClass = false, from = 0, text;
        if (pattern === '')
            return '(?:)';
        for (i = 0; i < pattern.length; i++) {
            c = pattern[i];
            text = undefined;
            if (c === '\\') {
                i++;
                c = pattern[i];
                if (c === '\n' || c === '\r' || c === '\u2028' || c === '\u2029') {
                    out += apply(slice, pattern, [from, i - 1]);
                    from = i;
                } else {
                    continue;
                }
            }
            if (c === '[')
                inClass = true;
            else if (c === ']')
                inClass = false;
            else if (c === '/' && !inClass)
                text = '\\/';
            else if (c === '\n')
                text = '\\n';
            else if (c === '\r')
                text = '\\r';
            else if (c === '\u2028')
                text = '\\u2028';
            else if (c === '\u2029')
                text = '\\u2029';
            if (text !== undefined) {
                out += apply(slice, pattern, [from, i]) + text;
                from = i + 1;
            }
        }
        return from === 0 ? pattern : out + apply(slice, pattern, [from]);
    }

    function compiled(pattern, flags) {
        var key = flags + '/' + pattern, c = cache[key];
        if (c === undefined) {
            c = N.compile(pattern, flags);
            c[2] = escapeSource(pattern);
            if (cached === CACHE_MAX) {
                cache = create(null);
                cached = 0;
            }
            cache[key] = c;
            cached++;
        }
        return c;
    }
    function attach(re, pattern, flags) {
        var c = compiled(pattern, flags);
        re[PROGRAM] = c[0];
        re[NAMES] = c[1];
        re[SOURCE] = c[2];
        return re;
    }
    // A RegExp that Duktape made of a literal.
    function adopt(re) {
        return attach(re, apply(oldSource, re, none), (apply(oldGlobal, re, none) ? 'g' : '') +
            (apply(oldCase, re, none) ? 'i' : '') + (apply(oldLines, re, none) ? 'm' : ''));
    }
    function make(pattern, flags) {
        return attach(/(?:)/, pattern, flags);
    }
    R.def('$$regexp', make);

    function RegExp(pattern, flags) {
        var nt = new.target, like = isRegExp(pattern), P, F, re;
        if (nt === undefined) {
            nt = RegExp;
            if (like && flags === undefined && pattern.constructor === RegExp)
                return pattern;
        }
        if (isObject(pattern) && isBuiltin(pattern)) {
            P = sourceOf(pattern);
            F = flags === undefined ? flagText(N.bits(pattern)) : flags;
        } else if (like) {
            P = pattern.source;
            F = flags === undefined ? pattern.flags : flags;
        } else {
            P = pattern;
            F = flags;
        }
        re = make(P === undefined ? '' : toText(P), F === undefined ? '' : toText(F));
        if (nt !== RegExp && isObject(nt.prototype))
            setPrototypeOf(re, nt.prototype);
        return re;
    }
    R.builtin(RegExp);
    R.fixed(RegExp, 'length', 2);
    defineProperty(RegExp, 'prototype', { value: proto, writable: false });
    R.accessor(RegExp, SPECIES, R.name({ m() { return this; } }.m, SPECIES, 'get'), undefined, false);
    R.member(proto, 'constructor', RegExp);
    R.member(R.global, 'RegExp', RegExp);

    // ---- flags and source ----

    var letters = 'dgimsuy';
    function flagText(bits) {
        var out = '', i;
        for (i = 0; i < 7; i++)
            if (bits & (1 << i))
                out += letters[i];
        return out;
    }
    function sourceOf(re) {
        if (N.bits(re) === undefined)
            throw new TypeError('not a RegExp');
        return re[SOURCE];
    }
    function getter(name, fn) {
        R.accessor(proto, name, R.name(fn, name, 'get'), undefined, false);
    }
    N.setup(proto, adopt);
    getter('hasIndices', N.hasIndices);
    getter('global', N.global);
    getter('ignoreCase', N.ignoreCase);
    getter('multiline', N.multiline);
    getter('dotAll', N.dotAll);
    getter('unicode', N.unicode);
    getter('sticky', N.sticky);
    getter('flags', { m() { return N.flags(demand(this, 'flags')); } }.m);
    getter('source', {
        m() { return this === proto ? '(?:)' : sourceOf(demand(this, 'source')); }
    }.m);

    // ---- exec ----

    function lastIndexOf(re) {
        var v = re.lastIndex;
        return typeof v === 'number' && v >= 0 && floor(v) === v ? v : toLength(v);
    }
    function execBuiltin(re, s) {
        return N.exec(re, s, lastIndexOf(re));
    }
    function method(name, holder) {
        R.member(proto, name, R.name(holder.m, name));
        return holder.m;
    }
    var exec = method('exec', {
        m(string) {
            demand(this, 'exec');
            if (!isBuiltin(this))
                throw new TypeError('RegExp.prototype.exec called on an object that is not a RegExp');
            return execBuiltin(this, toText(string));
        }
    });
    function isPlain(re, e) {
        return e === exec && isBuiltin(re);
    }
    // RegExpExec.
    function execAny(re, s) {
        return execWith(re, s, re.exec);
    }
    function execWith(re, s, e) {
        var r;
        if (typeof e !== 'function' || e === exec)
            return execBuiltin(re, s);
        r = apply(e, re, [s]);
        if (!isObject(r) && r !== null)
            throw new TypeError('exec must answer an object or null');
        return r;
    }

    method('test', {
        m(string) {
            var s, e;
            demand(this, 'test');
            s = toText(string);
            e = this.exec;
            if (!isPlain(this, e))
                return execWith(this, s, e) !== null;
            return N.test(this, s, lastIndexOf(this));
        }
    });
    method('toString', {
        m() {
            demand(this, 'toString');
            return '/' + toText(this.source) + '/' + toText(this.flags);
        }
    });
    method('compile', {
        m(pattern, flags) {
            var p, f;
            if (!isBuiltin(demand(this, 'compile')))
                throw new TypeError('RegExp.prototype.compile called on an object that is not a RegExp');
            if (isObject(pattern) && isBuiltin(pattern)) {
                if (flags !== undefined)
                    throw new TypeError('flags must be undefined when the pattern is a RegExp');
                p = sourceOf(pattern);
                f = flagText(N.bits(pattern));
            } else {
                p = pattern === undefined ? '' : toText(pattern);
                f = flags === undefined ? '' : toText(flags);
            }
            attach(this, p, f);
            this.lastIndex = 0;
            return this;
        }
    });
    R.fixed(proto.compile, 'length', 2);

    // ---- the symbol methods ----

    function has(flags, letter) {
        return apply(indexOf, flags, [letter]) >= 0;
    }

    method(MATCH, {
        m(string) {
            var s, flags, unicode, out = [], n = 0, r, text, e;
            demand(this, '[Symbol.match]');
            s = toText(string);
            flags = toText(this.flags);
            if (!has(flags, 'g'))
                return execAny(this, s);
            unicode = has(flags, 'u') || has(flags, 'v');
            this.lastIndex = 0;
            e = this.exec;
            if (isPlain(this, e) && (N.bits(this) & 34) === (unicode ? 34 : 2))
                return N.matches(this, s);
            while ((r = execWith(this, s, e)) !== null) {
                text = toText(r[0]);
                out[n++] = text;
                if (text === '')
                    this.lastIndex = advance(s, toLength(this.lastIndex), unicode);
                e = this.exec;
            }
            return n === 0 ? null : out;
        }
    });

    method(SEARCH, {
        m(string) {
            var s, before, r, e;
            demand(this, '[Symbol.search]');
            s = toText(string);
            before = this.lastIndex;
            if (!sameValue(before, 0))
                this.lastIndex = 0;
            e = this.exec;
            if (sameValue(before, 0) && isPlain(this, e))
                return N.search(this, s);
            r = execWith(this, s, e);
            if (!sameValue(this.lastIndex, before))
                this.lastIndex = before;
            return r === null ? -1 : r.index;
        }
    });

    method(SPLIT, {
        m(string, limit) {
            var s, C, flags, unicode, splitter, out = [], lim, p = 0, q = 0, r, e, i, n;
            demand(this, '[Symbol.split]');
            s = toText(string);
            C = species(this);
            flags = toText(this.flags);
            unicode = has(flags, 'u') || has(flags, 'v');
            if (C === RegExp && (limit === undefined || typeof limit === 'number') &&
                isPlain(this, this.exec) && flagText(N.bits(this)) === flags) {
                lim = limit === undefined ? 4294967295 : limit >>> 0;
                return lim === 0 ? out : N.split(this, s, lim);
            }
            splitter = new C(this, has(flags, 'y') ? flags : flags + 'y');
            lim = limit === undefined ? 4294967295 : limit >>> 0;
            if (lim === 0)
                return out;
            if (s.length === 0) {
                if (execAny(splitter, s) === null)
                    out[0] = s;
                return out;
            }
            while (q < s.length) {
                splitter.lastIndex = q;
                r = execAny(splitter, s);
                e = r === null ? p : min(toLength(splitter.lastIndex), s.length);
                if (r === null || e === p) {
                    q = advance(s, q, unicode);
                    continue;
                }
                out[out.length] = apply(slice, s, [p, q]);
                if (out.length === lim)
                    return out;
                p = e;
                n = max(toLength(r.length) - 1, 0);
                for (i = 1; i <= n; i++) {
                    out[out.length] = r[i];
                    if (out.length === lim)
                        return out;
                }
                q = p;
            }
            out[out.length] = apply(slice, s, [p]);
            return out;
        }
    });

    // ---- replacement ----

    // GetSubstitution.
    function substitute(matched, s, position, captures, named, template) {
        var out = '', i = 0, from = 0, c, d, k, end, m = captures.length;
        while ((i = apply(indexOf, template, ['$', i])) >= 0 && i + 1 < template.length) {
            c = template[i + 1];
            d = undefined;
            end = i + 2;
            if (c === '$') {
                d = '$';
            } else if (c === '&') {
                d = matched;
            } else if (c === '`') {
                d = apply(slice, s, [0, position]);
            } else if (c === "'") {
                d = apply(slice, s, [min(position + matched.length, s.length)]);
            } else if (c >= '0' && c <= '9') {
                k = +c;
                if (template[end] >= '0' && template[end] <= '9' && k * 10 + +template[end] <= m &&
                    k * 10 + +template[end] > 0)
                    k = k * 10 + +template[end++];
                if (k >= 1 && k <= m)
                    d = captures[k - 1] === undefined ? '' : captures[k - 1];
            } else if (c === '<' && named !== undefined) {
                end = apply(indexOf, template, ['>', i]) + 1;
                if (end > 0) {
                    d = named[apply(slice, template, [i + 2, end - 1])];
                    d = d === undefined ? '' : toText(d);
                }
            }
            if (d === undefined) {
                i++;
                continue;
            }
            out += apply(slice, template, [from, i]) + d;
            i = from = end;
        }
        return out + apply(slice, template, [from]);
    }

    function replacement(r, s, position, matched, fn, template) {
        var captures = [], i, n = max(toLength(r.length) - 1, 0), named, args;
        for (i = 1; i <= n; i++)
            captures[i - 1] = r[i] === undefined ? undefined : toText(r[i]);
        named = r.groups;
        if (fn === undefined) {
            if (named !== undefined) {
                if (named === null)
                    throw new TypeError('groups is null');
                named = Object(named);
            }
            return substitute(matched, s, position, captures, named, template);
        }
        args = [matched];
        for (i = 0; i < n; i++)
            args[i + 1] = captures[i];
        args[n + 1] = position;
        args[n + 2] = s;
        if (named !== undefined)
            args[n + 3] = named;
        return toText(apply(fn, undefined, args));
    }

    // Each of `all` holds the arguments for one match; the position follows the groups.
    function replaceBy(all, s, fn) {
        var out = '', next = 0, i, args, at, k;
        for (i = 0; i < all.length; i++) {
            args = all[i];
            k = args.length - 1;
            while (typeof args[k] !== 'number')
                k--;
            at = args[k];
            out += apply(slice, s, [next, at]) + toText(apply(fn, undefined, args));
            next = at + args[0].length;
        }
        return next >= s.length ? out : out + apply(slice, s, [next]);
    }

    method(REPLACE, {
        m(string, replace) {
            var s, fn, template, flags, global, unicode, results = [], n = 0, r, i, out = '', next = 0;
            var matched, position, text, e;
            demand(this, '[Symbol.replace]');
            s = toText(string);
            if (typeof replace === 'function')
                fn = replace;
            else
                template = toText(replace);
            flags = toText(this.flags);
            global = has(flags, 'g');
            unicode = has(flags, 'u') || has(flags, 'v');
            if (global)
                this.lastIndex = 0;
            e = this.exec;
            if (isPlain(this, e) &&
                (N.bits(this) & 34) === (global ? 2 : 0) + (unicode ? 32 : 0)) {
                if (fn !== undefined)
                    return replaceBy(N.all(this, s), s, fn);
                if (!has(template, '$<'))
                    return N.replace(this, s, template);
            }
            while ((r = execWith(this, s, e)) !== null) {
                results[n++] = r;
                if (!global)
                    break;
                if (toText(r[0]) === '')
                    this.lastIndex = advance(s, toLength(this.lastIndex), unicode);
                e = this.exec;
            }
            for (i = 0; i < n; i++) {
                r = results[i];
                matched = toText(r[0]);
                position = max(min(toInteger(r.index), s.length), 0);
                text = replacement(r, s, position, matched, fn, template);
                if (position >= next) {
                    out += apply(slice, s, [next, position]) + text;
                    next = position + matched.length;
                }
            }
            return next >= s.length ? out : out + apply(slice, s, [next]);
        }
    });
    R.fixed(proto[REPLACE], 'length', 2);

    // ---- matchAll ----

    var stringsProto = create(R.iteratorProto);
    R.member(stringsProto, 'next', {
        next() {
            var st = isObject(this) ? this[STATE] : undefined, r;
            if (st === undefined || st.of !== this)
                throw new TypeError('next called on an object that is not a RegExp String Iterator');
            if (st.done)
                return R.result(undefined, true);
            r = execAny(st.re, st.s);
            if (r === null) {
                st.done = true;
                return R.result(undefined, true);
            }
            if (!st.global)
                st.done = true;
            else if (toText(r[0]) === '')
                st.re.lastIndex = advance(st.s, toLength(st.re.lastIndex), st.unicode);
            return R.result(r, false);
        }
    }.next);
    R.fixed(stringsProto, Symbol.toStringTag, 'RegExp String Iterator');

    method(MATCH_ALL, {
        m(string) {
            var s, C, flags, re, it;
            demand(this, '[Symbol.matchAll]');
            s = toText(string);
            C = species(this);
            flags = toText(this.flags);
            re = new C(this, flags);
            re.lastIndex = toLength(this.lastIndex);
            it = create(stringsProto);
            it[STATE] = { of: it, re: re, s: s, global: has(flags, 'g'),
                          unicode: has(flags, 'u') || has(flags, 'v'), done: false };
            return it;
        }
    });

    // ---- String.prototype ----

    R.strings = {};
    function stringMethod(name, length, holder) {
        R.strings[name] = holder.m;
        R.fixed(holder.m, 'length', length);
        R.member(stringProto, name, R.name(holder.m, name));
    }
    // The method of `v` under a symbol; primitives are not asked (as the standard has it since 2025).
    function methodOf(v, symbol) {
        var f;
        if (!isObject(v))
            return undefined;
        f = v[symbol];
        if (f === undefined || f === null)
            return undefined;
        if (typeof f !== 'function')
            throw new TypeError(show(f) + ' is not a function');
        return f;
    }
    function globalOnly(v, what) {
        var flags;
        if (!isRegExp(v))
            return;
        flags = v.flags;
        if (flags === undefined || flags === null || !has(toText(flags), 'g'))
            throw new TypeError('String.prototype.' + what + ' called with a non-global RegExp argument');
    }

    stringMethod('match', 1, {
        m(regexp) {
            var f, s;
            coercible(this, 'match');
            f = methodOf(regexp, MATCH);
            if (f !== undefined)
                return apply(f, regexp, [this]);
            s = toText(this);
            f = make(regexp === undefined ? '' : toText(regexp), '');
            return f[MATCH](s);
        }
    });
    stringMethod('matchAll', 1, {
        m(regexp) {
            var f, s;
            coercible(this, 'matchAll');
            if (isObject(regexp)) {
                globalOnly(regexp, 'matchAll');
                f = methodOf(regexp, MATCH_ALL);
                if (f !== undefined)
                    return apply(f, regexp, [this]);
            }
            s = toText(this);
            f = make(regexp === undefined ? '' : toText(regexp), 'g');
            return f[MATCH_ALL](s);
        }
    });
    stringMethod('search', 1, {
        m(regexp) {
            var f, s;
            coercible(this, 'search');
            f = methodOf(regexp, SEARCH);
            if (f !== undefined)
                return apply(f, regexp, [this]);
            s = toText(this);
            f = make(regexp === undefined ? '' : toText(regexp), '');
            return f[SEARCH](s);
        }
    });

    function replaceText(self, search, replace, all) {
        var s = toText(self), what = toText(search), fn, at, from = 0, out = '', text;
        if (typeof replace === 'function')
            fn = replace;
        else
            replace = toText(replace);
        at = apply(indexOf, s, [what]);
        if (at < 0)
            return s;
        while (at >= 0) {
            text = fn === undefined ? substitute(what, s, at, none, undefined, replace)
                                    : toText(apply(fn, undefined, [what, at, s]));
            out += apply(slice, s, [from, at]) + text;
            from = at + what.length;
            if (!all || (what === '' && at >= s.length))
                break;
            at = apply(indexOf, s, [what, what === '' ? at + 1 : from]);
        }
        return out + apply(slice, s, [from]);
    }
    stringMethod('replace', 2, {
        m(search, replace) {
            var f;
            coercible(this, 'replace');
            f = methodOf(search, REPLACE);
            return f !== undefined ? apply(f, search, [this, replace])
                                   : replaceText(this, search, replace, false);
        }
    });
    stringMethod('replaceAll', 2, {
        m(search, replace) {
            var f;
            coercible(this, 'replaceAll');
            if (isObject(search)) {
                globalOnly(search, 'replaceAll');
                f = methodOf(search, REPLACE);
                if (f !== undefined)
                    return apply(f, search, [this, replace]);
            }
            return replaceText(this, search, replace, true);
        }
    });

    stringMethod('split', 2, {
        m(separator, limit) {
            var f, s, sep, lim, out = [], from = 0, at;
            coercible(this, 'split');
            f = methodOf(separator, SPLIT);
            if (f !== undefined)
                return apply(f, separator, [this, limit]);
            s = toText(this);
            lim = limit === undefined ? 4294967295 : limit >>> 0;
            sep = toText(separator);
            if (lim === 0)
                return out;
            if (separator === undefined)
                return [s];
            if (s.length === 0)
                return sep.length ? [s] : out;
            if (sep.length === 0) {
                for (at = 0; at < s.length && at < lim; at++)
                    out[at] = s[at];
                return out;
            }
            while ((at = apply(indexOf, s, [sep, from])) >= 0) {
                out[out.length] = apply(slice, s, [from, at]);
                if (out.length >= lim)
                    return out;
                from = at + sep.length;
            }
            out[out.length] = apply(slice, s, [from]);
            return out;
        }
    });
})

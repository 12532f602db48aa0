// URL and URLSearchParams. N: url.c's natives; W: what web.js lends to make classes.
(function (N, W) {
    'use strict';
    var create = Object.create, defineProperty = Object.defineProperty;
    var inspect = Symbol['for']('nodejs.util.inspect.custom');
    var DEFAULTS = { http: '80', https: '443', ws: '80', wss: '443', ftp: '21', file: '' };

    function fail(input, base) {
        var e = new TypeError('Invalid URL');
        e.code = 'ERR_INVALID_URL';
        e.input = input;
        if (base !== undefined)
            e.base = base;
        return e;
    }
    function code(C, name, text) {
        var e = new C(text);
        e.code = name;
        return e;
    }
    function missing(n, names) {
        if (n < names.length)
            throw code(TypeError, 'ERR_MISSING_ARGS', 'The ' + names.map(function (s) {
                return '"' + s + '"';
            }).join(' and ') + ' argument' + (names.length > 1 ? 's' : '') + ' must be specified');
    }

    // ---- URLSearchParams ----

    // Its state: list [name, value, ...], and the state of the URL it belongs to, or null.
    function changed(s) {
        var q;
        if (s.url) {
            q = N.formEncode(s.list);
            s.url.rec.query = q === '' ? null : q;
            s.url.href = null;
        }
    }
    function fromSequence(init) {
        var list = [];
        W.all(init).forEach(function (pair) {
            var p;
            if (pair === null || typeof pair !== 'object' && typeof pair !== 'function' ||
                typeof pair[Symbol.iterator] !== 'function' || (p = W.all(pair)).length !== 2)
                throw code(TypeError, 'ERR_INVALID_TUPLE',
                    'Each query pair must be an iterable [name, value] tuple');
            list.push(N.text(p[0]), N.text(p[1]));
        });
        return list;
    }
    function fromRecord(init) {
        var list = [], at = create(null);
        Reflect.ownKeys(init).forEach(function (key) {
            var d = Reflect.getOwnPropertyDescriptor(init, key), name;
            if (!d || !d.enumerable)
                return;
            name = N.text(key);
            if (name in at) {
                list[at[name]] = N.text(init[key]);
            } else {
                list.push(name, N.text(init[key]));
                at[name] = list.length - 1;
            }
        });
        return list;
    }
    function listOf(init) {
        var method;
        if (init === undefined)
            return [];
        if (init !== null && (typeof init === 'object' || typeof init === 'function')) {
            method = init[Symbol.iterator];
            if (method === undefined || method === null)
                return fromRecord(init);
            if (typeof method !== 'function')
                throw code(TypeError, 'ERR_ARG_NOT_ITERABLE', 'Query pairs must be iterable');
            return fromSequence(init);
        }
        init = N.text(init);
        return N.formParse(init.charAt(0) === '?' ? init.slice(1) : init);
    }
    function URLSearchParams() {
        W.need(this, URLSearchParams, 'URLSearchParams');
        W.put(this, { self: this, list: listOf(arguments[0]), url: null });
    }
    function params(o) {
        var s = W.get(o);
        if (!s || !s.list)
            throw code(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type URLSearchParams');
        return s;
    }
    // Deletes or finds pairs: fn(index) for each of that name, and value if one is given.
    function find(list, name, value, fn) {
        var i;
        for (i = 0; i < list.length; i += 2)
            if (list[i] === name && (value === undefined || list[i + 1] === value) && fn(i) === false)
                return;
    }
    W.methods(URLSearchParams.prototype, {
        append(name, value) {
            var s = params(this);
            missing(arguments.length, ['name', 'value']);
            s.list.push(N.text(name), N.text(value));
            changed(s);
        },
        'delete': function (name) {
            var s = params(this), value, list = [], i;
            missing(arguments.length, ['name']);
            name = N.text(name);
            value = arguments[1] === undefined ? undefined : N.text(arguments[1]);
            for (i = 0; i < s.list.length; i += 2)
                if (s.list[i] !== name || value !== undefined && s.list[i + 1] !== value)
                    list.push(s.list[i], s.list[i + 1]);
            s.list = list;
            changed(s);
        },
        get: function get(name) {
            var s = params(this), found = null;
            missing(arguments.length, ['name']);
            find(s.list, N.text(name), undefined, function (i) {
                found = s.list[i + 1];
                return false;
            });
            return found;
        },
        getAll(name) {
            var s = params(this), all = [];
            missing(arguments.length, ['name']);
            find(s.list, N.text(name), undefined, function (i) {
                all.push(s.list[i + 1]);
            });
            return all;
        },
        has(name) {
            var s = params(this), found = false;
            missing(arguments.length, ['name']);
            find(s.list, N.text(name), arguments[1] === undefined ? undefined : N.text(arguments[1]),
                function () {
                    found = true;
                    return false;
                });
            return found;
        },
        set: function set(name, value) {
            var s = params(this), list = [], done = false, i;
            missing(arguments.length, ['name', 'value']);
            name = N.text(name);
            value = N.text(value);
            for (i = 0; i < s.list.length; i += 2) {
                if (s.list[i] !== name)
                    list.push(s.list[i], s.list[i + 1]);
                else if (!done)
                    done = list.push(name, value) > 0;
            }
            if (!done)
                list.push(name, value);
            s.list = list;
            changed(s);
        },
        sort() {
            var s = params(this), order = [], list = [], i;
            for (i = 0; i < s.list.length; i += 2)
                order.push(i);
            order.sort(function (a, b) {
                return s.list[a] < s.list[b] ? -1 : s.list[a] > s.list[b] ? 1 : a - b;
            });
            order.forEach(function (at) {
                list.push(s.list[at], s.list[at + 1]);
            });
            s.list = list;
            changed(s);
        },
        forEach(callback) {
            var s = params(this), i;
            if (typeof callback !== 'function')
                throw code(TypeError, 'ERR_INVALID_ARG_TYPE', 'The "callback" argument must be of type ' +
                    'function. Received ' + (callback === undefined ? 'undefined' : typeof callback));
            for (i = 0; i < s.list.length; i += 2)
                Reflect.apply(callback, arguments[1], [s.list[i + 1], s.list[i], this]);
        },
        toString() {
            return N.formEncode(params(this).list);
        },
        keys() {
            return iterate(params(this), 0);
        },
        values() {
            return iterate(params(this), 1);
        },
        entries() {
            return iterate(params(this), 2);
        }
    });
    defineProperty(URLSearchParams.prototype['delete'], 'name', { value: 'delete', configurable: true });
    W.getter(URLSearchParams.prototype, 'size', {
        m() { return params(this).list.length / 2; }
    }.m);
    W.hide(URLSearchParams.prototype, Symbol.iterator, URLSearchParams.prototype.entries);
    W.klass(URLSearchParams, 'URLSearchParams');

    var iterators = create(N.iterator);
    function iterate(s, kind) {
        var it = create(iterators);
        W.put(it, { self: it, params: s, kind: kind, at: 0 });
        return it;
    }
    W.methods(iterators, {
        next() {
            var s = W.get(this), l, i;
            if (!s || !s.params)
                throw code(TypeError, 'ERR_INVALID_THIS',
                    'Value of "this" must be of type URLSearchParamsIterator');
            l = s.params.list;
            i = s.at;
            if (i >= l.length)
                return { value: undefined, done: true };
            s.at += 2;
            return { value: s.kind === 2 ? [l[i], l[i + 1]] : l[i + s.kind], done: false };
        }
    });
    defineProperty(iterators, Symbol.toStringTag, { value: 'URLSearchParams Iterator', configurable: true });

    // ---- URL ----

    function url(o) {
        var s = W.get(o);
        if (!s || !s.rec)
            throw code(TypeError, 'ERR_INVALID_THIS', 'Value of "this" must be of type URL');
        return s;
    }
    function parse(input, base) {
        var b;
        if (base !== undefined && !(b = N.parse(base, undefined)))
            return undefined;
        return N.parse(input, b);
    }
    function begin(o, rec) {
        W.put(o, { self: o, rec: rec, params: null, href: null });
        return o;
    }
    function URL(input) {
        var base = arguments[1], rec;
        W.need(this, URL, 'URL');
        missing(arguments.length, ['url']);
        input = N.text(input);
        if (base !== undefined)
            base = N.text(base);
        rec = parse(input, base);
        if (!rec)
            throw fail(input, base);
        begin(this, rec);
    }
    function href(s) {
        return s.href || (s.href = N.href(s.rec, false));
    }
    function origin(rec) {
        var inner;
        if (rec.scheme === 'blob') {
            inner = N.parse(rec.path, undefined);
            return inner && (inner.scheme === 'http' || inner.scheme === 'https') ? origin(inner) : 'null';
        }
        if (!(rec.scheme in DEFAULTS) || rec.scheme === 'file')
            return 'null';
        return rec.scheme + '://' + hostOf(rec);
    }
    function hostOf(rec) {
        return rec.host === null ? '' : rec.port < 0 ? rec.host : rec.host + ':' + rec.port;
    }
    function noCredentials(rec) {
        return rec.host === null || rec.host === '' || rec.scheme === 'file';
    }
    // What the parser did to the query is what searchParams shows.
    function update(s) {
        if (s.params)
            s.params.list = s.rec.query === null ? [] : N.formParse(s.rec.query);
    }
    var members = {
        href: {
            get: href,
            set: function (s, v) {
                var rec = N.parse(v, undefined);
                if (!rec)
                    throw fail(v);
                s.rec = rec;
                update(s);
            }
        },
        origin: { get: function (s) { return origin(s.rec); } },
        protocol: {
            get: function (s) { return s.rec.scheme + ':'; },
            set: function (s, v) { N.set(s.rec, 'protocol', v + ':'); }
        },
        username: {
            get: function (s) { return s.rec.user; },
            set: function (s, v) {
                if (!noCredentials(s.rec))
                    s.rec.user = N.encode(v);
            }
        },
        password: {
            get: function (s) { return s.rec.pass; },
            set: function (s, v) {
                if (!noCredentials(s.rec))
                    s.rec.pass = N.encode(v);
            }
        },
        host: {
            get: function (s) { return hostOf(s.rec); },
            set: function (s, v) {
                if (!s.rec.opaque)
                    N.set(s.rec, 'host', v);
            }
        },
        hostname: {
            get: function (s) { return s.rec.host === null ? '' : s.rec.host; },
            set: function (s, v) {
                if (!s.rec.opaque)
                    N.set(s.rec, 'hostname', v);
            }
        },
        port: {
            get: function (s) { return s.rec.port < 0 ? '' : String(s.rec.port); },
            set: function (s, v) {
                if (noCredentials(s.rec))
                    return;
                if (v === '')
                    s.rec.port = -1;
                else
                    N.set(s.rec, 'port', v);
            }
        },
        pathname: {
            get: function (s) { return s.rec.path; },
            set: function (s, v) {
                if (s.rec.opaque)
                    return;
                s.rec.path = '';
                N.set(s.rec, 'pathname', v);
            }
        },
        search: {
            get: function (s) { return s.rec.query ? '?' + s.rec.query : ''; },
            set: function (s, v) {
                if (v === '') {
                    s.rec.query = null;
                } else {
                    s.rec.query = '';
                    N.set(s.rec, 'search', v.charAt(0) === '?' ? v.slice(1) : v);
                }
                update(s);
            }
        },
        searchParams: {
            get: function (s) {
                var p = s.params;
                if (!p) {
                    p = create(URLSearchParams.prototype);
                    s.params = { self: p, list: s.rec.query === null ? [] : N.formParse(s.rec.query), url: s };
                    W.put(p, s.params);
                    return p;
                }
                return p.self;
            }
        },
        hash: {
            get: function (s) { return s.rec.fragment ? '#' + s.rec.fragment : ''; },
            set: function (s, v) {
                if (v === '') {
                    s.rec.fragment = null;
                } else {
                    s.rec.fragment = '';
                    N.set(s.rec, 'hash', v.charAt(0) === '#' ? v.slice(1) : v);
                }
            }
        }
    };
    Object.keys(members).forEach(function (name) {
        var m = members[name];
        defineProperty(URL.prototype, name, {
            get: {
                m() { return m.get(url(this)); }
            }.m,
            set: m.set ? {
                m(v) {
                    var s = url(this);
                    m.set(s, N.text(v));
                    s.href = null;
                }
            }.m : undefined,
            enumerable: true,
            configurable: true
        });
    });
    W.methods(URL.prototype, {
        toString() { return href(url(this)); },
        toJSON() { return href(url(this)); }
    });
    W.methods(URL, {
        canParse(input) {
            missing(arguments.length, ['url']);
            return parse(N.text(input), arguments[1] === undefined ? undefined : N.text(arguments[1])) !== undefined;
        },
        parse(input) {
            var rec;
            missing(arguments.length, ['url']);
            rec = parse(N.text(input), arguments[1] === undefined ? undefined : N.text(arguments[1]));
            return rec ? begin(create(URL.prototype), rec) : null;
        }
    });
    W.klass(URL, 'URL');

    // ---- What console shows ----

    W.hide(URLSearchParams.prototype, inspect, {
        m(depth, options, show) {
            var l = params(this).list, out = [], i;
            for (i = 0; i < l.length; i += 2)
                out.push(show(l[i]) + ' => ' + show(l[i + 1]));
            return out.length ? 'URLSearchParams { ' + out.join(', ') + ' }' : 'URLSearchParams {}';
        }
    }.m);
    W.hide(iterators, inspect, {
        m() { return 'URLSearchParams Iterator {}'; }
    }.m);
    W.hide(URL.prototype, inspect, {
        m(depth, options, show) {
            var self = this, o = {};
            url(self);
            if (typeof depth === 'number' && depth < 0)
                return '[URL]';
            Object.keys(members).forEach(function (name) {
                o[name] = self[name];
            });
            return 'URL ' + show(o, options);
        }
    }.m);

    return {
        URL: URL, URLSearchParams: URLSearchParams, parse: N.parse, domain: N.domain, state: url,
        serialize: N.href
    };
})

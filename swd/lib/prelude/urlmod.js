// require('url'): the classes, and Node's older functions. U: what url.js answered.
(function (U) {
    'use strict';
    var SLASHED = { http: 1, https: 1, ftp: 1, gopher: 1, file: 1, ws: 1, wss: 1 };

    function arg(name, what, v) {
        var e = new TypeError('The "' + name + '" argument must be ' + what + '. Received ' +
            (v === null || v === undefined ? v : 'type ' + typeof v));
        e.code = 'ERR_INVALID_ARG_TYPE';
        return e;
    }

    // ---- parse, format, resolve ----

    function Url() {
        var self = this;
        ['protocol', 'slashes', 'auth', 'host', 'port', 'hostname', 'hash', 'search', 'query', 'pathname',
            'path', 'href'].forEach(function (k) { self[k] = null; });
    }
    function cut(o, key, rest, mark) {
        var at = rest.indexOf(mark);
        if (at < 0)
            return rest;
        o[key] = rest.slice(at);
        return rest.slice(0, at);
    }
    function authority(u, rest) {
        var end = rest.search(/[\/?#]/), host = end < 0 ? rest : rest.slice(0, end), at, m;
        rest = rest.slice(host.length);
        at = host.lastIndexOf('@');
        if (at >= 0) {
            u.auth = decodeURIComponent(host.slice(0, at));
            host = host.slice(at + 1);
        }
        m = /^(.*?)(?::([0-9]*))?$/.exec(host);
        u.port = m[2] || null;
        u.hostname = (m[1] || '').toLowerCase().replace(/^\[(.*)\]$/, '$1');
        if (/[^\u0000-\u007f]/.test(u.hostname))
            u.hostname = U.domain(u.hostname) || u.hostname;
        u.host = (u.hostname.indexOf(':') >= 0 ? '[' + u.hostname + ']' : u.hostname) +
            (u.port ? ':' + u.port : '');
        return rest;
    }
    function escape_(s) {
        return s.replace(/[\t\n\r "'<>\\^`{|}]/g, function (c) {
            return c === '\\' ? '/' : encodeURIComponent(c) === c ? '%27' : encodeURIComponent(c);
        });
    }
    function parse(text, parseQuery, slashesDenoteHost) {
        var u = new Url(), rest, m, scheme;
        if (text instanceof Url)
            return text;
        if (typeof text !== 'string')
            throw arg('url', 'of type string', text);
        rest = text.trim();
        m = /^([a-z][a-z0-9.+-]*):/i.exec(rest);
        if (m) {
            u.protocol = m[0].toLowerCase();
            scheme = m[1].toLowerCase();
            rest = rest.slice(m[0].length);
        }
        if (scheme in SLASHED)
            rest = rest.replace(/^[^?#]*/, function (s) { return s.replace(/\\/g, '/'); });
        if (rest.slice(0, 2) === '//' && (m || slashesDenoteHost) && scheme !== 'javascript') {
            u.slashes = true;
            rest = authority(u, rest.slice(2));
        } else if (m && !(scheme in SLASHED) && scheme !== 'javascript') {
            rest = authority(u, rest);
        }
        rest = cut(u, 'hash', escape_(rest), '#');
        rest = cut(u, 'search', rest, '?');
        u.query = u.search === null ? null : u.search.slice(1);
        if (parseQuery) {
            u.query = require_('querystring').parse(u.query || '');
        }
        if (rest)
            u.pathname = rest;
        else if (u.slashes && scheme in SLASHED)
            u.pathname = '/';
        if (u.pathname || u.search)
            u.path = (u.pathname || '') + (u.search || '');
        u.href = format(u);
        return u;
    }
    function format(o, options) {
        var protocol, host = '', search, s, rec;
        if (typeof o === 'string')
            o = parse(o);
        if (o instanceof U.URL)
            return formatURL(o, options || {});
        if (o === null || typeof o !== 'object')
            throw arg('urlObject', 'one of type object or string', o);
        protocol = o.protocol || '';
        if (protocol && protocol.slice(-1) !== ':')
            protocol += ':';
        s = o.auth ? encodeURIComponent(o.auth).replace(/%3A/i, ':') + '@' : '';
        if (o.host)
            host = s + o.host;
        else if (o.hostname)
            host = s + (o.hostname.indexOf(':') >= 0 && o.hostname.charAt(0) !== '[' ? '[' + o.hostname + ']'
                : o.hostname) + (o.port ? ':' + o.port : '');
        search = o.search;
        if (!search && o.query !== null && typeof o.query === 'object') {
            rec = require_('querystring').stringify(o.query);
            search = rec && '?' + rec;
        }
        search = search || '';
        if (search && search.charAt(0) !== '?')
            search = '?' + search;
        s = String(o.pathname || '').replace(/[?#]/g, encodeURIComponent);
        if (o.slashes || protocol.slice(0, -1) in SLASHED && (host || protocol === 'file:')) {
            host = '//' + host;
            if (s && s.charAt(0) !== '/')
                s = '/' + s;
        }
        return protocol + host + s + search.replace(/#/g, '%23') +
            (o.hash ? (o.hash.charAt(0) === '#' ? o.hash : '#' + o.hash) : '');
    }
    function formatURL(url, options) {
        var rec = U.state(url).rec, copy = {}, k;
        for (k in rec)
            copy[k] = rec[k];
        if (options.auth === false)
            copy.user = copy.pass = '';
        if (options.search === false)
            copy.query = null;
        return U.serialize(copy, options.fragment === false);
    }
    function resolve(from, to) {
        var base = from, relative = false, u;
        if (!/^[a-z][a-z0-9.+-]*:/i.test(base)) {
            base = new U.URL(base, 'resolve://').href;
            relative = true;
        }
        u = new U.URL(to, base);
        if (relative && u.protocol === 'resolve:')
            return u.pathname + u.search + u.hash;
        return u.href;
    }

    // ---- Files ----

    function fileURLToPath(url) {
        var e, path;
        if (typeof url === 'string')
            url = new U.URL(url);
        if (!(url instanceof U.URL))
            throw arg('path', 'of type string or an instance of URL', url);
        if (url.protocol !== 'file:') {
            e = new TypeError('The URL must be of scheme file');
            e.code = 'ERR_INVALID_URL_SCHEME';
            throw e;
        }
        path = url.pathname;
        if (url.hostname !== '' || /%2f/i.test(path)) {
            e = new TypeError(url.hostname !== '' ? 'File URL host must be "localhost" or empty on linux'
                : 'File URL path must not include encoded / characters');
            e.code = url.hostname !== '' ? 'ERR_INVALID_FILE_URL_HOST' : 'ERR_INVALID_FILE_URL_PATH';
            throw e;
        }
        return decodeURIComponent(path);
    }
    function pathToFileURL(path) {
        var u = new U.URL('file:///'), slash;
        if (typeof path !== 'string')
            throw arg('path', 'of type string', path);
        slash = path.slice(-1) === '/';
        path = require_('path').resolve(path) + (slash && path !== '/' ? '/' : '');
        u.pathname = path.replace(/[%\\\n\r\t?#]/g, encodeURIComponent);
        return u;
    }
    function require_(id) {
        return U.require(id);
    }
    function urlToHttpOptions(u) {
        var o = {
            protocol: u.protocol, hostname: u.hostname.replace(/^\[(.*)\]$/, '$1'), hash: u.hash,
            search: u.search, pathname: u.pathname, path: u.pathname + u.search, href: u.href
        };
        if (u.port !== '')
            o.port = Number(u.port);
        if (u.username || u.password)
            o.auth = decodeURIComponent(u.username) + ':' + decodeURIComponent(u.password);
        return o;
    }

    return {
        Url: Url,
        parse: parse,
        format: format,
        resolve: resolve,
        URL: U.URL,
        URLSearchParams: U.URLSearchParams,
        domainToASCII: function domainToASCII(domain) { return U.domain(String(domain)); },
        fileURLToPath: fileURLToPath,
        pathToFileURL: pathToFileURL,
        urlToHttpOptions: urlToHttpOptions
    };
})

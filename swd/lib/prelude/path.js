// require('path'): POSIX paths, as Node's path.posix.
(function (N) {
    'use strict';

    function check(v, name) {
        if (typeof v !== 'string')
            N.badArg(v, name, 'of type string');
    }

    // Without dots and double slashes; `above`: whether ".." may lead out of it.
    function tidy(path, above) {
        var parts = path.split('/'), out = [], i, p;
        for (i = 0; i < parts.length; i++) {
            p = parts[i];
            if (p === '' || p === '.')
                continue;
            if (p !== '..' || above && (out.length === 0 || out[out.length - 1] === '..'))
                out.push(p);
            else
                out.pop();
        }
        return out.join('/');
    }

    var path = {
        resolve: function resolve() {
            var all = '', i, absolute = false, p;
            for (i = arguments.length - 1; i >= -1 && !absolute; i--) {
                p = i >= 0 ? arguments[i] : N.cwd();
                check(p, 'paths[' + i + ']');
                if (p === '')
                    continue;
                all = p + '/' + all;
                absolute = p.charAt(0) === '/';
            }
            all = tidy(all, !absolute);
            return absolute ? '/' + all : all || '.';
        },
        normalize: function normalize(p) {
            var absolute, slash;
            check(p, 'path');
            if (p === '')
                return '.';
            absolute = p.charAt(0) === '/';
            slash = p.charAt(p.length - 1) === '/';
            p = tidy(p, !absolute);
            if (p === '')
                return absolute ? '/' : slash ? './' : '.';
            return (absolute ? '/' : '') + p + (slash ? '/' : '');
        },
        isAbsolute: function isAbsolute(p) {
            check(p, 'path');
            return p.charAt(0) === '/';
        },
        join: function join() {
            var parts = [], i;
            for (i = 0; i < arguments.length; i++) {
                check(arguments[i], 'path');
                if (arguments[i] !== '')
                    parts.push(arguments[i]);
            }
            return parts.length ? path.normalize(parts.join('/')) : '.';
        },
        relative: function relative(from, to) {
            var a, b, i = 0, out = [], k;
            check(from, 'from');
            check(to, 'to');
            a = path.resolve(from).split('/').filter(Boolean);
            b = path.resolve(to).split('/').filter(Boolean);
            while (i < a.length && i < b.length && a[i] === b[i])
                i++;
            for (k = i; k < a.length; k++)
                out.push('..');
            return out.concat(b.slice(i)).join('/');
        },
        toNamespacedPath: function toNamespacedPath(p) {
            return p;
        },
        dirname: function dirname(p) {
            var end;
            check(p, 'path');
            end = p.replace(/\/+$/, '').lastIndexOf('/');
            if (end < 1)
                return p.charAt(0) === '/' ? '/' : '.';
            return end === 1 && p.charAt(0) === '/' ? '//' : p.slice(0, end);
        },
        basename: function basename(p, suffix) {
            var b;
            check(p, 'path');
            if (suffix !== undefined)
                check(suffix, 'suffix');
            if (suffix === p)
                return '';
            b = p.replace(/\/+$/, '');
            b = b.slice(b.lastIndexOf('/') + 1);
            if (suffix && suffix.length < b.length && b.slice(b.length - suffix.length) === suffix)
                return b.slice(0, b.length - suffix.length);
            return b;
        },
        extname: function extname(p) {
            var b, at;
            check(p, 'path');
            b = path.basename(p);
            at = b.lastIndexOf('.');
            return at <= 0 || b === '..' ? '' : b.slice(at);
        },
        format: function format(o) {
            var dir, base;
            if (o === null || typeof o !== 'object')
                N.badArg(o, 'pathObject', 'of type object');
            dir = o.dir || o.root;
            base = o.base || (o.name || '') + (o.ext ? (o.ext.charAt(0) === '.' ? '' : '.') + o.ext : '');
            return !dir ? base : dir === o.root ? dir + base : dir + '/' + base;
        },
        parse: function parse(p) {
            var base, ext, root, dir;
            check(p, 'path');
            root = p.charAt(0) === '/' ? '/' : '';
            base = path.basename(p);
            ext = path.extname(p);
            dir = path.dirname(p);
            if (dir === '.' && !/^\.\/+./.test(p))
                dir = '';
            return { root: root, dir: dir, base: base, ext: ext, name: ext ? base.slice(0, -ext.length) : base };
        },
        sep: '/',
        delimiter: ':',
        win32: null,
        posix: null
    };
    path.posix = path;
    return path;
})

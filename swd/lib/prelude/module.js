// CommonJS: resolution, cache, loading. N is module.c's natives, `core` the event loop, `mainPath`
// the main script's absolute display path.
(function (N, core, mainPath) {
    'use strict';
    var own = Object.prototype.hasOwnProperty, parse = JSON.parse, apply = Reflect.apply;
    var cache = Object.create(null);   // filename -> Module (require.cache)
    var sources = Object.create(null); // path -> text or false, until compiled
    var found = Object.create(null);   // dir NUL request -> filename
    var EXTENSIONS = ['', '.js', '.ts', '.tsx', '.jsx', '.mjs', '.cjs', '.json'];
    var main, base, paths = []; // tsconfig.json's baseUrl and paths

    function has(object, key) {
        return apply(own, object, [key]);
    }

    function dirname(path) {
        var at = path.lastIndexOf('/');
        return at <= 0 ? '/' : path.slice(0, at);
    }

    // `path` against `dir`, without dots and double slashes.
    function join(dir, path) {
        var parts = (path.charAt(0) === '/' ? path : dir + '/' + path).split('/'), out = [], i;
        for (i = 0; i < parts.length; i++) {
            if (parts[i] === '..')
                out.pop();
            else if (parts[i] !== '' && parts[i] !== '.')
                out.push(parts[i]);
        }
        return '/' + out.join('/');
    }

    // The text of a file, or false. Suspends the runner while the host fetches it.
    function read(path) {
        var text, yielded;
        if (path in sources)
            return sources[path];
        while ((text = N.source(path)) === true) {
            yielded = false;
            try {
                core.suspend();
                yielded = true;
            } finally {
                if (!yielded)
                    throw N.error('unsupported', "require of '" + path + "' must wait for its " +
                        'source, which cannot happen inside a native callback (sort, map, a ' +
                        'getter, ...): require it earlier');
            }
        }
        return sources[path] = text;
    }

    function asFile(path) {
        var i;
        for (i = 0; i < EXTENSIONS.length; i++)
            if (typeof read(path + EXTENSIONS[i]) === 'string')
                return path + EXTENSIONS[i];
    }

    function asIndex(path) {
        var i;
        for (i = 1; i < EXTENSIONS.length; i++)
            if (typeof read(path + '/index' + EXTENSIONS[i]) === 'string')
                return path + '/index' + EXTENSIONS[i];
    }

    function package_(path) {
        var text = read(path + '/package.json');
        if (typeof text !== 'string')
            return undefined;
        try {
            return parse(text);
        } catch (e) {
            e.message = path + '/package.json: ' + e.message;
            throw e;
        }
    }

    function asFolder(path) {
        var pkg = package_(path), at;
        if (pkg && typeof pkg.main === 'string' && pkg.main) {
            at = join(path, pkg.main);
            at = asFile(at) || asIndex(at);
            if (at)
                return at;
        }
        return asIndex(path);
    }

    // The target of a package.json "exports" value under the conditions of require().
    function target(value) {
        var keys, i, t;
        if (typeof value === 'string')
            return value;
        if (Array.isArray(value)) {
            for (i = 0; i < value.length; i++)
                if ((t = target(value[i])))
                    return t;
            return undefined;
        }
        if (value === null || typeof value !== 'object')
            return undefined;
        keys = Object.keys(value);
        for (i = 0; i < keys.length; i++)
            if (keys[i] === 'require' || keys[i] === 'node' || keys[i] === 'default')
                if ((t = target(value[keys[i]])))
                    return t;
    }

    function exported(exports_, sub) {
        var keys, i, star, t;
        if (typeof exports_ === 'string' || Array.isArray(exports_) ||
            Object.keys(exports_).every(function (k) { return k.charAt(0) !== '.'; }))
            return sub === '.' ? target(exports_) : undefined;
        if (has(exports_, sub))
            return target(exports_[sub]);
        keys = Object.keys(exports_);
        for (i = 0; i < keys.length; i++) {
            star = keys[i].indexOf('*');
            if (star < 0 || sub.slice(0, star) !== keys[i].slice(0, star) ||
                sub.slice(sub.length - (keys[i].length - star - 1)) !== keys[i].slice(star + 1))
                continue;
            t = target(exports_[keys[i]]);
            if (t)
                return t.split('*').join(sub.slice(star, sub.length - (keys[i].length - star - 1)));
        }
    }

    function fromPackages(request, dir) {
        var slash = request.indexOf('/', request.charAt(0) === '@' ? request.indexOf('/') + 1 : 0);
        var name = slash < 0 ? request : request.slice(0, slash);
        var sub = slash < 0 ? '.' : '.' + request.slice(slash);
        var at, pkg, t;
        for (;;) {
            if (dir.slice(-13) !== '/node_modules') {
                at = join(dir, 'node_modules/' + name);
                pkg = package_(at);
                if (pkg && pkg.exports !== undefined && pkg.exports !== null) {
                    t = exported(pkg.exports, sub);
                    if (!t)
                        throw N.error('ERR_PACKAGE_PATH_NOT_EXPORTED', "Package subpath '" + sub +
                            "' is not defined by \"exports\" in " + at + '/package.json');
                    return join(at, t);
                }
                at = join(at, sub);
                t = (sub !== '.' && asFile(at)) || asFolder(at) || (sub === '.' && asFile(at));
                if (t)
                    return t;
            }
            if (dir === '/')
                return undefined;
            dir = dirname(dir);
        }
    }

    // What the star of a pattern stands for in a request; undefined: no match.
    function starOf(pattern, request) {
        var at = pattern.indexOf('*'), tail = pattern.slice(at + 1);
        if (at < 0)
            return pattern === request ? '' : undefined;
        if (request.length < pattern.length - 1 || request.slice(0, at) !== pattern.slice(0, at) ||
            request.slice(request.length - tail.length) !== tail)
            return undefined;
        return request.slice(at, request.length - tail.length);
    }

    // As TypeScript does it: the exact pattern, else the one with most before its star; then
    // baseUrl. Targets that are no file leave the request to what comes after.
    function fromConfig(request) {
        var best, star, i, s, at, file;
        for (i = 0; i < paths.length; i++) {
            s = starOf(paths[i][0], request);
            at = paths[i][0].indexOf('*');
            if (s !== undefined && (!best || at < 0 ||
                (best[0].indexOf('*') >= 0 && at > best[0].indexOf('*')))) {
                best = paths[i];
                star = s;
            }
        }
        for (i = 0; best && i < best[1].length; i++) {
            at = best[1][i].split('*').join(star);
            if ((file = asFile(at) || asFolder(at)))
                return file;
        }
        return base && (asFile(at = join(base, request)) || asFolder(at));
    }

    function isPath(request) {
        return /^(?:\.{0,2}\/|\.\.?$)/.test(request);
    }

    function resolve(request, from) {
        var dir = dirname(from.filename), key = dir + '\u0000' + request, at, file;
        if (key in found)
            return found[key];
        if (isPath(request)) {
            at = join(dir, request);
            if (!/(?:^|\/)\.{0,2}$/.test(request))
                file = asFile(at);
            file = file || asFolder(at);
        } else {
            file = fromConfig(request) || fromPackages(request, dir);
        }
        if (!file)
            throw notFound(request, from);
        return found[key] = file;
    }

    function notFound(request, from) {
        var text = "Cannot find module '" + request + "'", stack = [], e, m;
        if (!isPath(request))
            text += ' (built-in modules: ' + N.builtinNames().join(', ') + ')';
        for (m = from; m; m = m.parent)
            stack.push(m.filename);
        e = N.error('MODULE_NOT_FOUND', text + '\nRequire stack:\n- ' + stack.join('\n- '));
        e.requireStack = stack;
        return e;
    }

    function Module(filename, parent) {
        this.id = parent ? filename : '.';
        this.path = dirname(filename);
        this.exports = {};
        this.filename = filename;
        this.loaded = false;
        this.children = [];
        Object.defineProperty(this, 'parent', { value: parent, writable: true, configurable: true });
        if (parent)
            parent.children.push(this);
    }

    function check(request) {
        if (typeof request !== 'string')
            throw new TypeError('The "id" argument must be of type string. Received ' +
                (request === null ? 'null' : 'type ' + typeof request));
        if (request === '')
            throw new TypeError("The argument 'id' must be a non-empty string. Received ''");
    }

    function run(m, filename, text) {
        var fn;
        if (/\.json$/.test(filename)) {
            try {
                m.exports = parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
            } catch (e) {
                e.message = filename + ': ' + e.message;
                throw e;
            }
        } else {
            fn = N.compile(text, filename);
            apply(fn, m.exports, [m.exports, requireOf(m), m, filename, m.path]);
        }
        m.loaded = true;
    }

    function load(request, from) {
        var filename, m, text, done = false;
        check(request);
        if (N.isBuiltin(request))
            return N.builtin(request);
        filename = resolve(request, from);
        m = cache[filename];
        if (m)
            return m.exports;
        text = read(filename);
        if (typeof text !== 'string')
            throw notFound(request, from);
        cache[filename] = m = new Module(filename, from);
        delete sources[filename];
        N.count();
        try {
            run(m, filename, text);
            done = true;
        } finally {
            if (!done)
                delete cache[filename];
        }
        return m.exports;
    }

    function requireOf(m) {
        function require(id) {
            return load(id, m);
        }
        require.resolve = function resolve_(request) {
            check(request);
            return N.isBuiltin(request) ? request : resolve(request, m);
        };
        require.main = main;
        require.cache = cache;
        m.require = require;
        return require;
    }

    main = new Module(mainPath, undefined);
    cache[mainPath] = main;

    return {
        require: requireOf(main),
        module: main,
        filename: mainPath,
        dirname: main.path,
        configure: function (baseUrl, pathsText) {
            base = baseUrl;
            paths = pathsText ? parse(pathsText) : paths;
        },
        runMain: function (fn) {
            var value = apply(fn, main.exports, [main.exports, main.require, main, mainPath, main.path]);
            main.loaded = true;
            return value;
        },
        api: {
            builtinModules: N.builtinNames(),
            isBuiltin: function isBuiltin(id) {
                return N.builtinNames().indexOf(String(id).replace(/^node:/, '')) >= 0;
            },
            createRequire: function createRequire(filename) {
                return requireOf(new Module(join('/', String(filename).replace(/^file:\/\//, '')), main));
            }
        }
    };
})

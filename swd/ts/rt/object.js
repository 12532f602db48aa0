// Runtime helpers: objects, super properties, modules (doc/ts.md, Calls and objects).
(function (R) {
    'use strict';
    var apply = R.apply, isObject = R.isObject;
    var ownKeys = Reflect.ownKeys, construct = Reflect.construct, reflectSet = Reflect.set;
    var getPrototypeOf = Object.getPrototypeOf, setPrototypeOf = Object.setPrototypeOf;
    var descriptorOf = Object.getOwnPropertyDescriptor, defineProperty = Object.defineProperty;
    var create = Object.create, isExtensible = Object.isExtensible;
    var fast = R.host.fast, assign = fast.assign, getFor = fast.getFor;
    var NAMESPACE = R.hidden('namespace'), META = R.hidden('meta');

    function copy(o, src, skip) {
        var keys, i, k, d, from;
        if (skip === undefined && assign(o, src))
            return o;
        from = Object(src);
        keys = ownKeys(from);
        for (i = 0; i < keys.length; i++) {
            k = keys[i];
            if (skip !== undefined && skip(k))
                continue;
            d = descriptorOf(from, k);
            if (d !== undefined && d.enumerable)
                R.put(o, k, from[k]);
        }
        return o;
    }

    R.def('$$new', function (f, arr) {
        if (typeof f !== 'function')
            throw new TypeError(R.show(f) + ' is not a constructor');
        return construct(f, arr);
    });
    R.def('$$assign', function (o, src) {
        return src === undefined || src === null ? o : copy(o, src);
    });
    R.def('$$omit', function (src, keys) {
        if (src === undefined || src === null)
            throw new TypeError('Cannot destructure ' + src);
        return copy({}, src, function (k) {
            for (var i = 0; i < keys.length; i++)
                if (keys[i] === k)
                    return true;
            return false;
        });
    });
    R.def('$$lit', function (o, src) {
        var keys = ownKeys(src), i;
        for (i = 0; i < keys.length; i++)
            defineProperty(o, keys[i], descriptorOf(src, keys[i]));
        return o;
    });

    R.define = function (o, key, kind, fn, enumerable) {
        if (kind === 1)
            R.accessor(o, key, R.name(fn, key, 'get'), undefined, enumerable);
        else if (kind === 2)
            R.accessor(o, key, undefined, R.name(fn, key, 'set'), enumerable);
        else
            (enumerable ? R.own : R.member)(o, key, fn);
        return o;
    };
    R.def('$$def', function (o, key, kind, fn, named) {
        key = R.key(key);
        if (kind === 0 || (kind === 3 && named === true))
            R.name(fn, key);
        return R.define(o, key, kind, fn, true);
    });
    R.def('$$proto', function (o, v) {
        if (isObject(v) || v === null)
            setPrototypeOf(o, v);
        return o;
    });

    function superBase(home, key) {
        var p = getPrototypeOf(home);
        if (p === null)
            throw new TypeError('Cannot read property ' + R.show(key) + ' of null');
        return p;
    }

    // [[Get]] of `p` with a receiver of its own.
    R.get = getFor;

    // OrdinarySet with a receiver; answers success.
    function set(p, key, v, self) {
        var d;
        for (; p !== null; p = getPrototypeOf(p)) {
            d = descriptorOf(p, key);
            if (d !== undefined)
                break;
        }
        if (d !== undefined && !('value' in d)) {
            if (d.set === undefined)
                return false;
            apply(d.set, self, [v]);
            return true;
        }
        if ((d !== undefined && !d.writable) || !isObject(self))
            return false;
        d = descriptorOf(self, key);
        if (d === undefined) {
            if (!isExtensible(self))
                return false;
            R.own(self, key, v);
            return true;
        }
        if (!('value' in d) || !d.writable)
            return false;
        return reflectSet(self, key, v);
    }
    R.set = set;

    R.def('$$sget', function (home, key, self) {
        var p = superBase(home, key);
        if (typeof key !== 'string')
            key = R.key(key);
        return getFor(p, key, self);
    });
    R.def('$$sset', function (home, key, v, self) {
        var p = superBase(home, key);
        key = R.key(key);
        if (!set(p, key, v, self))
            throw new TypeError('Cannot assign to property ' + R.show(key) + ' of super');
        return v;
    });
    R.def('$$delsuper', function () {
        throw new ReferenceError('Unsupported reference to super');
    });

    function forward(o, key, from) {
        R.accessor(o, key, function () { return from[key]; }, undefined, true);
    }

    function namespace(m) {
        var ns, keys, i;
        if (isObject(m)) {
            if (m.__esModule)
                return m;
            ns = m[NAMESPACE];
            if (ns !== undefined && ns.of === m)
                return ns.ns;
        }
        ns = {};
        if (isObject(m)) {
            keys = Object.keys(m);
            for (i = 0; i < keys.length; i++)
                if (keys[i] !== 'default')
                    forward(ns, keys[i], m);
            if (isExtensible(m))
                m[NAMESPACE] = { of: m, ns: ns };
        }
        R.own(ns, 'default', m);
        return ns;
    }
    R.def('$$eval', function (src, strict, scope) {
        return typeof src === 'string' ? R.host.compile(src, strict, scope) : src;
    });
    R.def('$$ns', namespace);
    R.def('$$export', function (exports, getters) {
        var keys = ownKeys(getters), i, d;
        if (!R.hasOwn(exports, '__esModule'))
            defineProperty(exports, '__esModule', { value: true });
        for (i = 0; i < keys.length; i++) {
            d = descriptorOf(getters, keys[i]);
            R.accessor(exports, keys[i], d.get || d.value, undefined, true);
        }
        return exports;
    });
    R.def('$$star', function (exports, m) {
        var k;
        if (!isObject(m))
            return;
        for (k in m)
            if (k !== 'default' && k !== '__esModule' && !R.hasOwn(exports, k))
                forward(exports, k, m);
    });
    R.def('$$import', function (require, spec, meta) {
        var p;
        R.host.promises();
        p = $$pnew();
        try {
            $$pres(p, namespace(apply(require, undefined, ['' + spec, meta])));
        } catch (e) {
            $$prej(p, e);
        }
        return p;
    });
    R.def('$$meta', function (module) {
        var meta = module[META], file = '' + (module.filename || module.id || '');
        if (meta !== undefined)
            return meta;
        meta = create(null);
        meta.filename = file;
        meta.dirname = module.path !== undefined ? module.path : file.replace(/\/[^\/]*$/, '') || '/';
        meta.url = 'file://' + encodeURI(file);
        module[META] = meta;
        return meta;
    });
})

// Runtime helpers: classes (doc/ts.md, Classes).
//
// A class is an ES5 function marked under a hidden key. Marks hold their owner, so that neither a
// Proxy (which hands hidden keys to its target) nor an heir passes for what it stands before.
// Private elements are entries {o, v, ...} under a hidden key per private name; entries of other
// owners (a Proxy given by a parent constructor) are chained behind.
(function (R) {
    'use strict';
    var apply = R.apply, none = R.none, isObject = R.isObject, show = R.show;
    var construct = Reflect.construct, create = Object.create;
    var defineProperty = Object.defineProperty;
    var getPrototypeOf = Object.getPrototypeOf, setPrototypeOf = Object.setPrototypeOf;
    var descriptorOf = Object.getOwnPropertyDescriptor, ownKeys = Reflect.ownKeys;
    var fnText = Function.prototype.toString, fnProto = Function.prototype, objectProto = Object.prototype;
    var search = String.prototype.indexOf, isConstructor = R.isConstructor;
    var CLASS = R.hidden('class'), TAKES = R.hidden('newtarget'), KIND = R.KIND;
    var pending;
    var privates = 0;

    function isClass(f) {
        return typeof f === 'function' && f[CLASS] === f;
    }
    R.isClass = isClass;

    // Whether `new f()` must be used: built-ins, bound functions, proxies, and what R.builtin marks.
    function isBuiltin(f) {
        var k = f[KIND], text;
        if (k !== undefined && k.of === f)
            return k.builtin;
        try {
            text = apply(fnText, f, none);
        } catch (e) {
            return true;
        }
        k = apply(search, text, ['[ecmascript code]']) < 0;
        if (Object.isExtensible(f))
            f[KIND] = { of: f, builtin: k };
        return k;
    }

    function nameMembers(target, from) {
        var keys, i, k, d;
        if (from === undefined)
            return;
        keys = ownKeys(from);
        for (i = 0; i < keys.length; i++) {
            k = keys[i];
            d = descriptorOf(from, k);
            d.enumerable = false;
            if (d.get !== undefined)
                R.name(d.get, k, 'get');
            if (d.set !== undefined)
                R.name(d.set, k, 'set');
            if (typeof d.value === 'function')
                R.name(d.value, k);
            defineProperty(target, k, d);
        }
    }

    R.def('$$class', function (parent, ctor, proto, statics) {
        var protoParent = objectProto, p, d;
        if (parent === null) {
            protoParent = null;
        } else if (parent !== undefined) {
            if (!isConstructor(parent))
                throw new TypeError('Class extends value ' + show(parent) +
                                    ' is not a constructor or null');
            protoParent = parent.prototype;
            if (!isObject(protoParent) && protoParent !== null)
                throw new TypeError('Class extends value does not have valid prototype property ' +
                                    show(protoParent));
            setPrototypeOf(ctor, parent);
        }
        p = create(protoParent);
        ctor[CLASS] = ctor;
        R.member(p, 'constructor', ctor);
        d = create(null);
        d.value = p;
        d.writable = false;
        defineProperty(ctor, 'prototype', d);
        if (!R.hasOwn(ctor, 'name'))
            R.fixed(ctor, 'name', '');
        nameMembers(p, proto);
        nameMembers(ctor, statics);
        return ctor;
    });
    R.def('$$member', function (target, key, kind, fn) {
        key = R.key(key);
        if (key === 'prototype' && typeof target === 'function')
            throw new TypeError("Classes may not have a static property named 'prototype'");
        if (kind === 0)
            R.name(fn, key);
        R.define(target, key, kind, fn, false);
        return target;
    });

    R.def('$$nt', function (name) {
        var nt = pending;
        pending = undefined;
        if (nt === undefined)
            throw new TypeError('Class constructor ' + name + " cannot be invoked without 'new'");
        return nt;
    });
    R.def('$$ntq', function () {
        var nt = pending;
        pending = undefined;
        return nt;
    });
    R.def('$$ntfn', function (f) {
        f[TAKES] = f;
        return f;
    });

    function callParent(P, nt, self, args) {
        var r, proto;
        if (isClass(P) || P[TAKES] === P) {
            pending = nt;
            r = apply(P, self, args);
        } else if (!isBuiltin(P)) {
            r = apply(P, self, args);
        } else {
            r = construct(P, args);
            proto = nt.prototype;
            if (P !== nt && isObject(proto))
                setPrototypeOf(r, proto);
            return r;
        }
        return isObject(r) ? r : self;
    }
    R.def('$$super', function (cls, nt, self, args) {
        var P = getPrototypeOf(cls), r;
        if (typeof P === 'function' && P[CLASS] === P) {
            pending = nt;
            r = apply(P, self, args);
            return (typeof r === 'object' && r !== null) || typeof r === 'function' ? r : self;
        }
        if (!isConstructor(P))
            throw new TypeError('Super constructor ' + show(P) + ' of anonymous class is not a constructor');
        return callParent(P, nt, self, args);
    });
    // Reflect.construct(f, args, nt), for the library.
    R.construct = function (f, args, nt) {
        var proto = nt.prototype;
        return callParent(f, nt, create(isObject(proto) ? proto : objectProto), args);
    };

    R.def('$$this', function (v) {
        if (v === undefined)
            throw new ReferenceError("Must call super constructor in derived class before accessing " +
                                     "'this' or returning from derived constructor");
        return v;
    });
    R.def('$$twice', function (v) {
        if (v !== undefined)
            throw new ReferenceError('Super constructor may only be called once');
    });
    R.def('$$ret', function (r, v) {
        if (isObject(r))
            return r;
        if (r !== undefined)
            throw new TypeError('Derived constructors may only return object or undefined');
        if (v === undefined)
            throw new ReferenceError("Must call super constructor in derived class before accessing " +
                                     "'this' or returning from derived constructor");
        return v;
    });
    R.def('$$field', function (o, key, v) {
        return R.own(o, key, v);
    });

    // ---- private names ----

    function entry(o, p) {
        var e = isObject(o) ? o[p.k] : undefined;
        while (e !== undefined && e.o !== o)
            e = e.next;
        return e === undefined && p.side !== null && isObject(o) ? p.side.get(o) : e;
    }

    // Puts a new entry; objects that take no new properties keep theirs in a weak map.
    function add(o, p, e) {
        if (!isObject(o))
            throw new TypeError('Cannot add private member ' + p.name + ' to a primitive');
        if (entry(o, p) !== undefined)
            throw new TypeError('Cannot initialize ' + p.name + ' twice on the same object');
        e.o = o;
        e.next = o[p.k];
        try {
            o[p.k] = e;
            if (o[p.k] === e)
                return;
        } catch (ignored) {
            // not extensible: the weak map
        }
        e.next = undefined;
        if (p.side === null)
            p.side = R.host.weakMap();
        p.side.set(o, e);
    }

    R.def('$$priv', function (name) {
        return { k: R.hidden(name + ' ' + privates++), name: name, side: null };
    });
    R.def('$$padd', function (o, p, v) {
        var k = p.k, e = { o: o, v: v, kind: 3, next: undefined };
        // As add(), when nothing stands in the way.
        if (typeof o === 'object' && o !== null && p.side === null && o[k] === undefined) {
            try {
                o[k] = e;
                if (o[k] === e)
                    return o;
            } catch (ignored) {
                // not extensible
            }
        }
        add(o, p, e);
        return o;
    });
    R.def('$$pmeth', function (o, p, kind, fn) {
        var e = kind === 0 ? undefined : entry(o, p);
        R.name(fn, p.name, kind === 1 ? 'get' : kind === 2 ? 'set' : undefined);
        if (e !== undefined && e.kind === 1 && (kind === 1 ? e.v : e.set) === undefined) {
            if (kind === 1)
                e.v = fn;
            else
                e.set = fn;
            return o;
        }
        add(o, p, {
            o: o, v: kind === 2 ? undefined : fn, kind: kind === 0 ? 0 : 1,
            set: kind === 2 ? fn : undefined, next: undefined
        });
        return o;
    });

    function demand(o, p, what) {
        var e = entry(o, p);
        if (e === undefined)
            throw new TypeError('Cannot ' + what + ' private member ' + p.name +
                                ' an object whose class did not declare it');
        return e;
    }
    // The usual case of get and set uses no variable of the file: those are slow in Duktape.
    R.def('$$pget', function (o, p) {
        var e;
        if (typeof o === 'object' && o !== null && (e = o[p.k]) !== undefined && e.o === o &&
            e.kind !== 1)
            return e.v;
        e = demand(o, p, 'read');
        if (e.kind !== 1)
            return e.v;
        if (e.v === undefined)
            throw new TypeError("'" + p.name + "' was defined without a getter");
        return apply(e.v, o, none);
    });
    R.def('$$pset', function (o, p, v) {
        var e;
        if (typeof o === 'object' && o !== null && (e = o[p.k]) !== undefined && e.o === o &&
            e.kind === 3) {
            e.v = v;
            return v;
        }
        e = demand(o, p, 'write');
        if (e.kind === 3) {
            e.v = v;
            return v;
        }
        if (e.kind === 0)
            throw new TypeError("Private method '" + p.name + "' is not writable");
        if (e.set === undefined)
            throw new TypeError("'" + p.name + "' was defined without a setter");
        apply(e.set, o, [v]);
        return v;
    });
    R.def('$$phas', function (o, p) {
        if (!isObject(o))
            throw new TypeError("Cannot use 'in' operator to search for '" + p.name + "' in " + show(o));
        return entry(o, p) !== undefined;
    });
})

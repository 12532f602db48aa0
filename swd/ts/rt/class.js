// Runtime helpers: classes (doc/ts.md, Classes).
//
// A class is an ES5 function marked under a hidden key. Marks hold their owner, so that neither a
// Proxy (which hands hidden keys to its target) nor an heir passes for what it stands before.
// Private elements are own entries under a hidden symbol per private name, below all that Proxies and
// frozen objects do (engine/duk_op.h, where the usual cases of most helpers here are opcodes). A
// private name is {k: symbol, name}, or the symbol itself.
(function (R) {
    'use strict';
    var apply = R.apply, none = R.none, isObject = R.isObject, show = R.show;
    var construct = Reflect.construct, create = Object.create;
    var defineProperty = Object.defineProperty;
    var getPrototypeOf = Object.getPrototypeOf, setPrototypeOf = Object.setPrototypeOf;
    var descriptorOf = Object.getOwnPropertyDescriptor, ownKeys = Reflect.ownKeys;
    var fnProto = Function.prototype, objectProto = Object.prototype;
    var isConstructor = R.isConstructor;
    var CLASS = R.hidden('class'), TAKES = R.hidden('newtarget'), KIND = R.KIND;
    var fast = R.host.fast, pend = fast.pend, take = fast.take, copy = fast.slice;
    var kindOf = fast.privateKind, getPrivate = fast.privateGet, setPrivate = fast.privateSet;
    var addPrivate = fast.privateAdd;
    var privates = 0;

    fast.classKey(CLASS, apply);

    function isClass(f) {
        return typeof f === 'function' && f[CLASS] === f;
    }
    R.isClass = isClass;

    // Whether `new f()` must be used: built-ins, bound functions, proxies, and what R.builtin marks.
    function isBuiltin(f) {
        var k = f[KIND];
        if (k !== undefined && k.of === f)
            return k.builtin;
        k = !R.host.fast.isCompiled(f);
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

    R.def('$$parent', function (v) {
        if (v === undefined)
            throw new TypeError('Class extends value undefined is not a constructor or null');
        return v;
    });
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
        var nt = take();
        if (nt === undefined)
            throw new TypeError('Class constructor ' + name + " cannot be invoked without 'new'");
        return nt;
    });
    R.def('$$ntq', take);
    R.def('$$ntfn', function (f) {
        f[TAKES] = f;
        return f;
    });

    function callParent(P, nt, self, args) {
        var r, proto;
        if (isClass(P) || P[TAKES] === P) {
            pend(nt);
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
    function superCall(cls, nt, self, args) {
        var P = getPrototypeOf(cls), r;
        if (typeof P === 'function' && P[CLASS] === P) {
            pend(nt);
            r = apply(P, self, args);
            return (typeof r === 'object' && r !== null) || typeof r === 'function' ? r : self;
        }
        if (!isConstructor(P))
            throw new TypeError('Super constructor ' + show(P) + ' of anonymous class is not a constructor');
        return callParent(P, nt, self, args);
    }
    R.def('$$super', superCall);
    R.def('$$supercall', function (cls, nt, self) {
        return superCall(cls, nt, self, copy(arguments, 3));
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

    function nameOf(p) {
        return typeof p === 'symbol' ? fast.privateName(p) : p.name;
    }

    function add(o, p, v, kind) {
        if (!isObject(o))
            throw new TypeError('Cannot add private member ' + nameOf(p) + ' to a primitive');
        if (!addPrivate(o, p, v, kind))
            throw new TypeError('Cannot initialize ' + nameOf(p) + ' twice on the same object');
        return o;
    }

    R.def('$$priv', function (name, key) {
        return { k: key === undefined ? R.hidden(name + ' ' + privates++) : key, name: name };
    });
    R.def('$$padd', function (o, p, v) {
        return add(o, p, v, 3);
    });
    R.def('$$pmeth', function (o, p, kind, fn) {
        return add(o, p, fn, kind);
    });

    function demand(o, p, what) {
        var kind = kindOf(o, p);
        if (kind < 0)
            throw new TypeError('Cannot ' + what + ' private member ' + nameOf(p) +
                                ' an object whose class did not declare it');
        return kind;
    }
    R.def('$$pget', function (o, p) {
        var kind = demand(o, p, 'read'), v = getPrivate(o, p, false);
        if (kind !== 4)
            return v;
        if (v === undefined)
            throw new TypeError("'" + nameOf(p) + "' was defined without a getter");
        return apply(v, o, none);
    });
    R.def('$$pset', function (o, p, v) {
        var kind = demand(o, p, 'write'), f;
        if (kind === 3) {
            setPrivate(o, p, v);
            return v;
        }
        if (kind === 0)
            throw new TypeError("Private method '" + nameOf(p) + "' is not writable");
        f = getPrivate(o, p, true);
        if (f === undefined)
            throw new TypeError("'" + nameOf(p) + "' was defined without a setter");
        apply(f, o, [v]);
        return v;
    });
    R.def('$$phas', function (o, p) {
        if (!isObject(o))
            throw new TypeError("Cannot use 'in' operator to search for '" + nameOf(p) + "' in " +
                                show(o));
        return kindOf(o, p) >= 0;
    });
})

// Runtime helpers: decorators of TC39 (2023-11) and legacy ones (doc/ts.md, Decorators).
(function (R) {
    'use strict';
    var apply = R.apply, none = R.none, isObject = R.isObject;
    var descriptorOf = Object.getOwnPropertyDescriptor, defineProperty = Object.defineProperty;
    var keysOf = Object.keys;

    function accept(f) {
        if (f !== undefined && typeof f !== 'function')
            throw new TypeError('A decorator must return a function or undefined');
        return f;
    }
    function prepend(list, f) {
        for (var i = list.length; i > 0; i--)
            list[i] = list[i - 1];
        list[0] = f;
    }

    // A context of its own for each decorator.
    function contextFrom(ctx, extra, state) {
        var out = {}, keys = keysOf(ctx), access, names, i;
        for (i = 0; i < keys.length; i++)
            if (keys[i] !== 'access')
                out[keys[i]] = ctx[keys[i]];
        if (ctx.access !== undefined) {
            access = {};
            names = keysOf(ctx.access);
            for (i = 0; i < names.length; i++)
                access[names[i]] = ctx.access[names[i]];
            out.access = access;
        }
        out.addInitializer = function (f) {
            if (state.done)
                throw new TypeError('Cannot add initializers after decoration has completed');
            if (typeof f !== 'function')
                throw new TypeError('An initializer must be a function');
            extra[extra.length] = f;
        };
        return out;
    }

    function takeAccessor(d, r, inits) {
        var f;
        if (r === undefined)
            return;
        if (!isObject(r))
            throw new TypeError('An accessor decorator must return an object or undefined');
        f = accept(r.get);
        if (f !== undefined)
            d.get = f;
        f = accept(r.set);
        if (f !== undefined)
            d.set = f;
        f = accept(r.init);
        if (f !== undefined)
            prepend(inits, f);
    }

    R.def('$$dec', function (ctor, desc, decorators, ctx, inits, extra) {
        var kind = ctx.kind, part = kind === 'getter' ? 'get' : kind === 'setter' ? 'set' : 'value';
        var target = null, d = desc, state = { done: false }, i, r, f;
        if ((desc === null || desc === undefined) && ctor) {
            target = ctx['static'] ? ctor : ctor.prototype;
            d = descriptorOf(target, ctx.name);
        }
        if (d === null || d === undefined)
            d = {};
        for (i = decorators.length - 1; i >= 0; i--) {
            f = decorators[i];
            if (typeof f !== 'function')
                throw new TypeError('A decorator must be a function');
            r = f(kind === 'accessor' ? { get: d.get, set: d.set } : d[part],
                  contextFrom(ctx, extra, state));
            if (kind === 'accessor') {
                takeAccessor(d, r, inits);
            } else if (accept(r) !== undefined) {
                if (kind === 'field')
                    prepend(inits, r);
                else
                    d[part] = r;
            }
        }
        if (target !== null && kind !== 'field')
            defineProperty(target, ctx.name, d);
        state.done = true;
        return d;
    });
    R.def('$$inits', function (self, inits, v) {
        for (var i = 0; i < inits.length; i++) {
            if (arguments.length > 2)
                v = apply(inits[i], self, [v]);
            else
                apply(inits[i], self, none);
        }
        return v;
    });

    R.def('$$decorate', function (decorators, target, key, desc) {
        var n = arguments.length, r = target, i, f, x;
        if (n > 2)
            r = desc === null ? descriptorOf(target, key) : desc;
        for (i = decorators.length - 1; i >= 0; i--) {
            f = decorators[i];
            if (!f)
                continue;
            x = n < 3 ? f(r) : n > 3 ? f(target, key, r) : f(target, key);
            if (x)
                r = x;
        }
        if (n > 3 && r)
            defineProperty(target, key, r);
        return r;
    });
    R.def('$$param', function (index, decorator) {
        return function (target, key) {
            decorator(target, key, index);
        };
    });
})

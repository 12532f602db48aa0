// Reflect.construct with a new.target, which Duktape refuses. def(object, methods) defines it; old has
// Duktape's own, rt() the helpers' object R.
(function (def, G, rt, old) {
    'use strict';
    var isConstructor = old.isConstructor, oldConstruct = old.construct, Text = String;

    def(Reflect, {
        construct(target, args) {
            var nt = arguments.length > 2 ? arguments[2] : target;
            if (!isConstructor(target) || !isConstructor(nt))
                throw new TypeError(Text(isConstructor(target) ? nt : target) + ' is not a constructor');
            if (nt === target)
                return oldConstruct(target, args);
            return rt().construct(target, args, nt);
        }
    });
    Object.defineProperty(Reflect.construct, 'length', { value: 2, configurable: true });
})

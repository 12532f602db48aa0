// Reflect.construct with a new.target, Reflect.get and set with a receiver, which Duktape refuses.
// def(object, methods) defines them; old has Duktape's own, G is the global object, rt() the helpers'
// object R.
(function (def, G, rt, old) {
    'use strict';
    var apply = Reflect.apply, defineProperty = Object.defineProperty, Text = String;
    var descriptorOf = Object.getOwnPropertyDescriptor, define = Reflect.defineProperty;
    var isConstructor = old.isConstructor, oldConstruct = old.construct, oldGet = old.get, oldSet = old.set;

    function toKey(v) {
        return typeof v === 'symbol' ? v : G.$$key(v);
    }
    function isObject(v) {
        return v !== null && (typeof v === 'object' || typeof v === 'function');
    }
    function find(o, key) {
        var d;
        for (; o !== null; o = Object.getPrototypeOf(o)) {
            d = descriptorOf(o, key);
            if (d !== undefined)
                return d;
        }
    }
    def(Reflect, {
        construct(target, args) {
            var nt = arguments.length > 2 ? arguments[2] : target;
            if (!isConstructor(target) || !isConstructor(nt))
                throw new TypeError(Text(isConstructor(target) ? nt : target) + ' is not a constructor');
            if (nt === target)
                return oldConstruct(target, args);
            return rt().construct(target, args, nt);
        },
        "get"(target, key) {
            var d;
            if (arguments.length < 3 || arguments[2] === target)
                return oldGet(target, key);
            if (!isObject(target))
                throw new TypeError('Reflect.get called on non-object');
            d = find(target, toKey(key));
            if (d === undefined)
                return undefined;
            return 'value' in d ? d.value : d.get === undefined ? undefined : apply(d.get, arguments[2], []);
        },
        "set"(target, key, value) {
            var d, self, own;
            if (arguments.length < 4 || arguments[3] === target)
                return oldSet(target, key, value);
            if (!isObject(target))
                throw new TypeError('Reflect.set called on non-object');
            self = arguments[3];
            key = toKey(key);
            d = find(target, key);
            if (d !== undefined && !('value' in d)) {
                if (d.set === undefined)
                    return false;
                apply(d.set, self, [value]);
                return true;
            }
            if (d !== undefined && !d.writable || !isObject(self))
                return false;
            own = descriptorOf(self, key);
            if (own === undefined) {
                return define(self, key,
                    { value: value, writable: true, enumerable: true, configurable: true });
            }
            if (!('value' in own) || !own.writable)
                return false;
            return define(self, key, { value: value });
        }
    });
    [['construct', 2], ['get', 2], ['set', 3]].forEach(function (e) {
        defineProperty(Reflect[e[0]], 'length', { value: e[1], configurable: true });
    });
})

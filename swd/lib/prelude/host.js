// What the helpers of generated code (ts/rt) need of the library, put on their object R: promises,
// loaded when the first is needed, and stand-ins for what a file not yet run would say: nothing is
// a class or a generator's sentinel before class.js and generator.js have made one.
(function (load, R) {
    'use strict';
    var P = null;
    R.isClass = R.isSentinel = function () {
        return false;
    };
    R.promise = R.host.promise = {
        make: function () {
            return (P || (P = load())).make();
        },
        resolve: function (v) {
            return (P || (P = load())).resolve(v);
        },
        then: function (p, f, g) {
            (P || (P = load())).then(p, f, g);
        }
    };
})

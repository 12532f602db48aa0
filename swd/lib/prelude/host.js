// What the helpers of generated code (ts/rt) need of the library, put on their object R: `load` makes
// the promises that their opcodes work on (engine/duk_promise.h). And stand-ins for what a file not
// yet run would say: nothing is a class or a generator's sentinel before class.js and generator.js
// have made one.
(function (load, R) {
    'use strict';
    R.isClass = R.isSentinel = function () {
        return false;
    };
    R.host.promises = load;
})

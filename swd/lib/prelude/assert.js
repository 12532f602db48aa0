// require('assert'): assert, assert.strict, AssertionError.
(function (N) {
    'use strict';
    var util = N.require('util'), equal = util.kEqual, apply = Reflect.apply;

    function AssertionError(options) {
        var e, self = this;
        if (options === null || typeof options !== 'object')
            N.badArg(options, 'options', 'of type object');
        if (!(self instanceof AssertionError))
            return new AssertionError(options);
        e = new Error(options.message !== undefined ? String(options.message) : describe(options));
        Object.setPrototypeOf(e, Object.getPrototypeOf(self));
        Object.defineProperty(e, 'name', { value: 'AssertionError', writable: true, configurable: true });
        e.generatedMessage = options.message === undefined;
        e.code = 'ERR_ASSERTION';
        e.actual = options.actual;
        e.expected = options.expected;
        e.operator = options.operator;
        return e;
    }
    AssertionError.prototype = Object.create(Error.prototype, {
        constructor: { value: AssertionError, writable: true, configurable: true },
        name: { value: 'AssertionError', writable: true, configurable: true }
    });
    Object.setPrototypeOf(AssertionError, Error);

    function show(v) {
        return util.inspect(v, { depth: 1000, customInspect: false, compact: false, breakLength: Infinity });
    }
    var WORDS = {
        strictEqual: 'Expected values to be strictly equal:',
        deepStrictEqual: 'Expected values to be strictly deep-equal:',
        deepEqual: 'Expected values to be loosely deep-equal:',
        notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
        notStrictEqual: 'Expected "actual" to be strictly unequal to:'
    };
    function describe(o) {
        var a = show(o.actual), b = show(o.expected);
        switch (o.operator) {
        case 'strictEqual':
            if (a.indexOf('\n') < 0 && b.indexOf('\n') < 0 && a.length + b.length < 60)
                return WORDS.strictEqual + '\n\n' + a + ' !== ' + b + '\n';
            return WORDS.strictEqual + '\n+ actual - expected\n\n' + diff(a, b);
        case 'deepStrictEqual':
            return WORDS.deepStrictEqual + '\n+ actual - expected\n\n' + diff(a, b);
        case 'deepEqual':
            return WORDS.deepEqual + '\n\n' + a + '\n\nshould loosely deep-equal\n\n' + b;
        case 'notDeepEqual':
            return 'Expected values not to be loosely deep-equal:\n\n' + a;
        case 'notDeepStrictEqual': case 'notStrictEqual':
            return WORDS[o.operator] + (b.indexOf('\n') < 0 ? ' ' + b : '\n\n' + b + '\n');
        default:
            return a + ' ' + o.operator + ' ' + b;
        }
    }
    // Lines of both texts, those only in one of them marked.
    function diff(a, b) {
        var x = a.split('\n'), y = b.split('\n'), out = [], i = 0, j = 0, k;
        while (i < x.length || j < y.length) {
            if (i < x.length && j < y.length && x[i] === y[j]) {
                out.push('  ' + x[i++]);
                j++;
                continue;
            }
            k = i < x.length ? y.indexOf(x[i], j) : y.length;
            if (i < x.length && (k < 0 || k - j > 50))
                out.push('+ ' + x[i++]);
            else
                out.push('- ' + y[j++]);
        }
        return out.join('\n');
    }

    // Throws the script's own message or error, else the one that stands there for it.
    function fail(o, message, standing) {
        var e;
        if (message instanceof Error)
            throw message;
        o.message = message === undefined ? standing : message;
        e = new AssertionError(o);
        e.generatedMessage = message === undefined;
        throw e;
    }
    function two(n) {
        if (n < 2)
            N.fail('T', 'ERR_MISSING_ARGS', 'The "actual" and "expected" arguments must be specified');
    }
    function truthy(args) {
        if (args.length === 0)
            fail({ actual: undefined, expected: true, operator: '==' }, undefined, 'No value argument passed to `assert.ok()`');
        if (!args[0])
            fail({ actual: args[0], expected: true, operator: '==' }, args[1],
                'The expression evaluated to a falsy value: ' + show(args[0]));
    }

    function assert() {
        truthy(arguments);
    }
    function check(name, test, operator) {
        assert[name] = function (actual, expected, message) {
            two(arguments.length);
            if (!test(actual, expected))
                fail({ actual: actual, expected: expected, operator: operator || name }, message);
        };
        Object.defineProperty(assert[name], 'name', { value: name, configurable: true });
    }
    function loose(a, b) {
        return a == b || a !== a && b !== b; // the loose comparison is the point
    }
    function not(test) {
        return function (a, b) { return !test(a, b); };
    }
    function deep(a, b) {
        return equal(a, b, false, []);
    }
    function deepStrict(a, b) {
        return equal(a, b, true, []);
    }
    function is(a, b) {
        return a === b ? a !== 0 || 1 / a === 1 / b : a !== a && b !== b;
    }
    assert.ok = function ok() {
        truthy(arguments);
    };
    check('equal', loose, '==');
    check('notEqual', not(loose), '!=');
    check('strictEqual', is);
    check('notStrictEqual', not(is));
    check('deepEqual', deep);
    check('notDeepEqual', not(deep));
    check('deepStrictEqual', deepStrict);
    check('notDeepStrictEqual', not(deepStrict));

    assert.fail = function fail_(message) {
        if (message instanceof Error)
            throw message;
        fail({ actual: undefined, expected: undefined, operator: 'fail' }, message, 'Failed');
    };
    assert.ifError = function ifError(v) {
        if (v === null || v === undefined)
            return;
        fail({ actual: v, expected: null, operator: 'ifError' }, 'ifError got unwanted exception: ' +
            (v && typeof v.message === 'string' ? v.message : show(v)));
    };
    assert.match = function match(s, re, message) {
        if (typeof s !== 'string' || !re.test(s))
            fail({ actual: s, expected: re, operator: 'match' }, message,
                'The input did not match the regular expression ' + show(re) + '. Input:\n\n' + show(s) + '\n');
    };
    assert.doesNotMatch = function doesNotMatch(s, re, message) {
        if (typeof s === 'string' && re.test(s))
            fail({ actual: s, expected: re, operator: 'doesNotMatch' }, message,
                'The input was expected to not match the regular expression ' + show(re) + '. Input:\n\n' + show(s) + '\n');
    };

    // ---- Exceptions ----

    // Whether the error is the one expected: a class, a RegExp, a function that says so, an object.
    function expected(actual, want, message, operator) {
        if (want instanceof RegExp) {
            if (want.test(String(actual)))
                return;
            fail({ actual: actual, expected: want, operator: operator }, message,
                'The input did not match the regular expression ' + show(want) + '. Input:\n\n' + show(String(actual)) + '\n');
        }
        if (typeof want === 'object') {
            Object.keys(want).concat(want instanceof Error ? ['name', 'message'] : []).forEach(function (k) {
                if (want[k] instanceof RegExp && typeof actual[k] === 'string' ? want[k].test(actual[k])
                    : actual !== null && actual !== undefined && k in Object(actual) && deepStrict(actual[k], want[k]))
                    return;
                fail({ actual: actual, expected: want, operator: operator }, message,
                'Expected values to be strictly deep-equal:\n+ actual - expected\n\n' +
                    diff(show(pick(actual, want)), show(pick(want, want))));
            });
            return;
        }
        if (want.prototype !== undefined && actual instanceof want)
            return;
        if (Error.isPrototypeOf(want) || want === Error)
            fail({ actual: actual, expected: want, operator: operator }, message,
                'The error is expected to be an instance of "' + want.name + '". Received ' +
                (actual instanceof Error ? '"' + actual.name + '"' : show(actual)) +
                (actual && actual.message ? '\n\nError message:\n\n' + actual.message : ''));
        if (apply(want, {}, [actual]) !== true)
            fail({ actual: actual, expected: want, operator: operator }, message,
                'The ' + (want.name ? '"' + want.name + '" ' : '') + 'validation function is expected to return "true".' +
                ' Received ' + show(apply(want, {}, [actual])) + '\n\nCaught error:\n\n' + show(actual));
    }
    function pick(o, like) {
        var out = {};
        Object.keys(like).forEach(function (k) {
            if (o !== null && o !== undefined && k in Object(o))
                out[k] = o[k];
        });
        return out;
    }
    function missing(operator, want, message) {
        var what = typeof want === 'function' && want.name ? ' (' + want.name + ')' : '';
        fail({ actual: undefined, expected: want, operator: operator }, message instanceof Error ? message
            : 'Missing expected ' + (operator === 'rejects' ? 'rejection' : 'exception') + what +
            (message ? ': ' + message : '.'));
    }
    function wanted(args, name) {
        if (typeof args[1] === 'string') {
            if (args.length === 3)
                N.badArg(args[1], 'error', 'of type function or an instance of Error, RegExp, or Object');
            return { want: undefined, message: args[1] };
        }
        if (args[1] !== undefined && args[1] !== null && typeof args[1] !== 'object' && typeof args[1] !== 'function')
            N.badArg(args[1], 'error', 'of type function or an instance of Error, RegExp, or Object');
        return { want: args[1] === null ? undefined : args[1], message: args[2] };
    }
    assert.throws = function throws(fn) {
        var w, caught = false, error;
        if (typeof fn !== 'function')
            N.badArg(fn, 'fn', 'of type function');
        w = wanted(arguments);
        try {
            fn();
        } catch (e) {
            caught = true;
            error = e;
        }
        if (!caught)
            missing('throws', w.want, w.message);
        if (w.want !== undefined)
            expected(error, w.want, w.message, 'throws');
    };
    function unwanted(operator, error, message) {
        fail({ actual: error, expected: undefined, operator: operator }, 'Got unwanted ' +
            (operator === 'doesNotReject' ? 'rejection' : 'exception') + (message ? ': ' + message : '.') +
            '\nActual message: "' + (error && error.message) + '"');
    }
    assert.doesNotThrow = function doesNotThrow(fn) {
        var w;
        if (typeof fn !== 'function')
            N.badArg(fn, 'fn', 'of type function');
        w = wanted(arguments);
        try {
            fn();
        } catch (e) {
            unwanted('doesNotThrow', e, w.message);
        }
    };
    function promiseOf(v) {
        var p;
        if (typeof v === 'function') {
            p = v();
            if (!p || typeof p.then !== 'function')
                N.fail('T', 'ERR_INVALID_RETURN_VALUE', 'Expected instance of Promise to be returned from the "promiseFn"' +
                    ' function but got ' + (p === undefined ? 'undefined' : 'type ' + typeof p) + '.');
            return p;
        }
        if (!v || typeof v.then !== 'function')
            N.badArg(v, 'promiseFn', 'of type function or an instance of Promise');
        return v;
    }
    assert.rejects = function rejects(p) {
        var args = arguments;
        return new Promise(function (resolve, reject) {
            var w = wanted(args);
            promiseOf(p).then(function () {
                missing('rejects', w.want, w.message);
            }, function (e) {
                if (w.want !== undefined)
                    expected(e, w.want, w.message, 'rejects');
            }).then(resolve, reject);
        });
    };
    assert.doesNotReject = function doesNotReject(p) {
        var args = arguments;
        return new Promise(function (resolve, reject) {
            var w = wanted(args);
            promiseOf(p).then(undefined, function (e) {
                unwanted('doesNotReject', e, w.message);
            }).then(resolve, reject);
        });
    };
    Object.defineProperty(assert.fail, 'name', { value: 'fail', configurable: true });
    assert.AssertionError = AssertionError;

    function strict() {
        truthy(arguments);
    }
    Object.keys(assert).forEach(function (k) {
        strict[k] = assert[k];
    });
    strict.equal = assert.strictEqual;
    strict.notEqual = assert.notStrictEqual;
    strict.deepEqual = assert.deepStrictEqual;
    strict.notDeepEqual = assert.notDeepStrictEqual;
    assert.strict = strict.strict = strict;
    return assert;
})

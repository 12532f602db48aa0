// Runtime helpers: `using` and `await using` (doc/ts.md, Disposal).
(function (R) {
    'use strict';
    var apply = R.apply, isObject = R.isObject, none = R.none, create = Object.create;
    var dispose = Symbol.dispose, asyncDispose = Symbol.asyncDispose;

    // `failed`: the block threw `error`. Three places of `list` each: value, method, await its result.
    R.def('$$uses', function () {
        var u = create(null);
        u.list = [];
        u.failed = false;
        u.error = undefined;
        return u;
    });

    function methodOf(v, await_) {
        var f;
        if (await_) {
            f = v[asyncDispose];
            if (f !== undefined && f !== null)
                return f;
        }
        return v[dispose];
    }

    R.def('$$use', function (u, v, await_) {
        var list = u.list, n = list.length, f, sync;
        if (v === undefined || v === null) {
            if (!await_)
                return;
        } else {
            if (!isObject(v))
                throw new TypeError('`using` wants an object, null or undefined, not ' + R.show(v));
            f = methodOf(v, await_);
            if (typeof f !== 'function')
                throw new TypeError('The value of `using` has no method ' +
                    (await_ ? '[Symbol.asyncDispose] or ' : '') + '[Symbol.dispose]');
            sync = await_ && f === v[dispose] && f !== v[asyncDispose];
        }
        R.own(list, n, v);
        R.own(list, n + 1, f);
        R.own(list, n + 2, sync ? 2 : await_ ? 1 : 0);
    });

    function failed(u, e) {
        u.error = u.failed ? new R.SuppressedError(e, u.error) : e;
        u.failed = true;
    }
    R.def('$$unused', failed);

    // Last first. What a [Symbol.dispose] answers under `await using` is not waited for (2).
    function run(u, await_) {
        var list = u.list, i, r, kind;
        for (i = list.length - 3; i >= 0; i -= 3) {
            kind = list[i + 2];
            try {
                r = list[i + 1] === undefined ? undefined : apply(list[i + 1], list[i], none);
                if (kind > 0)
                    await_(kind === 2 ? undefined : r);
            } catch (e) {
                failed(u, e);
            }
        }
        if (u.failed)
            throw u.error;
    }
    R.def('$$dispose', function (u) {
        run(u, undefined);
    });
    R.def('$$adispose', function (u) {
        run(u, R.await);
    });

    function SuppressedError(error, suppressed, message) {
        var e = this instanceof SuppressedError ? this : create(SuppressedError.prototype);
        if (message !== undefined)
            R.member(e, 'message', '' + message);
        R.member(e, 'error', error);
        R.member(e, 'suppressed', suppressed);
        R.member(e, 'stack', ('' + new Error(message === undefined ? '' : message).stack)
            .replace(/^Error/, 'SuppressedError').replace(/\n    at [^\n]*\(swd:[^\n]*/g, ''));
        return e;
    }
    SuppressedError.prototype = create(Error.prototype);
    R.member(SuppressedError.prototype, 'constructor', SuppressedError);
    R.member(SuppressedError.prototype, 'name', 'SuppressedError');
    R.member(SuppressedError.prototype, 'message', '');
    Object.setPrototypeOf(SuppressedError, Error);
    Object.defineProperty(SuppressedError, 'prototype', { writable: false, enumerable: false });
    R.SuppressedError = SuppressedError;
})

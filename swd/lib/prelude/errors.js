// AggregateError. `anyIterable` makes an array of an iterable.
(function (anyIterable) {
    'use strict';
    function hide(o, key, v) {
        Object.defineProperty(o, key, { value: v, writable: true, configurable: true });
    }
    function AggregateError(errors, message, options) {
        var e = this instanceof AggregateError ? this : Object.create(AggregateError.prototype), made;
        made = new Error(message);
        if (message !== undefined)
            hide(e, 'message', String(message));
        if (options !== null && typeof options === 'object' && 'cause' in options)
            hide(e, 'cause', options.cause);
        hide(e, 'errors', anyIterable(errors));
        hide(e, 'stack', String(made.stack).replace(/^Error/, 'AggregateError')
            .replace(/\n    at [^\n]*\(swd:[^\n]*/g, ''));
        return e;
    }
    AggregateError.prototype = Object.create(Error.prototype);
    hide(AggregateError.prototype, 'constructor', AggregateError);
    hide(AggregateError.prototype, 'name', 'AggregateError');
    hide(AggregateError.prototype, 'message', '');
    Object.setPrototypeOf(AggregateError, Error);
    Object.defineProperty(AggregateError, 'prototype', { writable: false, enumerable: false });
    Object.defineProperty(AggregateError, 'length', { value: 2, configurable: true });
    return AggregateError;
})

// The `process` global: events, exit, nextTick. `p` is the object that C began, `core` the event
// loop.
(function (p, core) {
    'use strict';
    var slice = Array.prototype.slice, apply = Reflect.apply, reallyExit = p.reallyExit;
    var handlers = Object.create(null), exiting = false;

    function def(name, value) {
        Object.defineProperty(p, name, { value: value, writable: true, configurable: true });
    }

    function list(type) {
        return handlers[type] || (handlers[type] = []);
    }

    function check(fn) {
        if (typeof fn !== 'function')
            throw new TypeError('The "listener" argument must be of type function');
    }

    function add(type, fn, first, once) {
        check(fn);
        list(type)[first ? 'unshift' : 'push']({ fn: fn, once: once });
        return p;
    }

    function remove(type, fn) {
        var l = list(type), i;
        for (i = l.length - 1; i >= 0; i--) {
            if (l[i].fn === fn) {
                l.splice(i, 1);
                break;
            }
        }
        return p;
    }

    function emit(type) {
        var l = list(type).slice(), args = slice.call(arguments, 1), i;
        for (i = 0; i < l.length; i++) {
            if (l[i].once)
                remove(type, l[i].fn);
            apply(l[i].fn, p, args);
        }
        return l.length > 0;
    }

    delete p.reallyExit;
    def('on', function on(type, fn) { return add(type, fn, false, false); });
    def('addListener', p.on);
    def('once', function once(type, fn) { return add(type, fn, false, true); });
    def('prependListener', function prependListener(type, fn) { return add(type, fn, true, false); });
    def('off', function off(type, fn) { return remove(type, fn); });
    def('removeListener', p.off);
    def('removeAllListeners', function removeAllListeners(type) {
        if (type === undefined)
            handlers = Object.create(null);
        else
            delete handlers[type];
        return p;
    });
    def('emit', emit);
    def('listenerCount', function listenerCount(type) { return list(type).length; });
    def('listeners', function listeners(type) {
        return list(type).map(function (l) { return l.fn; });
    });
    def('emitWarning', function emitWarning(warning) {
        console.warn('Warning: ' + (warning instanceof Error ? warning.message : warning));
    });
    def('exit', function exit(code) {
        if (!exiting) {
            exiting = true;
            if (code !== undefined)
                p.exitCode = code;
            emit('exit', p.exitCode || 0);
        }
        reallyExit(code);
    });
    def('nextTick', function nextTick(fn) {
        if (typeof fn !== 'function')
            throw new TypeError('The "callback" argument must be of type function');
        core.tick(fn, arguments.length > 1 ? slice.call(arguments, 1) : []);
    });
    return {
        process: p,
        uncaught: function (e) {
            return emit('uncaughtException', e, 'uncaughtException');
        },
        rejection: function (reason, promise) {
            return emit('unhandledRejection', reason, promise);
        },
        rejectionHandled: function (promise) {
            return emit('rejectionHandled', promise);
        },
        ended: function (before) {
            if (before)
                emit('beforeExit', p.exitCode || 0);
            else if (!exiting) {
                exiting = true;
                emit('exit', p.exitCode || 0);
            }
        }
    };
})

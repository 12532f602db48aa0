// EventEmitter, once(), on(), as Node prints them.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e.code, e.message); }
}
var EE = require('events'), e = new EE();
show(EE === EE.EventEmitter, EE.defaultMaxListeners, e.getMaxListeners(), e.eventNames(), require('node:events') === EE);
function a() { show('a', [].slice.call(arguments), this === e); }
function b() { show('b'); }
show(e.on('x', a) === e, e.emit('x', 1, 2), e.emit('y'));
e.prependListener('x', b);
e.once('x', function () { show('once', arguments.length); });
show(e.emit('x', 3), e.emit('x'), e.listenerCount('x'), e.listeners('x').length, e.eventNames());
e.off('x', a);
e.off('x', a);
show(e.emit('x'), e.listenerCount('x'));
e.removeAllListeners();
show(e.eventNames(), e._eventsCount);
// Changes while an event is emitted do not count for it.
e.on('m', function f() { show('first'); e.on('m', function g() { show('late'); }); e.removeListener('m', h); });
function h() { show('h'); }
e.on('m', h);
e.emit('m');
e.removeAllListeners('m');
// newListener, removeListener.
e.on('newListener', function (n, fn) { show('new', n, typeof fn); });
e.on('removeListener', function (n, fn) { show('removed', n, typeof fn); });
function z() {}
e.once('q', z);
show(e.rawListeners('q')[0] === z, e.rawListeners('q')[0].listener === z, e.listeners('q')[0] === z, e.listenerCount('q', z));
e.emit('q');
e.on('w', z);
e.removeAllListeners('w');
e.removeAllListeners();
show(e.eventNames());
// Errors.
fails(function () { e.emit('error', new TypeError('boom')); });
fails(function () { e.emit('error', 'text'); });
fails(function () { e.emit('error', { a: 1 }); });
fails(function () { e.emit('error'); });
fails(function () { e.on('x', 5); });
fails(function () { e.setMaxListeners(-1); });
e.on(EE.errorMonitor, function (err) { show('monitor', err.message); });
fails(function () { e.emit('error', new Error('seen')); });
e.on('error', function (err) { show('handled', err.message); });
show(e.emit('error', new Error('ok')));
// Symbols as events, subclasses, mixing in.
var s = Symbol('s');
e.removeAllListeners();
e.on(s, function (v) { show('symbol', v); });
show(e.emit(s, 1), e.eventNames().length, e.eventNames()[0] === s);
class Sub extends EE { constructor() { super(); this.v = 1; } }
var sub = new Sub();
sub.on('k', function () { show('sub', this.v, this instanceof EE); });
sub.emit('k');
function Old() { EE.call(this); }
Object.setPrototypeOf(Old.prototype, EE.prototype);
new Old().on('o', function () { show('old'); }).emit('o');
var mixed = Object.assign({}, EE.prototype);
mixed.on('p', function () { show('mixed'); });
mixed.emit('p');
show(EE.listenerCount(sub, 'k'), EE.getEventListeners(sub, 'k').length);
// Promises.
(async function () {
    var t = new EE(), got = [], ac = new AbortController();
    setTimeout(function () { t.emit('v', 1, 2); }, 1);
    show('once', await EE.once(t, 'v'), t.listenerCount('error'));
    setTimeout(function () { t.emit('error', new Error('bad')); }, 1);
    try { await EE.once(t, 'v'); } catch (x) { show(x.message, t.listenerCount('v')); }
    setTimeout(function () { t.emit('error', 'as value'); }, 1);
    show(await EE.once(t, 'error'));
    setTimeout(function () { ac.abort(); }, 1);
    try { await EE.once(t, 'v', { signal: ac.signal }); } catch (x) { show(x.name, x.code, t.listenerCount('v')); }
    var target = new EventTarget();
    setTimeout(function () { target.dispatchEvent(new Event('go')); }, 1);
    show((await EE.once(target, 'go'))[0].type);
    setTimeout(function () { t.emit('n', 1); t.emit('n', 2); setTimeout(function () { t.emit('n', 3); }, 1); }, 1);
    for await (var v of EE.on(t, 'n')) {
        got.push(v);
        if (v[0] === 3)
            break;
    }
    show(got, t.listenerCount('n'), t.listenerCount('error'));
    ac = new AbortController();
    setTimeout(function () { t.emit('n', 1); ac.abort(); }, 1);
    try { for await (v of EE.on(t, 'n', { signal: ac.signal })) show(v); } catch (x) { show(x.name, x.code); }
    var c = new EE({ captureRejections: true });
    c.on('error', function (err) { show('captured', err.message); });
    c.on('r', async function () { throw new Error('from async'); });
    c.emit('r');
})();

// AbortController, AbortSignal, EventTarget, Event, DOMException: as the DOM standard has it, which Node 20 is not in places.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e instanceof DOMException ? e.code : '-'); }
}
// abort() and reasons.
var c = new AbortController(), s = c.signal;
show(s === c.signal, s.aborted, s.reason === undefined, s instanceof EventTarget, Object.prototype.toString.call(s), s.onabort);
var log = [];
s.addEventListener('abort', function (e) { log.push(['listener', e.type, e.target === s, this === s, e.isTrusted, s.aborted]); });
s.onabort = function (e) { log.push(['onabort', e instanceof Event]); };
s.addEventListener('abort', function () { log.push('once'); }, { once: true });
c.abort();
c.abort('again');
show(log, s.aborted, s.reason.name, s.reason.code, s.reason instanceof DOMException, s.reason.message);
fails(function () { s.throwIfAborted(); });
[0, null, '', undefined, false, 5].forEach(function (r) {
    var k = new AbortController();
    k.abort(r);
    show(r, k.signal.reason === r, k.signal.reason && k.signal.reason.name);
});
var err = new Error('mine'), k = new AbortController();
k.abort(err);
show(k.signal.reason === err);
try { k.signal.throwIfAborted(); } catch (e) { show(e === err); }
show(new AbortController().signal.throwIfAborted() === undefined);
fails(function () { new AbortSignal(); });
fails(function () { AbortController(); });
show(AbortSignal.abort().aborted, AbortSignal.abort().reason.name, AbortSignal.abort('r').reason, AbortSignal.abort(undefined).reason.name);
// any().
var a = new AbortController(), b = new AbortController(), any = AbortSignal.any([a.signal, b.signal]), order = [];
show(any.aborted, AbortSignal.any([]).aborted, any instanceof AbortSignal);
any.addEventListener('abort', function () { order.push('any'); });
b.signal.addEventListener('abort', function () { order.push('source'); });
var nested = AbortSignal.any([any]);
nested.onabort = function () { order.push('nested'); };
b.abort('from b');
a.abort('too late');
show(any.aborted, any.reason, nested.aborted, nested.reason, order.slice().sort());
show(AbortSignal.any([AbortSignal.abort(1), AbortSignal.abort(2)]).reason);
fails(function () { AbortSignal.any(5); });
fails(function () { AbortSignal.any([{}]); });
// Events.
var t = new EventTarget(), got = [];
function on(name) { return function (e) { got.push(name + e.eventPhase); }; }
var f = on('f');
t.addEventListener('x', f);
t.addEventListener('x', f);
t.addEventListener('x', f, true);
t.addEventListener('x', { handleEvent: function (e) { got.push('object', this !== t, e.currentTarget === t); } });
t.addEventListener('x', null);
show(t.dispatchEvent(new Event('x')), got);
got = [];
t.removeEventListener('x', f);
t.dispatchEvent(new Event('x'));
show(got);
t.addEventListener('y', function (e) { e.preventDefault(); got.push(e.defaultPrevented); });
show(t.dispatchEvent(new Event('y')), t.dispatchEvent(new Event('y', { cancelable: true })));
t.addEventListener('z', function (e) { e.stopImmediatePropagation(); got.push('z1'); });
t.addEventListener('z', function () { got.push('never'); });
t.dispatchEvent(new Event('z'));
t.addEventListener('p', function (e) { e.preventDefault(); show('passive', e.defaultPrevented); }, { passive: true });
t.dispatchEvent(new Event('p', { cancelable: true }));
show(got.slice(-2));
var ac = new AbortController(), n = 0;
t.addEventListener('s', function () { n++; }, { signal: ac.signal });
t.dispatchEvent(new Event('s'));
ac.abort();
t.dispatchEvent(new Event('s'));
t.addEventListener('s', function () { n += 100; }, { signal: AbortSignal.abort() });
t.dispatchEvent(new Event('s'));
show(n);
var e = new Event('again');
t.addEventListener('again', function () { fails(function () { t.dispatchEvent(e); }); });
show(t.dispatchEvent(e), t.dispatchEvent(e), e.target === t, e.currentTarget, e.eventPhase, e.composedPath().length);
var ev = new Event('t', { bubbles: true, cancelable: true, composed: true });
show(ev.type, ev.bubbles, ev.cancelable, ev.composed, ev.defaultPrevented, typeof ev.timeStamp, ev.returnValue, ev.cancelBubble, Event.NONE, Event.AT_TARGET, ev.AT_TARGET, ev.target);
fails(function () { new Event(); });
fails(function () { t.dispatchEvent({}); });
fails(function () { Event('x'); });
class Mine extends EventTarget { constructor() { super(); this.q = 1; } fire() { return this.dispatchEvent(new CustomEvent('go', { detail: { d: 2 } })); } }
var mine = new Mine();
mine.addEventListener('go', function (e2) { show('go', this.q, e2.detail, e2 instanceof Event); });
show(mine.fire(), new CustomEvent('x').detail);
class Own extends Event { constructor() { super('own'); this.v = 3; } }
mine.addEventListener('own', function (e3) { show(e3.v, e3 instanceof Own); });
mine.dispatchEvent(new Own());
// DOMException.
var d = new DOMException('m', 'DataCloneError');
show(d.name, d.message, d.code, d instanceof Error, String(d), DOMException.DATA_CLONE_ERR, d.ABORT_ERR, new DOMException().name, new DOMException('x', 'Nope').code, Object.prototype.toString.call(d), new DOMException('c', { name: 'AbortError', cause: 7 }).cause);
// timeout().
var to = AbortSignal.timeout(5);
show(to.aborted);
to.addEventListener('abort', function () {
    show(to.reason.name, to.reason.code);
});
setTimeout(function () { show('end', to.aborted); }, 40);
fails(function () { AbortSignal.timeout(-1); });
fails(function () { AbortSignal.timeout(); });

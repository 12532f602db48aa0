// Arrays iterated by something else: every way to get there, before and after the opcodes have seen
// the intrinsics, and back again.
const AP = Array.prototype, SI = Symbol.iterator, values = AP[SI];
const IP = Object.getPrototypeOf([][SI]()), next = IP.next, BASE = Object.getPrototypeOf(IP);
const data = v => ({ value: v, writable: true, enumerable: false, configurable: true });
function attempt(f) {
    try { return String(f()); } catch (e) { return e.constructor.name; }
}
function see() {
    return [
        attempt(() => { let a = 1, b = 2; [a, b] = [b, a]; return [a, b]; }),
        attempt(() => { let a = 1, b = 2; return [([a, b] = [b, a]), a, b]; }),
        attempt(() => { let a, b; [a, b] = [5, 6]; return [a, b]; }),
        attempt(() => { const x = [1, 2], [a, b] = x; return [a, b]; }),
        attempt(() => { let s = ''; for (const v of [1, 2]) s += v + ';'; return s; }),
        attempt(() => [...[1, 2], 3]),
        attempt(() => Math.max(...[1, 2])),
        attempt(() => { const [a, ...r] = [1, 2, 3]; return a + '|' + r; }),
    ].join(' ');
}
function* tens() { for (let i = 0; i < this.length; i++) yield this[i] * 10; }
function more() {
    const r = next.call(this);
    if (!r.done) r.value = r.value + 100;
    return r;
}
const ways = {
    assign() { AP[SI] = tens; },
    define() { Object.defineProperty(AP, SI, { value: tens }); },
    getter() { Object.defineProperty(AP, SI, { get() { return tens; }, configurable: true }); },
    'setter alone'() { Object.defineProperty(AP, SI, { set: values, get: undefined, configurable: true }); },
    __defineGetter__() { AP.__defineGetter__(SI, () => tens); },
    defineProperties() { Object.defineProperties(AP, { [SI]: { value: tens } }); },
    'Reflect.set'() { Reflect.set(AP, SI, tens); },
    'Reflect.set for'() { Reflect.set({}, SI, tens, AP); },
    'Reflect.defineProperty'() { Reflect.defineProperty(AP, SI, { value: tens }); },
    'Reflect.deleteProperty'() { Reflect.deleteProperty(AP, SI); },
    delete() { delete AP[SI]; },
    'Object.assign'() { Object.assign(AP, { [SI]: tens }); },
    proxy() { new Proxy(AP, {})[SI] = tens; },
    'number'() { AP[SI] = 5; },
    keys() { AP[SI] = AP.keys; },
    'another values'() { AP.values = tens; },
    'deleted and back'() { delete AP[SI]; Object.defineProperty(AP, SI, data(values)); },
    'deleted, values first'() { delete AP[SI]; AP.extra = values; delete AP.extra; AP.extra = values; },
    'moved'() { for (let i = 0; i < 50; i++) AP['p' + i] = values; },
    'moved and replaced'() { for (let i = 0; i < 50; i++) AP['p' + i] = values; AP[SI] = tens; },
    'inherited'() { delete AP[SI]; Object.prototype[SI] = tens; },
    'prototype with one'() { Object.setPrototypeOf(AP, { [SI]: tens }); },
    'prototype has it'() { delete AP[SI]; Object.setPrototypeOf(AP, { [SI]: tens }); },
    'prototype is a proxy'() {
        delete AP[SI];
        Object.setPrototypeOf(AP, new Proxy({}, { get: (t, k) => k === SI ? tens : t[k] }));
    },
    'next assigned'() { IP.next = more; },
    'next defined'() { Object.defineProperty(IP, 'next', { value: more }); },
    'next got'() { Object.defineProperty(IP, 'next', { get: () => more, configurable: true }); },
    'next deleted'() { delete IP.next; },
    'next inherited'() { delete IP.next; BASE.next = more; },
    'next above'() { BASE.next = more; },
    'next of a prototype'() { delete IP.next; Object.setPrototypeOf(IP, { next: more }); },
    'next of a proxy'() {
        delete IP.next;
        Object.setPrototypeOf(IP, new Proxy({}, { get: () => more }));
    },
    'prototype of iterators'() { Object.setPrototypeOf(IP, null); },
    'next by Reflect'() { Reflect.set(IP, 'next', more); },
    'next by assign'() { Object.assign(IP, { next: more }); },
    'next moved'() { for (let i = 0; i < 50; i++) IP['p' + i] = next; IP.next = more; },
    'both'() { AP[SI] = AP.entries; IP.next = more; },
};
const proto = Object.getPrototypeOf(AP);
function restore() {
    Object.setPrototypeOf(AP, proto);
    Object.setPrototypeOf(IP, BASE);
    delete Object.prototype[SI];
    delete BASE.next;
    delete AP.extra;
    for (let i = 0; i < 50; i++) { delete AP['p' + i]; delete IP['p' + i]; }
    Object.defineProperty(AP, 'values', data(values));
    Object.defineProperty(AP, SI, data(values));
    Object.defineProperty(IP, 'next', data(next));
}
// the first ways come before anything was seen
for (let round = 0; round < 2; round++)
    for (const name in ways) {
        if (round > 0)
            see();
        ways[name]();
        const seen = see(), again = see();
        restore();
        const after = see();
        console.log(round, name + ':', seen, seen === again, after);
    }
// in the midst of a loop, by a call within the pattern
let a = 1, b = 2;
for (let i = 0; i < 6; i++) {
    if (i === 3) AP[SI] = tens;
    [a, b] = [b, a];
}
restore();
console.log(a, b);
[a, b] = [(AP[SI] = tens, 1), 2];
restore();
console.log(a, b);
// arrays of their own kind
class Sub extends Array {}
class Odd extends Array { *[SI]() { yield 'odd'; } }
const own = [1, 2];
own[SI] = function* () { yield 'own'; };
const bare = Object.setPrototypeOf([1, 2], { __proto__: AP, [SI]: tens });
for (const x of [Sub.of(1, 2), Odd.of(1, 2), own, bare])
    console.log([...x].join(), (([p, q]) => [p, q])(x).join(), Math.max(...x));
// frozen: still what it was, and stays so
Object.freeze(AP);
Object.freeze(IP);
console.log(see());
'use strict';
console.log(attempt(() => { 'use strict'; AP[SI] = tens; }), attempt(() => { 'use strict'; IP.next = more; }), see());

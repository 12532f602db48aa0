// Built-in objects changed as a whole, or in part, before anything of theirs was used.
const see = f => { try { return f(); } catch (e) { return e.name; } };

// single properties
Object.defineProperty(Array.prototype, 'at', { writable: false });
Object.defineProperty(Array.prototype, 'flat', { value: 'mine' });
Reflect.defineProperty(String.prototype, 'matchAll', { configurable: false });
Object.defineProperties(String.prototype, { replaceAll: { enumerable: true }, at: { value: 1 } });
new Proxy(Array.prototype, {}).toString();
Object.defineProperty(new Proxy(Array.prototype, {}), 'fill', { enumerable: true });
Object.defineProperty(globalThis, 'URLSearchParams', { enumerable: true });
for (const [o, k] of [[Array.prototype, 'at'], [Array.prototype, 'flat'], [String.prototype, 'matchAll'],
    [String.prototype, 'replaceAll'], [String.prototype, 'at'], [Array.prototype, 'fill'],
    [globalThis, 'URLSearchParams']]) {
    const d = Object.getOwnPropertyDescriptor(o, k);
    console.log(k, typeof d.value, d.writable, d.enumerable, d.configurable);
}
console.log([5].at(0), [...'aba'.matchAll(/a/g)].length, 'aa'.replaceAll('a', 'b'), [1, 2].fill(3));

// whole objects, in each way
Object.seal(Array);
Object.preventExtensions(Math);
Reflect.preventExtensions(Object);
Object.freeze(new Proxy(Reflect, {}));
Object.freeze(Array.prototype);
Object.freeze(String.prototype);
Object.freeze(Object.getPrototypeOf(Int8Array.prototype));
Object.freeze(Promise.prototype);
console.log(see(() => Array.from('ab')), see(() => Array.of(1)), see(() => Object.entries({ a: 1 })), see(() => Object.fromEntries([['a', 1]])),
    see(() => Math.hypot(3, 4)), see(() => Reflect.ownKeys({ a: 1 })));
console.log(see(() => [1, 2, 3].findLast(x => x < 3)), see(() => [1].includes(1)), see(() => [...[1, 2].entries()]), see(() => [3, 1].toSorted()),
    see(() => [1, 2].with(0, 5)), see(() => [1, 2, 3].copyWithin(0, 1)), see(() => [...[7]]));
console.log(see(() => 'a'.padStart(3, '-')), see(() => 'ab'.at !== undefined), see(() => [...'ab']), see(() => 'a-b'.split(/-/)), see(() => 'x'.normalize()));
console.log(see(() => new Uint8Array([1, 2]).at(-1)), see(() => new Uint8Array([2, 1]).toSorted().join()));
console.log([Array.prototype, String.prototype, Reflect].map(Object.isFrozen), Object.isSealed(Array), Object.isExtensible(Object));
console.log(see(() => { 'use strict'; Array.prototype.findLast = 1; }), see(() => { 'use strict'; String.prototype.more = 1; }));
for (const o of [Array.prototype, String.prototype, Reflect, Array])
    for (const d of Object.values(Object.getOwnPropertyDescriptors(o)))
        if (d.configurable || o !== Array && d.writable) console.log('not frozen', d);
const fixed = Object.freeze([1]);
console.log(Object.getOwnPropertyDescriptor(fixed, 'length').writable, see(() => { 'use strict'; fixed.length = 0; }), fixed,
    Object.getOwnPropertyDescriptor(Object.seal([1]), 'length').writable);

// and the global object: what is declared at the top comes before
class Own { #x = 1; get x() { return this.#x; } *[Symbol.iterator]() { yield this.x; } }
const path = require('path');
Object.freeze(globalThis);
console.log(typeof URL, typeof Map, typeof Promise, typeof Buffer, typeof structuredClone, typeof process, typeof WeakRef,
    typeof AggregateError);
console.log(new URL('http://h/p').host, new Map([[1, 2]]).get(1), Buffer.from('a').toString('hex'), new Set([1, 1]).size,
    structuredClone({ a: [1] }), Object.isFrozen(globalThis));
console.log(see(() => { 'use strict'; globalThis.URL = 1; }), see(() => { 'use strict'; globalThis.other = 1; }));
(async () => console.log(await Promise.all([1, Promise.resolve(2)]), [...new Own()], path.join('a', 'b')))();

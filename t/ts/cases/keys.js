// Keys that are objects are converted once, between the object and the right side (V8 converts them twice;
// the rest of the output is its own).
let log = [];
function key(name, as) {
    return { toString() { log.push(name); return as === undefined ? name : as; } };
}
function say(what, f) {
    let r;
    log = [];
    try { r = f(); } catch (e) { r = e.constructor.name; }
    console.log(what, log.join(), String(r));
}
const o = { a: 1, s: 'x', get g() { log.push('get'); return 5; }, set g(v) { log.push('set' + v); } };
const right = v => { log.push('right'); return v; };
say('plus', () => o[key('a')] += right(2));
say('plus text', () => o[key('s')] += right('y'));
say('accessor', () => o[key('g')] *= right(2));
say('power', () => o[key('a')] **= right(2));
say('shift', () => o[key('a')] >>>= right(1));
say('or', () => o[key('none')] ||= right(7));
say('and', () => o[key('none')] &&= right(8));
say('nullish', () => o[key('null')] ??= right(9));
say('post', () => o[key('a')]++);
say('pre', () => --o[key('a')]);
say('post accessor', () => o[key('g')]--);
say('void', () => { o[key('a')] += 1; o[key('a')]++; ++o[key('a')]; return o.a; });
say('variable', () => { const k = key('a'); o[k] += 1; o[k]++; return typeof k + o.a; });
say('array', () => { const x = [1, 2]; x[key('i', 1)] += 5; x[key('i', 0)]++; x[[1]] -= 1; return x; });
say('symbol', () => { const s = Symbol(), x = { [s]: 1 }; x[Object(s)] += 2; x[Object(s)]++; return x[s]; });
say('toPrimitive', () => {
    const x = { n: 1 };
    return x[{ [Symbol.toPrimitive](hint) { log.push(hint); return 'n'; } }] += 1;
});
say('valueOf', () => { const x = { n: 1 }; return x[{ toString: null, valueOf() { log.push('v'); return 'n'; } }] += 1; });
say('null', () => null[key('a')] += right(1));
say('undefined', () => { let u; return u[key('a')]++; });
say('throws', () => o[{ toString() { throw new RangeError(); } }] += right(1));
say('no key', () => o[{ toString: null, valueOf: null }]++);
say('primitive', () => 'abc'[key('length')] + (5)[key('q')]++);
say('strict', () => { 'use strict'; return Object.freeze({ a: 1 })[key('a')] += 1; });
say('strict post', () => { 'use strict'; return Object.freeze({ a: 1 })[key('a')]++; });
say('right side changes key', () => { let k = 'a', x = { a: 1, b: 10 }; x[k] += (k = 'b', 1); return [x.a, x.b, k]; });
say('key changes object', () => {
    let x = { a: 1 };
    const was = x;
    x[{ toString() { x = { a: 100 }; return 'a'; } }] += 1;
    return [was.a, x.a];
});
say('numbers', () => { const x = [0, 0]; for (let i = 0; i < 4; i++) { x[i & 1] += i; x[i & 1]++; } return x; });
say('proxy', () => {
    const p = new Proxy({ a: 1 }, {
        get(t, k) { log.push('get ' + typeof k); return t[k]; },
        set(t, k, v) { log.push('set ' + typeof k); t[k] = v; return true; },
    });
    return [p[key('a')] += 1, p[key('a')]++];
});
say('with', () => new Function('o', 'k', 'with (o) { return [o[k] += 1, o[k]++]; }')({ a: 1 }, key('a')));
say('eval', () => eval('var x = {a: 1}; x[key("a")] += 1; x[key("a")]++; x.a'));
function* gen() { const x = { a: 1 }; x[key('a')] += yield 1; return x.a; }
say('yield', () => { const g = gen(); g.next(); return g.next(4).value; });

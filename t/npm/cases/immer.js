const { produce, enableMapSet, original, isDraft } = require('immer');
const base = { a: { b: [1, 2, { c: 3 }] }, keep: {} };
const next = produce(base, (d) => { d.a.b.push(4); d.a.b[2].c = 9; delete d.keep.x; });
console.log(base, next, next.keep === base.keep, Object.isFrozen(next.a));
enableMapSet();
const m = produce(new Map([['k', { n: 1 }]]), (d) => { d.get('k').n++; d.set('z', 1); });
console.log(m, produce([3, 1, 2], (d) => { d.sort(); d.splice(1, 1); }));
try { next.a.b = 1; } catch (e) { console.log(e.name); }
console.log(produce({ list: [1, 2, 3] }, (d) => { d.list = d.list.filter((x) => x > 1); d.list.reverse(); }));

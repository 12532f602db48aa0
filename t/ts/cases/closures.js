'use strict';
const out = [];
let fs = [];
for (let i = 0; i < 3; i++) { fs.push(() => i); }
out.push(fs.map(f => f()).join());
fs = [];
for (let i = 0, n = 3; i < n; fs.push(() => i), i++) { }
out.push(fs.map(f => f()).join());
fs = [];
for (let i = 0; fs.push(() => i), i < 3; i++) { }
out.push(fs.map(f => f()).join());
fs = [];
for (let i = 0; i < 6; i++) { fs.push(() => i); i++; if (i === 3) continue; }
out.push(fs.map(f => f()).join());
fs = [];
outer: for (const a of [1, 2, 3]) { for (let b of [10, 20, 30]) { if (b === 30) continue outer; if (a === 3) break outer; fs.push(() => a + b); } }
out.push(fs.map(f => f()).join());
fs = [];
for (const k in { x: 1, y: 2 }) fs.push(() => k);
out.push(fs.map(f => f()).join());
fs = [];
let w = 0;
while (w < 3) { let q = w * 2; const r = q + 1; fs.push(() => [q++, r]); w++; }
fs[0]();
out.push(JSON.stringify(fs.map(f => f())));
function ret() { for (let i = 0; i < 5; i++) { const g = () => i; if (i === 2) return g; } }
out.push(ret()());
function args() { const r = []; for (let i = 0; i < 2; i++) { r.push(() => i + arguments[0] + this.z); } return r.map(f => f()); }
out.push(args.call({ z: 100 }, 10).join());
fs = [];
for (let i = 0; i < 2; i++) { class K { static n() { return K.name + i; } get v() { return new K() instanceof K; } } fs.push(K); }
out.push(fs.map(k => k.n() + new k().v).join());
fs = [];
for (let i = 0; i < 2; i++) { function inner() { return i; } fs.push(inner); }
out.push(fs.map(f => f()).join());
fs = [];
for (let [a, b] of [[1, 2], [3, 4]]) fs.push(() => a + b);
out.push(fs.map(f => f()).join());
switch (1) { case 0: let z; case 1: out.push(5); }
fs = [];
for (let i = 0; i < 3; i++) { switch (i) { case 1: let s = i * 10; fs.push(() => s); break; default: continue; } }
out.push(fs.map(f => f()).join());
{ let x = 1; { let x = 2; out.push(x); } out.push(x); }
try { undefinedFn(); } catch { out.push('caught'); }
for (let i = 0; i < 2; i++) { try { throw i; } catch (e) { fs.push(() => e); } }
out.push(fs.map(f => f()).join());
do { var dd = 1; let e = 2; fs = [() => e]; } while (false);
out.push(fs[0](), dd);
console.log(out.join('\n'));

const log: string[] = [];
const res = (n: string, fail = false) => ({ n, [Symbol.dispose]() { log.push('-' + n); if (fail) throw new Error('d' + n); } });
const ares = (n: string) => ({ n, async [Symbol.asyncDispose]() { await null; log.push('~' + n); } });
function a() { using x = res('x'), y = res('y'); log.push(x.n + y.n); f(); return 'r'; function f() { log.push('f'); } }
console.log(a(), log.splice(0));
{ using n = null; using z = res('z'); log.push('in'); }
console.log(log.splice(0));
try { using p = res('p', true); using q = res('q', true); throw new Error('body'); } catch (e: any) { console.log(e.name, e.error.message, e.suppressed.name, e.suppressed.error.message, e.suppressed.suppressed.message, e instanceof SuppressedError); }
log.length = 0;
for (using i of [res('1'), res('2'), res('3')]) { if (i.n === '2') continue; log.push('b' + i.n); if (i.n === '3') break; }
console.log(log.splice(0));
outer: for (using i = res('l'), c = { k: 0, [Symbol.dispose]() {} }; c.k < 3; c.k++) { for (;;) continue outer; }
console.log(log.splice(0));
try { using bad = {} as any; } catch (e: any) { console.log(e.name); }
const fns: any[] = [];
for (const k of [1, 2]) { using r = res('c' + k); fns.push(() => r.n); }
console.log(fns.map(f => f()), log.splice(0));
function* g() { using r = res('g'); yield 1; yield 2; }
for (const v of g()) { log.push('v' + v); break; }
console.log(log.splice(0));
async function as() { await using r = ares('A'); await using s = res('S'); using t = res('T'); await using nul = null; log.push('body'); return 5; }
as().then(async v => {
  console.log(v, log.splice(0));
  for (await using k of [ares('k1'), ares('k2')]) log.push(k.n);
  console.log(log.splice(0));
  async function bad() { await using r = { async [Symbol.asyncDispose]() { throw new Error('late'); } }; throw new Error('first'); }
  try { await bad(); } catch (e: any) { console.log(e.name, e.error.message, e.suppressed.message); }
  class C { static { using r = res('static'); } }
  console.log(log.splice(0));
});
var using = 3; using
using = 4; console.log(using); var await_ = [using]; using[0]; for (using of [7, 8]); console.log(using);
const using2 = { using }; console.log(using2.using, typeof Symbol.dispose, String(Symbol.asyncDispose));

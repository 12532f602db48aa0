const log = [];
function t(name, f) { try { log.push(name + ' ' + f()); } catch (e) { log.push(name + ' ' + e.name); } }
t('1', () => { function* g() { const x = yield 1; yield x * 2; return 3; } const i = g(); return JSON.stringify([i.next(), i.next(5), i.next(), i.next()]); });
t('2', () => { function* g() { try { yield 1; yield 2; } finally { log.push('fin'); } } for (const x of g()) break; return 'x'; });
t('3', () => { function* a() { yield 1; return 'r'; } function* b() { const r = yield* a(); yield r; yield* [7, 8]; } return [...b()].join(); });
t('4', () => { function* g() { try { yield 1; } catch (e) { yield 'c' + e; } } const i = g(); i.next(); return i.throw('E').value; });
t('5', () => { function* g() { yield this.z; yield arguments[0]; } return [...g.call({ z: 1 }, 2)].join(); });
t('6', () => { const o = { *g() { for (let i = 0; i < 3; i++) { const f = () => i; yield f; } } }; return [...o.g()].map(f => f()).join(); });
t('7', () => { function* g(a = 1, ...r) { yield a + r.length; } return [...g(undefined, 2, 3)].join() + g.length + g.name; });
t('8', () => { function* g() { } return (g() instanceof g) + Object.prototype.toString.call(g()); });
t('9', () => { function* g() { } new g(); });
t('10', () => { function* g() { try { yield 1; } catch (e) { log.push('no'); } finally { log.push('f'); } } const i = g(); i.next(); return JSON.stringify(i.return(9)); });
t('11', () => { const g = function* self(n) { if (n) yield* self(n - 1); yield n; }; return [...g(3)].join(); });
async function a1() { log.push('a1'); const x = await 5; log.push('x' + x); try { await Promise.reject(new Error('rej')); } catch (e) { log.push(e.message); } return 'done'; }
a1().then(v => log.push(v));
const ar = async (x) => { const y = await x; return y + (await new Promise(r => r(1))); };
ar(Promise.resolve(41)).then(v => log.push(v));
(async function () { for await (const x of (async function* () { yield 1; yield Promise.resolve(2); })()) log.push('fa' + x); for await (const y of [Promise.resolve('p'), 'q']) log.push(y); })();
class K { async m() { return this.v; } v = 6; static async *ag() { try { yield 1; yield 2; } finally { log.push('agfin'); } } }
new K().m().then(v => log.push('K' + v));
(async () => { for await (const x of K.ag()) { log.push(x); break; } })();
(async (a = (() => { throw new Error('param'); })()) => { })().then(undefined, e => log.push(e.message));
async function loop() { const r = []; for (let i = 0; i < 3; i++) { await null; r.push(() => i); } return r.map(f => f()).join(); }
loop().then(v => log.push(v));
(async function () { try { return await Promise.reject(1); } catch (e) { return 'c' + e; } finally { log.push('finally'); } })().then(v => log.push(v));
Promise.resolve().then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => 0).then(() => console.log(log.join('\n')));

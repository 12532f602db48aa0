const log: string[] = [];
const d = (v: any, ctx: any) => { log.push(ctx.kind + ' ' + String(ctx.name) + ' ' + ctx.private + ' ' + ctx.static); };
const repl = (v: any, ctx: any) => class extends v { extra = 1 };
const twice = ({get, set}: any, ctx: any) => ({ get() { return get.call(this) * 2 }, set(v: any) { set.call(this, v) }, init(v: any) { return v + 1 } });
class A { @d accessor #x = 1; @twice accessor #y = 5; @d static accessor s = 3; static accessor #z = 9; get x() { return this.#x } set x(v) { this.#x = v } get y() { return this.#y } static z() { return A.#z++ + A.#z } }
const a = new A(); a.x = 7; console.log(a.x, a.y, A.s, A.z(), log);
const E = @repl class B { static me = B; self() { return B } };
console.log(E.me === E, new E().self() === E, new E().extra);
@repl class G { static me = G; self() { return G } }
console.log(G.me === G, new G().self() === G, new (G as any)().extra);
const made: any[] = [];
for (let i = 0; i < 3; i++) {
  const add = (v: any, c: any) => (x: any) => x + i;
  class L { accessor v = i; [`k${i}`] = i * 10; @add f = 100; @add static sf = 5; }
  made.push(L);
}
console.log(made.map(L => { const o = new L(); return [o.v, JSON.stringify(o), o.f, L.sf] }));
for (const i of [1, 2]) { made.push(@d class { [i] = 1 }) }
console.log(made.length, new made[3](), new made[4]());

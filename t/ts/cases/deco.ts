const log: any[] = [];
function d(n: string): any { log.push('eval ' + n); return (v: any, ctx: any) => { log.push(`${n} ${ctx.kind} ${String(ctx.name)} ${!!ctx.static} ${typeof v}`); ctx.addInitializer(function (this: any) { log.push('init ' + n + ' ' + typeof this); }); }; }
function twice(v: any, ctx: any) { return function (this: any, ...a: any[]) { return v.call(this, ...a) * 2; }; }
function plus(n: number): any { return (v: undefined, ctx: any) => (init: number) => init + n; }
function logged<T extends new (...a: any[]) => any>(v: T, ctx: any): any { return class extends v { extra = 'x'; }; }
function acc(v: any, ctx: any) { return { get(this: any) { return v.get.call(this) + 100; }, init(i: number) { return i + 1; } }; }
@d('cls') @logged
class A {
    @d('m') @twice m(x: number) { return x; }
    @plus(5) f = 1;
    @d('sf') static s = 2;
    @d('g') get g() { return 3; }
    @acc accessor q = 1;
    accessor plain = 7;
    @d('p') #p = 4;
    get p() { return this.#p; }
    @twice static sm() { return 21; }
}
const a: any = new A();
console.log(a.m(4), a.f, A.s, a.g, a.q, a.plain, a.p, A.sm(), a.extra);
a.q = 5; a.plain = 8;
console.log(a.q, a.plain, A.name);
console.log(log.join('\n'));

// flags: --experimental-decorators
const out: any[] = [];
const P = (tag: string) => (t: any, k: any, i: number) => { out.push([tag, typeof t, String(k), i]); };
const M = (t: any, k: string, d: any) => { out.push(['M', k, typeof d.value]); };
const K = (c: any) => { out.push(['K', c.name]); };
class A { @M m(@P('a') a: number, b = 2, @P('c1') @P('c2') ...c: any[]) { return a + b + c.length; } static s(@P('s') { x }: { x: number }) { return x; } constructor(@P('ctor') private readonly z: string, @P('k2') public y = 1) {} get zz() { return this.z + this.y; } }
@K class B { constructor(@P('b') b: any) {} }
console.log(out, new A('q').m(1, 2, 3), A.s({ x: 4 }), new A('z', 5).zz);

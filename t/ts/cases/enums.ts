const base = 10; let dyn = () => 5;
enum A { X = base, Y, Z, W = Y * 2, V }
console.log(A.X, A.Y, A.Z, A.W, A.V, A[11], A[23]);
enum S { A = 1, B, C = B << 2, D = `x` } console.log(JSON.stringify(S));
const enum K { P = 1 << 3, Q = P | 1 } console.log(K.P, K.Q);
class O { readonly [x: string]: any; private [k: number]: string; static readonly [k: string]: any; #f(x: number): string; #f(x: string): string; #f(x: any) { return 'f' + x } t() { return this.#f(1) } }
console.log(new O().t());
let u
!function () { console.log('asi') }();
type T1 = Foo<1n, -2n,>; interface Foo<A, B> {} declare const big = 10n; let bx: 5n | undefined;
declare function dec(v: any, c: any): void;
const dd = (v: any, c: any) => {}; const Cx = (@dd class Named { a = 1 }); console.log(new Cx().a);

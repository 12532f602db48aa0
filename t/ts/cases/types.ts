enum Color { Red, Green = 'g', Blue = 1 << 2, Next, Sum = Blue | Next }
const enum CE { A = 1, B = A * 2 }
namespace N { export const a = 1; export function f(x: number): number { return x + a; } export namespace M { export let z = a; } const hidden = 2; export class C { v = hidden; } }
namespace N { export const b = a + 1; }
namespace OnlyTypes { export interface X { a: number } }
interface I<T extends object = {}> { a: T; m?(x: number): void; readonly [k: string]: any }
type Fn<T> = (a: T, ...r: any[]) => T extends infer U ? U : never;
abstract class Base<T> implements I<any> { abstract foo(): void; protected x!: number; constructor(public name: string, private readonly n = 5) { } static s?: string; declare zed: number; a: any; get v(): T { return this.n as unknown as T; } overload(a: string): void; overload(a: any) { } [key: string]: any; }
class D extends Base<number> { foo() { return `${this.name}:${this.v}`; } constructor() { super('nm'); } }
function over(a: string): string; function over(a: number): number; function over(a: any) { return a; }
function assertIs(x: unknown): asserts x is string { }
function isS(this: any, x: unknown): x is string { return typeof x === 'string'; }
let v = <any>5, w = v as number, u = v!, s = { a: 1 } satisfies object;
const gen = <T,>(x: T): T => x; const gen2 = async <T>(x: T): Promise<T> => x;
const opt = (a?: number, b: string = 'q', ...c: any[]): string => a + b + c.length;
declare const DECL: number; declare function df(): void; declare module 'x' { } declare global { interface Window { } }
let a1: any = 1, b1: any = 2, c1: any, d1: any = 3; const t1 = a1 ? (b1) : (c1: any) => d1; const t2 = a1 ? (x: any): any => x : null;
let tup: [a: string, b?: number] = ['x']; let fnType: new (...a: any) => any; let un: | 'a' | 'b'; let tpl: `a${string}`;
console.log(Color.Red, Color[0], Color.Green, Color.Blue, Color.Next, Color.Sum, CE.B, N.a, N.b, N.f(2), N.M.z);
console.log(new N.C().v, new D().foo(), over(1), isS('a'), v, w, u, s.a, gen(3), opt(1), opt.length, t1, typeof t2, tup[0]);
for (const x of [1, 2] as const) console.log(x);
label: for (let i = 0; i < 2; i++) { if (i) continue label; }
const o2 = { m<T>(this: any, a: T) { return a; }, async *g<T>() { } };
console.log(o2.m<number>(4), new Map<string, Array<number>>().size, (o2 as any).m!(5));
let lt = 1, gt = 2, cc = 3; console.log(lt < gt, lt < gt || gt > (cc), 8 >> 1, 8 >>> 2, lt < (gt as number));
function fa<T>(x: T): x is T { return !x; } console.log(fa<number>(0));
class PP { constructor(readonly a: number, protected b = a + 1, public c?: string) { } } console.log(JSON.stringify(new PP(1)));

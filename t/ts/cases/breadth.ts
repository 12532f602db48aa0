// Syntax of TypeScript 5.x, one construct after the other; what runs is printed.
import type { Missing } from './nowhere';
import { type AlsoMissing, type B as Gone } from './nowhere2';
export type { Missing as Again } from './nowhere3';
type Fn = new (...a: any[]) => object; type Ab = abstract new () => object;
type El<T> = T extends (infer U extends string)[] ? U : never;
type Tpl = `${'a' | 'b'}-${number}`; type Idx = { readonly [K in keyof Tpl as `x${string & K}`]?: Tpl[K] };
type Minus = { -readonly [K in 'a']-?: string }; type G = { get x(): number; set x(v: number); new (): G; (): void; readonly y?: string };
type Tup = [a: string, b?: number, ...rest: boolean[]]; type Im = typeof import('./x'); type Un = unique symbol extends symbol ? 1 : 2;
type Pred = (x: unknown) => x is string; type Ass = (x: unknown) => asserts x is string; type Ass2 = (x: unknown) => asserts x;
interface I<in out T, const U extends readonly unknown[] = []> extends Array<T> { m?<K>(this: I<T>, k: K): asserts this is I<T>; <X>(x: X): X; new <Y>(y: Y): Y; readonly [k: string]: any }
declare global { interface Window { a: 1 } } declare module 'x' { export const y: number; export default y; }
declare const ext: number, ext2: string; declare function f1(a: number): void; declare let l: any; declare class DC<T> extends Object { private x; static y: T; constructor(a: T); m(): void; get z(): number } declare enum DE { A } declare namespace DN { const a: 1; namespace In { let b } } declare abstract class DA {} declare type DT = 1;
function over(a: string): string; function over(a: number): number; function over(this: void, a: any, ...r: never[]): any { return a; }
console.log(over('s'), over(3));
abstract class Shape { abstract area(): number; abstract readonly name: string; abstract get g(): number; protected constructor(protected readonly w: number, public h = 2, private _p?: string) {} describe(this: Shape): string { return `${this.name} ${this.area()}`; } declare skipped: number; definite!: string; opt?: number; static #count = 0; static inc() { return ++Shape.#count; } override toString(): string { return 'Shape'; } }
class Sq extends Shape { override name = 'sq' as const; constructor() { super(3); } area(): number { return this.w * this.h; } get g() { return 1; } accessor acc = 5; static accessor sacc: number = 6; }
const sq = new Sq(); console.log(sq.describe(), `${sq}`, sq.acc, Sq.sacc, Shape.inc(), Object.keys(sq).sort().join());
const conf = { a: 1, b: [1, 2] } as const satisfies Record<string, unknown>; console.log(conf.b.length);
let nn: { a?: { b: number } } | undefined = { a: { b: 4 } }; console.log(nn!.a!.b, nn?.a!.b, (<any>nn).a.b, (nn as any)!['a']!.b); nn!.a = undefined; (nn as any) = 5; nn! = undefined; [nn as any] = [7]; console.log(nn);
let def!: number; def = 1; let x1: typeof def = def, y1 = <T,>(t: T): T => t, z1 = async <T extends object>(t: T): Promise<T> => t; console.log(x1, y1(2), y1<string>('i'), new Map<string, number[]>([['k', [1]]]).get('k')!.length);
const inst = Array<number>; console.log(new inst(3).length);
enum E1 { A, B = 'b' as any, C = 1 << 2, D = C | 1, F = 'xyz'.length, G = -1, H, 'quoted key', Nan = 0 / 0 } enum E1 { Z = 100 } console.log(E1.D, E1.F, E1.G, E1.H, E1['quoted key'], E1[4], E1.Z, E1[100], E1.Nan);
const enum CE { One = 1, Str = 'two' } console.log(CE.One, CE.Str, CE['One']); export const enum XE { K = 3 } export enum Y { L } console.log(XE.K, Y[Y.L]);
namespace N1 { export const a = 1; const hidden = 2; export namespace Deep { export function f() { return a + hidden; } } export class C { static s = Deep.f(); } export enum NE { V = 7 } export let mut = 1; export const { d1, d2: [d3] } = { d1: 4, d2: [5] }; export interface Only {} export type T = 1; export declare const nope: number; export import Alias = Deep.f; }
namespace N1 { export const more = a + mut; mut++; } namespace N2.Inner.Most { export const v = N1.more; } namespace TypesOnly { export interface A {} } declare namespace Amb { }
console.log(N1.a, N1.Deep.f(), N1.C.s, N1.NE.V, N1.more, N1.mut, N1.d1, N1.d3, N2.Inner.Most.v, N1.Alias(), typeof (globalThis as any).TypesOnly);
class Merged { static a = 1; } namespace Merged { export const b = a1() + Merged.a; function a1() { return 2; } } function Fm() { return Fm.p; } namespace Fm { export const p = 'fp'; } enum Em { A = 1 } namespace Em { export const f = () => Em.A; } console.log(Merged.b, Fm(), Em.f());
import Short = N1.Deep; import type TOnly = N1.T; export import Sh2 = N1.C; console.log(Short.f(), Sh2.s);
for (const k in <any>{ q: 1 }) console.log(k); for (const v of <number[]>[1]) console.log(v as number); label: for (let i = 0 as number; i < 2; i++) { if (i as any) break label; }
const o = { m<T>(this: any, x: T): T { return x; }, async *g<T>(): AsyncGenerator<T> {}, get p(): number { return 1; }, set p(v: number) {}, [<any>'c']: 2, 'q'(): void {}, f: function <T>(t: T): t is T & {} { return true; } as any }; console.log(o.m<number>(3), o.p, (o as any).c);
const a1 = 1 < 2, b1 = (1 as number) < (2), c1 = a1 ? (b1) : <any>0, d1 = a1 ? (x: number): number => x : (y: string) => y, e1 = a1 ? (b1 ? 1 : 2) : 3; console.log(a1, b1, c1, typeof d1, e1);
var async: any = 1, type: any = 2, of: any = 3, get: any = 4, declare: any = 5, module: any, namespace: any = 7, abstract: any = 8, as: any = 9, is: any = 10, keyof: any = 11, readonly: any = 12, satisfies: any = 13, override: any = 14, accessor: any = 15, infer: any = 16, asserts: any = 17; type = declare + abstract; console.log(async + type + of + get + namespace + as + is + keyof + readonly + satisfies + override + accessor + infer + asserts);
function dflt<const T extends readonly any[] = [], U = T>(a: T = [] as any, { b = 2, c: { d } = { d: 3 } }: { b?: number; c?: { d: number } } = {}, ...[e]: [number?]): [number, number, number?] { return [b, d, e]; } console.log(dflt(), dflt([], { b: 1 }, 9));
try { throw new Error('t'); } catch (e: unknown) { console.log((e as Error).message); } type Rec = { [key: string]: Rec } | null; let opt: any = null; opt ??= {}; opt.x ||= 4; opt.x &&= 5; console.log(opt?.x, opt?.y?.[0]?.(1), opt.y?.z);
const gen = class<T> { constructor(public v: T) {} static of<T>(v: T) { return new this<T>(v); } }; console.log(gen.of(3).v); abstract class Ax<T = {}> { abstract a: T; } const ab = abstract + 1; let u2: undefined | null | void | never | bigint | symbol | object; type Long = | 'a' | 'b' & string; let fnT: (a?: number, ...b: any[]) => (c: string) => void, ctor: { new <T>(x: T): T }; let arrT: (string | number)[][], opT: keyof typeof conf, ix: Long[number][], con: typeof conf['b'][0];
let tagged = String.raw<string>`a${1}`; console.log(tagged); if (a1) type = 1; else type = 2; export default class<T> { x!: T } export { o as 'string name', type N1 as OnlyType };

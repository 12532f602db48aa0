// Merged declarations see what the blocks before them export, whatever they merge with.
function Fm(a = 1) { return [Fm.p, Fm.q(), a]; } namespace Fm { export const p = 'fp'; } namespace Fm { export function q() { return p + '!'; } }
console.log(Fm(), Fm.length, Fm.name);
class K { static a = 1; } namespace K { export const b = K.a + 1; } namespace K { export const c = b + 1; } console.log(K.c);
function* gen() { yield* gen.list; } namespace gen { export const list = [1, 2]; } console.log([...gen()]);
async function as(x = as.d) { return x; } namespace as { export const d = 5; } as().then(v => console.log(v));
enum E { A = 1 } namespace E { export const f = () => E.A; } enum E { B = A + 1 } namespace E { export const g = f() + E.B; } console.log(E.g);

function f(..._: any[]) { var [a = arguments[0], [b = arguments.length] = []] = new Set([undefined]) as any; return [a, b]; }
console.log(f(1, 2, 3));
const g = function () { let x, y; [x = arguments[1], y = (() => arguments[0])()] = new Map() as any; return [x, y] }; console.log((g as any)(8, 9));
function h([a = arguments.length] = [] as any) { return a; } console.log((h as any)(), (h as any)(undefined, 1));
let n = 0; do { n++; if (n === 2) continue; } while ((class { static m() { return super.toString === Function.prototype.toString && n < 4 } }).m());
console.log(n);
class Base { static v = 3 } lab: do { n--; if (n < -5) break lab; } while ((class extends Base { m = () => super.toString; static k() { return super.v } }).k() > n - 1000 && n > 0); console.log(n);

// What every generated program finds: F() ends what runs too long, L() prints and passes on, S() shows a
// value without running anything of the program's but getters of Symbol.toStringTag, T() tries.
const $out = [], $wait = [];
let $fuel = 0;
function P(...parts) { if ($out.length < 3000) $out.push(parts.join(" ")); }
function F() { if (++$fuel > 1500) throw new RangeError("fuel"); }
function N(v) { return typeof v === "number" && Number.isFinite(v) && !Number.isInteger(v) ? Number(v.toPrecision(13)) : v; }
function Q(s) {
    return '"' + s.replace(/["\\\x00-\x1f\x7f-\uffff]/g, c => "\\u" + (65536 + c.charCodeAt(0)).toString(16).slice(1)) + '"';
}
const $known = new Map(Object.getOwnPropertyNames(globalThis).filter(n => /^[A-Z][a-z]/.test(n) && typeof globalThis[n] === "function")
    .flatMap(n => [[globalThis[n].prototype, n + ".prototype"], [globalThis[n], "<" + n + ">"]]));
$known.set(globalThis, "<global>").set(Function.prototype, "<fp>").set(Promise.prototype, "<pp>");
Function.prototype.toString = () => "fnsrc"; // what is left to implementations
for (const name of ["toString", "toTimeString"]) {
    const made = Date.prototype[name];
    Date.prototype[name] = { [name]() { return made.call(this).replace(/ \(.*\)$/, ""); } }[name];
}
function S(v, depth = 0, seen = []) {
    switch (typeof v) {
    case "string": return v.length > 200 ? Q(v.slice(0, 200)) + "+" + v.length : Q(v);
    case "number": return Object.is(v, -0) ? "-0" : String(v);
    case "symbol": return String(v);
    case "function": return "fn" + (typeof v.prototype === "object" ? "P" : "");
    case "object": break;
    default: return String(v);
    }
    if (v === null) return "null";
    if ($known.has(v)) return $known.get(v);
    if (seen.includes(v)) return "<cycle>";
    if (depth > 3) return "<deep>";
    seen = seen.concat([v]);
    const sub = x => S(x, depth + 1, seen);
    const tag = Object.prototype.toString.call(v).slice(8, -1);
    if (v instanceof Error) return "E:" + v.name + (v.errors ? sub(v.errors) : "");
    if (v instanceof Date) return "Date(" + Number(v) + ")";
    if (v instanceof Map) return "Map{" + Array.from(v).slice(0, 30).map(p => sub(p[0]) + "=>" + sub(p[1])) + "}";
    if (v instanceof Set) return "Set{" + Array.from(v).slice(0, 30).map(sub) + "}";
    if (v instanceof Promise) return "Promise";
    if (ArrayBuffer.isView(v) && !(v instanceof DataView)) return tag + "[" + Array.prototype.slice.call(v, 0, 40).map(sub) + "]";
    if (v instanceof ArrayBuffer) return "AB" + v.byteLength;
    let keys;
    try { keys = Reflect.ownKeys(v); } catch (e) { return "<" + e.name + ">"; }
    const parts = [];
    for (const k of keys.slice(0, 40)) {
        const d = Object.getOwnPropertyDescriptor(v, k);
        if (!d) { parts.push(String(k) + "?"); continue; }
        if (Array.isArray(v) && k === "length") { parts.push("#" + d.value); continue; }
        const flags = (d.enumerable ? "" : "e") + (d.configurable ? "" : "c") + ("value" in d && !d.writable ? "w" : "");
        parts.push(String(k) + (flags ? "/" + flags : "") + ":" + ("value" in d ? sub(d.value) : (d.get ? "get" : "") + (d.set ? "set" : "")));
    }
    return (tag === "Object" ? "" : tag) + (Array.isArray(v) ? "[" + parts + "]" : "{" + parts + "}");
}
function L(tag, v) { P(tag, S(v)); return v; }
function X(e) { return e instanceof Error || e && typeof e === "object" && typeof e.name === "string" ? e.name : S(e); }
function T(tag, fn) { try { P(tag, S(fn())); } catch (e) { P(tag, "!" + X(e)); } }
function W(tag, p) { $wait.push(Promise.resolve(p).then(v => P(tag, "+", S(v)), e => P(tag, "-", X(e)))); return p; }
function IT(tag, values, how) { // an iterable that tells what is done with it
    let i = 0;
    return { [Symbol.iterator]() {
        P(tag, "iter");
        const it = { next(v) {
            P(tag, "next", S(v));
            if (how === "thrownext" && i === 1) throw new TypeError("next");
            return i < values.length ? { value: values[i++], done: false } : { value: "end", done: true };
        } };
        if (how !== "noreturn") it.return = function (v) {
            P(tag, "return", S(v));
            if (how === "throwreturn") throw new RangeError("return");
            return how === "badreturn" ? 1 : { value: v, done: true };
        };
        return it;
    } };
}
async function $run(programs) {
    for (const [name, fn] of programs) {
        $out.length = $wait.length = $fuel = 0;
        try { const r = fn(); if (r !== undefined) P("result", S(r)); } catch (e) { P("thrown", X(e)); }
        for (let i = 0; i < 6; i++) { await Promise.all($wait); await new Promise(r => setTimeout(r, 0)); }
        console.log("#" + name + "\n" + $out.join("\n"));
    }
}
process.on("unhandledRejection", e => P("unhandled", X(e)));

/* Duktape's own built-ins as builtins.c leaves them; the expected texts are Node's own, but for the
 * name of the time zone. */
#include "lib/cases.h"

#include <stddef.h>

static const struct script_case cases[] = {
    {"[Math.fround(1.1), Math.fround(1e40), Math.expm1(0), Math.sinh(1), Math.log1p(-0)].join()",
     NULL, "\"1.100000023841858,Infinity,0,1.1752011936438014,0\""},
    {"[1/Math.fround(1e-50), Math.fround(3.4028235677973366e38), Math.fround(3.4028235e38)].join()",
     NULL, "\"Infinity,Infinity,3.4028234663852886e+38\""},
    {"'a'.link('\"x\\u00e9') + 'b'.bold() + ''.fontcolor(1)", NULL,
     "\"<a href=\\\"&quot;x\303\251\\\">a</a><b>b</b><font color=\\\"1\\\"></font>\""},
    {"var d = new Date(Date.UTC(2014, 1, 3, 13, 5, 6));\n"
     "[d.toUTCString(), new Date(NaN) + '', new Date(Date.UTC(-1, 0)).toUTCString(),"
     " new Date(Date.UTC(1969, 11, 31)).toUTCString()]",
     NULL,
     "[\"Mon, 03 Feb 2014 13:05:06 GMT\",\"Invalid Date\",\"Fri, 01 Jan -0001 00:00:00 GMT\","
     "\"Wed, 31 Dec 1969 00:00:00 GMT\"]"},
    {"var d = new Date(2014, 1, 3, 13, 5, 6);\n"
     "[d.toLocaleString(), d.toLocaleDateString(), new Date(2014, 0, 1).toLocaleTimeString(),"
     " /^Mon Feb 03 2014 13:05:06 GMT[+-]\\d{4}$/.test(d), d.toDateString(),"
     " Date.parse(d.toString()) === +d]",
     NULL, "[\"2/3/2014, 1:05:06 PM\",\"2/3/2014\",\"12:00:00 AM\",true,\"Mon Feb 03 2014\",true]"},
    {"[1234567.8916, -1e3, 0.5, 999, 1e21, -0, NaN, 1/0].map(function (n) { return "
     "n.toLocaleString() }).join('|')",
     NULL, "\"1,234,567.892|-1,000|0.5|999|1,000,000,000,000,000,000,000|-0|NaN|\342\210\236\""},
    {"var e = new TypeError('m', { cause: 5 }); class E extends Error {}\n"
     "[e.cause, Object.keys(e).length, 'cause' in new Error('m', {}), new E('a', {cause: "
     "1}).cause]",
     NULL, "[5,0,false,1]"},
    {"[new Uint8Array(new Set([1, 2])).length, new Float64Array(new Map([[1, 2]]).keys())[0],"
     " new Uint8Array({ length: 2, 1: 7 })[1]]",
     NULL, "[2,1,7]"},
    {"var t = [];\n"
     "[[Uint8Array.prototype, 'length'], [ArrayBuffer.prototype, 'byteLength'],"
     " [DataView.prototype, 'byteOffset']].forEach(function (p) { try { t.push(p[0][p[1]]) } catch "
     "(e) { t.push(e.name) } });\n"
     "t.concat(Object.prototype.toString.call(new Uint8Array(1)), new Uint8Array(4).subarray(1, "
     "3).byteOffset, new Uint16Array(3).byteLength, new DataView(new ArrayBuffer(3), "
     "1).buffer.byteLength)",
     NULL, "[\"TypeError\",\"TypeError\",\"TypeError\",\"[object Uint8Array]\",1,6,3]"},
    {"[Symbol().description === undefined, Symbol('').description, Symbol.iterator.description,"
     " Object(Symbol('x')).description]",
     NULL, "[true,\"\",\"Symbol.iterator\",\"x\"]"},
    /* what is made at first touch is never seen unmade */
    {"['WeakRef', 'AggregateError', 'Map'].map(function (n) { var d = "
     "Object.getOwnPropertyDescriptor(globalThis, n); return typeof d.value + d.writable + "
     "d.enumerable + d.configurable })",
     NULL, "[\"functiontruefalsetrue\",\"functiontruefalsetrue\",\"functiontruefalsetrue\"]"},
    {"[typeof Reflect.getOwnPropertyDescriptor(Object.getPrototypeOf(Int8Array).prototype, "
     "'map').value, Object.getOwnPropertyDescriptor({get a() { return 1 }}, 'a').get()]",
     NULL, "[\"function\",1]"},
    /* a Proxy behind a Proxy, in a prototype chain, for a handler; and what its traps must not say
     */
    {"var log = [], h = new Proxy({}, { get(t, k) { log.push(k) } });\n"
     "var p = new Proxy({ a: 1 }, h), q = new Proxy(new Proxy({ x: 5 }, {}), {}), keys = [];\n"
     "var o = Object.create(new Proxy({}, { get: (t, k, r) => r === o && k, has: () => true,\n"
     "  set(t, k, v, r) { log.push(k + v + (r === o)); return true } }));\n"
     "p.a; 'a' in p; delete p.a; p.b = 3; Object.keys(p); for (var k in q) keys.push(k); o.z = 1;\n"
     "[log.join(), q.x, keys, { ...q }, JSON.stringify(q), o.zip, 'no' in o, q instanceof Object,\n"
     " Array.isArray(new Proxy(new Proxy([], {}), {})), new Proxy(new Proxy(x => x + 1, {}), "
     "{})(4)]",
     NULL,
     "[\"get,has,deleteProperty,set,getOwnPropertyDescriptor,defineProperty,ownKeys,"
     "getOwnPropertyDescriptor,z1true\",5,[\"x\"],{\"x\":5},\"{\\\"x\\\":5}\",\"zip\",true,true,"
     "true,"
     "5]"},
    {"var f = Object.freeze({ a: 1 }), no = [];\n"
     "function bad(t, h, fn) { try { fn(new Proxy(t, h)); no.push('none') } catch (e) { "
     "no.push(e.name) } }\n"
     "bad(f, { get: () => 2 }, p => p.a); bad(f, { has: () => false }, p => 'a' in p);\n"
     "bad(f, { ownKeys: () => [] }, Reflect.ownKeys);\n"
     "bad({}, { ownKeys: () => ['a', 'a'] }, Reflect.ownKeys);\n"
     "bad(f, { getPrototypeOf: () => null }, Object.getPrototypeOf);\n"
     "bad({}, { isExtensible: () => false }, Object.isExtensible);\n"
     "bad({}, { getOwnPropertyDescriptor: () => ({ value: 1, configurable: false }) },\n"
     "  p => Object.getOwnPropertyDescriptor(p, 'a'));\n"
     "bad(f, { defineProperty: () => true }, p => Object.defineProperty(p, 'b', { value: 1 }));\n"
     "bad(f, { deleteProperty: () => true }, p => delete p.a);\n"
     "var deep = {}; for (var i = 0; i < 100000; i++) deep = new Proxy(deep, {});\n"
     "try { deep.x } catch (e) { no.push(e.name) } no.join()",
     NULL,
     "\"TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,TypeError,"
     "RangeError\""},
    {"class A { get z() { return this.w } }; var t = {}, r = {};\n"
     "[Reflect.get(A.prototype, 'z', { w: 9 }), Reflect.set(t, 'q', 1, r), t.q === undefined, "
     "r.q,\n"
     " (function () { return arguments[Symbol.iterator] === [].values })(),\n"
     " Reflect.defineProperty(new Uint8Array(2), '1', { value: 7 }),\n"
     " Reflect.defineProperty(new Uint8Array(2), '2', { value: 7 }), Reflect.has([], "
     "Symbol.iterator)]",
     NULL, "[9,true,true,1,true,true,false,true]"},
    {"class B extends ArrayBuffer {} var b = new B(8).slice(2, 5);\n"
     "[b instanceof B, b.byteLength, (function () { 'use strict'; return "
     "Object.getOwnPropertyDescriptor(arguments, 'callee').get === "
     "Object.getOwnPropertyDescriptor(Function.prototype, 'caller').set })()]",
     NULL, "[true,3,true]"},
    /* normal forms: composed, decomposed, of compatibility, marks in order, a lone surrogate. As
     * Node has them, and the order of localeCompare() too; without libutf8proc there is an error */
    {"function all() { return ['A\\u030a', '\\u212b', '\\ufb01', 'e\\u0301\\u0323', '\\uac00', "
     "'\\ud800a\\u0301', '\\u{1d15e}', 'q\\u0307\\u0323'].map(s => ['NFC', 'NFD', 'NFKC', "
     "'NFKD'].map(f => [...s.normalize(f)].map(c => "
     "c.codePointAt(0).toString(16)).join('.')).join(' "
     "')) }\n"
     "var want = ['c5 41.30a c5 41.30a', 'c5 41.30a c5 41.30a', 'fb01 fb01 66.69 66.69', '1eb9.301 "
     "65.323.301 1eb9.301 65.323.301', 'ac00 1100.1161 ac00 1100.1161', 'd800.e1 d800.61.301 "
     "d800.e1 d800.61.301', '1d157.1d165 1d157.1d165 1d157.1d165 1d157.1d165', '71.323.307 "
     "71.323.307 71.323.307 71.323.307'], order = 'b a B A \\xe4 z Z 1 _ \\xe9 e \\xc9mile eagle', "
     "there = true;\n"
     "try { '\\u0301'.normalize() } catch (e) { there = e.code === 'ERR_SWD_UNSUPPORTED' ? false : "
     "e.code }\n"
     "[!there || all().join() === want.join(), 'abc'.normalize(), !there || "
     "'o\\u0308'.localeCompare('\\xf6') === 0,\n"
     " !there || order.split(' ').sort((x, y) => x.localeCompare(y)).join(' ') === '_ 1 a A \\xe4 "
     "b "
     "B e \\xe9 eagle \\xc9mile z Z', there === true || there === false,\n"
     " (() => { try { 'a'.normalize('x') } catch (e) { return e.name } })(),\n"
     " !there || ('a' + '\\u0301\\u0323'.repeat(50000)).normalize('NFD').lastIndexOf('\\u0323')]",
     NULL, "[true,\"abc\",true,true,true,\"RangeError\",50000]"},
    /* what structuredClone() refuses by its kind, and what util tells of the same */
    {"var a = (function () { return arguments })();\n"
     "[[a, Object(Symbol()), Promise.resolve(), new WeakMap(), Object].map(v => { try { "
     "structuredClone(v); return 'copied' } catch (e) { return e.name } }).join(),\n"
     " structuredClone(new Map([[1, new Set([2])]])).get(1).has(2), "
     "require('util').types.isArgumentsObject(a), require('util/types') === require('util').types]",
     NULL,
     "[\"DataCloneError,DataCloneError,DataCloneError,DataCloneError,DataCloneError\",true,true,"
     "true]"},
    /* what is no constructor */
    {"[Math.max, [].push, Reflect.get].map(function (f) { try { Reflect.construct(Object, [], f); "
     "return 0 } catch (e) { return e.name } })",
     NULL, "[\"TypeError\",\"TypeError\",\"TypeError\"]"},
    {"[Object.getPrototypeOf(Map) === Function.prototype, Number.parseInt === parseInt,"
     " Function.prototype[Symbol.hasInstance].name, Map[Symbol.species] === Map,"
     " Object.prototype.toString.call(JSON), /\\[native code\\]/.test(function () {})]",
     NULL, "[true,true,\"[Symbol.hasInstance]\",true,\"[object JSON]\",true]"},
    {"var w = new WeakMap(), s = new WeakSet(), k = Symbol('k');\n"
     "w.set(k, 1); s.add(Symbol.iterator); var bad;\n"
     "try { w.set(Symbol.for('k'), 1) } catch (e) { bad = e.name }\n"
     "[w.get(k), w.has(Symbol('k')), s.has(Symbol.iterator), w.delete(k), w.has(k), bad]",
     NULL, "[1,false,true,true,false,\"TypeError\"]"},
    /* the traps that Duktape does not know; the standard's own examples */
    {"var log = [], p = new Proxy({}, {\n"
     "getOwnPropertyDescriptor(t, k) { log.push(k); return { value: 7, configurable: true } },\n"
     "defineProperty(t, k, d) { log.push(k + d.value); return true },\n"
     "getPrototypeOf() { return Array.prototype }, setPrototypeOf() { return false },\n"
     "isExtensible() { return true }, preventExtensions() { return false }, get: undefined });\n"
     "try { Object.preventExtensions(p) } catch (e) { log.push(e.name) }\n"
     "[Object.getOwnPropertyDescriptor(p, 'q'), Reflect.defineProperty(p, 'z', { value: 3 }),\n"
     " Object.defineProperty(p, 'y', { value: 4 }) === p, Object.getPrototypeOf(p) === "
     "Array.prototype,\n"
     " Reflect.setPrototypeOf(p, null), Reflect.preventExtensions(p), p.x === undefined, "
     "log.join()]",
     NULL,
     "[{\"value\":7,\"writable\":false,\"enumerable\":false,\"configurable\":true},true,true,true,"
     "false,false,true,\"TypeError,q,z3,y4\"]"},
    {"var t = {}, p = new Proxy(t, {}); Object.defineProperty(p, 'a', { value: 1 });\n"
     "Object.setPrototypeOf(p, Array.prototype); Object.preventExtensions(p);\n"
     "[t.a, t instanceof Array, Object.isExtensible(t), Object.isExtensible(p)]",
     NULL, "[1,true,false,false]"},
    {"var r = Proxy.revocable({ a: 1 }, {}), seen = [r.proxy.a]; r.revoke(); r.revoke();\n"
     "[function (p) { p.a }, function (p) { p.a = 1 }, function (p) { 'a' in p },\n"
     " Object.getPrototypeOf, Object.keys].forEach(function (f) {\n"
     "try { f(r.proxy); seen.push(0) } catch (e) { seen.push(e.name) } }); seen",
     NULL, "[1,\"TypeError\",\"TypeError\",\"TypeError\",\"TypeError\",\"TypeError\"]"},
};

int main(void)
{
    return run_cases("lib builtins", cases, sizeof(cases) / sizeof(cases[0]));
}

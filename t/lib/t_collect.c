/* Map, Set and the weak collections; the expected text is Node's own. */
#include "lib/cases.h"

#include <stddef.h>

static const struct script_case cases[] = {
    {"var L = console.log;\nvar m=new Map([[1,'a'],['x',{y:1}],[NaN,0]]); L(m, m.size, "
     "m.get(NaN), m.get(1), m.has('x'), m.delete(1), m.size, m);\nvar s=new Set('hello'); "
     "L(s, new Set([1,2,2,3]), new Map(), new Set()); var o={}; m.set(o,o); "
     "L(m.get(o)===o, m);\nvar k=[]; m.forEach(function(v,key){k.push(key)}); L(k); var "
     "it=m.keys(); L(it.next(), it.next(), it[Symbol.iterator]()===it, "
     "Object.prototype.toString.call(it));\nvar big=new Map(); for(var i=0;i<10000;i++) "
     "big.set('k'+i,i); for(i=0;i<10000;i+=2) big.delete('k'+i); for(i=0;i<3000;i++) "
     "big.set(i,i); L(big.size, big.get('k1'), big.get('k2'), big.get(2999));\nvar q=new "
     "Set([1,2,3,4,5]), seen=[]; q.forEach(function(v){ seen.push(v); "
     "if(v===2){q.delete(3);q.add(9)} if (v===4) {q.clear(); q.add(7)} }); L(seen);\nvar "
     "w=new WeakMap(), key=Object.freeze({}); w.set(key,5); L(w.get(key), w.has(key), "
     "w.has({}), w.delete(key), w.has(key)); var p=new Proxy(key,{}); w.set(p,6); "
     "L(w.get(key), w.get(p)); L(new WeakSet([key]).has(key)); L(new "
     "WeakRef(key).deref()===key);\nL(Promise.resolve(4), Promise."
     "reject(1).catch(function(){}) && 0, new Promise(function(){})); try { Map() } "
     "catch(e) {L(e.message)} try { new WeakMap().set(1,2) } catch(e) "
     "{L(e.message)}\nL(Map.prototype.entries===Map.prototype[Symbol.iterator], "
     "Set.prototype.keys===Set.prototype.values, Map.name, Map.length, "
     "Object.prototype.toString.call(new Map));\n;undefined",
     "Map(2) { 'x' => { y: 1 }, NaN => 0 } 3 0 a true true 2 Map(2) { 'x' => { y: 1 }, "
     "NaN => 0 }\nSet(4) { 'h', 'e', 'l', 'o' } Set(3) { 1, 2, 3 } Map(0) {} Set(0) "
     "{}\ntrue Map(3) { 'x' => { y: 1 }, NaN => 0, {} => {} }\n[ 'x', NaN, {} ]\n{ value: "
     "'x', done: false } { value: NaN, done: false } true [object Map Iterator]\n8000 1 "
     "undefined 2999\n[ 1, 2, 4, 7 ]\n5 true false true false\nundefined "
     "6\ntrue\ntrue\nPromise { 4 } 0 Promise { <pending> }\nConstructor Map requires "
     "'new'\nInvalid value used as weak map key\ntrue true Map 0 [object Map]\n",
     ""},
    {"var m = new Map(); m.set(-0, 'zero'); [m.get(0), 1 / m.keys().next().value, m.get(m), "
     "m.size]",
     "", "[\"zero\",{\"$type\":\"number\",\"text\":\"Infinity\"},null,1]"},
    {"var s = new Set([1, 2, 3]), it = s.values(), r = [it.next().value]; s.delete(1); "
     "s.delete(2);\n"
     "for (var i = 0; i < 50; i++) { s.add('x' + i); s.delete('x' + (i - 1)); }\n"
     "for (var e; !(e = it.next()).done;) r.push(e.value); r",
     "", "[1,3,\"x49\"]"},
    {"var n = 0, it = {}; it[Symbol.iterator] = function () { return {next: function () {\n"
     "  return {value: 5, done: false}; }, 'return': function () { n++; } }; };\n"
     "try { new Map(it); } catch (e) { [e.name, n]; }",
     "", "[\"TypeError\",1]"},
    {"var a = []; for (var i = 0; i < 300; i++) a.push({i: i}); var m = new Map(), w = new "
     "WeakMap();\n"
     "a.forEach(function (o) { m.set(o, o.i); w.set(o, o); }); runner.forceGC();\n"
     "a.every(function (o) { return m.get(o) === o.i && w.get(o) === o; })",
     "", "true"},
    /* What the collector marks late because it is too deep: one long chain, and more chains than it
     * remembers. Nothing reachable is lost. */
    {"function chain(n) { var first = {n: 0}, tail = first;\n"
     "  for (var i = 1; i < n; i++) tail = tail.next = {n: i}; return first; }\n"
     "function whole(c, n) { for (var i = 0; i < n; i++, c = c.next) if (c.n !== i) return false;\n"
     "  return c === undefined; }\n"
     "var long = chain(20000), many = [], i, ok = true;\n"
     "for (i = 0; i < 700; i++) many.push(chain(300));\n"
     "runner.forceGC(); runner.forceGC();\n"
     "for (i = 0; i < many.length; i++) ok = ok && whole(many[i], 300); [whole(long, 20000), ok]",
     "", "[true,true]"},
};

int main(void)
{
    return run_cases("lib/collect", cases, (int)(sizeof(cases) / sizeof(*cases)));
}

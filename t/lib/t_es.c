/* The methods of ES2015 to ES2023; the expected texts are Node's own. */
#include "lib/cases.h"

#include <stddef.h>

static const struct script_case cases[] = {
    {"var L = console.log;\nL([1,2,3].at(-1),[1,2,3].find(function(x){return "
     "x>1}),[1,[2,[3]]].flat(),[1,[2,[3]]].flat(Infinity),[1,2].fl"
     "atMap(function(x){return [x,x*2]}),[1,NaN].includes(NaN),[3,"
     "1].toSorted(),[1,2,3].with(1,9),[1,2,3,4].toSpliced(1,2,'a')"
     ",[1,2,3].fill(0,1),[1,2,3,4,5].copyWithin(0,3),[1,2,3].findLast(function(x){return "
     "x<3}), [1,2].findLastIndex(function(){return false}));\n;undefined",
     "3 2 [ 1, 2, [ 3 ] ] [ 1, 2, 3 ] [ 1, 2, 2, 4 ] true [ 1, 3 ] [ 1, 9, 3 ] [ 1, 'a', "
     "4 ] [ 1, 0, 0 ] [ 4, 5, 3, 4, 5 ] 2 -1\n",
     ""},
    {"var L = console.log;\nL(Array.from('h\303\251llo'),Array.fro"
     "m({length:3},function(_,i){return i*i}),Array.of(7,8),Array.from(new "
     "Set([1,1,2])),Array.from(new Map([[1,2]])));\n;undefined",
     "[ 'h', '\303\251', 'l', 'l', 'o' ] [ 0, 1, 4 ] [ 7, 8 ] [ 1, 2 ] [ [ 1, 2 ] ]\n", ""},
    {"var L = console.log;\nL(Object.entries({a:1,b:2}),Object.val"
     "ues({a:1}),Object.fromEntries([['a',1],['b',2]]),Object.fromEntries(new "
     "Map([['x',1]])),Object.hasOwn({a:1},'a'));\n;undefined",
     "[ [ 'a', 1 ], [ 'b', 2 ] ] [ 1 ] { a: 1, b: 2 } { x: 1 } true\n", ""},
    {"var L = console.log;\nL('abc'.at(-1),'5'.padStart(3,'0'),'5'.padEnd(3)+'|','  x "
     "'.trimStart()+'|','  x '.trimEnd()+'|',String.raw({raw:['a"
     "\\\\n','b']},1),Symbol('d').description,'a-b-a'.replaceAll('a','x'));\n;undefined",
     "c 005 5  | x |   x| a\\n1b d x-b-x\n", ""},
    {"var L = console.log;\nL(Reflect.get({get x(){return this.y}},'x',{y:5}), "
     "Reflect.construct(function(){this.a=1},[],Array) instanceof Array);\n;undefined",
     "5 true\n", ""},
    {"var L = console.log;\nL(new Uint8Array([3,1,2]).sort(),new U"
     "int8Array([1,2,3]).map(function(x){return x*2}),Uint8Array.f"
     "rom([1,2]),Float32Array.of(1.5),new Uint8Array([1,2,3]).slice(1),new "
     "Uint8Array([1,2]).join('-'),new Int16Array([1,2]).includes(2));\n;undefined",
     "Uint8Array(3) [ 1, 2, 3 ] Uint8Array(3) [ 2, 4, 6 ] Uint8Array(2) [ 1, 2 ] "
     "Float32Array(1) [ 1.5 ] Uint8Array(2) [ 2, 3 ] 1-2 true\n",
     ""},
    {"var L = console.log;\nL(Array.prototype.find.name, Array.prototype.find.length, "
     "Array.from.length, Array.of.length, 'find' in [], Object.key"
     "s(Array.prototype).length, typeof Array.prototype.find.prototype);\n;undefined",
     "find 1 1 0 true 0 undefined\n", ""},
    {"var L = console.log;\nvar a=[]; a.find=5; L(Object.keys(a)); for (var k in [1]) "
     "L(k); L(typeof [].values, [][Symbol.iterator]===[].values, O"
     "bject.prototype.toString.call([][Symbol.iterator]()));\n;undefined",
     "[ 'find' ]\n0\nfunction true [object Array Iterator]\n", ""},
    {"var L = console.log;\ntry { [].find(5) } catch(e) { L(e.name) } try { "
     "Object.entries(null) } catch(e) { L(e.name) }\n;undefined",
     "TypeError\nTypeError\n", ""},
    /* accessors until touched; what a script put there stays */
    {"Array.prototype.flat = 5; [[].flat, [1].at(0), Object.keys(Array.prototype).length]", "",
     "[5,1,0]"},
    {"delete Array.prototype.at; [1].find(eval); typeof [].at", "", "\"undefined\""},
    {"Reflect.set({}, 'x', 1, p = {}) && p.x; var p", "", "1"},
    {"function A() { this.a = 1; } function B() {} var b = Reflect.construct(A, [], B);\n"
     "[b.a, b instanceof B, b instanceof A]",
     "", "[1,true,false]"},
};

int main(void)
{
    return run_cases("lib/es", cases, (int)(sizeof(cases) / sizeof(*cases)));
}

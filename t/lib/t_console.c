/* console and util.inspect: what they show. The expected texts are Node's own (20.20). */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/runs.h"
#include "suite.h"

#define PRELUDE "function Foo(){this.x=1} function Bar(){} var log = console.log;\n"

static const struct {
    const char *source, *out;
} node_cases[] = {
    {"log(); log(''); log('a%sb', 1, 'c'); log('%s %d %i %f %j %o %O %c %%', 'x', 1.5, "
     "2.7, '3.25', {a:[1]}, [1,{a:2}], {b:3}, 'css', 'rest');",
     "\n\na1b c\nx 1.5 2 3.25 {\"a\":[1]} [ 1, { a: 2 }, [length]: 2 ] { b: 3 }  % rest\n"},
    {"log('%d', '0x10', '%d', {}); log('100%', 5); log('%s', {a:{b:{}}}, '%s'); log('%s', "
     "null, undefined, true, -0, [1,[2,[3]]]);",
     "16 %d {}\n100% 5\n{ a: [Object] } %s\nnull undefined true -0 [ 1, [ 2, [ 3 ] ] ]\n"},
    {"log(-0, 0, 1e21, NaN, undefined, null, true, 'str', ['str']);",
     "-0 0 1e+21 NaN undefined null true str [ 'str' ]\n"},
    {"log({a:{b:{c:{d:1}}}}, [[[[1]]]], {a:{b:{c:{}}}}, {a:{b:{c:[]}}});",
     "{ a: { b: { c: [Object] } } } [ [ [ [Array] ] ] ] { a: { b: { c: {} } } } { a: { b: "
     "{ c: [] } } }\n"},
    {"var o = {name:'x'}; o.self = o; log(o); log([o]); var p={}; p.a={p:p,q:{}}; p."
     "a.q.r=p.a; log(p);",
     "<ref *1> { name: 'x', self: [Circular *1] }\n[ <ref *1> { name: 'x', self: [Ci"
     "rcular *1] } ]\n<ref *1> { a: <ref *2> { p: [Circular *1], q: { r: [Circular *2] } "
     "} }\n"},
    {"log({get a(){return 1}, set a(v){}, get b(){return 1}, set c(v){}});",
     "{ a: [Getter/Setter], b: [Getter], c: [Setter] }\n"},
    {"log(function foo(){}, function(){}, {f:function bar(){}}); ",
     "[Function: foo] [Function (anonymous)] { f: [Function: bar] }\n"},
    {"log(new Foo, [new Foo], {a:new Foo}); log(new Bar, {x:{y:{z:new Bar}}}, {x:{y:"
     "{z:new Foo}}});",
     "Foo { x: 1 } [ Foo { x: 1 } ] { a: Foo { x: 1 } }\nBar {} { x: { y: { z: Bar {} } } "
     "} { x: { y: { z: [Foo] } } }\n"},
    {"log(Object.create(null), Object.assign(Object.create(null),{a:1}), Object.crea"
     "te({}), Object.create(new Foo));",
     "[Object: null prototype] {} [Object: null prototype] { a: 1 } {} Foo {}\n"},
    {"log(new Date(0), new Date(NaN), [new Date(0)], /a\\/b/gi, [/x/]);",
     "1970-01-01T00:00:00.000Z Invalid Date [ 1970-01-01T00:00:00.000Z ] /a\\/b/gi [ /x/ "
     "]\n"},
    {"log(new Number(3), new String('abc'), new Boolean(false), Object(Symbol('q')), [new "
     "Number(-0)]);",
     "[Number: 3] [String: 'abc'] [Boolean: false] [Symbol: Symbol(q)] [ [Number: -0] ]\n"},
    {"log(Symbol('a'), Symbol(), {[Symbol('k')]: 1}, Symbol.iterator);",
     "Symbol(a) Symbol() { [Symbol(k)]: 1 } Symbol(Symbol.iterator)\n"},
    {"log([1,2,3,4,5,6,7], [1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22"
     ",23,24,25,26,27,28,29,30]);",
     "[\n  1, 2, 3, 4,\n  5, 6, 7\n] [\n   1,  2,  3,  4,  5,  6,  7,  8,  9,\n  10, 11, "
     "12, 13, 14, 15, 16, 17, 18,\n  19, 20, 21, 22, 23, 24, 25, 26, 27,\n  28, 29, "
     "30\n]\n"},
    {"var big=[]; for (var i=0;i<120;i++) big.push(i*i); log(big); log(big.map(String)); "
     "log(big.slice(0,101).map(function(x){return 'item'+x}));",
     "[\n     0,    1,    4,    9,   16,   25,   36,   49,   64,   81,\n   100,  121,  "
     "144,  169,  196,  225,  256,  289,  324,  361,\n   400,  441,  484,  529,  576,  "
     "625,  676,  729,  784,  841,\n   900,  961, 1024, 1089, 1156, 1225, 1296, 1369, "
     "1444, 1521,\n  1600, 1681, 1764, 1849, 1936, 2025, 2116, 2209, 2304, 2401,\n  2500, "
     "2601, 2704, 2809, 2916, 3025, 3136, 3249, 3364, 3481,\n  3600, 3721, 3844, 3969, "
     "4096, 4225, 4356, 4489, 4624, 4761,\n  4900, 5041, 5184, 5329, 5476, 5625, 5776, "
     "5929, 6084, 6241,\n  6400, 6561, 6724, 6889, 7056, 7225, 7396, 7569, 7744, 7921,"
     "\n  8100, 8281, 8464, 8649, 8836, 9025, 9216, 9409, 9604, 9801,\n  ... 20 more "
     "items\n]\n[\n  '0',    '1',    '4',    '9',    '16',   '25',   '36',   '49',"
     "\n  '64',   '81',   '100',  '121',  '144',  '169',  '196',  '225',\n  '256',  "
     "'289',  '324',  '361',  '400',  '441',  '484',  '529',\n  '576',  '625',  '676',  "
     "'729',  '784',  '841',  '900',  '961',\n  '1024', '1089', '1156', '1225', '1296', "
     "'1369', '1444', '1521',\n  '1600', '1681', '1764', '1849', '1936', '2025', '2116', "
     "'2209',\n  '2304', '2401', '2500', '2601', '2704', '2809', '2916', '3025',"
     "\n  '3136', '3249', '3364', '3481', '3600', '3721', '3844', '3969',\n  '4096', "
     "'4225', '4356', '4489', '4624', '4761', '4900', '5041',\n  '5184', '5329', '5476', "
     "'5625', '5776', '5929', '6084', '6241',\n  '6400', '6561', '6724', '6889', '7056', "
     "'7225', '7396', '7569',\n  '7744', '7921', '8100', '8281', '8464', '8649', '8836', "
     "'9025',\n  '9216', '9409', '9604', '9801',\n  ... 20 more items\n]\n[\n  'item0',   "
     " 'item1',    'item4',    'item9',    'item16',   'item25',\n  'item36',   'item49', "
     "  'item64',   'item81',   'item100',  'item121',\n  'item144',  'item169',  'i"
     "tem196',  'item225',  'item256',  'item289',\n  'item324',  'item361',  'item400',  "
     "'item441',  'item484',  'item529',\n  'item576',  'item625',  'item676',  'ite"
     "m729',  'item784',  'item841',\n  'item900',  'item961',  'item1024', 'item1089', "
     "'item1156', 'item1225',\n  'item1296', 'item1369', 'item1444', 'item1521', 'it"
     "em1600', 'item1681',\n  'item1764', 'item1849', 'item1936', 'item2025', 'item2116', "
     "'item2209',\n  'item2304', 'item2401', 'item2500', 'item2601', 'item2704', 'it"
     "em2809',\n  'item2916', 'item3025', 'item3136', 'item3249', 'item3364', 'item3"
     "481',\n  'item3600', 'item3721', 'item3844', 'item3969', 'item4096', 'item4225',"
     "\n  'item4356', 'item4489', 'item4624', 'item4761', 'item4900', 'item5041',"
     "\n  'item5184', 'item5329', 'item5476', 'item5625', 'item5776', 'item5929',"
     "\n  'item6084', 'item6241', 'item6400', 'item6561', 'item6724', 'item6889',"
     "\n  'item7056', 'item7225', 'item7396', 'item7569', 'item7744', 'item7921',"
     "\n  'item8100', 'item8281', 'item8464', 'item8649', 'item8836', 'item9025',"
     "\n  'item9216', 'item9409', 'item9604', 'item9801',\n  ... 1 more item\n]\n"},
    {"log(new Array(5), [1,,,4], [,'a'], [,,]); var ex=[1,2]; ex.foo='bar'; log(ex, "
     "Object.assign([],{a:1}));",
     "[ <5 empty items> ] [ 1, <2 empty items>, 4 ] [ <1 empty item>, 'a' ] [ <2 empty "
     "items> ]\n[ 1, 2, foo: 'bar' ] [ a: 1 ]\n"},
    {"log({'a-b':1, 'valid_id':2, 3:4, '':5, \"it's\":6, 'x\\ny':7, '__proto__x':1});",
     "{\n  '3': 4,\n  'a-b': 1,\n  valid_id: 2,\n  '': 5,\n  \"it's\": 6,\n  'x\\ny': "
     "7,\n  __proto__x: 1\n}\n"},
    {"log(['it\\'s', 'say \"hi\"', 'both \\' \"', 'all \\' \" `', 'nl\\n', 'tab\\t', "
     "'\\u0001', '\\x7f', '\303\251', '\360\237\230\200', '\\\\']);",
     "[\n  \"it's\",     'say \"hi\"',\n  `both ' \"`, 'all \\' \" `',\n  'nl\\n',     "
     "'tab\\t',\n  '\\x01',     '\\x7F',\n  '\303\251',        '\360\237\230\200',"
     "\n  '\\\\'\n]\n"},
    {"log({aaaaaaaaaaaaaaaaaaaa:'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb', ccccccccccccccccc"
     "ccc:'dddddddddddddddddddddddddd', e:1});",
     "{\n  aaaaaaaaaaaaaaaaaaaa: 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',\n  ccccccccccccc"
     "ccccccc: 'dddddddddddddddddddddddddd',\n  e: 1\n}\n"},
    {"log({a:'x'.repeat(100)}); log(['a'.repeat(30),'b'.repeat(30),'c'.repeat(30)]);",
     "{\n  a: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\n}\n[\n  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',"
     "\n  'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb',\n  'cccccccccccccccccccccccccccccc'\n]\n"},
    {"log({text: 'line one is here and long\\nline two is here and also long\\nline three "
     "is here, too long for one'});",
     "{\n  text: 'line one is here and long\\n' +\n    'line two is here and also lo"
     "ng\\n' +\n    'line three is here, too long for one'\n}\n"},
    {"log('x'.repeat(10)+'\\n'+'y');", "xxxxxxxxxx\ny\n"},
    {"log({users:[{id:1,name:'Ann',tags:['a','b']},{id:2,name:'Bob',tags:[]}],total:"
     "2,nested:{deep:{deeper:{deepest:1}}}});",
     "{\n  users: [\n    { id: 1, name: 'Ann', tags: [Array] },\n    { id: 2, name: "
     "'Bob', tags: [] }\n  ],\n  total: 2,\n  nested: { deep: { deeper: [Object] } }\n}\n"},
    {"log(new Uint8Array([1,2,3]), new Float64Array(2), new ArrayBuffer(4), new Uint"
     "8Array(200));",
     "Uint8Array(3) [ 1, 2, 3 ] Float64Array(2) [ 0, 0 ] ArrayBuffer { [Uint8Contents]: "
     "<00 00 00 00>, byteLength: 4 } Uint8Array(200) [\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
     "0, 0,\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, "
     "0,\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,"
     "\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,"
     "\n  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,\n  0, 0, 0, 0,\n  ... 100 more items\n]\n"},
    {"log((function(){return arguments})(1,2,3), [undefined,null], {a:undefined,b:null});",
     "[Arguments] { '0': 1, '1': 2, '2': 3 } [ undefined, null ] { a: undefined, b: null "
     "}\n"},
    {"log([[1,2,[3,4,[5,[6]]]], {a:{b:[{c:1}]}}]);",
     "[ [ 1, 2, [ 3, 4, [Array] ] ], { a: { b: [Array] } } ]\n"},
    {"log(Object.assign(function f(){}, {a:1,b:{c:2}})); log([function a(){}, function "
     "b(){}]);",
     "[Function: f] { a: 1, b: { c: 2 } }\n[ [Function: a], [Function: b] ]\n"},
    {"log([[]], [{}], {a:[]}, {a:{}}); log([1.5,-2,3], ['a',1], [true,false]);",
     "[ [] ] [ {} ] { a: [] } { a: {} }\n[ 1.5, -2, 3 ] [ 'a', 1 ] [ true, false ]\n"},
    {"log(Array.apply(null,{length:30}).map(function(_,i){return {id:i}})); ",
     "[\n  { id: 0 },  { id: 1 },  { id: 2 },\n  { id: 3 },  { id: 4 },  { id: 5 },\n  { "
     "id: 6 },  { id: 7 },  { id: 8 },\n  { id: 9 },  { id: 10 }, { id: 11 },\n  { id: 12 "
     "}, { id: 13 }, { id: 14 },\n  { id: 15 }, { id: 16 }, { id: 17 },\n  { id: 18 }, { "
     "id: 19 }, { id: 20 },\n  { id: 21 }, { id: 22 }, { id: 23 },\n  { id: 24 }, { id: "
     "25 }, { id: 26 },\n  { id: 27 }, { id: 28 }, { id: 29 }\n]\n"},
    {"log({a:1,b:'two',c:[3],d:{e:4}}, [['x',1],['y',2]]);",
     "{ a: 1, b: 'two', c: [ 3 ], d: { e: 4 } } [ [ 'x', 1 ], [ 'y', 2 ] ]\n"},
    {"log(['apple','banana','cherry','date','elderberry','fig','grape','honeydew'], "
     "[1.25,2.5,33.125,4,5,6,7,8000]);",
     "[\n  'apple',\n  'banana',\n  'cherry',\n  'date',\n  'elderberry',\n  'fig',"
     "\n  'grape',\n  'honeydew'\n] [\n  1.25,  2.5, 33.125,\n     4,    5,      6,\n     "
     "7, 8000\n]\n"},
    {"log([['a',{b:1}],['c',{d:[1,2,{e:1}]}]]);",
     "[ [ 'a', { b: 1 } ], [ 'c', { d: [Array] } ] ]\n"},
    {"log({level1:{level2:{level3:{level4:1}}}, arr:[[[[]]]], s:'a'.repeat(60)});",
     "{\n  level1: { level2: { level3: [Object] } },\n  arr: [ [ [Array] ] ],\n  s: "
     "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'\n}\n"},
    {"log('%o', [1,2]); log('%s', function(){}.name, Symbol('z')); log('%i %i', 'abc', "
     "42.9); log('%j', {toJSON:function(){return 'J'}}); var cc={};cc.c=cc; log('%j', cc);",
     "[ 1, 2, [length]: 2 ]\n Symbol(z)\nNaN 42\n\"J\"\n[Circular]\n"},
    {"log('%s', new Date(0), new Foo); log('%s', {toString:function(){return 'custom'}}); "
     "log('%s|%s', 'only');",
     "1970-01-01T00:00:00.000Z Foo { x: 1 }\ncustom\nonly|%s\n"},
    {"console.group('G'); log('in\\nner'); console.group(); log({a:1}); console.grou"
     "pEnd(); console.groupEnd(); log('out');",
     "G\n  in\n  ner\n    { a: 1 }\nout\n"},
    {"console.count(); console.count('x'); console.count(); console.countReset(); co"
     "nsole.count();",
     "default: 1\nx: 1\ndefault: 2\ndefault: 1\n"},
    {"console.table([{a:1,b:'x'},{a:2,c:true}]); console.table([1,'a']); console.tab"
     "le({r:{x:1}}, ['x']); console.table(5); console.table([[1,2],[3,4]]);",
     "\342\224\214\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\254\342\224\200\342\224"
     "\200\342\224\200\342\224\254\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\200\342\224\254\342\224\200\342\224\200\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\220\n\342\224\202 (index) \342\224\202 a \342\224\202 "
     "b   \342\224\202 c    \342\224\202\n\342\224\234\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224"
     "\200\342\224\274\342\224\200\342\224\200\342\224\200\342\224\274\342\224\200"
     "\342\224\200\342\224\200\342\224\200\342\224\200\342\224\274\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\244\n\342\224\202 "
     "0       \342\224\202 1 \342\224\202 'x' \342\224\202      \342\224\202\n\342"
     "\224\202 1       \342\224\202 2 \342\224\202     \342\224\202 true \342\224"
     "\202\n\342\224\224\342\224\200\342\224\200\342\224\200\342\224\200\342\224"
     "\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\264\342\224\200"
     "\342\224\200\342\224\200\342\224\264\342\224\200\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\264\342\224\200\342\224\200\342\224\200\342\224"
     "\200\342\224\200\342\224\200\342\224\230\n\342\224\214\342\224\200\342\224"
     "\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\200\342\224\254\342\224\200\342\224\200\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\220\n\342\224\202 (index) "
     "\342\224\202 Values \342\224\202\n\342\224\234\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224"
     "\200\342\224\274\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\200\342\224\200\342\224\200\342\224\244\n\342\224\202 0       \342\224\202 "
     "1      \342\224\202\n\342\224\202 1       \342\224\202 'a'    \342\224\202\n"
     "\342\224\224\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\264\342\224\200\342\224"
     "\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\230\n\342\224\214\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\254\342"
     "\224\200\342\224\200\342\224\200\342\224\220\n\342\224\202 (index) \342\224\202 x "
     "\342\224\202\n\342\224\234\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\274\342"
     "\224\200\342\224\200\342\224\200\342\224\244\n\342\224\202 r       \342\224\202 1 "
     "\342\224\202\n\342\224\224\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\264\342"
     "\224\200\342\224\200\342\224\200\342\224\230\n5\n\342\224\214\342\224\200\342"
     "\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224"
     "\200\342\224\200\342\224\254\342\224\200\342\224\200\342\224\200\342\224\254"
     "\342\224\200\342\224\200\342\224\200\342\224\220\n\342\224\202 (index) \342\224\202 "
     "0 \342\224\202 1 \342\224\202\n\342\224\234\342\224\200\342\224\200\342\224"
     "\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\200"
     "\342\224\274\342\224\200\342\224\200\342\224\200\342\224\274\342\224\200\342"
     "\224\200\342\224\200\342\224\244\n\342\224\202 0       \342\224\202 1 \342\224\202 "
     "2 \342\224\202\n\342\224\202 1       \342\224\202 3 \342\224\202 4 \342\224"
     "\202\n\342\224\224\342\224\200\342\224\200\342\224\200\342\224\200\342\224"
     "\200\342\224\200\342\224\200\342\224\200\342\224\200\342\224\264\342\224\200"
     "\342\224\200\342\224\200\342\224\264\342\224\200\342\224\200\342\224\200\342"
     "\224\230\n"},
    {"console.dir({a:{b:{c:{d:1}}}}, {depth:0}); console.assert(true); ", "{ a: [Object] }\n"},
    {"log(Object.create({constructor:Foo})); log(new (function(){})()); ", "{}\n{}\n"},
    {"log(Proxy \077 new Proxy({a:1},{get:function(){log('trap')}}) : 0, new Proxy(["
     "1,2],{}), new Proxy(function q(){},{}));",
     "{ a: 1 } [ 1, 2 ] [Function: q]\n"},
    {"log([,1].concat([2]), Array(3).concat([1]), [1,2,3].concat(Array(2)));",
     "[ <1 empty item>, 1, 2 ] [ <3 empty items>, 1 ] [ 1, 2, 3, <2 empty items> ]\n"},
    {"log([ 'a', 'bb', 'ccc', 'dddd', 'eeeee', 'ffffff', 'ggggggg', 'h', 'i', 'j' ]);",
     "[\n  'a',       'bb',\n  'ccc',     'dddd',\n  'eeeee',   'ffffff',\n  'ggggggg', "
     "'h',\n  'i',       'j'\n]\n"},
    {"log({ k: [ 100000, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18 ] });",
     "{\n  k: [\n    100000,  2,  3,  4,\n         5,  6,  7,  8,\n         9, 10, 11, "
     "12,\n        13, 14, 15, 16,\n        17, 18\n  ]\n}\n"},
};

START_TEST(prints_as_node_does)
{
    char source[8192];
    snprintf(source, sizeof(source), "%s%s\nundefined", PRELUDE, node_cases[_i].source);
    run_expect(source, node_cases[_i].out, "");
}
END_TEST

static const struct {
    const char *source, *out;
} cases[] = {
    /* levels */
    {"console.debug('d'); console.info('i'); console.warn('w'); console.error('e')",
     "d\ni\nwarn: w\nerror: e\n"},
    {"console.assert(false); console.assert(0, 'a %d', 1); console.assert(1, 'no')",
     "warn: Assertion failed\nwarn: Assertion failed: a 1\n"},
    {"console.countReset('q')", "warn: Warning: Count for 'q' does not exist\n"},
    {"console.time('t'); console.time('t'); console.timeEnd('u')",
     "warn: Warning: Label 't' already exists for console.time()\n"
     "warn: Warning: No such label 'u' for console.timeEnd()\n"},
    /* nothing of the script's is called */
    {"var n = 0; console.log({get a() { n++; return 1; }}); console.log(n)",
     "{ a: [Getter] }\n0\n"},
    {"var n = 0; function t() { n++; return Reflect.get.apply(null, arguments); }\n"
     "console.log(new Proxy({a: 1}, {get: t, ownKeys: t, getOwnPropertyDescriptor: t, has: t}), n)",
     "{ a: 1 } 0\n"},
    {"console.log(new Proxy([1, 2], {}), new Proxy(function q() {}, {}))",
     "[ 1, 2 ] [Function: q]\n"},
    {"console.log(Object.defineProperty({}, 'constructor', {get: function () { throw 1; }}))",
     "{}\n"},
    {"var e = new Error('x'); Object.defineProperty(e, 'stack', {get: function () { throw 1; }});"
     "console.log(e)",
     "[Error: x]\n"},
    /* errors */
    {"function f() { return new TypeError('boom'); }\nvar e = f(); e.code = 'E1'; console.log(e)",
     "TypeError: boom\n    at f (/work/test.js:1:37)\n    at eval (/work/test.js:2:9) {\n  code: "
     "'E1'\n}\n"},
    {"console.log({e: new RangeError('in')})",
     "{\n  e: RangeError: in\n      at eval (/work/test.js:1:32)\n}\n"},
    {"function here() { console.trace('at %s', 'x'); }\nhere()",
     "error: Trace: at x\n    at here (/work/test.js:1:42)\n    at eval (/work/test.js:2:1)\n"},
    /* text is text */
    {"console.log('\\ud83d\\ude00', ['\\ud83d\\ude00'], '\\ud800', 'a\\u0000b'.length)",
     "\xf0\x9f\x98\x80 [ '\xf0\x9f\x98\x80' ] \xef\xbf\xbd 3\n"},
    /* util */
    {"console.log(require('util').inspect({a: {b: {}}}, {depth: 0}), require('util').format('%d', "
     "1))",
     "{ a: [Object] } 1\n"},
};

START_TEST(prints)
{
    char source[4096];
    snprintf(source, sizeof(source), "%s\n;undefined", cases[_i].source);
    run_expect(source, cases[_i].out, "");
}
END_TEST

START_TEST(output_is_bounded)
{
    struct run *r = run_new();
    run_script(r, "var a = []; for (var i = 0; i < 300000; i++) a['k' + i] = i;\n"
                  "var o = {}; for (i = 0; i < 100000; i++) o['key' + i] = 'value';\n"
                  "var deep = {}; for (i = 0; i < 100000; i++) deep = {d: deep};\n"
                  "var s = require('util').inspect(o, {depth: null}).length;\n"
                  "var d = require('util').inspect(deep, {depth: null}).length;\n"
                  "[s <= 1100000 && s > 500000, d < 100000]");
    ck_assert_int_eq(r->rc, SWD_RUN_OK);
    ck_assert_str_eq(r->value, "[true,true]");
    run_free(r);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("lib/console");
    TCase *tc = tcase_create("console");
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, prints_as_node_does, 0,
                        (int)(sizeof(node_cases) / sizeof(*node_cases)));
    tcase_add_loop_test(tc, prints, 0, (int)(sizeof(cases) / sizeof(*cases)));
    tcase_add_test(tc, output_is_bounded);
    suite_add_tcase(s, tc);
    return suite_run(s);
}

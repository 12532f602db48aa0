// RegExp objects and the methods of String that use them.
function j(v) { return JSON.stringify(v); }
var re = $$regexp('(?<y>\\d{4})-(?<m>\\d\\d)', 'u'), m = re.exec('on 2024-11 it');
is(m.index + m.input + m[0] + m.groups.y + m.groups.m, '3on 2024-11 it2024-11202411', 'named groups');
is(Object.getPrototypeOf(m.groups), null, 'groups have no prototype');
is(re instanceof RegExp && Object.prototype.toString.call(re), '[object RegExp]', 'a real RegExp');
is(re.flags + re.unicode + re.global + re.source, 'utruefalse(?<y>\\d{4})-(?<m>\\d\\d)', 'flags and source');
is(String($$regexp('a/b\n', 'g')), '/a\\/b\\n/g', 'toString escapes');
is(String(new RegExp('')), '/(?:)/', 'the empty one');
is(Object.getOwnPropertyNames(re).join(), 'lastIndex', 'own properties');
is(/a(b)?/.exec('ac').hasOwnProperty('groups'), true, 'groups is always there');
is(j(/a(b)?/g.exec('xac')), '["a",null]', 'literals are matched here too');
throws(SyntaxError, 'errors', function () { new RegExp('('); });
throws(SyntaxError, 'bad flags', function () { new RegExp('a', 'gg'); });
throws(TypeError, 'no RegExp', function () { RegExp.prototype.exec.call({}, 'a'); });
throws(TypeError, 'heir of one', function () { RegExp.prototype.exec.call(Object.create(/a/), 'a'); });
throws(TypeError, 'proxy of one', function () { RegExp.prototype.exec.call(new Proxy(/a/, {}), 'a'); });
is(RegExp.prototype.source + RegExp.prototype.flags + RegExp.prototype.global, '(?:)undefined', 'the prototype');
is(RegExp(re) === re, true, 'RegExp(re) is re');
is(new RegExp(re) !== re && new RegExp(re, 'g').flags, 'g', 'new RegExp(re, flags)');
is(RegExp.name + RegExp.length, 'RegExp2', 'name and length');
is(re.constructor === RegExp && RegExp[Symbol.species] === RegExp, true, 'constructor and species');

var y = $$regexp('a', 'y');
y.lastIndex = 1;
is(y.test('ba') + ' ' + y.lastIndex + ' ' + y.test('ba') + ' ' + y.lastIndex, 'true 2 false 0', 'sticky');
var g = $$regexp('a', 'g');
is(g.test('aa') + ' ' + g.lastIndex + ' ' + j(g.exec('aa')) + g.lastIndex, 'true 1 ["a"]2', 'global');
is(g.exec('aa') + ' ' + g.lastIndex, 'null 0', 'global at the end');
g.lastIndex = -1;
is(g.test('a'), true, 'negative lastIndex');
var d = $$regexp('b(?<x>c)?', 'd').exec('abc');
is(j(d.indices) + j(d.indices.groups), '[[1,3],[2,3]]{"x":[2,3]}', 'indices');
is($$regexp('.', 's').dotAll && $$regexp('^.$', 's').test('\n'), true, 'dotAll');
is($$regexp('(?<=\\$)\\d+', '').exec('a $42')[0], '42', 'lookbehind');
is($$regexp('^\\p{L}+$', 'u').test('\u00e9\u03b1'), true, 'properties');
is($$regexp('^.$', 'u').test('\ud83d\ude00') + ' ' + /^.$/.test('\ud83d\ude00'), 'true false', 'characters');
is($$regexp('\ude00', '').exec('\ud83d\ude00').index, 1, 'lone surrogates');
is($$regexp('\u00e9+', 'i').exec('x\u00c9\u00e9')[0], '\u00c9\u00e9', 'parts of wide subjects');

is(j('aXbX'.match(/X/g)) + j('a'.match(/X/g)) + 'abc'.match(/b/).index, '["X","X"]null1', 'match');
is(j('aXbX'.match('X')), '["X"]', 'match of a text');
is('abc'.search(/c/) + ' ' + 'abc'.search($$regexp('c', 'y')), '2 -1', 'search');
is('a-b-c'.replace(/-/g, '+') + 'a-b'.replace('-', '$$$&$`'), 'a+b+ca$-ab', 'replace');
is('John Smith'.replace(/(\w+)\s(\w+)/, '$2, $1 $3 $01 $10'), 'Smith, John $3 John John0', 'numbers');
is('2024-11'.replace(re, '$<m>/$<y>/$<no>'), '11/2024/', 'named replacement');
is('ab'.replace(/(?:)/g, '_'), '_a_b_', 'empty matches');
is('\ud83d\ude00'.replace($$regexp('(?:)', 'gu'), '_'), '_\ud83d\ude00_', 'empty matches with u');
is('abc'.replace(/(b)(x)?/, function (a, b, c, at, s) { return [a, b, c, at, s, arguments.length]; }), 'ab,b,,1,abc,5c', 'a function');
is('2024-11'.replace(re, function () { return arguments[arguments.length - 1].m; }), '11', 'a function gets groups');
is('aaa'.replaceAll('a', 'b') + 'xx'.replaceAll('', '-') + 'a.a'.replaceAll(/a/g, 'c'), 'bbb-x-x-c.c', 'replaceAll');
throws(TypeError, 'replaceAll without g', function () { 'a'.replaceAll(/a/, ''); });
is(j('a1b2'.split(/\d/)) + j('abc'.split(/(b)/)) + j(''.split(/x/)) + j(''.split(/(?:)/)), '["a","b",""]["a","b","c"][""][]', 'split');
is(j('ab'.split(/(?:)/)) + j('a,b,c'.split(',', 2)) + j('ab'.split('')) + j('abc'.split(/b|/, 2)), '["a","b"]["a","b"]["a","b"]["a","c"]', 'split on');
is(j('\ud83d\ude00a'.split($$regexp('(?:)', 'u'))), j(['\ud83d\ude00', 'a']), 'split with u');
var all = $$all('a1b22'.matchAll($$regexp('[a-z](?<n>\\d+)', 'g')));
is(all.length + all[1][0] + all[1].groups.n, '2b2222', 'matchAll');
throws(TypeError, 'matchAll without g', function () { 'a'.matchAll(/a/); });

// what scripts may change is asked
var log = [], own = $$regexp('b', '');
own.exec = function (s) { log.push(s); return null; };
is(own.test('abc') + ' ' + 'abc'.search(own) + ' ' + 'abc'.replace(own, 'x') + log.join(), 'false -1 abcabc,abc,abc', 'own exec');
var Sub = $$class(RegExp, function Sub(p, f) {
    var nt = new.target || $$nt('Sub');
    return $$ret(undefined, $$super(Sub, nt, Object.create(nt.prototype), [p, f]));
}, { exec(s) { log.push('sub'); return RegExp.prototype.exec.call(this, s); } });
log = [];
var sub = new Sub('b', 'g');
is(sub instanceof Sub && sub.test('abc'), true, 'a subclass');
is('abcb'.replace(sub, 'X') + j('abcb'.split(sub)), 'aXcX["a","c",""]', 'replace and split of a subclass');
is(log.length > 3, true, 'its exec is called');
var once = /x/;
once[Symbol.replace] = function (s, r) { return 'mine:' + s + r; };
is('a'.replace(once, 'b'), 'mine:ab', 'Symbol.replace');

// long subjects
var long = new Array(30001).join('ab');
is(/(?:a|b)*/.exec(long)[0].length, 60000, 'long runs');
var wide = new Array(2001).join('\u03b1b');
is(wide.match(/b/g).length + ' ' + wide.replace(/b/g, '').length, '2000 2000', 'wide subjects');

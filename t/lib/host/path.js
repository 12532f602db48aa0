// path and querystring, as Node prints them.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
var path = require('path'), qs = require('node:querystring');
var samples = ['', '.', '..', '/', '//', '///a', 'a', 'a/', 'a//b', '/a', '/a/', '/a/b.c', 'a.b.c', '.a', '.a.b', 'a.', '..b', 'a/..', '/../a',
    './a', '../a/./b/../c', 'a/b/../../..', '/a/b/../../../c/', 'x.tar.gz', '/x/.y', 'a/b/', './/x', '..a/b', '...'];
samples.forEach(function (p) {
    show(p, path.normalize(p), path.dirname(p), path.basename(p), path.extname(p), path.isAbsolute(p), path.parse(p));
});
show(path.join(), path.join('a', '', '../b', 'c/'), path.join('/a', '/b'), path.join('..', 'x'), path.join('', ''));
show(path.resolve('/a', 'b', '../c'), path.resolve('/a', '/b/', './c/'), path.resolve('/..'), path.resolve('/a/b', ''));
show(path.relative('/a/b/c', '/a/d'), path.relative('/a', '/a'), path.relative('/', '/x/y'), path.relative('/x/y', '/'), path.relative('/a/bc', '/a/b'));
show(path.basename('/a/b.txt', '.txt'), path.basename('b.txt', 'b.txt'), path.basename('a/b.txt/', '.txt'), path.basename('b', ''));
show(path.format({ dir: '/x', base: 'y.z' }), path.format({ root: '/', name: 'a', ext: '.b' }), path.format({ name: 'a', ext: 'b' }), path.format({ dir: '/', root: '/', base: 'x' }));
show(path.sep, path.delimiter, path.posix === path);
['join', 'dirname', 'resolve', 'isAbsolute'].forEach(function (f) {
    try { path[f](5); } catch (e) { show(e.name, e.code, e.message); }
});
show(qs.parse('a=1&b=2&a=3&&c&=d&e=%41+%zz&f=%E9'), qs.parse('a:1;b:2', ';', ':'), qs.parse('a=1&b=2&c=3', null, null, { maxKeys: 2 }), qs.parse(5));
show(qs.stringify({ a: [1, 'x y', true], b: null, c: undefined, d: NaN, e: '\u00e9&=', f: {} }), qs.stringify({ a: 1, b: 2 }, ';', ':'), qs.stringify('x'),
    qs.escape('a b\u00e9'), qs.unescape('%41%20'), qs.encode === qs.stringify);

// URL and URLSearchParams. Lines are printed as JSON; `node url.js` says the same.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function href(input, base) {
    try {
        show(input, base, new URL(input, base).href);
    } catch (e) {
        show(input, base, e.name, e.code);
    }
}
// Schemes, slashes, spaces.
['http://a', 'HTTP:a', 'https:\\\\h\\p', ' \thttp://x/ y\n', 'ht\ntp://n.org', 'mailto:me@x', 'data:text/plain,hi there#f g',
    'a:b', '1a:b', '', 'foo', '//h', 'file:c:/d', 'file:///C|/../x', 'file://localhost/etc', 'file://h/p', 'ws://w:80/',
    'wss://w:443', 'ftp://f:21/;x', 'javascript:alert(1)', 'non-special://h:80/p', 'sc://', 'sc:///', 'sc:/..//x', 'blob:https://b.c:99/id']
    .forEach(function (s) { href(s); });
// Hosts.
['0x7f.1', '127.1', '256.256.256.256', '1.2.3.08', '4294967295', '4294967296', '1.2.3.4.', '09', '0', 'a.1', '1.2.3.4.5', '[::1]',
    '[1:0:0:2::]', '[0:0:0:0:0:ffff:1.2.3.4]', '[::1%eth0]', '[1:2:3]', '[::1.2.3.400]', 'EXAMPLE.com', 'ex%41mple.com',
    'a%00b', 'a b', 'a<b', 'b\u00fccher.de', 'xn--bcher-kva.de', 'a_b', 'a..b', '%', 'a^b'].forEach(function (h) { href('http://' + h + '/'); });
['h:', 'h:0', 'h:65535', 'h:65536', 'h:8x', 'h:080', 'u@h', 'u:p@h', ':p@h', 'u:@h', '@h', 'u@', 'a@b@c', 'u:p:q@h', 'u/p@h']
    .forEach(function (h) { href('http://' + h); });
// Against a base.
['', '.', '..', '../..', '../../..', './x', 'x/./y/../z', '/r', '//o/p', '?q', '#f', '?', '#', 'x?y#z', '%2e%2e/a', '.%2E/b', 'a:b', 'http:r', 'http:/r', '\\w', ';v',
    'p q', '\u00e9', 'a//b', '%zz', 'x|y', '"<>`{}'].forEach(function (s) { href(s, 'http://u:p@h:8080/a/b/c?d#e'); });
['x', '#f', '?q', '//h'].forEach(function (s) { href(s, 'mailto:me'); });
['', '/', '//h', 'x', '/D:/y', '?q', 'C|/z', '..'].forEach(function (s) { href(s, 'file:///C:/a/b'); });
// Setters.
function set(url, name, value) {
    var u = new URL(url);
    u[name] = value;
    show(url, name, value, u.href);
}
[['protocol', 'https'], ['protocol', 'foo'], ['protocol', 'file:'], ['username', 'me@x'], ['password', ''], ['host', 'x:1'],
    ['host', 'x:99999'], ['host', ''], ['host', 'a/b'], ['hostname', 'y:1'], ['hostname', '[::2]'], ['port', '443'], ['port', '80'], ['port', '9x'],
    ['port', ''], ['port', 'x'], ['pathname', 'a b'], ['pathname', '/../c?#'], ['pathname', ''], ['search', '?a=b c'], ['search', ''],
    ['search', '#'], ['hash', 'x y'], ['hash', ''], ['href', 'http://other/'], ['host', 'bad host'], ['hostname', 'h?x']]
    .forEach(function (c) { set('http://u:p@h:8080/p?q#f', c[0], c[1]); });
[['pathname', 'x'], ['host', 'x'], ['username', 'x'], ['port', '1'], ['search', 's'], ['hash', 'h'], ['protocol', 'http']]
    .forEach(function (c) { set('mailto:me', c[0], c[1]); });
[['host', 'x'], ['host', ''], ['port', '1'], ['username', 'u'], ['pathname', '//x']].forEach(function (c) { set('sc://h/p', c[0], c[1]); });
try { new URL('http://a').href = 'nope'; } catch (e) { show(e.name, e.code, e.message, e.input); }
// Members.
var u = new URL('https://u:p@h.x:444/a/b?c=d&c=e#f');
show(Object.keys(URL.prototype).sort());
show(u.origin, u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash, u.toString(), u);
show(new URL('file:///x').origin, new URL('blob:http://a:81/x').origin, new URL('sc://h').origin);
show(URL.canParse('x'), URL.canParse('x', 'http://y'), String(u) === u.href, Object.prototype.toString.call(u));
try { URL('http://x'); } catch (e) { show(e.name); }
try { new URL(); } catch (e) { show(e.name, e.code); }
// URLSearchParams.
var p = u.searchParams;
show(p === u.searchParams, p.get('c'), p.getAll('c'), p.get('z'), p.has('c'), p.has('c', 'e'), p.has('c', 'x'), p.size);
p.append('g h', '+&=\u00e9');
show(u.href);
p.delete('c', 'd');
p.set('c', 'new');
show(u.search, String(p));
u.search = '?x=1&y=2&x=3';
show(Array.from(p), Array.from(p.keys()), Array.from(p.values()));
p.sort();
show(u.href);
['x', 'y'].forEach(function (k) { p.delete(k); });
show(u.href, p.size);
show(String(new URLSearchParams('?a=b&c')), String(new URLSearchParams('a=%zz+%41&&=x&b==')), String(new URLSearchParams({ a: 1, b: [2, 3] })),
    String(new URLSearchParams([['x', 'y'], ['x', 'z']])), String(new URLSearchParams(new URLSearchParams('q=r'))),
    String(new URLSearchParams(new Map([['m', 'n']]))), String(new URLSearchParams()), String(new URLSearchParams('a=\ud800')),
    String(new URLSearchParams("*-._ ~!'()")));
['x', [['a']], [1]].forEach(function (v) {
    try { show(String(new URLSearchParams(v === 'x' ? [v] : v))); } catch (e) { show(e.name, e.code); }
});
new URLSearchParams('a=1&b=2').forEach(function (v, k, o) { show(v, k, String(o), this.t); }, { t: 1 });
var it = new URLSearchParams('a=1&b=2').entries();
show(it.next(), it.next(), it.next(), Object.prototype.toString.call(it), it[Symbol.iterator]() === it);
console.log(new URLSearchParams('a=1&b=x y'), new URLSearchParams());
console.log(new URL('http://u@h:1/p?q=1#f'));
console.log({ u: [new URL('http://h/')] });
// require('url').
var m = require('url');
show(m.URL === URL, m.fileURLToPath('file:///a%20b/c'), m.pathToFileURL('/x y/%#?').href, m.domainToASCII('b\u00fccher.de'));
['file://h/x', 'http://x', 'file:///a%2Fb'].forEach(function (s) {
    try { show(m.fileURLToPath(s)); } catch (e) { show(e.name, e.code); }
});
['http://u:p@h:8/p/a?x=y&z#f', '/a?b', 'mailto:a@b.c', '//h/p', 'HTTP://H.com', 'http://h?q', 'x:y'].forEach(function (s) {
    show(m.parse(s));
});
show(m.parse('http://h/?a=b&c=d', true).query, m.parse('//h/p', false, true).host);
show(m.format({ protocol: 'http', host: 'h', pathname: 'p', query: { a: 1 } }), m.format({ hostname: 'h', port: 8, search: 'x', hash: 'f', slashes: true }),
    m.format(new URL('http://u:p@h/p?q#f'), { auth: false, fragment: false, search: false }), m.format({ pathname: '/a?b#c' }));
show(m.resolve('/one/two/three', 'four'), m.resolve('http://e.com/', '/one'), m.resolve('http://e.com/one', '../two'));
show(m.urlToHttpOptions(new URL('http://u:p@[::1]:8/a?b#c')).auth);
{
    const old = require('url');
    for (const o of [{ host: 'h', pathname: '/p' }, { host: 'h', pathname: 'p' }, { hostname: 'h', port: 80 }, { protocol: 'http', host: 'h', pathname: 'p' },
        { host: 'h', slashes: true }, { protocol: 'file', pathname: '/x' }, { protocol: 'http:', pathname: '/p' }, { slashes: true, pathname: '/x' },
        { auth: 'a:b', host: 'h' }, { protocol: 'foo', host: 'h', pathname: 'x' }, { auth: 'a:b@', hostname: '::1', query: { a: 1 }, hash: 'z' }])
        console.log(old.format(o));
    for (const [s, q] of [['javascript:alert(1)?x', true], ['javascript:a', true], ['javascript:a'], ['http://a/b', true], ['/a?', true], ['/a', true]]) {
        const u = old.parse(s, q);
        console.log(u.search, JSON.stringify(u.query), u.path, u.href);
    }
}

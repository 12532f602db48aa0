// `with`: where names are found, read, written, called and deleted.
var o = { x: 1, f: function () { return this === o; }, [Symbol.unscopables]: { h: true }, h: 5 };
var h = 'outer', z = 7, log = [], late = 0;
with (o) {
    x = 2;
    log.push(x, f(), f(...[]), h, typeof q, typeof x, z);
    x++;
    log.push(x++, x, ++x, --x);
    x += 5;
    x **= 2;
    log.push(x);
    var y = 3, x = 11;
    h = 'set';
    var fn = () => x;
}
console.log(log.join(), y, h, o.h, o.x, fn());
// A name is found before its value is evaluated.
with (o) late = (o.late = 1, 5);
console.log(late, o.late);
with (o) x = (delete o.x, 9);
console.log(o.x);
// Each turn of a loop has its object.
var fs = [];
for (var i = 0; i < 3; i++)
    with ({ i2: i }) {
        fs.push(() => i2);
        if (i == 1) continue;
        fs.push(() => i2 * 10);
    }
console.log(fs.map((f) => f()).join());
function* g() {
    with ({ a: yield 1 }) {
        yield a;
        let b = 3;
        yield b + a;
        return a;
    }
}
var it = g();
it.next();
console.log(JSON.stringify([it.next(5), it.next(), it.next()]));
it = g();
it.next();
console.log(JSON.stringify([it.return(4), it.next()]));
L: with ({ x: 1 }) {
    with ({ inner: 1 }) {
        inner += x;
        console.log(inner);
        for (inner of [7]);
        console.log(inner);
        [inner] = [8];
        ({ x, h: inner } = { x: 4, h: 2 });
        console.log(inner, x, delete inner, typeof inner);
        break L;
    }
}
with ({ a: null, b: 0, c: 1 }) {
    a ??= 4;
    b ||= 5;
    c &&= 6;
    console.log(a, b, c, a ??= 7, b ||= 7, eval('a + b'));
}
try { with (null) {} } catch (e) { console.log(e.name, e.message); }
(function () {
    with ({ arguments: 5 }) console.log(arguments);
    with ({}) console.log(arguments.length, this.constructor === Object);
}).call({}, 1, 2);
with ({ p: { q: 1 }, tag: function (s) { return s[0] + this.p.q; } }) {
    let p2 = p, r = `${p.q}`;
    console.log(p2.q, r, ((f) => p.q)(), { p }.p.q, p?.q, tag`t`);
    const own = 1;
    console.log(own, (() => own)());
    function decl() { return 'decl'; }
}
console.log(decl());
console.log(eval('with ({v: 3}) { v; }'));
var looked = [];
with (new Proxy({}, { has(t, k) { looked.push(k); return false; } })) { z; late = 3; }
console.log(looked.join());
// Strict code inside of it: what is gone is an error.
var gone = { v: 1 };
with (gone) (function () {
    'use strict';
    v += 1;
    console.log(v, gone.v);
    try { v ^= (delete gone.v, 2); } catch (e) { console.log(e.name, 'v' in gone); }
})();

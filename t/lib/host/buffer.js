// Buffer, as Node prints it.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e.code, e.message); }
}
var B = require('buffer').Buffer;
show(B === Buffer, require('node:buffer').kMaxLength > 1e9, Buffer.isBuffer(Buffer.alloc(1)), Buffer.isBuffer(new Uint8Array(1)), Buffer.alloc(1) instanceof Uint8Array);
// Encodings, both ways.
['utf8', 'UTF-8', 'hex', 'base64', 'base64url', 'latin1', 'binary', 'ascii', 'utf16le', 'ucs2'].forEach(function (e) {
    ['', 'abc', '\u00e9\u20ac\ud83d\ude00', '00ff7g', 'YWJj', 'YWJjZA==', '_-+/ x\n=', 'a\ud800b'].forEach(function (s) {
        var b = Buffer.from(s, e);
        show(e, escape(s), b.toString('hex'), escape(b.toString(e)), Buffer.byteLength(s, e));
    });
});
var all = Buffer.from(Array.from({ length: 256 }, function (x, i) { return i; }));
['utf8', 'hex', 'base64', 'base64url', 'latin1', 'ascii', 'utf16le'].forEach(function (e) { show(e, escape(all.toString(e)), escape(all.toString(e, 3, 60))); });
show(Buffer.from([0xe2, 0x82, 0x41, 0xf0, 0x9f, 0x98, 0xff, 0xed, 0xa0, 0x80]).toString());
// Making.
show(Buffer.from([1, 2.7, -1, 256, '3', 'x']), Buffer.from(new Uint16Array([1, 257])), Buffer.from({ length: 2, 0: 5 }), Buffer.from(new String('s')),
    Buffer.from(Buffer.from('q')), Buffer.from({ type: 'Buffer', data: [1, 2] }), Buffer.of(1, 2), Buffer.alloc(3), Buffer.alloc(5, 'ab'), Buffer.alloc(3, 7),
    Buffer.alloc(4, 'YQ==', 'base64'), Buffer.concat([Buffer.from('a'), new Uint8Array([98])]), Buffer.concat([Buffer.from('abc')], 2), Buffer.concat([Buffer.from('a')], 3), new Buffer(2), Buffer('x'));
[function () { Buffer.from(5); }, function () { Buffer.from(null); }, function () { Buffer.from({}); }, function () { Buffer.alloc('x'); }, 
    function () { Buffer.from('a', 'nope'); }, function () { Buffer.concat('x'); }, function () { Buffer.concat([1]); }, function () { Buffer.alloc(1).toString('x1'); },
    function () { Buffer.byteLength(5); }, function () { Buffer.from(new ArrayBuffer(4), 5); }, function () { Buffer.from(new ArrayBuffer(4), 1, 9); }].forEach(fails);
// Shared memory.
var ab = new ArrayBuffer(8), w = Buffer.from(ab), v = Buffer.from(ab, 2, 3), s = w.slice(1, -1), u = s.subarray(1);
v[0] = 9;
s[0] = 8;
show(w, v, s, u, u.length, u.byteOffset, u.buffer === ab, s.constructor === Buffer, w.subarray(9).length, w.slice(-3, -1).length, w.subarray(5, 2).length);
// Numbers.
var n = Buffer.alloc(16);
[['UInt8', 200], ['Int8', -3], ['UInt16LE', 65530], ['UInt16BE', 258], ['Int16LE', -2], ['Int16BE', -30000], ['UInt32LE', 4294967290], ['UInt32BE', 16909060], ['Int32LE', -5],
    ['Int32BE', -2147483648], ['FloatLE', 0.1], ['FloatBE', -1e30], ['DoubleLE', Math.PI], ['DoubleBE', -5e-324], ['FloatLE', NaN], ['FloatBE', Infinity]].forEach(function (c) {
    n.fill(0);
    show(c[0], n['write' + c[0]](c[1], 3), n['read' + c[0]](3), n.toString('hex'));
});
[1, 2, 3, 4, 5, 6].forEach(function (k) {
    var big = Math.pow(2, 8 * k) - 2, low = -Math.pow(2, 8 * k - 1) + 1;
    n.fill(0);
    show(k, n.writeUIntLE(big, 0, k), n.writeUIntBE(big, 6, k), n.readUIntLE(0, k), n.readUIntBE(6, k), n.toString('hex'));
    show(k, n.writeIntLE(low, 0, k), n.writeIntBE(low, 6, k), n.readIntLE(0, k), n.readIntBE(6, k), n.readUint8(0), n.toString('hex'));
});
[function () { n.readUInt8(16); }, function () { n.readInt32LE(13); }, function () { n.readUInt16LE(1.5); }, function () { n.readUInt8('1'); }, function () { n.writeUInt8(256); },
    function () { n.writeInt8(-129); }, function () { n.writeUInt32BE(-1); }, function () { n.writeInt32LE(3e9); }, function () { n.readUIntLE(0, 7); }, function () { n.readIntBE(0, 0); },
    function () { Buffer.alloc(1).readDoubleLE(); }, function () { n.writeUIntBE(70000, 0, 2); }].forEach(fails);
// Writing text.
var t = Buffer.alloc(8);
show(t.write('abc'), t.write('\u20ac\u20ac\u20ac'), t.write('xyz', 6), t.write('ff0a', 1, 'hex'), t.write('\u00e9\u00e9', 0, 3), t.write('ab', 5, 3, 'utf16le'), t);
[function () { t.write(5); }, function () { t.write('a', 9); }, function () { t.write('a', 0, 99); }].forEach(fails);
// Searching and comparing.
var h = Buffer.from('abcabcabd');
show(h.indexOf('abc'), h.indexOf('abc', 1), h.indexOf('abc', -3), h.indexOf('x'), h.indexOf(98), h.indexOf(Buffer.from('bd')), h.lastIndexOf('abc'), h.lastIndexOf('abc', 2), h.lastIndexOf('abc', -4),
    h.lastIndexOf(97, -5), h.includes('cab'), h.includes('cab', 3), h.indexOf(''), h.indexOf('', 4), h.indexOf('', 99), h.lastIndexOf('abc', -99), h.indexOf('6263', 'hex'),
    Buffer.from('a\u0100b', 'utf16le').indexOf('\u0100', 0, 'utf16le'), h.indexOf(97, 1e9), h.indexOf('a', NaN), h.lastIndexOf('a', undefined));
fails(function () { h.indexOf({}); });
show(h.equals(Buffer.from('abcabcabd')), h.equals(new Uint8Array(1)), h.compare(Buffer.from('abd')), Buffer.compare(Buffer.from('b'), Buffer.from('a')), h.compare(Buffer.from('xabc'), 1, 4, 0, 3), h.compare(Buffer.from('abcabcab')));
fails(function () { h.equals('x'); });
fails(function () { h.compare(Buffer.from('a'), 0, 5); });
show([Buffer.from('b'), Buffer.from('a'), Buffer.from('ab')].sort(Buffer.compare).join());
// Bytes.
var c = Buffer.alloc(6, '.');
show(h.copy(c, 1, 2, 5), c.toString(), c.copy(c, 2, 0), c.toString(), h.copy(c, 99), c.fill('xy', 1, 4).toString(), c.fill(0x101).toString('hex'), c.fill('').toString('hex'), c.fill('ab', 'hex').toString('hex'), c.fill(Buffer.from('pq'), 2).toString());
fails(function () { c.fill('x', 9, 99); });
fails(function () { h.copy(5); });
show(Buffer.from('0102030405060708', 'hex').swap16(), Buffer.from('0102030405060708', 'hex').swap32().toString('hex'), Buffer.from('0102030405060708', 'hex').swap64().toString('hex'));
fails(function () { Buffer.alloc(3).swap16(); });
show(JSON.stringify(Buffer.from('hi')), Buffer.from('hi').toJSON(), Buffer.isEncoding('UTF8'), Buffer.isEncoding('utf/8'), Buffer.isEncoding(''), Buffer.isEncoding(5));
show(Buffer.from('abc').map(function (x) { return x + 1; }) instanceof Buffer, Buffer.from('abc').map(function (x) { return x + 1; }).toString(), String(Buffer.from('abc')), Buffer.from('a') + 'b');
show(Array.from(Buffer.from('ab').entries()), Array.from(Buffer.from('ab')), Object.prototype.toString.call(Buffer.from('')), Buffer.name, Buffer.from.name, Buffer.prototype.readUInt8.name.length > 0);
console.log(Buffer.from('hello'), [Buffer.alloc(0)], { b: Buffer.alloc(60) }, Buffer.from('x').buffer instanceof ArrayBuffer);
console.log(new Uint8Array(Buffer.from('ab')), Buffer.from('ab').parent instanceof ArrayBuffer, typeof Buffer.poolSize);
// Pieces of characters.
var SD = require('string_decoder').StringDecoder;
[['utf8', ['e2', '82', 'ac41f0', '9f98', '80ff']], ['utf16le', ['41', '003dd8', '00de', '42']], ['base64', ['61', '6263', '64']], ['hex', ['61', '62']], ['latin1', ['e9', '61']], ['utf8', ['e28261']]].forEach(function (c) {
    var d = new SD(c[0]), out = c[1].map(function (x) { return d.write(Buffer.from(x, 'hex')); });
    show(c[0], out, d.end(), d.end());
});
fails(function () { new SD('nope'); });
const copied = (...a) => { const to = Buffer.alloc(6, 46); try { return Buffer.from('abcdef').copy(to, ...a) + to.toString(); } catch (e) { return e.message; } };
for (const x of [Infinity, -Infinity, NaN, 1.9, -1.5, -0.5, '2', 7, 2 ** 32 + 1, null])
    console.log(copied(x), copied(0, x), copied(0, 0, x));

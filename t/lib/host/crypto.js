// crypto, as Node prints it.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e.code, e.message.split('\n')[0].slice(0, 70)); }
}
var c = require('crypto'), names = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'];
// Lengths around every edge of a block.
names.forEach(function (n) {
    var all = c.createHash('sha1'), i;
    [0, 1, 3, 55, 56, 57, 63, 64, 65, 111, 112, 113, 119, 127, 128, 129, 1000].forEach(function (len) {
        all.update(c.createHash(n).update('x'.repeat(len)).digest());
    });
    show(n, c.createHash(n).update('').digest('hex'), c.createHash(n).update('abc').digest('base64'), all.digest('hex'));
    show(n, c.createHmac(n, 'key').update('data').digest('hex'), c.createHmac(n, 'k'.repeat(200)).update('da').update(Buffer.from('ta')).digest('base64url'), c.createHmac(n, '').update('').digest('hex'));
    var pieces = c.createHash(n);
    for (i = 0; i < 300; i++)
        pieces.update('p'.repeat(i % 7));
    var copy = pieces.copy().update('more');
    show(pieces.digest('hex') === c.createHash(n).update(Array.from({ length: 300 }, function (x, k) { return 'p'.repeat(k % 7); }).join('')).digest('hex'), copy.digest('hex'));
});
show(c.createHash('SHA-256').update('\u00e9').digest('hex'), c.createHash('sha256').update('ff', 'hex').digest('hex'), c.createHash('sha256').update('x').digest().length, Buffer.isBuffer(c.createHash('md5').digest()),
    c.createHash('sha1').update('a').digest('latin1').length);
var used = c.createHash('md5');
used.digest();
[function () { used.digest(); }, function () { used.update('x'); }, function () { c.createHash('nope'); }, function () { c.createHash(5); }, function () { c.createHash('md5').update(5); }, function () { c.createHmac('nope', 'k'); }, function () { c.createHmac('md5'); }].forEach(fails);
show(c.getHashes().indexOf('sha256') >= 0, c.pbkdf2Sync('pw', 'salt', 1000, 40, 'sha256').toString('hex'), c.pbkdf2Sync('pw', 'salt', 1, 20, 'sha1').toString('hex'));
// Randomness.
show(c.randomBytes(8).length, c.randomBytes(8).equals(c.randomBytes(8)), c.randomBytes(0).length, /^[0-9a-f-]{36}$/.test(c.randomUUID()), c.randomFillSync(Buffer.alloc(4), 1, 2)[0], c.getRandomValues(new Uint8Array(3)).length);
var seen = {};
for (var i = 0; i < 300; i++)
    seen[c.randomInt(5)] = seen[c.randomInt(10, 13)] = 1;
show(Object.keys(seen));
[function () { c.randomBytes(-1); }, function () { c.randomBytes('x'); }, function () { c.randomInt(5, 5); }, function () { c.randomInt(1.5); }].forEach(fails);
show(c.timingSafeEqual(Buffer.from('a'), Buffer.from('a')), c.timingSafeEqual(Buffer.from('a'), Buffer.from('b')));
fails(function () { c.timingSafeEqual(Buffer.from('a'), Buffer.from('ab')); });
fails(function () { c.timingSafeEqual('a', Buffer.from('a')); });
show(c.webcrypto === crypto, c.subtle === crypto.subtle, Object.prototype.toString.call(crypto.subtle));
// subtle.
var s = crypto.subtle, te = new TextEncoder();
function hex(b) { return Buffer.from(b).toString('hex'); }
(async function () {
    for (var n of ['SHA-1', 'SHA-256', 'SHA-384', { name: 'sha-512' }]) {
        var d = await s.digest(n, te.encode('abc'));
        show(d instanceof ArrayBuffer, hex(d));
    }
    show(hex(await s.digest('SHA-256', new ArrayBuffer(3))), hex(await s.digest('SHA-256', new DataView(te.encode('xabcx').buffer, 1, 3))));
    var key = await s.importKey('raw', te.encode('secret'), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign', 'verify']);
    var sig = await s.sign('HMAC', key, te.encode('msg'));
    show(key.type, key.extractable, key.algorithm, key.usages, hex(sig), Object.prototype.toString.call(key));
    show(await s.verify('HMAC', key, sig, te.encode('msg')), await s.verify('HMAC', key, sig, te.encode('msh')), await s.verify({ name: 'hmac' }, key, new Uint8Array(3), te.encode('msg')));
    show(hex(await s.exportKey('raw', key)), await s.exportKey('jwk', key));
    var jwk = await s.importKey('jwk', { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }, { name: 'HMAC', hash: { name: 'SHA-256' } }, false, ['verify']);
    show(await s.verify('HMAC', jwk, sig, te.encode('msg')));
    var made = await s.generateKey({ name: 'HMAC', hash: 'SHA-512' }, true, ['sign']);
    show(made.algorithm.length, made.usages, (await s.exportKey('raw', made)).byteLength);
    var tests = [
        function () { return s.digest('MD5', te.encode('x')); }, function () { return s.digest('SHA-256', 'text'); },
        function () { return s.sign('HMAC', jwk, te.encode('x')); }, function () { return s.importKey('raw', te.encode('k'), { name: 'HMAC', hash: 'SHA-1' }, true, []); },
        function () { return s.importKey('raw', te.encode('k'), { name: 'HMAC', hash: 'SHA-1' }, true, ['encrypt']); }
    ];
    for (var t of tests)
        await t().then(function () { show('no error'); }, function (e) { show(e.name); });
    c.randomBytes(3, function (e, b) { show('async', e, b.length); });
})();
for (const rounds of [0, -1, 1.5, NaN, Infinity, 2 ** 31]) try { require('crypto').pbkdf2Sync('a', 'b', rounds, 4, 'sha256'); console.log('taken'); } catch (e) { console.log(e.name, e.code); }
try { require('crypto').pbkdf2Sync('a', 'b', 0, 4, 'sha256'); } catch (e) { console.log(e.message); }

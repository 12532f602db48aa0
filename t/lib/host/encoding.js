// TextEncoder and TextDecoder, as Node prints them, but for windows-1252, which Node 20 takes for ISO-8859-1.
function show() {
    console.log(JSON.stringify([].slice.call(arguments)));
}
function fails(f) {
    try { show('no error', f()); } catch (e) { show(e.name, e.code); }
}
function hex(s) {
    return Uint8Array.from((s.match(/../g) || []).map(function (x) { return parseInt(x, 16); }));
}
var enc = new TextEncoder();
show(enc.encoding, Array.from(enc.encode('a\u00e9\u20ac\ud83d\ude00')), Array.from(enc.encode('\ud800x\udc00')), enc.encode().length, Array.from(enc.encode(5)), enc.encode('x') instanceof Uint8Array);
['abc', '\u20ac\u20ac', '\ud83d\ude00x', 'a\ud83d\ude00', ''].forEach(function (s) {
    [0, 2, 4, 5, 9].forEach(function (n) {
        var to = new Uint8Array(n);
        show(s, n, enc.encodeInto(s, to), Array.from(to));
    });
});
fails(function () { enc.encodeInto(1, new Uint8Array(1)); });
fails(function () { enc.encodeInto('a', [1]); });
['utf8', 'UTF-8', ' utf-16 ', 'utf-16le', 'utf-16be', 'latin1', 'ascii', 'windows-1252', 'unicode-1-1-utf-8'].forEach(function (l) {
    var d = new TextDecoder(l);
    show(l, d.encoding, d.fatal, d.ignoreBOM, d.decode(hex('e282ac41')), d.decode());
});
fails(function () { new TextDecoder('nope'); });
fails(function () { new TextDecoder('utf-8', 5); });
fails(function () { TextDecoder('utf-8'); });
show(new TextDecoder('latin1').decode(hex('8081828d9fa0ff')));
// Malformed input, and in fatal mode.
['ff', 'c0af', 'e080', 'eda080', 'f4908080', 'f09f98', 'e28241', '61e282', '80', 'f888808080', 'c3', 'e2e282ac', 'f0908041'].forEach(function (s) {
    show(s, escape(new TextDecoder().decode(hex(s))));
    fails(function () { return new TextDecoder('utf-8', { fatal: true }).decode(hex(s)); });
});
['00', '00d8', '00dc', '3dd800de', '00dc3dd8', '4100d84200'].forEach(function (s) {
    show(s, escape(new TextDecoder('utf-16le').decode(hex(s))));
    fails(function () { return escape(new TextDecoder('utf-16le', { fatal: true }).decode(hex(s))); });
});
// Byte order marks.
['efbbbf41', 'efbbbfefbbbf41', '41efbbbf'].forEach(function (s) {
    show(s, new TextDecoder().decode(hex(s)).length, new TextDecoder('utf-8', { ignoreBOM: true }).decode(hex(s)).length);
});
show(new TextDecoder('utf-16le').decode(hex('fffe4100')).length, new TextDecoder('utf-16be').decode(hex('feff0041')).length);
// In pieces of every size.
var text = '\ufeffh\u00e9\u20ac\ud83d\ude00\u0000z\ufeff', bytes = enc.encode(text);
for (var n = 1; n <= 7; n++) {
    var d = new TextDecoder(), out = '', i;
    for (i = 0; i < bytes.length; i += n)
        out += d.decode(bytes.subarray(i, i + n), { stream: true });
    out += d.decode();
    show(n, out === text.slice(1), d.decode(enc.encode('\ufeffx')));
}
var le = new Uint8Array(Array.prototype.concat.apply([], text.split('').map(function (c) { return [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]; })));
for (n = 1; n <= 5; n++) {
    d = new TextDecoder('utf-16le');
    out = '';
    for (i = 0; i < le.length; i += n)
        out += d.decode(le.subarray(i, i + n), { stream: true });
    show(n, out + d.decode() === text.slice(1));
}
d = new TextDecoder('utf-8', { fatal: true });
show(d.decode(hex('e282'), { stream: true }), d.decode(hex('ac'), { stream: true }));
d.decode(hex('e2'), { stream: true });
fails(function () { return d.decode(); });
d = new TextDecoder();
show(d.decode(hex('f09f'), { stream: true }), escape(d.decode(hex('41'), { stream: true })), escape(d.decode()));
// Kinds of input.
var b = hex('61626364');
show(new TextDecoder().decode(b.buffer), new TextDecoder().decode(new DataView(b.buffer, 1, 2)), new TextDecoder().decode(b.subarray(2)), new TextDecoder('utf-16le').decode(new Uint16Array([65, 66])));
fails(function () { new TextDecoder().decode('x'); });
show(Object.prototype.toString.call(enc), Object.keys(TextDecoder.prototype).sort(), TextEncoder.name, enc.encode.length, d.decode.length);

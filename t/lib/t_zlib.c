/* zlib, zstd and utils/compression as scripts see them; codes and errno are Node's own. */
#include "lib/cases.h"

#include <stddef.h>

#define BIG                                                                                        \
    "var z = require('zlib'), b = new Uint8Array(1500000);\n"                                      \
    "for (var i = 0; i < b.length; i++) b[i] = i * 7 & 63;\n"

static const struct script_case cases[] = {
    /* SW Runtime's: base64 strings. The first is Python's gzip. */
    {"var c = require('utils/compression');\n"
     "[c.gunzip('H4sIAAAAAAACA8tIzcnJ11Eozy/KSVEEABONmFgNAAAA'),\n"
     " c.gunzip(c.gzip('h\\u00e9llo \\ud83d\\ude00')), c.gzipDecompress(c.gzipCompress('')),\n"
     " c.inflate(c.deflate('abc')), c.zlibDecompress(c.zlibCompress(17)),\n"
     " require('utils').compression === c, c.deflate('a').slice(0, 2), c.gzip.name]",
     "", "[\"hello, world!\",\"h\u00e9llo \U0001f600\",\"\",\"abc\",\"17\",true,\"eJ\",\"gzip\"]"},
    {"var c = require('utils/compression'), r = [];\n"
     "[function () { c.gzip(); }, function () { c.gunzip('aGVsbG8='); },\n"
     " function () { c.inflate('%%%'); }].forEach(function (f) {\n"
     "  try { f(); r.push('no error'); } catch (e) { r.push(e.name); } }); r",
     "", "[\"TypeError\",\"Error\",\"TypeError\"]"},
    /* Every pair, large enough to go by pieces. */
    {BIG "['gzip gunzip', 'deflate inflate', 'deflateRaw inflateRaw', 'gzip unzip',\n"
         " 'deflate unzip', 'zstdCompress zstdDecompress'].map(function (p) {\n"
         "  var a = p.split(' '), packed = z[a[0] + 'Sync'](b), back = z[a[1] + 'Sync'](packed);\n"
         "  for (var i = 0; i < b.length && b[i] === back[i]; i += 997);\n"
         "  return packed.length < 100000 && back.length === b.length && i >= b.length; })",
     "", "[true,true,true,true,true,true]"},
    {BIG "function code(f) { try { f(); return 'no error'; } catch (e) {\n"
         "  return [e.name, e.code, e.errno]; } }\n"
         "[code(function () { z.gunzipSync(z.gzipSync('hello').subarray(0, 12)); }),\n"
         " code(function () { z.inflateSync(new Uint8Array([1, 2, 3])); }),\n"
         " code(function () { z.gunzipSync('nonsense'); }),\n"
         " code(function () { z.gzipSync('a', {level: 11}); }),\n"
         " code(function () { z.gzipSync(5); }),\n"
         " code(function () { z.gunzipSync(z.gzipSync(b), {maxOutputLength: 1000}); })]",
     "",
     "[[\"Error\",\"Z_BUF_ERROR\",-5],[\"Error\",\"Z_DATA_ERROR\",-3],"
     "[\"Error\",\"Z_DATA_ERROR\",-3],[\"RangeError\",\"ERR_OUT_OF_RANGE\",null],"
     "[\"TypeError\",\"ERR_INVALID_ARG_TYPE\",null],"
     "[\"RangeError\",\"ERR_BUFFER_TOO_LARGE\",null]]"},
    {"var z = require('zlib'), d = new Uint8Array([97, 98, 99, 100, 101, 102, 103]), e;\n"
     "var p = z.deflateSync('abcdefgabcdefg', {dictionary: d}), n;\n"
     "try { z.inflateSync(p); } catch (x) { e = x.code; }\n"
     "[z.inflateSync(p, {dictionary: d}).length, e, z.crc32('hello'), z.crc32('lo', "
     "z.crc32('hel')),\n"
     " z.inflateSync(z.deflateSync('12345678').subarray(0, 6), {finishFlush: 2}).length <= 8,\n"
     " z.gunzipSync(new Uint8Array([].concat([].slice.call(z.gzipSync('ab')), [9, 9]))).length,\n"
     " require('zstd').decompressSync(require('zstd').compressSync('zz')).length,\n"
     " z.constants.Z_BEST_SPEED, z.gzipSync.name]",
     "", "[14,\"Z_NEED_DICT\",907060870,907060870,true,2,2,1,\"gzipSync\"]"},
    /* brotli is there or not, but never half. */
    {BIG "typeof z.brotliCompressSync !== typeof z.brotliDecompressSync ? 'half' :\n"
         " !z.brotliCompressSync ? 'good' : (function () {\n"
         "  var P = z.constants, o = { params: {} }, p, back, i;\n"
         "  o.params[P.BROTLI_PARAM_QUALITY] = 4;\n"
         "  p = z.brotliCompressSync(b, o); back = z.brotliDecompressSync(p);\n"
         "  for (i = 0; i < b.length && b[i] === back[i]; i += 997);\n"
         "  try { z.brotliDecompressSync(p.subarray(0, 9)); } catch (e) { o.cut = e.code; }\n"
         "  return i >= b.length && p.length < 9000 && o.cut === 'Z_BUF_ERROR' ? 'good' : [i, "
         "p.length, o.cut];\n"
         "})()",
     "", "\"good\""},
    {"var z = require('zlib');\n"
     "z.gzip('cb', function (e, r) { console.log(e, r.length > 10);\n"
     "  z.unzip(r, function (e, t) { console.log(new TextDecoder().decode(t)); }); });\n"
     "z.gunzip('no', function (e, r) { console.log(e.code, r); });\n"
     "z.promises.deflate('p').then(z.promises.inflate).then(function (r) { console.log(r[0]); });\n"
     "z.promises.inflate('p').catch(function (e) { console.log(e instanceof Error); });\n"
     "try { z.gzip('a'); } catch (e) { console.log(e.code); }\n;undefined",
     "ERR_INVALID_ARG_TYPE\nnull true\nZ_DATA_ERROR undefined\ntrue\ncb\n112\n", ""},
    {BIG "var s = z.createGzip(), parts = [], n = 0;\n"
         "s.on('data', function (d) { parts.push(d); n += d.length; });\n"
         "s.on('finish', function () { console.log('finish'); });\n"
         "s.on('end', function () { var all = new Uint8Array(n), at = 0;\n"
         "  parts.forEach(function (p) { all.set(p, at); at += p.length; });\n"
         "  console.log(z.gunzipSync(all).length, s.bytesWritten); });\n"
         "s.write(b); s.flush(); s.end(b);\n"
         "var t = z.createGunzip(); t.on('error', function (e) { console.log(e.code); });\n"
         "t.end('nonsense');\n"
         "var g = z.createDeflate({level: 9}), u = z.createInflate(), text = '';\n"
         "g.pipe(u).on('data', function (d) { text += new TextDecoder().decode(d); })\n"
         "  .on('end', function () { console.log(text); });\n"
         "g.write('hello '); g.end('pipe');\n;undefined",
     "Z_DATA_ERROR\nfinish\n3000000 3000000\nhello pipe\n", ""},
    {"var z = require('zlib'), s = z.createGzip(), t = z.createGzip(), d = z.createGunzip();\n"
     "s.on('error', function (e) { console.log(e.code); }); s.end('a'); s.write('b');\n"
     "t.end('a', function () { console.log('done'); });\n"
     "d.on('close', function () { console.log('closed'); }); d.write(z.gzipSync('x')); d.close();\n"
     ";undefined",
     "ERR_STREAM_WRITE_AFTER_END\ndone\nclosed\n", ""},
};

int main(void)
{
    return run_cases("lib/zlib", cases, (int)(sizeof(cases) / sizeof(*cases)));
}

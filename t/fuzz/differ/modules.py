"""Random calls of the Node-compatible modules and of the host's classes, as text of a program.

What is printed is what util.inspect or S() makes of the result, of errors their `name` and `code`."""

import values

HEAD = """const util = require("util"), path = require("path"), url = require("url"), qs = require("querystring"),
    assert = require("assert"), events = require("events"), crypto = require("crypto"), zlib = require("zlib"),
    { StringDecoder } = require("string_decoder");
const I = (tag, fn) => { try { const v = fn(); P(tag, Q(typeof v === "string" ? v : util.inspect(v))); } catch (e) { P(tag, "!" + X(e), e && e.code); } };
"""
TEXTS = [
    '""',
    '"a"',
    '"hello"',
    '"h\\u00e9llo"',
    '"\\u{1F600}"',
    '"\\ud83d"',
    '"a b"',
    '"%41"',
    '"a=1&b=2"',
    '"abc\\n"',
    '"zz"',
    '"0g"',
    '"YWJj"',
    '"YWJj="',
    '"-_-_"',
    '"68656c6c6f"',
    '"\\u20acuro"',
    '"it\\\'s"',
    "'say \"x\"'",
    '"\\0\\x01\\x7f"',
]
ENCODINGS = [
    '"utf8"',
    '"hex"',
    '"base64"',
    '"base64url"',
    '"latin1"',
    '"ascii"',
    '"utf16le"',
    '"ucs2"',
    '"binary"',
    '"UTF-8"',
    "undefined",
    '"bogus"',
]
PATHS = [
    '""',
    '"."',
    '".."',
    '"/"',
    '"/a/b"',
    '"a/b/"',
    '"a//b"',
    '"./a"',
    '"../a/../b"',
    '"/a/../../b"',
    '"a.txt"',
    '".bashrc"',
    '"a.b.c"',
    '"/a.d/b"',
    '"a."',
    '"..."',
    '"//x//y"',
    '"a/./b/../c"',
    '"b/.."',
    '"a/.b"',
    '"\\u00fc/x"',
    "1",
    "null",
    "undefined",
]
URLS = [
    '"http://example.com"',
    '"http://user:pa%20ss@example.com:8080/p/a/t/h?query=string#hash"',
    '"HTTP://EXAMPLE.com:80/%7Efoo/../a b"',
    '"//x/y"',
    '"/p?q#f"',
    '"?a"',
    '"#h"',
    '"mailto:a@b.c"',
    '"file:///c:/x"',
    '"http://[::1]:3000/"',
    '"http://1.2.3.256/"',
    '"http://0x7f.1/"',
    '"http://ex ample.com"',
    '"javascript:alert(1)"',
    '"http://a/b/../../c"',
    '"http://a?b=c&b=d&e"',
    '"data:text/plain,hi"',
    '"http://a:99999"',
    '"http://\\u00e4.de/"',
    '"ws://h:80/x"',
    '"https://h:443/"',
    '"blob:https://a/b"',
    '""',
    '"a:b"',
    '"http:///x"',
    '"http:a"',
    '"ftp://h/%zz"',
    '"http://h/a|b`d{e}"',
    '"http://h/\\u{1F600}?\\u{1F600}#\\u{1F600}"',
    '"file://host/p"',
    '"http://h\\\\p"',
]
FORMATS = [
    "'%s %d'",
    "'%i|%f|%j'",
    "'%O'",
    "'%%%s'",
    "'%c%s'",
    "'no'",
    "'%x %s'",
    "'%s'",
    "'%d'",
    "'%i'",
    "'%f'",
    "'%j'",
    "'a%'",
]
ALGOS = ['"md5"', '"sha1"', '"sha256"', '"sha512"', '"sha224"', '"sha384"']


def text(r):
    return r.choice(TEXTS) if r.random() < 0.8 else values.string(r)


def nested(r, d=3):
    """A value for util.inspect."""
    x = r.random()
    if d <= 0 or x < 0.25:
        return r.choice(
            [
                "1",
                "-0",
                "NaN",
                "1.5",
                "'a'",
                "'it\\'s'",
                "'a\\nb'",
                "'`'",
                "true",
                "null",
                "undefined",
                "Symbol('s')",
                "Symbol()",
                "'\"\\''",
                "new Date(0)",
                "new Date(NaN)",
                "/a/gi",
                "() => 1",
                "function f() {}",
                "Object(1)",
                "Object('ab')",
                "Object(Symbol('q'))",
                "new Uint8Array([1, 2])",
                "new ArrayBuffer(3)",
                "Buffer.from('hi')",
                "Promise.resolve(4)",
                "globalThis === 1",
                "new Boolean(false)",
                "'x'.repeat(%d)" % r.choice([5, 30, 80, 120]),
                "Object.create(null)",
                "Object.create({ a: 1 })",
                "new (class Foo { x = 1 })",
                "new (class extends Map {})",
                "new (class Bar extends Array {})(2)",
                "new Proxy({ a: 1 }, {})",
                "(() => { const o = { a: 1 }; o.self = o; return o; })()",
                "new Error('e').message",
                "Object.assign(() => {}, { p: 1 })",
                "(function () { return arguments; })(1, 2)",
                "process.nextTick.call ? 1 : 2",
                "new Float64Array(2)",
                "Object.assign(Object.create({ constructor: 5 }), { z: 1 })",
            ]
        )
    n = r.choice([0, 1, 2, 3, 3, 5, 8, 30])
    sub = lambda: nested(r, d - 1 if n < 8 else 0)
    if x < 0.5:
        return "[%s]" % ", ".join(sub() if r.random() > 0.06 else "" for _ in range(n))
    if x < 0.75:
        keys = [
            "a",
            "b",
            "'x y'",
            "'1'",
            "c1",
            "[Symbol('k')]",
            "'a-b'",
            "longerName",
            "get g() { return 1 }, h",
            "set s(v) {}, i",
            "'\\n'",
            "__proto__x",
        ]
        return "{ %s }" % ", ".join("%s: %s" % (r.choice(keys), sub()) for _ in range(n))
    if x < 0.85:
        return "new Map([%s])" % ", ".join("[%s, %s]" % (nested(r, 0), sub()) for _ in range(n))
    if x < 0.93:
        return "new Set([%s])" % ", ".join(sub() for _ in range(n))
    return "Object.assign([%s], { %s: %s })" % (sub(), r.choice(["k", "'-1'", "'x y'"]), sub())


def options(r):
    opts = [
        "depth: %s" % r.choice(["0", "1", "5", "null", "Infinity"]),
        "compact: %s" % r.choice(["true", "false", "1", "3", "0"]),
        "breakLength: %s" % r.choice(["40", "80", "120", "Infinity"]),
    ]
    return "{ %s }" % ", ".join(r.sample(opts, r.choice([0, 0, 0, 1, 1, 2])))


def inspect(r):
    x = r.random()
    if x < 0.6:
        return "util.inspect(%s, %s)" % (nested(r), options(r))
    if x < 0.85:
        return "util.format(%s)" % ", ".join(
            [r.choice(FORMATS)] + [nested(r, 1) for _ in range(r.randint(0, 3))]
        )
    if x < 0.93:
        return "util.isDeepStrictEqual(%s, %s)" % (
            (nested(r, 2),) * 2 if r.random() < 0.5 else (nested(r, 2), nested(r, 2))
        )
    return r.choice(
        [
            "util.types.isMap(%s)",
            "util.types.isDate(%s)",
            "util.types.isProxy(%s)",
            "util.types.isTypedArray(%s)",
            "util.types.isBoxedPrimitive(%s)",
            "util.types.isPromise(%s)",
            "util.inspect([%s], false, 0)",
            "util.types.isGeneratorFunction(%s)",
            "util.stripVTControlCharacters(String(typeof %s))",
        ]
    ) % nested(r, 1)


def buffer(r):
    i = lambda: values.index(r)
    enc = lambda: r.choice(ENCODINGS)
    make = lambda: r.choice(
        [
            "Buffer.from(%s, %s)" % (text(r), enc()),
            "Buffer.from([1, 2, 256, -1, 3.7, 'x'])",
            "Buffer.alloc(%s)" % r.choice(["0", "3", "5, 'ab'", "4, 1", "3, ''"]),
            "Buffer.from('buffer test')",
            "Buffer.concat([Buffer.from('ab'), Buffer.from('cd')]%s)"
            % r.choice(["", ", 3", ", 6", ", 0"]),
            "Buffer.from(new Uint16Array([1, 500]))",
            "Buffer.from(new Uint8Array([5, 6, 7]).buffer, 1)",
        ]
    )
    calls = [
        "%s.toString(%s)" % (make(), ", ".join([enc(), i(), i()][: r.randint(0, 3)])),
        "%s.slice(%s, %s)" % (make(), i(), i()),
        "%s.indexOf(%s, %s)"
        % (make(), r.choice([text(r), "98", "Buffer.from('t')", "256 + 98", "-1"]), i()),
        "%s.lastIndexOf(%s, %s)" % (make(), r.choice([text(r), "98", "Buffer.from('e')"]), i()),
        "%s.includes(%s)" % (make(), text(r)),
        "%s.equals(%s)" % (make(), make()),
        "%s.compare(%s)" % (make(), make()),
        "Buffer.compare(%s, %s)" % (make(), make()),
        "(b => [b.fill(%s, %s, %s), b])(%s)"
        % (
            r.choice([text(r), "5", "'ab'", "''", "'zz', 'hex'", "Buffer.from('q')", "1.9", "-1"]),
            i(),
            i(),
            make(),
        ),
        "(b => [b.write(%s), b])(%s)"
        % (
            ", ".join(
                [text(r), r.choice(["0", "1", "2", "9"]), r.choice(["1", "2", "20"]), enc()][
                    : r.randint(1, 4)
                ]
            ),
            make(),
        ),
        "(b => [b.copy(Buffer.alloc(3), %s, %s, %s), b])(%s)" % (i(), i(), i(), make()),
        "%s.toJSON()" % make(),
        "Buffer.byteLength(%s, %s)" % (text(r), enc()),
        "%s.%s(%s)"
        % (
            make(),
            r.choice(
                [
                    "readUInt8",
                    "readInt8",
                    "readUInt16LE",
                    "readUInt16BE",
                    "readInt32BE",
                    "readUInt32LE",
                    "readFloatLE",
                    "readDoubleBE",
                    "readInt16LE",
                ]
            ),
            r.choice(["", "0", "1", "-1", "2", "100", "1.5", "'1'", "null"]),
        ),
        "%s.%s(0, %s)"
        % (
            make(),
            r.choice(["readUIntBE", "readIntLE", "readUIntLE", "readIntBE"]),
            r.choice(["1", "2", "3", "6", "7", "0"]),
        ),
        "(b => [b.%s(%s, %s), b])(Buffer.alloc(8))"
        % (
            r.choice(
                [
                    "writeUInt8",
                    "writeInt16BE",
                    "writeUInt32LE",
                    "writeInt32LE",
                    "writeFloatBE",
                    "writeDoubleLE",
                ]
            ),
            values.number(r),
            r.choice(["0", "1", "7", "-1", "8"]),
        ),
        "Buffer.isEncoding(%s)" % enc(),
        "Buffer.isBuffer(%s)" % nested(r, 0),
        "(b => [b.swap16(), b])(%s)" % make(),
        "(b => [b.reverse(), b.length])(%s)" % make(),
        "%s.subarray(%s).toString('latin1')" % (make(), i()),
        "[...%s.entries()]" % make(),
        "Buffer.from(%s)" % values.v(r),
        "%s.toString().length" % make(),
        "(d => [d.write(%s.subarray(0, 3)), d.write(Buffer.from(%s)), d.end()])(new StringDecoder(%s))"
        % (make(), text(r), enc()),
        "%s + ''" % make(),
        "btoa(%s)" % text(r),
        "atob(%s)" % text(r),
        "new TextEncoder().encode(%s)" % text(r),
        "new TextDecoder(%s).decode(%s)"
        % (r.choice(["", "'utf-8', { fatal: true }", "'utf-16le'", "'latin1'", "'nope'"]), make()),
    ]
    return r.choice(calls)


def paths(r):
    p = lambda: r.choice(PATHS)
    where = r.choice(["path", "path", "path", "path.posix"])
    return (
        where
        + "."
        + r.choice(
            [
                "join(%s)" % ", ".join(p() for _ in range(r.randint(0, 4))),
                "normalize(%s)" % p(),
                "dirname(%s)" % p(),
                "basename(%s%s)" % (p(), r.choice(["", ", '.txt'", ", 'b'", ", 'a.txt'", ", ''"])),
                "extname(%s)" % p(),
                "parse(%s)" % p(),
                "format({ dir: %s, base: %s })" % (p(), p()),
                "format({ root: '/', name: 'x', ext: %s })" % r.choice(["'.y'", "'y'"]),
                "isAbsolute(%s)" % p(),
                "relative('/' + %s, '/' + %s)" % (p(), p()),
                "resolve('/', %s, %s)" % (p(), p()),
            ]
        )
    )


def urls(r):
    u = lambda: r.choice(URLS)
    full = lambda: "new URL(%s%s)" % (u(), ", " + u() if r.random() < 0.5 else "")
    part = r.choice(
        [
            "protocol",
            "username",
            "password",
            "host",
            "hostname",
            "port",
            "pathname",
            "search",
            "hash",
            "href",
        ]
    )
    return r.choice(
        [
            full() + ".href",
            "(u => { u.%s = %s; return u.href; })(%s)"
            % (
                part,
                r.choice([text(r), "'8080'", "'x:1'", "'http'", "'?q=1'", "'#z'", u()]),
                full(),
            ),
            "(u => ['protocol', 'username', 'password', 'host', 'port', 'pathname', 'search', 'hash', 'origin'].map(k => u[k]))(%s)"
            % full(),
            full(),
            "(p => { p.append(%s, %s); p.sort(); return [String(p), [...p], p.get('a'), p.getAll('b'), p.has(%s), p.size]; })(new URLSearchParams(%s))"
            % (
                text(r),
                text(r),
                text(r),
                r.choice(
                    [
                        text(r),
                        "'?a=1&b=2&b=3&c'",
                        "{ a: 1, b: 'x y' }",
                        "[['a', 'b'], ['a', 'c']]",
                        "'a=%zz&b+c=d%20e&=f'",
                        "new Map([['m', 1]])",
                    ]
                ),
            ),
            "url.parse(%s%s)" % (u(), r.choice(["", "", ", true"])),
            "url.format(%s)" % r.choice([u(), "new URL(%s)" % u()]),
            "URL.canParse(%s)" % u(),
            "qs.parse(%s%s)"
            % (
                r.choice(
                    [
                        "'a=1&b=2&a=3'",
                        "'a=%20b&c'",
                        "'=x&&y='",
                        "'a=%zz'",
                        text(r),
                        "'a:1;b:2', ';', ':'",
                        "'a=b=c'",
                    ]
                ),
                "",
            ),
            "qs.stringify(%s)"
            % r.choice(
                [
                    "{ a: [1, 2], b: 'x y', c: '' }",
                    "{ a: true, n: NaN, u: undefined, o: {} }",
                    "{ '\\u00e4': '&=' }",
                    "[]",
                    text(r),
                ]
            ),
            "qs.escape(%s)" % text(r),
            "qs.unescape(%s)" % text(r),
            "url.fileURLToPath(%s)" % u(),
            "url.pathToFileURL('/' + %s).href" % text(r),
            "url.domainToASCII(%s)" % r.choice(["'\\u00e4.de'", "'xn--iñvalid.com'", "'a.b'"]),
            "url.urlToHttpOptions(new URL(%s)).path" % u(),
        ]
    )


def misc(r):
    a, b = nested(r, 2), nested(r, 2)
    same = r.random() < 0.4
    b = a if same else b
    return r.choice(
        [
            "assert.%s(%s, %s)"
            % (
                r.choice(
                    [
                        "equal",
                        "strictEqual",
                        "deepEqual",
                        "deepStrictEqual",
                        "notDeepEqual",
                        "notStrictEqual",
                        "notDeepStrictEqual",
                    ]
                ),
                a,
                b,
            ),
            "assert.throws(() => { throw new TypeError('x'); }, %s)"
            % r.choice(
                [
                    "TypeError",
                    "/x/",
                    "RangeError",
                    "{ name: 'TypeError' }",
                    "{ message: 'y' }",
                    "e => true",
                ]
            ),
            "assert(%s)" % a,
            "assert.match(%s, /a/)" % text(r),
            "assert.ifError(%s)" % r.choice(["null", "undefined", "new Error('q')", "0"]),
            "(e => { const o = []; e.on('a', (...x) => o.push(1, x)); e.once('a', () => o.push(2)); e.prependListener('a', () => o.push(0)); e.emit('a', %s); e.emit('a'); return [o, e.listenerCount('a'), e.eventNames()]; })(new events())"
            % nested(r, 0),
            "new events().emit('error', %s)" % r.choice(["new TypeError('z')", "5", "undefined"]),
            "new events().on('x', %s)" % nested(r, 0),
            "crypto.createHash(%s).update(%s).digest(%s)"
            % (
                r.choice(ALGOS + ["'nope'"]),
                r.choice([text(r), "Buffer.from('ab')", "5", "new Uint8Array(2)"]),
                r.choice(["'hex'", "'base64'", "", "'base64url'", "'latin1'"]),
            ),
            "crypto.createHmac(%s, %s).update(%s).digest('hex')"
            % (r.choice(ALGOS), text(r), text(r)),
            "crypto.pbkdf2Sync(%s, %s, %s, %s, 'sha256').toString('hex')"
            % (text(r), text(r), r.choice(["1", "2"]), r.choice(["8", "0", "33"])),
            "crypto.timingSafeEqual(Buffer.from(%s), Buffer.from(%s))" % (text(r), text(r)),
            "crypto.randomBytes(%s).length" % r.choice(["0", "5", "-1", "'3'"]),
            "zlib.%s(zlib.%s(%s)).toString()"
            % (
                r.choice(
                    [
                        ("gunzipSync", "gzipSync"),
                        ("inflateSync", "deflateSync"),
                        ("inflateRawSync", "deflateRawSync"),
                        ("unzipSync", "gzipSync"),
                        ("brotliDecompressSync", "brotliCompressSync"),
                        ("gunzipSync", "deflateSync"),
                        ("inflateSync", "gzipSync"),
                    ]
                )
                + (r.choice([text(r), "'ab'.repeat(500)", "Buffer.alloc(3)"]),)
            ),
            "zlib.gunzipSync(%s)" % r.choice(["Buffer.alloc(5)", "Buffer.from('1f8b', 'hex')"]),
            "zlib.crc32 ? 1 : 1",
            "structuredClone(%s)" % nested(r, 3),
            "new AbortController().abort(%s)" % nested(r, 0),
            "AbortSignal.abort().reason.name",
            "(t => { let n = []; t.addEventListener('a', e => n.push(e.type, e.cancelable), { once: true }); return [t.dispatchEvent(new Event('a')), t.dispatchEvent(new Event('a')), n]; })(new EventTarget())",
            "util.inherits(function A() {}, %s)" % nested(r, 0),
            "util.deprecate(() => %s, 'x')()" % nested(r, 0),
            "util.promisify(%s)" % nested(r, 0),
            "util.styleText ? 1 : 1",
            "util.toUSVString(%s)" % text(r),
            "new Blob([%s]).size" % text(r),
            "util.parseArgs({ args: ['-f', '--bar', 'b'], options: { f: { type: 'boolean', short: 'f' }, bar: { type: 'string' } } })"
            if r.random() < 0.05
            else "util.isArray(%s)" % nested(r, 0),
            "queueMicrotask(%s)" % nested(r, 0),
            "clearTimeout(%s)" % nested(r, 0),
            "typeof setTimeout(%s)" % r.choice(["() => {}", "1", "'x'", "null"]),
        ]
    )


def calls(rng):
    lines = []
    for i in range(40):
        kind = rng.choice([inspect, inspect, buffer, buffer, paths, urls, urls, misc])
        lines.append('I("%d", () => %s);' % (i, kind(rng)))
    return HEAD + "\n".join(lines)

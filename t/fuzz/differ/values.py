"""Random values and calls of the built-in library as text of a program."""

NUMBERS = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-0",
    "NaN",
    "Infinity",
    "-Infinity",
    "1.5",
    "-2.5",
    "0.1",
    "255",
    "256",
    "65535",
    "2**31",
    "2**32",
    "2**53",
    "-(2**31)",
    "1e21",
    "1e-7",
    "123456789",
    "5e-324",
    "0xff",
    "0b101",
    "0o17",
    "1_000",
    ".5",
    "99.995",
]
STRINGS = [
    '""',
    '"a"',
    '"abc"',
    '"0"',
    '"-1"',
    '"1.5"',
    '" 12 "',
    '"\\u{1F600}x"',
    '"\\ud83d"',
    '"aXbXc"',
    '"\\n\\t "',
    '"length"',
    '"\\u00e9"',
    '"e\\u0301"',
    '"\\u0130"',
    '"\\u00df"',
    '"aaa"',
    '"foo bar"',
    '"1e3"',
    '"0x1f"',
    '"NaN"',
    '"$1$&$$"',
    '"a,b,,c"',
    '"\\0"',
    '"\\u03a3A\\u03a3"',
    '"\\ufeff x"',
]
INDEX = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "-2",
    "-0",
    "NaN",
    "Infinity",
    "-Infinity",
    "1.7",
    "undefined",
    '"1"',
    "null",
    "5",
    "100",
]
CALLBACKS = [
    "x => x",
    "(x, i) => i",
    "x => x > 1",
    "x => typeof x",
    "(a, b) => a + b",
    "x => !x",
    "(x, i, a) => a.length",
    "x => [x, x]",
    "(a, b) => b - a",
    "() => { throw new TypeError }",
    "(...a) => a.length",
    "x => [[x]]",
    "() => undefined",
    "x => String(x)",
]
COMPARE = [
    "(a, b) => a - b",
    "(a, b) => b < a ? -1 : 1",
    "undefined",
    "(a, b) => 0",
    "(a, b) => String(a).length - String(b).length",
    "(a, b) => NaN",
]


def number(r):
    return (
        "(%s)" % r.choice(NUMBERS)
        if r.random() < 0.9
        else "%d" % r.randint(-50, 5000)
        if r.random() < 0.5
        else "(%r)" % r.uniform(-1e6, 1e6)
    )


def string(r):
    if r.random() < 0.7:
        return r.choice(STRINGS)
    return '"%s"' % "".join(
        r.choice(["a", "b", "A", "1", " ", "-", "\\u00fc", ".", "z"])
        for _ in range(r.randint(0, 8))
    )


def value(r, d=1):
    x = r.random()
    if x < 0.3:
        return number(r)
    if x < 0.6:
        return string(r)
    if x < 0.75 or d <= 0:
        return r.choice(
            [
                "true",
                "false",
                "null",
                "undefined",
                "Symbol.iterator",
                "{}",
                "[]",
                "new Date(86400000)",
                "/a/g",
                "() => 1",
                "({ valueOf() { return 3; } })",
                "({ toString() { return 'ts'; } })",
                "new Map([[1, 2]])",
                "new Set([1, 2])",
                "Object(1)",
                "Object('s')",
                "new Uint8Array([1, 2, 3])",
            ]
        )
    if x < 0.88:
        return array(r, d - 1)
    return "{ %s }" % ", ".join(
        "%s: %s" % (r.choice(["a", "b", "c", "1", "0", "'x y'"]), value(r, d - 1))
        for _ in range(r.randint(0, 3))
    )


def array(r, d=1):
    x = r.random()
    if x < 0.1:
        return "new Array(%d)" % r.randint(0, 4)
    return "[%s]" % ", ".join(
        "" if r.random() < 0.08 else value(r, d) for _ in range(r.randint(0, 5))
    )


def index(r):
    return r.choice(INDEX)


def callback(r):
    return r.choice(CALLBACKS)


def v(r):
    return value(r)


def regexp(r):
    return pattern(r)


def small(r):
    return r.choice(["0", "1", "2", "3", "-1", "NaN", "undefined", "1.9", "5", '"2"'])


def radix(r):
    return r.choice(["2", "8", "10", "16", "36", "3", "undefined", "0", "37", "1"])


# --- regular expressions
def atom(r, flags, d):
    x = r.random()
    if x < 0.45:
        return r.choice(["a", "b", "c", "1", " ", "x", "A", "\\u00e9" if "u" in flags else "b"])
    if x < 0.6:
        return r.choice(
            [
                ".",
                "\\d",
                "\\w",
                "\\s",
                "\\D",
                "\\W",
                "\\S",
                "\\b",
                "\\B",
                "^",
                "$",
                "\\x41",
                "\\n",
                "\\.",
            ]
        )
    if x < 0.72:
        return "[%s%s%s]" % (
            "^" if r.random() < 0.3 else "",
            "".join(
                r.choice(["a-c", "0-9", "x", "\\d", "\\w", "A-Z", "\\s", "b"])
                for _ in range(r.randint(1, 3))
            ),
            "-" if r.random() < 0.1 else "",
        )
    if x < 0.76 and "u" in flags:
        return r.choice(
            ["\\p{L}", "\\P{L}", "\\p{Lu}", "\\p{Script=Greek}", "\\u{1F600}", "\\p{Emoji}"]
        )
    if d <= 0:
        return "a"
    kind = r.choice(["(", "(", "(", "(?:", "(?=", "(?!", "(?<=", "(?<!", "(?<N>"])
    if kind == "(?<N>":
        kind = "(?<n%d>" % r.randint(0, 999999)
    return kind + disjunction(r, flags, d - 1) + ")"


def term(r, flags, d):
    a = atom(r, flags, d)
    if (
        r.random() < 0.35
        and not a.startswith(("(?=", "(?!", "(?<=", "(?<!"))
        and a not in ("^", "$", "\\b", "\\B")
    ):
        a += r.choice(["*", "+", "?", "{2}", "{1,2}", "{0,}", "*?", "+?", "??", "{1,3}?"])
    if r.random() < 0.05 and d < 2:
        a += "\\1" if "u" not in flags else ""
    return a


def disjunction(r, flags, d):
    alts = [
        "".join(term(r, flags, d) for _ in range(r.randint(0 if d else 1, 3)))
        for _ in range(r.choice([1, 1, 1, 2, 3]))
    ]
    return "|".join(alts)


def pattern(r, extra=""):
    flags = "".join(f for f in "dgimsuy" if r.random() < 0.25)
    if extra and extra not in flags:
        flags = "".join(sorted(flags + extra))
    text = disjunction(r, flags, 2) or "a"
    if text.startswith(("*", "/")):
        text = "a" + text
    return "/%s/%s" % (text, flags)


def subject(r):
    return '"%s"' % "".join(
        r.choice(
            [
                "a",
                "b",
                "c",
                "1",
                " ",
                "x",
                "A",
                "ab",
                "abc",
                "\\n",
                "\\u00e9",
                "\\u{1F600}",
                "_",
                "aa",
                ".",
            ]
        )
        for _ in range(r.randint(0, 10))
    )


def re_call(r):
    s = subject(r)
    x = r.random()
    if x < 0.3:
        return (
            "(re => { const m = []; for (let i = 0; i < 4; i++) { const k = re.exec(%s); m.push("
            "re.lastIndex, k && [...k], k && k.index, k && k.groups && { ...k.groups }, k && k.indices && [...k.indices]); } "
            "return m; })(%s)" % (s, pattern(r))
        )
    if x < 0.45:
        return "%s.replace(%s, %s)" % (
            s,
            pattern(r),
            r.choice(
                [
                    '"[$&]"',
                    '"<$1>"',
                    '"$`|$\'"',
                    '"$$"',
                    "(...a) => S(a)",
                    '"$<n>"',
                    '"$2$1"',
                    '"$01"',
                ]
            ),
        )
    if x < 0.55:
        return "%s.replaceAll(%s, %s)" % (s, pattern(r, "g"), r.choice(['"[$&]"', "x => x + x"]))
    if x < 0.65:
        return "%s.split(%s%s)" % (s, pattern(r), r.choice(["", "", ", 2", ", 0", ", -1"]))
    if x < 0.75:
        return "%s.match(%s)" % (s, pattern(r))
    if x < 0.85:
        return "[...%s.matchAll(%s)].map(m => [...m, m.index])" % (s, pattern(r, "g"))
    if x < 0.92:
        return "%s.search(%s)" % (s, pattern(r))
    return "(r => [r.source, r.flags, String(r)])(%s)" % pattern(r)


# --- methods: name and the kinds of its arguments; what begins with ? may be left out
ARRAY = """at i|concat v ?v|copyWithin i i ?i|every c|fill v ?i ?i|filter c|find c|findIndex c
findLast c|findLastIndex c|flat ?n|flatMap c|includes v ?i|indexOf v ?i|join ?s|lastIndexOf v ?i|map c|pop
push v ?v|reduce r ?v|reduceRight r ?v|reverse|shift|slice ?i ?i|some c|sort ?o|splice i ?n ?v ?v|toReversed
toSorted ?o|toSpliced i ?n ?v|toString|unshift v ?v|with i v|forEach c|hasOwnProperty i"""
STRING = """at i|charAt i|charCodeAt i|codePointAt i|concat v ?v|endsWith s ?i|includes s ?i
indexOf s ?i|lastIndexOf s ?i|normalize|padEnd n ?s|padStart n ?s|repeat n|replace s s
replaceAll s s|search e|slice ?i ?i|split s ?n|startsWith s ?i|substring i ?i|substr i ?i|toLowerCase
toUpperCase|trim|trimStart|trimEnd|toString|valueOf|match e|big|anchor s|hasOwnProperty i"""
NUMBER = """toString ?x|toFixed ?n|toExponential ?n|toPrecision ?n|valueOf|toLocaleString"""
DATE = """getTime|toISOString|toJSON|getUTCDay|getUTCFullYear|setUTCFullYear m ?m ?m|setUTCMonth m ?m
setUTCDate m|setUTCHours m ?m ?m ?m|setUTCMinutes m|setUTCSeconds m ?m|setUTCMilliseconds m|toString|toUTCString
toDateString|toTimeString|getTimezoneOffset|setTime v|getYear|setYear m|getDay|getHours|setMonth m ?m|setHours m ?m
valueOf|setDate m|setMinutes m ?m"""
TYPED = """at i|copyWithin i i ?i|every c|fill v ?i ?i|filter c|find c|findLast c|includes v ?i
indexOf v ?i|join ?s|lastIndexOf v ?i|map c|reduce r ?v|reverse|set a ?i|slice ?i ?i|some c|sort ?o|subarray ?i ?i
toReversed|toSorted ?o|toString|with i v|findLastIndex c|byteLength"""
MAP = "delete v|forEach c|get v|has v|set v v|clear"
SET = "add v|delete v|has v|forEach c|clear"
OBJECT = """keys a|values a|entries a|assign a v ?v|freeze v|isFrozen v|isSealed v|seal v|getOwnPropertyNames v
getOwnPropertyDescriptors v|getPrototypeOf v|fromEntries a|is v v|hasOwn v s|preventExtensions v|isExtensible v
create p ?D|defineProperty a s d|defineProperties a D|setPrototypeOf a p|getOwnPropertySymbols v|entries s"""
REFLECT = """apply c v a|construct K a|defineProperty a s d|deleteProperty a s|get v s ?v|getOwnPropertyDescriptor v s
getPrototypeOf v|has a s|isExtensible v|ownKeys v|preventExtensions a|set a s v ?v|setPrototypeOf a p"""
MATH = """abs v|ceil v|floor v|round v|sign v|trunc v|max v ?v ?v|min v ?v|clz32 v|fround v|imul v v|sqrt v|hypot v ?v
cbrt v|log2 v|atan2 v v|pow v v|sin v|exp v|log1p v|tanh v|expm1 v"""
NUM_STATIC = "isInteger v|isSafeInteger v|isFinite v|isNaN v|parseFloat v|parseInt v ?x"
STR_STATIC = "fromCharCode v ?v|fromCodePoint m ?m|raw R ?v"
ARR_STATIC = "from a ?c|of v ?v|isArray v|from L"
JSON_ = "stringify v ?J ?q|parse t ?Q|stringify a J q"
GLOBAL = """parseInt v ?x|parseFloat v|Number v|String v|Boolean v|isNaN v|encodeURIComponent s|decodeURIComponent U
encodeURI s|decodeURI U|escape s|unescape U|Array v ?v|Object v|Symbol s|Date.UTC m ?m ?m|Date.parse T|structuredClone v"""

KINDS = {
    "i": index,
    "v": v,
    "c": callback,
    "s": lambda r: string(r) if r.random() < 0.8 else v(r),
    "n": small,
    "x": radix,
    "e": regexp,
    "a": lambda r: array(r) if r.random() < 0.9 else v(r),
    "r": lambda r: r.choice(["(a, b) => a + b", "(a, b, i) => [a, b, i]", "(a, b) => b"]),
    "o": lambda r: r.choice(COMPARE),
    "m": lambda r: r.choice(
        [
            "0",
            "1",
            "-1",
            "12",
            "31",
            "59",
            "2024",
            "1970",
            "99",
            "NaN",
            "1.9",
            "1e9",
            "275760",
            '"3"',
            "undefined",
        ]
    ),
    "p": lambda r: r.choice(
        ["null", "{ a: 1 }", "Array.prototype", "undefined", "1", "class { a() {} }"]
    ),
    "d": lambda r: r.choice(
        [
            "{ value: 1 }",
            "{ get() { return 5; }, configurable: true }",
            "{}",
            "1",
            "{ value: 2, writable: true, enumerable: true }",
            "{ get: 1 }",
            "{ set(v) {}, enumerable: true }",
            "{ value: 1, get() {} }",
        ]
    ),
    "D": lambda r: "{ a: { value: 1, enumerable: true }, b: { get() { return this.a; } } }",
    "K": lambda r: r.choice(
        [
            "Array",
            "class { constructor(...a) { this.a = a; } }",
            "Date",
            "() => 1",
            "Map",
            "function (x) { this.x = x; }",
            "Proxy",
            "Uint8Array",
        ]
    ),
    "R": lambda r: r.choice(
        ["{ raw: 'abc' }", "{ raw: ['x', 'y'] }", "1", "{ raw: { length: 2, 0: 'p', 1: 'q' } }"]
    ),
    "L": lambda r: r.choice(
        [
            "{ length: 2, 0: 'a' }, x => x",
            "'a\\u{1F600}b'",
            "new Map([[1, 2]])",
            "{ length: 3 }, (x, i) => i",
            "new Set('aab')",
            "null",
            "5",
        ]
    ),
    "J": lambda r: r.choice(
        [
            "null",
            "['a', 'b', 1]",
            "(k, v) => typeof v === 'number' ? v + 1 : v",
            "function (k, v) { return k === 'a' ? undefined : v; }",
            "[]",
            "(k, v) => k",
        ]
    ),
    "q": lambda r: r.choice(["2", '"\\t"', "0", "'--'", "11", "'12345678901'", "undefined", "1.9"]),
    "t": lambda r: r.choice(
        [
            "'[1,2,{\"a\":null}]'",
            '\'{"a":1,"a":2}\'',
            "'1'",
            "' \"x\" '",
            "'[1,]'",
            "'{a:1}'",
            "''",
            "'-0'",
            "'01'",
            "'1e5'",
            "'\"\\\\u0041\\\\n\"'",
            "'{\"__proto__\":1}'",
            "'nul'",
            "'[[[]]]'",
            "'\"\\n\"'",
            '\'{"b":[1,{"c":2}]}\'',
            "'1.'",
            "'.5'",
            "'\\u00a01'",
            "'-'",
        ]
    ),
    "Q": lambda r: r.choice(
        [
            "(k, v) => v",
            "(k, v) => typeof v === 'number' ? v * 2 : v",
            "function (k, v) { return k === '1' ? undefined : v; }",
            "(k, v) => k",
        ]
    ),
    "T": lambda r: r.choice(
        [
            "'2024-02-30'",
            "'2024-02-29T12:00:00Z'",
            "'2024-01-01'",
            "'2024'",
            "'2024-13-01'",
            "'+012024-01-01T00:00:00.000Z'",
            "'2024-01-01T10:00'",
            "'2024-01-01T10:00:00+02:00'",
            "'x'",
            "'2024-01-01T24:00:00Z'",
            "'2024-01-01T10:00:00.123456Z'",
            "'-000000-01-01T00:00:00Z'",
            "'Thu, 01 Jan 1970 00:00:00 GMT'",
            "'Thu Jan 01 1970 00:00:00 GMT+0000'",
            "''",
            "'2024-1-1'",
            "'Jan 5, 2024'",
            "'2024-01-01T10:00:00 Z'",
            "'5 Feb 2023 10:11'",
            "'2024/03/04'",
            "'2024-02-29 12:00'",
            "'Tue Mar 01 2022 10:00:00 GMT+0100 (CET)'",
        ]
    ),
    "U": lambda r: r.choice(
        [
            "'%41%20'",
            "'%E4%BD%A0'",
            "'%'",
            "'%u0041'",
            "'%ff'",
            "'a%2Fb'",
            "'%F0%9F%98%80'",
            "'%C0%80'",
        ]
    ),
}


def table(text):
    return [m.split() for m in text.replace("\n", "|").split("|") if m.strip()]


RECEIVERS = [
    (5, "array", table(ARRAY), lambda r: array(r)),
    (5, "string", table(STRING), string),
    (2, "number", table(NUMBER), number),
    (
        2,
        "date",
        table(DATE),
        lambda r: "new Date(%s)"
        % r.choice(
            [
                "0",
                "1e12",
                "NaN",
                "2024, 1, 29",
                "'2024-05-06T07:08:09Z'",
                "-1",
                "8.64e15",
                "99, 0",
                "2020, 5, 31, 12, 30, 15, 500",
            ]
        ),
    ),
    (
        2,
        "typed",
        table(TYPED),
        lambda r: "new %s(%s)"
        % (
            r.choice(
                [
                    "Uint8Array",
                    "Int16Array",
                    "Float64Array",
                    "Uint8ClampedArray",
                    "Float32Array",
                    "Int32Array",
                    "Uint32Array",
                ]
            ),
            r.choice(
                [
                    "[1, 2, 3]",
                    "[-1.5, 300, NaN, 0]",
                    "3",
                    "new Set([5, 4])",
                    "[2**31, -(2**31), 1e10]",
                    "[]",
                ]
            ),
        ),
    ),
    (1, "map", table(MAP), lambda r: "new Map([[1, 2], [NaN, 'n'], [-0, 'z'], ['a', {}]])"),
    (1, "set", table(SET), lambda r: "new Set([1, NaN, 0, 'a'])"),
]
STATICS = [
    (4, "Object", table(OBJECT)),
    (3, "Reflect", table(REFLECT)),
    (3, "Math", table(MATH)),
    (1, "Number", table(NUM_STATIC)),
    (1, "String", table(STR_STATIC)),
    (1.5, "Array", table(ARR_STATIC)),
    (2.5, "JSON", table(JSON_)),
    (3, "", table(GLOBAL)),
]


def arguments(r, kinds, other):
    out = []
    for k in kinds:
        if k[0] == "?":
            if r.random() < 0.5:
                break
            k = k[1:]
        out.append(
            other() if other and r.random() < 0.15 else v(r) if r.random() < 0.05 else KINDS[k](r)
        )
    return ", ".join(out)


def weighted(r, rows):
    x = r.uniform(0, sum(row[0] for row in rows))
    for row in rows:
        x -= row[0]
        if x <= 0:
            return row
    return rows[-1]


def one_call(r, other=None):
    """One call of the library; `other` gives values of the program."""
    x = r.random()
    if x < 0.12:
        return re_call(r)
    if x < 0.55:
        _, kind, methods, make = weighted(r, RECEIVERS)
        name, *kinds = r.choice(methods)
        if name == "byteLength":
            return "(%s).byteLength" % make(r)
        if kind in ("map", "set") or r.random() < 0.3 and kind in ("array", "date", "typed"):
            return "(o => [o.%s(%s), o])(%s)" % (name, arguments(r, kinds, other), make(r))
        if r.random() < 0.06 and kind in ("array", "string"):
            return "%s.prototype.%s.call(%s)" % (
                "Array" if kind == "array" else "String",
                name,
                ", ".join(x for x in (v(r), arguments(r, kinds, other)) if x),
            )
        return "(%s).%s(%s)" % (make(r), name, arguments(r, kinds, other))
    _, name, methods = weighted(r, STATICS)
    method, *kinds = r.choice(methods)
    text = "%s%s(%s)" % (name + "." if name else "", method, arguments(r, kinds, other))
    return "N(%s)" % text if name == "Math" else text


def library(p, d, fn):
    """A call of the library in a program."""
    return one_call(p.r, lambda: p.e(d, fn))


def calls(rng):
    """A program of calls alone."""
    return "\n".join('T("%d", () => %s);' % (i, one_call(rng)) for i in range(40))


def regexps(rng):
    return "\n".join('T("%d", () => %s);' % (i, re_call(rng)) for i in range(40))

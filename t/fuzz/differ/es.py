"""Random programs of the language: valid ES2023 that ends and tells at each step what it does.

A program is the body of a function. Names are never declared twice; every loop counts down and every
function body begins with F(), which throws when a program has run long enough. `Fn` is what is allowed
at a place: yield, await, super, private names, labels."""

from values import number, string, library

KEYS = ["a", "b", "c", "k", "0", "1", "length", "x y"]
BINARY = [
    "+",
    "-",
    "*",
    "/",
    "%",
    "&",
    "|",
    "^",
    "<<",
    ">>",
    ">>>",
    "==",
    "!=",
    "===",
    "!==",
    "<",
    ">",
    "<=",
    ">=",
]
ASSIGN = [
    "+=",
    "-=",
    "*=",
    "/=",
    "%=",
    "**=",
    "&=",
    "|=",
    "^=",
    "<<=",
    ">>=",
    ">>>=",
    "&&=",
    "||=",
    "??=",
]


class Fn:
    """What a place in the program allows."""

    def __init__(self, **kw):
        self.gen = self.asy = self.home = self.sup = self.derived = self.noargs = False
        self.noawait = False
        self.privates = ()
        self.labels = ()
        self.loop = self.switch = False
        self.arrow = False
        self.__dict__.update(kw)

    def but(self, **kw):
        return Fn(**{**self.__dict__, **kw})


class Program:
    def __init__(self, rng):
        self.r = rng
        self.n = 0
        self.scopes = [[]]
        self.consts = set()
        self.size = 0
        self.strict = False

    # --- names
    def fresh(self, base="v"):
        self.n += 1
        return "%s%d" % (base, self.n)

    def declare(self, name):
        self.scopes[-1].append(name)
        return name

    def names(self):
        return [n for s in self.scopes for n in s]

    def var(self):
        known = self.names()
        return self.r.choice(known[-12:]) if known else "undefined"

    def tag(self):
        self.n += 1
        return '"t%d"' % self.n

    def pick(self, *pairs):
        total = sum(w for w, _ in pairs)
        x = self.r.uniform(0, total)
        for w, f in pairs:
            x -= w
            if x <= 0:
                return f
        return pairs[-1][1]

    def some(self, lo, hi, f):
        return [f() for _ in range(self.r.randint(lo, hi))]

    def chance(self, p):
        return self.r.random() < p

    # --- expressions
    def atom(self, fn):
        return self.pick(
            (3, lambda: number(self.r)),
            (3, lambda: string(self.r)),
            (6, self.var),
            (1, lambda: self.r.choice(["true", "false", "null", "undefined"])),
            (0.5, lambda: "this" if fn.home or self.strict else "0"),
            (0.4, lambda: "arguments.length" if not fn.noargs else "0"),
            (0.3, lambda: "typeof new.target" if not fn.noargs else "1"),
        )()

    def e(self, d, fn):
        """An expression that may stand anywhere, in parentheses where it must."""
        self.size += 1
        if d <= 0 or self.size > 700:
            return self.atom(fn)
        d -= 1
        choices = [
            (4, lambda: self.atom(fn)),
            (4, lambda: "L(%s, %s)" % (self.tag(), self.e(d, fn))),
            (3, lambda: self.array(d, fn)),
            (3, lambda: self.object(d, fn)),
            (3, lambda: self.binary(d, fn)),
            (
                1.2,
                lambda: "(%s %s %s)"
                % (self.e(d, fn), self.r.choice(["&&", "||", "??"]), self.e(d, fn)),
            ),
            (1, lambda: "(%s ? %s : %s)" % (self.e(d, fn), self.e(d, fn), self.e(d, fn))),
            (1, lambda: "(%s, %s)" % (self.e(d, fn), self.e(d, fn))),
            (
                1,
                lambda: "(%s%s)"
                % (self.r.choice(["!", "-", "+", "~", "typeof ", "void "]), self.e(d, fn)),
            ),
            (2.5, lambda: self.assign(d, fn)),
            (1.5, lambda: self.update(d, fn)),
            (2, lambda: self.member(d, fn)),
            (2, lambda: self.chain(d, fn)),
            (0.6, lambda: "(delete %s)" % self.member(d, fn)),
            (1.5, lambda: self.template(d, fn)),
            (3, lambda: self.call(d, fn)),
            (2, lambda: self.function(d, fn)),
            (0.8, lambda: self.klass(d, fn, self.chance(0.5))),
            (3, lambda: library(self, d, fn)),
            (1, lambda: self.iterable(d, fn)),
        ]
        if fn.gen:
            choices.append((2, lambda: "(yield %s)" % self.e(d, fn)))
            choices.append((0.8, lambda: "(yield* %s)" % self.iterable(d, fn)))
        if fn.asy:
            choices.append((2.5, lambda: "(await %s)" % self.e(d, fn)))
        if fn.home:
            choices.append((1, lambda: self.super(d, fn)))
        if fn.privates:
            choices.append((2.5, lambda: self.private(d, fn)))
        return self.pick(*choices)()

    def binary(self, d, fn):
        op = self.r.choice(BINARY)
        if self.chance(0.1):
            return "((%s) ** (%s))" % (self.e(d, fn), self.e(d, fn))
        if self.chance(0.05):
            return "(%s in Object(%s))" % (self.e(d, fn), self.e(d, fn))
        if self.chance(0.3):  # without parentheses of their own
            return "(%s %s %s %s %s)" % (
                self.e(d, fn),
                op,
                self.e(d, fn),
                self.r.choice(BINARY),
                self.e(d, fn),
            )
        return "(%s %s %s)" % (self.e(d, fn), op, self.e(d, fn))

    def array(self, d, fn):
        def item():
            x = self.r.random()
            if x < 0.08:
                return ""
            if x < 0.25:
                return "...%s" % self.iterable(d, fn)
            return self.e(d, fn)

        return "[%s]" % ", ".join(self.some(0, 4, item))

    def key(self, d, fn):
        x = self.r.random()
        if x < 0.6:
            return self.r.choice(
                ["a", "b", "c", "k", "0", '"x y"', "default", "get", "set", "async", "static"]
            )
        if x < 0.8:
            return "[%s]" % self.e(d, fn)
        if x < 0.87:
            return "[Symbol.%s]" % self.r.choice(
                ["iterator", "toPrimitive", "toStringTag", "species", "hasInstance"]
            )
        return '["k" + %s]' % self.e(0, fn)

    def member_key(self, d, fn):
        """Of a class: what is computed is strict code, ours runs it as the code around is."""
        return self.key(d if self.strict else 0, fn)

    def object(self, d, fn):
        inner = fn.but(
            gen=False,
            asy=False,
            home=True,
            sup=False,
            derived=False,
            noargs=False,
            labels=(),
            loop=False,
            switch=False,
            noawait=False,
        )

        def item():
            return self.pick(
                (5, lambda: "%s: %s" % (self.key(d, fn), self.e(d, fn))),
                (2, lambda: self.var() if self.names() else "a: 1"),
                (1.5, lambda: "...%s" % self.e(d, fn)),
                (1, lambda: "get %s() %s" % (self.key(d, fn), self.body(d, inner))),
                (1, lambda: "set %s(%s) %s" % self.setter(d, fn, inner)),
                (2, lambda: self.method(d, fn, inner)),
                (0.4, lambda: "__proto__: %s" % self.e(d, fn)),
            )()

        items = self.some(0, 4, item)
        protos = [i for i in items if i.startswith("__proto__")]
        items = [i for i in items if i not in protos[1:]]
        return "({ %s })" % ", ".join(i for i in items if i not in ("undefined", "this"))

    def setter(self, d, fn, inner):
        key = self.key(d, fn)
        name = self.fresh("p")
        return key, name, self.body(d, inner, [name])

    def method(self, d, fn, inner):
        kind = self.r.choice(["", "", "*", "async ", "async *"])
        key = self.key(d, fn)
        params, names = self.params(d, inner)
        return "%s%s(%s) %s" % (
            kind,
            key,
            params,
            self.body(d, inner.but(gen="*" in kind, asy="async" in kind), names),
        )

    def params(self, d, fn):
        self.scopes.append([])
        names, parts = [], []
        for _ in range(self.r.choice([0, 0, 1, 1, 2, 3])):
            pattern = self.pattern(min(d, 1), fn.but(gen=False, asy=False), names, self.chance(0.3))
            parts.append(pattern)
        if self.chance(0.15):
            name = self.fresh("r")
            names.append(name)
            parts.append("..." + name)
        self.scopes.pop()
        return ", ".join(parts), names

    def pattern(self, d, fn, names, deep=True):
        """A binding pattern or name, with a default now and then."""
        default = (
            " = %s" % self.e(d, fn) if self.chance(0.35) else ""
        )  # names nothing of this pattern
        if not deep or d < 0 or self.chance(0.4):
            name = self.fresh("p")
            names.append(name)
            self.declare(name)
            return name + default
        if self.chance(0.5):
            items = self.some(
                0, 3, lambda: "" if self.chance(0.1) else self.pattern(d - 1, fn, names)
            )
            if self.chance(0.2):
                items.append("..." + self.pattern_bare(d - 1, fn, names))
            default = " = []" if default and not default.startswith(" = [") else default
            return "[%s]%s" % (", ".join(items), default)
        items = self.some(
            0,
            3,
            lambda: "%s: %s"
            % (
                self.r.choice(["a", "b", "c", "k", "0", "length", "[%s]" % self.e(d, fn)]),
                self.pattern(d - 1, fn, names),
            ),
        )
        if self.chance(0.2):
            name = self.fresh("p")
            names.append(name)
            self.declare(name)
            items.append("..." + name)
        return "{ %s }%s" % (", ".join(items), default)

    def pattern_bare(self, d, fn, names):
        name = self.fresh("p")
        names.append(name)
        self.declare(name)
        return name

    def target(self, d, fn):
        return self.pick((3, self.var), (2, lambda: self.member(d, fn)))()

    def targets(self, d, fn):
        """An assignment pattern."""
        if d < 0 or self.chance(0.4):
            t = self.target(d, fn)
            if t in ("undefined",):
                t = "{}[0]"
            return t + (" = %s" % self.e(d, fn) if self.chance(0.3) else "")
        if self.chance(0.5):
            items = self.some(0, 3, lambda: "" if self.chance(0.1) else self.targets(d - 1, fn))
            if self.chance(0.2):
                items.append("..." + self.member(d, fn))
            return "[%s]" % ", ".join(items)
        return "{ %s }" % ", ".join(
            self.some(
                0,
                3,
                lambda: "%s: %s"
                % (
                    self.r.choice(["a", "b", "length", "[%s]" % self.e(d, fn)]),
                    self.targets(d - 1, fn),
                ),
            )
        )

    def assign(self, d, fn):
        if self.chance(0.3):
            t = self.targets(min(d, 1), fn)
            if t[0] in "[{" and not t.startswith("{}"):
                return "(%s = %s)" % (t, self.iterable(d, fn) if t[0] == "[" else self.e(d, fn))
        t = self.target(d, fn)
        if t == "undefined":
            return "1"
        return "(%s %s %s)" % (t, self.r.choice(ASSIGN + ["="] * 8), self.e(d, fn))

    def update(self, d, fn):
        t = self.target(d, fn)
        if t == "undefined":
            return "2"
        op = self.r.choice(["++", "--"])
        return "(%s%s)" % ((op, t) if self.chance(0.5) else (t, op))

    def member(self, d, fn):
        o = self.var() if self.chance(0.6) else "(%s)" % self.e(d, fn)
        return o + (
            ".%s" % self.r.choice(["a", "b", "c", "k", "length"])
            if self.chance(0.6)
            else "[%s]" % self.e(d, fn)
        )

    def chain(self, d, fn):
        s = "(%s)" % self.e(d, fn) if self.chance(0.4) else self.var()
        for i in range(self.r.randint(1, 4)):
            q = "?." if i == 0 or self.chance(0.4) else ""
            x = self.r.random()
            if x < 0.5:
                s += (q or ".") + self.r.choice(["a", "b", "k", "length", "constructor", "at"])
            elif x < 0.7:
                s += "%s[%s]" % (q, self.e(d, fn))
            else:
                s += "%s(%s)" % (q, self.args(d, fn))
        if self.chance(0.15):
            return "(delete %s)" % s if not s.endswith(")") else "(%s)" % s
        return "(%s)" % s

    def args(self, d, fn):
        return ", ".join(
            self.some(
                0, 3, lambda: "..." + self.iterable(d, fn) if self.chance(0.15) else self.e(d, fn)
            )
        )

    def template(self, d, fn):
        tag = ""
        if self.chance(0.35):
            tag = self.r.choice(["String.raw", "((s, ...v) => L(%s, [s, s.raw, v]))" % self.tag()])
        parts = self.some(
            1,
            3,
            lambda: self.r.choice(["a", "\\n", "\\u{1F600}", " $ ", "\\x41", ""])
            + ("${%s}" % self.e(d, fn) if self.chance(0.7) else ""),
        )
        return "%s`%s`" % (tag, "".join(parts))

    def call(self, d, fn):
        x = self.r.random()
        if x < 0.4:
            return "%s(%s)" % (self.var(), self.args(d, fn))
        if x < 0.55:
            return "%s.%s(%s)" % (self.var(), self.r.choice(KEYS[:4]), self.args(d, fn))
        if x < 0.7:
            return "new (%s)(%s)" % (self.var(), self.args(d, fn))
        return "(%s)(%s)" % (self.function(d, fn), self.args(d, fn))

    def iterable(self, d, fn):
        values = "[%s]" % ", ".join(self.some(0, 4, lambda: self.e(d - 1, fn)))
        return self.pick(
            (4, lambda: values),
            (1, lambda: string(self.r)),
            (1, self.var),
            (
                2,
                lambda: "IT(%s, %s, %s)"
                % (
                    self.tag(),
                    values,
                    self.r.choice(
                        ['""'] * 5 + ['"noreturn"', '"throwreturn"', '"badreturn"', '"thrownext"']
                    ),
                ),
            ),
            (1, lambda: "new %s(%s)" % (self.r.choice(["Set", "Uint8Array"]), values)),
            (0.5, lambda: "new Map([[%s, %s], [1, 2]])" % (self.e(d - 1, fn), self.e(d - 1, fn))),
            (
                2,
                lambda: "(function* () %s)()"
                % self.body(d - 1, Fn(gen=True, privates=fn.privates)),
            ),
        )()

    def super(self, d, fn):
        x = self.r.random()
        key = self.r.choice(["a", "b", "k", "toString"])
        if x < 0.4:
            return "super.%s" % key
        if x < 0.6:
            return "super.%s(%s)" % (key, self.args(d, fn))
        if x < 0.8:
            return "super[%s]" % self.e(d, fn)
        return "(super.%s = %s)" % (key, self.e(d, fn))

    def private(self, d, fn):
        name = self.r.choice(fn.privates)
        o = "this" if self.chance(0.7) else "(%s)" % self.e(d, fn)
        return self.pick(
            (3, lambda: "%s.%s" % (o, name)),
            (
                2,
                lambda: "(%s.%s %s %s)"
                % (o, name, self.r.choice(["=", "+=", "??=", "**="]), self.e(d, fn)),
            ),
            (1, lambda: "(%s.%s++)" % (o, name)),
            (1, lambda: "(%s in Object(%s))" % (name, o)),
            (1, lambda: "%s?.%s" % (o, name)),
            (1, lambda: "%s.%s(%s)" % (o, name, self.args(d, fn))),
            (0.5, lambda: "([%s.%s] = %s)" % (o, name, self.iterable(d, fn))),
        )()

    # --- functions and classes
    def body(self, d, fn, names=()):
        self.scopes.append(list(names))
        inner = fn.but(labels=(), loop=False, switch=False)
        stmts = ["F();"] + self.stmts(d, inner, self.r.choice([0, 1, 1, 2, 3]) if d > 0 else 0)
        if self.chance(0.7):
            stmts.append("return %s;" % self.e(d, inner) if not fn.sup else "")
        self.scopes.pop()
        return "{ %s }" % " ".join(stmts)

    def function(self, d, fn, name=""):
        d -= 1
        kind = self.pick(
            (3, lambda: "=>"),
            (1, lambda: "async =>"),
            (2, lambda: "f"),
            (2, lambda: "f*"),
            (1.3, lambda: "af"),
            (1.3, lambda: "af*"),
        )()
        if "=>" in kind:
            inner = fn.but(
                gen=False,
                asy="async" in kind,
                sup=False,
                labels=(),
                loop=False,
                switch=False,
                arrow=True,
            )
        else:
            inner = Fn(gen="*" in kind, asy="a" in kind, privates=fn.privates)
        params, names = self.params(d, inner)
        if "=>" in kind:
            pre = "async " if "async" in kind else ""
            if self.chance(0.4):
                self.scopes.append(names)
                body = "(%s)" % self.e(d, inner)
                self.scopes.pop()
            else:
                body = self.body(d, inner, names)
            return "(%s(%s) => %s)" % (pre, params, body)
        head = ("async " if "a" in kind else "") + "function" + ("*" if "*" in kind else "")
        name = name or (self.fresh("f") if self.chance(0.3) else "")
        text = "%s %s(%s) %s" % (
            head,
            name,
            params,
            self.body(d, inner, names + ([name] if name else [])),
        )
        return "(%s)" % text

    def klass(self, d, fn, extends, name=""):
        d -= 1
        parent = ""
        if extends:
            parent = (
                " extends "
                + self.pick(
                    (
                        3,
                        lambda: "(class { constructor(...a) { P(%s, S(a), S(new.target === this.construc"
                        "tor)); } a() { return 1; } get b() { return 2; } set b(v) { P(%s, S(v)); } "
                        "static k = 3; })" % (self.tag(), self.tag()),
                    ),
                    (1, lambda: self.r.choice(["Array", "Object", "Map", "Error", "null"])),
                )()
            )
        privates = tuple(self.fresh("#p") for _ in range(self.r.choice([0, 0, 1, 2])))
        inner = Fn(home=True, privates=fn.privates + privates)
        fields = inner.but(noargs=True, noawait=True)
        members = []
        name = name or (self.fresh("C") if self.chance(0.5) else "")
        self.scopes.append([name] if name else [])
        for p in privates:
            members.append(
                self.pick(
                    (3, lambda: "%s = %s;" % (p, self.e(d, fields))),
                    (1, lambda: "static %s = %s;" % (p, self.e(d, fields))),
                    (1, lambda: "%s() %s" % (p, self.body(d, inner))),
                    (
                        1,
                        lambda: "get %s() %s set %s(v) %s"
                        % (p, self.body(d, inner), p, self.body(d, inner)),
                    ),
                )()
            )

        def item():
            st = "static " if self.chance(0.35) else ""
            key = self.member_key(
                d, inner.but(gen=False, asy=False, home=False, privates=fn.privates, noargs=True)
            )
            return self.pick(
                (3, lambda: "%s%s = %s;" % (st, key, self.e(d, fields))),
                (1, lambda: "%s%s;" % (st, key)),
                (1, lambda: "static { %s }" % " ".join(self.stmts(d, fields, 2))),
                (1, lambda: "%sget %s() %s" % (st, key, self.body(d, inner))),
                (1, lambda: "%sset %s(v) %s" % (st, key, self.body(d, inner))),
                (
                    3,
                    lambda: st
                    + self.method(
                        d, inner.but(home=False, noargs=True, privates=fn.privates), inner
                    ),
                ),
            )()

        members += self.some(0, 4, item)
        if self.chance(0.4):
            members.append(self.constructor(d, inner, extends))
        self.r.shuffle(members)
        self.scopes.pop()
        text = "class %s%s { %s }" % (name, parent, " ".join(members))
        return text if name == "" else text

    def constructor(self, d, inner, extends):
        params, names = self.params(d, inner.but(home=False, noargs=False, privates=()))
        if not extends:
            return "constructor(%s) %s" % (params, self.body(d, inner.but(sup=True), names))
        self.scopes.append(list(names))
        before = self.stmts(d - 1, Fn(noargs=False, sup=True), self.r.choice([0, 0, 1]))
        call = "super(%s);" % self.args(d, Fn())
        if self.chance(0.2):
            call = "try { %s } finally { %s }" % (call, " ".join(self.stmts(d - 1, Fn(), 1)))
        if self.chance(0.1):
            call = "const %s = () => { %s }; %s();" % (("q", call, "q"))
        after = self.stmts(d, inner.but(sup=True), self.r.choice([0, 1, 2]))
        self.scopes.pop()
        return "constructor(%s) { F(); %s %s %s }" % (
            params,
            " ".join(before),
            call,
            " ".join(after),
        )

    # --- statements
    def stmts(self, d, fn, n):
        return [self.stmt(d, fn) for _ in range(n)]

    def block(self, d, fn, n=None):
        self.scopes.append([])
        text = "{ %s }" % " ".join(self.stmts(d, fn, self.r.randint(1, 3) if n is None else n))
        self.scopes.pop()
        return text

    def stmt(self, d, fn):
        self.size += 1
        if d <= 0 or self.size > 700:
            return "P(%s, S(%s));" % (self.tag(), self.atom(fn))
        d -= 1
        choices = [
            (4, lambda: "P(%s, S(%s));" % (self.tag(), self.e(d, fn))),
            (4, lambda: self.declaration(d, fn)),
            (3, lambda: "%s;" % self.statement_expr(d, fn)),
            (
                2,
                lambda: "if (%s) %s%s"
                % (
                    self.e(d, fn),
                    self.block(d, fn),
                    " else " + self.block(d, fn) if self.chance(0.5) else "",
                ),
            ),
            (2.5, lambda: self.for_of(d, fn)),
            (1.5, lambda: self.for_three(d, fn)),
            (1, lambda: self.for_in(d, fn)),
            (1, lambda: self.while_(d, fn)),
            (3, lambda: self.try_(d, fn)),
            (1, lambda: self.switch(d, fn)),
            (1, lambda: self.labelled(d, fn)),
            (1, lambda: self.block(d, fn)),
            (1.5, lambda: self.drive(d, fn)),
            (0.3, lambda: "throw %s;" % self.e(d, fn)),
        ]
        if fn.labels or fn.loop or fn.switch:
            choices.append((1.5, lambda: self.jump(d, fn)))
        if fn.asy:
            choices.append((1, lambda: self.for_await(d, fn)))
        return self.pick(*choices)()

    def statement_expr(self, d, fn):
        text = self.e(d, fn)
        return (
            "(%s)" % text
            if text.startswith(("{", "function", "class", "async", "let", "`"))
            else text
        )

    def declaration(self, d, fn):
        x = self.r.random()
        if x < 0.2:
            name = self.fresh("g")
            text = self.function(d, fn, name)[1:-1]
            if text.startswith(("function", "async function")):
                self.declare(name)
                return text
            self.declare(name)
            return "const %s = (%s);" % (name, text)
        if x < 0.4:
            name = self.fresh("K")
            text = self.klass(d, fn, self.chance(0.5), name)
            self.declare(name)
            return text
        names, kind = [], self.r.choice(["let", "let", "const", "var"])
        if self.chance(0.35):
            self.scopes.append([])
            pattern = self.pattern(2, fn, names)
            self.scopes.pop()
            if pattern[0] in "[{":
                tail = pattern
                if self.has_default(pattern):
                    tail = "[%s]" % pattern
                    init = "[%s]" % self.e(d, fn)
                else:
                    init = self.iterable(d, fn) if pattern[0] == "[" else self.e(d, fn)
                for n in names:
                    self.declare(n)
                return "%s %s = %s;" % (kind, tail, init)
            for n in names:
                self.declare(n)
            return "let %s;" % pattern
        name = self.fresh()
        text = "%s %s = %s;" % (kind, name, self.e(d, fn))
        self.declare(name)
        return text

    @staticmethod
    def has_default(pattern):
        depth = 0
        for c in pattern:
            depth += (c in "[{(") - (c in "]})")
            if c == "=" and depth == 0:
                return True
        return False

    def loop_body(self, d, fn, names=()):
        self.scopes.append(list(names))
        inner = fn.but(loop=True)
        text = "{ F(); %s }" % " ".join(self.stmts(d, inner, self.r.randint(1, 3)))
        self.scopes.pop()
        return text

    def head(self, fn):
        names = []
        self.scopes.append([])
        pattern = self.pattern(1, fn, names)
        self.scopes.pop()
        if self.has_default(pattern):
            pattern = "[%s]" % pattern
        return "%s %s" % (self.r.choice(["const", "let", "var"]), pattern), names

    def label(self):
        return self.fresh("l") if self.chance(0.25) else ""

    def labelled_loop(self, fn, make):
        label = self.label()
        if label:
            return "%s: %s" % (label, make(fn.but(labels=fn.labels + ((label, True),))))
        return make(fn)

    def for_of(self, d, fn):
        head, names = self.head(fn)
        if self.chance(0.1):
            head, names = self.member(0, fn), []
            if head.startswith(("async", "let")):
                head = "(%s)" % head
        return self.labelled_loop(
            fn,
            lambda f: "for (%s of %s) %s"
            % (head, self.iterable(d, fn), self.loop_body(d, f, names)),
        )

    def for_await(self, d, fn):
        head, names = self.head(fn)
        source = self.pick(
            (1, lambda: self.iterable(d, fn)),
            (
                1,
                lambda: "(async function* () %s)()"
                % self.body(d, Fn(gen=True, asy=True, privates=fn.privates)),
            ),
        )()
        return self.labelled_loop(
            fn, lambda f: "for await (%s of %s) %s" % (head, source, self.loop_body(d, f, names))
        )

    def for_three(self, d, fn):
        i = self.fresh("i")
        kind = self.r.choice(["let", "let", "var"])
        step = self.r.choice(["%s++", "++%s", "%s += 2"]) % i
        fs = "[]"
        if self.chance(0.4):
            self.n += 1
            fs = "fs%d" % self.n
            return (
                "const %s = []; " % fs
                + self.labelled_loop(
                    fn,
                    lambda f: (
                        "for (%s %s = 0; %s < %d; %s) { %s.push(() => %s); %s }"
                        % (kind, i, i, self.r.randint(1, 4), step, fs, i, self.loop_body(d, f, [i]))
                    ),
                )
                + " P(%s, S(%s.map(f => f())));" % (self.tag(), fs)
            )
        return self.labelled_loop(
            fn,
            lambda f: "for (%s %s = 0; %s < %d; %s) %s"
            % (kind, i, i, self.r.randint(1, 4), step, self.loop_body(d, f, [i])),
        )

    def for_in(self, d, fn):
        name = self.fresh("k")
        return self.labelled_loop(
            fn,
            lambda f: "for (%s %s in %s) %s"
            % (
                self.r.choice(["const", "let", "var"]),
                name,
                self.e(d, fn),
                self.loop_body(d, f, [name]),
            ),
        )

    def while_(self, d, fn):
        i = self.fresh("w")
        if self.chance(0.5):
            return "let %s = 0; " % i + self.labelled_loop(
                fn,
                lambda f: (
                    "while (%s++ < %d && %s) %s"
                    % (i, self.r.randint(1, 4), self.e(d, fn), self.loop_body(d, f))
                ),
            )
        return "let %s = 0; " % i + self.labelled_loop(
            fn,
            lambda f: (
                "do %s while (%s++ < %d && %s);"
                % (self.loop_body(d, f), i, self.r.randint(1, 3), self.e(d, fn))
            ),
        )

    def try_(self, d, fn):
        text = "try " + self.block(d, fn)
        final = self.chance(0.45)
        if not final or self.chance(0.6):
            if self.chance(0.2):
                text += " catch " + self.block(d, fn)
            else:
                name = self.fresh("e")
                self.scopes.append([name])
                text += " catch (%s) { P(%s, X(%s)); %s }" % (
                    name,
                    self.tag(),
                    name,
                    " ".join(self.stmts(d, fn, self.r.randint(0, 2))),
                )
                self.scopes.pop()
        if final:
            text += " finally " + self.block(d, fn)
        if self.chance(0.15) and not fn.sup and not fn.noargs:
            text = text[:-1] + "return %s; }" % self.e(d, fn)
        return text

    def switch(self, d, fn):
        inner = fn.but(switch=True)
        self.scopes.append([])
        cases = self.some(
            1,
            4,
            lambda: "case %s: %s%s"
            % (
                self.e(d - 1, fn),
                " ".join(self.stmts(d, inner, self.r.randint(0, 2))),
                " break;" if self.chance(0.5) else "",
            ),
        )
        if self.chance(0.5):
            cases.insert(
                self.r.randint(0, len(cases)), "default: %s" % " ".join(self.stmts(d, inner, 1))
            )
        self.scopes.pop()
        return "switch (%s) { %s }" % (self.e(d - 1, fn), " ".join(cases))

    def labelled(self, d, fn):
        label = self.fresh("l")
        return "%s: %s" % (label, self.block(d, fn.but(labels=fn.labels + ((label, False),))))

    def jump(self, d, fn):
        opts = []
        if fn.loop:
            opts += ["break;", "continue;"]
        if fn.switch:
            opts += ["break;"]
        for label, loop in fn.labels:
            opts.append("break %s;" % label)
            if loop:
                opts.append("continue %s;" % label)
        return "if (%s) %s" % (self.e(d - 1, fn), self.r.choice(opts))

    def drive(self, d, fn):
        """A generator or async function, made and driven from outside."""
        name = self.fresh("g")
        star, asy = self.chance(0.7), self.chance(0.5)
        body = self.body(d + 1, Fn(gen=star, asy=asy, privates=fn.privates))
        text = "const %s = (%sfunction%s () %s)(); " % (
            name,
            "async " if asy else "",
            "*" if star else "",
            body,
        )
        if not star:
            if not asy:
                return text
            return text + "W(%s, %s);" % (self.tag(), name)
        for _ in range(self.r.randint(1, 5)):
            step = "%s.%s(%s)" % (
                name,
                self.r.choice(["next", "next", "next", "return", "throw"]),
                self.e(0, fn),
            )
            if asy:
                text += "W(%s, %s); " % (self.tag(), step)
            else:
                text += "T(%s, () => %s); " % (self.tag(), step)
        return text


def program(rng):
    """The body of a function."""
    p = Program(rng)
    p.strict = rng.random() < 0.4
    lines = ['"use strict";'] if p.strict else []
    depth = rng.choice([2, 3, 3, 4])
    for _ in range(rng.randint(3, 8)):
        lines.append(p.stmt(depth, Fn()))
    known = p.scopes[0]
    if known:
        lines.append("T('end', () => [%s]);" % ", ".join(known))
    return "\n".join(lines)

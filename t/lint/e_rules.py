#!/usr/bin/env python3
"""The rules of t/lint/rules.py find what they are for, and leave the rest alone: each case is a
little tree with one file, and the text that must be reported about it (or None)."""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
OPENING = "/* A file of the test: it has a comment. */\n"

CASES = [
    ("a downward include", "swd/pool/a.c", '#include "base/err.h"\n', None),
    ("an upward include", "swd/pool/a.c", '#include "loop/loop.h"\n', "upward include"),
    ("an include in a comment", "swd/pool/a.c", '/*\n#include "loop/loop.h"\n*/\n', None),
    ("ctl that includes conf", "swd/ctl/a.c", '#include "conf/conf.h"\n', "only base"),
    ("main.c may include all", "swd/main.c", '#include "ctl/ctl.h"\n', None),
    ("duktape.h in lib", "swd/lib/a.c", "#include <duktape.h>\n", None),
    ("duktape.h in runner", "swd/runner/a.c", "#include <duktape.h>\n", "only engine and lib"),
    ("engine's duk.h in runner", "swd/runner/a.c", '#include "engine/duk.h"\n',
     "only engine and lib"),
    ("libevent in loop", "swd/loop/a.c", "#include <event2/event.h>\n", None),
    ("libevent in control", "swd/control/a.c", "#include <event2/event.h>\n", "only loop"),
    ("strcpy", "swd/base/a.c", "void f(char *a) { strcpy(a, a); }\n", "strcpy() is banned"),
    ("strcpy in a test", "t/base/t_a.c", "void f(char *a) { strcpy(a, a); }\n", "banned"),
    ("strcpy in a string", "swd/base/a.c", 'const char *s = "strcpy(a)";\n', None),
    ("strcpy in a comment", "swd/base/a.c", "/* strcpy(a, b) is no good */\n", None),
    ("a function that ends like one", "swd/base/a.c", "void swd_rand(int); void f(void) "
     "{ swd_rand(1); }\n", None),
    ("a member of that name", "swd/base/a.c", "void f(struct s *s) { s->rand(1); }\n", None),
    ("system", "swd/ctl/a.c", 'void f(void) { system("ls"); }\n', "system() is banned"),
    ("lstring in engine", "swd/engine/a.c", "void f(void) { duk_push_lstring(c, s, n); }\n", None),
    ("lstring in lib", "swd/lib/a.c", "void f(void) { duk_push_lstring(c, s, n); }\n",
     "outside engine"),
    ("get_string in lib", "swd/lib/a.c", "void f(void) { duk_get_string(c, 0); }\n",
     "outside engine"),
    ("a literal in lib", "swd/lib/a.c", 'void f(void) { duk_push_string(c, "ab" "c"); }\n', None),
    ("a literal of a member", "swd/lib/a.c", 'void f(void) { duk_push_literal(l->ctx, "a"); }\n',
     None),
    ("a variable in lib", "swd/lib/a.c", "void f(void) { duk_push_string(c, name); }\n",
     "not a literal"),
    ("a symbol of ours", "swd/lib/a.c",
     'void f(void) { duk_push_literal(c, DUK_HIDDEN_SYMBOL("a")); }\n', None),
    ("a chosen literal", "swd/lib/a.c", 'void f(void) { duk_push_string(c, x ? "a" : b); }\n',
     "not a literal"),
    ("a hidden symbol", "swd/lib/a.c", 'void f(void) { duk_push_string(c, "\\xff" "a"); }\n',
     "plain ASCII"),
    ("a literal in runner", "swd/runner/a.c", 'void f(void) { duk_push_string(c, "a"); }\n',
     "outside engine and lib"),
    ("two magics alike", "swd/base/a.c", "#define A_MAGIC 0x11223344u\n"
     "#define B_MAGIC 0x11223344u\n", "magic number of A_MAGIC"),
    ("two magics", "swd/base/a.c", "#define A_MAGIC 0x11223344u\n#define B_MAGIC 0x11223345u\n",
     None),
    ("a typedef'd struct", "swd/base/a.c", "typedef struct a { int b; } a;\n", "typedef"),
    ("a function of a screen", "swd/base/a.c", "void f(void)\n{\n%s}\n" % ("    f();\n" * 98), None),
    ("a function beyond it", "swd/base/a.c", "void f(void)\n{\n%s}\n" % ("    f();\n" * 99),
     "101 lines"),
    ("a tab", "swd/base/a.c", "\tint a;\n", "tab"),
    ("trailing space", "swd/base/a.c", "int a; \n", "trailing space"),
    ("a long line", "swd/base/a.c", "int %s;\n" % ("a" * 100), "columns"),
    ("work left for later", "swd/base/a.c", "/* TODO: all */\n", "work left"),
    ("no newline at the end", "swd/base/a.c", "int a;", "no newline"),
    ("broken Python", "t/base/e_a.py", "def f(:\n", "not Python"),
]


def found(path, text):
    with tempfile.TemporaryDirectory() as root:
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full))
        with open(full, "w") as file:
            file.write(text)
        done = subprocess.run([sys.executable, os.path.join(HERE, "rules.py"), root],
                              stdout=subprocess.PIPE, text=True, check=False)
        return done.stdout


def main():
    passed = failed = 0
    cases = list(CASES)
    opening = {".py": '"""A script of the test: it has words."""\n'}
    runs = [(name, path, opening.get(path[-3:], OPENING) + text, want)
            for name, path, text, want in cases]
    runs.append(("no opening", "swd/base/a.c", "int a;\n", "opens with no comment"))
    runs.append(("an opening of no words", "swd/base/a.c", "/* a.c */\nint a;\n", "opens with no"))
    for name, path, text, want in runs:
        said = found(path, text)
        good = want in said if want else said == ""
        passed += good
        failed += not good
        if not good:
            print("%s: wanted %r, got %r" % (name, want, said))
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

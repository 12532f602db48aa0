#!/usr/bin/env python3
"""The rules of this tree that no common tool knows; `make lint` runs them.

  layers    a folder of swd/ includes only folders before it; ctl only base; duktape.h only in
            engine and lib; libevent only in loop
  banned    functions nobody calls, and Duktape's string functions outside engine (strings cross
            the boundary through one converter; lib may push constant ASCII literals)
  opening   every file opens with a comment that says what it is for
  magic     the magic number of a struct is nobody else's
  screen    a function of swd/ is at most 100 lines long
  text      no tabs, no trailing space, no line over 100 columns (tables apart), no work left
            for later

Prints file:line: text for each violation. With a folder as argument it checks that tree instead
(the tests of these rules use it).
"""

import ast
import os
import re
import sys

LAYERS = ("base pool compress conf ts monitor loop engine lib runner control ctl daemon").split()
ONLY_BASE = {"ctl"}  # folders that include nothing but base and themselves
C_ENDINGS = (".c", ".h", ".def")
GENERATED = {"config.mk", "config.h"}
SKIP_FOLDERS = {".git", "build", "autom4te.cache", "__pycache__", "node_modules"}
MAX_COLUMNS = 100
MAX_FUNCTION_LINES = 100
# Interpreters: one loop over opcodes, each case short.
LONG_FUNCTIONS = {"swd/ts/re_exec_body.h"}

BANNED = {
    "strcpy": "memcpy or snprintf with a size",
    "strcat": "swd_bytebuf or snprintf with a size",
    "stpcpy": "memcpy or snprintf with a size",
    "sprintf": "snprintf",
    "vsprintf": "vsnprintf",
    "gets": "fgets",
    "strtok": "strcspn or strchr",
    "atoi": "strtol, which tells of errors",
    "atol": "strtol, which tells of errors",
    "atoll": "strtoll, which tells of errors",
    "atof": "strtod, which tells of errors",
    "alloca": "a bounded array or the heap",
    "rand": "getrandom or the runner's generator",
    "srand": "getrandom or the runner's generator",
    "system": "nothing: a daemon starts no shell",
    "tmpnam": "mkstemp",
    "mktemp": "mkstemp",
}
BANNED_CALL = re.compile(r"(?<![\w.>])(%s)\s*\(" % "|".join(BANNED))

# Duktape's strings are CESU-8 and a leading byte 0xFF makes a hidden symbol.
DUK_BANNED = re.compile(
    r"\b(duk_(?:push|get|require|opt|to|safe_to)_lstring|duk_(?:get|require|opt|safe_to)_string"
    r"|duk_get_l?string_default|duk_(?:get|put|has|del|def)_prop_lstring"
    r"|duk_(?:get|put|has|del)_global_lstring|duk_push_v?sprintf)\s*\("
)
DUK_PUSH = re.compile(r"\b(duk_push_string|duk_push_literal)\s*\(")
DUK_LITERAL = re.compile(r'\s*[\w>.()-]+\s*,\s*'
                         r'(?:DUK_HIDDEN_SYMBOL\()?((?:"(?:\\.|[^"\\])*"\s*)+)\)')

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
MAGIC = re.compile(r"\b(\w*MAGIC\w*)\s*=?\s+(0[xX][0-9a-fA-F]+)")
LATER = re.compile(r"\b(TODO|FIXME|XXX)\b")
TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


class Tree:
    """A source tree and what was found wrong in it."""

    def __init__(self, root):
        self.root = root
        self.found = []
        self.magics = {}

    def say(self, path, line, text):
        self.found.append("%s:%d: %s" % (path, line, text))

    def files(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = sorted(f for f in folders if f not in SKIP_FOLDERS)
            for name in sorted(names):
                yield os.path.relpath(os.path.join(folder, name), self.root)


def blank(text, strings):
    """The same text with comments (and the insides of strings, if `strings`) as spaces, so that
    positions and lines stay."""

    def spaces(match):
        token = match.group(0)
        if token[0] == "/":
            return re.sub(r"[^\n]", " ", token)
        if strings:
            return token[0] + " " * (len(token) - 2) + token[-1]
        return token

    return TOKEN.sub(spaces, text)


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def check_layers(tree, path, code):
    folder = path.split(os.sep)[1]
    if folder not in LAYERS:
        return  # swd/main.c
    for number, line in enumerate(code.splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        target = match.group(2)
        first = target.split("/")[0]
        if first in LAYERS and match.group(1) == '"':
            if LAYERS.index(first) > LAYERS.index(folder):
                tree.say(path, number, "upward include: %s may not include %s" % (folder, target))
            elif folder in ONLY_BASE and first not in ("base", folder):
                tree.say(path, number, "%s includes only base, not %s" % (folder, target))
        if target in ("duktape.h", "duk_config.h", "engine/duk.h"):
            if folder not in ("engine", "lib"):
                tree.say(path, number, "only engine and lib include %s" % target)
        if first == "event2" or target in ("event.h", "evhttp.h"):
            if folder != "loop":
                tree.say(path, number, "only loop includes libevent (%s)" % target)


def check_banned(tree, path, bare):
    for match in BANNED_CALL.finditer(bare):
        name = match.group(1)
        tree.say(path, line_of(bare, match.start()), "%s() is banned: use %s" % (name, BANNED[name]))


def check_duk_strings(tree, path, bare, code):
    folder = path.split(os.sep)[1]
    for match in DUK_BANNED.finditer(bare):
        tree.say(path, line_of(bare, match.start()),
                 "%s() outside engine: use engine's string converter" % match.group(1))
    for match in DUK_PUSH.finditer(bare):
        literal = DUK_LITERAL.match(code, match.end())
        where = line_of(bare, match.start())
        if folder != "lib":
            tree.say(path, where, "%s() outside engine and lib" % match.group(1))
        elif not literal:
            tree.say(path, where, "%s() of what is not a literal: use engine's string converter"
                     % match.group(1))
        elif not literal.group(1).isascii() or re.search(r"\\[xX0-7uU]", literal.group(1)):
            tree.say(path, where, "%s() of a literal that is not plain ASCII" % match.group(1))


def check_magic(tree, path, code):
    for match in MAGIC.finditer(code):
        name, value = match.group(1), int(match.group(2), 16)
        other = tree.magics.setdefault(value, (name, path))
        if other[0] != name:
            tree.say(path, line_of(code, match.start()),
                     "%s has the magic number of %s (%s)" % (name, other[0], other[1]))


def check_screen(tree, path, bare):
    """Functions open and close at the left margin: clang-format sees to that."""
    if path in LONG_FUNCTIONS:
        return
    start = 0
    for number, line in enumerate(bare.splitlines(), 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            if number - start + 1 > MAX_FUNCTION_LINES:
                tree.say(path, start, "a function of %d lines (at most %d)"
                         % (number - start + 1, MAX_FUNCTION_LINES))
            start = 0


def check_opening(tree, path, text):
    """A comment of at least a short sentence, after a #! line if there is one."""
    body = text.lstrip()
    if body.startswith("#!"):
        body = body[body.find("\n") + 1:].lstrip()
    for pattern in (r"/\*(.*?)\*/", r'"""(.*?)"""', r"((?:[ \t]*(?:#|//|;|dnl\b)[^\n]*\n)+)",
                    r'(\.\\"[^\n]*\n)'):
        match = re.match(pattern, body, re.S)
        if match and len(re.findall(r"\w+", match.group(1))) >= 4:
            return
    tree.say(path, 1, "opens with no comment that says what it is for")


def check_text(tree, path, text, is_c):
    for number, line in enumerate(text.splitlines(), 1):
        if line != line.rstrip():
            tree.say(path, number, "trailing space")
        if is_c and "\t" in line:
            tree.say(path, number, "tab")
        if is_c and len(line) > MAX_COLUMNS and not path.endswith(".def"):
            tree.say(path, number, "%d columns" % len(line))
        if LATER.search(line) and not path.startswith(os.path.join("t", "lint")):
            tree.say(path, number, "work left for later belongs in doc/, not in a comment")
    if text and not text.endswith("\n"):
        tree.say(path, text.count("\n") + 1, "no newline at the end")


def check_c(tree, path, text):
    code = blank(text, strings=False)
    bare = blank(text, strings=True)
    check_banned(tree, path, bare)
    check_magic(tree, path, code)
    if path.startswith("swd" + os.sep):
        check_layers(tree, path, code)
        check_screen(tree, path, bare)
        if not path.startswith(os.path.join("swd", "engine") + os.sep):
            check_duk_strings(tree, path, bare, code)
        for match in re.finditer(r"\btypedef\s+struct\b", bare):
            tree.say(path, line_of(bare, match.start()), "structs are not typedef'd")


def check_file(tree, path):
    if path in GENERATED:
        return
    top = path.split(os.sep)[0]
    is_c = path.endswith(C_ENDINGS) and top in ("swd", "t", "bench")
    is_script = path.endswith((".py", ".sh", ".mk")) or path in (
        "Makefile", "bootstrap", "configure.ac") or path.startswith(".ci" + os.sep)
    is_example = top == "examples" and path.endswith((".js", ".ts"))
    is_unit = top == "systemd" and path.endswith((".in", ".conf"))
    if not (is_c or is_script or is_example or is_unit):
        return
    with open(os.path.join(tree.root, path), encoding="utf-8", errors="surrogateescape") as file:
        text = file.read()
    check_opening(tree, path, text)
    check_text(tree, path, text, is_c)
    if is_c:
        check_c(tree, path, text)
    if path.endswith(".py"):
        try:
            ast.parse(text)
        except SyntaxError as error:
            tree.say(path, error.lineno or 1, "not Python: %s" % error.msg)


def main():
    here = os.path.dirname(os.path.abspath(__file__))
    tree = Tree(sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(here)))
    for path in tree.files():
        check_file(tree, path)
    for line in tree.found:
        print(line)
    return 1 if tree.found else 0


if __name__ == "__main__":
    sys.exit(main())

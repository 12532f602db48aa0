#!/usr/bin/env python3
"""doc/swd.d.ts tells the truth: what it declares is there in a runner, members of its classes and
objects included. (That TypeScript accepts it is for `make npm-check`.)"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(HERE, "..", "e2e"))
import swdtest as t  # noqa: E402


def declared():
    """Globals by kind, the instance members of interfaces that globals have, and modules."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", open(os.path.join(ROOT, "doc/swd.d.ts")).read(), flags=re.S)
    names = re.findall(r"^declare (?:function|var|const|class) (\w+)", text, re.M)
    modules = [m for m in re.findall(r"^declare module '([^']+)'", text, re.M) if "*" not in m]
    of = dict(re.findall(r"^declare (?:var|const) (\w+): (\w+);", text, re.M))
    members = {}
    for name, interface in of.items():
        body = re.search(r"^interface %s \{\n(.*?)^\}" % interface, text, re.M | re.S)
        if body:
            members[name] = re.findall(r"^    (?:readonly )?(\w+)[<(?:]", body.group(1), re.M)
    for name, body in re.findall(r"^declare class (\w+)[^{]*\{\n(.*?)^\}", text, re.M | re.S):
        members[name] = re.findall(r"^    (?!private|static|constructor)(?:readonly )?(\w+)[<(?:]",
                                   body, re.M)
    return text, names, members, modules


def answer(source):
    with tempfile.NamedTemporaryFile("w", suffix=".js") as f:
        f.write(source)
        f.flush()
        done = subprocess.run([t.SWD, "exec", f.name], capture_output=True, text=True, check=False)
    t.eq(done.returncode, 0, done.stderr)
    return json.loads(done.stdout)


GLOBALS = """
const names = %s, members = %s, missing = [];
const scope = { require, module, exports, __filename, __dirname };
for (const n of names)
    if (!(n in globalThis) && !(n in scope)) missing.push(n);
for (const [n, list] of Object.entries(members)) {
    const v = n in scope ? scope[n] : globalThis[n];
    let proto = typeof v === 'function' ? v.prototype : undefined;
    if (n === 'CustomEvent') proto = new CustomEvent('x');
    for (const m of list)
        if (v && !(m in Object(v)) && !(proto && m in proto)) missing.push(n + '.' + m);
}
console.log(JSON.stringify(missing));
"""

MODULES = """
const found = {};
for (const m of ['console', 'process', 'runner'].concat(%s, require('module').builtinModules)) {
    const e = require(m), own = typeof e === 'function' ? ['length', 'name', 'prototype'] : [];
    found[m] = Object.getOwnPropertyNames(e).filter(k => !own.includes(k) && k !== 'kEqual');
}
console.log(JSON.stringify(found));
"""
# Modules whose members are those of a global or of another module.
ELSEWHERE = {"console", "process", "runner", "assert/strict", "path", "path/posix"}


def members_of(text, module):
    """What `declare module` says is exported."""
    body = re.search(r"^declare module '%s' \{\n(.*?)^\}" % re.escape(module), text, re.M | re.S).group(1)
    equals = re.search(r"^    export = (\w+);", body, re.M)
    if equals:
        body = re.search(r"^    namespace %s \{\n(.*?)^    \}" % equals.group(1), body, re.M | re.S).group(1)
    body = re.sub(r"^( +)(interface|type|class) .*?(^\1\}|\{\}\n|;\n)", lambda m: "" if m.group(2) != "class" else
                  m.group(0).split("\n")[0] + "\n", body, flags=re.M | re.S)
    names = re.findall(r"\b(?:function|class|import) (\w+)", body)
    for listed in re.findall(r"\b(?:const|var) ([^;{]*?:[^;]*);", body, re.S):
        names += re.findall(r"(?:^|,\s*)(\w+):", listed)
    for listed in re.findall(r"export \{(.*?)\}", body, re.S):
        names += [part.split(" as ")[-1].strip() for part in listed.split(",") if part.strip()]
    return {n for n in names if not n.endswith("_")}


@t.scenario(daemon=False)
def declared_globals_and_members_exist():
    _, names, members, _ = declared()
    t.eq(len(names) > 40, True, f"only {len(names)} names found")
    t.eq(answer(GLOBALS % (json.dumps(names), json.dumps(members))), [])


@t.scenario(daemon=False)
def declared_modules_are_there():
    text, modules = declared()[0], declared()[3]
    t.eq(len(modules) > 15, True, f"only {len(modules)} modules found")
    found = answer(MODULES % json.dumps(modules))
    for module in sorted(set(found) - ELSEWHERE):
        if module.startswith("node:"):
            continue
        said = members_of(text, module)
        t.eq(sorted(said ^ set(found[module])), [], module)


t.main(__file__)
